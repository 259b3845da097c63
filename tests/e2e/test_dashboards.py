"""Dashboards that make themselves, and cards on every screen: after an update, in any size, from right to left."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import shutil
from typing import Any, Literal

from browser import PHONE, browse
from client import Json
from dashboard_elements import BEDTIME, PAD, TRENDS, open_details, tile
from demo_home import DOMAIN, add_dashboard
from device_states import episodes, wait_out_repeats
from playwright.sync_api import Locator, Page, ViewportSize, expect
import pytest
from screen_luminance import Light
from server import BEDROOM, CHECKOUT, Hub

pytestmark = pytest.mark.usefixtures("by_day", "dashboards")

DARK = "rls-bedtime-dark dialog"
STRATEGY = "custom:rls-bedtime"
OWN_SECTION: Json = {"type": "grid", "cards": [{"type": "heading", "heading": "Mine"}]}

SMALL: ViewportSize = {"width": 320, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}

# What stands out of an element: boxes and texts beyond its sides, and what is cut off. What scrolls counts as one box.
STANDS_OUT = """(outer) => {
    const { left, right } = outer.getBoundingClientRect();
    const isOut = (box) => box.width > 0 && (box.left < left - 1 || box.right > right + 1);
    const found = [];
    const look = (node) => {
        if (node.nodeType === Node.TEXT_NODE) {
            const range = document.createRange();
            range.selectNodeContents(node);
            if ([...range.getClientRects()].some(isOut)) found.push(node.data.trim());
        }
        if (node.nodeType !== Node.ELEMENT_NODE || node.localName === "style") return;
        const { overflowX, clipPath } = getComputedStyle(node);
        if (clipPath !== "none") return;  // for the ear alone
        const isCut = node.scrollWidth > node.clientWidth + 1 && (node === outer || /hidden|clip/.test(overflowX));
        if (isOut(node.getBoundingClientRect()) || (node.clientWidth > 0 && isCut)) found.push(node.localName);
        if (node !== outer && /auto|scroll/.test(overflowX)) return;
        [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes].forEach(look);
    };
    look(outer);
    const page = document.scrollingElement;
    return page.scrollWidth > page.clientWidth ? [...found, "the page"] : found;
}"""

# The longest time that something of an element, and of ours, takes to move, in seconds.
MOVES = """(outer) => {
    const times = [];
    const look = (root) => {
        for (const element of root.querySelectorAll("*")) {
            if (element.localName.startsWith("ha-")) continue;
            if (element.shadowRoot) look(element.shadowRoot);
            const { transitionDuration, animationDuration } = getComputedStyle(element);
            times.push(...`${transitionDuration},${animationDuration}`.split(",").map(parseFloat));
        }
    };
    look(outer.shadowRoot);
    return Math.max(...times);
}"""


@pytest.fixture(scope="module")
def dashboards(hub: Hub) -> None:
    """Have a dashboard that makes itself, and one that somebody has made."""
    for path, config in (
        ("legs", {"strategy": {"type": STRATEGY}}),
        ("mine", {"views": [{"type": "sections", "sections": [OWN_SECTION]}]}),
    ):
        add_dashboard(hub, path, config, title=path)


@pytest.fixture
def from_right_to_left(hub: Hub) -> Iterator[None]:
    """Let the user read Hebrew."""
    before = hub.ws("frontend/get_user_data", key="language")["value"]
    as_usual = dict.fromkeys(("number_format", "time_format", "date_format", "first_weekday"), "language")
    hebrew = {**as_usual, "time_zone": "local", **(before or {}), "language": "he"}
    hub.ws("frontend/set_user_data", key="language", value=hebrew)
    yield
    hub.ws("frontend/set_user_data", key="language", value=before or {**hebrew, "language": "en"})


@contextmanager
def restarted_with(hub: Hub, **folders: Path) -> Iterator[None]:
    """Restart a hub with other folders than its own, and afterwards with its own."""
    own = {name: getattr(hub, name) for name in folders}
    for which in (folders, own):
        for name, folder in which.items():
            setattr(hub, name, folder)
        hub.restart()
        if which is folders:
            yield


def rows(hub: Hub) -> list[Json]:
    """Return our rows among the resources of the dashboards."""
    return [row for row in hub.ws("lovelace/resources") if f"/{DOMAIN}_static/" in row["url"]]


def card(page: Page, name: str) -> Locator:
    """Return one of our cards, once it is drawn."""
    expect(page.locator(name).locator("h2")).to_be_visible()
    return page.locator(name)


# --- what makes itself ------------------------------------------------------------------------------------------------


def test_the_dashboard_shows_tonight_and_the_nights_behind(page: Page) -> None:
    """It has our cards and Home Assistant's own, called what the entities are called, for all that the user has."""
    page.goto("/legs")
    expect(card(page, BEDTIME).locator("h2")).to_contain_text("Bedroom")
    expect(card(page, PAD).locator("h2")).to_have_text("Night pad of Alex")
    expect(tile(page, "Phase")).to_contain_text("Day")
    expect(tile(page, "Automatic bedtime").get_by_role("switch")).to_be_visible()
    expect(tile(page, "Wind-down")).to_contain_text("45 min")
    expect(page.locator("hui-todo-list-card")).to_contain_text("Evening routine")
    expect(page.locator("hui-error-card")).to_have_count(0)
    page.get_by_role("tab", name="Nights").click()
    expect(page.locator("hui-heading-card")).to_contain_text("Alex")
    for name in ("Nights affected", "Average severity", "Usual onset"):
        expect(tile(page, name)).to_be_visible()
    expect(page.locator("hui-calendar-card")).to_be_visible()
    expect(card(page, TRENDS).locator("h2")).to_have_text("Nights of Alex")
    expect(page.locator("hui-error-card")).to_have_count(0)


