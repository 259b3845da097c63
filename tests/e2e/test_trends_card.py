"""The trends card: nights are opened, completed and corrected in it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
import json
import re
from typing import Any
from zoneinfo import ZoneInfo

from axe import AXE_SCRIPT
from dashboard_elements import TRENDS_CARD, show_details, wait_until_still
from demo_home import DOMAIN, add_dashboard
from diary_database import read_episodes
from playwright.sync_api import Locator, Page, expect
import pytest
from server import CHECKOUT, Server

pytestmark = pytest.mark.usefixtures("daytime", "dashboard")

FIVE_YEARS = timedelta(days=5 * 365)

TRENDS_PATH = "/trends"
NIGHT_PANEL = "rls-bedtime-night"
HEAT_MAP = "rls-bedtime-heat-map"
THERMOMETER = "sensor.bedroom_temperature"


# Returns the rules that an element breaks, with the nodes. The dialog and its inputs are Home Assistant's.
FIND_PROBLEMS = """async (name) => {
    const find = (root) => {
        for (const element of root.querySelectorAll("*")) {
            if (element.localName === name) return element;
            const found = element.shadowRoot && find(element.shadowRoot);
            if (found) return found;
        }
        return null;
    };
    const { violations } = await axe.run(find(document), { rules: { region: { enabled: false } } });
    const isOurs = ({ target }) => !target.flat(2).some((each) => /^(ha|wa)-|dialog/.test(each));
    const describe = (id) => ({ target }) => [id, target.flat(2).join(" ")];
    return violations.flatMap(({ id, nodes }) => nodes.filter(isOurs).map(describe(id)));
}"""

# Returns whether each column of the calendar is either inside the scroller, with its ring, or outside.
NO_COLUMN_IS_CUT = """(scroller) => {
    const { left, right } = scroller.getBoundingClientRect();
    const columns = [...scroller.querySelectorAll(".week")].map((week) => week.getBoundingClientRect());
    return columns.every((each) => each.right <= left + 1 || each.left >= right - 1
        || (each.left >= left + 2 && each.right <= right - 2));
}"""

# Loses the response to the first call of log_episode, after Home Assistant has written the episode.
LOSE_FIRST_RESPONSE = """() => {
    const { hass } = document.querySelector("home-assistant");
    const { callService } = hass;
    let isLost = false;
    hass.callService = async (...args) => {
        const response = await callService(...args);
        if (args[1] !== "log_episode" || isLost) return response;
        isLost = true;
        throw {};
    };
}"""

HOLD_ACTIONS = """() => {
    const { hass } = document.querySelector("home-assistant");
    const { callService } = hass;
    const released = new Promise((resolve) => (window.release = resolve));
    hass.callService = async (...args) => released.then(() => callService(...args));
}"""


@pytest.fixture(scope="module")
def dashboard(server: Server) -> None:
    """Add a dashboard with the card."""
    config = {"views": [{"type": "sections", "sections": [{"cards": [{"type": f"custom:{TRENDS_CARD}"}]}]}]}
    add_dashboard(server, "trends", config, title="Trends")


@pytest.fixture(scope="module", autouse=True)
def server_time_zone(server: Server) -> Any:
    """Show times in the time zone of Home Assistant, which differs from that of the browser."""
    defaults = dict.fromkeys(("number_format", "date_format", "first_weekday"), "language")
    server.call_ws(
        "frontend/set_user_data",
        key="language",
        value={**defaults, "language": "en", "time_format": "24", "time_zone": "server"},
    )
    yield
    server.call_ws("frontend/set_user_data", key="language", value=None)


@pytest.fixture(scope="module", autouse=True)
def long_ago(server: Server, tonight: date) -> date:
    """Record a night two months ago, so that there is a calendar, and return it."""
    night = tonight - timedelta(days=61)
    server.call_action(DOMAIN, "log_clear_night", {"night": str(night)})
    return night


@pytest.fixture(scope="module")
def tonight(server: Server) -> date:
    """Return the current night, which is the local date because it is evening."""
    return datetime.now(ZoneInfo(server.call_api("GET", "/api/config")["time_zone"])).date()


def accessible_date(night: date) -> re.Pattern[str]:
    """Return the date of a night as its accessible name holds it."""
    return re.compile(f"{night:%A, %B} {night.day}, {night.year}")


def cell(page: Page, night: date) -> Locator:
    """Return the cell of a night in the heat map."""
    return page.locator(TRENDS_CARD).get_by_role("button", name=accessible_date(night))


def open_calendar(page: Page) -> None:
    """Open the dashboard, and wait until the columns of the calendar fit its width: until then, its cells move."""
    page.goto(TRENDS_PATH)
    wait_until_still(page.locator(HEAT_MAP))


def open_night(page: Page, night: date) -> Locator:
    """Open a night and return the dialog with its details."""
    open_calendar(page)
    cell(page, night).click()
    panel = page.locator(NIGHT_PANEL)
    expect(panel.get_by_role("group", name=accessible_date(night))).to_be_focused()
    return panel


def set_time(panel: Locator, field: str, time: str) -> None:
    """Type a time into Home Assistant's input, which follows the profile of the user."""
    hour, minute = time.split(":")
    inputs = panel.get_by_role("group", name=field).get_by_role("spinbutton")
    inputs.nth(0).fill(hour)
    inputs.nth(1).fill(minute)
    inputs.nth(1).blur()


