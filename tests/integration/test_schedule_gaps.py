"""A short gap in a schedule is no end of the night."""

from typing import Any

from homeassistant.components.light import ColorMode
from homeassistant.setup import async_setup_component
import pytest

from ..common.devices import Light
from ..common.home import Home


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Accept that a schedule of Home Assistant keeps its timer when Home Assistant stops."""
    return True


def blocks(*times: tuple[str, str]) -> list[dict[str, str]]:
    return [{"from": start, "to": end} for start, end in times]


async def add_schedule(home: Home, *times: tuple[str, str]) -> None:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    night: dict[str, Any] = {"name": "Night"} | {day: blocks(*times) for day in days}
    assert await async_setup_component(home.hass, "schedule", {"schedule": {"night": night}})
    await home.hass.async_block_till_done()


def lamp() -> Light:
    return Light("lamp", ColorMode.BRIGHTNESS, brightness=200)


@pytest.mark.parametrize("end", ["23:55:00", "23:58:00", "23:59:00", "23:59:59", "24:00:00"])
async def test_a_schedule_to_just_before_midnight_and_from_midnight_is_one_night(home: Home, end: str) -> None:
    """home-assistant.io issue 48271, core issue 115855 (B22)."""
    light = lamp()
    await add_schedule(home, ("22:30:00", end), ("00:00:00", "06:30:00"))
    await home.add_bedroom(light, schedule_entity="schedule.night", automatic=True, wind_down=15)
    await home.at("22:14")
    assert home.phase == "off"
    await home.at("22:31")
    assert (home.phase, light.brightness) == ("bedtime", 13)
    sent = len(light.received)
    await home.at("23:58")
    await home.at("2026-11-24 00:10-08:00")
    assert (home.phase, light.brightness, len(light.received)) == ("bedtime", 13, sent)
    await home.jump("2026-11-24 06:29-08:00")
    assert home.phase == "bedtime"
    await home.at("2026-11-24 06:31-08:00")
    assert (home.phase, light.brightness) == ("off", 200)


async def test_a_gap_in_the_middle_of_the_night_is_no_end(home: Home) -> None:
    """A variant of B22: a gap of five minutes at two."""
    light = lamp()
    await add_schedule(home, ("22:30:00", "23:59:00"), ("00:00:00", "02:00:00"), ("02:05:00", "06:30:00"))
    await home.add_bedroom(light, schedule_entity="schedule.night", automatic=True, wind_down=15)
    await home.at("22:31")
    await home.at("2026-11-24 02:10-08:00")
    assert (home.phase, light.brightness) == ("bedtime", 13)
    await home.at("2026-11-24 06:31-08:00")
    assert (home.phase, light.brightness) == ("off", 200)


async def test_a_gap_of_more_than_five_minutes_is_an_end(home: Home) -> None:
    """The other side of B22."""
    light = lamp()
    await add_schedule(home, ("21:00:00", "23:00:00"), ("23:30:00", "23:45:00"))
    await home.add_bedroom(light, schedule_entity="schedule.night", automatic=True, wind_down=0)
    await home.at("21:01")
    assert home.phase == "bedtime"
    await home.at("23:02")
    assert (home.phase, light.brightness) == ("off", 200)


async def test_a_restart_in_a_gap_is_no_end(home: Home) -> None:
    """A variant of B22: Home Assistant starts again in the gap."""
    light = lamp()
    await add_schedule(home, ("22:30:00", "23:57:00"), ("00:00:00", "06:30:00"))
    entry = await home.add_bedroom(light, schedule_entity="schedule.night", automatic=True, wind_down=15)
    await home.at("23:58")
    await home.restart(entry)
    await home.at("2026-11-24 00:10-08:00")
    assert (home.phase, light.brightness) == ("bedtime", 13)
    await home.at("2026-11-24 06:31-08:00")
    assert (home.phase, light.brightness) == ("off", 200)


async def test_a_night_ends_at_the_wake_up_time_when_its_schedule_is_removed_from_the_options(home: Home) -> None:
    """A schedule that goes on over midnight has not said its end by then."""
    light = lamp()
    await add_schedule(home, ("22:30:00", "24:00:00"), ("00:00:00", "06:30:00"))
    entry = await home.add_bedroom(light, schedule_entity="schedule.night", automatic=True, wind_down=15)
    await home.at("22:40")
    await home.unload(entry)
    await home.load(entry, schedule_entity=None)
    assert home.phase == "bedtime"
    await home.jump("2026-11-24 07:00-08:00")
    await home.after(seconds=30)
    assert (home.phase, light.brightness) == ("off", 200)
