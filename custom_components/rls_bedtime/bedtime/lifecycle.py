"""When a session begins, changes and ends: its record and its plan, read against the clock. Pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from homeassistant.const import STATE_OFF, STATE_ON
from homeassistant.core import State
from homeassistant.util import dt as dt_util

from .plan import Plan
from .schedule import (
    MAX_LATE_START,
    SessionTimes,
    next_step,
    occurrences,
    screens_off_at,
    start_before,
    wake_up_after,
    warning_at,
)
from .session_state import Phase, SessionState

_NEXT_EVENT: Final = "next_event"
_HALF_A_DAY: Final = timedelta(hours=12)
_MIDNIGHT: Final = (0, 0)


def phase_at(record: SessionState, now: datetime) -> Phase:
    """Return where the night is."""
    if record.times is None:
        return Phase.OFF
    return Phase.BEDTIME if now >= record.times.bedtime_at else Phase.WIND_DOWN


def next_bedtime(record: SessionState, plan: Plan, now: datetime) -> datetime | None:
    """Return the next bedtime that has not had its night, and whose night can still begin by itself."""
    if plan.schedule_entity:
        bedtimes = [record.next_scheduled] if record.next_scheduled else []
    else:
        bedtimes = list(occurrences(plan.bedtime, now))
    last = record.last_bedtime if record.times is None else record.times.ends_at or record.times.bedtime_at
    for bedtime in bedtimes:
        later = bedtime + _extension_of(record, bedtime)
        if (last is None or later > last) and later + MAX_LATE_START >= now:
            return later
    return None


def due_session(record: SessionState, plan: Plan, now: datetime) -> SessionTimes | None:
    """Return the night that should begin now by itself."""
    if not plan.automatic or (bedtime := next_bedtime(record, plan, now)) is None:
        return None
    begins_at = start_before(bedtime, plan)
    ends_at = wake_up_after(bedtime, plan.wake_up, now.tzinfo)
    night = SessionTimes(begins_at=begins_at, fades_at=bedtime - plan.wind_down, bedtime_at=bedtime, ends_at=ends_at)
    return night if now >= begins_at else None


def manual_session(now: datetime, wind_down: timedelta, plan: Plan) -> SessionTimes:
    """Return a night that begins now, by hand."""
    begins_at = now.astimezone(UTC)
    bedtime_at = begins_at + wind_down
    ends_at = wake_up_after(bedtime_at, plan.wake_up, now.tzinfo)
    return SessionTimes(begins_at=begins_at, fades_at=begins_at, bedtime_at=bedtime_at, ends_at=ends_at)


def with_earlier_bedtime(record: SessionState, bedtime_at: datetime) -> SessionState:
    """Return a session whose bedtime comes sooner, if that is sooner."""
    if record.times is None or bedtime_at >= record.times.bedtime_at:
        return record
    return replace(record, times=replace(record.times, bedtime_at=bedtime_at.astimezone(UTC)))


def with_extension(record: SessionState, plan: Plan, minutes: timedelta, now: datetime) -> SessionState:
    """Return a session whose bedtime comes later, or its end, in bedtime; with no session on, the next bedtime does."""
    if (night := record.times) is not None:
        if now < night.bedtime_at:
            bedtime_at = night.bedtime_at + minutes
            is_past_end = night.ends_at is not None and bedtime_at >= night.ends_at
            ends_at = wake_up_after(bedtime_at, plan.wake_up, now.tzinfo) if is_past_end else night.ends_at
            return replace(record, times=replace(night, bedtime_at=bedtime_at, ends_at=ends_at))
        ends_at = night.ends_at or wake_up_after(night.bedtime_at, plan.wake_up, now.tzinfo)
        return replace(
            record, times=replace(night, ends_at=max(ends_at, now.astimezone(UTC)) + minutes), follows_plan=False
        )
    if (bedtime := next_bedtime(record, plan, now)) is None:
        return record
    original, already = record.extension or (bedtime, timedelta())
    if original + already != bedtime:
        original, already = bedtime, timedelta()
    return replace(record, extension=(original, already + minutes))


def handled_until(record: SessionState, plan: Plan, now: datetime, *, by_hand: bool) -> datetime | None:
    """Return up to which bedtime the nights are over, once this one ends.

    Ended by hand, what is due already does not begin again; ended by the clock, only its own bedtime has been.
    """
    if not by_hand:
        return record.times.bedtime_at if record.times is not None else record.last_bedtime
    coming = next_bedtime(replace(record, times=None), plan, now)
    over = [now]
    if record.last_bedtime is not None:
        over.append(record.last_bedtime)
    if record.times is not None:
        over.append(record.times.bedtime_at)
    if plan.automatic and coming is not None and start_before(coming, plan) <= now:
        over.append(coming)
    return max(over)


def with_plan_change(record: SessionState, old: Plan, new: Plan, now: datetime) -> SessionState:
    """Return a session that keeps to times which were changed meanwhile.

    A night that was ended before its bedtime is over; another bedtime is another night.
    """
    if (night := record.times) is None:
        is_ahead = new.bedtime != old.bedtime and record.last_bedtime is not None and record.last_bedtime > now
        return replace(record, last_bedtime=now.astimezone(UTC)) if is_ahead else record
    if record.follows_plan and new.schedule_entity:
        return record
    if record.follows_plan and new.bedtime != old.bedtime and now < night.bedtime_at:
        # A bedtime that has passed by now is not tomorrow's: it is bedtime.
        soonest = night.bedtime_at - _HALF_A_DAY
        bedtime_at = next(each for each in occurrences(new.bedtime, now) if each > soonest)
        night = replace(night, bedtime_at=bedtime_at, ends_at=wake_up_after(bedtime_at, new.wake_up, now.tzinfo))
    elif new.wake_up != old.wake_up and night.ends_at == wake_up_after(night.bedtime_at, old.wake_up, now.tzinfo):
        night = replace(night, ends_at=wake_up_after(night.bedtime_at, new.wake_up, now.tzinfo))
    return replace(record, times=night)


def with_schedule_state(record: SessionState, state: State | None, plan: Plan, now: datetime) -> SessionState:
    """Return what a schedule entity tells: when the next night is, or when this one ends.

    One that tells nothing leaves the end to the plan.
    """
    night, event = record.times, _next_event(state)
    if event is None or state is None or state.state not in (STATE_OFF, STATE_ON):
        if night is None or night.ends_at is not None:
            return record
        return replace(record, times=replace(night, ends_at=wake_up_after(night.bedtime_at, plan.wake_up, now.tzinfo)))
    if state.state == STATE_OFF:
        if (
            night is not None
            and record.follows_plan
            and not record.schedule_was_on
            and record.next_scheduled
            and now < night.bedtime_at
        ):
            bedtime_at = night.bedtime_at + (event - record.next_scheduled)
            night = replace(night, bedtime_at=bedtime_at, ends_at=wake_up_after(bedtime_at, plan.wake_up, now.tzinfo))
        return replace(record, next_scheduled=event, times=night)
    if night is None and record.next_scheduled is None:
        # First seen while it is on: it may not be too late to begin.
        return replace(record, next_scheduled=state.last_changed)
    if night is not None and record.follows_plan:
        # A block that goes on over midnight is two blocks to the schedule, and midnight is no end.
        at = dt_util.as_local(event)
        ends_at = None if (at.hour, at.minute) == _MIDNIGHT else event
        return replace(record, schedule_was_on=True, times=replace(night, ends_at=ends_at))
    return record


def _next_event(state: State | None) -> datetime | None:
    event = state.attributes.get(_NEXT_EVENT) if state else None
    event = dt_util.parse_datetime(event) if isinstance(event, str) else event
    return event.astimezone(UTC) if isinstance(event, datetime) else None


def has_ended(record: SessionState, schedule: State | None, now: datetime) -> bool:
    """Return whether a session's time is over: by the schedule entity that it follows, or by the clock."""
    if record.times is None:
        return False
    if (
        record.follows_plan
        and record.schedule_was_on
        and schedule is not None
        and schedule.state in (STATE_OFF, STATE_ON)
    ):
        return schedule.state == STATE_OFF
    return record.times.ends_at is not None and now >= record.times.ends_at


def screens_off_soon(record: SessionState, plan: Plan, now: datetime) -> datetime | None:
    """Return when the screens go quiet, if that is close enough to say so."""
    if record.times is not None:
        bedtime: datetime | None = record.times.bedtime_at
    else:
        bedtime = next_bedtime(record, plan, now) if plan.automatic else None
    if bedtime is None or not warning_at(bedtime, plan) <= now < screens_off_at(bedtime, plan):
        return None
    return screens_off_at(bedtime, plan)


def next_event(record: SessionState, plan: Plan, now: datetime) -> datetime | None:
    """Return when the next thing is due."""
    if record.times is not None:
        return next_step(record.times, plan, now)
    if not plan.automatic or (bedtime := next_bedtime(record, plan, now)) is None:
        return None
    begins_at = start_before(bedtime, plan)
    moments = (
        begins_at,
        bedtime + MAX_LATE_START + timedelta(seconds=1),
        warning_at(bedtime, plan),
        screens_off_at(bedtime, plan),
    )
    return min((moment for moment in moments if moment > now), default=None)


def _extension_of(record: SessionState, bedtime: datetime) -> timedelta:
    return record.extension[1] if record.extension and record.extension[0] == bedtime else timedelta()
