"""Nights: from noon to noon in local time, named by the date on which they begin. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Self

from .models import EARLIEST_START, InvalidEntryError

NOON: Final = time(12)
MINUTES_PER_DAY: Final = 24 * 60
RECENT_NIGHTS: Final = 28
"""Number of recent nights in a statistic, including tonight: four weeks, so that every weekday counts equally."""

_HALF_DAY: Final = timedelta(hours=12)
_ONE_DAY: Final = timedelta(days=1)
_EARLIEST_NIGHT: Final = EARLIEST_START.date() - _ONE_DAY
"""In a time zone behind UTC, an episode on the first day of the diary may belong to the night before it."""


@dataclass(frozen=True, slots=True)
class Nights:
    """A range of nights, including both ends; empty if the last one is before the first."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, count: int = RECENT_NIGHTS) -> Self:
        """Return the given number of nights up to and including this one."""
        return cls(last - timedelta(days=count - 1), last)

    def __len__(self) -> int:
        return max((self.last - self.first).days + 1, 0)

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=day) for day in range(len(self)))

    def __contains__(self, night: date) -> bool:
        return self.first <= night <= self.last

    def preceding(self) -> Self:
        """Return the range of the same length that directly precedes this one."""
        return type(self).ending(self.first - _ONE_DAY, len(self))


def requested_nights(start: date | None, end: date | None, now: datetime) -> Nights:
    """Return the requested range of nights, limited to the nights from the first possible one to tonight.

    The end defaults to tonight, the start to 28 nights up to the end. Raises InvalidEntryError if the end is before the
    start.
    """
    if start is not None and end is not None and end < start:
        raise InvalidEntryError("period_reversed", start=start, end=end)
    tonight = night_of(now)
    last = tonight if end is None else min(end, tonight)
    last = max(last, _EARLIEST_NIGHT - _ONE_DAY)
    first = Nights.ending(last).first if start is None else start
    return Nights(max(first, _EARLIEST_NIGHT), last)


def check_night(night: date, now: datetime) -> None:
    """Raise InvalidEntryError for a night in the future, or before the first day of the diary."""
    if night < EARLIEST_START.date():
        raise InvalidEntryError("night_too_early", earliest=EARLIEST_START.date())
    if night > night_of(now):
        raise InvalidEntryError("night_in_future", night=night)


def night_of(moment: datetime) -> date:
    """Return the night of an aware datetime, by its own wall clock.

    Uses wall clock arithmetic on purpose: a night lasts from noon to noon, whether that is 23, 24 or 25 hours.
    """
    return (moment.replace(tzinfo=None) - _HALF_DAY).date()


def night_bounds(night: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the start (inclusive) and the end (exclusive) of a night in a time zone."""
    return datetime.combine(night, NOON, zone), datetime.combine(night + _ONE_DAY, NOON, zone)


def minute_of_night(moment: datetime) -> int:
    """Return the whole minutes from noon to a datetime's wall clock time: 0 to 1439.

    On this axis an evening comes before the early morning that follows it. An hour that is repeated by a clock change
    is counted by the time that the clock showed, both times.
    """
    return (moment.hour * 60 + moment.minute - NOON.hour * 60) % MINUTES_PER_DAY


def clock_time(minute_of_night: float) -> time:
    """Return the time of day that is this many minutes past noon, to the nearest minute."""
    # Round off floating point noise first, so that half a minute is rounded the same way however it was calculated.
    minute = round(round(minute_of_night, 6) + NOON.hour * 60) % MINUTES_PER_DAY
    return time(minute // 60, minute % 60)
