"""What a change of a device means: our own doing, the device on its way, or somebody who takes it back. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from homeassistant.components.cover import ATTR_CURRENT_TILT_POSITION
from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_BRIGHTNESS_PCT,
    ATTR_BRIGHTNESS_STEP,
    ATTR_BRIGHTNESS_STEP_PCT,
    ATTR_COLOR_MODE,
    ATTR_COLOR_NAME,
    ATTR_COLOR_TEMP_KELVIN,
    ATTR_EFFECT,
    ATTR_FLASH,
    ATTR_HS_COLOR,
    ATTR_PROFILE,
    ATTR_RGB_COLOR,
    ATTR_RGBW_COLOR,
    ATTR_RGBWW_COLOR,
    ATTR_WHITE,
    ATTR_XY_COLOR,
)
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State

from .devices.state import DeviceState, changed_fields, matches, overridden_fields, relevant_fields
from .managed_entity import POWER, ManagedEntity, PendingRestore
from .plan import Kind, Plan
from .session_state import Phase

_UNREACHABLE: Final = (STATE_UNAVAILABLE, STATE_UNKNOWN)
_STEP: Final = 3
"""A light that gets brighter by no more than this, of 255, only rounds."""

_LEVEL: Final = frozenset({ATTR_BRIGHTNESS})
_COLOR: Final = frozenset({ATTR_COLOR_MODE})
_REQUESTED: Final[Mapping[str, frozenset[str]]] = {
    **dict.fromkeys((ATTR_BRIGHTNESS, ATTR_BRIGHTNESS_PCT, ATTR_BRIGHTNESS_STEP, ATTR_BRIGHTNESS_STEP_PCT), _LEVEL),
    **dict.fromkeys((ATTR_WHITE, ATTR_PROFILE, ATTR_FLASH), _LEVEL | _COLOR),
    **dict.fromkeys((ATTR_COLOR_TEMP_KELVIN, ATTR_COLOR_NAME, ATTR_EFFECT), _COLOR),
    **dict.fromkeys((ATTR_HS_COLOR, ATTR_XY_COLOR, ATTR_RGB_COLOR, ATTR_RGBW_COLOR, ATTR_RGBWW_COLOR), _COLOR),
}
"""What the fields of an action ask of a light's look."""


class ChangeOrigin(StrEnum):
    """What a change of a device means."""

    EXPECTED = "nothing"
    UNCONFIRMED = "doubtful"
    MANUAL = "taken"
    TURNED_ON = "lit"
    REAPPLY = "insist"


@dataclass(frozen=True, slots=True)
class Classification:
    """What a change means; which fields were taken back; how the device looked before that, if that matters."""

    origin: ChangeOrigin
    fields: frozenset[str] = frozenset()
    reported: DeviceState | None = None

    def then(self, later: Self) -> Self:
        """Return what both mean, one after the other: what was taken back stays so."""
        if self.origin is not ChangeOrigin.MANUAL or not self.fields - {POWER}:
            return later
        return replace(self, fields=self.fields | later.fields)


