"""The diary itself: to log, to ask, to undo. Every change is one transaction."""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import episodes, journal, queries, routine, sleepers
from .models import (
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
from .nights import requested_nights
from .routine import CompletedItem, RoutineItem
from .statistics.night_history import RecordedNight, recorded_nights
from .statistics.overview import DiaryOverview, overview, recent_nights
from .statistics.summary import Summary, required_nights, summarize
from .storage.database import MAX_CHECKPOINT_PAUSE, Database
from .storage.database_file import size_of
from .storage.migrations import SCHEMA_VERSION
from .storage.status import DatabaseStatistics, Recovery, SleeperRecord
from .storage.tables import ChangeRow, EpisodeRow

NO_DETAILS: Final = EpisodeDetails()
NO_CONTEXT: Final = EpisodeContext()


class Diary:
    """The diaries of all sleepers, in one file.

    Every method blocks: call it off the event loop. `now` is aware, in the sleeper's zone. Any may raise DatabaseError,
    and each InvalidEntryError for what cannot be; then nothing was written.
    """

    def __init__(self, database: Database) -> None:
        """Write to and read from this database."""
        self._database = database
        self._recent = NightTotalsCache()

    # --- the log -----------------------------------------------------------------------------------------------------

    def log(self, sleeper: str, entry: NewEpisode, now: datetime, context: EpisodeContext = NO_CONTEXT) -> LogResult:
        """Write an episode and return it.

        The same entry again within a few seconds, with no start given, is a phone's second try and returns the first.
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
        """End an episode, the ongoing one if none is named, and add what is said of it (relief adds to relief).

        The same again within a few seconds is a phone's second try and returns the episode, as not new.
        """
        return self._database.write(
            lambda session: episodes.end(session, sleeper, now, episode_id, ended_at, details),
        )

    def update(self, sleeper: str, episode_id: str, changes: Changes, now: datetime) -> Episode:
        """Change what of an episode is given."""
        return self._database.write(lambda session: episodes.update(session, sleeper, episode_id, changes, now))

    def delete(self, sleeper: str, episode_id: str, now: datetime) -> Episode:
        """Delete an episode and return what it was."""
        return self._database.write(lambda session: episodes.delete(session, sleeper, episode_id, now))

    def log_clear_night(self, sleeper: str, night: date, now: datetime) -> ClearNightResult:
        """Mark a night free of symptoms; marked before, it stays as it was."""
        return self._database.write(lambda session: episodes.log_clear_night(session, sleeper, night, now))

    def delete_clear_night(self, sleeper: str, night: date, now: datetime) -> ClearNight:
        """Take the mark of a clear night back."""
        return self._database.write(lambda session: episodes.delete_clear_night(session, sleeper, night, now))

    def move_clear_night(self, sleeper: str, night: date, to: date, now: datetime) -> ClearNightResult:
        """Mark another night clear instead; if that one is marked already, only the first mark is taken back."""
        return self._database.write(lambda session: episodes.move_clear_night(session, sleeper, night, to, now))

    def undo(self, sleeper: str, now: datetime) -> UndoResult:
        """Undo the newest change that is not undone yet."""
        return self._database.write(lambda session: journal.undo(session, sleeper, now))

    def record_bedtime(self, sleeper: str, at: datetime) -> None:
        """Note that bedtime mode began in the sleeper's bedroom; the same moment again changes nothing."""
        self._database.write(lambda session: episodes.record_bedtime(session, sleeper, at))

    # --- questions ---------------------------------------------------------------------------------------------------

    def episode(self, sleeper: str, episode_id: str) -> Episode:
        """Return an episode."""
        return self._database.read(lambda session: queries.get_episode(session, sleeper, episode_id))

    def episodes(
        self, sleeper: str, start: date | None = None, end: date | None = None, limit: int | None = None
    ) -> list[Episode]:
        """Return the episodes of the nights from start to end, both included, the newest first."""
        return self._database.read_concurrently(
            lambda session: list(islice(queries.episodes(session, sleeper, start, end), limit)),
        )

    def clear_nights(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[ClearNight]:
        """Return the nights from start to end, both included, that are marked clear, the newest first."""
        return self._database.read(lambda session: queries.clear_nights(session, sleeper, start, end))

    def recorded_nights(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[RecordedNight]:
        """Return the nights from start to end, both included, of which something is recorded, the newest first."""
        onsets, clear = self._database.read_concurrently(
            lambda session: (
                queries.onsets(session, sleeper, start, end),
                queries.clear_nights(session, sleeper, start, end),
            )
        )
        return recorded_nights(onsets, clear, start, end)

    def overview(self, sleeper: str, now: datetime) -> DiaryOverview:
        """Return a sleeper's diary at a glance: it costs as much as tonight holds, however long the diary is."""
        nights = recent_nights(now)
        tallies, last, clear = self._database.read(
            lambda session: (
                self._recent.totals(session, sleeper, nights),
                queries.last_episode(session, sleeper, now),
                queries.clear_nights(session, sleeper, nights.first, nights.last),
            )
        )
        return overview(now, tallies, last, clear)

    def summary(self, sleeper: str, start: date | None, end: date | None, now: datetime) -> Summary:
        """Return the figures of the nights from start to end, both included; the last 28 if nothing is given."""
        nights = requested_nights(start, end, now)
        of = required_nights(nights)
        logged, clear, practices, bedtimes = self._database.read_concurrently(
            lambda session: (
                list(queries.episodes(session, sleeper, of.first, of.last)),
                queries.clear_nights(session, sleeper, of.first, of.last),
                routine.completed(session, sleeper, of.first, of.last),
                queries.bedtimes(session, sleeper, of.first, of.last),
            )
        )
        return summarize(nights, now, episodes=logged, clear_nights=clear, practices=practices, bedtimes=bedtimes)

    # --- the evening routine -----------------------------------------------------------------------------------------

    def create_routine(self, sleeper: str, texts: Sequence[str]) -> None:
        """Give a sleeper who never had a routine this one; nothing is written for one who had."""
        if not self._database.read(lambda session: routine.has_routine(session, sleeper)):
            self._database.write(lambda session: routine.create(session, sleeper, texts))

    def routine(self, sleeper: str, night: date) -> list[RoutineItem]:
        """Return the items of the routine in their order, and which are done on that night."""
        return self._database.read(lambda session: routine.items(session, sleeper, night))

    def add_item(self, sleeper: str, text: str) -> RoutineItem:
        """Add an item at the end."""
        return self._database.write(lambda session: routine.add(session, sleeper, text))

    def update_item(
        self, sleeper: str, uid: str, night: date, *, text: str | None = None, done: bool | None = None
    ) -> None:
        """Give an item other words, or note whether it is done on a night, or both at once."""

        def change(session: Session) -> None:
            if text is not None:
                routine.rename(session, sleeper, uid, text)
            if done is not None:
                routine.set_done(session, sleeper, uid, night, done=done)

        self._database.write(change)

    def remove_items(self, sleeper: str, uids: Sequence[str]) -> None:
        """Remove items, all or none; the nights on which they were done keep them."""

        def change(session: Session) -> None:
            for uid in uids:
                routine.remove(session, sleeper, uid)

        self._database.write(change)

    def move_item(self, sleeper: str, uid: str, after: str | None) -> None:
        """Move an item behind another, or to the top."""
        self._database.write(lambda session: routine.move(session, sleeper, uid, after))

    def completed_items(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[CompletedItem]:
        """Return what was done on the nights from start to end, both included, in their order."""
        return self._database.read(lambda session: routine.completed(session, sleeper, start, end))

    # --- sleepers ----------------------------------------------------------------------------------------------------

    def orphaned_sleepers(self, present: Collection[str]) -> list[SleeperRecord]:
        """Return what the file holds of sleepers who are not present, of each of whom something was said."""
        return self._database.read_concurrently(lambda session: sleepers.orphaned(session, present))

    def rename_sleeper(self, sleeper: str, name: str) -> None:
        """Note a sleeper's name, so that a diary whose sleeper is gone can still be told from others."""
        if self._database.read(lambda session: sleepers.get_name(session, sleeper)) != name:
            self._database.write(lambda session: sleepers.rename(session, sleeper, name))

    def erase_sleeper(self, sleeper: str) -> None:
        """Erase a sleeper from the file and from its copies, with no way back. The others stay."""
        self._database.erase_sleeper(sleeper, lambda session: sleepers.erase(session, sleeper))
        self._recent.clear()

    # --- the file ----------------------------------------------------------------------------------------------------

    @property
    def recovery(self) -> Recovery | None:
        """Return what was done last about a file that could not be used, if anything since it was opened."""
        return self._database.recovery

    def check(self, now: datetime) -> bool:
        """Check the whole file, and recover it if it is damaged. Return whether it was sound."""
        return self._database.check(now)

    def next_copy_at(self, now: datetime) -> datetime:
        """Return when the next copy is due (UTC): a day after the newest; an hour on while a backup is made."""
        at = now.astimezone(UTC)
        return (
            at + MAX_CHECKPOINT_PAUSE if self._database.are_checkpoints_paused else self._database.copies.next_due(at)
        )

    def copy(self, now: datetime) -> None:
        """Make the copy of the day, and drop those beyond seven."""
        self._database.copy(now)

    def pause_checkpoints(self) -> None:
        """Bring the file up to date and leave it as it is, while a backup reads it: writes go beside it."""
        self._database.pause_checkpoints()

    def resume_checkpoints(self) -> None:
        """Let writes reach the file again."""
        self._database.resume_checkpoints()

    def set_aside_files(self) -> list[Path]:
        """Return the files that were set aside. What was in them of anybody may still be in them."""
        return self._database.set_aside_files()

    def statistics(self) -> DatabaseStatistics:
        """Return the file in figures."""
        written, number = self._database.read_concurrently(
            lambda session: (
                session.scalar(select(ChangeRow.at).order_by(ChangeRow.id.desc()).limit(1)),
                session.scalar(select(func.count()).select_from(EpisodeRow)),
            )
        )
        copies = self._database.copies.all()
        return DatabaseStatistics(
            size=size_of(self._database.path),
            episodes=number or 0,
            last_write=written,
            schema=SCHEMA_VERSION,
            intact=self._database.is_intact,
            checked_at=self._database.checked_at,
            copies=len(copies),
            copied_at=copies[0].copied_at if copies else None,
        )

    def close(self) -> None:
        """Close the file."""
        self._database.close()
