"""Tests of episodes and clear nights."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import (
    Activity,
    BodyPart,
    ChangeKind,
    Changes,
    EpisodeContext,
    EpisodeDetails,
    InvalidEntryError,
    NewEpisode,
    Relief,
    ReliefEffect,
    Sensation,
    Side,
    SleepImpact,
    Transition,
    ongoing_episode,
)
from custom_components.rls_bedtime.diary.storage.database import Database

from .samples import BERLIN, FULL_ENTRY, NOW, TONIGHT, assert_refused, later


def test_all_details_of_an_episode_are_stored(diary: Diary, path: Path) -> None:
    context = EpisodeContext(bedtime_mode=True, minutes_since_bedtime=-20, temperature=18.5)
    logged = diary.log("alex", FULL_ENTRY, NOW, context).episode
    diary.close()

    reopened = Diary(Database(path))
    (stored,) = reopened.episodes("alex")
    reopened.close()

    assert stored == logged
    assert stored.started_at == NOW - timedelta(minutes=40)
    assert stored.duration == timedelta(minutes=30)
    assert (stored.severity, stored.side, stored.activity) == (7, Side.LEFT, Activity.LYING)
    assert stored.body_parts == (BodyPart.CALF, BodyPart.FOOT)
    assert stored.sensations == (Sensation.CRAWLING, Sensation.URGE_TO_MOVE)
    assert (stored.relief, stored.relief_effect) == ((Relief.WALKING,), ReliefEffect.SOME)
    assert stored.sleep_impact is SleepImpact.DELAYED
    assert stored.tags == ("late coffee", "Übung, mit Komma")
    assert stored.note == "woke twice 🦵"
    assert stored.context == context


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        (NewEpisode(ago=timedelta(minutes=10), ended_at=NOW - timedelta(minutes=20)), "ended_before_started"),
        (NewEpisode(ended_at=NOW - timedelta(minutes=20)), "start_needed"),
        (NewEpisode(ended_at=NOW + timedelta(minutes=6)), "end_in_future"),
        (NewEpisode(ago=timedelta(minutes=10), duration=timedelta(minutes=16)), "end_in_future"),
        (NewEpisode(ago=timedelta(hours=25), ended_at=NOW), "episode_too_long"),
    ],
)
def test_an_episode_with_an_invalid_end_is_refused_and_not_written(diary: Diary, entry: NewEpisode, key: str) -> None:
    assert_refused(key, lambda: diary.log("alex", entry, NOW))

    assert diary.episodes("alex") == []
    assert diary.orphaned_sleepers(()) == []


@pytest.mark.parametrize(
    ("make", "key"),
    [
        (lambda: NewEpisode(ended_at=NOW, duration=timedelta(minutes=1)), "end_given_twice"),
        (lambda: NewEpisode(duration=timedelta(minutes=-1)), "duration_negative"),
        (lambda: NewEpisode(duration=timedelta(hours=24, seconds=1)), "episode_too_long"),
        (lambda: NewEpisode(tags=tuple(str(number) for number in range(21))), "too_many_tags"),
        (lambda: NewEpisode(tags=("x" * 51,)), "tag_too_long"),
    ],
)
def test_an_entry_with_invalid_values_is_refused(make: Callable[[], object], key: str) -> None:
    assert_refused(key, make)


@pytest.mark.parametrize(
    ("entry", "started_at", "ended_at"),
    [
        (NewEpisode(duration=timedelta(minutes=20)), NOW - timedelta(minutes=20), NOW),
        (NewEpisode(ago=timedelta(minutes=20), duration=timedelta(minutes=22)), NOW - timedelta(minutes=20), NOW),
        (NewEpisode(ended_at=NOW + timedelta(minutes=4)), NOW, NOW),
    ],
)
def test_an_end_is_given_as_a_time_or_as_a_duration(
    diary: Diary, entry: NewEpisode, started_at: datetime, ended_at: datetime
) -> None:
    episode = diary.log("alex", entry, NOW).episode

    assert (episode.started_at, episode.ended_at) == (started_at, ended_at)


def test_the_ongoing_episode_is_ended(diary: Diary) -> None:
    diary.log("alex", NewEpisode(severity=6, relief=(Relief.RUBBING,)), NOW)

    ended = diary.end(
        "alex",
        later(minutes=25),
        details=EpisodeDetails(relief=(Relief.WALKING,), relief_effect=ReliefEffect.FULL, severity=4),
    )

    assert ended.new
    assert ended.episode.duration == timedelta(minutes=25)
    assert ended.episode.relief == (Relief.RUBBING, Relief.WALKING)
    assert ended.episode.relief_effect is ReliefEffect.FULL
    assert ended.episode.severity == 4
    assert diary.overview("alex", later(minutes=25)).ongoing is None
    assert diary.episodes("alex") == [ended.episode]


@pytest.mark.parametrize("ended_at", [time(3, 12), NOW], ids=["a time of day", "a datetime"])
def test_an_end_without_seconds_may_be_in_the_minute_of_the_start(diary: Diary, ended_at: datetime | time) -> None:
    started = diary.log("alex", NewEpisode(), later(seconds=20)).episode

    ended = diary.end("alex", later(seconds=50), ended_at=ended_at).episode
    assert (ended.started_at, ended.ended_at) == (started.started_at, started.started_at)
    diary.update("alex", started.id, Changes(ended_at=None), later(seconds=51))
    assert diary.update("alex", started.id, Changes(ended_at=ended_at), later(hours=1)).episode.duration == timedelta()
    too_early = later(minutes=-1)
    assert_refused(
        "ended_before_started", lambda: diary.end("alex", later(hours=1), episode_id=started.id, ended_at=too_early)
    )


def test_the_ongoing_episode_of_another_sleeper_is_not_ended(diary: Diary) -> None:
    diary.log("kim", NewEpisode(), NOW)

    assert_refused("no_ongoing_episode", lambda: diary.end("alex", NOW))


def test_an_episode_is_ongoing_until_the_next_one_starts(diary: Diary) -> None:
    first = diary.log("alex", NewEpisode(severity=3), NOW).episode
    second = diary.log("alex", NewEpisode(severity=5), later(minutes=30)).episode
    diary.log("alex", NewEpisode(severity=1, ago=timedelta(hours=3)), later(minutes=31))

    assert diary.overview("alex", later(minutes=31)).ongoing == second
    assert diary.end("alex", later(minutes=40)).episode.id == second.id
    assert diary.overview("alex", later(minutes=41)).ongoing is None
    assert diary.episode("alex", first.id).ended_at is None


def test_an_episode_is_ongoing_for_four_hours_and_its_end_stays_unknown(diary: Diary) -> None:
    episode = diary.log("alex", NewEpisode(), NOW).episode

    assert ongoing_episode(episode, later(hours=4, seconds=-1)) == episode
    assert ongoing_episode(episode, later(hours=4)) is None
    assert_refused("no_ongoing_episode", lambda: diary.end("alex", later(hours=4)))
    assert_refused("end_needed", lambda: diary.end("alex", later(hours=4), episode_id=episode.id))
    assert diary.episode("alex", episode.id).ended_at is None


def test_an_end_in_the_past_can_be_given_hours_later(diary: Diary) -> None:
    diary.log("alex", NewEpisode(), NOW)
    ended = diary.end("alex", later(hours=6), ended_at=later(hours=1))

    assert ended.episode.duration == timedelta(hours=1)


def test_of_two_episodes_with_the_same_start_the_one_logged_last_is_ongoing(diary: Diary) -> None:
    diary.log("alex", NewEpisode(severity=3), NOW)
    second = diary.log("alex", NewEpisode(severity=5), NOW).episode

    assert diary.overview("alex", NOW).ongoing == second
    assert diary.episodes("alex")[0] == second


def test_an_episode_does_not_end_before_its_start_after_the_clock_was_set_back(diary: Diary) -> None:
    diary.log("alex", NewEpisode(), NOW)

    assert diary.end("alex", later(minutes=-2)).episode.duration == timedelta()


def test_an_episode_logged_while_the_clock_was_far_ahead_is_not_the_last(diary: Diary) -> None:
    diary.log("alex", NewEpisode(severity=1), NOW.replace(year=2037))
    assert diary.overview("alex", NOW).ongoing is None
    with pytest.raises(InvalidEntryError):
        diary.end("alex", NOW)

    logged = diary.log("alex", NewEpisode(severity=2), NOW).episode
    overview = diary.overview("alex", NOW)
    assert (overview.last, overview.ongoing) == (logged, logged)
    assert diary.end("alex", later(minutes=9)).episode.id == logged.id
    assert len(diary.episodes("alex")) == 2


def test_ending_an_ended_episode_adds_details(diary: Diary) -> None:
    episode = diary.log("alex", NewEpisode(duration=timedelta(minutes=20)), NOW).episode

    assert not diary.end("alex", NOW, episode_id=episode.id).new
    ended = diary.end("alex", later(minutes=9), episode_id=episode.id, details=EpisodeDetails(relief=(Relief.BATH,)))
    assert ended.episode.relief == (Relief.BATH,)
    assert ended.episode.ended_at == episode.ended_at


def test_an_update_changes_only_the_given_fields(diary: Diary) -> None:
    episode = diary.log("alex", FULL_ENTRY, NOW).episode

    changed = diary.update("alex", episode.id, Changes(severity=2, note=None, relief=()), later(hours=9)).episode

    assert (changed.severity, changed.note, changed.relief) == (2, None, ())
    assert (changed.started_at, changed.ended_at) == (episode.started_at, episode.ended_at)
    assert (changed.tags, changed.side) == (episode.tags, episode.side)
    assert changed.edited_at == later(hours=9)
    assert diary.episodes("alex") == [changed]


@pytest.mark.parametrize(
    ("changes", "started_at", "ended_at"),
    [
        (Changes(started_at=NOW - timedelta(hours=2)), NOW - timedelta(hours=2), NOW),
        (Changes(ago=timedelta(hours=3)), NOW - timedelta(hours=1), NOW),
        (Changes(ended_at=NOW - timedelta(minutes=5)), NOW - timedelta(minutes=30), NOW - timedelta(minutes=5)),
        (Changes(ended_at=None), NOW - timedelta(minutes=30), None),
        (Changes(duration=timedelta(minutes=10)), NOW - timedelta(minutes=30), NOW - timedelta(minutes=20)),
        (
            Changes(started_at=NOW - timedelta(hours=1), duration=timedelta(minutes=10)),
            NOW - timedelta(hours=1),
            NOW - timedelta(minutes=50),
        ),
    ],
)
def test_the_start_and_end_of_an_episode_can_be_updated(
    diary: Diary, changes: Changes, started_at: datetime, ended_at: datetime | None
) -> None:
    episode = diary.log("alex", NewEpisode(duration=timedelta(minutes=30)), NOW).episode

    changed = diary.update("alex", episode.id, changes, later(hours=2)).episode

    assert (changed.started_at, changed.ended_at) == (started_at, ended_at)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        (Changes(started_at=NOW + timedelta(minutes=30)), "ended_before_started"),
        (Changes(started_at=NOW - timedelta(hours=30)), "episode_too_long"),
        (Changes(started_at=NOW + timedelta(hours=3)), "start_in_future"),
        (Changes(ended_at=NOW - timedelta(hours=1)), "ended_before_started"),
        (Changes(ended_at=NOW + timedelta(hours=3)), "end_in_future"),
        (Changes(ended_at=NOW, duration=timedelta()), "end_given_twice"),
        (Changes(started_at=NOW, ago=timedelta()), "start_given_twice"),
        (Changes(severity=11), "severity_out_of_range"),
    ],
)
def test_an_invalid_update_changes_nothing(diary: Diary, changes: Changes, key: str) -> None:
    episode = diary.log("alex", NewEpisode(duration=timedelta(minutes=30)), NOW).episode

    assert_refused(key, lambda: diary.update("alex", episode.id, changes, later(hours=2)))

    assert diary.episodes("alex") == [episode]
    assert diary.undo("alex", later(hours=2)).kind is ChangeKind.LOGGED


def test_an_update_with_the_same_values_is_not_recorded(diary: Diary) -> None:
    episode = diary.log("alex", FULL_ENTRY, NOW).episode

    result = diary.update("alex", episode.id, Changes(severity=7, note=" woke twice 🦵 "), later(hours=1))
    assert (result.episode, result.change_id) == (episode, None)
    assert diary.undo("alex", later(hours=1)).kind is ChangeKind.LOGGED


@pytest.mark.parametrize("episode_id", ["no such id", "", "half a pair \ud83d"])
def test_an_unknown_episode_id_is_refused_everywhere(diary: Diary, episode_id: str) -> None:
    other = diary.log("kim", NewEpisode(), NOW).episode.id

    for each in (episode_id, other):
        assert_refused("unknown_episode", partial(diary.end, "alex", NOW, episode_id=each))
        assert_refused("unknown_episode", partial(diary.update, "alex", each, Changes(severity=3), NOW))
        assert_refused("unknown_episode", partial(diary.delete, "alex", each, NOW))
        assert_refused("unknown_episode", partial(diary.episode, "alex", each))
    assert len(diary.episodes("kim")) == 1


def test_a_clear_night_is_logged_once(diary: Diary) -> None:
    first = diary.log_clear_night("alex", TONIGHT, NOW)
    again = diary.log_clear_night("alex", TONIGHT, later(hours=1))

    assert (first.new, again.new) == (True, False)
    assert again.clear_night == first.clear_night
    assert diary.clear_nights("alex") == [first.clear_night]
    assert diary.clear_nights("kim") == []
    assert diary.overview("alex", NOW).is_clear_tonight


def test_a_night_with_an_episode_cannot_be_logged_as_clear(diary: Diary) -> None:
    diary.log("alex", NewEpisode(), NOW)

    assert_refused("night_has_episodes", lambda: diary.log_clear_night("alex", TONIGHT, NOW))
    diary.log_clear_night("alex", TONIGHT - timedelta(days=1), NOW)
    diary.log_clear_night("kim", TONIGHT, NOW)


def test_an_episode_in_a_clear_night_makes_it_affected_but_keeps_the_record(diary: Diary) -> None:
    marked = diary.log_clear_night("alex", TONIGHT, NOW).clear_night
    diary.log("alex", NewEpisode(), later(minutes=1))

    assert not diary.overview("alex", later(minutes=1)).is_clear_tonight
    assert diary.clear_nights("alex") == [marked]


@pytest.mark.parametrize(
    ("night", "key"), [(date(2026, 11, 24), "night_in_future"), (date(1999, 12, 31), "night_too_early")]
)
def test_an_invalid_night_cannot_be_logged_as_clear(diary: Diary, night: date, key: str) -> None:
    assert_refused(key, lambda: diary.log_clear_night("alex", night, NOW))


def test_a_clear_night_can_be_deleted_and_restored(diary: Diary) -> None:
    marked = diary.log_clear_night("alex", TONIGHT, NOW).clear_night

    assert diary.delete_clear_night("alex", TONIGHT, NOW).clear_night == marked
    assert diary.clear_nights("alex") == []
    assert_refused("not_a_clear_night", lambda: diary.delete_clear_night("alex", TONIGHT, NOW))
    assert diary.undo("alex", NOW).transitions == (Transition(None, marked),)
    assert diary.clear_nights("alex") == [marked]


def test_a_clear_night_is_moved_in_one_change(diary: Diary) -> None:
    marked = diary.log_clear_night("alex", TONIGHT, NOW).clear_night
    diary.log("alex", NewEpisode(started_at=NOW - timedelta(days=2)), NOW)

    assert_refused("night_has_episodes", lambda: diary.move_clear_night("alex", TONIGHT, date(2026, 11, 21), NOW))
    assert_refused("night_in_future", lambda: diary.move_clear_night("alex", TONIGHT, date(2026, 11, 24), NOW))
    assert_refused("not_a_clear_night", lambda: diary.move_clear_night("alex", date(2026, 11, 1), TONIGHT, NOW))
    assert not diary.move_clear_night("alex", TONIGHT, TONIGHT, NOW).new
    assert diary.clear_nights("alex") == [marked]

    moved = diary.move_clear_night("alex", TONIGHT, date(2026, 11, 20), later(hours=1))
    assert moved.new
    assert diary.clear_nights("alex") == [moved.clear_night]
    undone = diary.undo("alex", later(hours=2))
    assert undone.kind is ChangeKind.CLEAR_NIGHT_MOVED
    assert undone.transitions == (Transition(moved.clear_night, None), Transition(None, marked))
    assert diary.clear_nights("alex") == [marked]


def test_a_clear_night_that_is_moved_to_another_one_is_deleted(diary: Diary) -> None:
    marked = diary.log_clear_night("alex", TONIGHT, NOW).clear_night
    other = diary.log_clear_night("alex", date(2026, 11, 20), NOW).clear_night

    assert diary.move_clear_night("alex", TONIGHT, date(2026, 11, 20), NOW).clear_night == marked
    assert diary.clear_nights("alex") == [other]
    diary.undo("alex", NOW)
    assert len(diary.clear_nights("alex")) == 2


@pytest.mark.parametrize(
    ("moved_to", "context"),
    [
        (NOW + timedelta(minutes=20), EpisodeContext(bedtime_mode=True, minutes_since_bedtime=60, temperature=18.0)),
        (NOW - timedelta(minutes=40), EpisodeContext(bedtime_mode=True, minutes_since_bedtime=0, temperature=18.0)),
        (NOW - timedelta(minutes=41), EpisodeContext(temperature=18.0)),
    ],
)
def test_minutes_since_bedtime_change_with_the_start(diary: Diary, moved_to: datetime, context: EpisodeContext) -> None:
    known = EpisodeContext(bedtime_mode=True, minutes_since_bedtime=40, temperature=18.0)
    episode = diary.log("alex", NewEpisode(), NOW, known).episode

    changed = diary.update("alex", episode.id, Changes(started_at=moved_to), later(hours=1)).episode

    assert changed.context == context


def test_a_stored_episode_is_read_even_if_it_would_be_invalid_today(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    episode = diary.log("alex", NewEpisode(note="x" * 100), NOW).episode
    monkeypatch.setattr("custom_components.rls_bedtime.diary.models.MAX_NOTE_LENGTH", 10)

    assert diary.episodes("alex") == [episode]
    assert diary.recovery is None
    assert diary.update("alex", episode.id, Changes(severity=3), NOW).episode.note == "x" * 100
    assert_refused("note_too_long", lambda: diary.update("alex", episode.id, Changes(note="x" * 11), NOW))


def test_episodes_are_selected_by_night_newest_first(diary: Diary) -> None:
    moments = ["2026-11-20 11:59", "2026-11-20 12:00", "2026-11-21 03:00", "2026-11-22 11:00", "2026-11-22 12:00"]
    of = [
        diary.log("alex", NewEpisode(started_at=datetime.fromisoformat(each).replace(tzinfo=BERLIN)), NOW).episode
        for each in moments
    ]

    assert diary.episodes("alex") == of[::-1]
    assert diary.episodes("alex", limit=2) == [of[4], of[3]]
    assert diary.episodes("alex", date(2026, 11, 20), date(2026, 11, 20)) == [of[2], of[1]]
    assert diary.episodes("alex", start=date(2026, 11, 21)) == [of[4], of[3]]
    assert diary.episodes("alex", end=date(2026, 11, 19)) == [of[0]]
    assert diary.episodes("alex", date.min, date.max) == of[::-1]
    assert diary.clear_nights("alex", date.min, date.max) == []


def test_the_same_bedtime_is_recorded_once(diary: Diary) -> None:
    bedtimes = [datetime(2026, 11, day, 22, 30, tzinfo=BERLIN) for day in range(10, 20)]
    for bedtime in bedtimes * 2:
        diary.record_bedtime("alex", bedtime)

    assert diary.summary("alex", None, None, NOW).bedtimes.n == 10
