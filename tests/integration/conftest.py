"""Sessions of the simulated bedroom, run without a config entry."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.rls_bedtime.bedtime.plan import Plan
from custom_components.rls_bedtime.bedtime.registry import BedroomRegistry
from custom_components.rls_bedtime.bedtime.session import Session

from ..common.bedroom import Bedroom
from ..common.home import OPTIONS, Home


class SessionHome(Home):
    """A home whose sessions are loaded and unloaded by the tests."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, user: MockUser) -> None:
        super().__init__(hass, freezer, user)
        self.registry = BedroomRegistry()
        self.sessions: list[Session] = []

    async def session(self, entry_id: str = "bedroom", **options: Any) -> Session:
        """Return the session of a bedroom, loaded."""
        session = Session(self.hass, entry_id, Plan.from_options(OPTIONS | options), self.registry)
        self.sessions.append(session)
        await session.async_load()
        await self.hass.async_block_till_done()
        return session

    async def restart_session(self, session: Session, down: timedelta = timedelta(), **options: Any) -> Session:
        """Return the session after Home Assistant was down for so long."""
        await self.unload_session(session)
        return await self.boot_session(down, session._entry_id, **options)  # noqa: SLF001 - the same bedroom again

    async def boot_session(self, down: timedelta, entry_id: str = "bedroom", **options: Any) -> Session:
        """Return the session of a bedroom as Home Assistant starts, after it was down for so long."""
        self.freezer.tick(down)
        self.hass.set_state(CoreState.starting)
        session = await self.session(entry_id, **options)
        self.hass.set_state(CoreState.running)
        self.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
        await self.hass.async_block_till_done()
        return session

    async def unload_session(self, session: Session) -> None:
        """Unload a session."""
        self.sessions.remove(session)
        await session.async_unload()
        await self.hass.async_block_till_done()


@pytest.fixture
async def nights(
    hass: HomeAssistant, bedroom: Bedroom, freezer: FrozenDateTimeFactory, hass_admin_user: MockUser
) -> AsyncIterator[SessionHome]:
    """Return a home with the simulated bedroom, at eight in the evening of 23 November 2026, in California."""
    freezer.move_to("2026-11-23 20:00-08:00")
    home = SessionHome(hass, freezer, hass_admin_user)
    yield home
    for session in list(home.sessions):
        await home.unload_session(session)


@pytest.fixture
def person(nights: SessionHome) -> Callable[..., Awaitable[None]]:
    """Return what calls an action as the user: with an action, an entity and data."""
    return nights.act
