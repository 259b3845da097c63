"""The figures of the diary, each with the number of records it is based on. Pure.

A figure that is based on too few records is None: an unknown value is never zero. The order of records does not matter.
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
"""Fewer values cannot be divided into quarters."""

MIN_FOR_REGULARITY: Final = 2
"""One night has no spread. The spread of a few means little, which is why it comes with its n."""

HOURS_PER_DAY: Final = 24


class Onset(Protocol):
    """The part of an episode that most figures are based on."""

    @property
    def started_at(self) -> datetime:
        """Return the start, aware, on the wall clock of the sleeper."""

    @property
    def severity(self) -> int | None:
        """Return the severity, or None if it was not rated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightFigures:
    """Number of nights of each kind. Recorded nights are either affected or clear.

    `affected_percent` is the percentage of the recorded nights; None if there are none.
    """

    recorded: int
    affected: int
    affected_percent: float | None
    clear: int
    unrecorded: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeFigures:
    """Number of episodes, in total and per recorded night (None if there are none)."""

    n: int
    per_recorded_night: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeverityFigures:
    """Severity, 0 to 10, of the `n` episodes that were rated."""

    n: int
    mean: float | None
    median: float | None
    max: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnsetFigures:
    """Time of day at which episodes started, by the wall clock of the sleeper.

    `mean` is the circular mean, None if the times cancel each other out. `concentration`, the mean resultant length,
    says how reliable it is: 1 if all times are equal, near 0 if they are spread over the day. `earliest` and the
    quartiles are on an axis from noon to noon; `interquartile_range` is in minutes. `histogram` is the number of starts
    in each hour of the night, from 12:00 to 11:59.
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
    """Duration, in minutes, of the `n` episodes with a known end."""

    n: int
    median: float | None
    mean: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueCounts:
    """Number of uses of each value, most used first. `n` is the number of episodes, or nights, with any value."""

    n: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefFigures:
    """Number of episodes in which a measure was used, in which its effect was rated, and in which it helped.

    The effect is rated for an episode as a whole, so all measures used in it share the rating. A measure helped if the
    rating was some or full. `helped` is None if no effect was rated.
    """

    used: int
    rated: int
    helped: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegularityFigures:
    """Circular standard deviation, in minutes, of the bedtimes of `n` nights."""

    n: int
    standard_deviation: float | None


def count_nights(
    nights: Nights, tonight: date, affected: Collection[date], marked_clear: Collection[date]
) -> NightFigures:
    """Return the number of nights of each kind in a range.

    A night with an episode is affected, even if it was marked clear. Tonight counts as soon as it is recorded, but as
    unrecorded only when it is over. Nights in the future do not count.
    """
    with_episodes = {night for night in affected if night in nights}
    clear = {night for night in marked_clear if night in nights} - with_episodes
    recorded = len(with_episodes) + len(clear)
    past = Nights(nights.first, min(nights.last, tonight - timedelta(days=1)))
    recorded_in_past = sum(night in past for night in with_episodes | clear)
    return NightFigures(
        recorded=recorded,
        affected=len(with_episodes),
        affected_percent=100 * len(with_episodes) / recorded if recorded else None,
        clear=len(clear),
        unrecorded=len(past) - recorded_in_past,
    )


def count_episodes(episodes: Collection[Onset], nights: NightFigures) -> EpisodeFigures:
    """Return the number of episodes of these nights."""
    return EpisodeFigures(
        n=len(episodes), per_recorded_night=len(episodes) / nights.recorded if nights.recorded else None
    )


def severity_figures(episodes: Iterable[Onset]) -> SeverityFigures:
    """Return the severity figures. The median of an even number of values is the mean of the two middle ones."""
    values = [each.severity for each in episodes if each.severity is not None]
    if not values:
        return SeverityFigures(n=0, mean=None, median=None, max=None)
    return SeverityFigures(n=len(values), mean=fmean(values), median=float(median(values)), max=max(values))


def onset_figures(episodes: Iterable[Onset]) -> OnsetFigures:
    """Return the onset figures.

    Quartiles are interpolated linearly between order statistics (type 7 of Hyndman and Fan, The American Statistician
    50 (1996): 361-365), and None for fewer than four episodes.
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
        histogram=tuple(hours[hour] for hour in range(HOURS_PER_DAY)),
    )


def duration_figures(episodes: Iterable[Episode]) -> DurationFigures:
    """Return the duration figures, in elapsed time: clock changes have no influence."""
    minutes = [each.duration / timedelta(minutes=1) for each in episodes if each.duration is not None]
    if not minutes:
        return DurationFigures(n=0, median=None, mean=None)
    return DurationFigures(n=len(minutes), median=median(minutes), mean=fmean(minutes))


def count_values(values: Iterable[Iterable[str]]) -> ValueCounts:
    """Count in how many episodes, or nights, each value was used. A value counts once in each."""
    value_sets = [set(each) for each in values]
    counts = Counter(str(value) for each in value_sets for value in each)
    return ValueCounts(n=sum(bool(each) for each in value_sets), counts=_most_used_first(counts))


def relief_figures(episodes: Iterable[Episode]) -> dict[Relief, ReliefFigures]:
    """Return the figures of each relief measure that was used, most used first."""
    effects: dict[Relief, list[ReliefEffect | None]] = {}
    for each in episodes:
        for relief in set(each.relief):
            effects.setdefault(relief, []).append(each.relief_effect)
    counts = Counter({relief: len(ratings) for relief, ratings in effects.items()})
    return {relief: _relief_figures(effects[relief]) for relief in _most_used_first(counts)}


def _relief_figures(effects: list[ReliefEffect | None]) -> ReliefFigures:
    rated = [effect for effect in effects if effect is not None]
    helped = sum(effect is not ReliefEffect.NONE for effect in rated)
    return ReliefFigures(used=len(effects), rated=len(rated), helped=helped if rated else None)


def regularity_figures(bedtimes: Iterable[datetime], nights: Nights) -> RegularityFigures:
    """Return the regularity of the first bedtime of each night; its deviation is None for fewer than two nights."""
    first: dict[date, int] = {}
    for moment in bedtimes:
        if (night := night_of(moment)) in nights:
            minute = minute_of_night(moment)
            first[night] = min(first.get(night, minute), minute)
    deviation = Resultant.from_minutes(first.values()).standard_deviation if len(first) >= MIN_FOR_REGULARITY else None
    return RegularityFigures(n=len(first), standard_deviation=deviation)


def _most_used_first[T: str](counts: Counter[T]) -> dict[T, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
