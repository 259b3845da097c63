"""The figures of a period: what a sleeper, or their doctor, may want to know of it. Pure.

Facts and counts, with n. No diagnosis, no advice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from typing import Any

from ..models import ClearNight, Episode, Relief
from ..nights import Nights, night_of
from ..routine import CompletedItem
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


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFigures:
    """The figures of some nights, by which they can be held against others."""

    first_night: date
    last_night: date
    nights: NightFigures
    episodes: EpisodeFigures
    severity: SeverityFigures
    onset: OnsetFigures
    duration: DurationFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodChange:
    """The plain differences between two runs of nights, later less earlier; None where either is unknown.

    In percentage points, episodes per recorded night, points of severity, and minutes. `onset_mean` goes the shorter
    way round the clock: below zero, the episodes start earlier than before.
    """

    affected_percent: float | None
    episodes_per_recorded_night: float | None
    severity_mean: float | None
    severity_median: float | None
    onset_mean: float | None
    duration_median: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures of a period.

    `figures` and what follows are of the period; `recent` are those of the 28 nights up to its end, `before` those of
    the 28 nights before these, and `change` what lies between the two. Practices are counted by night, everything else
    by episode.
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
        """Return it in plain words and numbers: dates and times of day as text, durations in minutes."""
        plain = _plain(self)
        return {**plain.pop("figures"), **plain}


def required_nights(nights: Nights) -> Nights:
    """Return the nights of which a summary of these needs to know everything."""
    recent = Nights.ending(nights.last)
    return Nights(min(nights.first, recent.preceding().first), nights.last)


def summarize(
    nights: Nights,
    now: datetime,
    *,
    episodes: Sequence[Episode],
    clear_nights: Iterable[ClearNight],
    practices: Iterable[CompletedItem],
    bedtimes: Iterable[datetime],
) -> Summary:
    """Return the summary of a period, at a moment in the sleeper's zone.

    The facts must be all of the wanted nights, and may be of others. An episode, like a bedtime, belongs to the night
    of its own wall clock, wherever the sleeper was then.
    """
    tonight = night_of(now)
    by_night = [(night_of(each.started_at), each) for each in episodes]
    marked = {each.night for each in clear_nights}
    recent = period_figures(Nights.ending(nights.last), tonight, by_night, marked)
    before = period_figures(Nights.ending(nights.last).preceding(), tonight, by_night, marked)
    of_period = [each for night, each in by_night if night in nights]
    ticked: dict[date, list[str]] = {}
    for each in practices:
        if each.night in nights:
            ticked.setdefault(each.night, []).append(each.text)
    return Summary(
        figures=period_figures(nights, tonight, by_night, marked),
        sides=count_values(_said(each.side) for each in of_period),
        body_parts=count_values(each.body_parts for each in of_period),
        sensations=count_values(each.sensations for each in of_period),
        activities=count_values(_said(each.activity) for each in of_period),
        sleep_impacts=count_values(_said(each.sleep_impact) for each in of_period),
        tags=count_values(each.tags for each in of_period),
        relief=relief_figures(of_period),
        practices=count_values(ticked.values()),
        bedtimes=regularity_figures(bedtimes, nights),
        recent=recent,
        before=before,
        change=period_change(recent, before),
    )


def period_figures(
    nights: Nights, tonight: date, episodes: Iterable[tuple[date, Episode]], marked_clear: set[date]
) -> PeriodFigures:
    """Return the figures of some nights, from episodes with the nights that they belong to."""
    by_night = [(night, each) for night, each in episodes if night in nights]
    counts = count_nights(nights, tonight, {night for night, _ in by_night}, marked_clear)
    within = [each for _, each in by_night]
    return PeriodFigures(
        first_night=nights.first,
        last_night=nights.last,
        nights=counts,
        episodes=count_episodes(within, counts),
        severity=severity_figures(within),
        onset=onset_figures(within),
        duration=duration_figures(within),
    )


def period_change(recent: PeriodFigures, before: PeriodFigures) -> PeriodChange:
    """Return what lies between two runs of nights."""
    return PeriodChange(
        affected_percent=_less(recent.nights.affected_percent, before.nights.affected_percent),
        episodes_per_recorded_night=_less(recent.episodes.per_recorded_night, before.episodes.per_recorded_night),
        severity_mean=_less(recent.severity.mean, before.severity.mean),
        severity_median=_less(recent.severity.median, before.severity.median),
        onset_mean=_later_by(recent.onset.mean, before.onset.mean),
        duration_median=_less(recent.duration.median, before.duration.median),
    )


def _less(later: float | None, earlier: float | None) -> float | None:
    return None if later is None or earlier is None else later - earlier


def _later_by(later: time | None, earlier: time | None) -> float | None:
    if later is None or earlier is None:
        return None
    return circular_difference(later.hour * 60 + later.minute, earlier.hour * 60 + earlier.minute)


def _said(word: str | None) -> tuple[str, ...]:
    return () if word is None else (word,)


def _plain(value: object) -> Any:
    """Return a value in what JSON knows."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value