def expect_time(panel: Locator, field: str, time: str) -> None:
    """Wait until Home Assistant's input shows a time."""
    hour, minute = time.split(":")
    inputs = panel.get_by_role("group", name=field).get_by_role("spinbutton")
    expect(inputs.nth(0)).to_have_value(str(int(hour)))
    expect(inputs.nth(1)).to_have_value(minute)


def close(panel: Locator) -> None:
    """Close the dialog of a night and wait until it is gone."""
    panel.page.keyboard.press("Escape")
    expect(panel).to_have_count(0)


def get_episodes(server: Server, night: date) -> list[dict[str, Any]]:
    """Return the episodes of a night."""
    response = server.call_action(DOMAIN, "get_episodes", {"from": str(night), "to": str(night)}, return_response=True)
    return list(response["episodes"])


def test_forgotten_episode_is_added_changed_and_undone(server: Server, page: Page, tonight: date) -> None:
    night = tonight - timedelta(days=9)
    panel = open_night(page, night)
    expect(panel).to_contain_text("Nothing recorded.")
    panel.get_by_role("button", name="Add an episode").click()
    set_time(panel, "Started at", "02:10")
    set_time(panel, "Ended (optional)", "02:40")
    panel.get_by_role("radio", name="7", exact=True).click()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("status")).to_contain_text("Added")
    (episode,) = get_episodes(server, night)
    assert (episode["started_at"][:16], episode["ended_at"][:16]) == (
        f"{night + timedelta(days=1)}T02:10",
        f"{night + timedelta(days=1)}T02:40",
    )
    assert (episode["severity"], episode["duration"]) == (7, 30)
    expect(cell(page, night)).to_have_accessible_name(re.compile("1 episode, severity 7"))

    panel.get_by_role("button", name="Edit the episode of 02:10").click()
    for summary in ("Where", "What helped", "More"):
        panel.locator("summary", has_text=summary).click()
    panel.get_by_role("button", name="Left calf", exact=True).click()
    panel.get_by_role("button", name="Walking").click()
    panel.get_by_role("button", name="Crawling").click()
    panel.get_by_role("textbox", name="Tags, separated by commas").fill("flight, late coffee")
    panel.get_by_role("textbox", name="Note").fill("Walked to the kitchen")
    panel.get_by_role("radio", name="5", exact=True).click()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("status")).to_contain_text("Changed")
    (changed,) = get_episodes(server, night)
    assert changed["id"] == episode["id"]
    assert (changed["severity"], changed["side"], changed["body_parts"]) == (5, "left", ["calf"])
    assert (changed["relief"], changed["sensations"], changed["tags"]) == (
        ["walking"],
        ["crawling"],
        ["flight", "late coffee"],
    )
    assert changed["started_at"] == episode["started_at"]
    for text in ("Severity 5", "Left calf", "Crawling", "Walking", "late coffee", "Walked to the kitchen"):
        expect(panel).to_contain_text(text)

    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("Severity 7")
    panel.get_by_role("button", name="Delete the episode of 02:10").click()
    expect(panel.get_by_role("status")).to_contain_text("Deleted: 02:10")
    assert get_episodes(server, night) == []
    expect(cell(page, night)).to_have_accessible_name(re.compile("not recorded"))
    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("Severity 7")
    assert get_episodes(server, night)[0]["id"] == episode["id"]


