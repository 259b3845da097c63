"""The results of calls that write, within their transaction."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from . import journal, routine
from .journal import Written
from .models import (
    ChangeKind,
    ClearNightResult,
    EpisodeResult,
    ExperimentNightResult,
    ExperimentWriteResult,
    MarkedChangeResult,
    PracticeResult,
    RevertResult,
    WriteResult,
)
from .records import item_and_night


def write_result(session: Session, sleeper: str, written: Written) -> WriteResult:
    """Return the result of a call of which only the change matters."""
    return WriteResult(**_common(session, sleeper, written))


def episode_result(session: Session, sleeper: str, written: Written) -> EpisodeResult:
    """Return the result of a call that writes an episode."""
    return EpisodeResult(**_common(session, sleeper, written))


def clear_night_result(session: Session, sleeper: str, written: Written) -> ClearNightResult:
    """Return the result of a call that writes a clear night."""
    return ClearNightResult(**_common(session, sleeper, written))


def marked_change_result(session: Session, sleeper: str, written: Written) -> MarkedChangeResult:
    """Return the result of a call that writes a marked change."""
    return MarkedChangeResult(**_common(session, sleeper, written))


def experiment_result(session: Session, sleeper: str, written: Written) -> ExperimentWriteResult:
    """Return the result of a call that starts or stops an experiment."""
    return ExperimentWriteResult(**_common(session, sleeper, written))


def experiment_night_result(session: Session, sleeper: str, written: Written) -> ExperimentNightResult:
    """Return the result of saying something of a night of an experiment."""
    (night,) = journal.states_after(written)
    return ExperimentNightResult(**_common(session, sleeper, written), night=date.fromisoformat(night.subject))


def practice_result(session: Session, sleeper: str, written: Written) -> PracticeResult:
    """Return the result of setting whether an item is done on a night."""
    (practice,) = journal.states_after(written)
    uid, night = item_and_night(practice.subject)
    item = routine.find_item(session, uid, done=practice.snapshot is not None)
    return PracticeResult(**_common(session, sleeper, written), item=item, night=night)


def revert_result(session: Session, sleeper: str, written: Written) -> RevertResult:
    """Return the result of undo or redo, called with whichever id: what it undid or redid."""
    change = written.change
    assert change is not None  # noqa: S101 - undo and redo write, or refuse
    origin = journal.origin_of(session, change)
    redone = change.kind is ChangeKind.REDONE
    return RevertResult(**_common(session, sleeper, written), kind=origin.kind, at=origin.at, redone=redone)


def _common(session: Session, sleeper: str, written: Written) -> dict[str, Any]:
    return {
        "change_id": None if written.change is None else written.change.uid,
        "transitions": journal.transitions(session, written, sleeper),
        "repeated": written.is_repeat,
        "ongoing": written.ongoing,
    }
