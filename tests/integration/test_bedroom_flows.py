"""The flows of a bedroom, and the entities that they create."""

from typing import Any

from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
import pytest

from custom_components.rls_bedtime.const import DOMAIN

from ..common.bedroom import lamp
from ..common.home import Home


def default_of(schema: Any, key: str) -> Any:
    return next(each.default() for each in schema.schema if each == key)


async def test_the_schedule_step_has_defaults(home: Home) -> None:
    await home.add_devices(lamp())
    flow = home.hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": "user"})
    result = await flow.async_configure(result["flow_id"], {"name": "Bedroom"})
    result = await flow.async_configure(result["flow_id"], {"lights": {"entity_id": ["light.lamp"]}})
    schema = result["data_schema"]
    assert str(default_of(schema, "bedtime")).startswith("22:30")
    assert str(default_of(schema, "wake_up")).startswith("07:00")
    assert (default_of(schema, "wind_down"), default_of(schema, "automatic")) == (45, True)
    result = await flow.async_configure(result["flow_id"], {})
    assert result["step_id"] == "sleeper"
    result = await flow.async_configure(result["flow_id"], {"name": "Alex"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Bedroom"
    options = result["result"].options
    assert (options["wind_down"], options["automatic"]) == (45, True)
    assert options["bedtime"].startswith("22:30")


async def test_the_entity_ids_of_a_bedroom_do_not_contain_its_area(home: Home) -> None:
    area = ar.async_get(home.hass).async_create("Attic")
    await home.add_bedroom(lamp(), area=area.id)
    assert home.phase == "off"


@pytest.mark.parametrize("setback", [0.5, 10])
async def test_a_setback_may_be_whole_or_half(home: Home, setback: float) -> None:
    entry = await home.add_bedroom(lamp(), temperature_setback=setback)
    assert entry.options["temperature_setback"] == setback


async def test_the_device_of_a_bedroom_and_of_a_sleeper_are_of_different_models(home: Home) -> None:
    entry = await home.add_bedroom(lamp())
    devices = dr.async_entries_for_config_entry(dr.async_get(home.hass), entry.entry_id)
    models = {(DOMAIN, entry.entry_id): "Bedroom", **{(DOMAIN, each): "Sleeper" for each in entry.subentries}}
    assert {identifier: each.model for each in devices for identifier in each.identifiers} == models


async def test_a_bedroom_has_its_entities(home: Home) -> None:
    entry = await home.add_bedroom(lamp())
    entries = er.async_entries_for_config_entry(er.async_get(home.hass), entry.entry_id)
    found = {
        (each.domain, each.translation_key, each.entity_category and each.entity_category.value) for each in entries
    }
    assert found >= {
        ("switch", "bedtime_mode", None),
        ("switch", "automatic_bedtime", "config"),
        ("sensor", "phase", None),
        ("sensor", "next_bedtime", None),
        ("sensor", "ends_at", None),
        ("time", "bedtime", "config"),
        ("time", "wake_up", "config"),
        ("number", "wind_down", "config"),
        ("binary_sensor", "problem", "diagnostic"),
    }
    assert home.value("sensor.bedroom_phase", "options") == ["off", "wind_down", "bedtime"]
    assert home.value("number.bedroom_wind_down", "unit_of_measurement") == "min"