def test_clear_night_is_marked_and_unmarked(server: Server, page: Page, tonight: date) -> None:
    night = tonight - timedelta(days=12)
    panel = open_night(page, night)
    panel.get_by_role("button", name="It was a clear night").click()
    expect(panel).to_contain_text("A clear night.")
    expect(cell(page, night)).to_have_accessible_name(re.compile("clear night"))
    panel.get_by_role("button", name="Remove clear night").click()
    expect(panel).to_contain_text("Nothing recorded.")
    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("A clear night.")
    expect(cell(page, night)).to_have_accessible_name(re.compile("clear night"))


def test_rejected_input_stays_in_the_form_with_the_reason(server: Server, page: Page, tonight: date) -> None:
    before = read_episodes(server)
    panel = open_night(page, tonight)
    panel.get_by_role("button", name="Add an episode").click()
    set_time(panel, "Started at", "11:30")
    panel.get_by_role("radio", name="4", exact=True).click()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("future")
    expect_time(panel, "Started at", "11:30")
    expect(panel.get_by_role("radio", name="4", exact=True)).to_be_checked()
    assert read_episodes(server) == before
    panel.get_by_role("button", name="Cancel").click()
    expect(panel.get_by_role("button", name="Add an episode")).to_be_visible()


def test_episode_whose_response_was_lost_is_not_added_twice(server: Server, page: Page, tonight: date) -> None:
    """Saving again updates the first episode to the contents of the form, and one undo removes it."""
    night = tonight - timedelta(days=30)
    panel = open_night(page, night)
    panel.get_by_role("button", name="Add an episode").click()
    set_time(panel, "Started at", "01:20")
    page.evaluate(LOSE_FIRST_RESPONSE)
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("did not answer")
    expect(panel.get_by_role("button", name="Undo")).to_have_count(0)
    panel.get_by_role("radio", name="3", exact=True).click()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("status")).to_contain_text("Added")
    assert [episode["severity"] for episode in get_episodes(server, night)] == [3]
    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("Nothing recorded.")
    assert get_episodes(server, night) == []


def test_end_before_the_start_is_rejected(server: Server, page: Page, tonight: date) -> None:
    """It is not taken for an episode of almost a day."""
    night = tonight - timedelta(days=31)
    panel = open_night(page, night)
    panel.get_by_role("button", name="Add an episode").click()
    set_time(panel, "Started at", "02:40")
    set_time(panel, "Ended (optional)", "02:10")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_be_visible()
    expect_time(panel, "Ended (optional)", "02:10")
    panel.get_by_role("button", name="Cancel").click()
    assert get_episodes(server, night) == []


def test_shorter_period_leaves_one_tab_stop(server: Server, page: Page, tonight: date) -> None:
    """The night that was focused last is no longer in the heat map."""
    night = tonight - timedelta(days=150)
    server.call_action(DOMAIN, "log_clear_night", {"night": str(night)})
    panel = open_night(page, night)
    expect(panel).to_contain_text("A clear night.")
    close(panel)
    show_details(page)
    page.get_by_role("radio", name="3 months").click()
    expect(cell(page, night)).to_have_count(0)
    expect(page.locator(HEAT_MAP).locator("button[tabindex='0']")).to_have_count(1)


