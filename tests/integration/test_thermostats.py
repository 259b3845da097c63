"""Thermostats, promise 10 and the rules of issue 3."""

from typing import Any, override

from homeassistant.components.climate import ClimateEntityFeature, HVACMode
from homeassistant.const import UnitOfTemperature
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from ..common.devices import Thermostat
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"
SINGLE = ClimateEntityFeature.TARGET_TEMPERATURE
RANGE = ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
PRESET = ClimateEntityFeature.PRESET_MODE


def single(**attributes: Any) -> Thermostat:
    return Thermostat("stove", **{"target_temperature": 21.0, **attributes})


def ranged(low: float = 20.0, high: float = 25.0, **attributes: Any) -> Thermostat:
    features = {"supported_features": RANGE, "hvac_mode": HVACMode.HEAT_COOL}
    return Thermostat("stove", target_temperature_low=low, target_temperature_high=high, **(features | attributes))


def with_presets(*presets: str, now: str = "none", **attributes: Any) -> Thermostat:
    return single(supported_features=SINGLE | PRESET, preset_modes=list(presets), preset_mode=now, **attributes)


async def night(home: Home, stove: Thermostat, **options: Any) -> None:
    await home.add_bedroom(stove, **options)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=1)


async def morning(home: Home) -> None:
    await home.jump("2026-11-24 07:00-08:00")
    assert home.phase == "off"


async def test_a_setpoint_goes_two_degrees_down_and_comes_back(home: Home) -> None:
    stove = single()
    await night(home, stove)
    assert stove.received == [("set_temperature", {"temperature": 19.0})]
    await morning(home)
    assert stove.target_temperature == 21.0
    assert len(stove.received) == 2


async def test_both_ends_of_a_range_go_down_together(home: Home) -> None:
    stove = ranged()
    await night(home, stove)
    assert stove.received == [("set_temperature", {"target_temp_low": 18.0, "target_temp_high": 23.0})]
    await morning(home)
    assert (stove.target_temperature_low, stove.target_temperature_high) == (20.0, 25.0)


async def test_a_range_keeps_its_width_at_its_lower_limit(home: Home) -> None:
    stove = ranged(8.0, 13.0)
    await night(home, stove)
    assert (stove.target_temperature_low, stove.target_temperature_high) == (7.0, 12.0)


@pytest.mark.parametrize("setback", [0.5, 1.5, 2.5])
async def test_a_range_keeps_its_width_with_a_coarse_step(home: Home, setback: float) -> None:
    stove = ranged(20.0, 25.0, target_temperature_step=1.0)
    await night(home, stove, temperature_setback=setback)
    ends = [home.value("climate.stove", f"target_temp_{each}") for each in ("low", "high")]
    assert ends[1] - ends[0] == 5


async def test_the_setpoint_stays_on_the_step(home: Home) -> None:
    stove = single(target_temperature_step=1.0)
    await night(home, stove, temperature_setback=1.5)
    assert stove.target_temperature in (19.0, 20.0)


async def test_a_setpoint_at_the_lower_limit_is_left_alone(home: Home) -> None:
    stove = single(target_temperature=7.0)
    await night(home, stove)
    assert stove.received == []


@pytest.mark.parametrize("mode", [HVACMode.OFF, HVACMode.FAN_ONLY, HVACMode.DRY])
async def test_off_fan_only_and_dry_are_left_alone(home: Home, mode: HVACMode) -> None:
    stove = with_presets("none", "sleep", hvac_mode=mode)
    await night(home, stove)
    await morning(home)
    assert stove.received == []


@pytest.mark.parametrize("mode", [HVACMode.HEAT, HVACMode.COOL, HVACMode.AUTO])
async def test_other_modes_go_down(home: Home, mode: HVACMode) -> None:
    stove = single(hvac_mode=mode)
    await night(home, stove)
    assert stove.target_temperature == 19.0


async def test_the_sleep_preset_is_preferred(home: Home) -> None:
    stove = with_presets("none", "eco", "sleep", now="none")
    await night(home, stove)
    assert stove.received == [("set_preset_mode", {"preset_mode": "sleep"})]
    await morning(home)
    assert (stove.preset_mode, stove.target_temperature) == ("none", 21.0)


async def test_the_sleep_preset_is_not_used_if_not_wanted(home: Home) -> None:
    stove = with_presets("none", "sleep")
    await night(home, stove, use_sleep_preset=False)
    assert stove.received == [("set_temperature", {"temperature": 19.0})]


async def test_a_preset_that_was_active_is_restored_alone(home: Home) -> None:
    stove = with_presets("comfort", "sleep", now="comfort")
    await night(home, stove)
    stove.received.clear()
    await morning(home)
    assert stove.received == [("set_preset_mode", {"preset_mode": "comfort"})]


async def test_the_sleep_preset_that_was_active_before_stays(home: Home) -> None:
    stove = with_presets("comfort", "sleep", now="sleep")
    await night(home, stove)
    await morning(home)
    assert stove.received == []


