"""The cards on a real dashboard: how they are loaded and used, whether they are accessible, and dark at night."""

from collections.abc import Iterator
from contextlib import contextmanager
import re

from axe import accessibility_violations
from browser import ColorScheme, open_page
from client import Json
from dashboard_elements import (
    BEDTIME_CARD,
    FULLSCREEN_PAD,
    NIGHT_PAD_CARD,
    TRENDS_CARD,
    expand_details,
    fullscreen_pad,
    log_episode,
)
from demo_home import DOMAIN, add_dashboard
from diary_database import read_episodes
from playwright.sync_api import Browser, Page, Route, expect
import pytest
from screen_luminance import Luminance, record_frames, stays_dark_once_open
from server import Server

pytestmark = pytest.mark.usefixtures("daytime", "dashboard")

CARDS = (BEDTIME_CARD, NIGHT_PAD_CARD, TRENDS_CARD)
RESOURCE, EXTRA_MODULE = "the dashboard resource", "the extra module"
DESKTOP_SIZE = {"width": 1280, "height": 800}
OBSERVED = 500
"""Milliseconds for which the pad is observed after it has opened."""


@pytest.fixture(scope="module")
def dashboard(server: Server) -> None:
    """Add a dashboard with all cards."""
    cards = [{"type": f"custom:{card}"} for card in CARDS]
    views = [{"type": "sections", "sections": [{"cards": [card]} for card in cards]}]
    add_dashboard(server, "cards", {"views": views}, title="Cards")


@pytest.fixture
def empty_diary(server: Server) -> None:
    """Delete all episodes, so that an identical one is no repeat."""
    for episode in get_episodes(server):
        server.call_action(DOMAIN, "delete_episode", {"episode_id": episode["id"]})


def get_episodes(server: Server) -> list[Json]:
    """Return the episodes of the diary, the newest first."""
    return list(server.call_action(DOMAIN, "get_episodes", {}, return_response=True)["episodes"])


# --- loading ----------------------------------------------------------------------------------------------------------


@contextmanager
def loaded_only_by(loader: str, server: Server, page: Page) -> Iterator[None]:
    """Disable the other way to load the cards, if there is only to be one."""
    resources = server.call_ws("lovelace/resources")
    (resource,) = [each for each in resources if f"/{DOMAIN}_static/" in each["url"]]
    if loader == EXTRA_MODULE:
        server.call_ws("lovelace/resources/delete", resource_id=resource["id"])
    if loader == RESOURCE:

        def remove_extra_module(route: Route) -> None:
            response = route.fetch()
            route.fulfill(response=response, body=response.text().replace(resource["url"], "data:text/javascript,"))

        page.route(re.compile(r"/cards(/0)?$"), remove_extra_module)
    yield
    if loader == EXTRA_MODULE:
        server.call_ws("lovelace/resources/create", res_type=resource["type"], url=resource["url"])


@pytest.mark.parametrize("loader", [RESOURCE, EXTRA_MODULE, "both"])
def test_cards_are_registered_once_however_they_are_loaded(server: Server, page: Page, loader: str) -> None:
    with loaded_only_by(loader, server, page):
        page.goto("/cards")
        for card in CARDS:
            expect(page.locator(card).locator("h2")).to_be_visible()
        registered = [each["type"] for each in page.evaluate("window.customCards")]
    assert sorted(registered) == sorted(CARDS)


def test_card_editor_and_picker_support_the_cards(server: Server, entity_ids: dict[str, str], page: Page) -> None:
    """Each field of the form has a label, and the picker suggests the cards for the entities that they show."""
    page.goto("/cards")
    expect(page.locator(NIGHT_PAD_CARD).locator("h2")).to_be_visible()
    labels = page.evaluate(
        """async (cards) => {
            const { localize } = document.querySelector("home-assistant").hass;
            const forms = await Promise.all(cards.map((card) => customElements.get(card).getConfigForm()));
            return forms.map(({ schema, computeLabel }) => schema.map((field) => computeLabel(field, localize)));
        }""",
        list(CARDS),
    )
    assert labels == [
        ["Bedroom", "Name", "Compact, as large as a tile"],
        ["Sleeper", "Name", "Open the night view automatically at bedtime"],
        ["Sleeper", "Name", "Period"],
    ]
    suggested = page.evaluate(
        """(ids) => ids.map((id) => window.customCards.flatMap(
            (card) => card.getEntitySuggestion(document.querySelector("home-assistant").hass, id) ?? []))""",
        [entity_ids["bedtime_mode"], entity_ids["log_episode"], entity_ids["nights_affected"], "light.floor_lamp"],
    )
    assert [[each["config"]["type"] for each in suggestions] for suggestions in suggested] == [
        [f"custom:{BEDTIME_CARD}"],
        [f"custom:{NIGHT_PAD_CARD}"],
        [f"custom:{TRENDS_CARD}"],
        [],
    ]