def test_undo_of_a_deletion_undoes_nothing_else(server: Server, page: Page, tonight: date) -> None:
    """The episode is brought back, and what somebody else has logged meanwhile stays."""
    night = tonight - timedelta(days=33)
    started_at = datetime.combine(night, datetime.min.time()) + timedelta(hours=23)
    server.call_action(DOMAIN, "log_episode", {"started_at": started_at.isoformat(), "severity": 4})
    panel = open_night(page, night)
    panel.get_by_role("button", name="Delete the episode").click()
    expect(panel.get_by_role("status")).to_contain_text("Deleted")
    server.call_action(DOMAIN, "log_episode", {"severity": 9, "note": "of somebody else"})
    before = read_episodes(server)
    expect(cell(page, tonight)).to_have_accessible_name(re.compile(r"severity \d"))
    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("Severity 4")
    assert len(read_episodes(server)) == len(before) + 1
    assert [episode["severity"] for episode in get_episodes(server, night)] == [4]


def test_deletion_that_was_undone_elsewhere_is_not_undone_again(
    server: Server, entity_ids: dict[str, str], page: Page, tonight: date
) -> None:
    night = tonight - timedelta(days=34)
    started_at = datetime.combine(night, datetime.min.time()) + timedelta(hours=23)
    server.call_action(DOMAIN, "log_episode", {"started_at": started_at.isoformat(), "severity": 4})
    panel = open_night(page, night)
    panel.get_by_role("button", name="Delete the episode").click()
    expect(panel.get_by_role("status")).to_contain_text("Deleted")
    server.call_action("button", "press", {"entity_id": entity_ids["undo"]})
    expect(panel).to_contain_text("Severity 4")
    panel.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("alert")).to_be_visible()
    assert len(get_episodes(server, night)) == 1


def test_practices_are_ticked_on_any_night_and_counted(server: Server, page: Page, tonight: date) -> None:
    night = tonight - timedelta(days=6)
    panel = open_night(page, night)
    practice = panel.get_by_role("group", name="Evening routine").get_by_role("button", name="Leg massage")
    expect(practice).to_have_attribute("aria-pressed", "false")
    practice.click()
    expect(panel.get_by_role("status")).to_contain_text("Done: Leg massage")
    expect(practice).to_have_attribute("aria-pressed", "true")
    panel.get_by_role("button", name="Undo").click()
    expect(practice).to_have_attribute("aria-pressed", "false")
    practice.click()
    expect(practice).to_have_attribute("aria-pressed", "true")
    close(panel)
    show_details(page)
    row = page.get_by_role("table", name="Evening routine").get_by_role("row", name="Leg massage")
    expect(row).to_contain_text("1 of 7")


def test_two_practices_that_are_ticked_at_once_on_a_slow_hub_are_both_noted(page: Page, tonight: date) -> None:
    panel = open_night(page, tonight - timedelta(days=9))
    routine = panel.get_by_role("group", name="Evening routine").get_by_role("button")
    page.evaluate(HOLD_ACTIONS)
    for index in range(2):
        routine.nth(index).click()
    page.evaluate("release()")
    for index in range(2):
        expect(routine.nth(index)).to_have_attribute("aria-pressed", "true")


def test_episode_logged_elsewhere_appears(
    server: Server, entity_ids: dict[str, str], page: Page, tonight: date
) -> None:
    """It appears in the heat map and in the open night, with no undo."""
    panel = open_night(page, tonight)
    logged = len(get_episodes(server, tonight)) + 1
    server.call_action("button", "press", {"entity_id": entity_ids["log_severe"]})
    expect(cell(page, tonight)).to_have_accessible_name(re.compile(rf"\b{logged} episodes?, (worst )?severity"))
    expect(panel).to_contain_text("Severity 8")
    expect(panel.get_by_role("button", name="Undo")).to_have_count(0)


