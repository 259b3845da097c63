"""What the devices of a session were told, and whether they have heard it."""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from ..change_classifier import QUIET, Telling, Verdict, reachable
from ..command import Command, Outcome
from ..devices.state import Look, arrived, moved
from ..managed_entity import Held
from ..plan import Kind
from ..registry import House
from ..session_state import Record
from .command_results import Work
from .dispatcher import BREATHE_EVERY
from .session_context import Night

LIT_FOR: Final = timedelta(seconds=5)
"""How long a light that was turned on may be on its way to its own level."""


class Orders:
    """Gives orders to devices, and looks whether they are heard.

    `verdicts`: what has happened to devices meanwhile, and is not written down yet. `doubts`: what may have happened.
    """

    def __init__(
        self, hass: HomeAssistant, house: House, night: Night, answered: Callable[[Iterable[str]], None]
    ) -> None:
        """Serve a session; call `answered` with entities that have done as they were told, or not."""
        self._hass = hass
        self._house = house
        self._night = night
        self._tellings: dict[str, Telling] = {}
        self.verdicts: dict[str, Verdict] = {}
        self.doubts: dict[str, Verdict] = {}
        self.work = Work(hass, answered, self._has_arrived)

    def telling(self, entity_id: str) -> Telling:
        """Return what an entity was told last, unless it has come to rest."""
        return self._tellings.get(entity_id, QUIET)

    def is_doing(self, entity_id: str, context_id: str) -> bool:
        """Return whether an entity is just being told what goes by this context."""
        return entity_id in self.work.under_way and self.telling(entity_id).context_id == context_id

    def give(
        self,
        commands: Mapping[str, list[Command]],
        context: Context | None,
        check: Iterable[str],
        *,
        each_alone: bool = False,
    ) -> None:
        """Carry out commands, and remember what each entity looked like when it was told."""
        ours = self._house.context(self._night, context)
        for entity_id, steps in commands.items():
            if steps:
                earlier = self._tellings.get(entity_id, QUIET)
                self._tellings[entity_id] = Telling(
                    context_id=ours.id,
                    prior=self._hass.states.get(entity_id),
                    overtaken=earlier.overtaken,
                    lit_until=earlier.lit_until,
                )
        self.work.begin(commands, ours, check, each_alone=each_alone)

    def expect_light(self, entity_id: str) -> None:
        """Expect a light that was turned on to be on its way to its own level for a moment."""
        telling = self.telling(entity_id)
        if telling.lit_until is None:
            self._tellings[entity_id] = replace(telling, lit_until=dt_util.utcnow() + LIT_FOR)

    def overtake(self, aims: Mapping[str, Look]) -> None:
        """Remember what commands that have not been heard yet may still bring entities to."""
        self._tellings = {entity_id: Telling(overtaken=aim) for entity_id, aim in aims.items()}

    def overtaken(self) -> frozenset[str]:
        """Return the entities which may still do what they were told before they were told otherwise."""
        return frozenset(each for each, telling in self._tellings.items() if telling.overtaken is not None)

    def _look(self, entity_id: str) -> Look | None:
        """Return what a device of the session looks like, if it can be reached."""
        record, state = self._night.record, reachable(self._hass.states.get(entity_id))
        held = record.held.get(entity_id) or (owed.held if (owed := record.owed.get(entity_id)) else None)
        return held.look(state) if held is not None and state is not None else None

    def wanted(self, entity_id: str) -> Look | None:
        """Return what is wanted of a device: the night's look, or what was before."""
        record = self._night.record
        if (held := record.held.get(entity_id)) is not None:
            aim: Look | None = held.told
            return aim
        return record.owed[entity_id].held.before if entity_id in record.owed else None

    def _has_arrived(self, entity_id: str) -> bool:
        look, aim = self._look(entity_id), self.wanted(entity_id)
        return look is not None and aim is not None and arrived(aim, look)

    async def async_came_to(self, record: Record, entity_ids: Iterable[str]) -> Record:
        """Return a record that tells what these entities have come to by our doing."""
        held = dict(record.held)
        for count, entity_id in enumerate(entity_ids):
            if count % BREATHE_EVERY == 0:
                await asyncio.sleep(0)
            if (entity := held.get(entity_id)) is None or entity.is_hands_off or entity_id in self.verdicts:
                continue
            if (look := self._look(entity_id)) is not None and entity.told is not None:
                held[entity_id] = entity.came_to(look)
            elif self.went_dark(entity_id, entity):
                held[entity_id] = entity.came_to(entity.told)
        return replace(record, held=held)

    def went_dark(self, entity_id: str, held: Held) -> bool:
        """Return whether a screen went out of reach because we turned it off."""
        is_off = held.kind is Kind.SCREENS and held.told is not None and held.told.is_on is False
        return is_off and self.work.outcomes.get(entity_id) is Outcome.DONE

    async def async_check(self) -> None:
        """Tell strays once more; let go of what has been given back."""
        checked = self.work.check(dt_util.utcnow(), self._astray, self._tell_again)
        if not self.work.unchecked:
            self._tellings.clear()
        record = self._night.record
        if record.night is not None and checked:
            await self._night.async_become(await self.async_came_to(record, checked))
        elif checked:
            owed = {entity_id: each for entity_id, each in record.owed.items() if not self._is_paid(entity_id, checked)}
            await self._night.async_become(replace(record, owed=owed))

    def _tell_again(self, commands: Mapping[str, list[Command]]) -> None:
        self.give(commands, None, (), each_alone=True)

    def _is_paid(self, entity_id: str, checked: Collection[str]) -> bool:
        if entity_id not in checked or self._is_wanted_elsewhere(entity_id):
            return False
        state = reachable(self._hass.states.get(entity_id))
        return state is not None and not self._night.record.owed[entity_id].held.waits(state)

    def _astray(self, entity_id: str, tries: int) -> list[Command]:
        """Return what an entity has still to do; after the last try, only if it did nothing of what it was told."""
        record = self._night.record
        state = reachable(self._hass.states.get(entity_id))
        if state is None or entity_id in self.verdicts:
            return []
        if record.night is None:
            owed = record.owed.get(entity_id)
            is_ours = owed is not None and not self._is_wanted_elsewhere(entity_id)
            return (
                owed.held.restore(state, record.extent_of(owed, is_late=False, now=dt_util.utcnow()))
                if owed and is_ours
                else []
            )
        held = record.held.get(entity_id)
        if held is None or held.told is None or held.is_hands_off or arrived(held.told, held.look(state)):
            return []
        if tries and moved(held.told, held.before, held.look(state)):
            return []
        return held.settle(held.told, state, at_bedtime=False)

    def _is_wanted_elsewhere(self, entity_id: str) -> bool:
        return self._house.neighbours(self._night, dt_util.utcnow()).want(entity_id)
