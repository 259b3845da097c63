"""The bridge between the diary and the faces: awaits the one off the event loop, tells the others."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, Final, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Context, Event, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .bedtime.registry import BedroomRegistry
from .bedtime.session import Session
from .const import DOMAIN, LOGGER, Option
from .diary.diary import NO_DETAILS, Diary
from .diary.models import (
    ChangeKind,
    Changes,
    ClearNight,
    ClearNightResult,
    DatabaseError,
    Episode,
    EpisodeDetails,
    InvalidEntryError,
    LogResult,
    NewEpisode,
    UndoResult,
)
from .diary.nights import night_of
from .diary.routine import RoutineItem
from .diary.statistics.night_history import RecordedNight
from .diary.statistics.overview import DiaryOverview
from .diary.statistics.summary import Summary
from .diary_events import async_fire_diary_event
from .diary_manager import DiaryManager, diary_id_of
from .episode_context import async_get_episode_context
from .errors import from_diary_error, validation_error
from .localize import async_get_texts

REGISTRY: HassKey[BedroomRegistry] = HassKey(f"{DOMAIN}.house")

RETRY_INTERVAL: Final = timedelta(minutes=5)
"""When a diary that could not be read is read again."""


DEFAULT_ROUTINE: Final = ("stretching", "massage", "no_screens", "cool_and_dark", "no_caffeine")
"""What an evening routine is made of before it is the sleeper's own."""


@dataclass(frozen=True, slots=True)
class BedroomData:
    """What runs for a config entry: its session, and a coordinator for each sleeper, by subentry id."""

    session: Session
    sleepers: dict[str, SleeperCoordinator]


type BedtimeConfigEntry = ConfigEntry[BedroomData]


class EpisodeEvent(StrEnum):
    """What may become of an episode."""

    LOGGED = "logged"
    ENDED = "ended"
    UPDATED = "updated"
    DELETED = "deleted"


type EpisodeListener = Callable[[EpisodeEvent, Episode, Context | None], None]


@dataclass(frozen=True, slots=True)
class SleeperData:
    """What the entities show of a diary: the glance, and the evening routine with what is done of it tonight."""

    overview: DiaryOverview
    routine: Sequence[RoutineItem]


