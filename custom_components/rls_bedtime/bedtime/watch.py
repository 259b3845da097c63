"""Watches the devices of a session: what a change of one means, and which have come back within reach."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Self

from homeassistant.components.light import (
    ATTR_BRIGHTNESS,
    ATTR_BRIGHTNESS_PCT,
    ATTR_BRIGHTNESS_STEP,
    ATTR_BRIGHTNESS_STEP_PCT,
    ATTR_PROFILE,
    ATTR_WHITE,
    DOMAIN as LIGHT_DOMAIN,
)
from homeassistant.const import (
    ATTR_DOMAIN,
    ATTR_SERVICE_DATA,
    EVENT_CALL_SERVICE,
    STATE_ON,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
)
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, State, callback
from homeassistant.helpers.event import async_track_state_change_event

from .house import Holder, House
from .ownership import Look, arrived, differing, is_someones, known_fields, taken
from .plan import Kind, Plan
from .record import POWER, Held, Phase

_UNREACHABLE: Final = (STATE_UNAVAILABLE, STATE_UNKNOWN)
_LEVELS: Final = frozenset(
    {ATTR_BRIGHTNESS, ATTR_BRIGHTNESS_PCT, ATTR_BRIGHTNESS_STEP, ATTR_BRIGHTNESS_STEP_PCT, ATTR_PROFILE, ATTR_WHITE}
)
_LEVELS_REMEMBERED: Final = 100


class Meaning(StrEnum):
    """What a change of a device means."""

    NOTHING = "nothing"
    TAKEN = "taken"
    LIT = "lit"
    INSIST = "insist"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a change means; which fields were taken back; what the device had come to by then, if that matters."""

    meaning: Meaning
    fields: frozenset[str] = frozenset()
    rests: Look | None = None

    def then(self, later: Self) -> Self:
        """Return what both mean, one after the other: what was taken back stays so."""
        if self.meaning is not Meaning.TAKEN or not self.fields - {POWER}:
            return later
        return replace(self, fields=self.fields | later.fields)


NOTHING: Final = Verdict(Meaning.NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of an entity that could be reached before and after. `leveled`: a level was asked for along with it."""

    was: State
    now: State
    by_someone: bool
    leveled: bool


def judge(held: Held, aim: Look, change: Change, plan: Plan, phase: Phase) -> Verdict:
    """Return what a change of a device means. Pure."""
    if held.kind is Kind.LIGHTS and _is_on(change.was) is not _is_on(change.now):
        return _judge_switched_light(held, aim, change, plan, phase)
    now = held.look(change.now)
    if held.kind is Kind.CLIMATE and change.by_someone and (changed := differing(held.look(change.was), now)):
        # Whatever of a thermostat someone changes, they have it: a preset holds its setpoints too.
        return NOTHING if arrived(aim, now) and not changed - known_fields(aim) else Verdict(Meaning.TAKEN, changed)
    if arrived(aim, now) or not (fields := taken(aim, held.look(change.was), now, by_someone=change.by_someone)):
        return NOTHING
    if held.kind is Kind.SCREENS and plan.keep_screens_quiet and not (held.insisted or held.released):
        return Verdict(Meaning.INSIST)
    return Verdict(Meaning.TAKEN, fields)


def _judge_switched_light(held: Held, aim: Look, change: Change, plan: Plan, phase: Phase) -> Verdict:
    """Let a light that is turned on at night come on at the night level, unless another was asked for."""
    if not _is_on(change.now):
        if getattr(aim, POWER) is False:
            return NOTHING
        return Verdict(Meaning.TAKEN, frozenset({POWER}), rests=held.look(change.was))
    if change.leveled:
        return Verdict(Meaning.TAKEN, frozenset({POWER, ATTR_BRIGHTNESS}))
    is_first = phase is Phase.BEDTIME and not held.is_theirs and not held.lit
    return Verdict(Meaning.LIT if is_first and plan.dim_night_lights else Meaning.TAKEN, frozenset({POWER}))


def reachable(state: State | None) -> State | None:
    """Return a state that says what an entity is like, or None."""
    return None if state is None or state.state in _UNREACHABLE else state


class Watch:
    """Listens to the devices of a session while there is a reason to."""

    def __init__(
        self,
        hass: HomeAssistant,
        house: House,
        holder: Holder,
        changed: Callable[[str, Change], None],
        came: Callable[[str, bool], None],
    ) -> None:
        """Call `changed` with a change of an entity, `came` when one has come into reach (True) or gone out of it."""
        self._hass = hass
        self._house = house
        self._holder = holder
        self._changed = changed
        self._came = came
        self._entity_ids: frozenset[str] = frozenset()
        self._unwatch: list[CALLBACK_TYPE] = []
        self._leveled: dict[str, None] = {}

    @callback
    def async_watch(self, entity_ids: Iterable[str]) -> None:
        """Watch these entities, and no others."""
        wanted = frozenset(entity_ids)
        if wanted == self._entity_ids:
            return
        while self._unwatch:
            self._unwatch.pop()()
        self._entity_ids = wanted
        if not wanted:
            return
        self._unwatch.append(async_track_state_change_event(self._hass, wanted, self._state_changed))
        if any(entity_id.startswith(f"{LIGHT_DOMAIN}.") for entity_id in wanted):
            self._unwatch.append(self._hass.bus.async_listen(EVENT_CALL_SERVICE, self._action_called))

    @callback
    def _action_called(self, event: Event[dict[str, Any]]) -> None:
        """Remember that a level was asked for."""
        if event.data[ATTR_DOMAIN] == LIGHT_DOMAIN and not _LEVELS.isdisjoint(event.data[ATTR_SERVICE_DATA]):
            self._leveled[event.context.id] = None
            if len(self._leveled) > _LEVELS_REMEMBERED:
                del self._leveled[next(iter(self._leveled))]

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        entity_id = event.data["entity_id"]
        was, now = reachable(event.data["old_state"]), reachable(event.data["new_state"])
        if was is not None and now is not None:
            # What another bedroom does to a device that both hold is not against our will.
            if self._house.contexts.get(event.context.id, self._holder) is not self._holder:
                return
            by_someone = is_someones(event.context, self._house.contexts)
            leveled = event.context.id in self._leveled
            self._changed(entity_id, Change(was=was, now=now, by_someone=by_someone, leveled=leveled))
        elif was is not now:
            self._came(entity_id, now is not None)


def _is_on(state: State) -> bool:
    return state.state == STATE_ON
