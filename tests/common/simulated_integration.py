"""Adds simulated devices to a Home Assistant of the tests."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)

from .devices import DOMAIN, Device


async def async_add_devices(hass: HomeAssistant, *devices: Device) -> ConfigEntry:
    """Add devices to Home Assistant through a config entry, and return it."""
    # It cannot be unloaded: at the end of a test all entries are, and sessions would see their devices go.
    mock_integration(hass, MockModule(DOMAIN, async_setup_entry=_async_setup_entry))
    mock_platform(hass, f"{DOMAIN}.config_flow", MockPlatform())
    entry = MockConfigEntry(domain=DOMAIN)
    entry.runtime_data = {}
    for device in devices:
        entry.runtime_data.setdefault(device.domain, []).append(device)
    for domain in entry.runtime_data:
        mock_platform(hass, f"{DOMAIN}.{domain}", _platform(domain))
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


async def _async_setup_entry(hass: HomeAssistant, entry: ConfigEntry[dict[str, list[Device]]]) -> bool:
    await hass.config_entries.async_forward_entry_setups(entry, entry.runtime_data)
    return True


def _platform(domain: str) -> MockPlatform:
    async def async_setup_entry(
        hass: HomeAssistant,
        entry: ConfigEntry[dict[str, list[Device]]],
        async_add_entities: AddEntitiesCallback,
    ) -> None:
        async_add_entities(entry.runtime_data[domain])

    return MockPlatform(async_setup_entry=async_setup_entry)
