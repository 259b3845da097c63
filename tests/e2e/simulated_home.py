"""A real Home Assistant with simulated devices."""

from collections.abc import Iterator
from contextlib import contextmanager

from client import Json
from demo_home import CONFIG_FLOW_PATH, DOMAIN, USER_INPUT, evening_time_zone
import pytest
from server import CHECKOUT, Server, free_port


@contextmanager
def simulated_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a Home Assistant with simulated devices, in a time zone where it is evening."""
    components = tmp_path_factory.mktemp("components")
    # Not a namespace package: that of the checkout would come first.
    (components / "__init__.py").touch()
    (components / DOMAIN).symlink_to(CHECKOUT / "custom_components" / DOMAIN)
    (components / "simulated").symlink_to(CHECKOUT / "tests" / "e2e" / "simulated")
    server = Server(tmp_path_factory.mktemp("server"), free_port())
    server.custom_components = components
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(CHECKOUT))
        with server:
            server.onboard("Alex", "alex", "restless")
            server.call_ws("config/core/update", time_zone=evening_time_zone(), unit_system="metric")
            server.call_api("POST", CONFIG_FLOW_PATH, {"handler": "simulated"})
            server.wait_for_state("light.ramp", "on")
            yield server


def add_bedroom(server: Server, devices: Json) -> str:
    """Complete the config flow with these devices. Return the id of the entry."""
    user_input = {**USER_INPUT, "user": {"name": "Bedroom"}, "devices": devices}
    step = server.call_api("POST", CONFIG_FLOW_PATH, {"handler": DOMAIN})
    while step["type"] == "form":
        assert not step["errors"]
        step = server.call_api("POST", f"{CONFIG_FLOW_PATH}/{step['flow_id']}", user_input[step["step_id"]])
    return str(step["result"]["entry_id"])
