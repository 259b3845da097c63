"""The diary from the outside: a phone's text boxes, the calendar's and the list's own interfaces, and a power cut."""

from http import HTTPStatus
from typing import Any

from client import Json, RefusedError
from demo_home import DOMAIN
from mobile_app import Phone
import pytest
from server import Hub


def ask(hub: Hub, action: str, **data: Any) -> Json:
    """Call one of our actions and return its response."""
    return dict(hub.call(DOMAIN, action, data, return_response=True))


def logged(hub: Hub) -> list[Json]:
    """Return the episodes of the diary, the newest first."""
    return list(ask(hub, "get_episodes")["episodes"])


def test_a_phones_text_boxes_say_all_there_is_to_say(hub: Hub, phone: Phone) -> None:
    """What a widget makes of text boxes, numbers and lists among them, is read as it was meant."""
    boxes = {
        "severity": 7,
        "minutes_ago": "",
        "duration": "20",
        "side": "Left",
        "body_parts": ["calf", "foot"],
        "sensations": "Urge to move",
        "relief": ["knee bends", "cold"],
        "relief_effect": "some",
        "tags": ["late coffee", "flight"],
        "note": ["better", "after a walk"],
    }
    assert phone.tap(DOMAIN, "log_episode", **boxes).status_code == HTTPStatus.OK
    (episode,) = (each for each in logged(hub) if "flight" in each["tags"])
    assert (episode["severity"], episode["duration"], episode["side"]) == (7, 20, "left")
    assert (episode["body_parts"], episode["sensations"]) == (["calf", "foot"], ["urge_to_move"])
    assert (episode["relief"], episode["relief_effect"]) == (["knee_bends", "cold"], "some")
    assert (episode["tags"], episode["note"]) == (["late coffee", "flight"], "better, after a walk")
    assert episode["bedtime_mode"] is False
    assert isinstance(episode["temperature"], float)


def test_every_tap_can_be_taken_back(hub: Hub, ours: dict[str, str], phone: Phone) -> None:
    """Buttons log, end and undo; the event tells each of it."""
    before = logged(hub)
    told: list[str] = []
    for button in ("log_severe", "eased", "undo", "undo"):
        assert phone.tap("button", "press", entity_id=ours[button]).status_code == HTTPStatus.OK
        told.append(hub.state(ours["episode"])["attributes"]["event_type"])
    assert told == ["logged", "ended", "updated", "deleted"]
    assert logged(hub) == before


def test_the_calendar_edits_the_diary(hub: Hub, ours: dict[str, str]) -> None:
    """An event that is added, moved and deleted in the calendar is an episode."""
    before = logged(hub)
    calendar = {"entity_id": ours["diary"]}
    event = {"summary": "6", "dtstart": "2026-10-20T01:00:00", "dtend": "2026-10-20T01:40:00"}
    hub.ws("calendar/event/create", **calendar, event=event)
    (episode,) = ask(hub, "get_episodes", to="2026-10-20")["episodes"]
    assert (episode["severity"], episode["duration"], episode["night"]) == (6, 40, "2026-10-19")
    event |= {"dtstart": "2026-10-19T01:00:00", "dtend": "2026-10-19T01:40:00"}
    hub.ws("calendar/event/update", **calendar, uid=episode["id"], event=event)
    (shown,) = hub.api("GET", f"/api/calendars/{ours['diary']}?start=2026-10-18T00:00:00Z&end=2026-10-21T00:00:00Z")
    assert shown["uid"] == episode["id"]
    assert shown["start"]["dateTime"].startswith("2026-10-19T01:00:00")
    hub.ws("calendar/event/delete", **calendar, uid=episode["id"])
    event |= {"dtstart": "2100-01-01T01:00:00", "dtend": "2100-01-01T02:00:00"}
    with pytest.raises(RefusedError, match="in the future"):
        hub.ws("calendar/event/create", **calendar, event=event)
    assert logged(hub) == before


def test_the_evening_routine_is_a_list_like_any_other(hub: Hub, ours: dict[str, str]) -> None:
    """Items are ticked and added with the list's own actions."""
    routine = {"entity_id": ours["evening_routine"]}
    hub.call("todo", "update_item", {**routine, "item": "Leg massage", "status": "completed"})
    hub.call("todo", "add_item", {**routine, "item": "Read a book"})
    assert hub.state(ours["evening_routine"])["state"] == "5"
    items = hub.ws("todo/item/list", **routine)["items"]
    assert [item["summary"] for item in items if item["status"] == "completed"] == ["Leg massage"]
    hub.call("todo", "remove_item", {**routine, "item": "Read a book"})


def test_all_of_it_survives_a_power_cut(hub: Hub, ours: dict[str, str], phone: Phone) -> None:
    """What was answered is there after the power came back, and can still be taken back."""
    storage = hub.folder / ".storage"  # Home Assistant takes its time to write what is new, phones included

    def is_written() -> bool | None:
        is_phone_known = "mobile_app" in (storage / "core.config_entries").read_text(encoding="utf-8")
        return (is_phone_known and (storage / "core.entity_registry").exists()) or None

    hub.until(is_written, "has written down what it has")
    episode = ask(hub, "log_episode", severity=9, note="just before")["episode"]
    ask(hub, "update_episode", severity=3)
    hub.kill()
    hub.start()
    assert hub.state(ours["last_severity"])["state"] == "3"
    assert hub.state(ours["evening_routine"])["state"] == "4"
    assert ask(hub, "undo")["episode"]["severity"] == 9
    undone = ask(hub, "undo")
    assert (undone["undone"], undone["episode"]["id"]) == ("logged", episode["id"])


def test_the_hub_tells_how_the_diary_is_and_nothing_of_it(hub: Hub) -> None:
    """Diagnostics hold figures and no word; nothing is there to repair."""
    (entry,) = hub.ws("config_entries/get", domain=DOMAIN)
    diagnostics = hub.api("GET", f"/api/diagnostics/config_entry/{entry['entry_id']}")["data"]
    assert diagnostics["sleepers"][0]["episodes_tonight"] >= 1
    assert "after a walk" not in str(diagnostics)
    assert "late coffee" not in str(hub.api("GET", "/api/states"))
    assert [issue for issue in hub.ws("repairs/list_issues")["issues"] if issue["domain"] == DOMAIN] == []
