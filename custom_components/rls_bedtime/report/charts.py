"""The geometry of the drawings of a report: weeks of nights, and the hours at which episodes start. Pure.

Nights differ by shape and size, not by color: the page may be printed in black and white.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import batched
from typing import Final

from ..diary.statistics.report import NightEntry

WEEKS_PER_ROW: Final = 27
"""Two rows are a year, which is 53 weeks at most."""

DAYS_PER_WEEK: Final = 7
_SEVERITY_LEVELS: Final = (7, 4, 1)
"""The lowest severities that count as severe, moderate and mild."""


class NightMark(StrEnum):
    """The marks of nights."""

    SEVERE = "severe"
    MODERATE = "moderate"
    MILD = "mild"
    UNRATED = "unrated"
    CLEAR = "clear"
    UNRECORDED = "unrecorded"


@dataclass(frozen=True, slots=True)
class NightCell:
    """The mark of a night, by its weekday from Monday."""

    weekday: int
    mark: NightMark


@dataclass(frozen=True, slots=True)
class Week:
    """A column: the nights of a week, its first day if a month begins in it, and the numbers of the changes in it."""

    label: date | None
    nights: tuple[NightCell, ...]
    changes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: an hour of the day, its number of episodes, and its height from 0 to 1."""

    hour: int
    count: int
    height: float


def mark_of(entry: NightEntry) -> NightMark:
    """Return the mark of a night."""
    if not entry.is_recorded:
        return NightMark.UNRECORDED
    if not entry.episodes:
        return NightMark.CLEAR
    for mark, lowest in zip((NightMark.SEVERE, NightMark.MODERATE, NightMark.MILD), _SEVERITY_LEVELS, strict=True):
        if entry.worst is not None and entry.worst >= lowest:
            return mark
    return NightMark.UNRATED


def week_rows(entries: Sequence[NightEntry], changes: Sequence[date]) -> list[tuple[Week, ...]]:
    """Return the weeks of consecutive nights, in rows that fit on a page. Changes are numbered from 1.

    A change may be before the first night, where it has no week, or in the week after the last one.
    """
    weeks: dict[date, list[NightEntry]] = {}
    for entry in entries:
        weeks.setdefault(_monday(entry.night), []).append(entry)
    numbers: dict[date, list[int]] = {}
    first = min(weeks, default=date.max)
    for number, day in enumerate(changes, 1):
        if (monday := _monday(day)) >= first:
            weeks.setdefault(monday, [])
            numbers.setdefault(monday, []).append(number)
    columns = [_week(monday, nights, numbers.get(monday, ())) for monday, nights in weeks.items()]
    return list(batched(columns, WEEKS_PER_ROW, strict=False))


def onset_bars(histogram: Sequence[int], first_hour: int) -> list[Bar]:
    """Return the bars of a day that begins with an hour."""
    highest = max(histogram) or 1
    return [Bar((first_hour + index) % 24, count, count / highest) for index, count in enumerate(histogram)]


def _week(monday: date, entries: Iterable[NightEntry], changes: Iterable[int]) -> Week:
    days = (monday + timedelta(days=day) for day in range(DAYS_PER_WEEK))
    first_of_month = next((day for day in days if day.day == 1), None)
    return Week(
        first_of_month,
        tuple(NightCell(entry.night.weekday(), mark_of(entry)) for entry in entries),
        tuple(changes),
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
