"""Storage that takes its time: what saves in the same turn of the event loop hides races."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
import time
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import Store
from homeassistant.util.hass_dict import HassKey

SLOW_STORAGE: HassKey[SlowStorage] = HassKey("slow_storage")


class SlowStorage:
    """Storage of which every save takes some turns of the event loop, and every third one 50 ms."""

    turns = 5
    """Turns of the event loop that a save takes."""
    pause = 0.05
    """Seconds of real time that the slowest saves take: a frozen clock does not end them."""
    pause_every = 3
    """Which saves are the slowest: every third one; 0 for none."""

    def __init__(self) -> None:
        self.saves = 0
        self._unfinished = 0
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def is_saving(self) -> bool:
        """Return whether a save is under way."""
        return self._unfinished > 0

    @contextmanager
    def installed(self, hass: HomeAssistant) -> Iterator[None]:
        """Slow down the storage of Home Assistant, or the one that a test has put in its place."""
        hass.data[SLOW_STORAGE] = self
        write: Callable[[Store[Any], Any], Awaitable[None]] = Store._async_write_data  # noqa: SLF001 - where all saves end

        async def write_slowly(store: Store[Any], data: Any) -> None:
            self._unfinished += 1
            self._idle.clear()
            try:
                await self._take_time()
                await write(store, data)
            finally:
                self._unfinished -= 1
                if not self._unfinished:
                    self._idle.set()

        with patch.object(Store, "_async_write_data", write_slowly):
            yield

    async def async_wait_idle(self) -> None:
        """Wait until no save is under way."""
        await self._idle.wait()

    async def _take_time(self) -> None:
        self.saves += 1
        for _ in range(self.turns):
            await asyncio.sleep(0)
        if self.pause_every and self.saves % self.pause_every == 0:
            await asyncio.get_running_loop().run_in_executor(None, time.sleep, self.pause)
