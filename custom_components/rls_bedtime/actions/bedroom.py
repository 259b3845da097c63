"""The actions of a bedroom. Each calls its session once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse

from ..bedtime.command import Outcome
from ..bedtime.plan import SELECTABLE_RESTORE_MODES
from ..bedtime.session import Session
from ..bedtime.session_state import Phase
from ..const import MAX_WIND_DOWN
from ..errors import validation_error
from . import parsers
from .base import Action, Field, Service, isoformat
from .lookup import async_find_bedroom

MAX_EXTENSION: Final = 720
"""In minutes."""


async def _async_start(call: ServiceCall) -> ServiceResponse:
    """Start bedtime mode."""
    session = await _async_session(call)
    wind_down = parsers.parse_field(call.data, Field.WIND_DOWN, parsers.minutes_between(0, MAX_WIND_DOWN))
    outcomes = await session.async_start(call.context, wind_down or timedelta(), waits=call.return_response)
    return _outcomes_response(outcomes)


async def _async_stop(call: ServiceCall) -> ServiceResponse:
    """Stop bedtime mode, and restore the bedroom."""
    session = await _async_session(call)
    restore = parsers.parse_field(call.data, Field.RESTORE, parsers.enum(SELECTABLE_RESTORE_MODES))
    return _outcomes_response(await session.async_stop(call.context, restore, waits=call.return_response))


async def _async_extend(call: ServiceCall) -> ServiceResponse:
    """Postpone bedtime, or its end if it has started."""
    session = await _async_session(call)
    minutes = parsers.parse_field(call.data, Field.MINUTES, parsers.minutes_between(1, MAX_EXTENSION))
    if session.phase is Phase.OFF and session.next_bedtime is None:
        raise validation_error("nothing_to_extend")
    await session.async_extend(timedelta(minutes=30) if minutes is None else minutes)
    return {
        "phase": session.phase.value,
        "next_bedtime": isoformat(session.next_bedtime),
        "ends_at": isoformat(session.ends_at),
    }


async def _async_reapply(call: ServiceCall) -> ServiceResponse:
    """Bring devices to bedtime again that were changed by hand, or failed."""
    session = await _async_session(call)
    wanted = parsers.parse_field(call.data, Field.ENTITY_ID, parsers.texts)
    if session.phase is Phase.OFF:
        raise validation_error("nothing_to_reapply")
    if wanted is not None and (unknown := [each for each in wanted if each not in session.state.known]):
        choices = ", ".join(sorted(session.state.known))
        raise validation_error("unknown_device", entity_id=", ".join(unknown), choices=choices)
    return _outcomes_response(await session.async_reapply(wanted, call.context, waits=call.return_response))


BEDROOM_ACTIONS: Final = (
    Action(Service.START, _async_start, (Field.BEDROOM, Field.WIND_DOWN)),
    Action(Service.STOP, _async_stop, (Field.BEDROOM, Field.RESTORE)),
    Action(Service.EXTEND, _async_extend, (Field.BEDROOM, Field.MINUTES)),
    Action(Service.REAPPLY, _async_reapply, (Field.BEDROOM, Field.ENTITY_ID)),
)


async def _async_session(call: ServiceCall) -> Session:
    """Return the session of the bedroom that a call refers to."""
    reference = parsers.parse_field(call.data, Field.BEDROOM, parsers.text)
    return (await async_find_bedroom(call.hass, reference, call.context)).runtime_data.session


def _outcomes_response(outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    return {"entities": {entity_id: outcome.value for entity_id, outcome in outcomes.items()}}
