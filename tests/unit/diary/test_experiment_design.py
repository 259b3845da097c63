"""Tests of the design of an experiment: which nights belong to it, and what is assigned to each."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from hypothesis import given, strategies as st

from custom_components.rls_bedtime.diary.experiment_design import (
    DesignedNight,
    ExperimentDesign,
    ExperimentStatus,
)
from custom_components.rls_bedtime.diary.models import Arm, Experiment, ExperimentKind, ExperimentNight

FIRST = date(2026, 11, 23)
DAY = timedelta(days=1)
EXPERIMENT = Experiment(
    id="1",
    sleeper="alex",
    kind=ExperimentKind.TAG,
    subject="warm socks",
    with_value=None,
    without_value=None,
    nights=28,
    first_night=FIRST,
    seed=0b10,
    logged_at=datetime(2026, 11, 23, 20, tzinfo=UTC),
    stopped_on=None,
)
SEEDS = st.integers(0, 2**42 - 1)
SKIPPED = st.sets(st.integers(0, 60), max_size=20)


def note(night: date, *, repeats: bool = True, done: bool | None = None) -> ExperimentNight:
    return ExperimentNight(sleeper="alex", night=night, experiment="1", skipped=True, repeats=repeats, done=done)


def design(experiment: Experiment = EXPERIMENT, *notes: ExperimentNight) -> ExperimentDesign:
    return ExperimentDesign(experiment=experiment, notes={each.night: each for each in notes})


def all_nights(of: ExperimentDesign) -> list[DesignedNight]:
    return list(of.nights_until(FIRST + 400 * DAY))


def test_a_bit_of_the_seed_says_which_night_of_a_pair_comes_first() -> None:
    arms = [night.arm for night in all_nights(design())][:6]
    assert arms == [Arm.WITH, Arm.WITHOUT, Arm.WITHOUT, Arm.WITH, Arm.WITH, Arm.WITHOUT]


@given(SEEDS, st.sampled_from([28, 42, 84]), SKIPPED)
def test_every_draw_is_balanced_with_at_most_two_alike_in_a_row(seed: int, nights: int, skipped: set[int]) -> None:
    notes = [note(FIRST + each * DAY) for each in skipped]
    drawn = all_nights(design(replace(EXPERIMENT, seed=seed, nights=nights), *notes))

    kept = [each for each in drawn if not each.skipped]
    assert [each.number for each in kept] == list(range(nights))
    assert sum(each.arm is Arm.WITH for each in kept) == nights // 2
    assert max(len(list(group)) for _, group in groupby(kept, key=lambda each: each.arm)) <= 2


@given(SEEDS, SKIPPED)
def test_what_was_assigned_before_a_skipped_night_stays_as_it_was(seed: int, skipped: set[int]) -> None:
    experiment = replace(EXPERIMENT, seed=seed)
    notes = [note(FIRST + each * DAY) for each in sorted(skipped)]
    for number, each in enumerate(notes):
        before, after = design(experiment, *notes[:number]), design(experiment, *notes[: number + 1])
        assert [night.arm for night in before.nights_until(each.night)] == [
            night.arm for night in after.nights_until(each.night)
        ]


def test_what_is_assigned_to_a_skipped_night_is_assigned_to_the_next_one() -> None:
    plain, skipped = design(), design(EXPERIMENT, note(FIRST))

    assert skipped.night(FIRST) == replace(all_nights(plain)[0], skipped=True)
    shifted = [(night.number, night.arm) for night in all_nights(skipped)][1:]
    assert shifted == [(night.number, night.arm) for night in all_nights(plain)]


def test_a_night_that_is_left_out_later_moves_no_other() -> None:
    nights = all_nights(design(EXPERIMENT, note(FIRST, repeats=False)))
    assert nights == [replace(each, skipped=each.night == FIRST) for each in all_nights(design())]


def test_an_experiment_is_over_when_all_its_nights_are_used() -> None:
    last = FIRST + 27 * DAY
    assert design().status(last) is ExperimentStatus.RUNNING
    assert design().status(last + DAY) is ExperimentStatus.OVER
    assert (design().night(last + DAY), design().night(FIRST - DAY)) == (None, None)
    # The last night was skipped: there is one more.
    assert design(EXPERIMENT, note(last)).status(last + DAY) is ExperimentStatus.RUNNING


def test_a_stopped_experiment_ends_before_the_night_on_which_it_was_stopped() -> None:
    stopped = design(replace(EXPERIMENT, stopped_on=FIRST + 2 * DAY))
    assert [each.night for each in all_nights(stopped)] == [FIRST, FIRST + DAY]
    assert stopped.status(FIRST) is ExperimentStatus.STOPPED


def test_damaged_numbers_do_no_harm() -> None:
    for experiment in (replace(EXPERIMENT, seed=-1), replace(EXPERIMENT, seed=2**62), replace(EXPERIMENT, nights=-3)):
        assert all(each.arm in Arm for each in all_nights(design(experiment)))