EXPECTED: Final = Classification(ChangeOrigin.EXPECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChange:
    """A change of an entity that could be reached before and after.

    `by_someone`: that is known to be a person or an automation. `asked`: what of a light's look was asked for in so
    many words.
    """

    old: State
    new: State
    by_someone: bool
    requested: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class LastCommand:
    """What an entity was told last, as long as it may not have come to rest.

    `context_id`: in whose name, while that is ours. `prior`: how it looked then; a poll under way may still say so.
    `overtaken`: what an earlier command, which this one overtook, may still bring it to. `lit_until`: until when a
    light that was just turned on may be on its way to its own level.
    """

    context_id: str | None = None
    previous_state: State | None = None
    superseded: DeviceState | None = None
    ramps_until: datetime | None = None


NO_COMMAND: Final = LastCommand()
"""An entity that has been told nothing lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifierContext:
    """What else bears on a change. `rested`: the entity had come to rest."""

    plan: Plan
    phase: Phase
    last_command: LastCommand
    settled: bool
    now: datetime


def classify_change(held: ManagedEntity, change: StateChange, given: ClassifierContext) -> Classification:
    """Return what a change means of a device that a session holds, and has told something."""
    was, now = held.state_of(change.old), held.state_of(change.new)
    if held.kind is Kind.LIGHTS and getattr(was, POWER) is not getattr(now, POWER):
        return _classify_switched_light(held, was, now, change, given)
    if change.by_someone:
        return _as_manual(held, _changed_by_someone(held, was, now), given.plan)
    if held.kind is Kind.LIGHTS and _is_ramping(held, now, given):
        return Classification(ChangeOrigin.TURNED_ON)
    fields = _changed_by_itself(held, was, now, given)
    if fields and _is_late(was, now, given.last_command):
        return EXPECTED
    if fields and not given.plan.keep_screens_quiet and _is_stale(held, now, given.last_command):
        return Classification(ChangeOrigin.UNCONFIRMED, fields)
    return _as_manual(held, fields, given.plan)


def _changed_by_someone(held: ManagedEntity, was: DeviceState, now: DeviceState) -> frozenset[str]:
    """Return what a person or an automation has changed, but for the very thing that we want too."""
    if held.kind is Kind.CLIMATE:
        # Whatever of a thermostat someone changes, they have it: a preset holds its setpoints too.
        changed = changed_fields(was, now)
        return frozenset() if matches(held.target, now) and not changed - relevant_fields(held.target) else changed
    return frozenset() if matches(held.target, now) else overridden_fields(held.target, was, now, by_someone=True)


def _changed_by_itself(
    held: ManagedEntity, was: DeviceState, now: DeviceState, given: ClassifierContext
) -> frozenset[str]:
    """Return what has changed against our will, by a hand at the device or by a device on its way."""
    wanted = held.target
    if held.kind is Kind.CLIMATE and given.settled and held.reported is not None and matches(wanted, held.reported):
        # A preset brings setpoints along, of which a device may tell late: they count once it has come to rest.
        wanted = held.reported
    return frozenset() if matches(wanted, now) else overridden_fields(wanted, was, now, by_someone=False)


def _as_manual(held: ManagedEntity, fields: frozenset[str], plan: Plan) -> Classification:
    """Return what it means that these fields were changed against our will: once, a screen is silenced again."""
    if not fields:
        return EXPECTED
    if held.kind is Kind.SCREENS and plan.keep_screens_quiet and not (held.reapplied or held.released):
        return Classification(ChangeOrigin.REAPPLY)
    return Classification(ChangeOrigin.MANUAL, fields)


def _classify_switched_light(
    held: ManagedEntity, was: DeviceState, now: DeviceState, change: StateChange, given: ClassifierContext
) -> Classification:
    """Let a light that is turned on at night come on at the night level, unless another was asked for."""
    if not getattr(now, POWER):
        if getattr(held.target, POWER) is False:
            return EXPECTED
        return Classification(ChangeOrigin.MANUAL, frozenset({POWER}), reported=was)
    if ATTR_BRIGHTNESS in change.requested:
        return Classification(ChangeOrigin.MANUAL, change.requested | {POWER})
    is_first = given.phase is Phase.BEDTIME and not held.is_released and not held.turned_on_at_night
    may_dim = is_first and given.plan.dim_night_lights
    return Classification(ChangeOrigin.TURNED_ON if may_dim else ChangeOrigin.MANUAL, change.requested | {POWER})


def classify_pending_change(
    owed: PendingRestore, aim: DeviceState | None, change: StateChange, telling: LastCommand
) -> Classification:
    """Return what a change means of a device that has still to be given back.

    A light that comes on as we left it gets its level back, once, and a player its sound; what a person does to a
    device is theirs.
    """
    held = owed.entity
    was, now = held.state_of(change.old), held.state_of(change.new)
    if held.waits_for_power and getattr(now, POWER) and not getattr(was, POWER):
        is_ours = held.is_on_as_left(now) and ATTR_BRIGHTNESS not in change.requested
        return Classification(ChangeOrigin.TURNED_ON if is_ours else ChangeOrigin.MANUAL)
    if not change.by_someone and _is_late(was, now, telling):
        return EXPECTED
    if aim is None or matches(aim, now) or not overridden_fields(aim, was, now, by_someone=change.by_someone):
        return EXPECTED
    return Classification(ChangeOrigin.MANUAL)


def _is_ramping(held: ManagedEntity, now: Any, given: ClassifierContext) -> bool:
    """Return whether a light that was just turned on is still on its way to its own level, or tells of it late."""
    until = given.last_command.ramps_until
    is_new = held.turned_on_at_night and until is not None and given.now < until
    return is_new and bool(now.is_on) and (now.brightness or 0) > (held.target.brightness or 0) + _STEP


def _is_late(was: DeviceState, now: DeviceState, telling: LastCommand) -> bool:
    """Return whether a device still does what it was told before it was told otherwise."""
    aim = telling.superseded
    return (
        aim is not None
        and changed_fields(was, now) != frozenset()
        and not overridden_fields(aim, was, now, by_someone=False)
    )


def _is_stale(held: ManagedEntity, now: DeviceState, telling: LastCommand) -> bool:
    """Return whether a device, told a moment ago, tells again of what it was before; of a screen, whatever is not off.

    That may be a poll under way, or a person who insists.
    """
    if telling.previous_state is None or available_state(telling.previous_state) is None:
        return False
    return held.kind is Kind.SCREENS or not changed_fields(held.state_of(telling.previous_state), now)


def available_state(state: State | None) -> State | None:
    """Return a state that says what an entity is like, or None. Slats tell how they stand by their tilt alone."""
    if state is None or (state.state in _UNREACHABLE and ATTR_CURRENT_TILT_POSITION not in state.attributes):
        return None
    return state


def with_night_light(entity: ManagedEntity, look: Any, owed: PendingRestore | None) -> ManagedEntity:
    """Return a light that was turned on at night, with the level that is to be given back to it.

    Of a light that was off, this is the first that we see, unless an earlier night still owes it its level. On its way
    up, the highest level that we see counts.
    """
    before = entity.original
    if before.brightness is None:
        is_as_left = owed is not None and owed.entity.is_on_as_left(look)
        before = owed.entity.original if owed is not None and is_as_left else look
    elif entity.turned_on_at_night and entity.was_off:
        before = replace(before, brightness=max(before.brightness, look.brightness or 0))
    return replace(entity, original=before, turned_on_at_night=True)


def requested_attributes(names: Iterable[str]) -> frozenset[str]:
    """Return what of a light's look is asked for by these fields of an action."""
    return frozenset().union(*(_REQUESTED.get(name, frozenset()) for name in names))
