"""Lights: dimmed and warmed, never turned on at night, never brightened. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any, ClassVar, Final, Self, override

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_BRIGHTNESS_PCT,
    ATTR_BRIGHTNESS_STEP,
    ATTR_BRIGHTNESS_STEP_PCT,
    ATTR_COLOR_MODE,
    ATTR_COLOR_NAME,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_EFFECT,
    ATTR_FLASH,
    ATTR_HS_COLOR,
    ATTR_MAX_COLOR_TEMP_KELVIN,
    ATTR_MIN_COLOR_TEMP_KELVIN,
    ATTR_PROFILE,
    ATTR_RGB_COLOR,
    ATTR_RGBW_COLOR,
    ATTR_RGBWW_COLOR,
    ATTR_SUPPORTED_COLOR_MODES,
    ATTR_WHITE,
    ATTR_XY_COLOR,
    EFFECT_OFF,
    ColorMode,
    brightness_supported,
    color_supported,
    color_temp_supported,
)
from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_ON, STATE_UNKNOWN
from homeassistant.core import State

from ..command import Command, NightProgress, RestoreMode
from ..plan import Kind, Plan
from .handler import DeviceHandler
from .light_color import (
    COLOR_ATTRIBUTES,
    LightColor,
    as_action_data,
    is_bluer,
    is_cooler,
    kelvin_of,
    parse_color,
    white_in_modes,
)
from .state import DeviceState, matches, number, tolerance, without_none

COLOR: Final = frozenset({"color", ATTR_EFFECT})
"""What makes up a light's color: a person may take that over and leave us its brightness."""

_FULL: Final = 255
"""What a light is assumed to have that can be dimmed and does not report its brightness."""

_VISIBLE_STEP: Final = 0.02
"""A change of brightness by a smaller part is not noticed: Weber's fraction for luminance is about 2 %."""

_VISIBLE_MIRED: Final = 5
"""A smaller change of color temperature, in mired, is not noticed either."""

