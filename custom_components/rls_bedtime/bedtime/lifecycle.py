"""When a session begins, changes and ends: its state and its plan, read against the clock. Pure."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import State
from homeassistant.util import dt as dt_util

from .plan import Plan
from .schedule import (
    MAX_LATE_START,
    SessionTimes,
    next_step,
    occurrence,
    occurrences,
    screens_off_at,
    start_before,
    wake_up_after,
    warning_at,
)
from .session_state import Phase, SessionState

_NEXT_EVENT: Final = "next_event"
_HALF_A_DAY: Final = timedelta(hours=12)
_NOON: Final = time(12)

MAX_GAP: Final = timedelta(minutes=5)
"""A gap in a schedule up to this long is no end: blocks of a schedule end at midnight, some of them at 23:59."""


def phase_at(state: SessionState, now: datetime) -> Phase:
    """Return the phase of a bedroom."""
    if state.times is None:
        return Phase.OFF
    return Phase.BEDTIME if now >= state.times.bedtime_at else Phase.WIND_DOWN


def next_bedtime(state: SessionState, plan: Plan, now: datetime) -> datetime | None:
    """Return the next bedtime that has not had its session, and whose session can still begin by itself."""
    if plan.schedule_entity:
        bedtimes = [state.next_scheduled] if state.next_scheduled else []
    else:
        bedtimes = list(occurrences(plan.bedtime, now))
    last = state.last_bedtime if state.times is None else state.times.ends_at or state.times.bedtime_at
    for bedtime in bedtimes:
        later = bedtime + _extension_of(state, bedtime)
        if (last is None or later > last) and later + MAX_LATE_START >= now:
            return later
    return None


def scheduled_bedtime(state: SessionState, plan: Plan, night: date, zone: tzinfo) -> datetime | None:
    """Return the bedtime of a night by the schedule alone, wherever a session may have moved it; None if not known."""
    if not plan.schedule_entity:
        return occurrence(night if plan.bedtime >= _NOON else night + timedelta(days=1), plan.bedtime, zone)
    bedtime = state.next_scheduled
    if bedtime is None:
        return None
    noon = occurrence(night, _NOON, zone)
    return bedtime if noon <= bedtime < occurrence(night + timedelta(days=1), _NOON, zone) else None


def due_session(state: SessionState, plan: Plan, now: datetime) -> SessionTimes | None:
    """Return the session that should begin now by itself."""
    if not plan.automatic or (bedtime := next_bedtime(state, plan, now)) is None:
        return None
    begins_at = start_before(bedtime, plan)
    ends_at = wake_up_after(bedtime, plan.wake_up, now.tzinfo)
    if state.extension is not None and state.extension[0] + state.extension[1] == bedtime:
        ends_at = min(ends_at, _latest_end(state.extension[0], plan, now))
    times = SessionTimes(begins_at=begins_at, fades_at=bedtime - plan.wind_down, bedtime_at=bedtime, ends_at=ends_at)
    return times if now >= begins_at else None


def manual_session(now: datetime, wind_down: timedelta, plan: Plan) -> SessionTimes:
    """Return a session that is started now by hand."""
    begins_at = now.astimezone(UTC)
    bedtime_at = begins_at + wind_down
    ends_at = wake_up_after(bedtime_at, plan.wake_up, now.tzinfo)
    return SessionTimes(begins_at=begins_at, fades_at=begins_at, bedtime_at=bedtime_at, ends_at=ends_at)


def with_earlier_bedtime(state: SessionState, bedtime_at: datetime) -> SessionState:
    """Return a session whose bedtime comes earlier, if that is earlier."""
    if state.times is None or bedtime_at >= state.times.bedtime_at:
        return state
    return replace(state, times=replace(state.times, bedtime_at=bedtime_at.astimezone(UTC)))


def with_extension(state: SessionState, plan: Plan, minutes: timedelta, now: datetime) -> SessionState:
    """Return a session whose bedtime comes later, or, in bedtime, its end; with no session on, the next bedtime does.

    However often it is extended, it ends at the noon after its planned end at the latest.
    """
    if (times := state.times) is not None:
        latest = _latest_end(times.begins_at, plan, now)
        if now < times.bedtime_at:
            bedtime_at = min(times.bedtime_at + minutes, latest)
            is_past_end = times.ends_at is not None and bedtime_at >= times.ends_at
            ends_at = wake_up_after(bedtime_at, plan.wake_up, now.tzinfo) if is_past_end else times.ends_at
            ends_at = ends_at and min(ends_at, max(latest, times.ends_at or latest))
            return replace(state, times=replace(times, bedtime_at=bedtime_at, ends_at=ends_at))
        planned = times.ends_at or wake_up_after(times.bedtime_at, plan.wake_up, now.tzinfo)
        ends_at = max(planned, min(max(planned, now.astimezone(UTC)) + minutes, latest))
        return replace(state, times=replace(times, ends_at=ends_at), follows_plan=False)
    if (bedtime := next_bedtime(state, plan, now)) is None:
        return state
    original, already = state.extension or (bedtime, timedelta())
    if original + already != bedtime:
        original, already = bedtime, timedelta()
    longest = _latest_end(original, plan, now) - original
    return replace(state, extension=(original, min(already + minutes, longest)))


def without_extension(state: SessionState, before: SessionState, after: SessionState) -> SessionState | None:
    """Return a session without the extension that led from one state to another; None if it changed again since."""
    if (state.times, state.extension) != (after.times, after.extension):
        return None
    return replace(state, times=before.times, extension=before.extension, follows_plan=before.follows_plan)


def _latest_end(begins_at: datetime, plan: Plan, now: datetime) -> datetime:
    """Return the noon after the planned end of a session."""
    return wake_up_after(wake_up_after(begins_at, plan.wake_up, now.tzinfo), _NOON, now.tzinfo)


def handled_until(state: SessionState, plan: Plan, now: datetime, *, by_hand: bool) -> datetime | None:
    """Return up to which bedtime sessions are over, once this one ends.

    Ended by hand, what is due already does not begin again; ended by the clock, only its own bedtime is over.
    """
    if not by_hand:
        return state.times.bedtime_at if state.times is not None else state.last_bedtime
    coming = next_bedtime(replace(state, times=None), plan, now)
    over = [now]
    if state.last_bedtime is not None:
        over.append(state.last_bedtime)
    if state.times is not None:
        over.append(state.times.bedtime_at)
    if plan.automatic and coming is not None and start_before(coming, plan) <= now:
        over.append(coming)
    return max(over)


def with_plan_change(state: SessionState, old: Plan, new: Plan, now: datetime) -> SessionState:
    """Return a session after a change of plan: it keeps times that were changed for itself.

    A session that was ended before its bedtime is over; another bedtime is another session.
    """
    if (times := state.times) is None:
        is_ahead = new.bedtime != old.bedtime and state.last_bedtime is not None and state.last_bedtime > now
        return replace(state, last_bedtime=now.astimezone(UTC)) if is_ahead else state
    if state.follows_plan and new.schedule_entity:
        return state
    if state.follows_plan and new.bedtime != old.bedtime and now < times.bedtime_at:
        # A bedtime that has passed by now is not tomorrow's: it is bedtime.
        soonest = times.bedtime_at - _HALF_A_DAY
        bedtime_at = next(each for each in occurrences(new.bedtime, now) if each > soonest)
        times = replace(times, bedtime_at=bedtime_at, ends_at=wake_up_after(bedtime_at, new.wake_up, now.tzinfo))
    elif new.wake_up != old.wake_up and times.ends_at == wake_up_after(times.bedtime_at, old.wake_up, now.tzinfo):
        times = replace(times, ends_at=wake_up_after(times.bedtime_at, new.wake_up, now.tzinfo))
    return replace(state, times=times)


def with_schedule_state(  # noqa: PLR0911 - each return is one thing that a schedule may say
    state: SessionState, schedule: State | None, plan: Plan, now: datetime
) -> SessionState:
    """Return a session that knows what its schedule entity says: when the next one is, or when this one ends.

    A schedule that says nothing leaves the end to the plan.
    """
    times, event = state.times, _next_event(schedule)
    if event is None or schedule is None or schedule.state not in (STATE_OFF, STATE_ON):
        if times is None or times.ends_at is not None:
            return state
        return replace(state, times=replace(times, ends_at=wake_up_after(times.bedtime_at, plan.wake_up, now.tzinfo)))
    if schedule.state == STATE_OFF:
        if times is not None and _is_in_gap(schedule, now):
            return state
        if times is not None and state.next_scheduled and _has_yet_to_begin(state, times, now):
            bedtime_at = times.bedtime_at + (event - state.next_scheduled)
            times = replace(times, bedtime_at=bedtime_at, ends_at=wake_up_after(bedtime_at, plan.wake_up, now.tzinfo))
        return replace(state, next_scheduled=event, times=times)
    if times is None and state.next_scheduled is None:
        # First seen while it is on: it may not be too late to begin.
        return replace(state, next_scheduled=schedule.last_changed)
    if times is not None and state.follows_plan:
        ends_at = None if _is_end_of_day(event) else event
        return replace(state, schedule_was_on=True, times=replace(times, ends_at=ends_at))
    return state


def _has_yet_to_begin(state: SessionState, times: SessionTimes, now: datetime) -> bool:
    return state.follows_plan and not state.schedule_was_on and now < times.bedtime_at


def _is_end_of_day(event: datetime) -> bool:
    """Return whether a block ends at midnight or just before: one that goes on over midnight is two to a schedule."""
    local = dt_util.as_local(event)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return local == midnight or local >= midnight + timedelta(days=1) - MAX_GAP


def _is_in_gap(schedule: State, now: datetime) -> bool:
    """Return whether a schedule is off for so short a time that it is no end."""
    event = _next_event(schedule)
    return event is not None and event - schedule.last_changed <= MAX_GAP and now < event + MAX_GAP


def _next_event(schedule: State | None) -> datetime | None:
    event = schedule.attributes.get(_NEXT_EVENT) if schedule else None
    event = dt_util.parse_datetime(event) if isinstance(event, str) else event
    return event.astimezone(UTC) if isinstance(event, datetime) else None


def has_ended(state: SessionState, schedule: State | None, now: datetime) -> bool:
    """Return whether a session's time is over: by the schedule entity that it follows, or by the clock."""
    if state.times is None:
        return False
    follows_schedule = state.follows_plan and state.schedule_was_on
    if follows_schedule and schedule is not None and schedule.state in (STATE_OFF, STATE_ON):
        return schedule.state == STATE_OFF and not _is_in_gap(schedule, now)
    return state.times.ends_at is not None and now >= state.times.ends_at


def screens_off_soon(state: SessionState, plan: Plan, now: datetime) -> datetime | None:
    """Return when the screens go off, if that is close enough to warn of it."""
    if state.times is not None:
        bedtime: datetime | None = state.times.bedtime_at
    else:
        bedtime = next_bedtime(state, plan, now) if plan.automatic else None
    if bedtime is None or not warning_at(bedtime, plan) <= now < screens_off_at(bedtime, plan):
        return None
    return screens_off_at(bedtime, plan)


def next_event(state: SessionState, plan: Plan, now: datetime) -> datetime | None:
    """Return when the next thing is due."""
    if state.times is not None:
        return next_step(state.times, plan, now)
    if not plan.automatic or (bedtime := next_bedtime(state, plan, now)) is None:
        return None
    begins_at = start_before(bedtime, plan)
    moments = (
        begins_at,
        bedtime + MAX_LATE_START + timedelta(seconds=1),
        warning_at(bedtime, plan),
        screens_off_at(bedtime, plan),
    )
    return min((moment for moment in moments if moment > now), default=None)


def _extension_of(state: SessionState, bedtime: datetime) -> timedelta:
    return state.extension[1] if state.extension and state.extension[0] == bedtime else timedelta()