def test_the_dashboard_is_among_the_community_dashboards(hub: Hub, page: Page) -> None:
    """Whoever adds a dashboard finds it there, with a title to begin with."""
    page.set_viewport_size(DESKTOP)
    page.goto("/config/lovelace/dashboards")
    page.get_by_role("button", name="Add dashboard").click()
    page.locator("dashboard-card").filter(has_text="RLS Bedtime").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Bedtime")
    page.get_by_role("button", name="Create").click()

    def made() -> Json | None:
        return next((each for each in hub.ws("lovelace/dashboards/list") if each["title"] == "Bedtime"), None)

    dashboard = hub.until(made, "has the dashboard")
    page.goto(f"/{dashboard['url_path']}")
    card(page, PAD)
    hub.ws("lovelace/dashboards/delete", dashboard_id=dashboard["id"])


@pytest.mark.usefixtures("night")
def test_the_section_is_among_the_community_sections(hub: Hub, page: Page) -> None:
    """It shows what it is without opening in the dark, has a form, and, once it is there, opens as the pad does."""
    page.set_viewport_size(DESKTOP)
    page.goto("/mine/0?edit=1")
    page.get_by_role("button", name="Create section").click()
    page.get_by_text("Automatic section").click()
    option = page.locator("hui-dialog-select-section-strategy").get_by_role("button", name="RLS Bedtime")
    expect(option.locator(PAD).locator("h2")).to_have_text("Night pad of Alex")
    option.click()
    editor = page.locator("hui-dialog-edit-section")
    expect(editor.get_by_label("Bedroom")).to_have_value("")
    expect(editor.locator(BEDTIME).get_by_role("switch")).to_be_visible()
    sleeper = editor.get_by_label("Sleeper")
    sleeper.select_option(label="Alex")
    chosen = sleeper.input_value()
    expect(page.locator(DARK)).to_have_count(0)
    page.get_by_role("button", name="Save").click()

    def saved() -> Json | None:
        (view,) = hub.ws("lovelace/config", url_path="mine")["views"]
        return next((each["strategy"] for each in view["sections"] if "strategy" in each), None)

    assert hub.until(saved, "has the section") == {"type": STRATEGY, "sleeper": chosen}
    page.goto("/mine")
    expect(page.locator(DARK)).to_have_attribute("open", "")
    expect(page.locator(BEDTIME).locator("h2")).to_contain_text("Bedroom")


