"""When: over both clock changes, midnight, and whatever a plan says."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.bedtime.lifecycle import due_session, next_bedtime, next_event
from custom_components.rls_bedtime.bedtime.schedule import (
    SessionTimes,
    next_step,
    occurrence,
    progress_at,
    wake_up_after,
)
from custom_components.rls_bedtime.bedtime.session_state import SessionState

from ...common.plans import plan

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"])
TIMES = st.times().map(lambda each: each.replace(microsecond=0))


def berlin(when: str) -> datetime:
    """Return a moment in Berlin."""
    return datetime.fromisoformat(when).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("bedtime", "wake_up", "hours"),
    [
        ("2026-11-23 22:30", time(7), 8.5),
        ("2026-10-24 22:30", time(7), 9.5),
        ("2027-03-27 22:30", time(7), 7.5),
        ("2026-11-24 00:30", time(7), 6.5),
        ("2026-11-24 03:00", time(2), 23),
        ("2026-12-31 23:59", time(0), 1 / 60),
        ("2027-03-27 22:30", time(2, 30), 4),
        ("2026-10-24 22:30", time(2, 30), 4),
    ],
)
def test_a_night_ends_at_the_first_wake_up_after_bedtime(bedtime: str, wake_up: time, hours: float) -> None:
    end = wake_up_after(berlin(bedtime), wake_up, BERLIN)

    assert end.astimezone(UTC) - berlin(bedtime).astimezone(UTC) == timedelta(hours=hours)


def test_a_time_that_the_clocks_skip_is_as_much_later() -> None:
    assert occurrence(date(2027, 3, 28), time(2, 30), BERLIN).isoformat() == "2027-03-28T01:30:00+00:00"


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), ZONES, TIMES, TIMES)
def test_every_night_ends_within_a_day(moment: datetime, zone: str, bedtime: time, wake_up: time) -> None:
    now = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    coming = next_bedtime(SessionState(), plan(bedtime=bedtime.isoformat()), now)

    assert coming is not None
    assert coming.astimezone(UTC) + timedelta(minutes=30) >= now
    assert coming.astimezone(UTC) - now.astimezone(UTC) <= timedelta(hours=26)
    end = wake_up_after(coming, wake_up, now.tzinfo)
    assert timedelta() < end.astimezone(UTC) - coming.astimezone(UTC) <= timedelta(hours=26)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    ZONES,
    TIMES,
    TIMES,
    st.integers(0, 180),
    st.integers(0, 180),
)
def test_a_night_goes_forward_only(
    moment: datetime, zone: str, bedtime: time, wake_up: time, wind_down: int, curfew: int
) -> None:
    wanted = plan(bedtime=bedtime.isoformat(), wake_up=wake_up.isoformat(), wind_down=wind_down, screen_curfew=curfew)
    now = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    coming = next_bedtime(SessionState(), wanted, now)
    assert coming is not None
    times = due_session(SessionState(), wanted, coming.astimezone(now.tzinfo))
    assert times is not None

    at: datetime | None = times.begins_at
    progress, silent = -1.0, False
    while at is not None:
        here = progress_at(times, wanted, at)
        assert here.progress >= progress
        assert here.screens_off >= silent
        assert here.at_bedtime is (at >= times.bedtime_at)
        progress, silent = here.progress, here.screens_off
        after = next_step(times, wanted, at)
        assert after is None or after > at
        at = after
    assert progress == 1
    assert silent


@pytest.mark.parametrize(("bedtime", "begins_at"), [("2026-10-25 03:30", "00:45"), ("2027-03-28 03:30", "23:45")])
def test_a_wind_down_lasts_as_long_as_it_is_over_clock_changes(bedtime: str, begins_at: str) -> None:
    wanted = plan(bedtime=bedtime[-5:], wind_down=105)
    coming = next_bedtime(SessionState(), wanted, berlin(bedtime[:10] + " 00:00"))
    assert coming is not None
    times = due_session(SessionState(), wanted, coming.astimezone(BERLIN))

    assert times is not None
    assert times.bedtime_at - times.begins_at == timedelta(minutes=105)
    assert progress_at(times, wanted, times.begins_at + timedelta(minutes=21)).progress == pytest.approx(0.2)
    between = timedelta(minutes=21, seconds=59)
    assert progress_at(times, wanted, times.begins_at + between).progress == pytest.approx(0.2)
    assert times.begins_at.isoformat()[11:16] == begins_at


def test_a_fade_steps_once_a_minute_and_rests_after_bedtime() -> None:
    times = SessionTimes(
        begins_at=berlin("2026-11-23 21:45"),
        fades_at=berlin("2026-11-23 21:45"),
        bedtime_at=berlin("2026-11-23 22:30"),
        ends_at=berlin("2026-11-24 07:00"),
    )
    wanted = plan(screen_warning=0)

    assert next_step(times, wanted, berlin("2026-11-23 21:45")) == berlin("2026-11-23 21:46")
    assert next_step(times, wanted, berlin("2026-11-23 22:29:30")) == berlin("2026-11-23 22:30")
    assert next_step(times, wanted, berlin("2026-11-23 22:30")) == berlin("2026-11-24 07:00")
    assert next_step(times, wanted, berlin("2026-11-24 07:00")) is None


def test_by_day_the_next_thing_due_is_the_wind_down() -> None:
    assert next_event(SessionState(), plan(), berlin("2026-11-23 12:00")) == berlin("2026-11-23 21:45")
    assert next_event(SessionState(), plan(automatic=False), berlin("2026-11-23 12:00")) is None


def test_a_bedtime_that_had_its_night_does_not_come_again() -> None:
    state = SessionState(last_bedtime=berlin("2026-11-23 22:30"))

    assert next_bedtime(state, plan(), berlin("2026-11-23 22:40")) == berlin("2026-11-24 22:30")
