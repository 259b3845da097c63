"""The config flow."""

from http import HTTPStatus
from pathlib import Path
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiohttp.test_utils import TestClient
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from ..common.bedroom import Bedroom
from ..common.home import bedroom_entry, set_up, sleeper

SCHEDULE = {"bedtime": "22:30:00", "wake_up": "07:00:00", "wind_down": 45, "automatic": True}
LIGHTS = {"lights": {"entity_id": ["light.lamp"]}}

type Result = dict[str, Any]


async def begin(hass: HomeAssistant, **user: Any) -> Result:
    """Start a flow; with fields, submit its first step."""
    result: Any = await hass.config_entries.flow.async_init("rls_bedtime", context={"source": SOURCE_USER})
    return await go_on(hass, result, **user) if user else result


async def go_on(hass: HomeAssistant, result: Result, **fields: Any) -> Result:
    """Submit a step."""
    after: Any = await hass.config_entries.flow.async_configure(result["flow_id"], fields)
    return after


def suggested(result: Result) -> dict[str, Any]:
    """Return the suggested values of a form."""
    return {
        str(field.schema): field.description["suggested_value"]
        for field in result["data_schema"].schema
        if field.description and "suggested_value" in field.description
    }


async def test_a_bedroom_is_set_up_in_four_steps(hass: HomeAssistant) -> None:
    result = await begin(hass)
    assert (result["type"], result["step_id"], result["errors"]) == (FlowResultType.FORM, "user", {})
    result = await go_on(hass, result, name=" Bedroom ")
    assert (result["type"], result["step_id"], result["errors"]) == (FlowResultType.FORM, "devices", {})
    result = await go_on(hass, result, **LIGHTS, covers={}, phones=[])
    assert (result["type"], result["step_id"], result["errors"]) == (FlowResultType.FORM, "schedule", {})
    result = await go_on(hass, result, **SCHEDULE)
    assert (result["type"], result["step_id"], result["errors"]) == (FlowResultType.FORM, "sleeper", {})
    result = await go_on(hass, result, name="Alex", person="person.alex")
    await hass.async_block_till_done()

    assert result["type"] is FlowResultType.CREATE_ENTRY
    entry = result["result"]
    assert entry.title == "Bedroom"
    assert entry.unique_id == "bedroom"
    assert entry.data == {}
    assert entry.options == LIGHTS | SCHEDULE
    assert [(each.title, each.data) for each in entry.subentries.values()] == [("Alex", {"person": "person.alex"})]
    assert hass.states.get("switch.bedroom_bedtime_mode")
    assert hass.states.get("button.alex_log_episode")


async def test_every_field_of_every_step_is_described(hass: HomeAssistant, texts: dict[str, str]) -> None:
    result = await begin(hass)
    for fields in ({"name": "Bedroom"}, LIGHTS, SCHEDULE, None):
        step = f"component.rls_bedtime.config.step.{result['step_id']}"
        assert texts[f"{step}.title"]
        for field in result["data_schema"].schema:
            assert texts[f"{step}.data.{field.schema}"]
            assert texts[f"{step}.data_description.{field.schema}"]
        if fields:
            result = await go_on(hass, result, **fields)


@pytest.fixture
async def texts(hass: HomeAssistant) -> dict[str, str]:
    """Return the translations of the flows."""
    return await async_get_translations(hass, "en", "config", {"rls_bedtime"})


async def test_the_devices_of_the_area_are_suggested(hass: HomeAssistant, bedroom: Bedroom) -> None:
    area = ar.async_get(hass).async_create("Bedroom")
    for device in (bedroom.lamp, bedroom.tv):
        er.async_get(hass).async_update_entity(device.entity_id, area_id=area.id)

    result = await begin(hass, name="Bedroom", area=area.id)

    assert suggested(result) == {"lights": {"area_id": [area.id]}, "screens": {"area_id": [area.id]}}
    result = await go_on(hass, result, **LIGHTS)
    result = await go_on(hass, result, **SCHEDULE)
    result = await go_on(hass, result, name="Alex")
    assert result["result"].unique_id == area.id
    assert result["result"].options["area"] == area.id


