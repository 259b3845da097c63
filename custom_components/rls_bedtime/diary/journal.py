"""The journal: every change of an episode or a clear night, with the row before and after it, and undo."""

from datetime import UTC, date, datetime
import json
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.orm import Session, object_mapper

from .models import ChangeKind, InvalidEntryError, UndoResult
from .storage.column_types import EnumType, IsoDate, JsonList, UnreadableError, UtcDateTime
from .storage.tables import ChangeRow, ClearNightRow, EpisodeRow

type SubjectRow = EpisodeRow | ClearNightRow

_CLEAR_NIGHT_KINDS: Final = frozenset(
    {ChangeKind.CLEAR_NIGHT_LOGGED, ChangeKind.CLEAR_NIGHT_MOVED, ChangeKind.CLEAR_NIGHT_DELETED}
)
_DIALECT: Final = sqlite_dialect()
_UTC_DATETIME: Final = UtcDateTime()


def record(session: Session, kind: ChangeKind, row: SubjectRow, before: str | None, now: datetime) -> None:
    """Record a change in the transaction that makes it. The row is in its state after the change."""
    is_deleted = kind in (ChangeKind.DELETED, ChangeKind.CLEAR_NIGHT_DELETED)
    session.add(
        ChangeRow(
            sleeper=row.sleeper,
            at=now.astimezone(UTC),
            kind=kind,
            subject=row.id if isinstance(row, EpisodeRow) else row.night.isoformat(),
            before=before,
            after=None if is_deleted else snapshot(row),
        )
    )


def newest_undoable(session: Session, sleeper: str) -> ChangeRow | None:
    """Return the newest change that has not been undone. The cost does not grow with the journal."""
    return session.scalar(
        select(ChangeRow)
        .where(ChangeRow.sleeper == sleeper, ChangeRow.closed_by.is_(None))
        .order_by(ChangeRow.id.desc())
        .limit(1)
    )


def undo(session: Session, sleeper: str, now: datetime) -> UndoResult:
    """Undo the newest change that has not been undone, and record the undo in the journal.

    Raises InvalidEntryError if there is none.
    """
    change = newest_undoable(session, sleeper)
    if change is None:
        raise InvalidEntryError("nothing_to_undo")
    before, after = _row_from_snapshot(change, change.before), _row_from_snapshot(change, change.after)
    result = UndoResult(
        kind=change.kind,
        at=change.at,
        before=None if before is None else before.to_model(),
        after=None if after is None else after.to_model(),
    )
    if after is not None and (row := _existing_row(session, after)) is not None and not _has_same_key(row, before):
        session.delete(row)
    if before is not None:
        session.merge(before)
    undo_change = ChangeRow(
        sleeper=sleeper,
        at=now.astimezone(UTC),
        kind=ChangeKind.UNDONE,
        subject=change.subject,
        before=change.after,
        after=change.before,
    )
    session.add(undo_change)
    session.flush()
    change.closed_by = undo_change.closed_by = undo_change.id
    return result


def snapshot(row: SubjectRow) -> str:
    """Return a row as JSON, without empty values and without the sleeper: the journal has a column for that."""
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "sleeper"}
    present = {key: value for key, value in values.items() if value is not None and value != ()}
    return json.dumps(present, default=_to_json, ensure_ascii=False)


def _row_from_snapshot(change: ChangeRow, snapshot: str | None) -> SubjectRow | None:
    """Return the row of a snapshot, not attached to a session."""
    if snapshot is None:
        return None
    table = ClearNightRow if _is_clear_night_change(change) else EpisodeRow
    columns = [column for column in table.__table__.columns if column.key != "sleeper"]
    try:
        values = json.loads(snapshot)
        attributes = {column.key: _from_json(column.type, values.get(column.key)) for column in columns}
    except (AttributeError, TypeError, ValueError) as error:
        raise UnreadableError from error
    return table(sleeper=change.sleeper, **attributes)


def _existing_row(session: Session, row: SubjectRow) -> SubjectRow | None:
    """Return the row in the table that has the primary key of this one."""
    if isinstance(row, EpisodeRow):
        return session.get(EpisodeRow, row.id)
    return session.get(ClearNightRow, (row.sleeper, row.night))


def _has_same_key(row: SubjectRow, other: SubjectRow | None) -> bool:
    """Return whether two rows have the same primary key."""
    key = object_mapper(row).primary_key_from_instance
    return other is not None and key(row) == key(other)


def _is_clear_night_change(change: ChangeRow) -> bool:
    return change.kind in _CLEAR_NIGHT_KINDS


def _from_json(column_type: object, value: Any) -> Any:
    match column_type:
        case UtcDateTime() | IsoDate() | EnumType():
            return column_type.process_result_value(value, _DIALECT)
        case JsonList():
            return tuple(column_type.item_type(item) for item in value or ())
    return value


def _to_json(value: date) -> str | None:
    return _UTC_DATETIME.process_bind_param(value, _DIALECT) if isinstance(value, datetime) else value.isoformat()
