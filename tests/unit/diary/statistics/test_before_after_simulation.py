"""What the leading sentence says of simulated diaries in which nothing changes.

Bad nights come in a row: with persistence, a night is as the one before it with that probability, else drawn anew.
DIARIES=20000 simulates more of them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
import os
from random import Random

import pytest

from custom_components.rls_bedtime.diary.statistics.before_after import BeforeAfter, compare_before_after
from custom_components.rls_bedtime.diary.statistics.observations import DiaryHistory, NightObservation

DIARIES = int(os.environ.get("DIARIES", "1000"))
NIGHTS = 365
WINDOW = 28
FIRST = date(2026, 1, 1)

AFFECTED, CLEAR = NightObservation((600,), 5), NightObservation((), 0)

each_persistence = pytest.mark.parametrize("persistence", [0, 0.3, 0.6])


def simulated_diary(seed: int, persistence: float, share: float = 0.5, recorded: float = 0.9) -> DiaryHistory:
    """Return a diary of a year in which nothing changes."""
    generator = Random(f"{seed} {persistence}")  # noqa: S311 - a sequence that can be repeated
    observations = {}
    is_affected = generator.random() < share
    for day in range(NIGHTS):
        if generator.random() >= persistence:
            is_affected = generator.random() < share
        if generator.random() < recorded:
            observations[FIRST + timedelta(days=day)] = AFFECTED if is_affected else CLEAR
    return DiaryHistory(tonight=FIRST + timedelta(days=NIGHTS), observations=observations, named={})


@dataclass(frozen=True)
class Simulation:
    """Results at a date drawn by chance, and at one after bad weeks, of every diary."""

    by_chance: list[BeforeAfter]
    after_worst: list[BeforeAfter]


@cache
def simulate(persistence: float) -> Simulation:
    by_chance, after_worst = [], []
    for seed in range(DIARIES):
        history = simulated_diary(seed, persistence)
        generator = Random(seed)  # noqa: S311 - a sequence that can be repeated
        nights = list(history.nights)
        dates = nights[WINDOW : len(nights) - WINDOW + 1]
        by_chance.append(compare_before_after(history, generator.choice(dates), WINDOW))
        worst = worst_sixth(history).intersection(dates)
        if worst:
            after_worst.append(compare_before_after(history, generator.choice(sorted(worst)), WINDOW))
    return Simulation(by_chance, after_worst)


def worst_sixth(history: DiaryHistory) -> set[date]:
    """Return the dates after the worst sixth of all windows."""
    kinds = [history.observations.get(night) for night in history.nights]
    shares = {}
    for index in range(WINDOW, len(kinds) + 1):
        observed = [each.is_affected for each in kinds[index - WINDOW : index] if each is not None]
        shares[history.nights.first + timedelta(days=index)] = sum(observed) / len(observed)
    return set(sorted(shares, key=shares.__getitem__)[-(len(shares) // 6) :])


@each_persistence
def test_it_says_5_percent_or_fewer_in_at_most_6_percent_of_dates_drawn_by_chance(persistence: float) -> None:
    results = simulate(persistence).by_chance
    assert len(results) == DIARIES
    assert 0 < sum(each.sentences[0].key == "rank_rare" for each in results) <= 0.06 * DIARIES
    assert sum(each.rank is not None for each in results) > 0.7 * DIARIES


@each_persistence
def test_it_gives_no_rank_after_the_worst_fifth(persistence: float) -> None:
    """People mark a change when it is worst, and afterwards it is better whatever they do."""
    results = simulate(persistence).after_worst
    assert len(results) > 0.9 * DIARIES
    assert {(each.rank, each.sentences[0].key) for each in results} == {(None, "after_worst_weeks")}


@each_persistence
def test_an_interval_alone_would_mislead_where_bad_nights_come_in_a_row(persistence: float) -> None:
    """Which is why the rank leads: the interval is for nights that do not depend on each other."""
    differences = [each.comparison.difference for each in simulate(persistence).by_chance]
    intervals = [each.affected_interval for each in differences if each is not None]
    share = sum(not each.low <= 0 <= each.high for each in intervals) / len(intervals)
    assert share < 0.07 if persistence == 0 else share > 0.08
