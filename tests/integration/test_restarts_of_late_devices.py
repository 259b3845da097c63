"""A restart while a device may still report late is no reason to take its reports for a person's doing."""

from datetime import timedelta

from homeassistant.components.climate import HVACMode
from homeassistant.components.cover import CoverEntityFeature as Can
import pytest

from ..common.bedroom import lamp
from ..common.devices import Cover, Device, Thermostat
from ..common.home import Home
from ..common.thermostats import thermostat_of, with_presets

PRESETS = {"sleep": 17.0, "home": 21.0}


async def seconds_pass(home: Home, seconds: int, step: int = 5) -> None:
    for _ in range(seconds // step):
        await home.after(seconds=step)


async def restart_after(home: Home, device: Device, seconds: int, *, down: int = 5) -> None:
    """Let a session begin, and Home Assistant restart so many seconds later."""
    entry = await home.add_bedroom(device)
    await home.call("start")
    await home.after(seconds=seconds)
    await home.restart(entry, down=timedelta(seconds=down))


async def get_up(home: Home) -> None:
    """Let the night end, and devices settle."""
    await home.jump("2026-11-24 07:00-08:00")
    await seconds_pass(home, 600, 20)


def sleeper(delay: int) -> Thermostat:
    """Return a thermostat that reports the setpoint of a preset late."""
    return with_presets(*PRESETS, now="home", preset_setpoints=PRESETS, preset_setpoint_delay=delay)


@pytest.mark.parametrize(("delay", "restart_at"), [(30, 20), (180, 5), (300, 100), (540, 5)])
async def test_the_setpoint_of_a_preset_may_be_reported_after_a_restart(
    home: Home, delay: int, restart_at: int
) -> None:
    """A variant of B5."""
    thermostat = sleeper(delay)
    await restart_after(home, thermostat, restart_at)
    await seconds_pass(home, delay + 10)
    assert (thermostat.preset_mode, home.released) == ("sleep", [])
    await get_up(home)
    assert (thermostat.preset_mode, thermostat.target_temperature) == ("home", 21)


async def test_the_setpoint_of_a_preset_may_change_while_the_hub_is_down(home: Home) -> None:
    """A variant of B5."""
    thermostat = sleeper(60)
    await restart_after(home, thermostat, 5, down=120)
    await seconds_pass(home, 60)
    assert (thermostat.preset_mode, thermostat.target_temperature, home.released) == ("sleep", 17, [])
    await get_up(home)
    assert (thermostat.preset_mode, thermostat.target_temperature) == ("home", 21)


@pytest.mark.parametrize(("delay", "restart_at"), [(30, 5), (180, 100), (540, 5)])
async def test_a_mode_that_left_by_our_setpoint_may_be_reported_after_a_restart(
    home: Home, delay: int, restart_at: int
) -> None:
    """A variant of B4."""
    thermostat = thermostat_of(hvac_mode=HVACMode.AUTO, auto_becomes=HVACMode.HEAT, mode_report_delay=delay)
    await restart_after(home, thermostat, restart_at)
    await seconds_pass(home, delay + 10)
    assert (thermostat.target_temperature, home.released) == (19, [])
    await get_up(home)
    await seconds_pass(home, delay + 10)
    assert (thermostat.hvac_mode, thermostat.target_temperature) == (HVACMode.AUTO, 21)


@pytest.mark.parametrize("delay", [20, 120])
async def test_the_old_setpoint_may_be_reported_once_more_after_a_restart(home: Home, delay: int) -> None:
    """A variant of B6."""
    thermostat = thermostat_of(stale_report_after=delay)
    await restart_after(home, thermostat, 5)
    await seconds_pass(home, delay + 10)
    assert (thermostat.target_temperature, home.released) == (19, [])
    await get_up(home)
    assert thermostat.target_temperature == 21


async def test_a_lamp_may_be_on_its_way_when_the_hub_is_back(home: Home) -> None:
    """A variant of B3."""
    light = lamp(ramp=((2, 0.3), (6, 0.6), (12, 0.9)), reports_target_first=True)
    await restart_after(home, light, 1, down=4)
    await seconds_pass(home, 30, 1)
    assert (light.brightness, home.released) == (13, [])
    await get_up(home)
    assert light.brightness == 200


async def test_what_a_person_sets_after_a_restart_is_theirs(home: Home) -> None:
    """The other side: a thermostat has had its time hours ago."""
    thermostat = sleeper(30)
    entry = await home.add_bedroom(thermostat)
    await home.call("start")
    await seconds_pass(home, 40)
    await home.after(hours=2)
    await home.restart(entry)
    thermostat.change_locally(target_temperature=19.0)
    await home.after(minutes=1)
    assert home.released == ["climate.thermostat"]


@pytest.mark.parametrize("seconds", [2, 15, 40])
async def test_slats_follow_a_blind_that_was_moving_when_the_hub_went_down(home: Home, seconds: int) -> None:
    """A variant of B13, on the way down and on the way back."""
    blind = Cover(
        "blind",
        supported_features=Can.OPEN | Can.CLOSE | Can.SET_POSITION | Can.CLOSE_TILT | Can.SET_TILT_POSITION,
        current_cover_position=70,
        current_cover_tilt_position=40,
        travel_time=30,
    )
    entry = await home.add_bedroom(blind)
    await home.call("start")
    await home.after(seconds=seconds)
    await home.restart(entry, down=timedelta(seconds=2))
    await seconds_pass(home, 300)
    assert (blind.current_cover_position, blind.current_cover_tilt_position, home.released) == (0, 0, [])
    await home.jump("2026-11-24 07:00-08:00")
    await home.after(seconds=seconds)
    await home.restart(entry, down=timedelta(seconds=2))
    await seconds_pass(home, 300)
    assert (blind.current_cover_position, blind.current_cover_tilt_position) == (70, 40)
