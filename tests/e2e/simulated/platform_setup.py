"""The setup of a platform, which is the same for each."""

from collections.abc import Awaitable, Callable

from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from . import SimulatedConfigEntry


def setup_entry_of(
    domain: str,
) -> Callable[[HomeAssistant, SimulatedConfigEntry, AddConfigEntryEntitiesCallback], Awaitable[None]]:
    """Return the setup of a platform: it adds the devices of a domain."""

    async def async_setup_entry(
        _hass: HomeAssistant, entry: SimulatedConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
    ) -> None:
        async_add_entities([each for each in entry.runtime_data if each.domain == domain])

    return async_setup_entry
