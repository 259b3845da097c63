"""Thermostats: the sleep preset where there is one, else a lower setpoint or range. Pure."""

from dataclasses import dataclass, replace
from datetime import timedelta
import math
import re
from typing import Any, ClassVar, Final, override

from homeassistant.components.climate import (
    ATTR_MAX_TEMP,
    ATTR_MIN_TEMP,
    ATTR_PRESET_MODE,
    ATTR_PRESET_MODES,
    ATTR_TARGET_TEMP_HIGH,
    ATTR_TARGET_TEMP_LOW,
    ATTR_TARGET_TEMP_STEP,
    PRESET_AWAY,
    PRESET_BOOST,
    PRESET_ECO,
    PRESET_NONE,
    SERVICE_SET_HVAC_MODE,
    SERVICE_SET_PRESET_MODE,
    SERVICE_SET_TEMPERATURE,
    ClimateEntityFeature,
    HVACMode,
)
from homeassistant.const import ATTR_TEMPERATURE
from homeassistant.core import State

from ..command import Command, NightProgress, RestoreMode
from ..plan import Kind, Plan
from .handler import DeviceHandler
from .state import (
    DeviceState,
    changed_fields,
    ignoring,
    matches,
    number,
    relevant_fields,
    supports,
    tolerance,
    without_none,
)

_SETPOINTS: Final = (ATTR_TEMPERATURE, ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH)
_ROUNDING: Final = 0.46
"""Degrees: half a step of 0.5 degrees Celsius, in Fahrenheit; less than what people turn."""

_MODES: Final = frozenset({HVACMode.HEAT, HVACMode.COOL, HVACMode.HEAT_COOL, HVACMode.AUTO})
"""The modes in which a setpoint means something."""

_SLEEP_PRESETS: Final = ("sleep", "asleep", "night")
"""In the order in which they are preferred; plugwise and nexia spell them `asleep` and `Sleep`."""

_SAVING_PRESETS: Final = frozenset({PRESET_ECO, PRESET_AWAY, "vacation", "holiday", "frost", "frostprotection"})
"""Presets that are cooler than the sleep preset: to leave them at bedtime would make the room warmer."""

_TRANSIENT_PRESETS: Final = frozenset({PRESET_BOOST})
"""Presets that end by themselves: nobody wants them back in the morning."""


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


