"""References follow renamed entities; what is gone has an issue that leads to the form where it is mended."""

from http import HTTPStatus
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.rls_bedtime.const import DOMAIN
from custom_components.rls_bedtime.references import renamed

from ..common.bedroom import lamp
from ..common.home import Home, act, bedroom_entry, set_up, sleeper


@pytest.fixture
async def kim(hass: HomeAssistant, bedroom: object, plain_user: MockUser, hass_storage: dict[str, Any]) -> Context:
    """Return the context of Kim, a person who is registered."""
    people = [{"id": "kim", "name": "Kim", "user_id": plain_user.id, "device_trackers": []}]
    hass_storage["person"] = {"version": 2, "minor_version": 1, "key": "person", "data": {"items": people}}
    assert await async_setup_component(hass, "person", {})
    assert er.async_get(hass).async_get("person.kim") is not None
    return Context(user_id=plain_user.id)


async def rename(hass: HomeAssistant, old: str, new: str) -> None:
    """Change the id of an entity."""
    er.async_get(hass).async_update_entity(old, new_entity_id=new)
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("light.lamp", "light.bed"),
        ("light.lamp_2", "light.lamp_2"),
        ("my_light.lamp", "my_light.lamp"),
        ("light.lamp.x", "light.lamp.x"),
        ("light.hall,light.lamp", "light.hall,light.bed"),
        (
            "{{ is_state('light.lamp', 'on') and states.light.lamp }}",
            "{{ is_state('light.bed', 'on') and states.light.lamp }}",
        ),
        ("Turn off light.lamp.", "Turn off light.bed."),
        (
            ["light.lamp", {"entity_id": ("light.lamp",)}, 5, None],
            ["light.bed", {"entity_id": ("light.bed",)}, 5, None],
        ),
    ],
)
def test_an_entity_is_renamed_wherever_its_id_stands(before: Any, after: Any) -> None:
    assert renamed(before, "light.lamp", "light.bed") == after


async def test_a_tap_of_a_person_who_was_renamed_is_logged_for_them(hass: HomeAssistant, kim: Context) -> None:
    entry = await set_up(
        hass, bedroom_entry("Bedroom", sleeper("Alex", may_read=["person.kim"]), sleeper("Kim", "person.kim"))
    )
    loaded = entry.runtime_data

    await rename(hass, "person.kim", "person.kimberly")

    assert (await act(hass, "log_episode", kim))["sleeper"] == "Kim"
    assert entry.runtime_data is loaded
    assert [dict(each.data) for each in entry.subentries.values()] == [
        {"may_read": ["person.kimberly"]},
        {"person": "person.kimberly"},
    ]


async def test_the_person_of_a_bedroom_that_is_not_loaded_is_renamed(hass: HomeAssistant, kim: Context) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim", "person.kim")))
    assert await hass.config_entries.async_unload(entry.entry_id)

    await rename(hass, "person.kim", "person.kimberly")

    assert await hass.config_entries.async_setup(entry.entry_id)
    assert (await act(hass, "log_episode", kim))["sleeper"] == "Kim"


async def test_a_sleeper_is_not_reloaded_by_a_rename_and_is_by_another_change(
    hass: HomeAssistant, kim: Context
) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Kim", "person.kim")))
    loaded = entry.runtime_data
    await rename(hass, "person.kim", "person.kimberly")
    await rename(hass, "person.kimberly", "person.kim")
    assert entry.runtime_data is loaded

    (subentry,) = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, subentry, data={})
    await hass.async_block_till_done()

    assert entry.runtime_data is not loaded


async def test_options_and_own_actions_follow_a_renamed_entity(hass: HomeAssistant, kim: Context) -> None:
    options: dict[str, Any] = {
        "lights": {"entity_id": ["light.lamp", "light.ceiling"]},
        "only_when_home": ["person.kim"],
        "start_actions": [{"action": "light.turn_off", "target": {"entity_id": "light.lamp"}}],
    }
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Kim"), **options))

    await rename(hass, "light.lamp", "light.bedside")
    await rename(hass, "person.kim", "person.kimberly")

    assert entry.options["lights"] == {"entity_id": ["light.bedside", "light.ceiling"]}
    assert entry.options["only_when_home"] == ["person.kimberly"]
    assert entry.options["start_actions"][0]["target"] == {"entity_id": "light.bedside"}
    plan = entry.runtime_data.session.plan
    assert plan.only_when_home == ("person.kimberly",)
    assert [each for each in ir.async_get(hass).issues if each[0] == DOMAIN] == []


