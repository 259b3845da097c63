"""The options of bedtime mode that an experiment can set for a night. The entry's own options are never changed."""

from collections.abc import Mapping
import json
from typing import Any, Final

from .bedtime.plan import DEFAULTS, valid_options
from .const import Option
from .diary.experiments import RunningExperiment
from .diary.models import Arm, Experiment, ExperimentKind

EXPERIMENT_OPTIONS: Final[Mapping[Option, bool | int | None]] = {
    Option.AUTOMATIC: False,
    Option.TEMPERATURE_SETBACK: 0,
    Option.USE_SLEEP_PRESET: False,
    Option.LIGHT_LEVEL: None,
    Option.LIGHT_COLOR_TEMP: None,
    Option.LIGHTS_OFF_AFTER: 0,
    Option.DIM_NIGHT_LIGHTS: False,
    Option.SCREEN_CURFEW: 0,
    Option.KEEP_SCREENS_QUIET: False,
    Option.WIND_DOWN: 0,
}
"""What an experiment can set, in the order of the choices, and which value means without; None if none does."""


def current_values(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the present values of the options that an experiment can set."""
    values = {**DEFAULTS, **valid_options(options)}
    return {option: values[option] for option in EXPERIMENT_OPTIONS}


def options_of(running: RunningExperiment | None) -> dict[str, Any]:
    """Return the options that an experiment sets tonight. What is not valid among them is not set."""
    if running is None or running.tonight is None or running.tonight.skipped:
        return {}
    experiment = running.experiment
    if experiment.kind is not ExperimentKind.OPTION or experiment.subject not in EXPERIMENT_OPTIONS:
        return {}
    value = value_of(experiment, running.tonight.arm)
    return {} if value is None else valid_options({experiment.subject: value})


def value_of(experiment: Experiment, arm: Arm) -> Any:
    """Return what an experiment sets its option to; None if that cannot be read."""
    text = experiment.with_value if arm is Arm.WITH else experiment.without_value
    try:
        return json.loads(text or "null")
    except ValueError:
        return None
