"""Colors of lights, in the terms of Home Assistant's color modes, and how they look. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
import math
from typing import Any, Final, override

from homeassistant.components.light import (
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_HS_COLOR,
    ATTR_RGB_COLOR,
    ATTR_RGBW_COLOR,
    ATTR_RGBWW_COLOR,
    ATTR_XY_COLOR,
    ColorMode,
)
from homeassistant.util import color as color_util

from .state import Comparable, number

COLOR_ATTRIBUTES: Final[Mapping[str, str]] = {
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

_INSANE: Final = 1e6
"""No color has a number as large as that."""

_BLUE_TOLERANCE: Final = 0.06
_WARM_WHITE: Final = 2700
"""The approximate color temperature of the warm one of two whites, in kelvin."""


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


def white_in_modes(kelvin: float, modes: list[ColorMode]) -> LightColor:
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


def parse_color(mode: Any, value: Any) -> LightColor | None:
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


def kelvin_of(color: LightColor | None) -> float | None:
    """Return the color temperature of a color that is one."""
    return color.value if color is not None and isinstance(color.value, int | float) else None


def is_bluer(color: LightColor, kelvin: float) -> bool:
    """Return whether a color holds more blue than white of this temperature: a red lamp is warm enough."""
    return _blueness(color) > _blueness(LightColor(ColorMode.COLOR_TEMP, kelvin)) + _BLUE_TOLERANCE


def is_cooler(now: LightColor | None, wanted: LightColor) -> bool:
    """Return whether a light is cooler than wanted; one whose color is unknown is."""
    before, after = kelvin_of(now), kelvin_of(wanted)
    if before is not None and after is not None:
        return before > after
    return (_blueness(now) if now is not None else 1) > _blueness(wanted) and not (now and now.is_close(wanted))


def as_action_data(color: LightColor) -> dict[str, Any]:
    """Return a color as the data of `light.turn_on`; none for white, which has no value."""
    attribute = COLOR_ATTRIBUTES.get(color.mode)
    if attribute is None or color.value is None:
        return {}
    return {attribute: list(color.value) if isinstance(color.value, tuple) else color.value}


def _channels(color: LightColor) -> tuple[float, ...]:
    return color.value if isinstance(color.value, tuple) else ()


@lru_cache(maxsize=4096)
def _rgb(color: LightColor) -> tuple[float, ...]:
    """Return a color as red, green and blue, as good as they tell."""
    if (kelvin := kelvin_of(color)) is not None:
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
    kelvin = kelvin_of(color)
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
