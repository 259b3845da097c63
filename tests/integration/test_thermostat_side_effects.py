"""What a thermostat changes by itself along with our command is nobody's doing, and is put back in the morning."""

from typing import Any

from homeassistant.components.climate import ClimateEntityFeature, HVACMode
import pytest

from ..common.devices import Thermostat
from ..common.home import Home

PROBLEM = "binary_sensor.bedroom_problem"
SINGLE = ClimateEntityFeature.TARGET_TEMPERATURE
PRESET = ClimateEntityFeature.PRESET_MODE
RANGE = ClimateEntityFeature.TARGET_TEMPERATURE_RANGE


def stove(**attributes: Any) -> Thermostat:
    return Thermostat("stove", **{"target_temperature": 21.0, **attributes})


def released(home: Home) -> Any:
    return home.value(PROBLEM, "released")


async def get_up(home: Home) -> None:
    await home.jump("2026-11-24 07:00-08:00")
    for _ in range(60):
        await home.after(seconds=5)
    await home.after(minutes=20)


@pytest.mark.parametrize("delay", [0, 3, 30, 120])
async def test_a_mode_that_left_by_our_setpoint_is_back_in_the_morning(home: Home, delay: int) -> None:
    """Core issues 135997 and 45748 (B4)."""
    thermostat = stove(hvac_mode=HVACMode.AUTO, auto_becomes=HVACMode.HEAT, mode_report_delay=delay)
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(seconds=max(1, delay))
    await home.after(hours=1)
    assert (thermostat.hvac_mode, thermostat.target_temperature) == (HVACMode.HEAT, 19)
    assert (released(home), home.value(PROBLEM)) == ([], "off")
    await get_up(home)
    assert (thermostat.hvac_mode, thermostat.target_temperature) == (HVACMode.AUTO, 21)
    assert thermostat.actions == ["set_temperature", "set_temperature", "set_hvac_mode"]


@pytest.mark.parametrize("delay", [3, 30])
async def test_a_mode_that_left_by_our_setpoint_is_back_after_an_undo(home: Home, delay: int) -> None:
    """A variant of B4: stopped before the mode is reported."""
    thermostat = stove(hvac_mode=HVACMode.AUTO, auto_becomes=HVACMode.HEAT, mode_report_delay=delay)
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(seconds=1)
    await home.call("stop")
    for _ in range(delay + 5):
        await home.after(seconds=1)
    await home.after(minutes=20)
    assert (thermostat.hvac_mode, thermostat.target_temperature) == (HVACMode.AUTO, 21)


async def test_a_mode_that_a_person_chooses_at_night_is_theirs(home: Home) -> None:
    """The other side of B4."""
    thermostat = stove(hvac_mode=HVACMode.AUTO)
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(minutes=1)
    await home.act("climate.set_hvac_mode", "climate.stove", hvac_mode="heat")
    await get_up(home)
    assert (thermostat.hvac_mode, thermostat.target_temperature) == (HVACMode.HEAT, 19)


@pytest.mark.parametrize("setpoint", [21.0, 22.5, 26.0])
async def test_a_preset_that_left_by_our_setpoint_is_back_in_the_morning_alone(home: Home, setpoint: float) -> None:
    """A variant of B4: a setpoint puts the thermostat into `manual`, late, and the schedule goes on elsewhere."""
    thermostat = stove(
        supported_features=SINGLE | PRESET,
        preset_modes=["schedule", "manual"],
        preset_mode="schedule",
        preset_after_setpoint="manual",
        preset_setpoints={"schedule": setpoint},
        report_delay=30,
    )
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(seconds=30)
    await home.after(hours=1)
    assert (thermostat.preset_mode, thermostat.target_temperature, released(home)) == ("manual", 19, [])
    await get_up(home)
    assert (thermostat.preset_mode, thermostat.target_temperature) == ("schedule", setpoint)
    assert thermostat.actions == ["set_temperature", "set_preset_mode"]


@pytest.mark.parametrize("setpoint", [20.0, 21.0, 23.0])
async def test_a_preset_of_the_day_may_have_another_setpoint_in_the_morning(home: Home, setpoint: float) -> None:
    """A variant of B5: the preset is restored alone, whatever it stands for by then."""
    thermostat = stove(
        supported_features=SINGLE | PRESET,
        preset_modes=["schedule", "sleep"],
        preset_mode="schedule",
        preset_setpoints={"schedule": setpoint, "sleep": 17.0},
        preset_setpoint_delay=30,
    )
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(seconds=30)
    await home.after(hours=1)
    await get_up(home)
    assert (thermostat.preset_mode, thermostat.target_temperature) == ("schedule", setpoint)
    assert thermostat.actions == ["set_preset_mode", "set_preset_mode"]