def shielded[**P, T](
    method: Callable[Concatenate[SleeperCoordinator, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[SleeperCoordinator, P], Coroutine[Any, Any, T]]:
    """Let a change go on to its end, whoever stops waiting for it: what is on disk is shown, and told."""

    @wraps(method)
    async def go_on(self: SleeperCoordinator, /, *args: P.args, **kwargs: P.kwargs) -> T:
        task = self.hass.async_create_task(method(self, *args, **kwargs), f"{DOMAIN} change of a diary")
        return await asyncio.shield(task)

    return go_on


class SleeperCoordinator(DataUpdateCoordinator[SleeperData]):
    """One sleeper's diary. Nothing is polled: a change tells it, and so does one timer, set to what is due next.

    Every method that changes something returns when it is on disk and the entities show it. It raises
    ServiceValidationError for what cannot be, HomeAssistantError if the disk refuses; then nothing was written.
    """

    config_entry: BedtimeConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: BedtimeConfigEntry,
        subentry: ConfigSubentry,
        manager: DiaryManager,
        session: Session,
    ) -> None:
        """Speak for this sleeper."""
        super().__init__(hass, LOGGER, config_entry=entry, name=subentry.title, update_interval=None)
        self.subentry = subentry
        self._diary_id = diary_id_of(subentry)
        self._manager = manager
        self._session = session
        self._lock = asyncio.Lock()
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._episode_listeners: set[EpisodeListener] = set()
        self._recorded_bedtime: datetime | None = None
        self._pending_bedtime: datetime | None = None

    # --- episodes ----------------------------------------------------------------------------------------------------

    @shielded
    async def async_log(self, new_episode: NewEpisode, context: Context | None = None) -> LogResult:
        """Log an episode, with what is known of it by itself."""
        now = dt_util.now()
        try:
            started_at = new_episode.start(now)
        except InvalidEntryError as error:
            raise from_diary_error(error) from error
        area_id = self.config_entry.options.get(Option.AREA)
        known = async_get_episode_context(self.hass, self._session, area_id, started_at, now)
        logged = await self._async_change_log(Diary.log, new_episode, now, known)
        if logged.new:
            self._notify(EpisodeEvent.LOGGED, logged.episode, context)
            self._fire_event(ChangeKind.LOGGED, logged.episode, context)
        return logged

    @shielded
    async def async_end(
        self,
        episode_id: str | None = None,
        ended_at: datetime | None = None,
        details: EpisodeDetails = NO_DETAILS,
        context: Context | None = None,
    ) -> LogResult:
        """End an episode, the ongoing one if none is named."""
        ended = await self._async_change_log(
            Diary.end, dt_util.now(), episode_id=episode_id, ended_at=ended_at, facts=details
        )
        if ended.new:
            self._notify(EpisodeEvent.ENDED, ended.episode, context)
            self._fire_event(ChangeKind.ENDED, ended.episode, context)
        return ended

    @shielded
    async def async_update(self, episode: Episode, changes: Changes, context: Context | None = None) -> Episode:
        """Change what is given of an episode. Return it as it is now."""
        changed = await self._async_change_log(Diary.update, episode.id, changes, dt_util.now())
        if changed != episode:
            self._notify(EpisodeEvent.UPDATED, changed, context)
            self._fire_event(ChangeKind.UPDATED, changed, context)
        return changed

    @shielded
    async def async_delete(self, episode_id: str, context: Context | None = None) -> Episode:
        """Delete an episode, and return what it was."""
        deleted = await self._async_change_log(Diary.delete, episode_id, dt_util.now())
        self._notify(EpisodeEvent.DELETED, deleted, context)
        self._fire_event(ChangeKind.DELETED, deleted, context)
        return deleted

    @shielded
    async def async_undo(self, context: Context | None = None) -> UndoResult:
        """Undo the newest change that is not undone yet."""
        undone = await self._async_change_log(Diary.undo, dt_util.now())
        async_fire_diary_event(self.hass, self.subentry, ChangeKind.UNDONE, context=context)
        if isinstance(undone.before, Episode):
            event = EpisodeEvent.LOGGED if undone.kind is ChangeKind.DELETED else EpisodeEvent.UPDATED
            self._notify(event, undone.before, context)
        elif isinstance(undone.after, Episode):
            self._notify(EpisodeEvent.DELETED, undone.after, context)
        return undone

    async def async_get_episode(self, episode_id: str | None) -> Episode:
        """Return an episode, the last one if none is named."""
        if episode_id is None:
            if self.data.overview.last is None:
                raise validation_error("no_episode")
            return self.data.overview.last
        return await self._manager.async_read(Diary.episode, self._diary_id, episode_id)

    async def async_get_episodes(self, start: date | None, end: date | None, limit: int) -> list[Episode]:
        """Return the episodes of the nights from start to end, both included, the newest first."""
        return await self._manager.async_read(Diary.episodes, self._diary_id, start, end, limit)

    async def async_get_recorded_nights(self, start: date | None, end: date | None) -> list[RecordedNight]:
        """Return the nights from start to end, both included, of which something is recorded, the newest first."""
        return await self._manager.async_read(Diary.recorded_nights, self._diary_id, start, end)

    async def async_get_summary(self, start: date | None, end: date | None) -> Summary:
        """Return the figures of the nights from start to end, both included."""
        return await self._manager.async_read(Diary.summary, self._diary_id, start, end, dt_util.now())

    # --- clear nights ------------------------------------------------------------------------------------------------

    @shielded
    async def async_log_clear_night(
        self, night: date | None = None, context: Context | None = None
    ) -> ClearNightResult:
        """Mark a night free of symptoms, the current one if none is named."""
        now = dt_util.now()
        marked = await self._async_change_log(Diary.log_clear_night, night or night_of(now), now)
        if marked.new:
            async_fire_diary_event(self.hass, self.subentry, ChangeKind.CLEAR_NIGHT_LOGGED, context=context)
        return marked

    @shielded
    async def async_delete_clear_night(self, night: date) -> ClearNight:
        """Take the mark of a clear night back."""
        deleted = await self._async_change_log(Diary.delete_clear_night, night, dt_util.now())
        async_fire_diary_event(self.hass, self.subentry, ChangeKind.CLEAR_NIGHT_DELETED)
        return deleted

    @shielded
    async def async_move_clear_night(self, night: date, to: date) -> None:
        """Mark another night instead."""
        await self._async_change_log(Diary.move_clear_night, night, to, dt_util.now())
        async_fire_diary_event(self.hass, self.subentry, ChangeKind.CLEAR_NIGHT_MOVED)

    async def async_get_clear_nights(self, start: date | None, end: date | None) -> list[ClearNight]:
        """Return the clear nights from start to end, both included, the newest first."""
        return await self._manager.async_read(Diary.clear_nights, self._diary_id, start, end)

    # --- the evening routine -----------------------------------------------------------------------------------------

    @shielded
    async def async_add_item(self, text: str) -> None:
        """Add an item at the end of the routine."""
        await self._async_change_routine(Diary.add_item, text)

    @shielded
    async def async_update_item(self, uid: str, text: str | None, *, done: bool | None) -> None:
        """Give an item other words, or note whether it is done tonight, or both; None leaves it as it is."""
        await self._async_change_routine(Diary.change_item, uid, night_of(dt_util.now()), text=text, done=done)

    @shielded
    async def async_remove_items(self, uids: Sequence[str]) -> None:
        """Remove items, all or none; the nights on which they were done keep them."""
        await self._async_change_routine(Diary.remove_items, uids)

    @shielded
    async def async_move_item(self, uid: str, after: str | None) -> None:
        """Move an item behind another, or to the top."""
        await self._async_change_routine(Diary.move_item, uid, after)

    # --- by itself ---------------------------------------------------------------------------------------------------

    @callback
    def async_subscribe(self) -> None:
        """Follow the clock, the file and the bedroom's session, until the entry is unloaded."""
        unload = self.config_entry.async_on_unload
        unload(self._untrack)
        unload(self.hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_handle_core_config_update))
        unload(self._manager.async_add_listener(self._handle_file_replaced))
        unload(self._session.async_add_listener(self._handle_session_update))

    @callback
    def async_add_episode_listener(self, listener: EpisodeListener) -> CALLBACK_TYPE:
        """Call a listener when something becomes of an episode, until the returned function is called."""
        self._episode_listeners.add(listener)
        return lambda: self._episode_listeners.discard(listener)

    @override
    async def _async_setup(self) -> None:
        """Tell the diary the sleeper's name, and give them the first evening routine; a disk that refuses can wait."""
        words = await async_get_texts(self.hass, "evening_routine")
        routine = [words[item] for item in DEFAULT_ROUTINE]
        with suppress(HomeAssistantError):
            await self._manager.async_write(_initialize_sleeper, self._diary_id, self.subentry.title, routine)

    @override
    async def _async_update_data(self) -> SleeperData:
        # One at a time, so that none that was read earlier is shown later.
        async with self._lock:
            try:
                page = await self._manager.async_read(_read_sleeper_data, self._diary_id, dt_util.now())
            except HomeAssistantError as error:
                self._schedule_update(dt_util.utcnow() + RETRY_INTERVAL)
                raise UpdateFailed(
                    translation_domain=DOMAIN,
                    translation_key=error.translation_key,
                    translation_placeholders=error.translation_placeholders,
                ) from error
            self._schedule_update(page.overview.changes_at)
            return page

    async def _async_change_log[**P, T](
        self, method: Callable[Concatenate[Diary, str, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Change the log, and show it."""
        return await self._async_write(lambda diary: method(diary, self._diary_id, *args, **kwargs), routine_stays=True)

    async def _async_change_routine[**P](
        self, method: Callable[Concatenate[Diary, str, P], object], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Change the evening routine, and show it."""
        await self._async_write(lambda diary: method(diary, self._diary_id, *args, **kwargs), routine_stays=False)

    async def _async_write[T](self, change: Callable[[Diary], T], *, routine_stays: bool) -> T:
        """Change the diary and read it at one go, off the event loop: a busy hub has no time for two."""

        def change_and_read(diary: Diary) -> tuple[T, SleeperData | None]:
            changed = change(diary)
            try:
                return changed, _read_sleeper_data(
                    diary, self._diary_id, dt_util.now(), self.data if routine_stays else None
                )
            except DatabaseError:
                return changed, None

        async with self._lock:
            changed, page = await self._manager.async_write(change_and_read)
            if page is not None:
                self._schedule_update(page.overview.changes_at)
                self.async_set_updated_data(page)
        if page is None:
            await self.async_refresh()
        return changed

    @callback
    def _notify(self, event: EpisodeEvent, episode: Episode, context: Context | None) -> None:
        for listener in list(self._episode_listeners):
            listener(event, episode, context)

    @callback
    def _fire_event(self, change: ChangeKind, episode: Episode, context: Context | None) -> None:
        async_fire_diary_event(self.hass, self.subentry, change, episode.severity, context)

    @callback
    def _schedule_update(self, until: datetime) -> None:
        """Set the one timer to what is due next: noon, the end of what is ongoing, or another try."""
        self._untrack()
        job = HassJob(self._time_has_come, f"{DOMAIN} diary of {self.name}", cancel_on_shutdown=True)
        self._cancel_timer = async_track_point_in_utc_time(self.hass, job, until)

    @callback
    def _untrack(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    async def _time_has_come(self, _now: datetime) -> None:
        self._cancel_timer = None
        await self.async_refresh()

    async def _async_handle_core_config_update(self, _event: Event) -> None:
        await self.async_refresh()

    @callback
    def _handle_file_replaced(self) -> None:
        self.config_entry.async_create_task(self.hass, self._async_reinitialize())

    async def _async_reinitialize(self) -> None:
        """Show what is in another file, which may never have heard of the sleeper."""
        await self._async_setup()
        await self.async_refresh()

    @callback
    def _handle_session_update(self) -> None:
        """Note when a night began, once: how alike the bedtimes are is worked out from that.

        The bedroom goes first: writing would take time from the devices that are just being told.
        """
        night = self._session.state.times
        if night is not None and night.begins_at != self._recorded_bedtime:
            self._recorded_bedtime = self._pending_bedtime = night.begins_at
        if self._pending_bedtime is not None and not self._session.is_busy:
            at, self._pending_bedtime = self._pending_bedtime, None
            self.config_entry.async_create_task(self.hass, self._async_record_bedtime(at))

    async def _async_record_bedtime(self, at: datetime) -> None:
        try:
            await self._manager.async_write(Diary.note_bedtime, self._diary_id, dt_util.as_local(at))
        except HomeAssistantError:
            self._recorded_bedtime = None


def _initialize_sleeper(diary: Diary, sleeper: str, name: str, routine: Sequence[str]) -> None:
    diary.rename(sleeper, name)
    diary.begin_routine(sleeper, routine)


def _read_sleeper_data(diary: Diary, sleeper: str, now: datetime, known: SleeperData | None = None) -> SleeperData:
    """Return what is shown of a diary. A routine that is known is still so, on the same night."""
    glance = diary.overview(sleeper, now)
    if known is not None and known.overview.night == glance.night:
        return SleeperData(glance, known.routine)
    return SleeperData(glance, diary.routine(sleeper, glance.night))
