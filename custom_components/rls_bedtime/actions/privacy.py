"""Keep private fields of actions out of the event that reports each call."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from homeassistant.components.calendar import DOMAIN as CALENDAR_DOMAIN, EVENT_DESCRIPTION, EVENT_SUMMARY
from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE_DATA, EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from ..const import DOMAIN
from .base import Field

PRIVATE_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    DOMAIN: frozenset({Field.NOTE, Field.TAGS, Field.ITEM}),
    CALENDAR_DOMAIN: frozenset({EVENT_SUMMARY, EVENT_DESCRIPTION}),
}
"""Fields that only the diary may hold, by the domain of the action."""


@callback
def async_setup_privacy_filter(hass: HomeAssistant) -> None:
    """Remove private fields from the events of our actions and of calendar actions on our calendars."""
    hass.bus.async_listen(
        EVENT_CALL_SERVICE, _async_redact_event, event_filter=partial(_async_has_private_fields, hass)
    )


@callback
def _async_has_private_fields(hass: HomeAssistant, event_data: Mapping[str, Any]) -> bool:
    """Return whether a call contains private fields."""
    domain, data = event_data[ATTR_DOMAIN], event_data[ATTR_SERVICE_DATA]
    if domain not in PRIVATE_FIELDS or PRIVATE_FIELDS[domain].isdisjoint(data):
        return False
    if domain == DOMAIN:
        return True
    referenced = async_extract_referenced_entity_ids(hass, TargetSelection(data))
    entities = er.async_get(hass).entities
    return any(
        (entity := entities.get(entity_id)) is not None and entity.platform == DOMAIN
        for entity_id in referenced.referenced | referenced.indirectly_referenced
    )


@callback
def _async_redact_event(event: Event[dict[str, Any]]) -> None:
    """Remove private fields from the event: the recorder stores each call, and others may listen.

    The call itself already has its data. Listeners to one type of event run before listeners to all types.
    """
    private = PRIVATE_FIELDS[event.data[ATTR_DOMAIN]]
    data = event.data[ATTR_SERVICE_DATA]
    event.data[ATTR_SERVICE_DATA] = {name: value for name, value in data.items() if name not in private}
