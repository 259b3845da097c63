"""The lights fade during the wind-down; everything else waits for bedtime or its own time."""

from datetime import timedelta
from itertools import pairwise

from homeassistant.components.light import ColorMode
from homeassistant.const import EVENT_STATE_CHANGED
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from ..common.bedroom import Bedroom, lamp
from ..common.devices import Light
from ..common.home import ENDS_AT, NEXT_BEDTIME, Home


async def test_a_scheduled_session_winds_down_applies_bedtime_and_restores(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(automatic=True)
    assert (home.phase, home.value(NEXT_BEDTIME)) == ("off", "2026-11-24T06:30:00+00:00")

    await home.jump("21:45")
    assert (home.phase, home.value(ENDS_AT)) == ("wind_down", "2026-11-24T15:00:00+00:00")
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == (200, 200)

    for minute in range(1, 45):
        await home.after(minutes=1)
        assert bedroom.lamp.brightness == pytest.approx(200 - 187 * minute / 45, abs=1)
    assert bedroom.lamp.color_temp_kelvin == pytest.approx(2240, abs=1)
    assert bedroom.thermostat.target_temperature == 21
    assert bedroom.tv.state == "playing"
    assert not bedroom.blind.is_closed

    await home.jump("22:30")
    assert (home.phase, home.value(NEXT_BEDTIME)) == ("bedtime", "2026-11-25T06:30:00+00:00")
    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (13, 2200)
    assert bedroom.thermostat.target_temperature == 19
    assert bedroom.tv.state == "off"
    assert bedroom.blind.is_closed

    await home.jump("11-24 07:00")
    assert (home.phase, home.value(ENDS_AT)) == ("off", "unknown")
    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (200, 4000)
    assert bedroom.thermostat.target_temperature == 21
    assert bedroom.blind.current_cover_position == 80
    assert bedroom.tv.state == "off"


async def test_nothing_is_reported_before_the_wind_down_is_due(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(automatic=True)
    reports = async_capture_events(home.hass, EVENT_STATE_CHANGED)
    await home.jump("21:30")
    assert reports == []


async def test_lights_fade_in_steps_of_a_minute(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start", wind_down=10)
    levels, kelvins = [], []
    for _ in range(10):
        await home.after(minutes=1)
        levels.append(home.value("light.lamp", "brightness"))
        kelvins.append(home.value("light.lamp", "color_temp_kelvin"))
    assert levels == [181, 163, 144, 125, 106, 88, 69, 50, 32, 13]
    assert kelvins[-1] == 2200
    assert kelvins == sorted(kelvins, reverse=True)
    assert len(light.received) == 10


async def test_each_light_fades_from_its_own_level(home: Home) -> None:
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


async def test_nothing_is_sent_twice_after_the_wind_down(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, wake_up="23:00:00")
    await home.call("start", wind_down=5)
    await home.at("20:15")
    await home.jump("22:59")
    assert len(light.received) == 5


async def test_lights_turn_off_some_time_after_bedtime_and_on_again_with_everything(home: Home) -> None:
    light, plain = lamp(), Light("plain", ColorMode.ONOFF)
    await home.add_bedroom(light, plain, lights_off_after=20, restore="everything", wake_up="21:00:00")
    await home.turn_on()
    await home.jump("20:19")
    assert (light.is_on, plain.is_on) == (True, True)
    await home.jump("20:20")
    assert (light.is_on, plain.is_on) == (False, False)
    await home.jump("21:00")
    assert home.phase == "off"
    assert (light.is_on, plain.is_on, light.brightness, light.color_temp_kelvin) == (True, True, 200, 4000)


async def test_a_manual_wind_down_fades_although_the_option_is_zero(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(wind_down=0)
    await home.call("start", wind_down=30)
    await home.at("20:29")
    assert home.phase == "wind_down"
    assert bedroom.lamp.brightness == pytest.approx(19, abs=2)


async def test_a_wind_down_that_is_extended_does_not_brighten_the_lights(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(automatic=True)
    await home.jump("21:45")
    await home.at("22:25")
    dimmed = bedroom.lamp.brightness
    await home.call("extend")
    await home.after(minutes=1)
    assert home.phase == "wind_down"
    assert bedroom.lamp.brightness == dimmed


async def test_a_bedtime_that_is_moved_into_the_past_comes_at_once(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(automatic=True)
    await home.jump("22:00")
    await home.act("time.set_value", "time.bedroom_bedtime", time="21:30:00")
    assert (home.phase, home.value(ENDS_AT)) == ("bedtime", "2026-11-24T15:00:00+00:00")


async def test_a_manual_wind_down_while_the_clocks_change_is_as_long_as_requested(home: Home) -> None:
    await home.jump("2026-11-01 08:40:00Z")
    await home.add_bedroom(lamp())
    await home.call("start", wind_down=90)
    await home.call("start", wind_down=40)
    assert home.value(NEXT_BEDTIME) == "2026-11-01T09:20:00+00:00"


async def test_what_happens_between_two_steps_of_the_fade_sends_none_out_of_turn(home: Home) -> None:
    light, other = lamp(), lamp("other")
    entry = await home.add_bedroom(light, other)
    await home.call("start", wind_down=20)
    for turn in range(15):
        await home.after(seconds=25)
        await home.act("light.turn_on", "light.other", brightness=150 + turn)
        await home.after(seconds=6)
        await home.unload(entry)
        await home.load(entry)
        await home.after(seconds=29)

    sent_at = [each.received_at for each in light.command_log]
    assert len(sent_at) > 10
    assert all(later - earlier >= timedelta(seconds=59) for earlier, later in pairwise(sent_at))
