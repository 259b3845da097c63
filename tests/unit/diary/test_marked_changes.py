"""Tests of the changes that a sleeper marks on a day."""

from datetime import date, timedelta

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import (
    ChangeKind,
    MarkedChangeKind,
    MarkedChangeUpdate,
    NewEpisode,
    NewMarkedChange,
    Request,
)

from .samples import NOW, assert_refused, later

TODAY = NOW.date()
DAY = timedelta(days=1)
IRON = NewMarkedChange(kind=MarkedChangeKind.IRON, name=" Iron ", amount="30 mg", note="with juice")
FERRITIN = NewMarkedChange(kind=MarkedChangeKind.LABORATORY, name="Ferritin", value=45, unit="ng/ml")


def test_a_change_is_marked_on_the_current_day(diary: Diary) -> None:
    result = diary.log_marked_change("alex", IRON, NOW)

    marked = result.marked_change
    assert (marked.day, marked.kind, marked.name, marked.amount) == (TODAY, MarkedChangeKind.IRON, "Iron", "30 mg")
    assert result.new
    assert diary.marked_changes("alex") == [marked]
    assert diary.marked_change("alex", marked.id) == marked
    assert diary.marked_changes("kim") == []


def test_changes_are_read_newest_first_between_two_days(diary: Diary) -> None:
    days = (TODAY - 3 * DAY, TODAY, TODAY - DAY, TODAY - DAY)
    marked = [diary.log_marked_change("alex", NewMarkedChange(day=day), NOW).marked_change for day in days]

    assert diary.marked_changes("alex") == [marked[1], marked[3], marked[2], marked[0]]
    assert diary.marked_changes("alex", TODAY - DAY, TODAY - DAY) == [marked[3], marked[2]]
    assert diary.marked_changes("alex", None, TODAY - 2 * DAY) == [marked[0]]
    assert diary.marked_changes("alex", TODAY) == [marked[1]]


def test_a_laboratory_value_has_a_name_a_number_and_perhaps_a_unit(diary: Diary) -> None:
    marked = diary.log_marked_change("alex", FERRITIN, NOW).marked_change
    assert (marked.value, marked.unit) == (45.0, "ng/ml")
    assert isinstance(marked.value, float)
    laboratory = MarkedChangeKind.LABORATORY
    assert_refused("laboratory_incomplete", lambda: NewMarkedChange(kind=laboratory, name="Ferritin"))
    assert_refused("laboratory_incomplete", lambda: NewMarkedChange(kind=laboratory, value=45))
    assert_refused("value_without_laboratory", lambda: NewMarkedChange(name="Iron", value=45))
    assert_refused("value_without_laboratory", lambda: NewMarkedChange(name="Iron", unit="mg"))
    assert_refused("not_a_number", lambda: NewMarkedChange(kind=laboratory, name="x", value=float("inf")))


def test_the_amount_of_an_earlier_change_is_never_rewritten(diary: Diary) -> None:
    first = diary.log_marked_change("alex", NewMarkedChange(name="X", amount="1 mg", day=TODAY - DAY), NOW)
    second = diary.log_marked_change("alex", NewMarkedChange(name="X", amount="2 mg"), NOW)

    diary.update_marked_change("alex", second.marked_change.id, MarkedChangeUpdate(amount="3 mg"), NOW)
    assert [each.amount for each in diary.marked_changes("alex")] == ["3 mg", "1 mg"]
    assert diary.marked_change("alex", first.marked_change.id) == first.marked_change


def test_given_fields_are_updated_and_others_kept(diary: Diary) -> None:
    marked = diary.log_marked_change("alex", IRON, NOW).marked_change

    result = diary.update_marked_change("alex", None, MarkedChangeUpdate(note=None, day=TODAY - DAY), later(minutes=1))
    updated = result.marked_change
    assert (updated.id, updated.day, updated.name, updated.note) == (marked.id, TODAY - DAY, "Iron", None)
    assert updated.edited_at == later(minutes=1)
    assert updated.logged_at == marked.logged_at
    same = diary.update_marked_change("alex", marked.id, MarkedChangeUpdate(name="Iron"), later(minutes=2))
    assert (same.change_id, same.marked_change) == (None, updated)


