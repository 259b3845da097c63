"""Stateful test of the diary against a model, with changes in any order, undo and restarts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, override
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import (
    Activity,
    BodyPart,
    Changes,
    ClearNight,
    Episode,
    EpisodeDetails,
    InvalidEntryError,
    NewEpisode,
    Relief,
    Side,
    ongoing_episode,
)
from custom_components.rls_bedtime.diary.nights import night_of
from custom_components.rls_bedtime.diary.storage.database import Database

ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo", "Australia/Lord_Howe")]
SLEEPERS = st.sampled_from(["alex", "kim"])
TEXT = st.text(max_size=20) | st.none()
DETAILS: dict[str, st.SearchStrategy[Any]] = {
    "severity": st.none() | st.integers(0, 10),
    "side": st.none() | st.sampled_from(Side),
    "body_parts": st.lists(st.sampled_from(BodyPart), max_size=3).map(tuple),
    "activity": st.none() | st.sampled_from(Activity),
    "relief": st.lists(st.sampled_from(Relief), max_size=3).map(tuple),
    "tags": st.lists(st.text(max_size=10), max_size=3).map(tuple),
    "note": TEXT,
}
SPANS = st.integers(0, 300).map(lambda minutes: timedelta(minutes=minutes))
WINDOW = timedelta(seconds=10)


@dataclass(frozen=True)
class StateBefore:
    """The state before a change, the episode that the change ended, if any, and its time."""

    episodes: dict[str, Episode]
    clear: dict[date, ClearNight]
    ended: str | None
    at: datetime


class DiaryMachine(RuleBasedStateMachine):
    """A diary on a real file and a model: dictionaries, and a stack of their states before each change."""

    def __init__(self) -> None:
        """Start on the evening before the clocks go back."""
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "diary.db"
        self.diary = Diary(Database(self.path))
        self.moment = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
        self.zone = ZONES[0]
        self.episodes: dict[str, dict[str, Episode]] = {"alex": {}, "kim": {}}
        self.clear: dict[str, dict[date, ClearNight]] = {"alex": {}, "kim": {}}
        self.before: dict[str, list[StateBefore]] = {"alex": [], "kim": []}
        self.logged: dict[tuple[str, NewEpisode], tuple[datetime, str]] = {}

    @override
    def teardown(self) -> None:
        self.diary.close()
        self.folder.cleanup()

    @property
    def now(self) -> datetime:
        """Return the local time."""
        return self.moment.astimezone(self.zone)

    def ordered(self, sleeper: str) -> list[Episode]:
        """Return the episodes of the model, newest first."""
        return sorted(
            self.episodes[sleeper].values(), key=lambda each: (each.started_at, each.logged_at, each.id), reverse=True
        )

    def push_state(self, sleeper: str, ended: str | None = None) -> None:
        """Push the current state before a change, and the episode that the change ends."""
        self.before[sleeper].append(
            StateBefore(dict(self.episodes[sleeper]), dict(self.clear[sleeper]), ended, self.moment),
        )

    def is_retry(self, sleeper: str, last: Episode | None) -> bool:
        """Return whether the last episode has just been ended, with no change since."""
        newest = self.before[sleeper][-1] if self.before[sleeper] else None
        return (
            newest is not None
            and last is not None
            and newest.ended == last.id
            and abs(self.moment - newest.at) <= WINDOW
        )

    def assert_refused(self, keys: set[str], call: Callable[[], object]) -> None:
        """Assert that a call is refused with one of these keys."""
        with pytest.raises(InvalidEntryError) as error:
            call()
        assert error.value.key in keys

    @rule(seconds=st.sampled_from([1, 9, 11, 600, 7200, 50_000, -2]))
    def time_passes(self, seconds: int) -> None:
        """Advance the clock, or set it back a little."""
        self.moment += timedelta(seconds=seconds)

    @rule(zone=st.sampled_from(ZONES))
    def travel(self, zone: ZoneInfo) -> None:
        """Change the time zone."""
        self.zone = zone

    @rule()
    def restart(self) -> None:
        """Close the file and open it again."""
        self.diary.close()
        self.diary = Diary(Database(self.path))

    @rule(
        sleeper=SLEEPERS,
        details=st.fixed_dictionaries({}, optional=DETAILS),
        ago=st.none() | SPANS,
        duration=st.none() | SPANS,
    )
    def log(self, sleeper: str, details: dict[str, Any], ago: timedelta | None, duration: timedelta | None) -> None:
        """Log an episode or repeat one."""
        entry = NewEpisode(ago=ago, duration=duration, **details)
        if ago is not None and duration is not None and duration > ago + timedelta(minutes=5):
            self.assert_refused({"end_in_future"}, lambda: self.diary.log(sleeper, entry, self.now))
            return
        logged = self.diary.log(sleeper, entry, self.now)
        at, first = self.logged.get((sleeper, entry), (datetime.min.replace(tzinfo=UTC), ""))
        is_repeat = first in self.episodes[sleeper] and abs(self.moment - at) <= WINDOW
        assert logged.new is not is_repeat
        if is_repeat:
            assert logged.episode == self.episodes[sleeper][first]
            return
        offset = ago if ago is not None else duration or timedelta()
        assert logged.episode.started_at == self.moment - offset
        assert logged.episode.started_at.utcoffset() == (self.moment - offset).astimezone(self.zone).utcoffset()
        assert logged.episode.duration == (None if duration is None else min(duration, offset))
        assert logged.episode.note == entry.note
        assert logged.episode.id not in self.episodes[sleeper]
        self.push_state(sleeper)
        self.episodes[sleeper][logged.episode.id] = logged.episode
        self.logged[sleeper, entry] = (self.moment, logged.episode.id)

    @rule(sleeper=SLEEPERS, relief=DETAILS["relief"])
    def end(self, sleeper: str, relief: tuple[Relief, ...]) -> None:
        """End the ongoing episode."""
        last = next(iter(self.ordered(sleeper)), None)
        current = ongoing_episode(last, self.now)
        if current is None and not self.is_retry(sleeper, last):
            self.assert_refused({"no_ongoing_episode"}, lambda: self.diary.end(sleeper, self.now))
            return
        ended = self.diary.end(sleeper, self.now, details=EpisodeDetails(relief=relief))
        assert last is not None
        assert ended.episode.id == last.id
        expected = replace(
            last,
            ended_at=last.ended_at or max(self.moment, last.started_at),
            relief=tuple(dict.fromkeys(last.relief + relief)),
        )
        assert ended.episode == expected
        assert ended.new is (expected != last)
        if ended.new:
            self.push_state(sleeper, ended=last.id)
            self.episodes[sleeper][last.id] = ended.episode

    @rule(
        sleeper=SLEEPERS,
        details=st.fixed_dictionaries({}, optional=DETAILS),
        which=st.integers(0),
        ago=st.none() | SPANS,
    )
    def update(self, sleeper: str, details: dict[str, Any], which: int, ago: timedelta | None) -> None:
        """Update an episode."""
        if not self.episodes[sleeper]:
            self.assert_refused({"unknown_episode"}, lambda: self.diary.update(sleeper, "none", Changes(), self.now))
            return
        episode = self.ordered(sleeper)[which % len(self.episodes[sleeper])]
        changes = Changes(**details)  # type: ignore[typeddict-item]
        if ago is not None:
            changes["ago"] = ago
        started_at = episode.started_at if ago is None else self.moment - ago
        if episode.ended_at is not None and not timedelta() <= episode.ended_at - started_at <= timedelta(hours=24):
            self.assert_refused(
                {"ended_before_started", "episode_too_long"},
                lambda: self.diary.update(sleeper, episode.id, changes, self.now),
            )
            return
        changed = self.diary.update(sleeper, episode.id, changes, self.now).episode
        entry = NewEpisode(**details)
        expected = replace(episode, started_at=started_at, **{name: getattr(entry, name) for name in details})
        assert replace(changed, edited_at=episode.edited_at) == expected
        if expected != episode:
            assert changed.edited_at == self.moment
            self.push_state(sleeper)
            self.episodes[sleeper][episode.id] = changed

    @rule(sleeper=SLEEPERS, which=st.integers(0))
    def delete(self, sleeper: str, which: int) -> None:
        """Delete an episode."""
        if not self.episodes[sleeper]:
            self.assert_refused({"unknown_episode"}, lambda: self.diary.delete(sleeper, "none", self.now))
            return
        episode = self.ordered(sleeper)[which % len(self.episodes[sleeper])]
        assert self.diary.delete(sleeper, episode.id, self.now).episode == episode
        self.push_state(sleeper)
        del self.episodes[sleeper][episode.id]

    @rule(sleeper=SLEEPERS, back=st.integers(-1, 4))
    def log_clear_night(self, sleeper: str, back: int) -> None:
        """Log one of the last nights as clear."""
        night = night_of(self.now) - timedelta(days=back)
        call = partial(self.diary.log_clear_night, sleeper, night, self.now)
        if back < 0:
            self.assert_refused({"night_in_future"}, call)
        elif night in self.clear[sleeper]:
            assert call().clear_night == self.clear[sleeper][night]
        elif any(night_of(each.started_at) == night for each in self.episodes[sleeper].values()):
            self.assert_refused({"night_has_episodes"}, call)
        else:
            marked = call()
            assert marked.new
            self.push_state(sleeper)
            self.clear[sleeper][night] = marked.clear_night

    @rule(sleeper=SLEEPERS)
    @precondition(lambda self: any(self.clear.values()))
    def delete_clear_night(self, sleeper: str) -> None:
        """Delete the newest clear night."""
        if self.clear[sleeper]:
            night = max(self.clear[sleeper])
            assert self.diary.delete_clear_night(sleeper, night, self.now).clear_night == self.clear[sleeper][night]
            self.push_state(sleeper)
            del self.clear[sleeper][night]

    @rule(sleeper=SLEEPERS, back=st.integers(0, 4))
    @precondition(lambda self: any(self.clear.values()))
    def move_clear_night(self, sleeper: str, back: int) -> None:
        """Move the newest clear night to another night."""
        if not self.clear[sleeper]:
            return
        night, to = max(self.clear[sleeper]), night_of(self.now) - timedelta(days=back)
        call = partial(self.diary.move_clear_night, sleeper, night, to, self.now)
        if to in self.clear[sleeper]:
            assert not call().new
            if to != night:
                self.push_state(sleeper)
                del self.clear[sleeper][night]
        elif any(night_of(each.started_at) == to for each in self.episodes[sleeper].values()):
            self.assert_refused({"night_has_episodes"}, call)
        else:
            moved = call().clear_night
            assert moved == replace(self.clear[sleeper][night], night=to)
            self.push_state(sleeper)
            del self.clear[sleeper][night]
            self.clear[sleeper][to] = moved

    @rule(sleeper=SLEEPERS, times=st.integers(1, 4))
    def undo(self, sleeper: str, times: int) -> None:
        """Undo some changes."""
        for _ in range(times):
            if not self.before[sleeper]:
                self.assert_refused({"nothing_to_undo"}, lambda: self.diary.undo(sleeper, self.now))
                return
            self.diary.undo(sleeper, self.now)
            before = self.before[sleeper].pop()
            self.episodes[sleeper], self.clear[sleeper] = before.episodes, before.clear

    @invariant()
    def the_diary_matches_the_model(self) -> None:
        """Assert that the diary matches the model."""
        for sleeper, clear in self.clear.items():
            assert self.diary.episodes(sleeper) == self.ordered(sleeper)
            assert self.diary.clear_nights(sleeper) == sorted(clear.values(), key=lambda each: each.night, reverse=True)
            last = next(iter(self.ordered(sleeper)), None)
            overview = self.diary.overview(sleeper, self.now)
            assert (overview.last, overview.ongoing) == (last, ongoing_episode(last, self.now))


TestDiary = DiaryMachine.TestCase
TestDiary.settings = settings(
    max_examples=int(os.environ.get("DIARIES", "30")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
