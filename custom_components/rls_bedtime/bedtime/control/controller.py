"""The hands of a session: they hold the devices, bring them to bed, and let go in the morning."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ...const import DOMAIN, LOGGER
from ..change_classifier import available_state
from ..command import Command, NightProgress, Outcome, RestoreMode
from ..devices.phones import async_resolve_phones, disable_dnd, enable_dnd
from ..devices.state import DeviceState, overridden_fields
from ..devices.targets import async_resolve
from ..managed_entity import POWER, ManagedEntity, PendingRestore
from ..plan import Kind
from ..registry import BedroomRegistry, OtherBedrooms
from ..session_state import SessionState
from .command_tracker import CommandTracker
from .dispatcher import BREATHE_EVERY
from .session_context import SessionContext


@dataclass(frozen=True, slots=True)
class ApplyPlan:
    """What is to be done: the record that has to be on disk first, and the commands."""

    record: SessionState
    commands: Mapping[str, list[Command]]


class DeviceController:
    """What a session does to the devices of the house."""

    def __init__(
        self, hass: HomeAssistant, house: BedroomRegistry, night: SessionContext, orders: CommandTracker
    ) -> None:
        """Belong to a session, and give these orders."""
        self._hass = hass
        self._house = house
        self._night = night
        self._orders = orders

    def reset(self) -> None:
        """Forget what came of the devices: a night begins. What the last one gives back may still be on its way."""
        owed = self._night.state.pending_restores
        self._orders.supersede(
            {each: owed[each].entity.original for each in self._orders.results.unverified if each in owed}
        )
        self._orders.unconfirmed.clear()
        self._orders.results.clear()

    # --- to bed ------------------------------------------------------------------------------------------------------

    async def async_apply(
        self,
        record: SessionState,
        moment: NightProgress,
        context: Context | None = None,
        *,
        again: bool = False,
        or_refuse: bool = False,
    ) -> None:
        """Bring all that is held to what it should be like at a moment.

        What is due by now is held first. If that cannot be written down, it is not touched: that is an error, if so
        wanted, or else it is tried again at the next step.
        """
        captured = self._capture(record, moment, afresh=again)
        if or_refuse:
            steps = await self._async_apply_first(captured, moment, context)
        else:
            steps = await self._async_apply_next(record, captured, moment, context, again=again)
        self._claim_pending_restores(steps.record.managed.keys() - record.managed.keys())

    async def _async_apply_first(
        self, captured: SessionState, moment: NightProgress, context: Context | None
    ) -> ApplyPlan:
        """Bring what was captured to bed, once it is on disk; meanwhile it is worked out how."""
        saved = self._hass.async_create_task(self._night.async_commit(captured, or_refuse=True), f"{DOMAIN} saves")
        steps = await self._async_plan_commands(captured, captured.managed, moment)
        await saved
        # What is wanted is written down with what comes of it: without it, the night begins anew after a crash.
        self._night.stage(steps.record)
        self._send(steps, moment, context, hushed=captured.phones_in_dnd)
        return steps

    async def _async_apply_next(
        self,
        record: SessionState,
        captured: SessionState,
        moment: NightProgress,
        context: Context | None,
        *,
        again: bool,
    ) -> ApplyPlan:
        """Bring all that is held one step on; what was wanted of it is on disk first."""
        steps = await self._async_plan_commands(captured, captured.managed, moment, again=again)
        try:
            await self._night.async_commit(steps.record, or_refuse=captured.captured != record.captured)
        except HomeAssistantError as error:
            LOGGER.error("Not everything goes to bed: %s", error)
            steps = await self._async_plan_commands(record, record.managed, moment, again=again)
            await self._night.async_commit(steps.record)
        hushed = steps.record.phones_in_dnd if steps.record.phones_in_dnd != record.phones_in_dnd else ()
        self._send(steps, moment, context, hushed=hushed)
        return steps

    def _send(
        self, steps: ApplyPlan, moment: NightProgress, context: Context | None = None, hushed: Iterable[str] = ()
    ) -> None:
        """Carry out what brings entities to bed, and tell phones not to disturb."""
        held = steps.record.managed
        # Somebody may have acted while that was written down.
        ours = {each: commands for each, commands in steps.commands.items() if each not in self._orders.classifications}
        check = [each for each, commands in ours.items() if commands and _is_final(held[each], moment)]
        phones = {action: [enable_dnd(action)] for action in hushed}
        self._orders.send({**ours, **phones}, context, (*check, *self._orders.superseded()))

    async def async_capture_and_apply(
        self, record: SessionState, entity_ids: Collection[str], moment: NightProgress
    ) -> None:
        """Bring some entities to bed that came back, or came on; those that were awaited are held from now on."""
        held = self._capture_entities(record, [each for each in entity_ids if each in record.awaiting])
        known = [each for each in entity_ids if each in held.managed]
        steps = await self._async_plan_commands(held, known, moment, again=True)
        await self._night.async_commit(steps.record)
        self._send(steps, moment)
        self._claim_pending_restores(held.managed.keys() - record.managed.keys())

    def _capture(self, record: SessionState, moment: NightProgress, *, afresh: bool) -> SessionState:
        """Return a record that holds all that is due at a moment: screens only once they go quiet.

        Looked at afresh, the bedroom may have got more devices.
        """
        if moment.at_bedtime and not record.phones_in_dnd:
            record = replace(record, phones_in_dnd=async_resolve_phones(self._hass, self._night.plan.phones))
        due = {kind for kind in Kind if kind is not Kind.SCREENS or moment.screens_off}
        if due <= record.captured and not afresh:
            return record
        found = async_resolve(self._hass, self._night.plan.targets)
        known = record.managed.keys() | record.awaiting.keys()
        kinds = {each: kind for each, kind in found.items() if kind in due and each not in known}
        record = replace(record, captured=record.captured | due, awaiting={**record.awaiting, **kinds})
        return self._capture_entities(record, kinds)

    def _capture_entities(self, record: SessionState, entity_ids: Iterable[str]) -> SessionState:
        """Return a record in which those of these entities that can be reached are held, as they were before."""
        held, awaited, owed = dict(record.managed), dict(record.awaiting), dict(record.pending_restores)
        neighbours = self._other_bedrooms()
        for entity_id in entity_ids:
            if (state := available_state(self._hass.states.get(entity_id))) is None:
                self._orders.results.outcomes[entity_id] = Outcome.UNREACHABLE
                continue
            fresh = ManagedEntity.from_state(awaited.pop(entity_id), state)
            own = owed.pop(entity_id) if entity_id in owed and not fresh.was_off else None
            # Another bedroom may have it, or owe it: what was before is what was before that one took it.
            others = neighbours.managing(entity_id)
            debts = [each.entity for each in neighbours.restoring(entity_id) if not fresh.was_off]
            earlier = [*([own.entity] if own else []), *(each for each in (*others, *debts) if each.kind is fresh.kind)]
            if earlier:
                fresh = replace(fresh, original=earlier[0].original, was_off=earlier[0].was_off)
            held[entity_id] = fresh
        return replace(record, managed=held, awaiting=awaited, pending_restores=owed)

    def _claim_pending_restores(self, entity_ids: Collection[str]) -> None:
        if any(map(self._other_bedrooms().restoring, entity_ids)):
            take_over = self._house.async_claim(self._night, entity_ids)
            self._hass.async_create_task(take_over, f"{DOMAIN} takes over", eager_start=False)

    async def _async_plan_commands(
        self, record: SessionState, entity_ids: Iterable[str], moment: NightProgress, *, again: bool = False
    ) -> ApplyPlan:
        """Return what these entities need to be as they should at a moment: nothing for what is not ours.

        What they have been told is not told again, unless so wanted: strays get their second try by themselves.
        """
        held = dict(record.managed)
        commands: dict[str, list[Command]] = {}
        for count, entity_id in enumerate(entity_ids):
            if count % BREATHE_EVERY == BREATHE_EVERY - 1:
                await asyncio.sleep(0)
            entity = held[entity_id]
            if (state := available_state(self._hass.states.get(entity_id))) is None:
                if not entity.is_screen_turned_off:
                    self._orders.results.outcomes[entity_id] = Outcome.UNREACHABLE
                continue
            if entity_id in self._orders.classifications or entity.is_released_now:
                self._orders.results.outcomes[entity_id] = Outcome.RELEASED
                continue
            if entity_id in self._orders.unconfirmed:
                continue
            aim = entity.target_state(state, self._night.plan, moment)
            is_told = aim == entity.target and not again
            steps = [] if is_told else entity.commands_towards(aim, state, at_bedtime=moment.at_bedtime)
            held[entity_id] = entity.with_target(aim, steps)
            commands[entity_id] = steps
        return ApplyPlan(replace(record, managed=held), commands)

    # --- and back ----------------------------------------------------------------------------------------------------

    def plan_restore(self, extent: RestoreMode) -> dict[str, PendingRestore]:
        """Return what is to be given back, once the session ends with this extent; what people have is theirs."""
        record, neighbours = self._night.state, self._other_bedrooms()
        self._orders.unconfirmed.clear()
        told = {each: record.managed[each].target for each in self._orders.results.unverified if each in record.managed}
        self._orders.supersede({entity_id: aim for entity_id, aim in told.items() if aim is not None})
        self._orders.results.clear()
        # Of what an earlier night still owes, only settings are due: it is too late for power.
        owed = {
            entity_id: replace(each, restore_mode=RestoreMode.SETTINGS)
            for entity_id, each in record.pending_restores.items()
        }
        for entity_id, held in record.managed.items():
            if held.is_released:
                self._orders.results.outcomes[entity_id] = Outcome.RELEASED
            elif (
                extent is RestoreMode.NOTHING
                or (held.was_off and not held.waits_for_power)
                or neighbours.managing(entity_id)
            ):
                self._orders.results.outcomes[entity_id] = Outcome.UNCHANGED
            else:
                owed[entity_id] = PendingRestore(entity=held, restore_mode=extent)
        return owed

    async def async_restore(
        self,
        record: SessionState,
        context: Context | None = None,
        *,
        only: Iterable[str] | None = None,
        is_late: bool = False,
    ) -> None:
        """Give back what is owed, or only some. Late, a device that does not look as we left it is somebody else's.

        What is owed is on disk before a device is touched; meanwhile it is worked out how to give it back.
        """
        saved = self._hass.async_create_task(self._night.async_commit(record), f"{DOMAIN} saves")
        commands: dict[str, list[Command]] = {}
        kept = dict(record.pending_restores)
        neighbours = self._other_bedrooms()
        for count, entity_id in enumerate(list(record.pending_restores if only is None else only)):
            if count % BREATHE_EVERY == BREATHE_EVERY - 1:
                await asyncio.sleep(0)
            if neighbours.needs(entity_id):
                continue
            if (state := available_state(self._hass.states.get(entity_id))) is None:
                self._orders.results.outcomes[entity_id] = Outcome.UNREACHABLE
                continue
            if entity_id in self._orders.classifications and not is_late:
                self._orders.results.outcomes[entity_id] = Outcome.RELEASED
                continue
            owed = record.pending_restores[entity_id]
            waits = owed.entity.must_turn_on_first(state)
            may_be_theirs = (is_late or POWER in owed.entity.released) and not waits
            is_theirs = may_be_theirs and _changed_by_user(owed.entity, owed.entity.state_of(state))
            if not is_theirs and (
                steps := owed.entity.restore(state, record.restore_mode_of(owed, is_late=is_late, now=dt_util.utcnow()))
            ):
                commands[entity_id] = steps
            else:
                self._orders.results.outcomes[entity_id] = Outcome.RELEASED if is_theirs else Outcome.UNCHANGED
                if not waits and (is_late or self._orders.last_command(entity_id).superseded is None):
                    del kept[entity_id]
        phones = {action: [disable_dnd(action)] for action in record.phones_in_dnd} if only is None else {}
        await saved
        # Somebody may have acted while that was written down.
        ours = {each: steps for each, steps in commands.items() if is_late or each not in self._orders.classifications}
        self._orders.results.outcomes.update(dict.fromkeys(commands.keys() - ours.keys(), Outcome.RELEASED))
        # One that was told something a moment ago may still be on its way there, and has to be looked at again.
        check = {*ours, *(() if is_late else self._orders.superseded() & kept.keys())}
        self._orders.send({**ours, **phones}, context, check)
        await self._night.async_commit(
            replace(record, pending_restores=kept, phones_in_dnd=() if only is None else record.phones_in_dnd)
        )

    def _other_bedrooms(self) -> OtherBedrooms:
        return self._house.others(self._night, dt_util.utcnow())

    # --- restarts, rest ----------------------------------------------------------------------------------------------

    async def async_resume(self) -> None:
        """Take up what was left. What is not as we left it was changed by a person meanwhile."""
        record = self._night.state
        if record.times is None:
            if record.pending_restores or record.phones_in_dnd:
                await self.async_restore(record, is_late=True)
            return
        held = dict(record.managed)
        self._orders.results.outcomes.update(dict.fromkeys(record.awaiting, Outcome.UNREACHABLE))
        for entity_id, each in record.managed.items():
            if not each.released and (state := available_state(self._hass.states.get(entity_id))) is not None:
                held[entity_id] = replace(each, released=each.changed_while_offline(each.state_of(state)))
            if held[entity_id].released:
                self._orders.results.outcomes[entity_id] = Outcome.RELEASED
        await self._night.async_commit(replace(record, managed=held))


def _is_final(held: ManagedEntity, moment: NightProgress) -> bool:
    """Return whether no further step follows by itself, so that strays are worth a second try."""
    return moment.at_bedtime or held.kind is Kind.SCREENS


def _changed_by_user(held: ManagedEntity, look: DeviceState) -> bool:
    """Return whether a device that is to be given back late has been changed by somebody.

    Half way back is nobody's doing: a hub may go down while it gives back.
    """
    if held.last_known is None or held.is_as_left(look):
        return False
    return bool(overridden_fields(held.original, held.last_known, look, by_someone=False))
