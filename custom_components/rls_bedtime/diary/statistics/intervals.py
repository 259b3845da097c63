"""Intervals of shares and of their difference, and the shift between two samples. Pure.

Formulas: E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference," Journal of the American
Statistical Association 22 (1927): 209-212; R. G. Newcombe, "Interval Estimation for the Difference Between Independent
Proportions: Comparison of Eleven Methods," Statistics in Medicine 17 (1998): 873-890, method 10; J. L. Hodges and E. L.
Lehmann, "Estimates of Location Based on Rank Tests," Annals of Mathematical Statistics 34 (1963): 598-611.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from statistics import NormalDist, median
from typing import Final

CONFIDENCE: Final = 0.95
_QUANTILE: Final = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % confidence interval."""

    low: float
    high: float


def wilson_interval(count: int, n: int) -> Interval:
    """Return the score interval of a share, given at least one case. Unlike others, it never leaves 0 to 1."""
    share, square = count / n, _QUANTILE**2
    center = (share + square / (2 * n)) / (1 + square / n)
    half = _QUANTILE * sqrt(share * (1 - share) / n + square / (4 * n**2)) / (1 + square / n)
    return Interval(max(center - half, 0.0) if count else 0.0, min(center + half, 1.0) if count < n else 1.0)


def newcombe_interval(first: tuple[int, int], second: tuple[int, int]) -> Interval:
    """Return the hybrid score interval of a difference of shares, second minus first. Each is a count and its n."""
    (first_count, first_n), (second_count, second_n) = first, second
    first_share, second_share = first_count / first_n, second_count / second_n
    first_interval, second_interval = wilson_interval(*first), wilson_interval(*second)
    difference = second_share - first_share
    return Interval(
        difference - hypot(second_share - second_interval.low, first_interval.high - first_share),
        difference + hypot(second_interval.high - second_share, first_share - first_interval.low),
    )


def hodges_lehmann_shift(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return by how much the second sample is shifted: the median of all differences. None if either is empty."""
    return median(after - before for before in first for after in second) if first and second else None
