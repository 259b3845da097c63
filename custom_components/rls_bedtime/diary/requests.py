"""The calls that were carried out, by which a repeat of a call is recognized. Within the transaction of the call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from . import journal
from .journal import Written
from .models import REPEAT_WINDOW, Action, Request, ongoing_episode
from .queries import last_episode
from .records import RecordState
from .storage.tables import ChangeRow, RequestRow

_RETENTION: Final = timedelta(hours=1)
"""How long a call without an id is kept: longer than it can be repeated, as the clock may be set back meanwhile."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that changes the diary of a sleeper: its fields as given, before anything relative was resolved.

    Without a request, the call is neither remembered nor recognized as a repeat.
    """

    sleeper: str
    action: Action
    fields: tuple[object, ...]
    request: Request | None

    @property
    def fingerprint(self) -> str:
        """Return a hash of the fields."""
        return sha256(repr(self.fields).encode(errors="replace")).hexdigest()


def find_repeated(session: Session, call: Call, now: datetime) -> Written | None:
    """Return what the call wrote that this one repeats, if any."""
    if call.request is None:
        return None
    if call.request.id is not None:
        row = _find_by_id(session, call, call.request.id)
        return None if row is None else _written(session, row)
    recent = (_written(session, row) for row in _find_recent(session, call, call.request.user, now))
    return next((written for written in recent if _still_stands(session, call.sleeper, written)), None)


def remember(session: Session, call: Call, written: Written, now: datetime) -> None:
    """Remember a call, and forget old ones that have no id."""
    if (request := call.request) is None:
        return
    at = now.astimezone(UTC)
    change, unchanged = written.change, written.unchanged
    session.execute(delete(RequestRow).where(RequestRow.request_id.is_(None), RequestRow.at < at - _RETENTION))
    session.add(
        RequestRow(
            sleeper=call.sleeper,
            action=call.action,
            request_id=request.id,
            user=request.user if request.id is None else None,
            fingerprint=call.fingerprint if request.id is None else None,
            at=at,
            change=None if change is None else change.uid,
            type=None if unchanged is None else unchanged.type,
            subject=_ongoing_id(session, call.sleeper, now) if unchanged is None else unchanged.subject,
            snapshot=None if unchanged is None else unchanged.snapshot,
        )
    )


def _find_by_id(session: Session, call: Call, request_id: str) -> RequestRow | None:
    """Return the row of the call of the same action with this id."""
    return session.scalar(
        select(RequestRow).where(
            RequestRow.sleeper == call.sleeper, RequestRow.request_id == request_id, RequestRow.action == call.action
        )
    )


def _find_recent(session: Session, call: Call, user: str | None, now: datetime) -> Sequence[RequestRow]:
    """Return the rows of the last calls with the same fields. The clock may have been set back a little since."""
    # In UTC: in local time, Python's arithmetic loses which of two repeated hours it was.
    at = now.astimezone(UTC)
    return session.scalars(
        select(RequestRow)
        .where(
            RequestRow.request_id.is_(None),
            RequestRow.at.between(at - REPEAT_WINDOW, at + REPEAT_WINDOW),
            RequestRow.sleeper == call.sleeper,
            RequestRow.action == call.action,
            RequestRow.user.is_not_distinct_from(user),
            RequestRow.fingerprint == call.fingerprint,
        )
        .order_by(RequestRow.at.desc(), RequestRow.id.desc())
    ).all()


def _written(session: Session, row: RequestRow) -> Written:
    """Return what a call wrote."""
    if row.change is not None:
        change = session.scalars(select(ChangeRow).where(ChangeRow.uid == row.change)).one()
        return Written(change, is_repeat=True, ongoing=row.subject)
    if row.type is None or row.subject is None:
        return Written(is_repeat=True)
    return Written(unchanged=RecordState(row.type, row.subject, row.snapshot), is_repeat=True)


def _ongoing_id(session: Session, sleeper: str, now: datetime) -> str | None:
    """Return the id of the ongoing episode: of a change, it is remembered in place of a record left unchanged."""
    ongoing = ongoing_episode(last_episode(session, sleeper, now), now)
    return None if ongoing is None else ongoing.id


def _still_stands(session: Session, sleeper: str, written: Written) -> bool:
    """Return whether the diary still shows what a call wrote: what was undone since may be done again."""
    if written.change is not None:
        return journal.is_in_effect(session, written.change)
    return written.unchanged is None or journal.is_unchanged(session, sleeper, written.unchanged)
