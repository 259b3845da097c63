"""The websocket commands."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.rls_bedtime.revisions import async_get_revision

from ..common.home import act, bedroom_entry, set_up, sleeper

pytestmark = pytest.mark.usefixtures("bedroom", "night")


async def ask(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, command: str = "trends", **about: Any
) -> dict[str, Any]:
    """Send a command. Return the response."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": f"rls_bedtime/{command}", **about})
    return dict(await client.receive_json())


async def test_the_nights_are_those_of_the_given_sleeper(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim")))
    await act(hass, "log_episode", sleeper="Kim")

    assert (await ask(hass, hass_ws_client, sleeper="Alex"))["result"]["nights"] == []
    assert (await ask(hass, hass_ws_client, sleeper="Kim"))["result"]["nights"] == [["2026-11-23", 1, None]]


@pytest.mark.parametrize(
    ("about", "key"),
    [
        ({}, "which_sleeper"),
        ({"sleeper": "Robin"}, "unknown_sleeper"),
    ],
)
async def test_an_invalid_request_returns_a_readable_error(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, about: dict[str, Any], key: str
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim")))

    answer = await ask(hass, hass_ws_client, **about)

    assert not answer["success"]
    assert answer["error"]["translation_key"] == key


# --- trends -----------------------------------------------------------------------------------------------------------


async def test_the_trends_contain_all_that_the_card_draws(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    await act(hass, "log_episode", severity=4)
    await act(hass, "log_episode", started_at="2026-10-20 23:00", severity=7)
    await act(hass, "log_episode", started_at="2026-10-02 23:00")
    await act(hass, "log_clear_night", night="2026-09-30")
    tick = {"entity_id": "todo.alex_evening_routine", "item": "Leg massage", "status": "completed"}
    await hass.services.async_call("todo", "update_item", tick, blocking=True)

    result = (await ask(hass, hass_ws_client, "trends"))["result"]

    assert (result["sleeper"], result["tonight"], result["first_night"]) == ("Alex", "2026-11-23", "2026-09-30")
    assert result["nights"] == [
        ["2026-11-23", 1, 4],
        ["2026-10-20", 1, 7],
        ["2026-10-02", 1, None],
        ["2026-09-30", 0, None],
    ]
    summary = await act(hass, "get_summary", None, **{"from": "2026-09-30"})
    assert {"sleeper": "Alex", **result["summary"]} == summary
    assert [(each["first_night"], each["last_night"], each["episodes"]["n"]) for each in result["months"]] == [
        ("2026-11-01", "2026-11-23", 1),
        ("2026-10-01", "2026-10-31", 2),
    ]
    massage, *others = sorted(result["practices"], key=lambda practice: not practice["nights"])
    assert massage == {
        "uid": massage["uid"],
        "text": "Leg massage",
        "since": "2026-11-23",
        "removed": False,
        "nights": ["2026-11-23"],
    }
    assert {(each["since"], each["removed"], *each["nights"]) for each in others} == {("2026-11-23", False)}


async def test_the_trends_of_some_days_end_tonight(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    await act(hass, "log_episode", started_at="2026-11-16 23:00")
    await act(hass, "log_episode", started_at="2026-11-17 23:00")

    for days, first_night, count in ((1, "2026-11-23", 0), ("7", "2026-11-17", 1), (1_000_000, "2000-01-01", 2)):
        result = (await ask(hass, hass_ws_client, "trends", days=days))["result"]
        assert (result["first_night"], len(result["nights"])) == (first_night, count)


async def test_the_trends_of_an_empty_diary_are_those_of_tonight(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))

    result = (await ask(hass, hass_ws_client, "trends"))["result"]

    assert (result["first_night"], result["tonight"], result["nights"]) == ("2026-11-23", "2026-11-23", [])


async def test_a_practice_that_was_removed_stays_in_the_trends_of_its_nights(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    routine = {"entity_id": "todo.alex_evening_routine", "item": "Leg massage"}
    await hass.services.async_call("todo", "update_item", routine | {"status": "completed"}, blocking=True)
    await hass.services.async_call("todo", "update_item", routine | {"rename": "Massage"}, blocking=True)
    await hass.services.async_call("todo", "remove_item", routine | {"item": ["Massage"]}, blocking=True)

    practices = (await ask(hass, hass_ws_client, "trends"))["result"]["practices"]
    assert [each["nights"] for each in practices if each["removed"]] == [["2026-11-23"]]


@pytest.mark.parametrize("days", [0, -1, 1.5, "a week", float("1e300"), [1, 2], {"days": 1}])
async def test_trends_of_an_impossible_number_of_days_are_refused(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, days: object
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))

    answer = await ask(hass, hass_ws_client, "trends", days=days)

    assert answer["error"]["translation_key"] == "number_out_of_range"


# --- revisions and access ---------------------------------------------------------------------------------------------


async def test_a_subscription_tells_of_each_change_and_survives_a_reload(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "rls_bedtime/subscribe"})
    assert (await client.receive_json())["success"]

    async def revision() -> int:
        message = await client.receive_json()
        assert message["type"] == "event"
        return int(message["event"]["revision"])

    revisions = [await revision()]
    await act(hass, "log_episode")
    revisions.append(await revision())
    await act(hass, "undo")
    revisions.append(await revision())
    add = {"entity_id": "todo.alex_evening_routine", "item": "Tea"}
    await hass.services.async_call("todo", "add_item", add, blocking=True)
    revisions.append(await revision())
    assert await hass.config_entries.async_reload(entry.entry_id)
    revisions.append(await revision())
    await act(hass, "log_episode")
    revisions.append(await revision())

    assert revisions == sorted(set(revisions))
    await client.send_json_auto_id({"type": "unsubscribe_events", "subscription": 1})
    assert (await client.receive_json())["success"]
    await act(hass, "undo")
    await client.send_json_auto_id({"type": "ping"})
    assert (await client.receive_json())["type"] == "pong"


async def test_a_revision_after_a_restart_is_higher_than_any_before(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    (subentry_id,) = entry.subentries
    before = async_get_revision(hass, subentry_id)
    hass.data.pop("rls_bedtime.revisions")
    freezer.tick(60)

    assert async_get_revision(hass, subentry_id) > before


async def test_a_request_for_a_bedroom_that_is_not_loaded_is_refused_in_words(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, caplog: pytest.LogCaptureFixture
) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    await hass.config_entries.async_unload(entry.entry_id)

    answer = await ask(hass, hass_ws_client, "trends")
    assert answer["error"]["translation_key"] == "sleeper_not_loaded"
    may_all = {"statistics": {}, "can_log": True, "can_read": True, "can_control_bedroom": True}
    assert (await ask(hass, hass_ws_client, "access"))["result"] == may_all
    assert (await ask(hass, hass_ws_client, "subscribe"))["success"]
    assert "Error handling message" not in caplog.text
