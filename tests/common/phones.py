"""Phones with the companion app: Home Assistant's own mobile_app, with a local push channel that records messages."""

from dataclasses import dataclass
from typing import Any

from homeassistant.components.mobile_app.const import DATA_PUSH_CHANNEL, DOMAIN
from homeassistant.components.mobile_app.push_notification import PushChannel
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that is registered with Home Assistant, and the messages that were pushed to it."""

    entry: MockConfigEntry
    device_id: str
    messages: list[dict[str, Any]]


async def add_phone(hass: HomeAssistant, name: str, os_name: str, app_id: str | None = None) -> Phone:
    """Register a phone. Its app id tells phones of the same name apart."""
    identity = app_id or name
    user = await hass.auth.async_create_user(name)
    data = {
        "app_data": {"push_websocket_channel": True},
        "app_id": "io.example.companion",
        "app_name": "Companion",
        "app_version": "1",
        "device_id": identity,
        "device_name": name,
        "manufacturer": "Apple" if os_name == "iOS" else "Google",
        "model": "Phone",
        "os_name": os_name,
        "os_version": "1",
        "supports_encryption": False,
        "user_id": user.id,
        "webhook_id": f"webhook_{identity}",
    }
    assert await async_setup_component(hass, DOMAIN, {})
    entry = MockConfigEntry(domain=DOMAIN, title=name, unique_id=identity, data=data)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    messages: list[dict[str, Any]] = []
    hass.data[DOMAIN][DATA_PUSH_CHANNEL][data["webhook_id"]] = PushChannel(
        hass, str(data["webhook_id"]), support_confirm=False, send_message=messages.append, on_teardown=lambda: None
    )
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, identity), entry.entry_id)
    assert device is not None
    return Phone(entry, device.id, messages)
