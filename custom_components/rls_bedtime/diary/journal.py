"""The journal: every change of a diary, with the rows before and after it, undo and redo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
import json
from typing import Any, Final
from uuid import uuid7

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.orm import Session

from .models import ChangeKind, InvalidEntryError, Record, RecordType, Transition, clean_text
from .storage.column_types import (
    EnumType,
    FractionText,
    IsoDate,
    JsonList,
    UnreadableError,
    UtcDateTime,
)
from .storage.tables import (
    ChangedRecordRow,
    ChangeRow,
    ClearNightRow,
    EpisodeRow,
    MarkedChangeRow,
    PracticeRow,
    RoutineItemRow,
)

type SubjectRow = EpisodeRow | ClearNightRow | RoutineItemRow | PracticeRow | MarkedChangeRow

type _Identity = tuple[RecordType, str]

_TABLES: Final[Mapping[RecordType, type[SubjectRow]]] = {
    RecordType.EPISODE: EpisodeRow,
    RecordType.CLEAR_NIGHT: ClearNightRow,
    RecordType.ITEM: RoutineItemRow,
    RecordType.PRACTICE: PracticeRow,
    RecordType.MARKED_CHANGE: MarkedChangeRow,
}
_DIALECT: Final = sqlite_dialect()
_UTC_DATETIME: Final = UtcDateTime()


@dataclass(frozen=True, slots=True)
class RecordState:
    """The state of a record: the snapshot of its row, None if there is none."""

    type: RecordType
    subject: str
    snapshot: str | None

    @classmethod
    def of(cls, row: SubjectRow) -> RecordState:
        """Return the current state of the record with this row."""
        return cls(*_identity(row), snapshot(row))

    @classmethod
    def missing(cls, row: SubjectRow) -> RecordState:
        """Return the state of the record with this row before it is added, or after it was deleted."""
        return cls(*_identity(row), None)


@dataclass(frozen=True, slots=True)
class Written:
    """What a call has written: its change, or None and the record that it left unchanged, if there is one.

    `is_repeat` is whether that was written by an earlier call, which this one repeats. If so, `ongoing` is the id of
    the episode that was ongoing after its change.
    """

    change: ChangeRow | None = None
    unchanged: RecordState | None = None
    is_repeat: bool = False
    ongoing: str | None = None


def record(
    session: Session, sleeper: str, kind: ChangeKind, now: datetime, *steps: tuple[RecordState, RecordState]
) -> ChangeRow:
    """Record a change in the transaction that makes it: the states of each record before and after it."""
    change = ChangeRow(
        uid=uuid7().hex,
        sleeper=sleeper,
        at=now.astimezone(UTC),
        kind=kind,
        records=[
            ChangedRecordRow(type=before.type, subject=before.subject, before=before.snapshot, after=after.snapshot)
            for before, after in sorted(steps, key=lambda step: (step[0].type, step[0].subject))
        ],
    )
    session.add(change)
    return change


def record_row(
    session: Session, row: SubjectRow, kind: ChangeKind, now: datetime, before: RecordState | None
) -> Written:
    """Record a change of one row, given its state before; None if it was added."""
    is_deleted = row in session.deleted
    states = (before or RecordState.missing(row), RecordState.missing(row) if is_deleted else RecordState.of(row))
    return Written(record(session, row.sleeper, kind, now, states))


def find(session: Session, sleeper: str, change_id: str) -> ChangeRow | None:
    """Return the change with this id, or None if the sleeper has none."""
    return session.scalar(select(ChangeRow).where(ChangeRow.uid == clean_text(change_id), ChangeRow.sleeper == sleeper))


# --- undo and redo ----------------------------------------------------------------------------------------------------


def undo(session: Session, sleeper: str, change_id: str | None, now: datetime) -> Written:
    """Undo a change, by default the newest one that stands, and record that. An undo is redone instead.

    Raises InvalidEntryError if there is no such change, if it has been undone already, or if something newer has
    changed the same record.
    """
    if change_id is None:
        newest = _newest_standing(session, sleeper)
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

    Raises InvalidEntryError if there is no such change, if it has not been undone, or if something newer has changed
    the same record; by default, if anything has been written since.
    """
    if change_id is None:
        newest = session.scalar(_open_undos(sleeper).limit(1))
        if newest is None or _is_written_since(session, newest):
            raise InvalidEntryError("nothing_to_redo")
        return _revert(session, newest, now)
    change = _find(session, sleeper, change_id)
    head = _head(session, change)
    if head.kind is not ChangeKind.UNDONE and change.kind is not ChangeKind.REDONE:
        raise InvalidEntryError("not_undone")
    return _revert(session, head, now)


