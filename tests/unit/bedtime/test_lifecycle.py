"""When sessions begin, change and end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.core import State
from homeassistant.util import dt as dt_util
from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.bedtime.lifecycle import (
    due_session,
    handled_until,
    has_ended,
    manual_session,
    next_bedtime,
    phase_at,
    scheduled_bedtime,
    screens_off_soon,
    with_earlier_bedtime,
    with_extension,
    with_plan_change,
    with_schedule_state,
)
from custom_components.rls_bedtime.bedtime.session_state import Phase, SessionState

from ...common.plans import plan

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def _in_berlin() -> Any:
    dt_util.set_default_time_zone(BERLIN)
    yield
    dt_util.set_default_time_zone(UTC)


def at(when: str) -> datetime:
    """Return a local time of the evening of 23 November 2026, or of the next day if it is before noon."""
    day = 23 if when >= "12" else 24
    return datetime.fromisoformat(f"2026-11-{day} {when}").replace(tzinfo=BERLIN)


def session(bedtime: str = "22:30", **state: Any) -> SessionState:
    """Return a planned session of this bedtime."""
    wanted = plan(bedtime=bedtime)
    return SessionState(times=due_session(SessionState(), wanted, at(bedtime)), follows_plan=True, **state)


def schedule(value: str, event: str, since: str) -> State:
    """Return a schedule entity with its next event, in its state since then."""
    attributes = {"next_event": at(event)}
    return State("schedule.night", value, attributes, last_changed=at(since))


@pytest.mark.parametrize(
    ("now", "begins"),
    [("21:44", False), ("21:45", True), ("22:30", True), ("23:00", True), ("23:01", False)],
)
def test_a_session_begins_with_the_wind_down_and_half_an_hour_late_at_most(now: str, begins: bool) -> None:  # noqa: FBT001
    times = due_session(SessionState(), plan(), at(now))

    assert (times is not None) is begins
    if times is not None:
        assert (times.begins_at, times.bedtime_at, times.ends_at) == (at("21:45"), at("22:30"), at("07:00"))
    assert due_session(SessionState(), plan(automatic=False), at(now)) is None


def test_a_curfew_of_screens_that_is_longer_than_the_wind_down_begins_the_session() -> None:
    times = due_session(SessionState(), plan(screen_curfew=90), at("21:00"))

    assert times is not None
    assert (times.begins_at, times.fades_at) == (at("21:00"), at("21:45"))


def test_a_phase_is_read_from_the_clock() -> None:
    assert phase_at(SessionState(), at("22:00")) is Phase.OFF
    assert phase_at(session(), at("22:29")) is Phase.WIND_DOWN
    assert phase_at(session(), at("22:30")) is Phase.BEDTIME


def test_a_session_by_hand_winds_down_as_asked_and_ends_with_the_next_wake_up() -> None:
    times = manual_session(at("20:00"), timedelta(minutes=10), plan())

    assert (times.begins_at, times.bedtime_at, times.ends_at) == (at("20:00"), at("20:10"), at("07:00"))


def test_a_bedtime_only_comes_earlier_when_it_is_asked_for_again() -> None:
    state = session()

    assert with_earlier_bedtime(state, at("22:45")) == state
    assert with_earlier_bedtime(SessionState(), at("22:45")) == SessionState()
    earlier = with_earlier_bedtime(state, at("22:00")).times
    assert earlier is not None
    assert earlier.bedtime_at == at("22:00")


def test_an_extension_before_bedtime_moves_bedtime_and_in_bedtime_the_end() -> None:
    later = with_extension(session(), plan(), timedelta(minutes=30), at("22:00")).times
    longer = with_extension(session(), plan(), timedelta(minutes=30), at("06:50")).times

    assert later is not None
    assert (later.bedtime_at, later.ends_at) == (at("23:00"), at("07:00"))
    assert longer is not None
    assert (longer.bedtime_at, longer.ends_at) == (at("22:30"), at("07:30"))


def test_an_extension_with_no_session_on_moves_the_next_bedtime_alone() -> None:
    state = with_extension(SessionState(), plan(), timedelta(minutes=40), at("18:00"))
    twice = with_extension(state, plan(), timedelta(minutes=20), at("18:00"))

    assert next_bedtime(state, plan(), at("18:00")) == at("23:10")
    assert next_bedtime(twice, plan(), at("18:00")) == at("23:30")
    tomorrow = at("23:10") + timedelta(hours=2)
    assert next_bedtime(twice, plan(), tomorrow) == at("22:30") + timedelta(days=1)


@given(st.lists(st.tuples(st.integers(1, 600), st.integers(0, 300)), max_size=20))
def test_however_often_it_is_extended_a_session_ends_by_the_next_noon(steps: list[tuple[int, int]]) -> None:
    state, now = session(), at("21:45")
    for minutes, passed in steps:
        now += timedelta(minutes=passed)
        if has_ended(state, None, now):
            break
        state = with_extension(state, plan(), timedelta(minutes=minutes), now)
    assert state.times is not None
    assert state.times.ends_at is not None
    assert state.times.bedtime_at <= state.times.ends_at <= at("23:59") + timedelta(hours=12, minutes=1)
    assert has_ended(state, None, at("12:00") + timedelta(days=1))


def test_what_was_ended_by_hand_does_not_begin_again_by_itself() -> None:
    over = handled_until(session(), plan(), at("22:00"), by_hand=True)

    state = SessionState(last_bedtime=over)
    assert due_session(state, plan(), at("22:05")) is None
    assert next_bedtime(state, plan(), at("22:05")) == at("22:30") + timedelta(days=1)


def test_a_session_by_hand_in_the_afternoon_does_not_cost_the_evening() -> None:
    state = SessionState(times=manual_session(at("14:00"), timedelta(), plan()))

    over = handled_until(state, plan(), at("15:00"), by_hand=True)

    assert next_bedtime(SessionState(last_bedtime=over), plan(), at("15:00")) == at("22:30")


def test_another_bedtime_moves_a_session_that_winds_down() -> None:
    moved = with_plan_change(session(), plan(), plan(bedtime="23:15"), at("22:00")).times
    passed = with_plan_change(session(), plan(), plan(bedtime="21:50"), at("22:00")).times

    assert moved is not None
    assert moved.bedtime_at == at("23:15")
    assert passed is not None
    assert passed.bedtime_at == at("21:50")


def test_another_wake_up_time_moves_the_end_unless_that_was_changed_for_this_session() -> None:
    extended = with_extension(session(), plan(), timedelta(minutes=30), at("06:00"))

    moved = with_plan_change(session(), plan(), plan(wake_up="06:30"), at("23:30")).times
    kept = with_plan_change(extended, plan(), plan(wake_up="06:30"), at("06:10")).times

    assert moved is not None
    assert moved.ends_at == at("06:30")
    assert kept is not None
    assert kept.ends_at == at("07:30")


def test_a_schedule_entity_says_when_the_session_begins_and_ends() -> None:
    wanted = plan(schedule_entity="schedule.night")
    state = with_schedule_state(SessionState(), schedule("off", "22:00", "07:00"), wanted, at("18:00"))

    assert next_bedtime(state, wanted, at("18:00")) == at("22:00")
    begun = SessionState(times=due_session(state, wanted, at("22:00")), follows_plan=True)
    on = with_schedule_state(begun, schedule("on", "06:00", "22:00"), wanted, at("22:00"))
    assert on.times is not None
    assert on.times.ends_at == at("06:00")
    assert not has_ended(on, schedule("on", "06:00", "22:00"), at("06:30"))
    assert has_ended(on, schedule("off", "22:00", "06:00"), at("06:00"))


@pytest.mark.parametrize(("back", "ends"), [("00:03", False), ("00:05", False), ("00:06", True)])
def test_a_gap_of_a_schedule_up_to_five_minutes_is_no_end(back: str, ends: bool) -> None:  # noqa: FBT001
    on = session("22:00", schedule_was_on=True)
    now = at("00:00") + timedelta(seconds=1)

    assert has_ended(on, schedule("off", back, "00:00"), now) is ends


def test_a_schedule_that_says_nothing_leaves_the_end_to_the_plan() -> None:
    wanted = plan(schedule_entity="schedule.night")
    on = with_schedule_state(
        session("22:00"), schedule("on", "00:00", "22:00"), wanted, at("22:00")
    )  # its block ends at midnight
    assert on.times is not None
    assert on.times.ends_at is None

    silent = with_schedule_state(on, State("schedule.night", "unavailable"), wanted, at("23:00"))

    assert silent.times is not None
    assert silent.times.ends_at == at("07:00")
    assert has_ended(silent, State("schedule.night", "unavailable"), at("07:00"))


@pytest.mark.parametrize(("now", "warned"), [("22:19", False), ("22:20", True), ("22:29", True), ("22:30", False)])
def test_a_warning_is_due_ten_minutes_before_the_screens_go_off(now: str, warned: bool) -> None:  # noqa: FBT001
    assert screens_off_soon(session(), plan(), at(now)) == (at("22:30") if warned else None)
    assert screens_off_soon(SessionState(), plan(automatic=False), at(now)) is None


@pytest.mark.parametrize("bedtime", ["12:00", "22:30", "23:59", "00:00", "00:30", "11:59"])
def test_the_scheduled_bedtime_of_a_night_is_between_its_noons_whatever_moves_a_session(bedtime: str) -> None:
    moved = SessionState(extension=(at(bedtime), timedelta(minutes=30)), last_bedtime=at(bedtime))
    assert scheduled_bedtime(moved, plan(bedtime=bedtime), date(2026, 11, 23), BERLIN) == at(bedtime)


@pytest.mark.parametrize("event", ["12:00", "23:15", "07:00", "11:59"])
def test_a_schedule_entity_says_when_the_bedtime_of_a_night_is(event: str) -> None:
    state = SessionState(next_scheduled=at(event))
    wanted = plan(schedule_entity="schedule.night")
    assert scheduled_bedtime(state, wanted, date(2026, 11, 23), BERLIN) == at(event)
    assert scheduled_bedtime(state, wanted, date(2026, 11, 22), BERLIN) is None
    assert scheduled_bedtime(SessionState(), wanted, date(2026, 11, 23), BERLIN) is None
