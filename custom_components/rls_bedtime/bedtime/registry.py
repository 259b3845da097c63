"""The bedrooms of a home: whose contexts are ours, and which session manages, or has to restore, which device.

Sessions decide over shared devices without awaiting anything between looking at the others and staging their own
state. So two that end at the same moment never both leave a device to the other.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import Context, State

from .change_classifier import ChangeOrigin, StateChange
from .devices.state import DeviceState
from .managed_entity import ManagedEntity, PendingRestore
from .plan import Kind
from .session_state import SessionState

_REMEMBERED: Final = 5_000
"""How many of our contexts are remembered: a night of fades in several bedrooms has some hundreds."""


@dataclass(frozen=True, slots=True)
class ExpectedChange:
    """A change that may follow from the command of a session, and until when the device may still report."""

    origin: ChangeOrigin
    until: datetime


class RegisteredSession(Protocol):
    """A session, as other bedrooms see it."""

    @property
    def state(self) -> SessionState:
        """Return what is managed, awaited and still to be restored."""

    def expected_change(self, entity_id: str, change: StateChange) -> ExpectedChange | None:
        """Return what a change is that may follow from a command of this session, None if it does not."""

    async def async_drop_pending(self, entity_ids: Collection[str]) -> None:
        """Drop the pending restores of these entities: another bedroom manages them, and knows what was before."""

    def relief_entity_released(self, entity_id: str, change: StateChange) -> None:
        """Handle an entity of relief at night that is seen again as it is, because somebody has changed it."""


class ReliefHolder(Protocol):
    """Relief at night of one bedroom, as sessions and other bedrooms see it."""

    @property
    def held_entities(self) -> Collection[str]:
        """Return the entities that are on for relief at night, or may be: they are off afterwards."""

    def is_as_path_light(self, state: State) -> bool:
        """Return whether a light of the path is on as it was on for that: many come on again at their last level."""

    def holds_since(self, entity_id: str, now: datetime) -> datetime | None:
        """Return since when an entity is on that is still needed, None if it is not."""


@dataclass(frozen=True, slots=True)
class OtherBedrooms:
    """What other bedrooms have to do with the devices of one."""

    states: tuple[SessionState, ...]

    def managing(self, entity_id: str) -> list[ManagedEntity]:
        """Return how others manage an entity, as far as people have left it to them."""
        found = [entity for state in self.states if (entity := state.managed.get(entity_id)) is not None]
        return [entity for entity in found if not entity.is_released]

    def want(self, entity_id: str, kind: Kind, now: DeviceState) -> bool:
        """Return whether an entity is as another bedroom wants it: nobody else has changed it then."""
        managing = [entity for entity in self.managing(entity_id) if entity.kind is kind and entity.is_commanded]
        return any(entity.target is not None and entity.handler.is_reached(entity.target, now) for entity in managing)

    def restoring(self, entity_id: str) -> list[PendingRestore]:
        """Return what others have still to restore of an entity."""
        return [pending for state in self.states if (pending := state.pending_restores.get(entity_id)) is not None]

    def needs(self, entity_id: str) -> bool:
        """Return whether another manages an entity, or waits for it to be available."""
        return any(entity_id in state.awaiting for state in self.states) or bool(self.managing(entity_id))

    def phones_in_dnd(self) -> frozenset[str]:
        """Return the phones that others keep in Do Not Disturb until their session ends."""
        return frozenset(phone for state in self.states if state.times is not None for phone in state.phones_in_dnd)


class BedroomRegistry:
    """The bedrooms of a home. They know each other's contexts, so that none takes another for a person."""

    def __init__(self) -> None:
        self.contexts: dict[str, object] = {}
        self._sessions: dict[str, RegisteredSession] = {}
        self._relief: dict[str, ReliefHolder] = {}
        self._held_for_relief: frozenset[str] = frozenset()
        self._unloaded: dict[str, SessionState] = {}

    def register(self, entry_id: str, session: RegisteredSession) -> None:
        """Add a bedroom."""
        self._sessions[entry_id] = session
        self._unloaded.pop(entry_id, None)

    def unregister(self, entry_id: str) -> None:
        """Remove a bedroom that is unloaded: it still manages what it managed, until its session ends."""
        if (session := self._sessions.pop(entry_id, None)) is not None:
            self._unloaded[entry_id] = session.state

    def remove(self, entry_id: str) -> None:
        """Remove a bedroom for good."""
        self._sessions.pop(entry_id, None)
        self._unloaded.pop(entry_id, None)

    def create_context(self, owner: object, parent: Context | None = None) -> Context:
        """Return a context of ours for what a session, or relief at night, does, traced to what caused it."""
        context = Context(parent_id=parent.id if parent else None)
        self.contexts[context.id] = owner
        if len(self.contexts) > _REMEMBERED:
            del self.contexts[next(iter(self.contexts))]
        return context

    def others(self, session: RegisteredSession, now: datetime) -> OtherBedrooms:
        """Return the other bedrooms as they are now."""
        states = [other.state for other in self._sessions.values() if other is not session]
        states += [
            state
            for state in self._unloaded.values()
            if state.times is not None and state.times.ends_at is not None and now < state.times.ends_at
        ]
        return OtherBedrooms(tuple(states))

    def expected_elsewhere(
        self, session: RegisteredSession, entity_id: str, change: StateChange
    ) -> ExpectedChange | None:
        """Return what a change is that may follow from the command of another bedroom, None if it does not."""
        found = (other.expected_change(entity_id, change) for other in self._sessions.values() if other is not session)
        return next((each for each in found if each is not None), None)

    def session_of(self, entry_id: str) -> RegisteredSession | None:
        """Return the session of a bedroom, if that is loaded."""
        return self._sessions.get(entry_id)

    # --- relief at night ---------------------------------------------------------------------------------------------

    def register_relief(self, entry_id: str, holder: ReliefHolder) -> None:
        """Add the relief at night of a bedroom."""
        self._relief[entry_id] = holder

    def unregister_relief(self, entry_id: str) -> None:
        """Remove the relief at night of a bedroom."""
        self._relief.pop(entry_id, None)
        self.update_held_for_relief()

    def update_held_for_relief(self) -> None:
        """Take in what is on for relief at night: sessions ask often, and walks are rare."""
        self._held_for_relief = frozenset[str]().union(*(each.held_entities for each in self._relief.values()))

    def is_held_for_relief(self, entity_id: str) -> bool:
        """Return whether an entity is on for relief at night in a bedroom: it counts as off, as it is afterwards."""
        return entity_id in self._held_for_relief

    def as_sessions_see(self, state: State | None) -> State | None:
        """Return the state of an entity without what relief at night does to it."""
        if state is None or not self.is_held_for_relief(state.entity_id):
            return state
        if state.state not in (STATE_ON, STATE_UNKNOWN):
            return state
        return State(state.entity_id, STATE_OFF, state.attributes)

    def is_as_path_light(self, state: State) -> bool:
        """Return whether a light is on as it was on for the path of a bedroom."""
        return any(each.is_as_path_light(state) for each in self._relief.values())

    def held_elsewhere(self, holder: ReliefHolder, entity_id: str, now: datetime) -> datetime | None:
        """Return since when another bedroom has an entity on that it still needs, None if none does."""
        others = (each.holds_since(entity_id, now) for each in self._relief.values() if each is not holder)
        return min((each for each in others if each is not None), default=None)

    def relief_entity_released(self, entity_id: str, change: StateChange) -> None:
        """Let the sessions know that somebody has changed an entity of relief at night."""
        if self.is_held_for_relief(entity_id):
            # Another bedroom still has it on.
            return
        for session in list(self._sessions.values()):
            session.relief_entity_released(entity_id, change)

    # --- pending restores --------------------------------------------------------------------------------------------

    async def async_claim(self, session: RegisteredSession, entity_ids: Collection[str]) -> None:
        """Let others drop their pending restores of these entities, once a session has saved what was before."""
        for other in list(self._sessions.values()):
            if other is not session and not other.state.pending_restores.keys().isdisjoint(entity_ids):
                await other.async_drop_pending(entity_ids)
