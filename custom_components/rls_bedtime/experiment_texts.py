"""What the evening routine says of an experiment, in the language of the house."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.const import PERCENTAGE
from homeassistant.core import HomeAssistant, callback

from .const import Option
from .diary.experiments import RunningExperiment
from .diary.models import ExperimentKind
from .experiment_options import value_of
from .localize import async_get_loaded_text

_UNITS: Final[Mapping[str, str]] = {Option.LIGHT_LEVEL: PERCENTAGE, Option.LIGHT_COLOR_TEMP: "K"}
"""The units of the options that are not in minutes, but for the temperature, whose unit the user chooses."""


@callback
def tonight_text(hass: HomeAssistant, running: RunningExperiment) -> str:
    """Return what is assigned to tonight."""
    tonight = running.tonight
    if tonight is None:
        return ""
    key = "skipped" if tonight.skipped else tonight.arm.value
    return async_get_loaded_text(hass, "experiment_tonight", key)


@callback
def extra_item_text(hass: HomeAssistant, running: RunningExperiment) -> str:
    """Return what is assigned to tonight, and what it is about: the tag, or the option and what it is set to."""
    text = running.text
    if running.experiment.kind is ExperimentKind.OPTION:
        text = async_get_loaded_text(hass, "option", text)
        if running.tonight is not None and not running.tonight.skipped:
            text = f"{text}: {_value_text(hass, running.text, value_of(running.experiment, running.tonight.arm))}"
    return f"{tonight_text(hass, running)} · {text}"


def _value_text(hass: HomeAssistant, option: str, value: Any) -> str:
    if isinstance(value, bool):
        return async_get_loaded_text(hass, "experiment_tonight", "on" if value else "off")
    if not isinstance(value, int | float):
        return "-"
    number = _number_text(hass, value)
    unit = hass.config.units.temperature_unit if option == Option.TEMPERATURE_SETBACK else _UNITS.get(option, "min")
    if unit == PERCENTAGE:
        return async_get_loaded_text(hass, "report", "percent").format(percent=number)
    return f"{number} {unit}"


def _number_text(hass: HomeAssistant, value: float) -> str:
    whole, _, decimals = f"{value:g}".partition(".")
    return async_get_loaded_text(hass, "report", "decimal").format(whole=whole, tenth=decimals) if decimals else whole
