"""When: the nights that a plan foresees, and how far one is. Pure: local times in, moments out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from .command import NightProgress
from .plan import Plan

MAX_LATE_START: Final = timedelta(minutes=30)
"""A start that was missed, because the hub was down or nobody was home, is made up for no later after bedtime."""

FADE_STEP: Final = timedelta(minutes=1)
"""Many bulbs ignore long transitions: a fade is a step a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionTimes:
    """One night, in UTC: when it begins and the lights begin to fade, when bedtime is, when it ends.

    An end is None while the schedule entity does not tell it.
    """

    begins_at: datetime
    fades_at: datetime
    bedtime_at: datetime
    ends_at: datetime | None


def occurrence(day: date, at: time, zone: tzinfo) -> datetime:
    """Return a local time on a day, in UTC, in which alone times can be added to.

    A time that the clocks skip is as much later; of a repeated one, it is the first.
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
    """Return when the night of a bedtime begins: with the wind-down, or when the screens go quiet if that is first."""
    return bedtime_at.astimezone(UTC) - max(plan.wind_down, plan.screen_curfew)


def progress_at(night: SessionTimes, plan: Plan, now: datetime) -> NightProgress:
    """Return how far a night is: the lights fade over the wind-down, and go off some time after bedtime if wanted."""
    fade = night.bedtime_at - night.fades_at
    at_bedtime = now >= night.bedtime_at
    return NightProgress(
        progress=1.0 if at_bedtime else max(0.0, (now - night.fades_at) / fade) if fade else 0.0,
        at_bedtime=at_bedtime,
        screens_off=now >= screens_off_at(night.bedtime_at, plan),
        lights_off=bool(plan.lights_off_after) and now >= night.bedtime_at + plan.lights_off_after,
    )


def screens_off_at(bedtime_at: datetime, plan: Plan) -> datetime:
    """Return when the screens go quiet."""
    return bedtime_at.astimezone(UTC) - plan.screen_curfew


def warning_at(bedtime_at: datetime, plan: Plan) -> datetime:
    """Return when it is said that the screens are about to go quiet."""
    return screens_off_at(bedtime_at, plan) - plan.screen_warning


def next_step(night: SessionTimes, plan: Plan, now: datetime) -> datetime | None:
    """Return when the next thing is due in a night that has begun."""
    steps = [screens_off_at(night.bedtime_at, plan), warning_at(night.bedtime_at, plan), night.bedtime_at]
    if plan.lights_off_after:
        steps.append(night.bedtime_at + plan.lights_off_after)
    if night.ends_at:
        steps.append(night.ends_at)
    if now < night.bedtime_at:
        steps.append(night.fades_at)
        steps.append(night.begins_at + ((now - night.begins_at) // FADE_STEP + 1) * FADE_STEP)
    return min((step for step in steps if step > now), default=None)
