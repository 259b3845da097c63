"""The entries of the logbook."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.recorder import Recorder
from homeassistant.core import Context, HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from ..common.bedroom import Bedroom
from ..common.home import act, after, bedroom_entry, press, set_up, sleeper, until


@pytest.fixture
def recorder_db_url(tmp_path: Path) -> str:
    """Let the recorder use a file."""
    return f"sqlite:///{tmp_path / 'recorder.db'}"


@pytest.fixture
def late(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Set the time shortly before bedtime: an access token is valid for half an hour."""
    freezer.move_to("2026-11-23 22:15-08:00")
    return freezer


async def log(hass: HomeAssistant, *sleepers: str, **options: Any) -> None:
    """Set up a bedroom and the logbook."""
    await Bedroom().async_set_up(hass)
    assert await async_setup_component(hass, "logbook", {})
    await set_up(hass, bedroom_entry("Bedroom", *map(sleeper, sleepers), **options))


async def logbook_entries(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, **about: Any
) -> list[dict[str, Any]]:
    """Return our entries of the logbook, in order."""
    await async_wait_recording_done(hass)
    client = await hass_ws_client(hass)
    day, now = timedelta(days=1), dt_util.utcnow()
    period = {"start_time": (now - day).isoformat(), "end_time": (now + day).isoformat()}
    await client.send_json_auto_id({"type": "logbook/get_events", **period, **about})
    entries = (await client.receive_json())["result"]
    return [entry for entry in entries if entry.get("domain") == "rls_bedtime"]


def sentences(entries: list[dict[str, Any]]) -> list[str]:
    """Return the texts of the entries."""
    return [f"{entry['name']} {entry['message']}" for entry in entries]


async def test_changes_of_the_diary_are_sentences(
    recorder_mock: Recorder,
    night: FrozenDateTimeFactory,
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: Any,
) -> None:
    await log(hass, "Alex")
    context = Context(user_id=hass_admin_user.id)
    await act(hass, "log_episode", context=context, severity=6, note="a secret", tags="a secret")
    steps: list[tuple[str, dict[str, Any]]] = [
        ("end_episode", {}),
        ("log_episode", {}),
        ("update_episode", {"severity": 3, "note": "a secret"}),
        ("delete_episode", {}),
        ("log_clear_night", {"night": "2026-11-20", "sleeper": "Alex"}),
        ("undo", {}),
    ]
    for action, data in steps:
        await after(hass, night, seconds=20)
        await act(hass, action, **data)

    entries = await logbook_entries(hass, hass_ws_client)
    assert sentences(entries) == [
        "Alex logged an episode, severity 6",
        "Alex ended an episode, severity 6",
        "Alex logged an episode",
        "Alex changed an episode, severity 3",
        "Alex deleted an episode, severity 3",
        "Alex marked a clear night",
        "Alex undid a change",
    ]
    assert not any("entity_id" in entry for entry in entries)
    assert entries[0]["context_user_id"] == hass_admin_user.id
    assert "secret" not in str(entries)
    assert len(await logbook_entries(hass, hass_ws_client, entity_ids=["event.alex_episode"])) == len(entries)


async def test_a_press_that_changes_nothing_adds_no_entry(
    recorder_mock: Recorder,
    night: FrozenDateTimeFactory,
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await log(hass, "Alex")
    for button in ("log_mild", "log_mild", "eased", "eased"):
        await press(hass, button)
    assert sentences(await logbook_entries(hass, hass_ws_client)) == [
        "Alex logged an episode, severity 2",
        "Alex ended an episode, severity 2",
    ]


async def test_the_warning_contains_when_the_screens_are_silenced(
    recorder_mock: Recorder,
    late: FrozenDateTimeFactory,
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
) -> None:
    await log(hass, automatic=True)
    await until(hass, late, "22:20")
    (entry,) = await logbook_entries(hass, hass_ws_client)
    assert (entry["name"], entry["message"]) == ("Bedroom", "screens go quiet at 22:30")
    assert "entity_id" not in entry


async def test_the_events_contain_no_notes(hass: HomeAssistant, bedroom: Bedroom) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    events = async_capture_events(hass, "rls_bedtime_diary")
    await act(hass, "log_episode", severity=4, note="a secret", tags="a secret")
    (event,) = events
    assert event.data == {"entity_id": "event.alex_episode", "name": "Alex", "change": "logged", "severity": 4}
