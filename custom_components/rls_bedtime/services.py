"""The actions, registered; and what is for the diary alone goes no further."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from homeassistant.components.calendar import DOMAIN as CALENDAR_DOMAIN, EVENT_DESCRIPTION, EVENT_SUMMARY
from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE_DATA, EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids

from .actions.base import Field
from .actions.bedroom import BEDROOM_ACTIONS
from .actions.sleeper import SLEEPER_ACTIONS
from .const import DOMAIN

PRIVATE_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    DOMAIN: frozenset({Field.NOTE, Field.TAGS}),
    CALENDAR_DOMAIN: frozenset({EVENT_SUMMARY, EVENT_DESCRIPTION}),
}
"""What is for the diary alone, by the domain of the action that it is given to."""


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions. They check their fields themselves, so that every error is one a person can read."""
    for action in (*BEDROOM_ACTIONS, *SLEEPER_ACTIONS):
        hass.services.async_register(DOMAIN, action.name, action.async_call, supports_response=action.supports_response)
    hass.bus.async_listen(
        EVENT_CALL_SERVICE, _async_redact_event, event_filter=partial(_async_has_private_fields, hass)
    )


@callback
def _async_has_private_fields(hass: HomeAssistant, event_data: Mapping[str, Any]) -> bool:
    """Return whether a call holds what is for the diary alone."""
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
    """Leave out of the event what is for the diary alone: the recorder keeps each call, and others may listen.

    The call itself has its data already. Who listens to one type of event is told before those who listen to all.
    """
    private = PRIVATE_FIELDS[event.data[ATTR_DOMAIN]]
    told = event.data[ATTR_SERVICE_DATA]
    event.data[ATTR_SERVICE_DATA] = {name: value for name, value in told.items() if name not in private}
