"""The journal: each change of an episode or a clear night, with the row before and after it, and the way back."""

from datetime import UTC, date, datetime
import json
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.orm import Session, object_mapper

from .models import ChangeKind, InvalidEntryError, UndoResult
from .nights import night_of
from .storage.column_types import EnumType, IsoDate, JsonList, UnreadableError, UtcDateTime, to_local
from .storage.tables import ChangeRow, ClearNightRow, EpisodeRow

type SubjectRow = EpisodeRow | ClearNightRow

_OF_CLEAR_NIGHTS: Final = frozenset(
    {ChangeKind.CLEAR_NIGHT_LOGGED, ChangeKind.CLEAR_NIGHT_MOVED, ChangeKind.CLEAR_NIGHT_DELETED}
)
_DIALECT: Final = sqlite_dialect()
_MOMENT: Final = UtcDateTime()


def record(session: Session, kind: ChangeKind, row: SubjectRow, before: str | None, now: datetime) -> None:
    """Write down a change in the transaction that makes it: the row is as the change leaves it."""
    is_gone = kind in (ChangeKind.DELETED, ChangeKind.CLEAR_NIGHT_DELETED)
    session.add(
        ChangeRow(
            sleeper=row.sleeper,
            at=now.astimezone(UTC),
            kind=kind,
            subject=row.id if isinstance(row, EpisodeRow) else row.night.isoformat(),
            before=before,
            after=None if is_gone else snapshot(row),
        )
    )


def newest_undoable(session: Session, sleeper: str) -> ChangeRow | None:
    """Return the newest change that is not undone yet. The cost does not grow with the journal."""
    return session.scalar(
        select(ChangeRow)
        .where(ChangeRow.sleeper == sleeper, ChangeRow.closed_by.is_(None))
        .order_by(ChangeRow.id.desc())
        .limit(1)
    )


def newest_change_id(session: Session) -> int:
    """Return the id of the newest change of all; 0 without one. Ids grow, and none is given twice."""
    return session.scalar(select(func.max(ChangeRow.id))) or 0


def changes_since(session: Session, change: int, at_most: int) -> list[ChangeRow] | None:
    """Return what the journal says after a change, of anybody, in order; None if that is more than asked for."""
    asked = select(ChangeRow).where(ChangeRow.id > change).order_by(ChangeRow.id)
    changes = list(session.scalars(asked.limit(at_most + 1)))
    return None if len(changes) > at_most else changes


def affected_nights(change: ChangeRow) -> set[date]:
    """Return the nights on which the episode that was changed started, before and after; none of a clear night."""
    nights = set()
    try:
        for snapshot in (change.before, change.after):
            values = json.loads(snapshot or "{}")
            started_at = _MOMENT.process_result_value(values.get("started_at"), _DIALECT)
            if started_at is not None:
                nights.add(night_of(to_local(started_at, values["utc_offset"])))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnreadableError from error
    return nights


def undo(session: Session, sleeper: str, now: datetime) -> UndoResult:
    """Undo the newest change that is not undone yet, and write that down too.

    Raises InvalidEntryError if there is none.
    """
    change = newest_undoable(session, sleeper)
    if change is None:
        raise InvalidEntryError("nothing_to_undo")
    before, after = _row_from_snapshot(change, change.before), _row_from_snapshot(change, change.after)
    undone = UndoResult(
        kind=change.kind,
        at=change.at,
        before=None if before is None else before.to_model(),
        after=None if after is None else after.to_model(),
    )
    if after is not None and (made := _existing_row(session, after)) is not None and not _is_same(made, before):
        session.delete(made)
    if before is not None:
        session.merge(before)
    closing = ChangeRow(
        sleeper=sleeper,
        at=now.astimezone(UTC),
        kind=ChangeKind.UNDONE,
        subject=change.subject,
        before=change.after,
        after=change.before,
    )
    session.add(closing)
    session.flush()
    change.closed_by = closing.closed_by = closing.id
    return undone


def snapshot(row: SubjectRow) -> str:
    """Return a row as JSON, without what is empty in it. Whose it is stands beside it in the journal."""
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "sleeper"}
    said = {key: value for key, value in values.items() if value is not None and value != ()}
    return json.dumps(said, default=_as_text, ensure_ascii=False)


def _row_from_snapshot(change: ChangeRow, snapshot: str | None) -> SubjectRow | None:
    """Return a row as it was, not yet in any table."""
    if snapshot is None:
        return None
    table = ClearNightRow if _is_of_clear_night(change) else EpisodeRow
    columns = [column for column in table.__table__.columns if column.key != "sleeper"]
    try:
        values = json.loads(snapshot)
        read = {column.key: _read(column.type, values.get(column.key)) for column in columns}
    except (AttributeError, TypeError, ValueError) as error:
        raise UnreadableError from error
    return table(sleeper=change.sleeper, **read)


def _existing_row(session: Session, row: SubjectRow) -> SubjectRow | None:
    """Return the row that stands in the table where this one would."""
    if isinstance(row, EpisodeRow):
        return session.get(EpisodeRow, row.id)
    return session.get(ClearNightRow, (row.sleeper, row.night))


def _is_same(row: SubjectRow, other: SubjectRow | None) -> bool:
    """Return whether two rows stand in the same place."""
    key = object_mapper(row).primary_key_from_instance
    return other is not None and key(row) == key(other)


def _is_of_clear_night(change: ChangeRow) -> bool:
    return change.kind in _OF_CLEAR_NIGHTS


def _read(of_type: object, value: Any) -> Any:
    match of_type:
        case UtcDateTime() | IsoDate() | EnumType():
            return of_type.process_result_value(value, _DIALECT)
        case JsonList():
            return tuple(of_type.of_type(item) for item in value or ())
    return value


def _as_text(value: date) -> str | None:
    return _MOMENT.process_bind_param(value, _DIALECT) if isinstance(value, datetime) else value.isoformat()
