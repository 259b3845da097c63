"""The file in which the state of a session outlives a restart."""

from dataclasses import dataclass
from pathlib import Path
import shutil
from typing import Any, Final, override

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
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


@dataclass(frozen=True, slots=True)
class StorageDamage:
    """What of a stored session could not be read: parts and entities, and the name of the file that was kept."""

    parts: tuple[str, ...]
    kept_as: str | None


class SessionStore:
    """Stores the session of one bedroom with Home Assistant's storage."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        self._hass = hass
        self._store = _Store(
            hass,
            _STORAGE_VERSION,
            f"{DOMAIN}.session.{entry_id}",
            atomic_writes=True,
            minor_version=_STORAGE_MINOR_VERSION,
            serialize_in_event_loop=False,
        )

    async def async_load(self) -> tuple[SessionState, StorageDamage | None]:
        """Return the stored session as far as it can be read, and what could not be.

        A file that is damaged is kept under another name: it may hold the snapshot of a running night.
        """
        path = Path(self._store.path)
        is_there = await self._hass.async_add_executor_job(path.exists)
        try:
            stored = await self._store.async_load()
        except (HomeAssistantError, OSError, AttributeError, KeyError, TypeError, ValueError) as error:
            LOGGER.error("The stored session of a bedroom cannot be read: %r", error)
            return SessionState(), await async_keep_damaged(self._hass, path, ("session",))
        if stored is None:
            # Home Assistant has renamed a file that is no JSON.
            return SessionState(), StorageDamage(("session",), None) if is_there else None
        state, damaged = SessionState.from_json(stored)
        if not damaged:
            return state, None
        LOGGER.error("Parts of the stored session of a bedroom cannot be read: %s", ", ".join(damaged))
        return state, await async_keep_damaged(self._hass, path, damaged)

    async def async_save(self, state: SessionState, *, required: bool) -> None:
        """Save a session. Raises SnapshotNotSavedError if that is `required` and fails."""
        stored = await self._hass.async_add_executor_job(state.as_json)
        self._store.is_written = False
        await self._store.async_save(stored)
        # A store that cannot write logs that and goes on.
        if required and not self._store.is_written and await self._async_read_back() != stored:
            raise SnapshotNotSavedError

    async def _async_read_back(self) -> StoredSession | None:
        try:
            return await self._store.async_load()
        except HomeAssistantError, OSError:
            return None

    async def async_remove(self) -> None:
        """Remove the file."""
        await self._store.async_remove()


async def async_keep_damaged(hass: HomeAssistant, path: Path, damaged: tuple[str, ...]) -> StorageDamage:
    """Keep a damaged file under another name. Return what of it could not be read."""
    kept = path.with_name(f"{path.name}.damaged.{dt_util.utcnow():%Y%m%dT%H%M%S}")
    try:
        await hass.async_add_executor_job(shutil.copy2, path, kept)
    except OSError as error:
        LOGGER.error("The damaged session of a bedroom could not be kept: %s", error)
        return StorageDamage(damaged, None)
    return StorageDamage(damaged, kept.name)


class _Store(Store[StoredSession]):
    """A store that reads what earlier minor versions wrote, and knows whether the last write succeeded."""

    is_written = False

    @override
    async def _async_write_data(self, *args: Any) -> None:
        """Write, and take note of it: reading a large file back to know would double the time that a start takes."""
        await super()._async_write_data(*args)
        self.is_written = True

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
