"""The sleepers in the database, within a transaction."""

from collections.abc import Collection

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from .storage.status import SleeperRecord
from .storage.tables import (
    BedtimeRow,
    ClearNightRow,
    EpisodeRow,
    ExperimentRow,
    MarkedChangeRow,
    NightConditionsRow,
    PracticeRow,
    SleeperRow,
)


def get_or_create(session: Session, sleeper: str) -> SleeperRow:
    """Return the row of a sleeper, creating it if there is none yet."""
    row = session.get(SleeperRow, sleeper)
    if row is None:
        row = SleeperRow(id=sleeper, has_routine=False)
        session.add(row)
        session.flush()
    return row


def orphaned(session: Session, known_sleepers: Collection[str]) -> list[SleeperRecord]:
    """Return the sleepers with records in the database that are not among the known ones.

    The records of the known sleepers are not counted: there may be many.
    """
    query = select(SleeperRow.id, SleeperRow.name).where(SleeperRow.id.not_in(known_sleepers)).order_by(SleeperRow.id)
    found = []
    for sleeper, name in session.execute(query):
        totals = select(func.count(), func.max(EpisodeRow.started_at)).where(EpisodeRow.sleeper == sleeper)
        episodes, last = session.execute(totals).one()
        if episodes or _has_other_records(session, sleeper):
            found.append(SleeperRecord(sleeper=sleeper, name=name, episodes=episodes, last_started_at=last))
    return found


def _has_other_records(session: Session, sleeper: str) -> bool:
    """Return whether a sleeper has other records than episodes. Routine items do not count: they may be defaults."""
    tables = (ClearNightRow, PracticeRow, MarkedChangeRow, BedtimeRow, ExperimentRow, NightConditionsRow)
    return any(session.scalar(select(exists().where(table.sleeper == sleeper))) for table in tables)


def get_name(session: Session, sleeper: str) -> str | None:
    """Return the name of a sleeper, or None if it is unknown."""
    return session.scalar(select(SleeperRow.name).where(SleeperRow.id == sleeper))


def rename(session: Session, sleeper: str, name: str) -> None:
    """Set the name of a sleeper."""
    get_or_create(session, sleeper).name = name
