"""A night with devices that behave as in the public bug reports, in a browser."""

from collections.abc import Iterator

from browser import open_page
from dashboard_elements import BEDTIME_CARD
from demo_home import add_dashboard, get_entity_ids
from device_states import expect_states
from playwright.sync_api import Browser, Page
import pytest
from server import Server
from simulated_home import add_bedroom, simulated_home

SETTLED = 60
"""Seconds after which each light and screen has reported what it was told, even late; a light is given 20 seconds."""

LIGHTS = ("light.ramp", "light.late", "light.coarse", "light.colorful", "light.flapping", "light.broken", "light.room")
TARGETS = {
    "lights": LIGHTS,
    "climate": ("climate.radiator", "climate.heat_pump"),
    "screens": ("media_player.radio", "media_player.stick"),
    "covers": ("cover.roller_blind", "cover.radio_blind"),
}
NIGHT_LIGHT = {"state": "on", "brightness": 13}
NIGHT = {
    "light.ramp": NIGHT_LIGHT | {"color_temp_kelvin": 2200},
    "light.late": NIGHT_LIGHT | {"color_temp_kelvin": 2200},
    "light.coarse": {"state": "on", "brightness": 25, "color_temp_kelvin": 2200},
    "light.colorful": NIGHT_LIGHT | {"color_mode": "hs"},
    "light.flapping": NIGHT_LIGHT,
    "light.broken": {"state": "on", "brightness": 200},
    "light.shelf": NIGHT_LIGHT,
    "light.desk": {"state": "off"},
    "climate.radiator": {"state": "heat", "temperature": 19},
    "climate.heat_pump": {"preset_mode": "asleep", "temperature": 17},
    "media_player.television": {"state": "off"},
    "remote.television": {"state": "off"},
    "media_player.radio": {"volume_level": 0.05},
    "media_player.stick": {"state": "idle"},
    "cover.roller_blind": {"state": "closed", "current_position": 0},
    "cover.radio_blind": {"state": "unknown"},
}
DAY_LIGHT = {"state": "on", "brightness": 200, "color_temp_kelvin": 4000}
DAY = {
    "light.ramp": DAY_LIGHT,
    "light.late": DAY_LIGHT,
    "light.coarse": DAY_LIGHT,
    "light.flapping": DAY_LIGHT,
    "light.broken": DAY_LIGHT,
    "light.shelf": {"state": "on", "brightness": 180, "color_temp_kelvin": 4000},
    "light.desk": {"state": "off"},
    "climate.radiator": {"state": "auto", "temperature": 21},
    "climate.heat_pump": {"preset_mode": "home", "temperature": 21},
    "media_player.television": {"state": "on"},
    "remote.television": {"state": "on"},
    "media_player.radio": {"volume_level": 0.4},
    "cover.roller_blind": {"state": "open", "current_position": 100},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a Home Assistant with simulated devices and a bedroom that manages them."""
    with simulated_home(tmp_path_factory) as server:
        _add_bedroom(server)
        yield server


def _add_bedroom(server: Server) -> None:
    """Complete the config flow and show the bedroom's card."""
    registry = server.call_ws("config/entity_registry/list")
    television = next(each["device_id"] for each in registry if each["entity_id"] == "media_player.television")
    devices = {kind: {"entity_id": list(entity_ids)} for kind, entity_ids in TARGETS.items()}
    devices["screens"]["device_id"] = [television]
    add_bedroom(server, devices)
    entities = [{"entity": each} for each in NIGHT]
    cards = [{"type": f"custom:{BEDTIME_CARD}"}, {"type": "entities", "entities": entities}]
    add_dashboard(server, "quirky-home", {"views": [{"cards": cards}]}, title="Quirky home")


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """Return a page that is logged in."""
    with open_page(browser, server) as page:
        yield page


def test_each_device_is_brought_to_the_night_and_back_and_only_the_broken_one_is_a_problem(
    server: Server, page: Page
) -> None:
    problem = get_entity_ids(server)["problem"]
    page.goto("/quirky-home")
    switch = page.locator(BEDTIME_CARD).get_by_role("switch")
    switch.click()
    expect_states(server, NIGHT, timeout=SETTLED)
    expect_states(server, {problem: {"state": "on", "failed": ["light.broken"], "unreachable": []}}, timeout=SETTLED)
    switch.click()
    expect_states(server, DAY, timeout=SETTLED)
