"""What each device was told, what came of it, and when it has to be checked."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import Context, HomeAssistant, State
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ..command import Command, Outcome
from ..device_runtime import IDLE, DeviceRuntime
from ..devices.state import DeviceState
from ..evolve import evolve
from .dispatcher import Dispatcher

_NO_RESULT: Final = (None, Outcome.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of a device that is sent a command: from which state, and how long it may take."""

    previous: State | None
    settling_time: timedelta
    must_verify: bool


class CommandTracker:
    """Keeps one row per entity, sends commands in the background, and knows when to look at the devices again."""

    def __init__(
        self,
        hass: HomeAssistant,
        on_results: Callable[[Iterable[str]], None],
        has_responded: Callable[[str], bool],
    ) -> None:
        """Call `on_results` with entities whose commands were answered."""
        self._hass = hass
        self._on_results = on_results
        self._has_responded = has_responded
        self._dispatcher = Dispatcher(hass, has_responded)
        self._tasks: set[asyncio.Task[None]] = set()
        self._rows: dict[str, DeviceRuntime] = {}

    # --- rows --------------------------------------------------------------------------------------------------------

    def runtime(self, entity_id: str) -> DeviceRuntime:
        """Return what happened to an entity lately."""
        return self._rows.get(entity_id, IDLE)

    def update(self, entity_id: str, **changes: Any) -> None:
        """Change the row of an entity."""
        self._rows[entity_id] = evolve(self._rows.get(entity_id, IDLE), **changes)

    def set_outcome(self, entity_id: str, outcome: Outcome | None) -> None:
        """Set the outcome of an entity."""
        if self.runtime(entity_id).outcome is not outcome:
            self.update(entity_id, outcome=outcome)

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """Return the outcome of each entity."""
        return {entity_id: row.outcome for entity_id, row in self._rows.items() if row.outcome is not None}

    @property
    def is_busy(self) -> bool:
        """Return whether commands are on their way."""
        return bool(self._tasks)

    def reset(self, targets: Mapping[str, DeviceState]) -> None:
        """Begin anew: a session begins or ends. What devices were told until now may still take effect."""
        now, rows = dt_util.utcnow(), self._rows
        self._rows = {}
        for entity_id, row in rows.items():
            target = targets.get(entity_id)
            superseded = row.superseded if target is None else (*row.superseded, target)
            if superseded and row.is_settling(now):
                settles_at = now + _AFTER_CANCEL if row.in_flight else row.settles_at
                self._rows[entity_id] = evolve(
                    IDLE,
                    superseded=superseded,
                    previous=row.previous,
                    sent_earlier=row.sent or row.sent_earlier,
                    settles_at=settles_at,
                    must_verify=row.must_verify,
                )

    # --- commands ----------------------------------------------------------------------------------------------------

    def send(
        self,
        commands: Mapping[str, Sequence[Command]],
        expectations: Mapping[str, Expectation],
        context: Context,
        *,
        individually: bool = False,
    ) -> None:
        """Send commands in the background."""
        sent = {}
        now = dt_util.utcnow()
        for entity_id, steps in commands.items():
            row = self._rows.get(entity_id, IDLE)
            if not steps:
                if row.outcome in _NO_RESULT:
                    self._rows[entity_id] = evolve(row, outcome=Outcome.UNCHANGED)
                continue
            sent[entity_id] = steps
            expected = expectations.get(entity_id)
            if not row.is_settling(now) and (row.superseded or row.attempts):
                row = evolve(row, superseded=(), attempts=row.attempts if individually else 0)
            must_verify = expected is not None and expected.must_verify
            previous = expected.previous if expected else None
            self._rows[entity_id] = row.with_commands(steps, context.id, previous, must_verify=must_verify)
        if not sent:
            if commands:
                self._on_results(commands)
            return

        def on_result(entity_id: str, outcome: Outcome) -> None:
            self._set_result(entity_id, outcome, expectations.get(entity_id), context.id)

        async def carry_out() -> None:
            await self._dispatcher.async_carry_out(sent, context, on_result, individually=individually)
            self._on_results(commands)

        task = self._hass.async_create_task(carry_out(), f"{DOMAIN} sends commands", eager_start=True)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _set_result(self, entity_id: str, outcome: Outcome, expected: Expectation | None, context_id: str) -> None:
        row = self._rows.get(entity_id)
        if row is None or row.context_id != context_id:
            return
        settles_at = dt_util.utcnow() + expected.settling_time if expected else None
        self._rows[entity_id] = row.with_result(outcome, settles_at)

    def clear_failure(self, entity_id: str) -> None:
        """Clear the failure of an entity that has responded after all."""
        if self.runtime(entity_id).outcome is Outcome.FAILED and self._has_responded(entity_id):
            self.update(entity_id, outcome=Outcome.DONE)

    async def async_wait_for_results(self, within: float) -> dict[str, Outcome]:
        """Return the outcome of each entity, once all have answered, or after so many seconds.

        Of those that have not answered by then, because they share a call with one that hangs, some may be done.
        """
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=within)
        late = [entity_id for entity_id, row in self._rows.items() if row.in_flight and row.outcome in _NO_RESULT]
        return {**self.outcomes, **{each: Outcome.DONE for each in late if self._has_responded(each)}}

    # --- time --------------------------------------------------------------------------------------------------------

    def next_due(self) -> datetime | None:
        """Return when devices have to be looked at again."""
        due = (
            moment
            for row in self._rows.values()
            for moment in (
                row.settles_at if row.must_verify or row.is_unconfirmed or row.last_word is not None else None,
                row.yields_until,
            )
            if moment is not None
        )
        return min(due, default=None)

    def take_due(self, now: datetime) -> list[str]:
        """Return the entities that have had their time, and let those go on that somebody else was acting on."""
        found = []
        for entity_id, row in list(self._rows.items()):
            if row.yields_until is not None and not row.is_yielding(now):
                self._rows[entity_id] = evolve(row, yields_until=None)
            must_look = row.must_verify or row.is_unconfirmed or row.last_word is not None
            if must_look and row.settles_at is not None and not row.is_settling(now):
                found.append(entity_id)
        return found

    def set_settled(self, entity_id: str) -> None:
        """Expect nothing more of an entity."""
        self.update(
            entity_id,
            settles_at=None,
            must_verify=False,
            is_unconfirmed=False,
            superseded=(),
            previous=None,
            sent_earlier=(),
            started_from=None,
            last_word=None,
            attempts=0,
        )

    async def async_shutdown(self) -> None:
        """Cancel the commands that are on their way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for entity_id, row in self._rows.items():
            if row.in_flight:
                self._rows[entity_id] = evolve(row, in_flight=False, settles_at=dt_util.utcnow() + _AFTER_CANCEL)


_AFTER_CANCEL: Final = timedelta(seconds=20)
"""How long a command that was canceled may still take effect."""
