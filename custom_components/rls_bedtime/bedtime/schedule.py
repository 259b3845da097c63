"""The times of a session, and how far it is. Pure: local times in, UTC out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from .command import NightProgress
from .plan import Plan

MAX_LATE_START: Final = timedelta(minutes=30)
"""How long after bedtime a session still begins that was missed, because the hub was down or nobody was home."""

FADE_STEP: Final = timedelta(minutes=1)
"""Many bulbs ignore long transitions, so a fade is a step a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTimes:
    """The times of a session, in UTC: when it begins and the lights begin to fade, when bedtime is, when it ends.

    The end is None while the schedule entity does not say it.
    """

    begins_at: datetime
    fades_at: datetime
    bedtime_at: datetime
    ends_at: datetime | None


def occurrence(day: date, at: time, zone: tzinfo) -> datetime:
    """Return a local time on a day, in UTC: only there can durations be added.

    A time that the clocks skip is as much later; a repeated one is the first of the two.
    """
    return datetime.combine(day, at, zone).astimezone(UTC)


def occurrences(at: time, now: datetime) -> Iterator[datetime]:
    """Yield when a local time occurs, from the day before yesterday to a week ahead."""
    zone = now.tzinfo or UTC
    for days in range(-2, 8):
        yield occurrence(now.date() + timedelta(days=days), at, zone)


def wake_up_after(bedtime_at: datetime, wake_up: time, zone: tzinfo | None) -> datetime:
    """Return the first wake-up time of a zone after a bedtime."""
    return next(moment for moment in occurrences(wake_up, bedtime_at.astimezone(zone)) if moment > bedtime_at)


def start_before(bedtime_at: datetime, plan: Plan) -> datetime:
    """Return when the session of a bedtime begins: with the wind-down, or when the screens go off if that is first."""
    return bedtime_at.astimezone(UTC) - max(plan.wind_down, plan.screen_curfew)


def progress_at(times: SessionTimes, plan: Plan, now: datetime) -> NightProgress:
    """Return how far a session is: lights fade over the wind-down, and go off some time after bedtime if wanted.

    The fade stands still between two steps, so that what else happens then sends none.
    """
    fade = times.bedtime_at - times.fades_at
    step_at = times.begins_at + (now - times.begins_at) // FADE_STEP * FADE_STEP
    at_bedtime = now >= times.bedtime_at
    return NightProgress(
        progress=1.0 if at_bedtime else max(0.0, (step_at - times.fades_at) / fade) if fade else 0.0,
        at_bedtime=at_bedtime,
        screens_off=now >= screens_off_at(times.bedtime_at, plan),
        lights_off=bool(plan.lights_off_after) and now >= times.bedtime_at + plan.lights_off_after,
    )


def screens_off_at(bedtime_at: datetime, plan: Plan) -> datetime:
    """Return when the screens go off."""
    return bedtime_at.astimezone(UTC) - plan.screen_curfew


def warning_at(bedtime_at: datetime, plan: Plan) -> datetime:
    """Return when a warning is due that the screens are about to go off."""
    return screens_off_at(bedtime_at, plan) - plan.screen_warning


def next_step(times: SessionTimes, plan: Plan, now: datetime) -> datetime | None:
    """Return when the next thing is due in a session that has begun."""
    steps = [screens_off_at(times.bedtime_at, plan), warning_at(times.bedtime_at, plan), times.bedtime_at]
    if plan.lights_off_after:
        steps.append(times.bedtime_at + plan.lights_off_after)
    if times.ends_at:
        steps.append(times.ends_at)
    if now < times.bedtime_at:
        steps.append(times.fades_at)
        steps.append(times.begins_at + ((now - times.begins_at) // FADE_STEP + 1) * FADE_STEP)
    return min((step for step in steps if step > now), default=None)
