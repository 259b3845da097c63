"""The recorder stores no notes and no tags."""

import contextlib
import json
from pathlib import Path
import sqlite3
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    floor_registry as fr,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
import voluptuous as vol

from ..common.bedroom import Bedroom
from ..common.home import act, bedroom_entry, set_up, sleeper


@pytest.fixture
def recorder_db_url(tmp_path: Path) -> str:
    """Let the recorder use a file."""
    return f"sqlite:///{tmp_path / 'recorder.db'}"


async def test_no_note_and_no_tag_reaches_the_recorder(
    recorder_mock: Recorder, hass: HomeAssistant, tmp_path: Path, enable_custom_integrations: None
) -> None:
    await Bedroom().async_set_up(hass)
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    calls = async_capture_events(hass, "call_service")
    data: dict[str, Any] = {"severity": 6, "note": "the secret", "tags": ["the secret"]}
    response = await hass.services.async_call("rls_bedtime", "log_episode", data, blocking=True, return_response=True)
    await act(hass, "update_episode", note="the secret again")
    await act(hass, "update_episode", severity=7)
    event = {"start_date_time": "2026-11-20 01:00:00", "end_date_time": "2026-11-20 02:00:00"}
    event |= {"entity_id": "calendar.alex_diary", "summary": "The secret", "description": "another secret"}
    await hass.services.async_call("calendar", "create_event", event, blocking=True)
    await async_wait_recording_done(hass)

    assert data == {"severity": 6, "note": "the secret", "tags": ["the secret"]}
    assert isinstance(response, dict)
    times = {"start_date_time": "2026-11-20 01:00:00", "end_date_time": "2026-11-20 02:00:00"}
    called = [{"severity": 6}, {}, {"severity": 7}, {"entity_id": "calendar.alex_diary", **times}]
    assert [call.data["service_data"] for call in calls] == called
    assert len((await act(hass, "get_episodes", to="2026-11-20"))["episodes"]) == 1
    connection = sqlite3.connect(tmp_path / "recorder.db")
    dump = "\n".join(connection.iterdump())
    connection.close()
    assert "log_episode" in dump
    assert "sensor.alex_last_severity" in dump
    assert "secret" not in dump


TIMES = {"start_date_time": "2026-11-20 01:00:00", "end_date_time": "2026-11-20 02:00:00"}
TARGETS: dict[str, dict[str, Any]] = {
    "an entity": {"entity_id": "calendar.alex_diary"},
    "an entity in capitals": {"entity_id": "Calendar.Alex_Diary"},
    "a list": {"entity_id": ["calendar.alex_diary"]},
    "several in a text": {"entity_id": "calendar.other, calendar.alex_diary"},
    "several without a space": {"entity_id": "calendar.other,calendar.alex_diary"},
    "several in a text in a list": {"entity_id": ["calendar.other,calendar.alex_diary"]},
    "all": {"entity_id": "all"},
    "all in a list": {"entity_id": ["all"]},
    "a template": {"entity_id": "{{ 'calendar.alex_diary' }}"},
    "a device": {"device_id": "DEVICE"},
    "devices in a text": {"device_id": "other, DEVICE"},
    "an area": {"area_id": ["AREA"]},
    "a floor": {"floor_id": "FLOOR"},
    "a label": {"label_id": "LABEL"},
    "what is no target": {"entity_id": {"a": 5}},
    "a number": {"entity_id": 5},
}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize(
    ("action", "words"),
    [
        (
            "calendar.create_event",
            TIMES | {"summary": "the secret", "description": "another secret", "location": "a secret place"},
        ),
        ("todo.add_item", {"item": "the secret", "description": "another secret"}),
        ("todo.update_item", {"item": "the secret", "rename": "another secret"}),
    ],
)
async def test_no_words_for_an_entity_of_ours_are_in_the_event_of_a_call(
    hass: HomeAssistant, entry: MockConfigEntry, target: dict[str, Any], action: str, words: dict[str, str]
) -> None:
    floor = fr.async_get(hass).async_create("FLOOR")
    label = lr.async_get(hass).async_create("LABEL")
    area = ar.async_get(hass).async_create("AREA", floor_id=floor.floor_id)
    (subentry_id,) = entry.subentries
    device = dr.async_get(hass).async_get_device_by_identifier(("rls_bedtime", subentry_id), entry.entry_id)
    assert device is not None
    dr.async_get(hass).async_update_device(device.id, area_id=area.id, labels={label.label_id})
    ids = {"DEVICE": device.id, "AREA": area.id, "FLOOR": floor.floor_id, "LABEL": label.label_id}
    text = json.dumps(target)
    for name, found in ids.items():
        text = text.replace(name, found)
    calls = async_capture_events(hass, "call_service")

    domain, service = action.split(".")
    with contextlib.suppress(HomeAssistantError, vol.Invalid, TypeError):
        await hass.services.async_call(domain, service, json.loads(text) | words, blocking=True)

    # Home Assistant reports no call whose target it cannot read.
    assert "secret" not in str([call.data for call in calls])
    assert all(target.keys() <= call.data["service_data"].keys() for call in calls)


@pytest.mark.parametrize("field", ["notes", "Note", "note ", "tag"])
@pytest.mark.usefixtures("entry")
async def test_what_was_given_under_a_misspelled_name_is_not_in_the_event_of_a_call(
    hass: HomeAssistant, field: str
) -> None:
    calls = async_capture_events(hass, "call_service")
    with pytest.raises(ServiceValidationError, match="There is no field"):
        await act(hass, "log_episode", None, **{"severity": 5, field: "the secret"})

    assert [call.data["service_data"] for call in calls] == [{"severity": 5}]


@pytest.mark.parametrize("target", [{"entity_id": "calendar.other"}, {"entity_id": ["calendar.other"]}, {}])
async def test_the_words_for_another_calendar_stay_in_the_event_of_a_call(
    hass: HomeAssistant, entry: MockConfigEntry, target: dict[str, Any]
) -> None:
    calls = async_capture_events(hass, "call_service")

    with contextlib.suppress(HomeAssistantError, vol.Invalid):
        await hass.services.async_call(
            "calendar", "create_event", target | TIMES | {"summary": "Dentist"}, blocking=True
        )

    assert [call.data["service_data"] for call in calls] == (
        [target | TIMES | {"summary": "Dentist"}] if target else []
    )
