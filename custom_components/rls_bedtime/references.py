"""What options refer to by entity id: these references follow when an entity is renamed."""

from collections.abc import Mapping
import re
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN


@callback
def async_follow_renames(hass: HomeAssistant) -> None:
    """Replace the ids of renamed entities in all bedrooms and sleepers, loaded or not.

    No bedroom is reloaded: what it uses is the same as before, and calls that arrive in a reload would be refused.
    """

    @callback
    def is_rename(data: Mapping[str, Any]) -> bool:
        return "old_entity_id" in data

    @callback
    def follow(event: Event[Any]) -> None:
        old, new = event.data["old_entity_id"], event.data["entity_id"]
        for entry in hass.config_entries.async_entries(DOMAIN):
            _rename(hass, entry, old, new)

    hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, follow, event_filter=is_rename)


def renamed(value: Any, old: str, new: str) -> Any:
    """Return options in which an entity has its new id, in lists with commas and in templates, too."""
    return _renamed(value, re.compile(rf"(?<![\w.]){re.escape(old)}(?![\w.]*\w)"), new)


@callback
def _rename(hass: HomeAssistant, entry: ConfigEntry[Any], old: str, new: str) -> None:
    for subentry in list(entry.subentries.values()):
        data = renamed(subentry.data, old, new)
        if data != subentry.data:
            hass.config_entries.async_update_subentry(entry, subentry, data=data)
    options = renamed(entry.options, old, new)
    if options != entry.options:
        hass.config_entries.async_update_entry(entry, options=options)


def _renamed(value: Any, pattern: re.Pattern[str], new: str) -> Any:
    if isinstance(value, str):
        return pattern.sub(new, value)
    if isinstance(value, Mapping):
        return {name: _renamed(each, pattern, new) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(each, pattern, new) for each in value]
    return value
