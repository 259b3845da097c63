"""Intervals of shares and of their difference, and the shift between two samples. Pure.

Formulas: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference," Journal of the American
Statistical Association 22 (1927): 209-212; R. G. Newcombe, "Interval Estimation for the Difference Between Independent
Proportions: Comparison of Eleven Methods," Statistics in Medicine 17 (1998): 873-890, method 10; J. L. Hodges and E. L.
Lehmann, "Estimates of Location Based on Rank Tests," Annals of Mathematical Statistics 34 (1963): 598-611.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, product
from math import hypot, sqrt
from statistics import NormalDist
from typing import Final

CONFIDENCE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval, at 95 % unless another confidence is given with it."""

    low: float
    high: float


def wilson_interval(count: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Return the score interval of a share, given at least one case. Unlike others, it never leaves 0 to 1."""
    share, quantile = count / n, _quantile(confidence)
    square = quantile**2
    center = (share + square / (2 * n)) / (1 + square / n)
    half = quantile * sqrt(share * (1 - share) / n + square / (4 * n**2)) / (1 + square / n)
    return Interval(max(center - half, 0.0) if count else 0.0, min(center + half, 1.0) if count < n else 1.0)


def newcombe_interval(first: tuple[int, int], second: tuple[int, int], confidence: float = CONFIDENCE) -> Interval:
    """Return the hybrid score interval of a difference of shares, second minus first. Each is a count and its n."""
    (first_count, first_n), (second_count, second_n) = first, second
    first_share, second_share = first_count / first_n, second_count / second_n
    first_interval, second_interval = wilson_interval(*first, confidence), wilson_interval(*second, confidence)
    difference = second_share - first_share
    return Interval(
        difference - hypot(second_share - second_interval.low, first_interval.high - first_share),
        difference + hypot(second_interval.high - second_share, first_share - first_interval.low),
    )


def hodges_lehmann_shift(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return by how much the second sample is shifted: the median of all differences. None if either is empty.

    Severities have few distinct values, so differences are counted, not listed: of years there would be a million.
    """
    if not first or not second:
        return None
    counts: Counter[float] = Counter()
    for (before, n_before), (after, n_after) in product(Counter(first).items(), Counter(second).items()):
        counts[after - before] += n_before * n_after
    differences = sorted(counts)
    totals = list(accumulate(counts[difference] for difference in differences))
    low, high = (differences[bisect_right(totals, rank)] for rank in ((totals[-1] - 1) // 2, totals[-1] // 2))
    return low if low == high else (low + high) / 2


@cache
def _quantile(confidence: float) -> float:
    """Return the quantile of the normal distribution that bounds a two-sided interval."""
    return NormalDist().inv_cdf((1 + confidence) / 2)
