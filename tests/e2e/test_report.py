"""The report for the doctor: made in the trends card, opened without a login, printed."""

from collections.abc import Iterator
import csv
from datetime import date, datetime, timedelta
from http import HTTPStatus
from io import StringIO
from pathlib import Path
import re
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from axe import AXE_SCRIPT, accessibility_violations
from client import Client
from dashboard_elements import OVERFLOW, TRENDS_CARD, expand_panel
from demo_home import DOMAIN, add_dashboard
from playwright.sync_api import Browser, Locator, Page, expect
import pytest
import requests
from server import Server

pytestmark = pytest.mark.usefixtures("dashboard", "three_months")

TRENDS_PATH = "/trends"
REPORT = "rls-bedtime-report"
COMPARISON = "rls-bedtime-comparison"
FORMULA = '=HYPERLINK("https://example.com","click")'
NIGHTS = 91


@pytest.fixture(scope="module")
def dashboard(server: Server) -> None:
    """Add a dashboard with the card."""
    config = {"views": [{"type": "sections", "sections": [{"cards": [{"type": f"custom:{TRENDS_CARD}"}]}]}]}
    add_dashboard(server, "trends", config, title="Trends")


@pytest.fixture(scope="module")
def tonight(server: Server) -> date:
    """Return the current night, which is the local date because it is evening."""
    return datetime.now(ZoneInfo(server.call_api("GET", "/api/config")["time_zone"])).date()


@pytest.fixture(scope="module")
def three_months(server: Server, tonight: date) -> str:
    """Record three months, and mark changes. Return the id of the medicine that was started."""
    for day in range(1, NIGHTS):
        night = tonight - timedelta(days=day)
        if day % 7 == 3:
            continue
        if day % 3 == 0:
            server.call_action(DOMAIN, "log_clear_night", {"night": str(night)})
            continue
        episode = {
            "started_at": f"{night} {21 + day % 3}:{10 + day % 40}",
            "duration": 20 + day % 30,
            "severity": 2 + day % 8,
            "body_parts": ["calf", "foot", "thigh", "knee"][: 1 + day % 4],
            "relief": ["walking", "stretching", "cold"][: 1 + day % 3],
            "relief_effect": ["none", "some", "full"][day % 3],
        }
        server.call_action(DOMAIN, "log_episode", episode | ({"note": FORMULA} if day == 1 else {}))
    for days, change in (
        (60, {"kind": "laboratory", "name": "Ferritin", "value": 45.5, "unit": "µg/l"}),
        (30, {"kind": "dose_changed", "name": "Example", "amount": "0.5 mg"}),
        (45, {"kind": "medicine_started", "name": "Example", "amount": "0.25 mg"}),
    ):
        data = {"date": str(tonight - timedelta(days=days)), **change}
        response = server.call_action(DOMAIN, "log_change", data, return_response=True)
    return str(response["change"]["id"])


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[Page]:
    """Return a page of a browser that never logged in, on a computer."""
    with browser.new_context(base_url=server.url, viewport={"width": 1100, "height": 900}) as context:
        yield context.new_page()


def make_report(page: Page) -> Locator:
    """Make a report in the card. Return the dialog, which shows the links."""
    page.goto(TRENDS_PATH)
    report = page.locator(REPORT)
    report.get_by_role("button", name="For the doctor").click()
    expect(report.get_by_role("group", name="For the doctor")).to_be_focused()
    name = report.get_by_role("textbox", name="Name on the page")
    expect(name).to_have_value("Alex")
    name.fill("Alex Smith, 1970")
    report.get_by_role("button", name="Make the report").click()
    expect(report.get_by_role("link", name="Open the page")).to_be_visible()
    return report


def link(report: Locator, name: str) -> str:
    """Return the path behind a link."""
    address = urlsplit(str(report.get_by_role("link", name=name).get_attribute("href")))
    return f"{address.path}?{address.query}"


def open_comparison(page: Page) -> Locator:
    """Open the nights before and after a change in the card, and return them."""
    page.goto(TRENDS_PATH)
    comparison = page.locator(COMPARISON)
    expand_panel(comparison.locator("ha-expansion-panel"))
    return comparison


def violations(page: Page) -> list[Any]:
    """Return what axe finds in our elements, but not within those of Home Assistant in them."""
    return [each for each in accessibility_violations(page) if not re.search(r"rls-bedtime-.*\bha-", str(each[1]))]


