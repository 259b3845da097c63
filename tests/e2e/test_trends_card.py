"""The nights by day: looked at, put right, and completed, on a real dashboard."""

from datetime import UTC, date, datetime, timedelta
import re
from typing import Any
from zoneinfo import ZoneInfo

from dashboard_elements import TRENDS
from demo_home import DOMAIN, add_dashboard
from device_states import episodes
from playwright.sync_api import Locator, Page, expect
import pytest
from server import Hub

pytestmark = pytest.mark.usefixtures("by_day", "dashboard")

SO_LONG_AGO = timedelta(days=5 * 365)


@pytest.fixture(scope="module")
def dashboard(hub: Hub) -> None:
    """Put the card on a dashboard of its own, for somebody who reads the hub's clock."""
    config = {"views": [{"type": "sections", "sections": [{"cards": [{"type": f"custom:{TRENDS}"}]}]}]}
    add_dashboard(hub, "trends", config, title="Trends")


@pytest.fixture(scope="module", autouse=True)
def hub_time(hub: Hub) -> Any:
    """Let the browser show the hub's time, which is not its own."""
    as_usual = dict.fromkeys(("number_format", "date_format", "first_weekday"), "language")
    hub.ws(
        "frontend/set_user_data",
        key="language",
        value={**as_usual, "language": "en", "time_format": "24", "time_zone": "server"},
    )
    yield
    hub.ws("frontend/set_user_data", key="language", value=None)


@pytest.fixture(scope="module")
def tonight(hub: Hub) -> date:
    """Return the night that it is in the hub, where it is evening."""
    return datetime.now(ZoneInfo(hub.api("GET", "/api/config")["time_zone"])).date()


def said(night: date) -> re.Pattern[str]:
    """Return how the calendar calls a night."""
    return re.compile(f"{night:%A, %B} {night.day}, {night.year}")


def cell(page: Page, night: date) -> Locator:
    """Return a night of the calendar."""
    return page.locator(TRENDS).get_by_role("button", name=said(night))


def look_at(page: Page, night: date) -> Locator:
    """Open a night, and return what shows it."""
    page.goto("/trends")
    cell(page, night).click()
    panel = page.locator("rls-bedtime-night")
    expect(panel.get_by_role("heading", name=said(night))).to_be_visible()
    return panel


def of_night(hub: Hub, night: date) -> list[dict[str, Any]]:
    """Return what the diary holds of a night."""
    answer = hub.call(DOMAIN, "get_episodes", {"from": str(night), "to": str(night)}, return_response=True)
    return list(answer["episodes"])


def test_a_forgotten_episode_is_added_changed_and_taken_back(hub: Hub, page: Page, tonight: date) -> None:
    """A night without a record gets an episode of the small hours; each change can be undone."""
    night = tonight - timedelta(days=9)
    panel = look_at(page, night)
    expect(panel).to_contain_text("Nothing is recorded of this night.")
    panel.get_by_role("button", name="Add an episode").click()
    panel.get_by_label("Started at").fill("02:10")
    panel.get_by_label("Ended at, if known").fill("02:40")
    panel.get_by_role("radio", name="7", exact=True).click()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("status")).to_contain_text("Added")
    (episode,) = of_night(hub, night)
    assert (episode["started_at"][:16], episode["ended_at"][:16]) == (
        f"{night + timedelta(days=1)}T02:10",
        f"{night + timedelta(days=1)}T02:40",
    )
    assert (episode["severity"], episode["duration"]) == (7, 30)
    expect(cell(page, night)).to_have_accessible_name(re.compile("episodes 1, worst severity 7"))

    panel.get_by_role("button", name="Change the episode of 02:10").click()
    for summary in ("Where", "What helped", "More"):
        panel.locator("summary", has_text=summary).click()
    panel.get_by_role("button", name="Calf, Left").click()
    panel.get_by_role("button", name="Walking").click()
    panel.get_by_role("button", name="Crawling").click()
    panel.get_by_label("Tags, with commas between").fill("flight, late coffee")
    panel.get_by_label("Note").fill("Walked to the kitchen")
    panel.get_by_role("radio", name="5", exact=True).click()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("status")).to_contain_text("Changed")
    (changed,) = of_night(hub, night)
    assert changed["id"] == episode["id"]
    assert (changed["severity"], changed["side"], changed["body_parts"]) == (5, "left", ["calf"])
    assert (changed["relief"], changed["sensations"], changed["tags"]) == (
        ["walking"],
        ["crawling"],
        ["flight", "late coffee"],
    )
    assert changed["started_at"] == episode["started_at"]
    for told in ("Severity 5", "Calf", "Crawling", "Walking", "late coffee", "Walked to the kitchen"):
        expect(panel).to_contain_text(told)

    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("Severity 7")
    panel.get_by_role("button", name="Delete the episode of 02:10").click()
    expect(panel.get_by_role("status")).to_contain_text("Deleted: 02:10")
    assert of_night(hub, night) == []
    expect(cell(page, night)).to_have_accessible_name(re.compile("not recorded"))
    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("Severity 7")
    assert of_night(hub, night)[0]["id"] == episode["id"]


