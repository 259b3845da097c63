"""Undo and redo: the changes of the journal are reverted and repeated, and that is recorded as a change as well."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from .experiment_design import ExperimentStatus
from .experiment_queries import find_design, is_followed, nights_of
from .journal import Written, find, origin_of, record
from .models import ChangeKind, InvalidEntryError, RecordType
from .nights import night_of
from .records import (
    Identity,
    RecordState,
    SubjectRow,
    Values,
    existing_row,
    identity_of,
    item_and_night,
    row_from_snapshot,
    snapshot,
    to_date,
    values_in,
)
from .storage.tables import ChangedRecordRow, ChangeRow, ExperimentRow, PracticeRow


def undo(session: Session, sleeper: str, change_id: str | None, now: datetime) -> Written:
    """Undo a change, by default the newest one that stands, and record that. An undo is redone instead.

    Raises InvalidEntryError if there is no such change, if it has been undone already, if something newer has changed
    the same record, or if it is settled, since nights of an experiment were drawn by it or its result is known. By
    default, a change that is settled is passed over.
    """
    if change_id is None:
        newest = _newest_standing(session, sleeper, now)
        if newest is None:
            raise InvalidEntryError("nothing_to_undo")
        return _revert(session, newest, now)
    change = _find(session, sleeper, change_id)
    head = _head(session, change)
    if (head.kind is ChangeKind.UNDONE) != (change.kind is ChangeKind.UNDONE):
        raise InvalidEntryError("already_undone")
    return _revert(session, head, now)


def redo(session: Session, sleeper: str, change_id: str | None, now: datetime) -> Written:
    """Redo an undone change, by default the one that was undone last, and record that. A redo is undone instead.

    Raises InvalidEntryError if there is no such change, if it has not been undone, if something newer has changed the
    same record, or if it is settled; by default, if anything has been written since.
    """
    if change_id is None:
        newest = _first_open(session, _open_undos(sleeper), now)
        if newest is None or _is_written_since(session, newest):
            raise InvalidEntryError("nothing_to_redo")
        return _revert(session, newest, now)
    change = _find(session, sleeper, change_id)
    head = _head(session, change)
    if head.kind is not ChangeKind.UNDONE and change.kind is not ChangeKind.REDONE:
        raise InvalidEntryError("not_undone")
    return _revert(session, head, now)


def _find(session: Session, sleeper: str, change_id: str) -> ChangeRow:
    change = find(session, sleeper, change_id)
    if change is None:
        raise InvalidEntryError("unknown_change")
    return change


def _newest_standing(session: Session, sleeper: str, now: datetime) -> ChangeRow | None:
    """Return the newest change that has not been undone, and still can be."""
    standing = select(ChangeRow).where(ChangeRow.sleeper == sleeper, ChangeRow.closed_by.is_(None))
    return _first_open(session, standing.order_by(ChangeRow.id.desc()), now)


def _first_open(session: Session, query: Select[tuple[ChangeRow]], now: datetime) -> ChangeRow | None:
    """Return the first change that is not settled, and does not depend on one that is.

    Few ever are, so the cost does not grow with the journal.
    """
    is_passed = False
    with closing(session.scalars(query.execution_options(yield_per=1))) as changes:
        for change in changes:
            if _reason_settled(session, change, now) is not None:
                is_passed = True
            elif not is_passed or _can_revert(session, change):
                return change
    return None


def _reason_settled(session: Session, change: ChangeRow, now: datetime) -> str | None:
    """Return why a change, or its undo, cannot be reverted any more, as the key of an error; None if it can be.

    What is assigned to the nights of an experiment depends on the nights that were skipped before, and on when it was
    stopped. Once its result is known, nobody chooses its nights. An import came with its own nights.
    """
    if origin_of(session, change).kind is ChangeKind.IMPORTED:
        return None
    reasons = (_reason_record_settled(session, change.sleeper, row, now) for row in change.records)
    return next((reason for reason in reasons if reason is not None), None)


def _reason_record_settled(session: Session, sleeper: str, row: ChangedRecordRow, now: datetime) -> str | None:
    tonight = night_of(now)
    before, after = values_in(row.before), values_in(row.after)
    is_settled = False
    match row.type:
        case RecordType.EXPERIMENT_NIGHT:
            return _reason_skip_settled(session, to_date(row.subject), (before, after), now)
        case RecordType.EXPERIMENT if row.before is None:
            notes = session.scalars(nights_of(sleeper, row.subject))
            is_settled = any(note.repeats and note.night != tonight for note in notes)
        case RecordType.EXPERIMENT if row.after is not None:
            stopped_on = after.get("stopped_on") or before.get("stopped_on")
            is_settled = stopped_on is not None and to_date(stopped_on) < tonight
    return "draw_settled" if is_settled else None


def _reason_skip_settled(session: Session, night: date, notes: Sequence[Values], now: datetime) -> str | None:
    """Return why it is settled whether a night is skipped, given what was said of it before and after a change.

    An experiment that was stopped on a night may be followed by another one on the same night.
    """
    tonight = night_of(now)
    for experiment in {note["experiment"] for note in notes if "experiment" in note}:
        is_skipped, repeats = (
            [note.get("experiment") == experiment and note.get(key, False) for note in notes]
            for key in ("skipped", "repeats")
        )
        design = find_design(session, experiment)
        if is_skipped[0] == is_skipped[1] or design is None or design.night(night) is None:
            continue
        if design.status(tonight) is not ExperimentStatus.RUNNING:
            return "experiment_over"
        if repeats[0] != repeats[1] and night != tonight:
            return "draw_settled"
    return None


def _open_undos(sleeper: str) -> Select[tuple[ChangeRow]]:
    """Return a query of the undos that have not been redone, newest first."""
    return (
        select(ChangeRow)
        .where(ChangeRow.sleeper == sleeper, ChangeRow.closed_by == ChangeRow.id)
        .order_by(ChangeRow.id.desc())
    )


def _head(session: Session, change: ChangeRow) -> ChangeRow:
    """Return the last undo or redo of a change, or the change itself: it tells whether the change stands."""
    origin = _origin_id(change)
    newest = select(ChangeRow).where(ChangeRow.origin == origin).order_by(ChangeRow.id.desc()).limit(1)
    return session.scalar(newest) or session.get_one(ChangeRow, origin)


def _stands_since(change: ChangeRow, origin: int) -> list[ColumnElement[bool]]:
    """Return the conditions of standing changes that were made after `origin` and written after this change."""
    return [
        ChangeRow.sleeper == change.sleeper,
        ChangeRow.closed_by.is_(None),
        ChangeRow.id > change.id,
        or_(ChangeRow.origin.is_(None), ChangeRow.origin > origin),
    ]


def _is_written_since(session: Session, undo: ChangeRow) -> bool:
    """Return whether something other than undo and redo has been written since an undo, and stands.

    A change that was undone since does not count: then its undo is newer, and is the one to redo.
    """
    query = select(ChangeRow.id).where(*_stands_since(undo, undo.id)).limit(1)
    return session.scalar(query) is not None


def _revert(session: Session, head: ChangeRow, now: datetime) -> Written:
    """Revert a change that stands, or an undo, and record that as an undo or redo."""
    if (reason := _reason_settled(session, head, now)) is not None:
        raise InvalidEntryError(reason)
    if not _can_revert(session, head):
        raise InvalidEntryError("changed_since")
    is_redo = head.kind is ChangeKind.UNDONE
    origin = _origin_id(head)
    for row in head.records:
        _restore(session, head.sleeper, row)
    change = record(
        session,
        head.sleeper,
        ChangeKind.REDONE if is_redo else ChangeKind.UNDONE,
        now,
        *(
            (RecordState(row.type, row.subject, row.after), RecordState(row.type, row.subject, row.before))
            for row in head.records
        ),
    )
    change.origin = origin
    session.flush()
    head.closed_by = change.id
    if not is_redo:
        change.closed_by = change.id
    return Written(change)


def _can_revert(session: Session, head: ChangeRow) -> bool:
    """Return whether a change can be reverted: nothing newer has changed its records, or depends on them."""
    restored = {(row.type, row.subject) for row in head.records if row.before is not None}
    removed = {(row.type, row.subject) for row in head.records if row.before is None}
    return all(
        not _is_changed_since(session, head, row) and _fits(session, head, row, restored, removed)
        for row in head.records
    )


def _origin_id(change: ChangeRow) -> int:
    return change.id if change.origin is None else change.origin


def _is_changed_since(session: Session, head: ChangeRow, row: ChangedRecordRow) -> bool:
    """Return whether something newer has changed a record."""
    newer = (
        select(ChangedRecordRow.change)
        .join(ChangeRow, ChangeRow.id == ChangedRecordRow.change)
        .where(
            ChangedRecordRow.subject == row.subject,
            ChangedRecordRow.type == row.type,
            ChangedRecordRow.change > head.id,
            *_stands_since(head, _origin_id(head)),
        )
        .limit(1)
    )
    return session.scalar(newer) is not None


def _fits(
    session: Session, head: ChangeRow, row: ChangedRecordRow, restored: set[Identity], removed: set[Identity]
) -> bool:
    """Return whether a record can be restored to its state before a change without breaking others.

    `restored` and `removed` identify the records that are, together with this one.
    """
    if row.before is None and row.type in {RecordType.ITEM, RecordType.EXPERIMENT}:
        return all(identity_of(each) in removed for each in _dependents(session, head.sleeper, row))
    if (parent := _parent(row)) is not None:
        return parent in restored or existing_row(session, head.sleeper, *parent) is not None
    if row.type is RecordType.EXPERIMENT and _is_superseded(session, head, row):
        return False
    if head.kind is not ChangeKind.UNDONE:
        return True
    # An older change of the record may have been undone after this one.
    current = existing_row(session, head.sleeper, row.type, row.subject)
    expected = row_from_snapshot(head.sleeper, row.type, row.after)
    if current is None or expected is None:
        return current is expected
    return snapshot(current) == snapshot(expected)


def _dependents(session: Session, sleeper: str, row: ChangedRecordRow) -> Iterator[SubjectRow]:
    """Yield the records that refer to an item or an experiment."""
    uid = row.subject
    if row.type is RecordType.ITEM:
        of_item = ExperimentRow.sleeper == sleeper, ExperimentRow.subject == uid
        yield from session.scalars(select(PracticeRow).where(PracticeRow.item == uid))
        yield from session.scalars(select(ExperimentRow).where(*of_item))
    else:
        yield from session.scalars(nights_of(sleeper, uid))


def _parent(row: ChangedRecordRow) -> Identity | None:
    """Return the item or the experiment to which a record to be restored refers, if it does to one."""
    if row.before is None:
        return None
    if row.type is RecordType.PRACTICE:
        return RecordType.ITEM, item_and_night(row.subject)[0]
    if row.type is RecordType.EXPERIMENT_NIGHT:
        return RecordType.EXPERIMENT, str(values_in(row.before).get("experiment"))
    return None


def _is_superseded(session: Session, head: ChangeRow, row: ChangedRecordRow) -> bool:
    """Return whether reverting a change would let an experiment go on that another one has followed."""
    before = row_from_snapshot(head.sleeper, row.type, row.before)
    if not isinstance(before, ExperimentRow) or before.stopped_on is not None:
        return False
    return origin_of(session, head).kind is not ChangeKind.IMPORTED and is_followed(session, before)


def _restore(session: Session, sleeper: str, row: ChangedRecordRow) -> None:
    """Restore a record to its state before a change."""
    before = row_from_snapshot(sleeper, row.type, row.before)
    if before is not None:
        session.merge(before)
    elif (existing := existing_row(session, sleeper, row.type, row.subject)) is not None:
        session.delete(existing)