def count_pages(pdf: bytes) -> int:
    """Return the number of pages of a PDF."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_the_page_opens_without_a_login_and_is_printed_on_two_pages(page: Page, visitor: Page, tmp_path: Path) -> None:
    visitor.goto(link(make_report(page), "Open the page"))

    expect(visitor.get_by_text("Alex Smith, 1970")).to_be_visible()
    expect(visitor.get_by_text("Example (since")).to_be_visible()
    expect(visitor.get_by_text("Ferritin 45.5 µg/l")).to_be_visible()
    expect(visitor.get_by_text("HYPERLINK")).to_have_count(0)
    assert visitor.evaluate("document.scripts.length") == 0
    for paper in ("A4", "Letter"):
        pdf = visitor.pdf(path=tmp_path / f"{paper}.pdf", format=paper)
        assert count_pages(pdf) == 2, paper
    visitor.set_viewport_size({"width": 320, "height": 700})
    assert visitor.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_page_opens_from_the_card_in_a_tab_of_its_own(page: Page) -> None:
    report = make_report(page)
    expect(report.get_by_text("On a phone it opens in the browser")).to_be_visible()
    with page.context.expect_page() as opened:
        report.get_by_role("link", name="Open the page").click()
    expect(opened.value.get_by_text("Alex Smith, 1970")).to_be_visible()


def test_another_choice_makes_other_links(page: Page, server: Server) -> None:
    report = make_report(page)
    report.get_by_role("switch", name="With my notes").press("Space")
    expect(report.get_by_role("link")).to_have_count(0)
    report.get_by_role("button", name="Make the report").click()
    response = requests.get(f"{server.url}{link(report, 'Episodes as a table')}", timeout=60)
    assert response.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"), newline="")))
    assert [row["note"] for row in rows if row["note"]] == [f"'{FORMULA}"]


def test_the_tables_and_the_diary_are_downloads(page: Page, server: Server) -> None:
    report = make_report(page)
    for name in ("Episodes as a table", "Nights as a table", "Whole diary"):
        with page.expect_download() as download:
            report.get_by_role("link", name=name).click()
        assert re.fullmatch(rf"{DOMAIN}_[\d_-]+(_episodes|_nights)?\.(csv|json)", download.value.suggested_filename)
        assert download.value.path().stat().st_size > 1000


def test_a_link_that_has_expired_opens_nothing(server: Server) -> None:
    def status(path: str) -> int:
        return requests.get(f"{server.url}{path}", timeout=60).status_code

    def sign_and_open() -> str | None:
        """Return a new link if it opens: a slow machine may open it too late."""
        path = str(server.call_ws("auth/sign_path", path=f"/api/{DOMAIN}/report?format=page", expires=2)["path"])
        return path if status(path) == HTTPStatus.OK else None

    path = server.wait_until(sign_and_open, "opens a link")
    server.wait_until(lambda: status(path) != HTTPStatus.OK or None, "no longer opens the link")
    assert status(path) == HTTPStatus.UNAUTHORIZED


def test_another_user_may_not_read_the_report(server: Server) -> None:
    user = server.call_ws("config/auth/create", name="Kim", group_ids=["system-users"])["user"]
    login = {"username": "kim", "password": "also restless"}
    server.call_ws("config/auth_provider/homeassistant/create", user_id=user["id"], **login)
    kim = Client(server.url)
    kim.log_in(**login)

    response = kim.request("GET", f"/api/{DOMAIN}/report?format=json")

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.text.startswith("The diary belongs to Alex.")


def test_a_marked_change_is_compared_and_the_honest_sentence_leads(page: Page) -> None:
    comparison = open_comparison(page)
    leading = comparison.locator(".leading")
    expect(leading).to_contain_text(re.compile("other dates|This diary is too short|the worst of this diary"))
    expect(comparison.get_by_role("row", name=re.compile("Nights affected.*95"))).to_be_visible()
    expect(comparison).to_contain_text("Some of it would have passed anyway.")

    comparison.locator("ha-selector").get_by_role("button").first.click()
    page.get_by_role("menuitem", name=re.compile("Medicine started, Example")).click()
    expect(comparison.get_by_role("heading", name=re.compile(r"Example \(since"))).to_be_visible()
    expect(comparison).to_contain_text("Dose changed")


def test_an_open_comparison_covers_nothing_below_it(page: Page) -> None:
    comparison = open_comparison(page)
    expect(comparison.locator(".leading")).to_be_visible()
    ends = comparison.locator(".cautions")
    page.wait_for_function(
        "([above, below]) => above.getBoundingClientRect().bottom <= below.getBoundingClientRect().top",
        arg=[ends.element_handle(), page.locator(REPORT).element_handle()],
    )


def test_a_comparison_stays_when_home_assistant_updates_the_card(page: Page) -> None:
    comparison = open_comparison(page)
    expect(comparison.locator(".leading")).to_be_visible()
    comparison.evaluate("async (card) => { card.sleeper = { ...card.sleeper }; await card.updateComplete; }")
    assert comparison.locator(".leading").is_visible()
    comparison.evaluate(
        """async (card) => {
            const { sleeper } = card;
            card.sleeper = { ...sleeper, id: "other" };
            await card.updateComplete;
            card.sleeper = sleeper;
            await card.updateComplete;
        }"""
    )
    expect(comparison.locator(".leading")).to_be_visible()


def test_a_long_word_widens_neither_the_page_nor_the_card(page: Page, visitor: Page, server: Server) -> None:
    change = {"kind": "medicine_started", "name": "Eisen" * 20, "amount": "m" * 100}
    marked = server.call_action(DOMAIN, "log_change", change, return_response=True)
    try:
        visitor.goto(link(make_report(page), "Open the page"))
        visitor.set_viewport_size({"width": 320, "height": 700})
        assert visitor.evaluate("document.documentElement.scrollWidth") <= 320
        page.set_viewport_size({"width": 320, "height": 700})
        comparison = open_comparison(page)
        expect(comparison.get_by_role("heading", name="EisenEisen")).to_be_visible()
        assert comparison.locator("section").last.evaluate(OVERFLOW) == []
        page.get_by_role("button", name="Mark a change").click()
        chips = page.locator("rls-bedtime-change-dialog .chips")
        expect(chips).to_be_visible()
        assert chips.evaluate(OVERFLOW) == []
    finally:
        server.call_action(DOMAIN, "undo", {"change_id": marked["change_id"]})


def test_the_page_can_be_used_by_everybody(page: Page, visitor: Page) -> None:
    visitor.goto(link(make_report(page), "Open the page"))
    visitor.evaluate(f"{AXE_SCRIPT.read_text(encoding='utf-8')}; 0")
    assert visitor.evaluate("axe.run()")["violations"] == []


def test_the_dialog_and_the_comparison_can_be_used_by_everybody(page: Page) -> None:
    expect(open_comparison(page).locator(".leading")).to_be_visible()
    assert violations(page) == []
    expect(make_report(page).get_by_role("link")).to_have_count(4)
    assert violations(page) == []
