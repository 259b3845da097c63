"""What the diary has to say at a glance: tonight, the last episode, the last 28 nights. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from ..models import MAX_ONGOING, ClearNight, Episode, ongoing_episode
from ..nights import Nights, clock_time, minute_of_night, night_bounds, night_of
from .circular import Resultant
from .figures import NightFigures, Onset, count_nights


@dataclass(frozen=True, slots=True, kw_only=True)
class NightTotals:
    """What a night adds to a glance, in sums: nights can be added up without a second look at their episodes."""

    night: date
    episodes: int
    rated: int
    severity: int
    onset: Resultant


@dataclass(frozen=True, slots=True, kw_only=True)
class AverageSeverity:
    """How bad the episodes were on average of which that was said: `n` of them."""

    n: int
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UsualOnset:
    """At what time of day `n` episodes started: the circular mean, None where they cancel one another out."""

    n: int
    mean: time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryOverview:
    """A sleeper's diary at a glance, true until `changes_at` (UTC) if nothing is written before.

    `nights`, `severity` and `onset` are of the last 28 nights, the one under way included; each has its n.
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
    """Return the nights that a glance looks back on."""
    return Nights.ending(night_of(now))


def night_totals(episodes: Iterable[Onset]) -> dict[date, NightTotals]:
    """Return the tally of each night on which one of these episodes started, by its own wall clock."""
    by_night: dict[date, list[Onset]] = {}
    for each in episodes:
        by_night.setdefault(night_of(each.started_at), []).append(each)
    return {night: _tally(night, of_night) for night, of_night in by_night.items()}


def _tally(night: date, episodes: list[Onset]) -> NightTotals:
    severities = [each.severity for each in episodes if each.severity is not None]
    return NightTotals(
        night=night,
        episodes=len(episodes),
        rated=len(severities),
        severity=sum(severities),
        onset=Resultant.from_minutes(minute_of_night(each.started_at) for each in episodes),
    )


def overview(
    now: datetime, tallies: Iterable[NightTotals], last: Episode | None, clear_nights: Iterable[ClearNight]
) -> DiaryOverview:
    """Return a sleeper's diary at a glance, at a moment in their zone.

    There must be a tally of each of the last 28 nights that has an episode, and may be of others; `last` is the episode
    that started last.
    """
    nights = recent_nights(now)
    tonight = nights.last
    affected = {each.night: each for each in tallies if each.night in nights and each.episodes}
    marked = {each.night for each in clear_nights}
    rated = sum(each.rated for each in affected.values())
    onset = Resultant.combine(each.onset for each in affected.values())
    _, noon = night_bounds(tonight, now.tzinfo or UTC)
    changes_at = noon.astimezone(UTC)
    goes_on = ongoing_episode(last, now)
    if goes_on is not None:
        changes_at = min(changes_at, goes_on.started_at.astimezone(UTC) + MAX_ONGOING)
    return DiaryOverview(
        night=tonight,
        episodes_tonight=affected[tonight].episodes if tonight in affected else 0,
        is_clear_tonight=tonight in marked and tonight not in affected,
        last=last,
        ongoing=goes_on,
        nights=count_nights(nights, tonight, affected.keys(), marked),
        severity=AverageSeverity(
            n=rated, mean=sum(each.severity for each in affected.values()) / rated if rated else None
        ),
        onset=UsualOnset(n=onset.n, mean=None if onset.mean is None else clock_time(onset.mean)),
        changes_at=changes_at,
    )
