"""A schedule helper replaces bedtime and wake-up time."""

from typing import Any

from homeassistant.setup import async_setup_component
import pytest

from ..common.bedroom import lamp
from ..common.home import ENDS_AT, NEXT_BEDTIME, Home


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Allow the timer of the schedule helper."""
    return True


async def schedule(home: Home, *blocks: tuple[str, str, str]) -> None:
    config: dict[str, Any] = {"name": "Nights"}
    for day, start, end in blocks:
        config.setdefault(day, []).append({"from": start, "to": end})
    assert await async_setup_component(home.hass, "schedule", {"schedule": {"nights": config}})
    await home.hass.async_block_till_done()


async def test_sessions_follow_the_schedule(home: Home) -> None:
    await schedule(home, ("monday", "21:00:00", "23:00:00"), ("tuesday", "21:30:00", "23:30:00"))
    light = lamp()
    await home.add_bedroom(light, automatic=True, schedule_entity="schedule.nights", wind_down=30)
    assert home.value(NEXT_BEDTIME) == "2026-11-24T05:00:00+00:00"
    await home.jump("20:30")
    assert home.phase == "wind_down"
    await home.jump("21:00")
    assert (home.phase, home.value(ENDS_AT)) == ("bedtime", "2026-11-24T07:00:00+00:00")
    await home.jump("22:59")
    assert home.phase == "bedtime"
    await home.jump("23:00")
    assert (home.phase, light.brightness) == ("off", 200)
    assert home.value(NEXT_BEDTIME) == "2026-11-25T05:30:00+00:00"


async def test_blocks_that_meet_at_midnight_are_one_session(home: Home) -> None:
    await schedule(home, ("monday", "22:00:00", "24:00:00"), ("tuesday", "00:00:00", "06:15:00"))
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights", wind_down=0)
    await home.jump("22:00")
    assert home.phase == "bedtime"
    await home.jump("11-24 00:01")
    assert (home.phase, home.value(ENDS_AT)) == ("bedtime", "2026-11-24T14:15:00+00:00")
    await home.jump("11-24 06:15")
    assert home.phase == "off"


async def test_a_session_ends_although_the_schedule_is_unavailable(home: Home) -> None:
    home.hass.states.async_set("schedule.nights", "off", {"next_event": "2026-11-23T21:00:00-08:00"})
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights", wind_down=0)
    await home.jump("21:00")
    home.hass.states.async_set("schedule.nights", "on", {"next_event": "2026-11-23T23:00:00-08:00"})
    await home.settle()
    assert (home.phase, home.value(ENDS_AT)) == ("bedtime", "2026-11-24T07:00:00+00:00")
    home.hass.states.async_set("schedule.nights", "unavailable")
    await home.settle()
    await home.jump("23:05")
    assert home.phase == "off"


async def test_a_session_that_the_schedule_begins_knows_its_end_at_once(home: Home) -> None:
    home.hass.states.async_set("schedule.nights", "off", {"next_event": "2026-11-23T21:00:00-08:00"})
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights", wind_down=0, screen_warning=0)
    home.freezer.move_to("2026-11-23 21:00-08:00")
    home.hass.states.async_set("schedule.nights", "on", {"next_event": "2026-11-23T23:00:00-08:00"})
    await home.hass.async_block_till_done()
    assert (home.phase, home.value(ENDS_AT)) == ("bedtime", "2026-11-24T07:00:00+00:00")


async def test_a_session_ends_although_the_schedule_was_removed(home: Home) -> None:
    await schedule(home, ("monday", "21:00:00", "23:00:00"))
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights", wind_down=0)
    await home.jump("21:30")
    home.hass.states.async_remove("schedule.nights")
    await home.settle()
    await home.jump("23:05")
    assert home.phase == "off"


async def test_a_session_over_midnight_ends_although_the_schedule_was_removed(home: Home) -> None:
    await schedule(home, ("monday", "22:00:00", "24:00:00"), ("tuesday", "00:00:00", "06:15:00"))
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights", wind_down=0)
    await home.jump("22:30")
    assert home.phase == "bedtime"
    home.hass.states.async_remove("schedule.nights")
    await home.settle()
    await home.jump("11-24 00:30")
    await home.jump("11-24 07:01")
    assert home.phase == "off"


async def test_a_schedule_that_has_just_turned_on_starts_a_session_when_the_bedroom_is_set_up(
    home: Home,
) -> None:
    await schedule(home, ("monday", "19:45:00", "23:00:00"))
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights")
    assert home.phase == "bedtime"


async def test_a_manual_session_ends_with_the_schedule(home: Home) -> None:
    await schedule(home, ("monday", "22:00:00", "23:00:00"))
    await home.add_bedroom(lamp(), schedule_entity="schedule.nights")
    await home.turn_on()
    await home.jump("22:30")
    assert home.phase == "bedtime"
    await home.jump("23:00")
    assert home.phase == "off"


async def test_an_edited_schedule_is_followed_during_the_wind_down(home: Home) -> None:
    await schedule(home, ("monday", "21:00:00", "23:00:00"))
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights", wind_down=30)
    await home.jump("20:45")
    assert home.phase == "wind_down"
    home.hass.states.async_set("schedule.nights", "off", {"next_event": "2026-11-23T21:30:00-08:00"})
    await home.settle()
    assert home.value(NEXT_BEDTIME) == "2026-11-24T05:30:00+00:00"
