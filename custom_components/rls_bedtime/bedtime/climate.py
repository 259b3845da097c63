"""Thermostats: the sleep preset where there is one, else a lower setpoint or range. Pure."""

from dataclasses import dataclass
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
    SERVICE_SET_PRESET_MODE,
    SERVICE_SET_TEMPERATURE,
    ClimateEntityFeature,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE
from homeassistant.core import State

from .command import Command, Extent, supports
from .plan import Plan

_SETPOINTS: Final = (ATTR_TEMPERATURE, ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH)
_TEMPERATURE_TOLERANCE: Final = 0.05
_MODES: Final = frozenset({HVACMode.HEAT, HVACMode.COOL, HVACMode.HEAT_COOL, HVACMode.AUTO})
"""The modes in which a setpoint means something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A thermostat as it was; temperatures in the user's unit."""

    hvac_mode: str
    preset: str | None = None
    temperature: float | None = None
    target_temp_low: float | None = None
    target_temp_high: float | None = None


def capture(state: State) -> Saved:
    """Return what to remember of a thermostat."""
    preset = state.attributes.get(ATTR_PRESET_MODE)
    return Saved(
        hvac_mode=state.state,
        preset=None if preset == PRESET_NONE else preset,
        **{name: state.attributes.get(name) for name in _SETPOINTS},
    )


def settle(saved: Saved, state: State, plan: Plan, progress: float) -> list[Command]:
    """Return the step towards the night: none before bedtime, none where it is as cool as that already."""
    if progress < 1 or state.state not in _MODES or state.state != saved.hvac_mode:
        return []
    now = capture(state)
    if plan.use_sleep_preset and _offers(state, PRESET_SLEEP):
        return (
            [] if now.preset == PRESET_SLEEP else [Command.to(state, SERVICE_SET_PRESET_MODE, preset_mode=PRESET_SLEEP)]
        )
    wanted = _lowered(saved, state, plan.temperature_setback)
    return [] if _as_cool(now, wanted) else _set_temperature(state, wanted)


def restore(saved: Saved, state: State, _extent: Extent) -> list[Command]:
    """Return the steps back to what was: the preset alone, if there was one. A mode that a person changed is theirs."""
    if state.state not in _MODES or state.state != saved.hvac_mode:
        return []
    now = capture(state)
    steps = []
    if now.preset != saved.preset and _offers(state, saved.preset or PRESET_NONE):
        steps.append(Command.to(state, SERVICE_SET_PRESET_MODE, preset_mode=saved.preset or PRESET_NONE))
        if saved.preset:
            return steps
    before = {name: value for name in _SETPOINTS if (value := getattr(saved, name)) is not None}
    if steps or any(not _near(value, getattr(now, name)) for name, value in before.items()):
        steps += _set_temperature(state, before)
    return steps


def _offers(state: State, preset: str) -> bool:
    return supports(state, ClimateEntityFeature.PRESET_MODE) and preset in (
        state.attributes.get(ATTR_PRESET_MODES) or ()
    )


def _lowered(saved: Saved, state: State, setback: float) -> dict[str, float]:
    """Return the setpoints of the night, within the device's limits and step.

    They are lowered together, so that a range keeps its width.
    """
    before = {name: value for name in _SETPOINTS if (value := getattr(saved, name)) is not None}
    if not before:
        return {}
    lowest = state.attributes.get(ATTR_MIN_TEMP)
    room = setback if lowest is None else max(0, min(setback, min(before.values()) - lowest))
    step = state.attributes.get(ATTR_TARGET_TEMP_STEP)
    return {
        name: _on_grid(value - room, step, lowest, state.attributes.get(ATTR_MAX_TEMP))
        for name, value in before.items()
    }


def _on_grid(value: float, step: float | None, lowest: float | None, highest: float | None) -> float:
    if step:
        value = round(value / step) * step
    if lowest is not None:
        value = max(value, lowest)
    if highest is not None:
        value = min(value, highest)
    return round(value, 2)


def _set_temperature(state: State, setpoints: dict[str, float]) -> list[Command]:
    """Return what sets these setpoints, as far as the device takes them now: one, or both ends of a range."""
    data: dict[str, Any] = {}
    if ATTR_TEMPERATURE in setpoints and supports(state, ClimateEntityFeature.TARGET_TEMPERATURE):
        data = {ATTR_TEMPERATURE: setpoints[ATTR_TEMPERATURE]}
    elif setpoints.keys() >= {ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH} and supports(
        state, ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
    ):
        data = {name: setpoints[name] for name in (ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH)}
    return [Command.to(state, SERVICE_SET_TEMPERATURE, **data)] if data else []


def _as_cool(now: Saved, wanted: dict[str, float]) -> bool:
    return all(
        (value := getattr(now, name)) is not None and value <= limit + _TEMPERATURE_TOLERANCE
        for name, limit in wanted.items()
    )


def _near(before: float, after: float | None) -> bool:
    return after is not None and abs(before - after) <= _TEMPERATURE_TOLERANCE
