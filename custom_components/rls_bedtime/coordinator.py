"""The bridge between the diary and the entities: awaits the one off the event loop, tells the others."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE, EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_time_change
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .bedtime.house import House
from .bedtime.session import Session
from .const import DIARY_FILE, DOMAIN, LOGGER
from .diary.database import Database
from .diary.diary import Diary
from .diary.glance import Glance
from .diary.models import DatabaseError, Entry, Logged
from .diary.nights import NOON


@dataclass(frozen=True, slots=True)
class Bedroom:
    """What runs for a config entry: its session, and a coordinator for each sleeper, by subentry id."""

    session: Session
    sleepers: dict[str, SleeperCoordinator]


type BedtimeConfigEntry = ConfigEntry[Bedroom]


class DiaryKeeper:
    """Holds the one diary of the house open while any bedroom is loaded."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Keep the diary in the configuration folder."""
        self._hass = hass
        self._path = Path(hass.config.path(DIARY_FILE))
        self._turn = asyncio.Lock()
        self._diary: Diary | None = None
        self._readers = 0
        self._forget_stop: CALLBACK_TYPE = lambda: None

    async def async_open(self) -> Diary:
        """Return the diary, opened by the first who asks. Raises DatabaseError."""
        async with self._turn:
            if self._diary is None:
                self._diary = Diary(await self._hass.async_add_executor_job(Database, self._path))
                # Entries are not unloaded when Home Assistant stops; closed, the file is whole without its companions.
                self._forget_stop = self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_CLOSE, self._async_stop)
            self._readers += 1
            return self._diary

    async def async_close(self) -> None:
        """Give the diary back; the last who does closes it."""
        async with self._turn:
            self._readers -= 1
            if self._diary is not None and not self._readers:
                self._forget_stop()
                await self._hass.async_add_executor_job(self._diary.close)
                self._diary = None

    async def _async_stop(self, _event: Event) -> None:
        if self._diary is not None:
            await self._hass.async_add_executor_job(self._diary.close)


DIARY_KEEPER: HassKey[DiaryKeeper] = HassKey(f"{DOMAIN}.diary")
HOUSE: HassKey[House] = HassKey(f"{DOMAIN}.house")


class SleeperCoordinator(DataUpdateCoordinator[Glance]):
    """One sleeper's diary. Nothing is polled: a log tells it, and so does noon, when a night begins."""

    config_entry: BedtimeConfigEntry

    def __init__(self, hass: HomeAssistant, entry: BedtimeConfigEntry, subentry: ConfigSubentry, diary: Diary) -> None:
        """Speak for this sleeper."""
        super().__init__(hass, LOGGER, config_entry=entry, name=subentry.title, update_interval=None)
        self.subentry = subentry
        self._diary = diary
        self._stop_tracking_noon: CALLBACK_TYPE | None = None

    async def async_log(self, entry: Entry) -> Logged:
        """Log an episode; it is on disk when this returns.

        Raises InvalidEntryError, or HomeAssistantError if the disk refuses.
        """
        try:
            logged = await self.hass.async_add_executor_job(
                self._diary.log, self.subentry.subentry_id, entry, dt_util.now()
            )
        except DatabaseError as error:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key=error.key, translation_placeholders=error.placeholders
            ) from error
        await self.async_refresh()
        return logged

    @callback
    def async_track_nights(self) -> None:
        """Begin a new night at noon, local time, until the entry is unloaded."""
        self._track_noon()
        self.config_entry.async_on_unload(self._untrack_noon)
        self.config_entry.async_on_unload(
            self.hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._zone_may_have_changed)
        )

    @override
    async def _async_update_data(self) -> Glance:
        try:
            return await self.hass.async_add_executor_job(self._diary.glance, self.subentry.subentry_id, dt_util.now())
        except DatabaseError as error:
            raise UpdateFailed(
                translation_domain=DOMAIN, translation_key=error.key, translation_placeholders=error.placeholders
            ) from error

    def _track_noon(self) -> None:
        self._stop_tracking_noon = async_track_time_change(
            self.hass, self._a_night_begins, hour=NOON.hour, minute=NOON.minute, second=NOON.second
        )

    def _untrack_noon(self) -> None:
        if self._stop_tracking_noon is not None:
            self._stop_tracking_noon()

    async def _a_night_begins(self, _now: datetime) -> None:
        await self.async_refresh()

    async def _zone_may_have_changed(self, _event: Event) -> None:
        self._untrack_noon()
        self._track_noon()
        await self.async_refresh()
