"""What is seen of the devices of a session, by its state and by what each device was told."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from homeassistant.core import HomeAssistant, State, split_entity_id
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..command import Outcome
from ..devices.state import DeviceState
from ..devices.targets import LEADING_DOMAINS
from ..evolve import evolve
from ..managed_entity import ManagedEntity
from ..plan import Kind
from ..planner import plan_takeover
from ..registry import BedroomRegistry, OtherBedrooms, RegisteredSession
from ..session_state import SessionState
from ..session_state_writer import SessionStateWriter
from .command_tracker import CommandTracker


class DeviceObserver:
    """Looks at the devices of a session. It sends nothing to them."""

    def __init__(
        self,
        hass: HomeAssistant,
        registry: BedroomRegistry,
        session: RegisteredSession,
        writer: SessionStateWriter,
        tracker: CommandTracker,
    ) -> None:
        """Take no entity as claimed until `is_claimed` is set: one that somebody has just taken over."""
        self._hass = hass
        self._registry = registry
        self._session = session
        self._writer = writer
        self._tracker = tracker
        self.is_claimed: Callable[[str], bool] = lambda _: False

    def state(self, entity_id: str) -> State | None:
        """Return the state of an entity: what relief at night has turned on is off for a session."""
        return self._registry.as_sessions_see(self._hass.states.get(entity_id))

    def others(self) -> OtherBedrooms:
        """Return what other bedrooms do with the same devices."""
        return self._registry.others(self._session, dt_util.utcnow())

    def state_of(self, entity_id: str) -> DeviceState | None:
        """Return what a managed or pending entity is like, if it is available."""
        entity, current = self._writer.state.entity(entity_id), self.state(entity_id)
        if entity is None or current is None or not entity.handler.is_available(current):
            return None
        return entity.state_of(current)

    def is_moving(self, entity_id: str) -> bool:
        """Return whether an entity reports that it is on its way."""
        entity, current = self._writer.state.entity(entity_id), self.state(entity_id)
        return entity is not None and current is not None and entity.handler.is_moving(current)

    def has_reached_target(self, entity_id: str) -> bool:
        """Return whether an entity is as it was told to be: at its target of the night, or as it was before."""
        entity, now = self._writer.state.entity(entity_id), self.state_of(entity_id)
        if entity is None or now is None or self.is_moving(entity_id):
            return False
        target = self._writer.state.target_of(entity_id)
        return target is not None and bool(entity.handler.is_reached(target, now))

    def has_responded(self, entity_id: str) -> bool:
        """Return whether an entity is at its target, or closer to it: some round, some go only part of the way."""
        if self.has_reached_target(entity_id):
            return True
        entity, now = self._writer.state.entity(entity_id), self.state_of(entity_id)
        before = self._tracker.runtime(entity_id).previous
        if entity is None or now is None or before is None:
            return False
        target = self._writer.state.target_of(entity_id)
        return target is not None and bool(entity.handler.has_moved(target, entity.state_of(before), now))

    def with_reported(self, state: SessionState, entity_ids: Iterable[str]) -> SessionState:
        """Return a state that remembers what our commands brought these entities to."""
        managed, others = dict(state.managed), self.others()
        for entity_id in entity_ids:
            entity = managed.get(entity_id)
            if entity is not None and entity.is_untouched:
                managed[entity_id] = entity = plan_takeover(entity, others, entity_id)
            if entity is None or entity.target is None or entity.is_released_now or self.is_claimed(entity_id):
                continue
            if self.is_moving(entity_id):
                continue
            now = self.state_of(entity_id)
            if now is None and self.was_turned_off_by_us(entity_id, entity):
                now = entity.target
            if now is not None:
                managed[entity_id] = entity.with_reported(now)
        return replace(state, managed=managed)

    def was_turned_off_by_us(self, entity_id: str, entity: ManagedEntity) -> bool:
        """Return whether a screen became unavailable because we turned it off."""
        return entity.is_screen_turned_off and self._tracker.runtime(entity_id).outcome is Outcome.DONE

    def is_wanted_elsewhere(self, entity_id: str, entity: ManagedEntity, state: State) -> bool:
        """Return whether an entity is as another bedroom wants it: nobody else has changed it then."""
        return self.others().want(entity_id, entity.kind, entity.state_of(state))

    def leaders(self, managed: Mapping[str, ManagedEntity]) -> dict[str, str]:
        """Return, of screens that are several entities of one device, which one is told first."""
        entities = er.async_get(self._hass).entities
        by_device: dict[str, list[str]] = {}
        for entity_id, entity in managed.items():
            if entity.kind is Kind.SCREENS and (entry := entities.get(entity_id)) and entry.device_id:
                by_device.setdefault(entry.device_id, []).append(entity_id)
        leaders: dict[str, str] = {}
        for entity_ids in by_device.values():
            ranks = {each: LEADING_DOMAINS.index(split_entity_id(each)[0]) for each in entity_ids}
            leader = min(entity_ids, key=ranks.__getitem__)
            leaders |= {each: leader for each in entity_ids if ranks[each] > ranks[leader]}
        return leaders

    def followers_of(self, leaders: Collection[str], entities: Mapping[str, ManagedEntity]) -> set[str]:
        """Return the other entities of the devices that these screens are."""
        return {each for each, leader in self.leaders(entities).items() if leader in leaders}

    def with_released_followers(self, managed: Mapping[str, ManagedEntity]) -> dict[str, ManagedEntity]:
        """Return entities after somebody has taken over some: a screen is theirs with all its entities."""
        found = dict(managed)
        for entity_id, leader in self.leaders(managed).items():
            by, follower = managed[leader], managed[entity_id]
            if by.is_released_now and not follower.is_released_now:
                found[entity_id] = evolve(follower, released=by.released, released_by=by.released_by)
                self._tracker.set_outcome(entity_id, Outcome.RELEASED)
        return found

    def has_next_step(self, entity_id: str) -> bool:
        """Return whether a device has done the first step of what it has to do, and a further one is due."""
        state = self._writer.state
        pending, entity = state.pending_restores.get(entity_id), state.entity(entity_id)
        if entity is None or not entity.handler.goes_in_steps or not self._tracker.runtime(entity_id).must_verify:
            return False
        if (current := self.state(entity_id)) is None:
            return False
        runtime = self._tracker.runtime(entity_id)
        if runtime.previous is not None and entity.state_of(runtime.previous) == entity.state_of(current):
            # One that has not moved yet is not asked again at once: it is slow, or refuses.
            return False
        sent = runtime.sent
        if state.times is not None:
            is_ours = entity.target is not None and not entity.is_released_now
            return is_ours and entity.handler.has_next_step(entity.target, current, sent)
        if pending is None or not entity.handler.has_next_step(entity.original, current, sent):
            return False
        mode = state.restore_mode_of(pending, is_late=False, now=dt_util.utcnow())
        return bool(entity.restore_commands(current, mode))
