"""Whose doing a change of a device is: our own, the device on its way, or somebody's who takes it over. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from homeassistant.components.light import ATTR_BRIGHTNESS
from homeassistant.core import State

from .device_runtime import MAX_ATTEMPTS, DeviceRuntime
from .devices.state import POWER, DeviceState, agrees, changed_fields, lies_between, matches
from .evolve import evolve
from .managed_entity import ManagedEntity, PendingRestore, Source
from .plan import Plan

_STEP: Final = 3
"""A light that gets brighter by no more than this, of 255, only rounds."""

FLAP: Final = timedelta(seconds=2)
"""A lamp that reports off and on within this time has a bad connection (core issue 37929)."""


class ChangeOrigin(StrEnum):
    """Whose doing a change is, and what follows from it."""

    EXPECTED = "expected"
    UNCONFIRMED = "unconfirmed"
    MANUAL = "manual"
    TURNED_ON = "turned_on"
    RETURNED = "returned"
    REAPPLY = "reapply"
    RECLAIMED = "reclaimed"


@dataclass(frozen=True, slots=True)
class Classification:
    """Whose doing a change is, which fields were taken over, and by whom.

    `reported`: the state before, `new`: the state after, where they count. `is_as_path_light`: see ClassifierContext.
    """

    origin: ChangeOrigin
    fields: frozenset[str] = frozenset()
    source: Source = Source.DEVICE
    reported: DeviceState | None = None
    new: DeviceState | None = None
    is_as_path_light: bool = False

    def followed_by(self, later: Self) -> Self:
        """Return what both mean, one after the other: what was taken over stays so."""
        if self.origin is not ChangeOrigin.MANUAL or later.origin is ChangeOrigin.RECLAIMED:
            return later
        if not self.fields - {POWER} or later.origin is ChangeOrigin.RETURNED:
            return later if later.origin is not ChangeOrigin.RETURNED else self
        return replace(self, fields=self.fields | later.fields, new=later.new or self.new)


EXPECTED: Final = Classification(ChangeOrigin.EXPECTED)
RETURNED: Final = Classification(ChangeOrigin.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A change of an entity that was available before and after; `requested`: what somebody asked of a light."""

    old: State
    new: State
    source: Source
    requested: frozenset[str] = frozenset()

    @property
    def is_external(self) -> bool:
        """Return whether the change is known to be made by a person or an automation."""
        return self.source is not Source.DEVICE


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierContext:
    """What else bears on a change."""

    plan: Plan
    at_bedtime: bool
    runtime: DeviceRuntime
    now: datetime
    is_as_path_light: bool = False
    """Whether a light that has still to be restored is on as it was on for a walk: many come on at their last level."""


def classify_change(  # noqa: PLR0911 - each return is one origin of a change
    entity: ManagedEntity, change: StateChange, context: ClassifierContext
) -> Classification:
    """Return whose doing a change is of a device that a session manages."""
    handler = entity.handler
    old, new = entity.state_of(change.old), entity.state_of(change.new)
    if entity.released_by is Source.AUTOMATION and change.source is not Source.PERSON and entity.is_as_left(new):
        # core issue 43662: a doorbell flashes a lamp and puts it back.
        return Classification(ChangeOrigin.RECLAIMED, new=new)
    if _is_landing(entity, new, change, context):
        return EXPECTED
    if (found := _classify_unknown(entity, change)) is not None:
        return found
    if handler.keeps_settings_while_off and handler.is_off(old) is not handler.is_off(new):
        return _classify_switched(entity, old, new, change, context)
    if ATTR_BRIGHTNESS not in change.requested and _is_ramping(entity, new, context):
        return Classification(ChangeOrigin.TURNED_ON, new=new)
    if change.is_external:
        target = entity.target
        # The target of a light that came on a moment ago is still to be off.
        is_outdated = target is None or (handler.is_off(target) and not handler.is_off(new))
        fields = changed_fields(old, new) if is_outdated else handler.overridden(target, old, new, external=True)
        return _as_manual(entity, fields, change, context, new)
    if handler.is_moving(change.new) or handler.is_suspended(change.new):
        return EXPECTED
    if handler.is_suspended(change.old) or (handler.is_moving(change.old) and not _has_reached(entity, context)):
        return RETURNED
    if entity.target is None or (not entity.is_commanded and handler.recaptures(at_bedtime=context.at_bedtime)):
        return RETURNED
    return _classify_report(entity, old, new, change, context)


