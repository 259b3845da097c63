"""What a page loads of the integration, when, and what happens if that fails."""

from collections.abc import Iterator
from pathlib import Path
import re
import shutil

from dashboard_elements import BEDTIME_CARD, NIGHT_PAD_CARD, TRENDS_CARD, wait_until_still
from demo_home import DOMAIN, add_dashboard
from page_traffic import Traffic, open_session
from playwright.sync_api import Page, Route, expect
import pytest
from server import CHECKOUT, Server

pytestmark = pytest.mark.usefixtures("dashboards")

CARDS = (BEDTIME_CARD, NIGHT_PAD_CARD, TRENDS_CARD)
ENTRY, MODULE = "rls-bedtime.js", "cards.js"
MODULE_URL = f"**/{MODULE}*"
PAGE_REQUESTS, PAGE_BYTES = 3, 10_000
"""What a page without our cards may load of ours."""

NAVIGATE = """(path) => {
    history.pushState(null, "", path);
    window.dispatchEvent(new CustomEvent("location-changed"));
}"""

REJECTION = "There is no such bedroom."

# A module of the cards whose bedtime card is particular about its configuration and its size.
PARTICULAR_CARDS = f"""
customElements.get("{BEDTIME_CARD}").implement(class extends HTMLElement {{
    setConfig({{ bedroom }}) {{
        if (bedroom) throw new Error("{REJECTION}");
    }}
    set hass(hass) {{
        this.textContent = `${{hass.user.name}} in a ${{this.layout}}`;
    }}
    getCardSize() {{
        return 3;
    }}
    getGridOptions() {{
        return {{ columns: 6, rows: 2 }};
    }}
}});
"""


@pytest.fixture(scope="module")
def dashboards(server: Server) -> None:
    """Add a dashboard without our cards, one for each of them, a generated one, and one with a wrong configuration."""
    other = {"type": "tile", "entity": "light.bedside_lamp"}
    cards = {"builtin": [], **{card: [{"type": f"custom:{card}"}] for card in CARDS}}
    cards["wrong"] = [{"type": f"custom:{BEDTIME_CARD}", "bedroom": "missing"}]
    for path, ours in cards.items():
        views = [{"type": "sections", "sections": [{"cards": [other, *ours]}]}]
        add_dashboard(server, path, {"views": views}, title=path)
    add_dashboard(server, "generated", {"strategy": {"type": "custom:rls-bedtime"}}, title="generated")


@pytest.fixture
def traffic(page: Page) -> Traffic:
    """Return what the page loads of ours."""
    return Traffic.of(open_session(page))


def expect_own_card(page: Page) -> None:
    """Wait for the dashboard's own card."""
    expect(page.locator("hui-tile-card")).to_contain_text("Bedside lamp")


def expect_card(page: Page, card: str) -> None:
    """Wait for one of our cards."""
    expect(page.locator(card).locator("h2").first).to_be_visible()


# --- what is loaded ---------------------------------------------------------------------------------------------------


def test_a_page_without_our_cards_loads_only_the_entry(page: Page, traffic: Traffic) -> None:
    page.goto("/builtin")
    expect_own_card(page)
    page.wait_for_load_state("networkidle")
    assert traffic.files == [ENTRY]
    assert traffic.bytes <= PAGE_BYTES


@pytest.mark.parametrize("card", CARDS)
def test_the_first_card_loads_one_more_file(page: Page, traffic: Traffic, card: str) -> None:
    page.goto(f"/{card}")
    expect_card(page, card)
    assert traffic.files == [ENTRY, MODULE]
    for other in CARDS:
        page.evaluate(NAVIGATE, f"/{other}")
        expect_card(page, other)
    assert traffic.files == [ENTRY, MODULE]


def test_the_generated_dashboard_loads_the_cards_while_it_is_generated(page: Page, traffic: Traffic) -> None:
    page.goto("/generated")
    expect_card(page, NIGHT_PAD_CARD)
    assert traffic.files == [ENTRY, MODULE]


# --- the card picker and the editor -----------------------------------------------------------------------------------


def test_the_editor_of_a_card_works_where_no_card_has_been_loaded(page: Page, traffic: Traffic) -> None:
    page.goto("/builtin")
    expect_own_card(page)
    answers = page.evaluate(
        """(cards) => Promise.all(cards.map(async (name) => {
            const { hass } = document.querySelector("home-assistant");
            const card = customElements.get(name);
            const { schema } = await card.getConfigForm();
            return [await card.getStubConfig(hass), await card.getConfigElement(), schema.length > 0];
        }))""",
        list(CARDS),
    )
    assert [[len(stub), element, has_fields] for stub, element, has_fields in answers] == [[1, None, True]] * len(CARDS)
    assert traffic.files == [ENTRY, MODULE]