def test_nights_are_navigable_by_keyboard_and_available_as_a_table(server: Server, page: Page, tonight: date) -> None:
    """The heat map has one tab stop and arrow keys; the table has a row for each recorded night."""
    open_calendar(page)
    cell(page, tonight).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowUp")
    night = tonight - timedelta(days=8)
    expect(cell(page, night)).to_be_focused()
    page.keyboard.press("Enter")
    panel = page.locator(NIGHT_PANEL)
    expect(panel.get_by_role("group", name=accessible_date(night))).to_be_focused()
    close(panel)
    expect(cell(page, night)).to_be_focused()
    tabbable = page.locator(HEAT_MAP).locator("button[tabindex='0']")
    expect(tabbable).to_have_count(1)
    show_details(page)
    page.get_by_role("button", name="Show as table").click()
    table = page.get_by_role("table", name="Recorded nights, newest first")
    response = server.call_action(DOMAIN, "get_episodes", {}, return_response=True)
    nights = {episode["night"] for episode in response["episodes"]}
    for recorded in nights:
        day = date.fromisoformat(recorded)
        expect(
            table.get_by_role("rowheader", name=re.compile(f"{day:%a, %b} {day.day}, {day.year} to"))
        ).to_be_visible()


def test_the_same_night_has_the_focus_when_more_weeks_are_shown(server: Server, page: Page, tonight: date) -> None:
    open_calendar(page)
    weeks = page.locator(HEAT_MAP).locator(".week")
    few = weeks.count()
    cell(page, tonight).focus()
    older = {"minutes_ago": (few + 4) * 7 * 24 * 60}
    logged = server.call_action(DOMAIN, "log_episode", older, return_response=True)
    expect(weeks).not_to_have_count(few)
    expect(cell(page, tonight)).to_be_focused()
    server.call_action(DOMAIN, "undo", {"change_id": logged["change_id"]})


def test_heat_map_shows_five_years(server: Server, page: Page, tonight: date) -> None:
    """It starts at the first record, is scrolled to the newest nights, and does not make the page scroll sideways."""
    started_at = datetime.combine(tonight - FIVE_YEARS, datetime.min.time(), UTC) + timedelta(hours=23)
    logged = server.call_action(
        DOMAIN, "log_episode", {"started_at": started_at.isoformat(), "severity": 2}, return_response=True
    )
    page.goto(TRENDS_PATH)
    show_details(page)
    page.get_by_role("radio", name="All time").click()
    nights = page.locator(f"{HEAT_MAP} button")
    first_night = date.fromisoformat(logged["episode"]["night"])
    sunday = first_night - timedelta(days=first_night.isoweekday() % 7)
    expect(nights).to_have_count((tonight - sunday).days + 1)
    expect(cell(page, tonight)).to_be_in_viewport()
    page.set_viewport_size({"width": 320, "height": 800})
    expect(cell(page, tonight)).to_be_in_viewport()
    expect(cell(page, first_night)).to_have_accessible_name(re.compile("severity 2"))
    page.wait_for_function("document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth")
    server.call_action(DOMAIN, "delete_episode", {"episode_id": logged["episode"]["id"]})


def test_form_survives_a_restart_of_home_assistant(server: Server, page: Page, tonight: date) -> None:
    """What could not be saved stays in the form while the page reconnects, and can be saved afterwards."""
    night = tonight - timedelta(days=20)
    panel = open_night(page, night)
    panel.get_by_role("button", name="Add an episode").click()
    set_time(panel, "Started at", "23:15")
    panel.locator("summary", has_text="More").click()
    panel.get_by_role("textbox", name="Note").press_sequentially("Not left yet")
    server.stop()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_contain_text("did not answer", timeout=30_000)
    expect_time(panel, "Started at", "23:15")
    server.start()
    expect(page.locator("home-assistant")).to_be_attached()
    page.wait_for_function("document.querySelector('home-assistant').hass.connected", timeout=60_000)
    expect_time(panel, "Started at", "23:15")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("status")).to_contain_text("Added")
    assert [episode["note"] for episode in get_episodes(server, night)] == ["Not left yet"]


