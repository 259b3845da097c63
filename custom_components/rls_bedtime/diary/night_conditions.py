"""The conditions of nights in the database, within a transaction. What is measured is no change in the journal."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from .measurements import adds_to, merged
from .models import NightConditions
from .storage.tables import NightConditionsRow, SleeperRow


def between(session: Session, sleeper: str, start: date | None, end: date | None) -> list[NightConditions]:
    """Return the conditions of the nights from start to end, inclusive, newest first."""
    query = select(NightConditionsRow).where(NightConditionsRow.sleeper == sleeper)
    if start is not None:
        query = query.where(NightConditionsRow.night >= start)
    if end is not None:
        query = query.where(NightConditionsRow.night <= end)
    return [row.to_model() for row in session.scalars(query.order_by(NightConditionsRow.night.desc()))]


def record(session: Session, sleeper: str, conditions: Iterable[NightConditions]) -> bool:
    """Record what was measured, and return whether that is new. What is known stays, unless it is measured again.

    Of a sleeper whose diary was erased meanwhile, nothing is recorded.
    """
    if session.get(SleeperRow, sleeper) is None:
        return False
    return sum(_record_night(session, each) for each in conditions) > 0


def _record_night(session: Session, read: NightConditions) -> bool:
    row = session.get(NightConditionsRow, (read.sleeper, read.night))
    known = None if row is None else row.to_model()
    if not adds_to(known, read):
        return False
    session.merge(NightConditionsRow.from_model(merged(known, read)))
    return True
