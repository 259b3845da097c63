"""Every language on a small phone: no text of the forms and the cards leaves the screen."""

from collections.abc import Callable, Iterator
import json

from browser import open_page
from dashboard_elements import (
    BEDTIME_CARD,
    NIGHT_PAD_CARD,
    OVERFLOW,
    TEXTS_OUTSIDE,
    TRENDS_CARD,
    expand_panel,
    wait_until_still,
)
from demo_home import CONFIG_FLOW_PATH, DOMAIN, add_dashboard
from playwright.sync_api import Browser, Locator, Page, Response, ViewportSize, expect
import pytest
from server import CHECKOUT, Server

STEPS = ("user", "devices", "schedule", "sleeper")
CARDS = {"tonight": (BEDTIME_CARD, NIGHT_PAD_CARD), "nights": (TRENDS_CARD,)}
STRATEGY = {"strategy": {"type": "custom:rls-bedtime"}}
TRANSLATIONS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in (CHECKOUT / "custom_components" / DOMAIN / "translations").glob("*.json")
}
SMALL_PHONE: ViewportSize = {"width": 320, "height": 900}


@pytest.fixture(params=sorted(TRANSLATIONS))
def language(request: pytest.FixtureRequest) -> str:
    """Return each language."""
    return str(request.param)


@pytest.fixture
def phone_page(language: str, profile: Callable[..., None], browser: Browser, server: Server) -> Iterator[Page]:
    """Return a page on a small phone in a language."""
    profile(language=language)
    with open_page(browser, server) as page:
        page.set_viewport_size(SMALL_PHONE)
        yield page


# Returns the label of a button of Home Assistant, once the page is in a language: it begins in that of the browser.
CONFIGURE = """(language) => {
    const { hass } = document.querySelector("home-assistant");
    return hass.language === language && hass.localize("ui.panel.config.integrations.config_entry.configure");
}"""


@pytest.fixture(scope="module")
def dashboard(server: Server) -> str:
    """Return the path of a dashboard of our strategy."""
    add_dashboard(server, "legs", STRATEGY, title="Legs")
    return "legs"


@pytest.fixture
def flows(phone_page: Page, server: Server) -> Iterator[None]:
    """Abort the flows that a page has started: one of a bedroom can only be in progress once."""
    started: set[str] = set()

    def remember(response: Response) -> None:
        if response.url.endswith(CONFIG_FLOW_PATH) and response.request.method == "POST":
            started.add(response.json()["flow_id"])

    phone_page.on("response", remember)
    yield
    for flow_id in started:
        server.call_api("DELETE", f"{CONFIG_FLOW_PATH}/{flow_id}")


def open_form(page: Page) -> Locator:
    """Return the form of a flow, once it is there, with all its fields."""
    form = page.locator("step-flow-form")
    expect(form.locator("ha-form").first).to_be_visible()
    wait_until_still(form)
    return form


@pytest.mark.usefixtures("flows")
def test_the_setup_fits_on_a_small_phone(phone_page: Page, language: str) -> None:
    steps = TRANSLATIONS[language]["config"]["step"]
    phone_page.goto(f"/config/integrations/dashboard/add?domain={DOMAIN}")
    phone_page.get_by_role("button", name="OK").first.click()
    for step in STEPS:
        expect(phone_page.get_by_text(steps[step]["description"])).to_be_visible()
        form = open_form(phone_page)
        assert form.evaluate(TEXTS_OUTSIDE) == [], step
        if step == STEPS[0]:
            phone_page.get_by_role("textbox", name=steps[step]["data"]["name"]).fill("Attic")
        if step != STEPS[-1]:
            phone_page.locator("dialog-data-entry-flow").get_by_role("button").filter(visible=True).last.click()


def test_the_options_fit_on_a_small_phone(phone_page: Page, language: str) -> None:
    phone_page.goto(f"/config/integrations/integration/{DOMAIN}")
    expect(phone_page.get_by_text("Alex").filter(visible=True).first).to_be_visible()
    configure = phone_page.wait_for_function(CONFIGURE, arg=language).json_value()
    phone_page.get_by_role("button", name=configure).first.click()
    form = open_form(phone_page)
    for section in form.locator("ha-expansion-panel").all():
        expand_panel(section)
    assert form.evaluate(TEXTS_OUTSIDE) == []


@pytest.mark.parametrize("view", CARDS)
def test_the_cards_fit_on_a_small_phone(phone_page: Page, dashboard: str, view: str) -> None:
    phone_page.goto(f"/{dashboard}/{view}")
    for name in CARDS[view]:
        card = phone_page.locator(name)
        expect(card.locator("h2").first).to_be_visible()
        assert card.evaluate(OVERFLOW) == [], name
