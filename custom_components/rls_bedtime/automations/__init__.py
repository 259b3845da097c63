"""What automations are made of: our triggers and conditions, on the factories of Home Assistant's helpers.

That interface still moves. Home Assistant imports all platforms of an integration at once, and one that cannot be
imported takes the repairs and the backup with it: so nothing of it is imported before it is asked for.
"""

from collections.abc import Iterable
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.importlib import async_import_module

from ..const import DOMAIN, LOGGER


async def async_load_types(hass: HomeAssistant, kind: str) -> dict[str, type[Any]]:
    """Return our `triggers` or `conditions`; none where Home Assistant's helpers are not as we know them."""
    try:
        module = await async_import_module(hass, f"{__package__}.{kind}")
    except (ImportError, AttributeError, TypeError) as error:
        LOGGER.warning("Automations have to do without the %s of RLS Bedtime: %r", kind, error)
        return {}
    offered: dict[str, type[Any]] = module.OFFERED
    return offered


@callback
def async_filter_entities(hass: HomeAssistant, entity_ids: Iterable[str], key: str) -> set[str]:
    """Return those of some entities that are ours, and are this one of a bedroom or of a sleeper."""
    entries = er.async_get(hass).entities
    return {
        entity_id
        for entity_id in entity_ids
        if (entry := entries.get(entity_id)) is not None and entry.platform == DOMAIN and entry.translation_key == key
    }
