"""The actions as phone widgets call them: text boxes, no selectors, and no response."""

from pathlib import Path
from typing import Any

from homeassistant.core import Context, HomeAssistant, SupportsResponse
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
import yaml

from ..common.bedroom import Bedroom
from ..common.home import act, bedroom_entry, set_up, sleeper

pytestmark = pytest.mark.usefixtures("night")

OURS = Path(__file__).parent.parent.parent / "custom_components" / "rls_bedtime"
ACTIONS: dict[str, Any] = yaml.safe_load((OURS / "services.yaml").read_text(encoding="utf-8"))
QUESTIONS = {"get_episodes", "get_summary", "get_report", "compare", "get_experiment"}


async def tap(hass: HomeAssistant, action: str, /, context: Context | None = None, **boxes: Any) -> None:
    """Call an action as a widget does, without a response."""
    await hass.services.async_call("rls_bedtime", action, boxes, blocking=True, context=context)


def empty(action: str) -> dict[str, Any]:
    """Return all fields of an action, empty."""
    return dict.fromkeys(ACTIONS[action]["fields"], "")


async def test_only_read_actions_require_a_response(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    for action in hass.services.async_services_for_domain("rls_bedtime"):
        wanted = SupportsResponse.ONLY if action in QUESTIONS else SupportsResponse.OPTIONAL
        assert hass.services.supports_response("rls_bedtime", action) is wanted


async def test_empty_boxes_are_ignored(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    for action in ("log_episode", "update_episode", "end_episode", "undo", "delete_episode", "start", "extend", "stop"):
        await tap(hass, action, **empty(action))
    await tap(hass, "log_clear_night", night="", sleeper="")

    assert (await act(hass, "get_episodes"))["clear_nights"] == ["2026-11-23"]


@pytest.mark.parametrize("field", ACTIONS["log_episode"]["fields"])
async def test_the_example_of_each_field_is_valid(hass: HomeAssistant, entry: MockConfigEntry, field: str) -> None:
    boxes: dict[str, Any] = {field: ACTIONS["log_episode"]["fields"][field]["example"]}
    if field == "ended_at":
        boxes["started_at"] = "2026-11-23 02:12"
    await tap(hass, "log_episode", **boxes)

    assert len((await act(hass, "get_episodes"))["episodes"]) == 1


async def test_a_widget_that_retries_writes_once(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    for boxes in ({"severity": 7, "body_parts": ["calf"]}, {"severity": "7", "body_parts": "calf"}):
        await tap(hass, "log_episode", **boxes)

    assert len((await act(hass, "get_episodes"))["episodes"]) == 1


async def test_a_tap_logs_for_the_user_of_the_phone(
    hass: HomeAssistant, bedroom: Bedroom, plain_user: MockUser
) -> None:
    people = [{"id": "kim", "name": "Kim", "user_id": plain_user.id}]
    assert await async_setup_component(hass, "person", {"person": people})
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim", "person.kim")))
    await tap(hass, "log_episode", Context(user_id=plain_user.id))
    await tap(hass, "log_episode", sleeper="person.kim", severity=3)

    assert [each["severity"] for each in (await act(hass, "get_episodes", sleeper="Kim"))["episodes"]] == [3, None]
    assert (await act(hass, "get_episodes", sleeper="Alex"))["episodes"] == []