async def test_without_an_area_nothing_is_suggested(hass: HomeAssistant) -> None:
    assert suggested(await begin(hass, name="Bedroom")) == {}


@pytest.mark.parametrize("nothing", [{}, {"lights": {}, "screens": {}, "phones": []}])
async def test_devices_can_be_left_empty(hass: HomeAssistant, nothing: dict[str, Any]) -> None:
    result = await go_on(hass, await begin(hass, name="Bedroom"), **nothing)

    assert result["step_id"] == "schedule"


async def test_bedtime_and_wake_up_must_differ(hass: HomeAssistant) -> None:
    result = await go_on(hass, await begin(hass, name="Bedroom"), **LIGHTS)
    result = await go_on(hass, result, **SCHEDULE | {"wake_up": "22:30:00"})

    assert (result["step_id"], result["errors"]) == ("schedule", {"wake_up": "no_night"})
    assert suggested(result)["bedtime"] == "22:30:00"
    assert (await go_on(hass, result, **SCHEDULE))["step_id"] == "sleeper"


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(("name", "error"), [("bedroom ", "name_taken"), ("  ", "name_missing")])
async def test_the_name_of_a_bedroom_must_be_unique(hass: HomeAssistant, name: str, error: str) -> None:
    result = await begin(hass, name=name)

    assert (result["step_id"], result["errors"]) == ("user", {"name": error})
    assert suggested(result) == {"name": name}
    assert (await go_on(hass, result, name="Guest room"))["step_id"] == "devices"


async def test_an_area_can_have_one_bedroom_only(hass: HomeAssistant) -> None:
    area = ar.async_get(hass).async_create("Upstairs")
    await set_up(hass, bedroom_entry("Bedroom", area=area.id))

    result = await begin(hass, name="Another", area=area.id)

    assert (result["step_id"], result["errors"]) == ("user", {"area": "area_taken"})


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    ("fields", "errors"),
    [({"name": "alex"}, {"name": "name_taken"}), ({"name": " "}, {"name": "name_missing"})],
)
async def test_the_name_of_a_sleeper_must_be_unique(
    hass: HomeAssistant, fields: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await begin(hass, name="Guest room")
    result = await go_on(hass, result, **LIGHTS)
    result = await go_on(hass, result, **SCHEDULE)
    result = await go_on(hass, result, **fields)

    assert (result["step_id"], result["errors"]) == ("sleeper", errors)
    assert (await go_on(hass, result, name="Kim"))["type"] is FlowResultType.CREATE_ENTRY


async def test_reconfigure_keeps_everything_but_the_devices(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    before = dict(entry.options)

    result: Any = await entry.start_reconfigure_flow(hass)
    assert (result["step_id"], suggested(result)) == ("reconfigure", {"name": "Bedroom"})
    result = await go_on(hass, result, name="Bedroom")
    assert result["step_id"] == "devices"
    assert suggested(result)["lights"] == before["lights"]
    result = await go_on(hass, result, **LIGHTS)
    await hass.async_block_till_done()

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    kept = {key: before[key] for key in ("bedtime", "wake_up", "wind_down", "automatic")}
    assert entry.options == kept | LIGHTS
    await hass.services.async_call("switch", "turn_on", {"entity_id": "switch.bedroom_bedtime_mode"}, blocking=True)
    state = hass.states.get("light.ceiling")
    assert state is not None
    assert state.attributes["brightness"] == 200


async def test_reconfigure_can_remove_all_devices(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    before = dict(entry.options)
    result: Any = await entry.start_reconfigure_flow(hass)
    result = await go_on(hass, result, name="Bedroom")
    result = await go_on(hass, result)
    await hass.async_block_till_done()

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    assert entry.options == {key: before[key] for key in ("bedtime", "wake_up", "wind_down", "automatic")}


async def test_a_bedroom_can_move_to_another_room_and_keeps_its_entities_and_diaries(hass: HomeAssistant) -> None:
    attic, cellar = (ar.async_get(hass).async_create(name) for name in ("Attic", "Cellar"))
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), area=attic.id))
    await hass.services.async_call("rls_bedtime", "log_episode", {"severity": 6}, blocking=True)

    result: Any = await entry.start_reconfigure_flow(hass)
    assert suggested(result) == {"name": "Bedroom", "area": attic.id}
    result = await go_on(hass, result, name="Den", area=cellar.id)
    await go_on(hass, result)
    await hass.async_block_till_done()

    assert (entry.title, entry.unique_id, entry.options["area"]) == ("Den", cellar.id, cellar.id)
    device = device_of(hass, entry)
    assert (device.name, device.area_id, device.model) == ("Den", cellar.id, "Bedroom")
    assert hass.states.is_state("sensor.bedroom_phase", "off")
    assert hass.states.is_state("sensor.alex_last_severity", "6")


