"""The user's own actions at the start and the end of a session."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events, async_mock_service

from ..common.bedroom import Bedroom
from ..common.home import bedroom_entry, set_up

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
