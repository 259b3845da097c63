"""One night of a bedroom: off, wind-down, bedtime, and off again. Writes down before it acts, survives restarts."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE, STATE_HOME
from homeassistant.core import CALLBACK_TYPE, Context, CoreState, Event, HassJob, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_point_in_utc_time, async_track_state_change_event
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from . import lifecycle, user_actions
from .command import NightProgress, Outcome, RestoreMode
from .control.change_handler import ChangeHandler
from .control.command_tracker import CommandTracker
from .control.controller import DeviceController
from .managed_entity import ManagedEntity
from .plan import Plan
from .registry import BedroomRegistry
from .schedule import SessionTimes, progress_at
from .session_state import Phase, SessionState
from .session_store import SessionStore, SnapshotNotSavedError

ANSWER_WITHIN: Final = 10
"""Seconds after which a call returns, whatever slow devices have still to say."""

EVENT_SCREENS_WARNING: Final = f"{DOMAIN}_screens_warning"


class Session:
    """Bedtime mode of one bedroom."""

    def __init__(self, hass: HomeAssistant, entry_id: str, plan: Plan, house: BedroomRegistry) -> None:
        """Follow this plan, in this house."""
        self._hass = hass
        self._entry_id = entry_id
        self._plan = plan
        self._registry = house
        self._store = SessionStore(hass, entry_id)
        self._state = SessionState()
        self._is_saved = True
        self._phase = Phase.OFF
        self._silent_at: datetime | None = None
        self._tracker = CommandTracker(hass, house, self, self._devices_answered)
        self._controller = DeviceController(hass, house, self, self._tracker)
        self._change_handler = ChangeHandler(hass, house, self, self._tracker, self._controller)
        self._listeners: set[CALLBACK_TYPE] = set()
        self._untrack: list[CALLBACK_TYPE] = []
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._is_loaded = False
        self.lock = asyncio.Lock()

    # --- what is seen of it ------------------------------------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        """Return where the night is."""
        return self._phase

    @property
    def plan(self) -> Plan:
        """Return what the user wants."""
        return self._plan

    @property
    def state(self) -> SessionState:
        """Return what is remembered."""
        return self._state

    @property
    def managed(self) -> Mapping[str, ManagedEntity]:
        """Return what is held, by entity id."""
        return self._state.managed

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Return what came of each entity."""
        return self._tracker.results.outcomes

    @property
    def is_busy(self) -> bool:
        """Return whether devices have yet to answer to what they were told."""
        return bool(self._tracker.results.in_flight)

    @property
    def ends_at(self) -> datetime | None:
        """Return when the session ends, if there is one and that is known."""
        return _local(self._state.times.ends_at) if self._state.times else None

    @property
    def next_bedtime(self) -> datetime | None:
        """Return the bedtime to come: of a wind-down, or the next one that starts by itself."""
        if self._state.times is not None and self._phase is Phase.WIND_DOWN:
            return _local(self._state.times.bedtime_at)
        if not self._plan.automatic:
            return None
        return _local(lifecycle.next_bedtime(self._state, self._plan, dt_util.now()))

    @property
    def screens_silent_at(self) -> datetime | None:
        """Return when the screens go quiet, while they are about to."""
        return self._silent_at

    def progress(self) -> NightProgress | None:
        """Return how far the night is, if there is one."""
        return progress_at(self._state.times, self._plan, dt_util.now()) if self._state.times else None

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when anything of the above changes, until the returned function is called."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    # --- loading and leaving -----------------------------------------------------------------------------------------

    async def async_load(self) -> None:
        """Take up the session where it was left: at once after a reload, else once Home Assistant has started."""
        self._state = await self._store.async_load()
        self._phase = lifecycle.phase_at(self._state, dt_util.now())
        self._registry.register(self._entry_id, self)
        self._is_loaded = True
        if self._hass.state is CoreState.running:
            await self._async_resume()
        else:

            async def started(_hass: HomeAssistant) -> None:
                await self._async_resume()

            self._untrack.append(async_at_started(self._hass, started))

    async def async_unload(self) -> None:
        """Leave the bedroom as it is: a session that is on stays on, on disk."""
        while self._untrack:
            self._untrack.pop()()
        await self._change_handler.async_shutdown()
        async with self.lock:
            self._is_loaded = False
            self._cancel()
            await self._tracker.results.async_shutdown()
            self._listeners.clear()
            self._registry.unregister(self._entry_id)

    async def async_remove(self) -> None:
        """Forget the session."""
        await self.async_unload()
        self._registry.remove(self._entry_id)
        await self._store.async_remove()

    async def _async_resume(self) -> None:
        async with self.lock:
            watched = [
                *self._plan.only_when_home,
                *([self._plan.schedule_entity] if self._plan.schedule_entity else []),
            ]
            if watched:
                self._untrack.append(
                    async_track_state_change_event(self._hass, watched, self._async_conditions_changed)
                )
            self._untrack.append(self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_conditions_changed))
            self._untrack.append(
                self._hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_entity_renamed)
            )
            await self._controller.async_resume()
            await self._async_advance(again=True)

    # --- what people and automations ask of it -----------------------------------------------------------------------

    async def async_start(
        self, context: Context | None = None, wind_down: timedelta = timedelta(), *, waits: bool = True
    ) -> Mapping[str, Outcome]:
        """Bring the bedroom to bedtime, now or over a wind-down; during one, bedtime comes as soon as is said.

        Return what came of each entity that answered in time, or at once, if nobody `waits` for the others. Raises
        SnapshotNotSavedError, with nothing touched, when the disk does not take the snapshot.
        """
        async with self.lock:
            now = dt_util.now()
            if not self._is_loaded:
                return {}
            is_new = self._state.times is None
            if is_new:
                await self._async_begin(lifecycle.manual_session(now, wind_down, self._plan), context)
            else:
                await self.async_commit(lifecycle.with_earlier_bedtime(self._state, dt_util.utcnow() + wind_down))
            await self._async_advance(context, is_settled=is_new)
        return await self._async_answer(self._state.managed, waits=waits)

    async def async_stop(
        self, context: Context | None = None, restore: RestoreMode | None = None, *, waits: bool = True
    ) -> Mapping[str, Outcome]:
        """Give the bedroom back. Return what came of each entity that answered in time, or at once."""
        async with self.lock:
            if self._state.times is None or not self._is_loaded:
                return {}
            held = self._state.managed
            await self._async_end(context, restore, by_hand=True)
            await self._async_advance(context)
        return await self._async_answer(held, waits=waits)

    async def _async_answer(self, entity_ids: Iterable[str], *, waits: bool) -> Mapping[str, Outcome]:
        """Return what came of these entities, and of any other: those that do not answer in time are unreachable."""
        answer = await self._tracker.results.async_wait_for_results(ANSWER_WITHIN if waits else 0)
        return {**dict.fromkeys(entity_ids, Outcome.UNREACHABLE), **answer}

    async def async_extend(self, minutes: timedelta) -> None:
        """Let bedtime come later, or, if it has come, end later. With no session on, the next bedtime comes later."""
        async with self.lock:
            await self.async_commit(lifecycle.with_extension(self._state, self._plan, minutes, dt_util.now()))
            await self._async_advance()

    async def async_update_plan(self, plan: Plan) -> None:
        """Follow another plan from now on: a session under way keeps to its changed times."""
        async with self.lock:
            record = lifecycle.with_plan_change(self._state, self._plan, plan, dt_util.now())
            self._plan = plan
            await self.async_commit(record)
            await self._async_advance()

    # --- the night goes on -------------------------------------------------------------------------------------------

    async def _async_advance(
        self, context: Context | None = None, *, again: bool = False, is_settled: bool = False
    ) -> None:
        """Do what is due, and wait for what is due next."""
        if not self._is_loaded:
            return
        schedule, now = self._schedule(), dt_util.now()
        if self._plan.schedule_entity:
            await self.async_commit(lifecycle.with_schedule_state(self._state, schedule, self._plan, now))
        if lifecycle.has_ended(self._state, schedule, now):
            await self._async_end(context)
            if lifecycle.due_session(self._state, self._plan, now) is not None:
                # What is on its way back has to be there before another night takes it.
                await self._tracker.results.async_wait_for_results(ANSWER_WITHIN)
        due = lifecycle.due_session(self._state, self._plan, now) if self._state.times is None else None
        if due is not None and self._is_anybody_home():
            try:
                await self._async_begin(due, context, follows=True)
                is_settled = True
            except SnapshotNotSavedError as error:
                LOGGER.error("Bedtime mode did not begin: %s", error)
        self._phase = lifecycle.phase_at(self._state, now)
        if not is_settled and (moment := self.progress()) is not None:
            await self._controller.async_apply(self._state, moment, context, again=again)
        self._change_handler.update_subscriptions()
        await self._async_warn(now)
        self.async_schedule_next()

    async def _async_begin(self, night: SessionTimes, context: Context | None, *, follows: bool = False) -> None:
        """Begin a night: what is to be held is on disk before anything is touched. Raises SnapshotNotSavedError."""
        self._controller.reset()
        record = replace(self._state, times=night, follows_plan=follows or self._plan.schedule_entity is not None)
        moment = progress_at(night, self._plan, dt_util.now())
        await self._controller.async_apply(record, moment, context, or_refuse=True)
        await self._async_run("start_actions", self._plan.start_actions, context)

    async def _async_end(
        self, context: Context | None = None, restore: RestoreMode | None = None, *, by_hand: bool = False
    ) -> None:
        """Give the bedroom back. What is owed is on disk first: whoever comes after us can give it back."""
        old = self._state
        if old.times is None:
            return
        now = dt_util.now()
        extent = self._plan.restore_mode(now - old.times.bedtime_at, restore)
        await self._tracker.results.async_shutdown()
        last = lifecycle.handled_until(old, self._plan, now, by_hand=by_hand)
        owed = self._controller.plan_restore(extent)
        kept = SessionState(
            last_bedtime=last, next_scheduled=old.next_scheduled, extension=old.extension, warned_for=old.warned_for
        )
        await self._controller.async_restore(
            replace(kept, pending_restores=owed, phones_in_dnd=old.phones_in_dnd), context
        )
        await self._async_run("end_actions", self._plan.end_actions, context)

    async def _async_run(self, name: str, actions: Sequence[Mapping[str, Any]], context: Context | None) -> None:
        await user_actions.async_run(self._hass, name, actions, self._registry.create_context(self, context))

    async def async_commit(self, record: SessionState, *, or_refuse: bool = False) -> None:
        """Write a record down, and then let it be so.

        Raises SnapshotNotSavedError if it cannot be written and that is to be refused: what was before must be on disk
        before a device is touched. Otherwise the night goes on without the disk.
        """
        if record == self._state and self._is_saved:
            return
        await self._store.async_save(record, or_refuse=or_refuse)
        self.stage(record)
        self._is_saved = True

    def stage(self, record: SessionState) -> None:
        """Let a record be so, which is written down with the next."""
        self._state = record
        self._is_saved = False
        self._phase = lifecycle.phase_at(record, dt_util.now())

    async def async_drop_pending(self, entity_ids: Collection[str]) -> None:
        """Owe these devices no more: another bedroom holds them, and knows what was before."""
        async with self.lock:
            owed = {
                entity_id: each
                for entity_id, each in self._state.pending_restores.items()
                if entity_id not in entity_ids
            }
            await self.async_commit(replace(self._state, pending_restores=owed))
            self._change_handler.update_subscriptions()

    @callback
    def _devices_answered(self, entity_ids: Iterable[str]) -> None:
        self._change_handler.async_states_reported(entity_ids)
        self.async_schedule_next()

    # --- when --------------------------------------------------------------------------------------------------------

    def _schedule(self) -> State | None:
        return self._hass.states.get(self._plan.schedule_entity) if self._plan.schedule_entity else None

    def _is_anybody_home(self) -> bool:
        persons = self._plan.only_when_home
        return not persons or any(self._hass.states.is_state(person, STATE_HOME) for person in persons)

    async def _async_warn(self, now: datetime) -> None:
        """Say once that the screens are about to go quiet."""
        will_be = self._state.times is not None or self._is_anybody_home()
        silent_at = lifecycle.screens_off_soon(self._state, self._plan, now) if will_be else None
        self._silent_at = _local(silent_at)
        if self._silent_at is not None and silent_at != self._state.warned_for:
            await self.async_commit(replace(self._state, warned_for=silent_at))
            data = {"entry_id": self._entry_id, "silent_at": self._silent_at.isoformat()}
            self._hass.bus.async_fire(EVENT_SCREENS_WARNING, data, context=self._registry.create_context(self))

    @callback
    def async_schedule_next(self) -> None:
        """Set the one timer to what is due next, and tell the listeners that something is new."""
        now = dt_util.now()
        self._cancel()
        due = (lifecycle.next_event(self._state, self._plan, now), self._tracker.results.verify_at)
        if moments := [moment for moment in due if moment is not None]:
            job = HassJob(self._async_timer_fired, f"{DOMAIN} next step", cancel_on_shutdown=True)
            self._cancel_timer = async_track_point_in_utc_time(self._hass, job, min(moments))
        for listener in list(self._listeners):
            listener()

    def _cancel(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    async def _async_timer_fired(self, _now: datetime) -> None:
        self._cancel_timer = None
        async with self.lock:
            self._change_handler.confirm_unconfirmed()
            await self._tracker.async_verify()
            await self._async_advance()

    async def _async_entity_renamed(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Know a device by its new name."""
        if event.data["action"] != "update" or (old := event.data.get("old_entity_id")) is None:
            return
        async with self.lock:
            await self.async_commit(self._state.renamed(old, event.data["entity_id"]))
            await self._async_advance(again=True)

    async def _async_conditions_changed(self, _event: Event[Any]) -> None:
        async with self.lock:
            await self._async_advance()


def _local(moment: datetime | None) -> datetime | None:
    """Return a moment as people read it."""
    return None if moment is None else dt_util.as_local(moment)
