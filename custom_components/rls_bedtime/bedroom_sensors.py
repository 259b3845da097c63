"""The sensors that measure a bedroom: those that its area names, else those that are in it."""

from collections.abc import Iterator, Mapping
import re
from typing import Final

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN, SensorDeviceClass
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er

_DEVICE_CLASSES: Final[Mapping[str, str]] = {
    "temperature": SensorDeviceClass.TEMPERATURE,
    "humidity": SensorDeviceClass.HUMIDITY,
    "illuminance": SensorDeviceClass.ILLUMINANCE,
}
"""The device class of the sensors, by what is measured."""

_NOT_OF_THE_ROOM: Final = re.compile(
    r"(?<![a-z])(?:apparent|aquarium|battery|board|body|boiler|chip|cpu|device|dew|disk|drive|feels|flow|forecast"
    r"|freezer|fridge|frost|gpu|heat[_ ]index|humidex|mattress|motherboard|mold|mould|nvme|outdoor|outside|oven"
    r"|perceived|processor|setpoint|simmer|skin|soc|soil|ssd|target|terrarium|water|weather"
    r"|wind[_ ]chill)(?![a-z])"
)
"""Words in the names of sensors that are in a bedroom, but do not measure the room: its things, or how it feels."""

_CALCULATING_PLATFORMS: Final = frozenset({"mold_indicator", "thermal_comfort"})
"""Integrations that add to the device of a sensor what they calculate from it, with names of any language."""


@callback
def async_get_bedroom_sensors(hass: HomeAssistant, area_id: str | None) -> dict[str, list[str]]:
    """Return the sensors of an area, by what they measure; only those that the area names, if it names one."""
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    if area is None:
        return {}
    named = {"temperature": area.temperature_entity_id, "humidity": area.humidity_entity_id}
    entities = [each for each in _entities_in(hass, area.id) if _is_of_the_room(hass, each)]
    found = {
        measurement: [entity_id]
        if (entity_id := named.get(measurement))
        else [each.entity_id for each in entities if (each.device_class or each.original_device_class) == device_class]
        for measurement, device_class in _DEVICE_CLASSES.items()
    }
    return {measurement: entity_ids for measurement, entity_ids in found.items() if entity_ids}


def _entities_in(hass: HomeAssistant, area_id: str) -> Iterator[er.RegistryEntry]:
    """Yield the entities in an area, themselves or with their device."""
    entities = er.async_get(hass)
    yield from er.async_entries_for_area(entities, area_id)
    for device in dr.async_entries_for_area(dr.async_get(hass), area_id):
        yield from (each for each in er.async_entries_for_device(entities, device.id) if each.area_id is None)


def _is_of_the_room(hass: HomeAssistant, entity: er.RegistryEntry) -> bool:
    """Return whether a sensor may measure the room, and not what a device or a service is about."""
    if entity.domain != SENSOR_DOMAIN or entity.entity_category or entity.disabled_by or entity.hidden_by:
        return False
    if entity.platform in _CALCULATING_PLATFORMS:
        return False
    device = dr.async_get(hass).async_get(entity.device_id) if entity.device_id else None
    if isinstance(device, dr.DeviceEntry) and device.entry_type is dr.DeviceEntryType.SERVICE:
        return False
    names = (entity.entity_id, entity.translation_key, entity.original_name)
    return not any(_NOT_OF_THE_ROOM.search(name.lower()) for name in names if name)
