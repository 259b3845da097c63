"""Thermostats: the sleep preset where there is one, else a lower setpoint or range. Pure."""

from dataclasses import dataclass, replace
import math
from typing import Any, Final

from homeassistant.components.climate import (
    ATTR_MAX_TEMP,
    ATTR_MIN_TEMP,
    ATTR_PRESET_MODE,
    ATTR_PRESET_MODES,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    ATTR_TARGET_TEMP_STEP,
    PRESET_NONE,
    PRESET_SLEEP,
    SERVICE_SET_HVAC_MODE,
    SERVICE_SET_PRESET_MODE,
    SERVICE_SET_TEMPERATURE,
    ClimateEntityFeature,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE
from homeassistant.core import State

from ..command import Command, NightProgress, RestoreMode, supports
from ..plan import Plan
from .state import DeviceState, matches, tolerance

_SETPOINTS: Final = (ATTR_TEMPERATURE, ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH)
_ROUNDING: Final = 0.46
"""Degrees: half a step of 0.5 degrees Celsius, in Fahrenheit; less than what people turn."""

_MODES: Final = frozenset({HVACMode.HEAT, HVACMode.COOL, HVACMode.HEAT_COOL, HVACMode.AUTO})
"""The modes in which a setpoint means something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClimateState(DeviceState):
    """A thermostat; temperatures in the user's unit."""

    hvac_mode: str | None = None
    preset_mode: str | None = None
    temperature: float | None = tolerance(_ROUNDING)
    target_temp_low: float | None = tolerance(_ROUNDING)
    target_temp_high: float | None = tolerance(_ROUNDING)

    def setpoints(self) -> dict[str, float]:
        """Return the setpoints that there are, by name."""
        return {name: value for name in _SETPOINTS if (value := getattr(self, name)) is not None}


STATE_CLASS: Final = ClimateState


def capture(state: State) -> ClimateState:
    """Return what a thermostat is like."""
    return ClimateState(
        hvac_mode=state.state,
        preset_mode=state.attributes.get(ATTR_PRESET_MODE),
        **{name: state.attributes.get(name) for name in _SETPOINTS},
    )


def target_state(saved: ClimateState, state: State, plan: Plan, moment: NightProgress) -> ClimateState:
    """Return what a thermostat should be like now: as it was before bedtime, cooler from then on."""
    if not moment.at_bedtime or saved.hvac_mode not in _MODES:
        return saved
    if plan.use_sleep_preset and _offers(state, PRESET_SLEEP):
        # Some change their mode along with the preset.
        return ClimateState(preset_mode=PRESET_SLEEP)
    # Many devices leave a preset when their setpoint is changed.
    preset = saved.preset_mode if saved.preset_mode == PRESET_NONE else None
    return ClimateState(
        hvac_mode=saved.hvac_mode, preset_mode=preset, **_lowered(saved, state, plan.temperature_setback)
    )


def commands_towards(wanted: ClimateState, state: State, told: ClimateState | None = None) -> list[Command]:
    """Return the step to what is wanted at night: none where it is as cool as that already, unless we made it so."""
    now = capture(state)
    if state.state not in _MODES or wanted.hvac_mode not in (None, now.hvac_mode):
        return []
    if wanted.preset_mode == PRESET_SLEEP:
        return _set_preset(state, PRESET_SLEEP) if now.preset_mode != PRESET_SLEEP else []
    limits = wanted.setpoints()
    is_warmer = any((value := getattr(now, name)) is not None and value > limit for name, limit in limits.items())
    follows = told is not None and told.setpoints().keys() == limits.keys() and not matches(wanted, told)
    return _set_temperature(state, limits) if is_warmer or follows else []


def restore(saved: ClimateState, state: State, _extent: RestoreMode) -> list[Command]:
    """Return the steps back to what was: the preset alone, if there was one; else mode and setpoints, in this order."""
    now = capture(state)
    if state.state not in _MODES or saved.hvac_mode not in _MODES:
        return []
    steps = _set_preset(state, saved.preset_mode or PRESET_NONE) if now.preset_mode != saved.preset_mode else []
    if steps and saved.preset_mode not in (None, PRESET_NONE):
        return steps
    if now.hvac_mode != saved.hvac_mode:
        steps.append(Command.to(state, SERVICE_SET_HVAC_MODE, hvac_mode=saved.hvac_mode))
    if steps or not matches(replace(saved, preset_mode=None), now):
        steps += _set_temperature(state, saved.setpoints(), at_once=now.hvac_mode == saved.hvac_mode)
    return steps


def _offers(state: State, preset: str) -> bool:
    presets = state.attributes.get(ATTR_PRESET_MODES) or ()
    return supports(state, ClimateEntityFeature.PRESET_MODE) and preset in presets


def _set_preset(state: State, preset: str) -> list[Command]:
    return [Command.to(state, SERVICE_SET_PRESET_MODE, preset_mode=preset)] if _offers(state, preset) else []


def _lowered(saved: ClimateState, state: State, setback: float) -> dict[str, float]:
    """Return the setpoints of the night, within the device's limits and step.

    They are lowered together, so that a range keeps its width, and never raised.
    """
    before = saved.setpoints()
    if not before:
        return {}
    lowest = state.attributes.get(ATTR_MIN_TEMP)
    room = setback if lowest is None else max(0, min(setback, min(before.values()) - lowest))
    step, highest = state.attributes.get(ATTR_TARGET_TEMP_STEP), state.attributes.get(ATTR_MAX_TEMP)
    room = _on_grid(room, step)
    return {name: min(value, _within(_on_grid(value - room, step), lowest, highest)) for name, value in before.items()}


def _on_grid(value: float, step: float | None) -> float:
    """Return a value in whole steps; half a step is one, always: a range keeps its width."""
    return math.floor(value / step + 0.5) * step if step else value


def _within(value: float, lowest: float | None, highest: float | None) -> float:
    if lowest is not None:
        value = max(value, lowest)
    if highest is not None:
        value = min(value, highest)
    return round(value, 2)


def _set_temperature(state: State, setpoints: dict[str, float], *, at_once: bool = True) -> list[Command]:
    """Return what sets these setpoints, one or both ends of a range, as far as the device takes them.

    What it takes depends on its mode: where that is changed first (not `at_once`), what it had before goes.
    """
    data: dict[str, Any] = {}
    if ATTR_TEMPERATURE in setpoints and (not at_once or supports(state, ClimateEntityFeature.TARGET_TEMPERATURE)):
        data = {ATTR_TEMPERATURE: setpoints[ATTR_TEMPERATURE]}
    elif setpoints.keys() >= {ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH} and (
        not at_once or supports(state, ClimateEntityFeature.TARGET_TEMPERATURE_RANGE)
    ):
        data = {name: setpoints[name] for name in (ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH)}
    return [Command.to(state, SERVICE_SET_TEMPERATURE, **data)] if data else []
