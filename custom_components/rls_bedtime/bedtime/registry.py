"""What the bedrooms of a house share: whose contexts are ours, and who holds, or owes, which device."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from homeassistant.core import Context

from .managed_entity import ManagedEntity, PendingRestore
from .session_state import Record

_REMEMBERED: Final = 5_000
"""How many of our contexts are remembered: a night of fades in several bedrooms has some hundreds."""


class Holder(Protocol):
    """Whoever holds devices."""

    @property
    def record(self) -> Record:
        """Return what is held, awaited and owed."""

    async def async_forgive(self, entity_ids: Collection[str]) -> None:
        """Owe these devices no more: another holds them, and knows what was before."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What other bedrooms have to do with the devices of one."""

    records: tuple[Record, ...]

    def holding(self, entity_id: str) -> list[ManagedEntity]:
        """Return how others hold a device, as far as people have left it to them."""
        all_held = [held for record in self.records if (held := record.held.get(entity_id)) is not None]
        return [held for held in all_held if not held.is_released]

    def owing(self, entity_id: str) -> list[PendingRestore]:
        """Return what others have still to give back of a device."""
        return [owed for record in self.records if (owed := record.owed.get(entity_id)) is not None]

    def want(self, entity_id: str) -> bool:
        """Return whether another holds a device, or waits for it to come back."""
        return any(entity_id in record.awaited for record in self.records) or bool(self.holding(entity_id))


class House:
    """The bedrooms of a house. They know each other's contexts, so that none takes another for a person."""

    def __init__(self) -> None:
        """Begin empty."""
        self.contexts: dict[str, Holder] = {}
        self._holders: dict[str, Holder] = {}
        self._left: dict[str, Record] = {}

    def enter(self, entry_id: str, holder: Holder) -> None:
        """Let a bedroom take part."""
        self._holders[entry_id] = holder
        self._left.pop(entry_id, None)

    def leave(self, entry_id: str) -> None:
        """Let a bedroom go: one that is loaded anew, or disabled, still holds what it held, until its night ends."""
        if (holder := self._holders.pop(entry_id, None)) is not None:
            self._left[entry_id] = holder.record

    def forget(self, entry_id: str) -> None:
        """Forget a bedroom that is gone for good."""
        self.leave(entry_id)
        self._left.pop(entry_id, None)

    def context(self, holder: Holder, parent: Context | None = None) -> Context:
        """Return a context of ours for what a holder does, traced to what caused it."""
        context = Context(parent_id=parent.id if parent else None)
        self.contexts[context.id] = holder
        if len(self.contexts) > _REMEMBERED:
            del self.contexts[next(iter(self.contexts))]
        return context

    def neighbours(self, holder: Holder, now: datetime) -> Neighbours:
        """Return the other bedrooms as they are now."""
        others = [other.record for other in self._holders.values() if other is not holder]
        left = (record for record in self._left.values() if record.night is not None)
        others += [record for record in left if record.night and record.night.ends_at and now < record.night.ends_at]
        return Neighbours(tuple(others))

    async def async_take_over(self, holder: Holder, entity_ids: Collection[str]) -> None:
        """Let others owe these devices no more, once a holder has written down what was before."""
        for other in list(self._holders.values()):
            if other is not holder and not other.record.owed.keys().isdisjoint(entity_ids):
                await other.async_forgive(entity_ids)
