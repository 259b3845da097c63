"""Overview of a diary: tonight, the last episode, the last 28 nights. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from ..models import MAX_ONGOING, ClearNight, Episode, ongoing_episode
from ..nights import Nights, clock_time, minute_of_night, night_bounds, night_of
from .circular import Resultant
from .figures import NightFigures, Onset, count_nights


@dataclass(frozen=True, slots=True, kw_only=True)
class NightTotals:
    """The contribution of a night to the overview, as sums that can be added without reading its episodes again."""

    night: date
    episodes: int
    rated: int
    severity: int
    onset: Resultant


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


def night_totals(episodes: Iterable[Onset]) -> dict[date, NightTotals]:
    """Return the totals of each night in which one of these episodes started, by its own wall clock."""
    by_night: dict[date, list[Onset]] = {}
    for each in episodes:
        by_night.setdefault(night_of(each.started_at), []).append(each)
    return {night: _totals(night, episodes_of_night) for night, episodes_of_night in by_night.items()}


def _totals(night: date, episodes: list[Onset]) -> NightTotals:
    severities = [each.severity for each in episodes if each.severity is not None]
    return NightTotals(
        night=night,
        episodes=len(episodes),
        rated=len(severities),
        severity=sum(severities),
        onset=Resultant.from_minutes(minute_of_night(each.started_at) for each in episodes),
    )


def overview(
    now: datetime, totals: Iterable[NightTotals], last: Episode | None, clear_nights: Iterable[ClearNight]
) -> DiaryOverview:
    """Return the overview of a sleeper's diary, at a time in their time zone.

    The totals must include each of the last 28 nights that has an episode, and may include others. `last` is the
    episode that started last.
    """
    nights = recent_nights(now)
    tonight = nights.last
    affected = {each.night: each for each in totals if each.night in nights and each.episodes}
    marked_clear = {each.night for each in clear_nights}
    rated = sum(each.rated for each in affected.values())
    onset = Resultant.combine(each.onset for each in affected.values())
    _, noon = night_bounds(tonight, now.tzinfo or UTC)
    changes_at = noon.astimezone(UTC)
    current = ongoing_episode(last, now)
    if current is not None:
        changes_at = min(changes_at, current.started_at.astimezone(UTC) + MAX_ONGOING)
    return DiaryOverview(
        night=tonight,
        episodes_tonight=affected[tonight].episodes if tonight in affected else 0,
        is_clear_tonight=tonight in marked_clear and tonight not in affected,
        last=last,
        ongoing=current,
        nights=count_nights(nights, tonight, affected.keys(), marked_clear),
        severity=AverageSeverity(
            n=rated, mean=sum(each.severity for each in affected.values()) / rated if rated else None
        ),
        onset=UsualOnset(n=onset.n, mean=None if onset.mean is None else clock_time(onset.mean)),
        changes_at=changes_at,
    )
