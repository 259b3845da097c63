"""What the parts of a session know of it."""

import asyncio
from collections.abc import Collection
from typing import Protocol

from homeassistant.core import callback

from ..command import Moment
from ..plan import Plan
from ..session_state import Phase, Record


class Night(Protocol):
    """A session, as its parts know it."""

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

    def moment(self) -> Moment | None:
        """Return how far the night is, if there is one."""

    async def async_become(self, record: Record, *, or_refuse: bool = False) -> None:
        """Write a record down, and let it be so."""

    def remember(self, record: Record) -> None:
        """Let a record be so, which is written down with the next."""

    async def async_forgive(self, entity_ids: Collection[str]) -> None:
        """Owe these devices no more."""

    @callback
    def async_wait(self) -> None:
        """Wait anew, and tell the listeners: there is news."""
