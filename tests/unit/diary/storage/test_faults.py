"""Tests of a full disk, a read-only folder and a locked file: clear errors, and no incomplete writes."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil
import sqlite3
import subprocess
from threading import Event, Thread

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import Changes, DatabaseError, NewEpisode
from custom_components.rls_bedtime.diary.storage.database import Database

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
LONG = "x" * 2000


def assert_error(key: str, call: Callable[[], object]) -> None:
    """Assert that a call raises DatabaseError with this key."""
    with pytest.raises(DatabaseError) as error:
        call()
    assert error.value.key == key
    assert error.value.placeholders.keys() == {"error"}
    assert LONG not in str(error.value)


def fill(diary: Diary, limit: int = 5000) -> int:
    """Log until the disk is full, and return the number of logged episodes."""
    for number in range(limit):
        try:
            diary.log("alex", NewEpisode(note=LONG, severity=number % 11), NOW + timedelta(minutes=number))
        except DatabaseError as error:
            if error.key == "diary_disk_full":
                return number
            raise
    pytest.fail("the disk did not fill up")


def mount_disk(folder: Path, *options: str) -> bool:
    """Mount a RAM disk on a folder. Return False if that is not permitted."""
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    return mount is not None and subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603


def remount_disk(folder: Path, option: str) -> None:
    """Change an option of a mounted disk."""
    command = [str(shutil.which("mount")), "-o", f"remount,{option}", str(folder)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return the folder of a disk of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not mount_disk(folder, "size=4m"):
        pytest.skip("no disk can be mount_disk here")
    yield folder
    subprocess.run([str(shutil.which("umount")), "-l", str(folder)], check=True)  # noqa: S603


def test_a_full_disk_is_reported_and_writing_resumes_when_there_is_space(small_disk: Path) -> None:
    path = small_disk / "diary.db"
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 1_500_000)
    diary = Diary(Database(path))
    number = fill(diary)
    assert number > 20
    nights = (NOW.date() - timedelta(days=days) for days in range(9, 1000))
    assert_error("diary_disk_full", lambda: [diary.log_clear_night("alex", night, NOW) for night in nights])
    assert len(diary.episodes("alex")) == number
    diary.overview("alex", NOW)

    ballast.unlink()

    assert diary.log("alex", NewEpisode(severity=3), NOW).new
    assert len(diary.episodes("alex")) == number + 1
    assert diary.recovery is None
    assert diary.check(NOW)
    diary.close()


def test_no_incomplete_copy_is_left_on_a_full_disk(small_disk: Path) -> None:
    diary = Diary(Database(small_disk / "diary.db"))
    for number in range(30):
        diary.log("alex", NewEpisode(note=LONG), NOW + timedelta(minutes=number))
    diary.pause_checkpoints()
    diary.resume_checkpoints()
    (small_disk / "ballast").write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 150_000))

    assert_error("diary_disk_full", lambda: diary.copy(NOW))

    assert list((small_disk / "diary_copies").iterdir()) == []
    assert len(diary.episodes("alex")) == 30
    diary.close()


def test_a_damaged_file_stays_in_place_until_there_is_space_for_the_copy(small_disk: Path) -> None:
    path = small_disk / "diary.db"
    diary = Diary(Database(path))
    diary.log("alex", NewEpisode(), NOW)
    diary.copy(NOW)
    diary.close()
    path.write_bytes(b"SQLite format 3\x00" + b"\xa5" * 5000)
    damaged_content = path.read_bytes()
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * shutil.disk_usage(small_disk).free)
    assert_error("diary_disk_full", lambda: Database(path))
    assert path.read_bytes() == damaged_content

    ballast.unlink()

    diary = Diary(Database(path))
    assert diary.recovery is not None
    assert len(diary.episodes("alex")) == 1
    diary.close()


def test_a_file_that_cannot_grow_is_reported_as_a_full_disk(diary: Diary, path: Path) -> None:
    with diary._database._raw_connection() as connection:  # noqa: SLF001 - the limit applies to a connection
        connection.execute("PRAGMA max_page_count = 100")

    number = fill(diary)

    assert number > 20
    assert len(diary.episodes("alex")) == number
    with diary._database._raw_connection() as connection:  # noqa: SLF001
        connection.execute("PRAGMA max_page_count = 100000")
    assert diary.log("alex", NewEpisode(note=LONG), NOW - timedelta(minutes=1)).new
    assert diary.check(NOW)


def test_a_read_only_folder_is_reported_and_loses_no_data(small_disk: Path) -> None:
    path = small_disk / "diary.db"
    diary = Diary(Database(path))
    episode = diary.log("alex", NewEpisode(), NOW).episode
    diary.close()
    remount_disk(small_disk, "ro")
    assert_error("diary_read_only", lambda: Diary(Database(path)).log("alex", NewEpisode(), NOW))
    assert_error("diary_read_only", lambda: Database(small_disk / "new.db"))

    remount_disk(small_disk, "rw")

    diary = Diary(Database(path))
    assert diary.episodes("alex") == [episode]
    diary.close()


@pytest.fixture
def impatient_diary(path: Path) -> Iterator[Diary]:
    """Return a diary that waits only briefly for a lock."""
    diary = Diary(Database(path, busy_timeout=timedelta(milliseconds=50)))
    yield diary
    diary.close()


def test_a_locked_file_is_reported_and_written_when_unlocked(impatient_diary: Diary, path: Path) -> None:
    episode = impatient_diary.log("alex", NewEpisode(), NOW).episode
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert_error("diary_locked", lambda: impatient_diary.log("alex", NewEpisode(severity=3), NOW))
        assert_error("diary_locked", lambda: impatient_diary.update("alex", episode.id, Changes(severity=3), NOW))
        assert_error("diary_locked", lambda: impatient_diary.undo("alex", NOW))
        assert impatient_diary.episodes("alex") == [episode]
        other.execute("ROLLBACK")

    assert impatient_diary.log("alex", NewEpisode(severity=3), NOW).new
    assert impatient_diary.recovery is None


def test_a_write_waits_for_a_short_lock(diary: Diary, path: Path) -> None:
    locked = Event()
    release = Event()

    def hold() -> None:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            locked.set()
            release.wait(10)
            other.execute("ROLLBACK")

    holder = Thread(target=hold)
    holder.start()
    locked.wait(10)
    logged: list[bool] = []
    writer = Thread(target=lambda: logged.append(diary.log("alex", NewEpisode(), NOW).new))
    writer.start()
    release.set()
    writer.join()
    holder.join()

    assert logged == [True]


def test_a_file_that_is_locked_when_opened_is_reported_and_not_set_aside(path: Path, diary: Diary) -> None:
    diary.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        assert_error("diary_locked", lambda: Database(path, busy_timeout=timedelta(milliseconds=50)))
    assert list(path.parent.glob("*damaged*")) == []
    Database(path).close()


def test_a_folder_in_place_of_the_file_is_reported_and_not_changed(path: Path) -> None:
    path.mkdir()
    (path / "letter").write_text("mine")

    assert_error("diary_unavailable", lambda: Database(path))

    assert (path / "letter").read_text() == "mine"


def test_a_closed_diary_refuses_all_calls(diary: Diary, path: Path) -> None:
    diary.close()

    assert_error("diary_unavailable", lambda: diary.log("alex", NewEpisode(), NOW))
    assert_error("diary_unavailable", lambda: diary.episodes("alex"))
    assert not path.with_name("diary.db-wal").exists()


def test_concurrent_writes_of_many_threads_are_all_stored(diary: Diary) -> None:
    def log_some(sleeper: str) -> None:
        for number in range(25):
            diary.log(sleeper, NewEpisode(note=str(number)), NOW)

    threads = [Thread(target=log_some, args=(f"sleeper {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [each.episodes for each in diary.orphaned_sleepers(())] == [25] * 8
