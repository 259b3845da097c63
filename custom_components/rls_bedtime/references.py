"""What is configured by entity id: these references follow when an entity is renamed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
import re
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, Option

LIVE_OPTIONS = frozenset({Option.BEDTIME, Option.WAKE_UP, Option.WIND_DOWN, Option.AUTOMATIC})
"""Options that a loaded session adopts; any other change of a bedroom reloads its entry."""


@dataclass(frozen=True, slots=True)
class LoadedConfiguration:
    """What of a bedroom's configuration can only be changed by a reload: its title, sleepers and options."""

    title: str
    sleepers: Mapping[str, tuple[str, Mapping[str, Any]]]
    options: Mapping[str, Any]

    @classmethod
    def of(cls, entry: ConfigEntry[Any]) -> Self:
        """Return the configuration of an entry as it is now."""
        return cls(
            entry.title,
            # Copied, because Home Assistant changes subentries in place.
            {each.subentry_id: (each.title, dict(each.data)) for each in entry.subentries.values()},
            {option: value for option, value in entry.options.items() if option not in LIVE_OPTIONS},
        )

    def with_sleeper(self, subentry_id: str, data: Mapping[str, Any]) -> Self:
        """Return this with other data of a sleeper."""
        title, _ = self.sleepers[subentry_id]
        return replace(self, sleepers={**self.sleepers, subentry_id: (title, data)})


LOADED_CONFIGURATIONS: HassKey[dict[str, LoadedConfiguration]] = HassKey(f"{DOMAIN}.loaded_configurations")


@callback
def async_follow_renames(hass: HomeAssistant) -> None:
    """Replace the ids of renamed entities in all bedrooms and sleepers, loaded or not.

    The person of a sleeper is renamed without a reload: a tap that arrived in one would be refused.
    """

    @callback
    def is_rename(data: Mapping[str, Any]) -> bool:
        return "old_entity_id" in data

    @callback
    def follow(event: Event[Any]) -> None:
        for entry in hass.config_entries.async_entries(DOMAIN):
            _rename(hass, entry, event.data["old_entity_id"], event.data["entity_id"])

    hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, follow, event_filter=is_rename)


def renamed[T](value: T, old: str, new: str) -> T:
    """Return options in which an entity has its new id, in texts with commas and in templates, too."""
    result: T = _renamed(value, re.compile(rf"(?<![\w.]){re.escape(old)}(?!\.?\w)"), new)
    return result


@callback
def _rename(hass: HomeAssistant, entry: ConfigEntry[Any], old: str, new: str) -> None:
    loaded = hass.data[LOADED_CONFIGURATIONS]
    for subentry in list(entry.subentries.values()):
        data = renamed(dict(subentry.data), old, new)
        configuration = loaded.get(entry.entry_id)
        if configuration is not None and configuration.sleepers.get(subentry.subentry_id, ("", {}))[1] == subentry.data:
            # A person is looked up each time that they are needed.
            loaded[entry.entry_id] = configuration.with_sleeper(subentry.subentry_id, data)
        hass.config_entries.async_update_subentry(entry, subentry, data=data)
    hass.config_entries.async_update_entry(entry, options=renamed(dict(entry.options), old, new))


def _renamed(value: Any, pattern: re.Pattern[str], new: str) -> Any:
    if isinstance(value, str):
        return pattern.sub(new, value)
    if isinstance(value, Mapping):
        return {name: _renamed(each, pattern, new) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_renamed(each, pattern, new) for each in value)
    return value
