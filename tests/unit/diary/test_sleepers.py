"""Tests of the sleepers in the database."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import NewEpisode
from custom_components.rls_bedtime.diary.storage.status import SleeperRecord

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
TONIGHT = date(2026, 11, 23)


def test_orphaned_sleepers_are_listed_with_their_last_name_and_episode_count(diary: Diary) -> None:
    for minutes in (30, 10, 20):
        diary.log("alex", NewEpisode(ago=timedelta(minutes=minutes)), NOW)
    diary.rename_sleeper("alex", "Alex")
    diary.rename_sleeper("alex", "Alexandra")

    assert diary.orphaned_sleepers(()) == [
        SleeperRecord(sleeper="alex", name="Alexandra", episodes=3, last_started_at=NOW - timedelta(minutes=10)),
    ]


def test_only_unknown_sleepers_with_records_are_orphaned(diary: Diary) -> None:
    diary.log("present", NewEpisode(), NOW)
    diary.log("episodes", NewEpisode(), NOW)
    diary.rename_sleeper("episodes", "Alex")
    diary.log_clear_night("clear night", TONIGHT, NOW)
    diary.record_bedtime("bedtime", NOW)
    diary.create_routine("practice", ["stretch"], NOW)
    diary.log_practice("practice", "stretch", NOW)
    diary.create_routine("routine only", ["stretch"], NOW)
    diary.rename_sleeper("routine only", "Kim")

    orphaned = diary.orphaned_sleepers(["present", "new"])

    assert [each.sleeper for each in orphaned] == ["bedtime", "clear night", "episodes", "practice"]
    assert orphaned[2] == SleeperRecord(sleeper="episodes", name="Alex", episodes=1, last_started_at=NOW)
    assert diary.orphaned_sleepers([each.sleeper for each in orphaned] + ["present"]) == []


def test_an_unchanged_name_or_routine_is_not_written_again(diary: Diary, path: Path) -> None:
    diary.rename_sleeper("alex", "Alex")
    diary.create_routine("alex", ["stretch"], NOW)
    before = path.with_name("diary.db-wal").read_bytes()

    diary.rename_sleeper("alex", "Alex")
    diary.create_routine("alex", ["stretch"], NOW)

    assert path.with_name("diary.db-wal").read_bytes() == before
