"""Thermostats that are harder to please."""

from typing import Any, override

from homeassistant.components.climate import ClimateEntityFeature, HVACMode
from homeassistant.exceptions import HomeAssistantError
import pytest

from ..common.devices import Thermostat
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"
SINGLE = ClimateEntityFeature.TARGET_TEMPERATURE
RANGE = ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
PRESET = ClimateEntityFeature.PRESET_MODE


def stove(**attributes: Any) -> Thermostat:
    return Thermostat("stove", **{"target_temperature": 21.0, **attributes})


async def test_a_person_who_chooses_another_preset_at_night_keeps_it(home: Home) -> None:
    device = stove(supported_features=SINGLE | PRESET, preset_modes=["none", "eco", "sleep"], preset_mode="none")
    await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("climate.set_preset_mode", "climate.stove", preset_mode="eco")
    device.received.clear()
    await home.jump("2026-11-24 07:00-08:00")
    assert device.received == []


async def test_a_person_who_goes_back_to_the_preset_of_the_day_keeps_it(home: Home) -> None:
    device = stove(supported_features=SINGLE | PRESET, preset_modes=["comfort", "sleep"], preset_mode="comfort")
    await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=5)
    device.change_locally(preset_mode="comfort")
    await home.after(minutes=5)
    assert home.value("binary_sensor.bedroom_problem", "released") == ["climate.stove"]
    device.received.clear()
    await home.after(hours=2)
    assert device.received == []


class StaysInItsPreset(Thermostat):
    """A thermostat that keeps its preset when its setpoint is changed."""


async def test_a_preset_that_stays_keeps_its_setpoint_in_the_end(home: Home) -> None:
    device = StaysInItsPreset(
        "stove",
        supported_features=SINGLE | PRESET,
        preset_modes=["none", "eco"],
        preset_mode="eco",
        target_temperature=19.0,
    )
    await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=1)
    assert device.target_temperature == 17.0
    await home.jump("2026-11-24 07:00-08:00")
    assert (device.preset_mode, device.target_temperature) == ("eco", 19.0)


class NoNone(Thermostat):
    """A thermostat that has no preset when a setpoint is given, and cannot be told to have none."""

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        self._attr_preset_mode = None
        await super().async_set_temperature(**kwargs)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        self._attr_target_temperature = 16.0
        await super().async_set_preset_mode(preset_mode)


async def test_a_thermostat_that_had_no_preset_gets_its_setpoint_back(home: Home) -> None:
    device = NoNone(
        "stove",
        supported_features=SINGLE | PRESET,
        preset_modes=["sleep", "away"],
        preset_mode=None,
        target_temperature=21.0,
    )
    await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=1)
    assert device.preset_mode == "sleep"
    await home.jump("2026-11-24 07:00-08:00")
    assert home.value("climate.stove", "preset_mode") is None
    assert device.target_temperature == 21.0


class OneThingAtATime(Thermostat):
    """A thermostat whose setpoint goes up at most to a limit that it tells, and that refuses anything else."""

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        value = kwargs.get("temperature")
        if value is not None and value != round(value):
            message = "whole degrees only"
            raise HomeAssistantError(message)
        await super().async_set_temperature(**kwargs)


@pytest.mark.parametrize("setback", [0.5, 1.5, 2.5])
async def test_a_thermostat_of_whole_degrees_is_never_told_half_ones(home: Home, setback: float) -> None:
    device = OneThingAtATime("stove", target_temperature=21.0, target_temperature_step=1.0)
    await home.add_bedroom(device, temperature_setback=setback)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=2)
    assert home.value("climate.stove", "temperature") < 21
    assert home.value("binary_sensor.bedroom_problem") == "off"


async def test_a_thermostat_that_is_turned_off_by_itself_at_night_is_left_off(home: Home) -> None:
    device = stove()
    await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    device.change_locally(hvac_mode=HVACMode.OFF)
    device.received.clear()
    await home.jump("2026-11-24 07:00-08:00")
    await home.after(minutes=1)
    assert device.received == []


