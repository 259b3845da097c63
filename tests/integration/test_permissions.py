"""Every signed-in user may log and start bedtime over HTTP, and nobody else."""

from http import HTTPStatus
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator, WebSocketGenerator

from ..common.home import act, value

SERVICES = "/api/services/rls_bedtime"


@pytest.fixture
async def token(hass: HomeAssistant, entry: MockConfigEntry, plain_user: MockUser) -> str:
    """Return the access token of a user who is no administrator."""
    assert await async_setup_component(hass, "api", {})
    refresh_token = await hass.auth.async_create_refresh_token(plain_user, "https://example.com/app")
    return hass.auth.async_create_access_token(refresh_token)


@pytest.fixture(params=["nobody", "a stranger"])
def wrong_headers(request: pytest.FixtureRequest, token: str) -> dict[str, str]:
    """Return the headers of an unauthenticated request: no token, or an invalid one."""
    return {} if request.param == "nobody" else {"Authorization": f"Bearer {token[:-4]}beef"}


async def test_a_user_who_is_no_administrator_can_log_and_start(
    hass: HomeAssistant, token: str, hass_client: ClientSessionGenerator
) -> None:
    client = await hass_client(token)
    answer = await client.post(f"{SERVICES}/log_episode?return_response", json={"severity": 6})
    assert answer.status == HTTPStatus.OK
    assert (await answer.json())["service_response"]["episode"]["severity"] == 6
    for button in ("eased", "undo", "clear_night"):
        pressed = await client.post("/api/services/button/press", json={"entity_id": f"button.alex_{button}"})
        expected = HTTPStatus.BAD_REQUEST if button == "clear_night" else HTTPStatus.OK
        assert pressed.status == expected, button
    for action, phase in (("start", "bedtime"), ("stop", "off")):
        assert (await client.post(f"{SERVICES}/{action}", json={})).status == HTTPStatus.OK
        assert value(hass, "sensor.bedroom_phase") == phase
    await hass.async_block_till_done()


async def test_a_user_who_is_no_administrator_can_use_a_dashboard(
    hass: HomeAssistant, token: str, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass, token)
    for action in ("log_episode", "start", "stop"):
        await client.send_json_auto_id({"type": "call_service", "domain": "rls_bedtime", "service": action})
        assert (await client.receive_json())["success"]
    assert value(hass, "sensor.alex_episodes_tonight") == "1"
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (f"{SERVICES}/log_episode", {"severity": 6}),
        (f"{SERVICES}/start", {}),
        (f"{SERVICES}/get_episodes?return_response", {}),
        ("/api/services/button/press", {"entity_id": "button.alex_log_severe"}),
        ("/api/services/switch/turn_on", {"entity_id": "switch.bedroom_bedtime_mode"}),
        ("/api/events/rls_bedtime_diary", {}),
    ],
)
async def test_unauthenticated_requests_cannot_call_actions(
    hass: HomeAssistant,
    wrong_headers: dict[str, str],
    hass_client_no_auth: ClientSessionGenerator,
    path: str,
    data: dict[str, Any],
) -> None:
    client = await hass_client_no_auth()
    answer = await client.post(path, json=data, headers=wrong_headers)
    await hass.async_block_till_done()
    assert answer.status == HTTPStatus.UNAUTHORIZED
    assert value(hass, "sensor.bedroom_phase") == "off"
    assert (await act(hass, "get_episodes"))["episodes"] == []


async def test_unauthenticated_requests_cannot_read_the_diary(
    hass: HomeAssistant, token: str, hass_client_no_auth: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "calendar", {})
    client = await hass_client_no_auth()
    for path in ("/api/states/sensor.alex_last_episode", "/api/calendars/calendar.alex_diary", "/api/states"):
        assert (await client.get(path)).status == HTTPStatus.UNAUTHORIZED
