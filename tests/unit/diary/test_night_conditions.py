"""Tests of the conditions of nights in the diary."""

from datetime import timedelta

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import NewEpisode

from .samples import NOW, TONIGHT
from .test_measurements import DAY, conditions

COOL = conditions(temperature=17.5, humidity=45.0, illuminance=0.5, minutes_asleep=370, minutes_in_bed=480)


def test_conditions_are_returned_by_night_the_newest_first(diary: Diary) -> None:
    diary.rename_sleeper("alex", "Alex")
    nights = [conditions(TONIGHT - each * DAY, temperature=18.0 + each) for each in range(3)]

    assert diary.record_conditions("alex", nights)
    assert diary.conditions("alex", TONIGHT - DAY, TONIGHT) == nights[:2]
    assert diary.conditions("alex") == nights
    assert diary.conditions("kim") == []


def test_what_is_known_is_never_overwritten_by_what_is_not(diary: Diary) -> None:
    diary.rename_sleeper("alex", "Alex")
    assert diary.record_conditions("alex", [COOL])
    assert not diary.record_conditions("alex", [conditions()])
    assert not diary.record_conditions("alex", [COOL])
    assert diary.conditions("alex") == [COOL]

    assert diary.record_conditions("alex", [conditions(minutes_asleep=390)])
    (after,) = diary.conditions("alex")
    assert (after.temperature, after.minutes_asleep) == (17.5, 390)


def test_of_a_night_of_which_nothing_is_known_there_is_no_record(diary: Diary) -> None:
    diary.rename_sleeper("alex", "Alex")
    assert not diary.record_conditions("alex", [conditions()])
    assert diary.conditions("alex") == []


def test_an_erased_sleeper_does_not_come_back_with_what_is_measured(diary: Diary) -> None:
    diary.log("alex", NewEpisode(), NOW)
    diary.record_conditions("alex", [COOL])
    diary.erase_sleeper("alex")
    assert diary.conditions("alex") == []

    assert not diary.record_conditions("alex", [COOL])
    assert diary.conditions("alex") == []
    assert diary.orphaned_sleepers([]) == []


def test_what_was_measured_is_no_change_that_can_be_undone(diary: Diary) -> None:
    logged = diary.log("alex", NewEpisode(), NOW)
    diary.record_conditions("alex", [COOL])

    assert diary.undo("alex", NOW + timedelta(minutes=2)).transitions[0].before == logged.episode
    assert diary.conditions("alex") == [COOL]


def test_a_diary_with_nothing_but_measurements_can_still_be_erased_after_its_sleeper_was_removed(diary: Diary) -> None:
    diary.rename_sleeper("alex", "Alex")
    assert diary.orphaned_sleepers([]) == []
    diary.record_conditions("alex", [COOL])
    assert [each.sleeper for each in diary.orphaned_sleepers([])] == ["alex"]


def test_the_trends_have_the_conditions_of_their_nights(diary: Diary) -> None:
    diary.rename_sleeper("alex", "Alex")
    diary.record_conditions("alex", [COOL, conditions(TONIGHT - DAY, temperature=19.0), conditions(TONIGHT - 9 * DAY)])

    assert diary.trends("alex", 7, NOW).as_json()["conditions"] == [
        ["2026-11-23", 17.5, 45.0, 0.5, 370, 480],
        ["2026-11-22", 19.0, None, None, None, None],
    ]


def test_the_summary_is_the_same_with_and_without_measurements(diary: Diary) -> None:
    diary.log("alex", NewEpisode(), NOW)
    before = diary.summary("alex", None, None, NOW)
    diary.record_conditions("alex", [COOL])
    assert diary.summary("alex", None, None, NOW) == before
