"""What the diary has to say at a glance: tonight, the last episode, the last 28 nights. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from .figures import NightFigures, Onset, OnsetFigures, SeverityFigures, count_nights, rate_severity, time_onsets
from .models import ONGOING_AT_MOST, ClearNight, Episode, ongoing
from .nights import Nights, night_bounds, night_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A sleeper's diary at a glance, true until `changes_at` (UTC) if nothing is written before.

    `nights`, `severity` and `onset` are of the last 28 nights, the one under way included; each has its n.
    """

    night: date
    episodes_tonight: int
    is_clear_tonight: bool
    last: Episode | None
    ongoing: Episode | None
    nights: NightFigures
    severity: SeverityFigures
    onset: OnsetFigures
    changes_at: datetime


def recent_nights(now: datetime) -> Nights:
    """Return the nights that a glance looks back on."""
    return Nights.ending(night_of(now))


def glance(now: datetime, recent: Iterable[Onset], last: Episode | None, clear_nights: Iterable[ClearNight]) -> Glance:
    """Return a sleeper's diary at a glance, at a moment in their zone.

    `recent` must hold the episodes of the last 28 nights, and may hold others; `last` is the one that started last.
    """
    nights = recent_nights(now)
    tonight = nights.last
    by_night = [(night, each) for each in recent if (night := night_of(each.started_at)) in nights]
    affected = {night for night, _ in by_night}
    marked = {each.night for each in clear_nights}
    episodes = [each for _, each in by_night]
    _, noon = night_bounds(tonight, now.tzinfo or UTC)
    changes_at = noon.astimezone(UTC)
    goes_on = ongoing(last, now)
    return Glance(
        night=tonight,
        episodes_tonight=sum(night == tonight for night, _ in by_night),
        is_clear_tonight=tonight in marked - affected,
        last=last,
        ongoing=goes_on,
        nights=count_nights(nights, tonight, affected, marked),
        severity=rate_severity(episodes),
        onset=time_onsets(episodes),
        changes_at=changes_at
        if goes_on is None
        else min(changes_at, goes_on.started_at.astimezone(UTC) + ONGOING_AT_MOST),
    )
