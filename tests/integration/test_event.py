"""The event entity of a sleeper."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant, callback
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_capture_events

from ..common.home import act, after, press, value

EVENT = "event.alex_episode"

pytestmark = pytest.mark.usefixtures("entry", "night")


@pytest.fixture
def fired_events(hass: HomeAssistant) -> list[tuple[str, Any]]:
    """Return a list that fills with the type and the severity of each event."""
    events: list[tuple[str, Any]] = []

    @callback
    def hear(event: Any) -> None:
        if event.data["entity_id"] == EVENT and event.data["new_state"]:
            attributes = event.data["new_state"].attributes
            if attributes.get("event_type"):
                events.append((attributes["event_type"], attributes["severity"]))

    hass.bus.async_listen("state_changed", hear)
    return events


async def test_the_state_is_unknown_before_the_first_event(hass: HomeAssistant) -> None:
    assert value(hass, EVENT) == "unknown"
    assert value(hass, EVENT, "event_types") == ["logged", "ended", "updated", "deleted"]


async def test_each_change_of_an_episode_fires_once(
    hass: HomeAssistant, fired_events: list[tuple[str, Any]], night: FrozenDateTimeFactory
) -> None:
    await press(hass, "log_mild")
    await press(hass, "log_mild")
    await after(hass, night, minutes=1)
    await act(hass, "update_episode", severity=7)
    await press(hass, "eased")
    await act(hass, "delete_episode")
    await hass.async_block_till_done()

    assert fired_events == [("logged", 2), ("updated", 7), ("ended", 7), ("deleted", 7)]


async def test_undoing_a_change_fires_its_effect_on_the_episode(
    hass: HomeAssistant, night: FrozenDateTimeFactory, fired_events: list[tuple[str, Any]]
) -> None:
    await press(hass, "log_mild")
    await act(hass, "update_episode", severity=7)
    await act(hass, "delete_episode")
    fired_events.clear()

    for action in ("undo", "redo"):
        for _ in range(3):
            await act(hass, action)
            await after(hass, night, seconds=61)

    undone = [("logged", 7), ("updated", 2), ("deleted", 2)]
    redone = [("logged", 2), ("updated", 7), ("deleted", 7)]
    assert fired_events == undone + redone


async def test_clear_nights_and_rejected_calls_fire_nothing(
    hass: HomeAssistant, fired_events: list[tuple[str, Any]]
) -> None:
    await press(hass, "clear_night")
    await press(hass, "undo")
    await act(hass, "log_episode")
    await act(hass, "update_episode")
    assert not (await act(hass, "update_episode", clear="note"))["changed"]
    await hass.async_block_till_done()

    assert fired_events == [("logged", None)]


async def test_the_event_contains_the_episode_id_and_no_free_text(hass: HomeAssistant) -> None:
    response = await act(hass, "log_episode", severity=6, note="secret", tags="secret")

    state = hass.states.get(EVENT)
    assert state is not None
    assert state.attributes["episode_id"] == response["episode"]["id"]
    assert {*state.attributes} == {"episode_id", "event_type", "event_types", "friendly_name", "severity"}
    assert "secret" not in str([each.as_dict() for each in hass.states.async_all()])


async def test_the_event_fires_after_the_sensors_are_updated(hass: HomeAssistant) -> None:
    seen: list[str] = []

    @callback
    def see(event: Any) -> None:
        if event.data["entity_id"] == EVENT:
            seen.append(value(hass, "sensor.alex_episodes_tonight"))

    forget = hass.bus.async_listen("state_changed", see)
    await press(hass, "log_episode")
    await hass.async_block_till_done()
    forget()

    assert seen == ["1"]


async def test_the_event_has_the_context_of_the_call(hass: HomeAssistant, hass_admin_user: MockUser) -> None:
    context = Context(user_id=hass_admin_user.id)
    await act(hass, "log_episode", context)

    state = hass.states.get(EVENT)
    assert state is not None
    assert state.context.user_id == hass_admin_user.id


async def test_a_reload_fires_nothing(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await press(hass, "log_episode")
    before = value(hass, EVENT)
    changes = async_capture_events(hass, "state_changed")
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert value(hass, EVENT) in {before, "unknown"}
    assert not [
        change
        for change in changes
        if change.data["entity_id"] == EVENT
        and change.data["new_state"]
        and change.data["new_state"].state not in {before, "unknown", "unavailable"}
    ]
