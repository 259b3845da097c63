"""Nights of a bedroom from the outside, in which something went wrong once."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, async_mock_service

from custom_components.rls_bedtime.bedtime.plan import Plan

from ..common.bedroom import Bedroom
from ..common.home import after, bedroom_entry, set_up, until, value

PHASE = "sensor.bedroom_phase"

pytestmark = pytest.mark.usefixtures("bedroom")


async def call(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Call one of our actions, and let everything come to rest."""
    response: Any = await hass.services.async_call("rls_bedtime", action, data, blocking=True, return_response=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    return dict(response)


@pytest.mark.parametrize("by", ["action", "device"])
async def test_a_light_that_is_turned_off_between_two_sessions_stays_off(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory, by: str
) -> None:
    await set_up(hass, bedroom_entry())
    await call(hass, "start")
    await after(hass, evening, seconds=30)
    await call(hass, "stop")
    await after(hass, evening, seconds=1)
    if by == "action":
        await hass.services.async_call("light", "turn_off", {"entity_id": "light.ceiling"}, blocking=True)
    else:
        bedroom.ceiling.show(is_on=False)
    await hass.async_block_till_done()
    await call(hass, "start")
    await after(hass, evening, seconds=1)
    await call(hass, "stop")

    assert not bedroom.ceiling.is_on


async def test_a_hurried_session_that_is_stopped_is_over(hass: HomeAssistant, evening: FrozenDateTimeFactory) -> None:
    await set_up(hass, bedroom_entry(automatic=True))
    await until(hass, evening, "21:45")
    await until(hass, evening, "21:50")
    await call(hass, "start")
    await until(hass, evening, "21:55")
    await call(hass, "stop")

    assert value(hass, PHASE) == "off"


async def test_so_is_one_by_hand_that_is_stopped_when_it_would_begin_by_itself(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry(automatic=True))
    await until(hass, evening, "21:00")
    await call(hass, "start")
    await until(hass, evening, "21:50")
    await call(hass, "stop")

    assert value(hass, PHASE) == "off"


async def test_so_is_one_whose_bedtime_was_put_off_by_the_knob(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry(automatic=True))
    await until(hass, evening, "21:45")
    await until(hass, evening, "22:35")
    knob = {"entity_id": "time.bedroom_bedtime", "time": "23:00:00"}
    await hass.services.async_call("time", "set_value", knob, blocking=True)
    await until(hass, evening, "22:40")
    await call(hass, "stop")

    assert value(hass, PHASE) == "off"


async def test_a_night_ends_after_its_bedtime(hass: HomeAssistant, evening: FrozenDateTimeFactory) -> None:
    await set_up(hass, bedroom_entry(automatic=True))
    await until(hass, evening, "21:45")
    response = await call(hass, "extend", minutes=720)

    assert response["ends_at"] > response["next_bedtime"]


@pytest.mark.usefixtures("evening")
@pytest.mark.parametrize(
    "actions",
    [
        [{"event": "e", "event_data": {"hour": "{{ now().hour }}"}}],
        [{"condition": "state", "entity_id": "light.lamp", "state": "on"}, {"event": "e"}],
        [{"condition": "template", "value_template": "{{ true }}"}, {"event": "e"}],
        [{"if": [{"condition": "template", "value_template": "{{ true }}"}], "then": [{"event": "e"}]}],
        [{"variables": {"x": "{{ 5 }}"}}, {"event": "e"}],
        [{"service": "test.it"}, {"event": "e"}],
        [{"choose": [{"conditions": "{{ true }}", "sequence": {"event": "e"}}]}],
        [{"parallel": [{"event": "e"}]}],
    ],
)
async def test_the_users_actions_run_as_scripts_do(hass: HomeAssistant, actions: list[dict[str, Any]]) -> None:
    events = async_capture_events(hass, "e")
    async_mock_service(hass, "test", "it")
    await set_up(hass, bedroom_entry(start_actions=actions))
    await call(hass, "start")

    assert len(events) == 1
    assert "{{" not in str(events[0].data)


@pytest.mark.usefixtures("evening")
async def test_actions_that_are_not_valid_any_more_do_not_keep_the_night(
    hass: HomeAssistant, bedroom: Bedroom, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up(hass, bedroom_entry(start_actions=[{"no": "action"}]))
    await call(hass, "start")

    assert bedroom.lamp.brightness == 13
    assert "start_actions of the bedroom are not valid any more" in caplog.text


async def test_an_unloaded_session_touches_nothing(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, bedroom_entry(automatic=True))
    session = entry.runtime_data.session
    await hass.config_entries.async_unload(entry.entry_id)
    await session.async_update_plan(Plan.from_options(entry.options))
    assert await session.async_start() == {}
    await until(hass, evening, "21:45")
    await until(hass, evening, "22:31")

    assert all(device.asked == [] for device in bedroom.devices)
