"""Sleepers within a transaction: what the file holds of whom."""

from collections.abc import Collection

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from .storage.status import SleeperRecord
from .storage.tables import BedtimeRow, ClearNightRow, EpisodeRow, PracticeRow, SleeperRow


def get_or_create(session: Session, sleeper: str) -> SleeperRow:
    """Return the row of a sleeper, made if this is the first that the file hears of them."""
    row = session.get(SleeperRow, sleeper)
    if row is None:
        row = SleeperRow(id=sleeper, has_routine=False)
        session.add(row)
        session.flush()
    return row


def orphaned(session: Session, present: Collection[str]) -> list[SleeperRecord]:
    """Return what the file holds of sleepers who are not present, of each of whom something was said.

    Who is present is not counted: theirs may be many.
    """
    asked = select(SleeperRow.id, SleeperRow.name).where(SleeperRow.id.not_in(present)).order_by(SleeperRow.id)
    found = []
    for sleeper, name in session.execute(asked):
        of_sleeper = select(func.count(), func.max(EpisodeRow.started_at)).where(EpisodeRow.sleeper == sleeper)
        episodes, last = session.execute(of_sleeper).one()
        if episodes or _has_said_else(session, sleeper):
            found.append(SleeperRecord(sleeper=sleeper, name=name, episodes=episodes, last_started_at=last))
    return found


def _has_said_else(session: Session, sleeper: str) -> bool:
    """Return whether there is anything of a sleeper but episodes; the items of a routine may all be given ones."""
    tables = (ClearNightRow, PracticeRow, BedtimeRow)
    return any(session.scalar(select(exists().where(table.sleeper == sleeper))) for table in tables)


def get_name(session: Session, sleeper: str) -> str | None:
    """Return the name of a sleeper, where one is known."""
    return session.scalar(select(SleeperRow.name).where(SleeperRow.id == sleeper))


def rename(session: Session, sleeper: str, name: str) -> None:
    """Note a sleeper's name."""
    get_or_create(session, sleeper).name = name


def erase(session: Session, sleeper: str) -> None:
    """Erase all that is a sleeper's."""
    session.execute(delete(SleeperRow).where(SleeperRow.id == sleeper))