@pytest.mark.parametrize("preset", ["away", "eco", "Eco", "vacation"])
async def test_a_preset_that_is_cooler_than_sleep_stays(home: Home, preset: str) -> None:
    """generic_thermostat (B20): bedtime never makes a room warmer."""
    thermostat = stove(
        supported_features=SINGLE | PRESET,
        preset_modes=[preset, "sleep"],
        preset_mode=preset,
        target_temperature=15.0,
        preset_setpoints={"sleep": 18.0, preset: 15.0},
    )
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(hours=1)
    assert (thermostat.preset_mode, thermostat.target_temperature) == (preset, 15)
    await get_up(home)
    assert (thermostat.received, home.value(PROBLEM)) == ([], "off")


@pytest.mark.parametrize("delay", [0, 45])
@pytest.mark.parametrize("preset", ["none", "comfort", "frugal"])
async def test_a_sleep_preset_that_turns_out_warmer_does_not_stay(home: Home, preset: str, delay: int) -> None:
    """A variant of B20: the setpoint was lower than that of the sleep preset already."""
    thermostat = stove(
        supported_features=SINGLE | PRESET,
        preset_modes=[preset, "sleep"],
        preset_mode=preset,
        target_temperature=16.0,
        preset_setpoints={"sleep": 18.0, preset: 16.0},
        preset_setpoint_delay=delay,
    )
    await home.add_bedroom(thermostat)
    await home.call("start")
    for _ in range(60):
        await home.after(seconds=15)
    assert home.value("climate.stove", "temperature") <= 16
    assert released(home) == []
    await get_up(home)
    assert (thermostat.preset_mode, thermostat.target_temperature) == (preset, 16)


async def test_a_room_that_is_cooled_gets_no_hotter_than_it_was(home: Home) -> None:
    """A variant of B20 with cooling: a setback lowers the setpoint, and the `away` preset is hotter than sleep."""
    thermostat = stove(hvac_mode=HVACMode.COOL, target_temperature=24.0)
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(hours=1)
    assert home.value("climate.stove", "temperature") <= 24
    await get_up(home)
    assert thermostat.target_temperature == 24


@pytest.mark.parametrize("times", [1, 3])
async def test_an_open_window_releases_nothing(home: Home, times: int) -> None:
    """better_thermostat issue 1234 (B21)."""
    thermostat = stove()
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(hours=1)
    for _ in range(times):
        thermostat.open_window()
        await home.after(minutes=15)
        assert (released(home), home.value(PROBLEM)) == ([], "off")
        thermostat.close_window()
        await home.after(minutes=15)
    assert (thermostat.target_temperature, released(home)) == (19, [])
    await get_up(home)
    assert thermostat.target_temperature == 21


async def test_a_window_that_is_open_when_the_night_ends_delays_the_setpoint(home: Home) -> None:
    """A variant of B21: closed an hour after the night."""
    thermostat = stove()
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.jump("2026-11-24 06:30-08:00")
    thermostat.open_window()
    await home.settle()
    await get_up(home)
    await home.after(hours=1)
    thermostat.close_window()
    await home.after(minutes=15)
    assert (thermostat.hvac_mode, thermostat.target_temperature) == (HVACMode.HEAT, 21)


async def test_a_window_that_is_open_between_two_sessions_loses_no_setpoint(home: Home) -> None:
    """A variant of B21: the setpoint is that of the first session when the second one begins."""
    thermostat = stove()
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(hours=1)
    thermostat.open_window()
    await home.settle()
    await home.call("stop")
    await home.call("start")
    thermostat.close_window()
    await home.after(minutes=15)
    assert (thermostat.target_temperature, released(home)) == (19, [])
    await home.call("stop")
    await home.settle()
    assert (thermostat.hvac_mode, thermostat.target_temperature) == (HVACMode.HEAT, 21)


@pytest.mark.parametrize("wind_down", [0, 5])
async def test_a_window_that_is_open_at_bedtime_delays_the_setback(home: Home, wind_down: int) -> None:
    """A variant of B21: the window is open when bedtime comes."""
    thermostat = stove()
    await home.add_bedroom(thermostat)
    thermostat.open_window()
    await home.settle()
    await home.call("start", wind_down=wind_down)
    for _ in range(wind_down + 10):
        await home.after(minutes=1)
    assert (thermostat.received, home.value(PROBLEM)) == ([], "off")
    thermostat.close_window()
    await home.after(minutes=15)
    assert thermostat.target_temperature in (19, 21)
    await get_up(home)
    assert thermostat.target_temperature == 21


@pytest.mark.parametrize("minutes", [1, 9])
async def test_what_its_own_schedule_changes_before_our_first_command_is_what_it_gets_back(
    home: Home, minutes: int
) -> None:
    """B27: captured when first commanded, not before."""
    thermostat = stove()
    await home.add_bedroom(thermostat)
    await home.call("start", wind_down=10)
    thermostat.change_later(60 * minutes, target_temperature=20.0)
    for _ in range(15):
        await home.after(minutes=1)
    assert (thermostat.target_temperature, released(home)) == (18, [])
    await get_up(home)
    assert thermostat.target_temperature == 20


