"""The evening routine as a to-do list."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from ..common.home import act, after, bedroom_entry, set_up, sleeper, value

LIST = "todo.alex_evening_routine"
DEFAULTS = [
    "Stretch calves and thighs",
    "Leg massage",
    "Yoga",
    "Exercise",
    "No screens",
    "Cool and dark room",
    "Caffeine-free evening",
    "Iron, as agreed with your doctor",
]

pytestmark = pytest.mark.usefixtures("entry", "evening")


async def todo(hass: HomeAssistant, action: str, **data: Any) -> None:
    """Call an action of the to-do domain."""
    await hass.services.async_call("todo", action, {"entity_id": LIST, **data}, blocking=True)


async def items(hass: HomeAssistant, *, status: str | None = None) -> list[str]:
    """Return the items, or those with a status."""
    response: Any = await hass.services.async_call(
        "todo", "get_items", {"entity_id": LIST}, blocking=True, return_response=True
    )
    return [each["summary"] for each in response[LIST]["items"] if status in {None, each["status"]}]


async def test_a_new_routine_has_eight_items(hass: HomeAssistant) -> None:
    assert await items(hass) == DEFAULTS
    assert value(hass, LIST) == "8"


async def test_items_can_be_completed_and_reopened(hass: HomeAssistant) -> None:
    await todo(hass, "update_item", item="Leg massage", status="completed")
    await todo(hass, "update_item", item="No screens", status="completed")
    await todo(hass, "update_item", item="No screens", status="needs_action")

    assert await items(hass, status="completed") == ["Leg massage"]
    assert value(hass, LIST) == "7"


async def test_items_can_be_added_changed_moved_and_removed(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    await todo(hass, "add_item", item="Read a book")
    await todo(hass, "update_item", item="No screens", rename="No telephone")
    await todo(hass, "remove_item", item=["Leg massage", "Cool and dark room"])
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "todo/item/list", "entity_id": LIST})
    uid = (await client.receive_json())["result"]["items"][-1]["uid"]
    await client.send_json_auto_id({"type": "todo/item/move", "entity_id": LIST, "uid": uid})
    assert (await client.receive_json())["success"]

    wanted = [
        "Read a book",
        "Stretch calves and thighs",
        "Yoga",
        "Exercise",
        "No telephone",
        "Caffeine-free evening",
        "Iron, as agreed with your doctor",
    ]
    assert await items(hass) == wanted
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert await items(hass) == wanted


async def test_an_empty_list_stays_empty(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await todo(hass, "remove_item", item=DEFAULTS)
    assert await hass.config_entries.async_reload(entry.entry_id)

    assert await items(hass) == []


async def test_items_are_reset_at_noon_and_stay_completed_in_the_diary(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await todo(hass, "update_item", item="Leg massage", status="completed")
    await after(hass, evening, hours=15.9)
    assert await items(hass, status="completed") == ["Leg massage"]

    await after(hass, evening, hours=0.2)
    assert await items(hass, status="completed") == []
    assert (await act(hass, "get_summary"))["practices"] == {"n": 1, "counts": {"Leg massage": 1}}


async def test_completed_items_survive_a_restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await todo(hass, "update_item", item="Leg massage", status="completed")
    assert await hass.config_entries.async_reload(entry.entry_id)

    assert await items(hass, status="completed") == ["Leg massage"]


@pytest.mark.parametrize(("name", "key"), [("x" * 1_000, "item_too_long")])
async def test_invalid_items_are_rejected(hass: HomeAssistant, name: str, key: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await todo(hass, "add_item", item=name)

    assert refused.value.translation_key == key
    assert await items(hass) == DEFAULTS


async def test_undo_takes_back_ticks_and_removals_of_the_routine(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await todo(hass, "update_item", item="Leg massage", status="completed")
    await todo(hass, "update_item", item="Yoga", status="completed")
    await todo(hass, "remove_completed_items")
    await act(hass, "log_episode")
    assert "Yoga" not in await items(hass)

    await act(hass, "undo")
    await after(hass, evening, seconds=61)
    undone = await act(hass, "undo")
    assert (undone["undone"], undone["item"]["text"], undone["night"]) == ("item_removed", "Leg massage", None)
    assert await items(hass) == DEFAULTS
    assert await items(hass, status="completed") == ["Leg massage", "Yoga"]

    await after(hass, evening, seconds=61)
    undone = await act(hass, "undo")
    assert (undone["undone"], undone["item"]["text"], undone["night"]) == ("practice_logged", "Yoga", "2026-11-23")
    assert await items(hass, status="completed") == ["Leg massage"]
    assert value(hass, LIST) == "7"


async def test_a_change_that_arrives_twice_is_made_once(hass: HomeAssistant) -> None:
    for _ in range(2):
        await todo(hass, "add_item", item="Tea")

    assert await items(hass) == [*DEFAULTS, "Tea"]


async def test_an_item_can_be_ticked_as_often_as_it_is_unticked(hass: HomeAssistant) -> None:
    for status in ("completed", "needs_action", "completed", "needs_action", "completed"):
        await todo(hass, "update_item", item="Yoga", status=status)
        assert await items(hass, status="completed") == (["Yoga"] if status == "completed" else [])


async def test_changing_an_unknown_item_raises_an_error(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "todo/item/move", "entity_id": LIST, "uid": "gone"})
    answer = await client.receive_json()

    assert "no longer in the evening routine" in answer["error"]["message"]


async def test_the_first_routine_uses_the_configured_language(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, "todo", {})
    hass.config.language = "nl"
    await set_up(hass, bedroom_entry("Guest room", sleeper("Kim")))

    assert value(hass, "todo.kim_evening_routine") == "8"
