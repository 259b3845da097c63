"""Tests of the exact randomisation test: against every draw one by one, and its validity and power by simulation."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
import random

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.rls_bedtime.diary.statistics.randomization import (
    EXPECTED_SHARES,
    SIGNIFICANT,
    DrawnPair,
    chance_of_difference,
    count_arms,
    power,
)

OUTCOME = st.sampled_from([True, False, None])
PAIRS = st.lists(st.builds(DrawnPair, first=OUTCOME, second=OUTCOME, begins_with=st.booleans()), max_size=9)
SIMULATIONS = 1000


def redrawn(pairs: Sequence[DrawnPair], begins_with: Sequence[bool]) -> list[DrawnPair]:
    """Return the same outcomes under another draw."""
    return [
        DrawnPair(first=pair.first, second=pair.second, begins_with=drawn)
        for pair, drawn in zip(pairs, begins_with, strict=True)
    ]


def difference(pairs: Sequence[DrawnPair]) -> Fraction | None:
    """Return the absolute difference of the shares; None if one side has no night."""
    with_it, without_it = ([], [])  # type: tuple[list[bool], list[bool]]
    for pair in pairs:
        nights = (pair.first, pair.second) if pair.begins_with else (pair.second, pair.first)
        for side, night in zip((with_it, without_it), nights, strict=True):
            if night is not None:
                side.append(night)
    if not with_it or not without_it:
        return None
    return abs(Fraction(sum(with_it), len(with_it)) - Fraction(sum(without_it), len(without_it)))


@settings(max_examples=150)
@given(PAIRS)
def test_it_is_the_share_of_all_draws_one_by_one(pairs: list[DrawnPair]) -> None:
    observed = difference(pairs)
    draws = [difference(redrawn(pairs, draw)) for draw in product([True, False], repeat=len(pairs))]

    if observed is None:
        assert chance_of_difference(pairs) is None
    else:
        at_least = sum(each is None or each >= observed for each in draws)
        assert chance_of_difference(pairs) == Fraction(at_least, len(draws))


@given(PAIRS)
def test_which_of_the_two_is_called_with_makes_no_difference(pairs: list[DrawnPair]) -> None:
    opposite = redrawn(pairs, [not pair.begins_with for pair in pairs])
    assert chance_of_difference(opposite) == chance_of_difference(pairs)


@given(PAIRS)
def test_a_pair_that_does_not_count_changes_nothing(pairs: list[DrawnPair]) -> None:
    assert chance_of_difference([*pairs, DrawnPair(first=None, second=None, begins_with=True)]) == chance_of_difference(
        pairs
    )


def test_a_single_night_of_a_pair_was_drawn_as_well() -> None:
    pairs = [
        DrawnPair(first=True, second=False, begins_with=True),
        DrawnPair(first=None, second=True, begins_with=False),
    ]

    assert [tuple(each) for each in count_arms(pairs)] == [(2, 2), (0, 1)]
    # With 2 of 2 and without 0 of 1; of the other three draws, one gives 0 of 1 and 2 of 2.
    assert chance_of_difference(pairs) == Fraction(2, 4)


def test_84_nights_of_two_sides_that_never_agree_are_all_but_impossible_by_chance() -> None:
    pairs = [DrawnPair(first=True, second=False, begins_with=True)] * 42
    assert chance_of_difference(pairs) == Fraction(2, 2**42)


# --- simulated experiments --------------------------------------------------------------------------------------------


def simulate(outcomes: Callable[[random.Random], Sequence[bool | None]]) -> int:
    """Return how many of the simulated experiments have a rare difference, if the draw makes none."""
    generator = random.Random(17)  # noqa: S311 - a simulation
    rare = 0
    for _ in range(SIMULATIONS):
        nights = outcomes(generator)
        pairs = [
            DrawnPair(first=nights[night], second=nights[night + 1], begins_with=generator.random() < 0.5)
            for night in range(0, len(nights), 2)
        ]
        chance = chance_of_difference(pairs)
        rare += chance is not None and chance <= SIGNIFICANT
    return rare


def independent(generator: random.Random) -> list[bool | None]:
    return [generator.random() < 0.5 for _ in range(28)]


def clustered(generator: random.Random) -> list[bool | None]:
    """Bad nights cling: two of three nights are as the one before."""
    nights = [generator.random() < 0.5]
    while len(nights) < 28:
        nights.append(nights[-1] if generator.random() < 0.66 else generator.random() < 0.5)
    return list(nights)


def often_unrecorded(generator: random.Random) -> list[bool | None]:
    """Of the good nights, half are not recorded."""
    return [None if not night and generator.random() < 0.5 else night for night in clustered(generator)]


@pytest.mark.parametrize("outcomes", [independent, clustered, often_unrecorded])
def test_where_nothing_differs_at_most_one_experiment_in_20_finds_something(
    outcomes: Callable[[random.Random], Sequence[bool | None]],
) -> None:
    assert simulate(outcomes) <= SIMULATIONS * SIGNIFICANT


def test_the_power_that_is_stated_is_that_of_the_test_itself() -> None:
    share_without, share_with = EXPECTED_SHARES
    generator = random.Random(17)  # noqa: S311 - a simulation
    found = 0
    for _ in range(SIMULATIONS):
        pairs = [
            DrawnPair(
                first=generator.random() < share_with, second=generator.random() < share_without, begins_with=True
            )
            for _ in range(21)
        ]
        chance = chance_of_difference(pairs)
        found += chance is not None and chance <= SIGNIFICANT
    assert found / SIMULATIONS == pytest.approx(power(42), abs=0.035)


def test_more_nights_find_more_and_28_find_little() -> None:
    assert [round(100 * power(nights)) for nights in (28, 42, 84)] == [9, 16, 37]
