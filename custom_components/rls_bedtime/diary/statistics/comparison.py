"""Comparison of two sets of nights, such as those before and after a change. Pure.

It states counts, shares with their intervals, and differences. It does not say why two sets differ.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from statistics import median
from typing import Final

from ..nights import clock_time
from .circular import Resultant, circular_difference
from .intervals import CONFIDENCE, Interval, hodges_lehmann_shift, newcombe_interval, wilson_interval
from .observations import NightObservation, Observations

MIN_RECORDED: Final = 7
"""With fewer recorded nights on a side, there are only counts."""

MAX_RECORDED_DIFFERENCE: Final = 20
"""In percentage points: if the share of recorded nights differs by more, that may be all that differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence, by its translation key, with the values for its placeholders."""

    key: str
    values: Mapping[str, int | float | date | time | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NightSetFigures:
    """The figures of a set of nights.

    `affected_percent` and its `affected_interval` (Wilson) are of the recorded nights. `severity_median` is that of the
    worst severity of `rated` nights, clear ones included. `onset_mean` is the circular mean of the starts
    of `episodes`.
    """

    recorded: int
    unrecorded: int
    affected: int
    affected_percent: float | None
    affected_interval: Interval | None
    rated: int
    severity_median: float | None
    episodes: int
    onset_mean: time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NightSetDifference:
    """The differences of two sets of nights, the second minus the first.

    `affected_points` is in percentage points, with its `affected_interval` (Newcombe). `severity_shift` is the
    Hodges-Lehmann shift of the worst severity of each night. `onset_minutes` takes the shorter way round the clock: if
    it is negative, episodes start earlier. None where either is unknown.
    """

    affected_points: float
    affected_interval: Interval
    severity_shift: float | None
    onset_minutes: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NightSetComparison:
    """Two sets of nights, and their difference; None if either has too few recorded nights."""

    first: NightSetFigures
    second: NightSetFigures
    difference: NightSetDifference | None

    def recorded_percents(self) -> tuple[float, float] | None:
        """Return the percentages of recorded nights if they differ too much, else None."""
        first, second = (_percent(each.recorded, each.recorded + each.unrecorded) for each in (self.first, self.second))
        if first is None or second is None or abs(second - first) <= MAX_RECORDED_DIFFERENCE:
            return None
        return first, second


def compare_nights(
    first: Sequence[date], second: Sequence[date], observations: Observations, confidence: float = CONFIDENCE
) -> NightSetComparison:
    """Compare two sets of nights."""
    first_observed, second_observed = (
        [observations[night] for night in nights if night in observations] for nights in (first, second)
    )
    figures = (
        _figures(first_observed, len(first) - len(first_observed), confidence),
        _figures(second_observed, len(second) - len(second_observed), confidence),
    )
    has_enough = min(len(first_observed), len(second_observed)) >= MIN_RECORDED
    difference = _difference(first_observed, second_observed, confidence) if has_enough else None
    return NightSetComparison(first=figures[0], second=figures[1], difference=difference)


def night_set_figures(nights: Sequence[date], observations: Observations) -> NightSetFigures:
    """Return the figures of a set of nights."""
    observed = [observations[night] for night in nights if night in observations]
    return _figures(observed, len(nights) - len(observed), CONFIDENCE)


def _figures(observed: Sequence[NightObservation], unrecorded: int, confidence: float) -> NightSetFigures:
    affected, recorded = _affected(observed)
    severities = _severities(observed)
    onsets = _onset(observed)
    return NightSetFigures(
        recorded=recorded,
        unrecorded=unrecorded,
        affected=affected,
        affected_percent=_percent(affected, recorded),
        affected_interval=in_percent(wilson_interval(affected, recorded, confidence)) if recorded else None,
        rated=len(severities),
        severity_median=float(median(severities)) if severities else None,
        episodes=onsets.n,
        onset_mean=None if onsets.mean is None else clock_time(onsets.mean),
    )


def _difference(
    first: Sequence[NightObservation], second: Sequence[NightObservation], confidence: float
) -> NightSetDifference:
    counts = _affected(first), _affected(second)
    (first_affected, first_recorded), (second_affected, second_recorded) = counts
    first_onset, second_onset = _onset(first).mean, _onset(second).mean
    return NightSetDifference(
        affected_points=100 * (second_affected / second_recorded - first_affected / first_recorded),
        affected_interval=in_percent(newcombe_interval(*counts, confidence)),
        severity_shift=hodges_lehmann_shift(_severities(first), _severities(second)),
        onset_minutes=None
        if first_onset is None or second_onset is None
        else circular_difference(second_onset, first_onset),
    )


def _affected(observed: Sequence[NightObservation]) -> tuple[int, int]:
    return sum(each.is_affected for each in observed), len(observed)


def _severities(observed: Iterable[NightObservation]) -> list[int]:
    return [each.worst for each in observed if each.worst is not None]


def _onset(observed: Iterable[NightObservation]) -> Resultant:
    return Resultant.from_minutes(minute for each in observed for minute in each.onsets)


def in_percent(interval: Interval) -> Interval:
    """Return the interval of a share in percent."""
    return Interval(100 * interval.low, 100 * interval.high)


def _percent(count: int, n: int) -> float | None:
    return 100 * count / n if n else None
