"""How unusual a difference between nights with and without something is: its rank among shifts of those nights. Pure.

An interval alone misleads, because bad nights come in a row, and so do habits. So the whole pattern of nights with and
without is moved along the diary, by one night, by two, and so on around its end, and the difference is taken each time:
both come in a row as before, but what was done no longer belongs to the night. K. D. Harris, "A Shift Test for
Independence in Generic Time Series," arXiv 2012.06862 (2020).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from ..nights import Nights
from .comparison import MIN_RECORDED
from .observations import Observations

_MINUTES_PER_STEP: Final = 15
"""Times are compared in steps, for there are some thousand shifts."""

_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftRank:
    """Rank of the difference as it is among those of the shifted nights.

    Of `shifts`, `at_least` give a difference at least as large, up or down. `percent` is the percentage of all that do,
    the nights as they are included.
    """

    shifts: int
    at_least: int
    percent: float


@dataclass(frozen=True, slots=True)
class ArmBits:
    """The nights of an arm, and what was recorded of all nights, as bits, so that a shift is one operation.

    A lane has twice the length of the diary: the arm is in it twice, one after the other, which makes a shift around
    the end one to the right. `by_step` has a lane for each step of the night from which on an episode counts, in the
    order of those in `affected`; whether a night is clear does not depend on it.
    """

    nights: int
    clear: int
    by_step: int
    affected: int

    @classmethod
    def of(cls, minutes: Mapping[date, int], nights: Nights, observations: Observations) -> Self:
        """Return the bits of an arm, given from which minute on an episode counts in each of its nights."""
        length = len(nights)
        lanes: dict[int, int] = {}
        for night, minute in minutes.items():
            step = minute // _MINUTES_PER_STEP
            lanes[step] = lanes.get(step, 0) | 1 << (night - nights.first).days
        observed = [(index, observations[night]) for index, night in enumerate(nights) if night in observations]
        clear = sum(1 << index for index, each in observed if not each.is_affected)
        onsets = [(1 << index, min(each.onsets) // _MINUTES_PER_STEP) for index, each in observed if each.is_affected]
        doubled = [(step, bits | bits << length) for step, bits in lanes.items()]
        by_step = affected = 0
        for lane, (step, bits) in enumerate(doubled):
            by_step |= bits << 2 * length * lane
            affected |= sum(bit for bit, onset in onsets if step <= onset) << 2 * length * lane
        return cls(sum(bits for _, bits in doubled), clear, by_step, affected)

    def share(self, shift: int) -> float | None:
        """Return the share of affected nights after a shift; None of too few nights."""
        affected = (self.by_step >> shift & self.affected).bit_count()
        recorded = affected + (self.nights >> shift & self.clear).bit_count()
        return affected / recorded if recorded >= MIN_RECORDED else None


def rank_shift(
    with_it: Mapping[date, int], without_it: Mapping[date, int], nights: Nights, observations: Observations
) -> ShiftRank | None:
    """Return the rank of the difference between the nights with and without something; None if it is not known.

    They are given with the minute from which on an episode counts.
    """
    arms = ArmBits.of(with_it, nights, observations), ArmBits.of(without_it, nights, observations)

    def difference(shift: int) -> float | None:
        first, second = arms[0].share(shift), arms[1].share(shift)
        return None if first is None or second is None else abs(first - second)

    if (observed := difference(0)) is None:
        return None
    differences = [each for shift in range(1, len(nights)) if (each := difference(shift)) is not None]
    at_least = sum(each >= observed - _ROUNDING for each in differences)
    percent = 100 * (at_least + 1) / (len(differences) + 1)
    return ShiftRank(shifts=len(differences), at_least=at_least, percent=percent)