def _classify_unknown(entity: ManagedEntity, change: StateChange) -> Classification | None:
    """Return what it means that a light becomes unknown, or known again: it may have been on all the time."""
    handler = entity.handler
    if change.is_external or not handler.keeps_settings_while_off:
        return None
    if handler.is_suspended(change.new):
        return EXPECTED
    return RETURNED if handler.is_suspended(change.old) else None


def _is_landing(entity: ManagedEntity, new: DeviceState, change: StateChange, context: ClassifierContext) -> bool:
    """Return whether our command takes effect after a person has changed the device: they have the last word."""
    runtime = context.runtime
    is_theirs = runtime.in_flight and runtime.last_word is not None and not change.is_external
    return is_theirs and entity.target is not None and bool(entity.handler.is_reached(entity.target, new))


def _has_reached(entity: ManagedEntity, context: ClassifierContext) -> bool:
    """Return whether a device has been where it was told to be."""
    reported = entity.reported is not None and entity.handler.is_reached(entity.target, entity.reported)
    return context.runtime.has_reached or bool(entity.target is not None and reported)


def _classify_report(
    entity: ManagedEntity, old: DeviceState, new: DeviceState, change: StateChange, context: ClassifierContext
) -> Classification:
    """Return whose doing it is that a device reports something: a hand at the device, or a device on its way."""
    handler, runtime = entity.handler, context.runtime
    if handler.is_moving(change.old):
        old = entity.target
    fields = handler.overridden(entity.target, old, new, external=False)
    is_settling = runtime.is_settling(context.now)
    if is_settling and _is_superseded_command(entity, fields, new, runtime):
        return RETURNED
    if is_settling:
        fields -= handler.side_effects(entity.target, new)
    if not fields:
        return RETURNED if handler.has_next_step(entity.target, change.new, runtime.sent) else EXPECTED
    starts = _starts(entity, runtime)
    if is_settling and any(lies_between(fields, entity.target, start, new) for start in starts):
        return Classification(ChangeOrigin.UNCONFIRMED, fields, new=new)
    return _as_manual(entity, fields, change, context, new)


def _starts(entity: ManagedEntity, runtime: DeviceRuntime) -> list[DeviceState]:
    """Return the states from which a device may be on its way."""
    starts = [] if runtime.previous is None else [entity.state_of(runtime.previous)]
    starts += [] if runtime.started_from is None else [runtime.started_from]
    return [*starts, *runtime.superseded]


def _as_manual(
    entity: ManagedEntity, fields: frozenset[str], change: StateChange, context: ClassifierContext, new: DeviceState
) -> Classification:
    """Return what it means that these fields were changed against our will: once, a screen is silenced again."""
    if not fields:
        return EXPECTED
    if (
        entity.handler.may_vanish_when_off
        and context.plan.keep_screens_quiet
        and not (entity.reapplied or entity.released)
    ):
        return Classification(ChangeOrigin.REAPPLY)
    return Classification(ChangeOrigin.MANUAL, fields, change.source, new=new)


def _classify_switched(
    entity: ManagedEntity, old: DeviceState, new: DeviceState, change: StateChange, context: ClassifierContext
) -> Classification:
    """Return what it means that a light was turned off, or came on: at the level of the night, unless one was asked."""
    if entity.handler.is_off(new):
        if entity.handler.is_off(entity.target) or _is_superseded_off(entity, change, context):
            return EXPECTED
        return Classification(ChangeOrigin.MANUAL, frozenset({POWER}), change.source, reported=old, new=new)
    if _is_flapping(entity, new, change, context):
        return Classification(ChangeOrigin.RECLAIMED, frozenset({POWER}), new=new)
    if _is_stale_report(entity, new, change, context):
        return Classification(ChangeOrigin.UNCONFIRMED, frozenset({POWER}), new=new)
    fields = change.requested | {POWER}
    is_theirs = ATTR_BRIGHTNESS in change.requested or entity.is_released or not context.plan.dim_night_lights
    if is_theirs or (change.source is not Source.AUTOMATION and entity.turned_on_by_person):
        return Classification(ChangeOrigin.MANUAL, fields, change.source, new=new)
    is_as_path = context.is_as_path_light
    return Classification(ChangeOrigin.TURNED_ON, fields, change.source, new=new, is_as_path_light=is_as_path)


