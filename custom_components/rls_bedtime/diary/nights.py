"""Nights: noon to noon, local time, named by the date on which they begin. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final, Self

from .models import EARLIEST_START, InvalidEntryError

NOON: Final = time(12)
MINUTES_PER_DAY: Final = 24 * 60
RECENT_NIGHTS: Final = 28
"""How many nights a look back takes in, the one under way included: four weeks, so that each weekday counts alike."""

_HALF_A_DAY: Final = timedelta(hours=12)
_A_DAY: Final = timedelta(days=1)
_EARLIEST_NIGHT: Final = EARLIEST_START.date() - _A_DAY
"""An episode on the diary's first day may, on a clock behind UTC, belong to the night before it."""


@dataclass(frozen=True, slots=True)
class Nights:
    """A run of nights, both ends included; empty if the last lies before the first."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, count: int = RECENT_NIGHTS) -> Self:
        """Return so many nights up to this one."""
        return cls(last - timedelta(days=count - 1), last)

    def __len__(self) -> int:
        return max((self.last - self.first).days + 1, 0)

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=day) for day in range(len(self)))

    def __contains__(self, night: date) -> bool:
        return self.first <= night <= self.last

    def preceding(self) -> Self:
        """Return as many nights, those just before these."""
        return type(self).ending(self.first - _A_DAY, len(self))


def requested_nights(start: date | None, end: date | None, now: datetime) -> Nights:
    """Return the nights that are asked for, none of them before the diary's first or after the one under way.

    Without an end they reach to the night under way; without a start they are the last 28 of them. Raises
    InvalidEntryError if they would end before they begin.
    """
    if start is not None and end is not None and end < start:
        raise InvalidEntryError("period_reversed", start=start, end=end)
    tonight = night_of(now)
    last = tonight if end is None else min(end, tonight)
    last = max(last, _EARLIEST_NIGHT - _A_DAY)
    first = Nights.ending(last).first if start is None else start
    return Nights(max(first, _EARLIEST_NIGHT), last)


def night_of(moment: datetime) -> date:
    """Return the night that an aware moment belongs to, by its own wall clock.

    Wall clock arithmetic on purpose: a night lasts from noon to noon, be it 23, 24 or 25 hours.
    """
    return (moment.replace(tzinfo=None) - _HALF_A_DAY).date()


def night_bounds(night: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the noons between which a night lies in a zone, the later one not included."""
    return datetime.combine(night, NOON, zone), datetime.combine(night + _A_DAY, NOON, zone)


def minute_of_night(moment: datetime) -> int:
    """Return how far the wall clock of a moment is past noon, in whole minutes: 0 to 1439.

    The axis on which an evening comes before the small hours that follow it. The hour that a clock change repeats is
    counted by what the clock showed, both times.
    """
    return (moment.hour * 60 + moment.minute - NOON.hour * 60) % MINUTES_PER_DAY


def clock_time(minute_of_night: float) -> time:
    """Return what a clock shows so many minutes past noon, to the minute."""
    # Half a minute stays half a minute, whatever the last digits of its sum: two ways to a mean show the same time.
    minute = round(round(minute_of_night, 6) + NOON.hour * 60) % MINUTES_PER_DAY
    return time(minute // 60, minute % 60)