async def test_a_device_says_what_it_is_and_leads_to_the_dashboards(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    version = (await async_get_integration(hass, "rls_bedtime")).version
    devices = dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)

    assert {device.model for device in devices} == {"Bedroom", "Sleeper"}
    for device in devices:
        assert device.sw_version == str(version)
        assert device.configuration_url == "homeassistant://config/lovelace/dashboards"


async def test_a_device_that_was_put_into_another_area_stays_there(hass: HomeAssistant) -> None:
    areas = ar.async_get(hass)
    attic, cellar, hall = (areas.async_create(name) for name in ("Attic", "Cellar", "Hall"))
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), area=attic.id))
    dr.async_get(hass).async_update_device(device_of(hass, entry).id, area_id=hall.id)

    result: Any = await entry.start_reconfigure_flow(hass)
    result = await go_on(hass, result, name="Bedroom", area=cellar.id)
    await go_on(hass, result)
    await hass.async_block_till_done()

    assert device_of(hass, entry).area_id == hall.id


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"name": "guest room"}, {"name": "name_taken"}),
        ({"name": "Guest-room"}, {"name": "name_taken"}),
        ({"name": " "}, {"name": "name_missing"}),
        ({"name": "Bedroom", "area": "attic"}, {"area": "area_taken"}),
    ],
)
async def test_a_bedroom_cannot_take_the_name_or_area_of_another(
    hass: HomeAssistant, fields: dict[str, Any], errors: dict[str, str]
) -> None:
    area = ar.async_get(hass).async_create("Attic")
    await set_up(hass, bedroom_entry("Upstairs", area=area.id))
    hass.config_entries.async_update_entry(await set_up(hass, bedroom_entry("Guest room")), unique_id="guest_room")
    entry = await set_up(hass, bedroom_entry("Bedroom"))

    result: Any = await entry.start_reconfigure_flow(hass)
    result = await go_on(hass, result, **fields)

    assert (result["step_id"], result["errors"]) == ("reconfigure", errors)
    assert suggested(result) == fields
    assert (await go_on(hass, result, name="Bedroom"))["step_id"] == "devices"


def device_of(hass: HomeAssistant, entry: MockConfigEntry) -> dr.DeviceEntry:
    """Return the device of a bedroom."""
    device = dr.async_get(hass).async_get_device_by_identifier(("rls_bedtime", entry.entry_id), entry.entry_id)
    assert device is not None
    return device


async def add_sleeper(hass: HomeAssistant, entry: MockConfigEntry, **fields: Any) -> Result:
    """Add a sleeper by the subentry flow."""
    flows = hass.config_entries.subentries
    result: Any = await flows.async_init((entry.entry_id, "sleeper"), context={"source": SOURCE_USER})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    result = await flows.async_configure(result["flow_id"], fields)
    await hass.async_block_till_done()
    return result


