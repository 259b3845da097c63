"""The public interface of the diary: logging, queries and undo. Every change is one transaction."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import (
    episodes,
    experiments,
    json_export,
    json_import,
    marked_changes,
    night_conditions,
    queries,
    requests,
    results,
    routine,
    sleepers,
    undo,
)
from .experiments import ExperimentReport, RunningExperiment
from .journal import Written
from .models import (
    EARLIEST_START,
    Action,
    Changes,
    ClearNight,
    ClearNightResult,
    Episode,
    EpisodeContext,
    EpisodeDetails,
    EpisodeResult,
    ExperimentNightResult,
    ExperimentWriteResult,
    ImportResult,
    MarkedChange,
    MarkedChangeKind,
    MarkedChangeResult,
    MarkedChangeUpdate,
    NewEpisode,
    NewExperiment,
    NewMarkedChange,
    NightConditions,
    PracticeHistory,
    PracticeResult,
    Request,
    RevertResult,
    RoutineItem,
    WriteResult,
)
from .nights import Nights, night_of, requested_nights
from .requests import Call
from .statistics.before_after import DEFAULT_NIGHTS, BeforeAfter, compare_before_after
from .statistics.long_term import StatisticsSource
from .statistics.medicines import SinceMedicine, since_medicine
from .statistics.night_history import RecordedNight, recorded_nights
from .statistics.observations import DiaryHistory, first_starts, make_history
from .statistics.overview import DiaryOverview, overview, recent_nights
from .statistics.report import Report, make_report
from .statistics.summary import Summary, required_nights, summarize
from .statistics.trends import Trends, month_ranges
from .statistics.with_without import Subject, WithWithoutComparison, compare_with_without
from .storage.database import MAX_CHECKPOINT_PAUSE, Database
from .storage.database_file import size_of
from .storage.migrations import SCHEMA_VERSION
from .storage.status import DatabaseStatistics, Recovery, SleeperRecord
from .storage.tables import ChangeRow, EpisodeRow
from .subjects import Wanted, find_subjects

NO_DETAILS: Final = EpisodeDetails()
NO_CONTEXT: Final = EpisodeContext()

_MAX_DAYS: Final = 100_000
"""Longer than any diary, and no date is out of range."""


class Diary:
    """The diaries of all sleepers, in one file.

    Every method blocks: call it outside of the event loop. `now` is aware and in the time zone of the sleeper. Every
    method may raise DatabaseError, or InvalidEntryError for an invalid entry; then nothing has been written.

    A call with a `request` that repeats an earlier one writes nothing and returns the result of the first.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- episodes and clear nights ------------------------------------------------------------------------------------

    def log(
        self,
        sleeper: str,
        entry: NewEpisode,
        now: datetime,
        context: EpisodeContext = NO_CONTEXT,
        request: Request | None = None,
    ) -> EpisodeResult:
        """Log an episode."""
        call = _call(request, sleeper, Action.LOG, entry)
        return self._write(
            call, now, results.episode_result, lambda session: episodes.log(session, sleeper, entry, now, context)
        )

    def end(
        self,
        sleeper: str,
        now: datetime,
        *,
        episode_id: str | None = None,
        ended_at: datetime | time | None = None,
        details: EpisodeDetails = NO_DETAILS,
        request: Request | None = None,
    ) -> EpisodeResult:
        """End an episode, by default the ongoing one, and add details to it (lists such as relief are extended)."""
        call = _call(request, sleeper, Action.END, episode_id, ended_at, details)

        def end(session: Session) -> Written:
            if episode_id is not None and request is not None and not request.may_change:
                episodes.check_open(session, sleeper, episode_id)
            return episodes.end(session, sleeper, now, episode_id, ended_at, details)

        return self._write(call, now, results.episode_result, end)

    def update(
        self, sleeper: str, episode_id: str | None, changes: Changes, now: datetime, request: Request | None = None
    ) -> EpisodeResult:
        """Update the given fields of an episode, by default the last one."""
        call = _call(request, sleeper, Action.UPDATE, episode_id, sorted(changes.items()))
        return self._write(
            call,
            now,
            results.episode_result,
            lambda session: episodes.update(session, sleeper, episode_id, changes, now),
        )

    def delete(
        self, sleeper: str, episode_id: str | None, now: datetime, request: Request | None = None
    ) -> EpisodeResult:
        """Delete an episode, by default the last one."""
        call = _call(request, sleeper, Action.DELETE, episode_id)
        return self._write(
            call, now, results.episode_result, lambda session: episodes.delete(session, sleeper, episode_id, now)
        )

    def log_clear_night(
        self, sleeper: str, night: date | None, now: datetime, request: Request | None = None
    ) -> ClearNightResult:
        """Log a clear night, by default the current one. One that is already logged is left unchanged."""
        call = _call(request, sleeper, Action.LOG_CLEAR_NIGHT, night)
        return self._write(
            call,
            now,
            results.clear_night_result,
            lambda session: episodes.log_clear_night(session, sleeper, night or night_of(now), now),
        )

    def delete_clear_night(
        self, sleeper: str, night: date | None, now: datetime, request: Request | None = None
    ) -> ClearNightResult:
        """Delete a clear night, by default the current one."""
        call = _call(request, sleeper, Action.DELETE_CLEAR_NIGHT, night)
        return self._write(
            call,
            now,
            results.clear_night_result,
            lambda session: episodes.delete_clear_night(session, sleeper, night or night_of(now), now),
        )

    def move_clear_night(
        self, sleeper: str, night: date, to: date, now: datetime, request: Request | None = None
    ) -> ClearNightResult:
        """Move a clear night to another night. If that one is clear already, the first one is deleted."""
        call = _call(request, sleeper, Action.MOVE_CLEAR_NIGHT, night, to)
        return self._write(
            call,
            now,
            results.clear_night_result,
            lambda session: episodes.move_clear_night(session, sleeper, night, to, now),
        )

    # --- marked changes -----------------------------------------------------------------------------------------------

    def log_marked_change(
        self, sleeper: str, entry: NewMarkedChange, now: datetime, request: Request | None = None
    ) -> MarkedChangeResult:
        """Log a change that the sleeper marks on a day, by default the current one."""
        call = _call(request, sleeper, Action.LOG_MARKED_CHANGE, entry)
        return self._write(
            call, now, results.marked_change_result, lambda session: marked_changes.log(session, sleeper, entry, now)
        )

    def update_marked_change(
        self,
        sleeper: str,
        marked_change_id: str | None,
        changes: MarkedChangeUpdate,
        now: datetime,
        request: Request | None = None,
    ) -> MarkedChangeResult:
        """Update the given fields of a marked change, by default the last one."""
        call = _call(request, sleeper, Action.UPDATE_MARKED_CHANGE, marked_change_id, sorted(changes.items()))
        return self._write(
            call,
            now,
            results.marked_change_result,
            lambda session: marked_changes.update(session, sleeper, marked_change_id, changes, now),
        )

    def delete_marked_change(
        self, sleeper: str, marked_change_id: str | None, now: datetime, request: Request | None = None
    ) -> MarkedChangeResult:
        """Delete a marked change, by default the last one."""
        call = _call(request, sleeper, Action.DELETE_MARKED_CHANGE, marked_change_id)
        return self._write(
            call,
            now,
            results.marked_change_result,
            lambda session: marked_changes.delete(session, sleeper, marked_change_id, now),
        )

    # --- experiments --------------------------------------------------------------------------------------------------

    def start_experiment(
        self,
        sleeper: str,
        entry: NewExperiment,
        now: datetime,
        request: Request | None = None,
        others: Collection[str] = (),
    ) -> ExperimentWriteResult:
        """Start an experiment. `others` are the other sleepers of the bedroom.

        Raises InvalidEntryError if one is running, or sets the same option for another sleeper.
        """
        call = _call(request, sleeper, Action.START_EXPERIMENT, entry)
        return self._write(
            call,
            now,
            results.experiment_result,
            lambda session: experiments.start(session, sleeper, entry, now, others),
        )

    def stop_experiment(self, sleeper: str, now: datetime, request: Request | None = None) -> ExperimentWriteResult:
        """Stop the running experiment."""
        call = _call(request, sleeper, Action.STOP_EXPERIMENT)
        return self._write(
            call, now, results.experiment_result, lambda session: experiments.stop(session, sleeper, now)
        )

    def skip_experiment_night(
        self, sleeper: str, night: date | None, now: datetime, *, skipped: bool, request: Request | None = None
    ) -> ExperimentNightResult:
        """Set whether a night of the running experiment is skipped, by default the current one."""
        call = _call(request, sleeper, Action.UPDATE_EXPERIMENT_NIGHT, night, "skipped", skipped)
        return self._write(
            call,
            now,
            results.experiment_night_result,
            lambda session: experiments.set_skipped(session, sleeper, night, now, skipped=skipped),
        )

    def log_experiment_night(
        self, sleeper: str, night: date | None, now: datetime, *, done: bool, request: Request | None = None
    ) -> ExperimentNightResult:
        """Set whether the tag of the last experiment was true of a night, by default the current one."""
        call = _call(request, sleeper, Action.UPDATE_EXPERIMENT_NIGHT, night, "done", done)
        return self._write(
            call,
            now,
            results.experiment_night_result,
            lambda session: experiments.set_done(session, sleeper, night, now, done=done),
        )

    def skip_if_undecided(self, sleeper: str, now: datetime) -> WriteResult:
        """Skip the current night of the running experiment, unless that has been decided already."""
        call = _call(None, sleeper, Action.UPDATE_EXPERIMENT_NIGHT)
        return self._write(
            call, now, results.write_result, lambda session: experiments.skip_if_undecided(session, sleeper, now)
        )

    def running_experiment(self, sleeper: str, now: datetime) -> RunningExperiment | None:
        """Return the running experiment, and what it assigns to the current night."""
        return self._database.read(lambda session: experiments.running(session, sleeper, now))

    def experiment_report(self, sleeper: str, now: datetime) -> ExperimentReport | None:
        """Return the last experiment: what was assigned up to the current night, and its result once it is over."""
        return self._database.read_concurrently(lambda session: experiments.report(session, sleeper, now))

    # --- undo and redo ------------------------------------------------------------------------------------------------

    def undo(
        self,
        sleeper: str,
        now: datetime,
        change_id: str | None = None,
        request: Request | None = None,
        others: Collection[str] = (),
    ) -> RevertResult:
        """Undo a change, by default the newest one that stands. An undo is redone.

        `others` are the other sleepers of the bedroom, who may have an experiment on the same option.
        """
        call = _call(request, sleeper, Action.UNDO, change_id)

        def revert(session: Session) -> Written:
            written = undo.undo(session, sleeper, change_id, now)
            experiments.check_reverted(session, sleeper, written, now, others)
            return written

        return self._write(call, now, results.revert_result, revert)

    def redo(
        self,
        sleeper: str,
        now: datetime,
        change_id: str | None = None,
        request: Request | None = None,
        others: Collection[str] = (),
    ) -> RevertResult:
        """Redo an undone change, by default the one that was undone last if nothing was written since.

        `others` are the other sleepers of the bedroom, who may have an experiment on the same option.
        """
        call = _call(request, sleeper, Action.REDO, change_id)

        def revert(session: Session) -> Written:
            written = undo.redo(session, sleeper, change_id, now)
            experiments.check_reverted(session, sleeper, written, now, others)
            return written

        return self._write(call, now, results.revert_result, revert)

    def record_bedtime(self, sleeper: str, at: datetime) -> None:
        """Record that bedtime mode started in the sleeper's bedroom, once for each moment."""
        self._database.write(lambda session: episodes.record_bedtime(session, sleeper, at))

    def record_conditions(self, sleeper: str, conditions: Iterable[NightConditions]) -> bool:
        """Record what was measured in nights, and return whether that is new. Values that are known are kept."""
        return self._database.write(lambda session: night_conditions.record(session, sleeper, conditions))

    # --- queries ------------------------------------------------------------------------------------------------------

    def episode(self, sleeper: str, episode_id: str) -> Episode:
        """Return an episode. Raises InvalidEntryError if the sleeper has no episode with this id."""
        return self._database.read(lambda session: queries.get_episode(session, sleeper, episode_id))

    def episodes(
        self,
        sleeper: str,
        start: date | None = None,
        end: date | None = None,
        limit: int | None = None,
        before: str | None = None,
    ) -> list[Episode]:
        """Return the episodes of the nights from start to end, inclusive, newest first.

        With `before`, the id of an episode, those that follow it in this order.
        """
        return self._database.read_concurrently(
            lambda session: list(islice(queries.episodes(session, sleeper, start, end, before), limit)),
        )

    def clear_nights(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[ClearNight]:
        """Return the clear nights from start to end, inclusive, newest first."""
        return self._database.read(lambda session: queries.clear_nights(session, sleeper, start, end))

    def marked_change(self, sleeper: str, marked_change_id: str) -> MarkedChange:
        """Return a marked change. Raises InvalidEntryError if the sleeper has none with this id."""
        return self._database.read(lambda session: marked_changes.get(session, sleeper, marked_change_id))

    def marked_changes(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[MarkedChange]:
        """Return the changes that were marked on the days from start to end, inclusive, newest first."""
        return self._database.read_concurrently(lambda session: marked_changes.between(session, sleeper, start, end))

    def recorded_nights(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[RecordedNight]:
        """Return the recorded nights from start to end, inclusive, newest first."""
        onsets, clear = self._database.read_concurrently(
            lambda session: (
                queries.onsets(session, sleeper, start, end),
                queries.clear_nights(session, sleeper, start, end),
            )
        )
        return recorded_nights(onsets, clear, start, end)

    def conditions(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[NightConditions]:
        """Return what was measured in the nights from start to end, inclusive, newest first."""
        return self._database.read_concurrently(lambda session: night_conditions.between(session, sleeper, start, end))

    def bedtimes(self, sleeper: str, start: date, end: date) -> list[datetime]:
        """Return when bedtime mode started in the nights from start to end, and possibly some hours around."""
        return self._database.read(lambda session: queries.bedtimes(session, sleeper, start, end))

    def overview(self, sleeper: str, now: datetime) -> DiaryOverview:
        """Return the overview of a diary. Its cost depends on the last 28 nights, not on the size of the diary."""
        nights = recent_nights(now)
        onsets, last, clear = self._database.read(
            lambda session: (
                queries.recent_onsets(session, sleeper, nights.first, nights.last),
                queries.last_episode(session, sleeper, now),
                queries.clear_nights(session, sleeper, nights.first, nights.last),
            )
        )
        return overview(now, onsets, last, clear)

    def summary(self, sleeper: str, start: date | None, end: date | None, now: datetime) -> Summary:
        """Return the summary of the nights from start to end, inclusive; by default of the last 28 nights."""
        nights = requested_nights(start, end, now)
        required = required_nights(nights)
        logged, clear, practices, bedtimes = self._database.read_concurrently(
            lambda session: (
                list(queries.episodes(session, sleeper, required.first, required.last)),
                queries.clear_nights(session, sleeper, required.first, required.last),
                routine.practices(session, sleeper, required.first, required.last),
                queries.bedtimes(session, sleeper, required.first, required.last),
            )
        )
        return summarize(nights, now, episodes=logged, clear_nights=clear, practices=practices, bedtimes=bedtimes)

    def trends(self, sleeper: str, days: int | None, now: datetime) -> Trends:
        """Return the trends of so many nights up to tonight, by default since the first recorded one."""
        tonight = night_of(now)
        first = None if days is None else max(tonight - timedelta(days=min(days, _MAX_DAYS) - 1), EARLIEST_START.date())
        start, practices, changes, names = self._database.read_concurrently(
            lambda session: (
                night := first or queries.first_recorded_night(session, sleeper) or tonight,
                routine.histories(session, sleeper, night, tonight),
                marked_changes.between(session, sleeper, first, None),
                marked_changes.names(session, sleeper),
            )
        )
        period = Nights(min(start, tonight), tonight)
        current, previous = month_ranges(tonight)
        return Trends(
            period=period,
            nights=self.recorded_nights(sleeper, period.first, tonight),
            summary=self.summary(sleeper, period.first, tonight, now),
            months=(
                self.summary(sleeper, current.first, current.last, now),
                self.summary(sleeper, previous.first, previous.last, now),
            ),
            practices=practices,
            changes=changes,
            change_names=names,
            conditions=self.conditions(sleeper, period.first, tonight),
        )

    def statistics_source(self, sleeper: str, since: int) -> StatisticsSource:
        """Return what the long-term statistics are made of, from an hour on, in seconds since the epoch."""
        return self._database.read_concurrently(lambda session: queries.statistics_source(session, sleeper, since))

    # --- comparisons and reports --------------------------------------------------------------------------------------

    def history(self, sleeper: str, now: datetime) -> DiaryHistory:
        """Return all recorded nights, and the marked changes. Its cost grows with the diary."""
        episodes, clear, changes = self._database.read_concurrently(
            lambda session: (
                queries.observed_episodes(session, sleeper),
                queries.clear_nights(session, sleeper, None, None),
                marked_changes.between(session, sleeper, None, None),
            )
        )
        return make_history(episodes, clear, changes, night_of(now))

    def compare(
        self, sleeper: str, change: str | date | None, now: datetime, nights: int = DEFAULT_NIGHTS, skip: int = 0
    ) -> tuple[BeforeAfter, SinceMedicine | None]:
        """Compare so many nights before and after a marked change, given by its id, or a date; None is the last change.

        For the start of a medicine, the facts since then follow. Raises InvalidEntryError for a date in the future, or
        before the first day of the diary.
        """
        if isinstance(change, date):
            marked_changes.check_day(change, now)
            return compare_before_after(self.history(sleeper, now), change, nights, skip), None
        marked = self._database.read(
            lambda session: (
                marked_changes.last_to_compare(session, sleeper)
                if change is None
                else marked_changes.get(session, sleeper, change)
            )
        )
        history = self.history(sleeper, now)
        comparison = compare_before_after(history, marked.day, nights, skip)
        if marked.kind is not MarkedChangeKind.MEDICINE_STARTED:
            return comparison, None
        return comparison, since_medicine(history, self.marked_changes(sleeper), marked, history.nights.last)

    def compare_with_without(
        self, sleeper: str, wanted: Wanted, now: datetime, nights: int | None = None
    ) -> WithWithoutComparison:
        """Compare the nights with and without what is wanted, by default of the whole diary, else the last ones.

        Raises InvalidEntryError for an unknown item or tag.
        """

        def read(session: Session) -> tuple[DiaryHistory, dict[date, datetime], list[Subject]]:
            episodes = queries.observed_episodes(session, sleeper)
            clear = queries.clear_nights(session, sleeper, None, None)
            history = make_history(episodes, clear, (), night_of(now))
            period = history.nights if nights is None else Nights.ending(history.nights.last, nights)
            starts = [each.started_at for each in episodes]
            subjects = find_subjects(session, sleeper, wanted, period, starts, now.tzinfo)
            return history, first_starts(episodes), subjects

        history, starts, subjects = self._database.read_concurrently(read)
        return compare_with_without(subjects, history, starts)

    def report(self, sleeper: str, start: date, end: date, now: datetime, bedtime: time) -> Report:
        """Return the report of the nights from start to end, inclusive. `bedtime` is the usual one."""
        history = self.history(sleeper, now)
        nights = requested_nights(start, end, now)
        changes = self.marked_changes(sleeper)
        episodes = self.episodes(sleeper, nights.first, nights.last)
        summary = self.summary(sleeper, nights.first, nights.last, now)
        return make_report(nights, history, summary, episodes=episodes, changes=changes, bedtime=bedtime)

    def first_night(self, sleeper: str, now: datetime) -> date:
        """Return the first night of which something is recorded, by default the current one."""
        first = self._database.read(lambda session: queries.first_recorded_night(session, sleeper))
        return first or night_of(now)

    def convert_episodes[T](self, sleeper: str, start: date, end: date, convert: Callable[[Episode], T]) -> list[T]:
        """Return what a function makes of each episode of the nights from start to end, inclusive, newest first.

        The episodes are not all in memory at once.
        """
        return self._database.read_concurrently(
            lambda session: [convert(each) for each in queries.episodes(session, sleeper, start, end)]
        )

    # --- the evening routine ------------------------------------------------------------------------------------------

    def create_routine(self, sleeper: str, texts: Sequence[str], now: datetime) -> None:
        """Create the routine of a sleeper who has never had one. Otherwise nothing is written."""
        if not self._database.read(lambda session: routine.has_routine(session, sleeper)):
            self._database.write(lambda session: routine.create(session, sleeper, texts, now))

    def routine(self, sleeper: str, night: date) -> list[RoutineItem]:
        """Return the items of the routine in order, each with whether it is done on this night."""
        return self._database.read(lambda session: routine.items(session, sleeper, night))

    def add_item(self, sleeper: str, text: str, now: datetime, request: Request | None = None) -> WriteResult:
        """Append an item to the routine."""
        call = _call(request, sleeper, Action.ADD_ITEM, text)
        return self._write(call, now, results.write_result, lambda session: routine.add(session, sleeper, text, now))

    def update_item(
        self,
        sleeper: str,
        uid: str,
        now: datetime,
        *,
        text: str | None = None,
        done: bool | None = None,
        request: Request | None = None,
    ) -> WriteResult:
        """Change the text of an item, or set whether it is done on the current night, or both."""
        call = _call(request, sleeper, Action.UPDATE_ITEM, uid, text, done)
        return self._write(
            call,
            now,
            results.write_result,
            lambda session: routine.update(session, sleeper, uid, now, text=text, done=done),
        )

    def remove_items(
        self, sleeper: str, uids: Sequence[str], now: datetime, request: Request | None = None
    ) -> WriteResult:
        """Remove items, all or none, in one change. The record of the nights on which they were done is kept."""
        call = _call(request, sleeper, Action.REMOVE_ITEMS, *uids)

        def remove(session: Session) -> Written:
            experiments.check_removable(session, sleeper, uids, now)
            return routine.remove(session, sleeper, uids, now)

        return self._write(call, now, results.write_result, remove)

    def move_item(
        self, sleeper: str, uid: str, after: str | None, now: datetime, request: Request | None = None
    ) -> WriteResult:
        """Move an item after another one, or to the top."""
        call = _call(request, sleeper, Action.MOVE_ITEM, uid, after)
        return self._write(
            call, now, results.write_result, lambda session: routine.move(session, sleeper, uid, after, now)
        )

    def log_practice(
        self,
        sleeper: str,
        item: str,
        now: datetime,
        *,
        night: date | None = None,
        done: bool = True,
        request: Request | None = None,
    ) -> PracticeResult:
        """Set whether an item, given by its uid or text, is done on a night, by default the current one."""
        call = _call(request, sleeper, Action.LOG_PRACTICE, item, night, done)
        return self._write(
            call,
            now,
            results.practice_result,
            lambda session: routine.log_practice(session, sleeper, item, night, now, done=done),
        )

    def practices(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[PracticeHistory]:
        """Return the items of the routine, and on which of the nights from start to end, inclusive, they were done.

        Removed items that were done in the period follow at the end.
        """
        return self._database.read_concurrently(lambda session: routine.histories(session, sleeper, start, end))

    # --- export and import --------------------------------------------------------------------------------------------

    def export_json(self, sleeper: str) -> list[str]:
        """Return the text of a diary as JSON, in pieces to be sent one after the other.

        It contains every record, but neither the journal nor who the sleeper is. All of it is read at one moment.
        """
        return self._database.read_concurrently(lambda session: list(json_export.pieces(session, sleeper)))

    def import_json(self, sleeper: str, content: str | bytes, now: datetime) -> ImportResult:
        """Add the records of an exported diary that are not there yet, all or none, in one change.

        Raises InvalidEntryError if the content is no diary, or if a value in it is invalid.
        """
        records = json_import.parse(content)
        return self._database.write(lambda session: json_import.write(session, sleeper, records, now))

    # --- sleepers -----------------------------------------------------------------------------------------------------

    def orphaned_sleepers(self, known_sleepers: Collection[str]) -> list[SleeperRecord]:
        """Return the sleepers with records in the file that are not among the known ones."""
        return self._database.read_concurrently(lambda session: sleepers.orphaned(session, known_sleepers))

    def rename_sleeper(self, sleeper: str, name: str) -> None:
        """Store the name of a sleeper, so that their diary can be identified after they have been removed."""
        if self._database.read(lambda session: sleepers.get_name(session, sleeper)) != name:
            self._database.write(lambda session: sleepers.rename(session, sleeper, name))

    def erase_sleeper(self, sleeper: str) -> None:
        """Erase a sleeper from the file and its copies, permanently. Other sleepers are not affected."""
        self._database.erase_sleeper(sleeper)

    # --- the file -----------------------------------------------------------------------------------------------------

    @property
    def recovery(self) -> Recovery | None:
        """Return the last recovery of an unusable file since the diary was opened, if any."""
        return self._database.recovery

    @property
    def recoveries(self) -> tuple[Recovery, ...]:
        """Return the recoveries that the user had not confirmed when the diary was opened, and those since."""
        return self._database.recoveries

    def check(self, now: datetime) -> bool:
        """Check the integrity of the whole file and recover it if it is damaged. Return whether it was intact."""
        return self._database.check(now)

    def next_copy_at(self, now: datetime) -> datetime:
        """Return when the next copy is due (UTC): a day after the newest one, or in an hour during a backup."""
        at = now.astimezone(UTC)
        return (
            at + MAX_CHECKPOINT_PAUSE if self._database.are_checkpoints_paused else self._database.copies.next_due(at)
        )

    def copy(self, now: datetime) -> None:
        """Make the copy of the day and delete the oldest ones beyond seven."""
        self._database.copy(now)

    def pause_checkpoints(self) -> None:
        """Write the WAL to the file and leave the file unchanged while a backup reads it. Writes go to the WAL."""
        self._database.pause_checkpoints()

    def resume_checkpoints(self) -> None:
        """Let SQLite write the WAL to the file again."""
        self._database.resume_checkpoints()

    def set_aside_files(self) -> list[Path]:
        """Return the files that were set aside. They may still contain data of erased sleepers."""
        return self._database.set_aside_files()

    def statistics(self) -> DatabaseStatistics:
        """Return the statistics of the file."""
        last_write, episode_count = self._database.read_concurrently(
            lambda session: (
                session.scalar(select(ChangeRow.at).order_by(ChangeRow.id.desc()).limit(1)),
                session.scalar(select(func.count()).select_from(EpisodeRow)),
            )
        )
        copies = self._database.copies.all()
        return DatabaseStatistics(
            size=size_of(self._database.path),
            episodes=episode_count or 0,
            last_write=last_write,
            schema=SCHEMA_VERSION,
            intact=self._database.is_intact,
            checked_at=self._database.checked_at,
            copies=len(copies),
            copied_at=copies[0].copied_at if copies else None,
        )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    # --- writing ------------------------------------------------------------------------------------------------------

    def _write[Result: WriteResult](
        self,
        call: Call,
        now: datetime,
        result: Callable[[Session, str, Written], Result],
        write: Callable[[Session], Written],
    ) -> Result:
        """Carry out a call in one transaction, or return the result of the call that it repeats."""

        def carry_out(session: Session) -> Result:
            written = requests.find_repeated(session, call, now)
            if written is None:
                written = write(session)
                requests.remember(session, call, written, now)
            return result(session, call.sleeper, written)

        return self._database.write(carry_out)


def _call(request: Request | None, sleeper: str, action: Action, *fields: object) -> Call:
    return Call(sleeper, action, fields, request)
