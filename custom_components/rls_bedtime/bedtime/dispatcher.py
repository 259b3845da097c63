"""The one module that acts on the house: it carries commands out, and says what came of each entity."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import Context, HomeAssistant

from ..const import LOGGER
from .command import Command, Outcome

CALL_TIMEOUT: Final = 30
"""Seconds that one call may take."""

CALLS_AT_ONCE: Final = 10


class Dispatcher:
    """Calls the actions of the house: equal ones as one, a few at a time, none for ever."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Act on this house."""
        self._hass = hass
        self._slots = asyncio.Semaphore(CALLS_AT_ONCE)

    async def async_carry_out(self, commands: Mapping[str, Sequence[Command]], context: Context) -> dict[str, Outcome]:
        """Carry out each entity's commands in their order, and return what came of each entity.

        One entity's failure is its own: it keeps only that entity's later commands back.
        """
        outcomes = {entity_id: Outcome.DONE if steps else Outcome.UNCHANGED for entity_id, steps in commands.items()}
        for wave in zip_longest(*commands.values()):
            due = [command for command in wave if command and outcomes[command.entity_id] is not Outcome.FAILED]
            for failed in await self._async_call_all(due, context):
                outcomes[failed] = Outcome.FAILED
        return outcomes

    async def _async_call_all(self, commands: Iterable[Command], context: Context) -> list[str]:
        """Call a wave, and return the entities that failed."""
        batches: dict[tuple[str, str, str], list[Command]] = defaultdict(list)
        for command in commands:
            batches[command.domain, command.action, repr(sorted(command.data.items()))].append(command)
        failed = await asyncio.gather(*(self._async_call_batch(batch, context) for batch in batches.values()))
        return [entity_id for batch in failed for entity_id in batch]

    async def _async_call_batch(self, batch: list[Command], context: Context) -> list[str]:
        """Call one action on several entities; if it fails, on each alone, to find out whose failure it was."""
        if await self._async_call(batch, context):
            return []
        if len(batch) == 1:
            return [batch[0].entity_id]
        done = await asyncio.gather(*(self._async_call([command], context) for command in batch))
        return [command.entity_id for command, well in zip(batch, done, strict=True) if not well]

    async def _async_call(self, batch: list[Command], context: Context) -> bool:
        """Call an action and return whether it went well."""
        first = batch[0]
        entity_ids = [command.entity_id for command in batch]
        async with self._slots:
            call = self._hass.services.async_call(
                first.domain, first.action, {**first.data, ATTR_ENTITY_ID: entity_ids}, blocking=True, context=context
            )
            # Whatever a device's integration raises is that device's own trouble, not the night's.
            (error,) = await asyncio.gather(asyncio.wait_for(call, CALL_TIMEOUT), return_exceptions=True)
        if error is not None:
            LOGGER.debug("%s.%s failed for %s: %r", first.domain, first.action, ", ".join(entity_ids), error)
        return error is None
