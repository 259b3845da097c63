"""What the nights of a diary can be compared with and without, from the diary's file."""

from datetime import UTC, date, datetime, timedelta
import json
from zoneinfo import ZoneInfo

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import NewEpisode
from custom_components.rls_bedtime.diary.statistics.with_without import SubjectKind, WithWithout, WithWithoutComparison
from custom_components.rls_bedtime.diary.subjects import ALL, EVERYTHING, Wanted

from .samples import BERLIN, NOW, TONIGHT, assert_refused

PRACTICES: Wanted = {SubjectKind.PRACTICE: (ALL,)}


def night(days_ago: int) -> date:
    return TONIGHT - timedelta(days=days_ago)


def evening(days_ago: int, hour: int = 21) -> datetime:
    """Return a time on the evening of a night."""
    return datetime(TONIGHT.year, TONIGHT.month, TONIGHT.day, hour, tzinfo=BERLIN) - timedelta(days=days_ago)


def log(diary: Diary, days_ago: int, *tags: str, hour: int = 23) -> None:
    diary.log("alex", NewEpisode(started_at=evening(days_ago, hour), severity=5, tags=tags), NOW)


def compare(diary: Diary, wanted: Wanted, nights: int | None = None) -> WithWithoutComparison:
    return diary.compare_with_without("alex", wanted, NOW, nights)


def counts(diary: Diary, wanted: Wanted = PRACTICES, nights: int | None = None) -> dict[str | None, tuple[int, ...]]:
    """Return affected and recorded nights with each subject, and without it, by its text."""
    return {each.subject.text: _counts(each) for each in compare(diary, wanted, nights).items}


def _counts(item: WithWithout) -> tuple[int, ...]:
    first, second = item.comparison.first, item.comparison.second
    return (second.affected, second.recorded, first.affected, first.recorded)


@pytest.fixture(autouse=True)
def uids(diary: Diary) -> dict[str, str]:
    """Create a routine three weeks ago, and record every night since: affected every second one. Return the uids."""
    diary.create_routine("alex", ["stretch", "warm bath, 20 min"], evening(21, 12))
    for days_ago in range(1, 21):
        if days_ago % 2:
            log(diary, days_ago)
        else:
            diary.log_clear_night("alex", night(days_ago), NOW)
    return {each.text: each.uid for each in diary.routine("alex", TONIGHT)}


def tick(diary: Diary, item: str, *days_ago: int) -> None:
    for each in days_ago:
        diary.log_practice("alex", item, evening(each), night=night(each), done=True)


def test_only_nights_on_which_the_routine_was_used_are_without_an_item(diary: Diary) -> None:
    """On the others, not checked off does not mean not done."""
    tick(diary, "stretch", 1, 2, 3)
    tick(diary, "warm bath, 20 min", 3, 4)
    assert counts(diary) == {"stretch": (2, 3, 0, 1), "warm bath, 20 min": (1, 2, 1, 2)}


def test_an_item_counts_from_its_first_night_on_until_it_is_removed(diary: Diary, uids: dict[str, str]) -> None:
    tick(diary, "stretch", *range(1, 21))
    diary.add_item("alex", "no screens", evening(10))
    tick(diary, "no screens", 10, 8)
    tick(diary, "warm bath, 20 min", 20)
    diary.remove_items("alex", [uids["warm bath, 20 min"]], evening(5))
    items = compare(diary, PRACTICES).items
    assert [(each.subject.text, each.subject.removed) for each in items] == [
        ("stretch", False),
        ("no screens", False),
        ("warm bath, 20 min", True),
    ]
    # From the night 10 days ago on; and up to the night before it was removed.
    assert counts(diary)["no screens"] == (0, 2, 5, 8)
    assert counts(diary)["warm bath, 20 min"] == (0, 1, 7, 14)


def test_an_item_of_which_nothing_is_known_stays_in_the_answer(diary: Diary) -> None:
    assert counts(diary) == {"stretch": (0, 0, 0, 0), "warm bath, 20 min": (0, 0, 0, 0)}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Stretch", ["stretch"]),
        ("warm bath, 20 min", ["warm bath, 20 min"]),
        ("all", ["stretch", "warm bath, 20 min"]),
        ("stretch, stretch", ["stretch"]),
    ],
)
def test_items_are_named_by_their_text_also_if_it_has_a_comma(diary: Diary, name: str, found: list[str]) -> None:
    assert list(counts(diary, {SubjectKind.PRACTICE: (name,)})) == found


def test_items_are_named_by_their_uid(diary: Diary, uids: dict[str, str]) -> None:
    names = f"{uids['warm bath, 20 min']},{uids['stretch']}"
    assert list(counts(diary, {SubjectKind.PRACTICE: (names,)})) == ["stretch", "warm bath, 20 min"]