_LEVEL_FIELDS: Final = frozenset({ATTR_BRIGHTNESS})
_COLOR_FIELDS: Final = frozenset({"color"})
_REQUESTED_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys(
        (ATTR_BRIGHTNESS, ATTR_BRIGHTNESS_PCT, ATTR_BRIGHTNESS_STEP, ATTR_BRIGHTNESS_STEP_PCT), _LEVEL_FIELDS
    ),
    **dict.fromkeys((ATTR_WHITE, ATTR_PROFILE, ATTR_FLASH), _LEVEL_FIELDS | _COLOR_FIELDS),
    **dict.fromkeys((ATTR_COLOR_TEMP_KELVIN, ATTR_COLOR_NAME, ATTR_EFFECT), _COLOR_FIELDS),
    **dict.fromkeys((ATTR_HS_COLOR, ATTR_XY_COLOR, ATTR_RGB_COLOR, ATTR_RGBW_COLOR, ATTR_RGBWW_COLOR), _COLOR_FIELDS),
}
"""The fields of a light's state that the fields of an action ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LightState(DeviceState):
    """A light: brightness up to 255, and its color."""

    is_on: bool | None = None
    brightness: int | None = tolerance(3)
    color: LightColor | None = None
    effect: str | None = None

    @override
    def as_json(self) -> dict[str, Any]:
        stored = without_none({"is_on": self.is_on, "brightness": self.brightness, "effect": self.effect})
        if self.color is not None:
            stored["color_mode"] = self.color.mode
            stored |= as_action_data(self.color)
        return stored

    @classmethod
    @override
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        mode = data.get(ATTR_COLOR_MODE)
        attribute = COLOR_ATTRIBUTES.get(mode) if isinstance(mode, str) else None
        known = {each.name for each in fields(cls)} - {"color"}
        color = parse_color(mode, data.get(attribute) if attribute else None)
        return replace(cls._from_fields({name: data[name] for name in known & data.keys()}), color=color)


class LightHandler(DeviceHandler[LightState]):
    """Lights fade from where they are to the night level, and get back what they had."""

    kind = Kind.LIGHTS
    state_type = LightState
    settling_time = timedelta(seconds=20)
    separable_fields: ClassVar[frozenset[str]] = COLOR
    keeps_settings_while_off = True

    @override
    def is_due(self, progress: NightProgress) -> bool:
        return True

    @override
    def is_suspended(self, state: State) -> bool:
        """Return whether a light does not say whether it is on: it may not be turned on."""
        return state.state == STATE_UNKNOWN

    @override
    def capture(self, state: State) -> LightState:
        return _captured(state)

    @override
    def target(self, original: LightState, state: State, plan: Plan, progress: NightProgress) -> LightState:
        """Return what a light should be like on its way to the night level.

        One that was off stays off. One that is darker or warmer than the night level stays as it is.
        """
        if not original.is_on or progress.lights_off:
            return LightState(is_on=False)
        # No effect: many lights leave it when they are told a brightness or a color.
        return LightState(
            is_on=True,
            brightness=_dimmed(original, state, plan, progress),
            color=_night_color(original, state, plan, progress),
        )

    @override
    def commands(self, target: LightState, state: State, previous: LightState | None) -> list[Command]:
        """Return the step towards the night: off, darker, warmer.

        Never the other way, but for a light that is still as it was told: it follows a change of plan.
        """
        now = self.capture(state)
        if not now.is_on:
            return []
        if target.is_on is False:
            return [Command.to(state, SERVICE_TURN_OFF)]
        follows = previous is not None and not matches(target, previous)
        data: dict[str, Any] = {}
        if target.brightness is not None:
            level = _FULL if now.brightness is None else now.brightness
            if level > target.brightness or (follows and level < target.brightness):
                data[ATTR_BRIGHTNESS] = target.brightness
        if target.color is not None and (follows or is_cooler(now.color, target.color)):
            data |= as_action_data(target.color)
        return [Command.to(state, SERVICE_TURN_ON, **data)] if data else []

    @override
    def is_visible(self, commands: list[Command], state: State, progress: NightProgress) -> bool:
        """Return whether a step of the fade is noticed; what the night ends up with is always sent."""
        if progress.at_bedtime or not commands or commands[0].action != SERVICE_TURN_ON:
            return True
        now, data = self.capture(state), commands[0].data
        if (brightness := data.get(ATTR_BRIGHTNESS)) is not None and (
            now.brightness is None or now.brightness - brightness >= _VISIBLE_STEP * now.brightness
        ):
            return True
        kelvin = data.get(ATTR_COLOR_TEMP_KELVIN)
        if kelvin is None:
            return bool(data.keys() & COLOR_ATTRIBUTES.values())
        before = kelvin_of(now.color)
        return before is None or 1_000_000 / kelvin - 1_000_000 / before >= _VISIBLE_MIRED

    @override
    def restore(
        self, original: LightState, target: LightState | None, state: State, mode: RestoreMode
    ) -> list[Command]:
        """Return the step back. A light that is off comes on only when more than settings are restored."""
        is_on = state.state == STATE_ON
        if not is_on and not (original.is_on and mode in (RestoreMode.EVERYTHING, RestoreMode.UNDO)):
            return []
        if original.is_on and original.brightness is None and _can_dim(state):
            original = replace(original, brightness=_FULL)
        data = _as_turn_on_data(original)
        wanted = original if original.is_on else replace(original, is_on=None)
        if is_on and (not data or matches(wanted, self.capture(state))):
            return []
        return [Command.to(state, SERVICE_TURN_ON, **data)]

    @override
    def impose(self, wanted: LightState, state: State) -> list[Command]:
        if wanted.is_on is False:
            return [Command.to(state, SERVICE_TURN_OFF)] if state.state == STATE_ON else []
        return super().impose(wanted, state)


def requested_fields(names: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields of a light's state that the data of a `light` action asks for."""
    return frozenset().union(*(_REQUESTED_FIELDS.get(name, frozenset()) for name in names))


