"""Lights: dimmed and warmed, never turned on at night, never brightened. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_COLOR_MODE,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_EFFECT,
    ATTR_HS_COLOR,
    ATTR_MAX_COLOR_TEMP_KELVIN,
    ATTR_MIN_COLOR_TEMP_KELVIN,
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
from homeassistant.const import SERVICE_TURN_OFF, SERVICE_TURN_ON, STATE_ON
from homeassistant.core import State
from homeassistant.util import color as color_util

from ..command import Command, NightProgress, RestoreMode, without_none
from ..plan import Plan
from .state import DeviceState, matches, tolerance

_COLORS: Final[Mapping[str, str]] = {
    ColorMode.COLOR_TEMP: ATTR_COLOR_TEMP_KELVIN,
    ColorMode.HS: ATTR_HS_COLOR,
    ColorMode.XY: ATTR_XY_COLOR,
    ColorMode.RGB: ATTR_RGB_COLOR,
    ColorMode.RGBW: ATTR_RGBW_COLOR,
    ColorMode.RGBWW: ATTR_RGBWW_COLOR,
}
COLOR: Final = frozenset({ATTR_COLOR_MODE, ATTR_EFFECT, *_COLORS.values()})
"""The fields that make a light's colour: people may have that, and leave us its level."""

type _Color = tuple[str | None, Mapping[str, Any]]
"""A colour mode, and the colour in its terms."""

_FULL: Final = 255
"""What a light has for all we know, that can be dimmed and does not tell how bright it is."""

_BLUE_TOLERANCE: Final = 0.06
_WARM_WHITE: Final = 2700
"""What the warm one of two whites is about, in kelvin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LightState(DeviceState):
    """A light: brightness of 255, and the colour in the terms of its colour mode alone."""

    is_on: bool | None = None
    brightness: int | None = tolerance(3)
    color_mode: str | None = None
    color_temp_kelvin: int | None = tolerance(50)
    hs_color: list[float] | None = tolerance(3)
    xy_color: list[float] | None = tolerance(0.02)
    rgb_color: list[int] | None = tolerance(6)
    rgbw_color: list[int] | None = tolerance(6)
    rgbww_color: list[int] | None = tolerance(6)
    effect: str | None = None


STATE_CLASS: Final = LightState


def capture(state: State) -> LightState:
    """Return what a light is like."""
    if state.state != STATE_ON:
        return LightState(is_on=False)
    effect = state.attributes.get(ATTR_EFFECT)
    color_mode = state.attributes.get(ATTR_COLOR_MODE)
    return LightState(
        is_on=True,
        brightness=state.attributes.get(ATTR_BRIGHTNESS),
        color_mode=color_mode,
        effect=None if effect == EFFECT_OFF else effect,
        **_color(color_mode, state),
    )


def target_state(saved: LightState, state: State, plan: Plan, moment: NightProgress) -> LightState:
    """Return what a light should be like now: on its way from where it was to the night level.

    One that was off stays off. One that is darker or warmer than the night level stays as it is.
    """
    if not saved.is_on or moment.lights_off:
        return LightState(is_on=False)
    color_mode, color = _night_color(saved, state, plan, moment)
    # No effect: many lights leave it when they are told a level or a colour.
    return LightState(is_on=True, brightness=_dimmed(saved, state, plan, moment), color_mode=color_mode, **color)


def commands_towards(wanted: LightState, state: State, told: LightState | None = None) -> list[Command]:
    """Return the step to what is wanted at night: off, darker, warmer.

    Never the other way, but for a light that is still as it was told: it follows a change of plan.
    """
    now = capture(state)
    if not now.is_on:
        return []
    if wanted.is_on is False:
        return [Command.to(state, SERVICE_TURN_OFF)]
    follows = told is not None and not matches(wanted, told)
    data: dict[str, Any] = {}
    if wanted.brightness is not None:
        level = _FULL if now.brightness is None else now.brightness
        if level > wanted.brightness or (follows and level < wanted.brightness):
            data[ATTR_BRIGHTNESS] = wanted.brightness
    if wanted.color_mode and (follows or _is_cooler(now, wanted)):
        data |= _color_data(wanted)
    return [Command.to(state, SERVICE_TURN_ON, **data)] if data else []


def restore(saved: LightState, state: State, extent: RestoreMode) -> list[Command]:
    """Return the step back to what was. A light that is off comes on only when more than settings are given back."""
    if state.state != STATE_ON and not (saved.is_on and extent in (RestoreMode.EVERYTHING, RestoreMode.UNDO)):
        return []
    if saved.is_on and saved.brightness is None and _can_dim(state):
        saved = replace(saved, brightness=_FULL)
    data = _as_action_data(saved)
    if not data and state.state == STATE_ON:
        return []
    return (
        []
        if matches(replace(saved, is_on=None), capture(state)) and state.state == STATE_ON
        else [Command.to(state, SERVICE_TURN_ON, **data)]
    )


def _dimmed(saved: LightState, state: State, plan: Plan, moment: NightProgress) -> int | None:
    """Return the level of this moment; from a level that is not known there is no fade, only the night level."""
    level = max(1, round(plan.light_level * 255 / 100))
    if saved.brightness is None:
        return level if moment.at_bedtime and _can_dim(state) else None
    return _between(saved.brightness, min(saved.brightness, level), moment.progress)


def _can_dim(state: State) -> bool:
    return brightness_supported(state.attributes.get(ATTR_SUPPORTED_COLOR_MODES))


def _night_color(saved: LightState, state: State, plan: Plan, moment: NightProgress) -> _Color:
    """Return the colour of this moment; a coloured light turns white only at bedtime, and only if that is warmer."""
    modes = state.attributes.get(ATTR_SUPPORTED_COLOR_MODES)
    kelvin = max(plan.light_color_temp, state.attributes.get(ATTR_MIN_COLOR_TEMP_KELVIN) or 0)
    kelvin = min(kelvin, state.attributes.get(ATTR_MAX_COLOR_TEMP_KELVIN) or kelvin)
    if saved.color_temp_kelvin is not None:
        fading = _between(saved.color_temp_kelvin, min(kelvin, saved.color_temp_kelvin), moment.progress)
        return ColorMode.COLOR_TEMP, {ATTR_COLOR_TEMP_KELVIN: fading}
    if moment.at_bedtime and _is_bluer(saved, kelvin):
        if color_temp_supported(modes):
            return ColorMode.COLOR_TEMP, {ATTR_COLOR_TEMP_KELVIN: kelvin}
        if color_supported(modes):
            return _as_color(kelvin, modes or [])
    return saved.color_mode, _color_data(saved)


def _as_color(kelvin: int, modes: list[str]) -> _Color:
    """Return warm white in the terms of a light that has colours only."""
    red, green, blue = (round(channel) for channel in color_util.color_temperature_to_rgb(kelvin))
    if ColorMode.HS in modes:
        return ColorMode.HS, {ATTR_HS_COLOR: list(color_util.color_RGB_to_hs(red, green, blue))}
    if ColorMode.XY in modes:
        return ColorMode.XY, {ATTR_XY_COLOR: list(color_util.color_RGB_to_xy(red, green, blue))}
    if ColorMode.RGB in modes:
        return ColorMode.RGB, {ATTR_RGB_COLOR: [red, green, blue]}
    if ColorMode.RGBW in modes:
        return ColorMode.RGBW, {ATTR_RGBW_COLOR: list(color_util.color_rgb_to_rgbw(red, green, blue))}
    # Of the two whites, the warm one alone: the last channel.
    return ColorMode.RGBWW, {ATTR_RGBWW_COLOR: [0, 0, 0, 0, 255]}


def _rgb(look: LightState) -> tuple[float, ...]:
    """Return a light's colour as red, green and blue, as good as they tell."""
    if look.color_temp_kelvin is not None:
        return color_util.color_temperature_to_rgb(look.color_temp_kelvin)
    if look.hs_color is not None:
        return color_util.color_hs_to_RGB(*look.hs_color)
    if look.xy_color is not None:
        return color_util.color_xy_to_RGB(look.xy_color[0], look.xy_color[1])
    channels = look.rgb_color or look.rgbw_color or look.rgbww_color or (1, 1, 1)
    white, warm_white = (*channels[3:], 0, 0)[:2]
    tint = color_util.color_temperature_to_rgb(_WARM_WHITE)
    return tuple(channels[each] + white + warm_white * tint[each] / max(tint) for each in range(3))


