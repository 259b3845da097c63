"""What the parts of a session know of it."""

import asyncio
from collections.abc import Collection
from typing import Protocol

from homeassistant.core import callback

from ..command import NightProgress
from ..plan import Plan
from ..session_state import Phase, SessionState


class SessionContext(Protocol):
    """A session, as its parts know it."""

    lock: asyncio.Lock

    @property
    def plan(self) -> Plan:
        """Return what the user wants."""

    @property
    def state(self) -> SessionState:
        """Return what is remembered."""

    @property
    def phase(self) -> Phase:
        """Return where the night is."""

    def progress(self) -> NightProgress | None:
        """Return how far the night is, if there is one."""

    async def async_commit(self, record: SessionState, *, or_refuse: bool = False) -> None:
        """Write a record down, and let it be so."""

    def stage(self, record: SessionState) -> None:
        """Let a record be so, which is written down with the next."""

    async def async_drop_pending(self, entity_ids: Collection[str]) -> None:
        """Owe these devices no more."""

    @callback
    def async_schedule_next(self) -> None:
        """Wait anew, and tell the listeners: there is news."""
