"""The records of a diary as the journal keeps them: what identifies each, and a snapshot of its row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
import json
from typing import Any, Final, cast

from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.orm import Session

from .models import Record, RecordType
from .storage.column_types import (
    EnumType,
    FractionText,
    IsoDate,
    JsonList,
    UnreadableError,
    UtcDateTime,
)
from .storage.tables import (
    ClearNightRow,
    EpisodeRow,
    ExperimentNightRow,
    ExperimentRow,
    MarkedChangeRow,
    PracticeRow,
    RoutineItemRow,
)

type SubjectRow = (
    EpisodeRow | ClearNightRow | RoutineItemRow | PracticeRow | MarkedChangeRow | ExperimentRow | ExperimentNightRow
)

type Identity = tuple[RecordType, str]
type Values = Mapping[str, Any]

_TABLES: Final[Mapping[RecordType, type[SubjectRow]]] = {
    RecordType.EPISODE: EpisodeRow,
    RecordType.CLEAR_NIGHT: ClearNightRow,
    RecordType.ITEM: RoutineItemRow,
    RecordType.PRACTICE: PracticeRow,
    RecordType.MARKED_CHANGE: MarkedChangeRow,
    RecordType.EXPERIMENT: ExperimentRow,
    RecordType.EXPERIMENT_NIGHT: ExperimentNightRow,
}
_TYPES: Final = {table: record_type for record_type, table in _TABLES.items()}
_KEYS: Final[Mapping[RecordType, tuple[str, ...]]] = {
    RecordType.EPISODE: ("id",),
    RecordType.CLEAR_NIGHT: ("night",),
    RecordType.ITEM: ("uid",),
    RecordType.PRACTICE: ("item", "night"),
    RecordType.MARKED_CHANGE: ("id",),
    RecordType.EXPERIMENT: ("id",),
    RecordType.EXPERIMENT_NIGHT: ("night",),
}
"""The columns whose values identify a record of a sleeper."""

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
        return cls(*identity_of(row), snapshot(row))

    @classmethod
    def missing(cls, row: SubjectRow) -> RecordState:
        """Return the state of the record with this row before it is added, or after it was deleted."""
        return cls(*identity_of(row), None)


def snapshot(row: SubjectRow) -> str:
    """Return a row as JSON, without empty values and without the sleeper: the journal has a column for that."""
    values = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "sleeper"}
    present = {key: value for key, value in values.items() if value is not None and value != ()}
    return json.dumps(present, default=_to_json, ensure_ascii=False)


def item_and_night(subject: str) -> tuple[str, date]:
    """Return the uid of the item and the night of a practice, given what identifies the practice."""
    item, _, night = subject.rpartition(" ")
    return item, to_date(night)


def identity_of(row: SubjectRow) -> Identity:
    """Return the type of a record, and what identifies it among those of its type."""
    record_type = _TYPES[type(row)]
    return record_type, " ".join(str(getattr(row, key)) for key in _KEYS[record_type])


def existing_row(session: Session, sleeper: str, record_type: RecordType, subject: str) -> SubjectRow | None:
    """Return the row of a record, if there is one."""
    identity: object = subject
    match _KEYS[record_type]:
        case (_, "night"):
            item, night = item_and_night(subject)
            identity = {"sleeper": sleeper, "item": item, "night": night}
        case ("night",):
            identity = {"sleeper": sleeper, "night": to_date(subject)}
    return cast(SubjectRow | None, session.get(_TABLES[record_type], identity))


def row_from_snapshot(sleeper: str, record_type: RecordType, snapshot: str | None) -> SubjectRow | None:
    """Return the row of a snapshot, not attached to a session."""
    if snapshot is None:
        return None
    table = _TABLES[record_type]
    values = values_in(snapshot)
    columns = [column for column in table.__table__.columns if column.key != "sleeper"]
    try:
        attributes = {column.key: _from_json(column.type, values.get(column.key)) for column in columns}
    except (TypeError, ValueError) as error:
        raise UnreadableError from error
    return table(sleeper=sleeper, **attributes)


def to_model(session: Session, sleeper: str, record_type: RecordType, snapshot: str | None) -> Record | None:
    """Return the record of a snapshot; None if there is none. Raises UnreadableError if it cannot be read."""
    row = row_from_snapshot(sleeper, record_type, snapshot)
    if isinstance(row, PracticeRow):
        item = session.get(RoutineItemRow, row.item)
        return row.to_model("" if item is None else item.text)
    return None if row is None else row.to_model()


def values_in(snapshot: str | None) -> dict[str, Any]:
    """Return the values in a snapshot; empty if there is none."""
    try:
        values = json.loads(snapshot or "{}")
    except ValueError as error:
        raise UnreadableError from error
    if not isinstance(values, dict):
        raise UnreadableError
    return values


def to_date(subject: str) -> date:
    """Return a date that the journal has as text. Raises UnreadableError for anything else."""
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
