"""What a bedroom manages is chosen as entities, devices, areas, floors or labels."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.rls_bedtime.bedtime.devices.targets import async_get_called_entities

from ..common.bedroom import lamp
from ..common.devices import Cover
from ..common.home import Home


@pytest.mark.parametrize("by", ["area", "floor", "label", "device"])
async def test_a_target_may_be_an_area_a_floor_a_label_or_a_device(home: Home, by: str) -> None:
    light, other = lamp(), lamp("other")
    await home.add_devices(light, other)
    floor = fr.async_get(home.hass).async_create("Upstairs")
    area = ar.async_get(home.hass).async_create("Bedroom", floor_id=floor.floor_id)
    label = lr.async_get(home.hass).async_create("Night")
    owner = MockConfigEntry(domain="lamps")
    owner.add_to_hass(home.hass)
    device = dr.async_get(home.hass).async_get_or_create(config_entry_id=owner.entry_id, identifiers={("lamps", "1")})
    changes: dict[str, dict[str, Any]] = {
        "area": {"area_id": area.id},
        "floor": {"area_id": area.id},
        "label": {"labels": {label.label_id}},
        "device": {"device_id": device.id},
    }
    er.async_get(home.hass).async_update_entity("light.lamp", **changes[by])
    target = {
        "area": {"area_id": [area.id]},
        "floor": {"floor_id": [floor.floor_id]},
        "label": {"label_id": [label.label_id]},
        "device": {"device_id": [device.id]},
    }[by]
    await home.configure(targets={"lights": target})
    assert (await home.call("start"))["entities"] == {"light.lamp": "done"}


async def test_a_light_added_to_the_area_is_managed_too(home: Home) -> None:
    area = ar.async_get(home.hass).async_create("Bedroom")
    light, new = lamp(), lamp("new")
    await home.add_devices(light, new)
    er.async_get(home.hass).async_update_entity("light.lamp", area_id=area.id)
    await home.configure(area=area.id, targets={"lights": {"area_id": [area.id]}})
    er.async_get(home.hass).async_update_entity("light.new", area_id=area.id)
    await home.settle()
    assert (await home.call("start"))["entities"] == {"light.lamp": "done", "light.new": "done"}


async def test_a_target_may_be_text(home: Home) -> None:
    light = lamp()
    await home.add_devices(light)
    await home.configure(targets={"lights": {"entity_id": "light.lamp"}})
    assert (await home.call("start"))["entities"] == {"light.lamp": "done"}


async def test_a_garage_door_of_an_area_is_not_managed(home: Home) -> None:
    area = ar.async_get(home.hass).async_create("Bedroom")
    door, blind = Cover("door", device_class="garage"), Cover("blind")
    await home.add_devices(door, blind)
    for each in (door, blind):
        er.async_get(home.hass).async_update_entity(each.entity_id, area_id=area.id)
    await home.configure(targets={"covers": {"area_id": [area.id]}})
    assert (await home.call("start"))["entities"] == {"cover.blind": "done"}


async def test_the_target_of_a_call_is_read_as_its_action_will_read_it(hass: HomeAssistant) -> None:
    area = ar.async_get(hass).async_create("Bedroom")
    entry = er.async_get(hass).async_get_or_create("light", "test", "lamp", suggested_object_id="lamp")
    er.async_get(hass).async_update_entity(entry.entity_id, area_id=area.id)

    called = async_get_called_entities(hass, {"entity_id": "Light.A, light.b", "area_id": area.id, "brightness": 5})
    assert called == {"light.a", "light.b", "light.lamp"}
    excluding = {"area_id": [area.id], "entity_id": ["light.a", 5], "exclude": {"entity_id": "light.lamp"}}
    assert async_get_called_entities(hass, excluding) >= {"light.a"}
    assert async_get_called_entities(hass, {"entity_id": {"no": "id"}, "exclude": "none"}) == set()
