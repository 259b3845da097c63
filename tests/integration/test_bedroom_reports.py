"""Cards follow what bedtime mode does to a bedroom."""

from collections.abc import Callable
from typing import Any

from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockUser
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket, WebSocketGenerator

from custom_components.rls_bedtime.bedroom_reports import INTERVAL
from custom_components.rls_bedtime.const import DOMAIN

from ..common.bedroom import Bedroom
from ..common.home import BEDTIME_MODE, Home


@pytest.fixture
async def client(hass_ws_client: WebSocketGenerator, home: Home, bedroom: Bedroom) -> MockHAClientWebSocket:
    """Return a websocket client of a home with a bedroom."""
    # The paths of the cards have to be registered before the server is asked anything.
    assert await async_setup_component(home.hass, DOMAIN, {})
    return await hass_ws_client(home.hass)


async def subscribe(client: MockHAClientWebSocket, **about: Any) -> dict[str, Any]:
    """Subscribe to a bedroom. Return its first report."""
    await client.send_json_auto_id({"type": "rls_bedtime/bedroom", **about})
    answer = await client.receive_json()
    assert answer["success"], answer
    return dict((await client.receive_json())["event"]["report"])


async def next_report(home: Home, client: MockHAClientWebSocket, is_wanted: Callable[[Any], bool]) -> Any:
    """Return the next report that is wanted."""
    while True:
        await home.after(seconds=INTERVAL + 0.1)
        report = (await client.receive_json())["event"]["report"]
        if is_wanted(report):
            return report


async def test_by_day_the_next_night_is_reported(home: Home, client: MockHAClientWebSocket) -> None:
    await home.load_bedroom(automatic=True)

    report = await subscribe(client)

    assert report == {
        "phase": "off",
        "fades_at": "2026-11-24T05:45:00+00:00",
        "bedtime_at": "2026-11-24T06:30:00+00:00",
        "ends_at": "2026-11-24T15:00:00+00:00",
        "usual_bedtime": "2026-11-24T06:30:00+00:00",
        "usual_end": None,
        "applied": {},
        "restores": {},
        "problems": [],
    }


async def test_by_day_an_extended_bedtime_is_reported_beside_the_usual_one(
    home: Home, client: MockHAClientWebSocket
) -> None:
    await home.load_bedroom(automatic=True)
    await home.call("extend")

    report = await subscribe(client)

    assert (report["bedtime_at"], report["usual_bedtime"]) == (
        "2026-11-24T07:00:00+00:00",
        "2026-11-24T06:30:00+00:00",
    )


async def test_with_nothing_automatic_no_times_are_reported(home: Home, client: MockHAClientWebSocket) -> None:
    await home.load_bedroom()

    report = await subscribe(client)

    assert (report["phase"], report["bedtime_at"], report["ends_at"]) == ("off", None, None)


async def test_a_session_that_was_started_by_hand_reports_its_own_times(
    home: Home, client: MockHAClientWebSocket
) -> None:
    await home.load_bedroom(automatic=True)
    await home.call("start", wind_down=30)

    report = await subscribe(client)

    assert (report["phase"], report["fades_at"], report["bedtime_at"], report["usual_bedtime"]) == (
        "wind_down",
        "2026-11-24T04:00:00+00:00",
        "2026-11-24T04:30:00+00:00",
        "2026-11-24T06:30:00+00:00",
    )


async def test_a_night_reports_what_is_at_its_night_level_and_what_would_be_restored(
    home: Home, client: MockHAClientWebSocket, bedroom: Bedroom
) -> None:
    bedroom.blind.refuses = True
    await home.load_bedroom(restore="settings")
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp", brightness=230)

    report = await subscribe(client)

    assert report["applied"] == {"lights": 1, "climate": 1, "screens": 1}
    # A television is never turned on after a night, and what is released stays as it is.
    assert report["restores"] == {"lights": 1, "climate": 1}
    assert report["problems"] == [
        {"entity_id": "cover.blind", "outcome": "failed", "by": None},
        {"entity_id": "light.lamp", "outcome": "released", "by": "person"},
    ]


async def test_within_minutes_of_bedtime_all_of_it_would_be_restored(home: Home, client: MockHAClientWebSocket) -> None:
    await home.load_bedroom()
    await home.turn_on()

    report = await subscribe(client)

    assert report["restores"] == {"lights": 2, "climate": 1, "screens": 1, "covers": 1}


