"""What the bedrooms of a house share: whose contexts are ours, and who holds, or owes, which device."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from homeassistant.core import Context

from .managed_entity import ManagedEntity, PendingRestore
from .session_state import SessionState

_REMEMBERED: Final = 5_000
"""How many of our contexts are remembered: a night of fades in several bedrooms has some hundreds."""


class RegisteredSession(Protocol):
    """Whoever holds devices."""

    @property
    def state(self) -> SessionState:
        """Return what is held, awaited and owed."""

    async def async_drop_pending(self, entity_ids: Collection[str]) -> None:
        """Owe these devices no more: another holds them, and knows what was before."""


@dataclass(frozen=True, slots=True)
class OtherBedrooms:
    """What other bedrooms have to do with the devices of one."""

    records: tuple[SessionState, ...]

    def managing(self, entity_id: str) -> list[ManagedEntity]:
        """Return how others hold a device, as far as people have left it to them."""
        all_held = [held for record in self.records if (held := record.managed.get(entity_id)) is not None]
        return [held for held in all_held if not held.is_released]

    def restoring(self, entity_id: str) -> list[PendingRestore]:
        """Return what others have still to give back of a device."""
        return [owed for record in self.records if (owed := record.pending_restores.get(entity_id)) is not None]

    def needs(self, entity_id: str) -> bool:
        """Return whether another holds a device, or waits for it to come back."""
        return any(entity_id in record.awaiting for record in self.records) or bool(self.managing(entity_id))


class BedroomRegistry:
    """The bedrooms of a house. They know each other's contexts, so that none takes another for a person."""

    def __init__(self) -> None:
        """Begin empty."""
        self.contexts: dict[str, RegisteredSession] = {}
        self._holders: dict[str, RegisteredSession] = {}
        self._left: dict[str, SessionState] = {}

    def register(self, entry_id: str, holder: RegisteredSession) -> None:
        """Let a bedroom take part."""
        self._holders[entry_id] = holder
        self._left.pop(entry_id, None)

    def unregister(self, entry_id: str) -> None:
        """Let a bedroom go: one that is loaded anew, or disabled, still holds what it held, until its night ends."""
        if (holder := self._holders.pop(entry_id, None)) is not None:
            self._left[entry_id] = holder.state

    def remove(self, entry_id: str) -> None:
        """Forget a bedroom that is gone for good."""
        self.unregister(entry_id)
        self._left.pop(entry_id, None)

    def create_context(self, holder: RegisteredSession, parent: Context | None = None) -> Context:
        """Return a context of ours for what a holder does, traced to what caused it."""
        context = Context(parent_id=parent.id if parent else None)
        self.contexts[context.id] = holder
        if len(self.contexts) > _REMEMBERED:
            del self.contexts[next(iter(self.contexts))]
        return context

    def others(self, holder: RegisteredSession, now: datetime) -> OtherBedrooms:
        """Return the other bedrooms as they are now."""
        others = [other.state for other in self._holders.values() if other is not holder]
        left = (record for record in self._left.values() if record.times is not None)
        others += [record for record in left if record.times and record.times.ends_at and now < record.times.ends_at]
        return OtherBedrooms(tuple(others))

    async def async_claim(self, holder: RegisteredSession, entity_ids: Collection[str]) -> None:
        """Let others owe these devices no more, once a holder has written down what was before."""
        for other in list(self._holders.values()):
            if other is not holder and not other.state.pending_restores.keys().isdisjoint(entity_ids):
                await other.async_drop_pending(entity_ids)