async def test_an_added_sleeper_has_a_diary_at_once(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    result = await add_sleeper(hass, entry, name="Kim", person="person.kim")

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert hass.states.is_state("sensor.kim_episodes_tonight", "0")


@pytest.mark.usefixtures("bedroom")
@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"name": "ALEX"}, {"name": "name_taken"}),
        ({"name": ""}, {"name": "name_missing"}),
        ({"name": "Sam", "person": "person.kim"}, {"person": "person_taken"}),
    ],
)
async def test_a_person_can_have_one_diary_only(
    hass: HomeAssistant, fields: dict[str, Any], errors: dict[str, str]
) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim", "person.kim")))

    result = await add_sleeper(hass, entry, **fields)

    assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    assert len(entry.subentries) == 2


async def test_a_renamed_sleeper_keeps_the_diary(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.services.async_call("rls_bedtime", "log_episode", {"severity": 6}, blocking=True)
    (alex,) = entry.subentries.values()

    menu: Any = await entry.start_subentry_reconfigure_flow(hass, alex.subentry_id)
    result: Any = await hass.config_entries.subentries.async_configure(menu["flow_id"], {"next_step_id": "edit"})
    assert suggested(result) == {"name": "Alex", "person": None, "may_read": [], "long_term_statistics": False}
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], {"name": "Alexandra", "person": "person.alex"}
    )
    await hass.async_block_till_done()

    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    (changed,) = entry.subentries.values()
    assert (changed.title, dict(changed.data)) == ("Alexandra", {"person": "person.alex"})
    assert hass.states.is_state("sensor.alex_last_severity", "6")


async def test_a_bedroom_without_a_name_is_called_like_its_area(hass: HomeAssistant) -> None:
    area = ar.async_get(hass).async_create("Attic")

    result = await go_on(hass, await begin(hass, area=area.id), **LIGHTS)
    result = await go_on(hass, result, **SCHEDULE)
    result = await go_on(hass, result, name="Alex")

    assert result["title"] == "Attic"


@pytest.mark.parametrize(("language", "name"), [("en", "Bedroom"), ("de", "Schlafzimmer"), ("de", "Bedroom")])
async def test_the_bedroom_of_a_new_home_is_suggested(hass: HomeAssistant, language: str, name: str) -> None:
    hass.config.language = language
    areas = [ar.async_get(hass).async_create(each) for each in ("Kitchen", name, "Guest room")]

    assert suggested(await begin(hass)) == {"area": areas[1].id}


async def test_an_area_that_is_a_bedroom_already_is_not_suggested(hass: HomeAssistant) -> None:
    area = ar.async_get(hass).async_create("Bedroom")
    await set_up(hass, bedroom_entry("Upstairs", area=area.id))

    assert suggested(await begin(hass)) == {}


async def test_a_suggestion_that_was_removed_does_not_come_back_with_an_error(hass: HomeAssistant) -> None:
    ar.async_get(hass).async_create("Bedroom")

    result = await go_on(hass, await begin(hass))

    assert (result["errors"], suggested(result)) == ({"name": "name_missing"}, {})


CONFIG_FLOW = "/api/config/config_entries/flow"
SUBENTRY_FLOW = "/api/config/config_entries/subentries/flow"


async def post(client: TestClient[Any, Any], url: str, **fields: Any) -> Result:
    """Start a flow, or submit a step, as the frontend does. Return the form."""
    response = await client.post(url, json=fields)
    assert response.status == HTTPStatus.OK, await response.text()
    form: Result = await response.json()
    return form


def suggested_person(form: Result) -> str | None:
    """Return the suggested person of a form."""
    (field,) = (field for field in form["data_schema"] if field["name"] == "person")
    return (field.get("description") or {}).get("suggested_value")


@pytest.fixture
async def person(hass: HomeAssistant, hass_admin_user: MockUser) -> str:
    """Return the person who sets up. There is another one, too."""
    people = [{"id": "kim", "name": "Kim"}, {"id": "alex", "name": "Alex", "user_id": hass_admin_user.id}]
    assert await async_setup_component(hass, "person", {"person": people})
    return "person.alex"


