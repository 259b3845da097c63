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
from .schedule import Night, moment_of
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
        self._house = house
        self._shelf = SessionStore(hass, entry_id)
        self._record = SessionState()
        self._is_saved = True
        self._phase = Phase.OFF
        self._silent_at: datetime | None = None
        self._orders = CommandTracker(hass, house, self, self._devices_answered)
        self._hands = DeviceController(hass, house, self, self._orders)
        self._news = ChangeHandler(hass, house, self, self._orders, self._hands)
        self._listeners: set[CALLBACK_TYPE] = set()
        self._untrack: list[CALLBACK_TYPE] = []
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._is_loaded = False
        self.turn = asyncio.Lock()

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
    def record(self) -> SessionState:
        """Return what is remembered."""
        return self._record

    @property
    def held(self) -> Mapping[str, ManagedEntity]:
        """Return what is held, by entity id."""
        return self._record.managed

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Return what came of each entity."""
        return self._orders.results.outcomes

    @property
    def is_busy(self) -> bool:
        """Return whether devices have yet to answer to what they were told."""
        return bool(self._orders.results.in_flight)

    @property
    def ends_at(self) -> datetime | None:
        """Return when the session ends, if there is one and that is known."""
        return _local(self._record.times.ends_at) if self._record.times else None

    @property
    def next_bedtime(self) -> datetime | None:
        """Return the bedtime to come: of a wind-down, or the next one that starts by itself."""
        if self._record.times is not None and self._phase is Phase.WIND_DOWN:
            return _local(self._record.times.bedtime_at)
        if not self._plan.automatic:
            return None
        return _local(lifecycle.coming_bedtime(self._record, self._plan, dt_util.now()))

    @property
    def screens_silent_at(self) -> datetime | None:
        """Return when the screens go quiet, while they are about to."""
        return self._silent_at

    def moment(self) -> NightProgress | None:
        """Return how far the night is, if there is one."""
        return moment_of(self._record.times, self._plan, dt_util.now()) if self._record.times else None

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when anything of the above changes, until the returned function is called."""
        self._listeners.add(listener)
        return lambda: self._listeners.discard(listener)

    # --- loading and leaving -----------------------------------------------------------------------------------------

    async def async_load(self) -> None:
        """Take up the session where it was left: at once after a reload, else once Home Assistant has started."""
        self._record = await self._shelf.async_load()
        self._phase = lifecycle.phase_at(self._record, dt_util.now())
        self._house.register(self._entry_id, self)
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
        await self._news.async_shutdown()
        async with self.turn:
            self._is_loaded = False
            self._cancel()
            await self._orders.results.async_shutdown()
            self._listeners.clear()
            self._house.unregister(self._entry_id)

    async def async_remove(self) -> None:
        """Forget the session."""
        await self.async_unload()
        self._house.remove(self._entry_id)
        await self._shelf.async_remove()

    async def _async_resume(self) -> None:
        async with self.turn:
            watched = [
                *self._plan.only_when_home,
                *([self._plan.schedule_entity] if self._plan.schedule_entity else []),
            ]
            if watched:
                self._untrack.append(async_track_state_change_event(self._hass, watched, self._async_something_changed))
            self._untrack.append(self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._async_something_changed))
            self._untrack.append(self._hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_registered))
            await self._hands.async_resume()
            await self._async_advance(again=True)

    # --- what people and automations ask of it -----------------------------------------------------------------------

    async def async_start(
        self, context: Context | None = None, wind_down: timedelta = timedelta(), *, waits: bool = True
    ) -> Mapping[str, Outcome]:
        """Bring the bedroom to bedtime, now or over a wind-down; during one, bedtime comes as soon as is said.

        Return what came of each entity that answered in time, or at once, if nobody `waits` for the others. Raises
        SnapshotNotSavedError, with nothing touched, when the disk does not take the snapshot.
        """
        async with self.turn:
            now = dt_util.now()
            if not self._is_loaded:
                return {}
            is_new = self._record.times is None
            if is_new:
                await self._async_begin(lifecycle.night_from(now, wind_down, self._plan), context)
            else:
                await self.async_become(lifecycle.hurried(self._record, dt_util.utcnow() + wind_down))
            await self._async_advance(context, is_settled=is_new)
        return await self._async_answer(self._record.managed, waits=waits)

    async def async_stop(
        self, context: Context | None = None, restore: RestoreMode | None = None, *, waits: bool = True
    ) -> Mapping[str, Outcome]:
        """Give the bedroom back. Return what came of each entity that answered in time, or at once."""
        async with self.turn:
            if self._record.times is None or not self._is_loaded:
                return {}
            held = self._record.managed
            await self._async_end(context, restore, by_hand=True)
            await self._async_advance(context)
        return await self._async_answer(held, waits=waits)

    async def _async_answer(self, entity_ids: Iterable[str], *, waits: bool) -> Mapping[str, Outcome]:
        """Return what came of these entities, and of any other: those that do not answer in time are unreachable."""
        answer = await self._orders.results.async_wait_for_results(ANSWER_WITHIN if waits else 0)
        return {**dict.fromkeys(entity_ids, Outcome.UNREACHABLE), **answer}

    async def async_extend(self, minutes: timedelta) -> None:
        """Let bedtime come later, or, if it has come, end later. With no session on, the next bedtime comes later."""
        async with self.turn:
            await self.async_become(lifecycle.extended(self._record, self._plan, minutes, dt_util.now()))
            await self._async_advance()

    async def async_replan(self, plan: Plan) -> None:
        """Follow another plan from now on: a session under way keeps to its changed times."""
        async with self.turn:
            record = lifecycle.replanned(self._record, self._plan, plan, dt_util.now())
            self._plan = plan
            await self.async_become(record)
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
            await self.async_become(lifecycle.learned(self._record, schedule, self._plan, now))
        if lifecycle.is_over(self._record, schedule, now):
            await self._async_end(context)
            if lifecycle.due_night(self._record, self._plan, now) is not None:
                # What is on its way back has to be there before another night takes it.
                await self._orders.results.async_wait_for_results(ANSWER_WITHIN)
        due = lifecycle.due_night(self._record, self._plan, now) if self._record.times is None else None
        if due is not None and self._is_anybody_home():
            try:
                await self._async_begin(due, context, follows=True)
                is_settled = True
            except SnapshotNotSavedError as error:
                LOGGER.error("Bedtime mode did not begin: %s", error)
        self._phase = lifecycle.phase_at(self._record, now)
        if not is_settled and (moment := self.moment()) is not None:
            await self._hands.async_apply(self._record, moment, context, again=again)
        self._news.update_subscriptions()
        await self._async_warn(now)
        self.async_wait()

    async def _async_begin(self, night: Night, context: Context | None, *, follows: bool = False) -> None:
        """Begin a night: what is to be held is on disk before anything is touched. Raises SnapshotNotSavedError."""
        self._hands.reset()
        record = replace(self._record, night=night, follows=follows or self._plan.schedule_entity is not None)
        moment = moment_of(night, self._plan, dt_util.now())
        await self._hands.async_apply(record, moment, context, or_refuse=True)
        await self._async_run("start_actions", self._plan.start_actions, context)

    async def _async_end(
        self, context: Context | None = None, restore: RestoreMode | None = None, *, by_hand: bool = False
    ) -> None:
        """Give the bedroom back. What is owed is on disk first: whoever comes after us can give it back."""
        old = self._record
        if old.times is None:
            return
        now = dt_util.now()
        extent = self._plan.restore_mode(now - old.times.bedtime_at, restore)
        await self._orders.results.async_shutdown()
        last = lifecycle.last_bedtime(old, self._plan, now, by_hand=by_hand)
        owed = self._hands.plan_restore(extent)
        kept = SessionState(
            last_bedtime=last, next_scheduled=old.next_scheduled, extension=old.extension, warned_for=old.warned_for
        )
        await self._hands.async_restore(replace(kept, owed=owed, hushed=old.phones_in_dnd), context)
        await self._async_run("end_actions", self._plan.end_actions, context)

    async def _async_run(self, name: str, actions: Sequence[Mapping[str, Any]], context: Context | None) -> None:
        await user_actions.async_run(self._hass, name, actions, self._house.create_context(self, context))

    async def async_become(self, record: SessionState, *, or_refuse: bool = False) -> None:
        """Write a record down, and then let it be so.

        Raises SnapshotNotSavedError if it cannot be written and that is to be refused: what was before must be on disk
        before a device is touched. Otherwise the night goes on without the disk.
        """
        if record == self._record and self._is_saved:
            return
        await self._shelf.async_save(record, or_refuse=or_refuse)
        self.remember(record)
        self._is_saved = True

    def remember(self, record: SessionState) -> None:
        """Let a record be so, which is written down with the next."""
        self._record = record
        self._is_saved = False
        self._phase = lifecycle.phase_at(record, dt_util.now())

    async def async_forgive(self, entity_ids: Collection[str]) -> None:
        """Owe these devices no more: another bedroom holds them, and knows what was before."""
        async with self.turn:
            owed = {
                entity_id: each
                for entity_id, each in self._record.pending_restores.items()
                if entity_id not in entity_ids
            }
            await self.async_become(replace(self._record, owed=owed))
            self._news.update_subscriptions()

    @callback
    def _devices_answered(self, entity_ids: Iterable[str]) -> None:
        self._news.async_states_reported(entity_ids)
        self.async_wait()

    # --- when --------------------------------------------------------------------------------------------------------

    def _schedule(self) -> State | None:
        return self._hass.states.get(self._plan.schedule_entity) if self._plan.schedule_entity else None

    def _is_anybody_home(self) -> bool:
        persons = self._plan.only_when_home
        return not persons or any(self._hass.states.is_state(person, STATE_HOME) for person in persons)

    async def _async_warn(self, now: datetime) -> None:
        """Say once that the screens are about to go quiet."""
        will_be = self._record.times is not None or self._is_anybody_home()
        silent_at = lifecycle.warning(self._record, self._plan, now) if will_be else None
        self._silent_at = _local(silent_at)
        if self._silent_at is not None and silent_at != self._record.warned_for:
            await self.async_become(replace(self._record, warned=silent_at))
            data = {"entry_id": self._entry_id, "silent_at": self._silent_at.isoformat()}
            self._hass.bus.async_fire(EVENT_SCREENS_WARNING, data, context=self._house.create_context(self))

    @callback
    def async_wait(self) -> None:
        """Set the one timer to what is due next, and tell the listeners that something is new."""
        now = dt_util.now()
        self._cancel()
        due = (lifecycle.next_due(self._record, self._plan, now), self._orders.results.verify_at)
        if moments := [moment for moment in due if moment is not None]:
            job = HassJob(self._async_time_has_come, f"{DOMAIN} next step", cancel_on_shutdown=True)
            self._cancel_timer = async_track_point_in_utc_time(self._hass, job, min(moments))
        for listener in list(self._listeners):
            listener()

    def _cancel(self) -> None:
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    async def _async_time_has_come(self, _now: datetime) -> None:
        self._cancel_timer = None
        async with self.turn:
            self._news.confirm_unconfirmed()
            await self._orders.async_verify()
            await self._async_advance()

    async def _async_registered(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Know a device by its new name."""
        if event.data["action"] != "update" or (old := event.data.get("old_entity_id")) is None:
            return
        async with self.turn:
            await self.async_become(self._record.renamed(old, event.data["entity_id"]))
            await self._async_advance(again=True)

    async def _async_something_changed(self, _event: Event[Any]) -> None:
        async with self.turn:
            await self._async_advance()


def _local(moment: datetime | None) -> datetime | None:
    """Return a moment as people read it."""
    return None if moment is None else dt_util.as_local(moment)
