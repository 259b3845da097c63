"""Lights: dimmed and warmed, never turned on, never brightened. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from homeassistant.const import SERVICE_TURN_ON, STATE_ON
from homeassistant.core import State
from homeassistant.util.color import color_temperature_to_rgb

from .command import Command, Extent, known
from .plan import Plan

_COLOR_ATTRIBUTES: Final = {
    ColorMode.COLOR_TEMP: ATTR_COLOR_TEMP_KELVIN,
    ColorMode.HS: ATTR_HS_COLOR,
    ColorMode.RGB: ATTR_RGB_COLOR,
    ColorMode.RGBW: ATTR_RGBW_COLOR,
    ColorMode.RGBWW: ATTR_RGBWW_COLOR,
    ColorMode.XY: ATTR_XY_COLOR,
}

# Devices round: what they report within these bounds is what they were asked for.
_BRIGHTNESS_TOLERANCE: Final = 3
_KELVIN_TOLERANCE: Final = 50
_BLUE_TOLERANCE: Final = 0.06
_COLOR_TOLERANCES: Final = {ATTR_COLOR_TEMP_KELVIN: _KELVIN_TOLERANCE, ATTR_HS_COLOR: 3, ATTR_XY_COLOR: 0.02}
_CHANNEL_TOLERANCE: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A light as it was: brightness of 255, and the colour in the terms of its colour mode."""

    is_on: bool
    brightness: int | None = None
    color_mode: str | None = None
    color: float | Sequence[float] | None = None
    effect: str | None = None


def capture(state: State) -> Saved:
    """Return what to remember of a light."""
    if state.state != STATE_ON:
        return Saved(is_on=False)
    effect = state.attributes.get(ATTR_EFFECT)
    color_mode = state.attributes.get(ATTR_COLOR_MODE)
    color = state.attributes.get(_COLOR_ATTRIBUTES.get(color_mode, "")) if color_mode else None
    return Saved(
        is_on=True,
        brightness=state.attributes.get(ATTR_BRIGHTNESS),
        color_mode=color_mode,
        color=list(color) if isinstance(color, Sequence) else color,
        effect=None if effect == EFFECT_OFF else effect,
    )


def settle(saved: Saved, state: State, plan: Plan, progress: float) -> list[Command]:
    """Return the step towards the night level: at progress 0 the light is where it was, at 1 it is there.

    No step where the light is as dark and as warm as that already.
    """
    if state.state != STATE_ON or not saved.is_on:
        return []
    data = known({ATTR_BRIGHTNESS: _dimmed(saved, state, plan, progress), **_warmed(saved, state, plan, progress)})
    return [Command.to(state, SERVICE_TURN_ON, **data)] if data else []


def restore(saved: Saved, state: State, extent: Extent) -> list[Command]:
    """Return the step back to what was. A light that is off comes on only when more than settings are given back."""
    if not saved.is_on or (state.state != STATE_ON and extent not in (Extent.EVERYTHING, Extent.UNDO)):
        return []
    return [] if _alike(saved, capture(state)) else [Command.to(state, SERVICE_TURN_ON, **_as_action_data(saved))]


def _dimmed(saved: Saved, state: State, plan: Plan, progress: float) -> int | None:
    now = state.attributes.get(ATTR_BRIGHTNESS)
    if now is None or not brightness_supported(state.attributes.get(ATTR_SUPPORTED_COLOR_MODES)):
        return None
    night = max(1, round(plan.light_level * 255 / 100))
    wanted = _between(saved.brightness or now, night, progress)
    return wanted if now > wanted + _BRIGHTNESS_TOLERANCE or (progress >= 1 and now > wanted) else None


def _warmed(saved: Saved, state: State, plan: Plan, progress: float) -> dict[str, int]:
    attributes = state.attributes
    modes = attributes.get(ATTR_SUPPORTED_COLOR_MODES)
    if not (color_temp_supported(modes) or color_supported(modes)):
        return {}
    night = max(plan.light_color_temp, attributes.get(ATTR_MIN_COLOR_TEMP_KELVIN) or 0)
    night = min(night, attributes.get(ATTR_MAX_COLOR_TEMP_KELVIN) or night)
    now = attributes.get(ATTR_COLOR_TEMP_KELVIN)
    if now is None:
        return {ATTR_COLOR_TEMP_KELVIN: night} if _bluer(attributes.get(ATTR_RGB_COLOR), night) else {}
    before = now if saved.color is None or isinstance(saved.color, Sequence) else saved.color
    wanted = _between(before, night, progress)
    return {ATTR_COLOR_TEMP_KELVIN: wanted} if now > wanted + _KELVIN_TOLERANCE else {}


def _bluer(color: Sequence[float] | None, kelvin: int) -> bool:
    """Return whether a colour holds more blue than white light of this temperature: a red lamp is warm enough."""
    red, green, blue = color or (1, 1, 1)
    night = color_temperature_to_rgb(kelvin)
    return blue / max(red, green, blue, 1) > night[2] / max(night) + _BLUE_TOLERANCE


def _between(start: float, end: float, progress: float) -> int:
    return round(start + (end - start) * progress)


def _alike(saved: Saved, now: Saved) -> bool:
    if (saved.is_on, saved.color_mode, saved.effect) != (now.is_on, now.color_mode, now.effect):
        return False
    color_attribute = _COLOR_ATTRIBUTES.get(ColorMode(saved.color_mode), "") if saved.color_mode else ""
    tolerance = _COLOR_TOLERANCES.get(color_attribute, _CHANNEL_TOLERANCE)
    return _near(saved.brightness, now.brightness, _BRIGHTNESS_TOLERANCE) and all(
        _near(before, after, tolerance)
        for before, after in zip(_channels(saved.color), _channels(now.color), strict=False)
    )


def _near(before: float | None, after: float | None, tolerance: float) -> bool:
    if before is None or after is None:
        return before is after
    return abs(before - after) <= tolerance


def _channels(color: float | Sequence[float] | None) -> Sequence[float | None]:
    return color if isinstance(color, Sequence) else (color,)


def _as_action_data(saved: Saved) -> dict[str, Any]:
    if saved.color_mode == ColorMode.WHITE:
        return known({ATTR_WHITE: saved.brightness, ATTR_EFFECT: saved.effect})
    color_attribute = _COLOR_ATTRIBUTES.get(ColorMode(saved.color_mode)) if saved.color_mode else None
    color = {color_attribute: saved.color} if color_attribute else {}
    return known({ATTR_BRIGHTNESS: saved.brightness, **color, ATTR_EFFECT: saved.effect})
