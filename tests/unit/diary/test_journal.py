"""Tests of the journal and undo."""

from datetime import date
from functools import partial
from pathlib import Path

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import (
    ChangeKind,
    Changes,
    EpisodeContext,
    NewEpisode,
    Transition,
)
from custom_components.rls_bedtime.diary.storage.database import Database

from .samples import FULL_ENTRY, NOW, assert_refused, later


def test_undo_reverts_any_number_of_changes_across_restarts(diary: Diary, path: Path) -> None:
    first = diary.log("alex", FULL_ENTRY, NOW, EpisodeContext(bedtime_mode=False, temperature=20.0)).episode
    second = diary.log("alex", NewEpisode(severity=4), later(minutes=1)).episode
    ended = diary.end("alex", later(minutes=9)).episode
    changed = diary.update("alex", first.id, Changes(severity=1, tags=("tea",)), later(minutes=10)).episode
    diary.delete("alex", second.id, later(minutes=11))
    clear = diary.log_clear_night("alex", date(2026, 11, 20), later(minutes=12)).clear_night
    expected = [
        (ChangeKind.CLEAR_NIGHT_LOGGED, None, clear, [changed]),
        (ChangeKind.DELETED, ended, None, [ended, changed]),
        (ChangeKind.UPDATED, first, changed, [ended, first]),
        (ChangeKind.ENDED, second, ended, [second, first]),
        (ChangeKind.LOGGED, None, second, [first]),
        (ChangeKind.LOGGED, None, first, []),
    ]
    for step, (kind, before, was, left) in enumerate(expected):
        diary.close()
        diary = Diary(Database(path))
        undone = diary.undo("alex", later(hours=1 + step))
        assert (undone.kind, undone.transitions, undone.redone) == (kind, (Transition(was, before),), False)
        assert diary.episodes("alex") == left
    assert diary.clear_nights("alex") == []
    assert_refused("nothing_to_undo", lambda: diary.undo("alex", NOW))
    diary.close()


def test_undo_reverts_only_the_changes_of_the_sleeper(diary: Diary) -> None:
    first = diary.log("alex", NewEpisode(severity=1), NOW).episode
    other = diary.log("kim", NewEpisode(severity=2), NOW).episode
    diary.log("alex", NewEpisode(severity=3), NOW)
    diary.undo("alex", NOW)
    diary.log("alex", NewEpisode(severity=4), NOW)

    diary.undo("alex", NOW)
    assert diary.episodes("alex") == [first]
    diary.undo("alex", NOW)
    assert diary.episodes("alex") == []
    assert diary.episodes("kim") == [other]


def test_an_undone_entry_can_be_logged_again_at_once(diary: Diary) -> None:
    diary.log("alex", NewEpisode(severity=1), NOW)
    diary.undo("alex", later(seconds=2))

    assert diary.log("alex", NewEpisode(severity=1), later(seconds=4)).new


def test_redo_brings_back_any_number_of_undone_changes_in_order(diary: Diary, path: Path) -> None:
    diary.log("alex", FULL_ENTRY, NOW)
    diary.end("alex", later(minutes=5), ended_at=later(minutes=4), episode_id=diary.episodes("alex")[0].id)
    diary.log_clear_night("alex", date(2026, 11, 20), NOW)
    diary.delete("alex", None, later(minutes=6))
    states = [(diary.episodes("alex"), diary.clear_nights("alex"))]
    while diary.episodes("alex") or diary.clear_nights("alex"):
        diary.undo("alex", NOW)
        states.append((diary.episodes("alex"), diary.clear_nights("alex")))
    diary.close()
    diary = Diary(Database(path))

    for expected in states[-2::-1]:
        assert diary.redo("alex", NOW).redone
        assert (diary.episodes("alex"), diary.clear_nights("alex")) == expected
    assert_refused("nothing_to_redo", lambda: diary.redo("alex", NOW))
    assert diary.undo("alex", NOW).kind is ChangeKind.DELETED
    diary.close()


