"""Websocket commands of the cards."""

from typing import Any, Final

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .actions import datetime_parsers, parsers
from .actions.base import Field
from .actions.lookup import async_find_sleeper
from .const import DOMAIN
from .diary.nights import night_of

TYPE_NIGHTS: Final = f"{DOMAIN}/nights"


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, _async_nights)


@websocket_api.websocket_command(
    {
        vol.Required("type"): TYPE_NIGHTS,
        **dict.fromkeys(map(vol.Optional, (Field.SLEEPER, Field.FROM, Field.TO)), object),
    }
)
@websocket_api.async_response
async def _async_nights(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Return each recorded night as [date, number of episodes, worst severity or None]."""
    reference = parsers.parse_field(msg, Field.SLEEPER, parsers.text)
    sleeper = async_find_sleeper(hass, reference, connection.context(msg))
    start, end = datetime_parsers.parse_period(msg, Field.FROM, Field.TO)
    nights = await sleeper.async_get_recorded_nights(start, end)
    result = {
        "sleeper": sleeper.name,
        "tonight": night_of(dt_util.now()).isoformat(),
        "nights": [(night.night.isoformat(), night.episodes, night.worst) for night in nights],
    }
    connection.send_result(msg["id"], result)
