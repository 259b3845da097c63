"""The one place that writes the state of a session."""

import asyncio

from homeassistant.core import HomeAssistant

from .checked_store import StorageDamage
from .session_state import SessionState
from .session_store import SessionStore, SnapshotNotSavedError


class SessionStateWriter:
    """Holds the state of a session, and writes it down. Everybody else gets a frozen value."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = SessionStore(hass, entry_id)
        self._state = SessionState()
        self._is_saved = True
        self.lock = asyncio.Lock()

    @property
    def state(self) -> SessionState:
        """Return the state of the session."""
        return self._state

    async def async_load(self) -> StorageDamage | None:
        """Load the stored state. Return what could not be read."""
        self._state, damage = await self._store.async_load()
        return damage

    def stage(self, state: SessionState) -> None:
        """Set the state at once, to be saved with the next commit: other bedrooms see it before anything is awaited."""
        if not self.lock.locked():
            message = "the state of a session is written under its lock"
            raise RuntimeError(message)
        if state != self._state:
            self._state = state
            self._is_saved = False

    async def async_commit(self, state: SessionState, *, required: bool = False) -> None:
        """Set the state and save it.

        Raises SnapshotNotSavedError if it has to be on disk before a device is touched, and cannot be saved; then the
        state is as it was before. Otherwise the night goes on without the disk.
        """
        before, was_saved = self._state, self._is_saved
        self.stage(state)
        if self._is_saved:
            return
        try:
            await self._store.async_save(state, required=required)
        except SnapshotNotSavedError:
            self._state, self._is_saved = before, was_saved
            raise
        self._is_saved = self._state is state

    async def async_remove(self) -> None:
        """Remove the stored state."""
        await self._store.async_remove()
