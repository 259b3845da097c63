"""Tests of what lies beside the file but belongs to another state of the diary: it is set aside, and never applied."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sqlite3

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import DatabaseError, NewEpisode
from custom_components.rls_bedtime.diary.storage.database import Database
from custom_components.rls_bedtime.diary.storage.status import Damage, Remedy

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


def side_file(path: Path, suffix: str) -> Path:
    """Return the path of a file beside the database."""
    return path.with_name(f"{path.name}{suffix}")


def log(diary: Diary, *severities: int) -> None:
    """Log episodes at intervals of a minute."""
    for severity in severities:
        diary.log("alex", NewEpisode(severity=severity, note="x" * 500), NOW + timedelta(minutes=severity))


def severities_in(diary: Diary) -> list[int | None]:
    """Return the severities of all episodes, oldest first."""
    return [each.severity for each in reversed(diary.episodes("alex"))]


def checkpoint(diary: Diary) -> None:
    """Write the WAL to the file and empty it."""
    diary.pause_checkpoints()
    diary.resume_checkpoints()


def crash(diary: Diary, path: Path) -> bytes:
    """Close a diary, put its WAL back as a killed process leaves it, and return its content."""
    file, wal = path.read_bytes(), side_file(path, "-wal").read_bytes()
    diary.close()
    path.write_bytes(file)
    side_file(path, "-wal").write_bytes(wal)
    return wal


def written_diary(path: Path, *severities: int) -> Diary:
    """Return an open diary whose WAL is empty."""
    diary = Diary(Database(path))
    log(diary, *severities)
    checkpoint(diary)
    return diary


@pytest.fixture
def older(path: Path) -> bytes:
    """Return the content of the older of two states of a diary, of which the newer was left with its WAL."""
    diary = written_diary(path, 0, 1, 2)
    older = path.read_bytes()
    log(diary, 3, 4)
    checkpoint(diary)
    log(diary, 5, 6)
    crash(diary, path)
    return older


def assert_kept(path: Path, aside: bytes, *severities: int) -> None:
    """Assert that the file is used as it is, and that what lay beside it was set aside, untouched, with a report."""
    diary = Diary(Database(path))
    assert severities_in(diary) == [*severities]
    (recovery,) = diary.recoveries
    assert recovery == diary.recovery
    assert (recovery.damage, recovery.remedy) == (Damage.UNMATCHED, Remedy.KEPT)
    assert recovery.episodes == len(severities)
    assert recovery.set_aside is not None
    assert recovery.set_aside.name.startswith("diary.unmatched-")
    assert recovery.set_aside.read_bytes() == aside
    assert diary.set_aside_files() == [recovery.set_aside]
    assert diary.check(NOW)
    log(diary, 9)
    diary.close()
    reopened = Diary(Database(path))
    assert severities_in(reopened) == [*severities, 9]
    assert reopened.recovery is None
    reopened.close()
    assert recovery.set_aside.read_bytes() == aside


def test_an_older_file_beside_a_newer_wal_is_used_and_the_wal_is_set_aside(path: Path, older: bytes) -> None:
    path.write_bytes(older)

    assert_kept(path, side_file(path, "-wal").read_bytes(), 0, 1, 2)


def test_a_daily_copy_put_back_beside_a_newer_wal_is_used_and_the_wal_is_set_aside(path: Path) -> None:
    diary = written_diary(path, 0, 1)
    diary.copy(NOW)
    log(diary, 2)
    wal = crash(diary, path)
    (copy,) = path.with_name("diary_copies").iterdir()
    log(other := Diary(Database(path)), 3)
    other.close()
    path.write_bytes(copy.read_bytes())
    # The copy is the state before this WAL, which belongs to it: the newer state is put together again.
    side_file(path, "-wal").write_bytes(wal)
    diary = Diary(Database(path))
    assert severities_in(diary) == [0, 1, 2]
    assert diary.recovery is None
    checkpoint(diary)
    log(diary, 4)
    newer = crash(diary, path)
    path.write_bytes(copy.read_bytes())

    assert side_file(path, "-wal").read_bytes() == newer
    assert_kept(path, newer, 0, 1)


def test_a_newer_file_beside_an_older_wal_is_used_and_the_wal_is_set_aside(path: Path) -> None:
    diary = written_diary(path, 0)
    log(diary, 1)
    older = side_file(path, "-wal").read_bytes()
    checkpoint(diary)
    log(diary, 2)
    diary.close()
    side_file(path, "-wal").write_bytes(older)

    assert_kept(path, older, 0, 1, 2)


@pytest.mark.parametrize("is_small", [True, False], ids=["all in its WAL", "with a file of its own"])
def test_the_wal_of_another_diary_is_set_aside(path: Path, *, is_small: bool) -> None:
    written_diary(path, 0, 1).close()
    other = path.with_name("other.db")
    diary = Diary(Database(other)) if is_small else written_diary(other, 7)
    log(diary, 8)
    wal = side_file(other, "-wal").read_bytes()
    diary.close()
    side_file(path, "-wal").write_bytes(wal)

    assert_kept(path, wal, 0, 1)


def damage_header(wal: bytes) -> bytes:
    return b"\x00" * 32 + wal[32:]


def shorten(wal: bytes) -> bytes:
    return wal[:20]


@pytest.mark.parametrize("change", [damage_header, shorten])
def test_a_wal_with_a_damaged_header_is_set_aside(path: Path, change: Callable[[bytes], bytes]) -> None:
    diary = written_diary(path, 0, 1)
    log(diary, 2)
    wal = change(crash(diary, path))
    side_file(path, "-wal").write_bytes(wal)

    assert_kept(path, wal, 0, 1)


def test_the_wal_of_a_killed_process_is_applied(path: Path) -> None:
    diary = written_diary(path, 0, 1)
    log(diary, 2, 3)
    crash(diary, path)

    diary = Diary(Database(path))
    assert severities_in(diary) == [0, 1, 2, 3]
    assert diary.recovery is None
    diary.close()


def test_a_wal_that_is_partly_in_the_file_is_applied(path: Path) -> None:
    diary = written_diary(path, 0, 1)
    log(diary, 2, 3)
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(PASSIVE)")
    log(diary, 4)
    crash(diary, path)

    diary = Diary(Database(path))
    assert severities_in(diary) == [0, 1, 2, 3, 4]
    assert diary.recovery is None
    diary.close()


def test_a_wal_without_a_complete_transaction_is_no_other_state(path: Path) -> None:
    diary = written_diary(path, 0, 1)
    log(diary, 2)
    wal = crash(diary, path)
    side_file(path, "-wal").write_bytes(wal[: 32 + 4120])

    diary = Diary(Database(path))
    assert severities_in(diary) == [0, 1]
    assert diary.recovery is None
    diary.close()


def test_the_wal_of_an_earlier_version_is_applied(path: Path) -> None:
    diary = written_diary(path, 0, 1)
    diary.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE write_token")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE episode SET severity = 7 WHERE severity = 1")
        file, wal = path.read_bytes(), side_file(path, "-wal").read_bytes()
    path.write_bytes(file)
    side_file(path, "-wal").write_bytes(wal)

    diary = Diary(Database(path))
    assert severities_in(diary) == [0, 7]
    assert diary.recovery is None
    diary.close()


def test_a_file_of_an_earlier_version_beside_a_newer_wal_is_used_and_the_wal_is_set_aside(path: Path) -> None:
    earlier = (Path(__file__).parent.parent / "files" / "schema_1.db").read_bytes()
    path.write_bytes(earlier)
    diary = written_diary(path, 0)
    log(diary, 1)
    newer = crash(diary, path)
    path.write_bytes(earlier)

    diary = Diary(Database(path))
    assert [each.severity for each in diary.episodes("alex")] == [3, None, 6, 10]
    (recovery,) = diary.recoveries
    assert recovery.remedy is Remedy.KEPT
    assert recovery.set_aside is not None
    assert recovery.set_aside.read_bytes() == newer
    diary.close()


def test_the_wal_of_a_killed_migration_is_applied(path: Path) -> None:
    earlier = (Path(__file__).parent.parent / "files" / "schema_1.db").read_bytes()
    path.write_bytes(earlier)
    diary = Diary(Database(path))
    log(diary, 1)
    wal = side_file(path, "-wal").read_bytes()
    assert path.read_bytes()[100:] == earlier[100:]
    file = path.read_bytes()
    diary.close()
    path.write_bytes(file)
    side_file(path, "-wal").write_bytes(wal)

    diary = Diary(Database(path))
    assert len(diary.episodes("alex")) == 5
    assert diary.recovery is None
    diary.close()


def test_a_damaged_file_and_its_wal_are_set_aside_together(path: Path) -> None:
    diary = written_diary(path, 0, 1)
    diary.copy(NOW)
    log(diary, 2)
    wal = crash(diary, path)
    path.write_bytes(path.read_bytes()[:16] + b"\xa5" * 8000)

    diary = Diary(Database(path))
    assert severities_in(diary) == [0, 1]
    assert diary.recovery is not None
    assert diary.recovery.set_aside is not None
    assert side_file(diary.recovery.set_aside, "-wal").read_bytes() == wal
    diary.close()


def test_a_wal_beside_an_emptied_file_is_set_aside_and_the_copy_restored(path: Path, older: bytes) -> None:
    del older
    wal = side_file(path, "-wal").read_bytes()
    path.write_bytes(b"")

    diary = Diary(Database(path))
    assert diary.recovery is not None
    assert (diary.recovery.damage, diary.recovery.remedy) == (Damage.EMPTY, Remedy.RECREATED)
    assert diary.recovery.set_aside is not None
    assert side_file(diary.recovery.set_aside, "-wal").read_bytes() == wal
    diary.erase_sleeper("alex")
    # SQLite would delete the WAL of an empty file.
    assert side_file(diary.recovery.set_aside, "-wal").read_bytes() == wal
    diary.close()


def test_an_index_of_a_wal_alone_is_no_diary(path: Path) -> None:
    side_file(path, "-shm").write_bytes(b"\x00" * 32768)

    diary = Diary(Database(path))
    assert diary.recovery is None
    log(diary, 1)
    diary.close()


def test_a_stale_index_of_a_wal_is_not_used(path: Path) -> None:
    diary = written_diary(path, 0)
    log(diary, 1)
    stale = side_file(path, "-shm").read_bytes()
    log(diary, 2)
    crash(diary, path)
    side_file(path, "-shm").write_bytes(stale)

    diary = Diary(Database(path))
    assert severities_in(diary) == [0, 1, 2]
    assert diary.recovery is None
    diary.close()


def hot_journal(path: Path) -> bytes:
    """Return the journal of a transaction that another program has begun and not ended."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA cache_spill = 1")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE episode SET note = note || 'y'")
        connection.execute("INSERT INTO sleeper VALUES (hex(zeroblob(50000)), NULL, 0)")
        journal = side_file(path, "-journal").read_bytes()
    assert journal.startswith(JOURNAL_MAGIC)
    return journal


