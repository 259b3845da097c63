"""What is said of simulated diaries in which items of the routine change nothing, and of some in which one does.

Bad nights come in a row, and so do habits: with persistence, a night is as the one before it with that probability,
else drawn anew. Items are done around the time at which episodes begin. DIARIES=20000 simulates more of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
import os
from random import Random
from statistics import fmean

import pytest

from custom_components.rls_bedtime.diary.statistics.observations import DiaryHistory, NightObservation
from custom_components.rls_bedtime.diary.statistics.with_without import (
    Subject,
    SubjectKind,
    WithWithout,
    compare_with_without,
)

DIARIES = int(os.environ.get("DIARIES", "1000"))
NIGHTS = 100
ITEMS = 3
FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=day) for day in range(NIGHTS)]

each_persistence = pytest.mark.parametrize("persistence", [0, 0.3, 0.6])


@dataclass(frozen=True)
class Behavior:
    """How the nights and the items of a diary are.

    On a bad evening, the first item is done after all with the probability `late`, when the legs have begun. On an
    evening on which it was done before, a bad night becomes a clear one with the probability `prevented`.
    """

    persistence: float
    items: int = ITEMS
    usual: float = 0.5
    late: float = 0
    prevented: float = 0


def chain(generator: Random, persistence: float, share: float) -> Iterator[bool]:
    """Yield whether something is so on each night."""
    state = generator.random() < share
    for _ in DAYS:
        if generator.random() >= persistence:
            state = generator.random() < share
        yield state


def at(night: date, minute: float) -> datetime:
    return datetime.combine(night, time(12), UTC) + timedelta(minutes=minute)


def simulate_diary(seed: int, behavior: Behavior, *, knows_order: bool = True) -> list[WithWithout]:
    """Return the comparisons of a diary. Without the order, everything is taken to be done at noon."""
    generator = Random(f"{seed} {behavior}")  # noqa: S311 - a sequence that can be repeated
    observations: dict[date, NightObservation] = {}
    starts: dict[date, datetime] = {}
    bad_nights = list(chain(generator, behavior.persistence, 0.5))
    habits = [list(chain(generator, behavior.persistence, behavior.usual)) for _ in range(behavior.items)]
    done: list[dict[date, datetime | None]] = [{} for _ in habits]
    for day, night in enumerate(DAYS):
        onset = min(max(round(generator.gauss(630, 90)), 0), 1000)
        is_bad = bad_nights[day] and not (habits[0][day] and generator.random() < behavior.prevented)
        minutes = [generator.gauss(570, 45) if habit[day] else None for habit in habits]
        if minutes[0] is None and is_bad and generator.random() < behavior.late:
            minutes[0] = onset + generator.uniform(1, 40)
        for moments, minute in zip(done, minutes, strict=True):
            if minute is not None:
                moments[night] = at(night, minute if knows_order else 0)
        if generator.random() < 0.9:
            observations[night] = NightObservation((onset,), 5) if is_bad else NightObservation((), 0)
            if is_bad:
                starts[night] = at(night, onset)
    subjects = [Subject(kind=SubjectKind.PRACTICE, done=moments, others=set(DAYS) - moments.keys()) for moments in done]
    history = DiaryHistory(tonight=FIRST + timedelta(days=NIGHTS), observations=observations, named={})
    return list(compare_with_without(subjects, history, starts).items)


@cache
def simulate(behavior: Behavior, *, knows_order: bool = True) -> list[list[WithWithout]]:
    return [simulate_diary(seed, behavior, knows_order=knows_order) for seed in range(DIARIES)]


def looks_worse(result: WithWithout) -> bool:
    """Return whether the whole interval is above zero."""
    difference = result.comparison.difference
    return difference is not None and difference.affected_interval.low > 0


def excludes_zero(result: WithWithout) -> bool:
    difference = result.comparison.difference
    return difference is not None and not difference.affected_interval.low <= 0 <= difference.affected_interval.high


@each_persistence
def test_of_items_that_change_nothing_one_is_unusual_in_at_most_5_percent_of_diaries(persistence: float) -> None:
    diaries = simulate(Behavior(persistence))
    assert 0 < sum(any(item.is_rare for item in items) for items in diaries) <= 0.05 * DIARIES
    keys = {item.sentences[1].key for items in diaries for item in items}
    assert keys == {"shifts", "shifts_rare"}


@each_persistence
def test_items_that_change_nothing_differ_by_nothing_on_average(persistence: float) -> None:
    """Although those done before an episode lose the early ones: so do the nights without them."""
    differences = [item.comparison.difference for items in simulate(Behavior(persistence)) for item in items]
    assert abs(fmean(each.affected_points for each in differences if each is not None)) < 1.5


def test_an_interval_alone_would_mislead_where_bad_nights_and_habits_come_in_a_row() -> None:
    """Which is why nothing is said by it: it is for nights that do not depend on each other."""
    independent, clustered = (
        sum(any(map(excludes_zero, items)) for items in simulate(Behavior(persistence))) / DIARIES
        for persistence in (0, 0.6)
    )
    assert independent < 0.06
    assert clustered > 0.1


def test_something_harmless_that_is_done_when_it_is_bad_does_not_look_harmful() -> None:
    """It is done on 70 % of the bad evenings, and on 40 % of the others, as a simulation of the trap has it."""
    behavior = Behavior(0, items=1, usual=0.4, late=0.5)
    diaries = simulate(behavior)
    assert sum(item.is_rare for (item,) in diaries) <= 0.05 * DIARIES
    assert sum(looks_worse(item) for (item,) in diaries) <= 0.05 * DIARIES
    without_order = simulate(behavior, knows_order=False)
    assert sum(looks_worse(item) for (item,) in without_order) > 0.7 * DIARIES


def test_the_trap_is_none_where_bad_nights_come_in_a_row_either() -> None:
    diaries = simulate(Behavior(0.6, items=1, usual=0.4, late=0.5))
    assert sum(item.is_rare for (item,) in diaries) <= 0.05 * DIARIES


def test_something_that_prevents_most_bad_nights_is_found_in_most_diaries() -> None:
    diaries = simulate(Behavior(0.3, items=1, prevented=0.7))
    rare = [item for (item,) in diaries if item.is_rare]
    assert len(rare) > 0.6 * DIARIES
    assert not any(map(looks_worse, rare))
