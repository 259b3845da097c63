"""The coordinator of a sleeper: reads and changes the diary, and updates the entities."""

import asyncio
from collections import ChainMap
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, Final, override

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_bytes
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .bedtime.plan import Plan, valid_options
from .bedtime.registry import BedroomRegistry
from .bedtime.relief.controller import ReliefController
from .bedtime.session import Session
from .const import DOMAIN, LOGGER, Option
from .diary.diary import NO_DETAILS, Diary
from .diary.experiments import ExperimentReport, RunningExperiment
from .diary.models import (
    ChangeKind,
    Changes,
    ClearNight,
    ClearNightResult,
    DatabaseError,
    Episode,
    EpisodeDetails,
    EpisodeResult,
    ExperimentNightResult,
    ExperimentWriteResult,
    ImportResult,
    InvalidEntryError,
    MarkedChange,
    MarkedChangeResult,
    MarkedChangeUpdate,
    NewEpisode,
    NewExperiment,
    NewMarkedChange,
    NightConditions,
    PracticeHistory,
    PracticeResult,
    Relief,
    Request,
    RevertResult,
    RoutineItem,
    Transition,
    WriteResult,
)
from .diary.statistics.before_after import BeforeAfter
from .diary.statistics.long_term import StatisticsSource
from .diary.statistics.medicines import SinceMedicine
from .diary.statistics.overview import DiaryOverview
from .diary.statistics.report import Report
from .diary.statistics.summary import Summary
from .diary.statistics.with_without import WithWithoutComparison
from .diary.subjects import Wanted
from .diary_events import async_fire_diary_event
from .diary_manager import DiaryManager
from .episode_context import async_get_episode_context
from .experiment_absence import AbsenceCheck
from .experiment_options import options_of
from .listeners import Listeners
from .localize import async_get_texts
from .revisions import async_update_revision
from .sleeper_options import diary_id_of
from .timers import OneShotTimer

REGISTRY: HassKey[BedroomRegistry] = HassKey(f"{DOMAIN}.registry")

RETRY_INTERVAL: Final = timedelta(minutes=5)
"""How long to wait before a diary that could not be read is read again."""

DEFAULT_ROUTINE: Final = (
    "stretching",
    "massage",
    "yoga",
    "exercise",
    "no_screens",
    "cool_and_dark",
    "no_caffeine",
    "iron",
)
"""The items of a new sleeper's evening routine, by the keys of their texts."""


@dataclass(frozen=True, slots=True)
class BedroomData:
    """Runtime data of a config entry: its session, its relief at night, and a coordinator for each sleeper, by id."""

    session: Session
    relief: ReliefController
    sleepers: dict[str, SleeperCoordinator]
    _options_lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def plan(self, options: Mapping[str, Any]) -> Plan:
        """Return the plan of the options of the entry, with the options that experiments set tonight."""
        overrides = [options_of(sleeper.data.experiment) for sleeper in self.sleepers.values()]
        return Plan.from_options(dict(ChainMap(*overrides, dict(options))))

    async def async_apply_options(self, options: Mapping[str, Any]) -> None:
        """Let the session adopt the options of its entry, and those that experiments set tonight."""
        async with self._options_lock:
            await self.session.async_update_plan(self.plan(options))

    def follows_experiments(self, options: Mapping[str, Any]) -> bool:
        """Return whether the session has adopted what experiments set tonight."""
        return not self._options_lock.locked() and self.session.plan == self.plan(options)

    async def async_wait_for_options(self) -> None:
        """Wait until options that were set before have been applied.

        The update listener of an entry starts to run within the update, and a lock is first come, first served.
        """
        async with self._options_lock:
            pass


type BedtimeConfigEntry = ConfigEntry[BedroomData]


class EpisodeEvent(StrEnum):
    """Types of the event of an episode."""

    LOGGED = "logged"
    ENDED = "ended"
    UPDATED = "updated"
    DELETED = "deleted"


type EpisodeListener = Callable[[EpisodeEvent, Episode, Context | None], None]


@dataclass(frozen=True, slots=True)
class SleeperData:
    """What the entities show: the overview of the diary, the routine with what is done tonight, the experiment."""

    overview: DiaryOverview
    routine: Sequence[RoutineItem]
    experiment: RunningExperiment | None


