"""Describe our events for the logbook: changes of a diary, and the warning before screens are silenced.

The phases of a bedroom need no description: they are the states of a sensor.

The entries name no entity: Home Assistant would begin the sentence with its name, in place of the sleeper's or the
bedroom's.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from homeassistant.components.logbook import LOGBOOK_ENTRY_MESSAGE, LOGBOOK_ENTRY_NAME
from homeassistant.const import ATTR_NAME
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError

from .actions.datetime_parsers import parse_datetime
from .bedtime.session import EVENT_SCREENS_WARNING
from .const import DOMAIN
from .diary_events import ATTR_CHANGE, ATTR_SEVERITY, EVENT_DIARY
from .localize import async_get_loaded_text


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
    message = _get_text(hass, str(data.get(ATTR_CHANGE)))
    if (severity := data.get(ATTR_SEVERITY)) is not None:
        message += _get_text(hass, "with_severity").format(severity=severity)
    return {
        LOGBOOK_ENTRY_NAME: data.get(ATTR_NAME) or DOMAIN,
        LOGBOOK_ENTRY_MESSAGE: message,
    }


@callback
def _describe_screens_warning(hass: HomeAssistant, event: Event) -> dict[str, Any]:
    entry_id = str(event.data.get("entry_id"))
    bedroom = hass.config_entries.async_get_entry(entry_id)
    return {
        LOGBOOK_ENTRY_NAME: bedroom.title if bedroom else DOMAIN,
        LOGBOOK_ENTRY_MESSAGE: _get_text(hass, "screens").format(time=_time_of_day(event.data.get("silent_at"))),
    }


def _time_of_day(moment: object) -> str:
    """Return the local time of day of a moment. An administrator may have fired the event, with anything in it."""
    try:
        return parse_datetime("silent_at", moment).strftime("%H:%M")
    except ServiceValidationError:
        return "-"


def _get_text(hass: HomeAssistant, key: str) -> str:
    return async_get_loaded_text(hass, "logbook", key)
