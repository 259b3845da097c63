"""Tests of the copies, of backups, and of erasing a sleeper."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil
import sqlite3
from threading import Thread
from time import monotonic

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import NewEpisode
from custom_components.rls_bedtime.diary.storage.database import Database
from custom_components.rls_bedtime.diary.storage.database_file import size_of

NOW = datetime(2026, 11, 24, 3, 12, 5, tzinfo=UTC)


@pytest.fixture
def copies(path: Path) -> Path:
    """Return the folder of the copies."""
    return path.with_name("diary_copies")


def names(copies: Path) -> list[str]:
    """Return the names of the files in a folder."""
    return sorted(each.name for each in copies.iterdir())


def test_a_copy_contains_the_episodes_logged_before(diary: Diary, copies: Path) -> None:
    first = diary.log("alex", NewEpisode(severity=3), NOW).episode
    diary.copy(NOW)
    diary.log("alex", NewEpisode(severity=4), NOW)

    assert names(copies) == ["20261124T031205Z.db"]
    copied = Diary(Database(copies / "20261124T031205Z.db"))
    assert copied.episodes("alex") == [first]
    copied.close()


def test_the_first_copy_is_due_at_once_and_the_next_a_day_later(diary: Diary) -> None:
    assert diary.next_copy_at(NOW) == NOW
    diary.copy(NOW)
    assert diary.next_copy_at(NOW + timedelta(hours=3)) == NOW + timedelta(days=1)
    statistics = diary.statistics()
    assert (statistics.copies, statistics.copied_at) == (1, NOW)


def test_seven_copies_are_kept(diary: Diary, copies: Path) -> None:
    for day in range(10):
        diary.log("alex", NewEpisode(severity=day), NOW + timedelta(days=day))
        diary.copy(NOW + timedelta(days=day))

    assert names(copies) == [f"202611{24 + day:02d}T031205Z.db" for day in range(3, 7)] + [
        f"202612{day:02d}T031205Z.db" for day in range(1, 4)
    ]


def test_copies_are_made_although_one_is_dated_in_the_future(diary: Diary) -> None:
    diary.copy(NOW + timedelta(days=5000))

    for day in range(3):
        now = NOW + timedelta(days=day)
        assert diary.next_copy_at(now) == now
        diary.copy(now)
        assert diary.next_copy_at(now) == now + timedelta(days=1)


def test_good_copies_are_kept_when_the_clock_is_behind(diary: Diary, copies: Path) -> None:
    for day in range(7):
        diary.copy(NOW + timedelta(days=day))
    good = names(copies)

    for day in range(9):
        diary.copy(NOW - timedelta(days=3000 - day))

    assert names(copies)[-7:] == good
    assert len(names(copies)) == 14
    diary.copy(NOW + timedelta(days=7))
    assert names(copies) == [*good[1:], "20261201T031205Z.db"]


def test_the_copy_with_the_newest_change_is_restored_whatever_its_date(diary: Diary, path: Path) -> None:
    diary.log("alex", NewEpisode(severity=1), NOW)
    diary.copy(NOW + timedelta(days=5000))
    diary.log("alex", NewEpisode(severity=2), NOW)
    diary.copy(NOW)
    diary.log("alex", NewEpisode(severity=3), NOW)
    diary.copy(NOW - timedelta(days=3000))
    diary.close()
    path.write_bytes(b"a letter")

    restored = Diary(Database(path))

    assert len(restored.episodes("alex")) == 3
    assert restored.set_aside_files() == [restored.recovery and restored.recovery.set_aside]
    restored.close()


def test_other_files_in_the_folder_are_not_changed(diary: Diary, copies: Path) -> None:
    copies.mkdir()
    (copies / "mine.db").write_text("mine")
    (copies / "unfinished").write_text("left by a power failure")
    for day in range(9):
        diary.copy(NOW + timedelta(days=day))

    assert len(names(copies)) == 8
    assert (copies / "mine.db").read_text() == "mine"


def test_writes_continue_while_copies_are_made(diary: Diary, copies: Path) -> None:
    def log_episodes() -> None:
        for number in range(50):
            diary.log("alex", NewEpisode(severity=number % 11, note=str(number)), NOW)

    writer = Thread(target=log_episodes)
    writer.start()
    for minute in range(10):
        diary.copy(NOW + timedelta(minutes=minute))
    writer.join()

    assert len(diary.episodes("alex")) == 50
    for copy in copies.iterdir():
        copied = Diary(Database(copy))
        assert copied.recovery is None
        assert copied.check(NOW)
        copied.close()


def test_writes_do_not_change_the_file_during_a_backup(diary: Diary, path: Path) -> None:
    before = [diary.log("alex", NewEpisode(severity=each), NOW).episode for each in range(5)]
    diary.pause_checkpoints()
    file_content = path.read_bytes()
    after = [diary.log("alex", NewEpisode(note="x" * 1500 + str(each)), NOW).episode for each in range(200)]

    assert path.read_bytes() == file_content
    # A WAL of this size would be written to the file, had that not been paused.
    assert path.with_name("diary.db-wal").stat().st_size > 1000 * 4096
    alone = path.with_name("alone.db")
    shutil.copyfile(path, alone)
    copied = Diary(Database(alone))
    assert copied.episodes("alex") == before[::-1]
    assert copied.check(NOW)
    copied.close()

    diary.resume_checkpoints()
    assert path.read_bytes() != file_content
    assert diary.episodes("alex") == (before + after)[::-1]


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 1])
def test_a_backup_is_consistent_with_any_part_of_the_wal(diary: Diary, path: Path, part: float) -> None:
    diary.pause_checkpoints()
    file_content = path.read_bytes()
    for each in range(60):
        diary.log("alex", NewEpisode(note=str(each)), NOW)
    writes = path.with_name("diary.db-wal").read_bytes()
    backup = path.with_name("backup.db")
    backup.write_bytes(file_content)
    backup.with_name("backup.db-wal").write_bytes(writes[: int(len(writes) * part)])

    copied = Diary(Database(backup))
    assert copied.recovery is None
    assert copied.check(NOW)
    kept = [each.note for each in copied.episodes("alex")][::-1]
    assert kept == [str(each) for each in range(len(kept))]
    assert len(kept) == 60 or part < 1
    copied.close()


def test_no_copy_is_due_during_a_backup(diary: Diary) -> None:
    diary.pause_checkpoints()
    assert diary.next_copy_at(NOW) == NOW + timedelta(hours=1)
    diary.resume_checkpoints()
    assert diary.next_copy_at(NOW) == NOW


def test_checkpoints_resume_after_an_hour_if_a_backup_never_ends(
    diary: Diary, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diary.pause_checkpoints()
    file_content = path.read_bytes()
    diary.log("alex", NewEpisode(severity=1), NOW)
    assert path.read_bytes() == file_content

    an_hour_later = monotonic() + 3600
    monkeypatch.setattr("custom_components.rls_bedtime.diary.storage.database.monotonic", lambda: an_hour_later)
    diary.log("alex", NewEpisode(severity=2), NOW)

    assert path.read_bytes() != file_content


def files_containing(text: str, *places: Path) -> list[Path]:
    """Return the files that contain a text."""
    files = [file for place in places for file in ([place] if place.is_file() else place.rglob("*"))]
    return [file for file in files if file.is_file() and text.encode() in file.read_bytes()]


def test_an_erased_sleeper_is_removed_from_the_file_and_all_copies(diary: Diary, path: Path, copies: Path) -> None:
    for number in range(40):
        diary.log("alex", NewEpisode(note=f"secret {number}" + "x" * 300, tags=("secret tag",)), NOW)
        diary.log("kim", NewEpisode(note=f"mine {number}"), NOW)
    diary.rename_sleeper("alex", "Alex Secret")
    diary.create_routine("alex", ["secret stretch"], NOW)
    diary.log_practice("alex", "secret stretch", NOW)
    diary.record_bedtime("alex", NOW)
    diary.delete("alex", diary.episodes("alex")[0].id, NOW)
    diary.copy(NOW)
    diary.copy(NOW + timedelta(days=1))
    assert files_containing("ecret", path.parent)
    size = size_of(path)

    diary.erase_sleeper("alex")

    assert files_containing("ecret", path.parent) == []
    assert size_of(path) < size
    assert len(diary.episodes("kim")) == 40
    assert [each.sleeper for each in diary.orphaned_sleepers(())] == ["kim"]
    assert diary.check(NOW)
    assert names(copies) == ["20261124T031205Z.db", "20261125T031205Z.db"]
    for copy in copies.iterdir():
        with closing(sqlite3.connect(copy)) as connection:
            assert connection.execute("SELECT count(*) FROM episode").fetchone() == (40,)
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_unknown_sleeper_can_be_erased(diary: Diary) -> None:
    diary.log("kim", NewEpisode(), NOW)
    diary.erase_sleeper("alex")

    assert len(diary.episodes("kim")) == 1


def test_erasing_a_sleeper_deletes_a_damaged_copy(diary: Diary, copies: Path) -> None:
    diary.log("alex", NewEpisode(note="secret"), NOW)
    diary.copy(NOW)
    (copy,) = copies.iterdir()
    copy.write_bytes(copy.read_bytes()[:4096] + b"secret" * 5000)

    diary.erase_sleeper("alex")

    assert names(copies) == []
