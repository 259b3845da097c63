"""Tests of the experiments of a sleeper: starting, stopping, skipping nights, undo, and what comes out in the end."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from custom_components.rls_bedtime.diary import experiments
from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.experiment_design import ExperimentStatus
from custom_components.rls_bedtime.diary.experiments import ExperimentReport
from custom_components.rls_bedtime.diary.models import (
    Arm,
    ChangeKind,
    ExperimentKind,
    NewEpisode,
    NewExperiment,
    Request,
)

from .samples import BERLIN, assert_refused

FIRST = date(2026, 11, 24)
EVENING = datetime(2026, 11, 24, 20, 0, tzinfo=BERLIN)
DAY = timedelta(days=1)
SOCKS = NewExperiment(kind=ExperimentKind.TAG, subject=" warm socks ", nights=28)
STRETCH = NewExperiment(kind=ExperimentKind.PRACTICE, subject="STRETCH", nights=28)
COOL = NewExperiment(
    kind=ExperimentKind.OPTION, subject="temperature_setback", nights=28, with_value="2.0", without_value="0"
)


def evening(days: int, at: time = time(20)) -> datetime:
    """Return the evening so many days later, on the clock of the wall."""
    return datetime.combine(FIRST + days * DAY, at, BERLIN)


def report(diary: Diary, now: datetime) -> ExperimentReport:
    found = diary.experiment_report("alex", now)
    assert found is not None
    return found


def arms(diary: Diary, now: datetime) -> list[Arm]:
    return [night.arm for night in report(diary, now).nights]


def tonight(diary: Diary, now: datetime) -> Any:
    running = diary.running_experiment("alex", now)
    assert running is not None
    return running.tonight


# --- start and stop ---------------------------------------------------------------------------------------------------


def test_an_experiment_begins_on_the_evening_on_which_it_is_started(diary: Diary) -> None:
    result = diary.start_experiment("alex", SOCKS, EVENING)

    assert result.new
    assert (result.experiment.subject, result.experiment.first_night) == ("warm socks", FIRST)
    assert 0 <= result.experiment.seed < 2**14
    running = diary.running_experiment("alex", EVENING)
    assert running is not None
    assert (running.experiment, running.text) == (result.experiment, "warm socks")
    assert running.tonight is not None
    assert (running.tonight.night, running.tonight.number) == (FIRST, 0)
    assert diary.running_experiment("kim", EVENING) is None


@pytest.mark.parametrize("at", [time(1), time(9)])
def test_started_by_night_or_in_the_morning_it_begins_on_the_next_evening(diary: Diary, at: time) -> None:
    now = evening(0, at)
    diary.start_experiment("alex", SOCKS, now)

    assert tonight(diary, now) is None
    assert report(diary, now).nights == ()
    assert tonight(diary, evening(0, time(12))).night == FIRST


def test_a_sleeper_has_one_running_experiment(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)

    assert_refused("experiment_running", lambda: diary.start_experiment("alex", COOL, EVENING))
    assert diary.start_experiment("kim", COOL, EVENING).new
    diary.stop_experiment("alex", EVENING)
    assert diary.start_experiment("alex", COOL, EVENING).new


def test_a_practice_is_an_item_of_the_routine_that_stays_there_meanwhile(diary: Diary) -> None:
    diary.create_routine("alex", ["Stretch", "Tea"], EVENING)
    stretch, tea = diary.routine("alex", FIRST)

    assert diary.start_experiment("alex", STRETCH, EVENING).experiment.subject == stretch.uid
    diary.update_item("alex", stretch.uid, EVENING, text="Stretch the calves")
    running = diary.running_experiment("alex", EVENING)
    assert running is not None
    assert running.text == "Stretch the calves"
    error = assert_refused("item_in_experiment", lambda: diary.remove_items("alex", [tea.uid, stretch.uid], EVENING))
    assert error.placeholders == {"item": "Stretch the calves"}
    diary.stop_experiment("alex", EVENING)
    diary.remove_items("alex", [tea.uid, stretch.uid], EVENING)
    removed = NewExperiment(kind=ExperimentKind.PRACTICE, subject=stretch.uid, nights=28)
    assert_refused("unknown_practice", lambda: diary.start_experiment("alex", removed, EVENING))
    assert_refused("unknown_practice", lambda: diary.start_experiment("alex", STRETCH, EVENING))


def test_what_cannot_be_the_subject_is_refused() -> None:
    long = "x" * 51
    assert_refused("tag_too_long", lambda: NewExperiment(kind=ExperimentKind.TAG, subject=long, nights=28))


def test_the_experiments_of_a_bedroom_set_different_options(diary: Diary) -> None:
    diary.start_experiment("kim", COOL, EVENING)

    assert_refused("option_in_experiment", lambda: diary.start_experiment("alex", COOL, EVENING, others=["kim"]))
    assert diary.start_experiment("alex", replace(COOL, subject="wind_down"), EVENING, others=["kim"]).new
    assert diary.start_experiment("sam", COOL, EVENING, others=["alex"]).new


def test_a_repeat_of_a_start_does_not_depend_on_who_else_has_an_experiment(diary: Diary) -> None:
    request, retried = Request(user="user"), Request(user="user", id="1")
    first = diary.start_experiment("alex", COOL, EVENING, request, ["kim"])
    named = diary.start_experiment("sam", COOL, EVENING, retried, ["kim"])
    diary.stop_experiment("sam", EVENING)
    diary.start_experiment("kim", COOL, EVENING)

    assert diary.start_experiment("alex", COOL, EVENING, request, ["kim"]).change_id == first.change_id
    assert diary.start_experiment("sam", COOL, EVENING, retried, ["kim"]).change_id == named.change_id


def test_stopped_and_started_again_is_no_repeat(diary: Diary) -> None:
    request = Request(user="user")
    seconds = [EVENING + timedelta(seconds=each) for each in range(5)]
    started = [diary.start_experiment("alex", SOCKS, seconds[0], request)]
    stopped = [diary.stop_experiment("alex", seconds[1], request)]
    assert diary.stop_experiment("alex", seconds[1], request).repeated
    started.append(diary.start_experiment("alex", SOCKS, seconds[2], request))
    assert diary.start_experiment("alex", SOCKS, seconds[2], request).repeated
    stopped.append(diary.stop_experiment("alex", seconds[3], request))

    assert [each.new for each in (*started, *stopped)] == [True] * 4
    assert diary.running_experiment("alex", seconds[4]) is None


def test_an_experiment_can_be_stopped_at_any_time(diary: Diary) -> None:
    assert_refused("no_experiment", lambda: diary.stop_experiment("alex", EVENING))
    diary.start_experiment("alex", SOCKS, EVENING)

    assert diary.stop_experiment("alex", evening(3)).experiment.stopped_on == FIRST + 3 * DAY
    assert diary.running_experiment("alex", evening(3)) is None
    stopped = report(diary, evening(9))
    assert stopped.status is ExperimentStatus.STOPPED
    assert [night.night for night in stopped.nights] == [FIRST + each * DAY for each in range(3)]
    assert_refused("no_experiment", lambda: diary.stop_experiment("alex", evening(3)))


def test_stopped_after_the_night_it_keeps_that_night(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    diary.stop_experiment("alex", evening(2, time(9)))
    assert [night.night for night in report(diary, evening(9)).nights] == [FIRST, FIRST + DAY]


def test_repeats_of_a_call_write_nothing(diary: Diary) -> None:
    request = Request(id="1")
    first = diary.start_experiment("alex", SOCKS, EVENING, request)
    again = diary.start_experiment("alex", SOCKS, EVENING + DAY, request)
    assert (again.new, again.experiment) == (False, first.experiment)
    twice = [diary.skip_experiment_night("alex", None, EVENING, skipped=True, request=Request()) for _ in range(2)]
    assert [each.new for each in twice] == [True, False]
    assert twice[0].night == twice[1].night == FIRST
    stops = [diary.stop_experiment("alex", EVENING, Request()) for _ in range(2)]
    assert [each.new for each in stops] == [True, False]


# --- what is said of a night ------------------------------------------------------------------------------------------


def test_a_night_away_is_skipped_and_its_draw_moves_to_the_next(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    plain = arms(diary, evening(5))

    result = diary.skip_experiment_night("alex", None, evening(1), skipped=True)
    assert (result.night, result.new) == (FIRST + DAY, True)
    assert not diary.skip_experiment_night("alex", None, evening(1), skipped=True).new
    assert tonight(diary, evening(1)).skipped
    assert arms(diary, evening(6)) == [*plain[:2], *plain[1:]]
    diary.skip_experiment_night("alex", None, evening(1), skipped=False)
    assert arms(diary, evening(5)) == plain
    assert not diary.skip_experiment_night("alex", None, evening(1), skipped=False).new


def test_a_night_that_is_skipped_later_is_only_left_out(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    plain = arms(diary, evening(5))

    diary.skip_experiment_night("alex", FIRST, evening(3), skipped=True)
    assert arms(diary, evening(5)) == plain
    assert report(diary, evening(5)).nights[0].skipped
    diary.skip_experiment_night("alex", FIRST, evening(3), skipped=False)
    assert not report(diary, evening(5)).nights[0].skipped


def test_only_nights_of_the_experiment_can_be_skipped_or_ticked(diary: Diary) -> None:
    assert_refused("no_experiment", lambda: diary.skip_experiment_night("alex", None, EVENING, skipped=True))
    diary.start_experiment("alex", SOCKS, EVENING)
    for night, key in ((FIRST - DAY, "night_not_in_experiment"), (FIRST + DAY, "night_in_future")):
        assert_refused(key, partial(diary.skip_experiment_night, "alex", night, EVENING, skipped=True))
        assert_refused(key, partial(diary.log_experiment_night, "alex", night, EVENING, done=True))


def test_whoever_knows_the_result_does_not_choose_its_nights(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    diary.stop_experiment("alex", evening(9))
    before = report(diary, evening(9))
    assert before.result is not None

    skip = partial(diary.skip_experiment_night, "alex", FIRST + DAY, skipped=True)
    assert_refused("experiment_over", lambda: skip(evening(9)))
    assert_refused("experiment_over", lambda: skip(evening(40)))
    assert report(diary, evening(9)) == before
    assert diary.log_experiment_night("alex", FIRST + DAY, evening(9), done=True).new


@pytest.mark.parametrize("is_stopped", [True, False])
def test_nobody_chooses_the_nights_by_undo_and_redo_either(diary: Diary, is_stopped: bool) -> None:  # noqa: FBT001
    diary.log("alex", NewEpisode(note="older"), EVENING)
    start = diary.start_experiment("alex", SOCKS, EVENING)
    skips = [
        diary.skip_experiment_night("alex", FIRST + days * DAY, evening(5), skipped=True).change_id for days in (0, 1)
    ]
    diary.undo("alex", evening(5), skips[1])
    if is_stopped:
        diary.stop_experiment("alex", evening(9))
    end = evening(10) if is_stopped else evening(40)
    before = report(diary, end)
    assert before.result is not None

    assert_refused("experiment_over", lambda: diary.undo("alex", end, skips[0]))
    assert_refused("experiment_over", lambda: diary.redo("alex", end, skips[1]))
    assert_refused("changed_since", lambda: diary.undo("alex", end, start.change_id))
    assert_refused("nothing_to_redo", lambda: diary.redo("alex", end))
    # Undo with no id passes over it.
    assert diary.undo("alex", end).kind is ChangeKind.LOGGED
    assert report(diary, end) == before


def test_a_tick_of_an_experiment_that_follows_on_the_same_night_is_undone(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    diary.skip_experiment_night("alex", None, EVENING, skipped=True)
    diary.stop_experiment("alex", EVENING)
    diary.start_experiment("alex", replace(SOCKS, subject="tea"), EVENING)
    tick = diary.log_experiment_night("alex", None, EVENING, done=True)

    assert diary.undo("alex", evening(1), tick.change_id).change_id
    assert (report(diary, evening(1)).nights[0].done, report(diary, evening(1)).nights[0].skipped) == (None, False)


def test_a_tag_has_a_tick_of_its_own(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)

    assert diary.log_experiment_night("alex", None, EVENING, done=True).new
    assert tonight(diary, EVENING).done is True
    diary.log_experiment_night("alex", None, EVENING, done=False)
    assert tonight(diary, EVENING).done is False
    diary.skip_experiment_night("alex", None, EVENING, skipped=True)
    assert (tonight(diary, EVENING).skipped, tonight(diary, EVENING).done) == (True, False)
    diary.stop_experiment("alex", EVENING)
    diary.start_experiment("alex", COOL, EVENING)
    assert_refused("experiment_without_tag", lambda: diary.log_experiment_night("alex", None, EVENING, done=True))
    # The row of the night is that of the experiment that was stopped on it.
    assert not tonight(diary, EVENING).skipped
    diary.skip_experiment_night("alex", None, EVENING, skipped=True)
    assert (tonight(diary, EVENING).skipped, tonight(diary, EVENING).done) == (True, None)


def test_a_night_is_skipped_by_itself_only_if_nobody_has_decided(diary: Diary) -> None:
    assert not diary.skip_if_undecided("alex", EVENING).new
    diary.start_experiment("alex", SOCKS, EVENING)

    assert diary.skip_if_undecided("alex", EVENING).new
    assert not diary.skip_if_undecided("alex", EVENING).new
    diary.undo("alex", EVENING)
    assert not diary.skip_if_undecided("alex", EVENING).new
    diary.skip_experiment_night("alex", None, evening(1), skipped=True)
    diary.skip_experiment_night("alex", None, evening(1), skipped=False)
    assert not diary.skip_if_undecided("alex", evening(1)).new
    diary.log_experiment_night("alex", None, evening(2), done=True)
    assert diary.skip_if_undecided("alex", evening(2)).new


@pytest.mark.parametrize("first", [date(2027, 3, 27), date(2026, 10, 24)])
def test_the_clock_changes_move_no_night(diary: Diary, first: date) -> None:
    start = datetime.combine(first, time(20), BERLIN)
    diary.start_experiment("alex", SOCKS, start)
    for days in range(4):
        for at in (time(12), time(23, 59)):
            assert tonight(diary, datetime.combine(first + days * DAY, at, BERLIN)).number == days
        early = datetime.combine(first + (days + 1) * DAY, time(2, 30), BERLIN)
        for now in (early, early.replace(fold=1), early.replace(hour=11, minute=59)):
            assert tonight(diary, now.astimezone(UTC).astimezone(BERLIN)).number == days


# --- undo and redo ----------------------------------------------------------------------------------------------------


def test_start_stop_and_skip_are_undone_and_redone(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    running = diary.running_experiment("alex", EVENING)
    diary.skip_experiment_night("alex", None, EVENING, skipped=True)
    skipped = diary.running_experiment("alex", EVENING)
    diary.stop_experiment("alex", EVENING)

    kinds = [diary.undo("alex", EVENING).kind]
    assert diary.running_experiment("alex", EVENING) == skipped
    kinds.append(diary.undo("alex", EVENING).kind)
    assert diary.running_experiment("alex", EVENING) == running
    kinds.append(diary.undo("alex", EVENING).kind)
    assert (diary.running_experiment("alex", EVENING), diary.experiment_report("alex", EVENING)) == (None, None)
    assert kinds == [
        ChangeKind.EXPERIMENT_STOPPED,
        ChangeKind.EXPERIMENT_NIGHT_UPDATED,
        ChangeKind.EXPERIMENT_STARTED,
    ]
    diary.redo("alex", EVENING)
    assert diary.running_experiment("alex", EVENING) == running
    diary.redo("alex", EVENING)
    assert diary.running_experiment("alex", EVENING) == skipped
    diary.redo("alex", EVENING)
    assert report(diary, EVENING).status is ExperimentStatus.STOPPED


def test_what_later_nights_were_drawn_by_is_not_undone(diary: Diary) -> None:
    diary.log("alex", NewEpisode(note="older"), EVENING)
    start = diary.start_experiment("alex", SOCKS, EVENING)
    ticked = diary.log_experiment_night("alex", None, EVENING, done=True)
    skip = diary.skip_experiment_night("alex", None, EVENING, skipped=True)
    drawn = arms(diary, evening(3))

    for result in (start, skip):
        assert_refused("draw_settled", partial(diary.undo, "alex", evening(1), result.change_id))
    assert_refused("changed_since", lambda: diary.undo("alex", evening(1), ticked.change_id))
    assert_refused("draw_settled", lambda: diary.skip_experiment_night("alex", FIRST, evening(1), skipped=False))
    # Undo with no id passes over it.
    assert diary.undo("alex", evening(1)).kind is ChangeKind.LOGGED
    assert_refused("nothing_to_undo", lambda: diary.undo("alex", evening(1)))
    assert arms(diary, evening(3)) == drawn


def test_an_undone_skip_of_an_earlier_night_is_not_redone(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    skip = diary.skip_experiment_night("alex", None, EVENING, skipped=True)
    diary.undo("alex", EVENING)

    assert_refused("draw_settled", lambda: diary.redo("alex", evening(1), skip.change_id))
    assert_refused("nothing_to_redo", lambda: diary.redo("alex", evening(1)))


def test_a_stop_is_taken_back_on_its_night_only(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    stop = diary.stop_experiment("alex", evening(3))

    assert_refused("draw_settled", lambda: diary.undo("alex", evening(4), stop.change_id))
    assert_refused("nothing_to_undo", lambda: diary.undo("alex", evening(4)))
    diary.undo("alex", evening(4, time(11)), stop.change_id)
    assert tonight(diary, evening(4)).number == 4


def test_a_start_without_skipped_nights_is_undone_and_redone_later(diary: Diary) -> None:
    started = diary.start_experiment("alex", SOCKS, EVENING)
    drawn = arms(diary, evening(9))
    diary.undo("alex", evening(5))
    assert diary.experiment_report("alex", evening(5)) is None
    diary.redo("alex", evening(6), started.change_id)
    assert arms(diary, evening(9)) == drawn


def test_an_experiment_that_another_one_has_followed_does_not_come_back(diary: Diary) -> None:
    first = diary.start_experiment("alex", SOCKS, EVENING)
    diary.undo("alex", EVENING)
    second = diary.start_experiment("alex", COOL, EVENING)
    assert_refused("changed_since", lambda: diary.redo("alex", EVENING, first.change_id))
    stop = diary.stop_experiment("alex", EVENING)
    diary.start_experiment("alex", SOCKS, EVENING)
    assert_refused("changed_since", lambda: diary.undo("alex", EVENING, stop.change_id))
    assert_refused("changed_since", lambda: diary.undo("alex", EVENING, second.change_id))


@pytest.mark.parametrize("back", [timedelta(seconds=2), timedelta(days=1)])
def test_an_experiment_that_is_started_after_the_clock_was_set_back_is_the_last_one(
    diary: Diary, back: timedelta
) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    diary.stop_experiment("alex", EVENING)
    second = diary.start_experiment("alex", COOL, EVENING - back).experiment

    running = diary.running_experiment("alex", EVENING - back)
    assert running is not None
    assert running.experiment == second
    assert_refused("experiment_running", lambda: diary.start_experiment("alex", SOCKS, EVENING))


def test_the_clock_that_makes_the_ids_does_not_decide_which_experiment_is_the_last_one(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    # After a restart, an id may be made by an earlier time than that of the one before.
    ids = iter([UUID(int=2), UUID(int=1)])
    monkeypatch.setattr(experiments, "uuid7", lambda: next(ids))
    diary.start_experiment("alex", SOCKS, EVENING)
    diary.stop_experiment("alex", EVENING)
    second = diary.start_experiment("alex", COOL, EVENING - timedelta(hours=1)).experiment

    running = diary.running_experiment("alex", EVENING)
    assert running is not None
    assert running.experiment == second
    assert diary.stop_experiment("alex", EVENING).experiment.id == second.id


def test_the_second_stop_of_a_day_is_undone_as_the_first(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    diary.stop_experiment("alex", EVENING)
    second = diary.start_experiment("alex", COOL, EVENING).experiment
    diary.stop_experiment("alex", EVENING)

    diary.undo("alex", EVENING)
    running = diary.running_experiment("alex", EVENING)
    assert running is not None
    assert running.experiment == second


def test_an_experiment_does_not_come_back_beside_another_one(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    stop = diary.stop_experiment("alex", EVENING)
    second = diary.start_experiment("alex", COOL, EVENING)
    diary.undo("alex", EVENING, second.change_id)
    diary.undo("alex", EVENING, stop.change_id)

    assert_refused("changed_since", lambda: diary.redo("alex", EVENING, second.change_id))


def test_an_experiment_does_not_come_back_to_an_option_that_is_taken(diary: Diary) -> None:
    diary.start_experiment("alex", COOL, EVENING)
    diary.stop_experiment("alex", EVENING)
    taken = diary.start_experiment("kim", COOL, EVENING, others=["alex"])
    assert_refused("option_in_experiment", lambda: diary.undo("alex", EVENING, others=["kim"]))
    assert diary.running_experiment("alex", EVENING) is None

    diary.undo("kim", EVENING)
    diary.undo("alex", EVENING, others=["kim"])
    assert_refused("option_in_experiment", lambda: diary.redo("kim", EVENING, taken.change_id, others=["alex"]))


def test_undo_and_redo_remove_no_item_from_under_an_experiment(diary: Diary) -> None:
    diary.create_routine("alex", ["Stretch", "Tea"], EVENING)
    stretch, tea = diary.routine("alex", FIRST)
    removed = [diary.remove_items("alex", [each.uid], EVENING) for each in (stretch, tea)]
    for each in removed:
        diary.undo("alex", EVENING, each.change_id)
    start = diary.start_experiment("alex", STRETCH, EVENING)
    diary.redo("alex", EVENING, removed[1].change_id)
    assert_refused("item_in_experiment", lambda: diary.redo("alex", EVENING, removed[0].change_id))

    stop = diary.stop_experiment("alex", EVENING)
    diary.remove_items("alex", [stretch.uid], EVENING)
    assert_refused("changed_since", lambda: diary.undo("alex", EVENING, stop.change_id))
    diary.undo("alex", EVENING)
    diary.undo("alex", EVENING, stop.change_id)
    diary.undo("alex", EVENING, start.change_id)
    diary.remove_items("alex", [stretch.uid], EVENING)
    assert_refused("changed_since", lambda: diary.redo("alex", EVENING, start.change_id))


def test_an_item_with_an_experiment_is_not_undone_away(diary: Diary) -> None:
    added = diary.add_item("alex", "Stretch", EVENING)
    diary.start_experiment("alex", STRETCH, EVENING)
    assert_refused("changed_since", lambda: diary.undo("alex", EVENING, added.change_id))


# --- the result -------------------------------------------------------------------------------------------------------


def record(diary: Diary, night: date, *, affected: bool) -> None:
    """Record a night, at noon of the next day."""
    now = datetime.combine(night + DAY, time(11), BERLIN)
    if affected:
        diary.log("alex", NewEpisode(started_at=datetime.combine(night, time(23), BERLIN), severity=5), now)
    else:
        diary.log_clear_night("alex", night, now)


def run(diary: Diary, entry: NewExperiment = SOCKS) -> None:
    """Run an experiment in which every night without is affected, and every fourth with."""
    diary.start_experiment("alex", entry, EVENING)
    diary.skip_experiment_night("alex", None, evening(4), skipped=True)
    for night in report(diary, evening(40)).nights:
        record(diary, night.night, affected=night.arm is Arm.WITHOUT or night.number % 4 == 0)


def test_there_is_no_result_before_the_experiment_is_over(diary: Diary) -> None:
    run(diary)
    # 28 nights and one that was skipped.
    assert report(diary, evening(28)).result is None
    assert report(diary, evening(29, time(11))).result is None
    assert report(diary, evening(29)).status is ExperimentStatus.OVER
    assert report(diary, evening(29)).result is not None
    assert diary.running_experiment("alex", evening(29)) is None


def test_the_result_is_by_what_was_assigned_with_what_was_done_beside_it(diary: Diary) -> None:
    run(diary)
    nights = [each for each in report(diary, evening(40)).nights if not each.skipped]
    for night in nights[:10]:
        diary.log_experiment_night("alex", night.night, evening(40), done=True)
    result = report(diary, evening(40)).result

    assert result is not None
    figures = result.arms[Arm.WITH]
    done = {arm: sum(each.arm is arm for each in nights[:10]) for arm in Arm}
    assert (figures.nights, figures.recorded) == (14, 14)
    assert figures.affected == sum(each.arm is Arm.WITH and each.number % 4 == 0 for each in nights)
    assert (figures.done, result.arms[Arm.WITHOUT].done) == (done[Arm.WITH], done[Arm.WITHOUT])
    assert result.arms[Arm.WITHOUT].affected == 14
    assert result.skipped == 1
    assert result.points == pytest.approx(100 * figures.affected / 14 - 100)
    assert result.interval is not None
    assert result.interval.high < 0
    assert [each.key for each in result.sentences] == ["result_rare", "done"]
    assert json.loads(json.dumps(result.as_json()))["difference"]["interval_method"] == "newcombe"


def test_an_undecided_answer_is_an_answer(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    for days in range(28):
        record(diary, FIRST + days * DAY, affected=True)
    result = report(diary, evening(40)).result

    assert result is not None
    assert [each.key for each in result.sentences] == ["result", "undecided", "done"]
    assert result.sentences[0].values["percent"] == 100


def test_with_few_recorded_nights_there_are_counts_only(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    for days in range(6):
        record(diary, FIRST + days * DAY, affected=True)
    result = report(diary, evening(40)).result

    assert result is not None
    assert (result.chance, result.points, result.as_json()["difference"]) == (None, None, None)
    assert [each.key for each in result.sentences] == ["counts", "too_few_nights", "done"]


def test_what_was_done_is_the_tick_of_a_practice_or_a_start_of_bedtime_mode(diary: Diary) -> None:
    diary.create_routine("alex", ["Stretch", "Tea"], EVENING)
    stretch, tea = diary.routine("alex", FIRST)
    diary.start_experiment("alex", STRETCH, EVENING)
    diary.log_practice("alex", stretch.uid, evening(9), night=FIRST + 2 * DAY)
    diary.log_practice("alex", tea.uid, evening(9), night=FIRST + 3 * DAY)
    diary.record_bedtime("alex", evening(5, time(22, 30)))
    assert report(diary, evening(9)).done == {FIRST + 2 * DAY}

    diary.stop_experiment("alex", evening(0))
    diary.start_experiment("alex", COOL, evening(0))
    assert report(diary, evening(9)).done == {FIRST + 5 * DAY}


def test_a_stopped_experiment_with_no_nights_has_an_empty_result(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    diary.stop_experiment("alex", EVENING)
    result = report(diary, EVENING).result
    assert result is not None
    assert result.arms[Arm.WITH].nights == 0


# --- the file ---------------------------------------------------------------------------------------------------------


def test_an_experiment_survives_export_and_import_with_the_same_draw(diary: Diary) -> None:
    run(diary)
    before = report(diary, evening(40))
    content = "".join(diary.export_json("alex"))
    diary.erase_sleeper("alex")
    assert diary.experiment_report("alex", evening(40)) is None

    result = diary.import_json("alex", content, evening(40))
    assert report(diary, evening(40)) == before
    # An import came with its own nights, so that it can be undone as a whole.
    diary.undo("alex", evening(41), result.change_id)
    assert diary.experiment_report("alex", evening(41)) is None
    diary.redo("alex", evening(41))
    assert report(diary, evening(40)) == before


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"nights": 0}, "nights"),
        ({"nights": 10**9}, "nights"),
        ({"with_value": "{"}, "with_value"),
        ({"with_value": "[[2]]"}, "with_value"),
        ({"with_value": "[" * 100_000}, "with_value"),
        ({"with_value": "NaN"}, "with_value"),
        ({"without_value": "1" + 30 * "0"}, "without_value"),
        ({"kind": "x"}, "kind"),
    ],
)
def test_an_import_with_a_damaged_experiment_is_refused(diary: Diary, change: dict[str, Any], place: str) -> None:
    diary.start_experiment("alex", COOL, EVENING)
    content = json.loads("".join(diary.export_json("alex")))
    content["experiments"][0] |= change
    diary.erase_sleeper("alex")
    error = assert_refused("import_damaged", lambda: diary.import_json("alex", json.dumps(content), EVENING))
    assert place in str(error.placeholders)


def test_erasing_a_sleeper_erases_the_experiments(diary: Diary) -> None:
    diary.start_experiment("alex", SOCKS, EVENING)
    diary.skip_experiment_night("alex", None, EVENING, skipped=True)
    diary.start_experiment("kim", COOL, EVENING)
    diary.erase_sleeper("alex")

    count = "SELECT (SELECT count(*) FROM experiment), (SELECT count(*) FROM experiment_night)"
    rows = diary._database.read_concurrently(lambda session: tuple(session.execute(text(count)).one()))  # noqa: SLF001
    assert rows == (1, 0)
