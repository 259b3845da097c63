"""Repair issues about a bedroom: what it refers to is gone, or what was stored about it cannot be read.

Only the user can repair these, and until then no session may begin: so they are told.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import ATTR_AREA_ID, ATTR_DEVICE_ID, ATTR_ENTITY_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID
from homeassistant.core import CoreState, Event, HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    issue_registry as ir,
    label_registry as lr,
)
from homeassistant.helpers.start import async_at_started

from .bedtime.plan import Kind, invalid_options, valid_options
from .bedtime.session_store import StorageDamage
from .bedtime.user_actions import async_is_valid
from .const import DOMAIN, Option

SESSION_DAMAGED: Final = "session_damaged"
INVALID_OPTIONS: Final = "invalid_options"
INVALID_ACTIONS: Final = "invalid_actions"
MISSING_SCHEDULE: Final = "missing_schedule"
MISSING_PERSONS: Final = "missing_persons"
MISSING_TARGETS: Final = "missing_targets"

_CHECKED: Final = (INVALID_OPTIONS, INVALID_ACTIONS, MISSING_SCHEDULE, MISSING_PERSONS, MISSING_TARGETS)
_REGISTRY_EVENTS: Final = (
    ar.EVENT_AREA_REGISTRY_UPDATED,
    dr.EVENT_DEVICE_REGISTRY_UPDATED,
    er.EVENT_ENTITY_REGISTRY_UPDATED,
    fr.EVENT_FLOOR_REGISTRY_UPDATED,
    lr.EVENT_LABEL_REGISTRY_UPDATED,
)


@callback
def async_watch_references(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Check what a bedroom refers to once Home Assistant has started, and whenever a registry changes."""

    @callback
    def schedule_check(_: HomeAssistant | Event[Any]) -> None:
        if hass.state is CoreState.running:
            entry.async_create_task(hass, _async_check(hass, entry), f"{DOMAIN} checks references")

    @callback
    def is_removal(data: Mapping[str, Any]) -> bool:
        return data.get("action") in ("create", "remove") or "old_entity_id" in data

    entry.async_on_unload(async_at_started(hass, schedule_check))
    for event in _REGISTRY_EVENTS:
        entry.async_on_unload(hass.bus.async_listen(event, schedule_check, event_filter=is_removal))


@callback
def async_create_session_issue(hass: HomeAssistant, entry: ConfigEntry, damage: StorageDamage) -> None:
    """Create the issue that a stored session is damaged. It stays until it is confirmed."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{SESSION_DAMAGED}_{entry.entry_id}",
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=SESSION_DAMAGED,
        translation_placeholders={
            "bedroom": entry.title,
            "parts": ", ".join(damage.parts),
            "file": damage.kept_as or "-",
        },
    )


@callback
def async_delete_bedroom_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issues of a bedroom that is removed."""
    for key in (*_CHECKED, SESSION_DAMAGED):
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")


async def _async_check(hass: HomeAssistant, entry: ConfigEntry) -> None:
    options = valid_options(entry.options)
    broken_actions = [
        option
        for option in (Option.START_ACTIONS, Option.END_ACTIONS)
        if not await async_is_valid(hass, options.get(option) or ())
    ]
    schedule = options.get(Option.SCHEDULE_ENTITY)
    persons = options.get(Option.ONLY_WHEN_HOME) or ()
    found: dict[str, Iterable[str]] = {
        INVALID_OPTIONS: invalid_options(entry.options),
        INVALID_ACTIONS: broken_actions,
        MISSING_SCHEDULE: _missing_entities(hass, [schedule] if schedule else []),
        MISSING_PERSONS: _missing_entities(hass, persons),
        MISSING_TARGETS: _missing_targets(hass, options),
    }
    for key, missing in found.items():
        _update_issue(hass, entry, key, sorted(missing))


@callback
def _update_issue(hass: HomeAssistant, entry: ConfigEntry, key: str, missing: list[str]) -> None:
    issue_id = f"{key}_{entry.entry_id}"
    if not missing:
        ir.async_delete_issue(hass, DOMAIN, issue_id)
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id,
        is_fixable=False,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders={"bedroom": entry.title, "missing": ", ".join(missing)},
    )


def _missing_entities(hass: HomeAssistant, entity_ids: Iterable[str]) -> list[str]:
    entities = er.async_get(hass).entities
    return [each for each in entity_ids if each not in entities and hass.states.get(each) is None]


def _missing_targets(hass: HomeAssistant, options: Mapping[str, Any]) -> set[str]:
    """Return the entities, devices, areas, floors and labels that do not exist any longer."""
    devices = dr.async_get(hass)

    def device_exists(device_id: str) -> bool:
        is_split = devices.async_get_devices_for_composite_device_id(device_id)
        return bool(is_split) or devices.async_get(device_id) is not None

    exists: dict[str, Callable[[str], object]] = {
        ATTR_AREA_ID: ar.async_get(hass).async_get_area,
        ATTR_DEVICE_ID: device_exists,
        ATTR_FLOOR_ID: fr.async_get(hass).async_get_floor,
        ATTR_LABEL_ID: lr.async_get(hass).async_get_label,
    }
    targets = [options.get(kind) or {} for kind in Kind]
    targets.append({ATTR_DEVICE_ID: list(options.get(Option.PHONES) or ()), ATTR_AREA_ID: options.get(Option.AREA)})
    missing = set[str]()
    for target in targets:
        missing.update(_missing_entities(hass, _ids(target, ATTR_ENTITY_ID)))
        for key, find in exists.items():
            missing.update(each for each in _ids(target, key) if not find(each))
    return missing


def _ids(target: Mapping[str, Any], key: str) -> list[str]:
    value = target.get(key) or ()
    return [value] if isinstance(value, str) else list(value)
