"""Relief at night in one bedroom: saves what it turns on before it does, and turns it off whatever happens."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.const import (
    EVENT_HOMEASSISTANT_STOP,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNAVAILABLE,
)
from homeassistant.core import CALLBACK_TYPE, Context, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ...const import DOMAIN, LOGGER
from ...listeners import Listeners
from ...timers import OneShotTimer
from ..change_classifier import StateChange
from ..checked_store import StorageDamage
from ..command import Command, Outcome
from ..control.command_tracker import CommandTracker, Expectation
from ..control.state_listener import StateListener
from ..devices.targets import async_expand_groups
from ..lifecycle import phase_at
from ..managed_entity import Source
from ..registry import BedroomRegistry
from ..session_state import Phase
from .relief_plan import ReliefPlan
from .relief_planner import (
    DIMMING_TIME,
    SETTLING_TIME,
    EndStep,
    Reaction,
    StartContext,
    StartStep,
    classify,
    is_as_path,
    is_taken_over_offline,
    nobody_since,
    pause_after,
    plan_end,
    plan_start,
    planned_run,
    target_of_path,
    was_sent,
)
from .relief_state import Aid, HeldEntity, ReliefState, Run
from .relief_store import ReliefNotSavedError, ReliefStore

TRY_TIME: Final = timedelta(seconds=5)
"""How long the path is lit to be tried."""

ANSWER_WITHIN: Final = 10
"""Seconds after which a call returns, whatever slow devices have still to report."""

_NOT_TURNED_ON: Final = (Outcome.UNREACHABLE, Outcome.FAILED)

_NOT_CHOSEN: Final = {Aid.WALK: "no_path", Aid.DEVICE: "no_relief_device"}
_UNREACHABLE: Final = {Aid.WALK: "path_unreachable", Aid.DEVICE: "relief_device_unreachable"}


class ReliefController:
    """What is on for relief at night in one bedroom.

    An entity is held, on disk, before it is turned on, and until it is known to be off or somebody has taken it over.
    """

    def __init__(self, hass: HomeAssistant, entry_id: str, plan: ReliefPlan, registry: BedroomRegistry) -> None:
        self._hass = hass
        self._entry_id = entry_id
        self.plan = plan
        self._registry = registry
        self._store = ReliefStore(hass, entry_id)
        self._state = ReliefState()
        self._saved: ReliefState | None = self._state
        self._lock = asyncio.Lock()
        self._tracker = CommandTracker(hass, self._results_received, self._has_responded)
        self._listener = StateListener(hass, registry, self, self)
        self._listeners = Listeners[[]]()
        self._timer = OneShotTimer(hass, self._async_timer_fired, f"{DOMAIN} end of relief at night")
        self._skipped: dict[Aid, dict[str, Outcome]] = {}
        self._walk_since: datetime | None = None
        self._undimmed: dict[str, datetime | None] = {}
        self._is_in_bed = False
        self._changes: dict[str, StateChange] = {}
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._is_loaded = False
        self.damage: StorageDamage | None = None

    # --- what is seen of it ------------------------------------------------------------------------------------------

    @property
    def state(self) -> ReliefState:
        """Return what runs, and what is held for it."""
        return self._state

    def run(self, aid: Aid) -> Run | None:
        """Return what runs, if it does."""
        return self._state.runs.get(aid)

    def unreachable(self, aid: Aid) -> list[str]:
        """Return the entities of a run that could not be turned on."""
        if self.run(aid) is None:
            return []
        failed = {each for each in self._state.held_for(aid) if self._tracker.runtime(each).outcome is Outcome.FAILED}
        return sorted(failed | self._skipped.get(aid, {}).keys())

    @property
    def problems(self) -> dict[str, Outcome]:
        """Return the entities that could not be turned on, or off, which is tried until they are."""
        now = dt_util.utcnow()
        found = {entity_id: each for aid in self._state.runs for entity_id, each in self._skipped.get(aid, {}).items()}
        for entity_id, held in self._state.held.items():
            state, runtime = self._hass.states.get(entity_id), self._tracker.runtime(entity_id)
            if state is None or state.state == STATE_UNAVAILABLE:
                found[entity_id] = Outcome.UNREACHABLE
            elif held.until <= now and (self._is_off(entity_id) or runtime.attempts <= 1):
                continue
            elif runtime.outcome is Outcome.FAILED or held.until <= now:
                found[entity_id] = Outcome.FAILED
        return found

    @property
    def held_entities(self) -> frozenset[str]:
        """Return the entities that are on for relief at night, or may be: they are off afterwards."""
        return frozenset(self._state.held)

    def is_as_path_light(self, state: State) -> bool:
        """Return whether a light of the path is on as it was on for that."""
        return is_as_path(state, self.plan) and state.entity_id in async_expand_groups(self._hass, self.plan.path)

    def holds_since(self, entity_id: str, now: datetime) -> datetime | None:
        """Return since when an entity is on that is still needed, None if it is not."""
        held = self._state.held.get(entity_id)
        return held.since if held is not None and held.until > now else None

    @callback
    def async_add_listener(self, listener: CALLBACK_TYPE) -> CALLBACK_TYPE:
        """Call a listener when any of the above changes, until the returned function is called."""
        return self._listeners.async_add(listener)

    # --- load and unload ---------------------------------------------------------------------------------------------

    async def async_load(self) -> None:
        """End at once what was on before a restart: nobody watched over it meanwhile."""
        async with self._lock:
            stored, self.damage = await self._store.async_load()
            self._registry.register_relief(self._entry_id, self)
            self._is_loaded = True
            now = dt_util.utcnow()
            held = {**self._unreadable(now), **stored.held} if self.damage is not None else dict(stored.held)
            for entity_id, each in list(held.items()):
                current = self._hass.states.get(entity_id)
                if current is not None and is_taken_over_offline(each, current, self.plan, now):
                    del held[entity_id]
                # What was sent before the restart may still take effect.
                self._tracker.update(entity_id, settles_at=now + SETTLING_TIME)
            self._saved = None if self.damage else stored
            await self._async_commit(ReliefState(held=held).ended(Aid.WALK, now).ended(Aid.DEVICE, now))
            self._subscribe()
            await self._async_advance()

    async def async_unload(self) -> None:
        """Turn everything off: nobody would end it. What cannot be reached stays on disk, for the next time."""
        while self._unsubscribe:
            self._unsubscribe.pop()()
        async with self._lock:
            if not self._is_loaded:
                return
            await self._async_end_all()
            self._is_loaded = False
            self._timer.async_cancel()
            self._listener.async_subscribe(())
            await self._tracker.async_shutdown()
            held = {entity_id: each for entity_id, each in self._state.held.items() if not self._went_off(entity_id)}
            await self._async_commit(replace(self._state, held=held))
            self._listeners.async_call()
            self._listeners.async_clear()
            self._registry.unregister_relief(self._entry_id)

    async def async_remove(self) -> None:
        """Turn everything off, and remove what is stored."""
        await self.async_unload()
        await self._store.async_remove()

    def _unreadable(self, now: datetime) -> dict[str, HeldEntity]:
        """Return what may be on if that cannot be read: all relief devices, and lights that look like the path."""
        found = dict.fromkeys(async_expand_groups(self._hass, self.plan.relief_devices), Aid.DEVICE)
        for entity_id in async_expand_groups(self._hass, self.plan.path):
            current = self._hass.states.get(entity_id)
            if current is not None and is_as_path(current, self.plan):
                found[entity_id] = Aid.WALK
        return {each: HeldEntity(aid=aid, since=now, until=now) for each, aid in found.items()}

    def _subscribe(self) -> None:
        if self.plan.bed_sensor is not None:
            self._is_in_bed = self._is_on(self.plan.bed_sensor)
        sensors = {*self.plan.presence_sensors, *([self.plan.bed_sensor] if self.plan.bed_sensor else [])}
        listen = self._hass.bus.async_listen
        self._unsubscribe += [
            listen(EVENT_HOMEASSISTANT_STOP, self._async_hub_stops),
            listen(er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_registry_updated),
        ]
        if sensors and self.plan.path:
            self._unsubscribe.append(
                async_track_state_change_event(self._hass, sorted(sensors), self._async_sensor_changed)
            )

    # --- what people and automations ask for -------------------------------------------------------------------------

    async def async_start(
        self, aid: Aid, minutes: timedelta | None = None, context: Context | None = None, *, waits: bool = True
    ) -> Mapping[str, Outcome]:
        """Turn on the lights of the path, or the relief devices; if they are on for that, for longer.

        Return the outcome of each entity that has answered in time, or at once if nobody `waits`. Raises
        ServiceValidationError, or ReliefNotSavedError, with nothing turned on.
        """
        async with self._lock:
            if not self._is_loaded or not self.plan.entities(aid):
                raise _error(_NOT_CHOSEN[aid])
            now = dt_util.utcnow()
            steps = self._start_steps(aid, self.plan, now)
            on_since = [step.since for step in steps.values() if step.since is not None]
            run = planned_run(aid, self.run(aid), minutes or self.plan.minutes(aid), on_since, now)
            if run.until <= now:
                raise _error("relief_limit_reached")
            if aid is Aid.WALK:
                self._undimmed |= dict.fromkeys(each for each, step in steps.items() if step.command is not None)
            await self._async_turn_on(aid, run, run.until, steps, context)
            self._skipped[aid] = {each: step.outcome for each, step in steps.items() if step.outcome in _NOT_TURNED_ON}
            if aid is Aid.WALK:
                self._walk_since = now
            self._subscribe_to_devices()
            await self._async_advance()
        results = await self._tracker.async_wait_for_results(ANSWER_WITHIN) if waits else {}
        return {each: results.get(each, step.outcome) if step.command else step.outcome for each, step in steps.items()}

    async def async_try_path(self, plan: ReliefPlan) -> None:
        """Light the path of a plan for some seconds: nobody walks, but it ends as surely as if somebody did.

        Raises ServiceValidationError, or ReliefNotSavedError, with nothing turned on.
        """
        async with self._lock:
            now = dt_util.utcnow()
            if not self._is_loaded:
                raise _error(_NOT_CHOSEN[Aid.WALK])
            await self._async_turn_on(Aid.WALK, None, now + TRY_TIME, self._start_steps(Aid.WALK, plan, now), None)
            await self._async_advance()

    async def async_stop(self, aid: Aid) -> None:
        """Turn off the lights of the path, or the relief devices."""
        async with self._lock:
            if self.run(aid) is not None and self._is_loaded:
                await self._async_commit(self._state.ended(aid, dt_util.utcnow()))
                await self._async_advance()

    def _start_steps(self, aid: Aid, plan: ReliefPlan, now: datetime) -> dict[str, StartStep]:
        """Return what is planned for each entity. Raises ServiceValidationError if none of them can be turned on."""
        entity_ids = sorted(async_expand_groups(self._hass, plan.entities(aid)))
        steps = {
            each: plan_start(aid, self._hass.states.get(each), plan, self._start_context(each, now))
            for each in entity_ids
        }
        if all(step.outcome in _NOT_TURNED_ON for step in steps.values()):
            raise _error(_UNREACHABLE[aid], entities=", ".join(steps))
        return steps

    def _start_context(self, entity_id: str, now: datetime) -> StartContext:
        return StartContext(
            held=self._state.held.get(entity_id),
            elsewhere_since=self._registry.held_elsewhere(self, entity_id, now),
            runtime=self._tracker.runtime(entity_id),
            now=now,
        )

    async def _async_turn_on(
        self, aid: Aid, run: Run | None, until: datetime, steps: Mapping[str, StartStep], context: Context | None
    ) -> None:
        """Save what is to be turned on, then turn it on. Raises ReliefNotSavedError."""
        held = self._state.held if run is None else {}
        new = {
            entity_id: HeldEntity(
                aid=aid, since=step.since, until=max(until, held[entity_id].until) if entity_id in held else until
            )
            for entity_id, step in steps.items()
            if step.since is not None
        }
        prolonged = {
            entity_id: replace(each, until=until)
            if run is not None and each.aid is aid and each.until > dt_util.utcnow()
            else each
            for entity_id, each in self._state.held.items()
        }
        runs = self._state.runs if run is None else {**self._state.runs, aid: run}
        state = ReliefState(runs=runs, held={**prolonged, **new})
        await self._async_commit(state, required=True)
        commands = {each: step.command for each, step in steps.items() if step.command is not None}
        # Somebody may have turned on a light while that was saved.
        theirs = {each for each in commands if aid is Aid.WALK and not steps[each].was_on and self._is_on(each)}
        if theirs:
            self._set(replace(state, held={each: held for each, held in state.held.items() if each not in theirs}))
        self._send({each: command for each, command in commands.items() if each not in theirs}, context)

    # --- the end -----------------------------------------------------------------------------------------------------

    async def _async_advance(self) -> None:
        """End what is over, turn off what has to be off, and wait for what is due next."""
        if not self._is_loaded:
            return
        now = dt_util.utcnow()
        state = self._with_changes(self._state, now)
        for aid, run in self._state.runs.items():
            if now >= run.until or (aid is Aid.WALK and (over := self._walk_over_at()) is not None and now >= over):
                state = state.ended(aid, now)
        commands, held = {}, dict(state.held)
        for entity_id, each in state.held.items():
            if each.until > now:
                if self._is_too_bright(entity_id, now):
                    commands[entity_id] = self._tracker.runtime(entity_id).sent[-1]
                continue
            step, current = self._end_step(entity_id, each, now), self._hass.states.get(entity_id)
            if step in (EndStep.LET_GO, EndStep.RELEASE):
                del held[entity_id]
            elif step is EndStep.TURN_OFF and current is not None:
                commands[entity_id] = Command.to(current, SERVICE_TURN_OFF)
            if step is EndStep.RELEASE and current is not None:
                self._hand_over(entity_id, current, None)
        await self._async_commit(replace(state, held=held))
        self._undimmed = {each: at for each, at in self._undimmed.items() if each in held and each not in commands}
        self._send(commands, None)
        self._subscribe_to_devices()
        self._schedule_next()

    def _end_step(self, entity_id: str, held: HeldEntity, now: datetime) -> EndStep:
        if self._registry.held_elsewhere(self, entity_id, now) is not None:
            return EndStep.LET_GO
        return plan_end(held.aid, self._hass.states.get(entity_id), self._tracker.runtime(entity_id), now)

    async def _async_end_all(self) -> None:
        now = dt_util.utcnow()
        await self._async_commit(self._state.ended(Aid.WALK, now).ended(Aid.DEVICE, now))
        await self._async_advance()
        await self._tracker.async_wait_for_results(ANSWER_WITHIN)

    async def _async_hub_stops(self, _event: Event) -> None:
        """Turn everything off while that is possible. A device that hangs must not keep the hub from stopping."""
        async with self._lock:
            await self._async_end_all()
            await self._tracker.async_shutdown()

    def _went_off(self, entity_id: str) -> bool:
        """Return whether an entity has taken our command to go off, and says that it is."""
        runtime = self._tracker.runtime(entity_id)
        return self._is_off(entity_id) and was_sent(runtime, SERVICE_TURN_OFF) and runtime.outcome is Outcome.DONE

    def _is_off(self, entity_id: str) -> bool:
        current = self._hass.states.get(entity_id)
        return current is not None and current.state == STATE_OFF

    def _is_on(self, entity_id: str) -> bool:
        return self._hass.states.is_state(entity_id, STATE_ON)

    def _send(self, commands: Mapping[str, Command], context: Context | None) -> None:
        """Send commands: to each that has not gone off for itself, after longer and longer pauses."""
        again = {each for each, command in commands.items() if was_sent(self._tracker.runtime(each), command.action)}
        for is_repeated in (False, True):
            chosen = {each: [command] for each, command in commands.items() if (each in again) is is_repeated}
            if not chosen:
                continue
            expectations = {
                each: Expectation(
                    self._hass.states.get(each),
                    pause_after(self._tracker.runtime(each).attempts) if is_repeated else SETTLING_TIME,
                    must_verify=False,
                )
                for each in chosen
            }
            own = self._registry.create_context(self, context)
            self._tracker.send(chosen, expectations, own, individually=is_repeated)

    def _subscribe_to_devices(self) -> None:
        """Listen to what is held, and to what could not be reached: it is not shown any longer once it is back."""
        skipped = (each for aid in self._state.runs for each in self._skipped.get(aid, {}))
        self._listener.async_subscribe((*self._state.held, *skipped))

    def _set(self, state: ReliefState) -> None:
        self._state = state
        self._registry.update_held_for_relief()

    async def _async_commit(self, state: ReliefState, *, required: bool = False) -> None:
        """Set the state and save it. Raises ReliefNotSavedError if it is required and cannot be saved."""
        before = self._state
        self._set(state)
        self._subscribe_to_devices()
        if state == self._saved:
            return
        try:
            await self._store.async_save(state, required=required)
        except ReliefNotSavedError:
            self._set(before)
            self._subscribe_to_devices()
            raise
        self._saved = state

    # --- time --------------------------------------------------------------------------------------------------------

    def _walk_over_at(self) -> datetime | None:
        """Return when a walk is over because nobody is seen any longer, None while somebody is or nobody can tell."""
        if self._walk_since is None or not self.plan.presence_sensors:
            return None
        since = nobody_since([self._hass.states.get(each) for each in self.plan.presence_sensors], self._walk_since)
        return None if since is None else since + self.plan.linger

    @callback
    def _schedule_next(self) -> None:
        """Set the one timer to what is due next, and call the listeners."""
        now = dt_util.utcnow()
        self._timer.async_cancel()
        due = [run.until for run in self._state.runs.values()]
        if Aid.WALK in self._state.runs and (over := self._walk_over_at()) is not None:
            due.append(over)
        due += [at for at in self._undimmed.values() if at is not None]
        for entity_id, held in self._state.held.items():
            settles_at = self._tracker.runtime(entity_id).settles_at
            due += [held.until] if held.until > now else []
            due += [settles_at] if settles_at and settles_at > now else []
        if self._is_loaded and due:
            self._timer.async_schedule(min(due))
        self._listeners.async_call()

    async def _async_timer_fired(self, _now: datetime) -> None:
        async with self._lock:
            await self._async_advance()

    @callback
    def _schedule_advance(self) -> None:
        """Advance soon: not at once, so that all listeners of an event have seen what is held."""
        if self._task is None or self._task.done():
            self._task = self._hass.async_create_task(
                self._async_advance_locked(), f"{DOMAIN} advances relief at night", eager_start=False
            )

    async def _async_advance_locked(self) -> None:
        async with self._lock:
            await self._async_advance()

    # --- what happens to the devices ---------------------------------------------------------------------------------

    def _results_received(self, _entity_ids: object) -> None:
        self._schedule_advance()

    def _has_responded(self, entity_id: str) -> bool:
        wanted = STATE_OFF if was_sent(self._tracker.runtime(entity_id), SERVICE_TURN_OFF) else STATE_ON
        return self._hass.states.is_state(entity_id, wanted)

    @callback
    def is_available(self, _entity_id: str, state: State) -> bool:
        """Return whether a state says that an entity can be reached."""
        return state.state != STATE_UNAVAILABLE

    @callback
    def is_in_flight(self, _entity_id: str, _context_id: str) -> bool:
        """Return that all changes count: what an entity reports tells whether it has done as it was told."""
        return False

    @callback
    def device_called(self, _entity_id: str, _until: datetime) -> None:
        """Do nothing: what somebody does to a device is seen when it changes."""

    @callback
    def availability_changed(self, entity_id: str, *, is_available: bool) -> None:
        """Turn off what comes back and has to be off."""
        if is_available:
            for skipped in self._skipped.values():
                if skipped.get(entity_id) is Outcome.UNREACHABLE:
                    del skipped[entity_id]
            self._note_reached(entity_id)
            self._note_return(entity_id)
            self._schedule_advance()
        else:
            self._listeners.async_call()

    @callback
    def changed_by_other_bedroom(self, entity_id: str) -> None:
        """Let a light go that a session has turned on by day."""
        current = self._hass.states.get(entity_id)
        held = self._state.held.get(entity_id)
        if held is None or current is None or held.aid is not Aid.WALK or current.state != STATE_ON:
            return
        if self._registry.held_elsewhere(self, entity_id, dt_util.utcnow()) is not None:
            # It is on for the path of both, and the last to end turns it off.
            return
        if not is_as_path(current, self.plan):
            self._changes[entity_id] = StateChange(old=current, new=current, source=Source.DEVICE)
            self._schedule_advance()

    @callback
    def device_changed(self, entity_id: str, change: StateChange) -> None:
        """Note whose doing a change is: a person wins."""
        if (held := self._state.held.get(entity_id)) is None:
            return
        runtime = self._tracker.runtime(entity_id)
        self._note_reached(entity_id)
        self._note_brightness(entity_id, change.new)
        target = target_of_path(change.new, self.plan) if held.aid is Aid.WALK else None
        reaction = classify(held, change, target, runtime, dt_util.utcnow())
        if reaction is Reaction.RELEASE:
            self._changes[entity_id] = change
        if reaction is not Reaction.NOTHING or held.until <= dt_util.utcnow():
            self._schedule_advance()

    def _is_too_bright(self, entity_id: str, now: datetime) -> bool:
        """Return whether a light of the path has come on, but not as dim as it was told, and has had its time.

        zha-device-handlers issue 315: bulbs that come on at their own level, and take ours only when they are on.
        """
        at, current = self._undimmed.get(entity_id), self._hass.states.get(entity_id)
        is_due = at is not None and now >= at and was_sent(self._tracker.runtime(entity_id), SERVICE_TURN_ON)
        return is_due and current is not None and current.state == STATE_ON and not is_as_path(current, self.plan)

    def _note_brightness(self, entity_id: str, state: State) -> None:
        """Note that a light of the path is as dim as it was told, or, once it is on, when it has to be."""
        if entity_id not in self._undimmed or state.state != STATE_ON:
            return
        if is_as_path(state, self.plan):
            del self._undimmed[entity_id]
        elif self._undimmed[entity_id] is None:
            self._undimmed[entity_id] = dt_util.utcnow() + DIMMING_TIME
            self._schedule_advance()

    def _note_return(self, entity_id: str) -> None:
        """Note a light of the path that is back: with its power, many come on at full brightness."""
        held, current = self._state.held.get(entity_id), self._hass.states.get(entity_id)
        is_walk = held is not None and held.aid is Aid.WALK and Aid.WALK in self._state.runs
        if is_walk and current is not None and current.state == STATE_ON and not is_as_path(current, self.plan):
            self._undimmed[entity_id] = dt_util.utcnow()

    def _note_reached(self, entity_id: str) -> None:
        if self._tracker.runtime(entity_id).sent and self._has_responded(entity_id):
            self._tracker.update(entity_id, has_reached=True)

    def _with_changes(self, state: ReliefState, now: datetime) -> ReliefState:
        """Return the state without what somebody has taken over; with nothing left of it, a run is over."""
        changes, self._changes = self._changes, {}
        released = changes.keys() & state.held.keys()
        aids = {state.held[each].aid for each in released}
        state = replace(state, held={each: held for each, held in state.held.items() if each not in released})
        self._set(replace(self._state, held=state.held))
        for entity_id in released:
            if (current := self._hass.states.get(entity_id)) is not None:
                self._hand_over(entity_id, current, changes[entity_id])
        for aid in aids:
            if not any(each.until > now for each in map(state.held.__getitem__, state.held_for(aid))):
                state = state.without_run(aid)
        if Aid.DEVICE in state.runs and self._devices_went_off(state, now):
            # They are watched until their time is over: off and on again may be a bad connection.
            state = state.without_run(Aid.DEVICE)
        return state

    def _devices_went_off(self, state: ReliefState, now: datetime) -> bool:
        runtimes = {each: self._tracker.runtime(each) for each in state.held_for(Aid.DEVICE)}
        return all(self._is_off(each) and not runtime.is_settling(now) for each, runtime in runtimes.items())

    def _hand_over(self, entity_id: str, current: State, change: StateChange | None) -> None:
        """Let the sessions see a light again as it is, and who changed it; they took it for off until now."""
        if current.state != STATE_ON:
            return
        seen = State(entity_id, STATE_OFF, current.attributes)
        source, requested = (change.source, change.requested) if change else (Source.DEVICE, frozenset[str]())
        self._set(
            replace(self._state, held={each: held for each, held in self._state.held.items() if each != entity_id})
        )
        self._registry.relief_entity_released(
            entity_id, StateChange(old=seen, new=current, source=source, requested=requested)
        )

    # --- what sensors see --------------------------------------------------------------------------------------------

    async def _async_sensor_changed(self, event: Event[EventStateChangedData]) -> None:
        """End a walk when the bed is not empty any more; begin one, if that is wanted, with feet on the floor."""
        old, new = event.data["old_state"], event.data["new_state"]
        if old is not None and new is not None:
            is_bed = new.entity_id == self.plan.bed_sensor
            goes_on = (old.state, new.state) == (STATE_OFF, STATE_ON)
            goes_off = (old.state, new.state) == (STATE_ON, STATE_OFF)
            if is_bed and new.state in (STATE_ON, STATE_OFF):
                # It may have dropped out between.
                was_in_bed, self._is_in_bed = self._is_in_bed, new.state == STATE_ON
                if self._is_in_bed and not was_in_bed:
                    await self.async_stop(Aid.WALK)
            if (goes_off if is_bed else goes_on and self.plan.bed_sensor is None) and self._lights_by_itself():
                await self._async_start_by_itself()
        await self._async_advance_locked()

    def _lights_by_itself(self) -> bool:
        session = self._registry.session_of(self._entry_id)
        is_wanted = self.plan.path_by_itself and self.run(Aid.WALK) is None and session is not None
        return is_wanted and session is not None and phase_at(session.state, dt_util.utcnow()) is Phase.BEDTIME

    async def _async_start_by_itself(self) -> None:
        try:
            await self.async_start(Aid.WALK, waits=False)
        except (ServiceValidationError, ReliefNotSavedError) as error:
            LOGGER.warning("The path was not lit: %s", error)

    async def _async_registry_updated(self, event: Event[er.EventEntityRegistryUpdatedData]) -> None:
        """Follow an entity to its new id, and let one go that is removed."""
        data = event.data
        async with self._lock:
            if data["action"] == "remove":
                for skipped in self._skipped.values():
                    skipped.pop(data["entity_id"], None)
                await self._async_commit(self._state.without(data["entity_id"]))
            elif data["action"] == "update" and (old := data.get("old_entity_id")) is not None:
                await self._async_commit(self._state.renamed(old, data["entity_id"]))
            else:
                return
            await self._async_advance()


def _error(key: str, **placeholders: Any) -> ServiceValidationError:
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders or None
    )
