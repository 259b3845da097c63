"""Captures the devices of a session, brings them to bedtime, and restores them."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from homeassistant.core import Context, HomeAssistant, callback, valid_entity_id
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ...const import DOMAIN, LOGGER
from ..change_classifier import reclaim
from ..command import Command, NightProgress, Outcome, RestoreMode
from ..device_runtime import MAX_ATTEMPTS
from ..devices.handlers import HANDLERS
from ..devices.phones import async_is_dnd_theirs, async_resolve_audible_phones, disable_dnd, enable_dnd
from ..devices.state import DeviceState, lies_between
from ..devices.targets import async_expand_groups, async_resolve
from ..evolve import evolve
from ..managed_entity import ManagedEntity
from ..plan import Kind, Plan
from ..planner import (
    RestoreStep,
    is_last_word_missing,
    plan_capture,
    plan_missing,
    plan_pending,
    plan_restore,
    plan_takeover,
    plan_target,
)
from ..registry import BedroomRegistry, RegisteredSession
from ..session_state import SessionState
from ..session_state_writer import SessionStateWriter
from ..session_store import SnapshotNotSavedError
from .command_tracker import CommandTracker, Expectation
from .device_observer import DeviceObserver
from .dispatcher import YIELD_EVERY

_ALL_MANAGED: Final = "held"
"""What of a stored session holds all that it manages."""

type Commands = dict[str, list[Command]]


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    """What is to be done: the state that has to be on disk first, and the commands."""

    state: SessionState
    commands: Mapping[str, list[Command]]


class DeviceController:
    """What a session does to its devices: capture, apply, verify, restore."""

    def __init__(
        self,
        hass: HomeAssistant,
        registry: BedroomRegistry,
        session: RegisteredSession,
        writer: SessionStateWriter,
        on_results: Callable[[Iterable[str]], None],
    ) -> None:
        self._hass = hass
        self._registry = registry
        self._session = session
        self._writer = writer
        self.tracker = CommandTracker(hass, on_results, self._has_responded)
        self.observer = DeviceObserver(hass, registry, session, writer, self.tracker)

    def _has_responded(self, entity_id: str) -> bool:
        return self.observer.has_responded(entity_id)

    @callback
    def leave_unreadable(self, damaged: Collection[str], plan: Plan) -> None:
        """Leave devices alone whose stored state is damaged: they are at their night level, and not lowered twice."""
        state = self._writer.state
        if state.times is None:
            return
        entity_ids = async_resolve(self._hass, plan.targets) if _ALL_MANAGED in damaged else damaged
        unreadable = {each for each in entity_ids if valid_entity_id(each)} - state.managed.keys()
        self._writer.stage(replace(state, unreadable=state.unreadable | unreadable))

    # --- apply -------------------------------------------------------------------------------------------------------

    @callback
    def reset(self) -> None:
        """Begin a session: what the last one restores may still be on its way."""
        pending = self._writer.state.pending_restores
        self.tracker.reset({entity_id: each.entity.original for entity_id, each in pending.items()})

    async def async_apply_first(
        self, state: SessionState, plan: Plan, progress: NightProgress, context: Context | None
    ) -> None:
        """Begin a session: capture what is due, and apply once that is on disk. Raises SnapshotNotSavedError.

        Others see what is captured before anything is awaited. What is to be sent is on disk before it is sent: a hub
        that crashes in between knows then what its devices may have been told.
        """
        before, captured = self._writer.state, self._capture(state, plan, progress, afresh=False)
        self._writer.stage(captured)
        planned = await self._async_plan(captured, captured.managed, plan, progress, known=state.managed)
        try:
            await self._writer.async_commit(planned.state, required=True)
        except SnapshotNotSavedError:
            self._writer.stage(before)
            raise
        self._send(planned, progress, context, phones=captured.phones_in_dnd)
        self._claim_pending_restores(state, captured)

    async def async_apply(
        self,
        state: SessionState,
        plan: Plan,
        progress: NightProgress,
        context: Context | None = None,
        *,
        again: bool = False,
    ) -> None:
        """Bring all managed entities to where they should be at this moment; what is due by now is captured first.

        If that cannot be saved, what was not captured before is not touched, and it is tried again at the next step.
        """
        captured = self._capture(state, plan, progress, afresh=again)
        planned = await self._async_plan(captured, captured.managed, plan, progress, known=state.managed, again=again)
        try:
            await self._writer.async_commit(planned.state, required=captured.captured != state.captured)
        except HomeAssistantError as error:
            LOGGER.error("Not all devices could be set for bedtime: %s", error)
            captured = state
            planned = await self._async_plan(state, state.managed, plan, progress, known=state.managed, again=again)
            await self._writer.async_commit(planned.state)
        phones = planned.state.phones_in_dnd if planned.state.phones_in_dnd != state.phones_in_dnd else ()
        self._send(planned, progress, context, phones=phones)
        self._claim_pending_restores(state, captured)

    async def async_apply_to(
        self,
        state: SessionState,
        entity_ids: Collection[str],
        plan: Plan,
        progress: NightProgress,
        context: Context | None = None,
    ) -> None:
        """Bring some entities to where they should be, that came back, or came on; awaited ones are captured."""
        captured = self._capture_entities(state, [each for each in entity_ids if each in state.awaiting], returned=True)
        new = captured.managed.keys() - state.managed.keys()
        known = [each for each in entity_ids if each in state.managed] + sorted(new)
        planned = await self._async_plan(captured, known, plan, progress, known=state.managed, again=True)
        if planned.state.managed != state.managed or new or captured.awaiting != state.awaiting:
            await self._writer.async_commit(planned.state, required=False)
        self._send(planned, progress, context)
        self._claim_pending_restores(state, captured)

    async def async_reapply(
        self, entity_ids: Collection[str], plan: Plan, progress: NightProgress, context: Context | None
    ) -> Collection[str]:
        """Bring entities to where they should be that somebody has taken over, or that failed; return which.

        Several entities of one device are taken back together, as they are released together.
        """
        state = self._writer.state
        leaders = self.observer.leaders(state.managed)
        leading = {leaders.get(each, each) for each in entity_ids}
        followers = self.observer.followers_of(leading, state.managed)
        concerned = {*entity_ids, *(leading & state.managed.keys()), *followers}
        managed = dict(state.managed)
        for entity_id in concerned & managed.keys():
            self.tracker.update(entity_id, outcome=None, last_word=None, is_unconfirmed=False, yields_until=None)
            managed[entity_id] = reclaim(
                managed[entity_id], self.observer.state_of(entity_id), state.pending_restores.get(entity_id)
            )
        state = replace(state, managed=managed)
        await self._writer.async_commit(state)
        await self.async_apply_to(state, concerned, plan, progress, context)
        return concerned

    def _capture(self, state: SessionState, plan: Plan, progress: NightProgress, *, afresh: bool) -> SessionState:
        """Return a state that manages all that is due at this moment; afresh, the bedroom may have got more devices."""
        due = {kind for kind, handler in HANDLERS.items() if handler.is_due(progress)}
        if progress.at_bedtime and not due <= state.captured and not state.phones_in_dnd:
            # Once in a session: what people do with their phones later is theirs.
            by_others = self.observer.others().phones_in_dnd()
            state = replace(state, phones_in_dnd=async_resolve_audible_phones(self._hass, plan.phones, by_others))
        if due <= state.captured and not afresh:
            return state
        found = async_resolve(self._hass, plan.targets)
        known = state.managed.keys() | state.awaiting.keys() | state.unreadable
        kinds = {each: kind for each, kind in found.items() if kind in due and each not in known}
        state = replace(state, captured=state.captured | due, awaiting={**state.awaiting, **kinds})
        return self._capture_entities(state, kinds)

    def _capture_entities(
        self, state: SessionState, entity_ids: Iterable[str], *, returned: bool = False
    ) -> SessionState:
        """Return a state that manages those of these entities that are available, as they are now.

        One that was unavailable and has `returned` may turn out to be a group.
        """
        managed, awaiting, pending = dict(state.managed), dict(state.awaiting), dict(state.pending_restores)
        others = self.observer.others()
        now = dt_util.utcnow()
        waiting = list(entity_ids)
        for entity_id in waiting:
            kind = awaiting[entity_id]
            current = self.observer.state(entity_id)
            if current is None or not HANDLERS[kind].is_available(current):
                self.tracker.set_outcome(entity_id, Outcome.UNREACHABLE)
                continue
            del awaiting[entity_id]
            if returned and (members := async_expand_groups(self._hass, [entity_id])) != {entity_id}:
                new = [each for each in sorted(members) if each not in managed and each not in awaiting]
                awaiting |= dict.fromkeys(new, kind)
                waiting.extend(new)
                self.tracker.set_outcome(entity_id, None)
                continue
            is_restoring = self.tracker.runtime(entity_id).is_settling(now)
            entity = plan_capture(kind, current, pending.get(entity_id), others, entity_id, is_restoring=is_restoring)
            if not entity.was_off:
                pending.pop(entity_id, None)
            elif theirs := [each for each in others.restoring(entity_id) if each.entity.kind is kind]:
                # What still waits for power in another bedroom waits here from now on: they drop it once it is claimed.
                pending.setdefault(entity_id, theirs[0])
            managed[entity_id] = entity
        return replace(state, managed=managed, awaiting=awaiting, pending_restores=pending)

    async def _async_plan(
        self,
        state: SessionState,
        entity_ids: Iterable[str],
        plan: Plan,
        progress: NightProgress,
        *,
        known: Collection[str],
        again: bool = False,
    ) -> ApplyPlan:
        """Return what these entities need to be as they should at this moment; `known` were captured before."""
        managed = dict(state.managed)
        commands: dict[str, list[Command]] = {}
        now = dt_util.utcnow()
        leaders, others = self.observer.leaders(managed), self.observer.others()
        for count, entity_id in enumerate(entity_ids):
            if count % YIELD_EVERY == YIELD_EVERY - 1:
                await asyncio.sleep(0)
            if self.observer.is_claimed(entity_id):
                continue
            runtime = self.tracker.runtime(entity_id)
            current = self.observer.state(entity_id)
            entity = plan_takeover(managed[entity_id], others, entity_id)
            is_new = entity_id not in known
            # What is at its night level already was captured as it was before, and has reported since.
            is_fresh = is_new and entity.reported is None
            step = plan_target(entity, current, runtime, plan, progress, now, again=again or is_new, is_fresh=is_fresh)
            if step.commands and entity_id in leaders:
                leader = leaders[entity_id]
                if commands.get(leader) or self.tracker.runtime(leader).is_settling(now):
                    # Both may be the same power key: the leader gets its time first.
                    continue
            if step.outcome is not None:
                self.tracker.set_outcome(entity_id, step.outcome)
            managed[entity_id] = step.entity
            if step.commands is not None:
                commands[entity_id] = step.commands
        return ApplyPlan(replace(state, managed=managed), commands)

    @callback
    def _send(
        self,
        planned: ApplyPlan,
        progress: NightProgress,
        context: Context | None,
        phones: Iterable[str] = (),
    ) -> None:
        """Send what brings entities to bedtime, and put phones into Do Not Disturb."""
        # Somebody may have acted while that was saved.
        commands = {each: steps for each, steps in planned.commands.items() if not self.observer.is_claimed(each)}
        expectations = {}
        for entity_id, steps in commands.items():
            if steps:
                entity = planned.state.managed[entity_id]
                # No further step follows by itself: what goes astray is worth a second try.
                is_final = progress.at_bedtime or entity.kind is Kind.SCREENS
                expectations[entity_id] = self._expectation(entity, entity_id, must_verify=is_final)
        commands |= {action: [enable_dnd(action)] for action in phones}
        self.tracker.send(commands, expectations, self._registry.create_context(self._session, context))

    def _expectation(self, entity: ManagedEntity, entity_id: str, *, must_verify: bool) -> Expectation:
        return Expectation(self.observer.state(entity_id), entity.handler.settling_time, must_verify)

    @callback
    def _claim_pending_restores(self, before: SessionState, after: SessionState) -> None:
        new = after.managed.keys() - before.managed.keys()
        if any(map(self.observer.others().restoring, new)):
            claim = self._registry.async_claim(self._session, new)
            self._hass.async_create_task(claim, f"{DOMAIN} claims pending restores", eager_start=False)

    # --- restore -----------------------------------------------------------------------------------------------------

    @callback
    def plan_restore(self, mode: RestoreMode) -> SessionState:
        """Return the state with what has to be restored once the session ends; what people have is theirs."""
        state = self._writer.state
        pending, outcomes = plan_pending(state.managed, state.pending_restores, self.observer.others(), mode)
        targets = {entity_id: each.target for entity_id, each in state.managed.items() if each.target is not None}
        self.tracker.reset(targets)
        for entity_id, outcome in (outcomes | dict.fromkeys(state.unreadable, Outcome.FAILED)).items():
            self.tracker.set_outcome(entity_id, outcome)
        return replace(state, pending_restores=pending)

    async def async_restore(
        self,
        state: SessionState,
        context: Context | None = None,
        *,
        only: Iterable[str] | None = None,
        is_late: bool = False,
    ) -> None:
        """Restore what is pending, or only some of it. What is pending is on disk before a device is touched.

        Others see the state before anything is awaited; what is to be sent is planned while the disk writes.
        """
        concerned = state.pending_restores if only is None else [*only]
        is_end = only is None and not is_late
        tried = state.with_tried(concerned if is_end else filter(partial(self._can_be_restored, state), concerned))
        self._writer.stage(tried)
        save = self._hass.async_create_task(self._writer.async_commit(tried), f"{DOMAIN} saves what is to be restored")
        try:
            steps = await self._async_plan_restore(state, concerned, is_late=is_late)
        finally:
            await save
        phones = {action: [disable_dnd(action)] for action in self._own_phones(state)} if only is None else {}
        commands: Commands = {}
        expectations = {}
        pending = dict(state.pending_restores)
        others, now = self.observer.others(), dt_util.utcnow()
        leaders = self.observer.leaders({each: value.entity for each, value in pending.items()})
        for entity_id, step in steps.items():
            if self.observer.is_claimed(entity_id) and not is_late:
                # Somebody acted while that was saved.
                self.tracker.set_outcome(entity_id, Outcome.RELEASED)
                continue
            if step.outcome is not None:
                self.tracker.set_outcome(entity_id, step.outcome)
            if not step.stays:
                del pending[entity_id]
            elif step.commands and self._must_follow(entity_id, leaders, steps):
                continue
            elif step.commands and not others.needs(entity_id):
                commands[entity_id] = step.commands
                pending[entity_id] = tried.pending_restores[entity_id]
                entity = pending[entity_id].entity
                expectations[entity_id] = self._expectation(entity, entity_id, must_verify=True)
            elif not step.commands and self.tracker.runtime(entity_id).is_settling(now):
                # What it was told a moment ago may still take effect.
                self.tracker.update(entity_id, must_verify=True)
        self.tracker.send({**commands, **phones}, expectations, self._registry.create_context(self._session, context))
        phones_left = () if only is None else state.phones_in_dnd
        await self._writer.async_commit(replace(state, pending_restores=pending, phones_in_dnd=phones_left))

    def _can_be_restored(self, state: SessionState, entity_id: str) -> bool:
        """Return whether something may be sent to an entity now, rather than when it comes back or comes on."""
        entity = state.pending_restores[entity_id].entity
        current = self.observer.state(entity_id)
        return current is not None and entity.handler.is_available(current) and not entity.must_turn_on_first(current)

    def _must_follow(self, entity_id: str, leaders: Mapping[str, str], steps: Mapping[str, RestoreStep]) -> bool:
        """Return whether another entity of the same device is restored first: both may be the same power key."""
        if (leader := leaders.get(entity_id)) is None:
            return False
        is_first = leader in steps and bool(steps[leader].commands)
        return is_first or self.tracker.runtime(leader).is_settling(dt_util.utcnow())

    def _own_phones(self, state: SessionState) -> list[str]:
        """Return the phones that this session is to bring out of Do Not Disturb."""
        others = self.observer.others().phones_in_dnd()
        return [
            each for each in state.phones_in_dnd if each not in others and not async_is_dnd_theirs(self._hass, each)
        ]

    async def _async_plan_restore(
        self, state: SessionState, entity_ids: Iterable[str], *, is_late: bool
    ) -> dict[str, RestoreStep]:
        others, now = self.observer.others(), dt_util.utcnow()
        steps = {}
        for count, entity_id in enumerate(list(entity_ids)):
            if count % YIELD_EVERY == YIELD_EVERY - 1:
                await asyncio.sleep(0)
            pending = state.pending_restores[entity_id]
            steps[entity_id] = plan_restore(
                pending,
                self.observer.state(entity_id),
                self.tracker.runtime(entity_id),
                state.restore_mode_of(pending, is_late=is_late, now=now),
                now,
                is_late=is_late,
                is_needed=others.needs(entity_id),
            )
        return steps

    # --- verify ------------------------------------------------------------------------------------------------------

    async def async_verify(self, plan: Plan, progress: NightProgress | None) -> None:
        """Look at the devices that have had their time: send what is missing once more, and accept the rest."""
        now = dt_util.utcnow()
        due = [each for each in self.tracker.take_due(now) if not self.observer.is_claimed(each)]
        if not due:
            return
        state = self._writer.state
        again: Commands = {}
        settled = []
        for entity_id in due:
            steps = self._last_word(entity_id) or self._missing(state, entity_id)
            attempts = self.tracker.runtime(entity_id).attempts
            if steps and attempts < MAX_ATTEMPTS:
                again[entity_id] = steps
                continue
            if steps and self.tracker.runtime(entity_id).last_word is None:
                self.tracker.set_outcome(entity_id, Outcome.FAILED)
            elif self.tracker.runtime(entity_id).outcome is Outcome.FAILED:
                # Some are told to be off, are, and complain about it.
                self.tracker.set_outcome(entity_id, Outcome.DONE)
            self.tracker.set_settled(entity_id)
            settled.append(entity_id)
        if (tried := state.with_tried(again)) is not state:
            await self._writer.async_commit(tried)
            state, again = tried, {each: steps for each, steps in again.items() if not self.observer.is_claimed(each)}
        self._send_again(state, again)
        if progress is not None:
            state = self.observer.with_reported(state, settled)
            followers = [each for each, leader in self.observer.leaders(state.managed).items() if leader in settled]
            await self._writer.async_commit(state)
            if followers:
                await self.async_apply_to(state, followers, plan, progress)
        else:
            left = {
                each: pending
                for each, pending in state.pending_restores.items()
                if not self._is_restored(each, settled)
            }
            leaders = self.observer.leaders({each: pending.entity for each, pending in state.pending_restores.items()})
            await self._writer.async_commit(replace(state, pending_restores=left))
            if followers := [each for each in left if leaders.get(each) in settled]:
                await self.async_restore(self._writer.state, only=followers)

    def _send_again(self, state: SessionState, again: Commands) -> None:
        if not again:
            return
        expectations = {}
        for entity_id in again:
            if (entity := state.entity(entity_id)) is not None:
                expectations[entity_id] = self._expectation(entity, entity_id, must_verify=True)
        self.tracker.send(again, expectations, self._registry.create_context(self._session), individually=True)

    def _missing(self, state: SessionState, entity_id: str) -> list[Command]:
        """Return what an entity was told and has not done."""
        current = self.observer.state(entity_id)
        if current is None:
            return []
        if (entity := state.managed.get(entity_id)) is not None and state.times is not None:
            available = entity.handler.is_available(current)
            return plan_missing(entity, current, self.tracker.runtime(entity_id)) if available else []
        pending = state.pending_restores.get(entity_id)
        if pending is None or not pending.entity.handler.is_available(current):
            return []
        if self.observer.others().needs(entity_id):
            return []
        handler, now = pending.entity.handler, pending.entity.state_of(current)
        if handler.may_vanish_when_off and handler.is_reached(pending.entity.original, now):
            # What it does not report counts as done: a second command could do the opposite.
            return []
        return pending.entity.restore_commands(
            current, state.restore_mode_of(pending, is_late=False, now=dt_util.utcnow())
        )

    def _is_restored(self, entity_id: str, settled: Collection[str]) -> bool:
        if entity_id not in settled or self.observer.others().needs(entity_id):
            return False
        entity = self._writer.state.pending_restores[entity_id].entity
        current = self.observer.state(entity_id)
        if current is None or not entity.handler.is_available(current):
            return False
        return not entity.must_turn_on_first(current) and not entity.handler.is_suspended(current)

    # --- last words --------------------------------------------------------------------------------------------------

    @callback
    def impose_last_words(self, entity_ids: Iterable[str]) -> None:
        """Bring entities to what a person wanted of them while our command was on its way."""
        commands = {entity_id: steps for entity_id in entity_ids if (steps := self._last_word(entity_id))}
        commands = {
            each: steps for each, steps in commands.items() if self.tracker.runtime(each).attempts <= MAX_ATTEMPTS
        }
        self._send_again(self._writer.state, commands)

    def _last_word(self, entity_id: str) -> list[Command]:
        runtime = self.tracker.runtime(entity_id)
        entity = self._writer.state.managed.get(entity_id)
        current = self.observer.state(entity_id)
        if runtime.last_word is None or runtime.in_flight or entity is None or current is None:
            return []
        if not entity.handler.is_available(current):
            return []
        is_missing = is_last_word_missing(runtime.last_word, entity.state_of(current))
        return entity.handler.impose(runtime.last_word, current) if is_missing else []

    # --- restarts ----------------------------------------------------------------------------------------------------

    async def async_resume(self) -> None:
        """Resume after a restart: what is not as we left it was changed by a person."""
        state = self._writer.state
        if state.times is None:
            await self._async_resume_restores(state)
            return
        managed = dict(state.managed)
        for entity_id in state.awaiting:
            self.tracker.set_outcome(entity_id, Outcome.UNREACHABLE)
        for entity_id in state.unreadable:
            self.tracker.set_outcome(entity_id, Outcome.FAILED)
        for entity_id, entity in state.managed.items():
            current = self.observer.state(entity_id)
            is_known = current is not None and entity.handler.is_available(current)
            if current is not None and is_known and not entity.released and not entity.handler.is_suspended(current):
                now = entity.state_of(current)
                fields = self._changed_while_offline(entity_id, entity, now)
                if fields and not self.observer.is_wanted_elsewhere(entity_id, entity, current):
                    managed[entity_id] = evolve(entity, released=fields)
                self._await_report(entity_id, entity, entity.target)
            if managed[entity_id].released:
                self.tracker.set_outcome(entity_id, Outcome.RELEASED)
        await self._writer.async_commit(replace(state, managed=self.observer.with_released_followers(managed)))

    def _changed_while_offline(self, entity_id: str, entity: ManagedEntity, now: DeviceState) -> frozenset[str]:
        """Return what somebody has changed; what follows from our last command may still be on its way.

        infinitude issue 51, core issue 67151: the setpoint of a preset is reported up to five minutes later.
        """
        fields, until, at = entity.changed_while_offline(now), entity.settles_at, dt_util.utcnow()
        if until is None or entity.target is None or not at < until <= at + entity.handler.settling_time:
            return fields
        fields -= entity.handler.side_effects(entity.target, now)
        # A screen that we saw go off, and that is on again, was turned on.
        may_move = not entity.handler.may_vanish_when_off
        is_on_its_way = may_move and bool(fields) and lies_between(fields, entity.target, entity.original, now)
        if fields and not is_on_its_way:
            return fields
        self.tracker.update(
            entity_id,
            settles_at=until,
            started_from=entity.original,
            must_verify=True,
            attempts=1,
            is_unconfirmed=is_on_its_way,
            has_reached=entity.is_as_left(now) or entity.reported == entity.target,
        )
        return frozenset()

    async def _async_resume_restores(self, state: SessionState) -> None:
        for entity_id, pending in state.pending_restores.items():
            mode = state.restore_mode_of(pending, is_late=True, now=dt_util.utcnow())
            if mode is RestoreMode.UNDO and not pending.is_untried:
                self._await_report(entity_id, pending.entity, pending.entity.original)
        if state.pending_restores or state.phones_in_dnd:
            await self.async_restore(state, is_late=True)

    def _await_report(self, entity_id: str, entity: ManagedEntity, target: DeviceState | None) -> None:
        """Let a screen have its time that was perhaps told just before a restart: both may be the same power key."""
        now = self.observer.state_of(entity_id)
        is_told = entity.handler.may_vanish_when_off and target is not None and entity.is_commanded
        if is_told and now is not None and not entity.handler.is_reached(target, now):
            until = dt_util.utcnow() + entity.handler.settling_time
            self.tracker.update(entity_id, yields_until=until, settles_at=until, must_verify=True, attempts=1)
