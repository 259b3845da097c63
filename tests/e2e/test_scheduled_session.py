"""A whole night by itself, minutes apart, watched in a browser, with a restart in the middle."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dashboard_elements import tile
from device_states import DAY, NIGHT, expect_bedroom
from playwright.sync_api import Page, expect
import pytest
from server import Hub

A_MINUTE = 90


def local_now(hub: Hub) -> datetime:
    """Return what time it is where the hub is."""
    return datetime.now(ZoneInfo(hub.api("GET", "/api/config")["time_zone"]))


def wait_for_phase(hub: Hub, ours: dict[str, str], phase: str, timeout: float = A_MINUTE) -> None:
    """Wait until the night is where it should be."""
    hub.wait_for(ours["phase"], lambda state: bool(state["state"] == phase), timeout)


@pytest.mark.usefixtures("by_day")
def test_a_night_goes_by_itself(hub: Hub, ours: dict[str, str], page: Page) -> None:
    """It winds down, goes to bed, lives through a restart, and gives everything back: so short a night is undone."""
    begins_at = (local_now(hub) + timedelta(seconds=75)).replace(second=0, microsecond=0)
    bedtime, wake_up = begins_at + timedelta(minutes=1), begins_at + timedelta(minutes=2)
    hub.call("number", "set_value", {"entity_id": ours["wind_down"], "value": 1})
    hub.call("time", "set_value", {"entity_id": ours["wake_up"], "time": f"{wake_up:%H:%M:%S}"})
    hub.call("time", "set_value", {"entity_id": ours["bedtime"], "time": f"{bedtime:%H:%M:%S}"})
    hub.call("switch", "turn_on", {"entity_id": ours["automatic_bedtime"]})
    assert datetime.fromisoformat(hub.state(ours["next_bedtime"])["state"]) == bedtime
    page.goto("/bedroom")

    wait_for_phase(hub, ours, "wind_down")
    expect(tile(page, "Phase")).to_contain_text("Wind-down")
    assert datetime.fromisoformat(hub.state(ours["ends_at"])["state"]) == wake_up
    hub.restart()
    assert hub.state(ours["phase"])["state"] in ("wind_down", "bedtime")

    wait_for_phase(hub, ours, "bedtime")
    expect_bedroom(hub, NIGHT)
    page.goto("/bedroom")
    expect(tile(page, "Phase")).to_contain_text("Bedtime")
    expect(tile(page, "Bedside lamp")).to_contain_text("5%")

    wait_for_phase(hub, ours, "off")
    expect_bedroom(hub, DAY)
    hub.call("switch", "turn_off", {"entity_id": ours["automatic_bedtime"]})
