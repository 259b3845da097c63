"""What each kind of device has to say for itself."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import State

from ..command import Command, NightProgress, RestoreMode
from ..plan import Kind, Plan
from .state import POWER, DeviceState, is_closer, matches, overridden_fields


class DeviceHandler[S: DeviceState](ABC):
    """The rules of one kind of device: pure functions between Home Assistant's states, device states and commands."""

    kind: ClassVar[Kind]
    state_type: type[S]

    settling_time: ClassVar[timedelta]
    """How long such a device may still report something else after a command."""

    separable_fields: ClassVar[frozenset[str]] = frozenset()
    """What a person may take over while the rest of the device stays ours."""

    keeps_settings_while_off: ClassVar[bool] = False
    """Whether such a device, when it is off, still has a setting that we changed: a lamp comes on at its last level."""

    may_vanish_when_off: ClassVar[bool] = False
    """Whether such a device may become unavailable when it is turned off: one that returns was turned on."""

    goes_in_steps: ClassVar[bool] = False
    """Whether such a device may have a further step to go after the first one: see `has_next_step`."""

    def is_available(self, state: State | None) -> bool:
        """Return whether a device can be reached. `unknown` is not unavailable."""
        return state is not None and state.state != STATE_UNAVAILABLE

    def is_due(self, progress: NightProgress) -> bool:
        """Return whether a session manages such devices at this moment of the night."""
        return progress.at_bedtime

    def is_moving(self, _state: State) -> bool:
        """Return whether a device is on its way by itself, so that its state does not count yet."""
        return False

    def is_suspended(self, _state: State) -> bool:
        """Return whether a device is in a state in which it is left alone, without being released."""
        return False

    def recaptures(self, *, at_bedtime: bool) -> bool:
        """Return whether a device to which nothing was sent yet is captured anew when it changes by itself."""
        return not at_bedtime

    @abstractmethod
    def capture(self, state: State) -> S:
        """Return what a device is like in a state."""

    @abstractmethod
    def target(self, original: S, state: State, plan: Plan, progress: NightProgress) -> S:
        """Return what a device should be like at a moment of the night, by what it was like before."""

    @abstractmethod
    def commands(self, target: S, state: State, previous: S | None) -> list[Command]:
        """Return the commands that bring a device to its target of the night; none where it is there already.

        `previous` is the target before, of a device that still matches it: it follows a change of plan both ways.
        """

    @abstractmethod
    def restore(self, original: S, target: S | None, state: State, mode: RestoreMode) -> list[Command]:
        """Return the commands that give a device back what it was like, from the `target` that we had set."""

    def to_restore(self, original: S, _reported: S | None) -> S:
        """Return what is given back of what a device was like, by what it reported when it was told its target."""
        return original

    def is_visible(self, _commands: list[Command], _state: State, _progress: NightProgress) -> bool:
        """Return whether a person would notice what these commands change at this moment of the night."""
        return True

    def is_reached(self, target: S, now: S) -> bool:
        """Return whether a device is as it was told to be, or as good as that."""
        return matches(target, now)

    def has_moved(self, target: S, old: S, new: S) -> bool:
        """Return whether a device has come closer to its target: some do not go all the way."""
        return is_closer(target, old, new)

    def has_next_step(self, _target: S, _state: State, _sent: Sequence[Command]) -> bool:
        """Return whether a device that rests has a further step to go to its target, which was not sent last."""
        return False

    def impose(self, wanted: S, state: State) -> list[Command]:
        """Return the commands that bring a device to what a person wanted of it."""
        return self.restore(wanted, None, state, RestoreMode.UNDO)

    def overridden(self, target: S, old: S, new: S, *, external: bool) -> frozenset[str]:
        """Return the fields that changed against our will."""
        return overridden_fields(target, old, new, external=external)

    def side_effects(self, _target: S, _new: S) -> frozenset[str]:
        """Return the fields that a device may change by itself, while it settles, along with what it was told."""
        return frozenset()

    def corrected_target(self, _original: S, _target: S, _now: S, _state: State, _plan: Plan) -> S | None:
        """Return another target, where the first one turned out to do what bedtime must not do."""
        return None

    def is_off(self, state: DeviceState | None) -> bool:
        """Return whether a device is off in a state."""
        return state is not None and getattr(state, POWER, None) is False
