"""Holds the one diary of the house open, calls it off the event loop, cares for its file, and says what is wrong."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Concatenate

from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.hass_dict import HassKey

from . import issues
from .const import CONF_DIARY, DIARY_FILE, DOMAIN, SUBENTRY_SLEEPER
from .diary.diary import Diary
from .diary.models import DatabaseError, InvalidEntryError
from .diary.storage.database import Database
from .diary.storage.status import Recovery, SleeperRecord
from .diary_maintenance import DiaryMaintenance
from .errors import from_diary_error


class DiaryManager:
    """Holds the one diary of the house open while any bedroom is loaded."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Keep the diary in the configuration folder."""
        self._hass = hass
        self._path = Path(hass.config.path(DIARY_FILE))
        self._lock = asyncio.Lock()
        self._diary: Diary | None = None
        self._references = 0
        self._is_checked = False
        self._writes_fail = False
        self._reported_recovery: Recovery | None = None
        self._maintenance: DiaryMaintenance | None = None
        self._cancel_stop_listener: CALLBACK_TYPE | None = None
        self._listeners: set[CALLBACK_TYPE] = set()

    # --- open while it is needed -------------------------------------------------------------------------------------

    async def async_open(self) -> None:
        """Open the diary, if nobody has yet. Raises DatabaseError."""
        async with self._lock:
            if self._diary is None:
                try:
                    database = await self._hass.async_add_executor_job(Database, self._path)
                except DatabaseError as error:
                    issues.async_create_database_issue(self._hass, error)
                    raise
                self._diary = Diary(database)
                self._update_issues(failed=None, writes=True)
                # Entries are not unloaded when Home Assistant stops; closed, the file is whole without its companions.
                self._cancel_stop_listener = self._hass.bus.async_listen_once(
                    EVENT_HOMEASSISTANT_CLOSE, self._async_handle_close_event
                )
                self._maintenance = DiaryMaintenance(
                    self._hass, self._diary, self._update_recovery, checked=self._is_checked
                )
            self._references += 1

    async def async_close(self) -> None:
        """Give the diary back; the last who does closes it."""
        async with self._lock:
            self._references -= 1
            if not self._references:
                await self._async_close_diary()

    @asynccontextmanager
    async def async_opened(self) -> AsyncIterator[None]:
        """Hold the diary open for a while. Raises DatabaseError."""
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
            self._report_recovery(diary)

    # --- called off the event loop -----------------------------------------------------------------------------------

    async def async_read[**P, T](
        self, method: Callable[Concatenate[Diary, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Ask the diary. Raises ServiceValidationError or HomeAssistantError."""
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

    # --- what is wrong -----------------------------------------------------------------------------------------------

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when the file was replaced by a copy, until the returned function is called."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    @callback
    def _update_issues(self, failed: DatabaseError | None, *, writes: bool) -> None:
        """Say that the disk refuses, or no longer that it does.

        That something can be read does not say that something can be written.
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
        """Say what became of a file that could not be used, and let it be shown."""
        if self._diary is not None and self._report_recovery(self._diary):
            for listener in list(self._listeners):
                listener()

    @callback
    def _report_recovery(self, diary: Diary) -> bool:
        """Say what became of a file that could not be used, once. Return whether there was anything to say."""
        recovery = diary.recovery
        if recovery is None or recovery == self._reported_recovery:
            return False
        self._reported_recovery = recovery
        issues.async_create_recovery_issue(self._hass, recovery)
        return True

    # --- sleepers that are gone --------------------------------------------------------------------------------------

    @callback
    def async_schedule_orphan_check(self) -> None:
        """Say, soon, of which sleepers the diary still holds something although they are gone."""
        self._hass.async_create_task(self._async_check_orphans(), f"{DOMAIN} sleepers that are gone")

    async def async_get_orphans(self) -> list[SleeperRecord] | None:
        """Return the sleepers of whom the diary holds something, and whom no bedroom has; None if that is not known."""
        if self._diary is None and not await self._hass.async_add_executor_job(self._path.exists):
            return []
        try:
            async with self.async_opened():
                return await self.async_read(Diary.orphaned, async_get_diary_ids(self._hass))
        except HomeAssistantError, DatabaseError:
            # It has been said already that the file cannot be used.
            return None

    async def async_get_set_aside_files(self) -> list[str]:
        """Return the names of files that were set aside as damaged: what they hold is not erased with anybody."""
        try:
            async with self.async_opened():
                return [path.name for path in await self.async_read(Diary.set_aside)]
        except HomeAssistantError, DatabaseError:
            return []

    async def _async_check_orphans(self) -> None:
        if (orphans := await self.async_get_orphans()) is not None:
            issues.async_update_orphan_issues(self._hass, orphans)

    # --- backups -----------------------------------------------------------------------------------------------------

    async def async_pre_backup(self) -> None:
        """Leave the file alone while a backup reads it; a disk that refuses keeps no backup from being made."""
        if self._diary is not None:
            with suppress(HomeAssistantError):
                await self.async_read(Diary.pause_checkpoints)

    async def async_post_backup(self) -> None:
        """Let the file be written again."""
        if self._diary is not None:
            with suppress(HomeAssistantError):
                await self.async_read(Diary.resume_checkpoints)


DIARY_MANAGER: HassKey[DiaryManager] = HassKey(f"{DOMAIN}.diary")


@callback
def async_get_diary_ids(hass: HomeAssistant) -> set[str]:
    """Return the diaries that the sleepers of all bedrooms have, loaded or not."""
    return {
        diary_id_of(subentry)
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_SLEEPER)
    }


def diary_id_of(subentry: ConfigSubentry) -> str:
    """Return which diary is a sleeper's: their own, or that of one who is gone, which they go on with."""
    return str(subentry.data.get(CONF_DIARY, subentry.subentry_id))