def test_the_card_picker_previews_the_cards_and_opens_the_editor(page: Page) -> None:
    page.goto("/builtin?edit=1")
    expect_own_card(page)
    page.get_by_role("button", name="Add card").first.click()
    dialog = page.locator("hui-dialog-create-card")
    dialog.get_by_role("tab", name="By card").click()
    dialog.locator("hui-card-picker").locator("ha-input-search input").fill("bedtime mode")
    preview = dialog.locator(BEDTIME_CARD)
    expect(preview.locator("h2")).to_be_visible()
    wait_until_still(preview)
    dialog.locator(".card").filter(has=page.locator(BEDTIME_CARD)).locator(".overlay").click()
    editor = page.locator("hui-dialog-edit-card")
    expect(editor.locator(BEDTIME_CARD).locator("h2")).to_be_visible()
    expect(editor.locator("ha-form").first).to_be_visible()


# --- like Home Assistant's own cards ----------------------------------------------------------------------------------


def test_a_card_that_is_loaded_late_gets_everything_and_its_size(page: Page) -> None:
    page.route(MODULE_URL, lambda route: route.fulfill(body=PARTICULAR_CARDS, content_type="text/javascript"))
    page.goto(f"/{BEDTIME_CARD}")
    card = page.locator(BEDTIME_CARD)
    expect(card).to_have_text("Alex in a grid")
    size = re.compile(r"--column-size: 6; --row-size: 2;")
    expect(page.locator(".card.fit-rows").filter(has=card)).to_have_attribute("style", size)
    assert card.evaluate("(card) => [card.getCardSize(), card.hass.user.name]") == [3, "Alex"]


def test_a_rejected_configuration_is_shown_as_that_of_any_card(page: Page) -> None:
    page.route(MODULE_URL, lambda route: route.fulfill(body=PARTICULAR_CARDS, content_type="text/javascript"))
    page.goto("/wrong")
    expect(page.locator("hui-error-card")).to_contain_text("Configuration error")
    page.evaluate(NAVIGATE, "/builtin")
    page.evaluate(NAVIGATE, "/wrong")
    expect(page.locator("hui-error-card")).to_contain_text("Configuration error")


# --- failures ---------------------------------------------------------------------------------------------------------


def test_a_card_that_could_not_be_loaded_says_so_and_is_loaded_later(page: Page) -> None:
    attempts: list[str] = []

    def fail_twice(route: Route) -> None:
        attempts.append(route.request.url)
        if len(attempts) > 2:
            route.continue_()
        else:
            route.abort("connectionfailed")

    page.route(MODULE_URL, fail_twice)
    page.goto(f"/{NIGHT_PAD_CARD}")
    expect(page.locator(NIGHT_PAD_CARD).get_by_role("status")).to_have_text(
        "This card could not be loaded. It keeps trying. If that takes long, reload the page."
    )
    expect_card(page, NIGHT_PAD_CARD)
    assert len(set(attempts)) == len(attempts) == 3


def test_the_generated_dashboard_is_loaded_later_if_it_could_not_be(page: Page) -> None:
    attempts: list[str] = []

    def fail_once(route: Route) -> None:
        attempts.append(route.request.url)
        if len(attempts) > 1:
            route.continue_()
        else:
            route.abort("connectionfailed")

    page.route(MODULE_URL, fail_once)
    page.goto("/generated")
    expect_card(page, NIGHT_PAD_CARD)


# --- without a build, and after an update -----------------------------------------------------------------------------


@pytest.fixture
def page_before_update(page: Page, server: Server, tmp_path: Path) -> Iterator[Page]:
    """Return a page that was opened before an update to a version that was not built."""
    page.goto("/builtin")
    expect_own_card(page)
    update = tmp_path / "custom_components"
    shutil.copytree(CHECKOUT / "custom_components", update, ignore=shutil.ignore_patterns("__pycache__", "www_build"))
    original = server.custom_components
    server.custom_components = update
    server.restart()
    yield page
    server.custom_components = original
    server.restart()


def test_what_was_not_built_works_too_also_on_a_page_from_before_the_update(
    page_before_update: Page, server: Server
) -> None:
    """The page has the entry of the version before, which asks for the cards of that version."""
    page = page_before_update
    (resource,) = [each for each in server.call_ws("lovelace/resources") if f"/{DOMAIN}_static/" in each["url"]]
    page.wait_for_function("document.querySelector('home-assistant').hass.connected")
    page.evaluate(NAVIGATE, f"/{NIGHT_PAD_CARD}")
    expect_card(page, NIGHT_PAD_CARD)
    assert page.evaluate("(url) => !document.querySelector(`script[src='${url}']`)", resource["url"])

    traffic = Traffic.of(open_session(page))
    page.goto("/builtin")
    expect_own_card(page)
    page.wait_for_load_state("networkidle")
    assert len(traffic.files) <= PAGE_REQUESTS
    assert {*traffic.files} >= {ENTRY, "frontend/lazy-elements.js"}
    for card in CARDS:
        page.evaluate(NAVIGATE, f"/{card}")
        expect_card(page, card)
    page.goto("/generated")
    expect_card(page, NIGHT_PAD_CARD)
