"""The report of a period for a doctor: figures, what was recorded of each night, and marked changes. Pure.

Facts and counts, with n. No diagnosis, no advice.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, Final

from ..models import BodyPart, Episode, MarkedChange
from ..nights import MINUTES_PER_DAY, Nights, clock_time, minute_of_night, night_of
from .comparison import NightSetFigures, night_set_figures
from .json_types import to_json
from .medicines import SinceMedicine, since_medicines
from .observations import DiaryHistory
from .summary import Summary

_DAY_BEGINS: Final = time(10)
_EVENING_BEGINS: Final = time(18)
_LAST_HOURS: Final = 120
"""In minutes: the last two hours before bed."""


class Period(StrEnum):
    """Periods of a report that ends tonight."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    EVERYTHING = "everything"


PERIOD_NIGHTS: Final[Mapping[Period, int]] = {
    Period.MONTH: 28,
    Period.QUARTER: 91,
    Period.HALF_YEAR: 182,
    Period.YEAR: 365,
}


class PartOfDay(StrEnum):
    """When an episode started: the bins of the RESTFUL protocol."""

    DAY = "day"
    EVENING = "evening"
    BEFORE_BED = "before_bed"
    AFTER_BED = "after_bed"


@dataclass(frozen=True, slots=True, kw_only=True)
class NightEntry:
    """What was recorded of one night; without episodes it is clear if it is recorded."""

    night: date
    is_recorded: bool
    episodes: int = 0
    worst: int | None = None
    first_onset: time | None = None
    body_parts: tuple[BodyPart, ...] = ()
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A note of an episode or of a marked change."""

    day: date
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The report of a period.

    `night_set` are the nights with their intervals, `severity_min` and the summary's median and maximum those of all
    rated episodes. `first_named` is the night on which each part that was named in the period was named first, ever.
    `bedtime` is the usual one, to which `parts_of_day` refer where the bedtime of a night is not known.
    """

    nights: Nights
    summary: Summary
    night_set: NightSetFigures
    severity_min: int | None
    parts_of_day: Mapping[PartOfDay, int]
    bedtime: time
    first_named: Mapping[BodyPart, date]
    entries: tuple[NightEntry, ...]
    changes: tuple[MarkedChange, ...]
    medicines: tuple[SinceMedicine, ...]
    notes: tuple[Note, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the figures as JSON types."""
        summary = self.summary.as_json()
        for name in ("recent", "before", "change"):
            del summary[name]
        summary["nights"]["affected_interval"] = to_json(self.night_set.affected_interval)
        summary["severity"]["min"] = self.severity_min
        return {
            **summary,
            "parts_of_day": to_json(self.parts_of_day),
            "bedtime": to_json(self.bedtime),
            "first_named": to_json(self.first_named),
            "changes": [_change(each) for each in self.changes],
            "medicines": [each.as_json() for each in self.medicines],
        }


def make_report(
    nights: Nights,
    history: DiaryHistory,
    summary: Summary,
    *,
    episodes: Sequence[Episode],
    changes: Collection[MarkedChange],
    bedtime: time,
) -> Report:
    """Return the report of a period, given the summary of the period and all marked changes of the diary.

    The episodes must include all of the period, and may include others.
    """
    in_period = sorted(
        (each for each in episodes if night_of(each.started_at) in nights), key=lambda each: each.started_at
    )
    counted = [night for night in nights if night <= history.nights.last]
    # With the first night of the diary, what was marked before it is of this period, too.
    first_day = date.min if nights.first <= history.nights.first else nights.first
    marked = sorted(
        (each for each in changes if first_day <= each.day <= nights.last), key=lambda each: (each.day, each.logged_at)
    )
    severities = [each.severity for each in in_period if each.severity is not None]
    named = {part for each in in_period for part in each.body_parts}
    return Report(
        nights=nights,
        summary=summary,
        night_set=night_set_figures(counted, history.observations),
        severity_min=min(severities, default=None),
        parts_of_day=count_parts_of_day(in_period, bedtime),
        bedtime=bedtime,
        first_named={part: night for part, night in history.named.items() if part in named},
        entries=tuple(_entries(counted, history, in_period)),
        changes=tuple(marked),
        medicines=tuple(since_medicines(history, changes, nights)),
        notes=tuple(_notes(in_period, marked)),
    )


def count_parts_of_day(episodes: Iterable[Episode], usual_bedtime: time) -> dict[PartOfDay, int]:
    """Return how many episodes started in each part of the day, by the bedtime of the night where it is known."""
    episodes = list(episodes)
    bedtimes = {night_of(each.started_at): bedtime for each in episodes if (bedtime := _bedtime(each)) is not None}
    usual = _since_day(usual_bedtime)
    counts = dict.fromkeys(PartOfDay, 0)
    for each in episodes:
        bedtime = bedtimes.get(night_of(each.started_at), usual)
        counts[part_of_day(_since_day(each.started_at.time()), bedtime)] += 1
    return counts


def part_of_day(minute: int, bedtime: int) -> PartOfDay:
    """Return the part of the day of a minute. Both are minutes since the day begins, at 10:00."""
    if minute >= bedtime:
        return PartOfDay.AFTER_BED
    if minute >= bedtime - _LAST_HOURS:
        return PartOfDay.BEFORE_BED
    return PartOfDay.EVENING if minute >= _since_day(_EVENING_BEGINS) else PartOfDay.DAY


def _bedtime(episode: Episode) -> int | None:
    """Return the bedtime of the night of an episode, in minutes since the day begins; None if it is not known."""
    minutes = episode.context.minutes_since_bedtime
    if minutes is None:
        return None
    return _since_day((episode.started_at.replace(tzinfo=None) - timedelta(minutes=minutes)).time())


def _since_day(at: time) -> int:
    return (at.hour * 60 + at.minute - _DAY_BEGINS.hour * 60) % MINUTES_PER_DAY


def _entries(nights: Iterable[date], history: DiaryHistory, episodes: Iterable[Episode]) -> Iterable[NightEntry]:
    by_night: dict[date, list[Episode]] = {}
    for each in episodes:
        by_night.setdefault(night_of(each.started_at), []).append(each)
    for night in nights:
        observed = history.observations.get(night)
        found = by_night.get(night, [])
        durations = [each.duration for each in found if each.duration is not None]
        yield NightEntry(
            night=night,
            is_recorded=observed is not None,
            episodes=len(found),
            worst=None if observed is None else observed.worst,
            first_onset=clock_time(min(minute_of_night(each.started_at) for each in found)) if found else None,
            body_parts=tuple(dict.fromkeys(part for each in found for part in each.body_parts)),
            minutes=round(sum(durations, timedelta()) / timedelta(minutes=1)) if durations else None,
        )


def _notes(episodes: Iterable[Episode], changes: Iterable[MarkedChange]) -> list[Note]:
    noted = [(night_of(each.started_at), each.note) for each in episodes]
    noted.extend((each.day, each.note) for each in changes)
    notes = [Note(day=day, text=text) for day, text in noted if text is not None]
    return sorted(notes, key=lambda note: note.day)


def _change(change: MarkedChange) -> dict[str, Any]:
    """Return a marked change without its note, which is among the notes."""
    values = change.as_json()
    del values["note"]
    return values
