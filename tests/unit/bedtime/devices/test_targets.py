"""Targets mean entities: of areas, devices, labels, floors and groups."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.rls_bedtime.bedtime.devices.targets import async_resolve
from custom_components.rls_bedtime.bedtime.plan import Kind

from ....common.bedroom import Bedroom


@pytest.fixture
def area(hass: HomeAssistant, bedroom: Bedroom) -> str:
    """Return the area in which all devices are."""
    floor = fr.async_get(hass).async_create("Upstairs")
    area = ar.async_get(hass).async_create("Bedroom", floor_id=floor.floor_id)
    for device in bedroom.devices:
        er.async_get(hass).async_update_entity(device.entity_id, area_id=area.id)
    return area.id


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (Kind.LIGHTS, {"light.lamp", "light.ceiling"}),
        (Kind.CLIMATE, {"climate.thermostat"}),
        (Kind.SCREENS, {"media_player.tv"}),
        (Kind.COVERS, {"cover.blind"}),
    ],
)
def test_an_area_means_what_it_has_of_a_kind(hass: HomeAssistant, area: str, kind: Kind, found: set[str]) -> None:
    assert set(async_resolve(hass, {kind: {"area_id": [area]}})) == found
    assert set(async_resolve(hass, {kind: {"floor_id": ["upstairs"]}})) == found


def test_a_label_means_what_bears_it_of_its_kind_only(hass: HomeAssistant, area: str) -> None:
    label = lr.async_get(hass).async_create("Night").label_id
    for entity_id in ("light.lamp", "media_player.tv"):
        er.async_get(hass).async_update_entity(entity_id, labels={label})

    assert async_resolve(hass, {Kind.LIGHTS: {"label_id": [label]}}) == {"light.lamp": Kind.LIGHTS}
    assert async_resolve(hass, {Kind.SCREENS: {"label_id": [label]}}) == {"media_player.tv": Kind.SCREENS}


@pytest.mark.parametrize("by", ["label_id", "device_id"])
def test_switches_remotes_and_windows_of_a_label_or_a_device_must_be_named(hass: HomeAssistant, by: str) -> None:
    entry = MockConfigEntry()
    entry.add_to_hass(hass)
    device = dr.async_get(hass).async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", "box")})
    label = lr.async_get(hass).async_create("Night").label_id
    dr.async_get(hass).async_update_device(device.id, labels={label})
    registry = er.async_get(hass)
    named = []
    for domain, device_class in (
        ("switch", None), ("remote", None), ("light", None), ("media_player", None), ("cover", "blind"),
        *(("cover", each) for each in ("damper", "door", "garage", "gate", "window")),
    ):  # fmt: skip
        name = f"{domain} {device_class}"
        details: dict[str, Any] = {"suggested_object_id": name, "original_device_class": device_class}
        entity_id = registry.async_get_or_create(domain, "test", name, device_id=device.id, **details).entity_id
        hass.states.async_set(entity_id, "on")
        named.append(entity_id)

    target = {by: [label if by == "label_id" else device.id]}
    found = async_resolve(hass, {Kind.SCREENS: target, Kind.COVERS: target})
    screens = {"entity_id": [each for each in named if not each.startswith("cover.")]}
    covers = {"entity_id": [each for each in named if each.startswith("cover.")]}

    assert set(found) == {"media_player.media_player_none", "cover.cover_blind"}
    assert set(async_resolve(hass, {Kind.SCREENS: screens, Kind.COVERS: covers})) == set(named)


@pytest.mark.usefixtures("bedroom")
async def test_groups_mean_their_members_however_deep(hass: HomeAssistant) -> None:
    groups = {
        "inner": {"entities": ["light.lamp", "media_player.tv", "group.outer"]},
        "outer": {"entities": ["group.inner", "light.ceiling"]},
    }
    assert await async_setup_component(hass, "group", {"group": groups})
    options = {"group_type": "light", "name": "All", "entities": ["light.lamp", "light.ceiling"]}
    group = MockConfigEntry(domain="group", title="All", options=options)
    group.add_to_hass(hass)
    assert await hass.config_entries.async_setup(group.entry_id)
    hass.states.async_set("light.of_a_bridge", "on", {"entity_id": ["light.lamp", "light.of_a_bridge"]})
    await hass.async_block_till_done()

    assert set(async_resolve(hass, {Kind.LIGHTS: {"entity_id": ["group.outer"]}})) == {"light.lamp", "light.ceiling"}
    assert set(async_resolve(hass, {Kind.LIGHTS: {"entity_id": "light.all"}})) == {"light.lamp", "light.ceiling"}
    assert set(async_resolve(hass, {Kind.LIGHTS: {"entity_id": "light.of_a_bridge"}})) == {"light.lamp"}
    assert set(async_resolve(hass, {Kind.SCREENS: {"entity_id": ["group.outer"]}})) >= {"media_player.tv"}


@pytest.mark.usefixtures("bedroom")
def test_a_light_named_as_a_screen_is_a_screen_only(hass: HomeAssistant) -> None:
    targets = {kind: {"entity_id": ["light.lamp", "light.ceiling"]} for kind in (Kind.LIGHTS,)}
    targets[Kind.SCREENS] = {"entity_id": ["light.lamp"]}

    assert async_resolve(hass, targets) == {"light.lamp": Kind.SCREENS, "light.ceiling": Kind.LIGHTS}


@pytest.mark.usefixtures("bedroom")
def test_what_is_of_another_kind_or_does_not_exist_is_left_out(hass: HomeAssistant) -> None:
    target = {"entity_id": ["climate.thermostat", "switch.gone"], "area_id": ["gone"], "device_id": ["gone"]}

    assert async_resolve(hass, {Kind.LIGHTS: target}) == {}


def test_a_rooms_switches_lights_and_doors_are_no_screens_or_blinds(hass: HomeAssistant, area: str) -> None:
    registry = er.async_get(hass)
    for domain, device_class in (("switch", None), ("light", None), ("cover", "garage")):
        entity = registry.async_get_or_create(domain, "test", f"{domain}_in_room")
        registry.async_update_entity(entity.entity_id, area_id=area)
        hass.states.async_set(entity.entity_id, "on", {"device_class": device_class})

    found = async_resolve(hass, {kind: {"area_id": [area]} for kind in (Kind.SCREENS, Kind.COVERS)})
    assert set(found) == {"media_player.tv", "cover.blind"}
    assert "cover.test_cover_in_room" in async_resolve(hass, {Kind.COVERS: {"entity_id": ["cover.test_cover_in_room"]}})


@pytest.mark.usefixtures("entry")
def test_our_own_switch_is_never_a_screen(hass: HomeAssistant) -> None:
    assert async_resolve(hass, {Kind.SCREENS: {"entity_id": ["switch.bedroom_bedtime_mode"]}}) == {}
