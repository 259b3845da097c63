"""Keep private fields of actions out of the event that reports each call."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, Final

from homeassistant.components.calendar import (
    DOMAIN as CALENDAR_DOMAIN,
    EVENT_DESCRIPTION,
    EVENT_LOCATION,
    EVENT_SUMMARY,
)
from homeassistant.components.todo import ATTR_DESCRIPTION, ATTR_ITEM, ATTR_RENAME, DOMAIN as TODO_DOMAIN
from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_DOMAIN,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
    ATTR_SERVICE,
    ATTR_SERVICE_DATA,
    ENTITY_MATCH_ALL,
    EVENT_CALL_SERVICE,
)
from homeassistant.core import Event, HomeAssistant, callback, valid_entity_id
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from ..const import DOMAIN
from .base import Field

PRIVATE_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    DOMAIN: frozenset(
        {
            Field.NOTE,
            Field.TAGS,
            Field.PRACTICE,
            Field.TAG,
            Field.ITEM,
            Field.KIND,
            Field.NAME,
            Field.AMOUNT,
            Field.VALUE,
            Field.UNIT,
            Field.PRACTICE,
            Field.TAG,
        }
    ),
    CALENDAR_DOMAIN: frozenset({EVENT_SUMMARY, EVENT_DESCRIPTION, EVENT_LOCATION}),
    TODO_DOMAIN: frozenset({ATTR_ITEM, ATTR_RENAME, ATTR_DESCRIPTION}),
}
"""Fields that only the diary may hold, by the domain of the action."""

type _Fields = Mapping[str, Collection[str]]
"""The fields of each of our actions."""


@callback
def async_setup_privacy_filter(hass: HomeAssistant, fields: _Fields) -> None:
    """Remove private fields from the events of our actions, and of actions on our calendars and to-do lists.

    `fields` are those of each of our actions.
    """
    hass.bus.async_listen(
        EVENT_CALL_SERVICE,
        partial(_async_redact_event, fields),
        event_filter=partial(_async_has_private_fields, hass, fields),
    )


@callback
def _async_has_private_fields(hass: HomeAssistant, fields: _Fields, event_data: Mapping[str, Any]) -> bool:
    """Return whether a call contains private fields."""
    domain = event_data[ATTR_DOMAIN]
    if domain not in PRIVATE_FIELDS or not _private_fields(fields, event_data):
        return False
    return domain == DOMAIN or _may_target_us(hass, event_data[ATTR_SERVICE_DATA])


def _private_fields(fields: _Fields, event_data: Mapping[str, Any]) -> set[str]:
    """Return the private fields in the data of a call.

    A misspelled field of ours may contain a note, also if it is spelled like a field of another action.
    """
    domain, data = event_data[ATTR_DOMAIN], event_data[ATTR_SERVICE_DATA]
    known = fields[event_data[ATTR_SERVICE]] if domain == DOMAIN else data
    return {name for name in data if name in PRIVATE_FIELDS[domain] or name not in known}


@callback
def _may_target_us(hass: HomeAssistant, data: Mapping[str, Any]) -> bool:
    """Return whether a call may be for an entity of ours.

    The event is fired before the target is validated: it may be `all`, a text with commas, or a template that is not
    rendered yet. What cannot be read may mean us.
    """
    try:
        target = {
            key: ids
            for key in _TARGET_FIELDS
            if key in data and (ids := [each.strip() for each in cv.ensure_list_csv(data[key])])
        }
        ids = target.get(ATTR_ENTITY_ID, [])
        if any(each.lower() == ENTITY_MATCH_ALL or not valid_entity_id(each.lower()) for each in ids):
            return True
        referenced = async_extract_referenced_entity_ids(
            hass, TargetSelection(target | {ATTR_ENTITY_ID: [each.lower() for each in ids]})
        )
    except AttributeError, TypeError, ValueError:
        return True
    registry = er.async_get(hass)
    entity_ids = referenced.referenced | referenced.indirectly_referenced
    return any((entity := registry.async_get(each)) is not None and entity.platform == DOMAIN for each in entity_ids)


@callback
def _async_redact_event(fields: _Fields, event: Event[dict[str, Any]]) -> None:
    """Remove private fields from the event: the recorder stores each call, and others may listen.

    The call itself already has its data. Listeners to one type of event run before listeners to all types.
    """
    data = event.data[ATTR_SERVICE_DATA]
    private = _private_fields(fields, event.data)
    event.data[ATTR_SERVICE_DATA] = {name: value for name, value in data.items() if name not in private}


_TARGET_FIELDS: Final = (ATTR_ENTITY_ID, ATTR_DEVICE_ID, ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)
