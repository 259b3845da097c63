"""Import of a diary that was exported as JSON, within a transaction: all of it or nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
import json
from math import floor
from typing import Any, Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from . import journal
from .json_format import SCHEMA, SCHEMA_KEY, SECTIONS, InvalidValueError, Section
from .models import ChangeKind, ImportResult, InvalidEntryError, RecordType
from .records import RecordState
from .sleepers import get_or_create
from .storage.tables import (
    Base,
    BedtimeRow,
    ChangedRecordRow,
    ExperimentNightRow,
    ExperimentRow,
    NightConditionsRow,
    PracticeRow,
    RoutineItemRow,
)

type _Identity = tuple[object, ...]

_OUTSIDE_THE_JOURNAL: Final = (BedtimeRow, NightConditionsRow)
_MAX_VALUE_LENGTH: Final = 20
_MAX_PLACE_LENGTH: Final = 100


def parse(content: str | bytes) -> dict[str, list[Any]]:
    """Return the records of each section of an exported diary. Raises InvalidEntryError if the content is none."""
    try:
        document = json.loads(content)
    except (RecursionError, ValueError) as error:
        raise InvalidEntryError("import_not_json") from error
    if not isinstance(document, dict) or SCHEMA_KEY not in document:
        raise InvalidEntryError("import_not_a_diary")
    schema = document.pop(SCHEMA_KEY)
    if schema != SCHEMA or isinstance(schema, bool):
        raise InvalidEntryError("import_other_schema", schema=str(schema)[:_MAX_VALUE_LENGTH], supported=SCHEMA)
    known = {section.name for section in SECTIONS}
    for name, records in document.items():
        if name not in known or not isinstance(records, list):
            raise _damaged_at(name)
    return document


def write(session: Session, sleeper: str, records: Mapping[str, list[Any]], now: datetime) -> ImportResult:
    """Add the records that are not in the diary yet, in one change. Those that are there stay as they are.

    Raises InvalidEntryError for a record that is invalid, or that is in the diary of another sleeper.
    """
    sleeper_row = get_or_create(session, sleeper)
    items = records.get("routine_items")
    removed = _remove_untouched_routine(session, sleeper, items) if items else []
    added: dict[str, int] = {}
    steps = [(RecordState.of(row), RecordState.missing(row)) for row in removed]
    for section in SECTIONS:
        rows = list(_new_rows(session, sleeper, section, records.get(section.name, [])))
        _place_items([row for row in rows if isinstance(row, RoutineItemRow)], session, sleeper)
        session.add_all(rows)
        session.flush()
        added[section.name] = len(rows)
        if section.table not in _OUTSIDE_THE_JOURNAL:
            steps += [(RecordState.missing(row), RecordState.of(row)) for row in rows]
    if not any(added.values()):
        return ImportResult(change_id=None, transitions=(), added=added)
    sleeper_row.has_routine |= bool(added["routine_items"])
    change = journal.record(session, sleeper, ChangeKind.IMPORTED, now, *steps)
    return ImportResult(change_id=change.uid, transitions=(), added=added)


def _new_rows(session: Session, sleeper: str, section: Section[Any], records: list[Any]) -> Iterator[Any]:
    """Yield the rows of the records that are not in the diary yet."""
    owners = _owners(session, sleeper, section.table)
    for number, record in enumerate(records, 1):
        try:
            row = section.read(sleeper, record)
        except InvalidValueError as error:
            raise _damaged(section, number, error.field) from error
        identity = _identity(row)
        if owners.get(identity, sleeper) != sleeper:
            raise InvalidEntryError("import_of_another")
        if isinstance(row, PracticeRow) and not _has_item(session, sleeper, row.item):
            raise _damaged(section, number, "item")
        if isinstance(row, ExperimentNightRow) and not _has_experiment(session, sleeper, row.experiment):
            raise _damaged(section, number, "experiment")
        if identity not in owners:
            owners[identity] = sleeper
            yield row


def _damaged(section: Section[Any], number: int, field: str | None) -> InvalidEntryError:
    """Return the error about a record, by its number in its section, and perhaps about one of its fields."""
    return _damaged_at(", ".join(filter(None, (f"{section.name} {number}", field))))


def _damaged_at(place: str) -> InvalidEntryError:
    return InvalidEntryError("import_damaged", place=place[:_MAX_PLACE_LENGTH])


def _has_item(session: Session, sleeper: str, uid: str) -> bool:
    item = session.get(RoutineItemRow, uid)
    return item is not None and item.sleeper == sleeper


def _has_experiment(session: Session, sleeper: str, experiment_id: str) -> bool:
    experiment = session.get(ExperimentRow, experiment_id)
    return experiment is not None and experiment.sleeper == sleeper


def _owners(session: Session, sleeper: str, table: type[Base]) -> dict[_Identity, str]:
    """Return the sleepers of the rows that are there, by what identifies the row.

    Where the sleeper is part of that, as of a night, only the rows of this sleeper matter.
    """
    columns = table.__table__.columns
    query = select(columns["sleeper"], *table.__mapper__.primary_key)
    if columns["sleeper"].primary_key:
        query = query.where(columns["sleeper"] == sleeper)
    return {tuple(identity): owner for owner, *identity in session.execute(query)}


def _identity(row: Base) -> _Identity:
    return tuple(getattr(row, str(column.key)) for column in row.__mapper__.primary_key)


def _place_items(rows: list[RoutineItemRow], session: Session, sleeper: str) -> None:
    """Move items to the end whose place in the routine is taken by another one."""
    query = select(RoutineItemRow.position).where(RoutineItemRow.sleeper == sleeper)
    taken = set(session.scalars(query))
    last = max((*taken, *(row.position for row in rows)), default=0)
    for row in rows:
        if row.position in taken:
            row.position = last = type(row.position)(floor(last) + 1)


def _remove_untouched_routine(session: Session, sleeper: str, records: list[Any]) -> list[RoutineItemRow]:
    """Remove the routine that every new sleeper is given, if nothing in it was changed or done. Return its items.

    A routine of which the file has an item is the imported one, so it stays.
    """
    rows = list(session.scalars(select(RoutineItemRow).where(RoutineItemRow.sleeper == sleeper)))
    imported = [record.get("uid") for record in records if isinstance(record, dict)]
    if any(row.uid in imported or _is_touched(session, row) for row in rows):
        return []
    for row in rows:
        session.delete(row)
    session.flush()
    return rows


def _is_touched(session: Session, row: RoutineItemRow) -> bool:
    """Return whether an item was changed, or done on a night."""
    changes = exists().where(ChangedRecordRow.subject == row.uid, ChangedRecordRow.type == RecordType.ITEM)
    practices = exists().where(PracticeRow.item == row.uid)
    return bool(session.scalar(select(changes | practices)))
