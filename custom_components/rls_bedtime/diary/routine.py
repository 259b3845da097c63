"""The evening routine of a sleeper: the items, and on which nights they were done. Changes are in the journal."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from math import floor
from typing import Final
from uuid import uuid7

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import journal
from .journal import Written
from .models import (
    ChangeKind,
    InvalidEntryError,
    Practice,
    PracticeHistory,
    RecordType,
    RoutineItem,
    clean_text,
    fold_text,
)
from .nights import check_night, night_of
from .records import RecordState
from .sleepers import get_or_create
from .storage.tables import PracticeRow, RoutineItemRow, SleeperRow

MAX_ITEM_LENGTH: Final = 255
"""Maximum length of an item, in characters."""

MAX_ITEMS: Final = 100


def has_routine(session: Session, sleeper: str) -> bool:
    """Return whether a sleeper has a routine or has had one."""
    row = session.get(SleeperRow, sleeper)
    return row is not None and row.has_routine


def create(session: Session, sleeper: str, texts: Sequence[str], now: datetime) -> None:
    """Create the routine of a sleeper who has never had one. This is no change of theirs, so it cannot be undone."""
    row = get_or_create(session, sleeper)
    if not row.has_routine:
        row.has_routine = True
        for position, text in enumerate(texts):
            session.add(_new_row(sleeper, Fraction(position), text, now))


def items(session: Session, sleeper: str, night: date) -> list[RoutineItem]:
    """Return the items in order, each with whether it is done on this night."""
    done = set(
        session.scalars(select(PracticeRow.item).where(PracticeRow.sleeper == sleeper, PracticeRow.night == night))
    )
    return [row.to_model(done=row.uid in done) for row in _rows(session, sleeper)]


def add(session: Session, sleeper: str, text: str, now: datetime) -> Written:
    """Append an item. Raises InvalidEntryError for an invalid text or too many items."""
    rows = _rows(session, sleeper)
    if len(rows) >= MAX_ITEMS:
        raise InvalidEntryError("too_many_items", limit=MAX_ITEMS)
    row = _new_row(sleeper, _position_between(rows[-1] if rows else None, None), text, now)
    get_or_create(session, sleeper).has_routine = True
    session.add(row)
    states = (RecordState.missing(row), RecordState.of(row))
    return Written(journal.record(session, sleeper, ChangeKind.ITEM_ADDED, now, states))


def update(session: Session, sleeper: str, uid: str, now: datetime, *, text: str | None, done: bool | None) -> Written:
    """Change the text of an item, or set whether it is done on the current night, or both, in one change."""
    row = _find_row(_rows(session, sleeper), uid)
    before = RecordState.of(row)
    steps = []
    if text is not None and (text := _validate_text(text)) != row.text:
        row.text = text
        steps.append((before, RecordState.of(row)))
    practice = _set_done(session, row, night_of(now), now, done=done) if done is not None else None
    if practice is not None:
        steps.append(practice)
    if not steps:
        return Written(unchanged=before)
    kind = ChangeKind.ITEM_UPDATED if steps[0][0].type is RecordType.ITEM else _kind_of(done=bool(done))
    return Written(journal.record(session, sleeper, kind, now, *steps))


def remove(session: Session, sleeper: str, uids: Sequence[str], now: datetime) -> Written:
    """Remove items, all or none, in one change. The record of the nights on which they were done is kept."""
    rows = _rows(session, sleeper)
    steps = []
    for uid in dict.fromkeys(uids):
        row = _find_row(rows, uid)
        before = RecordState.of(row)
        row.removed_at = now.astimezone(UTC)
        steps.append((before, RecordState.of(row)))
    return Written(journal.record(session, sleeper, ChangeKind.ITEM_REMOVED, now, *steps) if steps else None)


def move(session: Session, sleeper: str, uid: str, after: str | None, now: datetime) -> Written:
    """Move an item after another one, or to the top. The others are not touched."""
    rows = _rows(session, sleeper)
    row = _find_row(rows, uid)
    before = RecordState.of(row)
    previous = None if after is None else _find_row(rows, after)
    index = rows.index(row)
    if previous is row or previous is (rows[index - 1] if index else None):
        return Written(unchanged=before)
    others = [each for each in rows if each is not row]
    position = 0 if previous is None else others.index(previous) + 1
    row.position = _position_between(previous, others[position] if position < len(others) else None)
    return Written(journal.record(session, sleeper, ChangeKind.ITEM_MOVED, now, (before, RecordState.of(row))))


def log_practice(
    session: Session, sleeper: str, item: str, night: date | None, now: datetime, *, done: bool
) -> Written:
    """Set whether an item is done on a night, by default the current one. The item is given by its uid or its text.

    Raises InvalidEntryError for an unknown item, and for a night in the future or before the first day of the diary.
    """
    row = _find_item(session, sleeper, item)
    night = night_of(now) if night is None else night
    check_night(night, now)
    step = _set_done(session, row, night, now, done=done)
    if step is None:
        practice = session.get(PracticeRow, (sleeper, night, row.uid))
        missing = RecordState.missing(PracticeRow(sleeper=sleeper, night=night, item=row.uid))
        return Written(unchanged=missing if practice is None else RecordState.of(practice))
    return Written(journal.record(session, sleeper, _kind_of(done=done), now, step))


def practices(session: Session, sleeper: str, start: date | None, end: date | None) -> list[Practice]:
    """Return what was done on the nights from start to end, inclusive, in order."""
    query = (
        select(PracticeRow.item, RoutineItemRow.text, PracticeRow.night, PracticeRow.done_at)
        .join(RoutineItemRow, RoutineItemRow.uid == PracticeRow.item)
        .where(PracticeRow.sleeper == sleeper)
    )
    if start is not None:
        query = query.where(PracticeRow.night >= start)
    if end is not None:
        query = query.where(PracticeRow.night <= end)
    rows = session.execute(query.order_by(PracticeRow.night, PracticeRow.item))
    return [Practice(item=item, text=text, night=night, done_at=done_at) for item, text, night, done_at in rows]


def histories(session: Session, sleeper: str, start: date | None, end: date | None) -> list[PracticeHistory]:
    """Return the items in order, and removed ones that were done in the period, with the nights on which they were."""
    nights: dict[str, list[date]] = {}
    for practice in practices(session, sleeper, start, end):
        nights.setdefault(practice.item, []).append(practice.night)
    current = _rows(session, sleeper)
    known = {row.uid for row in current}
    removed = [session.get_one(RoutineItemRow, uid) for uid in nights if uid not in known]
    return [
        PracticeHistory(
            uid=row.uid,
            text=row.text,
            since=_first_night(session, row),
            removed_at=row.removed_at,
            nights=tuple(nights.get(row.uid, ())),
        )
        for row in (*current, *removed)
    ]


def find_uids(session: Session, sleeper: str, names: Sequence[str]) -> list[str]:
    """Return the uids of items, each given by its uid or its text. Raises InvalidEntryError for an unknown item."""
    return [_find_item(session, sleeper, name).uid for name in names]


def has_item(session: Session, sleeper: str, name: str) -> bool:
    """Return whether a sleeper has an item with this uid or text."""
    try:
        _find_item(session, sleeper, name)
    except InvalidEntryError:
        return False
    return True


def find_current_item(session: Session, sleeper: str, item: str) -> RoutineItem:
    """Return an item that was not removed, given its uid or text. Raises InvalidEntryError for an unknown item."""
    row = _find_item(session, sleeper, item)
    if row.removed_at is not None:
        raise _unknown_practice(item, _rows(session, sleeper))
    return row.to_model()


def is_current(session: Session, uid: str) -> bool:
    """Return whether an item is in the routine: it is known, and was not removed."""
    row = session.get(RoutineItemRow, uid)
    return row is not None and row.removed_at is None


def text_of(session: Session, uid: str) -> str:
    """Return the text of an item, removed or not."""
    row = session.get(RoutineItemRow, uid)
    return "" if row is None else row.text


def find_item(session: Session, uid: str, *, done: bool) -> RoutineItem:
    """Return an item, removed or not, with whether it is done."""
    return session.get_one(RoutineItemRow, uid).to_model(done=done)


def _first_night(session: Session, row: RoutineItemRow) -> date | None:
    """Return the night on which an item was added, or an earlier one on which it was done."""
    first_done = session.scalar(select(func.min(PracticeRow.night)).where(PracticeRow.item == row.uid))
    return min((night for night in (row.since, first_done) if night is not None), default=None)


def _new_row(sleeper: str, position: Fraction, text: str, now: datetime) -> RoutineItemRow:
    return RoutineItemRow(
        uid=uuid7().hex, sleeper=sleeper, position=position, text=_validate_text(text), since=night_of(now)
    )


def _set_done(
    session: Session, item: RoutineItemRow, night: date, now: datetime, *, done: bool
) -> tuple[RecordState, RecordState] | None:
    """Set whether an item is done on a night. Return the states before and after; None if nothing has changed."""
    practice = session.get(PracticeRow, (item.sleeper, night, item.uid))
    if done is (practice is not None):
        return None
    if practice is not None:
        session.delete(practice)
        return RecordState.of(practice), RecordState.missing(practice)
    practice = PracticeRow(sleeper=item.sleeper, night=night, item=item.uid, done_at=now.astimezone(UTC))
    session.add(practice)
    return RecordState.missing(practice), RecordState.of(practice)


def _kind_of(*, done: bool) -> ChangeKind:
    return ChangeKind.PRACTICE_LOGGED if done else ChangeKind.PRACTICE_DELETED


def _position_between(previous: RoutineItemRow | None, following: RoutineItemRow | None) -> Fraction:
    """Return a position after one item and before the other; after the last or before the first one if there is none.

    A fraction has room between any two, so that no other item has to be touched.
    """
    if previous is None:
        return Fraction(0) if following is None else Fraction(floor(following.position) - 1)
    if following is None:
        return Fraction(floor(previous.position) + 1)
    return (previous.position + following.position) / 2


def _rows(session: Session, sleeper: str) -> list[RoutineItemRow]:
    """Return the rows of the items that were not removed, in order."""
    query = select(RoutineItemRow).where(RoutineItemRow.sleeper == sleeper, RoutineItemRow.removed_at.is_(None))
    return sorted(session.scalars(query), key=lambda row: (row.position, row.uid))


def _find_row(rows: Sequence[RoutineItemRow], uid: str) -> RoutineItemRow:
    row = next((row for row in rows if row.uid == uid), None)
    if row is None:
        raise InvalidEntryError("unknown_item")
    return row


def _find_item(session: Session, sleeper: str, item: str) -> RoutineItemRow:
    """Return the row of an item by its uid, removed or not, or by its text."""
    name = clean_text(item)
    row = session.get(RoutineItemRow, name)
    if row is not None and row.sleeper == sleeper:
        return row
    rows = _rows(session, sleeper)
    row = next((row for row in rows if fold_text(row.text) == fold_text(name)), None)
    if row is None:
        raise _unknown_practice(name, rows)
    return row


def _unknown_practice(item: str, rows: Sequence[RoutineItemRow]) -> InvalidEntryError:
    return InvalidEntryError("unknown_practice", item=item, choices=", ".join(row.text for row in rows))


def _validate_text(text: str) -> str:
    text = clean_text(text)
    if not text:
        raise InvalidEntryError("item_empty")
    if len(text) > MAX_ITEM_LENGTH:
        raise InvalidEntryError("item_too_long", limit=MAX_ITEM_LENGTH)
    return text