def test_an_update_that_would_be_invalid_is_refused(diary: Diary) -> None:
    diary.log_marked_change("alex", FERRITIN, NOW)
    update = diary.update_marked_change
    assert_refused("value_without_laboratory", lambda: update("alex", None, {"kind": MarkedChangeKind.IRON}, NOW))
    assert_refused("change_in_future", lambda: update("alex", None, {"day": TODAY + DAY}, NOW))
    assert_refused("laboratory_incomplete", lambda: update("alex", None, {"name": ""}, NOW))
    no_value = MarkedChangeUpdate(kind=MarkedChangeKind.IRON, value=None, unit=None)
    assert update("alex", None, no_value, NOW).marked_change.kind is MarkedChangeKind.IRON


def test_a_change_that_is_deleted_comes_back_with_undo(diary: Diary) -> None:
    marked = diary.log_marked_change("alex", IRON, NOW).marked_change
    deleted = diary.delete_marked_change("alex", None, NOW)
    assert (deleted.marked_change, diary.marked_changes("alex")) == (marked, [])

    undone = diary.undo("alex", NOW, deleted.change_id)
    assert undone.kind is ChangeKind.MARKED_CHANGE_DELETED
    assert undone.transitions[0].after == marked
    assert diary.marked_changes("alex") == [marked]
    diary.redo("alex", NOW)
    assert diary.marked_changes("alex") == []


def test_changes_and_episodes_are_undone_in_one_order(diary: Diary) -> None:
    diary.log_marked_change("alex", IRON, NOW)
    diary.log("alex", NewEpisode(severity=3), NOW)
    diary.update_marked_change("alex", None, MarkedChangeUpdate(amount="60 mg"), NOW)

    kinds = [diary.undo("alex", NOW).kind for _ in range(3)]
    assert kinds == [ChangeKind.MARKED_CHANGE_UPDATED, ChangeKind.LOGGED, ChangeKind.MARKED_CHANGE_LOGGED]
    assert diary.marked_changes("alex") == []


@pytest.mark.parametrize("request_id", [None, "b0b2a3c9"])
def test_a_repeated_call_marks_a_change_once(diary: Diary, request_id: str | None) -> None:
    request = Request(id=request_id, user="alex")
    first = diary.log_marked_change("alex", IRON, NOW, request)
    again = diary.log_marked_change("alex", IRON, later(seconds=30), request)

    assert (again.repeated, again.change_id, again.marked_change) == (True, first.change_id, first.marked_change)
    assert len(diary.marked_changes("alex")) == 1
    diary.undo("alex", later(seconds=31))
    assert diary.log_marked_change("alex", IRON, later(seconds=32), Request(user="alex")).new


def test_days_that_cannot_be_are_refused(diary: Diary) -> None:
    tomorrow, long_ago = NewMarkedChange(day=TODAY + DAY), NewMarkedChange(day=date(1999, 12, 31))
    assert_refused("change_in_future", lambda: diary.log_marked_change("alex", tomorrow, NOW))
    assert_refused("night_too_early", lambda: diary.log_marked_change("alex", long_ago, NOW))
    assert diary.marked_changes("alex") == []


@pytest.mark.parametrize(("field", "length"), [("name", 101), ("amount", 101), ("unit", 31)])
def test_texts_that_are_too_long_are_refused(field: str, length: int) -> None:
    details = {"kind": MarkedChangeKind.LABORATORY, "name": "x", "value": 1.0, field: "x" * length}
    error = assert_refused("text_too_long", lambda: NewMarkedChange(**details))  # type: ignore[arg-type]
    assert error.placeholders == {"field": field, "limit": str(length - 1)}
    assert_refused("note_too_long", lambda: NewMarkedChange(note="x" * 2001))


def test_what_does_not_exist_cannot_be_changed(diary: Diary) -> None:
    assert_refused("no_marked_change", lambda: diary.delete_marked_change("alex", None, NOW))
    marked = diary.log_marked_change("alex", IRON, NOW).marked_change
    assert_refused("unknown_marked_change", lambda: diary.delete_marked_change("kim", marked.id, NOW))
    assert_refused("unknown_marked_change", lambda: diary.update_marked_change("alex", "?", {}, NOW))


def test_a_sleeper_with_nothing_but_a_marked_change_has_a_diary(diary: Diary) -> None:
    diary.log_marked_change("alex", IRON, NOW)
    assert [each.sleeper for each in diary.orphaned_sleepers(())] == ["alex"]
    diary.erase_sleeper("alex")
    assert diary.marked_changes("alex") == []
    assert diary.orphaned_sleepers(()) == []
