"""The recorder stores no notes and no tags."""

from pathlib import Path
import sqlite3
from typing import Any

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done

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
