"""The names and fields of all actions, and how an action is called."""

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
    """Names of the actions."""

    START = "start"
    STOP = "stop"
    EXTEND = "extend"
    LOG_EPISODE = "log_episode"
    END_EPISODE = "end_episode"
    LOG_CLEAR_NIGHT = "log_clear_night"
    UPDATE_EPISODE = "update_episode"
    DELETE_EPISODE = "delete_episode"
    DELETE_CLEAR_NIGHT = "delete_clear_night"
    LOG_PRACTICE = "log_practice"
    UNDO = "undo"
    REDO = "redo"
    GET_EPISODES = "get_episodes"
    GET_SUMMARY = "get_summary"


class Field(StrEnum):
    """Fields of the actions."""

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
    ITEM = "item"
    DONE = "done"
    CHANGE_ID = "change_id"
    REQUEST_ID = "request_id"
    FROM = "from"
    TO = "to"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Action:
    """An action: its handler, its fields, and whether it only returns a response."""

    name: Service
    handler: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    fields: tuple[Field, ...]
    supports_response: SupportsResponse = SupportsResponse.OPTIONAL

    async def async_call(self, call: ServiceCall) -> ServiceResponse:
        """Run the handler. Raises ServiceValidationError, also for an unknown field, or HomeAssistantError."""
        check_field_names(call.data, self.fields)
        try:
            return await self.handler(call)
        except InvalidEntryError as error:
            raise from_diary_error(error) from error


def isoformat(value: datetime | None) -> str | None:
    """Return a datetime as it appears in responses."""
    return None if value is None else value.isoformat()
