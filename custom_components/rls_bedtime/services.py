"""The actions: each turns a call into one call of the core."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback

from . import fields
from .bedtime.command import Outcome
from .bedtime.record import Phase
from .bedtime.session import Session
from .const import DOMAIN, LONGEST_WIND_DOWN
from .diary.models import Entry, Episode, InvalidEntryError
from .diary.nights import night_of
from .find import async_find_bedroom, async_find_sleeper

LONGEST_EXTENSION: Final = 720
"""Minutes."""


class Service(StrEnum):
    """The actions."""

    START = "start"
    STOP = "stop"
    EXTEND = "extend"
    LOG_EPISODE = "log_episode"


class Field(StrEnum):
    """The fields of the actions."""

    BEDROOM = "bedroom"
    WIND_DOWN = "wind_down"
    RESTORE = "restore"
    MINUTES = "minutes"
    SLEEPER = "sleeper"
    SEVERITY = "severity"
    STARTED_AT = "started_at"
    MINUTES_AGO = "minutes_ago"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Action:
    """An action: what it does, and the fields that it has."""

    name: Service
    async_do: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    fields: tuple[Field, ...]

    async def async_call(self, call: ServiceCall) -> ServiceResponse:
        """Do it, if there is no field that it does not have."""
        fields.check_names(call.data, self.fields)
        return await self.async_do(call)


async def _async_start(call: ServiceCall) -> ServiceResponse:
    """Bring a bedroom to bedtime."""
    session = _session(call)
    wind_down = fields.read(call.data, Field.WIND_DOWN, fields.minutes_between(0, LONGEST_WIND_DOWN))
    outcomes = await session.async_start(call.context, wind_down or timedelta(), waits=call.return_response)
    return _as_entities(outcomes)


async def _async_stop(call: ServiceCall) -> ServiceResponse:
    """Give a bedroom back."""
    session = _session(call)
    restore = fields.read(call.data, Field.RESTORE, fields.one_of(fields.RESTORABLE))
    return _as_entities(await session.async_stop(call.context, restore, waits=call.return_response))


async def _async_extend(call: ServiceCall) -> ServiceResponse:
    """Let bedtime come later, or end later."""
    session = _session(call)
    minutes = fields.read(call.data, Field.MINUTES, fields.minutes_between(1, LONGEST_EXTENSION))
    if session.phase is Phase.OFF and session.next_bedtime is None:
        raise fields.invalid("nothing_to_extend")
    await session.async_extend(timedelta(minutes=30) if minutes is None else minutes)
    return {
        "phase": session.phase.value,
        "next_bedtime": _iso(session.next_bedtime),
        "ends_at": _iso(session.ends_at),
    }


async def _async_log_episode(call: ServiceCall) -> ServiceResponse:
    """Log an episode."""
    sleeper = async_find_sleeper(call.hass, fields.read(call.data, Field.SLEEPER, fields.text), call.context)
    try:
        entry = Entry(
            started_at=fields.read(call.data, Field.STARTED_AT, fields.moment),
            ago=fields.read(call.data, Field.MINUTES_AGO, fields.minutes),
            severity=fields.read(call.data, Field.SEVERITY, fields.severity),
            note=fields.read(call.data, Field.NOTE, fields.text),
        )
        logged = await sleeper.async_log(entry)
    except InvalidEntryError as error:
        raise fields.invalid(error.key, **error.placeholders) from error
    return {"episode": _as_response(logged.episode), "new": logged.new}


ACTIONS: Final = (
    Action(Service.START, _async_start, (Field.BEDROOM, Field.WIND_DOWN)),
    Action(Service.STOP, _async_stop, (Field.BEDROOM, Field.RESTORE)),
    Action(Service.EXTEND, _async_extend, (Field.BEDROOM, Field.MINUTES)),
    Action(
        Service.LOG_EPISODE,
        _async_log_episode,
        (Field.SLEEPER, Field.SEVERITY, Field.STARTED_AT, Field.MINUTES_AGO, Field.NOTE),
    ),
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions. They check their fields themselves, so that every error is one a person can read."""
    for action in ACTIONS:
        hass.services.async_register(
            DOMAIN, action.name, action.async_call, supports_response=SupportsResponse.OPTIONAL
        )


def _session(call: ServiceCall) -> Session:
    """Return the session of the bedroom that a call means."""
    reference = fields.read(call.data, Field.BEDROOM, fields.text)
    return async_find_bedroom(call.hass, reference, call.context).runtime_data.session


def _as_entities(outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    return {"entities": {entity_id: outcome.value for entity_id, outcome in outcomes.items()}}


def _as_response(episode: Episode) -> dict[str, Any]:
    return {
        "id": episode.id,
        "started_at": episode.started_at.isoformat(),
        "night": night_of(episode.started_at).isoformat(),
        "severity": episode.severity,
        "note": episode.note,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
