"""Lights: dimmed and warmed, never turned on at night, never brightened. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from functools import lru_cache
import math
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
from homeassistant.util import color as color_util

from ..command import Command, NightProgress, RestoreMode
from ..plan import Kind, Plan
from .handler import DeviceHandler
from .state import Comparable, DeviceState, matches, number, tolerance, without_none

_COLOR_ATTRIBUTES: Final[Mapping[str, str]] = {
    ColorMode.COLOR_TEMP: ATTR_COLOR_TEMP_KELVIN,
    ColorMode.HS: ATTR_HS_COLOR,
    ColorMode.XY: ATTR_XY_COLOR,
    ColorMode.RGB: ATTR_RGB_COLOR,
    ColorMode.RGBW: ATTR_RGBW_COLOR,
    ColorMode.RGBWW: ATTR_RGBWW_COLOR,
}
_CHANNELS: Final = {
    ColorMode.HS: 2,
    ColorMode.XY: 2,
    ColorMode.RGB: 3,
    ColorMode.RGBW: 4,
    ColorMode.RGBWW: 5,
}
_ROUNDING: Final[Mapping[str, float]] = {
    ColorMode.COLOR_TEMP: 50,
    ColorMode.HS: 3,
    ColorMode.XY: 0.02,
    ColorMode.RGB: 6,
    ColorMode.RGBW: 6,
    ColorMode.RGBWW: 6,
}
"""How far a light may round its color, in the unit of each color mode."""

_SAME_LOOK: Final = 0.04
"""How far apart, in the CIE 1931 chromaticity diagram, a light may report a color in the terms of another mode.

deCONZ issue 1861, adaptive-lighting issue 449: asked for a color temperature, some report a color that looks the same.
"""

COLOR: Final = frozenset({"color", ATTR_EFFECT})
"""What makes up a light's color: a person may take that over and leave us its brightness."""

_INSANE: Final = 1e6
"""No color has a number as large as that."""

_FULL: Final = 255
"""What a light is assumed to have that can be dimmed and does not report its brightness."""

_BLUE_TOLERANCE: Final = 0.06
_WARM_WHITE: Final = 2700
"""The approximate color temperature of the warm one of two whites, in kelvin."""

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


