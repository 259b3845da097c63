"""An experiment of 84 nights, from its form to its sentence, on a Home Assistant whose clock is moved."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from axe import accessibility_violations
from browser import open_page
from dashboard_elements import OVERFLOW, TRENDS_CARD, expand_panel
from demo_home import DOMAIN, add_dashboard, get_entity_ids, set_up_demo_home
from playwright.sync_api import Browser, Locator, Page, expect
from profile_settings import set_profile
import pytest
from server import free_port
from time_travel import TimeTravelServer

FIRST = date(2027, 3, 1)
"""With the clock change of spring among the 84 nights."""

DAY = timedelta(days=1)
EXPERIMENT = "rls-bedtime-experiment"
DIALOG = "rls-bedtime-experiment-dialog"
SOCKS = "warm socks"
OPPOSITE = {"with": "without", "without": "with"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimeTravelServer]:
    """Return a Home Assistant on the first evening, with a clear night before, and the cards on a dashboard."""
    with TimeTravelServer(tmp_path_factory.mktemp("server"), free_port()) as server:
        server.onboard("Alex", "alex", "restless")
        set_up_demo_home(server, server.time_zone.key)
        server.travel_to(f"{FIRST} 20:00")
        cards = [{"type": f"custom:{TRENDS_CARD}"}, {"type": "todo-list", "entity": "todo.alex_evening_routine"}]
        config = {"views": [{"type": "sections", "sections": [{"cards": [card]} for card in cards]}]}
        add_dashboard(server, "nights", config, title="Nights")
        set_profile(server, time_zone="server")
        server.call_action(DOMAIN, "log_clear_night", {"night": str(FIRST - DAY)})
        yield server


def open_experiment(page: Page) -> Locator:
    """Open the comparisons of the trends card and return the part of the experiment."""
    page.goto("/nights")
    expand_panel(page.locator("rls-bedtime-comparisons").locator("ha-expansion-panel"))
    experiment = page.locator(EXPERIMENT)
    expect(experiment.get_by_role("heading", name="Coin-flip nights")).to_be_visible()
    return experiment


def get_experiment(server: TimeTravelServer) -> dict[str, Any]:
    return dict(server.call_action(DOMAIN, "get_experiment", {}, return_response=True))


def state(server: TimeTravelServer) -> str:
    return str(server.call_api("GET", f"/api/states/{get_entity_ids(server)['experiment_night']}")["state"])


def start_in_the_form(page: Page, screenshots: Path) -> None:
    """Start an experiment of 84 nights with warm socks."""
    experiment = open_experiment(page)
    experiment.get_by_role("button", name="Try it with and without").click()
    dialog = page.locator(DIALOG)
    expect(dialog.get_by_text("ask your doctor")).to_be_visible()
    expect(dialog.get_by_text("84 nights: shows in 37 of 100")).to_be_visible()
    expect(dialog.get_by_text("28 nights: shows in 9 of 100")).to_be_visible()
    dialog.locator("ha-selector.kind").get_by_role("button").first.click()
    page.get_by_text("Something in my own words").last.click()
    dialog.locator("ha-selector.tag input").fill(SOCKS)
    page.screenshot(path=screenshots / "form.png")
    assert accessibility_violations(page) == []
    dialog.get_by_role("button", name="Start").click()
    expect(dialog).to_have_count(0)


def test_84_nights_from_the_form_to_the_sentence(browser: Browser, server: TimeTravelServer, tmp_path: Path) -> None:
    arm = spend_first_evening(browser, server, tmp_path)

    # At noon, the second night of the pair begins by itself, as Home Assistant is running.
    server.travel_to(f"{FIRST + DAY} 11:58")
    assert state(server) == arm
    server.wait_for_state(get_entity_ids(server)["experiment_night"], OPPOSITE[arm], timeout=130)

    # A night away is drawn again, so that there is one night more.
    server.travel_to(f"{FIRST + 15 * DAY} 20:00")
    server.call_action(DOMAIN, "skip_experiment_night", {})
    last = FIRST + 84 * DAY
    server.travel_to(f"{last + DAY} 11:30")
    with open_page(browser, server) as page:
        experiment = open_experiment(page)
        expect(experiment.get_by_text("Night 84 of 84")).to_be_visible()
        expect(experiment.get_by_text("looking before would spoil it")).to_be_visible()

    server.travel_to(f"{last + DAY} 20:00")
    over = get_experiment(server)
    assert (over["status"], state(server)) == ("over", "none")
    record(server, over["nights"])
    expect_result(browser, server, tmp_path)


def spend_first_evening(browser: Browser, server: TimeTravelServer, screenshots: Path) -> str:
    """Start the experiment in the form, look at tonight everywhere, and return what is drawn for it."""
    with open_page(browser, server) as page:
        start_in_the_form(page, screenshots)
        running = get_experiment(server)
        arm = str(running["tonight"]["arm"])
        assert (running["tonight"]["night"], running["experiment"]["nights"]) == (str(FIRST), 84)
        assert state(server) == arm

        # In the card and in the evening routine. The tick is the same in both.
        experiment = page.locator(EXPERIMENT)
        expect(experiment.get_by_text(f"Tonight: {arm}", exact=True)).to_be_visible()
        expect(experiment.get_by_text("Night 1 of 84")).to_be_visible()
        page.get_by_text(f"Tonight: {arm} · {SOCKS}").scroll_into_view_if_needed()
        page.screenshot(path=screenshots / "routine.png")
        experiment.get_by_role("button", name="Done").click()
        expect(experiment.locator("ha-button.done")).to_have_attribute("aria-pressed", "true")
        expect(page.locator("hui-todo-list-card .completed", has_text=SOCKS)).to_be_visible()
        experiment.scroll_into_view_if_needed()
        page.screenshot(path=screenshots / "running.png")

        # Away tonight, and home after all.
        experiment.get_by_role("button", name="Away tonight").click()
        expect(experiment.get_by_text("Tonight: away")).to_be_visible()
        assert state(server) == "skipped"
        experiment.get_by_role("button", name="Home after all").click()
        expect(experiment.get_by_text(f"Tonight: {arm}", exact=True)).to_be_visible()
        server.wait_for_state(get_entity_ids(server)["experiment_night"], arm)
    return arm


def record(server: TimeTravelServer, nights: list[dict[str, Any]]) -> None:
    """Record all nights but the one away: every night without is affected, and every fourth number with."""
    counted = [night for night in nights if not night["skipped"]]
    assert (len(counted), len(nights)) == (84, 85)
    for night in counted:
        if night["arm"] == "without" or night["number"] % 4 == 0:
            server.call_action(DOMAIN, "log_episode", {"started_at": f"{night['night']} 23:30", "severity": 5})
        else:
            server.call_action(DOMAIN, "log_clear_night", {"night": night["night"]})


def expect_result(browser: Browser, server: TimeTravelServer, screenshots: Path) -> None:
    """Expect the sentence and the counts in the card, on a phone and a small one, in the dark and right to left."""
    affected = get_experiment(server)["result"]["with"]["affected"]
    sentence = f"You had symptoms on {affected} of 42 nights drawn with it and on 42 of 42 drawn without: if it made no"
    with open_page(browser, server) as page:
        experiment = open_experiment(page)
        expect(experiment.get_by_text(sentence)).to_be_visible()
        untouched = "It was done on 0 of the 42 nights with and on 0 of the 42 without."
        expect(experiment.get_by_text(untouched)).to_have_count(0)
        expect(experiment.get_by_text("It was done on")).to_be_visible()
        expect(experiment.get_by_role("row", name="Nights affected")).to_contain_text("42")
        expect(experiment.get_by_role("button", name="Try it with and without")).to_be_visible()
        experiment.scroll_into_view_if_needed()
        page.screenshot(path=screenshots / "result.png")
        assert accessibility_violations(page) == []
        page.set_viewport_size({"width": 320, "height": 800})
        experiment.scroll_into_view_if_needed()
        page.screenshot(path=screenshots / "narrow.png")
        assert experiment.evaluate(OVERFLOW) == []
    set_profile(server, language="he")
    with open_page(browser, server, "dark") as page:
        experiment = open_experiment(page)
        expect(experiment.get_by_text(sentence)).to_be_visible()
        expect(experiment).to_have_css("direction", "rtl")
        experiment.scroll_into_view_if_needed()
        page.screenshot(path=screenshots / "dark_right_to_left.png")
        assert experiment.evaluate(OVERFLOW) == []
