"""What has to be sent to devices, from what a session remembers and how they are. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import State

from .command import Command, NightProgress, Outcome, RestoreMode
from .device_runtime import DeviceRuntime
from .devices.state import DeviceState, changed_fields, matches
from .evolve import evolve
from .managed_entity import ManagedEntity, PendingRestore
from .plan import Kind, Plan
from .registry import OtherBedrooms


@dataclass(frozen=True, slots=True)
class Step:
    """What is planned for an entity: how it is remembered, what is sent to it, and its outcome if nothing is.

    None for the entity: it is not remembered any longer.
    """

    entity: ManagedEntity
    commands: list[Command] | None = None
    outcome: Outcome | None = None


def plan_target(  # noqa: PLR0911, PLR0913 - each return is a reason to leave a device alone; all of these bear on it
    entity: ManagedEntity,
    state: State | None,
    runtime: DeviceRuntime,
    plan: Plan,
    progress: NightProgress,
    now: datetime,
    *,
    again: bool,
    is_fresh: bool,
) -> Step:
    """Return the step of an entity towards the night.

    What it has been told is not sent again, unless it is to be told `again`; a screen not before it had its time, since
    it may have one key for on and off. Of an entity that is `is_fresh`, captured
    a moment ago, it is known that nothing was sent to it yet.
    """
    if state is None or not entity.handler.is_available(state):
        return Step(entity, outcome=None if entity.is_screen_turned_off else Outcome.UNREACHABLE)
    if entity.is_released_now:
        return Step(entity, outcome=Outcome.RELEASED)
    if runtime.is_unconfirmed or runtime.is_yielding(now):
        return Step(entity)
    if entity.handler.is_moving(state) or entity.handler.is_suspended(state):
        return Step(entity.left_alone(is_fresh=is_fresh), [], Outcome.UNCHANGED)
    entity = entity.recaptured(state)
    target = entity.target_state(state, plan, progress)
    if target == entity.target and not again:
        return Step(entity, [])
    commands = entity.commands_towards(target, state, at_bedtime=progress.at_bedtime)
    if commands and not entity.handler.is_visible(commands, state, progress):
        return Step(entity.left_alone(is_fresh=is_fresh), [])
    if entity.handler.may_vanish_when_off and runtime.is_repeated_by(commands, state, now):
        return Step(entity.with_target(target, commands, is_fresh=is_fresh))
    return Step(entity.with_target(target, commands, now if commands else None, is_fresh=is_fresh), commands)


def plan_missing(entity: ManagedEntity, state: State, runtime: DeviceRuntime) -> list[Command]:
    """Return what an entity was told and has not done; after the second time, only if it did nothing of it."""
    if entity.target is None or entity.is_released_now or not entity.is_commanded:
        return []
    now = entity.state_of(state)
    if entity.handler.is_reached(entity.target, now) or entity.handler.is_suspended(state):
        return []
    if runtime.attempts > 1 and entity.handler.has_moved(entity.target, entity.original, now):
        return []
    return entity.commands_towards(entity.target, state, at_bedtime=False)


def plan_capture(
    kind: Kind, state: State, own: PendingRestore | None, others: OtherBedrooms, entity_id: str, *, is_restoring: bool
) -> ManagedEntity:
    """Return an entity as it is now; or, if it was at its night level already, as it was before that.

    That is so if another bedroom manages it, or if it has still to be restored and was left alone since.
    """
    entity = ManagedEntity.from_state(kind, state)
    if own is None and not others.states:
        return entity
    managing = [each for each in others.managing(entity_id) if each.kind is kind and not each.is_untouched]
    if managing:
        return _as_before(entity, managing[0])
    pending = [each.entity for each in ([own] if own else []) + others.restoring(entity_id) if each.entity.kind is kind]
    for each in pending:
        if not entity.was_off and (is_restoring or each.is_as_left(entity.original)):
            return _as_before(entity, each)
    return entity


def plan_takeover(entity: ManagedEntity, others: OtherBedrooms, entity_id: str) -> ManagedEntity:
    """Return an entity to which we sent nothing yet, as it was before another bedroom sent it something.

    From then on it is at its night level, and the last of both restores it.
    """
    if not entity.is_untouched or entity.released:
        return entity
    for each in others.managing(entity_id):
        if each.kind is entity.kind and not each.is_untouched:
            return evolve(_as_before(entity, each), is_untouched=False)
    return entity


def _as_before(entity: ManagedEntity, earlier: ManagedEntity) -> ManagedEntity:
    return evolve(entity, original=earlier.original, was_off=earlier.was_off, reported=entity.original)


def plan_pending(
    managed: Mapping[str, ManagedEntity],
    earlier: Mapping[str, PendingRestore],
    others: OtherBedrooms,
    mode: RestoreMode,
) -> tuple[dict[str, PendingRestore], dict[str, Outcome]]:
    """Return what has to be restored when a session ends, and the outcome of what has not.

    What another bedroom manages is restored by the last of them. Of an earlier session, only settings are still due:
    it is too late for power.
    """
    pending = {entity_id: evolve(each, restore_mode=RestoreMode.SETTINGS) for entity_id, each in earlier.items()}
    outcomes = {}
    for entity_id, entity in managed.items():
        was_left_alone = not entity.is_commanded and not entity.turned_on_at_night
        if entity.is_released:
            outcomes[entity_id] = Outcome.RELEASED
        elif (
            mode is RestoreMode.NOTHING
            or was_left_alone
            or (entity.was_off and not entity.must_wait_for_power)
            or others.managing(entity_id)
        ):
            outcomes[entity_id] = Outcome.UNCHANGED
        else:
            pending[entity_id] = PendingRestore(entity=entity, restore_mode=mode, is_untried=True)
    return pending, outcomes


@dataclass(frozen=True, slots=True)
class RestoreStep:
    """What is planned for a pending restore: what is sent, whether it stays pending, and its outcome otherwise."""

    commands: list[Command]
    stays: bool
    outcome: Outcome | None = None


def plan_restore(  # noqa: PLR0913 - what a restore depends on
    pending: PendingRestore,
    state: State | None,
    runtime: DeviceRuntime,
    mode: RestoreMode,
    now: datetime,
    *,
    is_late: bool,
    is_needed: bool,
) -> RestoreStep:
    """Return the step of a pending restore.

    Late, a device that is not as we left it belongs to whoever changed it.
    """
    entity = pending.entity
    if is_needed or runtime.is_yielding(now):
        return RestoreStep([], stays=True)
    if state is None or not entity.handler.is_available(state):
        return RestoreStep([], stays=True, outcome=Outcome.UNREACHABLE)
    if entity.handler.is_moving(state):
        return RestoreStep([], stays=True)
    waits = entity.must_turn_on_first(state)
    is_resting = waits or (entity.handler.is_suspended(state) and entity.is_commanded)
    if is_late and not is_resting and pending.is_changed_by_user(entity.state_of(state)):
        return RestoreStep([], stays=False, outcome=Outcome.RELEASED)
    if commands := entity.restore_commands(state, mode):
        is_under_way = entity.handler.may_vanish_when_off and runtime.is_repeated_by(commands, state, now)
        return RestoreStep([] if is_under_way else commands, stays=True)
    may_still_move = not is_late and bool(runtime.superseded) and runtime.is_settling(now)
    return RestoreStep([], stays=is_resting or may_still_move, outcome=Outcome.UNCHANGED)


def is_last_word_missing(wanted: DeviceState, now: DeviceState) -> bool:
    """Return whether a device is not as a person wanted it, while our command was on its way."""
    return bool(changed_fields(wanted, now)) and not matches(wanted, now)
