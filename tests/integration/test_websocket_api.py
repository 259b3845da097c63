"""The websocket commands."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from ..common.home import act, bedroom_entry, set_up, sleeper

pytestmark = pytest.mark.usefixtures("bedroom", "night")


async def ask(hass: HomeAssistant, hass_ws_client: WebSocketGenerator, **about: Any) -> dict[str, Any]:
    """Request the nights. Return the response."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id({"type": "rls_bedtime/nights", **about})
    return dict(await client.receive_json())


async def test_each_recorded_night_is_one_short_row(hass: HomeAssistant, hass_ws_client: WebSocketGenerator) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    await act(hass, "log_episode", severity=4)
    await act(hass, "log_episode", severity=7, minutes_ago=30)
    await act(hass, "log_episode", started_at="2026-11-20 23:00", note="only for the diary")
    await act(hass, "log_clear_night", night="2026-11-21")

    answer = await ask(hass, hass_ws_client)
    assert answer["result"] == {
        "sleeper": "Alex",
        "tonight": "2026-11-23",
        "nights": [["2026-11-23", 2, 7], ["2026-11-21", 0, None], ["2026-11-20", 1, None]],
    }
    answer = await ask(hass, hass_ws_client, **{"from": "2026-11-21", "to": "2026-11-22"})
    assert answer["result"]["nights"] == [["2026-11-21", 0, None]]


async def test_the_nights_are_those_of_the_given_sleeper(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim")))
    await act(hass, "log_episode", sleeper="Kim")

    assert (await ask(hass, hass_ws_client, sleeper="Alex"))["result"]["nights"] == []
    assert (await ask(hass, hass_ws_client, sleeper="Kim"))["result"]["nights"] == [["2026-11-23", 1, None]]


@pytest.mark.parametrize(
    ("about", "key"),
    [
        ({}, "which_sleeper"),
        ({"sleeper": "Robin"}, "unknown_sleeper"),
        ({"sleeper": "Kim", "from": "yesteryear"}, "not_a_night"),
        ({"sleeper": "Kim", "to": {"a": 1}}, "not_a_night"),
        ({"sleeper": "Kim", "from": "2026-11-02", "to": "2026-11-01"}, "period_reversed"),
    ],
)
async def test_an_invalid_request_returns_a_readable_error(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, about: dict[str, Any], key: str
) -> None:
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim")))

    answer = await ask(hass, hass_ws_client, **about)

    assert not answer["success"]
    assert answer["error"]["translation_key"] == key
