"""What is asked of the diary, within a transaction. Each question is answered by an index, whatever else there is."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from .models import EARLIEST_START, MAX_ONGOING, ClearNight, Episode, InvalidEntryError, clean_text
from .nights import night_bounds, night_of
from .storage.column_types import to_local
from .storage.tables import BedtimeRow, ClearNightRow, EpisodeRow

_ZONES_APART: Final = timedelta(hours=14)
"""No zone is further from UTC than this, so no night begins earlier or ends later."""

_EARLIEST_NIGHT: Final = EARLIEST_START.date() - timedelta(days=1)
_END_OF_TIME: Final = date(9999, 1, 1)


class OnsetRow(NamedTuple):
    """As much of an episode as a glance looks at."""

    started_at: datetime
    severity: int | None


def get_episode(session: Session, sleeper: str, episode_id: str) -> Episode:
    """Return an episode."""
    return episode_row(session, sleeper, episode_id).to_model()


def last_episode(session: Session, sleeper: str, now: datetime) -> Episode | None:
    """Return the episode that began last; of several that began at one moment, the one logged last."""
    row = last_row(session, sleeper, now)
    return None if row is None else row.to_model()


def episodes(session: Session, sleeper: str, start: date | None, end: date | None) -> Iterator[Episode]:
    """Yield the episodes of the nights from start to end, both included, the newest first.

    A night is that of the wall clock where the sleeper was: the file is asked for all that could belong to it.
    """
    asked = filter_nights(select(EpisodeRow).where(EpisodeRow.sleeper == sleeper), start, end)
    for row in session.scalars(newest_first(asked).execution_options(yield_per=500)):
        episode = row.to_model()
        night = night_of(episode.started_at)
        if (start is None or start <= night) and (end is None or night <= end):
            yield episode


def filter_nights[Row: tuple[object, ...]](asked: Select[Row], start: date | None, end: date | None) -> Select[Row]:
    """Narrow a question about episodes to those that may belong to the nights from start to end, in some zone."""
    if start is not None:
        first, _ = night_bounds(max(start, _EARLIEST_NIGHT), UTC)
        asked = asked.where(EpisodeRow.started_at >= first - _ZONES_APART)
    if end is not None and end < _END_OF_TIME:
        _, noon = night_bounds(end, UTC)
        asked = asked.where(EpisodeRow.started_at < noon + _ZONES_APART)
    return asked


def newest_first[Row: tuple[object, ...]](asked: Select[Row]) -> Select[Row]:
    """Order a question about episodes."""
    return asked.order_by(EpisodeRow.started_at.desc(), EpisodeRow.logged_at.desc(), EpisodeRow.id.desc())


def episode_row(session: Session, sleeper: str, episode_id: str) -> EpisodeRow:
    """Return the row of an episode. Raises InvalidEntryError if the sleeper has none of that id."""
    row = session.get(EpisodeRow, clean_text(episode_id))
    if row is None or row.sleeper != sleeper:
        raise InvalidEntryError("unknown_episode", episode_id=episode_id)
    return row


def last_row(session: Session, sleeper: str, now: datetime) -> EpisodeRow | None:
    """Return the row of the episode that began last; of several at one moment, of the one logged last.

    What was logged when the clock was in a far future is not the last: what is logged now would never be.
    """
    asked = select(EpisodeRow).where(
        EpisodeRow.sleeper == sleeper, EpisodeRow.started_at < now.astimezone(UTC) + MAX_ONGOING
    )
    return session.scalar(newest_first(asked).limit(1))


def onsets(session: Session, sleeper: str, start: date | None, end: date | None) -> list[OnsetRow]:
    """Return the onsets of the nights from start to end, and perhaps of some hours around. Made for speed."""
    asked = select(EpisodeRow.started_at, EpisodeRow.utc_offset, EpisodeRow.severity)
    rows = session.execute(filter_nights(asked.where(EpisodeRow.sleeper == sleeper), start, end))
    return [OnsetRow(to_local(started_at, utc_offset), severity) for started_at, utc_offset, severity in rows]


def clear_nights(session: Session, sleeper: str, start: date | None, end: date | None) -> list[ClearNight]:
    """Return the clear nights from start to end, both included, the newest first."""
    asked = select(ClearNightRow).where(ClearNightRow.sleeper == sleeper)
    if start is not None:
        asked = asked.where(ClearNightRow.night >= start)
    if end is not None:
        asked = asked.where(ClearNightRow.night <= end)
    return [row.to_model() for row in session.scalars(asked.order_by(ClearNightRow.night.desc()))]


def bedtimes(session: Session, sleeper: str, start: date, end: date) -> list[datetime]:
    """Return when bedtime mode began in the nights from start to end, and perhaps some hours around, in order."""
    first, _ = night_bounds(start, UTC)
    _, noon = night_bounds(end, UTC)
    asked = select(BedtimeRow.started_at, BedtimeRow.utc_offset).where(
        BedtimeRow.sleeper == sleeper,
        BedtimeRow.started_at.between(first - _ZONES_APART, noon + _ZONES_APART),
    )
    return [to_local(*row) for row in session.execute(asked.order_by(BedtimeRow.started_at))]
