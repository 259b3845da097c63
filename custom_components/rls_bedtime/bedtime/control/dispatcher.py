"""The one module that acts on the house: it carries commands out, and says what came of each entity."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import batched
from typing import Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant

from ...const import LOGGER
from ..command import Command, Outcome

CALL_TIMEOUT: Final = 30
"""Seconds that one call may take, and so much more for each entity of it."""

CALL_TIMEOUT_PER_ENTITY: Final = 0.1
CALLS_AT_ONCE: Final = 1000

ENTITIES_AT_ONCE: Final = 100
"""Equal commands go out as one call; a call for more entities than these would hold up the event loop."""

BREATHE_EVERY: Final = 50
"""After so many devices, others get their turn on the event loop."""

type Tell = Callable[[str, Outcome], None]
type Chain = Sequence[Sequence[Command]]
"""The steps of entities that have the same to do, entity by entity."""


class Dispatcher:
    """Calls the actions of the house: equal ones as one, so many at a time, none for ever."""

    def __init__(self, hass: HomeAssistant, has_arrived: Callable[[str], bool]) -> None:
        """Act on this house; `has_arrived` tells whether an entity is as it was told to be."""
        self._hass = hass
        self._has_arrived = has_arrived
        self._slots = asyncio.Semaphore(CALLS_AT_ONCE)

    async def async_carry_out(
        self, commands: Mapping[str, Sequence[Command]], context: Context, tell: Tell, *, each_alone: bool = False
    ) -> None:
        """Carry out each entity's commands in their order, and tell what came of each entity as soon as it is known.

        One entity's trouble is its own: no other waits for it, and a failure keeps only its own later commands back.
        """
        for entity_id, steps in commands.items():
            if not steps:
                tell(entity_id, Outcome.UNCHANGED)
        async with asyncio.TaskGroup() as group:
            entities = 0
            for chain in _chains(commands.values(), each_alone=each_alone):
                group.create_task(self._async_carry_out_chain(chain, context, tell), eager_start=True)
                entities += len(chain)
                if entities >= BREATHE_EVERY:
                    entities = 0
                    await asyncio.sleep(0)

    async def _async_carry_out_chain(self, chain: Chain, context: Context, tell: Tell) -> None:
        failed = set[str]()
        for step in zip(*chain, strict=True):
            failed |= await self._async_call_batch([each for each in step if each.entity_id not in failed], context)
        for entity_id in (steps[0].entity_id for steps in chain):
            tell(entity_id, Outcome.FAILED if entity_id in failed else Outcome.DONE)

    async def _async_call_batch(self, batch: list[Command], context: Context) -> set[str]:
        """Call one action on several entities, and return those that failed.

        If it fails, each that has not done it all the same is called alone.
        """
        if not batch or await self._async_call(batch, context):
            return set()
        if len(batch) == 1:
            return {batch[0].entity_id}
        strays = [command for command in batch if not self._has_arrived(command.entity_id)]
        done = await asyncio.gather(*(self._async_call([command], context) for command in strays))
        return {command.entity_id for command, well in zip(strays, done, strict=True) if not well}

    async def _async_call(self, batch: list[Command], context: Context) -> bool:
        """Call an action and return whether it went well."""
        first = batch[0]
        entity_ids = [command.entity_id for command in batch]
        data = {**first.data, ATTR_ENTITY_ID: entity_ids} if first.is_targeted else dict(first.data)
        timeout = CALL_TIMEOUT + CALL_TIMEOUT_PER_ENTITY * len(batch)
        call = self._hass.services.async_call(first.domain, first.action, data, blocking=True, context=context)
        try:
            async with self._slots, asyncio.timeout(timeout):
                await call
        except Exception as error:  # noqa: BLE001 - whatever a device's integration raises is that device's own trouble
            LOGGER.debug("%s.%s failed for %s: %r", first.domain, first.action, ", ".join(entity_ids), error)
            return False
        return True


def _chains(every: Iterable[Sequence[Command]], *, each_alone: bool) -> list[Chain]:
    """Return the steps of entities, those together that have the same to do."""
    chains: dict[str, list[Sequence[Command]]] = defaultdict(list)
    for steps in every:
        if steps:
            same = repr([(step.domain, step.action, step.data) for step in steps])
            chains[f"{same} {steps[0].entity_id}" if each_alone else same].append(steps)
    return [chunk for chain in chains.values() for chunk in batched(chain, ENTITIES_AT_ONCE, strict=False)]
