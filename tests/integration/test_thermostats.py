"""Thermostats are set back by degrees, within their limits and steps."""

from typing import Any, override

from homeassistant.components.climate import HVACMode
from homeassistant.const import UnitOfTemperature
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from ..common.devices import Thermostat
from ..common.home import PROBLEM, Home
from ..common.thermostats import RANGE, SINGLE, ranged, thermostat_of, with_presets


async def night(home: Home, thermostat: Thermostat, **options: Any) -> None:
    """Start a session with this thermostat."""
    await home.add_bedroom(thermostat, **options)
    await home.turn_on()
    await home.after(minutes=1)


async def morning(home: Home) -> None:
    """Let the session end by schedule."""
    await home.jump("11-24 07:00")
    assert home.phase == "off"


async def test_a_setpoint_is_lowered_by_two_degrees_and_restored(home: Home) -> None:
    thermostat = thermostat_of()
    await night(home, thermostat)
    assert thermostat.received == [("set_temperature", {"temperature": 19.0})]
    await morning(home)
    assert thermostat.target_temperature == 21.0
    assert len(thermostat.received) == 2


async def test_a_thermostat_is_lowered_at_bedtime_and_not_before(home: Home) -> None:
    thermostat = thermostat_of()
    await home.add_bedroom(thermostat)
    await home.call("start", wind_down=30)
    await home.jump("20:29")
    assert thermostat.received == []
    await home.jump("20:30")
    assert thermostat.target_temperature == 19.0


async def test_both_ends_of_a_range_are_lowered_together(home: Home) -> None:
    thermostat = ranged()
    await night(home, thermostat)
    assert thermostat.received == [("set_temperature", {"target_temp_low": 18.0, "target_temp_high": 23.0})]
    await morning(home)
    assert (thermostat.target_temperature_low, thermostat.target_temperature_high) == (20.0, 25.0)


async def test_a_range_keeps_its_width_at_its_lower_limit(home: Home) -> None:
    thermostat = ranged(8.0, 13.0)
    await night(home, thermostat)
    assert (thermostat.target_temperature_low, thermostat.target_temperature_high) == (7.0, 12.0)


async def test_a_narrow_range_near_the_limit_stays_a_range(home: Home) -> None:
    thermostat = Thermostat(
        "thermostat",
        hvac_mode=HVACMode.HEAT_COOL,
        supported_features=RANGE,
        target_temperature_low=7.5,
        target_temperature_high=8.0,
    )
    await home.add_bedroom(thermostat)
    await home.turn_on()
    assert (thermostat.target_temperature_low, thermostat.target_temperature_high) == (7.0, 7.5)


@pytest.mark.parametrize("setback", [0.5, 1.5, 2.5])
async def test_a_range_keeps_its_width_with_a_coarse_step(home: Home, setback: float) -> None:
    thermostat = ranged(20.0, 25.0, target_temperature_step=1.0)
    await night(home, thermostat, temperature_setback=setback)
    ends = [home.value("climate.thermostat", f"target_temp_{each}") for each in ("low", "high")]
    assert ends[1] - ends[0] == 5


async def test_a_thermostat_with_both_features_gets_what_its_mode_takes(home: Home) -> None:
    thermostat = ranged(supported_features=SINGLE | RANGE, target_temperature=None)
    await night(home, thermostat)
    assert thermostat.received == [("set_temperature", {"target_temp_low": 18.0, "target_temp_high": 23.0})]


async def test_the_setpoint_stays_on_the_step(home: Home) -> None:
    thermostat = thermostat_of(target_temperature_step=1.0)
    await night(home, thermostat, temperature_setback=1.5)
    assert thermostat.target_temperature in (19.0, 20.0)


class ThermostatOfWholeDegrees(Thermostat):
    """A thermostat that refuses anything but whole degrees."""

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        value = kwargs.get("temperature")
        if value is not None and value != round(value):
            message = "whole degrees only"
            raise HomeAssistantError(message)
        await super().async_set_temperature(**kwargs)


@pytest.mark.parametrize("setback", [0.5, 1.5, 2.5])
async def test_a_thermostat_of_whole_degrees_gets_no_half_ones(home: Home, setback: float) -> None:
    thermostat = ThermostatOfWholeDegrees("thermostat", target_temperature=21.0, target_temperature_step=1.0)
    await home.add_bedroom(thermostat, temperature_setback=setback)
    await home.turn_on()
    await home.after(minutes=2)
    assert home.value("climate.thermostat", "temperature") < 21
    assert home.value(PROBLEM) == "off"


