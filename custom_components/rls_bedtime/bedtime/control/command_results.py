"""What is being done about the devices: commands under way, what came of them, and a second try for strays."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ..command import Command, Outcome
from .dispatcher import Dispatcher

SETTLING_TIME: Final = timedelta(seconds=20)
"""How long devices have to do as they were told, before the strays are told once more."""

_AT_ONCE: Final = 100
"""Turns of the event loop in which a device that need not wait for anything has answered."""

_TRIES: Final = 2
_NO_RESULT: Final = (None, Outcome.UNREACHABLE)
"""What there is nothing to do about any more is no news of an entity that has been told something."""


class CommandResults:
    """Carries out commands behind the session's back, and keeps account of each entity."""

    def __init__(
        self, hass: HomeAssistant, answered: Callable[[Iterable[str]], None], has_arrived: Callable[[str], bool]
    ) -> None:
        """Call `answered` with entities that have answered; `has_arrived` tells whether one is as it was told to be."""
        self._hass = hass
        self._answered = answered
        self._has_arrived = has_arrived
        self._dispatcher = Dispatcher(hass, has_arrived)
        self._tasks: set[asyncio.Task[None]] = set()
        self._tries: dict[str, int] = {}
        self.in_flight: set[str] = set()
        self.outcomes: dict[str, Outcome] = {}
        self.verify_at: datetime | None = None

    @property
    def unverified(self) -> frozenset[str]:
        """Return the entities that were told something so lately that they have not been checked."""
        return frozenset(self._tries)

    def send(
        self,
        commands: Mapping[str, Sequence[Command]],
        context: Context,
        check: Iterable[str],
        *,
        each_alone: bool = False,
    ) -> None:
        """Carry out commands; those entities that are to be checked get a second try if they stray."""
        for entity_id in check:
            self._tries.setdefault(entity_id, 0)
        self.in_flight.update(commands)

        async def carry_out() -> None:
            await self._dispatcher.async_carry_out(commands, context, self._set_outcome, each_alone=each_alone)
            if self._tries and (self.verify_at is None or any(commands.values())):
                self.verify_at = dt_util.utcnow() + SETTLING_TIME
            self._answered(commands)

        task = self._hass.async_create_task(carry_out(), f"{DOMAIN} carries out", eager_start=True)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def verify_also(self, entity_ids: Iterable[str]) -> None:
        """Check these entities too, when the others are, or else after the same time."""
        for entity_id in entity_ids:
            self._tries.setdefault(entity_id, 0)
        if self.verify_at is None and not self._tasks:
            self.verify_at = dt_util.utcnow() + SETTLING_TIME

    def clear_failure(self, entity_id: str) -> None:
        """Take a failure back of an entity that has come to where it was told to be after all."""
        if self.outcomes.get(entity_id) is Outcome.FAILED and self._has_arrived(entity_id):
            self.outcomes[entity_id] = Outcome.DONE

    def _set_outcome(self, entity_id: str, outcome: Outcome) -> None:
        self.in_flight.discard(entity_id)
        if self.outcomes.get(entity_id) is Outcome.RELEASED:
            return
        if outcome is not Outcome.UNCHANGED or self.outcomes.get(entity_id) in _NO_RESULT:
            self.outcomes[entity_id] = outcome

    async def async_wait_for_results(self, within: float) -> Mapping[str, Outcome]:
        """Return what came of each entity, once all have answered, or so many seconds later.

        Of those that have not answered by then, because they are told together with one that hangs, some may be done.
        """
        turns = 0
        while self._tasks and turns < _AT_ONCE:
            await asyncio.sleep(0)
            turns += 1
        if self._tasks and within:
            await asyncio.wait(self._tasks, timeout=within)
        done = dict.fromkeys((each for each in self.in_flight if self._has_arrived(each)), Outcome.DONE)
        return {**self.outcomes, **{each: done[each] for each in done if self.outcomes.get(each) in _NO_RESULT}}

    def verify(
        self,
        now: datetime,
        astray: Callable[[str, int], list[Command]],
        tell_again: Callable[[Mapping[str, list[Command]]], None],
    ) -> list[str]:
        """Tell each stray once more, alone. Return the entities that have been checked for good; strays have failed."""
        if self.verify_at is None or now < self.verify_at:
            return []
        self.verify_at = None
        again = {entity_id: steps for entity_id, tries in self._tries.items() if (steps := astray(entity_id, tries))}
        checked = [entity_id for entity_id in self._tries if entity_id not in again]
        for entity_id in checked:
            if self.outcomes.get(entity_id) is Outcome.FAILED:
                # Some are told to be off, are, and complain of it.
                self.outcomes[entity_id] = Outcome.DONE
        for entity_id in list(again):
            self._tries[entity_id] += 1
            if self._tries[entity_id] == _TRIES:
                self.outcomes[entity_id] = Outcome.FAILED
                checked.append(entity_id)
                del again[entity_id]
        self._tries = {entity_id: self._tries[entity_id] for entity_id in again}
        if again:
            tell_again(again)
        return checked

    def clear(self) -> None:
        """Forget what came of the entities: something new begins."""
        self.outcomes.clear()
        self._tries.clear()
        self.in_flight.clear()
        self.verify_at = None

    async def async_shutdown(self) -> None:
        """Stop whatever is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self.in_flight.clear()
