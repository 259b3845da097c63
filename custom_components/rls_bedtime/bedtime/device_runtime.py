"""What is known of a device only while Home Assistant runs: one row per entity. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self

from homeassistant.core import State

from .command import Command, Outcome
from .evolve import evolve

MAX_ATTEMPTS: Final = 2
"""How often a device is told the same."""


@dataclass(frozen=True, kw_only=True)
class DeviceRuntime:
    """What happened to an entity lately.

    `sent`: our last commands, `context_id`: their context. `previous`: the state in which these reached the device,
    which a poll under way may report once more. `started_from`: the same after a restart, when only what it was like
    before the session is known. `sent_earlier`: our last commands before the session began or ended. `superseded`: the
    targets of earlier commands that may still take effect. `settles_at`: until when late reports are expected.
    `must_verify`: the state is checked then, and the command repeated once. `has_reached`: the device has reported its
    target since. `last_word`: what a person wanted while our command was on its way. `turned_off_at`: when the device
    reported by itself that it is off. `yields_until`: until when it is left to somebody else's action, or to a command
    from before a restart. `ramps_until`: until when a light that was turned on may be on its way to its own level.
    """

    outcome: Outcome | None = None
    sent: tuple[Command, ...] = ()
    context_id: str | None = None
    previous: State | None = None
    sent_earlier: tuple[Command, ...] = ()
    started_from: Any = None
    superseded: tuple[Any, ...] = ()
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

    def with_commands(
        self,
        sent: Sequence[Command],
        context_id: str,
        previous: State | None,
        *,
        must_verify: bool,
    ) -> Self:
        """Return the row after commands were sent."""
        return evolve(
            self,
            sent=tuple(sent),
            context_id=context_id,
            previous=previous,
            in_flight=True,
            must_verify=must_verify,
            attempts=self.attempts + 1,
            has_reached=False,
            is_unconfirmed=False,
        )

    def with_result(self, outcome: Outcome, settles_at: datetime | None) -> Self:
        """Return the row after a command was answered; what is released stays so."""
        outcome = Outcome.RELEASED if self.outcome is Outcome.RELEASED else outcome
        return evolve(self, in_flight=False, settles_at=settles_at, outcome=outcome)

    def is_settling(self, now: datetime) -> bool:
        """Return whether the device may still report something else than it was told."""
        return self.in_flight or (self.settles_at is not None and now < self.settles_at)

    def is_repeated_by(self, commands: Sequence[Command], state: State, now: datetime) -> bool:
        """Return whether these commands were sent a moment ago, and may still take effect: the state is as it was."""
        has_not_moved = self.previous is not None and self.previous.last_changed == state.last_changed
        last = self.sent or self.sent_earlier
        return has_not_moved and bool(commands) and last == tuple(commands) and self.is_settling(now)

    def is_yielding(self, now: datetime) -> bool:
        """Return whether somebody else's action on the device is under way."""
        return self.yields_until is not None and now < self.yields_until


IDLE: Final = DeviceRuntime()
"""A device to which nothing has happened lately."""
