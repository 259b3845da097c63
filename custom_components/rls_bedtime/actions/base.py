"""What all actions share: their names, their fields, and how one is called."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse

from ..diary.models import InvalidEntryError
from ..errors import from_diary_error
from .parsers import check_field_names


class Service(StrEnum):
    """The actions."""

    START = "start"
    STOP = "stop"
    EXTEND = "extend"
    LOG_EPISODE = "log_episode"
    END_EPISODE = "end_episode"
    LOG_CLEAR_NIGHT = "log_clear_night"
    UPDATE_EPISODE = "update_episode"
    DELETE_EPISODE = "delete_episode"
    UNDO = "undo"
    GET_EPISODES = "get_episodes"
    GET_SUMMARY = "get_summary"


class Field(StrEnum):
    """The fields of the actions."""

    BEDROOM = "bedroom"
    WIND_DOWN = "wind_down"
    RESTORE = "restore"
    MINUTES = "minutes"
    SLEEPER = "sleeper"
    EPISODE_ID = "episode_id"
    SEVERITY = "severity"
    STARTED_AT = "started_at"
    MINUTES_AGO = "minutes_ago"
    ENDED_AT = "ended_at"
    DURATION = "duration"
    SIDE = "side"
    BODY_PARTS = "body_parts"
    SENSATIONS = "sensations"
    ACTIVITY = "activity"
    RELIEF = "relief"
    RELIEF_EFFECT = "relief_effect"
    SLEEP_IMPACT = "sleep_impact"
    TAGS = "tags"
    NOTE = "note"
    CLEAR = "clear"
    NIGHT = "night"
    FROM = "from"
    TO = "to"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Action:
    """An action: what it does, the fields that it has, and whether it is called for its response alone."""

    name: Service
    handler: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    fields: tuple[Field, ...]
    supports_response: SupportsResponse = SupportsResponse.OPTIONAL

    async def async_call(self, call: ServiceCall) -> ServiceResponse:
        """Do it, if there is no field that it does not have. Raises ServiceValidationError or HomeAssistantError."""
        check_field_names(call.data, self.fields)
        try:
            return await self.handler(call)
        except InvalidEntryError as error:
            raise from_diary_error(error) from error


def isoformat(moment: datetime | None) -> str | None:
    """Return a moment as responses have it."""
    return None if moment is None else moment.isoformat()
