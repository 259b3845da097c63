"""Thermostats use their sleep preset, and are restored to the preset that was active before."""

from typing import Any, override

from homeassistant.components.climate import HVACMode
from homeassistant.exceptions import HomeAssistantError
import pytest

from ..common.devices import Thermostat
from ..common.home import Home
from ..common.thermostats import PRESET, SINGLE, thermostat_of, with_presets


async def night(home: Home, thermostat: Thermostat, **options: Any) -> None:
    """Start a session with this thermostat."""
    await home.add_bedroom(thermostat, **options)
    await home.turn_on()
    await home.after(minutes=1)


async def morning(home: Home) -> None:
    """Let the session end by schedule."""
    await home.jump("11-24 07:00")
    assert home.phase == "off"


async def test_the_sleep_preset_is_preferred_to_a_setback(home: Home) -> None:
    thermostat = with_presets("none", "eco", "sleep", now="none")
    await night(home, thermostat)
    assert thermostat.received == [("set_preset_mode", {"preset_mode": "sleep"})]
    await morning(home)
    assert (thermostat.preset_mode, thermostat.target_temperature) == ("none", 21.0)


async def test_the_sleep_preset_is_not_used_without_use_sleep_preset(home: Home) -> None:
    thermostat = with_presets("none", "sleep")
    await night(home, thermostat, use_sleep_preset=False)
    assert thermostat.received == [("set_temperature", {"temperature": 19.0})]


async def test_a_preset_that_was_active_is_restored_alone(home: Home) -> None:
    thermostat = with_presets("comfort", "sleep", now="comfort")
    await night(home, thermostat)
    thermostat.received.clear()
    await morning(home)
    assert thermostat.received == [("set_preset_mode", {"preset_mode": "comfort"})]


async def test_a_sleep_preset_that_was_active_before_stays(home: Home) -> None:
    thermostat = with_presets("comfort", "sleep", now="sleep")
    await night(home, thermostat)
    await morning(home)
    assert thermostat.received == []


async def test_without_a_sleep_preset_the_setpoint_is_lowered_and_the_preset_alone_restored(home: Home) -> None:
    thermostat = with_presets(
        "none",
        "comfort",
        "eco",
        now="comfort",
        preset_after_setpoint="none",
        preset_setpoints={"comfort": 21.0, "eco": 17.0},
    )
    await night(home, thermostat)
    assert thermostat.target_temperature == 19.0
    thermostat.received.clear()
    await morning(home)
    assert thermostat.received == [("set_preset_mode", {"preset_mode": "comfort"})]
    assert (thermostat.preset_mode, thermostat.target_temperature) == ("comfort", 21.0)


async def test_the_setpoint_is_restored_if_the_preset_was_not_left(home: Home) -> None:
    thermostat = with_presets("none", "eco", now="eco", target_temperature=19.0)
    await night(home, thermostat)
    assert thermostat.target_temperature == 17.0
    await morning(home)
    assert (thermostat.preset_mode, thermostat.target_temperature) == ("eco", 19.0)


class ThermostatThatCannotLeaveItsPreset(Thermostat):
    """A thermostat that loses its preset with a setpoint, but has no preset "none"."""

    @override
    async def async_set_temperature(self, **kwargs: Any) -> None:
        self._attr_preset_mode = None
        await super().async_set_temperature(**kwargs)

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        self._attr_target_temperature = 16.0
        await super().async_set_preset_mode(preset_mode)


async def test_a_thermostat_that_had_no_preset_is_restored_by_its_setpoint(home: Home) -> None:
    thermostat = ThermostatThatCannotLeaveItsPreset(
        "thermostat",
        supported_features=SINGLE | PRESET,
        preset_modes=["sleep", "away"],
        preset_mode=None,
        target_temperature=21.0,
    )
    await home.add_bedroom(thermostat)
    await home.turn_on()
    await home.after(minutes=1)
    assert thermostat.preset_mode == "sleep"
    await home.jump("11-24 07:00")
    assert home.value("climate.thermostat", "preset_mode") is None
    assert thermostat.target_temperature == 21.0


