"""The tools for language models, called as Assist calls them."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er, llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.rls_bedtime.const import DOMAIN

from ..common.home import Home, act, bedroom_entry, press, set_up, sleeper, value
from ..common.relief import PATH_LEVEL, add_relief, hallway, massager

NAMES = {
    "log_episode",
    "end_episode",
    "get_last_night",
    "compare_nights",
    "get_experiment",
    "start_bedtime",
    "stop_bedtime",
}


@pytest.fixture(autouse=True)
async def _assist(hass: HomeAssistant) -> None:
    """Set up Assist."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "llm", {})


async def assist(
    hass: HomeAssistant, context: Context | None = None, device_id: str | None = None, api: str = llm.LLM_API_ASSIST
) -> llm.APIInstance:
    """Return the API that Assist offers to a model."""
    about = llm.LLMContext(
        platform="test", context=context, language="en", assistant="conversation", device_id=device_id
    )
    return await llm.async_get_api(hass, api, about)


def ours(api: llm.APIInstance) -> dict[str, llm.Tool]:
    """Return our tools."""
    prefix = f"{DOMAIN}__"
    return {tool.name.removeprefix(prefix): tool for tool in api.tools if tool.name.startswith(prefix)}


async def use(hass: HomeAssistant, tool: str, context: Context | None = None, **args: Any) -> Any:
    """Call a tool. Return the result."""
    api = await assist(hass, context)
    result = await api.async_call_tool(llm.ToolInput(f"{DOMAIN}__{tool}", args))
    assert not result.error, result.data
    return result.data


async def refused(hass: HomeAssistant, tool: str, context: Context | None = None, **args: Any) -> str:
    """Call a tool that fails. Return the error."""
    api = await assist(hass, context)
    result = await api.async_call_tool(llm.ToolInput(f"{DOMAIN}__{tool}", args))
    assert result.error
    return str(result.data["error"])


def expose(hass: HomeAssistant, *entity_ids: str, to_assist: bool) -> None:
    """Expose entities to Assist, or stop exposing them."""
    for entity_id in entity_ids:
        async_expose_entity(hass, "conversation", entity_id, to_assist)