# --- the headline and the rest ----------------------------------------------------------------------------------------


def test_card_begins_with_the_answer_and_folds_the_rest(server: Server, page: Page, tonight: date) -> None:
    """It says in how many of the recorded nights there was an episode, and how many are not recorded."""
    summary = server.call_action(DOMAIN, "get_summary", {}, return_response=True)
    nights = summary["recent"]["nights"]
    page.goto(TRENDS_PATH)
    recent = page.locator(TRENDS_CARD).locator("section", has_text="Last 28 nights")
    expect(recent).to_contain_text(f"{nights['affected']} of {nights['recorded']}")
    expect(recent).to_contain_text(f"{nights['unrecorded']} not recorded")
    expect(recent).to_contain_text(f"n\u00a0=\u00a0{summary['recent']['onset']['n']}")
    expect(page.get_by_text("This month vs. last")).to_have_count(0)
    show_details(page)
    for table in ("This month vs. last", "Evening routine"):
        expect(page.get_by_role("table", name=table)).to_be_visible()
    expect(page.get_by_role("row", name="Bedtime varies by")).to_be_visible()


def test_sensations_and_body_parts_are_counted(server: Server, page: Page, tonight: date) -> None:
    episode = {"minutes_ago": 90, "sensations": "tingling", "body_parts": "thigh", "severity": 3, "side": "left"}
    server.call_action(DOMAIN, "log_episode", episode)
    page.goto(TRENDS_PATH)
    show_details(page)
    for table, row in (("What it felt like", "Tingling"), ("Where", "Thigh"), ("Side", "Left")):
        expect(page.get_by_role("table", name=table).get_by_role("row", name=row)).to_be_visible()


def test_forgotten_episode_of_last_night_takes_four_steps(server: Server, page: Page, tonight: date) -> None:
    """Open the form, type the time, tap the severity, save. The focus returns, and a toast undoes it."""
    night = tonight - timedelta(days=1)
    before = get_episodes(server, night)
    page.goto(TRENDS_PATH)
    add = page.get_by_role("button", name="Log a past episode")
    add.click()
    panel = page.locator(NIGHT_PANEL)
    expect(panel.get_by_role("group", name=accessible_date(night))).to_be_focused()
    set_time(panel, "Started at", "03:05")
    panel.get_by_role("radio", name="5", exact=True).click()
    panel.get_by_role("button", name="Save").click()
    expect(panel).to_have_count(0)
    expect(add).to_be_focused()
    assert len(get_episodes(server, night)) == len(before) + 1
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("notification-manager").get_by_role("status")).to_contain_text("Undone")
    assert get_episodes(server, night) == before


def test_episode_without_a_start_is_not_logged_as_one_of_now(server: Server, page: Page, tonight: date) -> None:
    before = read_episodes(server)
    panel = open_night(page, tonight - timedelta(days=21))
    panel.get_by_role("button", name="Add an episode").click()
    panel.get_by_role("radio", name="4", exact=True).click()
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("alert")).to_have_text("Enter when it started.")
    assert read_episodes(server) == before


def test_what_was_typed_is_kept_when_the_dialog_is_closed_or_the_page_is_reloaded(page: Page, tonight: date) -> None:
    night = tonight - timedelta(days=22)
    panel = open_night(page, night)
    panel.get_by_role("button", name="Add an episode").click()
    set_time(panel, "Started at", "01:15")
    page.reload()
    expect_time(panel, "Started at", "01:15")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)
    page.reload()
    expect(cell(page, night)).to_be_visible()
    expect(panel).to_have_count(0)
    cell(page, night).click()
    expect_time(panel, "Started at", "01:15")
    panel.get_by_role("button", name="Cancel").click()
    expect(panel.get_by_role("button", name="Add an episode")).to_be_visible()


