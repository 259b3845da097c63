"""The changes that a sleeper marks on a date: medicines, iron, laboratory values, illnesses."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.rls_bedtime.diagnostics import async_get_config_entry_diagnostics

from ..common.home import act, after, bedroom_entry, set_up, sleeper

CALENDAR = "calendar.alex_diary"
IRON: dict[str, Any] = {
    "date": "2026-11-20",
    "kind": "iron",
    "name": "Ferrograd",
    "amount": "30 mg",
    "note": "with juice",
}

pytestmark = pytest.mark.usefixtures("entry", "night")


async def changes(hass: HomeAssistant, **data: Any) -> list[dict[str, Any]]:
    """Return the marked changes of the diary."""
    return list((await act(hass, "get_episodes", **data))["changes"])


async def events(hass: HomeAssistant) -> list[dict[str, Any]]:
    """Return the events of the calendar in November."""
    data = {"entity_id": CALENDAR, "start_date_time": "2026-11-01 00:00", "end_date_time": "2026-12-01 00:00"}
    response: Any = await hass.services.async_call("calendar", "get_events", data, blocking=True, return_response=True)
    return list(response[CALENDAR]["events"])


# --- the actions ------------------------------------------------------------------------------------------------------


async def test_a_change_is_marked_with_everything_that_was_given(hass: HomeAssistant) -> None:
    response = await act(hass, "log_change", **IRON)

    change = response["change"]
    assert response == {"sleeper": "Alex", "change": change, "new": True, "change_id": response["change_id"]}
    assert change == {
        **IRON,
        "id": change["id"],
        "value": None,
        "unit": None,
        "logged_at": "2026-11-24T11:12:00+00:00",
        "edited_at": None,
    }
    assert await changes(hass) == [change]
    assert await changes(hass, **{"from": "2026-11-21"}) == []
    assert await changes(hass, to="2026-11-20") == [change]


async def test_a_change_can_be_marked_with_no_data_at_all(hass: HomeAssistant) -> None:
    response = await act(hass, "log_change")
    assert (response["change"]["date"], response["change"]["kind"]) == ("2026-11-24", "other")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"date": "2026-11-20"}, {"date": "2026-11-20"}),
        ({"date": "2026-11-20 23:30"}, {"date": "2026-11-20"}),
        ({"date": ""}, {"date": "2026-11-24"}),
        ({"kind": "Medicine started"}, {"kind": "medicine_started"}),
        ({"kind": "dose_changed", "amount": ["0", "25 mg"]}, {"kind": "dose_changed", "amount": "0,25 mg"}),
        ({"amount": ["2 tablets", "one at noon"]}, {"amount": "2 tablets, one at noon"}),
        ({"name": "Ferritin", "value": "45,5"}, {"kind": "laboratory", "value": 45.5}),
        ({"name": "Ferritin", "value": ["4", "05"]}, {"kind": "laboratory", "value": 4.05}),
        ({"name": "Ferritin", "value": "0,125"}, {"kind": "laboratory", "value": 0.125}),
        ({"name": "Ferritin", "value": "1,2345"}, {"kind": "laboratory", "value": 1.2345}),
        ({"name": "Ferritin", "value": 45, "unit": "ng/ml"}, {"kind": "laboratory", "value": 45.0, "unit": "ng/ml"}),
    ],
)
async def test_a_widget_may_write_it_in_many_ways(
    hass: HomeAssistant, given: dict[str, Any], kept: dict[str, Any]
) -> None:
    change = (await act(hass, "log_change", **given))["change"]
    assert {name: change[name] for name in kept} == kept


async def test_the_vocabulary_may_be_in_the_language_of_the_house(hass: HomeAssistant) -> None:
    hass.config.language = "de"
    assert (await act(hass, "log_change", kind="Eisen"))["change"]["kind"] == "iron"
    updated = await act(hass, "update_change", kind="Laborwert", name="Ferritin", value=45)
    assert updated["change"]["kind"] == "laboratory"
    cleared = await act(hass, "update_change", kind="Krankheit", clear="Wert, Name")
    assert (cleared["change"]["value"], cleared["change"]["name"]) == (None, None)


async def test_fields_of_a_change_are_updated_and_cleared(hass: HomeAssistant) -> None:
    first = (await act(hass, "log_change", **IRON))["change"]
    await act(hass, "log_change", name="newer")

    response = await act(hass, "update_change", change=first["id"], amount="60 mg", clear=["note"])
    assert response["changed"]
    assert {**response["change"], "edited_at": None} == {**first, "amount": "60 mg", "note": None}
    again = await act(hass, "update_change", change=first["id"], amount="60 mg")
    assert (again["changed"], again["change_id"]) == (False, None)
    last = await act(hass, "update_change", name="newest")
    assert (last["change"]["name"], last["change"]["date"]) == ("newest", "2026-11-24")


async def test_a_deleted_change_comes_back_with_undo(hass: HomeAssistant) -> None:
    change = (await act(hass, "log_change", **IRON))["change"]
    deleted = await act(hass, "delete_change")
    assert (deleted["change"], await changes(hass)) == (change, [])

    undone = await act(hass, "undo", change_id=deleted["change_id"])
    assert (undone["undone"], undone["change"], undone["episode"]) == ("change_deleted", change, None)
    assert await changes(hass) == [change]
    redone = await act(hass, "redo")
    assert (redone["redone"], await changes(hass)) == ("change_deleted", [])


@pytest.mark.parametrize("request_id", [None, "b1b2"])
async def test_a_repeated_call_marks_a_change_once(
    hass: HomeAssistant, night: FrozenDateTimeFactory, request_id: str | None
) -> None:
    data: dict[str, Any] = IRON | ({"request_id": request_id} if request_id else {})
    first = await act(hass, "log_change", **data)
    await after(hass, night, seconds=30)
    again = await act(hass, "log_change", **data)

    assert again == {**first, "new": False}
    assert len(await changes(hass)) == 1


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("log_change", {"date": "2026-11-25"}, "change_in_future"),
        ("log_change", {"date": "1999-12-31"}, "night_too_early"),
        ("log_change", {"date": "yesterday"}, "not_a_date"),
        ("log_change", {"kind": "mood"}, "unknown_choice"),
        ("log_change", {"name": "x" * 101}, "text_too_long"),
        ("log_change", {"note": "x" * 2001}, "note_too_long"),
        ("log_change", {"value": "many"}, "not_a_number"),
        ("log_change", {"value": "1,000.5"}, "not_a_number"),
        ("log_change", {"value": "1,234"}, "ambiguous_number"),
        ("log_change", {"value": ["12", "345"]}, "ambiguous_number"),
        ("log_change", {"value": 45}, "laboratory_incomplete"),
        ("log_change", {"kind": "iron", "value": 45}, "value_without_laboratory"),
        ("log_change", {"side": "left"}, "unknown_field"),
        ("update_change", {}, "no_marked_change"),
        ("update_change", {"change": "?"}, "unknown_marked_change"),
        ("update_change", {"name": "x", "clear": "name"}, "cleared_and_given"),
        ("update_change", {"clear": "severity"}, "unknown_choice"),
        ("delete_change", {}, "no_marked_change"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    hass: HomeAssistant, action: str, data: dict[str, Any], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as error:
        await act(hass, action, **data)
    assert error.value.translation_key == key
    assert await changes(hass) == []


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.fixture
async def persons_diary(hass: HomeAssistant, plain_user: MockUser) -> MockConfigEntry:
    """Return a bedroom whose sleeper is a person other than the user."""
    assert await async_setup_component(hass, "person", {"person": [{"id": "kim", "name": "Kim"}]})
    return await set_up(hass, bedroom_entry("Kim's bedroom", sleeper("Kim", "person.kim")))


@pytest.mark.usefixtures("persons_diary")
async def test_who_may_only_log_episodes_can_neither_mark_nor_read_changes(
    hass: HomeAssistant, plain_user: MockUser
) -> None:
    context = Context(user_id=plain_user.id)
    await act(hass, "log_change", sleeper="Kim", name="secret")
    for action in ("log_change", "update_change", "delete_change", "get_episodes"):
        with pytest.raises(HomeAssistantError) as error:
            await act(hass, action, context=context, sleeper="Kim")
        assert error.value.translation_key in {"not_allowed_to_change", "not_allowed_to_read"}
    assert (await act(hass, "log_episode", context=context, sleeper="Kim"))["new"]
    assert len(await changes(hass, sleeper="Kim")) == 1


async def test_no_word_of_a_change_leaves_the_diary(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    fired = async_capture_events(hass, "rls_bedtime_diary")
    secrets: dict[str, Any] = {**IRON, "kind": "laboratory", "value": 12345.5, "unit": "furlong"}
    await act(hass, "log_change", **secrets)
    await act(hass, "update_change", name="Pramipexole", amount="1 tablet", value=999.25, note="hush-hush")
    await act(hass, "delete_change")
    await act(hass, "undo")
    await hass.async_block_till_done()

    def words(data: object) -> str:
        return str(data)

    states = [words((state.state, state.attributes)) for state in hass.states.async_all()]
    heard = [words(event.data) for event in (*calls, *fired)]
    diagnostics = words(await async_get_config_entry_diagnostics(hass, entry))
    for secret in ("Ferrograd", "30 mg", "juice", "12345", "furlong", "Pramipexole", "tablet", "999.25", "hush-hush"):
        assert not [text for text in (*states, *heard, diagnostics) if secret in text], secret
    assert "laboratory" not in "".join(heard)
    assert [event.data["change"] for event in fired] == [
        "change_logged",
        "change_updated",
        "change_deleted",
        "undone",
    ]
    assert "'marked_changes': 1" in diagnostics


async def test_the_event_entity_is_about_episodes_alone(hass: HomeAssistant) -> None:
    before = hass.states.get("event.alex_episode")
    await act(hass, "log_change", **IRON)
    await act(hass, "undo")
    assert hass.states.get("event.alex_episode") == before


# --- where it is shown ------------------------------------------------------------------------------------------------


async def test_the_trends_hold_the_changes_of_the_period_and_all_names(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await act(hass, "log_change", name="old", date="2026-01-05")
    await act(hass, "log_change", name="Iron", date="2026-11-20")
    await act(hass, "log_change", name="old", date="2025-01-05")
    client = await hass_ws_client()

    async def trends(**data: Any) -> Any:
        await client.send_json_auto_id({"type": "rls_bedtime/trends", **data})
        return (await client.receive_json())["result"]

    recent = await trends(days=28)
    assert [each["name"] for each in recent["changes"]] == ["Iron"]
    assert recent["change_names"] == ["Iron", "old"]
    assert recent["changes"][0].keys() == (await changes(hass))[0].keys()
    assert [each["date"] for each in (await trends())["changes"]] == ["2026-11-20", "2026-01-05", "2025-01-05"]


async def test_a_change_is_an_all_day_event_without_its_words(hass: HomeAssistant) -> None:
    await act(hass, "log_change", **IRON)
    await act(hass, "log_clear_night", night="2026-11-19")
    assert await events(hass) == [
        {"start": "2026-11-19", "end": "2026-11-20", "summary": "Clear night"},
        {"start": "2026-11-20", "end": "2026-11-21", "summary": "Change"},
    ]


async def test_a_change_is_moved_and_deleted_in_the_calendar(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    change = (await act(hass, "log_change", **IRON))["change"]
    client = await hass_ws_client()

    async def edit(what: str, **data: Any) -> str | None:
        uid = f"change_{change['id']}"
        await client.send_json_auto_id({"type": f"calendar/event/{what}", "entity_id": CALENDAR, "uid": uid, **data})
        answer = await client.receive_json()
        return None if answer["success"] else answer["error"]["message"]

    moved = {"dtstart": "2026-11-18", "dtend": "2026-11-19", "summary": "Change"}
    assert await edit("update", event=moved) is None
    (shown,) = await changes(hass)
    assert shown == {**change, "date": "2026-11-18", "edited_at": shown["edited_at"]}

    written = {**moved, "summary": "Holiday", "description": "by the sea"}
    assert await edit("update", event=written) is None
    assert await edit("update", event=written) is None
    assert (await changes(hass))[0]["note"] == "with juice\nHoliday\nby the sea"

    timed = {"dtstart": "2026-11-18 10:00:00", "dtend": "2026-11-18 11:00:00", "summary": "Change"}
    assert "whole day" in str(await edit("update", event=timed))
    assert await edit("delete") is None
    assert await changes(hass) == []


async def test_an_update_from_the_diary_reaches_the_cards(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client()
    await client.send_json_auto_id({"type": "rls_bedtime/subscribe"})
    await client.receive_json()
    first = (await client.receive_json())["event"]["revision"]
    await act(hass, "log_change")
    assert (await client.receive_json())["event"]["revision"] > first