def _blueness(look: LightState) -> float:
    red, green, blue = _rgb(look)
    return blue / max(red, green, blue, 1)


def _is_bluer(look: LightState, kelvin: int) -> bool:
    """Return whether a light holds more blue than white of this temperature: a red lamp is warm enough."""
    return look.color_mode not in (None, ColorMode.BRIGHTNESS, ColorMode.ONOFF) and _blueness(look) > (
        _blueness(LightState(color_temp_kelvin=kelvin)) + _BLUE_TOLERANCE
    )


def _is_cooler(now: LightState, wanted: LightState) -> bool:
    if now.color_temp_kelvin is not None and wanted.color_temp_kelvin is not None:
        return now.color_temp_kelvin > wanted.color_temp_kelvin
    return _blueness(now) > _blueness(wanted)


def _between(start: float, end: float, progress: float) -> int:
    return round(start + (end - start) * progress)


def _color(color_mode: str | None, state: State) -> dict[str, Any]:
    name = _COLORS.get(color_mode) if color_mode else None
    color = state.attributes.get(name) if name else None
    if name is None or color is None:
        return {}
    return {name: list(color) if isinstance(color, tuple | list) else color}


def _color_data(look: LightState) -> dict[str, Any]:
    name = _COLORS.get(look.color_mode) if look.color_mode else None
    return without_none({name: getattr(look, name)}) if name else {}


def _as_action_data(saved: LightState) -> dict[str, Any]:
    if saved.color_mode == ColorMode.WHITE:
        return without_none({ATTR_WHITE: saved.brightness, ATTR_EFFECT: saved.effect})
    return without_none({ATTR_BRIGHTNESS: saved.brightness, **_color_data(saved), ATTR_EFFECT: saved.effect})
