"""A furnished bedroom in a real Home Assistant, a browser to look at its dashboard with, and a phone."""

from collections.abc import Iterator

from browser import browse
from client import Json
from demo_home import evening, furnish, our_entities
from device_states import DAY, expect_bedroom
from mobile_app import Phone
from playwright.sync_api import Page
import pytest
from server import Hub, free_port


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the night that ends with the bedroom's removal come last, as its name says: all share one hub."""
    items.sort(key=lambda item: item.path.stem == "test_restart_and_removal")


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """Return a hub with a bedroom and a sleeper. It is evening there, wherever the tests run."""
    with Hub(tmp_path_factory.mktemp("hub"), free_port()) as hub:
        hub.onboard("Alex", "alex", "restless")
        furnish(hub, evening())
        yield hub


@pytest.fixture(scope="session")
def ours(hub: Hub) -> dict[str, str]:
    """Return the ids of the integration's entities, by translation key."""
    return our_entities(hub)


@pytest.fixture(scope="session")
def phone(hub: Hub) -> Phone:
    """Return the sleeper's phone."""
    return Phone(hub)


@pytest.fixture
def page(hub: Hub) -> Iterator[Page]:
    """Return a page of a browser."""
    with browse(hub) as page:
        yield page


@pytest.fixture
def by_day(hub: Hub, ours: dict[str, str]) -> None:
    """Begin a test by day."""

    def is_off(state: Json) -> bool:
        return bool(state["state"] == "off")

    hub.call("switch", "turn_off", {"entity_id": ours["bedtime_mode"]})
    hub.wait_for(ours["phase"], is_off)
    hub.call("scene", "turn_on", {"entity_id": "scene.day"})
    expect_bedroom(hub, DAY)


@pytest.fixture
def night(hub: Hub, ours: dict[str, str], by_day: None) -> None:
    """Bring the bedroom to bed."""
    hub.call("switch", "turn_on", {"entity_id": ours["bedtime_mode"]})
    hub.wait_for(ours["phase"], lambda phase: bool(phase["state"] == "bedtime"))
