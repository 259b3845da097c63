"""Relief at night when Home Assistant is killed in the middle of it: everything is off again before anything else."""

from collections.abc import Iterator
import json

from client import Json
from demo_home import DOMAIN, get_entity_ids
import pytest
from server import Server
from simulated_home import add_bedroom, simulated_home

OPTIONS_FLOW_PATH = "/api/config/config_entries/options/flow"

RELIEF = {"path": ["light.hallway", "light.landing"], "relief_devices": ["switch.massager"]}
"""The hallway is off at night, and the landing, which the bedroom dims, is on."""

PATH_LEVEL = 8
NIGHT_LEVEL = 13


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a Home Assistant with lights and a massager that do not notice when it is killed."""
    with simulated_home(tmp_path_factory) as server:
        entry_id = add_bedroom(server, {"lights": {"entity_id": ["light.landing", "light.late"]}})
        _choose_relief(server, entry_id)
        server.wait_for_state("switch.bedroom_relief_walk", "off")
        # Home Assistant writes new entries down some seconds later.
        server.restart()
        yield server


def _choose_relief(server: Server, entry_id: str) -> None:
    step = server.call_api("POST", OPTIONS_FLOW_PATH, {"handler": entry_id})
    sections: Json = {each["name"]: {} for each in step["data_schema"]} | {"relief": RELIEF}
    done = server.call_api("POST", f"{OPTIONS_FLOW_PATH}/{step['flow_id']}", sections)
    assert done["type"] == "create_entry", done


@pytest.fixture
def entity_ids(server: Server) -> dict[str, str]:
    """Return the entity ids of the integration, with bedtime mode on and nothing on for relief."""
    entity_ids = get_entity_ids(server)
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
    server.wait_for_state("light.landing", lambda state: state["attributes"].get("brightness") == NIGHT_LEVEL)
    return entity_ids


def physical(server: Server) -> Json:
    """Return what the devices physically are, whatever Home Assistant shows."""
    levels: Json = json.loads((server.config_dir / "lasting_devices.json").read_text(encoding="utf-8"))
    return levels


def test_after_a_power_cut_in_the_middle_of_a_walk_the_path_is_as_it_was(
    server: Server, entity_ids: dict[str, str]
) -> None:
    server.call_action(DOMAIN, "start_walk")
    server.wait_for_state("light.hallway", lambda state: state["attributes"].get("brightness") == PATH_LEVEL)
    server.kill()
    assert physical(server)["light.hallway"]["is_on"] is True
    server.start()
    assert physical(server)["light.hallway"]["is_on"] is False, "it is off once Home Assistant has started"
    assert server.get_state("light.hallway")["state"] == "off"
    assert server.get_state(entity_ids["relief_walk"])["state"] == "off"
    assert physical(server)["light.landing"]["brightness"] == NIGHT_LEVEL
    assert server.get_state(entity_ids["bedtime_mode"])["state"] == "on"


def test_after_a_power_cut_in_the_middle_of_a_massage_the_massager_is_off(
    server: Server, entity_ids: dict[str, str]
) -> None:
    server.call_action(DOMAIN, "start_relief", {"minutes": 60})
    server.wait_for_state("switch.massager", "on")
    server.kill()
    assert physical(server)["switch.massager"]["is_on"] is True
    server.start()
    assert physical(server)["switch.massager"]["is_on"] is False, "it is off once Home Assistant has started"
    assert server.get_state("switch.massager")["state"] == "off"
    assert server.get_state(entity_ids["relief_device"])["state"] == "off"
    assert server.get_state(entity_ids["bedtime_mode"])["state"] == "on"


def test_an_orderly_stop_turns_both_off(server: Server, entity_ids: dict[str, str]) -> None:
    server.call_action(DOMAIN, "start_walk")
    server.call_action(DOMAIN, "start_relief")
    server.wait_for_state("light.hallway", "on")
    server.wait_for_state("switch.massager", "on")
    server.stop()
    levels = physical(server)
    server.start()
    assert {each: levels[each]["is_on"] for each in ("light.hallway", "switch.massager")} == {
        "light.hallway": False,
        "switch.massager": False,
    }
    assert server.get_state(entity_ids["bedtime_mode"])["state"] == "on"
