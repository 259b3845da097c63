"""The user's own actions at the start and the end of a session."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, async_mock_service

from ..common.bedroom import Bedroom
from ..common.home import Home, bedroom_entry, set_up

pytestmark = pytest.mark.usefixtures("bedroom")


async def call(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Call one of our actions, and wait until everything is done."""
    response: Any = await hass.services.async_call("rls_bedtime", action, data, blocking=True, return_response=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    return dict(response)


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
async def test_user_actions_run_like_scripts(hass: HomeAssistant, actions: list[dict[str, Any]]) -> None:
    events = async_capture_events(hass, "e")
    async_mock_service(hass, "test", "it")
    await set_up(hass, bedroom_entry(start_actions=actions))
    await call(hass, "start")

    assert len(events) == 1
    assert "{{" not in str(events[0].data)


@pytest.mark.usefixtures("evening")
async def test_user_actions_that_became_invalid_do_not_prevent_the_session(
    hass: HomeAssistant, bedroom: Bedroom, caplog: pytest.LogCaptureFixture
) -> None:
    await set_up(hass, bedroom_entry(start_actions=[{"no": "action"}]))
    await call(hass, "start")

    assert bedroom.lamp.brightness == 13
    assert "start_actions of the bedroom are not valid any more" in caplog.text


@pytest.mark.usefixtures("bedroom")
async def test_user_actions_run_at_the_start_and_the_end(home: Home) -> None:
    calls = async_mock_service(home.hass, "test", "note")
    await home.load_bedroom(
        start_actions=[{"variables": {"what": "start"}}, {"action": "test.note", "data": {"what": "{{ what }}"}}],
        end_actions=[{"delay": {"minutes": 1}}, {"action": "test.note", "data": {"what": "end"}}],
    )
    await home.call("start", wind_down=10)
    assert [called.data["what"] for called in calls] == ["start"]
    await home.jump("20:15")
    await home.call("stop")
    assert len(calls) == 1
    await home.after(minutes=1, seconds=1)
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert [called.data["what"] for called in calls] == ["start", "end"]


@pytest.mark.usefixtures("bedroom")
async def test_end_actions_run_once_after_an_end_missed_during_a_restart(home: Home) -> None:
    calls = async_mock_service(home.hass, "test", "note")
    entry = await home.load_bedroom(end_actions=[{"action": "test.note", "data": {"what": "end"}}])
    await home.call("start")
    await home.restart(entry, down=timedelta(hours=14))
    assert len(calls) == 1
    await home.restart(entry)
    assert len(calls) == 1


async def test_start_actions_that_fail_do_not_prevent_the_session(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(start_actions=[{"action": "nowhere.to_be_found"}])
    await home.call("start")
    assert (home.phase, bedroom.lamp.brightness) == ("bedtime", 13)


async def test_start_actions_can_set_a_managed_light(home: Home, bedroom: Bedroom) -> None:
    action = {"action": "light.turn_on", "target": {"entity_id": "light.lamp"}, "data": {"brightness": 100}}
    await home.load_bedroom(start_actions=[action])
    await home.call("start", wind_down=10)
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert bedroom.lamp.brightness == 100
    await home.at("20:15")
    assert bedroom.lamp.brightness in (13, 100)