def _is_superseded_off(entity: ManagedEntity, change: StateChange, context: ClassifierContext) -> bool:
    """Return whether a light may go off only now that was told so before this session."""
    if change.is_external or not context.runtime.is_settling(context.now):
        return False
    return any(map(entity.handler.is_off, context.runtime.superseded))


def _is_flapping(entity: ManagedEntity, new: DeviceState, change: StateChange, context: ClassifierContext) -> bool:
    turned_off_at = context.runtime.turned_off_at
    if change.is_external or turned_off_at is None or context.now - turned_off_at > FLAP:
        return False
    return entity.is_commanded and entity.is_on_as_left(new)


def _is_stale_report(entity: ManagedEntity, new: DeviceState, change: StateChange, context: ClassifierContext) -> bool:
    """Return whether a light that we turned off may only report once more what it was like before."""
    if change.is_external or not entity.handler.is_off(entity.target) or not context.runtime.is_settling(context.now):
        return False
    return entity.is_commanded and any(matches(start, new) for start in _starts(entity, context.runtime))


def _is_ramping(entity: ManagedEntity, new: Any, context: ClassifierContext) -> bool:
    """Return whether a light that was just turned on is still on its way to its own level, or reports that late."""
    until = context.runtime.ramps_until
    is_new = entity.turned_on_at_night and until is not None and context.now < until
    return (
        is_new
        and entity.target is not None
        and not entity.handler.is_off(new)
        and (new.brightness or 0) > (entity.target.brightness or 0) + _STEP
    )


def classify_pending_change(  # noqa: PLR0911 - each return is one origin of a change
    pending: PendingRestore, change: StateChange, context: ClassifierContext
) -> Classification:
    """Return whose doing a change is of a device that has still to be restored.

    A light that comes on as we left it gets its level back, once, and a player its sound; what a person does to a
    device is theirs.
    """
    entity, runtime = pending.entity, context.runtime
    handler = entity.handler
    old, new = entity.state_of(change.old), entity.state_of(change.new)
    if entity.must_wait_for_power and handler.is_off(old) and not handler.is_off(new):
        is_as_left = entity.is_on_as_left(new) or context.is_as_path_light
        is_ours = is_as_left and ATTR_BRIGHTNESS not in change.requested
        origin = ChangeOrigin.TURNED_ON if is_ours else ChangeOrigin.MANUAL
        return Classification(origin, source=change.source, new=new, is_as_path_light=context.is_as_path_light)
    if not change.is_external and handler.is_suspended(change.old) and not handler.is_suspended(change.new):
        return RETURNED
    if change.is_external:
        is_changed = bool(handler.overridden(entity.original, old, new, external=True))
        return Classification(ChangeOrigin.MANUAL, source=change.source, new=new) if is_changed else EXPECTED
    if handler.is_moving(change.new) or handler.is_suspended(change.new) or handler.is_off(new):
        return EXPECTED
    if not runtime.is_settling(context.now):
        if handler.is_moving(change.old) and not pending.is_untried:
            # It was on its way back when the hub went down, and its slats have still to follow.
            return RETURNED
        return _classify_before_restore(entity, old, new)
    return _classify_restoring(entity, old, new, change, context)


def _classify_before_restore(entity: ManagedEntity, old: DeviceState, new: DeviceState) -> Classification:
    """Return whose doing a change is of a device whose restore was not sent yet: it is still at its night level."""
    if entity.target is None or not entity.handler.overridden(entity.target, old, new, external=False):
        return EXPECTED
    return Classification(ChangeOrigin.MANUAL, new=new)


