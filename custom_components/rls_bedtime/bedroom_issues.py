"""Repair issues about a bedroom and its sleepers: what they refer to is gone, or what was stored cannot be read.

Only the user can repair these: each issue leads to the form where that is done.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
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

from .bedtime.checked_store import StorageDamage
from .bedtime.plan import Kind, invalid_options, valid_options
from .bedtime.user_actions import async_is_valid
from .const import DOMAIN, SUBENTRY_SLEEPER, Option
from .issues import escape_placeholders
from .sleeper_options import invalid_options_of, may_read_of, person_of, sleep_sensors_of

SESSION_DAMAGED: Final = "session_damaged"
RELIEF_DAMAGED: Final = "relief_damaged"
INVALID_OPTIONS: Final = "invalid_options"
INVALID_ACTIONS: Final = "invalid_actions"
MISSING_SCHEDULE: Final = "missing_schedule"
MISSING_PERSONS: Final = "missing_persons"
MISSING_TARGETS: Final = "missing_targets"
MISSING_RELIEF: Final = "missing_relief"

INVALID_SLEEPER: Final = "invalid_sleeper"
MISSING_PERSON: Final = "missing_person"
MISSING_SLEEP_SENSOR: Final = "missing_sleep_sensor"

ATTR_ENTRY_ID: Final = "entry_id"
ATTR_FORM: Final = "form"
ATTR_SUBENTRY_ID: Final = "subentry_id"


class Form(StrEnum):
    """The form where an issue is repaired."""

    OPTIONS = "options"
    RECONFIGURE = "reconfigure"
    SLEEPER = "sleeper"


_FORMS: Final = {
    INVALID_OPTIONS: Form.OPTIONS,
    INVALID_ACTIONS: Form.OPTIONS,
    MISSING_SCHEDULE: Form.OPTIONS,
    MISSING_PERSONS: Form.OPTIONS,
    MISSING_TARGETS: Form.RECONFIGURE,
    MISSING_RELIEF: Form.OPTIONS,
    INVALID_SLEEPER: Form.SLEEPER,
    MISSING_PERSON: Form.SLEEPER,
    MISSING_SLEEP_SENSOR: Form.SLEEPER,
}
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
    _create_damage_issue(hass, entry, SESSION_DAMAGED, damage)


@callback
def async_create_relief_issue(hass: HomeAssistant, entry: ConfigEntry, damage: StorageDamage) -> None:
    """Create the issue that what was stored of relief at night is damaged. It stays until it is confirmed."""
    _create_damage_issue(hass, entry, RELIEF_DAMAGED, damage)


@callback
def _create_damage_issue(hass: HomeAssistant, entry: ConfigEntry, key: str, damage: StorageDamage) -> None:
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{key}_{entry.entry_id}",
        is_fixable=True,
        is_persistent=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=key,
        translation_placeholders=escape_placeholders(
            {"bedroom": entry.title, "parts": ", ".join(damage.parts), "file": damage.kept_as or "-"}
        ),
    )


@callback
def async_delete_bedroom_issues(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Delete the issues of a bedroom that is removed."""
    for key in (SESSION_DAMAGED, RELIEF_DAMAGED):
        ir.async_delete_issue(hass, DOMAIN, f"{key}_{entry.entry_id}")
    _delete_issues(hass, entry, keep=())


async def _async_check(hass: HomeAssistant, entry: ConfigEntry) -> None:
    options = valid_options(entry.options)
    broken_actions = [
        option
        for option in (Option.START_ACTIONS, Option.END_ACTIONS)
        if not await async_is_valid(hass, options.get(option) or ())
    ]
    schedule = options.get(Option.SCHEDULE_ENTITY)
    persons = options.get(Option.ONLY_WHEN_HOME) or ()
    relief = [
        *(options.get(Option.PATH) or ()),
        *(options.get(Option.RELIEF_DEVICES) or ()),
        *(options.get(Option.PRESENCE_SENSORS) or ()),
        *filter(None, [options.get(Option.BED_SENSOR)]),
    ]
    found: dict[str, Iterable[str]] = {
        INVALID_OPTIONS: invalid_options(entry.options),
        INVALID_ACTIONS: broken_actions,
        MISSING_SCHEDULE: _missing_entities(hass, [schedule] if schedule else []),
        MISSING_PERSONS: _missing_entities(hass, persons),
        MISSING_TARGETS: _missing_targets(hass, options),
        MISSING_RELIEF: _missing_entities(hass, relief),
    }
    issues = [_Issue(key, sorted(missing)) for key, missing in found.items()]
    for sleeper in entry.get_subentries_of_type(SUBENTRY_SLEEPER):
        persons = filter(None, (person_of(sleeper), *may_read_of(sleeper)))
        issues.append(_Issue(INVALID_SLEEPER, sorted(invalid_options_of(sleeper)), sleeper))
        issues.append(_Issue(MISSING_PERSON, sorted(_missing_entities(hass, persons)), sleeper))
        sensors = set(_missing_entities(hass, sleep_sensors_of(sleeper)))
        issues.append(_Issue(MISSING_SLEEP_SENSOR, sorted(sensors), sleeper))
    issues = [issue for issue in issues if issue.missing]
    _delete_issues(hass, entry, keep=[issue.issue_id(entry) for issue in issues])
    for issue in issues:
        _create_issue(hass, entry, issue)


@dataclass(frozen=True, slots=True)
class _Issue:
    """What is gone or damaged, of a bedroom or of one of its sleepers."""

    key: str
    missing: list[str]
    sleeper: ConfigSubentry | None = None

    def issue_id(self, entry: ConfigEntry) -> str:
        return f"{self.key}_{self.sleeper.subentry_id if self.sleeper else entry.entry_id}"


@callback
def _delete_issues(hass: HomeAssistant, entry: ConfigEntry, keep: Collection[str]) -> None:
    """Delete the issues of a bedroom and its sleepers, those of removed sleepers included."""
    for (domain, issue_id), issue in list(ir.async_get(hass).issues.items()):
        is_of_entry = issue.data is not None and issue.data.get(ATTR_ENTRY_ID) == entry.entry_id
        if domain == DOMAIN and is_of_entry and issue_id not in keep:
            ir.async_delete_issue(hass, DOMAIN, issue_id)


@callback
def _create_issue(hass: HomeAssistant, entry: ConfigEntry, issue: _Issue) -> None:
    placeholders = {"bedroom": entry.title, "missing": ", ".join(issue.missing)}
    data: dict[str, str | int | float | None] = {ATTR_ENTRY_ID: entry.entry_id, ATTR_FORM: _FORMS[issue.key]}
    if issue.sleeper is not None:
        placeholders["name"] = issue.sleeper.title
        data[ATTR_SUBENTRY_ID] = issue.sleeper.subentry_id
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue.issue_id(entry),
        data=data,
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=issue.key,
        translation_placeholders=escape_placeholders(placeholders),
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
