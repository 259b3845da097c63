"""The journal: every change of a diary, with the records before and after it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid7

from sqlalchemy import select
from sqlalchemy.orm import Session

from .experiment_queries import is_followed
from .models import ChangeKind, RecordType, Transition, clean_text
from .records import RecordState, SubjectRow, existing_row, snapshot, to_model, values_in
from .storage.tables import ChangedRecordRow, ChangeRow, ExperimentRow


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


def origin_of(session: Session, change: ChangeRow) -> ChangeRow:
    """Return the change that an undo or redo reverts or repeats, or the change itself."""
    return change if change.origin is None else session.get_one(ChangeRow, change.origin)


def is_in_effect(session: Session, change: ChangeRow) -> bool:
    """Return whether the diary still shows what a change did: nothing has reverted it since, by whatever call.

    The start of an experiment is reverted when that is stopped, and both are when another one has followed. A move of
    an item may be when any item has been changed: its place is among the others.
    """
    if change.kind is ChangeKind.ITEM_MOVED and _is_routine_changed_since(session, change):
        return False
    for row in change.records:
        current = existing_row(session, change.sleeper, row.type, row.subject)
        if current is None or row.after is None:
            if current is not None or row.after is not None:
                return False
            continue
        before, after, now = (values_in(each) for each in (row.before, row.after, snapshot(current)))
        if isinstance(current, ExperimentRow) and (
            now.get("stopped_on") != after.get("stopped_on") or is_followed(session, current)
        ):
            return False
        changed = [name for name in after.keys() | before.keys() if before.get(name) != after.get(name)]
        if not any(now.get(name) == after.get(name) for name in changed):
            return False
    return True


def _is_routine_changed_since(session: Session, change: ChangeRow) -> bool:
    newer = (
        select(ChangedRecordRow.change)
        .join(ChangeRow, ChangeRow.id == ChangedRecordRow.change)
        .where(
            ChangedRecordRow.change > change.id,
            ChangedRecordRow.type == RecordType.ITEM,
            ChangeRow.sleeper == change.sleeper,
        )
    )
    return session.scalar(newer.limit(1)) is not None


def is_unchanged(session: Session, sleeper: str, state: RecordState) -> bool:
    """Return whether a record is still in this state."""
    current = existing_row(session, sleeper, state.type, state.subject)
    return (None if current is None else snapshot(current)) == state.snapshot


def transitions(session: Session, written: Written, sleeper: str) -> tuple[Transition, ...]:
    """Return the records that a call has changed, or the one that it left unchanged; none of an import."""
    if written.change is not None:
        if origin_of(session, written.change).kind is ChangeKind.IMPORTED:
            return ()
        return tuple(
            Transition(*(to_model(session, sleeper, row.type, each) for each in (row.before, row.after)))
            for row in written.change.records
        )
    if (state := written.unchanged) is None:
        return ()
    model = to_model(session, sleeper, state.type, state.snapshot)
    return (Transition(model, model),)


def states_after(written: Written) -> tuple[RecordState, ...]:
    """Return the states after a call of the records that it has changed, or of the one that it left unchanged."""
    if written.change is not None:
        return tuple(RecordState(row.type, row.subject, row.after) for row in written.change.records)
    return () if written.unchanged is None else (written.unchanged,)


def values_of(session: Session, sleeper: str, record_type: RecordType, subject: str) -> Iterator[Mapping[str, Any]]:
    """Yield the values that a record ever had before or after a change."""
    snapshots = session.execute(
        select(ChangedRecordRow.before, ChangedRecordRow.after)
        .join(ChangeRow, ChangeRow.id == ChangedRecordRow.change)
        .where(ChangedRecordRow.subject == subject, ChangedRecordRow.type == record_type, ChangeRow.sleeper == sleeper)
    )
    return (values_in(each) for row in snapshots for each in row if each is not None)
