"""The file in which the state of a session outlives a restart."""

from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from .checked_store import CheckedStore, StorageDamage
from .session_state import SessionState, StoredSession

_STORAGE_VERSION: Final = 1
_STORAGE_MINOR_VERSION: Final = 2

_COLOR_FIELDS: Final = frozenset(
    {"color_mode", "color_temp_kelvin", "hs_color", "xy_color", "rgb_color", "rgbw_color", "rgbww_color"}
)
"""What minor version 1 called the fields of a light's color."""


class SnapshotNotSavedError(HomeAssistantError):
    """The snapshot could not be saved, so no device was touched."""

    def __init__(self) -> None:
        super().__init__(translation_domain=DOMAIN, translation_key="snapshot_not_saved")


class SessionStore:
    """Stores the session of one bedroom with Home Assistant's storage."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._store = _Store(
            hass,
            _STORAGE_VERSION,
            f"{DOMAIN}.session.{entry_id}",
            atomic_writes=True,
            minor_version=_STORAGE_MINOR_VERSION,
        )

    async def async_load(self) -> tuple[SessionState, StorageDamage | None]:
        """Return the stored session as far as it can be read, and what could not be."""
        return await self._store.async_load_checked("session", SessionState(), SessionState.from_json)

    async def async_save(self, state: SessionState, *, required: bool) -> None:
        """Save a session. Raises SnapshotNotSavedError if that is `required` and fails."""
        if not await self._store.async_save_checked(state.as_json()) and required:
            raise SnapshotNotSavedError

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()


class _Store(CheckedStore[StoredSession]):
    """A store that reads what earlier minor versions wrote."""

    @override
    async def _async_migrate_func(self, old_major_version: int, old_minor_version: int, old_data: Any) -> StoredSession:
        """Bring stored data up to date. What is damaged is left for the reader to find."""
        if old_minor_version < 2:  # noqa: PLR2004 - the version that is written by this one
            held = old_data.get("held")
            owed = old_data.get("owed")
            entities = [*held.values()] if isinstance(held, dict) else []
            entities += (
                [each.get("held") for each in owed.values() if isinstance(each, dict)] if isinstance(owed, dict) else []
            )
            for entity in entities:
                if isinstance(entity, dict):
                    _migrate_entity(entity)
        migrated: StoredSession = old_data
        return migrated


def _migrate_entity(entity: dict[str, Any]) -> None:
    """Call the color of a light what it is called now."""
    released = entity.get("released")
    if isinstance(released, list) and not _COLOR_FIELDS.isdisjoint(each for each in released if isinstance(each, str)):
        others = [each for each in released if not isinstance(each, str) or each not in _COLOR_FIELDS]
        entity["released"] = ["color", *others]
