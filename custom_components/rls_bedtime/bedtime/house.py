"""What the bedrooms of a house share: whose contexts are ours, and who holds which device."""

from collections.abc import Iterator, Mapping
from typing import Final, Protocol

from homeassistant.core import Context

from .record import Held

_REMEMBERED: Final = 5_000
"""How many of our contexts are remembered: a night of fades in several bedrooms has some hundreds."""


class Holder(Protocol):
    """Whoever holds devices."""

    @property
    def held(self) -> Mapping[str, Held]:
        """Return what is held, by entity id."""


class House:
    """The bedrooms of a house. They know each other's contexts, so that none takes another for a person."""

    def __init__(self) -> None:
        """Begin empty."""
        self.contexts: dict[str, Holder] = {}
        self.holders: set[Holder] = set()

    def context(self, holder: Holder, parent: Context | None = None) -> Context:
        """Return a context of ours for what a holder does, traced to what caused it."""
        context = Context(parent_id=parent.id if parent else None)
        self.contexts[context.id] = holder
        if len(self.contexts) > _REMEMBERED:
            del self.contexts[next(iter(self.contexts))]
        return context

    def others(self, holder: Holder, entity_id: str) -> Iterator[Held]:
        """Yield how others hold a device, as far as people have left it to them."""
        for other in self.holders:
            if other is not holder and (held := other.held.get(entity_id)) is not None and not held.is_theirs:
                yield held
