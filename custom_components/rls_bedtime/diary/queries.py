"""Queries of the diary, run within a transaction. Every query uses an index, however large the diary is."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Integer, Select, and_, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from .models import (
    EARLIEST_START,
    MAX_ONGOING,
    Action,
    BodyPart,
    ClearNight,
    Episode,
    InvalidEntryError,
    NightConditions,
    clean_text,
)
from .nights import night_bounds, night_of
from .statistics.long_term import StatisticsSource
from .statistics.overview import RecentOnset
from .storage.column_types import UnreadableError, to_local
from .storage.tables import (
    BedtimeRow,
    ChangedRecordRow,
    ChangeRow,
    ClearNightRow,
    EpisodeRow,
    NightConditionsRow,
    RequestRow,
)

_MAX_UTC_OFFSET: Final = timedelta(hours=14)
"""No time zone is further from UTC, so no night begins earlier or ends later than its bounds in UTC by more."""

_SECONDS_TO_NOON: Final = 12 * 3600
_SECONDS_PER_DAY: Final = 24 * 3600
_EPOCH: Final = date(1970, 1, 1)

_EARLIEST_NIGHT: Final = EARLIEST_START.date() - timedelta(days=1)
_MAX_DATE: Final = date(9999, 1, 1)


class OnsetRow(NamedTuple):
    """The fields of an episode that the history of nights needs."""

    started_at: datetime
    severity: int | None


class ObservedRow(NamedTuple):
    """The fields of an episode that the history of a diary needs."""

    started_at: datetime
    severity: int | None
    body_parts: tuple[BodyPart, ...]


def get_episode(session: Session, sleeper: str, episode_id: str) -> Episode:
    """Return an episode. Raises InvalidEntryError if the sleeper has no episode with this id."""
    return episode_row(session, sleeper, episode_id).to_model()


def last_episode(session: Session, sleeper: str, now: datetime) -> Episode | None:
    """Return the episode that started last; of several that started at once, the one logged last."""
    row = last_row(session, sleeper, now)
    return None if row is None else row.to_model()


def episodes(
    session: Session, sleeper: str, start: date | None, end: date | None, before: str | None = None
) -> Iterator[Episode]:
    """Yield the episodes of the nights from start to end, inclusive, newest first; with `before`, those after that one.

    The night of an episode depends on the wall clock where the sleeper was, so the query selects every episode that
    could belong to these nights in any time zone.
    """
    query = filter_nights(select(EpisodeRow).where(EpisodeRow.sleeper == sleeper), start, end)
    if before is not None:
        last = episode_row(session, sleeper, before)
        # A condition on the index first, for otherwise SQLite would begin with the newest each time.
        query = query.where(
            EpisodeRow.started_at <= last.started_at,
            or_(
                EpisodeRow.started_at < last.started_at,
                EpisodeRow.logged_at < last.logged_at,
                and_(EpisodeRow.logged_at == last.logged_at, EpisodeRow.id < last.id),
            ),
        )
    for row in session.scalars(newest_first(query).execution_options(yield_per=500)):
        episode = row.to_model()
        night = night_of(episode.started_at)
        if (start is None or start <= night) and (end is None or night <= end):
            yield episode


def filter_nights[Row: tuple[object, ...]](query: Select[Row], start: date | None, end: date | None) -> Select[Row]:
    """Limit a query of episodes to those that may belong to the nights from start to end in any time zone."""
    if start is not None:
        first, _ = night_bounds(min(max(start, _EARLIEST_NIGHT), _MAX_DATE), UTC)
        query = query.where(EpisodeRow.started_at >= first - _MAX_UTC_OFFSET)
    if end is not None and end < _MAX_DATE:
        _, noon = night_bounds(end, UTC)
        query = query.where(EpisodeRow.started_at < noon + _MAX_UTC_OFFSET)
    return query


def newest_first[Row: tuple[object, ...]](query: Select[Row]) -> Select[Row]:
    """Order a query of episodes from the newest to the oldest."""
    return query.order_by(EpisodeRow.started_at.desc(), EpisodeRow.logged_at.desc(), EpisodeRow.id.desc())


def episode_row(session: Session, sleeper: str, episode_id: str) -> EpisodeRow:
    """Return the row of an episode, by its id or by the request id of the call that logged it.

    Raises InvalidEntryError if the sleeper has no such episode.
    """
    name = clean_text(episode_id)
    row = session.get(EpisodeRow, name) or session.scalar(
        select(EpisodeRow)
        .join(ChangedRecordRow, ChangedRecordRow.subject == EpisodeRow.id)
        .join(ChangeRow, ChangeRow.id == ChangedRecordRow.change)
        .join(RequestRow, RequestRow.change == ChangeRow.uid)
        .where(RequestRow.sleeper == sleeper, RequestRow.request_id == name, RequestRow.action == Action.LOG)
    )
    if row is None or row.sleeper != sleeper:
        raise InvalidEntryError("unknown_episode", episode_id=episode_id)
    return row


def last_row(session: Session, sleeper: str, now: datetime) -> EpisodeRow | None:
    """Return the row of the episode that started last; of several that started at once, the one logged last.

    An episode that was logged while the clock was far ahead is ignored, or no later episode could ever be the last.
    """
    query = select(EpisodeRow).where(
        EpisodeRow.sleeper == sleeper, EpisodeRow.started_at < now.astimezone(UTC) + MAX_ONGOING
    )
    return session.scalar(newest_first(query).limit(1))


def onsets(session: Session, sleeper: str, start: date | None, end: date | None) -> list[OnsetRow]:
    """Return the onsets of the nights from start to end, and possibly some hours around them."""
    query = select(EpisodeRow.started_at, EpisodeRow.utc_offset, EpisodeRow.severity)
    rows = session.execute(filter_nights(query.where(EpisodeRow.sleeper == sleeper), start, end))
    return [OnsetRow(to_local(started_at, utc_offset), severity) for started_at, utc_offset, severity in rows]


def observed_episodes(session: Session, sleeper: str) -> list[ObservedRow]:
    """Return what the history of a diary needs of all episodes."""
    columns = (EpisodeRow.started_at, EpisodeRow.utc_offset, EpisodeRow.severity, EpisodeRow.body_parts)
    rows = session.execute(select(*columns).where(EpisodeRow.sleeper == sleeper))
    return [ObservedRow(to_local(started_at, offset), severity, parts) for started_at, offset, severity, parts in rows]


def tagged_nights(session: Session, sleeper: str) -> dict[str, set[date]]:
    """Return the nights on which each tag was told, in its first spelling."""
    columns = (EpisodeRow.started_at, EpisodeRow.utc_offset, EpisodeRow.tags)
    nights: dict[str, set[date]] = {}
    for started_at, offset, tags in session.execute(
        select(*columns).where(EpisodeRow.sleeper == sleeper).order_by(EpisodeRow.started_at)
    ):
        for tag in tags:
            nights.setdefault(tag, set()).add(night_of(to_local(started_at, offset)))
    return nights


def conditions(session: Session, sleeper: str) -> list[NightConditions]:
    """Return what was measured of each night, in order."""
    query = select(NightConditionsRow).where(NightConditionsRow.sleeper == sleeper)
    return [row.to_model() for row in session.scalars(query.order_by(NightConditionsRow.night))]


def recent_onsets(session: Session, sleeper: str, start: date, end: date) -> list[RecentOnset]:
    """Return the onsets of the nights from start to end, and possibly some hours around them, as numbers.

    This query runs for every overview: SQLite calculates what would take a multiple of the time with datetimes.
    """
    start_of_episode = func.unixepoch(EpisodeRow.started_at, type_=Integer)
    seconds = start_of_episode + type_coerce(EpisodeRow.utc_offset, Integer) - _SECONDS_TO_NOON
    query = select(seconds // 60, type_coerce(EpisodeRow.severity, Integer)).where(EpisodeRow.sleeper == sleeper)
    rows = session.connection().execute(filter_nights(query, start, end)).all()
    try:
        return [(int(minute), severity) for minute, severity in rows]
    except TypeError as error:
        # SQLite could not make a datetime of it.
        raise UnreadableError from error


def statistics_source(session: Session, sleeper: str, since: int) -> StatisticsSource:
    """Return what the long-term statistics of a diary are made of, from an hour on, in seconds since the epoch.

    As numbers, like the recent onsets: of many years, there are many.
    """
    second = func.unixepoch(EpisodeRow.started_at, type_=Integer)
    night = (second + type_coerce(EpisodeRow.utc_offset, Integer) - _SECONDS_TO_NOON) // _SECONDS_PER_DAY
    of_sleeper = EpisodeRow.sleeper == sleeper
    begin = datetime.fromtimestamp(since, UTC)
    connection = session.connection()
    onsets = connection.execute(
        select(second, type_coerce(EpisodeRow.severity, Integer)).where(of_sleeper, EpisodeRow.started_at >= begin)
    )
    nights = connection.scalars(select(night).where(of_sleeper).distinct())
    earlier = select(func.count()).where(of_sleeper, EpisodeRow.started_at < begin)
    try:
        return StatisticsSource(
            since=since,
            earlier_episodes=connection.scalar(earlier) or 0,
            onsets=[(int(at), severity) for at, severity in onsets],
            affected_nights=[_EPOCH + timedelta(days=int(day)) for day in nights],
        )
    except TypeError as error:
        # SQLite could not make a datetime of it.
        raise UnreadableError from error


def clear_nights(session: Session, sleeper: str, start: date | None, end: date | None) -> list[ClearNight]:
    """Return the clear nights from start to end, inclusive, newest first."""
    query = select(ClearNightRow).where(ClearNightRow.sleeper == sleeper)
    if start is not None:
        query = query.where(ClearNightRow.night >= start)
    if end is not None:
        query = query.where(ClearNightRow.night <= end)
    return [row.to_model() for row in session.scalars(query.order_by(ClearNightRow.night.desc()))]


def first_recorded_night(session: Session, sleeper: str) -> date | None:
    """Return the first night with an episode or a mark of a clear night; None if there is none."""
    query = select(EpisodeRow.started_at, EpisodeRow.utc_offset).where(EpisodeRow.sleeper == sleeper)
    first = session.execute(query.order_by(EpisodeRow.started_at).limit(1)).first()
    clear = session.scalar(select(func.min(ClearNightRow.night)).where(ClearNightRow.sleeper == sleeper))
    nights = [clear] if clear is not None else []
    if first is not None:
        nights.append(night_of(to_local(*first)))
    return min(nights, default=None)


def bedtimes(session: Session, sleeper: str, start: date, end: date) -> list[datetime]:
    """Return when bedtime mode started in the nights from start to end, and possibly some hours around, in order."""
    first, _ = night_bounds(start, UTC)
    _, noon = night_bounds(end, UTC)
    query = select(BedtimeRow.started_at, BedtimeRow.utc_offset).where(
        BedtimeRow.sleeper == sleeper,
        BedtimeRow.started_at.between(first - _MAX_UTC_OFFSET, noon + _MAX_UTC_OFFSET),
    )
    return [to_local(*row) for row in session.execute(query.order_by(BedtimeRow.started_at))]
