"""What the file holds of whom, and what becomes of a diary whose sleeper is gone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.migrations import SCHEMA_VERSION
from custom_components.rls_bedtime.diary.models import Changes, Entry, InvalidEntryError
from custom_components.rls_bedtime.diary.reports import SleeperRecord

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
TONIGHT = date(2026, 11, 23)


def test_the_file_tells_whose_diaries_it_holds(diary: Diary) -> None:
    for minutes in (30, 10, 20):
        diary.log("alex", Entry(ago=timedelta(minutes=minutes)), NOW)
    diary.rename("kim", "Kim")
    diary.rename("alex", "Alex")
    diary.rename("alex", "Alexandra")

    assert diary.sleepers() == [
        SleeperRecord(sleeper="alex", name="Alexandra", episodes=3, last_started_at=NOW - timedelta(minutes=10)),
        SleeperRecord(sleeper="kim", name="Kim", episodes=0, last_started_at=None),
    ]


def test_an_orphaned_diary_is_adopted_with_all_that_is_in_it(diary: Diary) -> None:
    diary.begin_routine("old", ["stretch", "tea"])
    diary.tick("old", diary.routine("old", TONIGHT)[1].uid, TONIGHT, done=True)
    diary.log_clear_night("old", date(2026, 11, 20), NOW)
    diary.note_bedtime("old", NOW)
    first = diary.log("old", Entry(severity=3), NOW).episode
    diary.update("old", first.id, Changes(severity=4), NOW)

    diary.adopt("old", "new")

    assert [each.sleeper for each in diary.sleepers()] == ["new"]
    assert [(each.sleeper, each.severity) for each in diary.episodes("new")] == [("new", 4)]
    assert [each.night for each in diary.clear_nights("new")] == [date(2026, 11, 20)]
    assert [(each.text, each.done) for each in diary.routine("new", TONIGHT)] == [("stretch", False), ("tea", True)]
    assert diary.summary("new", None, None, NOW).bedtimes.n == 1
    diary.undo("new", NOW)
    assert diary.episode("new", first.id).severity == 3
    diary.undo("new", NOW)
    diary.undo("new", NOW)
    assert diary.episodes("new") == []
    assert diary.clear_nights("new") == []
    assert diary.check(NOW)


def test_adoption_loses_nothing_of_the_one_who_adopts(diary: Diary) -> None:
    for sleeper, severity in (("old", 1), ("new", 2), ("old", 3)):
        diary.log(sleeper, Entry(severity=severity), NOW)
    for sleeper in ("old", "new"):
        diary.log_clear_night(sleeper, date(2026, 11, 20), NOW)
        diary.note_bedtime(sleeper, NOW)
    diary.begin_routine("old", ["stretch", "mine alone"])
    diary.begin_routine("new", ["stretch", "tea"])
    diary.rename("new", "New")

    diary.adopt("old", "new")

    assert {each.severity for each in diary.episodes("new")} == {1, 2, 3}
    assert len(diary.clear_nights("new")) == 1
    assert [each.text for each in diary.routine("new", TONIGHT)] == ["stretch", "mine alone", "tea"]
    assert [each.name for each in diary.sleepers()] == ["New"]
    for _ in range(5):
        diary.undo("new", NOW)
    assert diary.episodes("new") == []
    assert diary.clear_nights("new") == []
    assert diary.check(NOW)


@pytest.mark.parametrize(("old", "new"), [("nobody", "kim"), ("kim", "kim")])
def test_what_is_not_there_cannot_be_adopted(diary: Diary, old: str, new: str) -> None:
    diary.log("kim", Entry(), NOW)

    with pytest.raises(InvalidEntryError):
        diary.adopt(old, new)

    assert len(diary.episodes("kim")) == 1


def test_the_file_is_told_in_figures(diary: Diary, path: Path) -> None:
    empty = diary.statistics()
    assert (empty.episodes, empty.last_write, empty.intact, empty.copies) == (0, None, None, 0)

    diary.log("alex", Entry(), NOW)
    diary.log("kim", Entry(), NOW + timedelta(minutes=1))
    diary.check(NOW)

    told = diary.statistics()
    assert (told.episodes, told.last_write, told.schema) == (2, NOW + timedelta(minutes=1), SCHEMA_VERSION)
    assert (told.intact, told.checked_at) == (True, NOW)
    assert told.size >= path.stat().st_size
