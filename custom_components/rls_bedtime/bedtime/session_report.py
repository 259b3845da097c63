"""What bedtime mode does to a bedroom at this moment, for people to see. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.core import State

from . import lifecycle
from .command import PROBLEMS, Outcome, RestoreMode
from .managed_entity import ManagedEntity, Source
from .plan import Plan
from .planner import plan_pending
from .registry import OtherBedrooms
from .schedule import occurrences, wake_up_after
from .session_state import Phase, SessionState

PHONES = "phones"
"""What phones in Do Not Disturb are counted as, beside the kinds of devices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProblem:
    """A device that is not as bedtime wants it; `by`: who has taken it over, if somebody has."""

    entity_id: str
    outcome: Outcome
    by: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """A session, or the next one that starts by itself.

    `usual_bedtime` and `usual_end` are what the times would be without an extension or a start by hand; None where
    there is no usual time. `applied` and `restores`: how many devices of each kind are as bedtime wants them, and how
    many would be restored if it ended now.
    """

    phase: Phase
    fades_at: datetime | None = None
    bedtime_at: datetime | None = None
    ends_at: datetime | None = None
    usual_bedtime: datetime | None = None
    usual_end: datetime | None = None
    applied: Mapping[str, int]
    restores: Mapping[str, int]
    problems: tuple[DeviceProblem, ...] = ()


def report_session(
    state: SessionState,
    plan: Plan,
    outcomes: Mapping[str, Outcome],
    others: OtherBedrooms,
    get_state: Callable[[str], State | None],
    now: datetime,
) -> SessionReport:
    """Return the report of a session."""
    if state.times is None:
        return _report_next(state, plan, now)
    mode = plan.restore_mode(now - state.times.bedtime_at)
    problems = {each: outcome for each, outcome in outcomes.items() if outcome in PROBLEMS}
    applied = Counter(
        entity.kind.value for each, entity in state.managed.items() if each not in problems and entity.is_applied
    )
    return SessionReport(
        phase=lifecycle.phase_at(state, now),
        fades_at=state.times.fades_at,
        bedtime_at=state.times.bedtime_at,
        ends_at=state.times.ends_at,
        usual_bedtime=None if plan.schedule_entity else _nearest_bedtime(plan, state.times.bedtime_at, now),
        usual_end=None if plan.schedule_entity else wake_up_after(state.times.bedtime_at, plan.wake_up, now.tzinfo),
        applied=_with_phones(applied, len(state.phones_in_dnd)),
        restores=_with_phones(_count_restores(state, mode, others, get_state), len(state.phones_in_dnd)),
        problems=tuple(_problem(each, outcome, state.managed.get(each)) for each, outcome in sorted(problems.items())),
    )


def _report_next(state: SessionState, plan: Plan, now: datetime) -> SessionReport:
    """Return the report of a bedroom by day."""
    bedtime = lifecycle.next_bedtime(state, plan, now) if plan.automatic else None
    if bedtime is None:
        return SessionReport(phase=Phase.OFF, applied={}, restores={})
    original, extension = state.extension or (bedtime, timedelta())
    return SessionReport(
        phase=Phase.OFF,
        fades_at=bedtime - plan.wind_down,
        bedtime_at=bedtime,
        ends_at=None if plan.schedule_entity else wake_up_after(bedtime, plan.wake_up, now.tzinfo),
        usual_bedtime=original if original + extension == bedtime else bedtime,
        applied={},
        restores={},
    )


def _nearest_bedtime(plan: Plan, bedtime_at: datetime, now: datetime) -> datetime:
    return min(occurrences(plan.bedtime, now), key=lambda each: abs(each - bedtime_at))


def _count_restores(
    state: SessionState, mode: RestoreMode, others: OtherBedrooms, get_state: Callable[[str], State | None]
) -> Counter[str]:
    """Return how many devices of each kind would be restored at once if the session ended now."""
    pending, _ = plan_pending(state.managed, {}, others, mode)
    found: Counter[str] = Counter()
    for entity_id, each in pending.items():
        current = get_state(entity_id)
        if current is not None and each.entity.handler.is_available(current):
            found[each.entity.kind] += bool(each.entity.restore_commands(current, mode))
    return found


def _with_phones(counts: Counter[str], phones: int) -> dict[str, int]:
    return {kind: count for kind, count in {**counts, PHONES: phones}.items() if count}


def _problem(entity_id: str, outcome: Outcome, entity: ManagedEntity | None) -> DeviceProblem:
    by = entity.released_by if entity is not None and outcome is Outcome.RELEASED else None
    return DeviceProblem(entity_id=entity_id, outcome=outcome, by=by)
