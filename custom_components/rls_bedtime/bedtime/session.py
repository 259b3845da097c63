"""One night of a bedroom: off, bedtime, and off again. Persists itself before it acts."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from .command import Command, Outcome
from .dispatcher import Dispatcher
from .plan import Plan
from .record import Phase, Record, Remembered, remember
from .targets import async_resolve

ANSWER_WITHIN: Final = 10
"""Seconds after which a call returns, whatever slow devices have still to say."""

_STORAGE_VERSION: Final = 1
_BEDTIME: Final = 1.0
_UNREACHABLE: Final = (STATE_UNAVAILABLE, STATE_UNKNOWN)


class SnapshotNotSavedError(HomeAssistantError):
    """What was before could not be written down, so nothing has been touched."""

    def __init__(self) -> None:
        """Say so in the user's language."""
        super().__init__(translation_domain=DOMAIN, translation_key="snapshot_not_saved")


class Session:
    """Bedtime mode of one bedroom."""

    def __init__(self, hass: HomeAssistant, entry_id: str, plan: Plan) -> None:
        """Follow this plan."""
        self._hass = hass
        self._plan = plan
        self._dispatcher = Dispatcher(hass)
        self._store = Store[dict[str, Any]](hass, _STORAGE_VERSION, f"{DOMAIN}.session.{entry_id}", atomic_writes=True)
        self._record = Record()
        self._turn = asyncio.Lock()
        self._work: asyncio.Task[dict[str, Outcome]] | None = None
        self._listeners: set[CALLBACK_TYPE] = set()

    @property
    def phase(self) -> Phase:
        """Return where the night is."""
        return self._record.phase

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> Callable[[], None]:
        """Call a listener when the phase changes, until the returned function is called."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    async def async_load(self) -> None:
        """Take up the session where it was left, after a restart or a reload."""
        if (stored := await self._store.async_load()) is not None:
            self._record = Record.from_json(stored)

    async def async_start(self, context: Context) -> Mapping[str, Outcome]:
        """Bring the bedroom to bedtime, and return what came of each entity that has answered in time.

        Raises SnapshotNotSavedError, with nothing touched, when the disk does not take the snapshot.
        """
        async with self._turn:
            if self.phase is not Phase.OFF:
                return {}
            kinds = async_resolve(self._hass, self._plan.targets)
            snapshot = {
                entity_id: remember(kind, state)
                for entity_id, kind in kinds.items()
                if (state := self._reachable(entity_id))
            }
            await self._async_become(Record(phase=Phase.BEDTIME, bedtime_at=dt_util.utcnow(), snapshot=snapshot))
            outcomes = await self._async_carry_out(lambda was, state: was.settle(state, self._plan, _BEDTIME), context)
            return {entity_id: outcomes.get(entity_id, Outcome.UNREACHABLE) for entity_id in kinds}

    async def async_stop(self, context: Context) -> Mapping[str, Outcome]:
        """Give the bedroom back, and return what came of each entity that has answered in time."""
        async with self._turn:
            if self.phase is Phase.OFF:
                return {}
            since = dt_util.utcnow() - self._record.bedtime_at if self._record.bedtime_at else timedelta()
            extent = self._plan.extent(since)
            outcomes = await self._async_carry_out(lambda was, state: was.restore(state, extent), context)
            await self._async_become(Record())
            return outcomes

    async def async_unload(self) -> None:
        """Leave the bedroom as it is: a session that is on stays on, on disk."""
        await self._async_cancel_work()
        self._listeners.clear()

    async def async_remove(self) -> None:
        """Forget the session."""
        await self._store.async_remove()

    async def _async_become(self, record: Record) -> None:
        """Write a record down, and only then let it be so. Raises SnapshotNotSavedError."""
        stored = record.as_json()
        await self._store.async_save(stored)
        # A store that cannot write logs it and goes on: reading back is the only way to know.
        if await self._store.async_load() != stored:
            raise SnapshotNotSavedError
        self._record = record
        for listener in list(self._listeners):
            listener()

    async def _async_carry_out(
        self, decide: Callable[[Remembered, State], Sequence[Command]], context: Context
    ) -> Mapping[str, Outcome]:
        """Do what is decided of each entity of the snapshot; wait for it, but not for long: the rest goes on behind."""
        await self._async_cancel_work()
        outcomes = dict.fromkeys(self._record.snapshot, Outcome.UNREACHABLE)
        commands = {
            entity_id: decide(was, state)
            for entity_id, was in self._record.snapshot.items()
            if (state := self._reachable(entity_id))
        }
        self._work = self._hass.async_create_background_task(
            self._dispatcher.async_carry_out(commands, context), f"{DOMAIN} carries out"
        )
        done, _ = await asyncio.wait({self._work}, timeout=ANSWER_WITHIN)
        return outcomes | (self._work.result() if done else {})

    async def _async_cancel_work(self) -> None:
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait({self._work})
            self._work = None

    def _reachable(self, entity_id: str) -> State | None:
        state = self._hass.states.get(entity_id)
        return None if state is None or state.state in _UNREACHABLE else state
