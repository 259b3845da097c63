"""The exact randomisation test of an experiment on drawn nights, and its power. Pure.

The draw is the only thing that is taken to be chance: the outcomes of the nights are what they are, also if bad nights
follow each other. If it made no difference what was drawn, every other draw would have met the same outcomes. So the
share of all draws with a difference at least as large says how unusual the observed one is.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import comb
from typing import Final, NamedTuple

SIGNIFICANT: Final = Fraction(1, 20)
"""A difference that fewer draws than this would give by chance alone is rare."""

EXPECTED_SHARES: Final = (0.5, 0.3)
"""The shares of affected nights without and with, for which the power is stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPair:
    """A pair of nights: whether each was affected, None if it does not count, and which of the two was drawn with."""

    first: bool | None
    second: bool | None
    begins_with: bool


class ArmCounts(NamedTuple):
    """How many nights are affected, and how many there are."""

    affected: int
    nights: int

    def plus(self, outcome: bool | None) -> ArmCounts:  # noqa: FBT001 - an outcome is no option
        """Return the counts with one more night, if that counts."""
        return self if outcome is None else ArmCounts(self.affected + outcome, self.nights + 1)


def count_arms(pairs: Iterable[DrawnPair]) -> tuple[ArmCounts, ArmCounts]:
    """Return the counts of the nights that were drawn with, and of those that were drawn without."""
    with_it = without_it = ArmCounts(0, 0)
    for pair in pairs:
        first, second = (pair.first, pair.second) if pair.begins_with else (pair.second, pair.first)
        with_it, without_it = with_it.plus(first), without_it.plus(second)
    return with_it, without_it


def chance_of_difference(pairs: Sequence[DrawnPair]) -> Fraction | None:
    """Return the share of all draws with a difference at least as large as the observed one, in either direction.

    The difference is that of the shares of affected nights. A draw that leaves no night on one side has none, and
    counts as at least as large; None if that is so of the actual draw.
    """
    with_it, without_it = count_arms(pairs)
    if not with_it.nights or not without_it.nights:
        return None
    total = ArmCounts(with_it.affected + without_it.affected, with_it.nights + without_it.nights)
    observed = _difference(with_it, total)
    draws = _count_draws(pairs)
    at_least = sum(number for counts, number in draws.items() if _is_at_least(counts, total, observed))
    return Fraction(at_least, sum(draws.values()))


@cache
def power(nights: int) -> float:
    """Return how likely a rare difference is, if the shares of affected nights are as expected.

    The nights are taken to be independent, and all of them to be recorded. Pairs whose nights are alike say nothing, so
    that of the others alone, one night with against one without, a sign test remains.
    """
    without_it, with_it = EXPECTED_SHARES
    worse, better = with_it * (1 - without_it), without_it * (1 - with_it)
    pairs, differ = nights // 2, worse + better
    return sum(
        comb(pairs, n) * differ**n * (1 - differ) ** (pairs - n) * _share_of_rare(n, worse / differ)
        for n in range(pairs + 1)
    )


def _share_of_rare(pairs: int, share: float) -> float:
    """Return how likely a rare result of a sign test is, if this share of pairs has the affected night with."""
    return sum(
        comb(pairs, count) * share**count * (1 - share) ** (pairs - count)
        for count in range(pairs + 1)
        if _sign_test(pairs, count) <= SIGNIFICANT
    )


def _sign_test(pairs: int, count: int) -> Fraction:
    observed = abs(2 * count - pairs)
    return Fraction(sum(comb(pairs, each) for each in range(pairs + 1) if abs(2 * each - pairs) >= observed), 2**pairs)


def _count_draws(pairs: Iterable[DrawnPair]) -> Counter[ArmCounts]:
    """Return how many draws give each count of the nights drawn with: pair by pair, as there are too many draws."""
    draws = Counter({ArmCounts(0, 0): 1})
    for pair in pairs:
        drawn: Counter[ArmCounts] = Counter()
        for counts, number in draws.items():
            for outcome in (pair.first, pair.second):
                drawn[counts.plus(outcome)] += number
        draws = drawn
    return draws


def _difference(with_it: ArmCounts, total: ArmCounts) -> Fraction:
    """Return the absolute difference of the shares, given the counts of the nights with and of all nights."""
    nights_without = total.nights - with_it.nights
    share_without = Fraction(total.affected - with_it.affected, nights_without)
    return abs(Fraction(with_it.affected, with_it.nights) - share_without)


def _is_at_least(with_it: ArmCounts, total: ArmCounts, observed: Fraction) -> bool:
    if with_it.nights in {0, total.nights}:
        return True
    return _difference(with_it, total) >= observed
