"""Triggers and conditions for automations, built on the base classes in Home Assistant's helpers.

Those base classes still change between releases. Home Assistant imports all platforms of an integration at once, and
one that fails to import takes repairs and backup with it, so the modules here are only imported when they are needed.
"""

from collections.abc import Iterable
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.importlib import async_import_module

from ..const import DOMAIN, LOGGER


async def async_load_types(hass: HomeAssistant, kind: str) -> dict[str, type[Any]]:
    """Return our `triggers` or `conditions` by key; none if Home Assistant's helpers are not as expected."""
    try:
        module = await async_import_module(hass, f"{__package__}.{kind}")
    except (ImportError, AttributeError, TypeError) as error:
        LOGGER.warning("The %s of RLS Bedtime are not available to automations: %r", kind, error)
        return {}
    types: dict[str, type[Any]] = module.AUTOMATION_TYPES
    return types


@callback
def async_filter_entities(hass: HomeAssistant, entity_ids: Iterable[str], key: str) -> set[str]:
    """Return those of the entities that are ours and have this key."""
    entries = er.async_get(hass).entities
    return {
        entity_id
        for entity_id in entity_ids
        if (entry := entries.get(entity_id)) is not None and entry.platform == DOMAIN and entry.translation_key == key
    }
