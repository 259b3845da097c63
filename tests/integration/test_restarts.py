"""Restarts and reloads in each phase: nothing flickers, nothing is lost."""

from datetime import timedelta
from typing import Any

from homeassistant.components.climate import ClimateEntityFeature
from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature as Can, MediaPlayerState as Is
import pytest

from ..common.devices import Cover, Device, Light, Player, Thermostat
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"
TV = Can.TURN_ON | Can.TURN_OFF | Can.PAUSE | Can.PLAY


def lamp(name: str = "lamp", **attributes: Any) -> Light:
    return Light(name, ColorMode.COLOR_TEMP, **{"brightness": 200, "color_temp_kelvin": 4000, **attributes})


def furniture() -> tuple[Light, Thermostat, Player, Cover]:
    stove = Thermostat(
        "stove",
        target_temperature=21.0,
        preset_mode="none",
        preset_modes=["none", "sleep"],
        supported_features=ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.PRESET_MODE,
    )
    return lamp(), stove, Player("tv", TV), Cover("blind")


def told(*devices: Device) -> int:
    return sum(len(device.received) for device in devices)


async def test_a_restart_at_bedtime_tells_nobody_anything(home: Home) -> None:
    devices = furniture()
    entry = await home.add_bedroom(*devices, automatic=True)
    await home.at("22:40")
    before = told(*devices)
    await home.restart(entry)
    assert (home.phase, told(*devices)) == ("bedtime", before)
    await home.jump("2026-11-24 07:00-08:00")
    light, stove, tv, blind = devices
    assert (light.brightness, light.color_temp_kelvin, stove.preset_mode) == (200, 4000, "none")
    assert (tv.state, blind.is_closed) == (Is.OFF, False)


