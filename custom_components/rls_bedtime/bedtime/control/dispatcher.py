"""The one module that calls services on devices: it carries out commands, and reports the outcome of each entity."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import batched
from typing import Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant

from ...const import LOGGER
from ..command import Command, Outcome
from .call_timeouts import CallTimeouts

CALL_TIMEOUT: Final = 30
"""Seconds that one call may take, plus some for each entity of it."""

CALL_TIMEOUT_PER_ENTITY: Final = 0.1

MAX_ENTITIES_PER_CALL: Final = 100
"""Equal commands go out as one call; a call for more entities than these would block the event loop."""

YIELD_EVERY: Final = 50
"""After so many entities, the event loop gets its turn."""

type ResultCallback = Callable[[str, Outcome], None]
type Batch = Sequence[Sequence[Command]]
"""The commands of entities that are told the same, entity by entity."""


class Dispatcher:
    """Calls services: equal ones as one, in parallel, none for ever."""

    def __init__(self, hass: HomeAssistant, has_reached_target: Callable[[str], bool]) -> None:
        self._hass = hass
        self._has_reached_target = has_reached_target
        self._timeouts = CallTimeouts()

    async def async_carry_out(
        self,
        commands: Mapping[str, Sequence[Command]],
        context: Context,
        on_result: ResultCallback,
        *,
        individually: bool = False,
    ) -> None:
        """Carry out each entity's commands in their order, and report each outcome as soon as it is known.

        An entity that fails or hangs holds up no other, and a failure keeps only its own later commands back.
        """
        async with asyncio.TaskGroup() as group:
            entities = 0
            for batch in _batches(commands.values(), individually=individually):
                group.create_task(self._async_carry_out_batch(batch, context, on_result), eager_start=True)
                entities += len(batch)
                if entities >= YIELD_EVERY:
                    entities = 0
                    await asyncio.sleep(0)

    async def _async_carry_out_batch(self, batch: Batch, context: Context, on_result: ResultCallback) -> None:
        failed = set[str]()
        for step in zip(*batch, strict=True):
            left = [each for each in step if each.entity_id not in failed] if failed else step
            if left and not await self._async_call(left, context):
                failed |= await self._async_call_individually(left, context)
        for commands in batch:
            entity_id = commands[0].entity_id
            on_result(entity_id, Outcome.FAILED if entity_id in failed else Outcome.DONE)

    async def _async_call_individually(self, step: Sequence[Command], context: Context) -> set[str]:
        """Call a service, after it failed, on each entity that is not as it should be, and return those that failed."""
        if len(step) == 1:
            return {step[0].entity_id}
        missing = [command for command in step if not self._has_reached_target(command.entity_id)]
        succeeded = await asyncio.gather(*(self._async_call([command], context) for command in missing))
        return {command.entity_id for command, success in zip(missing, succeeded, strict=True) if not success}

    async def _async_call(self, step: Sequence[Command], context: Context) -> bool:
        """Call a service, and return whether that succeeded."""
        first = step[0]
        entity_ids = [command.entity_id for command in step]
        data = {**first.data, ATTR_ENTITY_ID: entity_ids} if first.is_targeted else dict(first.data)
        timeout = CALL_TIMEOUT + CALL_TIMEOUT_PER_ENTITY * len(step)
        call = self._hass.services.async_call(first.domain, first.action, data, blocking=True, context=context)
        try:
            with self._timeouts.limit(timeout):
                await call
        except Exception as error:  # noqa: BLE001 - an integration may raise anything, and that concerns its device alone
            LOGGER.debug("%s.%s failed for %s: %r", first.domain, first.action, ", ".join(entity_ids), error)
            return False
        return True


def _batches(every: Iterable[Sequence[Command]], *, individually: bool) -> list[Batch]:
    """Return the commands of entities, those together that are told the same."""
    batches: dict[str, list[Sequence[Command]]] = defaultdict(list)
    for commands in every:
        if commands:
            same = repr([(command.domain, command.action, command.data) for command in commands])
            batches[f"{same} {commands[0].entity_id}" if individually else same].append(commands)
    return [part for batch in batches.values() for part in batched(batch, MAX_ENTITIES_PER_CALL, strict=False)]
