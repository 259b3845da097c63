"""The file in which relief at night outlives a restart."""

from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store

from ...const import DOMAIN, LOGGER
from ..session_store import StorageDamage, async_keep_damaged
from .relief_state import ReliefState, StoredRelief

_STORAGE_VERSION: Final = 1
_STORAGE_MINOR_VERSION: Final = 1


class ReliefNotSavedError(HomeAssistantError):
    """What is to be turned on could not be saved, so nothing was turned on."""

    def __init__(self) -> None:
        super().__init__(translation_domain=DOMAIN, translation_key="relief_not_saved")


class ReliefStore:
    """Stores the relief at night of one bedroom with Home Assistant's storage."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._hass = hass
        self._store = Store[StoredRelief](
            hass,
            _STORAGE_VERSION,
            f"{DOMAIN}.relief.{entry_id}",
            atomic_writes=True,
            minor_version=_STORAGE_MINOR_VERSION,
        )

    async def async_load(self) -> tuple[ReliefState, StorageDamage | None]:
        """Return what was stored as far as it can be read, and what could not be. A damaged file is kept."""
        path = Path(self._store.path)
        is_there = await self._hass.async_add_executor_job(path.exists)
        try:
            stored = await self._store.async_load()
        except (HomeAssistantError, OSError, AttributeError, KeyError, TypeError, ValueError) as error:
            LOGGER.error("The stored relief at night of a bedroom cannot be read: %r", error)
            return ReliefState(), await async_keep_damaged(self._hass, path, ("relief",))
        if stored is None:
            # Home Assistant has renamed a file that is no JSON.
            return ReliefState(), StorageDamage(("relief",), None) if is_there else None
        state, damaged = ReliefState.from_json(stored)
        if not damaged:
            return state, None
        LOGGER.error("Parts of the stored relief at night of a bedroom cannot be read: %s", ", ".join(damaged))
        return state, await async_keep_damaged(self._hass, path, damaged)

    async def async_save(self, state: ReliefState, *, required: bool) -> None:
        """Save the state. Raises ReliefNotSavedError if that is `required` and fails."""
        stored = state.as_json()
        await self._store.async_save(stored)
        # A store that cannot write logs that and goes on: reading back is the only way to know.
        if required and await self._async_read_back() != stored:
            raise ReliefNotSavedError

    async def _async_read_back(self) -> StoredRelief | None:
        try:
            return await self._store.async_load()
        except HomeAssistantError, OSError:
            return None

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()