def test_a_hot_journal_of_an_older_state_is_set_aside(path: Path) -> None:
    written_diary(path, *range(9)).close()
    newer = path.with_name("newer.db")
    newer.write_bytes(path.read_bytes())
    diary = written_diary(newer, 9)
    diary.close()
    journal = hot_journal(path)
    path.write_bytes(newer.read_bytes())
    side_file(path, "-journal").write_bytes(journal)

    diary = Diary(Database(path))
    assert severities_in(diary) == list(range(10))
    (recovery,) = diary.recoveries
    assert (recovery.damage, recovery.remedy) == (Damage.UNMATCHED, Remedy.KEPT)
    assert recovery.set_aside is not None
    assert recovery.set_aside.name.endswith(".db-journal")
    assert recovery.set_aside.read_bytes() == journal
    diary.close()


def test_a_hot_journal_without_its_file_is_set_aside(path: Path) -> None:
    written_diary(path, 0).close()
    journal = hot_journal(path)
    path.unlink()
    side_file(path, "-journal").write_bytes(journal)

    diary = Diary(Database(path))
    assert diary.recovery is not None
    assert diary.recovery.set_aside is not None
    assert diary.recovery.set_aside.read_bytes() == journal
    diary.close()


@pytest.mark.parametrize("suffix", ["-rescued", "-restored"])
def test_the_rescue_copy_of_an_interrupted_recovery_is_set_aside_and_reported(
    path: Path, older: bytes, suffix: str
) -> None:
    diary = Diary(Database(path))
    diary.close()
    side_file(path, suffix).write_bytes(older)

    diary = Diary(Database(path))
    assert severities_in(diary) == [0, 1, 2, 3, 4, 5, 6]
    (recovery,) = diary.recoveries
    assert (recovery.damage, recovery.remedy) == (Damage.RESCUED, Remedy.KEPT)
    assert recovery.set_aside is not None
    assert recovery.set_aside.read_bytes() == older
    kept = Diary(Database(recovery.set_aside))
    assert severities_in(kept) == [0, 1, 2]
    kept.close()
    diary.close()


