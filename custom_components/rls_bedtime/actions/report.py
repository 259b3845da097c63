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
from ..diary.statistics.with_without import SubjectKind, WithWithoutComparison
from ..diary.subjects import EVERYTHING, Wanted
from ..errors import validation_error
from ..localize import async_get_texts, supported_language
from ..report.links import async_get_links
from ..report.options import ReportOptions
from . import datetime_parsers, parsers
from .base import Action, Field, Service
from .calls import sleeper_to_read

MAX_NAME_LENGTH: Final = 100

WANTED_FIELDS: Final[Mapping[Field, SubjectKind]] = {
    Field.PRACTICE: SubjectKind.PRACTICE,
    Field.TAG: SubjectKind.TAG,
    Field.BEDTIME_MODE: SubjectKind.BEDTIME_MODE,
    Field.TEMPERATURE: SubjectKind.TEMPERATURE,
    Field.HUMIDITY: SubjectKind.HUMIDITY,
    Field.ILLUMINANCE: SubjectKind.ILLUMINANCE,
}
"""Fields that say with and without what nights are compared."""

_NAMED_FIELDS: Final = (Field.PRACTICE, Field.TAG)

REPORT_FIELDS: Final = (
    Field.SLEEPER,
    Field.FROM,
    Field.TO,
    Field.PERIOD,
    Field.NOTES,
    Field.COMPARISONS,
    Field.NAME,
    Field.LANGUAGE,
)


async def _async_compare(call: ServiceCall) -> ServiceResponse:
    """Compare the nights before and after a change, or with and without something."""
    sleeper = await sleeper_to_read(call)
    wanted = _parse_wanted(call)
    if wanted is not None:
        return await _async_compare_with_without(sleeper, wanted, call)
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


async def _async_compare_with_without(sleeper: SleeperCoordinator, wanted: Wanted, call: ServiceCall) -> dict[str, Any]:
    """Compare the nights with and without something, by default of the whole diary."""
    nights = parsers.parse_field(call.data, Field.NIGHTS, parsers.integer_between(MIN_NIGHTS, MAX_NIGHTS))
    if parsers.parse_field(call.data, Field.SKIP, parsers.integer_between(0, MAX_SKIP)):
        raise validation_error("skip_without_change")
    comparison = await sleeper.async_compare_with_without(wanted, nights)
    return {"sleeper": sleeper.name, **await async_describe_with_without(call.hass, comparison)}


async def async_describe_with_without(hass: HomeAssistant, comparison: WithWithoutComparison) -> dict[str, Any]:
    """Return comparisons of nights with and without something, with their sentences in the language of the house."""
    return {
        "sentences": await async_translate_sentences(hass, comparison.sentences),
        "items": [
            {**item.as_json(), "sentences": await async_translate_sentences(hass, item.sentences)}
            for item in comparison.items
        ],
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
        "comparisons": await _async_get_comparisons(sleeper, options),
        "links": async_get_links(call.hass, sleeper.subentry.subentry_id, options, user),
    }


async def _async_get_comparisons(sleeper: SleeperCoordinator, options: ReportOptions) -> dict[str, Any] | None:
    """Return the nights with and without all that is known, if they are wanted."""
    if not options.comparisons:
        return None
    return await async_describe_with_without(sleeper.hass, await sleeper.async_compare_with_without(EVERYTHING))


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
        comparisons=parsers.parse_field(data, Field.COMPARISONS, parsers.boolean) is True,
        sleeper_name=sleeper.name,
        other_name=None if name == sleeper.name else name,
        language=supported_language(sleeper.hass, language),
    )


async def async_translate_sentences(
    hass: HomeAssistant, sentences: tuple[Sentence, ...], selector: str = "comparison"
) -> list[dict[str, Any]]:
    """Return sentences with their texts in the language of the house, which are the options of a selector."""
    texts = await async_get_texts(hass, selector)
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
        (Field.SLEEPER, Field.CHANGE, Field.DATE, *WANTED_FIELDS, Field.NIGHTS, Field.SKIP),
        SupportsResponse.ONLY,
    ),
    Action(Service.GET_REPORT, _async_get_report, REPORT_FIELDS, SupportsResponse.ONLY),
)


def _parse_wanted(call: ServiceCall) -> Wanted | None:
    """Return with and without what a call compares nights, or None if it is before and after a change."""
    wanted: dict[SubjectKind, tuple[str, ...]] = {}
    for field, kind in WANTED_FIELDS.items():
        if field in _NAMED_FIELDS:
            if (name := parsers.parse_field(call.data, field, parsers.text)) is not None:
                wanted[kind] = (name,)
        elif parsers.parse_field(call.data, field, parsers.boolean):
            wanted[kind] = ()
    others = [field for field in (Field.CHANGE, Field.DATE) if parsers.parse_field(call.data, field, parsers.text)]
    if len(wanted) + (len(others) if wanted else 0) > 1:
        raise validation_error("compare_one", fields=", ".join((Field.CHANGE, Field.DATE, *WANTED_FIELDS)))
    return wanted or None


def _parse_target(call: ServiceCall) -> str | date | None:
    """Return the id of the change, or the date, that a call refers to, or None for the last change."""
    change = parsers.parse_field(call.data, Field.CHANGE, parsers.text)
    day = parsers.parse_field(call.data, Field.DATE, datetime_parsers.parse_date)
    if day is None:
        return change
    if change is not None:
        raise validation_error("change_or_date")
    return day
