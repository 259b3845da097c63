"""A session of the simulated bedroom, and the time that passes over it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import Context, CoreState, HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockUser, async_fire_time_changed

from custom_components.rls_bedtime.bedtime.plan import Plan
from custom_components.rls_bedtime.bedtime.registry import BedroomRegistry
from custom_components.rls_bedtime.bedtime.session import Session

from ..common.bedroom import Bedroom
from ..common.home import OPTIONS


class Nights:
    """Sessions that come and go over the simulated bedroom, and the clock."""

    def __init__(self, hass: HomeAssistant, bedroom: Bedroom, freezer: FrozenDateTimeFactory) -> None:
        """Begin at eight in the evening of a day in November, in California."""
        self.hass = hass
        self.bedroom = bedroom
        self.freezer = freezer
        self.house = BedroomRegistry()
        self.sessions: list[Session] = []

    async def session(self, entry_id: str = "bedroom", **options: Any) -> Session:
        """Return the session of a bedroom, loaded."""
        session = Session(self.hass, entry_id, Plan.from_options(OPTIONS | options), self.house)
        self.sessions.append(session)
        await session.async_load()
        await self.hass.async_block_till_done()
        return session

    async def restart(self, session: Session, down: timedelta = timedelta(), **options: Any) -> Session:
        """Return the session after Home Assistant was down for so long."""
        await self.leave(session)
        return await self.boot(down, session._entry_id, **options)  # noqa: SLF001 - the same bedroom again

    async def boot(self, down: timedelta, entry_id: str = "bedroom", **options: Any) -> Session:
        """Return the session of a bedroom as Home Assistant starts, after it was down for so long."""
        self.freezer.tick(down)
        self.hass.set_state(CoreState.starting)
        again = await self.session(entry_id, **options)
        self.hass.set_state(CoreState.running)
        self.hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
        await self.hass.async_block_till_done()
        return again

    async def leave(self, session: Session) -> None:
        """Unload a session."""
        self.sessions.remove(session)
        await session.async_unload()
        await self.hass.async_block_till_done()

    async def at(self, when: str) -> None:
        """Let time pass until a moment: "22:30", or with a date before it."""
        day, _, time = when.rpartition(" ")
        await self._until(f"{day or '2026-11-23'} {time}-08:00")

    async def after(self, **delta: float) -> None:
        """Let time pass."""
        self.freezer.tick(timedelta(**delta))
        await self._fire()

    async def _until(self, when: str) -> None:
        self.freezer.move_to(when)
        await self._fire()

    async def _fire(self) -> None:
        async_fire_time_changed(self.hass)
        await self.hass.async_block_till_done()


@pytest.fixture
async def nights(hass: HomeAssistant, bedroom: Bedroom, freezer: FrozenDateTimeFactory) -> AsyncIterator[Nights]:
    """Return the nights of the simulated bedroom."""
    freezer.move_to("2026-11-23 20:00-08:00")
    nights = Nights(hass, bedroom, freezer)
    yield nights
    for session in list(nights.sessions):
        await nights.leave(session)


@pytest.fixture
def person(hass: HomeAssistant, hass_admin_user: MockUser) -> Callable[..., Awaitable[None]]:
    """Return someone who uses the house: with an action, an entity, and data."""

    async def act(action: str, entity_id: str, **data: Any) -> None:
        domain, service = action.split(".")
        context = Context(user_id=hass_admin_user.id)
        await hass.services.async_call(
            domain, service, {"entity_id": entity_id, **data}, blocking=True, context=context
        )
        await hass.async_block_till_done()

    return act
