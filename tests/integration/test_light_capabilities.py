"""Lights are dimmed and restored as far as their color modes allow."""

from typing import Any, override

from homeassistant.components.light import ColorMode, LightEntityFeature
import pytest

from ..common.bedroom import lamp
from ..common.devices import Light
from ..common.home import Home


async def test_lights_dim_to_five_percent_and_2200_kelvin_by_default(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.turn_on()
    assert (light.brightness, light.color_temp_kelvin) == (13, 2200)


async def test_a_light_that_was_off_stays_off(home: Home) -> None:
    light = lamp(is_on=False)
    await home.add_bedroom(light)
    await home.turn_on()
    await home.jump("11-24 07:30")
    assert light.received == []


async def test_an_on_off_light_stays_on_and_receives_nothing(home: Home) -> None:
    light = Light("lamp", ColorMode.ONOFF)
    await home.add_bedroom(light)
    await home.turn_on()
    assert light.received == []


async def test_a_dimmable_light_of_unknown_brightness_is_dimmed(home: Home) -> None:
    light = Light("lamp", ColorMode.BRIGHTNESS)
    await home.add_bedroom(light)
    await home.turn_on()
    assert light.brightness == 13


async def test_a_light_darker_than_the_night_level_is_left_alone(home: Home) -> None:
    light = lamp(brightness=5, color_temp_kelvin=2000)
    await home.add_bedroom(light)
    await home.turn_on()
    assert light.received == []


@pytest.mark.parametrize(
    ("mode", "color"),
    [
        (ColorMode.HS, {"hs_color": (220, 90)}),
        (ColorMode.RGB, {"rgb_color": (20, 40, 255)}),
        (ColorMode.XY, {"xy_color": (0.15, 0.1)}),
        (ColorMode.RGBW, {"rgbw_color": (10, 20, 255, 0)}),
        (ColorMode.RGBWW, {"rgbww_color": (10, 20, 255, 0, 0)}),
    ],
)
async def test_a_colored_light_is_dimmed_and_its_color_restored(
    home: Home, mode: ColorMode, color: dict[str, object]
) -> None:
    light = Light("lamp", mode, brightness=200, **color)
    await home.add_bedroom(light)
    await home.turn_on()
    assert light.brightness == 13
    await home.turn_off()
    ((name, value),) = color.items()
    assert light.brightness == 200
    assert tuple(getattr(light, name)) == pytest.approx(value)
    assert light.color_mode == mode


async def test_a_light_in_white_mode_is_dimmed_and_restored(home: Home) -> None:
    light = Light("lamp", ColorMode.WHITE, ColorMode.RGB, brightness=180)
    await home.add_bedroom(light)
    await home.turn_on()
    assert light.brightness == 13
    await home.turn_off()
    assert (light.brightness, light.color_mode) == (180, ColorMode.WHITE)


async def test_a_light_that_cannot_be_so_warm_gets_its_warmest_lamp(home: Home) -> None:
    light = lamp(min_color_temp_kelvin=2700)
    await home.add_bedroom(light)
    await home.turn_on()
    assert light.color_temp_kelvin == 2700


class LightThatLeavesItsEffect(Light):
    """A light that ends its effect when a command names none."""

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await super().async_turn_on(**{"effect": None} | kwargs)


async def test_a_light_that_leaves_its_effect_stays_managed(home: Home) -> None:
    light = LightThatLeavesItsEffect(
        "lamp",
        ColorMode.HS,
        brightness=200,
        hs_color=(20, 90),
        effect="candle",
        effect_list=["candle"],
        supported_features=LightEntityFeature.EFFECT,
    )
    await home.add_bedroom(light, automatic=True)
    await home.jump("21:46")
    await home.jump("22:30")
    assert home.released == []
    assert light.brightness == 13


async def test_equal_commands_go_out_as_one_call(home: Home) -> None:
    lights = [lamp(f"lamp {number}") for number in range(5)]
    await home.add_bedroom(*lights)
    calls = []
    home.hass.bus.async_listen(
        "call_service", lambda event: calls.append(event.data) if event.data["domain"] == "light" else None
    )
    await home.turn_on()
    assert len(calls) == 1
    assert len(calls[0]["service_data"]["entity_id"]) == 5
