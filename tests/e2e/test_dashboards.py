"""The strategies, and the cards after an update, on every screen size, and in a right-to-left language."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
import re
import shutil
from typing import Any

from browser import PHONE_SIZE, ColorScheme, open_page
from client import Json
from dashboard_elements import (
    BEDTIME_CARD,
    FULLSCREEN_PAD,
    NIGHT_PAD_CARD,
    OVERFLOW,
    TRENDS_CARD,
    box_of,
    fullscreen_pad,
    log_episode,
    open_panels,
    show_details,
    tile,
    wait_until_dialog_has_gone_back,
    wait_until_still,
)
from demo_home import DOMAIN, add_dashboard
from diary_database import read_episodes
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect
import pytest
from screen_luminance import Luminance
from server import CHECKOUT, DEMO_CONFIG, Server

pytestmark = pytest.mark.usefixtures("daytime", "dashboards")

STRATEGY_TYPE = "custom:rls-bedtime"
REPLACEABLE_ELEMENTS = {
    "ha-control-button",
    "ha-control-number-buttons",
    "ha-control-switch",
    "ha-ripple",
    "ha-time-input",
}
"""The elements of Home Assistant's own cards that ours do without where none of these is shown."""
USER_SECTION: Json = {"type": "grid", "cards": [{"type": "heading", "heading": "Mine"}]}

SMALL_SIZE: ViewportSize = {"width": 320, "height": 640}
DESKTOP_SIZE: ViewportSize = {"width": 1280, "height": 800}
DOUBLED_TEXT_SIZE: ViewportSize = {"width": 206, "height": 400}
"""A phone whose text is twice as large."""

# Returns the longest duration of a transition or animation in an element, in seconds, Home Assistant's own excluded.
LONGEST_ANIMATION = """(outer) => {
    const durations = [];
    const look = (root) => {
        for (const element of root.querySelectorAll("*")) {
            if (element.localName.startsWith("ha-")) continue;
            if (element.shadowRoot) look(element.shadowRoot);
            const { transitionDuration, animationDuration } = getComputedStyle(element);
            durations.push(...`${transitionDuration},${animationDuration}`.split(",").map(parseFloat));
        }
    };
    look(outer.shadowRoot);
    return Math.max(...durations);
}"""


@pytest.fixture(scope="module")
def dashboards(server: Server) -> None:
    """Add a dashboard of our strategy and one that a user has made."""
    for path, config in (
        ("legs", {"strategy": {"type": STRATEGY_TYPE}}),
        ("mine", {"views": [{"type": "sections", "sections": [USER_SECTION]}]}),
    ):
        add_dashboard(server, path, config, title=path)


@pytest.fixture
def hebrew(profile: Callable[..., None]) -> None:
    """Set the language of the user to Hebrew, which is written from right to left."""
    profile(language="he")


@contextmanager
def restarted_with(server: Server, **sources: Path) -> Iterator[None]:
    """Restart Home Assistant with other sources for the duration of the context."""
    original = {name: getattr(server, name) for name in sources}

    def restart_with(active: dict[str, Path]) -> None:
        for name, source in active.items():
            setattr(server, name, source)
        server.restart()

    restart_with(sources)
    try:
        yield
    finally:
        restart_with(original)


def our_resources(server: Server) -> list[Json]:
    """Return the resources of the integration among those of the dashboards."""
    return [each for each in server.call_ws("lovelace/resources") if f"/{DOMAIN}_static/" in each["url"]]


def card(page: Page, name: str) -> Locator:
    """Return one of our cards once it is rendered."""
    expect(page.locator(name).locator("h2")).to_be_visible()
    return page.locator(name)


# --- strategies -------------------------------------------------------------------------------------------------------


