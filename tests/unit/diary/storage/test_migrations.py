"""Tests of the migrations, with files written by earlier versions."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
import shutil
import sqlite3

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import ChangeKind, Changes, DatabaseError, NewEpisode
from custom_components.rls_bedtime.diary.storage.database import Database
from custom_components.rls_bedtime.diary.storage.migrations import SCHEMA_VERSION

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
FILES = Path(__file__).parent.parent / "files"


@pytest.fixture
def schema_1_file(path: Path) -> Path:
    """Return the path of a file with schema 1."""
    shutil.copyfile(FILES / "schema_1.db", path)
    return path


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


def test_a_migrated_file_has_the_schema_of_a_new_one(schema_1_file: Path, tmp_path: Path) -> None:
    Database(schema_1_file).close()
    Database(tmp_path / "new.db").close()

    assert schema(schema_1_file) == schema(tmp_path / "new.db")
    with closing(sqlite3.connect(schema_1_file)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_a_failed_migration_does_not_change_the_file(schema_1_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = schema(schema_1_file)
    statements = "custom_components.rls_bedtime.diary.storage.migrations._STATEMENTS_FROM_1"
    with monkeypatch.context() as patch:
        patch.setattr(statements, ("DELETE FROM episode_1", "SELECT no_such_column FROM episode_1"))
        with pytest.raises(DatabaseError):
            Database(schema_1_file)
    assert schema(schema_1_file) == before

    diary = Diary(Database(schema_1_file))
    assert len(diary.episodes("alex")) == 4
    assert diary.recovery is None
    diary.close()


def test_a_migrated_diary_can_be_written(schema_1_file: Path) -> None:
    diary = Diary(Database(schema_1_file))

    assert diary.log("alex", NewEpisode(severity=3), NOW).new
    assert diary.end("alex", NOW + timedelta(minutes=5)).episode.duration == timedelta(minutes=5)
    diary.close()
