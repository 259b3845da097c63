"""Tests of the migrations, with files written by earlier versions."""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
import shutil
import sqlite3
from subprocess import Popen

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import (
    ChangeKind,
    Changes,
    DatabaseError,
    NewEpisode,
    NewMarkedChange,
    Relief,
    Request,
)
from custom_components.rls_bedtime.diary.storage.database import Database
from custom_components.rls_bedtime.diary.storage.migrations import SCHEMA_VERSION
from custom_components.rls_bedtime.diary.storage.status import Remedy

from .. import writer

TONIGHT = date(2026, 11, 23)
ADDED = date(2026, 11, 26)
"""When the file of schema 2 was made."""

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
FILES = Path(__file__).parent.parent / "files"


@pytest.fixture
def schema_1_file(path: Path) -> Path:
    """Return the path of a file with schema 1."""
    shutil.copyfile(FILES / "schema_1.db", path)
    return path


@pytest.fixture
def schema_2_file(path: Path) -> Path:
    """Return the path of a file with schema 2: episodes, clear nights, undone changes, a routine and practices."""
    shutil.copyfile(FILES / "schema_2.db", path)
    return path


@pytest.fixture
def schema_3_file(path: Path) -> Path:
    """Return the path of a file with schema 3: everything but marked changes."""
    shutil.copyfile(FILES / "schema_3.db", path)
    return path


@pytest.fixture
def schema_4_file(path: Path) -> Path:
    """Return the path of a file with schema 4: everything but experiments and the conditions of nights."""
    shutil.copyfile(FILES / "schema_4.db", path)
    return path


@pytest.fixture(params=["schema_1.db", "schema_2.db"])
def earlier_file(path: Path, request: pytest.FixtureRequest) -> Path:
    """Return the path of a file with each of the earlier schemas."""
    shutil.copyfile(FILES / request.param, path)
    return path


def content(path: Path) -> object:
    """Return what a file holds, once it is migrated."""
    diary = Diary(Database(path))
    assert diary.recovery is None
    found = (diary.episodes("alex"), diary.clear_nights("alex"), diary.practices("alex"), diary.episodes("kim"))
    diary.close()
    return found


