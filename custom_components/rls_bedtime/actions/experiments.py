"""The actions of experiments on nights that are drawn to be with or without something."""

from collections.abc import Mapping
from enum import StrEnum
import json
from typing import Any, Final

from homeassistant.core import ServiceCall, ServiceResponse, SupportsResponse
from homeassistant.util import dt as dt_util

from ..bedtime.plan import DEFAULTS, LIMITS
from ..const import Option
from ..coordinator import SleeperCoordinator
from ..diary.experiment_design import DesignedNight, ExperimentStatus
from ..diary.experiments import ExperimentReport
from ..diary.models import Arm, Experiment, ExperimentKind, ExperimentNightResult, NewExperiment
from ..diary.nights import night_of
from ..diary.statistics.randomization import power
from ..errors import validation_error
from ..experiment_options import EXPERIMENT_OPTIONS, current_values, value_of
from . import datetime_parsers, parsers
from .base import Action, Field, Service, isoformat
from .calls import request_of, sleeper_to_change, sleeper_to_log, sleeper_to_read
from .report import async_translate_sentences


class Length(StrEnum):
    """How many nights an experiment may have."""

    SHORT = "28"
    MIDDLE = "42"
    LONG = "84"


KINDS: Final[Mapping[Field, ExperimentKind]] = {
    Field.PRACTICE: ExperimentKind.PRACTICE,
    Field.TAG: ExperimentKind.TAG,
    Field.OPTION: ExperimentKind.OPTION,
}
"""The fields that say what an experiment is about: one of them is given."""


async def _async_start_experiment(call: ServiceCall) -> ServiceResponse:
    """Start an experiment."""
    sleeper = await sleeper_to_change(call)
    entry = _parse_entry(call, sleeper)
    result = await sleeper.async_start_experiment(entry, request_of(call), call.context)
    return {
        "sleeper": sleeper.name,
        "experiment": _experiment(result.experiment),
        "new": result.new,
        "change_id": result.change_id,
    }


async def _async_stop_experiment(call: ServiceCall) -> ServiceResponse:
    """Stop the running experiment."""
    sleeper = await sleeper_to_change(call)
    result = await sleeper.async_stop_experiment(request_of(call), call.context)
    return {
        "sleeper": sleeper.name,
        "experiment": _experiment(result.experiment),
        "change_id": result.change_id,
    }


async def _async_skip_experiment_night(call: ServiceCall) -> ServiceResponse:
    """Leave a night out of the experiment, or take it in again."""
    sleeper = await sleeper_to_change(call)
    night = parsers.parse_field(call.data, Field.NIGHT, datetime_parsers.parse_night)
    skipped = parsers.parse_field(call.data, Field.SKIPPED, parsers.boolean)
    result = await sleeper.async_skip_experiment_night(
        night, request_of(call), call.context, skipped=skipped is not False
    )
    return _night_result(sleeper, result)


async def _async_log_experiment_night(call: ServiceCall) -> ServiceResponse:
    """Log whether the tag of the experiment was true of a night."""
    sleeper = await sleeper_to_log(call)
    night = parsers.parse_field(call.data, Field.NIGHT, datetime_parsers.parse_night)
    done = parsers.parse_field(call.data, Field.DONE, parsers.boolean)
    result = await sleeper.async_log_experiment_night(night, request_of(call), done=done is not False)
    return _night_result(sleeper, result)


async def _async_get_experiment(call: ServiceCall) -> ServiceResponse:
    """Return the running or the last experiment, and what another one could be."""
    sleeper = await sleeper_to_read(call)
    report = await sleeper.async_get_experiment()
    choices = await call.hass.async_add_executor_job(_lengths)
    return {
        "sleeper": sleeper.name,
        **await _async_report(sleeper, report),
        "lengths": choices,
        "options": current_values(sleeper.config_entry.options),
    }


EXPERIMENT_ACTIONS: Final = (
    Action(
        Service.START_EXPERIMENT,
        _async_start_experiment,
        (Field.SLEEPER, *KINDS, Field.WITH, Field.WITHOUT, Field.NIGHTS, Field.REQUEST_ID),
    ),
    Action(Service.STOP_EXPERIMENT, _async_stop_experiment, (Field.SLEEPER, Field.REQUEST_ID)),
    Action(
        Service.SKIP_EXPERIMENT_NIGHT,
        _async_skip_experiment_night,
        (Field.SLEEPER, Field.NIGHT, Field.SKIPPED, Field.REQUEST_ID),
    ),
    Action(
        Service.LOG_EXPERIMENT_NIGHT,
        _async_log_experiment_night,
        (Field.SLEEPER, Field.NIGHT, Field.DONE, Field.REQUEST_ID),
    ),
    Action(Service.GET_EXPERIMENT, _async_get_experiment, (Field.SLEEPER,), SupportsResponse.ONLY),
)


