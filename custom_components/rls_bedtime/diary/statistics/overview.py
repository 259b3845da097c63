"""Overview of a diary: tonight, the last episode, the last 28 nights. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from ..models import MAX_ONGOING, ClearNight, Episode, ongoing_episode
from ..nights import MINUTES_PER_DAY, Nights, clock_time, minute_of_night, night_bounds, night_of
from .circular import Resultant
from .figures import NightFigures, Onset, count_nights

type RecentOnset = tuple[int, int | None]
"""An episode as the overview needs it: minutes by its own wall clock since the noon of 1 January 1970, and severity.

Nights and minutes of a night are this number divided by the minutes of a day.
"""

_FIRST_NIGHT: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageSeverity:
    """Mean severity of the `n` episodes that were rated."""

    n: int
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualOnset:
    """Circular mean of the time of day at which `n` episodes started; None if the times cancel each other out."""

    n: int
    mean: time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryOverview:
    """Overview of a sleeper's diary, valid until `changes_at` (UTC) unless something is written before.

    `nights`, `severity` and `onset` cover the last 28 nights, including tonight.
    """

    night: date
    episodes_tonight: int
    is_clear_tonight: bool
    last: Episode | None
    ongoing: Episode | None
    nights: NightFigures
    severity: AverageSeverity
    onset: UsualOnset
    changes_at: datetime


def recent_nights(now: datetime) -> Nights:
    """Return the nights that the overview covers."""
    return Nights.ending(night_of(now))


def recent_onset(episode: Onset) -> RecentOnset:
    """Return an episode as the overview needs it."""
    night = night_of(episode.started_at).toordinal() - _FIRST_NIGHT
    return night * MINUTES_PER_DAY + minute_of_night(episode.started_at), episode.severity


def overview(
    now: datetime, onsets: Iterable[RecentOnset], last: Episode | None, clear_nights: Iterable[ClearNight]
) -> DiaryOverview:
    """Return the overview of a sleeper's diary, at a time in their time zone.

    The onsets must include all of the last 28 nights, and may include others. `last` is the episode that started last.
    """
    nights = recent_nights(now)
    tonight = nights.last
    recent = range(_first_minute(nights.first), _first_minute(nights.last) + MINUTES_PER_DAY)
    in_range = [(minute, severity) for minute, severity in onsets if minute in recent]
    episodes = Counter(minute // MINUTES_PER_DAY for minute, _ in in_range)
    affected = {date.fromordinal(night + _FIRST_NIGHT): count for night, count in episodes.items()}
    severities = [severity for _, severity in in_range if severity is not None]
    onset = Resultant.from_minutes(minute % MINUTES_PER_DAY for minute, _ in in_range)
    marked_clear = {each.night for each in clear_nights}
    _, noon = night_bounds(tonight, now.tzinfo or UTC)
    changes_at = noon.astimezone(UTC)
    current = ongoing_episode(last, now)
    if current is not None:
        changes_at = min(changes_at, current.started_at.astimezone(UTC) + MAX_ONGOING)
    return DiaryOverview(
        night=tonight,
        episodes_tonight=affected.get(tonight, 0),
        is_clear_tonight=tonight in marked_clear and tonight not in affected,
        last=last,
        ongoing=current,
        nights=count_nights(nights, tonight, affected.keys(), marked_clear),
        severity=AverageSeverity(n=len(severities), mean=sum(severities) / len(severities) if severities else None),
        onset=UsualOnset(n=onset.n, mean=None if onset.mean is None else clock_time(onset.mean)),
        changes_at=changes_at,
    )


def _first_minute(night: date) -> int:
    return (night.toordinal() - _FIRST_NIGHT) * MINUTES_PER_DAY
