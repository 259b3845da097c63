"""The actions, registered; and a note that is given to one goes no further than the diary."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE_DATA, EVENT_CALL_SERVICE
from homeassistant.core import Event, HomeAssistant, callback

from .actions import Field
from .bedroom_actions import BEDROOM_ACTIONS
from .const import DOMAIN
from .sleeper_actions import SLEEPER_ACTIONS

PRIVATE: Final = frozenset({Field.NOTE, Field.TAGS})
"""What is for the diary alone."""


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions. They check their fields themselves, so that every error is one a person can read."""
    for action in (*BEDROOM_ACTIONS, *SLEEPER_ACTIONS):
        hass.services.async_register(DOMAIN, action.name, action.async_call, supports_response=action.supports_response)
    hass.bus.async_listen(EVENT_CALL_SERVICE, _withhold, event_filter=_holds_private)


@callback
def _holds_private(event_data: Mapping[str, Any]) -> bool:
    return event_data[ATTR_DOMAIN] == DOMAIN and not PRIVATE.isdisjoint(event_data[ATTR_SERVICE_DATA])


@callback
def _withhold(event: Event[dict[str, Any]]) -> None:
    """Leave out of the event what is for the diary alone: the recorder keeps each call, and others may listen.

    The call itself has its data already. Who listens to one type of event is told before those who listen to all.
    """
    told = event.data[ATTR_SERVICE_DATA]
    event.data[ATTR_SERVICE_DATA] = {name: value for name, value in told.items() if name not in PRIVATE}
