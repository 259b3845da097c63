"""Describe our events for the logbook: changes of a diary, and the warning before screens are silenced.

The phases of a bedroom need no description: they are the states of a sensor.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_ENTITY_ID, LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, ATTR_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.translation import async_get_cached_translations
from homeassistant.util import dt as dt_util

from .bedtime.session import EVENT_SCREENS_WARNING
from .const import DOMAIN
from .diary_events import ATTR_CHANGE, ATTR_SEVERITY, EVENT_DIARY
from .unique_ids import bedroom_unique_id


@callback
def async_describe_events(
    hass: HomeAssistant, async_describe_event: Callable[[str, str, Callable[[Event], dict[str, Any]]], None]
) -> None:
    """Describe our events."""
    async_describe_event(DOMAIN, EVENT_DIARY, partial(_describe_diary_event, hass))
    async_describe_event(DOMAIN, EVENT_SCREENS_WARNING, partial(_describe_screens_warning, hass))


@callback
def _describe_diary_event(hass: HomeAssistant, event: Event) -> dict[str, Any]:
    data = event.data
    message = _get_text(hass, data[ATTR_CHANGE])
    if data[ATTR_SEVERITY] is not None:
        message += _get_text(hass, "with_severity").format(severity=data[ATTR_SEVERITY])
    return {
        LOGBOOK_ENTRY_NAME: data[ATTR_NAME],
        LOGBOOK_ENTRY_MESSAGE: message,
        LOGBOOK_ENTRY_ENTITY_ID: data[ATTR_ENTITY_ID],
    }


@callback
def _describe_screens_warning(hass: HomeAssistant, event: Event) -> dict[str, Any]:
    entry_id = event.data["entry_id"]
    bedroom = hass.config_entries.async_get_entry(entry_id)
    entity_id = er.async_get(hass).async_get_entity_id(SENSOR_DOMAIN, DOMAIN, bedroom_unique_id(entry_id, "phase"))
    silent_at = dt_util.as_local(dt_util.parse_datetime(event.data["silent_at"], raise_on_error=True))
    return {
        LOGBOOK_ENTRY_NAME: bedroom.title if bedroom else DOMAIN,
        LOGBOOK_ENTRY_MESSAGE: _get_text(hass, "screens").format(time=silent_at.strftime("%H:%M")),
        LOGBOOK_ENTRY_ENTITY_ID: entity_id,
    }


def _get_text(hass: HomeAssistant, key: str) -> str:
    texts = async_get_cached_translations(hass, hass.config.language, "selector", DOMAIN)
    return texts[f"component.{DOMAIN}.selector.logbook.options.{key}"]
