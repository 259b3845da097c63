"""Base entities of bedrooms and sleepers."""

from typing import Any, override

from homeassistant.const import EntityCategory
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import BedtimeConfigEntry, SleeperCoordinator
from .unique_ids import bedroom_unique_id, sleeper_unique_id


class BedroomEntity(Entity):
    """An entity of a bedroom; its state is read from the session."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: BedtimeConfigEntry, description: EntityDescription) -> None:
        self.entity_description = description
        self._entry = entry
        self._session = entry.runtime_data.session
        self._attr_unique_id = bedroom_unique_id(entry.entry_id, description.key)
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, entry.entry_id)},
            entry_type=DeviceEntryType.SERVICE,
            name=entry.title,
        )

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self._session.async_add_listener(self.async_write_ha_state))


class OptionEntity(BedroomEntity):
    """An entity of a bedroom that edits one of its options, which the session adopts without a reload."""

    _attr_entity_category = EntityCategory.CONFIG

    async def _async_set(self, option: str, value: Any) -> None:
        """Edit an option. The session has adopted it when this returns."""
        self.hass.config_entries.async_update_entry(self._entry, options={**self._entry.options, option: value})
        await self._entry.runtime_data.async_wait_for_options()


class SleeperEntity(CoordinatorEntity[SleeperCoordinator]):
    """An entity of a sleeper; its state is read from the coordinator."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: SleeperCoordinator, description: EntityDescription) -> None:
        super().__init__(coordinator)
        self.entity_description = description
        subentry = coordinator.subentry
        self._attr_unique_id = sleeper_unique_id(subentry.subentry_id, description.key)
        self._attr_device_info = DeviceInfo(
            identifiers={(DOMAIN, subentry.subentry_id)},
            entry_type=DeviceEntryType.SERVICE,
            name=subentry.title,
        )
