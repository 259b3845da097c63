"""Episodes and clear nights within a transaction: every change is journalled as it is made."""

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


def log(session: Session, sleeper: str, entry: NewEpisode, now: datetime, circumstances: EpisodeContext) -> LogResult:
    """Write an episode, or return the one that this entry repeats."""
    started_at = entry.resolve_start(now)
    ended_at = entry.resolve_end(now, started_at)
    said = _said(entry)
    if said is not None and (first := _repeated(session, sleeper, said, now)) is not None:
        return LogResult(episode=first.to_model(), new=False)
    get_or_create(session, sleeper)
    episode = Episode(
        # It sorts as it was made: of two episodes at one moment, the one logged later is the last.
        id=uuid7().hex,
        sleeper=sleeper,
        started_at=started_at,
        ended_at=ended_at,
        logged_at=now.astimezone(UTC),
        context=circumstances,
        **details_as_dict(entry),
    )
    row = EpisodeRow.from_model(episode, said)
    session.add(row)
    journal.record(session, ChangeKind.LOGGED, row, None, now)
    return LogResult(episode=row.to_model(), new=True)


def end(
    session: Session,
    sleeper: str,
    now: datetime,
    episode_id: str | None,
    ended_at: datetime | None,
    facts: EpisodeDetails,
) -> LogResult:
    """End an episode, the ongoing one if none is named, and add what is said of it."""
    row = _to_end(session, sleeper, now, ended_at) if episode_id is None else episode_row(session, sleeper, episode_id)
    episode = row.to_model()
    told = _with(episode, facts)
    if ended_at is not None:
        told = replace(told, ended_at=NewEpisode(ended_at=ended_at).resolve_end(now, episode.started_at))
    elif episode.ended_at is None:
        if ongoing_episode(last_episode(session, sleeper, now), now) != episode:
            raise InvalidEntryError("end_needed")
        # Our own clock may have been set back since.
        told = replace(told, ended_at=max(now, episode.started_at).astimezone(now.tzinfo))
    before = journal.snapshot(row)
    is_new = _rewrite(session, row, told)
    if is_new:
        journal.record(session, ChangeKind.ENDED, row, before, now)
    return LogResult(episode=row.to_model(), new=is_new)


def update(session: Session, sleeper: str, episode_id: str, changes: Changes, now: datetime) -> Episode:
    """Change what of an episode is given, if that changes anything."""
    row = episode_row(session, sleeper, episode_id)
    episode = row.to_model()
    said = NewEpisode(**changes)
    started_at, ended_at, circumstances = episode.started_at, episode.ended_at, episode.context
    if said.started_at is not None or said.ago is not None:
        started_at = replace(said, ended_at=None).resolve_start(now)
        circumstances = _moved(circumstances, started_at - episode.started_at)
    if "ended_at" in changes or said.duration is not None:
        ended_at = said.resolve_end(now, started_at)
    elif ended_at is not None:
        check_span(started_at, ended_at)
    facts = {name: value for name, value in details_as_dict(said).items() if name in changes}
    told = replace(episode, started_at=started_at, ended_at=ended_at, context=circumstances, **facts)
    before = journal.snapshot(row)
    if _rewrite(session, row, told):
        row.edited_at = now.astimezone(UTC)
        journal.record(session, ChangeKind.UPDATED, row, before, now)
    return row.to_model()


def _moved(circumstances: EpisodeContext, by: timedelta) -> EpisodeContext:
    """Return the circumstances of an episode that started so much later; how it was before bedtime is not known."""
    if circumstances.minutes_since_bedtime is None:
        return circumstances
    minutes = circumstances.minutes_since_bedtime + round(by / timedelta(minutes=1))
    if minutes < 0:
        return replace(circumstances, bedtime_mode=None, minutes_since_bedtime=None)
    return replace(circumstances, minutes_since_bedtime=minutes)


def delete(session: Session, sleeper: str, episode_id: str, now: datetime) -> Episode:
    """Delete an episode and return what it was."""
    row = episode_row(session, sleeper, episode_id)
    journal.record(session, ChangeKind.DELETED, row, journal.snapshot(row), now)
    session.delete(row)
    return row.to_model()


def log_clear_night(session: Session, sleeper: str, night: date, now: datetime) -> ClearNightResult:
    """Mark a night free of symptoms, or return the mark that it has."""
    _check_night(night, now)
    if (marked := session.get(ClearNightRow, (sleeper, night))) is not None:
        return ClearNightResult(clear_night=marked.to_model(), new=False)
    _check_free(session, sleeper, night)
    get_or_create(session, sleeper)
    row = ClearNightRow(sleeper=sleeper, night=night, logged_at=now.astimezone(UTC))
    session.add(row)
    journal.record(session, ChangeKind.CLEAR_NIGHT_LOGGED, row, None, now)
    return ClearNightResult(clear_night=row.to_model(), new=True)


