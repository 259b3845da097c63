"""A session and the diary through a restart, a power cut, and the removal of the bedroom."""

from http import HTTPStatus

from client import RequestRejectedError
from demo_home import DOMAIN, get_entity_ids
from device_states import DAY, NIGHT, expect_states
from diary_database import read_episodes
from mobile_app import Phone
import pytest
from server import Server

pytestmark = pytest.mark.usefixtures("daytime")


def test_restart_keeps_the_diary_and_the_session(server: Server, entity_ids: dict[str, str]) -> None:
    server.call_action(DOMAIN, "log_episode", {"severity": 3, "minutes_ago": 5})
    counted = server.get_state(entity_ids["episodes_tonight"])["state"]
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
    expect_states(server, NIGHT)
    before = read_episodes(server)
    server.restart()
    assert read_episodes(server) == before
    assert server.get_state(entity_ids["episodes_tonight"])["state"] == counted
    assert server.get_state(entity_ids["bedtime_mode"])["state"] == "on"
    assert server.get_state(entity_ids["phase"])["state"] == "bedtime"
    expect_states(server, NIGHT)
    server.call_action("switch", "turn_off", {"entity_id": entity_ids["bedtime_mode"]})
    expect_states(server, DAY)


def test_power_cut_loses_no_acknowledged_episode_and_no_session(
    server: Server, entity_ids: dict[str, str], phone: Phone
) -> None:
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
    expect_states(server, NIGHT)
    server.restart()  # the helpers behind the lights restore the states of the last orderly stop
    counted = int(server.get_state(entity_ids["episodes_tonight"])["state"])
    assert phone.call_action(DOMAIN, "log_episode", severity=8).status_code == HTTPStatus.OK
    server.kill()
    server.start()
    assert server.get_state(entity_ids["episodes_tonight"])["state"] == str(counted + 1)
    assert server.get_state(entity_ids["last_severity"])["state"] == "8"
    assert server.get_state(entity_ids["bedtime_mode"])["state"] == "on"
    server.call_action("switch", "turn_off", {"entity_id": entity_ids["bedtime_mode"]})
    expect_states(server, DAY)


def test_removing_the_bedroom_restores_its_devices_and_keeps_the_diary(
    server: Server, entity_ids: dict[str, str]
) -> None:
    """It is the last test of this module, which has no bedroom afterwards."""
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
    expect_states(server, NIGHT)
    before = read_episodes(server)
    (entry,) = server.call_ws("config_entries/get", domain=DOMAIN)
    server.call_api("DELETE", f"/api/config/config_entries/entry/{entry['entry_id']}")
    expect_states(server, DAY)
    assert get_entity_ids(server) == {}
    assert not list(server.config_dir.glob(f".storage/{DOMAIN}*"))
    assert read_episodes(server) == before
    with pytest.raises(RequestRejectedError, match="Add a sleeper"):
        server.call_action(DOMAIN, "log_episode")
