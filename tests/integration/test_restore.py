"""Ends, and what is given back."""

from typing import Any

from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature as Can, MediaPlayerState as Is
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from ..common.devices import Cover, Light, Player, Thermostat
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"
TV = Can.TURN_ON | Can.TURN_OFF | Can.PAUSE | Can.PLAY


def lamp(name: str = "lamp", **attributes: Any) -> Light:
    return Light(name, ColorMode.COLOR_TEMP, **{"brightness": 200, "color_temp_kelvin": 4000, **attributes})


async def test_nothing_is_given_back_if_so_wanted(home: Home) -> None:
    light, stove, blind = lamp(), Thermostat("stove", target_temperature=21.0), Cover("blind")
    await home.add_bedroom(light, stove, blind, restore="nothing")
    await home.act("switch.turn_on", SWITCH)
    await home.jump("2026-11-24 07:00-08:00")
    assert (light.brightness, stove.target_temperature, blind.is_closed) == (13, 19.0, True)
    await home.act("light.turn_off", "light.lamp")
    await home.act("light.turn_on", "light.lamp")
    assert light.brightness == 13


async def test_settings_do_not_turn_lights_on(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, lights_off_after=5)
    await home.act("switch.turn_on", SWITCH)
    await home.jump("2026-11-23 20:05-08:00")
    await home.jump("2026-11-24 07:00-08:00")
    assert light.is_on is False
    await home.act("light.turn_on", "light.lamp")
    assert (light.brightness, light.color_temp_kelvin) == (200, 4000)


async def test_a_light_that_comes_on_in_the_day_with_a_brightness_keeps_it(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, lights_off_after=5)
    await home.act("switch.turn_on", SWITCH)
    await home.jump("2026-11-23 20:05-08:00")
    await home.jump("2026-11-24 07:00-08:00")
    await home.act("light.turn_on", "light.lamp", brightness=77)
    await home.after(minutes=5)
    assert light.brightness == 77


async def test_a_light_that_comes_on_in_the_day_at_another_level_keeps_it(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, lights_off_after=5)
    await home.act("switch.turn_on", SWITCH)
    await home.jump("2026-11-23 20:05-08:00")
    await home.jump("2026-11-24 07:00-08:00")
    light.change_locally(is_on=True, brightness=77)
    await home.after(minutes=5)
    assert light.brightness == 77


async def test_the_undo_brings_lights_back_that_went_off(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, lights_off_after=5)
    await home.act("switch.turn_on", SWITCH)
    await home.jump("2026-11-23 20:05-08:00")
    assert light.is_on is False
    await home.after(minutes=5)
    await home.act("switch.turn_off", SWITCH)
    assert (light.is_on, light.brightness) == (True, 200)


async def test_the_undo_in_the_wind_down_brings_screens_back(home: Home) -> None:
    light, tv = lamp(), Player("tv", TV)
    await home.add_bedroom(light, tv, automatic=True, screen_curfew=40)
    await home.at("22:20")
    assert tv.state == Is.OFF
    await home.act("switch.turn_off", SWITCH)
    assert (light.brightness, light.color_temp_kelvin, tv.state) == (200, 4000, Is.PLAYING)


async def test_a_screen_that_someone_watches_again_is_left_to_them(home: Home) -> None:
    tv = Player("tv", TV)
    await home.add_bedroom(tv)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=3)
    await home.act("media_player.turn_on", "media_player.tv")
    tv.received.clear()
    await home.act("switch.turn_off", SWITCH)
    assert tv.received == []


@pytest.mark.parametrize("action", ["light.toggle", "homeassistant.turn_on", "homeassistant.toggle"])
async def test_however_a_light_is_turned_on_at_night_it_is_dimmed(home: Home, action: str) -> None:
    assert await async_setup_component(home.hass, "homeassistant", {})
    light = lamp(is_on=False)
    await home.add_bedroom(light)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act(action, "light.lamp")
    assert (light.is_on, light.brightness) == (True, 13)


async def test_a_group_that_is_turned_on_at_night_is_dimmed(home: Home) -> None:
    one, two = lamp("one", is_on=False), lamp("two", is_on=False)
    await home.add_devices(one, two)
    await home.add_group("light", "all", "light.one", "light.two")
    await home.configure(targets={"lights": {"entity_id": ["light.all"]}})
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("light.turn_on", "light.all")
    assert (one.brightness, two.brightness) == (13, 13)


async def test_a_light_that_is_turned_off_and_on_at_night_is_dimmed_once_and_then_theirs(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("light.turn_off", "light.lamp")
    light.change_locally(is_on=True, brightness=255)
    await home.settle()
    assert light.brightness == 13
    await home.after(minutes=1)
    light.change_locally(is_on=False)
    await home.settle()
    light.change_locally(is_on=True, brightness=255)
    await home.settle()
    assert light.brightness == 255


async def test_a_device_that_is_disabled_in_the_night_hurts_nobody(home: Home) -> None:
    gone, good = lamp("gone"), lamp("good")
    await home.add_bedroom(gone, good)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    er.async_get(home.hass).async_update_entity("light.gone", disabled_by=er.RegistryEntryDisabler.USER)
    await home.settle()
    await home.jump("2026-11-24 07:00-08:00")
    assert (home.phase, good.brightness) == ("off", 200)
    assert home.value("binary_sensor.bedroom_problem") == "off"


async def test_a_start_in_bedtime_by_hand_changes_nothing(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(hours=1)
    told = len(light.received)
    await home.call("start")
    await home.call("start", wind_down=30)
    assert (home.phase, len(light.received)) == ("bedtime", told)


async def test_the_wind_down_fades_from_where_each_light_is(home: Home) -> None:
    bright, dim, dark = (
        lamp("bright", brightness=255),
        lamp("dim", brightness=60, color_temp_kelvin=2700),
        lamp("dark", brightness=8, color_temp_kelvin=2200),
    )
    await home.add_bedroom(bright, dim, dark, automatic=True, wind_down=30)
    await home.at("22:15")
    assert (bright.brightness, dim.brightness) == (134, 36)
    assert (bright.color_temp_kelvin, dim.color_temp_kelvin) == (3100, 2450)
    assert dark.received == []
    await home.at("22:30")
    assert {bright.brightness, dim.brightness} == {13}


async def test_night_shift(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True, bedtime="08:00:00", wake_up="15:30:00", wind_down=20)
    assert home.value("sensor.bedroom_next_bedtime") == "2026-11-24T16:00:00+00:00"
    await home.jump("2026-11-24 07:40-08:00")
    assert home.phase == "wind_down"
    await home.jump("2026-11-24 08:00-08:00")
    assert (home.phase, home.value("sensor.bedroom_ends_at")) == ("bedtime", "2026-11-24T23:30:00+00:00")
    await home.jump("2026-11-24 15:30-08:00")
    assert (home.phase, light.brightness) == ("off", 200)