def move_clear_night(session: Session, sleeper: str, night: date, to: date, now: datetime) -> ClearNightResult:
    """Mark another night instead."""
    row = _clear_night_row(session, sleeper, night)
    _check_night(to, now)
    if (marked := session.get(ClearNightRow, (sleeper, to))) is not None:
        if marked is not row:
            delete_clear_night(session, sleeper, night, now)
        return ClearNightResult(clear_night=marked.to_model(), new=False)
    _check_free(session, sleeper, to)
    before = journal.snapshot(row)
    row.night = to
    journal.record(session, ChangeKind.CLEAR_NIGHT_MOVED, row, before, now)
    return ClearNightResult(clear_night=row.to_model(), new=True)


def delete_clear_night(session: Session, sleeper: str, night: date, now: datetime) -> ClearNight:
    """Take the mark of a clear night back."""
    row = _clear_night_row(session, sleeper, night)
    journal.record(session, ChangeKind.CLEAR_NIGHT_DELETED, row, journal.snapshot(row), now)
    session.delete(row)
    return row.to_model()


def record_bedtime(session: Session, sleeper: str, at: datetime) -> None:
    """Note that bedtime mode began."""
    get_or_create(session, sleeper)
    if session.get(BedtimeRow, (sleeper, at)) is None:
        session.add(BedtimeRow(sleeper=sleeper, started_at=at, utc_offset=utc_offset_of(at)))


def details_as_dict(said: EpisodeDetails) -> dict[str, Any]:
    """Return the facts that an entry or an episode holds."""
    return {name: getattr(said, name) for name in DETAIL_COLUMNS}


def _check_night(night: date, now: datetime) -> None:
    if night < EARLIEST_START.date():
        raise InvalidEntryError("night_too_early", earliest=EARLIEST_START.date())
    if night > night_of(now):
        raise InvalidEntryError("night_in_future", night=night)


def _check_free(session: Session, sleeper: str, night: date) -> None:
    if next(episodes(session, sleeper, night, night), None) is not None:
        raise InvalidEntryError("night_has_episodes", night=night)


def _clear_night_row(session: Session, sleeper: str, night: date) -> ClearNightRow:
    row = session.get(ClearNightRow, (sleeper, night))
    if row is None:
        raise InvalidEntryError("not_a_clear_night", night=night)
    return row


def _to_end(session: Session, sleeper: str, now: datetime, ended_at: datetime | None) -> EpisodeRow:
    """Return the episode that is ongoing, or was when it is said to have ended, or has been ended just now."""
    row = last_row(session, sleeper, now)
    moment = now if ended_at is None else min(ended_at, now.astimezone(UTC))
    if row is not None and (ongoing_episode(row.to_model(), moment) is not None or _was_just_ended(session, row, now)):
        return row
    raise InvalidEntryError("no_ongoing_episode")


def _was_just_ended(session: Session, row: EpisodeRow, now: datetime) -> bool:
    """Return whether this is the second try of a phone that has not heard of the first."""
    change = journal.newest_undoable(session, row.sleeper)
    return (
        change is not None
        and change.kind is ChangeKind.ENDED
        and change.subject == row.id
        and abs(now - change.at) <= REPEAT_WINDOW
    )


def _with(episode: Episode, facts: EpisodeDetails) -> Episode:
    """Return an episode with what else is said of it: lists grow, other facts are replaced."""
    said = {name: value for name, value in details_as_dict(facts).items() if value not in (None, ())}
    grown = {name: getattr(episode, name) + value for name, value in said.items() if isinstance(value, tuple)}
    told = details_as_dict(EpisodeDetails(**said | grown))
    return replace(episode, **{name: told[name] for name in said})


def _rewrite(session: Session, row: EpisodeRow, told: Episode) -> bool:
    """Let a row keep what is told now. Return whether that changes it."""
    episode = row.to_model()
    session.merge(EpisodeRow.from_model(told, row.said))
    return row.to_model() != episode


def _said(entry: NewEpisode) -> str | None:
    """Return what identifies an entry that gives no start of its own, so that its repeat is known."""
    return None if entry.started_at is not None else sha256(repr(entry).encode()).hexdigest()


def _repeated(session: Session, sleeper: str, said: str, now: datetime) -> EpisodeRow | None:
    """Return the row that an entry repeats, if any; the hub's own clock may have been set back between the two."""
    # In UTC: on a wall clock, Python forgets which of two hours it was in as soon as it counts.
    at = now.astimezone(UTC)
    return session.scalar(
        select(EpisodeRow)
        .where(
            EpisodeRow.sleeper == sleeper,
            EpisodeRow.logged_at.between(at - REPEAT_WINDOW, at + REPEAT_WINDOW),
            EpisodeRow.said == said,
        )
        .limit(1)
    )
