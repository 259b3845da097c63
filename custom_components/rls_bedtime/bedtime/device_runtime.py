"""What is known of a device only while Home Assistant runs: one row per entity. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from .command import Outcome

MAX_ATTEMPTS: Final = 2
"""How often a device is told the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRuntime:
    """What happened to an entity lately.

    `context_id`: the context of our last command. `previous`: the state in which that reached the device, which a poll
    under way may report once more. `superseded`: the target of an earlier command that may still take effect.
    `settles_at`: until when late reports are expected. `must_verify`: the state is checked then, and the command
    repeated once. `has_reached`: the device has reported its target since. `last_word`: what a person wanted while our
    command was on its way. `turned_off_at`: when the device reported by itself that it is off. `yields_until`: somebody
    else's action is under way. `ramps_until`: until when a light that was turned on may be on its way to its own level.
    """

    outcome: Outcome | None = None
    context_id: str | None = None
    previous: Any = None
    superseded: Any = None
    in_flight: bool = False
    settles_at: datetime | None = None
    must_verify: bool = False
    attempts: int = 0
    has_reached: bool = False
    is_unconfirmed: bool = False
    last_word: Any = None
    turned_off_at: datetime | None = None
    yields_until: datetime | None = None
    ramps_until: datetime | None = None

    def is_settling(self, now: datetime) -> bool:
        """Return whether the device may still report something else than it was told."""
        return self.in_flight or (self.settles_at is not None and now < self.settles_at)

    def is_yielding(self, now: datetime) -> bool:
        """Return whether somebody else's action on the device is under way."""
        return self.yields_until is not None and now < self.yields_until


IDLE: Final = DeviceRuntime()
"""A device to which nothing has happened lately."""
