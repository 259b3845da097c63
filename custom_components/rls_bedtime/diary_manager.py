"""Manage the one diary of this Home Assistant: open it, call it in the executor, and report its problems."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Concatenate

from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from . import issues
from .const import DIARY_FILE, DOMAIN, SUBENTRY_SLEEPER
from .diary.diary import Diary
from .diary.models import DatabaseError, InvalidEntryError
from .diary.storage.database import Database
from .diary.storage.marks import RecoveryMarks
from .diary.storage.status import SleeperRecord
from .diary_maintenance import DiaryMaintenance
from .errors import from_diary_error
from .listeners import Listeners
from .sleeper_options import diary_id_of


class DiaryManager:
    """Keeps the diary open while any bedroom is loaded."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._path = Path(hass.config.path(DIARY_FILE))
        self._lock = asyncio.Lock()
        self.large_reads = asyncio.Lock()
        """Held by whoever reads much: many threads at once would keep the event loop from running."""
        self._diary: Diary | None = None
        self._references = 0
        self._is_checked = False
        self._writes_fail = False
        self._reported_recoveries: set[str] = set()
        self._maintenance: DiaryMaintenance | None = None
        self._cancel_stop_listener: CALLBACK_TYPE | None = None
        self._listeners = Listeners[[]]()

    # --- open while it is needed -------------------------------------------------------------------------------------

    async def async_open(self) -> None:
        """Open the diary if it is not open yet. Raises DatabaseError."""
        async with self._lock:
            if self._diary is None:
                try:
                    database = await self._hass.async_add_executor_job(Database, self._path)
                except DatabaseError as error:
                    issues.async_create_database_issue(self._hass, error)
                    raise
                self._diary = Diary(database)
                self._update_issues(failed=None, writes=True)
                # Entries are not unloaded when Home Assistant stops. Closing merges the WAL into the file.
                self._cancel_stop_listener = self._hass.bus.async_listen_once(
                    EVENT_HOMEASSISTANT_CLOSE, self._async_handle_close_event
                )
                self._maintenance = DiaryMaintenance(
                    self._hass, self._diary, self._update_recovery, checked=self._is_checked
                )
            self._references += 1

    async def async_close(self) -> None:
        """Release the diary. It is closed when every user has released it."""
        async with self._lock:
            self._references -= 1
            if not self._references:
                await self._async_close_diary()

    @asynccontextmanager
    async def async_opened(self) -> AsyncIterator[None]:
        """Keep the diary open for the duration of a context. Raises DatabaseError."""
        await self.async_open()
        try:
            yield
        finally:
            await self.async_close()

    async def _async_handle_close_event(self, _event: Event) -> None:
        self._cancel_stop_listener = None
        async with self._lock:
            await self._async_close_diary()

    async def _async_close_diary(self) -> None:
        if self._cancel_stop_listener is not None:
            self._cancel_stop_listener()
            self._cancel_stop_listener = None
        if self._maintenance is not None:
            await self._maintenance.async_stop()
            self._is_checked = self._maintenance.is_checked
            self._maintenance = None
        if self._diary is not None:
            diary, self._diary = self._diary, None
            await self._hass.async_add_executor_job(diary.close)
            self._report_recoveries(diary)

    # --- calls in the executor ---------------------------------------------------------------------------------------

    async def async_read[**P, T](
        self, method: Callable[Concatenate[Diary, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Read the diary. Raises ServiceValidationError or HomeAssistantError."""
        return await self._async_call(lambda diary: method(diary, *args, **kwargs), writes=False)

    async def async_write[**P, T](
        self, method: Callable[Concatenate[Diary, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Change the diary; it is on disk when this returns. Raises ServiceValidationError or HomeAssistantError."""
        return await self._async_call(lambda diary: method(diary, *args, **kwargs), writes=True)

    async def _async_call[T](self, method: Callable[[Diary], T], *, writes: bool) -> T:
        if (diary := self._diary) is None:
            raise HomeAssistantError(translation_domain=DOMAIN, translation_key="diary_closed")
        failed: DatabaseError | None = None
        try:
            return await self._hass.async_add_executor_job(method, diary)
        except InvalidEntryError as error:
            raise from_diary_error(error) from error
        except DatabaseError as error:
            failed = error
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key=error.key, translation_placeholders=error.placeholders
            ) from error
        finally:
            self._update_issues(failed, writes=writes)

    # --- problems ----------------------------------------------------------------------------------------------------

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when the file was replaced by a copy. Return a function that removes it."""
        return self._listeners.async_add(listener)

    @callback
    def _update_issues(self, failed: DatabaseError | None, *, writes: bool) -> None:
        """Create or delete the issue about a database that fails.

        After a failed write, only a successful write deletes it: a full disk can still be read.
        """
        if failed is not None:
            self._writes_fail |= writes
            issues.async_create_database_issue(self._hass, failed)
        elif writes or not self._writes_fail:
            self._writes_fail = False
            issues.async_delete_database_issue(self._hass)
        self._update_recovery()

    @callback
    def _update_recovery(self) -> None:
        """Report the recovery of an unusable file, and call the listeners."""
        if self._diary is not None and self._report_recoveries(self._diary):
            self._listeners.async_call()

    @callback
    def _report_recoveries(self, diary: Diary) -> bool:
        """Create an issue about each recovery from unusable files, once. Return whether there was one to report."""
        new = [each for each in diary.recoveries if each.id not in self._reported_recoveries]
        for recovery in new:
            self._reported_recoveries.add(recovery.id)
            issues.async_create_recovery_issue(self._hass, recovery)
        return bool(new)

    async def async_confirm_recovery(self, recovery_id: str) -> None:
        """Do not report a recovery again, now that the user has seen it."""
        # On a disk that refuses, it is reported again after the next start.
        with suppress(OSError):
            await self._hass.async_add_executor_job(RecoveryMarks(self._path).delete, recovery_id)

    # --- diaries of removed sleepers ---------------------------------------------------------------------------------

    @callback
    def async_schedule_orphan_check(self) -> None:
        """Update the issues about removed sleepers whose data the diary still holds, in a task."""
        self._hass.async_create_task(self._async_check_orphans(), f"{DOMAIN} orphan check")

    async def async_get_orphans(self) -> list[SleeperRecord] | None:
        """Return the removed sleepers whose data the diary still holds; None if the diary cannot be read."""
        if self._diary is None and not await self._hass.async_add_executor_job(self._path.exists):
            return []
        try:
            async with self.async_opened():
                return await self.async_read(Diary.orphaned_sleepers, async_get_diary_ids(self._hass))
        except HomeAssistantError, DatabaseError:
            # There is an issue about the file already.
            return None

    async def async_get_set_aside_files(self) -> list[str]:
        """Return the names of damaged files that were set aside. Erasing a sleeper does not erase their data there."""
        try:
            async with self.async_opened():
                return [path.name for path in await self.async_read(Diary.set_aside_files)]
        except HomeAssistantError, DatabaseError:
            return []

    async def _async_check_orphans(self) -> None:
        if (orphans := await self.async_get_orphans()) is not None:
            issues.async_update_orphan_issues(self._hass, orphans)

    # --- backups -----------------------------------------------------------------------------------------------------

    async def async_pre_backup(self) -> None:
        """Do not write to the file while a backup reads it. A disk that refuses does not prevent the backup."""
        if self._diary is not None:
            with suppress(HomeAssistantError):
                await self.async_read(Diary.pause_checkpoints)

    async def async_post_backup(self) -> None:
        """Allow writes to the file again."""
        if self._diary is not None:
            with suppress(HomeAssistantError):
                await self.async_read(Diary.resume_checkpoints)


DIARY_MANAGER: HassKey[DiaryManager] = HassKey(f"{DOMAIN}.diary")


@callback
def async_get_diary_ids(hass: HomeAssistant) -> set[str]:
    """Return the diary ids of the sleepers of all bedrooms, loaded or not."""
    return {
        diary_id_of(subentry)
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_SLEEPER)
    }
