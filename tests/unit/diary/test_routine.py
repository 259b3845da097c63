"""Tests of the evening routine."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest

from custom_components.rls_bedtime.diary import routine
from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import ChangeKind, InvalidEntryError
from custom_components.rls_bedtime.diary.statistics.figures import ValueCounts

from .samples import NOW, TONIGHT, assert_refused, later

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


def nights(diary: Diary, start: date | None = None, end: date | None = None) -> dict[str, tuple[date, ...]]:
    """Return the nights on which each item was done, by its text."""
    return {each.text: each.nights for each in diary.practices("alex", start, end)}


@pytest.fixture(autouse=True)
def _routine(diary: Diary) -> None:
    """Create a routine of three items."""
    diary.create_routine("alex", TEXTS, NOW)


def test_a_routine_is_created_once_for_each_sleeper(diary: Diary) -> None:
    assert texts(diary) == TEXTS
    assert texts(diary, "kim") == []

    diary.create_routine("alex", ["something else"], NOW)
    assert texts(diary) == TEXTS

    for each in diary.routine("alex", TONIGHT):
        diary.remove_items("alex", [each.uid], NOW)
    diary.create_routine("alex", TEXTS, NOW)
    assert texts(diary) == []


def test_added_and_removed_items_keep_the_order(diary: Diary) -> None:
    diary.add_item("alex", "  warm  bath ", NOW)
    diary.remove_items("alex", [uid(diary, "massage")], NOW)
    diary.add_item("alex", "tea", NOW)
    diary.update_item("alex", uid(diary, "warm  bath"), NOW, text="hot bath")

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
    diary.move_item("alex", uid(diary, item), after and uid(diary, after), NOW)

    assert texts(diary) == order


def test_an_item_is_done_on_one_night_only(diary: Diary) -> None:
    for _ in range(2):
        diary.update_item("alex", uid(diary, "massage"), NOW, done=True)
    diary.update_item("alex", uid(diary, "stretch"), NOW, done=True)
    diary.update_item("alex", uid(diary, "stretch"), NOW, done=False)
    diary.update_item("alex", uid(diary, "no screens"), NOW, done=False)

    assert done(diary) == ["massage"]
    assert done(diary, TONIGHT + timedelta(days=1)) == []
    assert nights(diary) == {"stretch": (), "massage": (TONIGHT,), "no screens": ()}


def test_a_practice_keeps_the_item_its_current_name_and_the_time_of_the_tick(diary: Diary) -> None:
    yesterday = TONIGHT - timedelta(days=1)
    diary.log_practice("alex", "Massage", NOW, night=yesterday)
    diary.update_item("alex", uid(diary, "massage"), NOW, text="foot massage")
    diary.log_practice("alex", uid(diary, "foot massage"), later(minutes=1))
    diary.log_practice("alex", "stretch", NOW, night=yesterday)
    diary.remove_items("alex", [uid(diary, "stretch")], NOW)

    assert done(diary) == ["foot massage"]
    assert nights(diary) == {"foot massage": (yesterday, TONIGHT), "no screens": (), "stretch": (yesterday,)}
    assert nights(diary, start=TONIGHT) == {"foot massage": (TONIGHT,), "no screens": ()}
    assert nights(diary, end=yesterday - timedelta(days=1)) == {"foot massage": (), "no screens": ()}
    assert diary.summary("alex", None, None, NOW).practices == ValueCounts(
        n=2, counts={"foot massage": 2, "stretch": 1}
    )
    times = diary._database.read(  # noqa: SLF001 - the times are shown nowhere yet
        lambda session: [each.done_at for each in routine.practices(session, "alex", None, None)]
    )
    assert sorted(times, key=str) == [NOW, NOW, later(minutes=1)]


def test_an_item_is_as_old_as_its_first_night(diary: Diary) -> None:
    diary.add_item("alex", "yoga", later(days=1))
    diary.log_practice("alex", "massage", NOW, night=TONIGHT - timedelta(days=3))

    since = {each.text: each.since for each in diary.practices("alex")}

    assert since == {
        "stretch": TONIGHT,
        "massage": TONIGHT - timedelta(days=3),
        "no screens": TONIGHT,
        "yoga": TONIGHT + timedelta(days=1),
    }


def test_any_night_can_be_ticked_and_unticked(diary: Diary) -> None:
    night = TONIGHT - timedelta(days=40)
    ticked = diary.log_practice("alex", " MASSAGE ", NOW, night=night)
    assert (ticked.item.text, ticked.item.done, ticked.night, ticked.new) == ("massage", True, night, True)
    again = diary.log_practice("alex", ticked.item.uid, NOW, night=night)
    assert (again.item, again.night, again.change_id) == (ticked.item, night, None)

    unticked = diary.log_practice("alex", "massage", NOW, night=night, done=False)
    assert (unticked.item.done, unticked.night) == (False, night)
    again = diary.log_practice("alex", "massage", NOW, night=night, done=False)
    assert (again.item, again.night, again.change_id) == (unticked.item, night, None)
    assert nights(diary)["massage"] == ()


def test_a_removed_item_can_still_be_ticked_by_its_uid(diary: Diary) -> None:
    massage = uid(diary, "massage")
    diary.remove_items("alex", [massage], NOW)

    assert diary.log_practice("alex", massage, NOW).item.text == "massage"
    error = assert_refused("unknown_practice", lambda: diary.log_practice("alex", "massage", NOW))
    assert error.placeholders["choices"] == "stretch, no screens"


def test_an_item_finds_room_between_the_same_two_any_number_of_times(diary: Diary) -> None:
    for number in range(200):
        diary.move_item("alex", uid(diary, ("massage", "no screens")[number % 2]), uid(diary, "stretch"), NOW)

    assert texts(diary) == ["stretch", "no screens", "massage"]


def test_removing_items_is_one_change_and_undo_puts_them_back_in_their_places(diary: Diary) -> None:
    diary.log_practice("alex", "massage", NOW)
    removed = diary.remove_items("alex", [uid(diary, "stretch"), uid(diary, "massage")], NOW)
    diary.add_item("alex", "tea", NOW)
    assert texts(diary) == ["no screens", "tea"]

    undone = diary.undo("alex", NOW, removed.change_id)

    assert undone.kind is ChangeKind.ITEM_REMOVED
    assert texts(diary) == ["stretch", "massage", "no screens", "tea"]
    assert done(diary) == ["massage"]


def test_an_invalid_change_of_the_routine_is_refused(diary: Diary) -> None:
    item = uid(diary, "stretch")
    refusals: list[tuple[str, Callable[[], object]]] = [
        ("item_empty", partial(diary.add_item, "alex", " ", NOW)),
        ("item_too_long", partial(diary.add_item, "alex", "x" * 256, NOW)),
        ("item_empty", partial(diary.update_item, "alex", item, NOW, text="")),
        ("unknown_item", partial(diary.update_item, "kim", item, NOW, text="mine")),
        ("unknown_item", partial(diary.remove_items, "alex", ["no such item"], NOW)),
        ("unknown_item", partial(diary.move_item, "alex", item, "no such item", NOW)),
        ("unknown_item", partial(diary.update_item, "kim", item, NOW, done=True)),
        ("unknown_practice", partial(diary.log_practice, "kim", item, NOW)),
        ("unknown_practice", partial(diary.log_practice, "alex", "yoga", NOW)),
        ("night_in_future", partial(diary.log_practice, "alex", item, NOW, night=date(2026, 11, 24))),
        ("night_too_early", partial(diary.log_practice, "alex", item, NOW, night=date(1999, 12, 31))),
    ]
    for key, call in refusals:
        with pytest.raises(InvalidEntryError) as error:
            call()
        assert error.value.key == key
    assert texts(diary) == TEXTS


def test_the_number_of_items_is_limited(diary: Diary) -> None:
    diary.create_routine("kim", [str(number) for number in range(99)], NOW)
    diary.add_item("kim", "the last one", NOW)

    with pytest.raises(InvalidEntryError):
        diary.add_item("kim", "one more", NOW)


def test_several_changes_are_applied_all_or_none(diary: Diary) -> None:
    before = diary.routine("alex", TONIGHT)
    first = before[0].uid

    with pytest.raises(InvalidEntryError):
        diary.remove_items("alex", [first, "no such item"], NOW)
    with pytest.raises(InvalidEntryError):
        diary.update_item("alex", first, NOW, text="x" * 1000, done=True)
    assert diary.routine("alex", TONIGHT) == before

    diary.update_item("alex", first, NOW, text="yoga", done=True)
    changed, *others = diary.routine("alex", TONIGHT)
    assert (changed.uid, changed.text, changed.done) == (first, "yoga", True)
    assert others == before[1:]
