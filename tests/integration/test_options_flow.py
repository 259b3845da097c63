"""The options flow."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, section
from homeassistant.helpers.selector import ActionSelector, Selector, SelectSelector
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events

from custom_components.rls_bedtime.bedtime.plan import DEFAULTS
from custom_components.rls_bedtime.const import Option

from ..common.bedroom import Bedroom
from ..common.home import bedroom_entry, set_up, sleeper, value

SWITCH = "switch.bedroom_bedtime_mode"
FIELDS = {
    "lights": ["light_level", "light_color_temp", "lights_off_after", "dim_night_lights"],
    "climate": ["temperature_setback", "use_sleep_preset"],
    "screens": ["screens_action", "screen_curfew", "screen_warning", "keep_screens_quiet"],
    "relief": [
        "path",
        "path_level",
        "path_color_temp",
        "try_path",
        "path_minutes",
        "presence_sensors",
        "linger",
        "bed_sensor",
        "path_by_itself",
        "relief_devices",
        "relief_minutes",
        "relief_kind",
    ],
    "end": ["restore"],
    "schedule": ["schedule_entity", "only_when_home"],
    "more": ["start_actions", "end_actions"],
}
ACTIONS = [{"event": "lights_out", "event_data": {"hour": "{{ now().hour }}"}}]

type Result = dict[str, Any]


async def begin(hass: HomeAssistant, entry: MockConfigEntry) -> Result:
    """Open the form."""
    result: Any = await hass.config_entries.options.async_init(entry.entry_id)
    return result


async def submit(hass: HomeAssistant, result: Result, **chosen: Any) -> Result:
    """Submit the form with changes of some fields; a field that is None is emptied."""
    filled = {name: shown(result, name) | {} for name in FIELDS}
    for name, fields in FIELDS.items():
        filled[name] |= {field: chosen[field] for field in fields if field in chosen}
        filled[name] = {field: content for field, content in filled[name].items() if content is not None}
    after: Any = await hass.config_entries.options.async_configure(result["flow_id"], filled)
    await hass.async_block_till_done()
    return after


def shown(result: Result, name: str) -> dict[str, Any]:
    """Return the values of a section, as a browser fills it in."""
    fields: dict[str, Any] = {}
    for marker in result["data_schema"].schema[name].schema.schema:
        if marker.description and "suggested_value" in marker.description:
            fields[str(marker.schema)] = marker.description["suggested_value"]
        elif str(marker.schema) in DEFAULTS:
            fields[str(marker.schema)] = marker.default()
    return fields


def selector(result: Result, name: str, field: str) -> Any:
    """Return the selector of a field."""
    found = result["data_schema"].schema[name].schema.schema[field]
    return found if isinstance(found, Selector) else found.validators[0]


async def test_the_form_shows_the_defaults_in_collapsed_sections(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await begin(hass, entry)

    assert (result["type"], result["step_id"], result["errors"]) == (FlowResultType.FORM, "init", {})
    sections = result["data_schema"].schema
    assert {name: [str(field.schema) for field in fields.schema.schema] for name, fields in sections.items()} == FIELDS
    assert all(isinstance(fields, section) and fields.options["collapsed"] for fields in sections.values())
    assert {field: content for name in FIELDS for field, content in shown(result, name).items()} == {
        option: default for option, default in DEFAULTS.items() if option not in entry.options
    }


async def test_the_form_shows_the_current_options(hass: HomeAssistant) -> None:
    entry = await set_up(hass, bedroom_entry(light_level=12, only_when_home=["person.alex"], end_actions=ACTIONS))

    result = await begin(hass, entry)

    assert shown(result, "lights")["light_level"] == 12
    assert shown(result, "schedule") == {"only_when_home": ["person.alex"]}
    assert shown(result, "more") == {"end_actions": ACTIONS}


async def test_options_are_stored_flat_beside_the_others(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    before = dict(entry.options)

    result = await submit(
        hass,
        await begin(hass, entry),
        light_level=8.0,
        temperature_setback=1,
        screens_action="pause",
        restore="everything",
        schedule_entity="schedule.nights",
        only_when_home=["person.alex", "person.kim"],
        start_actions=ACTIONS,
    )

    assert result["type"] is FlowResultType.CREATE_ENTRY
    defaults = {option: default for option, default in DEFAULTS.items() if option not in before}
    assert entry.options == before | defaults | {
        "light_level": 8,
        "temperature_setback": 1.0,
        "screens_action": "pause",
        "restore": "everything",
        "schedule_entity": "schedule.nights",
        "only_when_home": ["person.alex", "person.kim"],
        "start_actions": ACTIONS,
    }
    assert all(type(option) is str for option in entry.options)
    whole = ("light_level", "light_color_temp", "lights_off_after", "screen_curfew", "screen_warning")
    assert [type(entry.options[option]) for option in whole] == [int] * 5
    assert isinstance(entry.options["temperature_setback"], float)


async def test_zero_and_off_are_saved(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    chosen = {"temperature_setback": 0.0, "screen_warning": 0, "dim_night_lights": False, "use_sleep_preset": False}

    await submit(hass, await begin(hass, entry), **chosen)

    assert chosen.items() <= entry.options.items()


async def test_an_emptied_field_removes_the_option(hass: HomeAssistant) -> None:
    emptied: dict[str, Any] = {
        "schedule_entity": "schedule.nights",
        "only_when_home": ["person.alex"],
        "start_actions": ACTIONS,
    }
    entry = await set_up(hass, bedroom_entry(**emptied))

    await submit(hass, await begin(hass, entry), schedule_entity=None, only_when_home=[], start_actions=[])

    assert not emptied.keys() & entry.options.keys()


@pytest.mark.parametrize(
    ("option", "wrong"),
    [
        ("light_level", 0),
        ("light_level", 101),
        ("light_color_temp", 1499),
        ("light_color_temp", 6501),
        ("lights_off_after", 721),
        ("temperature_setback", 10.5),
        ("temperature_setback", -1),
        ("screens_action", "explode"),
        ("screen_curfew", 181),
        ("screen_warning", 61),
        ("restore", "undo"),
        ("schedule_entity", "light.lamp"),
        ("only_when_home", ["light.lamp"]),
    ],
)
async def test_invalid_values_are_rejected(
    hass: HomeAssistant, entry: MockConfigEntry, option: str, wrong: Any
) -> None:
    before = dict(entry.options)

    with pytest.raises(InvalidData):
        await submit(hass, await begin(hass, entry), **{option: wrong})

    assert entry.options == before


@pytest.mark.parametrize("option", ["start_actions", "end_actions"])
@pytest.mark.parametrize(
    ("actions", "reason"),
    [
        ([{"dance": "slowly"}], "Unable to determine action"),
        (["light.turn_on"], "expected dictionary"),
        ([{"delay": "a while"}], "delay"),
        ([{"device_id": "gone", "domain": "light", "type": "turn_on"}], "gone"),
    ],
)
async def test_invalid_actions_are_explained_and_stay_in_the_form(
    hass: HomeAssistant, entry: MockConfigEntry, option: str, actions: list[Any], reason: str
) -> None:
    before = dict(entry.options)

    result = await submit(hass, await begin(hass, entry), light_level=8, **{option: actions})

    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"more": f"{option}_invalid"})
    assert reason in result["description_placeholders"]["error"]
    assert not result["data_schema"].schema["more"].options["collapsed"]
    assert shown(result, "lights")["light_level"] == 8
    assert shown(result, "more") == {option: actions}
    assert entry.options == before
    result = await submit(hass, result, **{option: ACTIONS})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert (entry.options["light_level"], entry.options[option]) == (8, ACTIONS)


async def test_the_users_own_actions_run(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    began, ended = async_capture_events(hass, "lights_out"), async_capture_events(hass, "lights_on")
    await submit(hass, await begin(hass, entry), start_actions=ACTIONS[0], end_actions=[{"event": "lights_on"}])

    for action in ("turn_on", "turn_off"):
        await hass.services.async_call("switch", action, {"entity_id": SWITCH}, blocking=True)
        await hass.async_block_till_done(wait_background_tasks=True)

    assert (len(began), len(ended)) == (1, 1)


async def test_the_setback_uses_the_users_temperature_unit(hass: HomeAssistant) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))

    setback = selector(await begin(hass, entry), "climate", "temperature_setback")

    assert setback.config["unit_of_measurement"] == "°F"
    assert setback.config["step"] == 0.5


async def test_changed_options_apply_at_once(hass: HomeAssistant, entry: MockConfigEntry, bedroom: Bedroom) -> None:
    loaded = entry.runtime_data

    await submit(hass, await begin(hass, entry), light_level=20)

    assert entry.runtime_data is not loaded
    await hass.services.async_call("switch", "turn_on", {"entity_id": SWITCH}, blocking=True)
    await hass.async_block_till_done()
    assert bedroom.lamp.brightness == 51


async def test_changed_options_do_not_disturb_a_session(
    hass: HomeAssistant, entry: MockConfigEntry, bedroom: Bedroom
) -> None:
    await hass.services.async_call("switch", "turn_on", {"entity_id": SWITCH}, blocking=True)
    await hass.async_block_till_done()
    loaded = entry.runtime_data
    asked = [list(device.asked) for device in bedroom.devices]

    await submit(hass, await begin(hass, entry), restore="everything", screen_warning=20, end_actions=ACTIONS)

    assert entry.runtime_data is not loaded
    assert value(hass, SWITCH) == "on"
    assert [device.asked for device in bedroom.devices] == asked
    await hass.services.async_call("switch", "turn_off", {"entity_id": SWITCH}, blocking=True)
    await hass.async_block_till_done()
    assert bedroom.lamp.brightness == 200


async def test_a_live_option_that_changes_while_the_form_is_open_is_kept(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await begin(hass, entry)
    knob = {"entity_id": "number.bedroom_wind_down", "value": 20}
    await hass.services.async_call("number", "set_value", knob, blocking=True)

    await submit(hass, result, light_level=8)

    assert (entry.options[Option.WIND_DOWN], entry.options[Option.LIGHT_LEVEL]) == (20, 8)


async def test_every_section_field_and_choice_is_described(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await begin(hass, entry)
    texts = await async_get_translations(hass, "en", "options", {"rls_bedtime"})
    choices = await async_get_translations(hass, "en", "selector", {"rls_bedtime"})

    for name, fields in FIELDS.items():
        words = f"component.rls_bedtime.options.step.init.sections.{name}"
        assert texts[f"{words}.name"]
        for field in fields:
            assert texts[f"{words}.data.{field}"]
            assert texts[f"{words}.data_description.{field}"]
            if isinstance(select := selector(result, name, field), SelectSelector):
                key = select.config["translation_key"]
                assert all(
                    choices[f"component.rls_bedtime.selector.{key}.options.{each}"] for each in select.config["options"]
                )
    assert isinstance(selector(result, "more", "start_actions"), ActionSelector)
