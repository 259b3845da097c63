"""Tests of the circular statistics."""

from math import log, sqrt, tau
from random import Random

from hypothesis import assume, given, strategies as st
import pytest

from custom_components.rls_bedtime.diary.statistics.circular import Resultant, circular_difference

MIDNIGHT = 1440.0

times = st.lists(st.integers(0, 1439), min_size=1, max_size=40)
shifts = st.integers(-3000, 3000)


def distance(one: float, other: float) -> float:
    """Return the circular distance of two times, in minutes."""
    return abs(circular_difference(one, other))


@pytest.mark.parametrize(
    ("minutes", "mean"),
    [
        ([23 * 60 + 50, 10], MIDNIGHT),
        ([22 * 60, 2 * 60], MIDNIGHT),
        # Three at one angle and one 30 degrees later: atan(sin 30 / (3 + cos 30)) = 7.37 degrees of four minutes each.
        ([23 * 60, 23 * 60, 23 * 60, 60], 23 * 60 + 29.48),
        ([6 * 60], 6 * 60),
    ],
)
def test_the_mean_of_times_around_midnight_is_around_midnight(minutes: list[int], mean: float) -> None:
    result = Resultant.from_minutes(minutes).mean

    assert result is not None
    assert distance(result, mean) < 0.1


@pytest.mark.parametrize("minutes", [[0, 720], [0, 360, 720, 1080], [100, 580, 1060]])
def test_times_that_cancel_each_other_out_have_no_mean_and_no_deviation(minutes: list[int]) -> None:
    assert Resultant.from_minutes(minutes).mean is None
    assert Resultant.from_minutes(minutes).standard_deviation is None
    assert Resultant.from_minutes(minutes).concentration == pytest.approx(0, abs=1e-9)


def test_figures_without_times_are_unknown() -> None:
    assert Resultant.from_minutes([]).mean is None
    assert Resultant.from_minutes([]).standard_deviation is None
    assert Resultant.from_minutes([]).concentration is None


def test_equal_times_have_no_deviation() -> None:
    assert Resultant.from_minutes([1350] * 7).concentration == pytest.approx(1)
    assert Resultant.from_minutes([1350] * 7).standard_deviation == pytest.approx(0, abs=1e-3)


def test_the_deviation_of_two_times_six_hours_apart_matches_the_formula() -> None:
    # The mean of two unit vectors at a right angle has the length sqrt(1/2).
    assert Resultant.from_minutes([0, 360]).concentration == pytest.approx(sqrt(0.5))
    assert Resultant.from_minutes([0, 360]).standard_deviation == pytest.approx(sqrt(log(2)) / tau * 1440)


def test_the_deviation_of_close_times_is_near_the_linear_one() -> None:
    # Of 23:50, 00:00 and 00:10: the square root of 200 / 3.
    assert Resultant.from_minutes([1430, 0, 10]).standard_deviation == pytest.approx(sqrt(200 / 3), abs=0.01)


@given(times, shifts)
def test_shifting_all_times_shifts_the_mean_but_not_the_deviation(minutes: list[int], shift: int) -> None:
    length = Resultant.from_minutes(minutes).concentration
    assume(length is not None and length > 0.01)
    before, after = minutes, [(minute + shift) % 1440 for minute in minutes]

    one, other = Resultant.from_minutes(before).mean, Resultant.from_minutes(after).mean
    assert one is not None
    assert other is not None
    assert distance(other, one + shift) < 1e-6
    assert Resultant.from_minutes(after).standard_deviation == pytest.approx(
        Resultant.from_minutes(before).standard_deviation, abs=1e-3
    )


@given(times, st.randoms(use_true_random=False))
def test_the_order_has_no_influence(minutes: list[int], random: Random) -> None:
    shuffled = minutes.copy()
    random.shuffle(shuffled)

    assert Resultant.from_minutes(shuffled).mean == Resultant.from_minutes(minutes).mean
    assert Resultant.from_minutes(shuffled).standard_deviation == Resultant.from_minutes(minutes).standard_deviation


@given(st.integers(0, 1439), st.lists(st.integers(-300, 300), min_size=1, max_size=20))
def test_the_mean_of_close_times_is_between_them(around: int, offsets: list[int]) -> None:
    mean = Resultant.from_minutes([around + offset for offset in offsets]).mean

    assert mean is not None
    assert min(offsets) - 1e-6 <= circular_difference(mean, around) <= max(offsets) + 1e-6


@pytest.mark.parametrize(
    ("minute", "reference", "difference"), [(10, 1430, 20), (1430, 10, -20), (600, 540, 60), (0, 720, -720), (5, 5, 0)]
)
def test_the_circular_difference_takes_the_shorter_way(minute: int, reference: int, difference: int) -> None:
    assert circular_difference(minute, reference) == difference
