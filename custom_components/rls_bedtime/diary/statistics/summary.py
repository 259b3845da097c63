"""Summary of a period, for a sleeper or their doctor. Pure.

Facts and counts, with n. No diagnosis, no advice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from ..models import ClearNight, Episode, Practice, Relief
from ..nights import Nights, night_of
from .circular import circular_difference
from .figures import (
    DurationFigures,
    EpisodeFigures,
    NightFigures,
    OnsetFigures,
    RegularityFigures,
    ReliefFigures,
    SeverityFigures,
    ValueCounts,
    count_episodes,
    count_nights,
    count_values,
    duration_figures,
    onset_figures,
    regularity_figures,
    relief_figures,
    severity_figures,
)
from .json_types import to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFigures:
    """The figures by which one range of nights can be compared with another."""

    first_night: date
    last_night: date
    nights: NightFigures
    episodes: EpisodeFigures
    severity: SeverityFigures
    onset: OnsetFigures
    duration: DurationFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodChange:
    """The differences between two ranges of nights, later minus earlier; None where either is unknown.

    In percentage points, episodes per recorded night, points of severity, and minutes. `onset_mean` takes the shorter
    way round the clock: if it is negative, episodes start earlier than before.
    """

    affected_percent: float | None
    episodes_per_recorded_night: float | None
    severity_mean: float | None
    severity_median: float | None
    onset_mean: float | None
    duration_median: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The summary of a period.

    `figures` to `bedtimes` cover the period. `recent` covers the 28 nights up to its end, `before` the 28 nights before
    those, and `change` is the difference of the two. Practices are counted by night, everything else by episode. A
    practice has the current text of its item as its name; items with the same text count as one.
    """

    figures: PeriodFigures
    sides: ValueCounts
    body_parts: ValueCounts
    sensations: ValueCounts
    activities: ValueCounts
    sleep_impacts: ValueCounts
    tags: ValueCounts
    relief: Mapping[Relief, ReliefFigures]
    practices: ValueCounts
    bedtimes: RegularityFigures
    recent: PeriodFigures
    before: PeriodFigures
    change: PeriodChange

    def as_json(self) -> dict[str, Any]:
        """Return the summary as JSON types: dates and times of day as ISO strings, durations in minutes."""
        values = to_json(self)
        return {**values.pop("figures"), **values}


def required_nights(nights: Nights) -> Nights:
    """Return the nights whose records a summary of these nights requires."""
    recent = Nights.ending(nights.last)
    return Nights(min(nights.first, recent.preceding().first), nights.last)


def summarize(
    nights: Nights,
    now: datetime,
    *,
    episodes: Sequence[Episode],
    clear_nights: Iterable[ClearNight],
    practices: Iterable[Practice],
    bedtimes: Iterable[datetime],
) -> Summary:
    """Return the summary of a period, at a time in the sleeper's time zone.

    The records must include all of the required nights, and may include others. An episode, like a bedtime, belongs to
    the night of its own wall clock, wherever the sleeper was then.
    """
    tonight = night_of(now)
    by_night = [(night_of(each.started_at), each) for each in episodes]
    marked_clear = {each.night for each in clear_nights}
    recent = period_figures(Nights.ending(nights.last), tonight, by_night, marked_clear)
    before = period_figures(Nights.ending(nights.last).preceding(), tonight, by_night, marked_clear)
    in_period = [each for night, each in by_night if night in nights]
    texts_by_night: dict[date, list[str]] = {}
    for each in practices:
        if each.night in nights:
            texts_by_night.setdefault(each.night, []).append(each.text)
    return Summary(
        figures=period_figures(nights, tonight, by_night, marked_clear),
        sides=count_values(_optional(each.side) for each in in_period),
        body_parts=count_values(each.body_parts for each in in_period),
        sensations=count_values(each.sensations for each in in_period),
        activities=count_values(_optional(each.activity) for each in in_period),
        sleep_impacts=count_values(_optional(each.sleep_impact) for each in in_period),
        tags=count_values(each.tags for each in in_period),
        relief=relief_figures(in_period),
        practices=count_values(texts_by_night.values()),
        bedtimes=regularity_figures(bedtimes, nights),
        recent=recent,
        before=before,
        change=period_change(recent, before),
    )


def period_figures(
    nights: Nights, tonight: date, episodes: Iterable[tuple[date, Episode]], marked_clear: set[date]
) -> PeriodFigures:
    """Return the figures of a range of nights, given episodes with the nights that they belong to."""
    by_night = [(night, each) for night, each in episodes if night in nights]
    counts = count_nights(nights, tonight, {night for night, _ in by_night}, marked_clear)
    in_range = [each for _, each in by_night]
    return PeriodFigures(
        first_night=nights.first,
        last_night=nights.last,
        nights=counts,
        episodes=count_episodes(in_range, counts),
        severity=severity_figures(in_range),
        onset=onset_figures(in_range),
        duration=duration_figures(in_range),
    )


def period_change(recent: PeriodFigures, before: PeriodFigures) -> PeriodChange:
    """Return the differences between two ranges of nights."""
    return PeriodChange(
        affected_percent=_difference(recent.nights.affected_percent, before.nights.affected_percent),
        episodes_per_recorded_night=_difference(recent.episodes.per_recorded_night, before.episodes.per_recorded_night),
        severity_mean=_difference(recent.severity.mean, before.severity.mean),
        severity_median=_difference(recent.severity.median, before.severity.median),
        onset_mean=_time_difference(recent.onset.mean, before.onset.mean),
        duration_median=_difference(recent.duration.median, before.duration.median),
    )


def _difference(later: float | None, earlier: float | None) -> float | None:
    return None if later is None or earlier is None else later - earlier


def _time_difference(later: time | None, earlier: time | None) -> float | None:
    if later is None or earlier is None:
        return None
    return circular_difference(later.hour * 60 + later.minute, earlier.hour * 60 + earlier.minute)


def _optional(value: str | None) -> tuple[str, ...]:
    return () if value is None else (value,)