def shielded[**P, T](
    method: Callable[Concatenate[SleeperCoordinator, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[SleeperCoordinator, P], Coroutine[Any, Any, T]]:
    """Shield a change from cancellation of its caller: what is on disk must also reach entities and events."""

    @wraps(method)
    async def run(self: SleeperCoordinator, /, *args: P.args, **kwargs: P.kwargs) -> T:
        task = self.hass.async_create_task(method(self, *args, **kwargs), f"{DOMAIN} change of a diary")
        return await asyncio.shield(task)

    return run


class SleeperCoordinator(DataUpdateCoordinator[SleeperData]):
    """The diary of one sleeper.

    Nothing is polled: data is updated after each change, and by one timer that is set to what is due next.

    Every method that changes something returns when the change is on disk and the entities show it. It raises
    ServiceValidationError for invalid input and HomeAssistantError if the disk refuses; then nothing was written. Its
    request tells the diary whether the call repeats an earlier one; then nothing is written, and no event is fired.
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
        super().__init__(hass, LOGGER, config_entry=entry, name=subentry.title, update_interval=None)
        self.subentry = subentry
        self._diary_id = diary_id_of(subentry)
        self._manager = manager
        self._session = session
        self._lock = asyncio.Lock()
        self._relief_lock = asyncio.Lock()
        self._timer = OneShotTimer(hass, self._async_timer_fired, f"{DOMAIN} diary of {self.name}")
        self._absence_check = AbsenceCheck(hass, subentry, session, self.async_skip_night_away)
        self._episode_listeners = Listeners[EpisodeEvent, Episode, Context | None]()
        self._change_listeners = Listeners[WriteResult]()
        self._recorded_bedtime: datetime | None = None
        self._pending_bedtime: datetime | None = None

    @property
    def diary_id(self) -> str:
        """Return the id of the sleeper in the diary."""
        return self._diary_id

    @property
    def large_reads(self) -> asyncio.Lock:
        """Return the lock that is held while much is read of the diary, and processed."""
        return self._manager.large_reads

    # --- episodes ----------------------------------------------------------------------------------------------------

    @shielded
    async def async_log(
        self, new_episode: NewEpisode, request: Request, context: Context | None = None
    ) -> EpisodeResult:
        """Log an episode, together with its context."""
        now = dt_util.now()
        try:
            started_at = new_episode.resolve_start(now)
        except InvalidEntryError:
            # The diary refuses it, unless the call repeats one that was valid in its time.
            started_at = now
        area_id = valid_options(self.config_entry.options).get(Option.AREA)
        episode_context = async_get_episode_context(self.hass, self._session, area_id, started_at, now)
        result = await self._async_change_log(Diary.log, new_episode, now, episode_context, request)
        self._report(EpisodeEvent.LOGGED, ChangeKind.LOGGED, result, context)
        return result

    @shielded
    async def async_end(
        self,
        request: Request,
        episode_id: str | None = None,
        ended_at: datetime | time | None = None,
        details: EpisodeDetails = NO_DETAILS,
        context: Context | None = None,
    ) -> EpisodeResult:
        """End an episode, by default the ongoing one."""
        result = await self._async_change_log(
            Diary.end, dt_util.now(), episode_id=episode_id, ended_at=ended_at, details=details, request=request
        )
        self._report(EpisodeEvent.ENDED, ChangeKind.ENDED, result, context)
        return result

    @shielded
    async def async_update(
        self, episode_id: str | None, changes: Changes, request: Request, context: Context | None = None
    ) -> EpisodeResult:
        """Change fields of an episode, by default the last one."""
        result = await self._async_change_log(Diary.update, episode_id, changes, dt_util.now(), request)
        self._report(EpisodeEvent.UPDATED, ChangeKind.UPDATED, result, context)
        return result

    @shielded
    async def async_delete(
        self, episode_id: str | None, request: Request, context: Context | None = None
    ) -> EpisodeResult:
        """Delete an episode, by default the last one."""
        result = await self._async_change_log(Diary.delete, episode_id, dt_util.now(), request)
        self._report(EpisodeEvent.DELETED, ChangeKind.DELETED, result, context)
        return result

    @shielded
    async def async_add_relief(
        self, relief: Relief, request: Request, context: Context | None = None
    ) -> EpisodeResult | None:
        """Add what is tried to the ongoing episode. None if there is none, or it has that already."""
        async with self._relief_lock:
            ongoing = self.data.overview.ongoing
            if ongoing is None or relief in ongoing.relief:
                return None
            return await self.async_update(ongoing.id, {"relief": (*ongoing.relief, relief)}, request, context)

    async def async_get_episode(self, episode_id: str) -> Episode:
        """Return an episode."""
        return await self._manager.async_read(Diary.episode, self._diary_id, episode_id)

    async def async_get_episodes(
        self, start: date | None, end: date | None, limit: int, before: str | None = None
    ) -> list[Episode]:
        """Return the episodes of the nights from start to end, both included, the newest first.

        With `before`, the id of an episode, those that follow it in this order.
        """
        return await self._manager.async_read(Diary.episodes, self._diary_id, start, end, limit, before)

    async def async_get_trends(self, days: int | None) -> bytes:
        """Return the trends of so many nights up to tonight, by default of all, as JSON."""
        async with self.large_reads:
            return await self._manager.async_read(_read_trends_json, self._diary_id, self.name, days, dt_util.now())

    async def async_get_summary(self, start: date | None, end: date | None) -> Summary:
        """Return the figures of the nights from start to end, both included."""
        async with self.large_reads:
            return await self._manager.async_read(Diary.summary, self._diary_id, start, end, dt_util.now())

    async def async_get_first_night(self) -> date:
        """Return the first night of which something is recorded, by default the current one."""
        return await self._manager.async_read(Diary.first_night, self._diary_id, dt_util.now())

    async def async_compare(
        self, change: str | date | None, nights: int, skip: int
    ) -> tuple[BeforeAfter, SinceMedicine | None]:
        """Compare so many nights before and after a marked change, given by its id, or a date; None is the last change.

        For the start of a medicine, the facts since then follow.
        """
        async with self.large_reads:
            return await self._manager.async_read(Diary.compare, self._diary_id, change, dt_util.now(), nights, skip)

    async def async_compare_with_without(self, wanted: Wanted, nights: int | None = None) -> WithWithoutComparison:
        """Compare the nights with and without what is wanted, by default of the whole diary, else the last ones."""
        async with self.large_reads:
            return await self._manager.async_read(
                Diary.compare_with_without, self._diary_id, wanted, dt_util.now(), nights
            )

    async def async_get_report(self, start: date, end: date) -> Report:
        """Return the report of the nights from start to end, both included."""
        bedtime = Plan.from_options(self.config_entry.options).bedtime
        async with self.large_reads:
            return await self._manager.async_read(Diary.report, self._diary_id, start, end, dt_util.now(), bedtime)

    async def async_convert_episodes[T](self, start: date, end: date, convert: Callable[[Episode], T]) -> list[T]:
        """Return what a function makes of each episode of the nights from start to end, the newest first."""
        async with self.large_reads:
            return await self._manager.async_read(Diary.convert_episodes, self._diary_id, start, end, convert)

    async def async_get_statistics_source(self, since: int) -> StatisticsSource:
        """Return what the long-term statistics are made of, from an hour on, in seconds since the epoch."""
        async with self.large_reads:
            return await self._manager.async_read(Diary.statistics_source, self._diary_id, since)

    async def async_export(self) -> list[str]:
        """Return the text of the whole diary as JSON, in pieces to be sent one after the other."""
        async with self.large_reads:
            return await self._manager.async_read(Diary.export_json, self._diary_id)

    @shielded
    async def async_import(self, content: bytes, context: Context | None = None) -> ImportResult:
        """Add the records of an exported diary that are not there yet, all or none."""
        async with self.large_reads:
            result = await self._async_change_all(Diary.import_json, content, dt_util.now())
        if result.new:
            self._fire_event(ChangeKind.IMPORTED, context)
        return result

    # --- conditions of nights ----------------------------------------------------------------------------------------

    async def async_get_conditions(self, start: date, end: date) -> tuple[list[NightConditions], list[datetime]]:
        """Return what was measured in the nights from start to end, and when bedtime mode started in them."""
        return await self._manager.async_read(_read_conditions, self._diary_id, start, end)

    @shielded
    async def async_record_conditions(self, conditions: Sequence[NightConditions]) -> None:
        """Record what was measured in nights, and let the cards read it. No entity shows it."""
        if await self._manager.async_write(Diary.record_conditions, self._diary_id, conditions):
            async_update_revision(self.hass, self.subentry.subentry_id)

    # --- clear nights ------------------------------------------------------------------------------------------------

    @shielded
    async def async_log_clear_night(
        self, night: date | None, request: Request, context: Context | None = None
    ) -> ClearNightResult:
        """Mark a night as free of symptoms, by default the current one."""
        result = await self._async_change_log(Diary.log_clear_night, night, dt_util.now(), request)
        if result.new:
            self._fire_event(ChangeKind.CLEAR_NIGHT_LOGGED, context)
        return result

    @shielded
    async def async_delete_clear_night(
        self, night: date | None, request: Request, context: Context | None = None
    ) -> ClearNightResult:
        """Remove the mark of a clear night, by default of the current one."""
        result = await self._async_change_log(Diary.delete_clear_night, night, dt_util.now(), request)
        if result.new:
            self._fire_event(ChangeKind.CLEAR_NIGHT_DELETED, context)
        return result

    @shielded
    async def async_move_clear_night(
        self, night: date, to: date, request: Request, context: Context | None = None
    ) -> ClearNightResult:
        """Move the mark of a clear night to another night."""
        result = await self._async_change_log(Diary.move_clear_night, night, to, dt_util.now(), request)
        if result.new:
            self._fire_event(ChangeKind.CLEAR_NIGHT_MOVED, context)
        return result

    async def async_get_clear_nights(self, start: date | None, end: date | None) -> list[ClearNight]:
        """Return the clear nights from start to end, both included, the newest first."""
        return await self._manager.async_read(Diary.clear_nights, self._diary_id, start, end)

    # --- marked changes ----------------------------------------------------------------------------------------------

    @shielded
    async def async_log_marked_change(
        self, entry: NewMarkedChange, request: Request, context: Context | None = None
    ) -> MarkedChangeResult:
        """Mark a change, by default on the current day."""
        result = await self._async_change_log(Diary.log_marked_change, entry, dt_util.now(), request)
        if result.new:
            self._fire_event(ChangeKind.MARKED_CHANGE_LOGGED, context)
        return result

    @shielded
    async def async_update_marked_change(
        self,
        marked_change_id: str | None,
        changes: MarkedChangeUpdate,
        request: Request,
        context: Context | None = None,
    ) -> MarkedChangeResult:
        """Update fields of a marked change, by default of the last one."""
        result = await self._async_change_log(
            Diary.update_marked_change, marked_change_id, changes, dt_util.now(), request
        )
        if result.new:
            self._fire_event(ChangeKind.MARKED_CHANGE_UPDATED, context)
        return result

    @shielded
    async def async_delete_marked_change(
        self, marked_change_id: str | None, request: Request, context: Context | None = None
    ) -> MarkedChangeResult:
        """Delete a marked change, by default the last one."""
        result = await self._async_change_log(Diary.delete_marked_change, marked_change_id, dt_util.now(), request)
        if result.new:
            self._fire_event(ChangeKind.MARKED_CHANGE_DELETED, context)
        return result

    async def async_get_marked_change(self, marked_change_id: str) -> MarkedChange:
        """Return a marked change."""
        return await self._manager.async_read(Diary.marked_change, self._diary_id, marked_change_id)

    async def async_get_marked_changes(self, start: date | None, end: date | None) -> list[MarkedChange]:
        """Return the changes that were marked on the days from start to end, both included, the newest first."""
        return await self._manager.async_read(Diary.marked_changes, self._diary_id, start, end)

    # --- experiments -------------------------------------------------------------------------------------------------

    @shielded
    async def async_start_experiment(
        self, entry: NewExperiment, request: Request, context: Context | None = None
    ) -> ExperimentWriteResult:
        """Start an experiment. What it sets tonight is set when this returns."""
        result = await self._async_change_all(Diary.start_experiment, entry, dt_util.now(), request, self._others())
        if result.new:
            self._fire_event(ChangeKind.EXPERIMENT_STARTED, context)
        return result

    @shielded
    async def async_stop_experiment(self, request: Request, context: Context | None = None) -> ExperimentWriteResult:
        """Stop the running experiment."""
        result = await self._async_change_all(Diary.stop_experiment, dt_util.now(), request)
        if result.new:
            self._fire_event(ChangeKind.EXPERIMENT_STOPPED, context)
        return result

    @shielded
    async def async_skip_experiment_night(
        self, night: date | None, request: Request, context: Context | None = None, *, skipped: bool
    ) -> ExperimentNightResult:
        """Set whether a night of the experiment is skipped, by default the current one."""
        result = await self._async_change_all(
            Diary.skip_experiment_night, night, dt_util.now(), skipped=skipped, request=request
        )
        if result.new:
            self._fire_event(ChangeKind.EXPERIMENT_NIGHT_UPDATED, context)
        return result

    @shielded
    async def async_skip_night_away(self) -> None:
        """Skip the current night of the experiment, as the sleeper is not at home at bedtime."""
        result = await self._async_change_all(Diary.skip_if_undecided, dt_util.now())
        if result.new:
            self._fire_event(ChangeKind.EXPERIMENT_NIGHT_UPDATED, None)

    @shielded
    async def async_log_experiment_night(
        self, night: date | None, request: Request, *, done: bool
    ) -> ExperimentNightResult:
        """Set whether the tag of the experiment was true of a night, by default the current one."""
        return await self._async_change_all(
            Diary.log_experiment_night, night, dt_util.now(), done=done, request=request
        )

    async def async_get_experiment(self) -> ExperimentReport | None:
        """Return the last experiment, with its result once it is over."""
        async with self.large_reads:
            return await self._manager.async_read(Diary.experiment_report, self._diary_id, dt_util.now())

    def _others(self) -> list[str]:
        """Return the ids in the diary of the other sleepers of the bedroom."""
        sleepers = self.config_entry.runtime_data.sleepers.values()
        return [each.diary_id for each in sleepers if each is not self]

    # --- undo and redo -----------------------------------------------------------------------------------------------

    @shielded
    async def async_undo(self, change_id: str | None, request: Request, context: Context | None = None) -> RevertResult:
        """Undo a change, by default the newest one that stands."""
        result = await self._async_change_all(Diary.undo, dt_util.now(), change_id, request, self._others())
        self._report_revert(result, context)
        return result

    @shielded
    async def async_redo(self, change_id: str | None, request: Request, context: Context | None = None) -> RevertResult:
        """Redo an undone change, by default the one that was undone last."""
        result = await self._async_change_all(Diary.redo, dt_util.now(), change_id, request, self._others())
        self._report_revert(result, context)
        return result

    # --- the evening routine -----------------------------------------------------------------------------------------

    @shielded
    async def async_log_practice(
        self, item: str, night: date | None, request: Request, *, done: bool
    ) -> PracticeResult:
        """Set whether an item of the routine is done on a night, by default the current one."""
        return await self._async_change_all(
            Diary.log_practice, item, dt_util.now(), night=night, done=done, request=request
        )

    @shielded
    async def async_add_item(self, text: str, request: Request) -> None:
        """Add an item at the end of the routine."""
        await self._async_change_all(Diary.add_item, text, dt_util.now(), request)

    @shielded
    async def async_update_item(self, uid: str, text: str | None, request: Request, *, done: bool | None) -> None:
        """Change the text of an item, or whether it is done tonight, or both; None changes nothing."""
        await self._async_change_all(Diary.update_item, uid, dt_util.now(), text=text, done=done, request=request)

    @shielded
    async def async_remove_items(self, uids: Sequence[str], request: Request) -> None:
        """Remove items, all or none. They stay in the record of the nights on which they were done."""
        await self._async_change_all(Diary.remove_items, uids, dt_util.now(), request)

    @shielded
    async def async_move_item(self, uid: str, after: str | None, request: Request) -> None:
        """Move an item behind another one, or to the top."""
        await self._async_change_all(Diary.move_item, uid, after, dt_util.now(), request)

    async def async_get_practices(self, start: date | None, end: date | None) -> list[PracticeHistory]:
        """Return the items of the routine, and on which of the nights from start to end they were done."""
        return await self._manager.async_read(Diary.practices, self._diary_id, start, end)

    # --- updates -----------------------------------------------------------------------------------------------------

    @callback
    def async_subscribe(self) -> None:
        """Subscribe to the time zone, the diary's file and the session until the entry is unloaded."""
        unload = self.config_entry.async_on_unload
        unload(self._timer.async_cancel)
        unload(self.hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_handle_core_config_update))
        unload(self._manager.async_add_listener(self._handle_file_replaced))
        unload(self._session.async_add_listener(self._handle_session_update))
        unload(self._absence_check.async_stop)

    @callback
    def async_add_episode_listener(self, listener: EpisodeListener) -> CALLBACK_TYPE:
        """Call a listener for each event of an episode. Return a function that removes it."""
        return self._episode_listeners.async_add(listener)

    @callback
    def async_add_change_listener(self, listener: Callable[[WriteResult], None]) -> CALLBACK_TYPE:
        """Call a listener with each change of the diary. Return a function that removes it."""
        return self._change_listeners.async_add(listener)

    @override
    async def _async_setup(self) -> None:
        """Update the sleeper's name in the diary, and create their first evening routine.

        If the disk refuses, the next setup will do.
        """
        texts = await async_get_texts(self.hass, "evening_routine")
        routine = [texts[item] for item in DEFAULT_ROUTINE]
        with suppress(HomeAssistantError):
            await self._manager.async_write(
                _initialize_sleeper, self._diary_id, self.subentry.title, routine, dt_util.now()
            )

    @override
    async def _async_update_data(self) -> SleeperData:
        # One at a time, so that older data never replaces newer data.
        async with self._lock:
            try:
                data = await self._manager.async_read(_read_sleeper_data, self._diary_id, dt_util.now())
            except HomeAssistantError as error:
                self._timer.async_schedule(dt_util.utcnow() + RETRY_INTERVAL)
                raise UpdateFailed(
                    translation_domain=DOMAIN,
                    translation_key=error.translation_key,
                    translation_placeholders=error.translation_placeholders,
                ) from error
            self._timer.async_schedule(data.overview.changes_at)
            return data

    async def _async_change_log[**P, T: WriteResult](
        self, method: Callable[Concatenate[Diary, str, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Change episodes or clear nights, and update the entities."""
        return await self._async_write(lambda diary: method(diary, self._diary_id, *args, **kwargs), keeps_routine=True)

    async def _async_change_all[**P, T: WriteResult](
        self, method: Callable[Concatenate[Diary, str, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Change the evening routine, experiments, and perhaps episodes or clear nights, and update the entities."""
        result = await self._async_write(
            lambda diary: method(diary, self._diary_id, *args, **kwargs), keeps_routine=False
        )
        await self.config_entry.runtime_data.async_wait_for_options()
        return result

    async def _async_write[T: WriteResult](self, change: Callable[[Diary], T], *, keeps_routine: bool) -> T:
        """Change and read the diary in one executor job: a busy hub has to wait for each."""

        def change_and_read(diary: Diary) -> tuple[T, SleeperData | None]:
            result = change(diary)
            previous = self.data if keeps_routine else None
            try:
                return result, _read_sleeper_data(diary, self._diary_id, dt_util.now(), previous)
            except DatabaseError:
                return result, None

        async with self._lock:
            result, data = await self._manager.async_write(change_and_read)
            if data is not None:
                self._timer.async_schedule(data.overview.changes_at)
                self.async_set_updated_data(data)
        if result.new:
            self._change_listeners.async_call(result)
        if data is None:
            await self.async_refresh()
        return result

    @callback
    @override
    def async_update_listeners(self) -> None:
        super().async_update_listeners()
        async_update_revision(self.hass, self.subentry.subentry_id)
        if self.last_update_success:
            self._absence_check.async_update(self.data.experiment)

    @callback
    def _report(self, event: EpisodeEvent, change: ChangeKind, result: EpisodeResult, context: Context | None) -> None:
        """Report a change of an episode, unless the call has changed nothing."""
        if result.new:
            self._episode_listeners.async_call(event, result.episode, context)
            self._fire_event(change, context, result.episode.severity)

    @callback
    def _report_revert(self, result: RevertResult, context: Context | None) -> None:
        """Report an undo or redo, and what it did to episodes."""
        if result.new:
            self._fire_event(ChangeKind.REDONE if result.redone else ChangeKind.UNDONE, context)
            for transition in result.transitions:
                if (reported := _episode_event(transition)) is not None:
                    self._episode_listeners.async_call(*reported, context)

    @callback
    def _fire_event(self, change: ChangeKind, context: Context | None, severity: int | None = None) -> None:
        async_fire_diary_event(self.hass, self.subentry, change, severity, context)

    async def _async_timer_fired(self, _now: datetime) -> None:
        await self.async_refresh()

    async def _async_handle_core_config_update(self, _event: Event) -> None:
        await self.async_refresh()

    @callback
    def _handle_file_replaced(self) -> None:
        self.config_entry.async_create_task(self.hass, self._async_reinitialize())

    async def _async_reinitialize(self) -> None:
        """Show the data of another file, which may not know the sleeper."""
        await self._async_setup()
        await self.async_refresh()

    @callback
    def _handle_session_update(self) -> None:
        """Record the start of each session once, for the regularity of bedtimes.

        This waits until the devices have answered: writing would delay the commands to them.
        """
        self._absence_check.async_update(self.data.experiment)
        times = self._session.state.times
        if times is not None and times.begins_at != self._recorded_bedtime:
            self._recorded_bedtime = self._pending_bedtime = times.begins_at
        if self._pending_bedtime is not None and not self._session.is_busy:
            bedtime, self._pending_bedtime = self._pending_bedtime, None
            self.config_entry.async_create_task(self.hass, self._async_record_bedtime(bedtime))

    async def _async_record_bedtime(self, bedtime: datetime) -> None:
        try:
            await self._manager.async_write(Diary.record_bedtime, self._diary_id, dt_util.as_local(bedtime))
        except HomeAssistantError:
            self._recorded_bedtime = None


def _initialize_sleeper(diary: Diary, sleeper: str, name: str, routine: Sequence[str], now: datetime) -> None:
    diary.rename_sleeper(sleeper, name)
    diary.create_routine(sleeper, routine, now)


def _episode_event(transition: Transition) -> tuple[EpisodeEvent, Episode] | None:
    """Return the event of an episode that was changed by undo or redo; None for another record."""
    match transition:
        case Transition(before=None, after=Episode() as episode):
            return EpisodeEvent.LOGGED, episode
        case Transition(before=Episode() as episode, after=None):
            return EpisodeEvent.DELETED, episode
        case Transition(after=Episode() as episode):
            return EpisodeEvent.UPDATED, episode
    return None


def _read_conditions(
    diary: Diary, sleeper: str, start: date, end: date
) -> tuple[list[NightConditions], list[datetime]]:
    return diary.conditions(sleeper, start, end), diary.bedtimes(sleeper, start, end)


def _read_trends_json(diary: Diary, sleeper: str, name: str, days: int | None, now: datetime) -> bytes:
    """Return the trends as JSON: of ten years they are too much to be serialized in the event loop."""
    return json_bytes({"sleeper": name, **diary.trends(sleeper, days, now).as_json()})


def _read_sleeper_data(diary: Diary, sleeper: str, now: datetime, previous: SleeperData | None = None) -> SleeperData:
    """Read what the entities show. The routine and the experiment of previous data are reused on the same night."""
    overview = diary.overview(sleeper, now)
    if previous is not None and previous.overview.night == overview.night:
        return replace(previous, overview=overview)
    return SleeperData(overview, diary.routine(sleeper, overview.night), diary.running_experiment(sleeper, now))