def _classify_restoring(
    entity: ManagedEntity, old: DeviceState, new: DeviceState, change: StateChange, context: ClassifierContext
) -> Classification:
    """Return whose doing a change is of a device that is being restored."""
    handler, runtime = entity.handler, context.runtime
    target = entity.original
    if handler.is_moving(change.old) and not runtime.has_reached:
        return RETURNED
    fields = handler.overridden(target, old, new, external=False) - handler.side_effects(target, new)
    if _is_superseded_command(entity, fields, new, runtime):
        return RETURNED
    if not fields:
        return RETURNED if handler.has_next_step(target, change.new, runtime.sent) else EXPECTED
    starts = _starts(entity, runtime)
    if any(lies_between(fields, target, start, new) for start in starts):
        return Classification(ChangeOrigin.UNCONFIRMED, fields, new=new)
    return Classification(ChangeOrigin.MANUAL, source=change.source, new=new)


def _is_superseded_command(
    entity: ManagedEntity, fields: frozenset[str], new: DeviceState, runtime: DeviceRuntime
) -> bool:
    """Return whether an earlier command took effect only now, so that the later one has to be sent again.

    What may be on a power key gets no second one for it, which could do the opposite: a late poll looks the same.
    """
    if not fields or runtime.in_flight or (entity.handler.may_vanish_when_off and runtime.sent):
        return False
    if runtime.attempts >= MAX_ATTEMPTS:
        # One that reports it after each command polls too early.
        return False
    return any(agrees(fields, each, new) for each in runtime.superseded)


def with_classification(entity: ManagedEntity, found: Classification, pending: PendingRestore | None) -> ManagedEntity:
    """Return a managed entity after a change of it."""
    match found.origin:
        case ChangeOrigin.MANUAL:
            reported = found.reported or entity.reported
            released = entity.released | found.fields
            by = found.source if entity.released_by in (None, Source.AUTOMATION) else entity.released_by
            return evolve(entity, released=released, released_by=by, reported=reported)
        case ChangeOrigin.TURNED_ON:
            by_person = entity.turned_on_by_person or (bool(found.fields) and found.source is not Source.AUTOMATION)
            with_level = _with_night_light(entity, found.new, pending, is_as_path_light=found.is_as_path_light)
            return evolve(with_level, released=entity.released | found.fields, turned_on_by_person=by_person)
        case ChangeOrigin.RECLAIMED:
            return evolve(
                entity, released=entity.released - found.fields if found.fields else frozenset(), released_by=None
            )
        case ChangeOrigin.REAPPLY:
            return evolve(entity, reapplied=True)
        case _:
            return entity


def reclaim(entity: ManagedEntity, now: DeviceState | None, pending: PendingRestore | None) -> ManagedEntity:
    """Return a managed entity that its people give back to the session, as it is `now`, if it is available.

    One that was off before, and is on, is brought to bedtime as one that came on during the session.
    """
    entity = with_classification(entity, Classification(ChangeOrigin.RECLAIMED), pending)
    if now is None or not entity.was_off or entity.handler.is_off(now):
        return entity
    origin = ChangeOrigin.TURNED_ON if entity.handler.keeps_settings_while_off else ChangeOrigin.REAPPLY
    return with_classification(entity, Classification(origin, new=now), pending)


def _with_night_light(
    entity: ManagedEntity, now: Any, pending: PendingRestore | None, *, is_as_path_light: bool
) -> ManagedEntity:
    """Return a light that came on at night, with the level that it gets back.

    Of a light that was off, this is the first one that is seen, unless an earlier session still has to restore one. On
    its way up, the highest level that is seen counts.
    """
    original = entity.original
    if original.brightness is None:
        is_as_left = pending is not None and (pending.entity.is_on_as_left(now) or is_as_path_light)
        original = pending.entity.original if pending is not None and is_as_left else now
    elif entity.turned_on_at_night and entity.was_off:
        original = replace(original, brightness=max(original.brightness, now.brightness or 0))
    return evolve(entity, original=original, turned_on_at_night=True)
