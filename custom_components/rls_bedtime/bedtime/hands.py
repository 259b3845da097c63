"""The hands of a session: they hold the devices, feel when a person takes one back, and let go in the morning."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, Protocol

from homeassistant.const import STATE_ON
from homeassistant.core import Context, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from .command import Command, Extent, Moment, Outcome
from .house import House
from .ownership import Look, arrived, moved, taken
from .phones import async_resolve_phones, hush, unhush
from .plan import UNDO_WITHIN, Kind, Plan
from .record import POWER, Held, Owed, Phase, Record
from .targets import async_resolve
from .watch import NOTHING, Change, Meaning, Verdict, Watch, judge, reachable
from .work import Work

_BREATHE_EVERY: Final = 50
"""After so many devices, others get their turn on the event loop."""


class Night(Protocol):
    """What the hands know of the session that they belong to."""

    turn: asyncio.Lock

    @property
    def plan(self) -> Plan:
        """Return what the user wants."""

    @property
    def record(self) -> Record:
        """Return what is remembered."""

    @property
    def phase(self) -> Phase:
        """Return where the night is."""

    @property
    def held(self) -> Mapping[str, Held]:
        """Return what is held."""

    def moment(self) -> Moment | None:
        """Return how far the night is, if there is one."""

    async def async_become(self, record: Record, *, or_refuse: bool = False) -> None:
        """Write a record down, and let it be so."""

    @callback
    def async_wait(self) -> None:
        """Wait anew, and tell the listeners: there is news."""


class Hands:
    """What a session has to do with the devices of the house."""

    def __init__(self, hass: HomeAssistant, house: House, night: Night) -> None:
        """Belong to a session."""
        self._hass = hass
        self._house = house
        self._night = night
        self._watch = Watch(hass, house, night, self._device_changed, self._device_came)
        self._aims: dict[str, Look] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._came: set[str] = set()
        self._unsure: frozenset[str] = frozenset()
        self._news: asyncio.Task[None] | None = None
        self.work = Work(hass, night.async_wait)

    def forget(self) -> None:
        """Forget what was told, and what came of it: a night begins."""
        self._aims.clear()
        self.work.forget()

    # --- to bed ------------------------------------------------------------------------------------------------------

    def capture(self, record: Record, moment: Moment) -> Record:
        """Return a record that holds all that is due at a moment: screens only once they go quiet."""
        due = {kind for kind in Kind if kind is not Kind.SCREENS or moment.silent} - record.captured
        if not due:
            return record
        found = async_resolve(self._hass, self._night.plan.targets)
        kinds = {entity_id: kind for entity_id, kind in found.items() if kind in due}
        record = replace(record, captured=record.captured | due, awaited={**record.awaited, **kinds})
        return self._hold(record, kinds)

    async def async_settle(self, moment: Moment, context: Context | None) -> None:
        """Bring all that is held to what it should be like at a moment."""
        await self._async_capture(moment)
        record = self._night.record
        phones: dict[str, list[Command]] = {}
        if moment.at_bedtime and not record.hushed:
            record = replace(record, hushed=async_resolve_phones(self._hass, self._night.plan.phones))
            phones = {action: [hush(action)] for action in record.hushed}
        await self._night.async_become(record)
        self._watch_all()
        commands = {}
        for count, entity_id in enumerate(record.held):
            if count % _BREATHE_EVERY == _BREATHE_EVERY - 1:
                await asyncio.sleep(0)
            if (steps := self._steps_to_bed(entity_id, moment)) is not None:
                commands[entity_id] = steps
        check = [each for each, steps in commands.items() if steps and self._is_final(record.held[each], moment)]
        self.work.begin({**commands, **phones}, self._house.context(self._night, context), check)

    async def _async_capture(self, moment: Moment) -> None:
        """Hold what is due by now. What cannot be written down is not touched, and tried again at the next step."""
        record = self.capture(self._night.record, moment)
        if record.captured != self._night.record.captured:
            try:
                await self._night.async_become(record, or_refuse=True)
            except HomeAssistantError as error:
                LOGGER.error("Not everything goes to bed: %s", error)

    def _steps_to_bed(self, entity_id: str, moment: Moment, *, again: bool = False) -> list[Command] | None:
        """Return what an entity needs to be as it should at a moment; None if it is out of reach, or not ours.

        What it has been told is not told again, unless so wanted: strays get their second try by themselves.
        """
        held = self._night.held[entity_id]
        if (state := reachable(self._hass.states.get(entity_id))) is None:
            if not self._is_dark_screen(entity_id):
                self.work.outcomes[entity_id] = Outcome.UNREACHABLE
            return None
        aim = held.aim(state, self._night.plan, moment)
        was_told = self._aims.get(entity_id) == aim
        self._aims[entity_id] = aim
        if entity_id in self._verdicts or held.is_hands_off:
            self.work.outcomes[entity_id] = Outcome.RELEASED
            return None
        return [] if was_told and not again else held.settle(aim, state)

    @staticmethod
    def _is_final(held: Held, moment: Moment) -> bool:
        """Return whether no further step follows by itself, so that strays are worth a second try."""
        return moment.at_bedtime or held.kind is Kind.SCREENS

    def _hold(self, record: Record, entity_ids: Iterable[str]) -> Record:
        """Return a record in which those of these entities that can be reached are held, as they were before."""
        held, awaited, owed = dict(record.held), dict(record.awaited), dict(record.owed)
        for entity_id in entity_ids:
            if (state := reachable(self._hass.states.get(entity_id))) is None:
                self.work.outcomes[entity_id] = Outcome.UNREACHABLE
                continue
            fresh = Held.of(awaited.pop(entity_id), state)
            if entity_id in owed and not fresh.was_off:
                fresh = replace(owed.pop(entity_id).held, released=frozenset(), lit=False, insisted=False)
            # Another bedroom may have it: what was before is what was before that one took it.
            others = self._house.others(self._night, entity_id)
            shared = next((other for other in others if other.kind is fresh.kind), None)
            held[entity_id] = fresh if shared is None else replace(fresh, before=shared.before, was_off=shared.was_off)
        return replace(record, held=held, awaited=awaited, owed=owed)

    # --- and back ----------------------------------------------------------------------------------------------------

    def owed(self, extent: Extent) -> dict[str, Owed]:
        """Return what is to be given back, once the session ends with this extent; what people have is theirs."""
        record = self._night.record
        # Of what an earlier night still owes, only settings are due: it is too late for power.
        owed = {entity_id: replace(each, extent=Extent.SETTINGS) for entity_id, each in record.owed.items()}
        self._unsure = self.work.unchecked
        self.work.forget()
        for entity_id, held in record.held.items():
            if held.is_theirs:
                self.work.outcomes[entity_id] = Outcome.RELEASED
            elif extent is Extent.NOTHING or any(self._house.others(self._night, entity_id)):
                self.work.outcomes[entity_id] = Outcome.UNCHANGED
            elif not held.was_off or held.waits_for_light:
                owed[entity_id] = Owed(held=held, extent=extent, left=self._left(entity_id, held))
            else:
                self.work.outcomes[entity_id] = Outcome.UNCHANGED
        return owed

    def _left(self, entity_id: str, held: Held) -> Look | None:
        """Return how an entity is left: of a light that went off, how it was before that."""
        state, moment = self._hass.states.get(entity_id), self._night.moment()
        if held.rests is not None or state is None or moment is None:
            return held.rests or self._aims.get(entity_id)
        return held.aim(state, self._night.plan, replace(moment, dark=False))

    async def async_give_back(
        self, context: Context | None = None, *, only: Iterable[str] | None = None, is_late: bool = False
    ) -> None:
        """Give back what is owed, or only some. Late, a device that does not look as we left it is somebody else's."""
        record = self._night.record
        commands: dict[str, list[Command]] = {}
        kept = dict(record.owed)
        for count, entity_id in enumerate(list(record.owed if only is None else only)):
            if count % _BREATHE_EVERY == _BREATHE_EVERY - 1:
                await asyncio.sleep(0)
            if (state := reachable(self._hass.states.get(entity_id))) is None:
                self.work.outcomes[entity_id] = Outcome.UNREACHABLE
                continue
            if entity_id in self._verdicts and not is_late:
                self.work.outcomes[entity_id] = Outcome.RELEASED
                continue
            owed = record.owed[entity_id]
            self._aims[entity_id] = owed.held.before
            waits = owed.held.waits_for_light and state.state != STATE_ON
            may_be_theirs = (is_late or POWER in owed.held.released) and not waits and owed.left is not None
            # Half way back is nobody's doing: a hub may go down while it gives back.
            look = owed.held.look(state)
            is_theirs = may_be_theirs and bool(taken(owed.held.before, owed.left, look, by_someone=False))
            if not is_theirs and (steps := owed.held.restore(state, self._extent(owed, is_late=is_late))):
                commands[entity_id] = steps
            else:
                self.work.outcomes[entity_id] = Outcome.RELEASED if is_theirs else Outcome.UNCHANGED
                if not waits and (is_late or entity_id not in self._unsure):
                    del kept[entity_id]
        phones = {action: [unhush(action)] for action in record.hushed} if only is None else {}
        await self._night.async_become(replace(record, owed=kept, hushed=() if only is None else record.hushed))
        self._watch_all()
        # One that was told something a moment ago may still be on its way there, and has to be looked at again.
        check = {*commands, *(() if is_late else self._unsure & kept.keys())}
        self.work.begin({**commands, **phones}, self._house.context(self._night, context), check)

    def _extent(self, owed: Owed, *, is_late: bool) -> Extent:
        """Return how much is given back: screens are powered only soon after, never hours later."""
        ended = self._night.record.last_bedtime
        if owed.extent is not Extent.UNDO or not is_late or (ended and dt_util.now() - ended <= UNDO_WITHIN):
            return owed.extent
        return Extent.EVERYTHING

    # --- what happens meanwhile --------------------------------------------------------------------------------------

    @callback
    def _device_changed(self, entity_id: str, change: Change) -> None:
        """Judge at once, for the next command may be on its way; write it down in turn."""
        record, aim = self._night.record, self._aims.get(entity_id)
        held = record.held.get(entity_id)
        if held is not None and aim is not None:
            rests = held.rests if held.kind is Kind.CLIMATE else None
            verdict = judge(held, rests or aim, change, self._night.plan, self._night.phase)
        elif (owed := record.owed.get(entity_id)) is not None and self._night.phase is Phase.OFF:
            verdict = self._judge_owed(entity_id, owed, aim, change)
        else:
            return
        if verdict.meaning is not Meaning.NOTHING:
            earlier = self._verdicts.get(entity_id)
            self._verdicts[entity_id] = verdict if earlier is None else earlier.then(verdict)
            self._tell()
        elif (
            self.work.outcomes.get(entity_id) is Outcome.FAILED and held and aim and arrived(aim, held.look(change.now))
        ):
            self.work.outcomes[entity_id] = Outcome.DONE
            self._night.async_wait()

    def _judge_owed(self, entity_id: str, owed: Owed, aim: Look | None, change: Change) -> Verdict:
        """Give a light that comes on as we left it its level back, once; what a person does to a device is theirs."""
        if change.was.state != STATE_ON and change.now.state == STATE_ON and owed.held.waits_for_light:
            is_as_left = owed.left is None or arrived(_lit(owed.left), owed.held.look(change.now))
            return Verdict(Meaning.LIT if is_as_left and not change.leveled else Meaning.TAKEN)
        look = owed.held.look
        is_late = entity_id in self._unsure and not change.by_someone
        if is_late and owed.left and not taken(owed.left, look(change.was), look(change.now), by_someone=False):
            return NOTHING
        if aim is None or arrived(aim, now := look(change.now)):
            return NOTHING
        return Verdict(Meaning.TAKEN) if taken(aim, look(change.was), now, by_someone=change.by_someone) else NOTHING

    @callback
    def _device_came(self, entity_id: str, is_back: bool) -> None:  # noqa: FBT001 - a listener's argument
        if self._is_dark_screen(entity_id):
            if is_back:
                held = self._night.held[entity_id]
                insists = self._night.plan.keep_screens_quiet and not (held.insisted or held.released)
                verdict = Verdict(Meaning.INSIST) if insists else Verdict(Meaning.TAKEN, frozenset({POWER}))
                self._verdicts[entity_id] = verdict
                self._tell()
        elif is_back:
            self._came.add(entity_id)
            self._tell()
        elif entity_id in self._night.held and self.work.outcomes.get(entity_id) is not Outcome.RELEASED:
            self.work.outcomes[entity_id] = Outcome.UNREACHABLE
            self._night.async_wait()

    def _is_dark_screen(self, entity_id: str) -> bool:
        """Return whether we turned a screen off: many are out of reach then, and one that comes back was turned on."""
        held, aim = self._night.held.get(entity_id), self._aims.get(entity_id)
        is_off = held is not None and held.kind is Kind.SCREENS and getattr(aim, POWER, None) is False
        return is_off and self.work.outcomes.get(entity_id) is Outcome.DONE

    def _tell(self) -> None:
        if self._news is None or self._news.done():
            self._news = self._hass.async_create_task(self._async_take_in(), f"{DOMAIN} takes in what changed")

    async def _async_take_in(self) -> None:
        """Write down what people have taken back, and see to what came on, or came back."""
        while self._verdicts or self._came:
            async with self._night.turn:
                verdicts, self._verdicts = self._verdicts, {}
                came, self._came = self._came, set()
                if (moment := self._night.moment()) is None:
                    await self._take_in_by_day(verdicts, came)
                else:
                    await self._take_in_at_night(verdicts, came, moment)
                self._night.async_wait()

    async def _take_in_at_night(self, verdicts: Mapping[str, Verdict], came: set[str], moment: Moment) -> None:
        record = self._night.record
        held = dict(record.held)
        for entity_id, verdict in verdicts.items():
            if entity_id in held:
                held[entity_id] = self._judged(entity_id, held[entity_id], verdict)
        record = self._hold(replace(record, held=held), [each for each in came if each in record.awaited])
        await self._night.async_become(record)
        self._watch_all()
        concerned = [*(each for each, verdict in verdicts.items() if verdict.meaning is not Meaning.TAKEN), *came]
        commands = {
            entity_id: steps
            for entity_id in concerned
            if entity_id in record.held and (steps := self._steps_to_bed(entity_id, moment, again=True)) is not None
        }
        check = [each for each, steps in commands.items() if steps and self._is_final(record.held[each], moment)]
        self.work.begin(commands, self._house.context(self._night), check)

    def _judged(self, entity_id: str, held: Held, verdict: Verdict) -> Held:
        """Return an entity after a verdict."""
        state = reachable(self._hass.states.get(entity_id))
        if verdict.meaning is Meaning.INSIST:
            return replace(held, insisted=True)
        if verdict.meaning is Meaning.LIT and state is not None and state.state == STATE_ON:
            return replace(
                held, before=self._lit(entity_id, held, state), lit=True, released=held.released | verdict.fields
            )
        self.work.outcomes[entity_id] = Outcome.RELEASED
        return replace(held, released=held.released | verdict.fields, rests=verdict.rests or held.rests)

    def _lit(self, entity_id: str, held: Held, state: State) -> Look:
        """Return what is to be given back to a light that was turned on at night."""
        before: Look = held.before
        if held.before.brightness is None:
            # Of a light that was off, this is the first that we see, unless an earlier night still owes it its level.
            owed = self._night.record.owed.get(entity_id)
            is_as_left = owed is not None and (owed.left is None or arrived(_lit(owed.left), held.look(state)))
            before = owed.held.before if owed is not None and is_as_left else held.look(state)
        return before

    async def _take_in_by_day(self, verdicts: Mapping[str, Verdict], came: set[str]) -> None:
        record = self._night.record
        theirs = {each for each, verdict in verdicts.items() if verdict.meaning is Meaning.TAKEN}
        owed = {entity_id: each for entity_id, each in record.owed.items() if entity_id not in theirs}
        await self._night.async_become(replace(record, owed=owed))
        lit = [each for each, verdict in verdicts.items() if verdict.meaning is Meaning.LIT]
        due = [each for each in (*lit, *came) if each in owed]
        await self.async_give_back(only=due, is_late=True)

    # --- restarts, second tries, rest --------------------------------------------------------------------------------

    async def async_resume(self, *, judge_changes: bool) -> None:
        """Take up what was left. What changed while the hub was down was changed by a person."""
        moment, record = self._night.moment(), self._night.record
        if moment is None:
            if record.owed or record.hushed:
                await self.async_give_back(is_late=True)
            return
        held = dict(record.held)
        self.work.outcomes.update(dict.fromkeys(record.awaited, Outcome.UNREACHABLE))
        for entity_id, each in record.held.items():
            if each.released:
                self.work.outcomes[entity_id] = Outcome.RELEASED
            elif judge_changes and (state := reachable(self._hass.states.get(entity_id))) is not None:
                held[entity_id] = self._resumed(each, state, moment)
        await self._night.async_become(replace(record, held=held))

    def _resumed(self, held: Held, state: State, moment: Moment) -> Held:
        aim, now = held.aim(state, self._night.plan, moment), held.look(state)
        if arrived(aim, now) or arrived(held.before, now) or (held.rests and arrived(held.rests, now)):
            return held
        fields = taken(aim, held.before, now, by_someone=moment.at_bedtime)
        return replace(held, released=fields)

    async def async_check(self) -> None:
        """Tell strays once more; let go of what has been given back."""
        checked = self.work.check(dt_util.now(), self._astray, self._house.context(self._night))
        record = self._night.record
        if record.night is not None and checked:
            held = {entity_id: self._rested(entity_id, checked, each) for entity_id, each in record.held.items()}
            await self._night.async_become(replace(record, held=held))
        elif checked:
            owed = {entity_id: each for entity_id, each in record.owed.items() if not self._is_paid(entity_id, checked)}
            await self._night.async_become(replace(record, owed=owed))
            self._watch_all()

    def _rested(self, entity_id: str, checked: Iterable[str], held: Held) -> Held:
        """Return an entity with what it came to rest at, where that is not just what was wanted of it."""
        state, aim = reachable(self._hass.states.get(entity_id)), self._aims.get(entity_id)
        has_failed = self.work.outcomes.get(entity_id) is Outcome.FAILED
        if entity_id not in checked or state is None or aim is None or held.released or has_failed:
            return held
        look = held.look(state)
        return held if arrived(aim, look) and held.kind is not Kind.CLIMATE else replace(held, rests=look)

    def _is_paid(self, entity_id: str, checked: Iterable[str]) -> bool:
        state = reachable(self._hass.states.get(entity_id))
        if entity_id not in checked or state is None:
            return False
        return not (self._night.record.owed[entity_id].held.waits_for_light and state.state != STATE_ON)

    def _astray(self, entity_id: str, tries: int) -> list[Command]:
        """Return what an entity has still to do; after the last try, only if it did nothing of what it was told."""
        record = self._night.record
        state = reachable(self._hass.states.get(entity_id))
        if state is None or entity_id in self._verdicts:
            return []
        if record.night is None:
            owed = record.owed.get(entity_id)
            return owed.held.restore(state, self._extent(owed, is_late=False)) if owed else []
        held, aim = record.held.get(entity_id), self._aims.get(entity_id)
        if held is None or aim is None or held.is_hands_off or arrived(aim, held.look(state)):
            return []
        if tries and moved(aim, held.before, held.look(state)):
            return []
        return held.settle(aim, state)

    async def async_rest(self) -> None:
        """Stop whatever is under way, and watch no more."""
        self._watch.async_watch(())
        if self._news is not None and self._news is not asyncio.current_task():
            self._news.cancel()
        await self.work.async_rest()

    def _watch_all(self) -> None:
        record = self._night.record
        self._watch.async_watch((*record.held, *record.awaited, *record.owed))


def _lit(look: Look) -> Look:
    """Return a look with the power on: how a light that was left looks when it comes on again."""
    return replace(look, **{POWER: True})
