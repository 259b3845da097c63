"""Which entities a bedroom's targets mean now: areas, devices, labels, floors and groups resolve to their members."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from homeassistant.components.cover import DOMAIN as COVER_DOMAIN, CoverDeviceClass
from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_CLASS,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_GROUP_ENTITIES,
    ATTR_LABEL_ID,
    Platform,
)
from homeassistant.core import HomeAssistant, State, callback, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from ...const import DOMAIN
from ..plan import Kind

DOMAINS: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.SCREENS: frozenset({Platform.MEDIA_PLAYER, Platform.SWITCH, Platform.REMOTE, Platform.LIGHT, "input_boolean"}),
    Kind.LIGHTS: frozenset({Platform.LIGHT}),
    Kind.CLIMATE: frozenset({Platform.CLIMATE}),
    Kind.COVERS: frozenset({Platform.COVER}),
}
"""What can be of a kind. An entity of two kinds is of the first: a light named as a screen is a screen."""

_EXCLUDE: Final = "exclude"
"""What a target leaves out, since Home Assistant 2026.11; before, nothing offers it."""

AREA_DOMAINS: Final = frozenset({Platform.MEDIA_PLAYER, Platform.LIGHT, Platform.CLIMATE, Platform.COVER})
EXCLUDED_COVER_CLASSES: Final = frozenset({CoverDeviceClass.DOOR, CoverDeviceClass.GARAGE, CoverDeviceClass.GATE})


@callback
def async_resolve(hass: HomeAssistant, targets: Mapping[Kind, Mapping[str, Any]]) -> dict[str, Kind]:
    """Return the entities that these targets mean, each with its kind.

    What does not exist, or not yet, is left out, unless it is named.
    """
    entities = er.async_get(hass).entities
    ours = {entry.entity_id for entry in entities.values() if entry.platform == DOMAIN}
    found: dict[str, Kind] = {}
    for kind, domains in DOMAINS.items():
        target = targets.get(kind, {})
        named = target.get(ATTR_ENTITY_ID) or ()
        named = {named} if isinstance(named, str) else set(named)
        for entity_id in _resolve(hass, target, kind):
            is_named = entity_id in named and not _is_disabled(entities.get(entity_id))
            exists = is_named or hass.states.get(entity_id)
            if split_entity_id(entity_id)[0] in domains and entity_id not in ours and exists:
                found.setdefault(entity_id, kind)
    return found


def _is_disabled(entry: er.RegistryEntry | None) -> bool:
    return entry is not None and entry.disabled


def _resolve(hass: HomeAssistant, target: Mapping[str, Any], kind: Kind) -> Iterable[str]:
    """Yield what a target means. A room's switches, and its doors, were hardly meant: these have to be named."""
    named = {key: target[key] for key in (ATTR_ENTITY_ID, ATTR_DEVICE_ID, ATTR_LABEL_ID, _EXCLUDE) if key in target}
    places = {key: target[key] for key in (ATTR_AREA_ID, ATTR_FLOOR_ID, _EXCLUDE) if key in target}
    yield from _entities(hass, named)
    for entity_id in _entities(hass, places):
        domain = split_entity_id(entity_id)[0]
        if (
            domain in AREA_DOMAINS
            and not (kind is Kind.SCREENS and domain == Platform.LIGHT)
            and not _is_door(hass, entity_id)
        ):
            yield entity_id


def _entities(hass: HomeAssistant, target: dict[str, Any]) -> list[str]:
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(target), expand_group=False)
    return sorted(_members(hass, selected.referenced | selected.indirectly_referenced))


def _members(hass: HomeAssistant, entity_ids: Iterable[str]) -> set[str]:
    """Return entities with every group replaced by its members, a bridge's own groups and groups in groups included."""
    found, groups, waiting = set[str](), set[str](), list(entity_ids)
    while waiting:
        entity_id = waiting.pop()
        if members := _members_of(hass.states.get(entity_id)):
            if entity_id not in groups:
                groups.add(entity_id)
                waiting.extend(members)
        else:
            found.add(entity_id)
    return found


def _members_of(state: State | None) -> Sequence[str]:
    """Return the members of a group; a player that leads a group of players, itself among them, is no group."""
    if state is None:
        return ()
    members, natives = (state.attributes.get(name) for name in (ATTR_ENTITY_ID, ATTR_GROUP_ENTITIES))
    if isinstance(members, list | tuple):
        return members
    return natives if isinstance(natives, list | tuple) and state.entity_id not in natives else ()


def _is_door(hass: HomeAssistant, entity_id: str) -> bool:
    state = hass.states.get(entity_id)
    return (
        state is not None
        and state.domain == COVER_DOMAIN
        and state.attributes.get(ATTR_DEVICE_CLASS) in EXCLUDED_COVER_CLASSES
    )