class LeavesItsPreset(Thermostat):
    """A thermostat that leaves its preset when its setpoint is changed."""

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        self._attr_preset_mode = "none"
        await super().async_set_temperature(**kwargs)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        self._attr_target_temperature = {"comfort": 21.0, "eco": 17.0}.get(preset_mode, self._attr_target_temperature)
        await super().async_set_preset_mode(preset_mode)


async def test_without_a_sleep_preset_the_setpoint_moves_and_the_preset_alone_is_restored(home: Home) -> None:
    stove = LeavesItsPreset(
        "stove",
        supported_features=SINGLE | PRESET,
        preset_modes=["none", "comfort", "eco"],
        preset_mode="comfort",
        target_temperature=21.0,
    )
    await home.add_bedroom(stove)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=1)
    assert stove.target_temperature == 19.0
    stove.received.clear()
    await morning(home)
    assert stove.received == [("set_preset_mode", {"preset_mode": "comfort"})]
    assert (stove.preset_mode, stove.target_temperature) == ("comfort", 21.0)


class SleepsInAnotherMode(Thermostat):
    """A thermostat whose sleep preset goes with another mode, and that takes setpoints in heat alone."""

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        if preset_mode == "sleep":
            self._attr_hvac_mode = HVACMode.AUTO
            self._attr_target_temperature = 17.0
        await super().async_set_preset_mode(preset_mode)

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        if self.hvac_mode != HVACMode.HEAT and kwargs.get("hvac_mode") != HVACMode.HEAT:
            message = "only in heat"
            raise HomeAssistantError(message)
        await super().async_set_temperature(**kwargs)


async def test_a_mode_that_went_with_the_preset_is_given_back_before_the_setpoint(home: Home) -> None:
    stove = SleepsInAnotherMode(
        "stove",
        supported_features=SINGLE | PRESET,
        preset_modes=["none", "sleep"],
        preset_mode="none",
        target_temperature=21.0,
    )
    await home.add_bedroom(stove)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=1)
    assert stove.preset_mode == "sleep"
    assert home.value("binary_sensor.bedroom_problem", "released") == []
    await morning(home)
    await home.after(seconds=30)
    assert (stove.preset_mode, stove.hvac_mode, stove.target_temperature) == ("none", HVACMode.HEAT, 21.0)


async def test_a_fahrenheit_house_gets_two_of_its_own_degrees(home: Home) -> None:
    home.hass.config.units = US_CUSTOMARY_SYSTEM
    stove = Thermostat(
        "stove", temperature_unit=UnitOfTemperature.FAHRENHEIT, target_temperature=70, target_temperature_step=1,
        min_temp=45, max_temp=90,
    )  # fmt: skip
    await night(home, stove)
    assert stove.received == [("set_temperature", {"temperature": 68})]
    await morning(home)
    assert stove.target_temperature == 70


class RoundsToHalf(Thermostat):
    """A thermostat of half degrees Celsius."""

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        self.requested = kwargs["temperature"]
        await super().async_set_temperature(temperature=round(kwargs["temperature"] * 2) / 2)


@pytest.mark.parametrize("setback", [1.0, 1.5, 2.0, 2.5, 3.0])
@pytest.mark.parametrize("celsius", [18.0, 19.5, 20.5, 21.0])
async def test_a_celsius_thermostat_in_a_fahrenheit_house_is_not_told_twice(
    home: Home, celsius: float, setback: float
) -> None:
    home.hass.config.units = US_CUSTOMARY_SYSTEM
    stove = RoundsToHalf("stove", target_temperature=celsius, precision=0.1)
    await home.add_bedroom(stove, temperature_setback=setback)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=1)
    await home.after(minutes=1)
    assert len(stove.received) == 1
    assert home.value("binary_sensor.bedroom_problem") == "off"
    await morning(home)
    assert stove.target_temperature == celsius


async def test_a_person_at_the_thermostat_wins(home: Home) -> None:
    stove = single()
    await night(home, stove)
    await home.after(hours=1)
    stove.change_locally(target_temperature=22.5)
    await home.settle()
    stove.received.clear()
    await morning(home)
    assert stove.received == []


async def test_a_thermostat_that_someone_turns_off_stays_off(home: Home) -> None:
    stove = single()
    await night(home, stove)
    await home.after(hours=1)
    await home.act("climate.set_hvac_mode", "climate.stove", hvac_mode="off")
    stove.received.clear()
    await morning(home)
    assert stove.received == []


async def test_the_thermostat_waits_for_bedtime(home: Home) -> None:
    stove = single()
    await home.add_bedroom(stove)
    await home.call("start", wind_down=30)
    await home.at("20:29")
    assert stove.received == []
    await home.at("20:30")
    assert stove.target_temperature == 19.0


async def test_a_thermostat_of_both_kinds_is_told_what_its_mode_takes(home: Home) -> None:
    stove = ranged(supported_features=SINGLE | RANGE, target_temperature=None)
    await night(home, stove)
    assert stove.received == [("set_temperature", {"target_temp_low": 18.0, "target_temp_high": 23.0})]
