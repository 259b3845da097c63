"""The triggers for automations."""

from typing import Any

from homeassistant.core import HomeAssistant

from .automations import async_load_types


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Any]]:
    """Return the triggers by key."""
    return await async_load_types(hass, "triggers")