def test_a_clear_night_is_marked_and_unmarked(hub: Hub, page: Page, tonight: date) -> None:
    """A night without a record is not a clear one until somebody says so."""
    night = tonight - timedelta(days=12)
    panel = look_at(page, night)
    panel.get_by_role("button", name="It was a clear night").click()
    expect(panel).to_contain_text("A clear night.")
    expect(cell(page, night)).to_have_accessible_name(re.compile("clear night"))
    panel.get_by_role("button", name="Not a clear night after all").click()
    expect(panel).to_contain_text("Nothing is recorded of this night.")
    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("A clear night.")
    expect(cell(page, night)).to_have_accessible_name(re.compile("clear night"))


def test_what_the_hub_refuses_stays_on_the_form(hub: Hub, page: Page, tonight: date) -> None:
    """An episode of tomorrow cannot be; it is said why, and nothing of it is lost."""
    before = episodes(hub)
    panel = look_at(page, tonight)
    panel.get_by_role("button", name="Add an episode").click()
    panel.get_by_label("Started at").fill("11:30")
    panel.get_by_role("radio", name="4", exact=True).click()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("future")
    expect(panel.get_by_label("Started at")).to_have_value("11:30")
    expect(panel.get_by_role("radio", name="4", exact=True)).to_be_checked()
    assert episodes(hub) == before
    panel.get_by_role("button", name="Cancel").click()
    expect(panel.get_by_role("button", name="Add an episode")).to_be_visible()


LOSE_THE_ANSWER = """() => {
    const { hass } = document.querySelector("home-assistant");
    const { callService } = hass;
    let isLost = false;
    hass.callService = async (...args) => {
        const answer = await callService(...args);
        if (args[1] !== "log_episode" || isLost) return answer;
        isLost = true;
        throw {};
    };
}"""


def test_what_was_added_without_an_answer_is_not_added_twice(hub: Hub, page: Page, tonight: date) -> None:
    """The second try finds the first, and brings it up to what is on the form by then; undo takes all of it back."""
    night = tonight - timedelta(days=30)
    panel = look_at(page, night)
    panel.get_by_role("button", name="Add an episode").click()
    panel.get_by_label("Started at").fill("01:20")
    page.evaluate(LOSE_THE_ANSWER)
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("did not answer")
    expect(panel.get_by_role("button", name="Undo")).to_have_count(0)
    panel.get_by_role("radio", name="3", exact=True).click()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("status")).to_contain_text("Added")
    assert [each["severity"] for each in of_night(hub, night)] == [3]
    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("Nothing is recorded of this night.")
    assert of_night(hub, night) == []


def test_an_end_before_the_start_is_refused(hub: Hub, page: Page, tonight: date) -> None:
    """Times the wrong way round are no episode of a whole day."""
    night = tonight - timedelta(days=31)
    panel = look_at(page, night)
    panel.get_by_role("button", name="Add an episode").click()
    panel.get_by_label("Started at").fill("02:40")
    panel.get_by_label("Ended at, if known").fill("02:10")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_be_visible()
    expect(panel.get_by_label("Ended at, if known")).to_have_value("02:10")
    panel.get_by_role("button", name="Cancel").click()
    assert of_night(hub, night) == []


def test_what_is_told_of_a_night_does_not_hang_on_the_period(hub: Hub, page: Page, tonight: date) -> None:
    """A clear night stays one when the calendar no longer reaches back to it; Tab still finds the calendar."""
    night = tonight - timedelta(days=150)
    hub.call(DOMAIN, "log_clear_night", {"night": str(night)})
    panel = look_at(page, night)
    expect(panel).to_contain_text("A clear night.")
    page.get_by_label("Period").select_option("3 months")
    expect(cell(page, night)).to_have_count(0)
    expect(panel).to_contain_text("A clear night.")
    expect(page.locator("rls-bedtime-heat-map").locator("button[tabindex='0']")).to_have_count(1)


