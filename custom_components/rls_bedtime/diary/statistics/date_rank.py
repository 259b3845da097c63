"""How unusual a difference before and after a date is for a diary: its rank among the other dates. Pure.

An interval alone misleads, because bad nights come in a row. So the same difference is taken at every other date of the
diary, as if the change had been there: a randomization test on the point of intervention. E. S. Edgington, "Randomized
Single-Subject Experiments and Statistical Tests," Journal of Counseling Psychology 34 (1987): 437-442.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from statistics import median
from typing import Final, Self

from ..nights import Nights
from .comparison import MIN_RECORDED
from .observations import DiaryHistory

MIN_DATES: Final = 60
"""With fewer other dates, a diary is too short for a rank."""

WORST_FIFTH: Final = 1 / 5
"""After weeks that are among the worst of a diary it usually gets better by itself, so that a rank would mislead."""

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRank:
    """Rank of the difference at a date.

    Of `dates` other dates, `at_least` have a difference at least as large, up or down. `percent` is the percentage of
    all dates with such a difference, this one included.
    """

    dates: int
    at_least: int
    percent: float


@dataclass(frozen=True, slots=True)
class Windows:
    """The nights that are compared at a date: so many before it, and so many after it, some skipped in between."""

    before: int
    after: int
    skip: int = 0

    def before_night(self, night: date) -> Nights:
        """Return the nights before a date."""
        return Nights(night - timedelta(days=self.before), night - timedelta(days=1))

    def after_night(self, night: date) -> Nights:
        """Return the nights after a date, which include its own unless it is skipped."""
        first = night + timedelta(days=self.skip)
        return Nights(first, first + timedelta(days=self.after - 1))


@dataclass(frozen=True, slots=True)
class NightCounts:
    """Running numbers of recorded and affected nights since the first one, by which those of a window are differences.

    Windows are given by the index of their first night, and of the night after their last one.
    """

    first: date
    recorded: tuple[int, ...]
    affected: tuple[int, ...]

    @classmethod
    def of(cls, history: DiaryHistory) -> Self:
        """Return the counts of a diary."""
        nights = history.nights
        observed = [history.observations.get(night) for night in nights]
        return cls(
            nights.first,
            tuple(accumulate((each is not None for each in observed), initial=0)),
            tuple(accumulate((each is not None and each.is_affected for each in observed), initial=0)),
        )

    def index(self, night: date) -> int:
        """Return the index of a night."""
        return (night - self.first).days

    def share(self, start: int, end: int) -> float | None:
        """Return the share of affected nights in a window; None if it is not within the diary, or has too few."""
        if start < 0 or end >= len(self.recorded):
            return None
        recorded = self.recorded[end] - self.recorded[start]
        return (self.affected[end] - self.affected[start]) / recorded if recorded >= MIN_RECORDED else None

    def share_before(self, index: int, windows: Windows) -> float | None:
        """Return the share of affected nights in the window before a night."""
        return self.share(index - windows.before, index)

    def difference(self, index: int, windows: Windows) -> float | None:
        """Return how much the shares before and after a night differ, up or down."""
        start = index + windows.skip
        before, after = self.share_before(index, windows), self.share(start, start + windows.after)
        return None if before is None or after is None else abs(after - before)


def rank_date(night: date, windows: Windows, counts: NightCounts, other_changes: Collection[date]) -> DateRank | None:
    """Return the rank of the difference at a date; None if it is unknown there, or known at too few other dates.

    Dates whose windows contain another change are left out.
    """
    at = counts.index(night)
    if (observed := counts.difference(at, windows)) is None:
        return None
    excluded = {at, *_near(map(counts.index, other_changes), windows)}
    differences = (counts.difference(index, windows) for index in range(len(counts.recorded)) if index not in excluded)
    others = [difference for difference in differences if difference is not None]
    if len(others) < MIN_DATES:
        return None
    at_least = sum(difference >= observed - _ROUNDING for difference in others)
    return DateRank(dates=len(others), at_least=at_least, percent=100 * (at_least + 1) / (len(others) + 1))


def follows_worst_fifth(night: date, windows: Windows, counts: NightCounts) -> bool:
    """Return whether the nights before a date belong to the worst fifth of the diary's own."""
    share = counts.share_before(counts.index(night), windows)
    if share is None:
        return False
    every = (counts.share_before(index, windows) for index in range(len(counts.recorded)))
    shares = [each for each in every if each is not None]
    worse = sum(each > share + _ROUNDING for each in shares)
    return worse < WORST_FIFTH * len(shares) and share > median(shares) + _ROUNDING


def contains_change(night: date, windows: Windows, changes: Collection[date]) -> bool:
    """Return whether a change falls into the windows of a date. On their first night, it has come before them."""
    return any((night - change).days in _distances(windows) for change in changes)


def _near(changes: Iterable[int], windows: Windows) -> set[int]:
    """Return the indexes whose windows contain a change."""
    return {change + distance for change in changes for distance in _distances(windows)}


def _distances(windows: Windows) -> range:
    """Return how many nights a date may be after a change that is in its windows; negative if it is before."""
    return range(1 - windows.skip - windows.after, windows.before)