def test_redo_ends_when_something_is_written(diary: Diary) -> None:
    diary.log("alex", NewEpisode(severity=1), NOW)
    undone = diary.undo("alex", NOW)
    diary.log("alex", NewEpisode(severity=2), later(minutes=1))

    assert_refused("nothing_to_redo", lambda: diary.redo("alex", NOW))
    assert diary.redo("alex", NOW, undone.change_id).kind is ChangeKind.LOGGED
    assert sorted(each.severity or 0 for each in diary.episodes("alex")) == [1, 2]


def test_undo_by_id_takes_back_exactly_that_change(diary: Diary) -> None:
    """The case D3: a clear night is taken back after somebody else has logged an episode."""
    clear = diary.log_clear_night("alex", date(2026, 11, 20), NOW)
    episode = diary.log("alex", NewEpisode(severity=5), NOW).episode

    undone = diary.undo("alex", NOW, clear.change_id)

    assert undone.transitions == (Transition(clear.clear_night, None),)
    assert (diary.episodes("alex"), diary.clear_nights("alex")) == ([episode], [])
    assert_refused("already_undone", lambda: diary.undo("alex", NOW, clear.change_id))
    diary.redo("alex", NOW, clear.change_id)
    assert_refused("not_undone", lambda: diary.redo("alex", NOW, clear.change_id))
    assert (diary.episodes("alex"), diary.clear_nights("alex")) == ([episode], [clear.clear_night])


def test_an_undo_is_undone_by_its_own_id_and_a_redo_too(diary: Diary) -> None:
    logged = diary.log("alex", NewEpisode(severity=5), NOW)
    undone = diary.undo("alex", NOW, logged.change_id)
    redone = diary.undo("alex", NOW, undone.change_id)
    assert (redone.redone, redone.kind, len(diary.episodes("alex"))) == (True, ChangeKind.LOGGED, 1)
    assert_refused("already_undone", lambda: diary.undo("alex", NOW, undone.change_id))

    again = diary.redo("alex", NOW, redone.change_id)
    assert (again.redone, again.kind, diary.episodes("alex")) == (False, ChangeKind.LOGGED, [])
    assert diary.redo("alex", NOW, again.change_id).redone
    assert len({logged.change_id, undone.change_id, redone.change_id, again.change_id}) == 4


def test_a_change_is_not_undone_after_something_newer_on_the_same_record(diary: Diary) -> None:
    logged = diary.log("alex", NewEpisode(severity=5), NOW)
    changed = diary.update("alex", None, Changes(severity=7), later(minutes=1))

    assert_refused("changed_since", lambda: diary.undo("alex", NOW, logged.change_id))
    diary.undo("alex", NOW, changed.change_id)
    diary.update("alex", None, Changes(severity=8), later(minutes=2))
    assert_refused("changed_since", lambda: diary.redo("alex", NOW, changed.change_id))
    diary.undo("alex", NOW)
    diary.undo("alex", NOW, logged.change_id)
    assert_refused("changed_since", lambda: diary.redo("alex", NOW, changed.change_id))
    diary.redo("alex", NOW, logged.change_id)
    assert diary.redo("alex", NOW, changed.change_id).transitions[0].after == changed.episode


def test_the_change_of_another_sleeper_is_unknown(diary: Diary) -> None:
    logged = diary.log("alex", NewEpisode(), NOW)

    for change_id in (logged.change_id, "", "half a pair \ud83d", "no such id"):
        for revert in (diary.undo, diary.redo):
            assert_refused("unknown_change", partial(revert, "kim", NOW, change_id))


def test_an_item_that_was_done_is_not_taken_away_by_undo(diary: Diary) -> None:
    added = diary.add_item("alex", "tea", NOW)
    ticked = diary.log_practice("alex", "tea", NOW)
    assert_refused("changed_since", lambda: diary.undo("alex", NOW, added.change_id))

    diary.undo("alex", NOW, ticked.change_id)
    diary.undo("alex", NOW, added.change_id)
    assert_refused("changed_since", lambda: diary.redo("alex", NOW, ticked.change_id))
    diary.redo("alex", NOW, added.change_id)
    diary.redo("alex", NOW, ticked.change_id)
    assert [(each.text, each.nights) for each in diary.practices("alex")] == [("tea", (ticked.night,))]
