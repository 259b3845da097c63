"""The one module that calls services on devices: it carries out commands, and reports the outcome of each entity."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Container, Hashable, Iterable, Mapping, Sequence
from itertools import batched
from typing import Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceNotFound, ServiceNotSupported

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

_REACHED_NOBODY: Final = (ServiceNotFound, ServiceNotSupported)
"""Errors of a call that has reached none of its entities."""

type ResultCallback = Callable[[str, Outcome], None]
type Batch = Sequence[Sequence[Command]]
"""The commands of entities that are told the same, entity by entity."""


class Dispatcher:
    """Calls services: equal ones as one, in parallel, none for ever.

    A call that fails does not say which of its entities has failed, and has reached the others. They are not told the
    same again for that: who has not responded gets calls of its own from then on, until one succeeds.
    """

    def __init__(self, hass: HomeAssistant, has_responded: Callable[[str], bool]) -> None:
        self._hass = hass
        self._has_responded = has_responded
        self._timeouts = CallTimeouts()
        self._unreliable: set[str] = set()

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
            apart = commands.keys() if individually else self._unreliable
            for batch in _batches(commands.values(), apart):
                group.create_task(self._async_carry_out_batch(batch, context, on_result), eager_start=True)
                entities += len(batch)
                if entities >= YIELD_EVERY:
                    entities = 0
                    await asyncio.sleep(0)

    async def _async_carry_out_batch(self, batch: Batch, context: Context, on_result: ResultCallback) -> None:
        failed = set[str]()
        for step in zip(*batch, strict=True):
            left = [each for each in step if each.entity_id not in failed] if failed else step
            if not left:
                continue
            if len(left) > 1 and not self._unreliable.isdisjoint(command.entity_id for command in left):
                failed |= await self._async_call_apart(left, context)
            elif (error := await self._async_call(left, context)) is not None:
                failed |= await self._async_handle_error(error, left, context)
        for commands in batch:
            entity_id = commands[0].entity_id
            has_failed = entity_id in failed or entity_id in self._unreliable
            on_result(entity_id, Outcome.FAILED if has_failed else Outcome.DONE)

    async def _async_call_apart(self, step: Sequence[Command], context: Context) -> set[str]:
        """Call one service on several entities, the unreliable ones apart; return those known to have failed."""
        calls = [[command] for command in step if command.entity_id in self._unreliable]
        if together := [command for command in step if command.entity_id not in self._unreliable]:
            calls.append(together)
        return set().union(*await asyncio.gather(*(self._async_call_together(call, context) for call in calls)))

    async def _async_call_together(self, step: Sequence[Command], context: Context) -> set[str]:
        error = await self._async_call(step, context)
        return set() if error is None else await self._async_handle_error(error, step, context)

    async def _async_handle_error(self, error: Exception, step: Sequence[Command], context: Context) -> set[str]:
        """Return the entities that are known to have failed; those that were not reached are called one by one."""
        entity_ids = {command.entity_id for command in step}
        if len(step) == 1:
            self._unreliable |= entity_ids
            return entity_ids
        if isinstance(error, _REACHED_NOBODY):
            calls = (self._async_call_together([command], context) for command in step)
            return set().union(*await asyncio.gather(*calls))
        self._unreliable |= {each for each in entity_ids if not self._has_responded(each)}
        return set()

    async def _async_call(self, step: Sequence[Command], context: Context) -> Exception | None:
        """Call a service, and return its error, if any."""
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
            return error
        if self._unreliable:
            self._unreliable.difference_update(entity_ids)
        return None


def _batches(every: Iterable[Sequence[Command]], apart: Container[str]) -> list[Batch]:
    """Return the commands of entities, those together that are told the same, but for those that are told apart."""
    batches: dict[Hashable, list[Sequence[Command]]] = defaultdict(list)
    for commands in every:
        if commands:
            entity_id = commands[0].entity_id
            batches[entity_id if entity_id in apart else _calls_of(commands)].append(commands)
    return [part for batch in batches.values() for part in batched(batch, MAX_ENTITIES_PER_CALL, strict=False)]


def _calls_of(commands: Sequence[Command]) -> Hashable:
    """Return what commands are without their entity: those for which it is equal can be sent together."""
    calls = tuple((command.domain, command.action, *command.data.items()) for command in commands)
    try:
        hash(calls)
    except TypeError:
        # The channels of a color are a list.
        return repr(calls)
    return calls
