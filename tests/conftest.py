"""What the tests share: a house with a simulated bedroom, and the integration in it."""

from pathlib import Path

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .common.bedroom import Bedroom
from .common.home import bedroom_entry, set_up, sleeper


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
    """Give each house a folder of its own: the diary is a real file."""
    return str(tmp_path)


@pytest.fixture(autouse=True)
def _find_our_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant load us."""


@pytest.fixture
async def bedroom(hass: HomeAssistant) -> Bedroom:
    """Return the devices of a bedroom, in the house."""
    devices = Bedroom()
    await devices.async_set_up(hass)
    return devices


@pytest.fixture
async def entry(hass: HomeAssistant, bedroom: Bedroom) -> MockConfigEntry:
    """Return a loaded bedroom with one sleeper."""
    return await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
