"""The evening routine: a sleeper's own list, and what of it was done on a night."""

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
"""The longest item, in characters."""

MAX_ITEMS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineItem:
    """An item of a sleeper's evening routine, and whether it is done on the night that was asked for."""

    uid: str
    text: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletedItem:
    """An item of the evening routine that was done on a night, in the words that it had then."""

    night: date
    text: str


def has_routine(session: Session, sleeper: str) -> bool:
    """Return whether a sleeper has a routine, or had one."""
    row = session.get(SleeperRow, sleeper)
    return row is not None and row.has_routine


def create(session: Session, sleeper: str, texts: Sequence[str]) -> None:
    """Give a sleeper who never had a routine this one."""
    row = get_or_create(session, sleeper)
    if not row.has_routine:
        row.has_routine = True
        for text in texts:
            add(session, sleeper, text)


def items(session: Session, sleeper: str, night: date) -> list[RoutineItem]:
    """Return the items in their order, and which are done on that night."""
    done = set(
        session.scalars(select(PracticeRow.item).where(PracticeRow.sleeper == sleeper, PracticeRow.night == night))
    )
    return [RoutineItem(uid=row.uid, text=row.text, done=row.uid in done) for row in _rows(session, sleeper)]


def add(session: Session, sleeper: str, text: str) -> RoutineItem:
    """Add an item at the end."""
    text = _checked(text)
    rows = _rows(session, sleeper)
    if len(rows) >= MAX_ITEMS:
        raise InvalidEntryError("too_many_items", limit=MAX_ITEMS)
    get_or_create(session, sleeper).has_routine = True
    row = RoutineItemRow(uid=uuid7().hex, sleeper=sleeper, position=len(rows), text=text)
    session.add(row)
    return RoutineItem(uid=row.uid, text=text, done=False)


def rename(session: Session, sleeper: str, uid: str, text: str) -> None:
    """Give an item other words."""
    _find(_rows(session, sleeper), uid).text = _checked(text)


def remove(session: Session, sleeper: str, uid: str) -> None:
    """Remove an item; the nights on which it was done keep it."""
    rows = _rows(session, sleeper)
    row = _find(rows, uid)
    rows.remove(row)
    session.delete(row)
    _number(rows)


def move(session: Session, sleeper: str, uid: str, after: str | None) -> None:
    """Move an item behind another, or to the top."""
    rows = _rows(session, sleeper)
    row = _find(rows, uid)
    if uid == after:
        return
    rows.remove(row)
    rows.insert(0 if after is None else rows.index(_find(rows, after)) + 1, row)
    _number(rows)


def set_done(session: Session, sleeper: str, uid: str, night: date, *, done: bool) -> None:
    """Note whether an item is done on a night."""
    item = _find(_rows(session, sleeper), uid)
    practice = session.get(PracticeRow, (sleeper, night, uid))
    if done and practice is None:
        session.add(PracticeRow(sleeper=sleeper, night=night, item=uid, text=item.text))
    elif not done and practice is not None:
        session.delete(practice)


def completed(session: Session, sleeper: str, start: date | None, end: date | None) -> list[CompletedItem]:
    """Return what was done on the nights from start to end, both included, in their order."""
    asked = select(PracticeRow.night, PracticeRow.text).where(PracticeRow.sleeper == sleeper)
    if start is not None:
        asked = asked.where(PracticeRow.night >= start)
    if end is not None:
        asked = asked.where(PracticeRow.night <= end)
    rows = session.execute(asked.order_by(PracticeRow.night, PracticeRow.item))
    return [CompletedItem(night=night, text=text) for night, text in rows]


def _rows(session: Session, sleeper: str) -> list[RoutineItemRow]:
    asked = select(RoutineItemRow).where(RoutineItemRow.sleeper == sleeper).order_by(RoutineItemRow.position)
    return list(session.scalars(asked))


def _find(rows: Sequence[RoutineItemRow], uid: str) -> RoutineItemRow:
    row = next((row for row in rows if row.uid == uid), None)
    if row is None:
        raise InvalidEntryError("unknown_item")
    return row


def _number(rows: Sequence[RoutineItemRow]) -> None:
    for position, row in enumerate(rows):
        row.position = position


def _checked(text: str) -> str:
    text = clean_text(text)
    if not text:
        raise InvalidEntryError("item_empty")
    if len(text) > MAX_ITEM_LENGTH:
        raise InvalidEntryError("item_too_long", limit=MAX_ITEM_LENGTH)
    return text
