"""What the tests share: a house with a simulated bedroom, and the integration in it."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.rls_bedtime.const import DOMAIN, SUBENTRY_SLEEPER

from .bedroom import Bedroom

OPTIONS: dict[str, Any] = {
    "lights": {"entity_id": ["light.lamp", "light.ceiling"]},
    "climate": {"entity_id": ["climate.thermostat"]},
    "screens": {"entity_id": ["media_player.tv"]},
    "covers": {"entity_id": ["cover.blind"]},
    "bedtime": "22:30:00",
    "wake_up": "07:00:00",
    "wind_down": 45,
    "automatic": False,
}


def sleeper(name: str, person: str | None = None) -> ConfigSubentry:
    """Return a sleeper's subentry."""
    data = MappingProxyType({"person": person} if person else {})
    return ConfigSubentry(data=data, subentry_type=SUBENTRY_SLEEPER, title=name, unique_id=None)


def bedroom_entry(name: str = "Bedroom", *sleepers: ConfigSubentry, **options: Any) -> MockConfigEntry:
    """Return the entry of a bedroom."""
    entry = MockConfigEntry(domain=DOMAIN, title=name, unique_id=name.lower(), options=OPTIONS | options)
    object.__setattr__(entry, "subentries", MappingProxyType({each.subentry_id: each for each in sleepers}))
    return entry


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> MockConfigEntry:
    """Add an entry and load it."""
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


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