# --- the night pad ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("empty_diary", "bedtime_mode_on")
def test_night_pad_logs_adds_details_and_undoes(server: Server, page: Page) -> None:
    """All details go to the episode of the tap, and one undo removes it with its details."""
    before = read_episodes(server)
    page.goto("/cards")
    pad = fullscreen_pad(page)
    log_episode(pad)
    status = pad.get_by_role("status")
    expect(status).to_contain_text("Logged")
    assert len(read_episodes(server)) == len(before) + 1
    pad.get_by_role("radio", name="6", exact=True).click()
    expand_details(pad)
    for body_part in ("Calf, Left", "Foot, Left"):
        pad.get_by_role("button", name=body_part).click()
    pad.get_by_role("button", name="Walking").click()
    pad.get_by_role("button", name="Some").click()
    expect(status).to_contain_text("severity 6")
    server.wait_until(lambda: get_episodes(server)[0]["relief_effect"] or None, "has saved the effect of the relief")
    episode = get_episodes(server)[0]
    assert (episode["severity"], episode["side"], episode["body_parts"]) == (6, "left", ["calf", "foot"])
    assert (episode["relief"], episode["relief_effect"]) == (["walking"], "some")
    pad.get_by_role("button", name="It's over").click()
    server.wait_until(lambda: get_episodes(server)[0]["ended_at"], "has saved the end")
    pad.get_by_role("button", name="Undo").click()
    expect(status).to_contain_text("Removed")
    assert len(read_episodes(server)) == len(before)
    pad.get_by_role("button", name="Restore").click()
    expect(status).to_contain_text("severity 6")
    assert len(read_episodes(server)) == len(before) + 1


@pytest.mark.usefixtures("empty_diary", "bedtime_mode_on")
def test_night_pad_works_by_keyboard(server: Server, page: Page) -> None:
    before = read_episodes(server)
    page.goto("/cards")
    pad = fullscreen_pad(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(pad.get_by_role("status")).to_contain_text("Logged")
    assert len(read_episodes(server)) == len(before) + 1
    pad.get_by_role("radio", name="4", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(pad.get_by_role("status")).to_contain_text("severity 5")
    assert Luminance.of(page.screenshot()).is_dark  # including the focus ring
    page.keyboard.press("Escape")
    expect(page.locator(FULLSCREEN_PAD)).not_to_have_attribute("open", "")


@pytest.mark.usefixtures("bedtime_mode_on")
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_night_pad_is_dark_from_its_first_frame(server: Server, browser: Browser, color_scheme: ColorScheme) -> None:
    """No pixel is brighter than dim amber, over any theme, whatever is opened in it."""
    with open_page(browser, server, color_scheme) as page:
        page.goto("/cards")
        with record_frames(page) as opening:
            pad = fullscreen_pad(page)
            page.wait_for_timeout(OBSERVED)
        assert stays_dark_once_open(opening), opening
        log_episode(pad)
        pad.get_by_role("radio", name="10", exact=True).click()
        expand_details(pad)
        for name in ("Trunk", "Thigh, Left", "Thigh, Right", "Cold", "Walking"):
            pad.get_by_role("button", name=name).click()
        for size in (page.viewport_size, DESKTOP_SIZE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for top in (0, 400, 2000):
                pad.evaluate("(dialog, top) => dialog.scrollTo(0, top)", top)
                assert Luminance.of(page.screenshot()).is_dark
        with record_frames(page) as closing:
            pad.get_by_role("button", name="Close").click()
            expect(page.locator(FULLSCREEN_PAD)).not_to_have_attribute("open", "")
        day = Luminance.of(page.screenshot())
        assert all(frame.mean <= 1.1 * day.mean for frame in (*opening, *closing))
        assert any(0.02 < frame.mean / day.mean < 0.98 for frame in closing)  # it fades in, and does not flash


@pytest.mark.usefixtures("bedtime_mode_on")
def test_episode_of_a_tap_while_home_assistant_is_down_is_saved_once_afterwards(server: Server, page: Page) -> None:
    """The pad shows that it is not saved yet, stays dark, and saves it with the time of the tap."""
    page.goto("/cards")
    pad = fullscreen_pad(page)
    expect(pad.get_by_role("status")).not_to_be_empty()
    before = read_episodes(server)
    server.stop()
    with record_frames(page) as meanwhile:
        log_episode(pad)
        status = pad.get_by_role("status")
        expect(status).to_contain_text("not saved yet")
        expect(pad.get_by_role("button", name="Try again")).to_be_visible()
        pad.get_by_role("radio", name="7", exact=True).click()
        page.wait_for_function("!document.querySelector('home-assistant').hass.connected")
        tapped_at = page.evaluate("Date.now()")
        server.start()
        expect(status).to_contain_text("Logged", timeout=60_000)
    assert all(frame.is_dark for frame in meanwhile)
    server.wait_until(lambda: (len(read_episodes(server)) > len(before)) or None, "has the episode")
    assert len(read_episodes(server)) == len(before) + 1
    assert get_episodes(server)[0]["severity"] == 7
    started_at = page.evaluate("(at) => Date.parse(at)", get_episodes(server)[0]["started_at"])
    assert -10_000 < tapped_at - started_at < 20_000


# --- accessibility ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_cards_are_accessible(
    server: Server, entity_ids: dict[str, str], browser: Browser, color_scheme: ColorScheme
) -> None:
    """Axe finds no violation by day in both themes, and in the dark with everything expanded."""
    server.call_action(DOMAIN, "log_episode", {"minutes_ago": 1})
    with open_page(browser, server, color_scheme) as page:
        page.goto("/cards")
        expand_details(page.locator(NIGHT_PAD_CARD))
        page.locator(TRENDS_CARD).get_by_role("button", name="worst severity").or_(
            page.locator(TRENDS_CARD).get_by_role("button", name="no severity")
        ).last.click()
        page.locator(TRENDS_CARD).get_by_role("button", name="Edit the episode").first.click()
        expand_details(page.locator(TRENDS_CARD))
        assert accessibility_violations(page) == []
        server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
        pad = fullscreen_pad(page)
        expand_details(pad)
        pad.get_by_role("button", name="Stretching").click()
        assert accessibility_violations(page) == []