def origin_of(session: Session, change: ChangeRow) -> ChangeRow:
    """Return the change that an undo or redo reverts or repeats, or the change itself."""
    return change if change.origin is None else session.get_one(ChangeRow, change.origin)


def is_in_effect(session: Session, change: ChangeRow) -> bool:
    """Return whether the diary still shows what a change did: nothing has reverted it since, by whatever call."""
    for row in change.records:
        current = _existing_row(session, change.sleeper, row.type, row.subject)
        if current is None or row.after is None:
            if current is not None or row.after is not None:
                return False
            continue
        before, after, now = (_parse(each) for each in (row.before, row.after, snapshot(current)))
        changed = [name for name in after.keys() | before.keys() if before.get(name) != after.get(name)]
        if not any(now.get(name) == after.get(name) for name in changed):
            return False
    return True


def is_unchanged(session: Session, sleeper: str, state: RecordState) -> bool:
    """Return whether a record is still in this state."""
    current = _existing_row(session, sleeper, state.type, state.subject)
    return (None if current is None else snapshot(current)) == state.snapshot


def _find(session: Session, sleeper: str, change_id: str) -> ChangeRow:
    change = find(session, sleeper, change_id)
    if change is None:
        raise InvalidEntryError("unknown_change")
    return change


def _newest_standing(session: Session, sleeper: str) -> ChangeRow | None:
    """Return the newest change that has not been undone. The cost does not grow with the journal."""
    return session.scalar(
        select(ChangeRow)
        .where(ChangeRow.sleeper == sleeper, ChangeRow.closed_by.is_(None))
        .order_by(ChangeRow.id.desc())
        .limit(1)
    )


def _open_undos(sleeper: str) -> Select[tuple[ChangeRow]]:
    """Return a query of the undos that have not been redone, newest first."""
    return (
        select(ChangeRow)
        .where(ChangeRow.sleeper == sleeper, ChangeRow.closed_by == ChangeRow.id)
        .order_by(ChangeRow.id.desc())
    )


def _head(session: Session, change: ChangeRow) -> ChangeRow:
    """Return the last undo or redo of a change, or the change itself: it tells whether the change stands."""
    origin = change.id if change.origin is None else change.origin
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
    is_redo = head.kind is ChangeKind.UNDONE
    origin = head.id if head.origin is None else head.origin
    restored = {(row.type, row.subject) for row in head.records if row.before is not None}
    removed = {(row.type, row.subject) for row in head.records if row.before is None}
    for row in head.records:
        _check_revertible(session, head, origin, row)
        if not _fits(session, head, row, restored, removed):
            raise InvalidEntryError("changed_since")
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


def _check_revertible(session: Session, head: ChangeRow, origin: int, row: ChangedRecordRow) -> None:
    """Raise InvalidEntryError if something newer has changed a record."""
    newer = (
        select(ChangedRecordRow.change)
        .join(ChangeRow, ChangeRow.id == ChangedRecordRow.change)
        .where(
            ChangedRecordRow.subject == row.subject,
            ChangedRecordRow.type == row.type,
            ChangedRecordRow.change > head.id,
            *_stands_since(head, origin),
        )
        .limit(1)
    )
    if session.scalar(newer) is not None:
        raise InvalidEntryError("changed_since")


def _fits(
    session: Session, head: ChangeRow, row: ChangedRecordRow, restored: set[_Identity], removed: set[_Identity]
) -> bool:
    """Return whether a record can be restored to its state before a change without breaking others.

    `restored` and `removed` identify the records that are, together with this one.
    """
    match row.type:
        case RecordType.ITEM if row.before is None:
            practices = session.scalars(select(PracticeRow).where(PracticeRow.item == row.subject))
            return all(_identity(practice) in removed for practice in practices)
        case RecordType.PRACTICE if row.before is not None:
            item, _ = item_and_night(row.subject)
            return (RecordType.ITEM, item) in restored or session.get(RoutineItemRow, item) is not None
    if head.kind is not ChangeKind.UNDONE:
        return True
    # An older change of the record may have been undone after this one.
    current = _existing_row(session, head.sleeper, row.type, row.subject)
    expected = _row_from_snapshot(head.sleeper, row.type, row.after)
    if current is None or expected is None:
        return current is expected
    return snapshot(current) == snapshot(expected)


def _restore(session: Session, sleeper: str, row: ChangedRecordRow) -> None:
    """Restore a record to its state before a change."""
    before = _row_from_snapshot(sleeper, row.type, row.before)
    if before is not None:
        session.merge(before)
    elif (existing := _existing_row(session, sleeper, row.type, row.subject)) is not None:
        session.delete(existing)


