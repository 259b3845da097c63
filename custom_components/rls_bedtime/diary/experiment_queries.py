"""Queries of experiments and their nights, within a transaction."""

from datetime import datetime

from sqlalchemy import Select, literal, select, tuple_
from sqlalchemy.orm import Session

from .experiment_design import ExperimentDesign, ExperimentStatus
from .nights import night_of
from .storage.tables import ExperimentNightRow, ExperimentRow


def find_last(session: Session, sleeper: str) -> ExperimentDesign | None:
    """Return the last experiment of a sleeper, running or not."""
    row = session.scalar(
        select(ExperimentRow)
        .where(ExperimentRow.sleeper == sleeper)
        .order_by(ExperimentRow.first_night.desc(), ExperimentRow.logged_at.desc(), ExperimentRow.id.desc())
        .limit(1)
    )
    return None if row is None else design_of(session, row)


def find_design(session: Session, experiment: str) -> ExperimentDesign | None:
    """Return the experiment with this id, if there is one."""
    row = session.get(ExperimentRow, experiment)
    return None if row is None else design_of(session, row)


def design_of(session: Session, row: ExperimentRow) -> ExperimentDesign:
    """Return the experiment of a row, with what was said of its nights."""
    notes = session.scalars(nights_of(row.sleeper, row.id).where(ExperimentNightRow.night >= row.first_night))
    return ExperimentDesign(experiment=row.to_model(), notes={note.night: note.to_model() for note in notes})


def find_running(session: Session, sleeper: str, now: datetime) -> ExperimentDesign | None:
    """Return the running experiment of a sleeper."""
    design = find_last(session, sleeper)
    is_running = design is not None and design.status(night_of(now)) is ExperimentStatus.RUNNING
    return design if is_running else None


def nights_of(sleeper: str, experiment: str) -> Select[tuple[ExperimentNightRow]]:
    """Return a query of what was said of the nights of an experiment."""
    return select(ExperimentNightRow).where(
        ExperimentNightRow.sleeper == sleeper, ExperimentNightRow.experiment == experiment
    )


def is_followed(session: Session, experiment: ExperimentRow) -> bool:
    """Return whether another experiment has followed this one, perhaps on the same day."""
    columns = (ExperimentRow.first_night, ExperimentRow.logged_at, ExperimentRow.id)
    place = tuple_(*(literal(getattr(experiment, column.key), column.type) for column in columns))
    following = select(ExperimentRow.id).where(ExperimentRow.sleeper == experiment.sleeper, tuple_(*columns) > place)
    return session.scalar(following.limit(1)) is not None