async def test_what_its_own_schedule_changes_while_there_was_nothing_to_do_is_what_it_gets_back(home: Home) -> None:
    """A variant of B27: at bedtime it was as low as it can be, so that nothing was sent."""
    thermostat = stove(target_temperature=7.0)
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(minutes=30)
    thermostat.change_locally(target_temperature=20.0)
    await home.after(minutes=30)
    assert (thermostat.target_temperature, released(home)) == (18, [])
    await get_up(home)
    assert thermostat.target_temperature == 20


@pytest.mark.parametrize("preset", ["asleep", "Sleep", "night", "NIGHT", "sleep", "Night", "sleep_"])
async def test_the_sleep_preset_is_known_in_any_spelling(home: Home, preset: str) -> None:
    """plugwise, nexia (B31)."""
    thermostat = stove(supported_features=SINGLE | PRESET, preset_modes=["home", "away", preset], preset_mode="home")
    await home.add_bedroom(thermostat)
    await home.call("start")
    assert thermostat.received == [("set_preset_mode", {"preset_mode": preset})]
    await get_up(home)
    assert (thermostat.preset_mode, len(thermostat.received)) == ("home", 2)


@pytest.mark.parametrize("preset", ["boost", "Boost", "BOOST"])
@pytest.mark.parametrize("sleeps", [True, False])
async def test_a_boost_is_not_given_back_in_the_morning(home: Home, preset: str, *, sleeps: bool) -> None:
    """B32: the plain setpoint is."""
    thermostat = stove(
        supported_features=SINGLE | PRESET,
        preset_modes=["none", preset, *(["sleep"] if sleeps else [])],
        preset_mode=preset,
        target_temperature=21.0,
        preset_setpoints={"sleep": 17.0},
    )
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(hours=1)
    await get_up(home)
    assert thermostat.preset_mode != preset
    assert thermostat.target_temperature == 21


async def test_both_ends_of_a_range_are_lowered_and_restored_together(home: Home) -> None:
    """A variant of B4 on a range that becomes `heat_cool` from `auto`."""
    thermostat = Thermostat(
        "stove",
        supported_features=RANGE,
        target_temperature_low=19.0,
        target_temperature_high=24.0,
        hvac_mode=HVACMode.AUTO,
        auto_becomes=HVACMode.HEAT_COOL,
        mode_report_delay=3,
    )
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(seconds=3)
    await home.after(hours=1)
    assert (thermostat.target_temperature_low, thermostat.target_temperature_high, released(home)) == (17, 22, [])
    await get_up(home)
    assert (thermostat.target_temperature_low, thermostat.target_temperature_high) == (19, 24)
    assert thermostat.hvac_mode == HVACMode.AUTO


@pytest.mark.parametrize("delay", [0, 30])
@pytest.mark.parametrize("hours", [0, 8])
async def test_a_thermostat_that_holds_any_setpoint_holds_none_in_the_morning(
    home: Home, delay: int, hours: int
) -> None:
    thermostat = stove(
        supported_features=SINGLE | PRESET,
        preset_mode="none",
        preset_modes=["none", "hold"],
        preset_after_setpoint="hold",
        report_delay=delay,
    )
    await home.add_bedroom(thermostat)
    await home.call("start")
    for _ in range(60):
        await home.after(seconds=1)
    await home.after(hours=hours)
    assert (thermostat.preset_mode, thermostat.target_temperature, released(home)) == ("hold", 19, [])
    await home.call("stop")
    for _ in range(60):
        await home.after(seconds=20)
    assert (thermostat.preset_mode, thermostat.target_temperature) == ("none", 21)
    assert thermostat.actions == ["set_temperature", "set_temperature", "set_preset_mode"]


async def test_a_hold_that_ended_during_the_night_is_not_left_behind_by_the_restore(home: Home) -> None:
    thermostat = stove(
        supported_features=SINGLE | PRESET,
        preset_mode="none",
        preset_modes=["none", "hold"],
        preset_after_setpoint="hold",
    )
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(hours=1)
    thermostat.change_locally(preset_mode="none")
    await home.after(hours=1)
    await home.call("stop")
    for _ in range(60):
        await home.after(seconds=20)
    assert (thermostat.preset_mode, thermostat.target_temperature) == ("none", 21)


@pytest.mark.parametrize("mode", [HVACMode.HEAT, HVACMode.HEAT_COOL, HVACMode.AUTO])
@pytest.mark.parametrize("delay", [0, 40])
async def test_a_preset_whose_setpoint_is_never_reported_is_given_back_alone(
    home: Home, mode: HVACMode, delay: int
) -> None:
    """A setpoint after the preset would end it once more."""
    thermostat = stove(
        hvac_mode=mode,
        supported_features=SINGLE | PRESET,
        preset_modes=["none", "home"],
        preset_mode="home",
        preset_after_setpoint="none",
        report_delay=delay,
    )
    await home.add_bedroom(thermostat)
    await home.call("start")
    for _ in range(12):
        await home.after(seconds=5)
    await home.after(hours=1)
    await get_up(home)
    assert thermostat.actions == ["set_temperature", "set_preset_mode"]
    assert thermostat.preset_mode == "home"
