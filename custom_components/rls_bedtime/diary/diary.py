"""The diary itself: to log and to ask. Every change is one transaction."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from .database import Database, EpisodeRow
from .glance import Glance, glance, recent_nights, tally_nights
from .models import (
    REPEAT_WINDOW,
    Changes,
    Circumstances,
    ClearNight,
    Entry,
    Episode,
    Facts,
    Logged,
    Marked,
    Undone,
)
from .nights import night_bounds
from .reports import Recovery, SleeperRecord, Statistics
from .routine import Practice, RoutineItem
from .summary import Summary

_ZONES_APART: Final = timedelta(hours=14)
"""No zone is further from UTC than this, so no night begins earlier or ends later."""

NOTHING: Final = Facts()


class Diary:
    """The diaries of all sleepers, in one file. Every method blocks: call it off the event loop."""

    def __init__(self, database: Database) -> None:
        """Write to and read from this database."""
        self._database = database

    def log(self, sleeper: str, entry: Entry, now: datetime, circumstances: Circumstances = Circumstances()) -> Logged:
        """Write an episode and return it; `now` is aware, in the sleeper's zone.

        The same entry again within a few seconds, with no start given, is a phone's second try and returns the first.
        Raises InvalidEntryError or DatabaseError; then nothing was written.
        """
        started_at = entry.start(now)
        offset = started_at.utcoffset() or timedelta()
        row = EpisodeRow(
            id=uuid4().hex,
            sleeper=sleeper,
            started_at=started_at,
            utc_offset=int(offset.total_seconds()),
            start_given=entry.started_at is not None,
            logged_at=now.astimezone(UTC),
            severity=entry.severity,
            note=entry.note,
        )
        with self._database.transaction() as session:
            if (first := _repeated(session, row)) is not None:
                return Logged(episode=first.to_model(), new=False)
            session.add(row)
            logged = row.to_model()
        return Logged(episode=logged, new=True)

    def glance(self, sleeper: str, now: datetime) -> Glance:
        """Return a sleeper's diary at a glance; `now` is aware, in their zone. Raises DatabaseError."""
        nights = recent_nights(now)
        start, _ = night_bounds(nights.first, UTC)
        of_sleeper = select(EpisodeRow).where(EpisodeRow.sleeper == sleeper)
        newest = of_sleeper.order_by(EpisodeRow.started_at.desc(), EpisodeRow.logged_at.desc()).limit(1)
        with self._database.transaction() as session:
            recent = session.scalars(of_sleeper.where(EpisodeRow.started_at >= start - _ZONES_APART))
            tallies = tally_nights([row.to_model() for row in recent])
            last = session.scalars(newest).one_or_none()
            return glance(now, tallies.values(), None if last is None else last.to_model(), ())

    def summary(self, sleeper: str, start: date | None, end: date | None, now: datetime) -> Summary:
        """Return the figures of the nights from start to end, both included.

        Raises InvalidEntryError (period_reversed) or DatabaseError.
        """
        raise NotImplementedError

    def end(
        self,
        sleeper: str,
        now: datetime,
        *,
        episode_id: str | None = None,
        ended_at: datetime | None = None,
        facts: Facts = NOTHING,
    ) -> Logged:
        """End an episode, the ongoing one if none is named, and add what is said of it (relief adds to relief).

        The same again within a few seconds is a phone's second try and returns the episode, as not new.
        Raises InvalidEntryError (no_ongoing_episode, unknown_episode, end_needed, ...) or DatabaseError.
        """
        raise NotImplementedError

    def update(self, sleeper: str, episode_id: str, changes: Changes, now: datetime) -> Episode:
        """Change what of an episode is given. Raises InvalidEntryError (unknown_episode, ...) or DatabaseError."""
        raise NotImplementedError

    def delete(self, sleeper: str, episode_id: str, now: datetime) -> Episode:
        """Delete an episode and return what it was. Raises InvalidEntryError (unknown_episode) or DatabaseError."""
        raise NotImplementedError

    def log_clear_night(self, sleeper: str, night: date, now: datetime) -> Marked:
        """Mark a night free of symptoms; marked before, it stays as it was.

        Raises InvalidEntryError (night_has_episodes, night_in_future, night_too_early) or DatabaseError.
        """
        raise NotImplementedError

    def delete_clear_night(self, sleeper: str, night: date, now: datetime) -> ClearNight:
        """Take the mark of a clear night back. Raises InvalidEntryError (not_a_clear_night) or DatabaseError."""
        raise NotImplementedError

    def undo(self, sleeper: str, now: datetime) -> Undone:
        """Undo the newest change not undone yet. Raises InvalidEntryError (nothing_to_undo) or DatabaseError."""
        raise NotImplementedError

    def note_bedtime(self, sleeper: str, at: datetime) -> None:
        """Note that bedtime mode began in the sleeper's bedroom; the same moment again changes nothing."""
        raise NotImplementedError

    def episode(self, sleeper: str, episode_id: str) -> Episode:
        """Return an episode. Raises InvalidEntryError (unknown_episode) or DatabaseError."""
        raise NotImplementedError

    def episodes(
        self, sleeper: str, start: date | None = None, end: date | None = None, limit: int | None = None
    ) -> list[Episode]:
        """Return the episodes of the nights from start to end, both included, the newest first."""
        raise NotImplementedError

    def clear_nights(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[ClearNight]:
        """Return the clear nights from start to end, both included, the newest first."""
        raise NotImplementedError

    # --- the evening routine -----------------------------------------------------------------------------------------

    def begin_routine(self, sleeper: str, texts: Sequence[str]) -> None:
        """Give a sleeper who never had a routine this one."""
        raise NotImplementedError

    def routine(self, sleeper: str, night: date) -> list[RoutineItem]:
        """Return the items of the routine in their order, and which are done on that night."""
        raise NotImplementedError

    def add_item(self, sleeper: str, text: str) -> RoutineItem:
        """Add an item at the end. Raises InvalidEntryError (item_empty, item_too_long, too_many_items)."""
        raise NotImplementedError

    def rename_item(self, sleeper: str, uid: str, text: str) -> None:
        """Give an item other words. Raises InvalidEntryError (unknown_item, item_empty, item_too_long)."""
        raise NotImplementedError

    def remove_item(self, sleeper: str, uid: str) -> None:
        """Remove an item; the nights on which it was done keep it. Raises InvalidEntryError (unknown_item)."""
        raise NotImplementedError

    def move_item(self, sleeper: str, uid: str, after: str | None) -> None:
        """Move an item behind another, or to the top. Raises InvalidEntryError (unknown_item)."""
        raise NotImplementedError

    def tick(self, sleeper: str, uid: str, night: date, *, done: bool) -> None:
        """Note whether an item is done on a night. Raises InvalidEntryError (unknown_item)."""
        raise NotImplementedError

    def practices(self, sleeper: str, start: date | None = None, end: date | None = None) -> list[Practice]:
        """Return what was done on the nights from start to end, both included, in order."""
        raise NotImplementedError

    # --- sleepers ----------------------------------------------------------------------------------------------------

    def sleepers(self) -> list[SleeperRecord]:
        """Return what the file holds of each sleeper."""
        raise NotImplementedError

    def rename(self, sleeper: str, name: str) -> None:
        """Note a sleeper's name, so that a diary whose sleeper is gone can still be told from others."""
        raise NotImplementedError

    def adopt(self, old: str, new: str) -> None:
        """Give all that is a sleeper's to another, beside what that one has."""
        raise NotImplementedError

    def erase(self, sleeper: str) -> None:
        """Erase a sleeper from the file and from its copies, with no way back."""
        raise NotImplementedError

    # --- the file ----------------------------------------------------------------------------------------------------

    @property
    def recovery(self) -> Recovery | None:
        """Return what was done about a damaged file since it was opened, the newest."""
        raise NotImplementedError

    def check(self, now: datetime) -> bool:
        """Check the whole file, and recover it if it is damaged. Return whether it was intact."""
        raise NotImplementedError

    def next_copy_at(self) -> datetime:
        """Return when the next copy is due (UTC): a day after the newest."""
        raise NotImplementedError

    def copy(self, now: datetime) -> None:
        """Make the copy of the day, and drop those beyond seven. Raises DatabaseError."""
        raise NotImplementedError

    def hold(self) -> None:
        """Bring the file up to date and leave it as it is, while a backup reads it: writes go beside it."""
        raise NotImplementedError

    def release(self) -> None:
        """Let writes reach the file again."""
        raise NotImplementedError

    def statistics(self) -> Statistics:
        """Return the file in figures."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _repeated(session: Session, row: EpisodeRow) -> EpisodeRow | None:
    """Return the row that this one repeats, if any."""
    if row.start_given:
        return None
    same = select(EpisodeRow).where(
        EpisodeRow.sleeper == row.sleeper,
        EpisodeRow.logged_at.between(row.logged_at - REPEAT_WINDOW, row.logged_at),
        EpisodeRow.start_given.is_(False),
        EpisodeRow.severity.is_not_distinct_from(row.severity),
        EpisodeRow.note.is_not_distinct_from(row.note),
    )
    waited = row.logged_at - row.started_at
    return next((other for other in session.scalars(same) if other.logged_at - other.started_at == waited), None)
