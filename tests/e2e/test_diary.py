"""The diary through widgets, buttons, the calendar, the to-do list and the logbook, and through a power cut."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
import json
from typing import Any

from client import Json, RequestRejectedError
from demo_home import DOMAIN
from diary_database import read_episodes
from mobile_app import Phone
import pytest
from server import Server

IN_TWO_HOURS = (datetime.now(UTC) + timedelta(hours=2)).isoformat()


def call_with_response(server: Server, action: str, **data: Any) -> Json:
    """Call an action of the integration and return its response."""
    return dict(server.call_action(DOMAIN, action, data, return_response=True))


def get_episodes(server: Server) -> list[Json]:
    """Return the episodes of the diary, the newest first."""
    return list(call_with_response(server, "get_episodes")["episodes"])


def test_phone_logs_with_and_without_a_severity(server: Server, entity_ids: dict[str, str], phone: Phone) -> None:
    before = int(server.get_state(entity_ids["episodes_tonight"])["state"])
    assert phone.call_action(DOMAIN, "log_episode").status_code == HTTPStatus.OK
    assert phone.call_action(DOMAIN, "log_episode", severity=6).status_code == HTTPStatus.OK
    server.wait_for_state(entity_ids["episodes_tonight"], str(before + 2))
    assert server.get_state(entity_ids["last_severity"])["state"] == "6"
    assert [episode["severity"] for episode in read_episodes(server)][-2:] == [None, 6]


def test_repeated_call_of_a_phone_logs_once(server: Server, phone: Phone) -> None:
    before = read_episodes(server)
    for _ in range(2):
        response = phone.call_action(DOMAIN, "log_episode", severity="7", note="left, calf")
        assert response.status_code == HTTPStatus.OK
    assert len(read_episodes(server)) == len(before) + 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param({"severity": 11}, "severity_out_of_range", id="a severity of 11"),
        pytest.param({"started_at": IN_TWO_HOURS}, "start_in_future", id="a start in two hours"),
        pytest.param({"sleeper": "Nobody"}, "unknown_sleeper", id="an unknown sleeper"),
        pytest.param({"note": "x" * 100_000}, "note_too_long", id="a note of 100,000 characters"),
    ],
)
def test_invalid_input_is_a_translated_error_and_writes_nothing(
    server: Server, phone: Phone, data: Json, error: str
) -> None:
    before = read_episodes(server)
    phone.call_action(DOMAIN, "log_episode", **data)  # Home Assistant answers every webhook with OK
    response = server.request("POST", f"/api/services/{DOMAIN}/log_episode", data)
    with pytest.raises(RequestRejectedError) as rejected:
        server.call_ws("call_service", domain=DOMAIN, service="log_episode", service_data=data)
    answer = rejected.value.answer
    assert (answer["translation_domain"], answer["translation_key"]) == (DOMAIN, error)
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["message"] in answer["message"]
    assert error not in response.text
    assert "{" not in answer["message"]
    assert read_episodes(server) == before


def test_widget_with_text_fields_can_give_every_detail(server: Server, phone: Phone) -> None:
    """Lists, comma texts, empty texts and numbers as texts are all parsed."""
    fields = {
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
    assert phone.call_action(DOMAIN, "log_episode", **fields).status_code == HTTPStatus.OK
    (episode,) = (episode for episode in get_episodes(server) if "flight" in episode["tags"])
    assert (episode["severity"], episode["duration"], episode["side"]) == (7, 20, "left")
    assert (episode["body_parts"], episode["sensations"]) == (["calf", "foot"], ["urge_to_move"])
    assert (episode["relief"], episode["relief_effect"]) == (["knee_bends", "cold"], "some")
    assert (episode["tags"], episode["note"]) == (["late coffee", "flight"], "better, after a walk")
    assert episode["bedtime_mode"] is False
    assert isinstance(episode["temperature"], float)


def test_buttons_log_end_and_undo_and_the_event_entity_reports_each(
    server: Server, entity_ids: dict[str, str], phone: Phone
) -> None:
    before = get_episodes(server)
    event_types: list[str] = []
    for button in ("log_severe", "eased", "undo", "undo"):
        assert phone.call_action("button", "press", entity_id=entity_ids[button]).status_code == HTTPStatus.OK
        event_types.append(server.get_state(entity_ids["episode"])["attributes"]["event_type"])
    # The second press within a minute was a repeat. The change before it is undone by a call of its own.
    assert phone.call_action(DOMAIN, "undo", request_id="undo the log").status_code == HTTPStatus.OK
    event_types[-1] = server.get_state(entity_ids["episode"])["attributes"]["event_type"]
    assert event_types == ["logged", "ended", "updated", "deleted"]
    assert get_episodes(server) == before


def test_calendar_adds_moves_and_deletes_episodes(server: Server, entity_ids: dict[str, str]) -> None:
    before = get_episodes(server)
    calendar = {"entity_id": entity_ids["diary"]}
    event = {"summary": "6", "dtstart": "2026-10-20T01:00:00", "dtend": "2026-10-20T01:40:00"}
    server.call_ws("calendar/event/create", **calendar, event=event)
    (episode,) = call_with_response(server, "get_episodes", to="2026-10-20")["episodes"]
    assert (episode["severity"], episode["duration"], episode["night"]) == (6, 40, "2026-10-19")
    event |= {"dtstart": "2026-10-19T01:00:00", "dtend": "2026-10-19T01:40:00"}
    server.call_ws("calendar/event/update", **calendar, uid=episode["id"], event=event)
    period = "start=2026-10-18T00:00:00Z&end=2026-10-21T00:00:00Z"
    (moved,) = server.call_api("GET", f"/api/calendars/{entity_ids['diary']}?{period}")
    assert moved["uid"] == episode["id"]
    assert moved["start"]["dateTime"].startswith("2026-10-19T01:00:00")
    server.call_ws("calendar/event/delete", **calendar, uid=episode["id"])
    event |= {"dtstart": "2100-01-01T01:00:00", "dtend": "2100-01-01T02:00:00"}
    with pytest.raises(RequestRejectedError, match="in the future"):
        server.call_ws("calendar/event/create", **calendar, event=event)
    assert get_episodes(server) == before


def test_evening_routine_is_an_ordinary_todo_list(server: Server, entity_ids: dict[str, str]) -> None:
    routine = {"entity_id": entity_ids["evening_routine"]}
    server.call_action("todo", "update_item", {**routine, "item": "Leg massage", "status": "completed"})
    server.call_action("todo", "add_item", {**routine, "item": "Read a book"})
    assert server.get_state(entity_ids["evening_routine"])["state"] == "8"
    items = server.call_ws("todo/item/list", **routine)["items"]
    assert [item["summary"] for item in items if item["status"] == "completed"] == ["Leg massage"]
    server.call_action("todo", "remove_item", {**routine, "item": "Read a book"})


def test_logbook_describes_changes_without_their_notes(server: Server, entity_ids: dict[str, str]) -> None:
    server.call_action(DOMAIN, "log_episode", {"severity": 3, "note": "said in confidence"})
    server.call_action(DOMAIN, "undo", {"request_id": "undo in confidence"})

    def read_entries() -> list[Json] | None:
        period = {"start_time": (datetime.now(UTC) - timedelta(minutes=30)).isoformat()}
        entries = server.call_ws("logbook/get_events", **period, entity_ids=[entity_ids["episode"]])
        described = [entry for entry in entries if entry.get("domain") == DOMAIN]
        return described if described and "undid" in described[-1]["message"] else None

    *_, logged, undone = server.wait_until(read_entries, "has written its logbook")
    assert f"{logged['name']} {logged['message']}" == "Alex logged an episode, severity 3"
    assert f"{undone['name']} {undone['message']}" == "Alex undid a change"
    assert "confidence" not in json.dumps([logged, undone])


def test_power_cut_loses_nothing_that_was_acknowledged(
    server: Server, entity_ids: dict[str, str], phone: Phone
) -> None:
    """Both changes are there after the restart, and both can still be undone."""
    storage = server.config_dir / ".storage"

    def is_saved() -> bool | None:
        """Return True once Home Assistant has saved its own registries, with the phone, which takes seconds."""
        files = [storage / f"core.{name}" for name in ("config_entries", "entity_registry")]
        return (all(file.exists() for file in files) and "mobile_app" in files[0].read_text("utf-8")) or None

    server.wait_until(is_saved, "has saved its registries", timeout=60)
    episode = call_with_response(server, "log_episode", severity=9, note="just before")["episode"]
    call_with_response(server, "update_episode", severity=3)
    server.kill()
    server.start()
    assert server.get_state(entity_ids["last_severity"])["state"] == "3"
    assert server.get_state(entity_ids["evening_routine"])["state"] == "7"
    assert call_with_response(server, "undo", request_id="undo the update")["episode"]["severity"] == 9
    undone = call_with_response(server, "undo", request_id="undo the log once more")
    assert (undone["undone"], undone["episode"]["id"]) == ("logged", episode["id"])


def test_diagnostics_and_states_hold_figures_and_no_texts(server: Server) -> None:
    (entry,) = server.call_ws("config_entries/get", domain=DOMAIN)
    diagnostics = server.call_api("GET", f"/api/diagnostics/config_entry/{entry['entry_id']}")["data"]
    assert diagnostics["sleepers"][0]["episodes_tonight"] >= 1
    assert "after a walk" not in str(diagnostics)
    assert "late coffee" not in str(server.call_api("GET", "/api/states"))
    issues = [issue for issue in server.call_ws("repairs/list_issues")["issues"] if issue["domain"] == DOMAIN]
    # Home Assistant saves a new area minutes later: the power cut above took the area with it, and that is reported.
    assert {issue["translation_key"] for issue in issues} <= {"missing_targets"}
