"""A file that is deleted, moved or replaced while the diary has it open: no acknowledged episode is lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
import os
from pathlib import Path
import sqlite3
from zoneinfo import ZoneInfo

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import DatabaseError, NewEpisode, NewerDatabaseError
from custom_components.rls_bedtime.diary.storage.database import Database
from custom_components.rls_bedtime.diary.storage.migrations import SCHEMA_VERSION
from custom_components.rls_bedtime.diary.storage.status import Damage, Remedy

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=ZoneInfo("Europe/Berlin"))


def log(diary: Diary, *severities: int) -> None:
    """Log episodes, a minute after one another."""
    for severity in severities:
        diary.log("alex", NewEpisode(severity=severity, note="x" * 500), NOW + timedelta(minutes=severity))


def told(diary: Diary) -> list[int | None]:
    """Return the severities of all episodes, in order."""
    return [each.severity for each in reversed(diary.episodes("alex"))]


def beside(path: Path, name: str) -> Path:
    return path.with_name(f"{path.name}{name}")


def delete(path: Path) -> None:
    path.unlink()


def delete_all(path: Path) -> None:
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()


def delete_the_writes(path: Path) -> None:
    beside(path, "-wal").unlink()


def move_away(path: Path) -> None:
    path.rename(path.with_name("moved.db"))


def move_away_and_leave_a_new_one(path: Path) -> None:
    move_away(path)
    path.touch()


@pytest.fixture(params=[False, True], ids=["of which nothing is in the file itself", "of which most is"])
def full(diary: Diary, request: pytest.FixtureRequest) -> Diary:
    """Return a diary with five episodes of Alex, and some of somebody else."""
    for each in range(5):
        diary.log("kim", NewEpisode(note="y" * 1500), NOW + timedelta(minutes=each))
    if request.param:
        diary.pause_checkpoints()
        diary.resume_checkpoints()
    log(diary, 0, 1, 2, 3, 4)
    return diary


@pytest.mark.parametrize("go", [delete, delete_all, delete_the_writes, move_away, move_away_and_leave_a_new_one])
@pytest.mark.parametrize("first", [told, lambda diary: log(diary, 5), lambda diary: diary.check(NOW)])
def test_a_removed_file_is_put_back_with_all_of_its_data(
    full: Diary, path: Path, go: Callable[[Path], None], first: Callable[[Diary], object]
) -> None:
    go(path)
    first(full)
    log(full, 5, 6)
    assert told(full) == [0, 1, 2, 3, 4, 5, 6]
    assert full.recovery is not None
    assert full.recovery.remedy is Remedy.PUT_BACK
    full.close()

    again = Diary(Database(path))
    assert told(again) == [0, 1, 2, 3, 4, 5, 6]
    assert again.recovery is None
    assert again.check(NOW)
    again.close()


@pytest.mark.parametrize("go", [delete, delete_all, move_away])
def test_a_removed_file_is_put_back_when_the_diary_is_closed(
    full: Diary, path: Path, go: Callable[[Path], None]
) -> None:
    go(path)
    full.close()

    again = Diary(Database(path))
    assert told(again) == [0, 1, 2, 3, 4]
    assert again.recovery is None
    again.close()


@pytest.fixture
def other(path: Path) -> Path:
    """Return the file of another diary, with one episode."""
    other = path.with_name("other.db")
    diary = Diary(Database(other))
    log(diary, 9)
    diary.close()
    return other


@pytest.mark.parametrize("first", [told, lambda diary: log(diary, 10), lambda diary: diary.copy(NOW)])
def test_another_diary_in_its_place_is_adopted_and_the_first_one_set_aside(
    full: Diary, path: Path, other: Path, first: Callable[[Diary], object]
) -> None:
    other.replace(path)
    first(full)
    log(full, 10)
    assert told(full) == [9, 10]
    assert full.recovery is not None
    assert (full.recovery.damage, full.recovery.remedy) == (Damage.REPLACED, Remedy.ADOPTED)
    assert full.check(NOW)
    assert full.set_aside_files() == [full.recovery.set_aside]
    full.close()

    assert full.recovery.set_aside is not None
    kept, again = Diary(Database(full.recovery.set_aside)), Diary(Database(path))
    assert (told(kept), told(again)) == ([0, 1, 2, 3, 4], [9, 10])
    kept.close()
    again.close()


def test_the_wal_of_another_diary_in_its_place_is_adopted_too(full: Diary, path: Path, other: Path) -> None:
    in_use = Diary(Database(other))
    log(in_use, 10)
    saved = other.read_bytes(), beside(other, "-wal").read_bytes()
    in_use.close()
    for each, content in zip((path, beside(path, "-wal")), saved, strict=True):
        prepared = path.with_name("prepared")
        prepared.write_bytes(content)
        prepared.replace(each)

    assert told(full) == [9, 10]


def test_a_foreign_file_in_its_place_is_set_aside_and_the_diary_put_back(full: Diary, path: Path) -> None:
    letter = path.with_name("letter")
    letter.write_text("a letter to my doctor" * 100)
    letter.replace(path)

    log(full, 5)
    assert told(full) == [0, 1, 2, 3, 4, 5]
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
    assert told(first) == [0, 1, 2, 3, 4]
    first.close()


def test_a_folder_that_is_missing_temporarily_loses_no_data(full: Diary, path: Path) -> None:
    away = path.parent.with_name("away")
    path.parent.rename(away)
    with pytest.raises(DatabaseError):
        log(full, 5)
    away.rename(path.parent)

    log(full, 5)
    assert told(full) == [0, 1, 2, 3, 4, 5]
    assert full.recovery is None


def test_an_emptied_file_is_restored(diary: Diary, path: Path) -> None:
    log(diary, 0, 1)
    diary.copy(NOW)
    log(diary, 2)
    os.truncate(path, 0)

    log(diary, 5)
    assert told(diary) in ([0, 1, 2, 5], [0, 1, 5])
    assert diary.recovery is not None


def test_a_file_put_back_during_a_backup_is_not_changed_by_writes(full: Diary, path: Path) -> None:
    full.pause_checkpoints()
    path.unlink()
    told(full)
    saved = path.read_bytes()
    log(full, *range(5, 9))
    assert path.read_bytes() == saved
    full.resume_checkpoints()
    assert told(full) == list(range(9))


def test_maintenance_is_not_mistaken_for_a_replaced_file(full: Diary) -> None:
    log(full, 5)
    full.copy(NOW)
    full.pause_checkpoints()
    log(full, 6)
    full.resume_checkpoints()
    full.erase_sleeper("kim")
    full.check(NOW)
    told(full)
    log(full, 7)
    assert full.recovery is None
    assert full.set_aside_files() == []
