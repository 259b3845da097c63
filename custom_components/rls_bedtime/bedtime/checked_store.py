"""A store that knows whether what it saved is on disk, and that keeps a damaged file under another name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
import shutil
from typing import Any, override

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import LOGGER


@dataclass(frozen=True, slots=True)
class StorageDamage:
    """What of a file could not be read: parts and entities, and the name of the file that was kept."""

    parts: tuple[str, ...]
    kept_as: str | None


class CheckedStore[Stored: Mapping[str, Any]](Store[Stored]):
    """A store of Home Assistant whose reader and writer learn of every failure."""

    _is_written = False

    async def async_load_checked[State](
        self, what: str, empty: State, from_json: Callable[[Any], tuple[State, tuple[str, ...]]]
    ) -> tuple[State, StorageDamage | None]:
        """Return what was stored as far as it can be read, else what is `empty`; and what could not be read.

        A file that is damaged is kept under another name: it may hold the snapshot of a running night.
        """
        is_there = await self.hass.async_add_executor_job(Path(self.path).exists)
        try:
            stored = await self.async_load()
        except (HomeAssistantError, OSError, AttributeError, KeyError, TypeError, ValueError) as error:
            LOGGER.error("The stored %s of a bedroom cannot be read: %r", what, error)
            return empty, await self._async_keep((what,))
        if stored is None:
            # Home Assistant has renamed a file that is no JSON.
            return empty, StorageDamage((what,), None) if is_there else None
        state, damaged = from_json(stored)
        if not damaged:
            return state, None
        LOGGER.error("Parts of the stored %s of a bedroom cannot be read: %s", what, ", ".join(damaged))
        return state, await self._async_keep(damaged)

    async def async_save_checked(self, stored: Stored) -> bool:
        """Save, and return whether that is on disk: a store that cannot write logs that and goes on."""
        self._is_written = False
        await self.async_save(stored)
        return self._is_written or await self._async_read_back() == stored

    async def _async_read_back(self) -> Stored | None:
        try:
            return await self.async_load()
        except HomeAssistantError, OSError:
            return None

    @override
    async def _async_write_data(self, *args: Any) -> None:
        """Write, and take note of it: reading a large file back to know would double the time that a start takes."""
        await super()._async_write_data(*args)
        self._is_written = True

    async def _async_keep(self, damaged: tuple[str, ...]) -> StorageDamage:
        path = Path(self.path)
        kept = path.with_name(f"{path.name}.damaged.{dt_util.utcnow():%Y%m%dT%H%M%S}")
        try:
            await self.hass.async_add_executor_job(shutil.copy2, path, kept)
        except OSError as error:
            LOGGER.error("A damaged file of a bedroom could not be kept: %s", error)
            return StorageDamage(damaged, None)
        return StorageDamage(damaged, kept.name)
