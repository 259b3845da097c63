"""Which entities the targets of a bedroom mean now: areas, devices, labels, floors and groups become entities."""

from collections.abc import Iterable, Mapping
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
from homeassistant.core import HomeAssistant, State, callback, split_entity_id, valid_entity_id
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.group import get_group_entities
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from ...const import DOMAIN
from ..plan import Kind

DOMAINS: Final[Mapping[Kind, frozenset[str]]] = {
    Kind.SCREENS: frozenset({Platform.MEDIA_PLAYER, Platform.SWITCH, Platform.REMOTE, Platform.LIGHT, "input_boolean"}),
    Kind.LIGHTS: frozenset({Platform.LIGHT}),
    Kind.CLIMATE: frozenset({Platform.CLIMATE}),
    Kind.COVERS: frozenset({Platform.COVER}),
}
"""The domains of each kind. An entity of two kinds is of the first: a light that is named as a screen is a screen."""

LEADING_DOMAINS: Final = (Platform.MEDIA_PLAYER, Platform.REMOTE, Platform.SWITCH, "input_boolean", Platform.LIGHT)
"""Of several screen entities of one device, the first of these is told; core issues 163001 and 179866: each may be the
same power key, and two commands turn a television off and on again."""

_TARGET_FIELDS: Final = (ATTR_ENTITY_ID, ATTR_DEVICE_ID, ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)

_EXCLUDE: Final = "exclude"
"""What a target leaves out, since Home Assistant 2026.11; before, nothing offers it."""

AREA_DOMAINS: Final[Mapping[Kind, str]] = {
    Kind.SCREENS: Platform.MEDIA_PLAYER,
    Kind.LIGHTS: Platform.LIGHT,
    Kind.CLIMATE: Platform.CLIMATE,
    Kind.COVERS: Platform.COVER,
}
"""What a place, a label or a device stands for. All else, a freezer on a switch for one, has to be named."""

EXCLUDED_COVER_CLASSES: Final = frozenset(
    {
        CoverDeviceClass.DAMPER,
        CoverDeviceClass.DOOR,
        CoverDeviceClass.GARAGE,
        CoverDeviceClass.GATE,
        CoverDeviceClass.WINDOW,
    }
)
"""Covers that have to be named: core issue 122462 closed heating vents with the blinds."""

_GROUP_DOMAIN: Final = "group"
_GROUP_MEMBERS: Final = "entities"


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
        for entity_id, is_named in _resolve(hass, target, kind):
            if entity_id in found or entity_id in ours or split_entity_id(entity_id)[0] not in domains:
                continue
            if hass.states.get(entity_id) or (is_named and not _is_disabled(entities.get(entity_id))):
                found[entity_id] = kind
    return found


@callback
def async_expand_groups(hass: HomeAssistant, entity_ids: Iterable[str]) -> set[str]:
    """Return entities with every group replaced by its members, groups of a bridge and groups in groups included."""
    found, groups, waiting = set[str](), set[str](), list(entity_ids)
    while waiting:
        entity_id = waiting.pop()
        if members := async_members(hass, entity_id):
            if entity_id not in groups:
                groups.add(entity_id)
                waiting.extend(members)
        else:
            found.add(entity_id)
    return found


@callback
def async_members(hass: HomeAssistant, entity_id: str) -> tuple[str, ...]:
    """Return the members of a group, whenever they can be known; none for what is no group.

    A group whose members are all unavailable does not say who they are (core issues 124055 and 77511), but the entity
    or the config entry behind it does. A player that leads a group of players, itself among them, is no group.
    """
    state = hass.states.get(entity_id)
    members = _entity_ids(state, ATTR_ENTITY_ID) or _group_members(hass, entity_id)
    if not members and (grouped := _entity_ids(state, ATTR_GROUP_ENTITIES)) and entity_id not in grouped:
        members = grouped
    return tuple(each for each in members if each != entity_id) if members else ()