async def test_a_restart_in_the_wind_down_goes_on_where_the_clock_is(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.at("22:00")
    await home.restart(entry, down=timedelta(minutes=15))
    assert home.phase == "wind_down"
    assert light.brightness == pytest.approx(200 - 187 * 30 / 45, abs=1)
    assert home.value("binary_sensor.bedroom_problem", "released") == []
    await home.at("22:30")
    assert light.brightness == 13
    await home.jump("2026-11-24 07:00-08:00")
    assert light.brightness == 200


async def test_a_restart_over_bedtime_brings_the_room_to_bed(home: Home) -> None:
    devices = furniture()
    entry = await home.add_bedroom(*devices, automatic=True)
    await home.at("22:00")
    await home.restart(entry, down=timedelta(minutes=50))
    light, stove, tv, blind = devices
    assert (home.phase, light.brightness, stove.preset_mode) == ("bedtime", 13, "sleep")
    assert (tv.state, blind.is_closed) == (Is.OFF, True)


async def test_an_end_that_passed_while_the_hub_was_down_restores_once(home: Home) -> None:
    devices = furniture()
    entry = await home.add_bedroom(*devices, automatic=True)
    await home.at("22:40")
    await home.restart(entry, down=timedelta(hours=10))
    light, stove, tv, blind = devices
    assert (home.phase, light.brightness, stove.preset_mode, tv.state, blind.is_closed) == (
        "off",
        200,
        "none",
        Is.OFF,
        False,
    )
    before = told(*devices)
    await home.restart(entry)
    await home.after(minutes=5)
    assert told(*devices) == before


async def test_an_end_that_passed_restores_devices_that_come_back_later(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.at("22:40")
    await home.restart(entry, down=timedelta(hours=10), meanwhile=light.become_unavailable)
    assert (home.phase, light.brightness) == ("off", 13)
    await home.after(minutes=10)
    light.become_available()
    await home.settle()
    assert light.brightness == 200
    await home.after(minutes=5)
    assert len(light.received) == light.actions.index("turn_on") + len(light.received)
    await home.act("light.turn_on", "light.lamp", brightness=13)
    await home.after(minutes=5)
    assert light.brightness == 13


async def test_devices_that_wake_up_after_the_hub_are_not_told_again(home: Home) -> None:
    devices = furniture()
    entry = await home.add_bedroom(*devices, automatic=True)
    await home.at("22:40")
    before = told(*devices)
    light, stove, _tv, blind = devices

    def gone() -> None:
        for each in (light, stove, blind):
            each.become_unavailable()

    await home.restart(entry, meanwhile=gone)
    for each in (light, stove, blind):
        each.become_available()
    await home.settle()
    await home.after(minutes=2)
    assert told(*devices) == before
    assert home.value("binary_sensor.bedroom_problem", "released") == []


async def test_what_a_person_changed_while_the_hub_was_down_is_theirs(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.at("22:40")
    await home.restart(entry, meanwhile=lambda: light.change_locally(brightness=150))
    assert home.value("binary_sensor.bedroom_problem", "released") == ["light.lamp"]
    await home.jump("2026-11-24 07:00-08:00")
    assert light.brightness == 150


async def test_released_stays_released_over_a_restart(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.at("22:40")
    await home.act("light.turn_on", "light.lamp", brightness=80)
    await home.restart(entry)
    assert home.value("binary_sensor.bedroom_problem", "released") == ["light.lamp"]
    assert (await home.call("stop"))["entities"] == {"light.lamp": "released"}


async def test_the_quarter_of_an_hour_holds_over_a_restart(home: Home) -> None:
    tv = Player("tv", TV)
    entry = await home.add_bedroom(tv)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=5)
    await home.restart(entry)
    await home.act("switch.turn_off", SWITCH)
    assert tv.state == Is.PLAYING


async def test_an_options_change_in_the_night_is_followed_and_flickers_nobody(home: Home) -> None:
    devices = furniture()
    entry = await home.add_bedroom(*devices)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=20)
    light, stove, tv, blind = devices
    others = told(stove, tv, blind)
    lamp_told = len(light.received)
    await home.set_options(entry, light_level=20)
    assert (home.phase, light.brightness, len(light.received)) == ("bedtime", 51, lamp_told + 1)
    assert told(stove, tv, blind) == others
    await home.act("switch.turn_off", SWITCH)
    assert light.brightness == 200


async def test_an_options_change_in_the_wind_down_keeps_the_times(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.at("22:00")
    await home.set_options(entry, screen_curfew=5)
    assert (home.phase, home.value("sensor.bedroom_next_bedtime")) == ("wind_down", "2026-11-24T06:30:00+00:00")
    await home.at("22:30")
    assert light.brightness == 13


async def test_a_lit_light_is_dimmed_once_also_over_a_restart(home: Home) -> None:
    light = lamp(is_on=False)
    entry = await home.add_bedroom(light)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    await home.restart(entry)
    await home.act("light.turn_off", "light.lamp")
    light.change_locally(is_on=True, brightness=180)
    await home.settle()
    assert light.brightness == 180


async def test_a_level_that_is_owed_survives_a_restart(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("light.turn_off", "light.lamp")
    await home.jump("2026-11-24 07:00-08:00")
    await home.restart(entry)
    await home.act("light.turn_on", "light.lamp")
    assert light.brightness == 200


async def test_a_hub_that_restarts_in_the_morning_does_not_begin_a_night(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.at("22:40")
    await home.jump("2026-11-24 07:00-08:00")
    before = len(light.received)
    await home.restart(entry)
    assert (home.phase, len(light.received)) == ("off", before)


async def test_removing_the_bedroom_in_the_night_gives_it_back(home: Home) -> None:
    devices = furniture()
    entry = await home.add_bedroom(*devices)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.hass.config_entries.async_remove(entry.entry_id)
    await home.hass.async_block_till_done()
    light, stove, _tv, blind = devices
    assert (light.brightness, stove.preset_mode, blind.is_closed) == (200, "none", False)