def test_the_dashboard_is_made_anew_for_what_is_ours_alone(hub: Hub, ours: dict[str, str], page: Page) -> None:
    """What happens elsewhere in the house leaves it as it stands; what somebody hides or renames of ours shows."""
    page.goto("/legs")
    card(page, PAD).evaluate("(card) => (card.isTheSame = true)")
    registry = "config/entity_registry/update"
    hub.ws(registry, entity_id="light.floor_lamp", name="Tall lamp")
    page.wait_for_function(
        "document.querySelector('home-assistant').hass.entities['light.floor_lamp'].name === 'Tall lamp'"
    )
    hub.ws(registry, entity_id=ours["automatic_bedtime"], hidden_by="user")
    expect(tile(page, "Automatic bedtime")).to_have_count(0)
    hub.ws(registry, entity_id=ours["automatic_bedtime"], hidden_by=None, name="By itself")
    expect(tile(page, "By itself")).to_be_visible()
    hub.ws(registry, entity_id=ours["automatic_bedtime"], name=None)
    hub.ws(registry, entity_id="light.floor_lamp", name=None)
    expect(tile(page, "Automatic bedtime")).to_be_visible()


def test_the_strategies_wait_for_nothing(hub: Hub, page: Page) -> None:
    """They are there before Home Assistant is, in whose five seconds they have to be."""
    (row,) = rows(hub)
    page.goto("/manifest.json")
    page.evaluate(
        "(src) => document.head.append(Object.assign(document.createElement('script'), {src, type: 'module'}))",
        row["url"],
    )
    for kind in ("dashboard", "section"):
        page.wait_for_function(f"Boolean(customElements.get('ll-strategy-{kind}-rls-bedtime'))")
    assert page.evaluate("window.customStrategies.map((each) => each.strategyType)") == ["dashboard", "section"]
    assert not page.evaluate("Boolean(customElements.get('rls-bedtime-card'))")


# --- delivery ---------------------------------------------------------------------------------------------------------


def test_an_update_leaves_an_open_page_whole_and_is_there_after_a_reload(hub: Hub, page: Page, tmp_path: Path) -> None:
    """An open page goes on with what it has, even if the new modules come into it; one row leads to the new ones."""
    wait_out_repeats(hub)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/legs")
    pad = card(page, PAD)
    (before,) = rows(hub)
    logged = len(episodes(hub))
    update = tmp_path / "custom_components"
    shutil.copytree(CHECKOUT / "custom_components", update, ignore=shutil.ignore_patterns("__pycache__"))
    with (update / DOMAIN / "www" / "rls-bedtime.js").open("a", encoding="utf-8") as entry:
        entry.write("\nwindow.isUpdated = true;\n")
    with restarted_with(hub, integrations=update):
        (now,) = rows(hub)
        assert now["id"] == before["id"]
        assert now["url"] != before["url"]
        page.wait_for_function("document.querySelector('home-assistant').hass.connected")
        page.evaluate("(url) => import(url)", now["url"])
        assert page.evaluate("window.isUpdated")
        pad.get_by_role("button", name="My legs are restless").click()
        expect(pad.get_by_role("status")).to_contain_text("Logged")
        assert len(episodes(hub)) == logged + 1
        for registered in ("customCards", "customStrategies"):
            types: list[Any] = page.evaluate(f"window.{registered}.map((each) => each.type + each.strategyType)")
            assert len(types) == len(set(types))
        page.reload()
        card(page, PAD)
        loaded = page.evaluate("performance.getEntriesByType('resource').map((each) => new URL(each.name).pathname)")
        ours = {path.rpartition(f"/{DOMAIN}_static/")[2].partition("/")[0] for path in loaded if DOMAIN in path}
        assert ours == {now["url"].split("/")[2]}
    assert [error for error in errors if "/frontend_latest/" not in error] == []  # what it asked for while it was down
    assert [row["url"] for row in rows(hub)] == [before["url"]]


def test_resources_in_yaml_are_their_authors_and_the_cards_are_there(hub: Hub, page: Page, tmp_path: Path) -> None:
    """Where the resources are written in YAML, nothing is added to them, and dashboards have our cards all the same."""
    configuration = tmp_path / "configuration"
    shutil.copytree(BEDROOM, configuration)
    with (configuration / "configuration.yaml").open("a", encoding="utf-8") as yaml:
        yaml.write("\nlovelace: {resource_mode: yaml, resources: []}\n")
    with restarted_with(hub, configuration=configuration):
        assert hub.ws("lovelace/info")["resource_mode"] == "yaml"
        assert hub.ws("lovelace/resources") == []
        page.goto("/legs")
        card(page, PAD)
        card(page, BEDTIME)
    assert len(rows(hub)) == 1