def schema(path: Path) -> list[tuple[str, ...]]:
    """Return the schema of a file, whatever the white space in it."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
    return [(*names, " ".join((sql or "").split())) for *names, sql in rows]


def test_every_episode_of_schema_1_is_kept(schema_1_file: Path) -> None:
    diary = Diary(Database(schema_1_file))

    episodes = [
        (each.started_at.isoformat(), each.logged_at.isoformat(), each.severity, each.note)
        for each in diary.episodes("alex")
    ]
    assert episodes == [
        ("2026-11-01T02:00:00+09:00", "2026-10-31T17:00:00+00:00", 3, None),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T03:00:00+00:00", None, None),
        ("2026-10-24T23:30:00+02:00", "2026-10-24T21:30:00+00:00", 6, "left calf, “crawling” 🦵"),
        ("2026-10-20T01:00:00+02:00", "2026-10-25T04:00:00+00:00", 10, "what I had forgotten"),
    ]
    (other,) = diary.episodes("kim")
    assert (other.severity, other.body_parts, other.tags, other.ended_at) == (0, (), (), None)
    assert {each.sleeper: each.episodes for each in diary.orphaned_sleepers(())} == {"alex": 4, "kim": 1}
    assert diary.recovery is None
    assert diary.check(NOW)
    diary.close()


def test_migrated_episodes_can_be_updated_and_undone(schema_1_file: Path) -> None:
    diary = Diary(Database(schema_1_file))
    before = diary.episodes("alex")
    diary.update("alex", before[0].id, Changes(severity=9), NOW)
    diary.delete("alex", before[1].id, NOW)
    assert [diary.undo("alex", NOW).kind for _ in range(2)] == [ChangeKind.DELETED, ChangeKind.UPDATED]
    assert diary.episodes("alex") == before

    undone = [diary.undo("alex", NOW) for _ in before]

    assert diary.episodes("alex") == []
    assert [each.kind for each in undone] == [ChangeKind.LOGGED] * 4
    assert [each.transitions[0].before for each in undone] == sorted(
        before, key=lambda each: each.logged_at, reverse=True
    )
    assert len(diary.episodes("kim")) == 1
    diary.close()


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_a_migrated_file_has_the_schema_of_a_new_one(version: int, tmp_path: Path) -> None:
    earlier_file = tmp_path / "earlier.db"
    shutil.copyfile(FILES / f"schema_{version}.db", earlier_file)
    Database(earlier_file).close()
    Database(tmp_path / "new.db").close()

    assert schema(earlier_file) == schema(tmp_path / "new.db")
    with closing(sqlite3.connect(earlier_file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("statements", ["_STATEMENTS_BEFORE_3", "_STATEMENTS_FROM_2"])
def test_a_failed_migration_does_not_change_the_file(
    earlier_file: Path, statements: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = schema(earlier_file)
    with monkeypatch.context() as patch:
        name = f"custom_components.rls_bedtime.diary.storage.migrations.{statements}"
        patch.setattr(name, ("DELETE FROM episode", "SELECT no_such_column FROM episode"))
        with pytest.raises(DatabaseError):
            Database(earlier_file)
    assert schema(earlier_file) == before

    diary = Diary(Database(earlier_file))
    assert diary.episodes("alex")
    assert diary.recovery is None
    diary.close()


def test_a_killed_migration_does_not_change_the_file(earlier_file: Path, writers: Popen[bytes]) -> None:
    before = schema(earlier_file)
    statements = writer.migrate(writers, earlier_file)
    assert statements > 20
    expected = content(earlier_file)

    for number in range(1, statements + 1):
        shutil.copyfile(FILES / f"schema_{1 if len(before) < 10 else 2}.db", earlier_file)
        assert writer.migrate(writers, earlier_file, kill_at=number) == number - 1
        assert content(earlier_file) == expected


def test_everything_of_schema_2_is_kept(schema_2_file: Path) -> None:
    diary = Diary(Database(schema_2_file))

    (episode,) = diary.episodes("alex")
    assert (episode.severity, episode.relief, episode.tags) == (5, (Relief.WALKING,), ("late coffee",))
    assert [each.night.day for each in diary.clear_nights("alex")] == [19, 17]
    assert [each.text for each in diary.routine("alex", TONIGHT)] == ["No screens", "Foot massage"]
    practices = [(each.text, each.since, each.removed, each.nights) for each in diary.practices("alex")]
    assert practices == [
        ("No screens", ADDED, False, ()),
        ("Foot massage", TONIGHT - timedelta(days=1), False, (TONIGHT - timedelta(days=1), TONIGHT)),
        ("Stretch", TONIGHT - timedelta(days=2), True, (TONIGHT - timedelta(days=2), TONIGHT - timedelta(days=1))),
    ]
    assert diary.summary("alex", None, None, NOW).practices.counts == {"Foot massage": 2, "Stretch": 2}
    assert len(diary.episodes("kim")) == 1
    diary.close()


def test_the_journal_of_schema_2_can_be_undone_and_redone(schema_2_file: Path) -> None:
    diary = Diary(Database(schema_2_file))
    before = (diary.episodes("alex"), diary.clear_nights("alex"))

    kinds = [diary.redo("alex", NOW).kind for _ in range(1)]
    assert kinds == [ChangeKind.CLEAR_NIGHT_MOVED]
    assert [each.night.day for each in diary.clear_nights("alex")] == [19, 16]
    diary.undo("alex", NOW)
    assert (diary.episodes("alex"), diary.clear_nights("alex")) == before

    kinds = []
    while diary.episodes("alex") or diary.clear_nights("alex"):
        kinds.append(diary.undo("alex", NOW).kind)
    assert kinds == [
        ChangeKind.CLEAR_NIGHT_LOGGED,
        ChangeKind.CLEAR_NIGHT_MOVED,
        ChangeKind.CLEAR_NIGHT_LOGGED,
        ChangeKind.DELETED,
        ChangeKind.LOGGED,
        ChangeKind.UPDATED,
        ChangeKind.ENDED,
        ChangeKind.LOGGED,
    ]
    for _ in kinds:
        diary.redo("alex", NOW)
    assert (diary.episodes("alex"), diary.clear_nights("alex")) == before
    diary.close()


def test_ids_of_changes_are_not_reused_after_the_migration(schema_2_file: Path) -> None:
    with closing(sqlite3.connect(schema_2_file)) as connection, connection:
        connection.execute("UPDATE sqlite_sequence SET seq = 500 WHERE name = 'change'")
    diary = Diary(Database(schema_2_file))
    diary.log("alex", NewEpisode(), NOW)
    diary.close()

    with closing(sqlite3.connect(schema_2_file)) as connection:
        assert connection.execute("SELECT max(id) FROM change").fetchone() == (501,)


@pytest.mark.parametrize("version", [0, 1, 2, 3])
def test_a_flipped_bit_in_the_version_does_no_harm(path: Path, version: int) -> None:
    diary = Diary(Database(path))
    diary.log("alex", NewEpisode(severity=4), NOW)
    diary.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")

    diary = Diary(Database(path))
    assert [each.severity for each in diary.episodes("alex")] == [4]
    assert diary.recovery is None
    assert diary.undo("alex", NOW).kind is ChangeKind.LOGGED
    diary.close()


def test_everything_of_schema_3_is_kept(schema_3_file: Path) -> None:
    diary = Diary(Database(schema_3_file))

    (episode,) = diary.episodes("alex")
    assert (episode.severity, episode.note, episode.duration) == (5, "left calf 🦵", timedelta(hours=1))
    assert [each.night.day for each in diary.clear_nights("alex")] == [19]
    practices = [(each.text, each.removed, each.nights) for each in diary.practices("alex")]
    assert practices == [
        ("No screens", False, (date(2026, 11, 22),)),
        ("Foot massage", False, ()),
        ("Stretch", True, (date(2026, 11, 22),)),
    ]
    assert diary.marked_changes("alex") == []
    assert diary.undo("alex", NOW).kind is ChangeKind.ITEM_REMOVED
    again = diary.log("alex", NewEpisode(severity=9), NOW, request=Request(id="first"))
    assert (again.repeated, again.episode.severity) == (True, 5)
    assert len(diary.episodes("kim")) == 1
    diary.close()


def test_everything_of_schema_4_is_kept(schema_4_file: Path) -> None:
    diary = Diary(Database(schema_4_file))

    assert [each.severity for each in diary.episodes("alex")] == [5]
    (change,) = diary.marked_changes("alex")
    assert (change.day.day, change.name, change.amount) == (20, "Iron", "100 mg")
    assert diary.undo("alex", NOW).kind is ChangeKind.MARKED_CHANGE_LOGGED
    assert diary.redo("alex", NOW).kind is ChangeKind.MARKED_CHANGE_LOGGED
    assert diary.check(NOW)
    assert diary.recovery is None
    diary.close()


def test_a_change_can_be_marked_in_a_migrated_file(schema_3_file: Path) -> None:
    diary = Diary(Database(schema_3_file))
    marked = diary.log_marked_change("alex", NewMarkedChange(name="Iron"), NOW)
    assert diary.marked_changes("alex") == [marked.marked_change]
    assert diary.undo("alex", NOW).kind is ChangeKind.MARKED_CHANGE_LOGGED
    assert diary.undo("alex", NOW).kind is ChangeKind.ITEM_REMOVED
    diary.close()


@pytest.mark.parametrize("version", [3, 4])
def test_a_killed_migration_that_adds_tables_changes_nothing(path: Path, writers: Popen[bytes], version: int) -> None:
    earlier = FILES / f"schema_{version}.db"
    shutil.copyfile(earlier, path)
    statements = writer.migrate(writers, path)
    assert statements > 2
    expected = content(path)

    for number in range(1, statements + 1):
        shutil.copyfile(earlier, path)
        assert writer.migrate(writers, path, kill_at=number) == number - 1
        assert content(path) == expected


def test_a_copy_of_schema_3_is_restored_and_migrated(schema_3_file: Path) -> None:
    copies = schema_3_file.with_name(f"{schema_3_file.stem}_copies")
    copies.mkdir()
    shutil.copyfile(schema_3_file, copies / "20261122T220000Z.db")
    schema_3_file.write_bytes(b"SQLite format 3\0" * 1000)

    diary = Diary(Database(schema_3_file))
    assert diary.recovery is not None
    assert diary.recovery.remedy is Remedy.RESTORED
    assert len(diary.episodes("alex")) == 1
    assert diary.log_marked_change("alex", NewMarkedChange(), NOW).new
    diary.close()


def test_a_migrated_diary_can_be_written(earlier_file: Path) -> None:
    diary = Diary(Database(earlier_file))

    assert diary.log("alex", NewEpisode(severity=3), NOW).new
    assert diary.end("alex", NOW + timedelta(minutes=5)).episode.duration == timedelta(minutes=5)
    diary.close()
