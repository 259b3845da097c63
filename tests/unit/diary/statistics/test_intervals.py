"""Intervals and shifts, against SciPy and published examples."""

from itertools import product
from statistics import median

from hypothesis import given, strategies as st
import pytest
from scipy.stats import binomtest

from custom_components.rls_bedtime.diary.statistics.intervals import (
    hodges_lehmann_shift,
    newcombe_interval,
    wilson_interval,
)

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_the_interval_of_a_share_is_that_of_scipy(share: tuple[int, int]) -> None:
    interval = wilson_interval(*share)
    expected = binomtest(*share).proportion_ci(method="wilson")
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_the_interval_of_a_share_is_as_newcombe_published_it() -> None:
    """Table I of R. G. Newcombe, Statistics in Medicine 17 (1998): 857-872, method 3."""
    for (count, n), expected in {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }.items():
        interval = wilson_interval(count, n)
        assert (interval.low, interval.high) == pytest.approx(expected, abs=5e-5)


def test_the_interval_of_a_difference_is_as_newcombe_published_it() -> None:
    """Table II of R. G. Newcombe, Statistics in Medicine 17 (1998): 873-890, method 10: the first minus the second."""
    for first, second, expected in (
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
    ):
        interval = newcombe_interval(second, first)
        assert (interval.low, interval.high) == pytest.approx(expected, abs=5e-5)


@given(counts, counts)
def test_the_interval_of_a_difference_contains_it_and_turns_with_it(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    interval, turned = newcombe_interval(first, second), newcombe_interval(second, first)
    difference = second[0] / second[1] - first[0] / first[1]
    assert -1 - 1e-9 <= interval.low <= difference + 1e-9
    assert difference - 1e-9 <= interval.high <= 1 + 1e-9
    assert (turned.low, turned.high) == pytest.approx((-interval.high, -interval.low))


def test_a_shift_is_the_median_of_all_differences() -> None:
    """Example 4.1 of M. Hollander and D. A. Wolfe, Nonparametric Statistical Methods (1999)."""
    at_term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    earlier = [1.15, 0.88, 0.90, 0.74, 1.21]
    assert hodges_lehmann_shift(earlier, at_term) == pytest.approx(0.305)
    assert hodges_lehmann_shift([4, 5, 6], [1, 2, 3]) == -3


severities = st.lists(st.integers(0, 10), min_size=1, max_size=60)


@given(severities, severities)
def test_a_shift_that_is_counted_is_the_median_of_all_listed_differences(first: list[int], second: list[int]) -> None:
    assert hodges_lehmann_shift(first, second) == median(after - before for before, after in product(first, second))


@given(counts, st.floats(0.5, 0.999))
def test_an_interval_at_another_confidence_is_that_of_scipy(share: tuple[int, int], confidence: float) -> None:
    interval = wilson_interval(*share, confidence)
    expected = binomtest(*share).proportion_ci(confidence, method="wilson")
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(counts, counts)
def test_a_higher_confidence_needs_a_wider_interval(first: tuple[int, int], second: tuple[int, int]) -> None:
    usual, wider = newcombe_interval(first, second), newcombe_interval(first, second, 0.99)
    assert wider.low <= usual.low
    assert wider.high >= usual.high


def test_nothing_shifts_without_values() -> None:
    assert hodges_lehmann_shift([], [1]) is None
    assert hodges_lehmann_shift([1], []) is None
