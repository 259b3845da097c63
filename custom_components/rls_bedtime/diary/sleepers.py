"""Sleepers within a transaction: what the file holds of whom."""

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from .models import InvalidEntryError
from .reports import SleeperRecord
from .tables import BedtimeRow, ChangeRow, ClearNightRow, EpisodeRow, PracticeRow, RoutineItemRow, SleeperRow


def ensure(session: Session, sleeper: str) -> SleeperRow:
    """Return the row of a sleeper, made if this is the first that the file hears of them."""
    row = session.get(SleeperRow, sleeper)
    if row is None:
        row = SleeperRow(id=sleeper, has_routine=False)
        session.add(row)
        session.flush()
    return row


def records(session: Session) -> list[SleeperRecord]:
    """Return what the file holds of each sleeper."""
    asked = (
        select(SleeperRow.id, SleeperRow.name, func.count(EpisodeRow.id), func.max(EpisodeRow.started_at))
        .outerjoin(EpisodeRow, EpisodeRow.sleeper == SleeperRow.id)
        .group_by(SleeperRow.id)
        .order_by(SleeperRow.id)
    )
    return [
        SleeperRecord(sleeper=sleeper, name=name, episodes=episodes, last_started_at=last)
        for sleeper, name, episodes, last in session.execute(asked)
    ]


def rename(session: Session, sleeper: str, name: str) -> None:
    """Note a sleeper's name."""
    ensure(session, sleeper).name = name


def adopt(session: Session, old: str, new: str) -> None:
    """Give all that is a sleeper's to another. What both have is kept once, as the other has it."""
    given = session.get(SleeperRow, old)
    if given is None or old == new:
        raise InvalidEntryError("unknown_diary", diary=old)
    taker = ensure(session, new)
    _merge_routines(session, given, taker)
    session.flush()
    for table in (EpisodeRow, ChangeRow, ClearNightRow, PracticeRow, BedtimeRow):
        session.execute(
            update(table).where(table.sleeper == old).values(sleeper=new).prefix_with("OR IGNORE"),
            execution_options={"synchronize_session": False},
        )
    erase(session, old)


def erase(session: Session, sleeper: str) -> None:
    """Erase all that is a sleeper's."""
    session.execute(delete(SleeperRow).where(SleeperRow.id == sleeper))


def _merge_routines(session: Session, given: SleeperRow, taker: SleeperRow) -> None:
    """Put the items of one routine behind those of another, without saying the same twice."""
    asked = select(RoutineItemRow).where(RoutineItemRow.sleeper.in_((given.id, taker.id)))
    rows = sorted(session.scalars(asked), key=lambda row: (row.sleeper != given.id, row.position))
    known: set[str] = set()
    for position, row in enumerate(rows):
        if row.text in known:
            session.delete(row)
        known.add(row.text)
        row.sleeper, row.position = taker.id, position
    taker.has_routine = taker.has_routine or given.has_routine
