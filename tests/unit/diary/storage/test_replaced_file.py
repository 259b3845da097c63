"""Tests of a file that is deleted, moved or replaced while the diary is open."""

from collections.abc import Callable
from datetime import datetime, timedelta
import os
from pathlib import Path
import sqlite3
from zoneinfo import ZoneInfo

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import DatabaseError, NewEpisode, NewerDatabaseError, Request
from custom_components.rls_bedtime.diary.storage.database import Database
from custom_components.rls_bedtime.diary.storage.migrations import SCHEMA_VERSION
from custom_components.rls_bedtime.diary.storage.status import Damage, Remedy

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def log(diary: Diary, *severities: int) -> None:
    """Log episodes at intervals of a minute. A repeat is recognized as one."""
    for severity in severities:
        entry = NewEpisode(severity=severity, note="x" * 500)
        diary.log("alex", entry, NOW + timedelta(minutes=severity), request=Request())


def severities_in(diary: Diary) -> list[int | None]:
    """Return the severities of all episodes, oldest first."""
    return [each.severity for each in reversed(diary.episodes("alex"))]


def with_suffix(path: Path, name: str) -> Path:
    return path.with_name(f"{path.name}{name}")


def delete(path: Path) -> None:
    path.unlink()


def delete_all(path: Path) -> None:
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()


def delete_wal(path: Path) -> None:
    with_suffix(path, "-wal").unlink()


def move_away(path: Path) -> None:
    path.rename(path.with_name("moved.db"))


def move_away_and_create_empty(path: Path) -> None:
    move_away(path)
    path.touch()


@pytest.fixture(params=[False, True], ids=["data only in the WAL", "data mostly in the file"])
def full(diary: Diary, request: pytest.FixtureRequest) -> Diary:
    """Return a diary with five episodes of Alex and some of another sleeper."""
    for each in range(5):
        diary.log("kim", NewEpisode(note="y" * 1500), NOW + timedelta(minutes=each))
    if request.param:
        diary.pause_checkpoints()
        diary.resume_checkpoints()
    log(diary, 0, 1, 2, 3, 4)
    return diary


@pytest.mark.parametrize("remove", [delete, delete_all, delete_wal, move_away, move_away_and_create_empty])
@pytest.mark.parametrize("first_call", [severities_in, lambda diary: log(diary, 5), lambda diary: diary.check(NOW)])
def test_a_removed_file_is_put_back_with_all_of_its_data(
    full: Diary, path: Path, remove: Callable[[Path], None], first_call: Callable[[Diary], object]
) -> None:
    remove(path)
    first_call(full)
    log(full, 5, 6)
    assert severities_in(full) == [0, 1, 2, 3, 4, 5, 6]
    assert full.recovery is not None
    assert full.recovery.remedy is Remedy.PUT_BACK
    full.close()

    reopened = Diary(Database(path))
    assert severities_in(reopened) == [0, 1, 2, 3, 4, 5, 6]
    assert reopened.recovery is None
    assert reopened.check(NOW)
    reopened.close()


@pytest.mark.parametrize("remove", [delete, delete_all, move_away])
def test_a_removed_file_is_put_back_when_the_diary_is_closed(
    full: Diary, path: Path, remove: Callable[[Path], None]
) -> None:
    remove(path)
    full.close()

    reopened = Diary(Database(path))
    assert severities_in(reopened) == [0, 1, 2, 3, 4]
    assert reopened.recovery is None
    reopened.close()


@pytest.fixture
def other(path: Path) -> Path:
    """Return the file of another diary, with one episode."""
    other = path.with_name("other.db")
    diary = Diary(Database(other))
    log(diary, 9)
    diary.close()
    return other