def test_an_unknown_item_and_an_unknown_tag_are_refused_with_what_there_is(diary: Diary) -> None:
    log(diary, 1, "late coffee", "flight")
    log(diary, 3, "flight")
    error = assert_refused("unknown_practice", lambda: compare(diary, {SubjectKind.PRACTICE: ("yoga",)}))
    assert error.placeholders == {"item": "yoga", "choices": "stretch, warm bath, 20 min"}
    error = assert_refused("unknown_tag", lambda: compare(diary, {SubjectKind.TAG: ("tea",)}))
    assert error.placeholders == {"tag": "tea", "choices": "flight, late coffee"}


def test_a_tag_is_compared_on_affected_nights_in_any_case(diary: Diary) -> None:
    for days_ago in (1, 3, 5):
        log(diary, days_ago, "Late coffee" if days_ago == 1 else "late coffee")
    assert counts(diary, {SubjectKind.TAG: ("LATE COFFEE",)}) == {"late coffee": (3, 3, 7, 7)}


@pytest.mark.parametrize("typed", ["U\u0308bung  am Fuß", " übung am fuss "], ids=["decomposed", "in another spelling"])
def test_a_tag_is_compared_however_it_is_typed(diary: Diary, typed: str) -> None:
    log(diary, 1, "Übung am Fuß")
    log(diary, 3, typed)
    for name in ("Übung am Fuß", typed):
        assert list(counts(diary, {SubjectKind.TAG: (name,)}).values()) == [(2, 2, 8, 8)]


def test_bedtime_mode_counts_from_its_first_night_on_by_the_first_start_of_a_night(diary: Diary) -> None:
    for days_ago in (10, 9, 7):
        diary.record_bedtime("alex", evening(days_ago, 22))
        diary.record_bedtime("alex", evening(days_ago, 23) + timedelta(minutes=30))
    wanted: Wanted = {SubjectKind.BEDTIME_MODE: ()}
    assert counts(diary, wanted) == {None: (2, 3, 3, 7)}
    assert counts(diary, wanted, nights=8) == {None: (1, 1, 3, 7)}


def test_bedtime_mode_that_started_after_the_first_episode_is_on_neither_side(diary: Diary) -> None:
    diary.record_bedtime("alex", evening(9, 23) + timedelta(minutes=1))
    (item,) = compare(diary, {SubjectKind.BEDTIME_MODE: ()}).items
    assert (len(item.sorted_nights.done_after_start), item.comparison.second.recorded) == (1, 0)


def test_warmer_drier_and_darker_nights_are_compared(diary: Diary) -> None:
    conditions = [
        {"night": str(night(day)), "temperature": 16 + day % 4, "humidity": 40 + day, "illuminance": float(day < 5)}
        for day in range(1, 21)
    ]
    diary.import_json("alex", json.dumps({"schema": 1, "night_conditions": conditions}), NOW)
    items = compare(diary, EVERYTHING).items
    by_kind = {each.subject.kind: each for each in items}
    assert _counts(by_kind[SubjectKind.TEMPERATURE]) == (5, 10, 5, 10)
    assert by_kind[SubjectKind.HUMIDITY].subject.usual == 50.5
    assert _counts(by_kind[SubjectKind.ILLUMINANCE]) == (2, 4, 0, 0)
    assert SubjectKind.BEDTIME_MODE not in by_kind


def test_tonight_counts_once_something_is_recorded(diary: Diary) -> None:
    tick(diary, "stretch", 0, 1)
    assert counts(diary)["stretch"] == (1, 1, 0, 0)
    diary.log("alex", NewEpisode(started_at=evening(0, 23)), NOW)
    assert counts(diary)["stretch"] == (2, 2, 0, 0)


def test_an_empty_diary_has_nothing_to_compare(diary: Diary) -> None:
    comparison = diary.compare_with_without("kim", EVERYTHING, NOW)
    assert comparison.items == ()
    assert [sentence.key for sentence in comparison.sentences] == ["nothing_to_compare"]


def test_a_tick_for_a_past_night_has_no_order(diary: Diary) -> None:
    diary.log_practice("alex", "stretch", NOW.astimezone(UTC), night=night(3), done=True)
    item = compare(diary, PRACTICES).items[0]
    assert (item.sorted_nights.order_unknown, item.comparison.second.recorded) == (1, 0)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Tokyo"])
def test_a_home_that_moves_to_another_time_zone_changes_no_comparison(diary: Diary, zone: str) -> None:
    """Else the ticks would be at another time of the evening than the episodes, and a side would look better."""
    moved = NOW.astimezone(ZoneInfo(zone))
    tick(diary, "stretch", *range(1, 21, 3))
    tick(diary, "warm bath, 20 min", *range(2, 21, 3))
    for days_ago in (5, 11, 16, 17):
        log(diary, days_ago, hour=19)
    for days_ago in range(1, 21, 2):
        diary.record_bedtime("alex", evening(days_ago, 22))
    wanted = {**PRACTICES, SubjectKind.BEDTIME_MODE: ()}

    assert diary.compare_with_without("alex", wanted, moved) == diary.compare_with_without("alex", wanted, NOW)