async def test_each_change_of_a_night_is_reported_once_also_over_a_reload(
    home: Home, client: MockHAClientWebSocket
) -> None:
    entry = await home.load_bedroom()
    assert (await subscribe(client))["phase"] == "off"
    await home.turn_on()
    report = await next_report(home, client, lambda each: each["phase"] == "bedtime")
    assert report["applied"]["lights"] == 2
    assert await home.hass.config_entries.async_unload(entry.entry_id)
    assert await next_report(home, client, lambda each: each is None) is None
    await home.load(entry)
    assert await next_report(home, client, lambda each: each is not None) == report
    await home.turn_off()
    assert (await next_report(home, client, lambda each: each["phase"] == "off"))["applied"] == {}


async def test_nothing_is_sent_after_the_subscription_has_ended(home: Home, client: MockHAClientWebSocket) -> None:
    await home.load_bedroom()
    await subscribe(client)
    await client.send_json_auto_id({"type": "unsubscribe_events", "subscription": 1})
    assert (await client.receive_json())["success"]
    await home.turn_on()
    await home.after(seconds=INTERVAL + 0.1)
    await client.send_json_auto_id({"type": "ping"})
    assert (await client.receive_json())["type"] == "pong"


async def test_a_user_who_may_only_read_follows_the_bedroom_but_undoes_nothing(
    home: Home, bedroom: Bedroom, hass_ws_client: WebSocketGenerator, hass_read_only_access_token: str
) -> None:
    await home.load_bedroom(automatic=True)
    await home.call("extend")
    client = await hass_ws_client(home.hass, hass_read_only_access_token)
    assert (await subscribe(client))["phase"] == "off"
    await client.send_json_auto_id({"type": "rls_bedtime/undo_extend"})
    assert (await client.receive_json())["error"]["code"] == "unauthorized"


async def test_a_user_who_may_not_even_read_is_refused(
    home: Home, client: MockHAClientWebSocket, hass_admin_user: MockUser
) -> None:
    await home.load_bedroom()
    hass_admin_user.groups = []
    hass_admin_user.is_owner = False
    await client.send_json_auto_id({"type": "rls_bedtime/bedroom"})
    assert (await client.receive_json())["error"]["code"] == "unauthorized"


async def test_an_unknown_bedroom_is_refused_with_the_choices(home: Home, client: MockHAClientWebSocket) -> None:
    await home.load_bedroom()
    await client.send_json_auto_id({"type": "rls_bedtime/bedroom", "bedroom": "Attic"})
    assert (await client.receive_json())["error"]["translation_key"] == "unknown_bedroom"


# --- undo of an extension ---------------------------------------------------------------------------------------------


async def undo_extend(client: MockHAClientWebSocket, time: str | None = None) -> dict[str, Any]:
    """Undo the last extension, or only the one that led to a time. Return the answer."""
    await client.send_json_auto_id({"type": "rls_bedtime/undo_extend"} | ({} if time is None else {"time": time}))
    return dict(await client.receive_json())


@pytest.mark.parametrize("when", ["20:00", "22:00", "23:00"])
async def test_the_last_extension_is_undone_by_day_in_the_wind_down_and_in_bedtime(
    home: Home, client: MockHAClientWebSocket, when: str
) -> None:
    await home.load_bedroom(automatic=True)
    await home.jump(when)
    await home.call("extend", minutes=20)
    before = await subscribe(client)
    await home.call("extend")
    await next_report(home, client, lambda each: each != before)

    assert (await undo_extend(client))["success"]

    assert await next_report(home, client, lambda each: each == before) == before


async def test_an_extension_is_undone_only_once(home: Home, client: MockHAClientWebSocket) -> None:
    await home.load_bedroom(automatic=True)
    await home.call("extend")
    await undo_extend(client)
    assert (await undo_extend(client))["error"]["translation_key"] == "extension_not_undone"


async def test_an_extension_is_not_undone_after_the_times_have_changed(
    home: Home, client: MockHAClientWebSocket
) -> None:
    await home.load_bedroom(automatic=True)
    await home.jump("22:00")
    await home.call("extend")
    await home.act("switch.turn_off", BEDTIME_MODE)
    assert (await undo_extend(client))["error"]["translation_key"] == "extension_not_undone"
    assert home.phase == "off"


async def test_an_undo_that_means_one_extension_leaves_a_later_one_of_somebody_else(
    home: Home, client: MockHAClientWebSocket
) -> None:
    await home.load_bedroom(automatic=True)
    mine = await home.call("extend", minutes=30)
    others = await home.call("extend", minutes=60)

    assert (await undo_extend(client, mine["next_bedtime"]))["error"]["translation_key"] == "extension_not_undone"
    assert (await undo_extend(client, others["next_bedtime"]))["success"]

    bedtime = dt_util.parse_datetime((await subscribe(client))["bedtime_at"])
    assert bedtime == dt_util.parse_datetime(mine["next_bedtime"])
