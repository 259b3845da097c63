"""The diary through its entities and actions, from the first tap to the last undo."""

from collections.abc import Iterator
from datetime import timedelta
import logging
import math
from typing import Any

from homeassistant.components.calendar import CalendarEntityFeature
from homeassistant.core import Context, State
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.rls_bedtime.const import DOMAIN

from ..common.home import Home
from .test_diary_actions import add_sleeper, episodes, refused

ENTITIES = {
    "button": {"log_episode", "log_mild", "log_moderate", "log_severe", "eased", "clear_night", "undo", "redo"},
    "event": {"episode"},
    "binary_sensor": {"episode_ongoing"},
    "sensor": {
        "episodes_tonight",
        "last_episode",
        "last_severity",
        "nights_affected",
        "average_severity",
        "usual_onset",
        "experiment_night",
    },
    "calendar": {"diary"},
    "todo": {"evening_routine"},
}


@pytest.fixture(autouse=True)
def _no_logged_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test that logs an error, whatever was refused."""
    yield
    assert [each.getMessage() for each in caplog.get_records("call") if each.levelno >= logging.ERROR] == []


@pytest.fixture
async def diary(home: Home) -> Home:
    """Return a home where Alex sleeps, at 3:12 of the night of 23 November 2026."""
    await home.configure(targets={}, sleeper={"name": "Alex"})
    await home.jump("2026-11-24 03:12-08:00")
    return home


async def press(home: Home, button: str, sleeper: str = "alex") -> None:
    await home.act("button.press", f"button.{sleeper}_{button}")


async def log(home: Home, *starts: str, **data: Any) -> list[str]:
    """Log episodes that began then, and return their ids."""
    return [(await home.call("log_episode", started_at=start, **data))["episode"]["id"] for start in starts]


def sensors(home: Home, *keys: str) -> list[str]:
    return [str(home.value(f"sensor.alex_{key}")) for key in keys]


# --- the entities -----------------------------------------------------------------------------------------------------


async def test_a_sleeper_is_a_service_with_its_entities(diary: Home) -> None:
    (entry,) = diary.hass.config_entries.async_entries(DOMAIN)
    (subentry_id,) = entry.subentries
    device = dr.async_get(diary.hass).async_get_device_by_identifier((DOMAIN, subentry_id), entry.entry_id)
    assert device is not None
    assert (device.entry_type, device.name) == (dr.DeviceEntryType.SERVICE, "Alex")
    found: dict[str, set[str]] = {}
    for each in er.async_entries_for_device(er.async_get(diary.hass), device.id, include_disabled_entities=True):
        assert each.config_subentry_id == subentry_id
        assert each.entity_id == f"{each.domain}.alex_{each.translation_key}"
        assert each.entity_category is None
        found.setdefault(each.domain, set()).add(str(each.translation_key))
    assert found == ENTITIES


async def test_the_entities_of_an_empty_diary(diary: Home) -> None:
    of_diary = sorted(ENTITIES["sensor"] - {"experiment_night"})
    assert sensors(diary, *of_diary) == ["unknown", "0", "unknown", "unknown", "unknown", "unknown"]
    assert sensors(diary, "experiment_night") == ["none"]
    assert diary.value("binary_sensor.alex_episode_ongoing") == "off"
    assert diary.value("event.alex_episode") == "unknown"


async def test_sensors_have_the_units_and_classes_of_statistics(diary: Home) -> None:
    assert diary.value("sensor.alex_nights_affected", "unit_of_measurement") == "%"
    assert diary.value("sensor.alex_last_episode", "device_class") == "timestamp"
    for key in ("episodes_tonight", "last_severity", "nights_affected", "average_severity"):
        assert diary.value(f"sensor.alex_{key}", "state_class") == "measurement"


async def test_no_attribute_contains_a_note_a_tag_or_the_log(diary: Home) -> None:
    secrets = {"note": "a secret note", "tags": "a-secret-tag"}
    for number in range(30):
        await diary.call("log_episode", **secrets, severity=number % 11, minutes_ago=number)
    await diary.call("end_episode", relief="walking")
    for state in diary.hass.states.async_all():
        if "alex" in state.entity_id:
            assert "secret" not in str(state.as_dict())
            assert len(str(state.attributes)) < 600, state.entity_id


async def test_statistics_have_their_n_as_an_attribute(diary: Home) -> None:
    await log(diary, "02:00", "03:00", severity=4)
    await log(diary, "2026-11-22 23:00")
    await diary.call("log_clear_night", night="2026-11-21")
    figures = {key: (diary.value(f"sensor.alex_{key}"), diary.value(f"sensor.alex_{key}", "n")) for key in FIGURES}
    assert float(figures["nights_affected"][0]) == pytest.approx(200 / 3)
    assert figures["nights_affected"][1] == 3
    assert (float(figures["average_severity"][0]), figures["average_severity"][1]) == (4, 2)
    # The circular mean of 23:00, 2:00 and 3:00.
    angles = [math.radians(each * 15) for each in (-1, 2, 3)]
    mean = math.degrees(math.atan2(sum(map(math.sin, angles)), sum(map(math.cos, angles)))) / 15 * 60
    assert figures["usual_onset"] == (f"{round(mean) // 60:02}:{round(mean) % 60:02}", 3)


FIGURES = ("nights_affected", "average_severity", "usual_onset")


# --- ongoing ----------------------------------------------------------------------------------------------------------


async def test_an_episode_is_ongoing_until_it_is_eased(diary: Home) -> None:
    await press(diary, "log_mild")
    assert diary.value("binary_sensor.alex_episode_ongoing") == "on"
    await diary.after(minutes=20)
    await press(diary, "eased")
    assert diary.value("binary_sensor.alex_episode_ongoing") == "off"
    (episode,) = await episodes(diary)
    assert (episode["duration"], episode["ended_at"]) == (20, "2026-11-24T03:32:00-08:00")


async def test_an_end_that_nobody_gave_stays_unknown(diary: Home) -> None:
    await press(diary, "log_mild")
    await diary.after(minutes=30)
    await press(diary, "log_severe")
    await diary.after(hours=3, minutes=59, seconds=59)
    assert diary.value("binary_sensor.alex_episode_ongoing") == "on"
    await diary.after(seconds=1)
    assert diary.value("binary_sensor.alex_episode_ongoing") == "off"
    assert [(each["ended_at"], each["ongoing"]) for each in await episodes(diary)] == [(None, False)] * 2
    with pytest.raises(ServiceValidationError):
        await press(diary, "eased")


async def test_an_earlier_episode_logged_later_ends_nothing(diary: Home) -> None:
    await press(diary, "log_mild")
    await diary.after(minutes=10)
    await diary.call("log_episode", minutes_ago=60, severity=9)
    assert diary.value("binary_sensor.alex_episode_ongoing") == "on"
    assert sensors(diary, "last_severity") == ["2"]
    assert (await diary.call("end_episode"))["episode"]["severity"] == 2


async def test_an_episode_can_be_ended_by_its_id(diary: Home) -> None:
    first, second = await log(diary, "01:00", "02:00")
    response = await diary.call(
        "end_episode", episode_id=first, ended_at="01:30", relief="walking, cold", relief_effect="Some", severity="6"
    )
    shown = {key: response["episode"][key] for key in ("id", "duration", "relief", "relief_effect", "severity")}
    assert shown == {
        "id": first,
        "duration": 30,
        "relief": ["walking", "cold"],
        "relief_effect": "some",
        "severity": 6,
    }
    assert (await diary.call("end_episode", ended_at="02:45"))["episode"]["id"] == second


async def test_an_invalid_end_is_refused(diary: Home) -> None:
    await refused(diary, "end_episode")
    (episode_id,) = await log(diary, "2026-11-24 02:00")
    for wrong in (
        {"ended_at": "2026-11-24 01:59"},
        {"ended_at": "2026-11-24 03:17:01"},
        {"ended_at": "soon"},
        {"episode_id": "nonsense"},
        {"episode_id": "nonsense", "ended_at": "03:00"},
        {"relief": "hope"},
        {"severity": 11},
        {"note": "no such field here"},
    ):
        await refused(diary, "end_episode", **wrong)
    assert (await diary.call("end_episode", ended_at="2026-11-24 03:17"))["episode"]["duration"] == 72
    assert (await episodes(diary))[0]["id"] == episode_id


# --- changes ----------------------------------------------------------------------------------------------------------


async def test_an_update_changes_only_the_given_fields(diary: Home) -> None:
    (episode_id,) = await log(diary, "02:00", severity=4, side="left", note="before", tags="one")
    (before,) = await episodes(diary)
    response = await diary.call("update_episode", episode_id=episode_id, severity="6", body_parts="calf", note="")
    assert response["episode"] == {
        **before,
        "severity": 6,
        "body_parts": ["calf"],
        "edited_at": "2026-11-24T11:12:00+00:00",
    }
    assert response["changed"] is True


async def test_episodes_of_another_sleeper_are_unknown(diary: Home) -> None:
    await add_sleeper(diary, "Kim")
    (of_alex,) = await log(diary, "02:00", sleeper="Alex")
    for action in ("end_episode", "update_episode", "delete_episode"):
        for episode_id in (of_alex, "unknown", "' OR 1=1", "x" * 5000):
            error = await refused(diary, action, sleeper="Kim", episode_id=episode_id)
            assert error.translation_key == "unknown_episode"


async def test_a_refused_update_changes_nothing(diary: Home) -> None:
    (episode_id,) = await log(diary, "2026-11-24 02:00", severity=4, duration=30)
    for wrong in (
        {"severity": 11, "note": "x"},
        {"started_at": "2026-11-24 02:31"},
        {"started_at": "2026-11-25 03:12"},
        {"ended_at": "2026-11-24 01:00"},
        {"duration": -1},
        {"side": "up"},
        {"started_at": "02:00", "minutes_ago": 5},
    ):
        await refused(diary, "update_episode", episode_id=episode_id, **wrong)


# --- undo -------------------------------------------------------------------------------------------------------------


async def test_undo_walks_back_through_everything_to_the_empty_diary(
    diary: Home, hass_ws_client: WebSocketGenerator
) -> None:
    (entry,) = diary.hass.config_entries.async_entries(DOMAIN)
    states = []

    async def remember() -> None:
        response = await diary.call("get_episodes")
        states.append((response["episodes"], response["clear_nights"]))

    await remember()
    await press(diary, "log_mild")
    await remember()
    await diary.after(minutes=5)
    await press(diary, "eased")
    await remember()
    (first, *_) = await episodes(diary)
    await diary.call("update_episode", episode_id=first["id"], note="a note", tags="x", started_at="02:50")
    await remember()
    await diary.call("log_clear_night", night="2026-11-20")
    await remember()
    calendar = await hass_ws_client(diary.hass)
    await calendar.send_json_auto_id(
        {
            "type": "calendar/event/update",
            "entity_id": "calendar.alex_diary",
            "uid": first["id"],
            "event": {"summary": "7", "dtstart": "2026-11-24T01:00:00-08:00", "dtend": "2026-11-24T01:40:00-08:00"},
        }
    )
    assert (await calendar.receive_json())["success"]
    await remember()
    await diary.call("delete_episode", episode_id=first["id"])
    await remember()
    await diary.call("log_episode", severity=9)
    await remember()

    for number, expected in enumerate(reversed(states[:-1])):
        if number % 2:
            await diary.restart(entry)
        await diary.call("undo", request_id=f"undo {number}")
        response = await diary.call("get_episodes")
        assert (response["episodes"], response["clear_nights"]) == expected, number
    await refused(diary, "undo")
    with pytest.raises(ServiceValidationError):
        await press(diary, "undo")

    for number, expected in enumerate(states[1:]):
        if number % 2:
            await diary.restart(entry)
        await diary.call("redo", request_id=f"redo {number}")
        response = await diary.call("get_episodes")
        assert (response["episodes"], response["clear_nights"]) == expected, number
    await refused(diary, "redo")


async def test_undo_changes_only_the_given_diary(diary: Home) -> None:
    await add_sleeper(diary, "Kim")
    for number in range(3):
        for sleeper in ("Alex", "Kim"):
            await diary.call("log_episode", sleeper=sleeper, severity=number)
    for number in range(3):
        await diary.call("undo", sleeper="Kim", request_id=str(number))
    await refused(diary, "undo", sleeper="Kim")
    assert [each["severity"] for each in await episodes(diary, sleeper="Alex")] == [2, 1, 0]
    assert await episodes(diary, sleeper="Kim") == []


async def test_an_undone_episode_can_be_logged_and_undone_again(diary: Home) -> None:
    for number in range(3):
        assert (await diary.call("log_episode", severity=5))["new"] is True
        response = await diary.call("undo", request_id=str(number))
        assert (response["undone"], response["episode"]["severity"]) == ("logged", 5)
    assert await episodes(diary) == []
    await refused(diary, "undo")


# --- events -----------------------------------------------------------------------------------------------------------


async def test_each_change_fires_an_event_with_its_type_and_context(diary: Home) -> None:
    events: list[State] = []

    def types_so_far() -> list[str]:
        types = [str(each.attributes["event_type"]) for each in events]
        events.clear()
        return types

    diary.hass.bus.async_listen(
        "state_changed",
        lambda event: (
            events.append(event.data["new_state"]) if event.data["entity_id"] == "event.alex_episode" else None
        ),
    )
    assert diary.value("event.alex_episode", "event_types") == ["logged", "ended", "updated", "deleted"]
    by = Context(user_id=diary.user.id)
    for button, expected in (
        ("log_mild", ["logged"]),
        ("eased", ["ended"]),
        ("undo", ["updated"]),
        ("undo", ["deleted"]),
        ("clear_night", []),
        ("undo", []),
    ):
        await diary.act("button.press", f"button.alex_{button}", by=by)
        assert all(each.context.user_id == diary.user.id for each in events), button
        assert types_so_far() == expected, button
        await diary.after(seconds=61)
        assert types_so_far() == []
    await diary.act(f"{DOMAIN}.log_episode", severity=3, note="secret")
    await diary.act(f"{DOMAIN}.update_episode", severity=4)
    await diary.act(f"{DOMAIN}.delete_episode")
    await diary.act(f"{DOMAIN}.undo")
    assert "secret" not in str(events)
    assert types_so_far() == ["logged", "updated", "deleted", "logged"]


# --- clear nights -----------------------------------------------------------------------------------------------------


async def test_a_clear_night_is_the_current_one_or_any_that_has_begun(diary: Home) -> None:
    assert (await diary.call("log_clear_night"))["night"] == "2026-11-23"
    assert (await diary.call("log_clear_night", night="2026-11-20"))["night"] == "2026-11-20"
    assert (await diary.call("log_clear_night", night="2026-11-20"))["new"] is False
    for wrong in ("2026-11-24", "2027-01-01", "1990-01-01", "last night", 20261120, "2026-02-30", True):
        await refused(diary, "log_clear_night", night=wrong)
    assert (await diary.call("get_episodes"))["clear_nights"] == ["2026-11-23", "2026-11-20"]
    assert sensors(diary, "nights_affected") == ["0.0"]


async def test_a_night_with_an_episode_is_not_clear(diary: Home) -> None:
    await press(diary, "log_mild")
    await refused(diary, "log_clear_night")
    with pytest.raises(ServiceValidationError):
        await press(diary, "clear_night")
    await press(diary, "undo")
    await press(diary, "clear_night")
    await press(diary, "log_mild")
    assert sensors(diary, "nights_affected") == ["100.0"]
    summary = await diary.call("get_summary")
    assert (summary["nights"]["clear"], summary["nights"]["affected"]) == (0, 1)


# --- queries ----------------------------------------------------------------------------------------------------------


async def test_episodes_are_queried_by_night(diary: Home) -> None:
    starts = ("2026-11-21 11:59", "2026-11-21 12:00", "2026-11-22 03:00", "2026-11-22 12:00", "2026-11-24 03:00")
    await log(diary, *starts)

    async def starts_of(**data: Any) -> list[str]:
        return [each["started_at"][:16].replace("T", " ") for each in reversed(await episodes(diary, **data))]

    assert await starts_of() == list(starts)
    assert await starts_of(**{"from": "2026-11-21", "to": "2026-11-21"}) == list(starts[1:3])
    assert await starts_of(**{"from": "2026-11-22"}) == list(starts[3:])
    assert await starts_of(to="2026-11-20") == [starts[0]]
    assert await starts_of(limit=2) == list(starts[3:])
    assert await starts_of(limit="2", to="2026-11-21") == list(starts[1:3])
    assert await starts_of(**{"from": "2026-11-23T03:00:00"}) == list(starts[3:])
    assert (await diary.call("get_episodes", limit=2))["more"] is True
    assert (await diary.call("get_episodes", limit=5))["more"] is False
    for wrong in ({"from": "2026-11-22", "to": "2026-11-21"}, {"from": "x"}, {"to": 5}, {"limit": 0}, {"limit": "x"}):
        await refused(diary, "get_episodes", **wrong)
        if "limit" not in wrong:
            await refused(diary, "get_summary", **wrong)
    with pytest.raises(HomeAssistantError):
        await diary.act(f"{DOMAIN}.get_episodes")


async def test_the_summary_of_an_empty_diary_has_no_unknown_numbers(diary: Home) -> None:
    summary = await diary.call("get_summary")
    assert summary["nights"] == {
        "recorded": 0,
        "affected": 0,
        "affected_percent": None,
        "clear": 0,
        "unrecorded": 27,
    }
    assert summary["episodes"] == {"n": 0, "per_recorded_night": None}
    assert summary["severity"] == {"n": 0, "mean": None, "median": None, "max": None}
    assert {value for key, value in summary["onset"].items() if key not in ("n", "histogram")} == {None}
    assert summary["onset"]["histogram"] == [0] * 24
    assert summary["bedtimes"] == {"n": 0, "standard_deviation": None}
    assert summary["duration"] == {"n": 0, "median": None, "mean": None}
    assert set(summary["change"].values()) == {None}


async def test_a_summary_matches_one_worked_out_by_hand(diary: Home) -> None:
    await log(diary, "2026-11-23 23:00", severity=2, duration=30, relief="walking", relief_effect="some")
    await log(diary, "2026-11-24 01:00", severity=5, body_parts="calf, foot", sensations="crawling")
    await log(diary, "2026-11-22 22:00", severity=9, duration=10, relief="walking, cold", relief_effect="none")
    await log(diary, "2026-11-22 23:00", body_parts="calf", relief="cold")
    await log(diary, "2026-10-26 22:00", severity=1)
    await diary.call("log_clear_night", night="2026-11-21")
    await diary.call("log_clear_night", night="2026-11-20")

    summary = await diary.call("get_summary", **{"from": "2026-11-17", "to": "2026-11-23"})
    assert (summary["first_night"], summary["last_night"]) == ("2026-11-17", "2026-11-23")
    assert summary["nights"] == {
        "recorded": 4,
        "affected": 2,
        "affected_percent": 50,
        "clear": 2,
        "unrecorded": 3,
    }
    assert summary["episodes"] == {"n": 4, "per_recorded_night": 1}
    assert summary["severity"]["n"] == 3
    assert summary["severity"]["mean"] == pytest.approx(16 / 3)
    assert (summary["severity"]["median"], summary["severity"]["max"]) == (5, 9)
    onset = summary["onset"]
    assert (onset["n"], onset["earliest"], onset["interquartile_range"]) == (4, "22:00", 45)
    assert {hour: count for hour, count in enumerate(onset["histogram"]) if count} == {10: 1, 11: 2, 13: 1}
    assert summary["duration"] == {"n": 2, "median": 20, "mean": 20}
    assert summary["body_parts"] == {"n": 2, "counts": {"calf": 2, "foot": 1}}
    assert summary["sensations"] == {"n": 1, "counts": {"crawling": 1}}
    assert summary["relief"] == {
        "cold": {"used": 2, "rated": 1, "helped": 0},
        "walking": {"used": 2, "rated": 2, "helped": 1},
    }
    assert (summary["recent"]["first_night"], summary["recent"]["nights"]["recorded"]) == ("2026-10-27", 4)
    assert (summary["before"]["last_night"], summary["before"]["severity"]["mean"]) == ("2026-10-26", 1)
    assert summary["change"]["severity_mean"] == pytest.approx(16 / 3 - 1)


# --- noon -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "noon"),
    [
        ("2026-11-24 11:59:59-08:00", "2026-11-24 12:00-08:00"),
        ("2027-03-14 11:59:59-07:00", "2027-03-14 12:00-07:00"),
        ("2027-11-07 11:59:59-08:00", "2027-11-07 12:00-08:00"),
        ("2027-01-01 11:59:59-08:00", "2027-01-01 12:00-08:00"),
    ],
)
async def test_a_night_ends_at_noon_on_the_wall_clock(diary: Home, before: str, noon: str) -> None:
    moment = dt_util.parse_datetime(before)
    assert moment is not None
    await diary.jump((moment - timedelta(hours=13)).isoformat())
    await press(diary, "log_mild")
    (first, *_) = await routine(diary)
    await diary.act("todo.update_item", "todo.alex_evening_routine", item=first["uid"], status="completed")
    await diary.jump(before)
    assert sensors(diary, "episodes_tonight") == ["1"]
    assert (await routine(diary))[0]["status"] == "completed"
    await diary.jump(noon)
    assert sensors(diary, "episodes_tonight", "last_severity") == ["0", "2"]
    assert {item["status"] for item in await routine(diary)} == {"needs_action"}
    summary = await diary.call("get_summary")
    assert summary["practices"]["n"] == 1


async def test_episodes_keep_their_nights_when_the_time_zone_changes(diary: Home) -> None:
    await press(diary, "log_mild")
    await diary.hass.config.async_update(time_zone="Asia/Tokyo")
    await diary.settle()
    # It is 20:12 there: the night of the 24th.
    assert sensors(diary, "episodes_tonight") == ["0"]
    await diary.after(minutes=1)
    await press(diary, "log_severe")
    assert [(each["night"], each["started_at"]) for each in await episodes(diary)] == [
        ("2026-11-24", "2026-11-24T20:13:00+09:00"),
        ("2026-11-23", "2026-11-24T03:12:00-08:00"),
    ]
    await diary.hass.config.async_update(time_zone="America/Los_Angeles")
    await diary.settle()
    assert [each["night"] for each in await episodes(diary)] == ["2026-11-24", "2026-11-23"]


# --- the calendar and the routine -------------------------------------------------------------------------------------


async def test_the_calendar_reads_and_writes_the_diary(diary: Home) -> None:
    features = diary.value("calendar.alex_diary", "supported_features")
    every = CalendarEntityFeature
    assert features == every.CREATE_EVENT | every.UPDATE_EVENT | every.DELETE_EVENT
    await diary.act(
        "calendar.create_event",
        "calendar.alex_diary",
        summary="Legs",
        description="long",
        start_date_time="2026-11-24 01:00:00",
        end_date_time="2026-11-24 01:30:00",
    )
    await diary.act(
        "calendar.create_event", "calendar.alex_diary", summary="x", start_date="2026-11-20", end_date="2026-11-21"
    )
    (episode,) = await episodes(diary)
    assert (episode["night"], episode["duration"]) == ("2026-11-23", 30)
    assert "long" in episode["note"]
    assert (await diary.call("get_episodes"))["clear_nights"] == ["2026-11-20"]
    response: Any = await diary.hass.services.async_call(
        "calendar",
        "get_events",
        {
            "entity_id": "calendar.alex_diary",
            "start_date_time": "2026-11-19 00:00:00",
            "end_date_time": "2026-11-25 00:00:00",
        },
        blocking=True,
        return_response=True,
    )
    shown = [(each["start"], each["end"]) for each in response["calendar.alex_diary"]["events"]]
    assert shown == [
        ("2026-11-20", "2026-11-21"),
        ("2026-11-24T01:00:00-08:00", "2026-11-24T01:30:00-08:00"),
    ]
    wrongs: tuple[dict[str, Any], ...] = (
        {"start_date": "2026-11-24", "end_date": "2026-11-25"},
        {"start_date": "2026-11-23", "end_date": "2026-11-24"},
        {"start_date": "2026-11-10", "end_date": "2026-11-12"},
        {"start_date_time": "2026-11-25 01:00:00", "end_date_time": "2026-11-25 01:30:00"},
        {"start_date_time": "2026-11-20 01:00:00", "end_date_time": "2026-11-22 01:30:00"},
    )
    for wrong in wrongs:
        with pytest.raises(ServiceValidationError):
            await diary.act("calendar.create_event", "calendar.alex_diary", summary="x", **wrong)
    assert await episodes(diary) == [episode]


async def routine(home: Home) -> list[dict[str, Any]]:
    """Return the items of the evening routine."""
    response: Any = await home.hass.services.async_call(
        "todo", "get_items", {"entity_id": "todo.alex_evening_routine"}, blocking=True, return_response=True
    )
    return list(response["todo.alex_evening_routine"]["items"])


async def test_the_evening_routine_keeps_its_items_and_order(diary: Home, hass_ws_client: WebSocketGenerator) -> None:
    todo = "todo.alex_evening_routine"
    assert len(await routine(diary)) == 8
    assert diary.value(todo) == "8"
    first, second, *_ = await routine(diary)
    await diary.act("todo.add_item", todo, item="Tea")
    await diary.act("todo.update_item", todo, item=first["summary"], rename="Stretch", status="completed")
    await diary.act("todo.remove_item", todo, item=second["uid"])
    client = await hass_ws_client(diary.hass)
    *_, tea = await routine(diary)
    await client.send_json_auto_id({"type": "todo/item/move", "entity_id": todo, "uid": tea["uid"]})
    assert (await client.receive_json())["success"]
    await diary.hass.async_block_till_done()

    (entry,) = diary.hass.config_entries.async_entries(DOMAIN)
    await diary.restart(entry)
    shown = [(item["summary"], item["status"]) for item in await routine(diary)]
    assert shown[:2] == [("Tea", "needs_action"), ("Stretch", "completed")]
    assert len(shown) == 8
    assert diary.value(todo) == "7"


# --- two bedrooms -----------------------------------------------------------------------------------------------------


async def test_two_bedrooms_share_only_the_database_file(diary: Home) -> None:
    attic = await diary.configure(name="Attic", targets={}, sleeper={"name": "Sam"})
    await press(diary, "log_mild")
    await press(diary, "log_severe", "sam")
    assert sensors(diary, "last_severity") == ["2"]
    assert await diary.hass.config_entries.async_unload(attic.entry_id)
    await sam_is_unknown(diary)
    await diary.after(minutes=1)
    await press(diary, "log_moderate")
    assert await diary.hass.config_entries.async_setup(attic.entry_id)
    await diary.hass.async_block_till_done()
    assert diary.value("sensor.sam_last_severity") == "8"
    assert await diary.hass.config_entries.async_remove(attic.entry_id)
    await diary.hass.async_block_till_done()
    assert [each["severity"] for each in await episodes(diary)] == [5, 2]


async def sam_is_unknown(home: Home) -> None:
    with pytest.raises(ServiceValidationError):
        await home.call("log_episode", sleeper="Sam")