@pytest.mark.parametrize("first_call", [severities_in, lambda diary: log(diary, 10), lambda diary: diary.copy(NOW)])
def test_another_diary_in_its_place_is_adopted_and_the_first_one_set_aside(
    full: Diary, path: Path, other: Path, first_call: Callable[[Diary], object]
) -> None:
    other.replace(path)
    first_call(full)
    log(full, 10)
    assert severities_in(full) == [9, 10]
    assert full.recovery is not None
    assert (full.recovery.damage, full.recovery.remedy) == (Damage.REPLACED, Remedy.ADOPTED)
    assert full.check(NOW)
    assert full.set_aside_files() == [full.recovery.set_aside]
    full.close()

    assert full.recovery.set_aside is not None
    kept, reopened = Diary(Database(full.recovery.set_aside)), Diary(Database(path))
    assert (severities_in(kept), severities_in(reopened)) == ([0, 1, 2, 3, 4], [9, 10])
    kept.close()
    reopened.close()


def test_the_wal_of_another_diary_in_its_place_is_adopted_too(full: Diary, path: Path, other: Path) -> None:
    in_use = Diary(Database(other))
    log(in_use, 10)
    saved = other.read_bytes(), with_suffix(other, "-wal").read_bytes()
    in_use.close()
    for each, content in zip((path, with_suffix(path, "-wal")), saved, strict=True):
        prepared = path.with_name("prepared")
        prepared.write_bytes(content)
        prepared.replace(each)

    assert severities_in(full) == [9, 10]


def test_a_foreign_file_in_its_place_is_set_aside_and_the_diary_put_back(full: Diary, path: Path) -> None:
    letter = path.with_name("letter")
    letter.write_text("a letter to my doctor" * 100)
    letter.replace(path)

    log(full, 5)
    assert severities_in(full) == [0, 1, 2, 3, 4, 5]
    assert full.recovery is not None
    assert (full.recovery.damage, full.recovery.remedy) == (Damage.FOREIGN, Remedy.PUT_BACK)
    assert full.recovery.set_aside is not None
    assert full.recovery.set_aside.read_text().startswith("a letter")
    assert full.set_aside_files() == [full.recovery.set_aside]


def test_a_newer_diary_in_its_place_is_refused_and_both_files_are_kept(full: Diary, path: Path, other: Path) -> None:
    connection = sqlite3.connect(other)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    newer = other.read_bytes()
    other.replace(path)

    for _ in range(2):
        with pytest.raises(NewerDatabaseError):
            log(full, 5)
    assert path.read_bytes() == newer
    (kept,) = full.set_aside_files()
    first = Diary(Database(kept))
    assert severities_in(first) == [0, 1, 2, 3, 4]
    first.close()


def test_a_folder_that_is_missing_temporarily_loses_no_data(full: Diary, path: Path) -> None:
    away = path.parent.with_name("away")
    path.parent.rename(away)
    with pytest.raises(DatabaseError):
        log(full, 5)
    away.rename(path.parent)

    log(full, 5)
    assert severities_in(full) == [0, 1, 2, 3, 4, 5]
    assert full.recovery is None


def test_an_emptied_file_is_restored(diary: Diary, path: Path) -> None:
    log(diary, 0, 1)
    diary.copy(NOW)
    log(diary, 2)
    os.truncate(path, 0)

    log(diary, 5)
    assert severities_in(diary) in ([0, 1, 2, 5], [0, 1, 5])
    assert diary.recovery is not None


def test_a_file_put_back_during_a_backup_is_not_changed_by_writes(full: Diary, path: Path) -> None:
    full.pause_checkpoints()
    path.unlink()
    severities_in(full)
    saved = path.read_bytes()
    log(full, *range(5, 9))
    assert path.read_bytes() == saved
    full.resume_checkpoints()
    assert severities_in(full) == list(range(9))


def test_maintenance_is_not_mistaken_for_a_replaced_file(full: Diary) -> None:
    log(full, 5)
    full.copy(NOW)
    full.pause_checkpoints()
    log(full, 6)
    full.resume_checkpoints()
    full.erase_sleeper("kim")
    full.check(NOW)
    severities_in(full)
    log(full, 7)
    assert full.recovery is None
    assert full.set_aside_files() == []