def card_texts(language: str) -> dict[str, str]:
    """Return the texts of the cards."""
    path = CHECKOUT / "custom_components" / DOMAIN / "translations" / f"{language}.json"
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))["config_panel"]["cards"]
    return texts


@pytest.mark.parametrize(
    ("language", "clock", "first_day"), [("de", "24", "Mo"), ("en", "12", "Sun"), ("en-GB", "12", "Mon")]
)
def test_times_and_weeks_follow_the_profile(
    server: Server, page: Page, profile: Callable[..., None], language: str, clock: str, first_day: str
) -> None:
    """Also the inputs of the form: the clock of the browser does not matter."""
    server.call_action(DOMAIN, "log_episode", {"minutes_ago": 60, "severity": 2})
    profile(language=language, time_format=clock)
    page.goto(TRENDS_PATH)
    expect(page.locator(HEAT_MAP).locator(".weekdays span").nth(1)).to_have_text(re.compile(rf"^{first_day}"))
    texts = card_texts(language.partition("-")[0])
    headline = page.locator(TRENDS_CARD).locator("section", has_text=texts["last_nights"]).inner_text()
    assert bool(re.search(r"\d\s[ap]m", headline, re.IGNORECASE)) == (clock == "12")
    page.get_by_role("button", name=texts["log_past"]).click()
    panel = page.locator(NIGHT_PANEL)
    expect(panel.get_by_role("spinbutton")).to_have_count(4)
    expect(panel.get_by_role("button", name="AM", exact=True)).to_have_count(0 if clock == "24" else 2)
    panel.get_by_role("button", name=texts["cancel"]).click()


