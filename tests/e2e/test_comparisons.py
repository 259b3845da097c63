"""The nights with and without something: compared in the trends card, and on the report if that is wanted."""

from datetime import UTC, date, datetime, timedelta
import json
from random import Random
import re
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from axe import accessibility_violations
from dashboard_elements import OVERFLOW, TRENDS_CARD, expand_panel
from demo_home import DOMAIN, add_dashboard
from playwright.sync_api import Locator, Page, expect
import pytest
import requests
from server import Server

pytestmark = pytest.mark.usefixtures("dashboard", "diary")

TRENDS_PATH = "/trends"
COMPARISONS = "rls-bedtime-comparisons"
NIGHTS = 80
LONG_WORD = "Donaudampfschifffahrtsgesellschaft" * 3


@pytest.fixture(scope="module")
def dashboard(server: Server) -> None:
    """Add a dashboard with the card."""
    config = {"views": [{"type": "sections", "sections": [{"cards": [{"type": f"custom:{TRENDS_CARD}"}]}]}]}
    add_dashboard(server, "trends", config, title="Trends")


@pytest.fixture(scope="module")
def diary(server: Server) -> None:
    """Import a diary in which every second night has the first item, and the others the second one."""
    zone = ZoneInfo(server.call_api("GET", "/api/config")["time_zone"])
    tonight = datetime.now(zone).date()
    import_diary(server, make_diary(tonight, zone))


def make_diary(tonight: date, zone: ZoneInfo) -> dict[str, Any]:
    """Return a diary: episodes on 10 of 40 nights with the first item, on 30 of 40 with the second one."""
    records: dict[str, list[Any]] = {name: [] for name in SECTIONS}
    items = {"stretch": "Stretch the calves", "word": LONG_WORD}
    for position, (uid, text) in enumerate(items.items()):
        item = {"uid": uid, "text": text, "position": str(position), "since": str(tonight - timedelta(days=NIGHTS))}
        records["routine_items"].append(item)
    nights = Random(1).sample(range(1, NIGHTS + 1), NIGHTS)  # noqa: S311 - a sequence that can be repeated
    for place, day in enumerate(nights):
        night = tonight - timedelta(days=day)
        evening = datetime(night.year, night.month, night.day, 21, tzinfo=zone)
        at = evening.astimezone(UTC).isoformat()
        is_first = place % 2 == 0
        records["practices"].append({"night": str(night), "item": "stretch" if is_first else "word", "done_at": at})
        records["night_conditions"].append({"night": str(night), "temperature": 16 + day % 5})
        if (place // 2) % 4 < (1 if is_first else 3):
            start = evening + timedelta(hours=2)
            episode = {"id": f"episode-{day}", "started_at": start.isoformat(), "severity": 4 + day % 4}
            records["episodes"].append(episode | {"logged_at": start.astimezone(UTC).isoformat()})
        else:
            records["clear_nights"].append({"night": str(night), "logged_at": at})
    return {"schema": 1, **records}


SECTIONS = ("episodes", "clear_nights", "routine_items", "practices", "night_conditions")


def import_diary(server: Server, diary: dict[str, Any]) -> None:
    """Import a diary for the sleeper, as in the user interface."""
    headers = {"Authorization": f"Bearer {json.loads(server.browser_tokens)['access_token']}"}
    files = {"file": ("diary.json", json.dumps(diary).encode(), "application/json")}
    upload = requests.post(f"{server.url}/api/file_upload", files=files, headers=headers, timeout=60)
    (entry,) = server.call_ws("config_entries/get", domain=DOMAIN)
    (sleeper,) = server.call_ws("config_entries/subentries/list", entry_id=entry["entry_id"])
    flows = "/api/config/config_entries/subentries/flow"
    handler = [entry["entry_id"], "sleeper"]
    flow = server.call_api("POST", flows, {"handler": handler, "subentry_id": sleeper["subentry_id"]})
    server.call_api("POST", f"{flows}/{flow['flow_id']}", {"next_step_id": "import_diary"})
    result = server.call_api("POST", f"{flows}/{flow['flow_id']}", {"file": upload.json()["file_id"]})
    assert result["reason"] == "diary_imported", result


def open_comparisons(page: Page) -> Locator:
    """Open the section, and return it."""
    page.goto(TRENDS_PATH)
    section = page.locator(COMPARISONS)
    expect(section.get_by_role("table")).to_have_count(0)
    expand_panel(section.locator("ha-expansion-panel"))
    expect(section.get_by_role("table")).to_have_count(3)
    return section


def test_the_section_is_closed_and_shows_each_item_in_a_table_when_it_is_opened(page: Page) -> None:
    section = open_comparisons(page)
    first = section.get_by_role("table", name="Stretch the calves")
    expect(first.get_by_role("columnheader")).to_have_text(["With", "Without"])
    expect(first.get_by_role("row", name=re.compile("Nights affected"))).to_contain_text("10 of 40")
    expect(first.get_by_role("row", name=re.compile("Nights affected"))).to_contain_text("30 of 40")
    expect(section).to_contain_text("Symptoms on 10 of 40 nights with it, on 30 of 40 without it.")
    expect(section).to_contain_text(re.compile(r"in percentage points: \u221250 \(98.3%: \u2212\d+ to \u2212\d+\)"))
    expect(section.get_by_role("table", name="Bedroom temperature").get_by_role("columnheader")).to_have_text(
        ["Warmer", "Cooler"]
    )
    expect(section).to_contain_text("That is unusual for this diary. It does not say why.")
    expect(section).to_contain_text("There are reasons why something is done on some evenings")
    expect(section.get_by_role("alert")).to_have_count(0)


def test_the_tables_fit_a_small_phone_and_cover_nothing_below(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    section = open_comparisons(page)
    for table in section.locator("section").all():
        assert table.evaluate(OVERFLOW) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.wait_for_function(
        "([above, below]) => above.getBoundingClientRect().bottom <= below.getBoundingClientRect().top",
        arg=[section.locator(".cautions").last.element_handle(), page.locator("rls-bedtime-report").element_handle()],
    )


def test_the_section_can_be_used_by_everybody(page: Page) -> None:
    open_comparisons(page)
    assert accessibility_violations(page) == []


def test_a_right_to_left_page_keeps_the_tables_in_the_card(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    section = open_comparisons(page)
    page.evaluate("document.documentElement.dir = 'rtl'")
    for table in section.locator("section").all():
        assert table.evaluate(OVERFLOW) == []


def test_the_report_has_the_comparisons_only_if_they_are_wanted(page: Page, server: Server) -> None:
    page.goto(TRENDS_PATH)
    report = page.locator("rls-bedtime-report")
    report.get_by_role("button", name="For the doctor").click()
    expect(report.get_by_role("group", name="For the doctor")).to_be_focused()

    def read_page() -> str:
        report.get_by_role("button", name="Make the report").click()
        address = urlsplit(str(report.get_by_role("link", name="Open the page").get_attribute("href")))
        response = requests.get(f"{server.url}{address.path}?{address.query}", timeout=60)
        return response.text

    assert "Stretch the calves" not in read_page()
    report.get_by_role("switch", name="With the comparisons").press("Space")
    text = read_page()
    assert "Stretch the calves" in text
    assert "10 of 40" in text
    assert "\u221250" in text


def test_it_can_be_seen_in_the_dark_and_with_forced_colors(page: Page) -> None:
    page.emulate_media(color_scheme="dark", forced_colors="active")
    section = open_comparisons(page)
    expect(section.get_by_role("table", name="Stretch the calves")).to_be_visible()
