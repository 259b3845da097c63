"""What the file holds of whom, and what becomes of a diary whose sleeper is gone."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import NewEpisode
from custom_components.rls_bedtime.diary.storage.migrations import SCHEMA_VERSION
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
    diary.create_routine("practice", ["stretch"])
    diary.update_item("practice", diary.routine("practice", TONIGHT)[0].uid, TONIGHT, done=True)
    diary.create_routine("nothing said", ["stretch"])
    diary.rename_sleeper("nothing said", "Kim")

    left = diary.orphaned_sleepers(["present", "somebody new"])

    assert [each.sleeper for each in left] == ["bedtime", "clear night", "episodes", "practice"]
    assert left[2] == SleeperRecord(sleeper="episodes", name="Alex", episodes=1, last_started_at=NOW)
    assert diary.orphaned_sleepers([each.sleeper for each in left] + ["present"]) == []


def test_an_unchanged_name_or_routine_is_not_written_again(diary: Diary, path: Path) -> None:
    diary.rename_sleeper("alex", "Alex")
    diary.create_routine("alex", ["stretch"])
    before = path.with_name("diary.db-wal").read_bytes()

    diary.rename_sleeper("alex", "Alex")
    diary.create_routine("alex", ["stretch"])

    assert path.with_name("diary.db-wal").read_bytes() == before


def test_statistics_describe_the_file(diary: Diary, path: Path) -> None:
    empty = diary.statistics()
    assert (empty.episodes, empty.last_write, empty.intact, empty.copies) == (0, None, None, 0)

    diary.log("alex", NewEpisode(), NOW)
    diary.log("kim", NewEpisode(), NOW + timedelta(minutes=1))
    diary.check(NOW)

    told = diary.statistics()
    assert (told.episodes, told.last_write, told.schema) == (2, NOW + timedelta(minutes=1), SCHEMA_VERSION)
    assert (told.intact, told.checked_at) == (True, NOW)
    assert told.size >= path.stat().st_size