def path_target(state: State, level: int, kelvin: int) -> LightState | None:
    """Return what a light of the path should be like, at a level in percent; None if it can only be switched."""
    modes = _modes(state)
    if not brightness_supported(modes):
        return None
    color = None
    if color_temp_supported(modes):
        color = LightColor(ColorMode.COLOR_TEMP, _within_range(kelvin, state))
    elif color_supported(modes):
        color = white_in_modes(kelvin, modes)
    return LightState(is_on=True, brightness=max(1, round(level * 255 / 100)), color=color)


def can_only_switch(state: State) -> bool:
    """Return whether a light says that it can be turned on and off, and no more."""
    modes = _modes(state)
    return bool(modes) and not brightness_supported(modes)


def turn_on_command(target: LightState, state: State) -> Command:
    """Return the one command that turns a light on at its level and in its color, so that it does not flash."""
    return Command.to(state, SERVICE_TURN_ON, **_as_turn_on_data(target))


def _within_range(kelvin: int, state: State) -> int:
    """Return the color temperature that a light can have which is closest to a wanted one."""
    kelvin = max(kelvin, number(state.attributes.get(ATTR_MIN_COLOR_TEMP_KELVIN)) or 0)
    return min(kelvin, number(state.attributes.get(ATTR_MAX_COLOR_TEMP_KELVIN)) or kelvin)


def _dimmed(original: LightState, state: State, plan: Plan, progress: NightProgress) -> int | None:
    """Return the brightness of this moment; from an unknown one there is no fade, only the night level."""
    level = max(1, round(plan.light_level * 255 / 100))
    if original.brightness is None:
        return level if progress.at_bedtime and _can_dim(state) else None
    return _between(original.brightness, min(original.brightness, level), progress.progress)


@lru_cache(maxsize=4096)
def _captured(state: State) -> LightState:
    """Return what a light is like in a state, which never changes and is asked for several times in a row."""
    if state.state != STATE_ON:
        return LightState(is_on=False)
    effect = state.attributes.get(ATTR_EFFECT)
    mode = state.attributes.get(ATTR_COLOR_MODE)
    attribute = COLOR_ATTRIBUTES.get(mode) if isinstance(mode, str) else None
    return LightState(
        is_on=True,
        brightness=number(state.attributes.get(ATTR_BRIGHTNESS)),
        color=parse_color(mode, state.attributes.get(attribute) if attribute else None),
        effect=effect if isinstance(effect, str) and effect != EFFECT_OFF else None,
    )


def _can_dim(state: State) -> bool:
    return brightness_supported(_modes(state))


def _modes(state: State) -> list[ColorMode]:
    modes = state.attributes.get(ATTR_SUPPORTED_COLOR_MODES)
    return (
        [ColorMode(mode) for mode in modes if mode in list(ColorMode)] if isinstance(modes, list | set | tuple) else []
    )


def _night_color(original: LightState, state: State, plan: Plan, progress: NightProgress) -> LightColor | None:
    """Return the color of this moment; a colored light turns white only at bedtime, and only if that is warmer."""
    kelvin = _within_range(plan.light_color_temp, state)
    if (before := kelvin_of(original.color)) is not None:
        return LightColor(ColorMode.COLOR_TEMP, _between(before, min(kelvin, before), progress.progress))
    if progress.at_bedtime and original.color is not None and is_bluer(original.color, kelvin):
        modes = _modes(state)
        if color_temp_supported(modes):
            return LightColor(ColorMode.COLOR_TEMP, kelvin)
        if color_supported(modes):
            return white_in_modes(kelvin, modes)
    return original.color if original.color is not None and original.color.value is not None else None


def _between(start: float, end: float, progress: float) -> int:
    return round(start + (end - start) * progress)


def _as_turn_on_data(light: LightState) -> dict[str, Any]:
    if light.color is not None and light.color.mode == ColorMode.WHITE:
        return without_none({ATTR_WHITE: light.brightness, ATTR_EFFECT: light.effect})
    color = as_action_data(light.color) if light.color is not None else {}
    return without_none({ATTR_BRIGHTNESS: light.brightness, **color, ATTR_EFFECT: light.effect})
