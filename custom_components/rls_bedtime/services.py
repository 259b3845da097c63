"""The actions: each turns a call into one call of the core."""

from enum import StrEnum
from typing import Any

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)

from . import fields
from .const import DOMAIN
from .diary.models import Entry, Episode, InvalidEntryError
from .diary.nights import night_of
from .sleepers import async_find_sleeper


class Service(StrEnum):
    """The actions."""

    LOG_EPISODE = "log_episode"


class Field(StrEnum):
    """The fields of the actions."""

    SLEEPER = "sleeper"
    SEVERITY = "severity"
    STARTED_AT = "started_at"
    MINUTES_AGO = "minutes_ago"
    NOTE = "note"


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions. They check their fields themselves, so that every error is one a person can read."""
    hass.services.async_register(
        DOMAIN, Service.LOG_EPISODE, _async_log_episode, supports_response=SupportsResponse.OPTIONAL
    )


async def _async_log_episode(call: ServiceCall) -> ServiceResponse:
    """Log an episode."""
    fields.check_names(call.data, list(Field))
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


def _as_response(episode: Episode) -> dict[str, Any]:
    return {
        "id": episode.id,
        "started_at": episode.started_at.isoformat(),
        "night": night_of(episode.started_at).isoformat(),
        "severity": episode.severity,
        "note": episode.note,
    }
