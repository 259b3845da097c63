"""The shelf on which a session's record lies while Home Assistant is down."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, UnsupportedStorageVersionError
from homeassistant.helpers.storage import Store

from ..const import DOMAIN, LOGGER
from .session_state import SessionState

_STORAGE_VERSION: Final = 1


class SnapshotNotSavedError(HomeAssistantError):
    """What was before could not be written down, so nothing has been touched."""

    def __init__(self) -> None:
        """Say so in the user's language."""
        super().__init__(translation_domain=DOMAIN, translation_key="snapshot_not_saved")


class SessionStore:
    """Keeps the record of one bedroom in a file of Home Assistant's storage."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Keep the record of this bedroom."""
        self._hass = hass
        self._store = Store[dict[str, Any]](hass, _STORAGE_VERSION, f"{DOMAIN}.session.{entry_id}", atomic_writes=True)

    async def async_load(self) -> SessionState:
        """Return the record that was kept. What cannot be read is no reason not to sleep: it is let go."""
        try:
            stored = await self._store.async_load()
            return SessionState() if stored is None else SessionState.from_json(stored)
        except (UnsupportedStorageVersionError, KeyError, TypeError, ValueError) as error:
            LOGGER.error("What bedtime mode of a bedroom had stored cannot be read, and is let go: %r", error)
            return SessionState()

    async def async_save(self, record: SessionState, *, or_refuse: bool) -> None:
        """Write a record down. Raises SnapshotNotSavedError if it cannot be written and that is to be refused."""
        stored = await self._hass.async_add_executor_job(record.as_json)
        await self._store.async_save(stored)
        # A store that cannot write logs it and goes on: reading back is the only way to know.
        if or_refuse and await self._store.async_load() != stored:
            raise SnapshotNotSavedError

    async def async_remove(self) -> None:
        """Forget the record."""
        await self._store.async_remove()
