"""The evening routine of a sleeper: the items, and which of them were done on a night."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import uuid7

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import InvalidEntryError, clean_text
from .sleepers import get_or_create
from .storage.tables import PracticeRow, RoutineItemRow, SleeperRow

MAX_ITEM_LENGTH: Final = 255
"""Maximum length of an item, in characters."""

MAX_ITEMS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineItem:
    """An item of a sleeper's evening routine, and whether it is done on the requested night."""

    uid: str
    text: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedItem:
    """An item of the evening routine that was done on a night, with the text it had then."""

    night: date
    text: str


def has_routine(session: Session, sleeper: str) -> bool:
    """Return whether a sleeper has a routine or has had one."""
    row = session.get(SleeperRow, sleeper)
    return row is not None and row.has_routine


def create(session: Session, sleeper: str, texts: Sequence[str]) -> None:
    """Create the routine of a sleeper who has never had one."""
    row = get_or_create(session, sleeper)
    if not row.has_routine:
        row.has_routine = True
        for text in texts:
            add(session, sleeper, text)


def items(session: Session, sleeper: str, night: date) -> list[RoutineItem]:
    """Return the items in order, each with whether it is done on this night."""
    done = set(
        session.scalars(select(PracticeRow.item).where(PracticeRow.sleeper == sleeper, PracticeRow.night == night))
    )
    return [RoutineItem(uid=row.uid, text=row.text, done=row.uid in done) for row in _rows(session, sleeper)]


def add(session: Session, sleeper: str, text: str) -> RoutineItem:
    """Append an item. Raises InvalidEntryError for an invalid text or too many items."""
    text = _validate_text(text)
    rows = _rows(session, sleeper)
    if len(rows) >= MAX_ITEMS:
        raise InvalidEntryError("too_many_items", limit=MAX_ITEMS)
    get_or_create(session, sleeper).has_routine = True
    row = RoutineItemRow(uid=uuid7().hex, sleeper=sleeper, position=len(rows), text=text)
    session.add(row)
    return RoutineItem(uid=row.uid, text=text, done=False)


def rename(session: Session, sleeper: str, uid: str, text: str) -> None:
    """Change the text of an item."""
    _find_row(_rows(session, sleeper), uid).text = _validate_text(text)


def remove(session: Session, sleeper: str, uid: str) -> None:
    """Remove an item. The record of the nights on which it was done is kept."""
    rows = _rows(session, sleeper)
    row = _find_row(rows, uid)
    rows.remove(row)
    session.delete(row)
    _renumber(rows)


def move(session: Session, sleeper: str, uid: str, after: str | None) -> None:
    """Move an item after another one, or to the top."""
    rows = _rows(session, sleeper)
    row = _find_row(rows, uid)
    if uid == after:
        return
    rows.remove(row)
    rows.insert(0 if after is None else rows.index(_find_row(rows, after)) + 1, row)
    _renumber(rows)


def set_done(session: Session, sleeper: str, uid: str, night: date, *, done: bool) -> None:
    """Set whether an item is done on a night."""
    item = _find_row(_rows(session, sleeper), uid)
    practice = session.get(PracticeRow, (sleeper, night, uid))
    if done and practice is None:
        session.add(PracticeRow(sleeper=sleeper, night=night, item=uid, text=item.text))
    elif not done and practice is not None:
        session.delete(practice)


def completed(session: Session, sleeper: str, start: date | None, end: date | None) -> list[CompletedItem]:
    """Return the items done on the nights from start to end, inclusive, in order."""
    query = select(PracticeRow.night, PracticeRow.text).where(PracticeRow.sleeper == sleeper)
    if start is not None:
        query = query.where(PracticeRow.night >= start)
    if end is not None:
        query = query.where(PracticeRow.night <= end)
    rows = session.execute(query.order_by(PracticeRow.night, PracticeRow.item))
    return [CompletedItem(night=night, text=text) for night, text in rows]


def _rows(session: Session, sleeper: str) -> list[RoutineItemRow]:
    query = select(RoutineItemRow).where(RoutineItemRow.sleeper == sleeper).order_by(RoutineItemRow.position)
    return list(session.scalars(query))


def _find_row(rows: Sequence[RoutineItemRow], uid: str) -> RoutineItemRow:
    row = next((row for row in rows if row.uid == uid), None)
    if row is None:
        raise InvalidEntryError("unknown_item")
    return row


def _renumber(rows: Sequence[RoutineItemRow]) -> None:
    for position, row in enumerate(rows):
        row.position = position


def _validate_text(text: str) -> str:
    text = clean_text(text)
    if not text:
        raise InvalidEntryError("item_empty")
    if len(text) > MAX_ITEM_LENGTH:
        raise InvalidEntryError("item_too_long", limit=MAX_ITEM_LENGTH)
    return text
