"""Fixtures that all tests share."""

import asyncio
from collections.abc import AsyncIterator, Iterator
import logging
from pathlib import Path
from typing import Any, override

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.core import HomeAssistant
from homeassistant.helpers import frame
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from .common.bedroom import Bedroom
from .common.home import Home, bedroom_entry, set_up, sleeper
from .common.storage import SlowStorage


@pytest.fixture(scope="session", autouse=True)
def _no_sql_logging() -> None:
    """Do not log each statement: the test plugin asks for it, and it takes much of the time of a test."""
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


@pytest.fixture(autouse=True)
async def _no_creation_tracebacks() -> None:
    """Do not record where each future and handle was created: it takes half of the time of a test.

    The test plugin turns on the loop's debug mode. Its checks, such as that of the thread, stay on.
    """
    asyncio.get_running_loop().get_debug = lambda: False  # type: ignore[method-assign]


@pytest.fixture
def evening(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Set the time to 20:00 in California, and return the clock."""
    freezer.move_to("2026-11-23 20:00-08:00")
    return freezer


@pytest.fixture
def night(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Set the time to 03:12 of the same night, and return the clock."""
    freezer.move_to("2026-11-24 03:12-08:00")
    return freezer


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Use a separate configuration folder for each test: the diary is a real file."""
    return str(tmp_path)


@pytest.fixture(autouse=True)
def _find_our_integration(enable_custom_integrations: None) -> None:
    """Let Home Assistant load the integration."""


@pytest.fixture(autouse=True)
def _no_reported_usage(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test in which Home Assistant reports that we use something deprecated or forbidden."""
    reports: list[str] = []

    class Handler(logging.Handler):
        @override
        def emit(self, record: logging.LogRecord) -> None:
            reports.append(record.getMessage())

    # Home Assistant reports each place only once in a process.
    monkeypatch.setattr(frame, "_REPORTED_INTEGRATIONS", set())
    logger, handler = logging.getLogger(frame.__name__), Handler(logging.WARNING)
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)
    assert not [report for report in reports if "Detected that custom integration" in report]


@pytest.fixture
async def bedroom(hass: HomeAssistant) -> Bedroom:
    """Return the simulated devices of a bedroom, set up in Home Assistant."""
    devices = Bedroom()
    await devices.async_set_up(hass)
    return devices


@pytest.fixture
async def entry(hass: HomeAssistant, bedroom: Bedroom) -> MockConfigEntry:
    """Return the loaded entry of a bedroom with one sleeper."""
    return await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))


@pytest.fixture
async def plain_user(hass: HomeAssistant) -> MockUser:
    """Return a user who is no administrator, and may control everything."""
    group = await hass.auth.async_get_group(GROUP_ID_USER)
    assert group is not None
    user = MockUser(name="Kim", groups=[group]).add_to_hass(hass)
    assert not user.is_admin
    return user


@pytest.fixture
async def home(hass: HomeAssistant, freezer: FrozenDateTimeFactory, hass_admin_user: MockUser) -> Home:
    """Return a home at eight in the evening of 23 November 2026, in California."""
    freezer.move_to("2026-11-23 20:00-08:00")
    return Home(hass, freezer, hass_admin_user)


@pytest.fixture
async def slow_storage(hass: HomeAssistant, hass_storage: dict[str, Any]) -> AsyncIterator[SlowStorage]:
    """Let every save to Home Assistant's storage take its time."""
    storage = SlowStorage()
    # Not with monkeypatch, which may be undone after the mocked storage: it would put that back for good.
    with storage.installed(hass):
        yield storage
