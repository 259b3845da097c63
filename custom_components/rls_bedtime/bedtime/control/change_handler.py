"""Handles what happens to the devices of a session: people take them over, some drop out, some come back."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.util import dt as dt_util

from ...const import DOMAIN
from ..change_classifier import (
    EXPECTED,
    RETURNED,
    ChangeOrigin,
    Classification,
    ClassifierContext,
    StateChange,
    classify_change,
    classify_pending_change,
    with_classification,
)
from ..command import NightProgress, Outcome
from ..device_runtime import MAX_ATTEMPTS
from ..devices.state import POWER
from ..managed_entity import ManagedEntity, Source
from ..plan import Plan
from ..registry import BedroomRegistry, ExpectedChange, RegisteredSession
from ..session_state_writer import SessionStateWriter
from .controller import DeviceController
from .state_listener import StateListener

_RAMP_TIME: Final = timedelta(seconds=5)
"""How long a light that was turned on may be on its way to its own level."""


class ChangeHandler:
    """Classifies changes at once, since the next command may be on its way, and processes them in order."""

    def __init__(  # noqa: PLR0913 - the parts of a session that it stands between
        self,
        hass: HomeAssistant,
        registry: BedroomRegistry,
        session: RegisteredSession,
        writer: SessionStateWriter,
        controller: DeviceController,
        *,
        moment: Callable[[], tuple[Plan, NightProgress | None]],
        on_change: Callable[[], None],
    ) -> None:
        """Get the plan and how far the night is from `moment`; call `on_change` after something was handled."""
        self._hass = hass
        self._registry = registry
        self._session = session
        self._writer = writer
        self._controller = controller
        self._observer = controller.observer
        self._tracker = controller.tracker
        self._moment = moment
        self._on_change = on_change
        self._listener = StateListener(hass, registry, session, self)
        self._classified: dict[str, Classification] = {}
        self._returned: set[str] = set()
        self._reported: set[str] = set()
        self._answered: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        controller.observer.is_claimed = self._classified.__contains__

    def update_subscriptions(self) -> None:
        """Listen to all that the session manages, waits for, or has still to restore."""
        state = self._writer.state
        self._listener.async_subscribe((*state.managed, *state.awaiting, *state.pending_restores))

    async def async_shutdown(self) -> None:
        """Unsubscribe, after pending changes are processed."""
        self._listener.async_subscribe(())
        if self._task is not None:
            await asyncio.wait([self._task])

    def results_received(self, entity_ids: Iterable[str]) -> None:
        """Handle entities whose commands were answered."""
        self._answered.update(each for each in entity_ids if self._tracker.runtime(each).last_word is not None)
        for entity_id in entity_ids:
            if self._observer.has_next_step(entity_id):
                self._classify_as(entity_id, RETURNED)
        if self._answered:
            self._schedule_processing()

    def confirm_unconfirmed(self) -> None:
        """Treat unconfirmed changes that persisted as manual, of devices that had reached their target before.

        One that has never been there is still on its way, or has missed its command.
        """
        now = dt_util.utcnow()
        state = self._writer.state
        entities = {**{each: pending.entity for each, pending in state.pending_restores.items()}, **state.managed}
        for entity_id, entity in entities.items():
            runtime = self._tracker.runtime(entity_id)
            if not runtime.is_unconfirmed or runtime.is_settling(now):
                continue
            found = self._observer.state_of(entity_id)
            target = state.target_of(entity_id)
            if found is None or target is None or entity.handler.is_reached(target, found):
                self._tracker.update(entity_id, is_unconfirmed=False)
            elif runtime.has_reached and not self._is_wanted_elsewhere(entity_id, entity):
                fields = entity.handler.overridden(target, target, found, external=False)
                self._tracker.update(entity_id, is_unconfirmed=False)
                self._classify_as(entity_id, Classification(ChangeOrigin.MANUAL, fields, new=found))
            else:
                self._tracker.update(entity_id, is_unconfirmed=False, must_verify=True)

    def _is_wanted_elsewhere(self, entity_id: str, entity: ManagedEntity) -> bool:
        current = self._registry.as_sessions_see(self._hass.states.get(entity_id))
        return current is not None and self._observer.is_wanted_elsewhere(entity_id, entity, current)

    # --- as it happens -----------------------------------------------------------------------------------------------

    @callback
    def is_available(self, entity_id: str, state: State) -> bool:
        """Return whether a state says that an entity can be reached."""
        entity = self._writer.state.entity(entity_id)
        return entity.handler.is_available(state) if entity is not None else state.state != STATE_UNAVAILABLE

    @callback
    def is_in_flight(self, entity_id: str, context_id: str) -> bool:
        """Return whether a command of ours with this context is on its way to an entity."""
        runtime = self._tracker.runtime(entity_id)
        return runtime.in_flight and runtime.context_id == context_id

    @callback
    def device_called(self, entity_id: str, until: datetime) -> None:
        """Leave a device alone on which somebody else acts.

        adaptive-lighting issue 201: a light that is turned off with a transition reports nothing until it is off.
        """
        if entity_id in self._writer.state.managed:
            self._tracker.update(entity_id, yields_until=until)
            self._on_change()

    @callback
    def device_changed(self, entity_id: str, change: StateChange) -> None:
        """Classify a change, and schedule what follows from it."""
        if self._registry.is_held_for_relief(entity_id):
            return
        runtime = self._tracker.runtime(entity_id)
        if runtime.yields_until is not None and change.is_external:
            self._tracker.update(entity_id, yields_until=None)
        found = self._classify(entity_id, change)
        entity = self._writer.state.managed.get(entity_id)
        if entity is not None and change.source is Source.DEVICE and found.fields == {POWER}:
            is_off = entity.handler.is_off(entity.state_of(change.new))
            self._tracker.update(entity_id, turned_off_at=dt_util.utcnow() if is_off else None)
        if found.origin is ChangeOrigin.RETURNED and entity is not None and entity.handler.is_moving(change.old):
            # A blind that is blocked stops again and again.
            found = EXPECTED if runtime.attempts >= MAX_ATTEMPTS else found
        if entity is not None and change.is_external and runtime.last_word is not None:
            # Who turns a screen on and then off wants it off.
            self._tracker.update(entity_id, last_word=entity.state_of(change.new))
        match found.origin:
            case ChangeOrigin.EXPECTED:
                self._report_expected(entity_id, change)
            case ChangeOrigin.UNCONFIRMED:
                self._tracker.update(
                    entity_id,
                    is_unconfirmed=True,
                    has_reached=runtime.has_reached or self._was_at_target(entity_id, change),
                )
                self._on_change()
            case _:
                is_manual = found.origin is ChangeOrigin.MANUAL
                if is_manual and runtime.is_settling(dt_util.utcnow()):
                    self._tracker.update(entity_id, last_word=found.new)
                elif not is_manual and found.origin is not ChangeOrigin.RETURNED:
                    # What somebody wanted before counts no more.
                    self._tracker.update(entity_id, last_word=None)
                self._classify_as(entity_id, found)

    @callback
    def changed_by_other_bedroom(self, entity_id: str) -> None:
        """Note what another bedroom has brought a device to, so that it is not taken for a person later."""
        if entity_id in self._writer.state.managed and not self._registry.is_held_for_relief(entity_id):
            self._reported.add(entity_id)
            self._schedule_processing()

    @callback
    def relief_entity_released(self, entity_id: str, change: StateChange) -> None:
        """Classify what somebody did to an entity while it was on for relief at night."""
        if self._writer.state.entity(entity_id) is not None:
            self.device_changed(entity_id, change)

    def _was_at_target(self, entity_id: str, change: StateChange) -> bool:
        state = self._writer.state
        if (entity := state.managed.get(entity_id)) is not None:
            is_reached = bool(entity.handler.is_reached(entity.target, entity.state_of(change.old)))
            return is_reached or self._observer.is_wanted_elsewhere(entity_id, entity, change.old)
        entity = state.pending_restores[entity_id].entity
        return bool(entity.handler.is_reached(entity.original, entity.state_of(change.old)))

    def _classify_as(self, entity_id: str, found: Classification) -> None:
        earlier = self._classified.get(entity_id)
        self._classified[entity_id] = found if earlier is None else earlier.followed_by(found)
        self._schedule_processing()

    def _report_expected(self, entity_id: str, change: StateChange) -> None:
        """Note what a device came to by our doing."""
        runtime = self._tracker.runtime(entity_id)
        if runtime.is_unconfirmed and self._observer.has_reached_target(entity_id):
            self._tracker.update(entity_id, is_unconfirmed=False, has_reached=True)
        self._tracker.clear_failure(entity_id)
        if runtime.last_word is not None and not runtime.in_flight:
            self._answered.add(entity_id)
            self._schedule_processing()
        entity = self._writer.state.managed.get(entity_id)
        if entity is not None and entity.state_of(change.old) != entity.state_of(change.new):
            self._reported.add(entity_id)
            self._schedule_processing()

    def _classify(self, entity_id: str, change: StateChange) -> Classification:
        plan, progress = self._moment()
        state = self._writer.state
        context = ClassifierContext(
            plan=plan,
            at_bedtime=progress is not None and progress.at_bedtime,
            runtime=self._tracker.runtime(entity_id),
            now=dt_util.utcnow(),
            is_as_path_light=entity_id in state.pending_restores and self._registry.is_as_path_light(change.new),
        )
        if (entity := state.managed.get(entity_id)) is not None and progress is not None:
            if (earlier := self._classified.get(entity_id)) is not None:
                entity = with_classification(entity, earlier, state.pending_restores.get(entity_id))
            found = classify_change(entity, change, context)
            if found.origin is not ChangeOrigin.MANUAL or change.is_external:
                return found
            if self._observer.is_wanted_elsewhere(entity_id, entity, change.new):
                return EXPECTED
            return self._classify_elsewhere(entity_id, found, change)
        if (pending := state.pending_restores.get(entity_id)) is not None and progress is None:
            return classify_pending_change(pending, change, context)
        return EXPECTED

    def _classify_elsewhere(self, entity_id: str, found: Classification, change: StateChange) -> Classification:
        """Return whose doing a change is that may follow from the command of another bedroom."""
        expected = self._registry.expected_elsewhere(self._session, entity_id, change)
        if expected is None:
            return found
        if expected.origin is not ChangeOrigin.UNCONFIRMED:
            return EXPECTED
        self._tracker.update(entity_id, settles_at=expected.until)
        return replace(found, origin=ChangeOrigin.UNCONFIRMED)

    @callback
    def expected_change(self, entity_id: str, change: StateChange) -> ExpectedChange | None:
        """Return what a change is that may follow from a command of this session, None if it does not."""
        plan, progress = self._moment()
        now, runtime = dt_util.utcnow(), self._tracker.runtime(entity_id)
        entity = self._writer.state.managed.get(entity_id)
        if entity is None or progress is None or entity.is_released_now or not runtime.is_settling(now):
            return None
        context = ClassifierContext(plan=plan, at_bedtime=progress.at_bedtime, runtime=runtime, now=now)
        found = classify_change(entity, change, context)
        if found.origin is ChangeOrigin.MANUAL:
            return None
        return ExpectedChange(found.origin, runtime.settles_at or now + entity.handler.settling_time)

    @callback
    def availability_changed(self, entity_id: str, *, is_available: bool) -> None:
        """Handle an entity that became available or unavailable."""
        plan, progress = self._moment()
        entity = self._writer.state.managed.get(entity_id) if progress is not None else None
        if is_available:
            self._came_back(entity_id, entity, plan)
        elif entity is not None and self._observer.was_turned_off_by_us(entity_id, entity):
            self._reported.add(entity_id)
            self._schedule_processing()
        elif entity is not None and self._tracker.runtime(entity_id).outcome is not Outcome.RELEASED:
            self._tracker.set_outcome(entity_id, Outcome.UNREACHABLE)
            self._on_change()

    def _came_back(self, entity_id: str, entity: ManagedEntity | None, plan: Plan) -> None:
        now = self._observer.state_of(entity_id)
        if entity is not None and now is not None and entity.is_screen_turned_off:
            if not entity.handler.is_off(now) and not entity.handler.is_reached(entity.target, now):
                reapplies = plan.keep_screens_quiet and not entity.reapplied
                manual = Classification(ChangeOrigin.MANUAL, frozenset({POWER}), new=now)
                self._classify_as(entity_id, Classification(ChangeOrigin.REAPPLY) if reapplies else manual)
            return
        if entity is not None and now is not None and self._comes_on_with_power(entity, now):
            # adaptive-lighting issues 33 and 824: nobody turns on a light whose power returns.
            origin = ChangeOrigin.TURNED_ON if plan.dim_night_lights else ChangeOrigin.MANUAL
            self._classify_as(entity_id, Classification(origin, frozenset({POWER}), Source.AUTOMATION, new=now))
            return
        self._returned.add(entity_id)
        self._schedule_processing()

    def _comes_on_with_power(self, entity: ManagedEntity, now: Any) -> bool:
        was_off = entity.was_off or POWER in entity.released
        is_lamp = entity.handler.keeps_settings_while_off and not entity.is_released
        return is_lamp and was_off and not entity.handler.is_off(now)

    # --- in order ----------------------------------------------------------------------------------------------------

    def _schedule_processing(self) -> None:
        if self._task is None or self._task.done():
            # Not at once: what comes together is processed together.
            self._task = self._hass.async_create_task(
                self._async_process(), f"{DOMAIN} processes changes of devices", eager_start=False
            )

    async def _async_process(self) -> None:
        """Save what people have taken over, and see to what came on or came back."""
        while self._classified or self._returned or self._reported or self._answered:
            async with self._writer.lock:
                plan, progress = self._moment()
                answered, self._answered = self._answered, set()
                classified = dict(self._classified)
                self._classified.clear()
                returned, self._returned = self._returned, set()
                reported, self._reported = self._reported, set()
                if progress is None:
                    await self._async_process_pending(classified, returned)
                else:
                    await self._async_process_session(classified, returned, reported, plan, progress)
                self._controller.impose_last_words(answered)
                self.update_subscriptions()
                self._on_change()

    async def _async_process_session(
        self,
        classified: Mapping[str, Classification],
        returned: set[str],
        reported: Iterable[str],
        plan: Plan,
        progress: NightProgress,
    ) -> None:
        state = self._writer.state
        managed = dict(state.managed)
        for entity_id, found in classified.items():
            if entity_id in managed:
                managed[entity_id] = with_classification(
                    managed[entity_id], found, state.pending_restores.get(entity_id)
                )
                self._tracker.set_outcome(entity_id, Outcome.RELEASED if found.origin is ChangeOrigin.MANUAL else None)
        managed = self._observer.with_released_followers(managed) if classified else managed
        state = self._observer.with_reported(replace(state, managed=managed), reported)
        if any(each in managed for each in classified):
            await self._writer.async_commit(state)
        else:
            # A report alone is saved with the next step.
            self._writer.stage(state)
        # A lamp that only flapped is as we left it: its next step comes in time.
        concerned = {
            each
            for each, found in classified.items()
            if found.origin is not ChangeOrigin.MANUAL
            and not (found.origin is ChangeOrigin.RECLAIMED and POWER in found.fields)
        }
        if concerned or returned:
            await self._controller.async_apply_to(state, concerned | returned, plan, progress)
        until = dt_util.utcnow() + _RAMP_TIME
        for entity_id, found in classified.items():
            runtime = self._tracker.runtime(entity_id)
            if found.origin is ChangeOrigin.TURNED_ON and runtime.ramps_until is None:
                self._tracker.update(entity_id, ramps_until=until)
            elif found.origin is ChangeOrigin.MANUAL:
                self._tracker.update(entity_id, ramps_until=None)

    async def _async_process_pending(self, classified: Mapping[str, Classification], returned: set[str]) -> None:
        state = self._writer.state
        manual = {each for each, found in classified.items() if found.origin is ChangeOrigin.MANUAL}
        # A screen that somebody has taken over is theirs with all its entities.
        entities = {each: value.entity for each, value in state.pending_restores.items()}
        manual |= self._observer.followers_of(manual, entities) if manual else set()
        pending = {each: value for each, value in state.pending_restores.items() if each not in manual}
        back = [each for each, found in classified.items() if found.origin is ChangeOrigin.RETURNED]
        came_on = [each for each, found in classified.items() if found.origin is ChangeOrigin.TURNED_ON]
        due = [each for each in (*came_on, *returned) if each in pending]
        for entity_id in came_on:
            found = classified[entity_id]
            if found.is_as_path_light and found.new is not None and (restore := pending.get(entity_id)) is not None:
                # The level of the path is not a person's.
                pending[entity_id] = replace(restore, entity=restore.entity.with_reported(found.new))
        for entity_id in manual:
            self._tracker.set_outcome(entity_id, Outcome.RELEASED)
        await self._controller.async_restore(replace(state, pending_restores=pending), only=due, is_late=True)
        if back := [each for each in back if each in self._writer.state.pending_restores]:
            await self._controller.async_restore(self._writer.state, only=back)
