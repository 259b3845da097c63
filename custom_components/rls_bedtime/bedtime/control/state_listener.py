"""Listens to devices: what changed and who did it, and what became available or unavailable."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from homeassistant.components.light import ATTR_TRANSITION, DOMAIN as LIGHT_DOMAIN
from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE_DATA, EVENT_CALL_SERVICE
from homeassistant.core import (
    CALLBACK_TYPE,
    Context,
    Event,
    EventStateChangedData,
    HomeAssistant,
    State,
    callback,
    split_entity_id,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..change_classifier import StateChange
from ..devices.lights import requested_fields
from ..devices.state import number
from ..devices.targets import async_expand_groups, async_get_called_entities
from ..managed_entity import Source
from ..registry import BedroomRegistry

_CALL_TIME: Final = timedelta(seconds=5)
"""How long an action may take until the device reports, beside its transition."""

_LONGEST_TRANSITION: Final = 3600


class DeviceListener(Protocol):
    """Whoever wants to know of the devices of a session."""

    def device_changed(self, entity_id: str, change: StateChange) -> None:
        """Handle a change of an entity that was available before and after."""

    def changed_by_other_bedroom(self, entity_id: str) -> None:
        """Handle a change by another bedroom, which is not against our will."""

    def availability_changed(self, entity_id: str, *, is_available: bool) -> None:
        """Handle an entity that became available or unavailable."""

    def device_called(self, entity_id: str, until: datetime) -> None:
        """Handle an action of somebody else on an entity, that may take effect until then."""

    def is_available(self, entity_id: str, state: State) -> bool:
        """Return whether a state says that an entity can be reached."""

    def is_in_flight(self, entity_id: str, context_id: str) -> bool:
        """Return whether a command of ours with this context is on its way to an entity."""


@dataclass(frozen=True, slots=True)
class _Call:
    """An action of somebody else on an entity: who called it, what it asks of a light, and until when it may act."""

    context_id: str
    source: Source
    requested: frozenset[str]
    until: datetime


class StateListener:
    """Listens to the devices of a session, or of relief at night, while there is a reason to."""

    def __init__(self, hass: HomeAssistant, registry: BedroomRegistry, owner: object, listener: DeviceListener) -> None:
        self._hass = hass
        self._registry = registry
        self._owner = owner
        self._listener = listener
        self._entity_ids: frozenset[str] = frozenset()
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._calls: dict[str, _Call] = {}

    @callback
    def async_subscribe(self, entity_ids: Iterable[str]) -> None:
        """Listen to these entities, and no others."""
        wanted = frozenset(entity_ids)
        if wanted == self._entity_ids:
            return
        while self._unsubscribe:
            self._unsubscribe.pop()()
        self._entity_ids = wanted
        if wanted:
            self._unsubscribe.append(async_track_state_change_event(self._hass, wanted, self._state_changed))
            self._unsubscribe.append(self._hass.bus.async_listen(EVENT_CALL_SERVICE, self._service_called))

    @callback
    def _service_called(self, event: Event[dict[str, Any]]) -> None:
        """Remember who calls an action on our entities, and what is asked of a light.

        adaptive-lighting issues 89 and 581: one script turns on several lights, and asks something else of each.
        """
        context, data = event.context, event.data[ATTR_SERVICE_DATA]
        if context.id in self._registry.contexts:
            return
        entity_ids = async_get_called_entities(self._hass, data)
        if entity_ids and self._entity_ids.isdisjoint(entity_ids):
            entity_ids = async_expand_groups(self._hass, entity_ids)
        domain = event.data[ATTR_DOMAIN]
        # Other domains act through the entity's own, or do not act on it at all.
        called = {each for each in self._entity_ids & entity_ids if split_entity_id(each)[0] == domain}
        if not called:
            return
        seconds = number(data.get(ATTR_TRANSITION)) or 0
        time = timedelta(seconds=max(0, min(seconds, _LONGEST_TRANSITION))) + _CALL_TIME
        call = _Call(
            context_id=context.id,
            source=Source.PERSON if context.user_id is not None else Source.AUTOMATION,
            requested=requested_fields(data) if domain == LIGHT_DOMAIN else frozenset(),
            until=dt_util.utcnow() + time,
        )
        for entity_id in called:
            self._calls[entity_id] = call
            self._listener.device_called(entity_id, call.until)

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        entity_id, context = event.data["entity_id"], event.context
        old, new = event.data["old_state"], event.data["new_state"]
        was_available = old is not None and self._listener.is_available(entity_id, old)
        is_available = new is not None and self._listener.is_available(entity_id, new)
        if old is None or new is None or not (was_available and is_available):
            if was_available is not is_available:
                self._listener.availability_changed(entity_id, is_available=is_available)
            return
        if self._registry.contexts.get(context.id, self._owner) is not self._owner:
            self._listener.changed_by_other_bedroom(entity_id)
            return
        if self._listener.is_in_flight(entity_id, context.id):
            return
        source, requested = self._source(context), frozenset[str]()
        call = self._calls.get(entity_id)
        if call is not None and self._follows_from(call, context, source):
            source, requested = call.source, call.requested
        self._listener.device_changed(entity_id, StateChange(old=old, new=new, source=source, requested=requested))

    def _follows_from(self, call: _Call, context: Context, source: Source) -> bool:
        """Return whether a change follows from an action: many integrations report in a context of their own."""
        if call.context_id == context.id:
            return True
        return source is Source.DEVICE and context.id not in self._registry.contexts and dt_util.utcnow() < call.until

    def _source(self, context: Context) -> Source:
        """Return who a change comes from: what follows from our own commands, and reports, come from the device."""
        ours = self._registry.contexts
        if context.id in ours or context.parent_id in ours:
            return Source.DEVICE
        if context.user_id is not None:
            return Source.PERSON
        return Source.AUTOMATION if context.parent_id is not None else Source.DEVICE
