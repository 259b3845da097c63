"""The changes that a sleeper marked, within a transaction: each one that is written is recorded in the journal."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid7

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from . import journal
from .journal import Written
from .models import (
    EARLIEST_START,
    ChangeKind,
    InvalidEntryError,
    MarkedChange,
    MarkedChangeDetails,
    MarkedChangeKind,
    MarkedChangeUpdate,
    NewMarkedChange,
    clean_text,
)
from .records import RecordState
from .sleepers import get_or_create
from .storage.tables import MARKED_CHANGE_COLUMNS, MarkedChangeRow


def log(session: Session, sleeper: str, entry: NewMarkedChange, now: datetime) -> Written:
    """Log a change, by default on the current day. Raises InvalidEntryError for a day in the future, or too early."""
    day = now.date() if entry.day is None else entry.day
    check_day(day, now)
    get_or_create(session, sleeper)
    row = MarkedChangeRow.from_model(
        MarkedChange(id=uuid7().hex, sleeper=sleeper, day=day, logged_at=now.astimezone(UTC), **_details_as_dict(entry))
    )
    session.add(row)
    return journal.record_row(session, row, ChangeKind.MARKED_CHANGE_LOGGED, now, None)


def update(
    session: Session, sleeper: str, marked_change_id: str | None, changes: MarkedChangeUpdate, now: datetime
) -> Written:
    """Update the given fields of a marked change, by default the last one.

    Nothing is recorded if they have these values. No other entry is touched: an amount is the text of its day.
    """
    row = _row_or_last(session, sleeper, marked_change_id)
    before = RecordState.of(row)
    given: dict[str, Any] = dict(changes)
    day = given.pop("day", row.day)
    details = MarkedChangeDetails(**_details_as_dict(row.to_model()) | given)
    if day != row.day:
        check_day(day, now)
    updated = replace(row.to_model(), day=day, **_details_as_dict(details))
    if updated == row.to_model():
        return Written(unchanged=before)
    session.merge(MarkedChangeRow.from_model(replace(updated, edited_at=now.astimezone(UTC))))
    return journal.record_row(session, row, ChangeKind.MARKED_CHANGE_UPDATED, now, before)


def delete(session: Session, sleeper: str, marked_change_id: str | None, now: datetime) -> Written:
    """Delete a marked change, by default the last one."""
    row = _row_or_last(session, sleeper, marked_change_id)
    session.delete(row)
    return journal.record_row(session, row, ChangeKind.MARKED_CHANGE_DELETED, now, RecordState.of(row))


def between(session: Session, sleeper: str, start: date | None, end: date | None) -> list[MarkedChange]:
    """Return the changes that were marked on the days from start to end, inclusive, newest first."""
    query = _newest_first(sleeper)
    if start is not None:
        query = query.where(MarkedChangeRow.day >= start)
    if end is not None:
        query = query.where(MarkedChangeRow.day <= end)
    return [row.to_model() for row in session.scalars(query)]


def names(session: Session, sleeper: str) -> list[str]:
    """Return the names of the changes, each once, newest first."""
    query = select(MarkedChangeRow.name).where(MarkedChangeRow.sleeper == sleeper, MarkedChangeRow.name.is_not(None))
    newest_first = query.order_by(
        MarkedChangeRow.day.desc(), MarkedChangeRow.logged_at.desc(), MarkedChangeRow.id.desc()
    )
    return list(dict.fromkeys(name for name in session.scalars(newest_first) if name is not None))


def get(session: Session, sleeper: str, marked_change_id: str) -> MarkedChange:
    """Return a marked change. Raises InvalidEntryError if the sleeper has none with this id."""
    return _find_row(session, sleeper, marked_change_id).to_model()


def last_to_compare(session: Session, sleeper: str) -> MarkedChange:
    """Return the last change that is none of a laboratory value. Raises InvalidEntryError if there is none."""
    query = _newest_first(sleeper).where(MarkedChangeRow.kind != MarkedChangeKind.LABORATORY)
    row = session.scalar(query.limit(1))
    if row is None:
        raise InvalidEntryError("no_marked_change")
    return row.to_model()


def check_day(day: date, now: datetime) -> None:
    """Raise InvalidEntryError for a day in the future, or before the first day of the diary."""
    if day < EARLIEST_START.date():
        raise InvalidEntryError("night_too_early", earliest=EARLIEST_START.date())
    if day > now.date():
        raise InvalidEntryError("change_in_future", date=day)


def _row_or_last(session: Session, sleeper: str, marked_change_id: str | None) -> MarkedChangeRow:
    """Return the row of a marked change, by default of the last one."""
    if marked_change_id is not None:
        return _find_row(session, sleeper, marked_change_id)
    row = session.scalar(_newest_first(sleeper).limit(1))
    if row is None:
        raise InvalidEntryError("no_marked_change")
    return row


def _find_row(session: Session, sleeper: str, marked_change_id: str) -> MarkedChangeRow:
    row = session.get(MarkedChangeRow, clean_text(marked_change_id))
    if row is None or row.sleeper != sleeper:
        raise InvalidEntryError("unknown_marked_change", change=marked_change_id)
    return row


def _newest_first(sleeper: str) -> Select[tuple[MarkedChangeRow]]:
    return (
        select(MarkedChangeRow)
        .where(MarkedChangeRow.sleeper == sleeper)
        .order_by(MarkedChangeRow.day.desc(), MarkedChangeRow.logged_at.desc(), MarkedChangeRow.id.desc())
    )


def _details_as_dict(details: MarkedChangeDetails) -> dict[str, Any]:
    return {name: getattr(details, name) for name in MARKED_CHANGE_COLUMNS}
