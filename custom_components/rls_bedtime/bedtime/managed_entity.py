"""One device of a session: as it was, as it should be, as it reported, and what people have taken over of it. Pure.

What a managed entity can be in:

==============  ==========================================================================================
uncommanded     nothing was sent to it yet: it is captured anew until the first command
managed         it was told its target, and follows the session
released        a person or an automation took over some fields (`released`): these are not touched again
resting         it is off, but still has a setting of ours that it gets back when it comes on
pending         the session is over, and it has still to be restored (`PendingRestore`)
==============  ==========================================================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from homeassistant.core import State

from .command import Command, NightProgress, RestoreMode
from .devices.handler import DeviceHandler
from .devices.handlers import HANDLERS
from .devices.lights import COLOR
from .devices.screens import ScreenState
from .devices.state import POWER, DeviceState, changed_fields, ignoring, lies_between, matches
from .evolve import evolve
from .plan import Kind, Plan


class Source(StrEnum):
    """Who changed a device, as far as Home Assistant knows: a device's own reports may be a person at the device."""

    PERSON = "person"
    AUTOMATION = "automation"
    DEVICE = "device"


@dataclass(frozen=True, kw_only=True)
class ManagedEntity:
    """An entity of a session.

    `original`: the state before the first command; while an entity `is_untouched`, nothing was sent to it yet.
    `target`: what we last wanted of it. `reported`: what it reported after that, which may be less; of a light that a
    session turned off, with the level at which it comes on. `was_off`: it was off before, whatever `original` has
    learned since. `turned_on_at_night`: a light that came on during the session; `turned_on_by_person`: by a person,
    which is answered with the night level once. `reapplied`: a screen that was silenced once more. `muted_only`: a
    screen of which we changed the sound alone. `commanded_at`: when the command was sent that brings it to its target;
    a device may still act on that after a restart.
    """

    kind: Kind
    original: Any
    target: Any = None
    reported: Any = None
    was_off: bool = False
    is_untouched: bool = False
    released: frozenset[str] = frozenset()
    released_by: Source | None = None
    turned_on_at_night: bool = False
    turned_on_by_person: bool = False
    reapplied: bool = False
    muted_only: bool = False
    commanded_at: datetime | None = field(default=None, compare=False)

    @classmethod
    def from_state(cls, kind: Kind, state: State) -> Self:
        """Return an entity as it is now."""
        handler = HANDLERS[kind]
        original = handler.capture(state)
        return cls(kind=kind, original=original, was_off=handler.is_off(original))

    @property
    def handler(self) -> DeviceHandler[Any]:
        """Return the rules of its kind."""
        return HANDLERS[self.kind]

    def state_of(self, state: State) -> DeviceState:
        """Return what the entity is like in a state."""
        captured: DeviceState = HANDLERS[self.kind].capture(state)
        return captured

    def recaptured(self, state: State) -> Self:
        """Return the entity as it is now, if nothing was sent to it yet."""
        if not self.is_untouched or self.turned_on_at_night or self.released:
            return self
        handler = HANDLERS[self.kind]
        original = handler.capture(state)
        return self if original == self.original else evolve(self, original=original, was_off=handler.is_off(original))

    def target_state(self, state: State, plan: Plan, progress: NightProgress) -> DeviceState:
        """Return what the entity should be like at a moment of the night, as far as it is left to us."""
        at = replace(progress, lights_off=False) if self.turned_on_at_night else progress
        handler = HANDLERS[self.kind]
        target: DeviceState = handler.target(self.original, state, plan, at)
        if self.target is not None and self.is_commanded:
            target = handler.corrected_target(self.original, self.target, handler.capture(state), state, plan) or target
        return ignoring(target, self._released_color)

    def commands_towards(self, target: DeviceState, state: State, *, at_bedtime: bool) -> list[Command]:
        """Return the commands towards a target: none for what is released, or what was off."""
        if self.is_released_now or (self.was_off and not (self.turned_on_at_night or self.reapplied)):
            return []
        handler = HANDLERS[self.kind]
        follows = at_bedtime and self.target is not None and self.is_commanded
        previous = self.target if follows and handler.is_reached(self.target, handler.capture(state)) else None
        return handler.commands(target, state, previous)

    def restore_commands(self, state: State, mode: RestoreMode) -> list[Command]:
        """Return the commands that restore what is not released."""
        if mode is RestoreMode.NOTHING or self.is_released:
            return []
        settings_only = self.was_off or self.turned_on_at_night or POWER in self.released
        handler = HANDLERS[self.kind]
        original = ignoring(handler.to_restore(self.original, self.reported), self._released_color)
        return handler.restore(original, self.target, state, RestoreMode.SETTINGS if settings_only else mode)

    def with_target(
        self, target: DeviceState, commands: list[Command], sent_at: datetime | None = None, *, is_fresh: bool = False
    ) -> Self:
        """Return the entity with a new target, and whether and when anything was sent for it."""
        is_untouched = not commands and (self.is_untouched or is_fresh)
        muted_only = self.muted_only or (
            bool(commands) and isinstance(target, ScreenState) and target.concerns_sound_only
        )
        is_same = target == self.target and is_untouched == self.is_untouched and muted_only == self.muted_only
        if is_same and sent_at is None:
            return self
        commanded_at = sent_at or self.commanded_at
        return evolve(self, target=target, is_untouched=is_untouched, muted_only=muted_only, commanded_at=commanded_at)

    def with_reported(self, now: DeviceState) -> Self:
        """Return the entity with the state that our commands brought it to; off, with what it comes on with."""
        if self.has_resting_settings and self.handler.is_off(now):
            if POWER in self.released or self.last_known is None:
                return self
            now = replace(self.last_known, **{POWER: False})
        return self if now == self.reported else evolve(self, reported=now)

    def is_as_left(self, now: DeviceState) -> bool:
        """Return whether an entity is as we left it, or as we wanted it."""
        if self.has_resting_settings and self.handler.is_off(self.reported) and self.handler.is_off(now):
            return True
        is_as_reported = self.reported is not None and matches(self.reported, now)
        return is_as_reported or (self.target is not None and self.handler.is_reached(self.target, now))

    def is_on_as_left(self, now: DeviceState) -> bool:
        """Return whether a device that has come on is as we left it when it was on."""
        last = self.last_known
        return last is None or matches(replace(last, **{POWER: True}), now)

    def changed_while_offline(self, now: DeviceState) -> frozenset[str]:
        """Return what was changed against our will while nobody was looking."""
        if self.target is None or not self.is_commanded or self.is_as_left(now):
            return frozenset()
        before = self.reported or self.original
        return self.handler.overridden(self.target, before, now, external=False)

    @property
    def settles_at(self) -> datetime | None:
        """Return until when late reports are expected of what was sent last."""
        return None if self.commanded_at is None else self.commanded_at + self.handler.settling_time

    @property
    def is_commanded(self) -> bool:
        """Return whether something may have been sent to the entity in this session."""
        return not self.is_untouched

    @property
    def is_applied(self) -> bool:
        """Return whether the entity was brought to its target of the night, and is ours."""
        was_brought = self.target is not None and self.is_commanded and not self.is_released_now
        return was_brought and (not self.was_off or self.turned_on_at_night or self.reapplied)

    def left_alone(self, *, is_fresh: bool) -> Self:
        """Return the entity after it was found that nothing has to be sent to it yet."""
        return evolve(self, is_untouched=True) if is_fresh and not self.is_untouched else self

    @property
    def last_known(self) -> Any:
        """Return what the entity was like when we left it, as far as that matters; None if that is not known."""
        return self.target if self.muted_only else self.reported or self.target

    @property
    def has_resting_settings(self) -> bool:
        """Return whether the entity, while it is off, still has settings that we changed."""
        return self.handler.keeps_settings_while_off or self.muted_only

    @property
    def is_released_now(self) -> bool:
        """Return whether the entity is not ours at present; a light that someone turned on may be dimmed."""
        if not self.released:
            return False
        return bool(self.released - ({POWER} if self.turned_on_at_night else set()) - self._released_color)

    @property
    def is_released(self) -> bool:
        """Return whether the entity is not ours for good: one that was only turned off may come on again."""
        if not self.released:
            return False
        apart = {POWER} if self.has_resting_settings else set[str]()
        return bool(self.released - apart - self._released_color)

    @property
    def must_wait_for_power(self) -> bool:
        """Return whether there are settings to restore once the entity comes on."""
        has_level = self.handler.keeps_settings_while_off and self.original.brightness is not None
        return not self.is_released and (has_level or self.muted_only)

    def must_turn_on_first(self, state: State) -> bool:
        """Return whether the entity has to come on before its settings can be restored."""
        return self.must_wait_for_power and self.handler.is_off(self.state_of(state))

    @property
    def is_screen_turned_off(self) -> bool:
        """Return whether we turned a screen off: many are unavailable then, and one that returns was turned on."""
        is_ours = self.handler.may_vanish_when_off and not self.released
        return is_ours and self.is_commanded and self.handler.is_off(self.target)

    @property
    def _released_color(self) -> frozenset[str]:
        """Return what people have taken over without the entity itself: the color of a light."""
        return COLOR if self.released and self.handler.separable_fields & self.released else frozenset()

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "kind": self.kind,
            "before": self.original.as_json(),
            "told": None if self.target is None else self.target.as_json(),
            "seen": None if self.reported is None else self.reported.as_json(),
            "was_off": self.was_off,
            "untouched": self.is_untouched,
            "released": sorted(self.released),
            "released_by": self.released_by,
            "lit": self.turned_on_at_night,
            "lit_by_person": self.turned_on_by_person,
            "insisted": self.reapplied,
            "hushed": self.muted_only,
            "sent_at": None if self.commanded_at is None else self.commanded_at.isoformat(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return what was stored. Raises KeyError, TypeError or ValueError for what cannot be read."""
        kind = Kind(data["kind"])
        state_type = HANDLERS[kind].state_type
        target, reported = (
            None if data.get(name) is None else state_type.from_json(data[name]) for name in ("told", "seen")
        )
        flags = {
            name: data.get(name, False)
            for name in ("was_off", "untouched", "lit", "lit_by_person", "insisted", "hushed")
        }
        if wrong := [name for name, value in flags.items() if not isinstance(value, bool)]:
            message = f"{wrong[0]} is {flags[wrong[0]]!r}"
            raise ValueError(message)
        released = data.get("released", [])
        if not isinstance(released, list) or not all(isinstance(each, str) for each in released):
            message = f"released is {released!r}"
            raise ValueError(message)
        return cls(
            kind=kind,
            original=state_type.from_json(data["before"]),
            target=target,
            reported=reported,
            was_off=flags["was_off"],
            is_untouched=flags["untouched"],
            released=frozenset(released),
            released_by=None if data.get("released_by") is None else Source(data["released_by"]),
            turned_on_at_night=flags["lit"],
            turned_on_by_person=flags["lit_by_person"],
            reapplied=flags["insisted"],
            muted_only=flags["hushed"],
            commanded_at=None if data.get("sent_at") is None else _time(data["sent_at"]),
        )


def _time(value: Any) -> datetime:
    """Return a stored time. Raises TypeError or ValueError for what is none, or has no time zone."""
    time = datetime.fromisoformat(value)
    if time.tzinfo is None:
        raise ValueError(value)
    return time.astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class PendingRestore:
    """An entity that has still to be restored: it was unavailable, off, or is on its way.

    `is_untried`: nothing was sent to restore it yet, so that it is not on its way back.
    """

    entity: ManagedEntity
    restore_mode: RestoreMode
    is_untried: bool = False

    def is_changed_by_user(self, now: DeviceState) -> bool:
        """Return whether somebody has changed the entity since we left it.

        Half way back is nobody's doing if it may have been sent there: a hub may go down while it restores. Nor is it
        if we never saw what the entity made of its target.
        """
        entity, last = self.entity, self.entity.last_known
        if last is None or entity.is_as_left(now):
            return False
        handler = entity.handler
        fields = handler.overridden(last, last, now, external=False) & changed_fields(entity.original, now)
        if not fields or (self.is_untried and entity.reported is not None):
            return bool(fields)
        fields -= handler.side_effects(entity.original, now)
        return not lies_between(fields, entity.original, last, now)
