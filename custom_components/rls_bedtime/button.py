"""The buttons of a sleeper: one tap logs."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import BedtimeConfigEntry
from .diary.models import Entry
from .entity import SleeperEntity

PARALLEL_UPDATES = 0

LOG_EPISODE = ButtonEntityDescription(key="log_episode", translation_key="log_episode")


async def async_setup_entry(
    _hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the buttons of each sleeper."""
    for subentry_id, coordinator in entry.runtime_data.sleepers.items():
        async_add_entities([LogButton(coordinator, LOG_EPISODE)], config_subentry_id=subentry_id)


class LogButton(SleeperEntity, ButtonEntity):
    """Logs an episode that begins now."""

    @override
    async def async_press(self) -> None:
        await self.coordinator.async_log(Entry())