async def test_all_tools_are_offered_with_their_descriptions(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    tools = ours(await assist(hass))
    assert tools.keys() == NAMES
    for tool in tools.values():
        assert tool.integration == DOMAIN
        assert tool.title
        assert tool.description
        assert not tool.annotations.open_world
        assert not tool.annotations.destructive
    read_only = [name for name, tool in tools.items() if tool.annotations.read_only]
    assert read_only == ["get_last_night", "compare_nights", "get_experiment"]


async def test_relief_at_night_is_offered_where_it_is_configured(hass: HomeAssistant) -> None:
    await set_up(hass, bedroom_entry("Bedroom", path=["light.hall"]))
    await set_up(hass, bedroom_entry("Guest", relief_devices=["switch.massager"]))
    tools = ours(await assist(hass))
    assert tools.keys() - NAMES == {"start_walk", "stop_walk", "start_relief", "stop_relief"}
    choices = {name: tools[name].parameters.schema["bedroom"].container for name in ("start_walk", "stop_relief")}
    assert choices == {"start_walk": ["Bedroom"], "stop_relief": ["Guest"]}


async def test_the_way_is_lit_and_noted_in_the_ongoing_episode(home: Home) -> None:
    light, device = hallway(), massager()
    await add_relief(home, light, device)
    await act(home.hass, "log_episode")
    walk = await use(home.hass, "start_walk", minutes=5)
    assert (walk["bedroom"], walk["noted_in_ongoing_episode"], light.brightness) == ("Bedroom", True, PATH_LEVEL)
    await use(home.hass, "start_relief")
    assert device.is_on is True
    assert (await use(home.hass, "stop_walk"), light.is_on) == ({"bedroom": "Bedroom", "until": None}, False)
    await use(home.hass, "stop_relief")
    await home.settle()
    assert device.is_on is False
    (episode,) = (await act(home.hass, "get_episodes"))["episodes"]
    assert episode["relief"] == ["walking", "massage"]


async def test_the_prompt_forbids_medical_advice(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert "no medical advice" in (await assist(hass)).api_prompt


async def test_no_tools_are_offered_without_a_bedroom(hass: HomeAssistant) -> None:
    assert ours(await assist(hass)) == {}


async def test_an_episode_is_logged_and_ended(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    told = await use(hass, "log_episode", severity=6, body_parts=["calf"], side="left", note="after the flight")
    assert told["sleeper"] == "Alex"
    assert told["new"] is True
    assert told["episode"] == {
        "started_at": "2026-11-24T03:12:00-08:00",
        "ongoing": True,
        "severity": 6,
        "side": "left",
        "body_parts": ["calf"],
    }
    night.tick(timedelta(minutes=20))
    ended = await use(hass, "end_episode", relief=["walking"], relief_effect="some")
    assert (ended["episode"]["duration"], ended["episode"]["relief"]) == (20, ["walking"])
    (episode,) = (await act(hass, "get_episodes"))["episodes"]
    assert episode["note"] == "after the flight"


async def test_last_night_is_the_one_that_began_yesterday(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> None:
    for time in ("2026-11-23 01:00-08:00", "2026-11-23 23:40-08:00", "2026-11-24 03:12-08:00"):
        freezer.move_to(time)
        await act(hass, "log_episode", severity=4, note="a secret", tags="secret")
    for time in ("2026-11-24 08:00-08:00", "2026-11-24 15:00-08:00", "2026-11-24 23:59-08:00"):
        freezer.move_to(time)
        told = await use(hass, "get_last_night")
        assert (told["night_beginning"], told["number_of_episodes"], told["recorded"]) == ("2026-11-23", 2, True)
        assert told["episodes"][0]["started_at"] == "2026-11-23T23:40:00-08:00"
        assert "secret" not in str(told)
    assert (await use(hass, "get_last_night", night="2026-11-22"))["number_of_episodes"] == 1
    unrecorded = await use(hass, "get_last_night", night="2026-11-20")
    assert (unrecorded["recorded"], unrecorded["clear_night"]) == (False, False)
    await act(hass, "log_clear_night", night="2026-11-20")
    clear = await use(hass, "get_last_night", night="2026-11-20")
    assert (clear["recorded"], clear["clear_night"]) == (True, True)


async def test_bedtime_mode_can_be_started_and_stopped(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert (await use(hass, "start_bedtime", wind_down=20))["phase"] == "wind_down"
    started = await use(hass, "start_bedtime")
    assert (started["bedroom"], started["phase"]) == ("Bedroom", "bedtime")
    assert value(hass, "switch.bedroom_bedtime_mode") == "on"
    assert (await use(hass, "stop_bedtime"))["phase"] == "off"
    await hass.async_block_till_done()
    assert value(hass, "light.lamp", "brightness") == 200


async def test_errors_are_returned_as_readable_texts(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert "no episode is ongoing" in (await refused(hass, "end_episode")).casefold()
    assert "from 0 to 10" in await refused(hass, "log_episode", severity=12)
    assert "There is no sleeper Robin" in await refused(hass, "log_episode", sleeper="Robin")
    assert "There is no bedroom Attic" in await refused(hass, "start_bedtime", bedroom="Attic")
    assert "There is no field colour" in await refused(hass, "log_episode", colour="red")
    assert "must be a date" in await refused(hass, "get_last_night", night="the other day")
    assert (await act(hass, "get_episodes"))["episodes"] == []


async def test_an_episode_is_logged_for_the_user_who_speaks(
    hass: HomeAssistant, bedroom: object, night: FrozenDateTimeFactory
) -> None:
    group = await hass.auth.async_get_group(GROUP_ID_USER)
    assert group is not None
    users = {name: MockUser(name=name, groups=[group]).add_to_hass(hass) for name in ("Alex", "Kim")}
    persons = [{"id": name.lower(), "name": name, "user_id": user.id} for name, user in users.items()]
    assert await async_setup_component(hass, "person", {"person": persons})
    await set_up(hass, bedroom_entry("Bedroom", *(sleeper(name, f"person.{name.lower()}") for name in users)))
    for name, user in users.items():
        context = Context(user_id=user.id)
        assert (await use(hass, "log_episode", context))["sleeper"] == name
        state = hass.states.get(f"event.{name.lower()}_episode")
        assert state is not None
        assert state.context.user_id == user.id
    assert (await use(hass, "end_episode", Context(user_id=users["Alex"].id)))["sleeper"] == "Alex"
    assert value(hass, "binary_sensor.kim_episode_ongoing") == "on"

    assert "whose diary" in await refused(hass, "log_episode")
    assert (await use(hass, "log_episode", severity=3, sleeper="Kim"))["sleeper"] == "Kim"


async def test_sleepers_and_bedrooms_that_are_not_exposed_cannot_be_used(hass: HomeAssistant, bedroom: object) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim")))
    expose(hass, "todo.kim_evening_routine", to_assist=False)
    await act(hass, "log_episode", sleeper="Kim", severity=9)
    assert "The sleepers are: Alex" in await refused(hass, "get_last_night", sleeper="Kim")
    assert (await use(hass, "get_last_night", sleeper="Alex"))["number_of_episodes"] == 0

    expose(hass, "button.kim_eased", to_assist=True)
    await use(hass, "end_episode", sleeper="Kim")
    expose(hass, "button.kim_eased", "todo.alex_evening_routine", to_assist=False)
    assert ours(await assist(hass)).keys() == {"start_bedtime", "stop_bedtime"}
    expose(hass, "switch.bedroom_bedtime_mode", to_assist=False)
    assert ours(await assist(hass)) == {}


async def test_the_default_bedroom_is_that_of_the_voice_satellite(hass: HomeAssistant, bedroom: object) -> None:
    areas = {name: ar.async_get(hass).async_create(name).id for name in ("Bedroom", "Attic")}
    entries = [await set_up(hass, bedroom_entry(name, area=area)) for name, area in areas.items()]
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entries[0].entry_id, identifiers={("other", "satellite")}
    )
    dr.async_get(hass).async_update_device(device.id, area_id=areas["Attic"])
    assert "which bedroom" in await refused(hass, "start_bedtime")

    api = await assist(hass, device_id=device.id)
    result = await api.async_call_tool(llm.ToolInput(f"{DOMAIN}__start_bedtime", {}))
    assert result.data["bedroom"] == "Attic"
    assert value(hass, "sensor.bedroom_phase") == "off"


async def test_a_tool_of_an_unloaded_bedroom_returns_an_error(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """A model may call a tool that it was offered before the bedroom was unloaded."""
    api = await assist(hass)
    await press(hass, "log_mild")
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert ours(await assist(hass)) == {}
    for tool in NAMES:
        result = await api.async_call_tool(llm.ToolInput(f"{DOMAIN}__{tool}", {}))
        assert result.error
        assert result.data["error"]


async def test_a_failing_disk_is_returned_as_an_error(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="diary_closed")

    monkeypatch.setattr("custom_components.rls_bedtime.diary_manager.DiaryManager.async_write", fail)
    assert "The diary is not open right now" in await refused(hass, "log_episode")
    assert er.async_get(hass).async_get("event.alex_episode") is not None
