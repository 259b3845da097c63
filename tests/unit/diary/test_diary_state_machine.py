"""Stateful test of the diary against a model: changes in any order, retries, undo and redo, and restarts.

Every run tries the same diaries. DIARIES is the number of other ones that are tried instead, after a change to how the
diary works:

    DIARIES=1000 pytest tests/unit/diary/test_diary_state_machine.py
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from functools import partial
from math import floor
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast, override
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, seed, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import (
    Activity,
    Arm,
    BodyPart,
    Changes,
    ClearNight,
    Episode,
    EpisodeDetails,
    ExperimentKind,
    InvalidEntryError,
    MarkedChange,
    MarkedChangeDetails,
    MarkedChangeKind,
    MarkedChangeUpdate,
    NewEpisode,
    NewExperiment,
    NewMarkedChange,
    Relief,
    Request,
    Side,
    WriteResult,
    ongoing_episode,
)
from custom_components.rls_bedtime.diary.nights import night_of
from custom_components.rls_bedtime.diary.storage.database import Database

ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo", "Australia/Lord_Howe")]
SLEEPERS = st.sampled_from(["alex", "kim"])
USERS = st.sampled_from(["alex", "kim", None])
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
CHANGE_DETAILS: dict[str, st.SearchStrategy[Any]] = {
    "kind": st.sampled_from([MarkedChangeKind.IRON, MarkedChangeKind.LABORATORY, MarkedChangeKind.OTHER]),
    "name": TEXT,
    "amount": TEXT,
    "value": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "unit": TEXT,
    "note": TEXT,
}
SPANS = st.integers(0, 300).map(lambda minutes: timedelta(minutes=minutes))
WINDOW = timedelta(seconds=60)
ITEMS = ("stretch", "massage", "no screens")
TRIAL_NIGHTS = 4
SOCKS = NewExperiment(kind=ExperimentKind.TAG, subject="socks", nights=TRIAL_NIGHTS)


@dataclass(frozen=True)
class Item:
    """An item of the routine."""

    uid: str
    text: str
    position: Fraction
    removed: bool = False


@dataclass(frozen=True)
class Tick:
    """An item that was done on a night."""

    item: str
    night: date
    done_at: datetime


@dataclass(frozen=True)
class Trial:
    """An experiment."""

    id: str
    subject: str
    first_night: date
    logged_at: datetime
    stopped_on: date | None = None

    @property
    def order(self) -> tuple[date, datetime, str]:
        """Return the values by which experiments are in order."""
        return self.first_night, self.logged_at, self.id


@dataclass(frozen=True)
class TrialNight:
    """What was said of a night of an experiment."""

    night: date
    experiment: str
    skipped: bool = False
    repeats: bool = False
    done: bool | None = None


type Key = tuple[str, ...]
type Value = Episode | ClearNight | Item | Tick | MarkedChange | Trial | TrialNight
type State = dict[Key, Value]


@dataclass
class Change:
    """A change: what it wrote, in which order, the change that it reverts or repeats, and whether it stands."""

    uid: str
    number: int
    before: State
    after: State
    origin: Change | None = None
    is_undo: bool = False
    is_open: bool = True

    @property
    def root(self) -> Change:
        """Return the change that this one reverts or repeats, or itself."""
        return self.origin or self

    @property
    def keys(self) -> set[Key]:
        """Return the records that it wrote."""
        return self.before.keys() | self.after.keys()


@dataclass
class Call:
    """A call that was carried out: whose it was, how it is made, and what it wrote."""

    sleeper: str
    name: str
    args: tuple[Any, ...]
    request: Request
    at: datetime
    result: WriteResult
    change: Change | None
    unchanged: tuple[Key, Value | None] | None


class Refused(Exception):  # noqa: N818 - a refusal is expected
    """The model refuses a call, for one of these reasons."""

    def __init__(self, *keys: str) -> None:
        super().__init__(*keys)
        self.keys = keys


class DiaryMachine(RuleBasedStateMachine):
    """A diary on a real file and a model: the records of each sleeper, and the changes that led to them."""

    def __init__(self) -> None:
        """Start on the evening before the clocks go back."""
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "diary.db"
        self.diary = Diary(Database(self.path))
        self.moment = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
        self.zone = ZONES[0]
        self.states: dict[str, State] = {"alex": {}, "kim": {}}
        self.changes: dict[str, list[Change]] = {"alex": [], "kim": []}
        self.calls: list[Call] = []
        self.drawn: dict[tuple[str, date], Arm] = {}
        for sleeper, state in self.states.items():
            self.diary.create_routine(sleeper, ITEMS, self.now)
            for position, item in enumerate(self.diary.routine(sleeper, night_of(self.now))):
                state["item", item.uid] = Item(item.uid, item.text, Fraction(position))

    @override
    def teardown(self) -> None:
        self.diary.close()
        self.folder.cleanup()

    # --- the model ----------------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        """Return the local time."""
        return self.moment.astimezone(self.zone)

    def local(self, moment: datetime) -> datetime:
        """Return the local time with its UTC offset: in a repeated hour, one with a time zone equals no other."""
        local = moment.astimezone(self.zone)
        return local.replace(tzinfo=timezone(local.utcoffset() or timedelta()))

    def episodes(self, sleeper: str) -> list[Episode]:
        """Return the episodes of the model, newest first."""
        episodes = [each for each in self.states[sleeper].values() if isinstance(each, Episode)]
        return sorted(episodes, key=lambda each: (each.started_at, each.logged_at, each.id), reverse=True)

    def clear_nights(self, sleeper: str) -> list[ClearNight]:
        """Return the clear nights of the model, newest first."""
        nights = [each for each in self.states[sleeper].values() if isinstance(each, ClearNight)]
        return sorted(nights, key=lambda each: each.night, reverse=True)

    def marked_changes(self, sleeper: str) -> list[MarkedChange]:
        """Return the marked changes of the model, newest first."""
        found = [each for each in self.states[sleeper].values() if isinstance(each, MarkedChange)]
        return sorted(found, key=lambda each: (each.day, each.logged_at, each.id), reverse=True)

    def marked_change(self, sleeper: str, marked_change_id: str | None) -> MarkedChange:
        """Return a marked change of the model by its id, or the last one."""
        if marked_change_id is None:
            if not (found := self.marked_changes(sleeper)):
                raise Refused("no_marked_change")
            return found[0]
        marked = self.states[sleeper].get(("marked_change", marked_change_id))
        if not isinstance(marked, MarkedChange):
            raise Refused("unknown_marked_change")
        return marked

    def items(self, sleeper: str) -> list[Item]:
        """Return the items of the model in order, without removed ones."""
        items = [each for each in self.states[sleeper].values() if isinstance(each, Item) and not each.removed]
        return sorted(items, key=lambda each: (each.position, each.uid))

    def trial(self, sleeper: str) -> Trial | None:
        """Return the last experiment of the model."""
        trials = [each for each in self.states[sleeper].values() if isinstance(each, Trial)]
        return max(trials, key=lambda each: each.order, default=None)

    def is_followed(self, sleeper: str, trial: Trial) -> bool:
        """Return whether the model has an experiment after this one."""
        trials = (each for each in self.states[sleeper].values() if isinstance(each, Trial))
        return any(each.order > trial.order for each in trials)

    def notes(self, sleeper: str, trial: str) -> list[TrialNight]:
        """Return what the model says of the nights of an experiment."""
        notes = [each for each in self.states[sleeper].values() if isinstance(each, TrialNight)]
        return [each for each in notes if each.experiment == trial]

    def number(self, sleeper: str, trial: Trial, night: date) -> int:
        """Return the number of a night of an experiment."""
        repeated = [each for each in self.notes(sleeper, trial.id) if each.repeats]
        return (night - trial.first_night).days - sum(trial.first_night <= each.night < night for each in repeated)

    def running(self, sleeper: str) -> Trial | None:
        """Return the running experiment of the model."""
        trial = self.trial(sleeper)
        return trial if trial is not None and self.is_running(sleeper, trial) else None

    def is_running(self, sleeper: str, trial: Trial) -> bool:
        """Return whether an experiment has not ended."""
        return trial.stopped_on is None and self.number(sleeper, trial, night_of(self.now)) < TRIAL_NIGHTS

    def is_part(self, sleeper: str, trial: Trial, night: date) -> bool:
        """Return whether a night is part of an experiment."""
        if night < trial.first_night or (trial.stopped_on is not None and night >= trial.stopped_on):
            return False
        return self.number(sleeper, trial, night) < TRIAL_NIGHTS

    def last(self, sleeper: str) -> Episode | None:
        """Return the last episode of the model that is not far in the future."""
        return next(
            (each for each in self.episodes(sleeper) if each.started_at < self.moment + timedelta(hours=4)), None
        )

    def episode(self, sleeper: str, episode_id: str | None) -> Episode:
        """Return an episode of the model by its id, or the last one."""
        if episode_id is None:
            if (last := self.last(sleeper)) is None:
                raise Refused("no_episode")
            return last
        found = self.states[sleeper].get(("episode", episode_id))
        if not isinstance(found, Episode):
            raise Refused("unknown_episode")
        return found

    def affected(self, sleeper: str, night: date) -> bool:
        """Return whether a night of the model has an episode."""
        return any(night_of(each.started_at) == night for each in self.episodes(sleeper))

    def standing(self, sleeper: str) -> list[Change]:
        """Return the changes of the model that have not been undone, in order."""
        return [each for each in self.changes[sleeper] if each.is_open and not each.is_undo]

    def is_in_effect(self, sleeper: str, change: Change) -> bool:
        """Return whether the model still shows what a change did."""
        state = self.states[sleeper]
        for key in change.keys:
            current, before, after = (each.get(key) for each in (state, change.before, change.after))
            if (current is None) != (after is None):
                return False
            if current is not None and not _agrees(current, before, after):
                return False
            if isinstance(current, Trial) and self.is_over(sleeper, current, cast(Trial, after)):
                return False
        return True

    def is_routine_changed_since(self, sleeper: str, change: Change) -> bool:
        """Return whether an item was changed after a change."""
        newer = self.changes[sleeper][change.number + 1 :]
        return any(key[0] == "item" for each in newer for key in each.keys)

    def is_over(self, sleeper: str, current: Trial, after: Trial) -> bool:
        """Return whether an experiment was stopped or followed after a change of it."""
        return current.stopped_on != after.stopped_on or self.is_followed(sleeper, current)

    # --- calls --------------------------------------------------------------------------------------------------------

    def call(self, sleeper: str, name: str, args: tuple[Any, ...], request: Request) -> WriteResult | None:
        """Make a call and check it against the model. Return its result, or None if it was refused."""
        first = self.repeated(sleeper, name, args, request)
        method: Callable[..., WriteResult] = getattr(self, f"do_{name}")
        if first is not None:
            result = method(sleeper, request, *args)
            assert not result.new
            assert (result.change_id, result.transitions) == (first.result.change_id, first.result.transitions)
            return result
        try:
            expected, subject = getattr(self, f"expect_{name}")(sleeper, *args)
        except Refused as refused:
            self.assert_refused(refused.keys, lambda: method(sleeper, request, *args))
            return None
        before = dict(self.states[sleeper])
        result = method(sleeper, request, *args)
        change = None
        after = expected(result) if callable(expected) else expected
        if name in {"undo", "redo"}:
            change = self.changes[sleeper][-1]
            change.uid = str(result.change_id)
        elif after != before:
            change = self.write(sleeper, str(result.change_id), before, after)
        assert (result.change_id is None, result.new) == (change is None, change is not None)
        unchanged = None if change or subject is None else (subject, self.states[sleeper].get(subject))
        self.calls.append(Call(sleeper, name, args, request, self.moment, result, change, unchanged))
        return result

    def write(self, sleeper: str, uid: str, before: State, after: State) -> Change:
        """Add a change to the model."""
        keys = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        number = len(self.changes[sleeper])
        change = Change(uid, number, _only(before, keys), _only(after, keys))
        self.changes[sleeper].append(change)
        self.states[sleeper] = after
        return change

    def repeated(self, sleeper: str, name: str, args: tuple[Any, ...], request: Request) -> Call | None:
        """Return the call of the model that a call repeats."""
        same = [each for each in self.calls if (each.sleeper, each.name) == (sleeper, name)]
        if request.id is not None:
            return next((each for each in same if each.request.id == request.id), None)
        for each in sorted(same, key=lambda each: each.at, reverse=True):
            is_same = (each.args, each.request) == (args, request) and abs(each.at - self.moment) <= WINDOW
            if is_same and self.stands(sleeper, each):
                return each
        return None

    def stands(self, sleeper: str, call: Call) -> bool:
        """Return whether the model still shows what a call did."""
        if call.change is not None:
            is_about_places = call.name == "move_item" and self.is_routine_changed_since(sleeper, call.change)
            return not is_about_places and self.is_in_effect(sleeper, call.change)
        return call.unchanged is None or self.states[sleeper].get(call.unchanged[0]) == call.unchanged[1]

    def assert_refused(self, keys: tuple[str, ...], call: Callable[[], object]) -> None:
        """Assert that a call is refused with one of these keys."""
        try:
            call()
        except InvalidEntryError as error:
            assert error.key in keys  # noqa: PT017 - hypothesis shows the steps
        else:
            raise AssertionError(keys)

    # --- what a call does, and the state that the model expects after it ----------------------------------------------

    def do_log(self, sleeper: str, request: Request, entry: NewEpisode) -> WriteResult:
        """Log an episode."""
        return self.diary.log(sleeper, entry, self.now, request=request)

    def expect_log(self, sleeper: str, entry: NewEpisode) -> Any:
        """Expect a new episode."""
        ago, duration = entry.ago, entry.duration
        if ago is not None and duration is not None and duration > ago + timedelta(minutes=5):
            raise Refused("end_in_future")
        offset = ago if ago is not None else duration or timedelta()

        def after(result: Any) -> State:
            episode = result.episode
            assert episode.started_at == self.moment - offset
            assert episode.started_at.utcoffset() == (self.moment - offset).astimezone(self.zone).utcoffset()
            assert episode.duration == (None if duration is None else min(duration, offset))
            assert episode.note == entry.note
            assert ("episode", episode.id) not in self.states[sleeper]
            return {**self.states[sleeper], ("episode", episode.id): episode}

        return after, None

    def do_end(self, sleeper: str, request: Request, relief: tuple[Relief, ...]) -> WriteResult:
        """End the ongoing episode."""
        return self.diary.end(sleeper, self.now, details=EpisodeDetails(relief=relief), request=request)

    def expect_end(self, sleeper: str, relief: tuple[Relief, ...]) -> Any:
        """Expect the ongoing episode to have an end."""
        last = self.last(sleeper)
        if last is None or ongoing_episode(last, self.now) is None:
            raise Refused("no_ongoing_episode")
        ended_at = self.local(max(self.moment, last.started_at))
        ended = replace(last, ended_at=ended_at, relief=tuple(dict.fromkeys(last.relief + relief)))
        return {**self.states[sleeper], ("episode", last.id): ended}, ("episode", last.id)

    def do_update(
        self, sleeper: str, request: Request, episode_id: str | None, details: Mapping[str, Any]
    ) -> WriteResult:
        """Update an episode."""
        return self.diary.update(sleeper, episode_id, Changes(**details), self.now, request)  # type: ignore[typeddict-item]

    def expect_update(self, sleeper: str, episode_id: str | None, details: Mapping[str, Any]) -> Any:
        """Expect an episode to have these details."""
        episode = self.episode(sleeper, episode_id)
        ago = details.get("ago")
        started_at = episode.started_at if ago is None else self.local(self.moment - ago)
        if episode.ended_at is not None and not timedelta() <= episode.ended_at - started_at <= timedelta(hours=24):
            raise Refused("ended_before_started", "episode_too_long")
        entry = NewEpisode(**details)
        given = {name: getattr(entry, name) for name in details if name != "ago"}
        updated = replace(episode, started_at=started_at, **given)
        if updated != episode:
            updated = replace(updated, edited_at=self.moment)
        return {**self.states[sleeper], ("episode", episode.id): updated}, ("episode", episode.id)

    def do_delete(self, sleeper: str, request: Request, episode_id: str | None) -> WriteResult:
        """Delete an episode."""
        return self.diary.delete(sleeper, episode_id, self.now, request)

    def expect_delete(self, sleeper: str, episode_id: str | None) -> Any:
        """Expect an episode to be gone."""
        key = ("episode", self.episode(sleeper, episode_id).id)
        return _without(self.states[sleeper], key), key

    def do_log_clear_night(self, sleeper: str, request: Request, night: date) -> WriteResult:
        """Log a clear night."""
        return self.diary.log_clear_night(sleeper, night, self.now, request)

    def expect_log_clear_night(self, sleeper: str, night: date) -> Any:
        """Expect a night to be clear."""
        key = ("clear_night", night.isoformat())
        if night > night_of(self.now):
            raise Refused("night_in_future")
        if key in self.states[sleeper]:
            return self.states[sleeper], key
        if self.affected(sleeper, night):
            raise Refused("night_has_episodes")
        return {**self.states[sleeper], key: ClearNight(sleeper=sleeper, night=night, logged_at=self.moment)}, key

    def do_delete_clear_night(self, sleeper: str, request: Request, night: date) -> WriteResult:
        """Delete a clear night."""
        return self.diary.delete_clear_night(sleeper, night, self.now, request)

    def expect_delete_clear_night(self, sleeper: str, night: date) -> Any:
        """Expect a night not to be clear."""
        key = ("clear_night", night.isoformat())
        if key not in self.states[sleeper]:
            raise Refused("not_a_clear_night")
        return _without(self.states[sleeper], key), key

    def do_move_clear_night(self, sleeper: str, request: Request, night: date, to: date) -> WriteResult:
        """Move a clear night."""
        return self.diary.move_clear_night(sleeper, night, to, self.now, request)

    def expect_move_clear_night(self, sleeper: str, night: date, to: date) -> Any:
        """Expect another night to be clear instead."""
        state = self.states[sleeper]
        key, key_of_other = ("clear_night", night.isoformat()), ("clear_night", to.isoformat())
        moved = state.get(key)
        if not isinstance(moved, ClearNight):
            raise Refused("not_a_clear_night")
        if to > night_of(self.now):
            raise Refused("night_in_future")
        if night == to:
            return state, key
        if key_of_other in state:
            return _without(state, key), key
        if self.affected(sleeper, to):
            raise Refused("night_has_episodes")
        return {**_without(state, key), key_of_other: replace(moved, night=to)}, key

    def do_log_marked_change(self, sleeper: str, request: Request, entry: NewMarkedChange) -> WriteResult:
        """Mark a change."""
        return self.diary.log_marked_change(sleeper, entry, self.now, request)

    def expect_log_marked_change(self, sleeper: str, entry: NewMarkedChange) -> Any:
        """Expect a new marked change."""
        day = entry.day or self.now.date()
        if day > self.now.date():
            raise Refused("change_in_future")

        def after(result: Any) -> State:
            marked = result.marked_change
            assert (marked.day, marked.logged_at, details_of(marked)) == (day, self.moment, details_of(entry))
            assert ("marked_change", marked.id) not in self.states[sleeper]
            return {**self.states[sleeper], ("marked_change", marked.id): marked}

        return after, None

    def do_update_marked_change(
        self, sleeper: str, request: Request, marked_change_id: str | None, changes: Mapping[str, Any]
    ) -> WriteResult:
        """Update a marked change."""
        update = MarkedChangeUpdate(**changes)  # type: ignore[typeddict-item]
        return self.diary.update_marked_change(sleeper, marked_change_id, update, self.now, request)

    def expect_update_marked_change(
        self, sleeper: str, marked_change_id: str | None, changes: Mapping[str, Any]
    ) -> Any:
        """Expect a marked change to say this."""
        marked = self.marked_change(sleeper, marked_change_id)
        given = dict(changes)
        day = given.pop("day", marked.day)
        try:
            details = MarkedChangeDetails(**details_of(marked) | given)
        except InvalidEntryError as error:
            raise Refused(error.key) from error
        if day != marked.day and day > self.now.date():
            raise Refused("change_in_future")
        updated = replace(marked, day=day, **details_of(details))
        if updated != marked:
            updated = replace(updated, edited_at=self.moment)
        key = ("marked_change", marked.id)
        return {**self.states[sleeper], key: updated}, key

    def do_delete_marked_change(self, sleeper: str, request: Request, marked_change_id: str | None) -> WriteResult:
        """Delete a marked change."""
        return self.diary.delete_marked_change(sleeper, marked_change_id, self.now, request)

    def expect_delete_marked_change(self, sleeper: str, marked_change_id: str | None) -> Any:
        """Expect a marked change to be gone."""
        key = ("marked_change", self.marked_change(sleeper, marked_change_id).id)
        return _without(self.states[sleeper], key), key

    def do_add_item(self, sleeper: str, request: Request, text: str) -> WriteResult:
        """Add an item."""
        return self.diary.add_item(sleeper, text, self.now, request)

    def expect_add_item(self, sleeper: str, text: str) -> Any:
        """Expect an item at the end."""
        items = self.items(sleeper)
        position = Fraction(floor(items[-1].position) + 1) if items else Fraction(0)

        def after(result: WriteResult) -> State:
            added: Any = result.transitions[0].after
            item = Item(added.uid, text, position)
            assert ("item", item.uid) not in self.states[sleeper]
            return {**self.states[sleeper], ("item", item.uid): item}

        return after, None

    def do_remove_items(self, sleeper: str, request: Request, *uids: str) -> WriteResult:
        """Remove items."""
        return self.diary.remove_items(sleeper, uids, self.now, request)

    def expect_remove_items(self, sleeper: str, *uids: str) -> Any:
        """Expect items to be removed."""
        items = {each.uid: each for each in self.items(sleeper)}
        trial = self.running(sleeper)
        if trial is not None and trial.subject in uids:
            raise Refused("item_in_experiment")
        if set(uids) - items.keys():
            raise Refused("unknown_item")
        removed: State = {("item", uid): replace(items[uid], removed=True) for uid in uids}
        return {**self.states[sleeper], **removed}, None

    def do_move_item(self, sleeper: str, request: Request, uid: str, after: str | None) -> WriteResult:
        """Move an item."""
        return self.diary.move_item(sleeper, uid, after, self.now, request)

    def expect_move_item(self, sleeper: str, uid: str, after: str | None) -> Any:
        """Expect an item after another one."""
        items = self.items(sleeper)
        by_uid = {each.uid: each for each in items}
        if uid not in by_uid or (after is not None and after not in by_uid):
            raise Refused("unknown_item")
        others = [each for each in items if each.uid != uid]
        index = 0 if after is None else [each.uid for each in others].index(after) + 1 if after != uid else None
        if index is None or [*others[:index], by_uid[uid], *others[index:]] == items:
            return self.states[sleeper], ("item", uid)
        if not index:
            position = Fraction(floor(others[0].position) - 1)
        elif index == len(others):
            position = Fraction(floor(others[-1].position) + 1)
        else:
            position = (others[index - 1].position + others[index].position) / 2
        return {**self.states[sleeper], ("item", uid): replace(by_uid[uid], position=position)}, ("item", uid)

    def do_log_practice(self, sleeper: str, request: Request, uid: str, night: date, done: bool) -> WriteResult:  # noqa: FBT001
        """Tick or untick an item."""
        return self.diary.log_practice(sleeper, uid, self.now, night=night, done=done, request=request)

    def expect_log_practice(self, sleeper: str, uid: str, night: date, done: bool) -> Any:  # noqa: FBT001
        """Expect an item to be done on a night, or not."""
        state = self.states[sleeper]
        key = ("practice", uid, night.isoformat())
        if ("item", uid) not in state:
            raise Refused("unknown_practice")
        if night > night_of(self.now):
            raise Refused("night_in_future")
        if done is (key in state):
            return state, key
        return ({**state, key: Tick(uid, night, self.moment)} if done else _without(state, key)), key

    def do_start_experiment(self, sleeper: str, request: Request, entry: NewExperiment) -> WriteResult:
        """Start an experiment."""
        return self.diary.start_experiment(sleeper, entry, self.now, request)

    def expect_start_experiment(self, sleeper: str, entry: NewExperiment) -> Any:
        """Expect an experiment from the evening of today on."""
        if self.running(sleeper) is not None:
            raise Refused("experiment_running")
        if entry.kind is ExperimentKind.PRACTICE and entry.subject not in [each.uid for each in self.items(sleeper)]:
            raise Refused("unknown_practice")
        last = self.trial(sleeper)

        def after(result: Any) -> State:
            experiment = result.experiment
            first_night, logged_at = self.now.date(), self.moment
            if last is not None:
                first_night = max(first_night, last.first_night)
                logged_at = max(logged_at, last.logged_at + timedelta.resolution)
            trial = Trial(experiment.id, entry.subject, first_night, logged_at)
            assert (experiment.subject, experiment.first_night) == (trial.subject, trial.first_night)
            return {**self.states[sleeper], ("experiment", trial.id): trial}

        return after, None

    def do_stop_experiment(self, sleeper: str, request: Request) -> WriteResult:
        """Stop the experiment."""
        return self.diary.stop_experiment(sleeper, self.now, request)

    def expect_stop_experiment(self, sleeper: str) -> Any:
        """Expect the experiment to be over from the evening of today on."""
        if (trial := self.running(sleeper)) is None:
            raise Refused("no_experiment")
        stopped = replace(trial, stopped_on=max(self.now.date(), trial.first_night))
        return {**self.states[sleeper], ("experiment", trial.id): stopped}, None

    def do_skip_experiment_night(self, sleeper: str, request: Request, night: date, skipped: bool) -> WriteResult:  # noqa: FBT001
        """Skip a night, or take it in again."""
        return self.diary.skip_experiment_night(sleeper, night, self.now, skipped=skipped, request=request)

    def expect_skip_experiment_night(self, sleeper: str, night: date, skipped: bool) -> Any:  # noqa: FBT001
        """Expect a night to be skipped, or not, unless the result is known."""
        if (trial := self.trial(sleeper)) is None:
            raise Refused("no_experiment")
        if not self.is_running(sleeper, trial):
            raise Refused("experiment_over")
        note = self.trial_night(sleeper, night)
        if note.skipped is skipped:
            return self.with_note(sleeper, note)
        if note.repeats and night != night_of(self.now):
            raise Refused("draw_settled")
        repeats = skipped and night == night_of(self.now)
        return self.with_note(sleeper, replace(note, skipped=skipped, repeats=repeats))

    def do_log_experiment_night(self, sleeper: str, request: Request, night: date, done: bool) -> WriteResult:  # noqa: FBT001
        """Tick a night."""
        return self.diary.log_experiment_night(sleeper, night, self.now, done=done, request=request)

    def expect_log_experiment_night(self, sleeper: str, night: date, done: bool) -> Any:  # noqa: FBT001
        """Expect a night to be ticked, or not."""
        trial = self.trial(sleeper)
        if trial is not None and trial.subject != SOCKS.subject:
            raise Refused("experiment_without_tag")
        return self.with_note(sleeper, replace(self.trial_night(sleeper, night), done=done))

    def trial_night(self, sleeper: str, night: date) -> TrialNight:
        """Return what the model says of a night of the last experiment."""
        if night > night_of(self.now):
            raise Refused("night_in_future")
        if (trial := self.trial(sleeper)) is None:
            raise Refused("no_experiment")
        if not self.is_part(sleeper, trial, night):
            raise Refused("night_not_in_experiment")
        note = self.states[sleeper].get(("experiment_night", night.isoformat()))
        is_known = isinstance(note, TrialNight) and note.experiment == trial.id
        return cast(TrialNight, note) if is_known else TrialNight(night, trial.id)

    def with_note(self, sleeper: str, note: TrialNight) -> Any:
        """Return the model with what is said of a night of an experiment, if anything is."""
        state, key = self.states[sleeper], ("experiment_night", note.night.isoformat())
        if note.skipped or note.done is not None:
            return {**state, key: note}, key
        return _without(state, key), key

    def do_undo(self, sleeper: str, request: Request, change_id: str | None) -> WriteResult:
        """Undo a change."""
        return self.diary.undo(sleeper, self.now, change_id, request)

    def expect_undo(self, sleeper: str, change_id: str | None) -> Any:
        """Expect a change to be reverted."""
        if change_id is None:
            newest = self.first_open(sleeper, self.standing(sleeper))
            if newest is None:
                raise Refused("nothing_to_undo")
            return self.revert(sleeper, newest)
        change, head = self.change_and_head(sleeper, change_id)
        if head.is_undo != change.is_undo:
            raise Refused("already_undone")
        return self.revert(sleeper, head)

    def do_redo(self, sleeper: str, request: Request, change_id: str | None) -> WriteResult:
        """Redo a change."""
        return self.diary.redo(sleeper, self.now, change_id, request)

    def expect_redo(self, sleeper: str, change_id: str | None) -> Any:
        """Expect an undone change to be made again."""
        if change_id is None:
            undos = [each for each in self.changes[sleeper] if each.is_undo and each.is_open]
            newest = self.first_open(sleeper, undos)
            if newest is None or any(
                each.root.number > newest.number for each in self.standing(sleeper) if each.number > newest.number
            ):
                raise Refused("nothing_to_redo")
            return self.revert(sleeper, newest)
        change, head = self.change_and_head(sleeper, change_id)
        is_redo = change.origin is not None and not change.is_undo
        if not head.is_undo and not is_redo:
            raise Refused("not_undone")
        return self.revert(sleeper, head)

    def change_and_head(self, sleeper: str, change_id: str) -> tuple[Change, Change]:
        """Return a change, and the last undo or redo of the same change."""
        change = next((each for each in self.changes[sleeper] if each.uid == change_id), None)
        if change is None:
            raise Refused("unknown_change")
        return change, next(each for each in reversed(self.changes[sleeper]) if each.root is change.root)

    def first_open(self, sleeper: str, changes: list[Change]) -> Change | None:
        """Return the newest of these changes that is not settled, and does not depend on one that is."""
        is_passed = False
        for change in reversed(changes):
            if self.reason_settled(sleeper, change) is not None:
                is_passed = True
            elif not is_passed or self.can_revert(sleeper, change):
                return change
        return None

    def reason_settled(self, sleeper: str, head: Change) -> str | None:
        """Return why a change cannot be reverted: it would change what was drawn, or a result that is known."""
        reasons = (
            self.reason_record_settled(sleeper, key, head.before.get(key), head.after.get(key)) for key in head.keys
        )
        return next((reason for reason in reasons if reason is not None), None)

    def reason_record_settled(self, sleeper: str, key: Key, before: Value | None, after: Value | None) -> str | None:
        """Return why a record cannot be as it was before a change."""
        tonight = night_of(self.now)
        is_settled = False
        if key[0] == "experiment_night":
            return self.reason_skip_settled(sleeper, cast(TrialNight | None, before), cast(TrialNight | None, after))
        if key[0] == "experiment" and before is None:
            is_settled = any(each.repeats and each.night != tonight for each in self.notes(sleeper, key[1]))
        elif isinstance(before, Trial) and isinstance(after, Trial):
            stopped_on = before.stopped_on or after.stopped_on
            is_settled = stopped_on is not None and stopped_on < tonight
        return "draw_settled" if is_settled else None

    def reason_skip_settled(self, sleeper: str, before: TrialNight | None, after: TrialNight | None) -> str | None:
        """Return why it is settled whether a night is skipped."""
        notes = [each for each in (before, after) if each is not None]
        for name in {each.experiment for each in notes}:
            trial = self.states[sleeper].get(("experiment", name))
            if not isinstance(trial, Trial) or not self.is_part(sleeper, trial, notes[0].night):
                continue
            states = [
                (each.skipped, each.repeats) if each is not None and each.experiment == name else (False, False)
                for each in (before, after)
            ]
            if states[0][0] is states[1][0]:
                continue
            if not self.is_running(sleeper, trial):
                return "experiment_over"
            if states[0][1] is not states[1][1] and notes[0].night != night_of(self.now):
                return "draw_settled"
        return None

    def can_revert(self, sleeper: str, head: Change) -> bool:
        """Return whether nothing newer has changed the records of a change, or depends on them."""
        state = self.states[sleeper]
        newer = (each for each in self.standing(sleeper) if each.number > head.number)
        if any(each.root.number > head.root.number and each.keys & head.keys for each in newer):
            return False
        if head.is_undo and any(state.get(key) != head.after.get(key) for key in head.keys):
            return False
        return all(self.fits(sleeper, head, key) for key in head.keys)

    def fits(self, sleeper: str, head: Change, key: Key) -> bool:
        """Return whether a record can be as it was before a change: nothing refers to what is not there."""
        state, before = self.states[sleeper], head.before.get(key)
        trials = [each for each in state.values() if isinstance(each, Trial)]
        match key[0], before:
            case "item", None:
                ticked = {each[1] for each in state if each[0] == "practice"}
                return key[1] not in {*ticked, *(each.subject for each in trials)}
            case "experiment", None:
                return not self.notes(sleeper, key[1])
            case "practice", Tick():
                return ("item", key[1]) in state
            case _, TrialNight():
                return ("experiment", before.experiment) in state
            case _, Trial(stopped_on=None):
                return not self.is_followed(sleeper, before)
        return True

    def revert(self, sleeper: str, head: Change) -> Any:
        """Revert a change in the model, unless something newer has changed the same records."""
        if (reason := self.reason_settled(sleeper, head)) is not None:
            raise Refused(reason)
        if not self.can_revert(sleeper, head):
            raise Refused("changed_since")
        state = self.states[sleeper]
        self.states[sleeper] = {key: each for key, each in state.items() if key not in head.keys} | head.before
        try:
            self.check_reverted(sleeper, head)
        except Refused:
            self.states[sleeper] = state
            raise
        head.is_open = False
        number = len(self.changes[sleeper])
        is_undo = not head.is_undo
        self.changes[sleeper].append(Change("", number, head.after, head.before, head.root, is_undo))
        return self.states[sleeper], None

    def check_reverted(self, sleeper: str, head: Change) -> None:
        """Refuse to revert a change if an experiment would run that could not be started."""
        if (trial := self.running(sleeper)) is None:
            return
        item = self.states[sleeper].get(("item", trial.subject))
        is_removed = trial.subject != SOCKS.subject and (not isinstance(item, Item) or item.removed)
        others = (each for each in self.states[sleeper].values() if isinstance(each, Trial) and each != trial)
        if ("experiment", trial.id) in head.keys:
            if is_removed or any(self.is_running(sleeper, each) for each in others):
                raise Refused("changed_since")
        elif ("item", trial.subject) in head.keys and is_removed:
            raise Refused("item_in_experiment")

    # --- rules --------------------------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 2, 16, 31, 59, 61, 90, 600, 7200, 50_000, -2]))
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

    @rule(which=st.integers(0, 8), wait=st.sampled_from([0, 2, 16, 31, 90]))
    def retry(self, which: int, wait: int) -> None:
        """Make one of the last calls again after a while, with the same id or with none."""
        self.moment += timedelta(seconds=wait)
        if which < len(self.calls):
            call = self.calls[-1 - which]
            self.call(call.sleeper, call.name, call.args, call.request)

    @rule(sleeper=SLEEPERS, user=USERS, has_id=st.booleans(), data=st.data())
    def log(self, sleeper: str, user: str | None, has_id: bool, data: st.DataObject) -> None:  # noqa: FBT001
        """Log an episode."""
        details = data.draw(st.fixed_dictionaries({}, optional=DETAILS))
        entry = NewEpisode(ago=data.draw(st.none() | SPANS), duration=data.draw(st.none() | SPANS), **details)
        self.call(sleeper, "log", (entry,), self.request(user, has_id=has_id))

    @rule(sleeper=SLEEPERS, user=USERS, has_id=st.booleans(), relief=DETAILS["relief"])
    def end(self, sleeper: str, user: str | None, has_id: bool, relief: tuple[Relief, ...]) -> None:  # noqa: FBT001
        """End the ongoing episode."""
        self.call(sleeper, "end", (relief,), self.request(user, has_id=has_id))

    @rule(sleeper=SLEEPERS, user=USERS, has_id=st.booleans(), data=st.data())
    def update(self, sleeper: str, user: str | None, has_id: bool, data: st.DataObject) -> None:  # noqa: FBT001
        """Update an episode, by default the last one."""
        details = data.draw(st.fixed_dictionaries({}, optional=DETAILS | {"ago": SPANS}))
        self.call(sleeper, "update", (self.draw_episode(sleeper, data), details), self.request(user, has_id=has_id))

    @rule(sleeper=SLEEPERS, user=USERS, has_id=st.booleans(), data=st.data())
    def delete(self, sleeper: str, user: str | None, has_id: bool, data: st.DataObject) -> None:  # noqa: FBT001
        """Delete an episode, by default the last one."""
        self.call(sleeper, "delete", (self.draw_episode(sleeper, data),), self.request(user, has_id=has_id))

    @rule(
        sleeper=SLEEPERS,
        user=USERS,
        has_id=st.booleans(),
        name=st.sampled_from(["log_clear_night", "delete_clear_night", "move_clear_night"]),
        back=st.tuples(st.integers(-1, 4), st.integers(-1, 4)),
    )
    def mark_nights(
        self,
        sleeper: str,
        user: str | None,
        has_id: bool,  # noqa: FBT001
        name: str,
        back: tuple[int, int],
    ) -> None:
        """Log, delete or move a clear night."""
        nights = tuple(night_of(self.now) - timedelta(days=days) for days in back)
        args = nights if name == "move_clear_night" else nights[:1]
        self.call(sleeper, name, args, self.request(user, has_id=has_id))

    @rule(sleeper=SLEEPERS, user=USERS, has_id=st.booleans(), data=st.data())
    def mark_changes(self, sleeper: str, user: str | None, has_id: bool, data: st.DataObject) -> None:  # noqa: FBT001
        """Log, update or delete a marked change."""
        name = data.draw(st.sampled_from(["log", "log", "update", "delete"]))
        details = data.draw(st.fixed_dictionaries({}, optional=CHANGE_DETAILS))
        if (back := data.draw(st.none() | st.integers(-1, 3))) is not None:
            details["day"] = self.now.date() - timedelta(days=back)
        request = self.request(user, has_id=has_id)
        if name == "log":
            try:
                entry = NewMarkedChange(**details)
            except InvalidEntryError:
                return
            self.call(sleeper, "log_marked_change", (entry,), request)
            return
        ids = st.sampled_from([*(each.id for each in self.marked_changes(sleeper)), "unknown"])
        marked_change_id = data.draw(st.none() | ids)
        args = (marked_change_id, details) if name == "update" else (marked_change_id,)
        self.call(sleeper, f"{name}_marked_change", args, request)

    @rule(sleeper=SLEEPERS)
    def export_and_import(self, sleeper: str) -> None:
        """Import the diary into another file, and into itself: the one becomes the same, the other stays as it is."""
        text = "".join(self.diary.export_json(sleeper))
        with TemporaryDirectory() as folder:
            other = Diary(Database(Path(folder) / "other.db"))
            other.import_json(sleeper, text, self.now)
            assert "".join(other.export_json(sleeper)) == text
            other.close()
        assert self.diary.import_json(sleeper, text, self.now).change_id is None

    @rule(sleeper=SLEEPERS, user=USERS, has_id=st.booleans(), data=st.data())
    def change_routine(self, sleeper: str, user: str | None, has_id: bool, data: st.DataObject) -> None:  # noqa: FBT001
        """Add, remove or move items."""
        uids = [each.uid for each in self.items(sleeper)] + ["unknown"]
        one = st.sampled_from(uids)
        name = data.draw(st.sampled_from(["add_item", "remove_items", "move_item"]))
        args = {
            "add_item": st.tuples(st.sampled_from(["tea", "yoga", "bath"])),
            "remove_items": st.lists(one, min_size=1, max_size=2, unique=True).map(tuple),
            "move_item": st.tuples(one, st.none() | one),
        }
        self.call(sleeper, name, data.draw(args[name]), self.request(user, has_id=has_id))

    @rule(sleeper=SLEEPERS, user=USERS, has_id=st.booleans(), done=st.booleans(), data=st.data())
    def tick(self, sleeper: str, user: str | None, has_id: bool, done: bool, data: st.DataObject) -> None:  # noqa: FBT001
        """Tick or untick an item, removed or not, on one of the last nights."""
        uids = [key[1] for key in self.states[sleeper] if key[0] == "item"] + ["unknown"]
        night = night_of(self.now) - timedelta(days=data.draw(st.integers(-1, 2)))
        args = (data.draw(st.sampled_from(uids)), night, done)
        self.call(sleeper, "log_practice", args, self.request(user, has_id=has_id))

    @rule(sleeper=SLEEPERS, user=USERS, has_id=st.booleans(), data=st.data())
    def experiment(self, sleeper: str, user: str | None, has_id: bool, data: st.DataObject) -> None:  # noqa: FBT001
        """Start or stop an experiment, or say something of one of its nights."""
        name = data.draw(st.sampled_from(["start", "stop", "skip", "skip", "log"]))
        args: tuple[Any, ...] = ()
        if name == "start":
            item = data.draw(st.sampled_from([None, *(each.uid for each in self.items(sleeper))]))
            kind = ExperimentKind.PRACTICE
            args = (SOCKS if item is None else NewExperiment(kind=kind, subject=item, nights=TRIAL_NIGHTS),)
        elif name != "stop":
            back = data.draw(st.sampled_from([0, 0, 0, 1, 2, -1]))
            args = (night_of(self.now) - timedelta(days=back), data.draw(st.booleans()))
        subject = "experiment" if name in {"start", "stop"} else "experiment_night"
        self.call(sleeper, f"{name}_{subject}", args, self.request(user, has_id=has_id))

    @rule(sleeper=SLEEPERS, user=USERS, name=st.sampled_from(["undo", "redo"]), times=st.integers(1, 4))
    def step(self, sleeper: str, user: str | None, name: str, times: int) -> None:
        """Undo or redo some changes."""
        for _ in range(times):
            self.call(sleeper, name, (None,), self.request(user, has_id=True))

    @rule(
        sleeper=SLEEPERS,
        user=USERS,
        has_id=st.booleans(),
        name=st.sampled_from(["undo", "redo"]),
        which=st.none() | st.integers(0, 8),
    )
    def revert_one(self, sleeper: str, user: str | None, has_id: bool, name: str, which: int | None) -> None:  # noqa: FBT001
        """Undo or redo one of the last changes by its id, whatever it was."""
        changes = self.changes[sleeper]
        change_id = None if which is None else changes[-1 - which].uid if which < len(changes) else "unknown"
        self.call(sleeper, name, (change_id,), self.request(user, has_id=has_id))

    def request(self, user: str | None, *, has_id: bool) -> Request:
        """Return a request, with an id that was not used before or with none."""
        return Request(id=f"request {len(self.calls)} {self.moment}" if has_id else None, user=user)

    def draw_episode(self, sleeper: str, data: st.DataObject) -> str | None:
        """Draw the id of an episode, one that does not exist, or none."""
        return data.draw(st.none() | st.sampled_from([*(each.id for each in self.episodes(sleeper)), "unknown"]))

    # --- what is always true ------------------------------------------------------------------------------------------

    @invariant()
    def the_experiments_match_the_model(self) -> None:
        """Assert that the experiments match the model, and that what was drawn for earlier nights stays as it was."""
        tonight = night_of(self.now)
        # After a journey back, nights may be tonight again.
        self.drawn = {key: arm for key, arm in self.drawn.items() if key[1] < tonight}
        for sleeper in self.states:
            report, trial = self.diary.experiment_report(sleeper, self.now), self.trial(sleeper)
            running = self.diary.running_experiment(sleeper, self.now)
            assert (running is None) == (self.running(sleeper) is None)
            assert (report is None) == (trial is None)
            if report is None or trial is None:
                continue
            assert (report.experiment.id, report.experiment.stopped_on) == (trial.id, trial.stopped_on)
            nights = [
                trial.first_night + timedelta(days=days) for days in range((tonight - trial.first_night).days + 1)
            ]
            notes = {each.night: each for each in self.notes(sleeper, trial.id)}
            assert [(each.night, each.number, each.skipped, each.done) for each in report.nights] == [
                (
                    night,
                    self.number(sleeper, trial, night),
                    *((notes[night].skipped, notes[night].done) if night in notes else (False, None)),
                )
                for night in nights
                if self.is_part(sleeper, trial, night)
            ]
            for each in report.nights:
                if each.night < tonight:
                    assert self.drawn.setdefault((trial.id, each.night), each.arm) is each.arm

    @invariant()
    def the_diary_matches_the_model(self) -> None:
        """Assert that the diary matches the model."""
        for sleeper, state in self.states.items():
            assert self.diary.episodes(sleeper) == self.episodes(sleeper)
            assert self.diary.clear_nights(sleeper) == self.clear_nights(sleeper)
            assert self.diary.marked_changes(sleeper) == self.marked_changes(sleeper)
            items = self.items(sleeper)
            assert [each.uid for each in self.diary.routine(sleeper, night_of(self.now))] == [
                each.uid for each in items
            ]
            nights = {each.uid: set(each.nights) for each in self.diary.practices(sleeper) if each.nights}
            ticks: dict[str, set[date]] = {}
            for each in state.values():
                if isinstance(each, Tick):
                    ticks.setdefault(each.item, set()).add(each.night)
            assert nights == ticks
            last = self.last(sleeper)
            overview = self.diary.overview(sleeper, self.now)
            assert (overview.last, overview.ongoing) == (last, ongoing_episode(last, self.now))


def _agrees(current: Value, before: Value | None, after: Value | None) -> bool:
    """Return whether a record still has a value that a change gave it."""
    changed = (name for name in vars_of(after) if before is None or vars_of(before)[name] != vars_of(after)[name])
    return any(vars_of(current)[name] == vars_of(after)[name] for name in changed)


def details_of(details: MarkedChangeDetails) -> dict[str, Any]:
    """Return what a marked change says."""
    return {name: getattr(details, name) for name in CHANGE_DETAILS}


def vars_of(value: Value | None) -> dict[str, Any]:
    """Return the fields of a record."""
    return {} if value is None else {name: getattr(value, name) for name in value.__dataclass_fields__}


def _only(state: State, keys: set[Key]) -> State:
    return {key: each for key, each in state.items() if key in keys}


def _without(state: State, key: Key) -> State:
    return {each: value for each, value in state.items() if each != key}


diaries = int(os.environ.get("DIARIES", "0"))
SETTINGS = settings(
    max_examples=diaries or 60,
    database=None,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


def test_the_diary_matches_a_model_of_it() -> None:
    machine: Any = partial(DiaryMachine)
    # The same diaries each time: new ones are for a person to look at.
    run_state_machine_as_test(machine if diaries else seed(1)(machine), settings=SETTINGS)
