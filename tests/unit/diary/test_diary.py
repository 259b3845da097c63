"""Tests of the diary on a real file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
import sqlite3
from zoneinfo import ZoneInfo

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import DatabaseError, InvalidEntryError, NewEpisode, NewerDatabaseError
from custom_components.rls_bedtime.diary.statistics.overview import overview, recent_onset
from custom_components.rls_bedtime.diary.storage.database import Database
from custom_components.rls_bedtime.diary.storage.migrations import SCHEMA_VERSION

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 3, 12, tzinfo=BERLIN)


def test_an_episode_starts_now_by_default(diary: Diary) -> None:
    logged = diary.log("alex", NewEpisode(), NOW)

    assert logged.new
    assert logged.episode.started_at == NOW
    assert logged.episode.started_at.utcoffset() == timedelta(hours=1)
    assert logged.episode.severity is None
    assert diary.overview("alex", NOW).last == logged.episode


@pytest.mark.parametrize(
    ("entry", "started_at"),
    [
        (NewEpisode(ago=timedelta(minutes=20)), NOW - timedelta(minutes=20)),
        (NewEpisode(started_at=NOW - timedelta(hours=3)), NOW - timedelta(hours=3)),
        (NewEpisode(started_at=datetime(2026, 11, 24, 1, 0, tzinfo=UTC)), datetime(2026, 11, 24, 2, 0, tzinfo=BERLIN)),
        (NewEpisode(started_at=NOW + timedelta(minutes=5)), NOW),
    ],
)
def test_a_start_is_given_as_a_time_or_as_minutes_ago(diary: Diary, entry: NewEpisode, started_at: datetime) -> None:
    assert diary.log("alex", entry, NOW).episode.started_at == started_at


def test_a_start_before_a_clock_change_keeps_the_utc_offset_of_its_own_time(diary: Diary) -> None:
    after_the_change = datetime(2026, 10, 25, 4, 0, tzinfo=BERLIN)

    episode = diary.log("alex", NewEpisode(ago=timedelta(hours=2, minutes=30)), after_the_change).episode

    assert episode.started_at.isoformat() == "2026-10-25T02:30:00+02:00"


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: NewEpisode(severity=11), "severity_out_of_range"),
        (lambda: NewEpisode(severity=-1), "severity_out_of_range"),
        (lambda: NewEpisode(note="x" * 100_000), "note_too_long"),
        (lambda: NewEpisode(started_at=NOW, ago=timedelta()), "start_given_twice"),
        (lambda: NewEpisode(ago=timedelta(minutes=-1)), "minutes_ago_negative"),
        (lambda: NewEpisode(started_at=NOW + timedelta(minutes=5, seconds=1)).resolve_start(NOW), "start_in_future"),
        (lambda: NewEpisode(started_at=datetime(1999, 12, 31, tzinfo=UTC)).resolve_start(NOW), "start_too_early"),
        (lambda: NewEpisode(ago=timedelta(days=999_999)).resolve_start(NOW), "start_too_early"),
    ],
)
def test_an_entry_with_an_invalid_value_or_start_is_refused(make: object, key: str) -> None:
    assert callable(make)
    with pytest.raises(InvalidEntryError) as error:
        make()
    assert error.value.key == key


def test_an_episode_with_an_invalid_start_is_not_written(diary: Diary) -> None:
    with pytest.raises(InvalidEntryError):
        diary.log("alex", NewEpisode(started_at=NOW + timedelta(hours=2)), NOW)

    assert diary.overview("alex", NOW).last is None


def test_episodes_are_counted_from_noon_to_noon_for_each_sleeper(diary: Diary) -> None:
    for moment in ("2026-11-23 11:59", "2026-11-23 12:00", "2026-11-24 03:00", "2026-11-24 11:59"):
        diary.log(
            "alex",
            NewEpisode(started_at=datetime.fromisoformat(moment).replace(tzinfo=BERLIN)),
            NOW + timedelta(days=2),
        )
    diary.log("kim", NewEpisode(), NOW)

    assert diary.overview("alex", NOW).episodes_tonight == 3
    assert diary.overview("kim", NOW).episodes_tonight == 1
    assert diary.overview("sam", NOW).episodes_tonight == 0


def test_the_last_episode_is_the_one_that_started_last(diary: Diary) -> None:
    diary.log("alex", NewEpisode(severity=3), NOW)
    diary.log("alex", NewEpisode(severity=9, ago=timedelta(hours=2)), NOW + timedelta(minutes=1))

    last = diary.overview("alex", NOW).last
    assert last is not None
    assert last.severity == 3


def test_a_logged_episode_is_there_after_reopening_the_file(diary: Diary, path: Path) -> None:
    episode = diary.log("alex", NewEpisode(severity=6, note="crawling"), NOW).episode
    diary.close()

    reopened = Diary(Database(path))
    assert reopened.overview("alex", NOW).last == episode
    reopened.close()


def test_an_acknowledged_episode_survives_a_power_failure(diary: Diary, path: Path, tmp_path: Path) -> None:
    diary.log("alex", NewEpisode(severity=6), NOW)

    # Copy what is on disk while the diary is still open.
    lost = tmp_path / "lost"
    lost.mkdir()
    for file in path.parent.glob("diary.db*"):
        (lost / file.name).write_bytes(file.read_bytes())

    after = Diary(Database(lost / "diary.db"))
    assert after.overview("alex", NOW).episodes_tonight == 1
    after.close()


def test_the_database_uses_the_durable_settings(diary: Diary) -> None:
    pragmas = diary._database.read(  # noqa: SLF001 - the pragmas are the promise
        lambda session: {
            name: session.connection().exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "user_version")
        }
    )

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "user_version": SCHEMA_VERSION}


def test_a_file_with_a_newer_schema_is_refused_and_not_changed(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(NewerDatabaseError) as error:
        Database(path)

    assert error.value.placeholders == {"version": str(SCHEMA_VERSION + 1), "supported": str(SCHEMA_VERSION)}
    assert path.read_bytes() == before


def test_a_path_in_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError):
        Database(tmp_path / "nowhere" / "diary.db")


def test_the_error_of_a_failed_write_does_not_contain_the_note(diary: Diary, path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TRIGGER t BEFORE INSERT ON episode BEGIN SELECT RAISE(ABORT, 'no'); END")
    other.close()

    with pytest.raises(DatabaseError) as error:
        diary.log("alex", NewEpisode(note="my secret"), NOW)

    assert "secret" not in str(error.value)
    assert "secret" not in str(error.value.__cause__)


def test_statistics_describe_the_file(diary: Diary, path: Path) -> None:
    empty = diary.statistics()
    assert (empty.episodes, empty.last_write, empty.intact, empty.copies) == (0, None, None, 0)

    diary.log("alex", NewEpisode(), NOW)
    diary.log("kim", NewEpisode(), NOW + timedelta(minutes=1))
    diary.check(NOW)

    statistics = diary.statistics()
    assert (statistics.episodes, statistics.last_write, statistics.schema) == (
        2,
        NOW + timedelta(minutes=1),
        SCHEMA_VERSION,
    )
    assert (statistics.intact, statistics.checked_at) == (True, NOW)
    assert statistics.size >= path.stat().st_size


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kathmandu", "America/Los_Angeles"])
def test_the_overview_is_that_of_the_episodes_wherever_they_were_logged(diary: Diary, zone: str) -> None:
    now = datetime(2026, 11, 24, 3, 12, tzinfo=ZoneInfo(zone))
    for hours in range(0, 24 * 30, 11):
        diary.log("alex", NewEpisode(ago=timedelta(hours=hours, seconds=hours), severity=hours % 11), now)
    episodes = diary.episodes("alex")

    assert diary.overview("alex", now) == overview(now, map(recent_onset, episodes), episodes[0], ())
