"""The event entity of a sleeper: what happens to their episodes."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import BedtimeConfigEntry, EpisodeEvent
from .diary.models import Episode
from .entity import SleeperEntity

PARALLEL_UPDATES = 0

EPISODE = EventEntityDescription(key="episode", translation_key="episode", event_types=list(EpisodeEvent))


async def async_setup_entry(
    _hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the event entity of each sleeper."""
    for subentry_id, coordinator in entry.runtime_data.sleepers.items():
        async_add_entities([EpisodeEventEntity(coordinator, EPISODE)], config_subentry_id=subentry_id)


class EpisodeEventEntity(SleeperEntity, EventEntity):
    """Fires when an episode is logged, ended, updated or deleted. Its details stay in the diary."""

    @property
    @override
    def available(self) -> bool:
        # An event entity that becomes unavailable and returns looks like a new event to automations.
        return True

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.async_add_episode_listener(self._handle_episode_event))

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        """Do nothing: updated statistics are not events."""

    @callback
    def _handle_episode_event(self, event: EpisodeEvent, episode: Episode, context: Context | None) -> None:
        self._trigger_event(event, {"episode_id": episode.id, "severity": episode.severity})
        self._attribute_state(context)
        self.async_write_ha_state()
