"""The conditions for automations."""

from typing import Any

from homeassistant.core import HomeAssistant

from .automations import async_load_types


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Any]]:
    """Return the conditions by key."""
    return await async_load_types(hass, "conditions")
