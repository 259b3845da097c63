"""Tests of the evening routine."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import InvalidEntryError
from custom_components.rls_bedtime.diary.routine import CompletedItem

TONIGHT = date(2026, 11, 23)
TEXTS = ["stretch", "massage", "no screens"]


def texts(diary: Diary, sleeper: str = "alex") -> list[str]:
    """Return the texts of a routine."""
    return [each.text for each in diary.routine(sleeper, TONIGHT)]


def uid(diary: Diary, text: str) -> str:
    """Return the id of an item."""
    return next(each.uid for each in diary.routine("alex", TONIGHT) if each.text == text)


def done(diary: Diary, night: date = TONIGHT) -> list[str]:
    """Return the texts of the items done on a night."""
    return [each.text for each in diary.routine("alex", night) if each.done]


@pytest.fixture(autouse=True)
def _routine(diary: Diary) -> None:
    """Create a routine of three items."""
    diary.create_routine("alex", TEXTS)


def test_a_routine_is_created_once_for_each_sleeper(diary: Diary) -> None:
    assert texts(diary) == TEXTS
    assert texts(diary, "kim") == []

    diary.create_routine("alex", ["something else"])
    assert texts(diary) == TEXTS

    for each in diary.routine("alex", TONIGHT):
        diary.remove_items("alex", [each.uid])
    diary.create_routine("alex", TEXTS)
    assert texts(diary) == []


def test_added_and_removed_items_keep_the_order(diary: Diary) -> None:
    item = diary.add_item("alex", "  warm  bath ")
    assert item.text == "warm  bath"
    diary.remove_items("alex", [uid(diary, "massage")])
    diary.add_item("alex", "tea")
    diary.update_item("alex", item.uid, TONIGHT, text="hot bath")

    assert texts(diary) == ["stretch", "no screens", "hot bath", "tea"]


@pytest.mark.parametrize(
    ("item", "after", "order"),
    [
        ("no screens", None, ["no screens", "stretch", "massage"]),
        ("stretch", "massage", ["massage", "stretch", "no screens"]),
        ("stretch", "no screens", ["massage", "no screens", "stretch"]),
        ("no screens", "stretch", ["stretch", "no screens", "massage"]),
        ("massage", "stretch", TEXTS),
        ("massage", "massage", TEXTS),
    ],
)
def test_an_item_is_moved_after_another_one_or_to_the_top(
    diary: Diary, item: str, after: str | None, order: list[str]
) -> None:
    diary.move_item("alex", uid(diary, item), after and uid(diary, after))

    assert texts(diary) == order


def test_an_item_is_done_on_one_night_only(diary: Diary) -> None:
    for _ in range(2):
        diary.update_item("alex", uid(diary, "massage"), TONIGHT, done=True)
    diary.update_item("alex", uid(diary, "stretch"), TONIGHT, done=True)
    diary.update_item("alex", uid(diary, "stretch"), TONIGHT, done=False)
    diary.update_item("alex", uid(diary, "no screens"), TONIGHT, done=False)

    assert done(diary) == ["massage"]
    assert done(diary, TONIGHT + timedelta(days=1)) == []
    assert diary.completed_items("alex") == [CompletedItem(night=TONIGHT, text="massage")]


def test_a_done_item_is_recorded_with_its_text_at_the_time(diary: Diary) -> None:
    diary.update_item("alex", uid(diary, "massage"), TONIGHT, done=True)
    diary.update_item("alex", uid(diary, "stretch"), TONIGHT - timedelta(days=1), done=True)
    diary.update_item("alex", uid(diary, "massage"), TONIGHT, text="foot massage")
    diary.remove_items("alex", [uid(diary, "stretch")])

    assert done(diary) == ["foot massage"]
    assert diary.completed_items("alex") == [
        CompletedItem(night=TONIGHT - timedelta(days=1), text="stretch"),
        CompletedItem(night=TONIGHT, text="massage"),
    ]
    assert diary.completed_items("alex", start=TONIGHT) == [CompletedItem(night=TONIGHT, text="massage")]
    assert diary.completed_items("alex", end=TONIGHT - timedelta(days=2)) == []


def test_an_invalid_change_of_the_routine_is_refused(diary: Diary) -> None:
    item = uid(diary, "stretch")
    refusals: list[tuple[str, Callable[[], object]]] = [
        ("item_empty", partial(diary.add_item, "alex", " ")),
        ("item_too_long", partial(diary.add_item, "alex", "x" * 256)),
        ("item_empty", partial(diary.update_item, "alex", item, TONIGHT, text="")),
        ("unknown_item", partial(diary.update_item, "kim", item, TONIGHT, text="mine")),
        ("unknown_item", partial(diary.remove_items, "alex", ["no such item"])),
        ("unknown_item", partial(diary.move_item, "alex", item, "no such item")),
        ("unknown_item", partial(diary.update_item, "kim", item, TONIGHT, done=True)),
    ]
    for key, call in refusals:
        with pytest.raises(InvalidEntryError) as error:
            call()
        assert error.value.key == key
    assert texts(diary) == TEXTS


def test_the_number_of_items_is_limited(diary: Diary) -> None:
    diary.create_routine("kim", [str(number) for number in range(99)])
    diary.add_item("kim", "the last one")

    with pytest.raises(InvalidEntryError):
        diary.add_item("kim", "one more")


def test_several_changes_are_applied_all_or_none(diary: Diary) -> None:
    before = diary.routine("alex", TONIGHT)
    first = before[0].uid

    with pytest.raises(InvalidEntryError):
        diary.remove_items("alex", [first, "no such item"])
    with pytest.raises(InvalidEntryError):
        diary.update_item("alex", first, TONIGHT, text="x" * 1000, done=True)
    assert diary.routine("alex", TONIGHT) == before

    diary.update_item("alex", first, TONIGHT, text="yoga", done=True)
    changed, *others = diary.routine("alex", TONIGHT)
    assert (changed.uid, changed.text, changed.done) == (first, "yoga", True)
    assert others == before[1:]