async def test_a_light_renamed_at_night_is_left_alone_and_restored_in_the_morning(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    dimmed, asked = light.brightness, list(light.asked)

    await rename(home.hass, "light.lamp", "light.reading_lamp")
    await home.settle()

    assert (light.brightness, light.asked) == (dimmed, asked)
    assert entry.options["lights"] == {"entity_id": ["light.reading_lamp"]}
    assert home.released == []
    await home.jump("11-24 07:00")
    assert light.brightness == 200


# --- what is gone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("configured", "key", "opened"),
    [
        (({"schedule_entity": "schedule.gone"}, {}), "missing_schedule", ("options_flow", "init")),
        (({"only_when_home": ["person.gone"]}, {}), "missing_persons", ("options_flow", "init")),
        (({"light_level": "dark"}, {}), "invalid_options", ("options_flow", "init")),
        (({"lights": {"entity_id": ["light.gone"]}}, {}), "missing_targets", ("config_flow", "reconfigure")),
        (({}, {"person": "person.gone"}), "missing_person", ("config_subentries_flow", "reconfigure")),
        (({}, {"may_read": ["person.gone"]}), "missing_person", ("config_subentries_flow", "reconfigure")),
        (({}, {"sleep_sensor": "sensor.gone"}), "missing_sleep_sensor", ("config_subentries_flow", "reconfigure")),
        (({}, {"in_bed_sensor": "sensor.gone"}), "missing_sleep_sensor", ("config_subentries_flow", "reconfigure")),
        (({}, {"person": 5}), "invalid_sleeper", ("config_subentries_flow", "reconfigure")),
        (({}, {"sleep_sensor": 5}), "invalid_sleeper", ("config_subentries_flow", "reconfigure")),
        (({}, {"in_bed_sensor": ["sensor.bed"]}), "invalid_sleeper", ("config_subentries_flow", "reconfigure")),
    ],
)
async def test_an_issue_leads_to_the_form_where_it_is_mended(
    hass: HomeAssistant,
    bedroom: object,
    hass_client: ClientSessionGenerator,
    configured: tuple[dict[str, Any], dict[str, Any]],
    key: str,
    opened: tuple[str, str],
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    options, of_sleeper = configured
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex", **of_sleeper), **options))
    ((_, issue_id),) = [each for each in ir.async_get(hass).issues if each[0] == DOMAIN]
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert (issue.translation_key, issue.is_fixable) == (key, True)

    client = await hass_client()
    path = "/api/repairs/issues/fix"
    step = await (await client.post(path, json={"handler": DOMAIN, "issue_id": issue_id})).json()
    assert (step["type"], step["step_id"]) == ("form", "confirm")
    assert step["description_placeholders"]["bedroom"] == "Bedroom"
    answer = await client.post(f"{path}/{step['flow_id']}", json={})
    assert answer.status == HTTPStatus.OK
    step = await answer.json()
    assert (step["type"], step["reason"]) == ("abort", "form_opened")

    flow_type, flow_id = step["next_flow"]
    entries = hass.config_entries
    managers: dict[str, Any] = {
        "options_flow": entries.options,
        "config_flow": entries.flow,
        "config_subentries_flow": entries.subentries,
    }
    assert (flow_type, managers[flow_type].async_get(flow_id)["step_id"]) == opened
    assert (DOMAIN, issue_id) in ir.async_get(hass).issues


async def test_the_issue_about_a_person_goes_when_they_are_chosen_again_and_with_the_sleeper(
    hass: HomeAssistant, kim: Context
) -> None:
    def keys() -> set[str | None]:
        return {issue.translation_key for (domain, _), issue in ir.async_get(hass).issues.items() if domain == DOMAIN}

    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Kim", "person.kim"), sleeper("Alex", "person.gone")))
    assert keys() == {"missing_person"}
    er.async_get(hass).async_remove("person.kim")
    hass.states.async_remove("person.kim")
    await hass.async_block_till_done()
    assert len([each for each in ir.async_get(hass).issues if each[0] == DOMAIN]) == 2

    of_kim, of_alex = entry.subentries.values()
    hass.config_entries.async_update_subentry(entry, of_kim, data={})
    await hass.async_block_till_done()
    assert len([each for each in ir.async_get(hass).issues if each[0] == DOMAIN]) == 1
    hass.config_entries.async_remove_subentry(entry, of_alex.subentry_id)
    await hass.async_block_till_done()
    assert "missing_person" not in keys()


async def test_an_issue_of_a_bedroom_that_was_removed_meanwhile_says_so(
    hass: HomeAssistant, entry: MockConfigEntry, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "repairs", {})
    er.async_get(hass).async_remove("light.lamp")
    await hass.async_block_till_done()
    ((_, issue_id),) = [each for each in ir.async_get(hass).issues if each[0] == DOMAIN]
    client = await hass_client()
    path = "/api/repairs/issues/fix"
    step = await (await client.post(path, json={"handler": DOMAIN, "issue_id": issue_id})).json()
    assert await hass.config_entries.async_remove(entry.entry_id)

    step = await (await client.post(f"{path}/{step['flow_id']}", json={})).json()
    assert step["reason"] == "gone"


async def test_a_name_with_markup_is_shown_as_text_in_an_issue(hass: HomeAssistant, bedroom: object) -> None:
    await set_up(hass, bedroom_entry("[Bed](http://example.com)", sleeper("<b>Alex</b>", "person.gone")))
    ((_, issue_id),) = [each for each in ir.async_get(hass).issues if each[0] == DOMAIN]
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {
        "bedroom": "\\[Bed\\](http\\://example.com)",
        "name": "\\<b\\>Alex\\</b\\>",
        "missing": "person.gone",
    }