class ThermostatThatSleepsInAnotherMode(Thermostat):
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


@pytest.mark.parametrize("restarts", [False, True])
async def test_a_mode_that_came_with_the_preset_is_restored_before_the_setpoint(home: Home, *, restarts: bool) -> None:
    thermostat = ThermostatThatSleepsInAnotherMode(
        "thermostat",
        supported_features=SINGLE | PRESET,
        preset_modes=["none", "sleep"],
        preset_mode="none",
        target_temperature=21.0,
    )
    entry = await home.add_bedroom(thermostat)
    await home.turn_on()
    await home.after(minutes=5)
    if restarts:
        await home.restart(entry)
    assert thermostat.preset_mode == "sleep"
    assert home.released == []
    await morning(home)
    await home.after(seconds=30)
    assert (thermostat.preset_mode, thermostat.hvac_mode, thermostat.target_temperature) == (
        "none",
        HVACMode.HEAT,
        21.0,
    )


async def test_a_mode_reported_after_the_preset_releases_nothing(home: Home) -> None:
    thermostat = Thermostat(
        "thermostat",
        supported_features=SINGLE | PRESET,
        preset_modes=["none", "sleep"],
        preset_mode="none",
        target_temperature=21.0,
    )
    await home.add_bedroom(thermostat)
    await home.turn_on()
    await home.after(seconds=5)
    thermostat.change_locally(hvac_mode=HVACMode.AUTO, target_temperature=17.0)
    await home.after(minutes=1)
    assert home.released == []
    await home.jump("11-24 07:00")
    await home.after(seconds=30)
    assert (thermostat.preset_mode, thermostat.hvac_mode, thermostat.target_temperature) == (
        "none",
        HVACMode.HEAT,
        21.0,
    )


async def test_another_preset_chosen_at_night_is_kept(home: Home) -> None:
    thermostat = thermostat_of(
        supported_features=SINGLE | PRESET, preset_modes=["none", "eco", "sleep"], preset_mode="none"
    )
    await home.add_bedroom(thermostat)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("climate.set_preset_mode", "climate.thermostat", preset_mode="eco")
    thermostat.received.clear()
    await home.jump("11-24 07:00")
    assert thermostat.received == []


async def test_going_back_to_the_preset_of_the_day_releases_the_thermostat(home: Home) -> None:
    thermostat = thermostat_of(
        supported_features=SINGLE | PRESET, preset_modes=["comfort", "sleep"], preset_mode="comfort"
    )
    await home.add_bedroom(thermostat)
    await home.turn_on()
    await home.after(minutes=5)
    thermostat.change_locally(preset_mode="comfort")
    await home.after(minutes=5)
    assert home.released == ["climate.thermostat"]
    thermostat.received.clear()
    await home.after(hours=2)
    assert thermostat.received == []


async def test_a_mode_changed_under_the_sleep_preset_is_kept(home: Home) -> None:
    thermostat = thermostat_of(supported_features=SINGLE | PRESET, preset_modes=["none", "sleep"], preset_mode="none")
    await home.add_bedroom(thermostat)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("climate.set_hvac_mode", "climate.thermostat", hvac_mode="cool")
    thermostat.received.clear()
    await home.jump("11-24 07:00")
    await home.after(seconds=30)
    assert thermostat.received == []


async def test_a_setpoint_changed_under_the_sleep_preset_is_kept(home: Home) -> None:
    thermostat = with_presets("none", "sleep")
    await home.add_bedroom(thermostat)
    await home.turn_on()
    assert thermostat.preset_mode == "sleep"
    await home.act("climate.set_temperature", "climate.thermostat", temperature=23)
    assert home.released == ["climate.thermostat"]
    await home.turn_off()
    assert thermostat.target_temperature == 23
