"""The actions of relief at night. Each calls the relief of its bedroom once."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util import dt as dt_util

from ..bedtime.relief.relief_plan import MAX_MINUTES
from ..bedtime.relief.relief_state import Aid
from ..coordinator import BedtimeConfigEntry, SleeperCoordinator
from . import parsers
from .base import Action, Field, Service, isoformat
from .lookup import async_find_bedroom, async_find_sleeper
from .permissions import Permission
from .relief_start import async_start_relief


def _start(aid: Aid) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    """Return the handler that starts a walk, or the relief devices."""

    async def async_start(call: ServiceCall) -> ServiceResponse:
        minutes = parsers.parse_field(call.data, Field.MINUTES, parsers.minutes_between(1, MAX_MINUTES))
        entry, sleeper = await _async_find(call)
        result = await async_start_relief(
            call.hass, entry, aid, call.context, minutes=minutes, sleeper=sleeper, waits=call.return_response
        )
        run, noted = entry.runtime_data.relief.run(aid), result.noted
        return {
            "until": isoformat(None if run is None else dt_util.as_local(run.until)),
            "entities": {entity_id: outcome.value for entity_id, outcome in result.outcomes.items()},
            "episode_id": None if noted is None else noted.episode.id,
            "change_id": None if noted is None else noted.change_id,
        }

    return async_start


def _stop(aid: Aid) -> Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]:
    """Return the handler that ends a walk, or the relief devices."""

    async def async_stop(call: ServiceCall) -> ServiceResponse:
        entry, _sleeper = await _async_find(call)
        await entry.runtime_data.relief.async_stop(aid)
        return {}

    return async_stop


async def _async_find(call: ServiceCall) -> tuple[BedtimeConfigEntry, SleeperCoordinator | None]:
    """Return the bedroom and the sleeper that a call refers to: a sleeper alone stands for the bedroom, too."""
    reference = parsers.parse_field(call.data, Field.SLEEPER, parsers.text)
    bedroom = parsers.parse_field(call.data, Field.BEDROOM, parsers.text)
    if reference is None:
        return await async_find_bedroom(call.hass, bedroom, call.context), None
    sleeper = await async_find_sleeper(call.hass, reference, call.context, Permission.LOG)
    bedroom = bedroom or sleeper.config_entry.entry_id
    return await async_find_bedroom(call.hass, bedroom, call.context), sleeper


RELIEF_ACTIONS: Final = (
    Action(Service.START_WALK, _start(Aid.WALK), (Field.BEDROOM, Field.SLEEPER, Field.MINUTES)),
    Action(Service.STOP_WALK, _stop(Aid.WALK), (Field.BEDROOM, Field.SLEEPER)),
    Action(Service.START_RELIEF, _start(Aid.DEVICE), (Field.BEDROOM, Field.SLEEPER, Field.MINUTES)),
    Action(Service.STOP_RELIEF, _stop(Aid.DEVICE), (Field.BEDROOM, Field.SLEEPER)),
)
