"""Fixtures: the demo home in a real Home Assistant, a browser, and a phone."""

from collections.abc import Callable, Iterator
import re

from browser import launch_browser, open_page
from demo_home import DOMAIN, evening_time_zone, get_entity_ids, set_up_demo_home
from device_states import DAY, expect_states
from diary_episodes import delete_episodes
from mobile_app import Phone
from playwright.sync_api import Browser, Page, expect
from profile_settings import get_profile, set_profile
import pytest
from server import Server, free_port

EXPECT_TIMEOUT = 15_000
"""Milliseconds. Other processes use the same cores."""

SLOWEST_MODULE = "test_scheduled_session"

LOG_RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.MULTILINE)
LOGGER = re.compile(r"(?:WARNING|ERROR|CRITICAL) .*?\[([\w.]+)\]")
SLOW = re.compile(r"Updating state for \S+ .* took [\d.]+ seconds|is taking over \d+ seconds")
"""How long something takes says nothing here: other processes use the same cores."""

EXPECTED_LOGGERS = (
    "homeassistant.loader",  # warns about every custom integration
    "homeassistant.components.http.ban",  # warns about requests without a login
    "homeassistant.components.mobile_app.webhook",  # repeats our errors to a phone
    "homeassistant.components.webhook",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the module that mostly waits, so that the others run meanwhile in other processes."""
    items.sort(key=lambda item: item.path.stem != SLOWEST_MODULE)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a Home Assistant with a bedroom and a sleeper, in a time zone where it is evening.

    Fails in the end if the log holds a warning or an error of the integration.
    """
    with Server(tmp_path_factory.mktemp("server"), free_port()) as server:
        server.onboard("Alex", "alex", "restless")
        set_up_demo_home(server, evening_time_zone())
        yield server
    records = LOG_RECORD.split(server.log_file.read_text(encoding="utf-8"))
    warnings = [
        (found[1], record)
        for record in records
        if DOMAIN in record and not SLOW.search(record) and (found := LOGGER.search(record))
    ]
    assert [record for logger, record in warnings if logger not in EXPECTED_LOGGERS] == []


@pytest.fixture
def profile(server: Server) -> Iterator[Callable[..., None]]:
    """Return a function that changes the profile of the user for the duration of a test."""
    before = get_profile(server)
    yield lambda **changes: set_profile(server, **changes)
    set_profile(server, **before)


@pytest.fixture(scope="module")
def entity_ids(server: Server) -> dict[str, str]:
    """Return the entity ids of the integration by translation key."""
    return get_entity_ids(server)


@pytest.fixture(scope="module")
def phone(server: Server) -> Phone:
    """Return the sleeper's phone."""
    return Phone(server)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a browser, whose pages share nothing."""
    expect.set_options(timeout=EXPECT_TIMEOUT)
    with launch_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """Return a page that is logged in."""
    with open_page(browser, server) as page:
        yield page


@pytest.fixture
def daytime(server: Server, entity_ids: dict[str, str]) -> None:
    """Turn off bedtime mode and set the devices as they are by day."""
    server.call_action("switch", "turn_off", {"entity_id": entity_ids["bedtime_mode"]})
    server.wait_for_state(entity_ids["phase"], "off")
    server.call_action("scene", "turn_on", {"entity_id": "scene.day"})
    expect_states(server, DAY)


@pytest.fixture
def bedtime_mode_on(server: Server, entity_ids: dict[str, str], daytime: None) -> None:
    """Turn on bedtime mode."""
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
    server.wait_for_state(entity_ids["phase"], "bedtime")


@pytest.fixture
def empty_diary(server: Server) -> None:
    """Delete all episodes."""
    delete_episodes(server)