class ClimateHandler(DeviceHandler[ClimateState]):
    """Thermostats are cooler from bedtime on, never warmer, and get back what they had."""

    kind = Kind.CLIMATE
    state_type = ClimateState
    # infinitude issue 51, core issue 67151: the setpoint of a preset is reported up to five minutes later.
    settling_time: ClassVar[timedelta] = timedelta(minutes=10)

    @override
    def is_suspended(self, state: State) -> bool:
        """Return whether a thermostat is in a mode without a setpoint: off, dry and fan only are left alone.

        better_thermostat issue 1234: a valve goes off while a window is open, and back by itself.
        """
        return state.state not in _MODES

    @override
    def recaptures(self, *, at_bedtime: bool) -> bool:
        return True

    @override
    def capture(self, state: State) -> ClimateState:
        preset = state.attributes.get(ATTR_PRESET_MODE)
        return ClimateState(
            hvac_mode=state.state,
            preset_mode=preset if isinstance(preset, str) else None,
            **{name: number(state.attributes.get(name)) for name in _SETPOINTS},
        )

    @override
    def target(self, original: ClimateState, state: State, plan: Plan, progress: NightProgress) -> ClimateState:
        """Return what a thermostat should be like: its sleep preset, else lowered setpoints."""
        if original.hvac_mode not in _MODES:
            return original
        if plan.use_sleep_preset and (preset := _sleep_preset(state)) is not None:
            # Some change their mode along with the preset.
            return original if _is_saving(original.preset_mode) else ClimateState(preset_mode=preset)
        return _lowered(original, state, plan)

    @override
    def corrected_target(
        self, original: ClimateState, target: ClimateState, now: ClimateState, state: State, plan: Plan
    ) -> ClimateState | None:
        """Return lowered setpoints where the sleep preset has turned out to be warmer than it was before.

        generic_thermostat, for one, has a fixed temperature for each preset.
        """
        if target.preset_mode is None or target.setpoints() or now.preset_mode != target.preset_mode:
            return None
        is_cooling = now.hvac_mode == HVACMode.COOL
        warmer = [
            name
            for name, before in original.setpoints().items()
            if (after := getattr(now, name)) is not None
            and (before - after if is_cooling else after - before) > _ROUNDING
        ]
        if not warmer or is_cooling:
            # A preset that cools more than before makes no room warmer.
            return None
        lowered = _lowered(original, state, plan)
        return replace(lowered, preset_mode=original.preset_mode or PRESET_NONE, hvac_mode=None)

    @override
    def commands(self, target: ClimateState, state: State, previous: ClimateState | None) -> list[Command]:
        """Return the step towards the night: none where it is as cool as that already, unless we made it so."""
        now = self.capture(state)
        if state.state not in _MODES or target.hvac_mode not in (None, now.hvac_mode):
            return []
        limits = target.setpoints()
        if target.preset_mode is not None and not limits:
            return _set_preset(state, target.preset_mode) if now.preset_mode != target.preset_mode else []
        leaves_sleep = _is_sleep(now.preset_mode) and target.preset_mode != now.preset_mode
        steps = _set_preset(state, target.preset_mode or PRESET_NONE) if leaves_sleep else []
        is_warmer = any((value := getattr(now, name)) is not None and value > limit for name, limit in limits.items())
        follows = (
            previous is not None and previous.setpoints().keys() == limits.keys() and not matches(target, previous)
        )
        return [*steps, *_set_temperature(state, limits)] if is_warmer or follows or steps else []

    @override
    def to_restore(self, original: ClimateState, reported: ClimateState | None) -> ClimateState:
        """Return no setpoints of a preset that was left by our setpoint: the preset alone is given back."""
        if reported is None or original.preset_mode in (None, PRESET_NONE) or _is_transient(original.preset_mode):
            return original
        is_left = reported.preset_mode != original.preset_mode
        return ignoring(original, _SETPOINTS) if is_left else original

    @override
    def restore(
        self, original: ClimateState, target: ClimateState | None, state: State, mode: RestoreMode
    ) -> list[Command]:
        """Return the steps back: the preset alone, if there was one; else setpoints, and what these have changed.

        core issues 135997 and 45748: a thermostat in `auto` turns to `heat` when it is sent a setpoint, so a mode that
        was left by our setpoint is restored last; so is a preset, for one that goes to `hold` with any setpoint. A mode
        that went with a preset is restored before its setpoints, which it may not have otherwise.
        """
        now = self.capture(state)
        if state.state not in _MODES or original.hvac_mode not in _MODES:
            return []
        preset = None if _is_transient(original.preset_mode) else original.preset_mode
        set_preset = _set_preset(state, preset or PRESET_NONE) if _differs(now.preset_mode, preset) else []
        if set_preset and preset not in (None, PRESET_NONE):
            return set_preset
        wanted = replace(original, preset_mode=None)
        if preset not in (None, PRESET_NONE) and target is not None and not _has_setpoints_of(target, now):
            # A preset brings its own setpoints: a schedule has other ones in the morning.
            wanted = ignoring(wanted, _SETPOINTS)
        has_left_by_setpoint = target is not None and bool(target.setpoints()) and not _is_sleep(now.preset_mode)
        before, after = ([], set_preset) if has_left_by_setpoint else (set_preset, [])
        if matches(wanted, now) and not before:
            return after
        is_mode_changed = now.hvac_mode != original.hvac_mode
        set_mode = [Command.to(state, SERVICE_SET_HVAC_MODE, hvac_mode=original.hvac_mode)] if is_mode_changed else []
        if matches(replace(wanted, hvac_mode=None), now) and not before:
            return [*set_mode, *after]
        takes_setpoints = not is_mode_changed or (target is not None and bool(target.setpoints()))
        if takes_setpoints and (temperature := _set_temperature(state, original.setpoints())):
            return [*before, *temperature, *set_mode, *after]
        return [*before, *set_mode, *_set_temperature(state, original.setpoints(), at_once=False), *after]

    @override
    def overridden(
        self, target: ClimateState, old: ClimateState, new: ClimateState, *, external: bool
    ) -> frozenset[str]:
        """Return what was changed against our will: a preset and the setpoints that it holds go together."""
        if external:
            changed = changed_fields(old, new)
            return frozenset() if matches(target, new) and not changed - relevant_fields(target) else changed
        if not {new.hvac_mode, old.hvac_mode} <= {None, *_MODES}:
            return frozenset()
        wanted = target
        if target.preset_mode is not None and not target.setpoints():
            # The setpoints that came with the preset are what it stands for.
            wanted = replace(old, preset_mode=target.preset_mode)
        return super().overridden(wanted, old, new, external=False)

    @override
    def side_effects(self, target: ClimateState, new: ClimateState) -> frozenset[str]:
        """Return the mode and preset that a setpoint may change, or the mode and setpoints that come with a preset."""
        if target.setpoints():
            return frozenset({"hvac_mode", "preset_mode"})
        return frozenset({"hvac_mode", *_SETPOINTS}) if new.preset_mode == target.preset_mode else frozenset()


