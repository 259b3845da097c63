"""Setting up a bedroom, and bedtime mode and the diary's button on the demo dashboard."""

from dashboard_elements import tile, wait_until_still
from demo_home import DOMAIN
from device_states import DAY, NIGHT, expect_states
from playwright.sync_api import Page, expect
import pytest
from server import Server

pytestmark = pytest.mark.usefixtures("daytime")


def open_dashboard(page: Page) -> None:
    """Open the demo dashboard, and wait until its tiles are at rest."""
    page.goto("/bedroom")
    wait_until_still(tile(page, "Bedtime mode"))


def test_config_flow_creates_a_bedroom_and_a_sleeper(server: Server, entity_ids: dict[str, str]) -> None:
    (entry,) = server.call_ws("config_entries/get", domain=DOMAIN)
    devices = [
        device["name"]
        for device in server.call_ws("config/device_registry/list")
        if entry["entry_id"] in device["config_entries"]
    ]
    assert (entry["title"], entry["state"]) == ("Bedroom", "loaded")
    assert set(devices) == {"Bedroom", "Alex"}
    assert entity_ids.keys() >= {"bedtime_mode", "phase", "log_episode", "episodes_tonight", "last_episode"}
    assert "last_severity" in entity_ids


def test_config_flow_describes_its_fields_and_refuses_a_name_in_use(page: Page) -> None:
    page.goto(f"/config/integrations/dashboard/add?domain={DOMAIN}")
    page.get_by_role("button", name="OK").click()
    form = page.locator("step-flow-form")
    expect(form).to_contain_text("The name of the area if left empty.")
    expect(form).to_contain_text("Used to suggest devices.")
    form.locator("ha-selector-text input").fill("Bedroom")
    wait_until_still(form)
    page.get_by_role("button", name="Next").click()
    expect(form).to_contain_text("This name is already in use.")


def test_switch_on_the_dashboard_starts_bedtime_mode(server: Server, entity_ids: dict[str, str], page: Page) -> None:
    """It dims the lights, lowers the thermostat, turns off the TV, and leaves the other rooms alone."""
    open_dashboard(page)
    tile(page, "Bedtime mode").get_by_role("switch").click()
    expect_states(server, NIGHT)
    assert server.get_state(entity_ids["phase"])["state"] == "bedtime"
    expect(tile(page, "Phase")).to_contain_text("Bedtime")
    expect(tile(page, "Bedside lamp")).to_contain_text("5%")
    expect(tile(page, "Thermostat")).to_contain_text("19 °C")
    expect(tile(page, "TV")).to_contain_text("Off")


def test_switch_on_the_dashboard_restores_everything(server: Server, entity_ids: dict[str, str], page: Page) -> None:
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
    expect_states(server, NIGHT)
    open_dashboard(page)
    tile(page, "Bedtime mode").get_by_role("switch").click()
    expect_states(server, DAY)
    assert server.get_state(entity_ids["phase"])["state"] == "off"
    expect(tile(page, "Phase")).to_contain_text("Off")
    expect(tile(page, "TV")).to_contain_text("Playing")


def test_light_that_was_off_stays_off(server: Server, entity_ids: dict[str, str]) -> None:
    off = {"light.ceiling_light": {"state": "off"}}
    server.call_action("light", "turn_off", {"entity_id": "light.ceiling_light"})
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
    expect_states(server, NIGHT | off)
    server.call_action("switch", "turn_off", {"entity_id": entity_ids["bedtime_mode"]})
    expect_states(server, DAY | off)


def test_button_on_the_dashboard_logs_an_episode(server: Server, entity_ids: dict[str, str], page: Page) -> None:
    before = int(server.get_state(entity_ids["episodes_tonight"])["state"])
    open_dashboard(page)
    page.get_by_text("My legs are restless").click()
    server.wait_for_state(entity_ids["episodes_tonight"], str(before + 1))
    expect(tile(page, "Episodes tonight")).to_contain_text(str(before + 1))
    expect(tile(page, "Last episode")).to_contain_text("second")
