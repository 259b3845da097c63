"""The flows, as section 3 names them."""

from typing import Any

from homeassistant.components.light import ColorMode
from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest

from custom_components.rls_bedtime.const import DOMAIN

from ..common.devices import Cover, Light, Thermostat
from ..common.home import Home

DEFAULTS: dict[str, dict[str, Any]] = {
    "lights": {"light_level": 5, "light_color_temp": 2200, "lights_off_after": 0, "dim_night_lights": True},
    "climate": {"temperature_setback": 2, "use_sleep_preset": True},
    "screens": {"screens_action": "turn_off", "screen_curfew": 0, "screen_warning": 10, "keep_screens_quiet": False},
    "end": {"restore": "settings"},
}


def lamp(name: str = "lamp") -> Light:
    return Light(name, ColorMode.BRIGHTNESS, brightness=200)


def default_of(schema: Any, key: str) -> Any:
    return next(each.default() for each in schema.schema if each == key)


async def test_the_options_have_the_sections_and_defaults_of_the_contract(home: Home) -> None:
    entry = await home.add_bedroom(lamp())
    result = await home.hass.config_entries.options.async_init(entry.entry_id)
    schema: Any = result["data_schema"]
    sections = {str(key): value for key, value in schema.schema.items()}
    assert list(sections) == ["lights", "climate", "screens", "end", "schedule", "more"]
    for name, fields in DEFAULTS.items():
        for key, value in fields.items():
            assert default_of(sections[name].schema, key) == value, key


async def test_the_schedule_step_has_the_defaults_of_the_contract(home: Home) -> None:
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


async def test_devices_are_suggested_from_the_area(home: Home) -> None:
    light, stove, blind = lamp(), Thermostat("stove", target_temperature=20.0), Cover("blind")
    await home.add_devices(light, stove, blind)
    area = ar.async_get(home.hass).async_create("Bedroom")
    for entity_id in ("light.lamp", "climate.stove"):
        er.async_get(home.hass).async_update_entity(entity_id, area_id=area.id)
    flow = home.hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": "user"})
    result = await flow.async_configure(result["flow_id"], {"name": "Bedroom", "area": area.id})
    schema: Any = result["data_schema"]
    suggested = {
        str(key): key.description["suggested_value"]
        for key in schema.schema
        if key.description and "suggested_value" in key.description
    }
    assert set(suggested) == {"lights", "climate"}


async def test_a_bedroom_without_devices_is_a_diary_alone(home: Home) -> None:
    flow = home.hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": "user"})
    result = await flow.async_configure(result["flow_id"], {"name": "Bedroom"})
    result = await flow.async_configure(result["flow_id"], {})
    assert result["step_id"] == "schedule"


async def test_two_bedrooms_have_different_names_and_areas(home: Home) -> None:
    area = ar.async_get(home.hass).async_create("Attic")
    await home.add_bedroom(lamp(), area=area.id)
    flow = home.hass.config_entries.flow
    for data in ({"name": "bedroom "}, {"name": "Other", "area": area.id}):
        result = await flow.async_init(DOMAIN, context={"source": "user"})
        result = await flow.async_configure(result["flow_id"], data)
        is_refused = result["type"] is FlowResultType.ABORT or bool(result["errors"])
        assert is_refused, data


async def test_a_bedroom_in_an_area_keeps_its_plain_entity_ids(home: Home) -> None:
    area = ar.async_get(home.hass).async_create("Attic")
    await home.add_bedroom(lamp(), area=area.id)
    assert home.phase == "off"


async def test_a_device_that_is_taken_out_in_the_night_is_given_back_at_its_end(home: Home) -> None:
    one, two = lamp("one"), lamp("two")
    entry = await home.add_bedroom(one, two)
    await home.call("start")
    await home.after(minutes=30)
    flow = home.hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id})
    assert result["step_id"] == "devices"
    result = await flow.async_configure(result["flow_id"], {"lights": {"entity_id": ["light.one"]}})
    assert result["type"] is FlowResultType.ABORT
    await home.settle()
    assert home.phase == "bedtime"
    await home.jump("2026-11-24 07:00-08:00")
    assert (one.brightness, two.brightness) == (200, 200)


async def test_a_device_that_is_added_in_the_night_goes_to_bed(home: Home) -> None:
    one, two = lamp("one"), lamp("two")
    await home.add_devices(one, two)
    entry = await home.configure(targets={"lights": {"entity_id": ["light.one"]}})
    await home.call("start")
    await home.after(minutes=30)
    flow = home.hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id})
    await flow.async_configure(result["flow_id"], {"lights": {"entity_id": ["light.one", "light.two"]}})
    await home.settle()
    assert two.brightness == 13


async def test_actions_that_are_none_are_refused_with_words(home: Home) -> None:
    entry = await home.add_bedroom(lamp())
    flow = home.hass.config_entries.options
    result = await flow.async_init(entry.entry_id)
    chosen = {**DEFAULTS, "schedule": {}, "more": {"start_actions": [{"nonsense": 1}]}}
    result = await flow.async_configure(result["flow_id"], chosen)
    assert result["type"] is FlowResultType.FORM
    assert result["errors"]


async def test_options_can_be_taken_back(home: Home) -> None:
    entry = await home.add_bedroom(lamp(), start_actions=[{"delay": 1}], only_when_home=["person.alex"])
    flow = home.hass.config_entries.options
    result = await flow.async_init(entry.entry_id)
    result = await flow.async_configure(result["flow_id"], {**DEFAULTS, "schedule": {}, "more": {}})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await home.settle()
    assert not entry.options.get("start_actions")
    assert not entry.options.get("only_when_home")
    assert entry.options["lights"] == {"entity_id": ["light.lamp"]}


@pytest.mark.parametrize("setback", [0, 0.5, 1.5, 10])
async def test_a_setback_may_be_whole_or_half(home: Home, setback: float) -> None:
    entry = await home.add_bedroom(lamp(), temperature_setback=setback)
    assert entry.options["temperature_setback"] == setback
