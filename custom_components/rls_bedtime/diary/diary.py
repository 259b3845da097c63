"""The diary itself: to log and to ask. Every change is one transaction."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from .database import Database, EpisodeRow
from .models import REPEAT_WINDOW, Entry, Logged
from .nights import night_bounds
from .summary import Summary, summarize

_ZONES_APART: Final = timedelta(hours=14)
"""No zone is further from UTC than this, so no night begins earlier or ends later."""


class Diary:
    """The diaries of all sleepers, in one file. Every method blocks: call it off the event loop."""

    def __init__(self, database: Database) -> None:
        """Write to and read from this database."""
        self._database = database

    def log(self, sleeper: str, entry: Entry, now: datetime) -> Logged:
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

    def summary(self, sleeper: str, night: date) -> Summary:
        """Return a sleeper's summary on a night. Raises DatabaseError."""
        start, end = night_bounds(night, UTC)
        of_sleeper = select(EpisodeRow).where(EpisodeRow.sleeper == sleeper)
        around = of_sleeper.where(EpisodeRow.started_at.between(start - _ZONES_APART, end + _ZONES_APART))
        newest = of_sleeper.order_by(EpisodeRow.started_at.desc(), EpisodeRow.logged_at.desc()).limit(1)
        with self._database.transaction() as session:
            recent = [row.to_model() for row in session.scalars(around)]
            last = session.scalars(newest).one_or_none()
            return summarize(night, recent, None if last is None else last.to_model())

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
