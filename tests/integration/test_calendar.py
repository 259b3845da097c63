"""The diary as a calendar."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from ..common.home import act, after, press, value

CALENDAR = "calendar.alex_diary"

pytestmark = pytest.mark.usefixtures("entry", "night")


async def events(hass: HomeAssistant, start: str = "2026-11-01", end: str = "2026-12-01") -> list[dict[str, Any]]:
    """Return the events of a period by calling the action."""
    data = {"entity_id": CALENDAR, "start_date_time": f"{start} 00:00", "end_date_time": f"{end} 00:00"}
    response: Any = await hass.services.async_call("calendar", "get_events", data, blocking=True, return_response=True)
    return list(response[CALENDAR]["events"])


async def create(hass: HomeAssistant, **data: Any) -> None:
    """Create an event by calling the action."""
    await hass.services.async_call("calendar", "create_event", {"entity_id": CALENDAR, **data}, blocking=True)


@pytest.fixture
async def edit(hass_ws_client: WebSocketGenerator) -> Any:
    """Return a function that edits events through the websocket, as the calendar panel does."""
    client = await hass_ws_client()

    async def edit(what: str, **data: Any) -> str | None:
        await client.send_json_auto_id({"type": f"calendar/event/{what}", "entity_id": CALENDAR, **data})
        answer = await client.receive_json()
        return None if answer["success"] else answer["error"]["message"]

    return edit


async def episode(hass: HomeAssistant) -> dict[str, Any]:
    """Return the only episode of the diary."""
    (episode,) = (await act(hass, "get_episodes"))["episodes"]
    return dict(episode)


# --- what is shown ----------------------------------------------------------------------------------------------------


async def test_episodes_are_timed_events_and_clear_nights_are_all_day_events(hass: HomeAssistant) -> None:
    await act(hass, "log_episode", started_at="2026-11-23 01:00", duration=40, severity=6, note="left calf")
    await act(hass, "log_episode", started_at="2026-11-24 01:00")
    await act(hass, "log_clear_night", night="2026-11-20")

    assert await events(hass) == [
        {"start": "2026-11-20", "end": "2026-11-21", "summary": "Clear night"},
        {
            "start": "2026-11-23T01:00:00-08:00",
            "end": "2026-11-23T01:40:00-08:00",
            "summary": "Severity 6",
            "description": "left calf",
        },
        {"start": "2026-11-24T01:00:00-08:00", "end": "2026-11-24T01:15:00-08:00", "summary": "Episode"},
    ]


async def test_only_events_in_the_period_are_returned(hass: HomeAssistant) -> None:
    await act(hass, "log_episode", started_at="2026-11-22 23:30", duration=60)
    await act(hass, "log_episode", started_at="2026-11-22 23:00", duration=60)

    assert len(await events(hass, "2026-11-23", "2026-11-24")) == 1
    assert len(await events(hass, "2026-11-22", "2026-11-23")) == 2
    assert await events(hass, "2026-11-24", "2026-11-25") == []
    assert len(await events(hass, "1700-01-01", "9000-01-01")) == 2
    assert await events(hass, "2100-01-01", "2200-01-01") == []


async def test_an_episode_in_the_repeated_hour_is_shown(hass: HomeAssistant) -> None:
    await act(hass, "log_episode", started_at="2026-11-01T01:50-07:00", ended_at="2026-11-01T01:10-08:00")
    await act(hass, "log_episode", started_at="2026-11-01T01:55-07:00")
    await act(hass, "log_episode", started_at="2026-11-01T01:30-08:00", duration=40)

    shown = await events(hass, "2026-11-01", "2026-11-02")
    assert [each["start"] for each in shown] == [
        "2026-11-01T01:50:00-07:00",
        "2026-11-01T01:55:00-07:00",
        "2026-11-01T01:30:00-08:00",
    ]


async def test_a_clear_night_with_a_later_episode_is_not_shown_as_clear(hass: HomeAssistant) -> None:
    await act(hass, "log_clear_night", night="2026-11-22")
    await act(hass, "log_episode", started_at="2026-11-23 01:00")

    assert [each["summary"] for each in await events(hass)] == ["Episode"]


async def test_the_calendar_is_on_while_an_episode_is_ongoing(
    hass: HomeAssistant, night: FrozenDateTimeFactory
) -> None:
    assert value(hass, CALENDAR) == "off"
    await act(hass, "log_episode", severity=6, note="secret")
    assert value(hass, CALENDAR) == "on"
    assert value(hass, CALENDAR, "message") == "Severity 6"
    assert value(hass, CALENDAR, "description") == ""

    await after(hass, night, hours=4, seconds=1)
    assert value(hass, CALENDAR) == "off"


# --- creating ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("summary", "description", "severity", "note"),
    [
        ("7", "", 7, None),
        ("7/10", "left calf", 7, "left calf"),
        ("Severity 3", "", 3, None),
        ("episode", "", None, None),
        ("Legs on fire", "", None, "Legs on fire"),
        ("Legs on fire", "until two", None, "Legs on fire\nuntil two"),
        ("11", "", None, "11"),
    ],
)
async def test_a_created_event_logs_an_episode(
    hass: HomeAssistant, summary: str, description: str, severity: int | None, note: str | None
) -> None:
    times = {"start_date_time": "2026-11-24 01:00:00", "end_date_time": "2026-11-24 01:40:00"}
    await create(hass, summary=summary, description=description, **times)

    logged = await episode(hass)
    assert (logged["started_at"], logged["duration"]) == ("2026-11-24T01:00:00-08:00", 40)
    assert (logged["severity"], logged["note"]) == (severity, note)
    assert value(hass, "event.alex_episode", "event_type") == "logged"


async def test_an_end_in_the_future_leaves_the_episode_ongoing(hass: HomeAssistant) -> None:
    await create(hass, summary="6", start_date_time="2026-11-24 03:00:00", end_date_time="2026-11-24 04:00:00")

    assert (await episode(hass))["ended_at"] is None
    assert value(hass, "binary_sensor.alex_episode_ongoing") == "on"


async def test_an_all_day_event_marks_a_clear_night(hass: HomeAssistant) -> None:
    await create(hass, summary="Slept well", start_date="2026-11-20", end_date="2026-11-21")

    assert (await act(hass, "get_episodes"))["clear_nights"] == ["2026-11-20"]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({"start_date_time": "2026-11-25 01:00:00", "end_date_time": "2026-11-25 02:00:00"}, "start_in_future"),
        ({"start_date_time": "2026-11-20 01:00:00", "end_date_time": "2026-11-23 02:00:00"}, "episode_too_long"),
        ({"start_date": "2026-11-25", "end_date": "2026-11-26"}, "night_in_future"),
        ({"start_date": "2026-11-20", "end_date": "2026-11-23"}, "one_night_at_a_time"),
    ],
)
async def test_invalid_events_are_rejected(hass: HomeAssistant, data: dict[str, Any], key: str) -> None:
    with pytest.raises(ServiceValidationError) as refused:
        await create(hass, summary="Bad", **data)

    assert refused.value.translation_key == key
    assert await events(hass) == []


async def test_a_note_that_is_too_long_is_rejected(hass: HomeAssistant, edit: Any) -> None:
    times = {"dtstart": "2026-11-24T01:00:00", "dtend": "2026-11-24T02:00:00"}
    refused = await edit("create", event={"summary": "6", "description": "x" * 3_000, **times})
    assert "Shorten it" in refused
    await create(hass, summary="6", start_date_time="2026-11-24 01:00:00", end_date_time="2026-11-24 02:00:00")
    logged = await episode(hass)
    refused = await edit("update", uid=logged["id"], event={"summary": "6", "description": "x" * 3_000, **times})

    assert "Shorten it" in refused
    assert await episode(hass) == logged


async def test_recurring_events_are_rejected(hass: HomeAssistant, edit: Any) -> None:
    times = {"dtstart": "2026-11-24T01:00:00", "dtend": "2026-11-24T02:00:00"}
    refused = await edit("create", event={"summary": "6", "rrule": "FREQ=DAILY", **times})

    assert "can't repeat" in refused
    assert await events(hass) == []


# --- editing ----------------------------------------------------------------------------------------------------------


async def test_moving_an_event_moves_the_episode(hass: HomeAssistant, edit: Any) -> None:
    logged = (await act(hass, "log_episode", started_at="2026-11-23 01:00", duration=40, severity=6, note="calf"))[
        "episode"
    ]
    times = {"dtstart": "2026-11-22T23:00:00", "dtend": "2026-11-22T23:40:00"}
    shown = {"summary": "Severity 6", "description": "calf"}
    assert await edit("update", uid=logged["id"], event={**shown, **times}) is None

    moved = await episode(hass)
    assert (moved["started_at"], moved["duration"]) == ("2026-11-22T23:00:00-08:00", 40)
    assert (moved["severity"], moved["note"]) == (6, "calf")
    assert (await act(hass, "undo"))["episode"]["started_at"] == "2026-11-23T01:00:00-08:00"


async def test_an_unknown_end_stays_unknown_when_the_event_is_moved(hass: HomeAssistant, edit: Any) -> None:
    logged = (await act(hass, "log_episode", started_at="2026-11-24 01:00:20"))["episode"]
    times = {"dtstart": "2026-11-24T00:30:00", "dtend": "2026-11-24T00:45:00"}
    assert await edit("update", uid=logged["id"], event={"summary": "Episode", **times}) is None
    assert (await episode(hass))["ended_at"] is None

    times["dtend"] = "2026-11-24T01:30:00"
    assert await edit("update", uid=logged["id"], event={"summary": "Episode", **times}) is None
    assert (await episode(hass))["duration"] == 60


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ({"summary": "8", "description": "calf"}, {"severity": 8, "note": "calf"}),
        ({"summary": "Severity 6", "description": ""}, {"severity": 6, "note": None}),
        ({"summary": "Severity 6"}, {"severity": 6, "note": "calf"}),
        ({"summary": "Horrible", "description": "calf"}, {"severity": 6, "note": "Horrible\ncalf"}),
    ],
)
async def test_the_texts_of_an_event_change_severity_and_note(
    hass: HomeAssistant, edit: Any, shown: dict[str, str], kept: dict[str, Any]
) -> None:
    logged = (await act(hass, "log_episode", started_at="2026-11-23 01:00:20", severity=6, note="calf"))["episode"]
    times = {"dtstart": "2026-11-23T01:00:00", "dtend": "2026-11-23T01:15:00"}
    assert await edit("update", uid=logged["id"], event={**shown, **times}) is None

    changed = await episode(hass)
    assert {name: changed[name] for name in kept} == kept
    assert (changed["started_at"], changed["ended_at"]) == (logged["started_at"], None)


async def test_deleting_an_event_deletes_the_episode(hass: HomeAssistant, edit: Any) -> None:
    await press(hass, "log_severe")
    logged = await episode(hass)
    assert await edit("delete", uid=logged["id"]) is None

    assert value(hass, "sensor.alex_episodes_tonight") == "0"
    assert (await act(hass, "undo"))["undone"] == "deleted"
    assert "no episode gone" in await edit("delete", uid="gone")


async def test_a_clear_night_can_be_moved_and_deleted(
    hass: HomeAssistant, night: FrozenDateTimeFactory, edit: Any, hass_client: ClientSessionGenerator
) -> None:
    await act(hass, "log_clear_night", night="2026-11-20")
    client = await hass_client()
    answer = await client.get(f"/api/calendars/{CALENDAR}?start=2026-11-01T00:00:00Z&end=2026-12-01T00:00:00Z")
    (shown,) = await answer.json()
    clear = {"summary": "Clear night"}

    moved = {**clear, "dtstart": "2026-11-21", "dtend": "2026-11-22"}
    assert await edit("update", uid=shown["uid"], event=moved) is None
    assert (await act(hass, "get_episodes"))["clear_nights"] == ["2026-11-21"]
    undone = await act(hass, "undo")
    assert (undone["undone"], undone["clear_night"]) == ("clear_night_moved", "2026-11-20")
    assert await edit("update", uid=shown["uid"], event=moved) is None

    timed = {**clear, "dtstart": "2026-11-21T01:00:00", "dtend": "2026-11-21T02:00:00"}
    assert "whole day" in await edit("update", uid="clear_night_2026-11-21", event=timed)
    assert await edit("delete", uid="clear_night_2026-11-21") is None
    assert await events(hass) == []
    assert await edit("delete", uid="clear_night_2026-11-21") is None
    await after(hass, night, seconds=61)
    assert "not marked as clear" in await edit("delete", uid="clear_night_2026-11-21")


async def test_an_episode_cannot_become_an_all_day_event(hass: HomeAssistant, edit: Any) -> None:
    await press(hass, "log_severe")
    logged = await episode(hass)

    day = {"summary": "Episode", "dtstart": "2026-11-23", "dtend": "2026-11-24"}
    assert "a start and an end" in await edit("update", uid=logged["id"], event=day)
    assert await episode(hass) == logged


async def test_the_calendar_survives_a_restart(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await act(hass, "log_episode", started_at="2026-11-23 01:00", duration=40)
    before = await events(hass)
    assert await hass.config_entries.async_reload(entry.entry_id)

    assert await events(hass) == before
