"""The figures that the diary tells, each with the number of facts behind it. Pure.

A figure that too few facts stand behind is None: what is unknown is never zero. The order of the facts is of no matter.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import fmean, median, quantiles
from typing import Final, Protocol

from ..models import Episode, Relief, ReliefEffect
from ..nights import Nights, clock_time, minute_of_night, night_of
from .circular import Resultant

MIN_FOR_QUARTILES: Final = 4
"""Fewer cannot be parted into quarters."""

MIN_FOR_REGULARITY: Final = 2
"""One night has no spread. That of a few says little, which is why its n stands beside it."""

HOURS: Final = 24


class Onset(Protocol):
    """What most figures are worked out from: an episode, or as much of it."""

    @property
    def started_at(self) -> datetime:
        """Return when it started, aware, on the sleeper's wall clock."""

    @property
    def severity(self) -> int | None:
        """Return how bad it was, if that was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightFigures:
    """How many nights there were of each kind. Recorded nights are affected or clear, never both.

    `affected_percent` is of the recorded ones; None without one.
    """

    recorded: int
    affected: int
    affected_percent: float | None
    clear: int
    unrecorded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFigures:
    """How many episodes there were, in all and per recorded night (None without one)."""

    n: int
    per_recorded_night: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityFigures:
    """How bad the episodes were of which that was said: `n` of them, 0 to 10."""

    n: int
    mean: float | None
    median: float | None
    max: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetFigures:
    """At what time of day the episodes started, by their own wall clocks.

    `mean` is the circular mean, and None where the times cancel one another out; `concentration`, the mean resultant
    length, tells how far to trust it: 1 is always the same time, near 0 is any time. `earliest` and the quartiles are
    those of the axis from noon to noon; `interquartile_range` is in minutes. `histogram` counts the starts in each hour
    of the night, from 12:00 to 11:59.
    """

    n: int
    mean: time | None
    concentration: float | None
    earliest: time | None
    lower_quartile: time | None
    upper_quartile: time | None
    interquartile_range: float | None
    histogram: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationFigures:
    """How long the episodes lasted of which the end was given: `n` of them, in minutes."""

    n: int
    median: float | None
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCounts:
    """How often each word was used, the most used first. `n` is of how many: those of which anything was said."""

    n: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefFigures:
    """In how many episodes a measure was used, of how many the effect was told, and in how many it was some or full.

    The effect is told of an episode as a whole: all measures that were used in it share it. `helped` is None if none
    was told.
    """

    used: int
    rated: int
    helped: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegularityFigures:
    """How alike the bedtimes of `n` nights were: their circular standard deviation, in minutes."""

    n: int
    standard_deviation: float | None


def count_nights(
    nights: Nights, tonight: date, affected: Collection[date], marked_clear: Collection[date]
) -> NightFigures:
    """Return how many of these nights were recorded, and how.

    A night with an episode is affected, whatever it was marked. The night under way counts as soon as something is
    recorded of it; as unrecorded only when it is over. Nights yet to come do not count.
    """
    with_episodes = {night for night in affected if night in nights}
    clear = {night for night in marked_clear if night in nights} - with_episodes
    recorded = len(with_episodes) + len(clear)
    over = Nights(nights.first, min(nights.last, tonight - timedelta(days=1)))
    recorded_and_over = sum(night in over for night in with_episodes | clear)
    return NightFigures(
        recorded=recorded,
        affected=len(with_episodes),
        affected_percent=100 * len(with_episodes) / recorded if recorded else None,
        clear=len(clear),
        unrecorded=len(over) - recorded_and_over,
    )


def count_episodes(episodes: Collection[Onset], nights: NightFigures) -> EpisodeFigures:
    """Return how many episodes there were on these nights."""
    return EpisodeFigures(
        n=len(episodes), per_recorded_night=len(episodes) / nights.recorded if nights.recorded else None
    )


def severity_figures(episodes: Iterable[Onset]) -> SeverityFigures:
    """Return how bad these episodes were. The median of an even number is the mean of the two in the middle."""
    values = [each.severity for each in episodes if each.severity is not None]
    if not values:
        return SeverityFigures(n=0, mean=None, median=None, max=None)
    return SeverityFigures(n=len(values), mean=fmean(values), median=float(median(values)), max=max(values))


def onset_figures(episodes: Iterable[Onset]) -> OnsetFigures:
    """Return when these episodes started.

    Quartiles are interpolated linearly between order statistics (type 7 of Hyndman and Fan, The American Statistician
    50 (1996): 361-365), and None for fewer than four.
    """
    minutes = [minute_of_night(each.started_at) for each in episodes]
    hours = Counter(minute // 60 for minute in minutes)
    resultant = Resultant.from_minutes(minutes)
    lower: float | None = None
    upper: float | None = None
    if len(minutes) >= MIN_FOR_QUARTILES:
        lower, _, upper = quantiles(minutes, n=4, method="inclusive")
    return OnsetFigures(
        n=len(minutes),
        mean=None if resultant.mean is None else clock_time(resultant.mean),
        concentration=resultant.concentration,
        earliest=clock_time(min(minutes)) if minutes else None,
        lower_quartile=None if lower is None else clock_time(lower),
        upper_quartile=None if upper is None else clock_time(upper),
        interquartile_range=None if lower is None or upper is None else upper - lower,
        histogram=tuple(hours[hour] for hour in range(HOURS)),
    )


def duration_figures(episodes: Iterable[Episode]) -> DurationFigures:
    """Return how long these episodes lasted, as time passed, whatever the clocks did meanwhile."""
    minutes = [each.duration / timedelta(minutes=1) for each in episodes if each.duration is not None]
    if not minutes:
        return DurationFigures(n=0, median=None, mean=None)
    return DurationFigures(n=len(minutes), median=median(minutes), mean=fmean(minutes))


def count_values(said: Iterable[Iterable[str]]) -> ValueCounts:
    """Count in how many episodes, or nights, each word was used; the same word counts once in each."""
    words = [set(each) for each in said]
    counts = Counter(str(word) for each in words for word in each)
    return ValueCounts(n=sum(bool(each) for each in words), counts=_most_used_first(counts))


def relief_figures(episodes: Iterable[Episode]) -> dict[Relief, ReliefFigures]:
    """Return how each measure that was used did, the most used first."""
    effects: dict[Relief, list[ReliefEffect | None]] = {}
    for each in episodes:
        for relief in set(each.relief):
            effects.setdefault(relief, []).append(each.relief_effect)
    used = _most_used_first(Counter({relief: len(told) for relief, told in effects.items()}))
    return {relief: _relief_figures(effects[relief]) for relief in used}


def _relief_figures(effects: list[ReliefEffect | None]) -> ReliefFigures:
    rated = [effect for effect in effects if effect is not None]
    helped = sum(effect is not ReliefEffect.NONE for effect in rated)
    return ReliefFigures(used=len(effects), rated=len(rated), helped=helped if rated else None)


def regularity_figures(bedtimes: Iterable[datetime], nights: Nights) -> RegularityFigures:
    """Return how alike the first bedtimes of these nights were; None for fewer than two nights."""
    first: dict[date, int] = {}
    for moment in bedtimes:
        if (night := night_of(moment)) in nights:
            minute = minute_of_night(moment)
            first[night] = min(first.get(night, minute), minute)
    spread = Resultant.from_minutes(first.values()).standard_deviation if len(first) >= MIN_FOR_REGULARITY else None
    return RegularityFigures(n=len(first), standard_deviation=spread)


def _most_used_first[T: str](counts: Counter[T]) -> dict[T, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
