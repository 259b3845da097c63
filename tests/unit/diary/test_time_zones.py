"""Tests of clock changes, time zones and new year: an episode keeps the wall clock of its own time."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import Changes, InvalidEntryError, NewEpisode, Request
from custom_components.rls_bedtime.diary.storage.database import Database

BERLIN = ZoneInfo("Europe/Berlin")


def in_berlin(moment: str) -> datetime:
    """Return a time with a UTC offset as local time in Berlin."""
    return datetime.fromisoformat(moment).astimezone(BERLIN)


def reopen(diary: Diary, path: Path) -> Diary:
    """Close and reopen a diary."""
    diary.close()
    return Diary(Database(path))


def test_episodes_in_both_repeated_hours_are_distinguished(diary: Diary, path: Path) -> None:
    before = diary.log("alex", NewEpisode(severity=1), in_berlin("2026-10-25 02:30+02:00")).episode
    after = diary.log("alex", NewEpisode(severity=1), in_berlin("2026-10-25 02:30+01:00")).episode

    diary = reopen(diary, path)
    assert [each.started_at.isoformat() for each in diary.episodes("alex")] == [
        "2026-10-25T02:30:00+01:00",
        "2026-10-25T02:30:00+02:00",
    ]
    assert diary.episodes("alex") == [after, before]
    assert len(diary.episodes("alex", date(2026, 10, 24), date(2026, 10, 24))) == 2
    diary.close()


def test_an_update_that_names_the_same_moments_in_another_time_zone_changes_nothing(diary: Diary) -> None:
    now = in_berlin("2026-11-24 18:00+01:00")
    started_at, ended_at = in_berlin("2026-11-24 11:30+01:00"), in_berlin("2026-11-24 11:50+01:00")
    logged = diary.log("alex", NewEpisode(started_at=started_at, ended_at=ended_at), now).episode
    abroad = now.astimezone(ZoneInfo("Asia/Kolkata"))
    same = Changes(started_at=started_at.astimezone(abroad.tzinfo), ended_at=ended_at.astimezone(abroad.tzinfo))

    assert diary.update("alex", logged.id, same, abroad).change_id is None
    assert diary.update("alex", logged.id, Changes(severity=7, **same), abroad).change_id is not None

    (episode,) = diary.episodes("alex", date(2026, 11, 23), date(2026, 11, 23))
    assert episode.severity == 7
    assert episode.started_at.isoformat() == "2026-11-24T11:30:00+01:00"
    assert episode.ended_at is not None
    assert episode.ended_at.isoformat() == "2026-11-24T11:50:00+01:00"


def test_a_start_before_the_clock_went_back_is_not_in_the_future(diary: Diary) -> None:
    now = in_berlin("2026-10-25 02:10+01:00")
    earlier = in_berlin("2026-10-25 02:50+02:00")

    episode = diary.log("alex", NewEpisode(started_at=earlier), now).episode

    assert episode.started_at.isoformat() == "2026-10-25T02:50:00+02:00"
    assert diary.end("alex", now).episode.duration == timedelta(minutes=20)
    with pytest.raises(InvalidEntryError):
        diary.log("alex", NewEpisode(started_at=now), earlier)


def test_a_repeat_across_a_clock_change_is_recognized(diary: Diary) -> None:
    entry, request = NewEpisode(ago=timedelta(minutes=5)), Request()
    diary.log("alex", entry, in_berlin("2026-10-25 02:59:57+02:00"), request=request)

    assert not diary.log("alex", entry, in_berlin("2026-10-25 02:00:02+01:00"), request=request).new


def test_a_skipped_hour_does_not_count_as_elapsed_time(diary: Diary) -> None:
    diary.log("alex", NewEpisode(), in_berlin("2026-03-29 01:50+01:00"))
    ended = diary.end("alex", in_berlin("2026-03-29 03:10+02:00")).episode

    assert ended.duration == timedelta(minutes=20)
    assert ended.ended_at is not None
    assert ended.ended_at.isoformat() == "2026-03-29T03:10:00+02:00"
    before = diary.log("alex", NewEpisode(ago=timedelta(minutes=30)), in_berlin("2026-03-29 03:15+02:00")).episode
    assert before.started_at.isoformat() == "2026-03-29T01:45:00+01:00"


@pytest.mark.parametrize("began", ["2026-10-25 00:30+02:00", "2026-03-29 00:30+01:00"])
def test_an_episode_is_ongoing_for_four_elapsed_hours_across_a_clock_change(diary: Diary, began: str) -> None:
    start = in_berlin(began)
    diary.log("alex", NewEpisode(), start)
    later = [(start.astimezone(UTC) + timedelta(hours=4, seconds=each)).astimezone(BERLIN) for each in (-1, 0)]

    assert [diary.overview("alex", each).ongoing is not None for each in later] == [True, False]


def test_the_nights_of_a_traveler_follow_their_own_wall_clock(diary: Diary, path: Path) -> None:
    tokyo, home = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Los_Angeles")
    diary.log("alex", NewEpisode(severity=4), datetime(2026, 11, 24, 3, 0, tzinfo=tokyo))
    diary.log("alex", NewEpisode(severity=5), datetime(2026, 11, 24, 3, 0, tzinfo=home))

    diary = reopen(diary, path)
    assert [each.started_at.isoformat() for each in diary.episodes("alex")] == [
        "2026-11-24T03:00:00-08:00",
        "2026-11-24T03:00:00+09:00",
    ]
    assert len(diary.episodes("alex", date(2026, 11, 23), date(2026, 11, 23))) == 2
    assert diary.overview("alex", datetime(2026, 11, 24, 4, 0, tzinfo=home)).episodes_tonight == 2
    with pytest.raises(InvalidEntryError):
        diary.log_clear_night("alex", date(2026, 11, 23), datetime(2026, 11, 24, 10, 0, tzinfo=home))
    diary.close()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_a_night_in_an_extreme_time_zone_contains_its_episodes(diary: Diary, zone: str) -> None:
    there = ZoneInfo(zone)
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=there)
    for moment in (noon, noon + timedelta(hours=23, minutes=59), noon - timedelta(seconds=1), noon + timedelta(days=1)):
        diary.log("alex", NewEpisode(started_at=moment), noon + timedelta(days=3))

    assert len(diary.episodes("alex", date(2026, 11, 23), date(2026, 11, 23))) == 2


def test_a_night_across_new_year_is_one_night(diary: Diary) -> None:
    first = diary.log("alex", NewEpisode(), datetime(2026, 12, 31, 23, 50, tzinfo=BERLIN)).episode
    second = diary.log("alex", NewEpisode(), datetime(2027, 1, 1, 0, 20, tzinfo=BERLIN)).episode

    assert diary.episodes("alex", date(2026, 12, 31), date(2026, 12, 31)) == [second, first]
    assert diary.overview("alex", datetime(2027, 1, 1, 1, 0, tzinfo=BERLIN)).episodes_tonight == 2
    ended = diary.end("alex", datetime(2027, 1, 1, 1, 0, tzinfo=BERLIN)).episode
    assert ended.duration == timedelta(minutes=40)


def test_an_update_in_another_time_zone_keeps_the_wall_clock_of_the_start(diary: Diary) -> None:
    episode = diary.log("alex", NewEpisode(), datetime(2026, 11, 24, 3, 0, tzinfo=ZoneInfo("Asia/Tokyo"))).episode
    changed = diary.update("alex", episode.id, Changes(severity=3), datetime(2026, 11, 24, 9, 0, tzinfo=BERLIN)).episode

    assert changed.started_at.isoformat() == "2026-11-24T03:00:00+09:00"