@dataclass(frozen=True, slots=True)
class LightColor(Comparable):
    """A color in the terms of a color mode: kelvin, or a tuple of channels. White has no value of its own."""

    mode: str
    value: float | tuple[float, ...] | None = None

    @override
    def is_close(self, other: Any) -> bool:
        """Return whether a light that was set to one may report the other: what counts is the look, not the mode."""
        if not isinstance(other, LightColor):
            return False
        if self.mode == other.mode and self.mode in _ROUNDING:
            return _apart(self.value, other.value) <= _ROUNDING[self.mode]
        if self.value is None or other.value is None:
            return self.mode == other.mode
        return self.distance(other) <= _SAME_LOOK

    @override
    def distance(self, other: Any) -> float:
        """Return how far apart two colors look."""
        if not isinstance(other, LightColor):
            return math.inf
        if self.mode == other.mode == ColorMode.COLOR_TEMP:
            return _apart(self.value, other.value)
        return min((math.dist(one, two) for one in _looks(self) for two in _looks(other)), default=math.inf)


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
            stored |= _as_action_data(self.color)
        return stored

    @classmethod
    @override
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        mode = data.get(ATTR_COLOR_MODE)
        attribute = _COLOR_ATTRIBUTES.get(mode) if isinstance(mode, str) else None
        known = {each.name for each in fields(cls)} - {"color"}
        color = _color(mode, data.get(attribute) if attribute else None)
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
        if target.color is not None and (follows or _is_cooler(now.color, target.color)):
            data |= _as_action_data(target.color)
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
            return bool(data.keys() & _COLOR_ATTRIBUTES.values())
        before = _kelvin(now.color)
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
    attribute = _COLOR_ATTRIBUTES.get(mode) if isinstance(mode, str) else None
    return LightState(
        is_on=True,
        brightness=number(state.attributes.get(ATTR_BRIGHTNESS)),
        color=_color(mode, state.attributes.get(attribute) if attribute else None),
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
    kelvin = max(plan.light_color_temp, number(state.attributes.get(ATTR_MIN_COLOR_TEMP_KELVIN)) or 0)
    kelvin = min(kelvin, number(state.attributes.get(ATTR_MAX_COLOR_TEMP_KELVIN)) or kelvin)
    if (before := _kelvin(original.color)) is not None:
        return LightColor(ColorMode.COLOR_TEMP, _between(before, min(kelvin, before), progress.progress))
    if progress.at_bedtime and original.color is not None and _is_bluer(original.color, kelvin):
        modes = _modes(state)
        if color_temp_supported(modes):
            return LightColor(ColorMode.COLOR_TEMP, kelvin)
        if color_supported(modes):
            return _as_color(kelvin, modes)
    return original.color if original.color is not None and original.color.value is not None else None


def _as_color(kelvin: float, modes: list[ColorMode]) -> LightColor:
    """Return warm white in the terms of a light that has colors only."""
    red, green, blue = (round(channel) for channel in color_util.color_temperature_to_rgb(kelvin))
    if ColorMode.HS in modes:
        return LightColor(ColorMode.HS, color_util.color_RGB_to_hs(red, green, blue))
    if ColorMode.XY in modes:
        return LightColor(ColorMode.XY, color_util.color_RGB_to_xy(red, green, blue))
    if ColorMode.RGB in modes:
        return LightColor(ColorMode.RGB, (red, green, blue))
    if ColorMode.RGBW in modes:
        return LightColor(ColorMode.RGBW, color_util.color_rgb_to_rgbw(red, green, blue))
    # Of the two whites, the warm one alone: the last channel.
    return LightColor(ColorMode.RGBWW, (0, 0, 0, 0, 255))


def _color(mode: Any, value: Any) -> LightColor | None:
    """Return a color as an integration reports it, or as it was stored; None where it makes no sense."""
    if mode == ColorMode.WHITE:
        return LightColor(ColorMode.WHITE)
    if mode == ColorMode.COLOR_TEMP:
        kelvin = number(value)
        return LightColor(ColorMode.COLOR_TEMP, kelvin) if kelvin is not None and 0 < kelvin < _INSANE else None
    if not isinstance(value, list | tuple) or len(value) != _CHANNELS.get(mode):
        return None
    channels = tuple(number(each) for each in value)
    return (
        LightColor(str(mode), channels) if all(each is not None and abs(each) < _INSANE for each in channels) else None
    )


def _kelvin(color: LightColor | None) -> float | None:
    return color.value if color is not None and isinstance(color.value, int | float) else None


def _channels(color: LightColor) -> tuple[float, ...]:
    return color.value if isinstance(color.value, tuple) else ()


@lru_cache(maxsize=4096)
def _rgb(color: LightColor) -> tuple[float, ...]:
    """Return a color as red, green and blue, as good as they tell."""
    if (kelvin := _kelvin(color)) is not None:
        return color_util.color_temperature_to_rgb(kelvin)
    channels = _channels(color)
    if color.mode == ColorMode.HS:
        return color_util.color_hs_to_RGB(*channels)
    if color.mode == ColorMode.XY:
        return color_util.color_xy_to_RGB(channels[0], channels[1])
    red, green, blue, *whites = channels or (1, 1, 1)
    white, warm_white = (*whites, 0, 0)[:2]
    tint = color_util.color_temperature_to_rgb(_WARM_WHITE)
    return tuple(each + white + warm_white * tint[at] / max(tint) for at, each in enumerate((red, green, blue)))


@lru_cache(maxsize=4096)
def _looks(color: LightColor) -> tuple[tuple[float, float], ...]:
    """Return where a color lies in the CIE 1931 chromaticity diagram.

    A color temperature has two places: on the Planckian locus, and where Home Assistant's own approximation puts it.
    """
    if color.value is None:
        return ()
    if color.mode == ColorMode.XY:
        return ((color.value[0], color.value[1]),) if isinstance(color.value, tuple) else ()
    red, green, blue = (round(max(0, min(255, each))) for each in _scaled(_rgb(color)))
    kelvin = _kelvin(color)
    approximation = color_util.color_RGB_to_xy(red, green, blue)
    return (approximation,) if kelvin is None else (approximation, _planckian(kelvin))


def _scaled(rgb: tuple[float, ...]) -> tuple[float, ...]:
    highest = max(*rgb, 1)
    return tuple(each * 255 / highest for each in rgb)


def _planckian(kelvin: float) -> tuple[float, float]:
    """Return the chromaticity of a black body, by the cubic approximation of Kim et al., US patent 7024034 (2006)."""
    kelvin = max(1667, min(25_000, kelvin))
    if kelvin <= 4000:  # noqa: PLR2004 - where the approximation changes
        x = -0.2661239e9 / kelvin**3 - 0.2343589e6 / kelvin**2 + 0.8776956e3 / kelvin + 0.179910
    else:
        x = -3.0258469e9 / kelvin**3 + 2.1070379e6 / kelvin**2 + 0.2226347e3 / kelvin + 0.240390
    if kelvin <= 2222:  # noqa: PLR2004
        y = -1.1063814 * x**3 - 1.34811020 * x**2 + 2.18555832 * x - 0.20219683
    elif kelvin <= 4000:  # noqa: PLR2004
        y = -0.9549476 * x**3 - 1.37418593 * x**2 + 2.09137015 * x - 0.16748867
    else:
        y = 3.0817580 * x**3 - 5.87338670 * x**2 + 3.75112997 * x - 0.37001483
    return x, y


def _apart(one: Any, other: Any) -> float:
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        return float(max(abs(first - second) for first, second in zip(one, other, strict=True)))
    if isinstance(one, int | float) and isinstance(other, int | float):
        return float(abs(one - other))
    return math.inf


def _blueness(color: LightColor) -> float:
    red, green, blue = _rgb(color)
    return blue / max(red, green, blue, 1)


def _is_bluer(color: LightColor, kelvin: float) -> bool:
    """Return whether a color holds more blue than white of this temperature: a red lamp is warm enough."""
    return _blueness(color) > _blueness(LightColor(ColorMode.COLOR_TEMP, kelvin)) + _BLUE_TOLERANCE


def _is_cooler(now: LightColor | None, wanted: LightColor) -> bool:
    before, after = _kelvin(now), _kelvin(wanted)
    if before is not None and after is not None:
        return before > after
    return (_blueness(now) if now is not None else 1) > _blueness(wanted) and not (now and now.is_close(wanted))


def _between(start: float, end: float, progress: float) -> int:
    return round(start + (end - start) * progress)


def _as_action_data(color: LightColor) -> dict[str, Any]:
    attribute = _COLOR_ATTRIBUTES.get(color.mode)
    if attribute is None or color.value is None:
        return {}
    return {attribute: list(color.value) if isinstance(color.value, tuple) else color.value}


def _as_turn_on_data(light: LightState) -> dict[str, Any]:
    if light.color is not None and light.color.mode == ColorMode.WHITE:
        return without_none({ATTR_WHITE: light.brightness, ATTR_EFFECT: light.effect})
    color = _as_action_data(light.color) if light.color is not None else {}
    return without_none({ATTR_BRIGHTNESS: light.brightness, **color, ATTR_EFFECT: light.effect})