def test_the_undo_of_a_deletion_takes_back_nothing_else(hub: Hub, page: Page, tonight: date) -> None:
    """Once something else was changed, a deleted episode cannot be brought back, and that is said."""
    night = tonight - timedelta(days=33)
    started_at = datetime.combine(night, datetime.min.time()) + timedelta(hours=23)
    hub.call(DOMAIN, "log_episode", {"started_at": started_at.isoformat(), "severity": 4})
    panel = look_at(page, night)
    panel.get_by_role("button", name="Delete the episode").click()
    expect(panel.get_by_role("status")).to_contain_text("Deleted")
    hub.call(DOMAIN, "log_episode", {"severity": 9, "note": "of somebody else"})
    before = episodes(hub)
    expect(cell(page, tonight)).to_have_accessible_name(re.compile("worst severity"))
    page.wait_for_function("document.querySelector('home-assistant').hass.connected")
    panel.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("alert")).to_contain_text("Something else was changed since")
    assert episodes(hub) == before


def test_what_others_log_shows_by_itself(hub: Hub, ours: dict[str, str], page: Page, tonight: date) -> None:
    """An episode from a button shows in the calendar and in the open night; its undo is not offered here."""
    panel = look_at(page, tonight)
    logged = len(of_night(hub, tonight)) + 1
    hub.call("button", "press", {"entity_id": ours["log_severe"]})
    expect(cell(page, tonight)).to_have_accessible_name(re.compile(f"episodes {logged}, worst severity"))
    expect(panel).to_contain_text("Severity 8")
    expect(panel.get_by_role("button", name="Undo")).to_have_count(0)
    expect(page.locator(TRENDS)).to_contain_text("This month beside the last")


def test_the_nights_are_walked_by_keys_and_read_as_a_table(hub: Hub, page: Page, tonight: date) -> None:
    """Tab stops once for all nights, the arrows lead on, Enter opens. The table has a row for each record."""
    page.goto("/trends")
    cell(page, tonight).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    night = tonight - timedelta(days=8)
    expect(cell(page, night)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("rls-bedtime-night").get_by_role("heading", name=said(night))).to_be_visible()
    tabbable = page.locator("rls-bedtime-heat-map").locator("button[tabindex='0']")
    expect(tabbable).to_have_count(1)
    page.get_by_text("All recorded nights as a table").click()
    table = page.get_by_role("table", name="Recorded nights, the newest first")
    nights = {each["night"] for each in hub.call(DOMAIN, "get_episodes", {}, return_response=True)["episodes"]}
    for recorded in nights:
        day = date.fromisoformat(recorded)
        expect(
            table.get_by_role("rowheader", name=re.compile(f"{day:%a, %b} {day.day}, {day.year} to"))
        ).to_be_visible()


def test_five_years_are_drawn(hub: Hub, page: Page, tonight: date) -> None:
    """Everything is shown, from the first record on, the newest nights in sight; nothing else of the page is moved."""
    first = tonight - SO_LONG_AGO
    at = datetime.combine(first, datetime.min.time(), UTC) + timedelta(hours=23)
    logged = hub.call(DOMAIN, "log_episode", {"started_at": at.isoformat(), "severity": 2}, return_response=True)
    page.goto("/trends")
    page.get_by_label("Period").select_option("Everything")
    nights = page.locator("rls-bedtime-heat-map button")
    since = date.fromisoformat(logged["episode"]["night"])
    expect(nights).to_have_count((tonight - since).days + 1)
    expect(cell(page, tonight)).to_be_in_viewport()
    page.set_viewport_size({"width": 320, "height": 800})
    expect(cell(page, tonight)).to_be_in_viewport()
    expect(cell(page, since)).to_have_accessible_name(re.compile("worst severity 2"))
    overflow = "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
    assert not page.evaluate(overflow)
    hub.call(DOMAIN, "delete_episode", {"episode_id": logged["episode"]["id"]})


def test_while_the_hub_is_away_nothing_that_was_typed_is_lost(hub: Hub, page: Page, tonight: date) -> None:
    """What cannot be saved stays on the form, though the page is made anew, and is saved when the hub is back."""
    night = tonight - timedelta(days=20)
    panel = look_at(page, night)
    panel.get_by_role("button", name="Add an episode").click()
    panel.get_by_label("Started at").fill("23:15")
    panel.locator("summary", has_text="More").click()
    panel.get_by_label("Note").press_sequentially("Not left yet")
    hub.stop()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("did not answer", timeout=15_000)
    expect(panel.get_by_label("Started at")).to_have_value("23:15")
    hub.start()
    expect(page.locator("home-assistant")).to_be_attached()
    page.wait_for_function("document.querySelector('home-assistant').hass.connected", timeout=60_000)
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("status")).to_contain_text("Added")
    assert [each["note"] for each in of_night(hub, night)] == ["Not left yet"]
