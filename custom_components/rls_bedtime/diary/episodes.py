"""Episodes and clear nights, within a transaction: every change is recorded in the journal as it is made."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid7

from sqlalchemy.orm import Session

from . import journal
from .journal import Written
from .models import (
    ChangeKind,
    Changes,
    Episode,
    EpisodeContext,
    EpisodeDetails,
    InvalidEntryError,
    NewEpisode,
    check_span,
    ongoing_episode,
    resolve_clock_time,
)
from .nights import check_night
from .queries import episode_row, episodes, last_episode, last_row
from .records import RecordState
from .sleepers import get_or_create
from .storage.column_types import utc_offset_of
from .storage.tables import DETAIL_COLUMNS, BedtimeRow, ClearNightRow, EpisodeRow


def log(session: Session, sleeper: str, entry: NewEpisode, now: datetime, context: EpisodeContext) -> Written:
    """Log an episode."""
    started_at = entry.resolve_start(now)
    ended_at = entry.resolve_end(now, started_at)
    get_or_create(session, sleeper)
    episode = Episode(
        # These ids sort by creation: of two episodes that started at once, the one logged later is the last.
        id=uuid7().hex,
        sleeper=sleeper,
        started_at=started_at,
        ended_at=ended_at,
        logged_at=now.astimezone(UTC),
        context=context,
        **details_as_dict(entry),
    )
    row = EpisodeRow.from_model(episode)
    session.add(row)
    return journal.record_row(session, row, ChangeKind.LOGGED, now, None)


def end(
    session: Session,
    sleeper: str,
    now: datetime,
    episode_id: str | None,
    ended_at: datetime | time | None,
    details: EpisodeDetails,
) -> Written:
    """End an episode, by default the ongoing one, and add details to it.

    Raises InvalidEntryError if there is no such episode, or if the end is unknown or invalid.
    """
    if episode_id is None:
        # The ongoing episode is recent, so a time of day means its last occurrence.
        ended_at = None if ended_at is None else resolve_clock_time(ended_at, now)
        row = _row_to_end(session, sleeper, now, ended_at)
    else:
        row = episode_row(session, sleeper, episode_id)
    episode = row.to_model()
    updated = _merge_details(episode, details)
    if ended_at is not None:
        updated = replace(updated, ended_at=NewEpisode(ended_at=ended_at).resolve_end(now, episode.started_at))
    elif episode.ended_at is None:
        if ongoing_episode(last_episode(session, sleeper, now), now) != episode:
            raise InvalidEntryError("end_needed")
        # The system clock may have been set back since the start.
        updated = replace(updated, ended_at=max(now, episode.started_at).astimezone(now.tzinfo))
    before = RecordState.of(row)
    if not _update_row(session, row, updated):
        return Written(unchanged=before)
    return journal.record_row(session, row, ChangeKind.ENDED, now, before)


def check_open(session: Session, sleeper: str, episode_id: str) -> None:
    """Raise InvalidEntryError if an episode has an end: to give it another one is to change it."""
    if episode_row(session, sleeper, episode_id).ended_at is not None:
        raise InvalidEntryError("episode_has_end")


def update(session: Session, sleeper: str, episode_id: str | None, changes: Changes, now: datetime) -> Written:
    """Update the given fields of an episode, by default the last one. Nothing is recorded if they have these values."""
    row = _row_or_last(session, sleeper, episode_id, now)
    episode = row.to_model()
    entry = NewEpisode(**changes)
    started_at, ended_at, context = episode.started_at, episode.ended_at, episode.context
    if entry.started_at is not None or entry.ago is not None:
        started_at = replace(entry, ended_at=None).resolve_start(now)
        context = _shift_context(context, started_at - episode.started_at)
    if "ended_at" in changes or entry.duration is not None:
        ended_at = entry.resolve_end(now, started_at)
    elif ended_at is not None:
        check_span(started_at, ended_at)
    details = {name: value for name, value in details_as_dict(entry).items() if name in changes}
    updated = replace(episode, started_at=started_at, ended_at=ended_at, context=context, **details)
    before = RecordState.of(row)
    if not _update_row(session, row, updated):
        return Written(unchanged=before)
    row.edited_at = now.astimezone(UTC)
    return journal.record_row(session, row, ChangeKind.UPDATED, now, before)


def _shift_context(context: EpisodeContext, delta: timedelta) -> EpisodeContext:
    """Return the context of an episode whose start is moved. Before bedtime, the state of the mode is unknown."""
    if context.minutes_since_bedtime is None:
        return context
    minutes = context.minutes_since_bedtime + round(delta / timedelta(minutes=1))
    if minutes < 0:
        return replace(context, bedtime_mode=None, minutes_since_bedtime=None)
    return replace(context, minutes_since_bedtime=minutes)


def delete(session: Session, sleeper: str, episode_id: str | None, now: datetime) -> Written:
    """Delete an episode, by default the last one."""
    row = _row_or_last(session, sleeper, episode_id, now)
    session.delete(row)
    return journal.record_row(session, row, ChangeKind.DELETED, now, RecordState.of(row))


def log_clear_night(session: Session, sleeper: str, night: date, now: datetime) -> Written:
    """Log a clear night. One that is already logged is left unchanged.

    Raises InvalidEntryError for a night in the future, before the first day of the diary, or with an episode.
    """
    check_night(night, now)
    if (existing := session.get(ClearNightRow, (sleeper, night))) is not None:
        return Written(unchanged=RecordState.of(existing))
    _check_no_episodes(session, sleeper, night)
    get_or_create(session, sleeper)
    row = ClearNightRow(sleeper=sleeper, night=night, logged_at=now.astimezone(UTC))
    session.add(row)
    return journal.record_row(session, row, ChangeKind.CLEAR_NIGHT_LOGGED, now, None)


def move_clear_night(session: Session, sleeper: str, night: date, to: date, now: datetime) -> Written:
    """Move a clear night to another night. If that one is clear already, the first one is deleted."""
    row = _clear_night_row(session, sleeper, night)
    check_night(to, now)
    if night == to:
        return Written(unchanged=RecordState.of(row))
    if session.get(ClearNightRow, (sleeper, to)) is not None:
        return delete_clear_night(session, sleeper, night, now)
    _check_no_episodes(session, sleeper, to)
    moved = ClearNightRow(sleeper=sleeper, night=to, logged_at=row.logged_at)
    session.delete(row)
    session.add(moved)
    change = journal.record(
        session,
        sleeper,
        ChangeKind.CLEAR_NIGHT_MOVED,
        now,
        (RecordState.of(row), RecordState.missing(row)),
        (RecordState.missing(moved), RecordState.of(moved)),
    )
    return Written(change)


def delete_clear_night(session: Session, sleeper: str, night: date, now: datetime) -> Written:
    """Delete a clear night."""
    row = _clear_night_row(session, sleeper, night)
    session.delete(row)
    return journal.record_row(session, row, ChangeKind.CLEAR_NIGHT_DELETED, now, RecordState.of(row))


def record_bedtime(session: Session, sleeper: str, at: datetime) -> None:
    """Record the start of bedtime mode."""
    get_or_create(session, sleeper)
    if session.get(BedtimeRow, (sleeper, at)) is None:
        session.add(BedtimeRow(sleeper=sleeper, started_at=at, utc_offset=utc_offset_of(at)))


def details_as_dict(details: EpisodeDetails) -> dict[str, Any]:
    """Return the details of an entry or an episode by field name."""
    return {name: getattr(details, name) for name in DETAIL_COLUMNS}


def _check_no_episodes(session: Session, sleeper: str, night: date) -> None:
    if next(episodes(session, sleeper, night, night), None) is not None:
        raise InvalidEntryError("night_has_episodes", night=night)


def _clear_night_row(session: Session, sleeper: str, night: date) -> ClearNightRow:
    row = session.get(ClearNightRow, (sleeper, night))
    if row is None:
        raise InvalidEntryError("not_a_clear_night", night=night)
    return row


def _row_or_last(session: Session, sleeper: str, episode_id: str | None, now: datetime) -> EpisodeRow:
    """Return an episode, by default the last one."""
    row = last_row(session, sleeper, now) if episode_id is None else episode_row(session, sleeper, episode_id)
    if row is None:
        raise InvalidEntryError("no_episode")
    return row


def _row_to_end(session: Session, sleeper: str, now: datetime, ended_at: datetime | None) -> EpisodeRow:
    """Return the episode that is ongoing, or that was ongoing at the given end."""
    row = last_row(session, sleeper, now)
    moment = now if ended_at is None else min(ended_at, now.astimezone(UTC))
    if row is None or ongoing_episode(row.to_model(), moment) is None:
        raise InvalidEntryError("no_ongoing_episode")
    return row


def _merge_details(episode: Episode, details: EpisodeDetails) -> Episode:
    """Return an episode with details added: lists are extended, other details are replaced."""
    given = {name: value for name, value in details_as_dict(details).items() if value not in (None, ())}
    extended = {name: getattr(episode, name) + value for name, value in given.items() if isinstance(value, tuple)}
    merged = details_as_dict(EpisodeDetails(**given | extended))
    return replace(episode, **{name: merged[name] for name in given})


def _update_row(session: Session, row: EpisodeRow, updated: Episode) -> bool:
    """Update the row of an episode. Return whether that changed it.

    The same moment keeps its local offset: written in another time zone, it would be in another night.
    """
    episode = row.to_model()
    if updated.started_at == episode.started_at:
        updated = replace(updated, started_at=episode.started_at)
    if updated.ended_at == episode.ended_at:
        updated = replace(updated, ended_at=episode.ended_at)
    session.merge(EpisodeRow.from_model(updated))
    return row.to_model() != episode