def _entity_ids(state: State | None, attribute: str) -> tuple[str, ...]:
    """Return entity ids as an integration reports them: a Hue room has them in a set (adaptive-lighting issue 1034)."""
    if state is None or (value := state.attributes.get(attribute)) is None:
        return ()
    return (
        tuple(each for each in value if isinstance(each, str))
        if isinstance(value, list | tuple | set | frozenset)
        else ()
    )


def _group_members(hass: HomeAssistant, entity_id: str) -> tuple[str, ...]:
    entity = get_group_entities(hass).get(entity_id)
    if entity is not None and entity.group is not None and entity_id not in entity.group.member_entity_ids:
        return tuple(entity.group.member_entity_ids)
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None or entry.platform != _GROUP_DOMAIN or entry.config_entry_id is None:
        return ()
    config_entry = hass.config_entries.async_get_entry(entry.config_entry_id)
    members = config_entry.options.get(_GROUP_MEMBERS) if config_entry else None
    if not isinstance(members, list | tuple):
        return ()
    return tuple(resolved for each in members if (resolved := er.async_resolve_entity_id(er.async_get(hass), each)))


def _is_disabled(entry: er.RegistryEntry | None) -> bool:
    return entry is not None and entry.disabled


def _resolve(hass: HomeAssistant, target: Mapping[str, Any], kind: Kind) -> Iterable[tuple[str, bool]]:
    """Yield what a target means, and whether it is named as an entity."""
    named = {key: target[key] for key in (ATTR_ENTITY_ID, _EXCLUDE) if key in target}
    others = {key: target[key] for key in target if key != ATTR_ENTITY_ID}
    direct = named.get(ATTR_ENTITY_ID) or ()
    # What is no entity id at all is damage.
    direct = {each for each in ([direct] if isinstance(direct, str) else direct) if valid_entity_id(each)}
    named |= {ATTR_ENTITY_ID: sorted(direct)} if direct or ATTR_ENTITY_ID in named else {}
    for entity_id in _entities(hass, named):
        yield entity_id, entity_id in direct
    for entity_id in _entities(hass, others):
        if split_entity_id(entity_id)[0] == AREA_DOMAINS[kind] and not _is_excluded(hass, entity_id):
            yield entity_id, False


@callback
def async_get_called_entities(hass: HomeAssistant, data: Mapping[str, Any]) -> set[str]:
    """Return the entities that the data of a call refers to, groups not expanded.

    The call was not validated yet: ids may be a text with commas, and what is no id at all is left out.
    """
    target: dict[str, Any] = _called_ids(data)
    if isinstance(excluded := data.get(_EXCLUDE), Mapping):
        target[_EXCLUDE] = _called_ids(excluded)
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(target), expand_group=False)
    return selected.referenced | selected.indirectly_referenced


def _called_ids(data: Mapping[str, Any]) -> dict[str, list[str]]:
    ids: dict[str, list[str]] = {}
    for field in _TARGET_FIELDS:
        texts = [each for each in cv.ensure_list(data.get(field)) if isinstance(each, str)]
        parts = [part.strip() for each in texts for part in each.split(",")]
        ids[field] = [part.lower() if field == ATTR_ENTITY_ID else part for part in parts if part]
    return ids


def _entities(hass: HomeAssistant, target: dict[str, Any]) -> list[str]:
    if not any(target.get(field) for field in _TARGET_FIELDS):
        return []
    selected = async_extract_referenced_entity_ids(hass, TargetSelection(target), expand_group=False)
    return sorted(async_expand_groups(hass, selected.referenced | selected.indirectly_referenced))


def _is_excluded(hass: HomeAssistant, entity_id: str) -> bool:
    """Return whether an entity is a door, a window or a damper, by what it or its registry entry says."""
    if split_entity_id(entity_id)[0] != COVER_DOMAIN:
        return False
    state, entry = hass.states.get(entity_id), er.async_get(hass).async_get(entity_id)
    classes = {state.attributes.get(ATTR_DEVICE_CLASS) if state else None}
    if entry is not None:
        classes |= {entry.device_class, entry.original_device_class}
    return not classes.isdisjoint(EXCLUDED_COVER_CLASSES)