async def test_a_thermostat_out_of_reach_in_the_morning_is_restored_when_it_returns(home: Home) -> None:
    device = stove(supported_features=SINGLE | PRESET, preset_modes=["comfort", "sleep"], preset_mode="comfort")
    await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    device.become_unavailable()
    await home.jump("2026-11-24 07:00-08:00")
    device.become_available()
    await home.after(minutes=1)
    assert device.preset_mode == "comfort"


async def test_a_thermostat_out_of_reach_at_bedtime_goes_down_when_it_returns(home: Home) -> None:
    device = stove(available=False)
    await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=10)
    device.become_available()
    await home.settle()
    assert device.target_temperature == 19.0
    await home.jump("2026-11-24 07:00-08:00")
    assert device.target_temperature == 21.0


async def test_a_thermostat_without_a_setpoint_is_left_alone(home: Home) -> None:
    device = stove(target_temperature=None)
    await home.add_bedroom(device)
    assert (await home.call("start"))["entities"] == {"climate.stove": "unchanged"}
    assert device.received == []


async def test_a_thermostat_with_no_step_and_tenths_goes_down(home: Home) -> None:
    device = stove(target_temperature=20.3, target_temperature_step=None)
    await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    assert device.target_temperature == pytest.approx(18.3)
    await home.jump("2026-11-24 07:00-08:00")
    assert device.target_temperature == pytest.approx(20.3)


async def test_a_setback_of_nothing_changes_nothing(home: Home) -> None:
    device = stove()
    await home.add_bedroom(device, temperature_setback=0)
    await home.act("switch.turn_on", SWITCH)
    await home.act("switch.turn_off", SWITCH)
    assert device.received == []


async def test_a_narrow_range_is_not_lowered_below_the_limit_nor_turned_round(home: Home) -> None:
    device = Thermostat(
        "stove",
        hvac_mode=HVACMode.HEAT_COOL,
        supported_features=RANGE,
        target_temperature_low=7.5,
        target_temperature_high=8.0,
    )
    await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    assert (device.target_temperature_low, device.target_temperature_high) == (7.0, 7.5)


class SleepLate(Thermostat):
    """A thermostat that goes to another mode some seconds after its preset."""


async def test_a_mode_that_follows_the_preset_late_is_nobody(home: Home) -> None:
    device = SleepLate(
        "stove",
        supported_features=SINGLE | PRESET,
        preset_modes=["none", "sleep"],
        preset_mode="none",
        target_temperature=21.0,
    )
    await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    await home.after(seconds=5)
    device.change_locally(hvac_mode=HVACMode.AUTO, target_temperature=17.0)
    await home.after(minutes=1)
    assert home.value("binary_sensor.bedroom_problem", "released") == []
    await home.jump("2026-11-24 07:00-08:00")
    await home.after(seconds=30)
    assert (device.preset_mode, device.hvac_mode, device.target_temperature) == ("none", HVACMode.HEAT, 21.0)


async def test_a_mode_that_went_with_the_preset_is_given_back_after_a_restart_too(home: Home) -> None:
    from .test_thermostats import SleepsInAnotherMode  # noqa: PLC0415

    device = SleepsInAnotherMode(
        "stove",
        supported_features=SINGLE | PRESET,
        preset_modes=["none", "sleep"],
        preset_mode="none",
        target_temperature=21.0,
    )
    entry = await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=5)
    await home.restart(entry)
    assert home.value("binary_sensor.bedroom_problem", "released") == []
    await home.jump("2026-11-24 07:00-08:00")
    await home.after(seconds=30)
    assert (device.preset_mode, device.hvac_mode, device.target_temperature) == ("none", HVACMode.HEAT, 21.0)


async def test_a_person_who_changes_the_mode_under_the_sleep_preset_keeps_it(home: Home) -> None:
    device = stove(supported_features=SINGLE | PRESET, preset_modes=["none", "sleep"], preset_mode="none")
    await home.add_bedroom(device)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("climate.set_hvac_mode", "climate.stove", hvac_mode="cool")
    device.received.clear()
    await home.jump("2026-11-24 07:00-08:00")
    await home.after(seconds=30)
    assert device.received == []