# --- rows -------------------------------------------------------------------------------------------------------------


def transitions(session: Session, written: Written, sleeper: str) -> tuple[Transition, ...]:
    """Return the records that a call has changed, or the one that it left unchanged; none of an import."""
    if written.change is not None:
        if origin_of(session, written.change).kind is ChangeKind.IMPORTED:
            return ()
        return tuple(
            Transition(*(_to_model(session, sleeper, row.type, each) for each in (row.before, row.after)))
            for row in written.change.records
        )
    if (state := written.unchanged) is None:
        return ()
    model = _to_model(session, sleeper, state.type, state.snapshot)
    return (Transition(model, model),)


def snapshot(row: SubjectRow) -> str:
    """Return a row as JSON, without empty values and without the sleeper: the journal has a column for that."""
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "sleeper"}
    present = {key: value for key, value in values.items() if value is not None and value != ()}
    return json.dumps(present, default=_to_json, ensure_ascii=False)


def states_after(written: Written) -> tuple[RecordState, ...]:
    """Return the states after a call of the records that it has changed, or of the one that it left unchanged."""
    if written.change is not None:
        return tuple(RecordState(row.type, row.subject, row.after) for row in written.change.records)
    return () if written.unchanged is None else (written.unchanged,)


def item_and_night(subject: str) -> tuple[str, date]:
    """Return the uid of the item and the night of a practice, given what identifies the practice."""
    item, _, night = subject.partition(" ")
    return item, _to_date(night)


def _identity(row: SubjectRow) -> _Identity:
    """Return the type of a record, and what identifies it among those of its type."""
    match row:
        case EpisodeRow():
            return RecordType.EPISODE, row.id
        case MarkedChangeRow():
            return RecordType.MARKED_CHANGE, row.id
        case ClearNightRow():
            return RecordType.CLEAR_NIGHT, row.night.isoformat()
        case RoutineItemRow():
            return RecordType.ITEM, row.uid
        case PracticeRow():
            return RecordType.PRACTICE, f"{row.item} {row.night.isoformat()}"


def _existing_row(session: Session, sleeper: str, record_type: RecordType, subject: str) -> SubjectRow | None:
    """Return the row of a record, if there is one."""
    match record_type:
        case RecordType.EPISODE:
            return session.get(EpisodeRow, subject)
        case RecordType.MARKED_CHANGE:
            return session.get(MarkedChangeRow, subject)
        case RecordType.CLEAR_NIGHT:
            return session.get(ClearNightRow, (sleeper, _to_date(subject)))
        case RecordType.ITEM:
            return session.get(RoutineItemRow, subject)
        case RecordType.PRACTICE:
            item, night = item_and_night(subject)
            return session.get(PracticeRow, (sleeper, night, item))


def _row_from_snapshot(sleeper: str, record_type: RecordType, snapshot: str | None) -> SubjectRow | None:
    """Return the row of a snapshot, not attached to a session."""
    if snapshot is None:
        return None
    table = _TABLES[record_type]
    values = _parse(snapshot)
    columns = [column for column in table.__table__.columns if column.key != "sleeper"]
    try:
        attributes = {column.key: _from_json(column.type, values.get(column.key)) for column in columns}
    except (TypeError, ValueError) as error:
        raise UnreadableError from error
    return table(sleeper=sleeper, **attributes)


def _to_model(session: Session, sleeper: str, record_type: RecordType, snapshot: str | None) -> Record | None:
    row = _row_from_snapshot(sleeper, record_type, snapshot)
    if isinstance(row, PracticeRow):
        item = session.get(RoutineItemRow, row.item)
        return row.to_model("" if item is None else item.text)
    return None if row is None else row.to_model()


def _parse(snapshot: str | None) -> dict[str, Any]:
    """Return the values in a snapshot; empty if there is none."""
    try:
        values = json.loads(snapshot or "{}")
    except ValueError as error:
        raise UnreadableError from error
    if not isinstance(values, dict):
        raise UnreadableError
    return values


def _to_date(subject: str) -> date:
    try:
        return date.fromisoformat(subject)
    except ValueError as error:
        raise UnreadableError from error


def _from_json(column_type: object, value: Any) -> Any:
    match column_type:
        case UtcDateTime() | IsoDate() | EnumType() | FractionText():
            return column_type.process_result_value(value, _DIALECT)
        case JsonList():
            return tuple(column_type.item_type(item) for item in value or ())
    return value


def _to_json(value: object) -> str | None:
    if isinstance(value, datetime):
        return _UTC_DATETIME.process_bind_param(value, _DIALECT)
    return value.isoformat() if isinstance(value, date) else str(value)
