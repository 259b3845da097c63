"""A whole automatic session, shortened to three minutes, in a browser, and with a restart in the middle."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard_elements import tile
from device_states import DAY, NIGHT, expect_states
from playwright.sync_api import Page, expect
import pytest
from server import Server

DELAY = timedelta(seconds=20)
"""Until the wind-down starts, for the configuration."""

WIND_DOWN = timedelta(minutes=1)
"""The shortest that can be configured."""

BEDTIME = timedelta(seconds=90)
"""Home Assistant must have started again, and the page must have been loaded, before that is over."""

PHASE_TIMEOUT = 120
"""Seconds. No phase takes longer."""


def local_now(server: Server) -> datetime:
    """Return the local time of Home Assistant."""
    return datetime.now(ZoneInfo(server.call_api("GET", "/api/config")["time_zone"]))


@pytest.mark.usefixtures("daytime")
def test_automatic_session_starts_survives_a_restart_and_restores(
    server: Server, entity_ids: dict[str, str], page: Page
) -> None:
    """It winds down, reaches bedtime, and restores everything, because it ends within 15 minutes of bedtime."""
    bedtime = local_now(server).replace(microsecond=0) + DELAY + WIND_DOWN
    wake_up = bedtime + BEDTIME
    server.call_action("number", "set_value", {"entity_id": entity_ids["wind_down"], "value": 1})
    server.call_action("time", "set_value", {"entity_id": entity_ids["wake_up"], "time": f"{wake_up:%H:%M:%S}"})
    server.call_action("time", "set_value", {"entity_id": entity_ids["bedtime"], "time": f"{bedtime:%H:%M:%S}"})
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["automatic_bedtime"]})
    assert datetime.fromisoformat(server.get_state(entity_ids["next_bedtime"])["state"]) == bedtime
    page.goto("/bedroom")

    server.wait_for_state(entity_ids["phase"], "wind_down", PHASE_TIMEOUT)
    expect(tile(page, "Phase")).to_contain_text("Wind-down")
    assert datetime.fromisoformat(server.get_state(entity_ids["ends_at"])["state"]) == wake_up
    server.restart()
    assert server.get_state(entity_ids["phase"])["state"] in ("wind_down", "bedtime")

    server.wait_for_state(entity_ids["phase"], "bedtime", PHASE_TIMEOUT)
    expect_states(server, NIGHT)
    page.goto("/bedroom")
    expect(tile(page, "Phase")).to_contain_text("Bedtime")
    expect(tile(page, "Bedside lamp")).to_contain_text("5%")

    server.wait_for_state(entity_ids["phase"], "off", PHASE_TIMEOUT)
    expect_states(server, DAY)
    server.call_action("switch", "turn_off", {"entity_id": entity_ids["automatic_bedtime"]})
