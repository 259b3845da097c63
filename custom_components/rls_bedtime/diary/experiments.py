"""The experiments of a sleeper, within a transaction: each change of one is recorded in the journal."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
import secrets
from typing import Final
from uuid import uuid7

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import journal, queries, routine
from .experiment_design import DesignedNight, ExperimentDesign, ExperimentStatus
from .experiment_queries import design_of, find_last, find_running
from .journal import Written
from .models import ChangeKind, Experiment, ExperimentKind, InvalidEntryError, NewExperiment, RecordType
from .nights import check_night, night_of
from .records import RecordState
from .sleepers import get_or_create
from .statistics.experiment_result import ExperimentResult, experiment_result
from .statistics.observations import Observations, observe_nights
from .storage.tables import ExperimentNightRow, ExperimentRow

_MICROSECOND: Final = timedelta.resolution


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningExperiment:
    """An experiment that is running, what it is about, and the current night; None if its first night is to come."""

    experiment: Experiment
    text: str
    tonight: DesignedNight | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentReport:
    """An experiment up to the current night, on which of its nights it was done, and its result once it is over."""

    experiment: Experiment
    text: str
    status: ExperimentStatus
    nights: tuple[DesignedNight, ...]
    done: frozenset[date]
    result: ExperimentResult | None


def start(session: Session, sleeper: str, entry: NewExperiment, now: datetime, others: Collection[str] = ()) -> Written:
    """Start an experiment, and draw its nights.

    Its first night is that of today's date: by night and in the morning, the current night is not drawn any more.

    Raises InvalidEntryError if one is running, for an unknown item, or for an option that an experiment of one of the
    other sleepers of the bedroom sets.
    """
    if find_running(session, sleeper, now) is not None:
        raise InvalidEntryError("experiment_running")
    subject = entry.subject
    if entry.kind is ExperimentKind.PRACTICE:
        subject = routine.find_current_item(session, sleeper, subject).uid
    _check_option(session, entry.kind, subject, others, now)
    get_or_create(session, sleeper)
    first_night, logged_at = now.date(), now.astimezone(UTC)
    if (last := find_last(session, sleeper)) is not None:
        # It is the last one also if the clock was set back; the id does not decide, as it is made by the same clock.
        first_night, logged_at = (
            max(first_night, last.experiment.first_night),
            max(logged_at, last.experiment.logged_at + _MICROSECOND),
        )
    row = ExperimentRow.from_model(
        Experiment(
            id=uuid7().hex,
            sleeper=sleeper,
            kind=entry.kind,
            subject=subject,
            with_value=entry.with_value,
            without_value=entry.without_value,
            nights=entry.nights,
            first_night=first_night,
            seed=secrets.randbits((entry.nights + 1) // 2),
            logged_at=logged_at,
            stopped_on=None,
        )
    )
    session.add(row)
    return journal.record_row(session, row, ChangeKind.EXPERIMENT_STARTED, now, None)


def stop(session: Session, sleeper: str, now: datetime) -> Written:
    """Stop the running experiment. Raises InvalidEntryError if there is none.

    The night of today's date is not part of it any more: by night and in the morning, the current night still is.
    """
    design = find_running(session, sleeper, now)
    if design is None:
        raise InvalidEntryError("no_experiment")
    row = session.get_one(ExperimentRow, design.experiment.id)
    before = RecordState.of(row)
    row.stopped_on = max(now.date(), row.first_night)
    return journal.record_row(session, row, ChangeKind.EXPERIMENT_STOPPED, now, before)


def set_skipped(session: Session, sleeper: str, night: date | None, now: datetime, *, skipped: bool) -> Written:
    """Set whether a night of the running experiment is skipped, by default the current one.

    What is assigned to a night that is skipped before it is over is assigned to the next one. Afterwards that cannot
    be taken back, as later nights have been drawn by it.

    Raises InvalidEntryError once the experiment is over: whoever knows the result does not choose its nights.
    """
    if (last := find_last(session, sleeper)) is None:
        raise InvalidEntryError("no_experiment")
    if last.status(night_of(now)) is not ExperimentStatus.RUNNING:
        raise InvalidEntryError("experiment_over")

    def change(row: ExperimentNightRow) -> None:
        tonight = night_of(now)
        if row.skipped is not skipped:
            if row.repeats and row.night != tonight:
                raise InvalidEntryError("draw_settled")
            row.skipped, row.repeats = skipped, skipped and row.night == tonight

    return _change_night(session, sleeper, night, now, change)


def set_done(session: Session, sleeper: str, night: date | None, now: datetime, *, done: bool) -> Written:
    """Set whether the tag of the last experiment was true of a night, by default the current one."""

    def change(row: ExperimentNightRow) -> None:
        row.done = done

    design = find_last(session, sleeper)
    if design is not None and design.experiment.kind is not ExperimentKind.TAG:
        raise InvalidEntryError("experiment_without_tag")
    return _change_night(session, sleeper, night, now, change)


def skip_if_undecided(session: Session, sleeper: str, now: datetime) -> Written:
    """Skip the current night of a running experiment, unless that has been decided: done before, or taken back."""
    design = find_running(session, sleeper, now)
    night = night_of(now)
    if design is None or design.night(night) is None or _is_decided(session, sleeper, night):
        return Written()
    return set_skipped(session, sleeper, night, now, skipped=True)


def check_removable(session: Session, sleeper: str, uids: Collection[str], now: datetime) -> None:
    """Raise InvalidEntryError if one of these items is what the running experiment is about."""
    design = find_running(session, sleeper, now)
    if design is not None and design.experiment.subject in uids:
        raise InvalidEntryError("item_in_experiment", item=_text_of(session, design.experiment))


def check_reverted(session: Session, sleeper: str, written: Written, now: datetime, others: Collection[str]) -> None:
    """Raise InvalidEntryError if an experiment runs after an undo or redo that could not have been started.

    It may be about an item that is not in the routine, run beside another one, or set an option that an experiment of
    one of the other sleepers of the bedroom sets. An import came with its own experiments.
    """
    design, change = find_running(session, sleeper, now), written.change
    if design is None or change is None or journal.origin_of(session, change).kind is ChangeKind.IMPORTED:
        return
    experiment, subjects = design.experiment, {row.subject for row in change.records}
    if experiment.id in subjects:
        if _is_about_removed_item(session, experiment) or _runs_beside(session, experiment, now):
            raise InvalidEntryError("changed_since")
        _check_option(session, experiment.kind, experiment.subject, others, now)
    elif experiment.subject in subjects and _is_about_removed_item(session, experiment):
        raise InvalidEntryError("item_in_experiment", item=_text_of(session, experiment))


def running(session: Session, sleeper: str, now: datetime) -> RunningExperiment | None:
    """Return the running experiment, and what it assigns to the current night."""
    design = find_running(session, sleeper, now)
    if design is None:
        return None
    return RunningExperiment(
        experiment=design.experiment,
        text=_text_of(session, design.experiment),
        tonight=design.night(night_of(now)),
    )


def report(session: Session, sleeper: str, now: datetime) -> ExperimentReport | None:
    """Return the last experiment: what was assigned up to the current night, and its result once it is over."""
    design = find_last(session, sleeper)
    if design is None:
        return None
    tonight = night_of(now)
    status = design.status(tonight)
    nights = tuple(design.nights_until(tonight))
    done = _done_nights(session, design, nights)
    return ExperimentReport(
        experiment=design.experiment,
        text=_text_of(session, design.experiment),
        status=status,
        nights=nights,
        done=frozenset(done),
        result=None
        if status is ExperimentStatus.RUNNING
        else experiment_result(design, nights, _observations(session, sleeper, nights), done),
    )


def _observations(session: Session, sleeper: str, nights: Sequence[DesignedNight]) -> Observations:
    if not nights:
        return {}
    first, last = nights[0].night, nights[-1].night
    return observe_nights(
        list(queries.episodes(session, sleeper, first, last)), queries.clear_nights(session, sleeper, first, last)
    )


def _done_nights(session: Session, design: ExperimentDesign, nights: Sequence[DesignedNight]) -> set[date]:
    """Return the nights on which it was done: ticked, or, of an option, bedtime mode started."""
    if not nights:
        return set()
    experiment, first, last = design.experiment, nights[0].night, nights[-1].night
    match experiment.kind:
        case ExperimentKind.PRACTICE:
            practices = routine.practices(session, experiment.sleeper, first, last)
            return {each.night for each in practices if each.item == experiment.subject}
        case ExperimentKind.TAG:
            return {each.night for each in nights if each.done}
        case ExperimentKind.OPTION:
            return {night_of(each) for each in queries.bedtimes(session, experiment.sleeper, first, last)}


def _check_option(session: Session, kind: ExperimentKind, option: str, others: Collection[str], now: datetime) -> None:
    """Raise InvalidEntryError for an option that an experiment of another sleeper of the bedroom sets."""
    running = (find_running(session, other, now) for other in others if kind is ExperimentKind.OPTION)
    if any(each is not None and (each.experiment.kind, each.experiment.subject) == (kind, option) for each in running):
        raise InvalidEntryError("option_in_experiment")


def _is_about_removed_item(session: Session, experiment: Experiment) -> bool:
    return experiment.kind is ExperimentKind.PRACTICE and not routine.is_current(session, experiment.subject)


def _runs_beside(session: Session, experiment: Experiment, now: datetime) -> bool:
    """Return whether another experiment of the sleeper, which this one hides, has not ended."""
    others = session.scalars(
        select(ExperimentRow).where(
            ExperimentRow.sleeper == experiment.sleeper,
            ExperimentRow.id != experiment.id,
            ExperimentRow.stopped_on.is_(None),
        )
    )
    return any(design_of(session, row).status(night_of(now)) is ExperimentStatus.RUNNING for row in others)


def _text_of(session: Session, experiment: Experiment) -> str:
    """Return what an experiment is about: the text of the item, the tag, or the key of the option."""
    if experiment.kind is ExperimentKind.PRACTICE:
        return routine.text_of(session, experiment.subject)
    return experiment.subject


def _change_night(
    session: Session, sleeper: str, night: date | None, now: datetime, change: Callable[[ExperimentNightRow], None]
) -> Written:
    """Change what is said of a night of the last experiment. Raises InvalidEntryError for another night."""
    night = night_of(now) if night is None else night
    check_night(night, now)
    design = find_last(session, sleeper)
    if design is None:
        raise InvalidEntryError("no_experiment")
    if design.night(night) is None:
        raise InvalidEntryError("night_not_in_experiment", night=night)
    row = session.get(ExperimentNightRow, (sleeper, night))
    before = None if row is None else RecordState.of(row)
    if row is None or row.experiment != design.experiment.id:
        # A row of another experiment is of one that was stopped on this night, before it began.
        new = ExperimentNightRow(
            sleeper=sleeper, night=night, experiment=design.experiment.id, skipped=False, repeats=False, done=None
        )
        row = new if row is None else session.merge(new)
    change(row)
    if before == RecordState.of(row) or (before is None and row.says_nothing):
        return Written(unchanged=before or RecordState.missing(row))
    if row.says_nothing:
        session.delete(row)
    else:
        session.add(row)
    return journal.record_row(session, row, ChangeKind.EXPERIMENT_NIGHT_UPDATED, now, before)


def _is_decided(session: Session, sleeper: str, night: date) -> bool:
    """Return whether it was ever said of a night that it is skipped, even if that has been undone."""
    values = journal.values_of(session, sleeper, RecordType.EXPERIMENT_NIGHT, night.isoformat())
    return any(each.get("skipped") for each in values)