def _parse_entry(call: ServiceCall, sleeper: SleeperCoordinator) -> NewExperiment:
    """Return the experiment in a call. Raises ServiceValidationError unless it is about exactly one thing."""
    nights = parsers.parse_field(call.data, Field.NIGHTS, _length) or int(Length.LONG)
    given = {field: text for field in KINDS if (text := parsers.parse_field(call.data, field, parsers.text))}
    if len(given) != 1:
        raise validation_error("experiment_about_one_thing", fields=", ".join(KINDS))
    ((field, subject),) = given.items()
    values = _parse_values(call, sleeper, subject) if field is Field.OPTION else {}
    if not values and any(parsers.parse_field(call.data, arm, parsers.text) for arm in Arm):
        raise validation_error("values_without_option")
    return NewExperiment(
        kind=KINDS[field],
        subject=_parse_option(field, subject) if field is Field.OPTION else subject,
        nights=nights,
        with_value=values.get(Arm.WITH),
        without_value=values.get(Arm.WITHOUT),
    )


_parse_option: Final = parsers.enum(EXPERIMENT_OPTIONS)
_parse_length: Final = parsers.enum(Length)


def _parse_values(call: ServiceCall, sleeper: SleeperCoordinator, subject: str) -> dict[Arm, str]:
    """Return what an experiment sets an option to on a night with, and without, as JSON: as given, else by default.

    With is the present value by default, and without is 0 or off. Raises ServiceValidationError.
    """
    option = _parse_option(Field.OPTION, subject)
    parse = _value_parser(option)
    present = current_values(sleeper.config_entry.options)[option]
    defaults = {Arm.WITH: present, Arm.WITHOUT: EXPERIMENT_OPTIONS[option]}
    parsed = {arm: parsers.parse_field(call.data, arm, parse) for arm in Arm}
    values = {arm: default if parsed[arm] is None else parsed[arm] for arm, default in defaults.items()}
    if values[Arm.WITHOUT] is None:
        raise validation_error("experiment_needs_without", option=option)
    if values[Arm.WITH] == values[Arm.WITHOUT]:
        raise validation_error("experiment_values_equal", value=json.dumps(values[Arm.WITH]))
    return {arm: json.dumps(value) for arm, value in values.items()}


def _value_parser(option: Option) -> parsers.Parser[Any]:
    """Return a parser of the values that a user can choose for an option."""
    if isinstance(DEFAULTS[option], bool):
        return parsers.boolean
    lowest, highest = LIMITS[option]
    if isinstance(DEFAULTS[option], float):
        return parsers.number_between(lowest, highest)
    return parsers.integer_between(lowest, highest)


def _length(field: str, value: Any) -> int:
    """Parse the number of nights of an experiment."""
    return int(_parse_length(field, f"{parsers.number(field, value):g}"))


def _lengths() -> list[dict[str, int]]:
    """Return the numbers of nights that an experiment may have, each with how likely it finds what is expected."""
    return [{"nights": nights, "power_percent": round(100 * power(nights))} for nights in map(int, Length)]


async def _async_report(sleeper: SleeperCoordinator, report: ExperimentReport | None) -> dict[str, Any]:
    if report is None:
        return {"experiment": None, "status": None, "tonight": None, "nights": [], "result": None, "sentences": []}
    result = report.result
    tonight = night_of(dt_util.now())
    nights = [_night(each, report) for each in report.nights]
    is_running = report.status is ExperimentStatus.RUNNING
    return {
        "experiment": {**_experiment(report.experiment), "text": report.text},
        "status": report.status.value,
        "tonight": next((each for each in nights if is_running and each["night"] == tonight.isoformat()), None),
        "nights": nights,
        "result": None if result is None else result.as_json(),
        "sentences": []
        if result is None
        else await async_translate_sentences(sleeper.hass, result.sentences, "experiment_result"),
    }


def _night(night: DesignedNight, report: ExperimentReport) -> dict[str, Any]:
    return {
        "night": night.night.isoformat(),
        "number": night.number + 1,
        "arm": night.arm.value,
        "skipped": night.skipped,
        "done": night.night in report.done,
    }


def _experiment(experiment: Experiment) -> dict[str, Any]:
    return {
        "id": experiment.id,
        "kind": experiment.kind.value,
        "subject": experiment.subject,
        **{arm.value: value_of(experiment, arm) for arm in Arm},
        "nights": experiment.nights,
        "first_night": experiment.first_night.isoformat(),
        "stopped_on": None if experiment.stopped_on is None else experiment.stopped_on.isoformat(),
        "logged_at": isoformat(experiment.logged_at),
    }


def _night_result(sleeper: SleeperCoordinator, result: ExperimentNightResult) -> dict[str, Any]:
    return {"sleeper": sleeper.name, "night": result.night.isoformat(), "change_id": result.change_id}
