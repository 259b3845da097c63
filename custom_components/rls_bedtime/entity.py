"""Base entities of bedrooms and sleepers."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final, NamedTuple, override

from homeassistant.components.websocket_api import current_connection
from homeassistant.const import EntityCategory
from homeassistant.core import Context, callback
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity
from homeassistant.loader import async_get_loaded_integration

from .actions.permissions import ConfiguredSleeper, Permission, async_check_permission
from .bedtime.plan import Plan
from .const import DOMAIN
from .coordinator import BedtimeConfigEntry, SleeperCoordinator
from .diary.models import Request
from .unique_ids import bedroom_unique_id, sleeper_unique_id

BEDROOM_MODEL: Final = "Bedroom"
SLEEPER_MODEL: Final = "Sleeper"
"""The models of the devices. Home Assistant does not translate models, and a selector may filter by them."""

DASHBOARDS_URL: Final = "homeassistant://config/lovelace/dashboards"
"""Where the dashboard is added, which is what one looks for on the page of a device."""


class Device(NamedTuple):
    """The device of an entity: its identifier, its model and its name."""

    identifier: str
    model: str
    name: str


class BedtimeEntity(Entity):
    """An entity of ours. Its id follows its key, so that it is the same in every language and whatever its name."""

    _attr_has_entity_name = True
    _device: Device

    @property
    @override
    def suggested_object_id(self) -> str:
        return self.entity_description.key

    @property
    @override
    def device_info(self) -> DeviceInfo:
        version = async_get_loaded_integration(self.hass, DOMAIN).version
        return DeviceInfo(
            configuration_url=DASHBOARDS_URL,
            entry_type=DeviceEntryType.SERVICE,
            identifiers={(DOMAIN, self._device.identifier)},
            model=self._device.model,
            name=self._device.name,
            sw_version=None if version is None else str(version),
        )


class BedroomEntity(BedtimeEntity):
    """An entity of a bedroom; its state is read from the session."""

    _attr_should_poll = False

    def __init__(self, entry: BedtimeConfigEntry, description: EntityDescription) -> None:
        self.entity_description = description
        self._entry = entry
        self._session = entry.runtime_data.session
        self._attr_unique_id = bedroom_unique_id(entry.entry_id, description.key)
        self._device = Device(entry.entry_id, BEDROOM_MODEL, entry.title)

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self._session.async_add_listener(self._session_updated))

    @callback
    def _session_updated(self) -> None:
        self.async_write_ha_state()


class OptionEntity(BedroomEntity):
    """An entity of a bedroom that edits one of its options, which the session adopts without a reload."""

    _attr_entity_category = EntityCategory.CONFIG
    _written: Mapping[str, Any] | None = None

    @property
    def _plan(self) -> Plan:
        """Return what the options say. That of the session may contain what an experiment sets tonight."""
        return Plan.from_options(self._entry.options)

    @override
    @callback
    def _session_updated(self) -> None:
        # The session updates with each change of a device, which means nothing to an option.
        if self._written is not self._entry.options:
            self._written = self._entry.options
            self.async_write_ha_state()

    async def _async_set(self, option: str, value: Any) -> None:
        """Edit an option. The session has adopted it when this returns."""
        self.hass.config_entries.async_update_entry(self._entry, options={**self._entry.options, option: value})
        await self._entry.runtime_data.async_wait_for_options()


_CALL_CONTEXT: Final[ContextVar[Context | None]] = ContextVar("call_context", default=None)
"""The context of the action on an entity that is being run."""


class SleeperEntity(CoordinatorEntity[SleeperCoordinator], BedtimeEntity):
    """An entity of a sleeper; its state is read from the coordinator."""

    def __init__(self, coordinator: SleeperCoordinator, description: EntityDescription) -> None:
        super().__init__(coordinator)
        self.entity_description = description
        subentry = coordinator.subentry
        self._attr_unique_id = sleeper_unique_id(subentry.subentry_id, description.key)
        self._device = Device(subentry.subentry_id, SLEEPER_MODEL, subentry.title)

    @property
    def call_context(self) -> Context | None:
        """Return in whose name the entity is being called: by an action, else by the user of a websocket connection.

        The context that Home Assistant keeps in an entity is no answer: it may be that of the call before.
        """
        if (context := _CALL_CONTEXT.get()) is not None:
            return context
        connection = current_connection.get()
        return None if connection is None else Context(user_id=connection.user.id)

    @property
    def call_origin(self) -> Request:
        """Return the origin of the call, by which the diary recognizes a repeat."""
        context = self.call_context
        return Request(user=None if context is None else context.user_id)

    async def async_check_permission(self, permission: Permission) -> None:
        """Raise an error if the user who calls the entity may not do something with the diary."""
        sleeper = ConfiguredSleeper(self.coordinator.config_entry, self.coordinator.subentry)
        await async_check_permission(self.hass, sleeper, self.call_context, permission)

    @callback
    @override
    def async_set_context(self, context: Context) -> None:
        super().async_set_context(context)
        _CALL_CONTEXT.set(context)

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._attribute_state(None)
        super()._handle_coordinator_update()

    @callback
    def _attribute_state(self, context: Context | None) -> None:
        """Attribute the next state to a user, or to nobody: whoever called the entity last may not have changed it."""
        super().async_set_context(context or Context())