def test_a_folder_in_place_of_the_wal_is_reported_and_not_changed(path: Path) -> None:
    written_diary(path, 0).close()
    folder = side_file(path, "-wal")
    folder.mkdir()
    (folder / "letter").write_text("mine")

    with pytest.raises(DatabaseError) as error:
        Database(path)
    assert error.value.key == "diary_unavailable"
    assert (folder / "letter").read_text() == "mine"


# --- a file that is moved while it is in use --------------------------------------------------------------------------


def test_what_is_logged_after_the_file_was_deleted_is_not_lost(path: Path) -> None:
    diary = written_diary(path, 0)
    diary.copy(NOW)
    log(diary, 1)
    for each in path.parent.glob("diary.db*"):
        each.unlink()

    log(diary, 2)

    assert diary.recovery is not None
    assert (diary.recovery.damage, diary.recovery.remedy) == (Damage.MISSING, Remedy.RESTORED)
    diary.close()
    reopened = Diary(Database(path))
    assert severities_in(reopened) == [0, 2]
    reopened.close()


def test_what_is_logged_after_the_file_was_replaced_is_in_the_file_that_is_there(path: Path) -> None:
    other = path.with_name("other.db")
    written_diary(other, 7).close()
    diary = written_diary(path, 0)
    log(diary, 1)
    wal = side_file(path, "-wal").read_bytes()
    other.replace(path)

    log(diary, 8)

    assert severities_in(diary) == [7, 8]
    (recovery,) = diary.recoveries
    assert recovery.set_aside is not None
    assert recovery.set_aside.read_bytes() == wal
    diary.close()
    reopened = Diary(Database(path))
    assert severities_in(reopened) == [7, 8]
    reopened.close()


def test_a_folder_that_is_missing_for_a_while_loses_no_data(path: Path) -> None:
    diary = written_diary(path, 0)
    log(diary, 1)
    away = path.parent.with_name("away")
    path.parent.rename(away)
    with pytest.raises(DatabaseError):
        log(diary, 2)
    away.rename(path.parent)

    log(diary, 2)
    assert severities_in(diary) == [0, 1, 2]
    assert diary.recovery is None
    diary.close()
