"""Tests of the journal and undo."""

from datetime import date
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
