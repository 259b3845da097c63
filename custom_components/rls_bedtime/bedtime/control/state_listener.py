"""Watches the devices of a session: which have changed, in whose name, and which have come back within reach."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from homeassistant.components.light import DOMAIN as LIGHT_DOMAIN
from homeassistant.const import ATTR_DOMAIN, ATTR_SERVICE_DATA, EVENT_CALL_SERVICE
from homeassistant.core import CALLBACK_TYPE, Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.event import async_track_state_change_event

from ..change_classifier import StateChange, available_state, requested_attributes
from ..devices.state import is_external_context
from ..registry import BedroomRegistry, RegisteredSession

_ASKED_REMEMBERED: Final = 100


class StateListener:
    """Listens to the devices of a session while there is a reason to."""

    def __init__(
        self,
        hass: HomeAssistant,
        house: BedroomRegistry,
        holder: RegisteredSession,
        is_expected: Callable[[str, str], bool],
        changed: Callable[[str, StateChange], None],
        came: Callable[[str, bool], None],
    ) -> None:
        """Call `changed` with a change of an entity, `came` when one has come into reach (True) or gone out of it.

        `is_expected` tells, by entity and context, what is just being done by us: of that there is no need to tell.
        """
        self._hass = hass
        self._house = house
        self._holder = holder
        self._is_expected = is_expected
        self._on_change = changed
        self._on_availability = came
        self._entity_ids: frozenset[str] = frozenset()
        self._unwatch: list[CALLBACK_TYPE] = []
        self._requested: dict[str, frozenset[str]] = {}

    @callback
    def async_subscribe(self, entity_ids: Iterable[str]) -> None:
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
        """Remember what of a light's look was asked for."""
        if event.data[ATTR_DOMAIN] != LIGHT_DOMAIN or event.context.id in self._house.contexts:
            return
        if asked := requested_attributes(event.data[ATTR_SERVICE_DATA]):
            self._requested[event.context.id] = asked
            if len(self._requested) > _ASKED_REMEMBERED:
                del self._requested[next(iter(self._requested))]

    @callback
    def _state_changed(self, event: Event[EventStateChangedData]) -> None:
        entity_id, context = event.data["entity_id"], event.context
        was, now = available_state(event.data["old_state"]), available_state(event.data["new_state"])
        if was is not None and now is not None:
            # What another bedroom does to a device that both hold is not against our will.
            if self._house.contexts.get(context.id, self._holder) is not self._holder:
                return
            if self._is_expected(entity_id, context.id):
                return
            change = StateChange(
                old=was,
                new=now,
                by_someone=is_external_context(context, self._house.contexts),
                requested=self._requested.get(context.id, frozenset()),
            )
            self._on_change(entity_id, change)
        elif was is not now:
            self._on_availability(entity_id, now is not None)
