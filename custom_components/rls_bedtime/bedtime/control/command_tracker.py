"""What the devices of a session were told, and whether they have heard it."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from ..change_classifier import NO_COMMAND, Classification, LastCommand, available_state
from ..command import Command, Outcome
from ..devices.state import DeviceState, is_closer, matches
from ..managed_entity import ManagedEntity
from ..plan import Kind
from ..registry import BedroomRegistry
from ..session_state import SessionState
from .command_results import CommandResults
from .dispatcher import BREATHE_EVERY
from .session_context import SessionContext

RAMP_TIME: Final = timedelta(seconds=5)
"""How long a light that was turned on may be on its way to its own level."""


class CommandTracker:
    """Gives orders to devices, and looks whether they are heard.

    `verdicts`: what has happened to devices meanwhile, and is not written down yet. `doubts`: what may have happened.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        house: BedroomRegistry,
        night: SessionContext,
        answered: Callable[[Iterable[str]], None],
    ) -> None:
        """Serve a session; call `answered` with entities that have done as they were told, or not."""
        self._hass = hass
        self._house = house
        self._night = night
        self._last_commands: dict[str, LastCommand] = {}
        self.classifications: dict[str, Classification] = {}
        self.unconfirmed: dict[str, Classification] = {}
        self.results = CommandResults(hass, answered, self._has_reached_target)

    def last_command(self, entity_id: str) -> LastCommand:
        """Return what an entity was told last, unless it has come to rest."""
        return self._last_commands.get(entity_id, NO_COMMAND)

    def is_expected_change(self, entity_id: str, context_id: str) -> bool:
        """Return whether an entity is just being told what goes by this context."""
        return entity_id in self.results.in_flight and self.last_command(entity_id).context_id == context_id

    def send(
        self,
        commands: Mapping[str, list[Command]],
        context: Context | None,
        check: Iterable[str],
        *,
        each_alone: bool = False,
    ) -> None:
        """Carry out commands, and remember what each entity looked like when it was told."""
        ours = self._house.create_context(self._night, context)
        for entity_id, steps in commands.items():
            if steps:
                earlier = self._last_commands.get(entity_id, NO_COMMAND)
                self._last_commands[entity_id] = LastCommand(
                    context_id=ours.id,
                    previous_state=self._hass.states.get(entity_id),
                    superseded=earlier.superseded,
                    ramps_until=earlier.ramps_until,
                )
        self.results.send(commands, ours, check, each_alone=each_alone)

    def expect_ramp(self, entity_id: str) -> None:
        """Expect a light that was turned on to be on its way to its own level for a moment."""
        telling = self.last_command(entity_id)
        if telling.ramps_until is None:
            self._last_commands[entity_id] = replace(telling, ramps_until=dt_util.utcnow() + RAMP_TIME)

    def supersede(self, aims: Mapping[str, DeviceState]) -> None:
        """Remember what commands that have not been heard yet may still bring entities to."""
        self._last_commands = {entity_id: LastCommand(superseded=aim) for entity_id, aim in aims.items()}

    def superseded(self) -> frozenset[str]:
        """Return the entities which may still do what they were told before they were told otherwise."""
        return frozenset(each for each, telling in self._last_commands.items() if telling.superseded is not None)

    def _reported_state(self, entity_id: str) -> DeviceState | None:
        """Return what a device of the session looks like, if it can be reached."""
        record, state = self._night.state, available_state(self._hass.states.get(entity_id))
        held = record.managed.get(entity_id) or (
            owed.entity if (owed := record.pending_restores.get(entity_id)) else None
        )
        return held.state_of(state) if held is not None and state is not None else None

    def target_of(self, entity_id: str) -> DeviceState | None:
        """Return what is wanted of a device: the night's look, or what was before."""
        record = self._night.state
        if (held := record.managed.get(entity_id)) is not None:
            aim: DeviceState | None = held.target
            return aim
        return record.pending_restores[entity_id].entity.original if entity_id in record.pending_restores else None

    def _has_reached_target(self, entity_id: str) -> bool:
        look, aim = self._reported_state(entity_id), self.target_of(entity_id)
        return look is not None and aim is not None and matches(aim, look)

    async def with_reported_states(self, record: SessionState, entity_ids: Iterable[str]) -> SessionState:
        """Return a record that tells what these entities have come to by our doing."""
        held = dict(record.managed)
        for count, entity_id in enumerate(entity_ids):
            if count % BREATHE_EVERY == 0:
                await asyncio.sleep(0)
            if (entity := held.get(entity_id)) is None or entity.is_released_now or entity_id in self.classifications:
                continue
            if (look := self._reported_state(entity_id)) is not None and entity.target is not None:
                held[entity_id] = entity.with_reported(look)
            elif self.was_turned_off_by_us(entity_id, entity):
                held[entity_id] = entity.with_reported(entity.target)
        return replace(record, managed=held)

    def was_turned_off_by_us(self, entity_id: str, held: ManagedEntity) -> bool:
        """Return whether a screen went out of reach because we turned it off."""
        is_off = held.kind is Kind.SCREENS and held.target is not None and held.target.is_on is False
        return is_off and self.results.outcomes.get(entity_id) is Outcome.DONE

    async def async_verify(self) -> None:
        """Tell strays once more; let go of what has been given back."""
        checked = self.results.verify(dt_util.utcnow(), self._missing_commands, self._send_again)
        if not self.results.unverified:
            self._last_commands.clear()
        record = self._night.state
        if record.times is not None and checked:
            await self._night.async_commit(await self.with_reported_states(record, checked))
        elif checked:
            owed = {
                entity_id: each
                for entity_id, each in record.pending_restores.items()
                if not self._is_restored(entity_id, checked)
            }
            await self._night.async_commit(replace(record, pending_restores=owed))

    def _send_again(self, commands: Mapping[str, list[Command]]) -> None:
        self.send(commands, None, (), each_alone=True)

    def _is_restored(self, entity_id: str, checked: Collection[str]) -> bool:
        if entity_id not in checked or self._is_needed_elsewhere(entity_id):
            return False
        state = available_state(self._hass.states.get(entity_id))
        return state is not None and not self._night.state.pending_restores[entity_id].entity.must_turn_on_first(state)

    def _missing_commands(self, entity_id: str, tries: int) -> list[Command]:
        """Return what an entity has still to do; after the last try, only if it did nothing of what it was told."""
        record = self._night.state
        state = available_state(self._hass.states.get(entity_id))
        if state is None or entity_id in self.classifications:
            return []
        if record.times is None:
            owed = record.pending_restores.get(entity_id)
            is_ours = owed is not None and not self._is_needed_elsewhere(entity_id)
            return (
                owed.entity.restore(state, record.restore_mode_of(owed, is_late=False, now=dt_util.utcnow()))
                if owed and is_ours
                else []
            )
        held = record.managed.get(entity_id)
        if held is None or held.target is None or held.is_released_now or matches(held.target, held.state_of(state)):
            return []
        if tries and is_closer(held.target, held.original, held.state_of(state)):
            return []
        return held.commands_towards(held.target, state, at_bedtime=False)

    def _is_needed_elsewhere(self, entity_id: str) -> bool:
        return self._house.others(self._night, dt_util.utcnow()).needs(entity_id)
