"""Tests of calls that arrive twice: the second one writes nothing and returns the result of the first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
import sqlite3

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import (
    Changes,
    NewEpisode,
    Request,
    WriteResult,
)
from custom_components.rls_bedtime.diary.storage.database import Database

from .samples import NOW, TONIGHT, assert_refused, later

type Call = Callable[[Diary, datetime, Request], WriteResult]


def uids(diary: Diary) -> list[str]:
    """Return the ids of the items of the routine in the order in which they were added."""
    return sorted(each.uid for each in diary.practices("alex"))


CALLS: dict[str, Call] = {
    "log": lambda diary, now, request: diary.log("alex", NewEpisode(severity=6), now, request=request),
    "log minutes ago": lambda diary, now, request: diary.log(
        "alex", NewEpisode(ago=timedelta(minutes=5)), now, request=request
    ),
    "log with a start": lambda diary, now, request: diary.log(
        "alex", NewEpisode(started_at=NOW - timedelta(hours=1)), now, request=request
    ),
    "end": lambda diary, now, request: diary.end("alex", now, request=request),
    "end again": lambda diary, now, request: diary.end(
        "alex", now, episode_id=diary.episodes("alex")[1].id, request=request
    ),
    "update the last": lambda diary, now, request: diary.update("alex", None, Changes(severity=9), now, request),
    "update nothing": lambda diary, now, request: diary.update("alex", None, Changes(severity=2), now, request),
    "delete the last": lambda diary, now, request: diary.delete("alex", None, now, request),
    "log clear night": lambda diary, now, request: diary.log_clear_night(
        "alex", TONIGHT - timedelta(days=2), now, request
    ),
    "log clear night again": lambda diary, now, request: diary.log_clear_night(
        "alex", TONIGHT - timedelta(days=9), now, request
    ),
    "delete clear night": lambda diary, now, request: diary.delete_clear_night(
        "alex", TONIGHT - timedelta(days=9), now, request
    ),
    "move clear night": lambda diary, now, request: diary.move_clear_night(
        "alex", TONIGHT - timedelta(days=9), TONIGHT - timedelta(days=8), now, request
    ),
    "undo the last": lambda diary, now, request: diary.undo("alex", now, request=request),
    "redo the last": lambda diary, now, request: diary.redo("alex", now, request=request),
    "add item": lambda diary, now, request: diary.add_item("alex", "tea", now, request),
    "move item": lambda diary, now, request: diary.move_item("alex", uids(diary)[0], uids(diary)[1], now, request),
    "log practice": lambda diary, now, request: diary.log_practice("alex", "massage", now, request=request),
    "log no practice": lambda diary, now, request: diary.log_practice(
        "alex", "massage", now, done=False, request=request
    ),
}


@pytest.fixture
def full(diary: Diary) -> Diary:
    """Return a diary in which every call of CALLS can be made."""
    diary.create_routine("alex", ["stretch", "massage"], NOW)
    diary.log("alex", NewEpisode(severity=1, duration=timedelta(minutes=5)), later(minutes=-50))
    diary.log("alex", NewEpisode(severity=2), later(minutes=-40))
    diary.log_clear_night("alex", TONIGHT - timedelta(days=9), later(minutes=-30))
    diary.log("alex", NewEpisode(severity=3), later(minutes=-20))
    diary.undo("alex", later(minutes=-20))
    return diary


def content(diary: Diary) -> object:
    """Return all that a diary holds."""
    return diary.episodes("alex"), diary.clear_nights("alex"), diary.practices("alex"), diary.routine("alex", TONIGHT)


@pytest.mark.parametrize("request_", [Request(), Request(user="kim"), Request(id="6f1c2a54")], ids=str)
@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_arrives_again_within_a_minute_returns_the_first_result(
    full: Diary, path: Path, name: str, request_: Request
) -> None:
    first = CALLS[name](full, NOW, request_)
    after_first = content(full)
    full.close()
    diary = Diary(Database(path))

    for seconds in (0, 2, 16, 31, 60, -2):
        again = CALLS[name](diary, later(seconds=seconds), request_)
        assert (again.change_id, again.transitions, again.new) == (first.change_id, first.transitions, False)
        assert content(diary) == after_first
    diary.close()


def test_the_same_request_id_is_a_repeat_at_any_time_whatever_happened_since(diary: Diary) -> None:
    request = Request(id="6f1c2a54")
    first = diary.log("alex", NewEpisode(severity=6), NOW, request=request)
    diary.update("alex", first.episode.id, Changes(severity=9), NOW)
    diary.delete("alex", first.episode.id, NOW)

    again = diary.log("alex", NewEpisode(severity=7, note="edited"), later(days=400), request=request)

    assert (again.episode, again.change_id, again.new) == (first.episode, first.change_id, False)
    assert diary.episodes("alex") == []


def test_a_request_id_counts_for_one_sleeper_and_one_action(diary: Diary) -> None:
    request = Request(id="6f1c2a54")
    diary.log("alex", NewEpisode(), NOW, request=request)

    assert diary.log("kim", NewEpisode(), NOW, request=request).new
    assert diary.end("alex", later(minutes=1), request=request).new
    assert not diary.log("alex", NewEpisode(), NOW, request=Request(id=" 6f1c2a54 ")).new
    assert diary.log("alex", NewEpisode(), NOW, request=Request(id="another")).new


@pytest.mark.parametrize(
    ("sleeper", "entry", "seconds", "user"),
    [
        ("alex", NewEpisode(severity=6), 61, None),
        ("alex", NewEpisode(severity=6), -61, None),
        ("alex", NewEpisode(severity=7), 1, None),
        ("alex", NewEpisode(severity=6, note="again"), 1, None),
        ("alex", NewEpisode(severity=6, ago=timedelta(minutes=5)), 1, None),
        ("alex", NewEpisode(severity=6, started_at=NOW), 1, None),
        ("alex", NewEpisode(severity=6), 1, "kim"),
        ("kim", NewEpisode(severity=6), 1, None),
    ],
)
def test_a_different_or_later_call_is_no_repeat(
    diary: Diary, sleeper: str, entry: NewEpisode, seconds: int, user: str | None
) -> None:
    diary.log("alex", NewEpisode(severity=6), NOW, request=Request())

    assert diary.log(sleeper, entry, later(seconds=seconds), request=Request(user=user)).new


def test_what_was_undone_or_redone_since_may_be_done_again_at_once(diary: Diary) -> None:
    entry, request = NewEpisode(severity=1), Request()
    for step in range(0, 12, 3):
        assert diary.log("alex", entry, later(seconds=step), request=request).new
        undone = diary.undo("alex", later(seconds=step))
        diary.undo("alex", later(seconds=step + 1), undone.change_id, request)
        assert not diary.log("alex", entry, later(seconds=step + 1), request=request).new
        diary.undo("alex", later(seconds=step + 2), request=Request(id=str(step)))
        assert diary.episodes("alex") == []


def test_a_call_in_effect_is_a_repeat_even_if_the_record_was_changed_otherwise(diary: Diary) -> None:
    request = Request()
    logged = diary.log("alex", NewEpisode(severity=1), NOW, request=request)
    diary.end("alex", later(seconds=5), request=request)
    diary.update("alex", None, Changes(severity=4), later(seconds=6), request)

    assert diary.log("alex", NewEpisode(severity=1), later(seconds=31), request=request).episode == logged.episode
    diary.update("alex", None, Changes(severity=5), later(seconds=32), request)
    assert diary.update("alex", None, Changes(severity=4), later(seconds=33), request).new
    diary.update("alex", None, Changes(ended_at=None), later(seconds=34), request)
    assert diary.end("alex", later(seconds=35), request=request).new


def test_an_item_is_moved_to_the_same_place_again_after_another_one_was(diary: Diary) -> None:
    diary.create_routine("alex", ["stretch", "massage", "tea"], NOW)
    stretch, massage, tea = diary.routine("alex", TONIGHT)
    request = Request(user="kim")
    moved = diary.move_item("alex", tea.uid, None, NOW, request)
    assert diary.move_item("alex", tea.uid, None, later(seconds=1), request).change_id == moved.change_id
    diary.move_item("alex", massage.uid, None, later(seconds=5), request)

    assert diary.move_item("alex", tea.uid, None, later(seconds=10), request).new
    assert [each.uid for each in diary.routine("alex", TONIGHT)] == [tea.uid, massage.uid, stretch.uid]


def test_the_request_id_of_the_log_names_the_episode(diary: Diary) -> None:
    logged = diary.log("alex", NewEpisode(severity=1), NOW, request=Request(id="6f1c2a54")).episode
    diary.log("alex", NewEpisode(severity=2), later(minutes=1))

    assert diary.update("alex", "6f1c2a54", Changes(note="this"), later(minutes=2)).episode.id == logged.id
    ended = diary.end("alex", later(minutes=3), episode_id=" 6f1c2a54", ended_at=later(minutes=2))
    assert ended.episode.id == logged.id
    assert diary.delete("alex", "6f1c2a54", later(minutes=4)).episode.id == logged.id
    assert_refused("unknown_episode", lambda: diary.delete("alex", "6f1c2a54", later(minutes=5)))
    assert_refused("unknown_episode", lambda: diary.delete("kim", "6f1c2a54", later(minutes=5)))


def test_a_request_id_that_is_too_long_is_refused() -> None:
    assert Request(id="x" * 64).id == "x" * 64
    assert_refused("request_id_too_long", lambda: Request(id="x" * 65))


def test_calls_without_an_id_are_forgotten_after_an_hour(diary: Diary, path: Path) -> None:
    for number in range(20):
        diary.log("alex", NewEpisode(severity=number % 11), later(minutes=10 * number), request=Request())
        diary.log("alex", NewEpisode(), later(minutes=10 * number), request=Request(id=str(number)))
    diary.close()

    with sqlite3.connect(path) as connection:
        counts = connection.execute("SELECT request_id IS NULL, count(*) FROM request GROUP BY 1 ORDER BY 1").fetchall()
    connection.close()
    assert counts == [(0, 20), (1, 7)]


def test_a_refused_call_is_not_remembered(diary: Diary) -> None:
    request = Request(id="6f1c2a54")
    assert_refused("no_ongoing_episode", lambda: diary.end("alex", NOW, request=request))
    diary.log("alex", NewEpisode(), NOW)

    assert diary.end("alex", later(minutes=1), request=request).new
