"""The file in which relief at night outlives a restart."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ...const import DOMAIN
from ..checked_store import CheckedStore, StorageDamage
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
        self._store = CheckedStore[StoredRelief](
            hass,
            _STORAGE_VERSION,
            f"{DOMAIN}.relief.{entry_id}",
            atomic_writes=True,
            minor_version=_STORAGE_MINOR_VERSION,
        )

    async def async_load(self) -> tuple[ReliefState, StorageDamage | None]:
        """Return what was stored as far as it can be read, and what could not be."""
        return await self._store.async_load_checked("relief", ReliefState(), ReliefState.from_json)

    async def async_save(self, state: ReliefState, *, required: bool) -> None:
        """Save the state. Raises ReliefNotSavedError if that is `required` and fails."""
        if not await self._store.async_save_checked(state.as_json()) and required:
            raise ReliefNotSavedError

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()
