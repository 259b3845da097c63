"""The actions by which a diary is compared and reported. Each reads the diary once."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.util import dt as dt_util

from ..coordinator import SleeperCoordinator
from ..diary.nights import Nights, check_night, night_of
from ..diary.statistics.before_after import DEFAULT_NIGHTS, MAX_NIGHTS, MAX_SKIP, MIN_NIGHTS
from ..diary.statistics.comparison import Sentence
from ..diary.statistics.report import PERIOD_NIGHTS, Period
from ..errors import validation_error
from ..localize import async_get_texts, supported_language
from ..report.links import async_get_links
from ..report.options import ReportOptions
from . import datetime_parsers, parsers
from .base import Action, Field, Service
from .calls import sleeper_to_read

MAX_NAME_LENGTH: Final = 100

REPORT_FIELDS: Final = (
    Field.SLEEPER,
    Field.FROM,
    Field.TO,
    Field.PERIOD,
    Field.NOTES,
    Field.NAME,
    Field.LANGUAGE,
)


async def _async_compare(call: ServiceCall) -> ServiceResponse:
    """Compare the nights before and after a change."""
    sleeper = await sleeper_to_read(call)
    target = _parse_target(call)
    nights = parsers.parse_field(call.data, Field.NIGHTS, parsers.integer_between(MIN_NIGHTS, MAX_NIGHTS))
    skip = parsers.parse_field(call.data, Field.SKIP, parsers.integer_between(0, MAX_SKIP))
    comparison, medicine = await sleeper.async_compare(target, nights or DEFAULT_NIGHTS, skip or 0)
    sentences = await async_translate_sentences(call.hass, comparison.sentences)
    return {
        "sleeper": sleeper.name,
        "sentences": sentences,
        **comparison.as_json(),
        "medicine": None if medicine is None else medicine.as_json(),
    }


async def _async_get_report(call: ServiceCall) -> ServiceResponse:
    """Return the figures of a period, and the links to the report of it."""
    sleeper = await sleeper_to_read(call)
    options = await async_parse_report(sleeper, call.data)
    report = await sleeper.async_get_report(options.start, options.end)
    user_id = call.context.user_id
    user = None if user_id is None else await call.hass.auth.async_get_user(user_id)
    figures = await call.hass.async_add_executor_job(report.as_json)
    return {
        "sleeper": sleeper.name,
        "name": options.name,
        **figures,
        "notes": [{"date": note.day.isoformat(), "text": note.text} for note in report.notes] if options.notes else [],
        "links": async_get_links(call.hass, sleeper.subentry.subentry_id, options, user),
    }


async def async_parse_report(sleeper: SleeperCoordinator, data: Mapping[str, Any]) -> ReportOptions:
    """Return what a report is to contain. Raises ServiceValidationError, also for a night that is still to come."""
    start, end = datetime_parsers.parse_period(data, Field.FROM, Field.TO)
    period = parsers.parse_field(data, Field.PERIOD, parsers.enum(Period))
    now = dt_util.now()
    for night in (start, end):
        if night is not None:
            check_night(night, now)
    if period is not None and start is not None:
        raise validation_error("period_given_twice")
    last = end or night_of(now)
    if start is None:
        count = PERIOD_NIGHTS.get(period or Period.QUARTER)
        start = await sleeper.async_get_first_night() if count is None else Nights.ending(last, count).first
    name = parsers.parse_field(data, Field.NAME, parsers.text)
    if name is not None and name != sleeper.name and len(name) > MAX_NAME_LENGTH:
        raise validation_error("text_too_long", field=Field.NAME, limit=MAX_NAME_LENGTH)
    language = parsers.parse_field(data, Field.LANGUAGE, parsers.text)
    return ReportOptions(
        start=min(start, last),
        end=last,
        notes=parsers.parse_field(data, Field.NOTES, parsers.boolean) is True,
        sleeper_name=sleeper.name,
        other_name=None if name == sleeper.name else name,
        language=supported_language(sleeper.hass, language),
    )


async def async_translate_sentences(hass: HomeAssistant, sentences: tuple[Sentence, ...]) -> list[dict[str, Any]]:
    """Return sentences with their texts in the language of the house."""
    texts = await async_get_texts(hass, "comparison")
    return [
        {
            "key": sentence.key,
            "values": {name: str(value) for name, value in sentence.values.items()},
            "text": texts[sentence.key].format(**sentence.values),
        }
        for sentence in sentences
    ]


REPORT_ACTIONS: Final = (
    Action(
        Service.COMPARE,
        _async_compare,
        (Field.SLEEPER, Field.CHANGE, Field.DATE, Field.NIGHTS, Field.SKIP),
        SupportsResponse.ONLY,
    ),
    Action(Service.GET_REPORT, _async_get_report, REPORT_FIELDS, SupportsResponse.ONLY),
)


def _parse_target(call: ServiceCall) -> str | date | None:
    """Return the id of the change, or the date, that a call refers to, or None for the last change."""
    change = parsers.parse_field(call.data, Field.CHANGE, parsers.text)
    day = parsers.parse_field(call.data, Field.DATE, datetime_parsers.parse_date)
    if day is None:
        return change
    if change is not None:
        raise validation_error("change_or_date")
    if day > dt_util.now().date():
        raise validation_error("change_in_future", date=day)
    return day
