"""Tests of the recorded nights."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import NewEpisode
from custom_components.rls_bedtime.diary.statistics.night_history import RecordedNight, recorded_nights

from ..samples import clear, episode, local

NOW = local("2026-11-24 03:12")
FIRST, SECOND, THIRD = (date(2026, 11, day) for day in (21, 22, 23))


def test_a_recorded_night_has_an_episode_count_and_the_worst_severity() -> None:
    nights = recorded_nights(
        [
            episode("2026-11-21 12:00", severity=4),
            episode("2026-11-22 03:00", severity=7),
            episode("2026-11-22 11:59"),
            episode("2026-11-22 12:00"),
        ],
        [clear(THIRD)],
        None,
        None,
    )

    assert nights == [
        RecordedNight(night=THIRD, episodes=0, worst=None),
        RecordedNight(night=SECOND, episodes=1, worst=None),
        RecordedNight(night=FIRST, episodes=3, worst=7),
    ]


def test_a_clear_night_with_an_episode_is_affected() -> None:
    assert recorded_nights([episode("2026-11-21 23:00", severity=0)], [clear(FIRST)], None, None) == [
        RecordedNight(night=FIRST, episodes=1, worst=0)
    ]


def test_only_the_requested_nights_are_returned() -> None:
    episodes = [episode(f"2026-11-{day} 23:00") for day in (20, 21, 22, 23)]

    nights = recorded_nights(episodes, [clear(date(2026, 11, 1)), clear(THIRD)], FIRST, SECOND)

    assert [each.night for each in nights] == [SECOND, FIRST]


def test_the_recorded_nights_of_a_traveler_follow_their_own_wall_clock(diary: Diary) -> None:
    zones = ("Pacific/Kiritimati", "Europe/Berlin", "Pacific/Pago_Pago")
    for day, zone in enumerate(zones, start=1):
        started = datetime(2026, 3, day, 11, 30, tzinfo=ZoneInfo(zone))
        diary.log("alex", NewEpisode(severity=day), started)
    diary.log("kim", NewEpisode(started_at=datetime(2026, 3, 9, 1, tzinfo=UTC)), NOW)
    diary.log_clear_night("alex", date(2026, 3, 5), NOW)

    nights = diary.recorded_nights("alex")

    assert [(each.night, each.episodes, each.worst) for each in nights] == [
        (date(2026, 3, 5), 0, None),
        (date(2026, 3, 2), 1, 3),
        (date(2026, 3, 1), 1, 2),
        (date(2026, 2, 28), 1, 1),
    ]
    (one,) = diary.recorded_nights("alex", date(2026, 2, 28), date(2026, 2, 28))
    assert one.worst == 1


def test_a_night_is_unrecorded_again_after_undo(diary: Diary) -> None:
    diary.log("alex", NewEpisode(), NOW)
    diary.undo("alex", NOW + timedelta(minutes=1))

    assert diary.recorded_nights("alex") == []
