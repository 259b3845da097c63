"""The first night: configured, brought to bed from the dashboard, given back, and an episode logged from the phone."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from client import Json, RefusedError
from dashboard_elements import tile
from demo_home import DOMAIN
from device_states import DAY, NIGHT, episodes, expect_bedroom, wait_out_repeats
from mobile_app import Phone
from playwright.sync_api import Page, expect
import pytest
from server import Hub

pytestmark = pytest.mark.usefixtures("by_day")

IN_TWO_HOURS = (datetime.now(UTC) + timedelta(hours=2)).isoformat()


def tonight(hub: Hub, ours: dict[str, str]) -> int:
    """Return how many episodes the sensor counts."""
    return int(hub.state(ours["episodes_tonight"])["state"])


def wait_for_count(hub: Hub, ours: dict[str, str], count: int) -> None:
    """Wait until the sensor counts so many."""
    hub.wait_for(ours["episodes_tonight"], lambda sensor: sensor["state"] == str(count))


def test_the_flow_makes_a_bedroom_and_a_sleeper(hub: Hub, ours: dict[str, str]) -> None:
    """The flow makes a bedroom and a sleeper."""
    (entry,) = hub.ws("config_entries/get", domain=DOMAIN)
    devices = [
        device for device in hub.ws("config/device_registry/list") if entry["entry_id"] in device["config_entries"]
    ]
    assert (entry["title"], entry["state"]) == ("Bedroom", "loaded")
    assert {device["name"] for device in devices} == {"Bedroom", "Alex"}
    assert {"bedtime_mode", "phase", "log_episode", "episodes_tonight", "last_episode", "last_severity"} <= set(ours)


def test_the_flow_explains_its_fields_and_knows_its_bedrooms(page: Page) -> None:
    """The flow explains its fields, and does not take a name twice."""
    page.goto(f"/config/integrations/dashboard/add?domain={DOMAIN}")
    page.get_by_role("button", name="OK").click()
    form = page.locator("step-flow-form")
    expect(form).to_contain_text("How you call this bedroom")
    expect(form).to_contain_text("The area of your home that this bedroom is.")
    form.locator("input").first.fill("Bedroom")
    page.get_by_role("button", name="Submit").or_(page.get_by_role("button", name="Next")).click()
    expect(form).to_contain_text("This name is taken already.")


def test_a_tap_on_the_dashboard_brings_the_bedroom_to_bed(hub: Hub, ours: dict[str, str], page: Page) -> None:
    """A tap on the dashboard dims the lights, lowers the thermostat, silences the TV, and touches no other room."""
    page.goto("/bedroom")
    tile(page, "Bedtime mode").get_by_role("switch").click()
    expect_bedroom(hub, NIGHT)
    assert hub.state(ours["phase"])["state"] == "bedtime"
    expect(tile(page, "Phase")).to_contain_text("Bedtime")
    expect(tile(page, "Bedside lamp")).to_contain_text("5%")
    expect(tile(page, "Thermostat")).to_contain_text("19 °C")
    expect(tile(page, "TV")).to_contain_text("Off")


def test_another_tap_gives_everything_back(hub: Hub, ours: dict[str, str], page: Page) -> None:
    """Another tap gives everything back as it was."""
    hub.call("switch", "turn_on", {"entity_id": ours["bedtime_mode"]})
    expect_bedroom(hub, NIGHT)
    page.goto("/bedroom")
    tile(page, "Bedtime mode").get_by_role("switch").click()
    expect_bedroom(hub, DAY)
    assert hub.state(ours["phase"])["state"] == "off"
    expect(tile(page, "Phase")).to_contain_text("Day")
    expect(tile(page, "TV")).to_contain_text("Playing")


def test_what_was_off_stays_off(hub: Hub, ours: dict[str, str]) -> None:
    """A light that was off stays off, at night and in the morning."""
    off = {"light.ceiling_light": {"state": "off"}}
    hub.call("light", "turn_off", {"entity_id": "light.ceiling_light"})
    hub.call("switch", "turn_on", {"entity_id": ours["bedtime_mode"]})
    expect_bedroom(hub, NIGHT | off)
    hub.call("switch", "turn_off", {"entity_id": ours["bedtime_mode"]})
    expect_bedroom(hub, DAY | off)


def test_a_tap_on_the_button_logs_an_episode(hub: Hub, ours: dict[str, str], page: Page) -> None:
    """A tap on the dashboard's button logs an episode that begins now."""
    wait_out_repeats(hub)
    before = tonight(hub, ours)
    page.goto("/bedroom")
    page.get_by_text("My legs are restless").click()
    wait_for_count(hub, ours, before + 1)
    expect(tile(page, "Episodes tonight")).to_contain_text(str(before + 1))
    expect(tile(page, "Last episode")).to_contain_text("second")


def test_a_phone_logs_with_and_without_a_severity(hub: Hub, ours: dict[str, str], phone: Phone) -> None:
    """A phone's widget logs an episode with no data at all, and one with a severity."""
    wait_out_repeats(hub)
    before = tonight(hub, ours)
    assert phone.tap(DOMAIN, "log_episode").status_code == HTTPStatus.OK
    assert phone.tap(DOMAIN, "log_episode", severity=6).status_code == HTTPStatus.OK
    wait_for_count(hub, ours, before + 2)
    assert hub.state(ours["last_severity"])["state"] == "6"
    assert [episode["severity"] for episode in episodes(hub)][-2:] == [None, 6]


def test_a_second_try_of_a_phone_is_the_same_episode(hub: Hub, phone: Phone) -> None:
    """A phone that tries again, because the answer was slow, logs one episode."""
    before = episodes(hub)
    for _ in range(2):
        assert phone.tap(DOMAIN, "log_episode", severity="7", note="left, calf").status_code == HTTPStatus.OK
    assert len(episodes(hub)) == len(before) + 1


@pytest.mark.parametrize(
    ("data", "error"),
    [
        pytest.param({"severity": 11}, "severity_out_of_range", id="a severity of 11"),
        pytest.param({"started_at": IN_TWO_HOURS}, "start_in_future", id="a start in two hours"),
        pytest.param({"sleeper": "Nobody"}, "unknown_sleeper", id="an unknown sleeper"),
        pytest.param({"note": "x" * 100_000}, "note_too_long", id="a note of 100,000 characters"),
    ],
)
def test_bad_input_is_explained_and_writes_nothing(hub: Hub, phone: Phone, data: Json, error: str) -> None:
    """Bad input is refused with a translated error, by every way in, and nothing is written."""
    before = episodes(hub)
    phone.tap(DOMAIN, "log_episode", **data)  # Home Assistant answers a webhook with OK, whatever came of it
    response = hub.request("POST", f"/api/services/{DOMAIN}/log_episode", data)
    with pytest.raises(RefusedError) as refused:
        hub.ws("call_service", domain=DOMAIN, service="log_episode", service_data=data)
    answer = refused.value.answer
    assert (answer["translation_domain"], answer["translation_key"]) == (DOMAIN, error)
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["message"] in answer["message"]
    assert error not in response.text
    assert "{" not in answer["message"]
    assert episodes(hub) == before
