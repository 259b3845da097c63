"""Lights, sentence by sentence."""

from homeassistant.components.light import ColorMode
from homeassistant.core import Context
from homeassistant.setup import async_setup_component
import pytest

from ..common.devices import Light
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"


def dimmable(name: str = "lamp", **attributes: object) -> Light:
    return Light(name, ColorMode.BRIGHTNESS, **{"brightness": 200, **attributes})


def white(name: str = "lamp", **attributes: object) -> Light:
    return Light(name, ColorMode.COLOR_TEMP, **{"brightness": 200, "color_temp_kelvin": 4000, **attributes})


async def test_lights_dim_to_five_percent_and_2200_kelvin_by_default(home: Home) -> None:
    lamp = white()
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    assert (lamp.brightness, lamp.color_temp_kelvin) == (13, 2200)


async def test_a_light_that_was_off_stays_off(home: Home) -> None:
    lamp = white(is_on=False)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    await home.at("11-24 07:30")
    assert lamp.received == []


async def test_an_on_off_light_stays_on_and_is_told_nothing(home: Home) -> None:
    lamp = Light("lamp", ColorMode.ONOFF)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    assert lamp.received == []


async def test_lights_go_off_when_that_is_wanted_and_come_on_again_with_everything(home: Home) -> None:
    lamp, plain = white(), Light("plain", ColorMode.ONOFF)
    await home.add_bedroom(lamp, plain, lights_off_after=20, restore="everything", wake_up="21:00:00")
    await home.act("switch.turn_on", SWITCH)
    await home.at("20:19")
    assert (lamp.is_on, plain.is_on) == (True, True)
    await home.at("20:20")
    assert (lamp.is_on, plain.is_on) == (False, False)
    await home.at("21:00")
    assert home.phase == "off"
    assert (lamp.is_on, plain.is_on, lamp.brightness, lamp.color_temp_kelvin) == (True, True, 200, 4000)


async def test_the_fade_goes_in_steps_of_a_minute(home: Home) -> None:
    lamp = white()
    await home.add_bedroom(lamp)
    await home.call("start", wind_down=10)
    levels, kelvins = [], []
    for _ in range(10):
        await home.after(minutes=1)
        levels.append(home.value("light.lamp", "brightness"))
        kelvins.append(home.value("light.lamp", "color_temp_kelvin"))
    assert levels == [181, 163, 144, 125, 106, 88, 69, 50, 32, 13]
    assert kelvins[-1] == 2200
    assert kelvins == sorted(kelvins, reverse=True)
    assert len(lamp.received) == 10


async def test_after_the_fade_nothing_is_told_twice(home: Home) -> None:
    lamp = white()
    await home.add_bedroom(lamp, wake_up="23:00:00")
    await home.call("start", wind_down=5)
    await home.at("22:59")
    assert len(lamp.received) == 5


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
async def test_a_coloured_light_gets_warm_and_its_colour_back(
    home: Home, mode: ColorMode, color: dict[str, object]
) -> None:
    lamp = Light("lamp", mode, brightness=200, **color)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    assert lamp.brightness == 13
    await home.act("switch.turn_off", SWITCH)
    ((name, value),) = color.items()
    assert lamp.brightness == 200
    assert tuple(getattr(lamp, name)) == pytest.approx(value)
    assert lamp.color_mode == mode


async def test_a_light_in_white_mode_is_dimmed_and_given_back(home: Home) -> None:
    lamp = Light("lamp", ColorMode.WHITE, ColorMode.RGB, brightness=180)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    assert lamp.brightness == 13
    await home.act("switch.turn_off", SWITCH)
    assert (lamp.brightness, lamp.color_mode) == (180, ColorMode.WHITE)


async def test_a_dimmable_light_whose_level_is_not_known_is_dimmed(home: Home) -> None:
    lamp = Light("lamp", ColorMode.BRIGHTNESS)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    assert lamp.brightness == 13


async def test_a_light_that_is_turned_on_at_night_comes_on_at_the_night_level_once(home: Home) -> None:
    lamp = white(is_on=False)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    assert lamp.brightness == 13
    await home.act("light.turn_on", "light.lamp", brightness=120)
    assert lamp.brightness == 120
    await home.act("light.turn_off", "light.lamp")
    await home.act("light.turn_on", "light.lamp")
    assert lamp.brightness == 120


async def test_a_light_that_is_turned_on_at_night_with_a_brightness_keeps_it(home: Home) -> None:
    lamp = white(is_on=False)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp", brightness_pct=60)
    await home.after(minutes=5)
    assert lamp.brightness == 153


async def test_a_light_that_is_turned_on_at_the_wall_at_night_is_dimmed(home: Home) -> None:
    lamp = white(is_on=False)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    lamp.change_locally(is_on=True)
    await home.settle()
    assert lamp.brightness == 13


async def test_night_lights_stay_bright_if_so_wanted(home: Home) -> None:
    lamp = white(is_on=False)
    await home.add_bedroom(lamp, dim_night_lights=False)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    await home.after(minutes=5)
    assert lamp.brightness == 200


async def test_a_light_that_was_lit_at_night_gets_its_own_level_back(home: Home) -> None:
    lamp = white(is_on=False)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    await home.at("11-24 07:00")
    assert (lamp.is_on, lamp.brightness, lamp.color_temp_kelvin) == (True, 200, 4000)


async def test_a_light_that_went_off_gets_its_level_back_when_it_comes_on_in_the_day(home: Home) -> None:
    lamp = white()
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("light.turn_off", "light.lamp")
    await home.at("11-24 07:00")
    assert lamp.is_on is False
    await home.act("light.turn_on", "light.lamp")
    assert (lamp.brightness, lamp.color_temp_kelvin) == (200, 4000)
    await home.act("light.turn_off", "light.lamp")
    told = len(lamp.received)
    lamp.change_locally(is_on=True, brightness=13)
    await home.settle()
    assert len(lamp.received) == told


async def test_what_an_automation_changes_is_its_own(home: Home) -> None:
    lamp = white()
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=20)
    await home.act("light.turn_on", "light.lamp", brightness=90, by=Context(parent_id="somewhere"))
    await home.after(minutes=5)
    assert home.value("binary_sensor.bedroom_problem", "released") == ["light.lamp"]
    answer = await home.call("stop")
    assert answer["entities"] == {"light.lamp": "released"}
    assert lamp.brightness == 90


async def test_what_a_scene_changes_is_its_own(home: Home) -> None:
    lamp = white()
    await home.add_bedroom(lamp)
    assert await async_setup_component(
        home.hass,
        "scene",
        {"scene": [{"name": "read", "entities": {"light.lamp": {"state": "on", "brightness": 150}}}]},
    )
    await home.call("start", wind_down=30)
    await home.after(minutes=10)
    await home.act("scene.turn_on", "scene.read")
    assert lamp.brightness == 150
    told = len(lamp.received)
    await home.at("11-24 07:10")
    assert len(lamp.received) == told
    assert lamp.brightness == 150


async def test_a_light_darker_than_the_night_level_is_left_alone(home: Home) -> None:
    lamp = white(brightness=5, color_temp_kelvin=2000)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    assert lamp.received == []


async def test_equal_commands_go_out_as_one_call(home: Home) -> None:
    lamps = [white(f"lamp {number}") for number in range(5)]
    await home.add_bedroom(*lamps)
    calls = []
    home.hass.bus.async_listen(
        "call_service", lambda event: calls.append(event.data) if event.data["domain"] == "light" else None
    )
    await home.act("switch.turn_on", SWITCH)
    assert len(calls) == 1
    assert len(calls[0]["service_data"]["entity_id"]) == 5