def _spelling(preset: str | None) -> str:
    return re.sub(r"[\W_]", "", preset).casefold() if preset else ""


def _is_sleep(preset: str | None) -> bool:
    return _spelling(preset) in _SLEEP_PRESETS


def _is_saving(preset: str | None) -> bool:
    return _spelling(preset) in _SAVING_PRESETS


def _is_transient(preset: str | None) -> bool:
    return _spelling(preset) in _TRANSIENT_PRESETS


def _differs(now: str | None, wanted: str | None) -> bool:
    """Return whether a thermostat has left a preset; having none is said in two ways."""
    return (now or PRESET_NONE) != (wanted or PRESET_NONE)


def _has_setpoints_of(target: ClimateState, now: ClimateState) -> bool:
    """Return whether a thermostat still has the setpoints that we set."""
    return bool(target.setpoints()) and matches(ignoring(target, ("hvac_mode", "preset_mode")), now)


def _presets(state: State) -> dict[str, str]:
    """Return the presets that a thermostat offers now, by their spelling without case and punctuation."""
    presets = state.attributes.get(ATTR_PRESET_MODES)
    if not isinstance(presets, list | tuple | set) or not supports(state, ClimateEntityFeature.PRESET_MODE):
        return {}
    return {_spelling(preset): preset for preset in presets if isinstance(preset, str)}


def _sleep_preset(state: State) -> str | None:
    offered = _presets(state)
    return next((offered[preset] for preset in _SLEEP_PRESETS if preset in offered), None)


def _set_preset(state: State, preset: str) -> list[Command]:
    if preset not in _presets(state).values():
        return []
    return [Command.to(state, SERVICE_SET_PRESET_MODE, preset_mode=preset)]


def _lowered(original: ClimateState, state: State, plan: Plan) -> ClimateState:
    """Return a thermostat with the setpoints of the night, within its limits and step.

    They are lowered together, so that a range keeps its width, and never raised.
    """
    before = original.setpoints()
    # Many devices leave a preset when their setpoint is changed.
    preset = original.preset_mode if original.preset_mode == PRESET_NONE else None
    state_before = ClimateState(hvac_mode=original.hvac_mode, preset_mode=preset)
    if not before:
        return state_before
    lowest, highest = (number(state.attributes.get(name)) for name in (ATTR_MIN_TEMP, ATTR_MAX_TEMP))
    step = number(state.attributes.get(ATTR_TARGET_TEMP_STEP))
    setback = plan.temperature_setback
    room = setback if lowest is None else max(0, min(setback, min(before.values()) - lowest))
    room = _on_grid(room, step)
    lowered: dict[str, Any] = {
        name: min(value, _within(_on_grid(value - room, step), lowest, highest)) for name, value in before.items()
    }
    return replace(state_before, **lowered)


def _on_grid(value: float, step: float | None) -> float:
    """Return a value in whole steps; half a step is always rounded up, so that a range keeps its width."""
    return math.floor(value / step + 0.5) * step if step else value


def _within(value: float, lowest: float | None, highest: float | None) -> float:
    if lowest is not None:
        value = max(value, lowest)
    if highest is not None:
        value = min(value, highest)
    return round(value, 2)


def _set_temperature(state: State, setpoints: dict[str, float], *, at_once: bool = True) -> list[Command]:
    """Return what sets these setpoints, one or both ends of a range, as far as the device takes them.

    What it takes depends on its mode: where that is changed first (not `at_once`), it takes what it had before.
    """
    data: dict[str, Any] = {}
    if ATTR_TEMPERATURE in setpoints and (not at_once or supports(state, ClimateEntityFeature.TARGET_TEMPERATURE)):
        data = {ATTR_TEMPERATURE: setpoints[ATTR_TEMPERATURE]}
    elif setpoints.keys() >= {ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH} and (
        not at_once or supports(state, ClimateEntityFeature.TARGET_TEMPERATURE_RANGE)
    ):
        data = {name: setpoints[name] for name in (ATTR_TARGET_TEMP_LOW, ATTR_TARGET_TEMP_HIGH)}
    data = without_none(data)
    return [Command.to(state, SERVICE_SET_TEMPERATURE, **data)] if data else []
