"""What a session holds: each device as it was, as we last wanted it, and as it then came to be. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, Self

from homeassistant.const import STATE_ON
from homeassistant.core import State

from .command import Command, NightProgress, RestoreMode
from .devices import climate, covers, lights, screens
from .devices.state import DeviceState, changed_fields, field_names, ignoring, matches, overridden_fields
from .plan import Kind, Plan

POWER: Final = "is_on"


class DeviceHandler(Protocol):
    """What each module of a kind of devices offers: pure functions between states, looks and commands."""

    STATE_CLASS: type[Any]

    def capture(self, state: State, /) -> Any:
        """Return what an entity is like."""

    def target_state(self, saved: Any, state: State, plan: Plan, moment: NightProgress, /) -> Any:
        """Return what an entity should be like now."""

    def commands_towards(self, wanted: Any, state: State, told: Any, /) -> list[Command]:
        """Return the steps to what is wanted at night: none where it is there already.

        `told` is what was wanted before, of an entity that is still like that: it follows a change of plan both ways.
        """

    def restore(self, saved: Any, state: State, extent: RestoreMode, /) -> list[Command]:
        """Return the steps back to what was. None where it is there already."""


HANDLERS: Final[Mapping[Kind, DeviceHandler]] = {
    Kind.LIGHTS: lights,
    Kind.CLIMATE: climate,
    Kind.SCREENS: screens,
    Kind.COVERS: covers,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedEntity:
    """An entity of a session: as it was before, and what people have taken back of it since.

    `told`: what we last wanted of it. `seen`: what it came to by that, which may be less or more. Of a light, it is how
    it last looked while it was on. `was_off`: it was off before, whatever `before` has learned of it later. `lit`: a
    light that someone turned on at night. `insisted`: a screen that was silenced once more. `hushed`: a screen whose
    sound alone we took.
    """

    kind: Kind
    original: Any
    target: Any = None
    reported: Any = None
    was_off: bool = False
    released: frozenset[str] = frozenset()
    turned_on_at_night: bool = False
    reapplied: bool = False
    muted_only: bool = False

    @classmethod
    def from_state(cls, kind: Kind, state: State) -> Self:
        """Return an entity as it is now."""
        before = HANDLERS[kind].capture(state)
        return cls(kind=kind, original=before, was_off=getattr(before, POWER, None) is False)

    def state_of(self, state: State) -> DeviceState:
        """Return what the entity is like in a state."""
        look: DeviceState = HANDLERS[self.kind].capture(state)
        return look

    def target_state(self, state: State, plan: Plan, moment: NightProgress) -> DeviceState:
        """Return what the entity should be like now, as far as it is left to us."""
        at = replace(moment, lights_off=False) if self.turned_on_at_night else moment
        look: DeviceState = HANDLERS[self.kind].target_state(self.original, state, plan, at)
        return ignoring(look, self._released_color)

    def commands_towards(self, aim: DeviceState, state: State, *, at_bedtime: bool) -> list[Command]:
        """Return the steps towards bedtime: none for what people have taken back, or what was off."""
        if self.is_released_now or (self.was_off and not (self.turned_on_at_night or self.reapplied)):
            return []
        follows = at_bedtime and self.target is not None and matches(self.target, self.state_of(state))
        return HANDLERS[self.kind].commands_towards(aim, state, self.target if follows else None)

    def restore(self, state: State, extent: RestoreMode) -> list[Command]:
        """Return the steps back to what was: none for what people have taken back."""
        if extent is RestoreMode.NOTHING or self.is_released:
            return []
        only_settings = self.was_off or self.turned_on_at_night or POWER in self.released
        before = ignoring(self.original, self._released_color)
        return HANDLERS[self.kind].restore(before, state, RestoreMode.SETTINGS if only_settings else extent)

    def with_target(self, aim: DeviceState, steps: list[Command]) -> Self:
        """Return the entity with what is wanted of it, and is now being done for that."""
        hushed = self.muted_only or (bool(steps) and getattr(aim, "is_of_sound_alone", False))
        return (
            self if aim == self.target and hushed == self.muted_only else replace(self, target=aim, muted_only=hushed)
        )

    def with_reported(self, look: DeviceState) -> Self:
        """Return the entity with what it has come to by our doing."""
        if (self.kind is Kind.LIGHTS or self.muted_only) and not getattr(look, POWER):
            return self
        return self if look == self.reported else replace(self, reported=look)

    def is_as_left(self, look: DeviceState) -> bool:
        """Return whether an entity looks as we left it, or as we wanted it."""
        is_as_seen = self.reported is not None and not changed_fields(self.reported, look)
        return is_as_seen or (self.target is not None and matches(self.target, look))

    def is_on_as_left(self, look: DeviceState) -> bool:
        """Return whether a device that has come on looks as we left it when it was on."""
        return self.last_known is None or matches(replace(self.last_known, **{POWER: True}), look)

    def changed_while_offline(self, look: DeviceState) -> frozenset[str]:
        """Return what of the entity has been changed against our will while nobody was looking."""
        if self.target is None or self.is_as_left(look):
            return frozenset()
        return overridden_fields(self.target, self.reported or self.original, look, by_someone=False)

    @property
    def last_known(self) -> Any:
        """Return what the entity looked like when we left it, as far as that matters; None if that is not known."""
        return self.target if self.muted_only else self.reported or self.target

    @property
    def is_released_now(self) -> bool:
        """Return whether people have taken the entity back tonight; a light that they turned on may be dimmed once."""
        return bool(self.released - ({POWER} if self.turned_on_at_night else set()) - self._released_color)

    @property
    def is_released(self) -> bool:
        """Return whether people have taken the entity back for good: one that they turned off may come on again."""
        is_apart = {POWER} if self.kind is Kind.LIGHTS or self.muted_only else set[str]()
        return bool(self.released - is_apart - self._released_color)

    @property
    def waits_for_power(self) -> bool:
        """Return whether there is a level or a sound to give back once the entity comes on."""
        has_level = self.kind is Kind.LIGHTS and self.original.brightness is not None
        return not self.is_released and (has_level or self.muted_only)

    def must_turn_on_first(self, state: State) -> bool:
        """Return whether the entity has to come on before it gets its level or its sound back."""
        if not self.waits_for_power:
            return False
        return state.state != STATE_ON if self.kind is Kind.LIGHTS else not getattr(self.state_of(state), POWER)

    @property
    def is_screen_turned_off(self) -> bool:
        """Return whether we turned a screen off: many are out of reach then, and one that comes back was turned on."""
        return self.kind is Kind.SCREENS and not self.released and _is_off(self.target) and _is_off(self.reported)

    @property
    def _released_color(self) -> frozenset[str]:
        """Return what people have without having the entity: the colour of a light, if they changed that."""
        return lights.COLOR if self.kind is Kind.LIGHTS and self.released & lights.COLOR else frozenset()

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "kind": self.kind,
            "before": _look_as_json(self.original),
            "told": _look_as_json(self.target),
            "seen": _look_as_json(self.reported),
            "was_off": self.was_off,
            "released": sorted(self.released),
            "lit": self.turned_on_at_night,
            "insisted": self.reapplied,
            "hushed": self.muted_only,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return what was stored. Raises KeyError, TypeError or ValueError."""
        kind = Kind(data["kind"])
        saved = HANDLERS[kind].STATE_CLASS
        target, reported = (None if data.get(name) is None else saved(**data[name]) for name in ("told", "seen"))
        return cls(
            kind=kind,
            original=saved(**data["before"]),
            target=target,
            reported=reported,
            was_off=data["was_off"],
            released=frozenset(data["released"]),
            turned_on_at_night=data["lit"],
            reapplied=data["insisted"],
            muted_only=data.get("hushed", False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingRestore:
    """An entity that has still to be given back: it was out of reach, or is one that was off."""

    entity: ManagedEntity
    restore_mode: RestoreMode


def _is_off(look: DeviceState | None) -> bool:
    return look is not None and getattr(look, POWER) is False


def _look_as_json(look: DeviceState | None) -> dict[str, Any] | None:
    if look is None:
        return None
    return {name: value for name in field_names(look) if (value := getattr(look, name)) is not None}