def test_first_night_begins_with_a_sentence_and_two_ways_to_begin(page: Page) -> None:
    """Instead of weeks of nights that nobody could have recorded."""
    page.goto("/legs/nights")
    trends = card(page, TRENDS_CARD)
    expect(trends).to_contain_text("Nothing recorded yet.")
    expect(trends.locator("rls-bedtime-heat-map")).to_have_count(0)
    expect(trends.get_by_role("button", name="Log a past episode")).to_be_visible()
    expect(page.get_by_text("Past week")).to_be_hidden()
    expect(page.locator("hui-trend-graph-card-feature")).to_have_count(0)
    wait_until_still(trends)
    trends.get_by_role("button", name="Mark last night clear").click()
    expect(trends.get_by_role("button", name="clear night")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(trends).to_contain_text("Nothing recorded yet.")


def test_dashboard_strategy_shows_tonight_and_past_nights(server: Server, page: Page) -> None:
    """It combines our cards with Home Assistant's, named like the entities: the own pad first, and nothing twice."""
    server.call_action(DOMAIN, "log_episode", {"severity": 4, "minutes_ago": 20})
    page.goto("/legs")
    expect(card(page, NIGHT_PAD_CARD).locator("h2")).to_have_text("Alex's night pad")
    expect(card(page, BEDTIME_CARD).locator("h2")).to_contain_text("Bedroom")
    line = page.locator(TRENDS_CARD)
    expect(line).to_contain_text("1 of 1 affected")
    for repeated in ("Phase", "Automatic bedtime", "Wind-down"):
        expect(tile(page, repeated)).to_have_count(0)
    expect(page.locator("hui-heading-card")).to_contain_text("Evening routine")
    expect(page.locator("hui-todo-list-card")).to_contain_text("Leg massage")
    expect(page.locator("hui-error-card")).to_have_count(0)
    line.get_by_role("button").first.click()
    expect(page.get_by_role("group", name="Calendar of nights")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_role("group", name="Calendar of nights")).to_have_count(0)
    page.get_by_role("tab", name="Nights").click()
    expect(card(page, TRENDS_CARD).locator("h2")).to_have_text("Alex's nights")
    for name in ("Nights affected", "Average severity"):
        expect(tile(page, name).locator("hui-trend-graph-card-feature")).to_be_visible()
    expect(page.locator("hui-calendar-card")).to_have_count(0)
    expect(page.locator("hui-error-card")).to_have_count(0)


def test_heading_of_the_routine_is_its_name_also_while_home_assistant_knows_no_device(page: Page) -> None:
    """Its functions that format names know the devices some time after the page was loaded."""
    page.goto("/legs")
    card(page, NIGHT_PAD_CARD)
    headings = page.evaluate(
        """async () => {
            const { hass } = document.querySelector("home-assistant");
            const formatEntityName = (state) => state.attributes.friendly_name;
            const strategy = customElements.get("ll-strategy-dashboard-rls-bedtime");
            const { views } = await strategy.generate({}, { ...hass, formatEntityName });
            return views[0].sections.flatMap(({ cards }) => cards).flatMap(({ heading }) => heading ?? []);
        }"""
    )
    assert headings == ["Evening routine"]


def test_trends_use_the_width_of_a_desktop(server: Server, page: Page) -> None:
    server.call_action(DOMAIN, "log_episode", {"severity": 4, "minutes_ago": 40})
    page.set_viewport_size({"width": 1600, "height": 900})
    page.goto("/legs/nights")
    trends = card(page, TRENDS_CARD)
    wait_until_still(trends)
    assert box_of(trends)["width"] > 1000


def test_every_dashboard_has_the_elements_of_home_assistant_that_the_cards_use(page: Page) -> None:
    modules = (CHECKOUT / "custom_components" / DOMAIN / "www").rglob("*.js")
    texts = [module.read_text(encoding="utf-8") for module in modules]
    used = {name for text in texts for name in re.findall(r"<(ha-[\w-]+)", text)} - REPLACEABLE_ELEMENTS
    page.goto("/mine")
    expect(page.locator("hui-heading-card")).to_be_visible()
    for name in sorted(used):
        page.wait_for_function("(name) => Boolean(customElements.get(name))", arg=name)


@pytest.mark.parametrize("word", ["legs", "rls", "sleep"])
def test_card_picker_finds_the_cards_by_what_they_are_for(page: Page, word: str) -> None:
    """And the preview of the trends is small enough that the others are seen, too."""
    page.set_viewport_size(DESKTOP_SIZE)
    page.goto("/mine/0?edit=1")
    page.get_by_role("button", name="Add card").first.click()
    page.get_by_role("tab", name="By card").click()
    picker = page.locator("hui-card-picker")
    picker.locator("ha-input-search input").fill(word)
    for name in (BEDTIME_CARD, NIGHT_PAD_CARD, TRENDS_CARD):
        expect(picker.locator(name)).to_be_visible()
    box = picker.locator(TRENDS_CARD).locator("ha-card").bounding_box()
    assert box
    assert box["height"] <= 300


def test_dashboard_strategy_is_offered_among_the_community_dashboards(server: Server, page: Page) -> None:
    """It suggests a title."""
    page.set_viewport_size(DESKTOP_SIZE)
    page.goto("/config/lovelace/dashboards")
    page.get_by_role("button", name="Add dashboard").click()
    page.locator("dashboard-card").filter(has_text="RLS Bedtime").click()
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Bedtime")
    page.get_by_role("button", name="Create").click()

    def find_dashboard() -> Json | None:
        return next((each for each in server.call_ws("lovelace/dashboards/list") if each["title"] == "Bedtime"), None)

    dashboard = server.wait_until(find_dashboard, "has the dashboard")
    expect(page.get_by_role("textbox", name="Title")).to_be_hidden()
    wait_until_dialog_has_gone_back(page)
    page.goto(f"/{dashboard['url_path']}")
    card(page, NIGHT_PAD_CARD)
    server.call_ws("lovelace/dashboards/delete", dashboard_id=dashboard["id"])


@pytest.mark.usefixtures("bedtime_mode_on")
def test_section_strategy_is_offered_among_the_community_sections(server: Server, page: Page) -> None:
    """Its preview does not open the full-screen pad; the section that was added does."""
    page.set_viewport_size(DESKTOP_SIZE)
    page.goto("/mine/0?edit=1")
    page.get_by_role("button", name="Create section").click()
    page.get_by_text("Automatic section").click()
    option = page.locator("hui-dialog-select-section-strategy").get_by_role("button", name="RLS Bedtime")
    expect(option.locator(NIGHT_PAD_CARD).locator("h2")).to_have_text("Alex's night pad")
    option.click()
    editor = page.locator("hui-dialog-edit-section")
    expect(editor.locator("rls-bedtime-section-editor").get_by_label("Bedroom")).to_have_value("")
    expect(editor.locator(BEDTIME_CARD).get_by_role("switch")).to_be_visible()
    sleeper = editor.get_by_label("Sleeper")
    sleeper.select_option(label="Alex")
    selected = sleeper.input_value()
    expect(page.locator(FULLSCREEN_PAD)).to_have_count(0)
    page.get_by_role("button", name="Save").click()

    def find_strategy() -> Json | None:
        (view,) = server.call_ws("lovelace/config", url_path="mine")["views"]
        return next((each["strategy"] for each in view["sections"] if "strategy" in each), None)

    assert server.wait_until(find_strategy, "has the section") == {"type": STRATEGY_TYPE, "sleeper": selected}
    wait_until_dialog_has_gone_back(page)
    page.goto("/mine")
    expect(page.locator(FULLSCREEN_PAD)).to_have_attribute("open", "")
    expect(page.locator(BEDTIME_CARD).locator("h2")).to_contain_text("Bedroom")


def test_dashboard_strategy_is_regenerated_for_our_entities_only(
    server: Server, entity_ids: dict[str, str], page: Page
) -> None:
    """Renaming another entity leaves it alone; hiding or renaming one of ours changes it."""
    page.goto("/legs")
    card(page, NIGHT_PAD_CARD).evaluate("(card) => (card.isTheSame = true)")
    registry = "config/entity_registry/update"
    server.call_ws(registry, entity_id="light.floor_lamp", name="Tall lamp")
    page.wait_for_function(
        "document.querySelector('home-assistant').hass.entities['light.floor_lamp'].name === 'Tall lamp'"
    )
    server.call_ws(registry, entity_id=entity_ids["evening_routine"], hidden_by="user")
    expect(page.locator("hui-todo-list-card")).to_have_count(0)
    server.call_ws(registry, entity_id=entity_ids["evening_routine"], hidden_by=None, name="Before bed")
    heading = page.locator("hui-heading-card")
    expect(heading.filter(has_text="Before bed")).to_be_visible()
    server.call_ws(registry, entity_id=entity_ids["evening_routine"], name=None)
    server.call_ws(registry, entity_id="light.floor_lamp", name=None)
    expect(heading.filter(has_text="Evening routine")).to_be_visible()


def test_strategies_are_defined_without_home_assistant(server: Server, page: Page) -> None:
    """Home Assistant waits five seconds for them, so they must not wait for it."""
    (resource,) = our_resources(server)
    page.goto("/manifest.json")
    page.evaluate(
        "(src) => document.head.append(Object.assign(document.createElement('script'), {src, type: 'module'}))",
        resource["url"],
    )
    for kind in ("dashboard", "section"):
        page.wait_for_function(f"Boolean(customElements.get('ll-strategy-{kind}-rls-bedtime'))")
    assert page.evaluate("window.customStrategies.map((each) => each.strategyType)") == ["dashboard", "section"]
    assert not page.evaluate("Boolean(customElements.get('rls-bedtime-card'))")


# --- loading ----------------------------------------------------------------------------------------------------------


def test_update_keeps_an_open_page_working_and_is_loaded_with_the_next(
    server: Server, page: Page, tmp_path: Path
) -> None:
    """An open page keeps its modules, even if the new ones are imported too; one resource leads to the new ones."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/legs")
    pad = card(page, NIGHT_PAD_CARD)
    (before,) = our_resources(server)
    logged = len(read_episodes(server))
    update = tmp_path / "custom_components"
    shutil.copytree(CHECKOUT / "custom_components", update, ignore=shutil.ignore_patterns("__pycache__"))
    with (update / DOMAIN / "www" / "rls-bedtime.js").open("a", encoding="utf-8") as entry:
        entry.write("\nwindow.isUpdated = true;\n")
    with restarted_with(server, custom_components=update):
        (now,) = our_resources(server)
        assert now["id"] == before["id"]
        assert now["url"] != before["url"]
        page.wait_for_function("document.querySelector('home-assistant').hass.connected")
        page.evaluate("(url) => import(url)", now["url"])
        assert page.evaluate("window.isUpdated")
        log_episode(pad)
        expect(pad.get_by_role("status")).to_contain_text("Logged")
        assert len(read_episodes(server)) == logged + 1
        for registered in ("customCards", "customStrategies"):
            types: list[Any] = page.evaluate(f"window.{registered}.map((each) => each.type + each.strategyType)")
            assert len(types) == len(set(types))
        page.reload()
        card(page, NIGHT_PAD_CARD)
        loaded = page.evaluate("performance.getEntriesByType('resource').map((each) => new URL(each.name).pathname)")
        versions = {path.rpartition(f"/{DOMAIN}_static/")[2].partition("/")[0] for path in loaded if DOMAIN in path}
        assert versions == {now["url"].split("/")[2]}
    requested_while_down = ("/frontend_latest/", "ServiceWorker")
    assert [each for each in errors if not any(request in each for request in requested_while_down)] == []
    assert [resource["url"] for resource in our_resources(server)] == [before["url"]]


def test_resources_in_yaml_are_left_alone_and_the_cards_are_loaded(server: Server, page: Page, tmp_path: Path) -> None:
    configuration = tmp_path / "configuration"
    shutil.copytree(DEMO_CONFIG, configuration)
    with (configuration / "configuration.yaml").open("a", encoding="utf-8") as yaml:
        yaml.write("\nlovelace: {resource_mode: yaml, resources: []}\n")
    with restarted_with(server, config_source=configuration):
        assert server.call_ws("lovelace/info")["resource_mode"] == "yaml"
        assert server.call_ws("lovelace/resources") == []
        page.goto("/legs")
        card(page, NIGHT_PAD_CARD)
        card(page, BEDTIME_CARD)
    assert len(our_resources(server)) == 1


# --- layout -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_cards_fit_every_screen_size(
    server: Server, entity_ids: dict[str, str], browser: Browser, color_scheme: ColorScheme
) -> None:
    """Nothing overflows or is clipped, from the smallest phone to a desktop, in both themes and in the dark."""
    server.call_action(DOMAIN, "log_episode", {"severity": 10, "minutes_ago": 2, "relief": "knee_bends"})
    with open_page(browser, server, color_scheme) as page:
        page.goto("/legs")
        for panel in open_panels(card(page, NIGHT_PAD_CARD)):
            for size in (SMALL_SIZE, PHONE_SIZE, DESKTOP_SIZE):
                page.set_viewport_size(size)
                for each in (BEDTIME_CARD, NIGHT_PAD_CARD):
                    assert card(page, each).evaluate(OVERFLOW) == [], (each, size, panel)
        assert (Luminance.of(page.screenshot()).mean > 0.3) == (color_scheme == "light")
        page.goto("/legs/nights")
        card(page, TRENDS_CARD)
        show_details(page)
        page.locator(TRENDS_CARD).get_by_text("Show as table").click()
        for table in ("Recorded nights", "This month vs. last", "Relief"):
            expect(page.locator(TRENDS_CARD).get_by_role("table", name=table)).to_be_visible()
        for size in (SMALL_SIZE, PHONE_SIZE, DESKTOP_SIZE, DOUBLED_TEXT_SIZE):
            page.set_viewport_size(size)
            assert card(page, TRENDS_CARD).evaluate(OVERFLOW) == [], size
        page.goto("/legs")
        card(page, NIGHT_PAD_CARD)
        server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
        expect(page.locator(FULLSCREEN_PAD)).to_have_attribute("open", "")
        for panel in open_panels(page.locator(FULLSCREEN_PAD)):
            for size in (SMALL_SIZE, PHONE_SIZE, DESKTOP_SIZE):
                page.set_viewport_size(size)
                assert page.locator(FULLSCREEN_PAD).evaluate(OVERFLOW) == [], (size, panel)
        page.keyboard.press("Escape")
        expect(page.locator(FULLSCREEN_PAD)).not_to_have_attribute("open", "")
        page.set_viewport_size(SMALL_SIZE)
        assert card(page, BEDTIME_CARD).evaluate(OVERFLOW) == []


@pytest.mark.usefixtures("hebrew")
def test_cards_are_mirrored_in_a_right_to_left_language(server: Server, entity_ids: dict[str, str], page: Page) -> None:
    """By day and in the dark, and nothing overflows."""

    def center_x(element: Locator) -> float:
        box = element.bounding_box()
        assert box
        return box["x"] + box["width"] / 2

    def mirrored(name: str) -> Locator:
        """Return a card at rest once it is mirrored: the page begins in the language of the browser."""
        element = card(page, name)
        expect(element).to_have_css("direction", "rtl")
        wait_until_still(element)
        return element

    server.call_action(DOMAIN, "log_episode", {"severity": 10, "minutes_ago": 2})
    page.goto("/legs")
    pad, bedtime = mirrored(NIGHT_PAD_CARD), mirrored(BEDTIME_CARD)
    assert center_x(bedtime.get_by_role("switch")) < center_x(bedtime) < center_x(bedtime.locator(".tile-info"))
    assert center_x(pad.get_by_role("radio").first) > center_x(pad.get_by_role("radio").nth(4))
    pad.get_by_role("button", name="Where").click()
    left, right = (pad.get_by_role("button", name=name) for name in ("Left calf", "Right calf"))
    assert center_x(left) < center_x(right)  # as in every language, the left leg is on the left
    for each in (pad, bedtime):
        assert each.evaluate(OVERFLOW) == []
    page.goto("/legs/nights")
    trends = mirrored(TRENDS_CARD)
    assert center_x(trends.locator("h2")) > center_x(trends.get_by_role("button", name="Log a past episode"))
    show_details(page)
    expect(trends.get_by_role("table", name="This month vs. last")).to_be_visible()
    assert trends.evaluate(OVERFLOW) == []
    page.goto("/legs")
    mirrored(NIGHT_PAD_CARD)
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
    dark = fullscreen_pad(page)
    wait_until_still(dark)
    assert center_x(dark.get_by_role("radio").first) > center_x(dark.get_by_role("radio").nth(4))
    assert center_x(dark.get_by_role("button", name="Close")) < center_x(dark)
    for _ in open_panels(dark):
        assert dark.evaluate(OVERFLOW) == []
    assert Luminance.of(page.screenshot()).is_dark
    page.keyboard.press("Escape")
    expect(dark).not_to_have_attribute("open", "")
    switch = bedtime.get_by_role("switch", name="Bedtime mode")
    expect(switch).to_be_checked()
    wait_until_still(bedtime)
    assert center_x(switch) < center_x(bedtime)
    assert bedtime.evaluate(OVERFLOW) == []


def test_cards_respect_reduced_motion(page: Page) -> None:
    page.goto("/legs")
    assert card(page, BEDTIME_CARD).evaluate(LONGEST_ANIMATION) > 0
    page.emulate_media(reduced_motion="reduce")
    for each in (BEDTIME_CARD, NIGHT_PAD_CARD):
        assert card(page, each).evaluate(LONGEST_ANIMATION) <= 0.001
    page.goto("/legs/nights")
    expect(card(page, TRENDS_CARD).locator("rls-bedtime-heat-map")).to_be_visible()
    assert page.locator(TRENDS_CARD).evaluate(LONGEST_ANIMATION) <= 0.001