async def test_a_thermostat_of_tenths_without_a_step_is_lowered(home: Home) -> None:
    thermostat = thermostat_of(target_temperature=20.3, target_temperature_step=None)
    await home.add_bedroom(thermostat)
    await home.turn_on()
    assert thermostat.target_temperature == pytest.approx(18.3)
    await home.jump("11-24 07:00")
    assert thermostat.target_temperature == pytest.approx(20.3)


async def test_a_setpoint_at_the_lower_limit_is_left_alone(home: Home) -> None:
    thermostat = thermostat_of(target_temperature=7.0)
    await night(home, thermostat)
    assert thermostat.received == []


async def test_a_thermostat_without_a_setpoint_is_left_alone(home: Home) -> None:
    thermostat = thermostat_of(target_temperature=None)
    await home.add_bedroom(thermostat)
    assert (await home.call("start"))["entities"] == {"climate.thermostat": "unchanged"}
    assert thermostat.received == []


async def test_a_setback_of_zero_changes_nothing(home: Home) -> None:
    thermostat = thermostat_of()
    await home.add_bedroom(thermostat, temperature_setback=0)
    await home.turn_on()
    await home.turn_off()
    assert thermostat.received == []


@pytest.mark.parametrize("mode", [HVACMode.OFF, HVACMode.FAN_ONLY, HVACMode.DRY])
async def test_off_fan_only_and_dry_are_left_alone(home: Home, mode: HVACMode) -> None:
    thermostat = with_presets("none", "sleep", hvac_mode=mode)
    await night(home, thermostat)
    await morning(home)
    assert thermostat.received == []


@pytest.mark.parametrize("mode", [HVACMode.HEAT, HVACMode.COOL, HVACMode.AUTO])
async def test_other_modes_are_lowered(home: Home, mode: HVACMode) -> None:
    thermostat = thermostat_of(hvac_mode=mode)
    await night(home, thermostat)
    assert thermostat.target_temperature == 19.0


async def test_the_setback_is_two_degrees_fahrenheit_in_a_home_of_fahrenheit(home: Home) -> None:
    home.hass.config.units = US_CUSTOMARY_SYSTEM
    thermostat = Thermostat(
        "thermostat", temperature_unit=UnitOfTemperature.FAHRENHEIT, target_temperature=70, target_temperature_step=1,
        min_temp=45, max_temp=90,
    )  # fmt: skip
    await night(home, thermostat)
    assert thermostat.received == [("set_temperature", {"temperature": 68})]
    await morning(home)
    assert thermostat.target_temperature == 70


class ThermostatOfHalfDegrees(Thermostat):
    """A thermostat that rounds to half degrees Celsius."""

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        self.requested = kwargs["temperature"]
        await super().async_set_temperature(temperature=round(kwargs["temperature"] * 2) / 2)


@pytest.mark.parametrize("setback", [1.0, 1.5, 2.0, 2.5, 3.0])
async def test_a_celsius_thermostat_in_a_home_of_fahrenheit_gets_one_command(home: Home, setback: float) -> None:
    home.hass.config.units = US_CUSTOMARY_SYSTEM
    setpoints = (18.0, 19.5, 20.5, 21.0)
    thermostats = [
        ThermostatOfHalfDegrees(f"thermostat of {setpoint}", target_temperature=setpoint, precision=0.1)
        for setpoint in setpoints
    ]
    await home.add_bedroom(*thermostats, temperature_setback=setback)
    await home.turn_on()
    for _ in range(3):
        await home.after(minutes=10)
    assert [len(thermostat.received) for thermostat in thermostats] == [1] * 4
    assert home.value(PROBLEM) == "off"
    await morning(home)
    assert tuple(thermostat.target_temperature for thermostat in thermostats) == setpoints


async def test_a_setpoint_changed_at_the_thermostat_is_not_restored(home: Home) -> None:
    thermostat = thermostat_of()
    await night(home, thermostat)
    await home.after(hours=1)
    thermostat.change_locally(target_temperature=22.5)
    await home.settle()
    thermostat.received.clear()
    await morning(home)
    assert thermostat.received == []


async def test_a_thermostat_that_someone_turns_off_stays_off(home: Home) -> None:
    thermostat = thermostat_of()
    await night(home, thermostat)
    await home.after(hours=1)
    await home.act("climate.set_hvac_mode", "climate.thermostat", hvac_mode="off")
    thermostat.received.clear()
    await morning(home)
    assert thermostat.received == []


async def test_a_thermostat_that_turns_off_by_itself_at_night_stays_off(home: Home) -> None:
    thermostat = thermostat_of()
    await home.add_bedroom(thermostat)
    await home.turn_on()
    await home.after(hours=1)
    thermostat.change_locally(hvac_mode=HVACMode.OFF)
    thermostat.received.clear()
    await home.jump("11-24 07:00")
    await home.after(minutes=1)
    assert thermostat.received == []
