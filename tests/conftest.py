"""Fixtures that the tests share: a simulated home with a bedroom, and the integration in it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from .common.bedroom import Bedroom
from .common.home import Home, bedroom_entry, set_up, sleeper
from .common.storage import SlowStorage


@pytest.fixture
def evening(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Begin at eight in the evening, in California, and return what moves the clock."""
    freezer.move_to("2026-11-23 20:00-08:00")
    return freezer


@pytest.fixture
def night(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Be awake at 3:12 of the same night, and return what moves the clock."""
    freezer.move_to("2026-11-24 03:12-08:00")
    return freezer


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Give each test a configuration folder of its own: the diary is a real file."""
    return str(tmp_path)


@pytest.fixture(autouse=True)
def _find_our_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant load us."""


@pytest.fixture
async def bedroom(hass: HomeAssistant) -> Bedroom:
    """Return the devices of a bedroom, added to Home Assistant."""
    devices = Bedroom()
    await devices.async_set_up(hass)
    return devices


@pytest.fixture
async def entry(hass: HomeAssistant, bedroom: Bedroom) -> MockConfigEntry:
    """Return a loaded bedroom with one sleeper."""
    return await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))


@pytest.fixture
async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_admin_user: MockUser) -> Home:
    """Return a home at eight in the evening of 23 November 2026, in California."""
    freezer.move_to("2026-11-23 20:00-08:00")
    return Home(hass, freezer, hass_admin_user)


@pytest.fixture
async def slow_storage(hass: HomeAssistant, hass_storage: dict[str, Any]) -> AsyncIterator[SlowStorage]:
    """Let every save to Home Assistant's storage take its time."""
    storage = SlowStorage()
    # Not with monkeypatch, which may be undone after the mocked storage: it would put that back for good.
    with storage.installed(hass):
        yield storage