@pytest.mark.parametrize("width", [206, 320, 420, 1440])
def test_calendar_cuts_no_column_and_no_ring(page: Page, tonight: date, width: int) -> None:
    """As many columns as fit stand between the edges, also after scrolling."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(TRENDS_PATH)
    scroller = page.locator(HEAT_MAP).locator(".scroller")
    scroller.scroll_into_view_if_needed()
    expect(cell(page, tonight)).to_be_in_viewport()
    for distance in (0, -90):
        scroller.evaluate("(element, distance) => element.scrollBy(distance, 0)", distance)
        page.wait_for_function(NO_COLUMN_IS_CUT, arg=scroller.element_handle())
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


def test_numbers_keep_their_order_from_right_to_left(server: Server, page: Page, profile: Callable[..., None]) -> None:
    """In a text of another language, too: "0 of 1" must not read "of 1 0"."""
    server.call_action(DOMAIN, "log_episode", {"minutes_ago": 55, "severity": 2})
    profile(language="he")
    page.goto(TRENDS_PATH)
    show_details(page)
    value = page.locator(TRENDS_CARD).get_by_role("cell", name=re.compile(r"^\d+ of \d+$")).first
    expect(value).to_be_visible()
    first, last = value.evaluate(
        """(cell) => {
            const text = [...cell.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
            return [0, text.length - 1].map((index) => {
                const range = document.createRange();
                range.setStart(text, index);
                range.setEnd(text, index + 1);
                return range.getBoundingClientRect().left;
            });
        }"""
    )
    assert first < last


def test_nights_and_bars_are_seen_where_colors_are_replaced(server: Server, page: Page) -> None:
    server.call_action(DOMAIN, "log_episode", {"minutes_ago": 50, "severity": 8, "relief": "cold"})
    page.emulate_media(forced_colors="active")
    page.goto(TRENDS_PATH)
    show_details(page)
    canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
    for part in (".bar .affected", ".hour i:not(.none)", "button.level3"):
        background = (
            page.locator(TRENDS_CARD)
            .locator(part)
            .first.evaluate("(element) => getComputedStyle(element).backgroundColor")
        )
        assert background != canvas, part


def find_problems(page: Page, element: str) -> list[Any]:
    """Return the problems of an element, once nothing in the page fades in."""
    wait_until_still(page.locator("body"))
    return list(page.evaluate(FIND_PROBLEMS, element))


def test_trends_have_no_problem_of_accessibility(page: Page, tonight: date) -> None:
    """With everything unfolded, and in the dialog of a night, but for the dialog's own parts of Home Assistant."""
    page.goto(TRENDS_PATH)
    show_details(page)
    page.add_script_tag(path=AXE_SCRIPT)
    assert find_problems(page, TRENDS_CARD) == []
    cell(page, tonight).click()
    panel = page.locator(NIGHT_PANEL)
    expect(panel.get_by_role("group", name=accessible_date(tonight))).to_be_focused()
    assert find_problems(page, NIGHT_PANEL) == []
    panel.get_by_role("button", name="Add an episode").click()
    expect(panel.get_by_role("button", name="Save")).to_be_visible()
    assert find_problems(page, NIGHT_PANEL) == []
    panel.get_by_role("button", name="Cancel").click()


# Returns whether each part of a strip is as wide as the column of its week, and within it.
STRIP_IS_ALIGNED = """(calendar) => {
    const weeks = [...calendar.shadowRoot.querySelectorAll(".week")];
    return weeks.every((week) => {
        const [column, strip] = [week, week.querySelector("svg.measured")].map((each) => each.getBoundingClientRect());
        return Math.abs(column.left - strip.left) < 1 && Math.abs(column.right - strip.right) < 1;
    });
}"""


def measure_bedroom(server: Server, tonight: date) -> None:
    """Let the recorder have the temperatures of the last nine nights: 17 °C, then half a degree more each night."""
    zone = ZoneInfo(server.call_api("GET", "/api/config")["time_zone"])
    noon = datetime.combine(tonight - timedelta(days=9), datetime.min.time(), zone) + timedelta(hours=12)
    start = noon.astimezone(UTC)
    metadata = {
        "has_sum": False,
        "mean_type": 1,
        "name": None,
        "source": "recorder",
        "statistic_id": THERMOMETER,
        "unit_class": "temperature",
        "unit_of_measurement": "°C",
    }
    stats = [
        {"start": (start + timedelta(hours=hour)).isoformat(), "mean": 17 + hour // 24 * 0.5} for hour in range(9 * 24)
    ]
    server.call_ws("recorder/import_statistics", metadata=metadata, stats=stats)
    period = {"start_time": start.isoformat(), "period": "hour", "statistic_ids": [THERMOMETER]}
    server.wait_until(
        lambda: (
            len(server.call_ws("recorder/statistics_during_period", **period).get(THERMOMETER, ())) >= len(stats)
            or None
        ),
        "has imported the statistics",
    )
    (entry,) = server.call_ws("config_entries/get", domain=DOMAIN)
    server.call_api("POST", f"/api/config/config_entries/entry/{entry['entry_id']}/reload")
    server.wait_until(
        lambda: len(server.call_ws("rls_bedtime/trends", days=91)["conditions"]) == 9 or None, "has read the nights"
    )


@pytest.mark.parametrize("language", ["en", "he"])
def test_what_the_nights_were_like_is_seen_under_them(
    server: Server, page: Page, profile: Callable[..., None], tonight: date, language: str
) -> None:
    measure_bedroom(server, tonight)
    profile(language=language)
    for width in (1440, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(TRENDS_PATH)
        expect(cell(page, tonight) if language == "en" else page.locator("button.tonight")).to_be_visible()
        calendar = page.locator(HEAT_MAP)
        page.wait_for_function(STRIP_IS_ALIGNED, arg=calendar.element_handle())
        assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    if language == "en":
        last_night = tonight - timedelta(days=1)
        expect(page.locator(TRENDS_CARD)).to_contain_text(
            "Temperature at night: \u206817\u00a0°C\u2069 to \u206821\u00a0°C\u2069"
        )
        expect(cell(page, last_night)).to_have_accessible_name(re.compile(r" · 21\u00a0°C$"))
        panel = open_night(page, last_night)
        expect(panel).to_contain_text("21\u00a0°C")
        close(panel)
