"""Episodes and clear nights, within a transaction: every change is recorded in the journal as it is made."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid7

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import journal
from .models import (
    EARLIEST_START,
    REPEAT_WINDOW,
    ChangeKind,
    Changes,
    ClearNight,
    ClearNightResult,
    Episode,
    EpisodeContext,
    EpisodeDetails,
    InvalidEntryError,
    LogResult,
    NewEpisode,
    check_span,
    ongoing_episode,
)
from .nights import night_of
from .queries import episode_row, episodes, last_episode, last_row
from .sleepers import get_or_create
from .storage.column_types import utc_offset_of
from .storage.tables import DETAIL_COLUMNS, BedtimeRow, ClearNightRow, EpisodeRow


def log(session: Session, sleeper: str, entry: NewEpisode, now: datetime, context: EpisodeContext) -> LogResult:
    """Log an episode, or return the one that this entry repeats."""
    started_at = entry.resolve_start(now)
    ended_at = entry.resolve_end(now, started_at)
    fingerprint = _fingerprint(entry)
    if fingerprint is not None and (row := _find_repeated(session, sleeper, fingerprint, now)) is not None:
        return LogResult(episode=row.to_model(), new=False)
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
    row = EpisodeRow.from_model(episode, fingerprint)
    session.add(row)
    journal.record(session, ChangeKind.LOGGED, row, None, now)
    return LogResult(episode=row.to_model(), new=True)


def end(
    session: Session,
    sleeper: str,
    now: datetime,
    episode_id: str | None,
    ended_at: datetime | None,
    details: EpisodeDetails,
) -> LogResult:
    """End an episode, by default the ongoing one, and add details to it.

    Raises InvalidEntryError if there is no such episode, or if the end is unknown or invalid.
    """
    if episode_id is None:
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
    before = journal.snapshot(row)
    has_changed = _update_row(session, row, updated)
    if has_changed:
        journal.record(session, ChangeKind.ENDED, row, before, now)
    return LogResult(episode=row.to_model(), new=has_changed)


def update(session: Session, sleeper: str, episode_id: str, changes: Changes, now: datetime) -> Episode:
    """Update the given fields of an episode. Nothing is recorded if they have these values already."""
    row = episode_row(session, sleeper, episode_id)
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
    before = journal.snapshot(row)
    if _update_row(session, row, updated):
        row.edited_at = now.astimezone(UTC)
        journal.record(session, ChangeKind.UPDATED, row, before, now)
    return row.to_model()


def _shift_context(context: EpisodeContext, delta: timedelta) -> EpisodeContext:
    """Return the context of an episode whose start is moved. Before bedtime, the state of the mode is unknown."""
    if context.minutes_since_bedtime is None:
        return context
    minutes = context.minutes_since_bedtime + round(delta / timedelta(minutes=1))
    if minutes < 0:
        return replace(context, bedtime_mode=None, minutes_since_bedtime=None)
    return replace(context, minutes_since_bedtime=minutes)


def delete(session: Session, sleeper: str, episode_id: str, now: datetime) -> Episode:
    """Delete an episode and return it."""
    row = episode_row(session, sleeper, episode_id)
    journal.record(session, ChangeKind.DELETED, row, journal.snapshot(row), now)
    session.delete(row)
    return row.to_model()


def log_clear_night(session: Session, sleeper: str, night: date, now: datetime) -> ClearNightResult:
    """Log a clear night, or return the one that is already logged.

    Raises InvalidEntryError for a night in the future, before the first day of the diary, or with an episode.
    """
    _check_night(night, now)
    if (existing := session.get(ClearNightRow, (sleeper, night))) is not None:
        return ClearNightResult(clear_night=existing.to_model(), new=False)
    _check_no_episodes(session, sleeper, night)
    get_or_create(session, sleeper)
    row = ClearNightRow(sleeper=sleeper, night=night, logged_at=now.astimezone(UTC))
    session.add(row)
    journal.record(session, ChangeKind.CLEAR_NIGHT_LOGGED, row, None, now)
    return ClearNightResult(clear_night=row.to_model(), new=True)


def move_clear_night(session: Session, sleeper: str, night: date, to: date, now: datetime) -> ClearNightResult:
    """Move a clear night to another night. If that one is clear already, the first one is deleted."""
    row = _clear_night_row(session, sleeper, night)
    _check_night(to, now)
    if (existing := session.get(ClearNightRow, (sleeper, to))) is not None:
        if existing is not row:
            delete_clear_night(session, sleeper, night, now)
        return ClearNightResult(clear_night=existing.to_model(), new=False)
    _check_no_episodes(session, sleeper, to)
    before = journal.snapshot(row)
    row.night = to
    journal.record(session, ChangeKind.CLEAR_NIGHT_MOVED, row, before, now)
    return ClearNightResult(clear_night=row.to_model(), new=True)


def delete_clear_night(session: Session, sleeper: str, night: date, now: datetime) -> ClearNight:
    """Delete a clear night and return it."""
    row = _clear_night_row(session, sleeper, night)
    journal.record(session, ChangeKind.CLEAR_NIGHT_DELETED, row, journal.snapshot(row), now)
    session.delete(row)
    return row.to_model()


def record_bedtime(session: Session, sleeper: str, at: datetime) -> None:
    """Record the start of bedtime mode."""
    get_or_create(session, sleeper)
    if session.get(BedtimeRow, (sleeper, at)) is None:
        session.add(BedtimeRow(sleeper=sleeper, started_at=at, utc_offset=utc_offset_of(at)))


def details_as_dict(details: EpisodeDetails) -> dict[str, Any]:
    """Return the details of an entry or an episode by field name."""
    return {name: getattr(details, name) for name in DETAIL_COLUMNS}


def _check_night(night: date, now: datetime) -> None:
    if night < EARLIEST_START.date():
        raise InvalidEntryError("night_too_early", earliest=EARLIEST_START.date())
    if night > night_of(now):
        raise InvalidEntryError("night_in_future", night=night)


def _check_no_episodes(session: Session, sleeper: str, night: date) -> None:
    if next(episodes(session, sleeper, night, night), None) is not None:
        raise InvalidEntryError("night_has_episodes", night=night)


def _clear_night_row(session: Session, sleeper: str, night: date) -> ClearNightRow:
    row = session.get(ClearNightRow, (sleeper, night))
    if row is None:
        raise InvalidEntryError("not_a_clear_night", night=night)
    return row


def _row_to_end(session: Session, sleeper: str, now: datetime, ended_at: datetime | None) -> EpisodeRow:
    """Return the episode that is ongoing, that was ongoing at the given end, or that has just been ended."""
    row = last_row(session, sleeper, now)
    moment = now if ended_at is None else min(ended_at, now.astimezone(UTC))
    if row is not None and (ongoing_episode(row.to_model(), moment) is not None or _was_just_ended(session, row, now)):
        return row
    raise InvalidEntryError("no_ongoing_episode")


def _was_just_ended(session: Session, row: EpisodeRow, now: datetime) -> bool:
    """Return whether the last change was to end this episode: a phone that got no response retries."""
    change = journal.newest_undoable(session, row.sleeper)
    return (
        change is not None
        and change.kind is ChangeKind.ENDED
        and change.subject == row.id
        and abs(now - change.at) <= REPEAT_WINDOW
    )


def _merge_details(episode: Episode, details: EpisodeDetails) -> Episode:
    """Return an episode with details added: lists are extended, other details are replaced."""
    given = {name: value for name, value in details_as_dict(details).items() if value not in (None, ())}
    extended = {name: getattr(episode, name) + value for name, value in given.items() if isinstance(value, tuple)}
    merged = details_as_dict(EpisodeDetails(**given | extended))
    return replace(episode, **{name: merged[name] for name in given})


def _update_row(session: Session, row: EpisodeRow, updated: Episode) -> bool:
    """Update the row of an episode. Return whether that changed it."""
    episode = row.to_model()
    session.merge(EpisodeRow.from_model(updated, row.said))
    return row.to_model() != episode


def _fingerprint(entry: NewEpisode) -> str | None:
    """Return a hash by which a repeat of an entry is recognized; None for an entry with an explicit start."""
    return None if entry.started_at is not None else sha256(repr(entry).encode()).hexdigest()


def _find_repeated(session: Session, sleeper: str, fingerprint: str, now: datetime) -> EpisodeRow | None:
    """Return the row that an entry repeats, if any. The system clock may have been set back between the two."""
    # In UTC: in local time, Python's arithmetic loses which of two repeated hours it was.
    at = now.astimezone(UTC)
    return session.scalar(
        select(EpisodeRow)
        .where(
            EpisodeRow.sleeper == sleeper,
            EpisodeRow.logged_at.between(at - REPEAT_WINDOW, at + REPEAT_WINDOW),
            EpisodeRow.said == fingerprint,
        )
        .limit(1)
    )
