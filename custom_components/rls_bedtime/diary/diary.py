"""The public interface of the diary: logging, queries and undo. Every change is one transaction."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import episodes, journal, queries, routine, sleepers
from .models import (
    EARLIEST_START,
    Changes,
    ClearNight,
    ClearNightResult,
    Episode,
    EpisodeContext,
    EpisodeDetails,
    LogResult,
    NewEpisode,
    UndoResult,
)
from .night_totals_cache import NightTotalsCache
from .nights import Nights, night_of, requested_nights
from .routine import CompletedItem, RoutineItem
from .statistics.night_history import RecordedNight, recorded_nights
from .statistics.overview import DiaryOverview, overview, recent_nights
from .statistics.summary import Summary, required_nights, summarize
from .statistics.trends import Trends, month_ranges
from .storage.database import MAX_CHECKPOINT_PAUSE, Database
from .storage.database_file import size_of
from .storage.migrations import SCHEMA_VERSION
from .storage.status import DatabaseStatistics, Recovery, SleeperRecord
from .storage.tables import ChangeRow, EpisodeRow

NO_DETAILS: Final = EpisodeDetails()
NO_CONTEXT: Final = EpisodeContext()

_MAX_DAYS: Final = 100_000
"""Longer than any diary, and no date is out of range."""


class Diary:
    """The diaries of all sleepers, in one file.

    Every method blocks: call it outside of the event loop. `now` is aware and in the time zone of the sleeper. Every
    method may raise DatabaseError, or InvalidEntryError for an invalid entry; then nothing has been written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._night_totals = NightTotalsCache()

    # --- episodes and clear nights ------------------------------------------------------------------------------------

    def log(self, sleeper: str, entry: NewEpisode, now: datetime, context: EpisodeContext = NO_CONTEXT) -> LogResult:
        """Log an episode and return it.

        The same entry within a few seconds, without an explicit start, is a retry of a phone: it returns the first one.
        """
        return self._database.write(lambda session: episodes.log(session, sleeper, entry, now, context))

    def end(
        self,
        sleeper: str,
        now: datetime,
        *,
        episode_id: str | None = None,
        ended_at: datetime | None = None,
        details: EpisodeDetails = NO_DETAILS,
    ) -> LogResult:
        """End an episode, by default the ongoing one, and add details to it (lists such as relief are extended).

        The same call within a few seconds is a retry of a phone: it returns the episode, as not new.
        """
        return self._database.write(
            lambda session: episodes.end(session, sleeper, now, episode_id, ended_at, details),
        )

    def update(self, sleeper: str, episode_id: str, changes: Changes, now: datetime) -> Episode:
        """Update the given fields of an episode and return it."""
        return self._database.write(lambda session: episodes.update(session, sleeper, episode_id, changes, now))

    def delete(self, sleeper: str, episode_id: str, now: datetime) -> Episode:
        """Delete an episode and return it."""
        return self._database.write(lambda session: episodes.delete(session, sleeper, episode_id, now))

    def log_clear_night(self, sleeper: str, night: date, now: datetime) -> ClearNightResult:
        """Log a clear night. One that is already logged is left unchanged."""
        return self._database.write(lambda session: episodes.log_clear_night(session, sleeper, night, now))

    def delete_clear_night(self, sleeper: str, night: date, now: datetime) -> ClearNight:
        """Delete a clear night and return it."""
        return self._database.write(lambda session: episodes.delete_clear_night(session, sleeper, night, now))

    def move_clear_night(self, sleeper: str, night: date, to: date, now: datetime) -> ClearNightResult:
        """Move a clear night to another night. If that one is clear already, the first one is deleted."""
        return self._database.write(lambda session: episodes.move_clear_night(session, sleeper, night, to, now))

    def undo(self, sleeper: str, now: datetime) -> UndoResult:
        """Undo the newest change that has not been undone."""
        return self._database.write(lambda session: journal.undo(session, sleeper, now))

    def record_bedtime(self, sleeper: str, at: datetime) -> None:
        """Record that bedtime mode started in the sleeper's bedroom, once for each moment."""
        self._database.write(lambda session: episodes.record_bedtime(session, sleeper, at))

    # --- queries ------------------------------------------------------------------------------------------------------

    def episode(self, sleeper: str, episode_id: str) -> Episode:
        """Return an episode. Raises InvalidEntryError if the sleeper has no episode with this id."""
        return self._database.read(lambda session: queries.get_episode(session, sleeper, episode_id))

    def episodes(
        self, sleeper: str, start: date | None = None, end: date | None = None, limit: int | None = None
    ) -> list[Episode]:
        """Return the episodes of the nights from start to end, inclusive, newest first."""
        return self._database.read_concurrently(
            lambda session: list(islice(queries.episodes(session, sleeper, start, end), limit)),
        )

    def clear_nights(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[ClearNight]:
        """Return the clear nights from start to end, inclusive, newest first."""
        return self._database.read(lambda session: queries.clear_nights(session, sleeper, start, end))

    def recorded_nights(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[RecordedNight]:
        """Return the recorded nights from start to end, inclusive, newest first."""
        onsets, clear = self._database.read_concurrently(
            lambda session: (
                queries.onsets(session, sleeper, start, end),
                queries.clear_nights(session, sleeper, start, end),
            )
        )
        return recorded_nights(onsets, clear, start, end)

    def overview(self, sleeper: str, now: datetime) -> DiaryOverview:
        """Return the overview of a diary. Its cost depends on tonight's episodes, not on the size of the diary."""
        nights = recent_nights(now)
        totals, last, clear = self._database.read(
            lambda session: (
                self._night_totals.totals(session, sleeper, nights),
                queries.last_episode(session, sleeper, now),
                queries.clear_nights(session, sleeper, nights.first, nights.last),
            )
        )
        return overview(now, totals, last, clear)

    def summary(self, sleeper: str, start: date | None, end: date | None, now: datetime) -> Summary:
        """Return the summary of the nights from start to end, inclusive; by default of the last 28 nights."""
        nights = requested_nights(start, end, now)
        required = required_nights(nights)
        logged, clear, practices, bedtimes = self._database.read_concurrently(
            lambda session: (
                list(queries.episodes(session, sleeper, required.first, required.last)),
                queries.clear_nights(session, sleeper, required.first, required.last),
                routine.completed(session, sleeper, required.first, required.last),
                queries.bedtimes(session, sleeper, required.first, required.last),
            )
        )
        return summarize(nights, now, episodes=logged, clear_nights=clear, practices=practices, bedtimes=bedtimes)

    def trends(self, sleeper: str, days: int | None, now: datetime) -> Trends:
        """Return the trends of so many nights up to tonight, by default since the first recorded one."""
        tonight = night_of(now)
        first = None if days is None else max(tonight - timedelta(days=min(days, _MAX_DAYS) - 1), EARLIEST_START.date())
        first, practices = self._database.read_concurrently(
            lambda session: (
                start := first or queries.first_recorded_night(session, sleeper) or tonight,
                queries.practices(session, sleeper, start, tonight),
            )
        )
        period = Nights(min(first, tonight), tonight)
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
        )

    # --- the evening routine ------------------------------------------------------------------------------------------

    def create_routine(self, sleeper: str, texts: Sequence[str]) -> None:
        """Create the routine of a sleeper who has never had one. Otherwise nothing is written."""
        if not self._database.read(lambda session: routine.has_routine(session, sleeper)):
            self._database.write(lambda session: routine.create(session, sleeper, texts))

    def routine(self, sleeper: str, night: date) -> list[RoutineItem]:
        """Return the items of the routine in order, each with whether it is done on this night."""
        return self._database.read(lambda session: routine.items(session, sleeper, night))

    def add_item(self, sleeper: str, text: str) -> RoutineItem:
        """Append an item to the routine."""
        return self._database.write(lambda session: routine.add(session, sleeper, text))

    def update_item(
        self, sleeper: str, uid: str, night: date, *, text: str | None = None, done: bool | None = None
    ) -> None:
        """Change the text of an item, or set whether it is done on a night, or both."""

        def change(session: Session) -> None:
            if text is not None:
                routine.rename(session, sleeper, uid, text)
            if done is not None:
                routine.set_done(session, sleeper, uid, night, done=done)

        self._database.write(change)

    def remove_items(self, sleeper: str, uids: Sequence[str]) -> None:
        """Remove items, all or none. The record of the nights on which they were done is kept."""

        def change(session: Session) -> None:
            for uid in uids:
                routine.remove(session, sleeper, uid)

        self._database.write(change)

    def move_item(self, sleeper: str, uid: str, after: str | None) -> None:
        """Move an item after another one, or to the top."""
        self._database.write(lambda session: routine.move(session, sleeper, uid, after))

    def completed_items(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[CompletedItem]:
        """Return the items done on the nights from start to end, inclusive, in order."""
        return self._database.read(lambda session: routine.completed(session, sleeper, start, end))

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
        self._database.erase_sleeper(sleeper, lambda session: sleepers.erase(session, sleeper))
        self._night_totals.clear()

    # --- the file -----------------------------------------------------------------------------------------------------

    @property
    def recovery(self) -> Recovery | None:
        """Return the last recovery of an unusable file since the diary was opened, if any."""
        return self._database.recovery

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
