"""The names and fields of all actions, and how an action is called."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse

from ..diary.models import InvalidEntryError
from ..errors import from_diary_error
from ..localize import FALLBACK_LANGUAGE, async_get_texts
from ..sanitize import clean
from .parsers import check_field_names, keys_by_name, translate_choices


class Service(StrEnum):
    """Names of the actions."""

    START = "start"
    STOP = "stop"
    EXTEND = "extend"
    START_WALK = "start_walk"
    STOP_WALK = "stop_walk"
    START_RELIEF = "start_relief"
    STOP_RELIEF = "stop_relief"
    REAPPLY = "reapply"
    LOG_EPISODE = "log_episode"
    END_EPISODE = "end_episode"
    LOG_CLEAR_NIGHT = "log_clear_night"
    UPDATE_EPISODE = "update_episode"
    DELETE_EPISODE = "delete_episode"
    DELETE_CLEAR_NIGHT = "delete_clear_night"
    LOG_PRACTICE = "log_practice"
    LOG_CHANGE = "log_change"
    UPDATE_CHANGE = "update_change"
    DELETE_CHANGE = "delete_change"
    UNDO = "undo"
    REDO = "redo"
    GET_EPISODES = "get_episodes"
    GET_SUMMARY = "get_summary"
    GET_REPORT = "get_report"
    COMPARE = "compare"
    START_EXPERIMENT = "start_experiment"
    STOP_EXPERIMENT = "stop_experiment"
    SKIP_EXPERIMENT_NIGHT = "skip_experiment_night"
    LOG_EXPERIMENT_NIGHT = "log_experiment_night"
    GET_EXPERIMENT = "get_experiment"


class Field(StrEnum):
    """Fields of the actions."""

    BEDROOM = "bedroom"
    WIND_DOWN = "wind_down"
    RESTORE = "restore"
    MINUTES = "minutes"
    ENTITY_ID = "entity_id"
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
    CHANGE = "change"
    DATE = "date"
    KIND = "kind"
    NAME = "name"
    AMOUNT = "amount"
    VALUE = "value"
    UNIT = "unit"
    CHANGE_ID = "change_id"
    REQUEST_ID = "request_id"
    FROM = "from"
    TO = "to"
    LIMIT = "limit"
    BEFORE = "before"
    PERIOD = "period"
    NOTES = "notes"
    LANGUAGE = "language"
    NIGHTS = "nights"
    PRACTICE = "practice"
    TAG = "tag"
    BEDTIME_MODE = "bedtime_mode"
    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    ILLUMINANCE = "illuminance"
    COMPARISONS = "comparisons"
    SKIP = "skip"
    OPTION = "option"
    WITH = "with"
    WITHOUT = "without"
    SKIPPED = "skipped"


VOCABULARY_FIELDS: Final = frozenset(
    {
        Field.RESTORE,
        Field.SIDE,
        Field.BODY_PARTS,
        Field.SENSATIONS,
        Field.ACTIVITY,
        Field.RELIEF,
        Field.RELIEF_EFFECT,
        Field.SLEEP_IMPACT,
        Field.CLEAR,
        Field.KIND,
        Field.PERIOD,
        Field.OPTION,
    }
)
"""Fields with choices. Their names are the options of the selector of the same name."""

_MORE_SELECTORS: Final[Mapping[str, str]] = {Field.CLEAR: "clear_change"}
"""Second selectors of fields whose choices differ between actions."""


@dataclass(frozen=True, slots=True)
class Action:
    """An action: its handler, its fields, and whether it only returns a response."""

    name: Service
    handler: Callable[[ServiceCall], Coroutine[Any, Any, ServiceResponse]]
    fields: tuple[Field, ...]
    supports_response: SupportsResponse = SupportsResponse.OPTIONAL

    async def async_call(self, call: ServiceCall) -> ServiceResponse:
        """Run the handler. Raises ServiceValidationError, also for an unknown field, or HomeAssistantError.

        This is the entrance of all data: it is cleaned here, and choices may be named in the language of the house.
        """
        check_field_names(call.data, self.fields)
        data = clean(call.data)
        for field in VOCABULARY_FIELDS.intersection(data):
            data[field] = translate_choices(data[field], await _async_get_keys(call.hass, field))
        call = ServiceCall(call.hass, call.domain, call.service, data, call.context, call.return_response)
        try:
            return await self.handler(call)
        except InvalidEntryError as error:
            raise from_diary_error(error) from error


async def _async_get_keys(hass: HomeAssistant, field: str) -> dict[str, str]:
    """Return the keys of a field's choices by their names in the language of the house, and in English."""
    languages = (hass.config.language, FALLBACK_LANGUAGE)
    selectors = (field, _MORE_SELECTORS[field]) if field in _MORE_SELECTORS else (field,)
    return keys_by_name(
        *[await async_get_texts(hass, selector, language) for language in languages for selector in selectors]
    )


def isoformat(value: datetime | None) -> str | None:
    """Return a datetime as it appears in responses."""
    return None if value is None else value.isoformat()