# --- on every screen --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_has_room_for_the_cards(hub: Hub, ours: dict[str, str], scheme: Literal["light", "dark"]) -> None:
    """From the smallest phone to a desk, in both themes and in the dark, nothing stands out or is cut off."""
    hub.call(DOMAIN, "log_episode", {"severity": 10, "minutes_ago": 2, "relief": "knee_bends"})
    with browse(hub, scheme) as page:
        page.goto("/legs")
        open_details(card(page, PAD))
        for size in (SMALL, PHONE, DESKTOP):
            page.set_viewport_size(size)
            for each in (BEDTIME, PAD):
                assert card(page, each).evaluate(STANDS_OUT) == [], (each, size)
        assert (Light.of(page.screenshot()).mean > 0.3) == (scheme == "light")
        page.goto("/legs/nights")
        card(page, TRENDS).get_by_text("All recorded nights as a table").click()
        for table in ("Recorded nights", "This month beside the last", "What was tried"):
            expect(page.locator(TRENDS).get_by_role("table", name=table)).to_be_visible()
        for size in (SMALL, PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert card(page, TRENDS).evaluate(STANDS_OUT) == [], size
        page.goto("/legs")
        card(page, PAD)
        hub.call("switch", "turn_on", {"entity_id": ours["bedtime_mode"]})
        expect(page.locator(DARK)).to_have_attribute("open", "")
        open_details(page.locator(DARK))
        for size in (SMALL, PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert page.locator(DARK).evaluate(STANDS_OUT) == [], size
        page.keyboard.press("Escape")
        expect(page.locator(DARK)).not_to_have_attribute("open", "")
        page.set_viewport_size(SMALL)
        assert card(page, BEDTIME).evaluate(STANDS_OUT) == []


@pytest.mark.usefixtures("from_right_to_left")
def test_the_cards_are_mirrored_where_one_reads_from_right_to_left(hub: Hub, ours: dict[str, str], page: Page) -> None:
    """What begins at the left begins at the right, by day and in the dark, and nothing stands out."""

    def middle(element: Locator) -> float:
        box = element.bounding_box()
        assert box
        return box["x"] + box["width"] / 2

    hub.call(DOMAIN, "log_episode", {"severity": 10, "minutes_ago": 2})
    page.goto("/legs")
    pad, bedtime = card(page, PAD), card(page, BEDTIME)
    open_details(pad)
    assert middle(bedtime.get_by_role("switch")) < middle(bedtime) < middle(bedtime.locator(".phase"))
    assert middle(pad.locator(".ends span").first) > middle(pad.locator(".ends span").last)
    assert middle(pad.get_by_role("radio").first) > middle(pad.get_by_role("radio").nth(5))
    for each in (pad, bedtime):
        assert each.evaluate(STANDS_OUT) == []
    page.goto("/legs/nights")
    trends = card(page, TRENDS)
    assert middle(trends.locator("h2")) > middle(trends.get_by_label("Period"))
    expect(trends.get_by_role("table", name="This month beside the last")).to_be_visible()
    assert trends.evaluate(STANDS_OUT) == []
    page.goto("/legs")
    card(page, PAD)
    hub.call("switch", "turn_on", {"entity_id": ours["bedtime_mode"]})
    dark = page.locator(DARK)
    expect(dark).to_have_attribute("open", "")
    open_details(dark)
    assert middle(dark.locator(".ends span").first) > middle(dark.locator(".ends span").last)
    assert dark.evaluate(STANDS_OUT) == []
    assert Light.of(page.screenshot()).is_dark
    page.keyboard.press("Escape")
    expect(dark).not_to_have_attribute("open", "")
    knob = bedtime.get_by_role("switch").locator("span")
    expect(bedtime.get_by_role("switch")).to_have_attribute("aria-checked", "true")
    page.wait_for_function("(knob) => knob.getAnimations().length === 0", arg=knob.element_handle())
    assert middle(knob) < middle(bedtime.get_by_role("switch"))  # on is where one reads to


def test_nothing_moves_for_whoever_wants_it_still(page: Page) -> None:
    """What moves elsewhere does not if the system says so."""
    page.goto("/legs")
    assert card(page, BEDTIME).evaluate(MOVES) > 0
    page.emulate_media(reduced_motion="reduce")
    for each in (BEDTIME, PAD):
        assert card(page, each).evaluate(MOVES) <= 0.001
    page.goto("/legs/nights")
    expect(card(page, TRENDS).locator("rls-bedtime-heat-map")).to_be_visible()
    assert page.locator(TRENDS).evaluate(MOVES) <= 0.001
