"""Bedtime mode of one bedroom: off, wind-down, bedtime, and off again. Saves before it acts, survives restarts."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, Context, CoreState, Event, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..listeners import Listeners
from ..presence import is_at_home
from ..timers import OneShotTimer
from . import lifecycle, user_actions
from .change_classifier import StateChange
from .checked_store import StorageDamage
from .command import PROBLEMS, NightProgress, Outcome, RestoreMode
from .control.change_handler import ChangeHandler
from .control.controller import DeviceController
from .managed_entity import ManagedEntity
from .plan import Plan
from .registry import BedroomRegistry, ExpectedChange
from .schedule import SessionTimes, progress_at
from .session_report import SessionReport, report_session
from .session_state import Phase, SessionState
from .session_state_writer import SessionStateWriter
from .session_store import SnapshotNotSavedError

ANSWER_WITHIN: Final = 10
"""Seconds after which a call returns, whatever slow devices have still to report."""

EVENT_SCREENS_WARNING: Final = f"{DOMAIN}_screens_warning"


class Session:
    """Bedtime mode of one bedroom."""

    def __init__(self, hass: HomeAssistant, entry_id: str, plan: Plan, registry: BedroomRegistry) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self._plan = plan
        self._registry = registry
        self._writer = SessionStateWriter(hass, entry_id)
        self._screens_off_at: datetime | None = None
        self._last_extension: tuple[SessionState, SessionState] | None = None
        self._controller = DeviceController(hass, registry, self, self._writer, self._results_received)
        self._changes = ChangeHandler(
            hass, registry, self, self._writer, self._controller, moment=self._moment, on_change=self._schedule_next
        )
        self._listeners = Listeners[[]]()
        self._timer = OneShotTimer(hass, self._async_timer_fired, f"{DOMAIN} next step")
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._is_loaded = False
        self.damage: StorageDamage | None = None

    # --- what is seen of it ------------------------------------------------------------------------------------------

    @property
    def lock(self) -> asyncio.Lock:
        """Return the lock under which the session changes."""
        return self._writer.lock

    @property
    def phase(self) -> Phase:
        """Return the phase of the bedroom."""
        return lifecycle.phase_at(self.state, dt_util.utcnow())

    @property
    def plan(self) -> Plan:
        """Return what the user wants."""
        return self._plan

    @property
    def state(self) -> SessionState:
        """Return what the session remembers."""
        return self._writer.state

    @property
    def managed(self) -> Mapping[str, ManagedEntity]:
        """Return what is managed, by entity id."""
        return self.state.managed

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Return the outcome of each entity."""
        return self._controller.tracker.outcomes

    @property
    def problems(self) -> frozenset[str]:
        """Return the entities that are not as bedtime wants them, and may be brought there."""
        return frozenset(entity_id for entity_id, outcome in self.outcomes.items() if outcome in PROBLEMS)

    @property
    def is_busy(self) -> bool:
        """Return whether devices have yet to answer their commands."""
        return self._controller.tracker.is_busy

    @property
    def ends_at(self) -> datetime | None:
        """Return when the session ends, if there is one and that is known."""
        return _local(self.state.times.ends_at) if self.state.times else None

    @property
    def next_bedtime(self) -> datetime | None:
        """Return the next bedtime: of a wind-down, or the next one that starts by itself."""
        if self.state.times is not None and self.phase is Phase.WIND_DOWN:
            return _local(self.state.times.bedtime_at)
        if not self._plan.automatic:
            return None
        return _local(lifecycle.next_bedtime(self.state, self._plan, dt_util.now()))

    @property
    def screens_silent_at(self) -> datetime | None:
        """Return when the screens go off, while that is imminent."""
        return self._screens_off_at

    def scheduled_bedtime(self, night: date) -> datetime | None:
        """Return the bedtime of a night by the schedule, whether or not a session starts then; None if not known."""
        return lifecycle.scheduled_bedtime(self.state, self._plan, night, dt_util.get_default_time_zone())

    def progress(self) -> NightProgress | None:
        """Return how far the session is, if there is one."""
        times = self.state.times
        return progress_at(times, self._plan, dt_util.now()) if times else None

    def report(self) -> SessionReport:
        """Return what bedtime mode does to the bedroom at this moment, or when it starts next."""
        now = dt_util.now()
        others = self._registry.others(self, now)
        return report_session(self.state, self._plan, self.outcomes, others, self._hass.states.get, now)

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when any of the above changes, until the returned function is called."""
        return self._listeners.async_add(listener)

    # --- load and unload ---------------------------------------------------------------------------------------------

    @callback
    def async_set_plan(self, plan: Plan) -> None:
        """Set what the user wants, before the session is loaded."""
        self._plan = plan

    async def async_load(self) -> None:
        """Resume the session where it was left: at once after a reload, else once Home Assistant has started."""
        self.damage = await self._writer.async_load()
        self._registry.register(self._entry_id, self)
        self._is_loaded = True
        if self._hass.state is CoreState.running:
            await self._async_resume()
        else:

            async def started(_hass: HomeAssistant) -> None:
                await self._async_resume()

            self._unsubscribe.append(async_at_started(self._hass, started))

    async def async_unload(self) -> None:
        """Leave the bedroom as it is: a session that is on stays on, on disk."""
        while self._unsubscribe:
            self._unsubscribe.pop()()
        await self._changes.async_shutdown()
        async with self.lock:
            was_loaded, self._is_loaded = self._is_loaded, False
            self._timer.async_cancel()
            await self._controller.tracker.async_shutdown()
            if was_loaded:
                await self._writer.async_commit(self._controller.observer.with_reported(self.state, self.state.managed))
            self._listeners.async_clear()
            self._registry.unregister(self._entry_id)

    async def async_remove(self) -> None:
        """Remove the session."""
        await self.async_unload()
        self._registry.remove(self._entry_id)
        await self._writer.async_remove()

    async def _async_resume(self) -> None:
        async with self.lock:
            watched = [
                *self._plan.only_when_home,
                *([self._plan.schedule_entity] if self._plan.schedule_entity else []),
            ]
            if watched:
                self._unsubscribe.append(
                    async_track_state_change_event(self._hass, watched, self._async_conditions_changed)
                )
            listen = self._hass.bus.async_listen
            self._unsubscribe.append(listen(EVENT_CORE_CONFIG_UPDATE, self._async_conditions_changed))
            self._unsubscribe.append(listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_entity_renamed))
            if self.damage is not None:
                self._controller.leave_unreadable(self.damage.parts, self._plan)
            await self._controller.async_resume()
            await self._async_advance(again=True)

    # --- what people and automations ask for -------------------------------------------------------------------------

    async def async_start(
        self, context: Context | None = None, wind_down: timedelta = timedelta(), *, waits: bool = True
    ) -> Mapping[str, Outcome]:
        """Bring the bedroom to bedtime, now or over a wind-down; during one, bedtime comes as soon as asked.

        Return the outcome of each entity that has answered in time, or at once if nobody `waits`. Raises
        SnapshotNotSavedError, with nothing touched, when the snapshot cannot be saved.
        """
        async with self.lock:
            now = dt_util.now()
            if not self._is_loaded:
                return {}
            is_new = self.state.times is None
            if is_new:
                await self._async_begin(lifecycle.manual_session(now, wind_down, self._plan), context)
            else:
                await self._writer.async_commit(
                    lifecycle.with_earlier_bedtime(self.state, dt_util.utcnow() + wind_down)
                )
            await self._async_advance(context, is_applied=is_new)
        return await self._async_results(self.state.managed) if waits else {}

    async def async_stop(
        self, context: Context | None = None, restore: RestoreMode | None = None, *, waits: bool = True
    ) -> Mapping[str, Outcome]:
        """Restore the bedroom. Return the outcome of each entity that has answered in time, or at once."""
        async with self.lock:
            if self.state.times is None or not self._is_loaded:
                return {}
            managed = self.state.managed
            await self._async_end(context, restore, by_hand=True)
            await self._async_advance(context)
        return await self._async_results(managed) if waits else {}

    async def _async_results(self, entity_ids: Iterable[str]) -> Mapping[str, Outcome]:
        """Return the outcome of these entities, and of any other: those that do not answer in time are unreachable."""
        results = await self._controller.tracker.async_wait_for_results(ANSWER_WITHIN)
        return {**dict.fromkeys(entity_ids, Outcome.UNREACHABLE), **results}

    async def async_extend(self, minutes: timedelta) -> None:
        """Let bedtime come later, or, if it has come, end later. With no session on, the next bedtime comes later."""
        async with self.lock:
            before = self.state
            await self._writer.async_commit(lifecycle.with_extension(before, self._plan, minutes, dt_util.now()))
            self._last_extension = (before, self.state)
            await self._async_advance()

    async def async_undo_extend(self, result: datetime | None = None) -> bool:
        """Undo the last extension. Return whether that was possible: not if the times have changed since.

        `result`: the time that it led to, where only that one is meant, and not one of somebody else.
        """
        async with self.lock:
            if self._last_extension is None or (result is not None and result not in (self.next_bedtime, self.ends_at)):
                return False
            state = lifecycle.without_extension(self.state, *self._last_extension)
            self._last_extension = None
            if state is None:
                return False
            await self._writer.async_commit(state)
            await self._async_advance()
            return True

    async def async_reapply(
        self, entity_ids: Collection[str] | None = None, context: Context | None = None, *, waits: bool = True
    ) -> Mapping[str, Outcome]:
        """Bring entities to bedtime again that were released, or failed; by default all of them.

        Return the outcome of each that has answered in time, or at once if nobody `waits`.
        """
        async with self.lock:
            progress = self.progress()
            if progress is None or not self._is_loaded:
                return {}
            wanted = self.state.known.intersection(self.problems if entity_ids is None else entity_ids)
            concerned = await self._controller.async_reapply(wanted, self._plan, progress, context)
            self._changes.update_subscriptions()
            self._schedule_next()
        results = await self._async_results(concerned) if waits else {}
        return {each: results[each] for each in concerned if each in results}

    async def async_update_plan(self, plan: Plan) -> None:
        """Follow another plan from now on: a session under way keeps to its changed times."""
        async with self.lock:
            state = lifecycle.with_plan_change(self.state, self._plan, plan, dt_util.now())
            self._plan = plan
            await self._writer.async_commit(state)
            await self._async_advance()

    # --- the course of a night ---------------------------------------------------------------------------------------

    async def _async_advance(
        self, context: Context | None = None, *, again: bool = False, is_applied: bool = False
    ) -> None:
        """Do what is due, and wait for what is due next."""
        if not self._is_loaded:
            return
        schedule, now = self._schedule(), dt_util.now()
        # With no schedule entity too: one may have been removed from the options, and the end with it.
        learned = lifecycle.with_schedule_state(self.state, schedule, self._plan, now)
        if learned is not self.state:
            await self._writer.async_commit(learned)
        if lifecycle.has_ended(self.state, schedule, now):
            await self._async_end(context)
            if lifecycle.due_session(self.state, self._plan, now) is not None:
                # What is being restored has to be there before another session captures it.
                await self._controller.tracker.async_wait_for_results(ANSWER_WITHIN)
        due = lifecycle.due_session(self.state, self._plan, now) if self.state.times is None else None
        if due is not None and self._is_anybody_home():
            try:
                await self._async_begin(due, context, follows_plan=True)
                is_applied = True
            except SnapshotNotSavedError as error:
                LOGGER.error("Bedtime mode did not begin: %s", error)
        if not is_applied and (progress := self.progress()) is not None:
            await self._controller.async_apply(self.state, self._plan, progress, context, again=again)
        self._changes.update_subscriptions()
        await self._async_warn(now)
        self._schedule_next()

    async def _async_begin(self, times: SessionTimes, context: Context | None, *, follows_plan: bool = False) -> None:
        """Begin a session: the snapshot is on disk before anything is touched. Raises SnapshotNotSavedError."""
        self._controller.reset()
        now = dt_util.now()
        follows = follows_plan or self._plan.schedule_entity is not None
        # A schedule that is on says when this session ends.
        state = lifecycle.with_schedule_state(
            replace(self.state, times=times, follows_plan=follows), self._schedule(), self._plan, now
        )
        progress = progress_at(state.times or times, self._plan, now)
        await self._controller.async_apply_first(state, self._plan, progress, context)
        await self._async_run("start_actions", self._plan.start_actions, context)

    async def _async_end(
        self, context: Context | None = None, restore: RestoreMode | None = None, *, by_hand: bool = False
    ) -> None:
        """Restore the bedroom. What is pending is on disk first: whoever comes after us can restore it."""
        old = self.state
        if old.times is None:
            return
        now = dt_util.now()
        mode = self._plan.restore_mode(now - old.times.bedtime_at, restore)
        await self._controller.tracker.async_shutdown()
        planned = self._controller.plan_restore(mode)
        state = SessionState(
            last_bedtime=lifecycle.handled_until(old, self._plan, now, by_hand=by_hand),
            next_scheduled=old.next_scheduled,
            extension=old.extension,
            warned_for=old.warned_for,
            pending_restores=planned.pending_restores,
            phones_in_dnd=old.phones_in_dnd,
        )
        await self._controller.async_restore(state, context)
        await self._async_run("end_actions", self._plan.end_actions, context)

    async def _async_run(self, name: str, actions: Sequence[Mapping[str, Any]], context: Context | None) -> None:
        # The user's own actions count as an automation: what they set is not changed again.
        own = Context(parent_id=context.id if context else None)
        await user_actions.async_run(self._hass, name, actions, own)

    @callback
    def expected_change(self, entity_id: str, change: StateChange) -> ExpectedChange | None:
        """Return what a change is that may follow from a command of this session, None if it does not."""
        return self._changes.expected_change(entity_id, change)

    async def async_drop_pending(self, entity_ids: Collection[str]) -> None:
        """Drop the pending restores of these entities: another bedroom manages them, and knows what was before."""
        async with self.lock:
            pending = {each: value for each, value in self.state.pending_restores.items() if each not in entity_ids}
            await self._writer.async_commit(replace(self.state, pending_restores=pending))
            self._changes.update_subscriptions()

    @callback
    def relief_entity_released(self, entity_id: str, change: StateChange) -> None:
        """Handle an entity of relief at night that is seen again as it is, because somebody has changed it."""
        self._changes.relief_entity_released(entity_id, change)

    @callback
    def _results_received(self, entity_ids: Iterable[str]) -> None:
        self._changes.results_received(entity_ids)
        self._schedule_next()

    # --- time --------------------------------------------------------------------------------------------------------

    def _moment(self) -> tuple[Plan, NightProgress | None]:
        return self._plan, self.progress()

    def _schedule(self) -> State | None:
        return self._hass.states.get(self._plan.schedule_entity) if self._plan.schedule_entity else None

    def _is_anybody_home(self) -> bool:
        persons = self._plan.only_when_home
        return not persons or any(is_at_home(self._hass.states.get(person)) for person in persons)

    async def _async_warn(self, now: datetime) -> None:
        """Announce once that the screens are about to go off."""
        will_be = self.state.times is not None or self._is_anybody_home()
        screens_off_at = lifecycle.screens_off_soon(self.state, self._plan, now) if will_be else None
        self._screens_off_at = _local(screens_off_at)
        if self._screens_off_at is not None and screens_off_at != self.state.warned_for:
            await self._writer.async_commit(replace(self.state, warned_for=screens_off_at))
            data = {"entry_id": self._entry_id, "silent_at": self._screens_off_at.isoformat()}
            self._hass.bus.async_fire(EVENT_SCREENS_WARNING, data, context=self._registry.create_context(self))

    @callback
    def _schedule_next(self) -> None:
        """Set the one timer to what is due next, and call the listeners."""
        now = dt_util.now()
        self._timer.async_cancel()
        due = (lifecycle.next_event(self.state, self._plan, now), self._controller.tracker.next_due())
        if self._is_loaded and (moments := [moment for moment in due if moment is not None]):
            self._timer.async_schedule(min(moments))
        self._listeners.async_call()

    async def _async_timer_fired(self, _now: datetime) -> None:
        async with self.lock:
            self._changes.confirm_unconfirmed()
            await self._controller.async_verify(self._plan, self.progress())
            await self._async_advance()

    async def _async_entity_renamed(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Follow an entity to its new id."""
        if event.data["action"] != "update" or (old := event.data.get("old_entity_id")) is None:
            return
        async with self.lock:
            await self._writer.async_commit(self.state.renamed(old, event.data["entity_id"]))
            await self._async_advance(again=True)

    async def _async_conditions_changed(self, _event: Event[Any]) -> None:
        async with self.lock:
            await self._async_advance()


def _local(moment: datetime | None) -> datetime | None:
    """Return a moment in local time."""
    return None if moment is None else dt_util.as_local(moment)
