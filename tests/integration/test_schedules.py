"""Sessions start at bedtime and end at the wake-up time."""

import pytest

from ..common.bedroom import Bedroom, lamp
from ..common.home import ENDS_AT, NEXT_BEDTIME, Home


async def test_a_session_starts_and_ends_by_schedule(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    assert home.value(NEXT_BEDTIME) == "2026-11-24T06:30:00+00:00"
    await home.jump("21:44")
    assert home.phase == "off"
    await home.jump("21:45")
    assert (home.phase, home.value(ENDS_AT)) == ("wind_down", "2026-11-24T15:00:00+00:00")
    await home.jump("22:29")
    assert home.phase == "wind_down"
    await home.jump("22:30")
    assert (home.phase, light.brightness) == ("bedtime", 13)
    assert home.value(NEXT_BEDTIME) == "2026-11-25T06:30:00+00:00"
    await home.jump("11-24 06:59")
    assert home.phase == "bedtime"
    await home.jump("11-24 07:00")
    assert (home.phase, home.value(ENDS_AT), light.brightness) == ("off", "unknown", 200)


async def test_a_manual_session_ends_at_the_wake_up_time(home: Home) -> None:
    await home.add_bedroom(lamp())
    await home.turn_on()
    assert home.value(ENDS_AT) == "2026-11-24T15:00:00+00:00"
    assert home.value(NEXT_BEDTIME) == "unknown"


async def test_the_wake_up_time_can_be_moved_during_a_manual_session(home: Home) -> None:
    await home.add_bedroom(lamp())
    await home.turn_on()
    await home.after(hours=4)
    await home.act("time.set_value", "time.bedroom_wake_up", time="08:30:00")
    assert home.value(ENDS_AT) == "2026-11-24T16:30:00+00:00"


async def test_the_wake_up_time_can_be_moved_during_a_scheduled_session(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.jump("22:30")
    await home.act("time.set_value", "time.bedroom_wake_up", time="08:30:00")
    assert home.value(ENDS_AT) == "2026-11-24T16:30:00+00:00"
    assert home.value("time.bedroom_wake_up") == "08:30:00"


async def test_the_wind_down_can_be_changed_before_it_starts(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.act("number.set_value", "number.bedroom_wind_down", value=90)
    await home.jump("21:00")
    assert home.phase == "wind_down"


async def test_bedtime_can_be_changed_before_the_wind_down(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.act("time.set_value", "time.bedroom_bedtime", time="23:15:00")
    assert home.value(NEXT_BEDTIME) == "2026-11-24T07:15:00+00:00"
    await home.jump("22:29")
    assert home.phase == "off"
    await home.jump("22:30")
    assert home.phase == "wind_down"


async def test_bedtime_can_be_changed_during_the_wind_down(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    await home.jump("22:00")
    before = home.value("light.lamp", "brightness")
    await home.act("time.set_value", "time.bedroom_bedtime", time="23:00:00")
    assert home.value(NEXT_BEDTIME) == "2026-11-24T07:00:00+00:00"
    assert home.value("light.lamp", "brightness") <= before
    await home.jump("22:45")
    assert home.phase == "wind_down"
    await home.jump("23:00")
    assert (home.phase, light.brightness) == ("bedtime", 13)


async def test_a_session_starts_late_when_automatic_bedtime_is_turned_on_after_bedtime(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.act("switch.turn_off", "switch.bedroom_automatic_bedtime")
    assert home.value(NEXT_BEDTIME) == "unknown"
    await home.jump("22:40")
    assert home.phase == "off"
    await home.act("switch.turn_on", "switch.bedroom_automatic_bedtime")
    assert home.phase == "bedtime"


async def test_a_bedtime_missed_by_more_than_half_an_hour_is_not_made_up_for(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=False)
    await home.jump("23:01")
    await home.act("switch.turn_on", "switch.bedroom_automatic_bedtime")
    assert (home.phase, home.value(NEXT_BEDTIME)) == ("off", "2026-11-25T06:30:00+00:00")


async def test_a_bedtime_after_midnight(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True, bedtime="00:20:00")
    assert home.value(NEXT_BEDTIME) == "2026-11-24T08:20:00+00:00"
    await home.jump("23:35")
    assert home.phase == "wind_down"
    await home.jump("11-24 00:20")
    assert (home.phase, home.value(ENDS_AT)) == ("bedtime", "2026-11-24T15:00:00+00:00")


async def test_a_session_of_one_hour_in_the_evening(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True, bedtime="21:00:00", wake_up="22:00:00", wind_down=0)
    await home.jump("21:00")
    assert (home.phase, home.value(ENDS_AT)) == ("bedtime", "2026-11-24T06:00:00+00:00")
    await home.jump("22:00")
    assert home.phase == "off"
    assert home.value(NEXT_BEDTIME) == "2026-11-25T05:00:00+00:00"


@pytest.mark.parametrize(("started_at", "stopped_at"), [("21:45", "22:00"), ("22:30", "22:35")])
async def test_a_stopped_session_does_not_start_again_by_schedule(
    home: Home, bedroom: Bedroom, started_at: str, stopped_at: str
) -> None:
    await home.load_bedroom(automatic=True, wind_down=45 if started_at == "21:45" else 0)
    await home.jump(started_at)
    await home.jump(stopped_at)
    await home.turn_off()
    assert (home.phase, home.value(NEXT_BEDTIME)) == ("off", "2026-11-25T06:30:00+00:00")
    await home.after(minutes=1)
    await home.jump("23:40")
    assert home.phase == "off"


@pytest.mark.parametrize("bedtime", ["22:10", "23:15"])
async def test_another_bedtime_after_a_stop_starts_another_session(home: Home, bedroom: Bedroom, bedtime: str) -> None:
    await home.load_bedroom(automatic=True)
    await home.jump("21:50")
    await home.turn_off()
    assert home.value(NEXT_BEDTIME) == "2026-11-25T06:30:00+00:00"
    await home.act("number.set_value", "number.bedroom_wind_down", value=5)
    await home.act("time.set_value", "time.bedroom_bedtime", time=f"{bedtime}:00")
    assert home.phase == "off"
    assert home.value(NEXT_BEDTIME) == f"2026-11-24T{int(bedtime[:2]) - 16:02}:{bedtime[3:]}:00+00:00"
    await home.jump(bedtime)
    assert home.phase == "bedtime"


async def test_a_manual_session_in_the_evening_replaces_the_scheduled_one(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.turn_on()
    await home.jump("22:35")
    assert home.phase == "bedtime"
    await home.turn_off()
    await home.after(minutes=3)
    assert home.phase == "off"


async def test_bedtime_in_the_hour_that_the_clocks_skip(home: Home) -> None:
    await home.jump("2026-03-07 20:00-08:00")
    await home.add_bedroom(lamp(), automatic=True, bedtime="02:30:00", wind_down=30, wake_up="07:00:00")
    assert home.value(NEXT_BEDTIME) == "2026-03-08T10:30:00+00:00"
    await home.jump("2026-03-08 09:59:00Z")
    assert home.phase == "off"
    await home.jump("2026-03-08 10:00:00Z")
    assert home.phase == "wind_down"
    await home.jump("2026-03-08 10:30:00Z")
    assert (home.phase, home.value(ENDS_AT)) == ("bedtime", "2026-03-08T14:00:00+00:00")


async def test_a_wake_up_time_in_the_hour_that_the_clocks_repeat(home: Home) -> None:
    await home.jump("2026-10-31 20:00-07:00")
    light = lamp()
    await home.add_bedroom(light, automatic=True, bedtime="01:30:00", wind_down=45, wake_up="01:45:00")
    await home.jump("2026-11-01 08:30:00Z")
    assert (home.phase, home.value(ENDS_AT)) == ("bedtime", "2026-11-01T08:45:00+00:00")
    await home.jump("2026-11-01 08:45:00Z")
    assert home.phase == "off"
    await home.jump("2026-11-01 09:30:00Z")
    assert home.phase == "off"


async def test_a_session_by_day_for_a_night_shift(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True, bedtime="08:00:00", wake_up="15:30:00", wind_down=20)
    assert home.value("sensor.bedroom_next_bedtime") == "2026-11-24T16:00:00+00:00"
    await home.jump("11-24 07:40")
    assert home.phase == "wind_down"
    await home.jump("11-24 08:00")
    assert (home.phase, home.value("sensor.bedroom_ends_at")) == ("bedtime", "2026-11-24T23:30:00+00:00")
    await home.jump("11-24 15:30")
    assert (home.phase, light.brightness) == ("off", 200)