async def test_the_person_who_sets_up_is_suggested_as_the_sleeper(
    hass: HomeAssistant, person: str, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "rls_bedtime", {})
    client = await hass_client()

    form = await post(client, CONFIG_FLOW, handler="rls_bedtime")
    for fields in ({"name": "Bedroom"}, {}, SCHEDULE):
        form = await post(client, f"{CONFIG_FLOW}/{form['flow_id']}", **fields)
    assert (form["step_id"], suggested_person(form)) == ("sleeper", person)
    form = await post(client, f"{CONFIG_FLOW}/{form['flow_id']}", person=person)

    assert form["type"] == FlowResultType.CREATE_ENTRY
    (entry,) = hass.config_entries.async_entries("rls_bedtime")
    assert [(each.title, dict(each.data)) for each in entry.subentries.values()] == [("Alex", {"person": person})]


@pytest.mark.parametrize(("sleeper_person", "expected"), [(None, "person.alex"), ("person.alex", None)])
async def test_a_person_who_has_a_diary_is_not_suggested_again(
    hass: HomeAssistant,
    person: str,
    hass_client: ClientSessionGenerator,
    sleeper_person: str | None,
    expected: str | None,
) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Al", sleeper_person)))

    form = await post(await hass_client(), SUBENTRY_FLOW, handler=[entry.entry_id, "sleeper"])

    assert suggested_person(form) == expected


async def test_a_user_who_is_no_person_gets_no_suggestion(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    form = await post(await hass_client(), SUBENTRY_FLOW, handler=[entry.entry_id, "sleeper"])

    assert suggested_person(form) is None


async def test_a_bedroom_needs_a_name_or_an_area(hass: HomeAssistant) -> None:
    result = await go_on(hass, await begin(hass))

    assert result["errors"] == {"name": "name_missing"}


async def test_a_sleeper_without_a_name_is_called_like_their_person(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass.states.async_set("person.kim", "home", {"friendly_name": "Kim"})

    result = await add_sleeper(hass, entry, person="person.kim")

    assert result["title"] == "Kim"


async def test_only_the_last_step_finishes_the_setup(hass: HomeAssistant) -> None:
    result = await begin(hass)
    is_last = {}
    for fields in ({"name": "Bedroom"}, LIGHTS, SCHEDULE, {"name": "Alex"}):
        is_last[result["step_id"]] = result["last_step"]
        result = await go_on(hass, result, **fields)

    assert is_last == {"user": False, "devices": False, "schedule": False, "sleeper": True}


async def test_the_setup_ends_with_what_to_do_next(hass: HomeAssistant, texts: dict[str, str]) -> None:
    result = await begin(hass)
    for fields in ({"name": "Bedroom"}, LIGHTS, SCHEDULE, {"name": "Alex"}):
        result = await go_on(hass, result, **fields)

    text = texts["component.rls_bedtime.config.create_entry.default"].format(**result["description_placeholders"])
    assert "(/config/lovelace/dashboards)" in text
    (link,) = re.findall(r"\((https://my\.[^)]+)\)", text)
    (url,) = parse_qs(urlsplit(link).query)["blueprint_url"]
    assert url.startswith("https://github.com/")
    assert (Path(__file__).parents[2] / url.partition("/blob/main/")[2]).is_file()


async def test_screens_count_players_only_and_the_others_are_added_individually(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result: Any = await entry.start_reconfigure_flow(hass)
    result = await go_on(hass, result, name="Bedroom")
    fields = {str(key): field for key, field in result["data_schema"].schema.items()}
    assert fields["screens"].config["entity"] == [{"domain": ["media_player"]}]
    assert fields["other_screens"].config["domain"] == ["input_boolean", "light", "remote", "switch"]
    await go_on(
        hass, result, screens={"entity_id": ["media_player.tv"]}, other_screens=["switch.projector", "light.lava"]
    )
    await hass.async_block_till_done()
    assert entry.options["screens"] == {"entity_id": ["media_player.tv", "switch.projector", "light.lava"]}

    result = await entry.start_reconfigure_flow(hass)
    shown = suggested(await go_on(hass, result, name="Bedroom"))
    assert shown["screens"] == {"entity_id": ["media_player.tv"]}
    assert shown["other_screens"] == ["switch.projector", "light.lava"]
