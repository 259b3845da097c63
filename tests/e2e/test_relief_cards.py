"""Relief at night on the cards: the way lights up, the massager runs, and the pad asks whether they helped."""

from collections.abc import Callable, Iterator
import re

from axe import accessibility_violations
from browser import ColorScheme, open_page
from client import Json
from dashboard_elements import (
    BEDTIME_CARD,
    NIGHT_PAD_CARD,
    OVERFLOW,
    TILE_HEIGHT,
    box_of,
    expect_height,
    fullscreen_pad,
    log_episode,
    log_target,
    open_panels,
    wait_until_still,
)
from demo_home import DOMAIN, RELIEF, add_dashboard, add_relief, set_options
from diary_episodes import delete_episodes, get_episodes
from playwright.sync_api import Browser, Locator, Page, ViewportSize, WebSocketRoute, expect
from profile_settings import set_profile
import pytest
from screen_luminance import Luminance
from server import Server

pytestmark = pytest.mark.usefixtures("dashboard", "nothing_on")

type ReliefIds = dict[str, str]

GLOW = {"brightness": 8, "color_temp_kelvin": 2202}
"""3 % and 2200 K, rounded to mireds."""

PHONE_SIZES: list[ViewportSize] = [{"width": 412, "height": 915}, {"width": 360, "height": 640}]
LANDSCAPE_SIZE: ViewportSize = {"width": 915, "height": 412}
SMALL_SIZES: list[ViewportSize] = [{"width": 206, "height": 457}, {"width": 320, "height": 640}]
SIZES = [*PHONE_SIZES, LANDSCAPE_SIZE, *SMALL_SIZES]
EACH_SIZE = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size['width']}x{size['height']}")

MIN_TARGET = 48
TREMBLING = 1_500
"""Milliseconds in which another tap on the same button means the one before."""


@pytest.fixture(scope="module")
def relief(server: Server, entity_ids: dict[str, str]) -> ReliefIds:
    """Choose the light on the way and the massager, and return the entity ids with those of their switches."""
    add_relief(server)
    return entity_ids | {"relief_walk": "switch.bedroom_relief_walk", "relief_device": "switch.bedroom_relief_device"}


@pytest.fixture(scope="module")
def dashboard(server: Server, relief: ReliefIds) -> None:
    """Add a dashboard with the cards and their compact forms, in the time zone of the home."""
    set_profile(server, time_zone="server")
    pad = {"type": f"custom:{NIGHT_PAD_CARD}", "opens_by_itself": False}
    card = {"type": f"custom:{BEDTIME_CARD}"}
    sections = [{"cards": [each]} for each in (card, {**card, "compact": True}, pad, {**pad, "compact": True})]
    add_dashboard(server, "relief", {"views": [{"type": "sections", "sections": sections}]}, title="Relief")


@pytest.fixture
def nothing_on(server: Server, relief: ReliefIds) -> Iterator[None]:
    """Begin with an empty diary, nothing on, and end so."""
    turn_off(server, relief)
    delete_episodes(server)
    yield
    turn_off(server, relief)


def turn_off(server: Server, relief: ReliefIds) -> None:
    """Turn off relief and bedtime mode."""
    for key in ("relief_walk", "relief_device", "bedtime_mode"):
        server.call_action("switch", "turn_off", {"entity_id": relief[key]})
    for key in ("relief_walk", "relief_device"):
        server.wait_for_state(relief[key], "off")


@pytest.fixture
def bedtime(server: Server, relief: ReliefIds) -> None:
    """Turn on bedtime mode, for which the cards look different."""
    server.call_action("switch", "turn_on", {"entity_id": relief["bedtime_mode"]})
    server.wait_for_state(relief["phase"], "bedtime")


@pytest.fixture
def pad(page: Page) -> Locator:
    """Return the night pad in its card."""
    return open_dashboard(page).locator(NIGHT_PAD_CARD).first


@pytest.fixture
def card(page: Page) -> Locator:
    """Return the bedtime card."""
    return open_dashboard(page).locator(BEDTIME_CARD).first


def open_dashboard(page: Page) -> Page:
    """Open the dashboard, and return its page once the cards are at rest."""
    page.goto("/relief")
    for name in (BEDTIME_CARD, NIGHT_PAD_CARD):
        wait_until_still(page.locator(name).first)
    return page


def open_fullscreen(page: Page, size: ViewportSize | None = None) -> Locator:
    """Open the pad over the whole screen, on a screen of this size."""
    if size:
        page.set_viewport_size(size)
    open_dashboard(page).get_by_role("button", name="Night view").click()
    return fullscreen_pad(page)


def start(server: Server, relief: ReliefIds, *keys: str) -> None:
    """Turn on switches of relief."""
    for key in keys:
        server.call_action("switch", "turn_on", {"entity_id": relief[key]})
        server.wait_for_state(relief[key], "on")


def log(pad: Locator) -> None:
    """Log an episode on a pad, and wait until it is in the diary."""
    log_episode(pad)
    expect(log_target(pad)).to_contain_text("Logged")


def first_episode(server: Server, field: str, expected: object) -> Json:
    """Return the newest episode, once a field of it has the expected value."""

    def probe() -> Json | None:
        episodes = get_episodes(server)
        return episodes[0] if episodes and episodes[0][field] == expected else None

    return server.wait_until(probe, f"has an episode with {expected} as {field}")


# --- the night pad ----------------------------------------------------------------------------------------------------


def test_one_tap_logs_an_episode_and_lights_the_way_until_one_is_back_in_bed(
    server: Server, relief: ReliefIds, pad: Locator
) -> None:
    pad.get_by_role("button", name="Walk", exact=True).click()
    light = server.wait_for_state("light.hallway_light", "on")
    assert {key: light["attributes"][key] for key in GLOW} == GLOW
    first_episode(server, "relief", ["walking"])
    back = pad.get_by_role("button", name="Back in bed")
    expect(back).to_have_text(re.compile(r"Back in bed\s*until \d+:\d\d\s[AP]M"))
    expect(pad.get_by_role("status").first).to_contain_text("Logged")
    pad.page.wait_for_timeout(TREMBLING)
    back.click()
    server.wait_for_state(relief["relief_walk"], "off")
    server.wait_for_state("light.hallway_light", "off")
    expect(pad.get_by_role("button", name="Walk", exact=True)).to_be_visible()
    assert len(get_episodes(server)) == 1


def test_the_episode_of_a_walk_is_undone_with_one_tap(server: Server, relief: ReliefIds, pad: Locator) -> None:
    pad.get_by_role("button", name="Walk", exact=True).click()
    first_episode(server, "relief", ["walking"])
    pad.get_by_role("button", name="Undo").click()
    server.wait_until(lambda: not get_episodes(server) or None, "has no episode")
    server.wait_for_state(relief["relief_walk"], "on")


def test_during_an_episode_the_massager_is_noted_in_it(server: Server, pad: Locator) -> None:
    """No second episode is logged, and the button has the name of what the device brings."""
    log(pad)
    pad.get_by_role("button", name="Massage", exact=True).click()
    server.wait_for_state("switch.foot_massager", "on")
    first_episode(server, "relief", ["massage"])
    assert len(get_episodes(server)) == 1
    expect(pad.locator(".selected")).to_have_text("Massage")
    pad.page.wait_for_timeout(TREMBLING)
    pad.get_by_role("button", name="Stop Massage").click()
    server.wait_for_state("switch.foot_massager", "off")


def test_a_finger_that_trembles_does_not_end_the_walk_at_once(server: Server, relief: ReliefIds, pad: Locator) -> None:
    pad.locator(".relief button").first.dblclick()
    server.wait_for_state(relief["relief_walk"], "on")
    expect(pad.get_by_role("button", name="Back in bed")).to_be_visible()
    first_episode(server, "relief", ["walking"])  # the light does not wait for a slow diary
    assert len(get_episodes(server)) == 1


def test_after_the_walk_the_pad_asks_whether_it_helped_below_how_bad_it_was(
    server: Server, relief: ReliefIds, pad: Locator
) -> None:
    """It names what it rates, and a second tap takes the answer back."""
    log(pad)
    start(server, relief, "relief_walk", "relief_device")
    first_episode(server, "relief", ["walking", "massage"])
    question = pad.get_by_role("group", name="Walking, Massage: did it help?")
    server.call_action("switch", "turn_off", {"entity_id": relief["relief_walk"]})
    expect(pad.get_by_role("button", name="Walk", exact=True)).to_be_visible()
    expect(question).to_have_count(0)
    server.call_action("switch", "turn_off", {"entity_id": relief["relief_device"]})
    expect(question).to_be_visible()
    assert box_of(pad.locator(".severity"))["y"] < box_of(question)["y"]
    some = question.get_by_role("button", name="Some")
    some.click()
    first_episode(server, "relief_effect", "some")
    expect(some).to_have_attribute("aria-pressed", "true")
    some.click()
    first_episode(server, "relief_effect", None)
    expect(some).to_have_attribute("aria-pressed", "false")
    pad.get_by_role("radio", name="6", exact=True).click()
    first_episode(server, "severity", 6)
    expect(question).to_be_visible()


def test_what_was_answered_elsewhere_is_not_asked(server: Server, relief: ReliefIds, pad: Locator) -> None:
    log(pad)
    start(server, relief, "relief_walk")
    episode = first_episode(server, "relief", ["walking"])
    server.call_action("switch", "turn_off", {"entity_id": relief["relief_walk"]})
    expect(pad.get_by_role("group", name="Walking: did it help?")).to_be_visible()
    server.call_action(DOMAIN, "update_episode", {"episode_id": episode["id"], "relief_effect": "full"})
    expect(pad.get_by_role("group", name="Walking: did it help?")).to_have_count(0)


def test_no_light_on_the_way_that_can_be_reached_is_said_on_the_pad(server: Server, pad: Locator) -> None:
    with unavailable(server, "light.hallway_light", "Hallway light"):
        pad.get_by_role("button", name="Walk", exact=True).click()
        expect(pad.get_by_role("alert")).to_contain_text("None of the lights on the way")


class unavailable:  # noqa: N801 - a context manager
    """Let a light of the demo home be unavailable for a while."""

    def __init__(self, server: Server, entity_id: str, name: str) -> None:
        self._server, self._entity_id, self._name = server, entity_id, name

    def __enter__(self) -> None:
        state = {"state": "unavailable", "attributes": {"friendly_name": self._name}}
        self._server.request("POST", f"/api/states/{self._entity_id}", state)

    def __exit__(self, *_: object) -> None:
        self._server.call_action("light", "turn_on", {"entity_id": self._entity_id})
        self._server.call_action("light", "turn_off", {"entity_id": self._entity_id})
        self._server.wait_for_state(self._entity_id, "off")


def test_who_may_log_but_not_use_the_bedroom_sees_no_relief(server: Server, browser: Browser) -> None:
    with open_page(browser, server) as page:
        page.route_web_socket(re.compile("api/websocket"), refuse_bedroom)
        page.goto("/relief")
        pad = page.locator(NIGHT_PAD_CARD).first
        # The buttons are there until it is known who may use them.
        expect(log_target(pad)).to_be_visible()
        expect(pad.get_by_role("button", name="Walk", exact=True)).to_have_count(0)
        log(pad)
        expect(pad.get_by_role("button", name="It's over")).to_be_visible()
        expect(pad.locator(".relief")).to_have_count(0)


def refuse_bedroom(page_side: WebSocketRoute) -> None:
    """Let Home Assistant answer that the user may not control the bedroom."""
    server_side = page_side.connect_to_server()
    server_side.on_message(
        lambda message: page_side.send(
            str(message).replace('"can_control_bedroom":true', '"can_control_bedroom":false')
        )
    )


@pytest.mark.usefixtures("bedtime")
def test_the_compact_pad_lights_the_way_at_night(server: Server, relief: ReliefIds, page: Page) -> None:
    page.goto("/relief")
    compact = page.locator(NIGHT_PAD_CARD).last
    expect_height(compact, TILE_HEIGHT)
    wait_until_still(compact)
    target = box_of(log_target(compact))
    start(server, relief, "relief_walk")
    expect(compact.get_by_role("button", name="Back in bed")).to_be_visible()
    wait_until_still(compact)
    after = box_of(log_target(compact))
    assert (after["x"], after["width"]) == (target["x"], target["width"])
    assert compact.evaluate(OVERFLOW) == []
    compact.get_by_role("button", name="Back in bed").click()
    server.wait_for_state(relief["relief_walk"], "off")


# --- in the dark ------------------------------------------------------------------------------------------------------


@EACH_SIZE
def test_on_any_screen_the_target_stays_and_nothing_is_cut_too_small_or_too_bright(
    server: Server, relief: ReliefIds, page: Page, size: ViewportSize
) -> None:
    pad = open_fullscreen(page, size)
    target = log_target(pad)
    expect(pad.get_by_role("button", name="Walk", exact=True)).to_be_visible()
    wait_until_still(pad)
    before = box_of(target)

    def check() -> None:
        wait_until_still(pad)
        assert box_of(target) == before
        assert Luminance.of(page.screenshot()).is_dark
        assert pad.evaluate(OVERFLOW) == []
        buttons = pad.locator(":is(.relief, .question) button").all()
        boxes = [box_of(each) for each in buttons if each.is_visible()]
        assert len(boxes) >= 2
        assert min(min(round(box["width"]), round(box["height"])) for box in boxes) >= MIN_TARGET
        row = box_of(pad.locator(".relief"))
        assert 0 < row["y"] < row["y"] + row["height"] <= size["height"]

    check()
    log(pad)
    start(server, relief, "relief_walk", "relief_device")
    expect(pad.get_by_role("button", name="Stop Massage")).to_be_visible()
    first_episode(server, "relief", ["walking", "massage"])
    expect(pad.locator(".selected")).to_have_text("Walking, Massage")
    check()
    for _ in open_panels(pad):
        check()
    pad.get_by_role("button", name="Feeling").click()
    for key in ("relief_walk", "relief_device"):
        server.call_action("switch", "turn_off", {"entity_id": relief[key]})
    expect(pad.get_by_role("group", name="did it help?")).to_have_count(1)
    check()


@pytest.mark.parametrize("size", [*PHONE_SIZES, LANDSCAPE_SIZE], ids=lambda size: f"{size['width']}x{size['height']}")
def test_what_is_needed_at_night_needs_no_scrolling(
    server: Server, relief: ReliefIds, page: Page, size: ViewportSize
) -> None:
    """Both questions, the chips, and the legs, once they are opened."""
    details = {"side": "left", "body_parts": ["calf"], "relief": ["cold"], "sensations": ["pulling"]}
    server.call_action(DOMAIN, "log_episode", {**details, "minutes_ago": 30})
    pad = open_fullscreen(page, size)
    log(pad)
    start(server, relief, "relief_walk")
    first_episode(server, "relief", ["walking"])
    content = pad.locator(".details")
    is_scrolled = "(details) => details.scrollHeight > details.clientHeight"
    expect(pad.locator(".selected")).to_have_text("Walking")
    assert not content.evaluate(is_scrolled)
    server.call_action("switch", "turn_off", {"entity_id": relief["relief_walk"]})
    expect(pad.get_by_role("group", name="Walking: did it help?")).to_be_visible()
    assert not content.evaluate(is_scrolled)
    pad.get_by_role("button", name="Where").click()
    assert not content.evaluate(is_scrolled)


def test_relief_is_used_by_keyboard(server: Server, relief: ReliefIds, page: Page) -> None:
    pad = open_fullscreen(page)
    page.keyboard.press("Tab")
    expect(log_target(pad)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    server.wait_for_state(relief["relief_walk"], "on")
    expect(pad.get_by_role("button", name="Back in bed")).to_be_focused()
    assert Luminance.of(page.screenshot()).is_dark


def test_relief_is_mirrored_from_right_to_left(profile: Callable[..., None], page: Page) -> None:
    profile(language="he")
    page.goto("/relief")
    page.locator(f"{NIGHT_PAD_CARD} .dark").first.click()
    dialog = fullscreen_pad(page)
    expect(dialog).to_have_attribute("dir", "rtl")  # the page begins in the language of the browser
    buttons = dialog.locator(".relief button")
    expect(buttons).to_have_count(2)
    wait_until_still(dialog)
    assert box_of(buttons.first)["x"] > box_of(buttons.last)["x"]


def test_what_runs_is_marked_by_more_than_a_color(server: Server, relief: ReliefIds, page: Page, pad: Locator) -> None:
    page.emulate_media(forced_colors="active")
    start(server, relief, "relief_walk")
    expect(pad.get_by_role("button", name="Back in bed")).to_have_css("border-width", "2px")
    expect(pad.get_by_role("button", name="Massage", exact=True)).to_have_css("border-width", "1px")


# --- the bedtime card -------------------------------------------------------------------------------------------------


def test_the_card_says_what_runs_until_when_and_ends_it(server: Server, relief: ReliefIds, card: Locator) -> None:
    expect(card.get_by_role("heading", name="Bedroom")).to_be_visible()
    expect(card.get_by_text("The way is lit")).to_have_count(0)
    start(server, relief, "relief_walk", "relief_device")
    expect(card).to_contain_text(re.compile(r"The way is lit until \d+:\d\d\s[AP]M"))
    expect(card).to_contain_text(re.compile(r"Massage until \d+:\d\d\s[AP]M"))
    card.get_by_role("button", name="Back in bed").click()
    server.wait_for_state(relief["relief_walk"], "off")
    expect(card.get_by_text("The way is lit")).to_have_count(0)
    card.get_by_role("button", name="Stop").click()
    server.wait_for_state(relief["relief_device"], "off")
    expect(card.get_by_text("Massage until")).to_have_count(0)


def test_the_compact_card_says_until_when_and_ends_it(server: Server, relief: ReliefIds, page: Page) -> None:
    page.goto("/relief")
    compact = page.locator(BEDTIME_CARD).last
    expect(compact).to_contain_text("Off")
    expect_height(compact, TILE_HEIGHT)
    start(server, relief, "relief_walk", "relief_device")
    stop = compact.get_by_role("button", name="Back in bed: The way is lit until")
    expect(compact.get_by_text(re.compile(r"^\d+:\d\d\s[AP]M$"))).to_be_visible()
    expect_height(compact, TILE_HEIGHT)
    wait_until_still(compact)
    assert min(box_of(stop)["width"], box_of(stop)["height"]) >= MIN_TARGET
    is_cut = "(line) => line.scrollWidth > line.clientWidth"
    assert not compact.locator(".tile-info p").evaluate(is_cut)
    stop.click()
    compact.get_by_role("button", name="Stop: Massage until").click()
    server.wait_for_state(relief["relief_device"], "off")
    expect(compact).to_contain_text("Off")


def test_a_light_on_the_way_that_could_not_be_reached_is_shown(
    server: Server, relief: ReliefIds, card: Locator, page: Page
) -> None:
    """On the card, as a badge of the compact one, and on the pad."""
    entry_id = server.call_ws("config_entries/get", domain=DOMAIN)[0]["entry_id"]
    set_options(server, entry_id, {"path": [*RELIEF["path"], "light.floor_lamp"]})
    server.wait_for_state(relief["relief_walk"], "off")
    with unavailable(server, "light.floor_lamp", "Floor lamp"):
        start(server, relief, "relief_walk")
        expect(card.get_by_role("button", name="Floor lamp: unavailable")).to_be_visible()
        expect(page.locator(BEDTIME_CARD).last.get_by_title("Needs attention")).to_be_visible()
        expect(page.locator(NIGHT_PAD_CARD).first).to_contain_text("Floor lamp: unavailable")
    set_options(server, entry_id, RELIEF)
    server.wait_for_state(relief["relief_walk"], "off")


def test_what_one_tab_starts_another_shows_and_ends(
    server: Server, relief: ReliefIds, page: Page, pad: Locator
) -> None:
    other = page.context.new_page()
    other.goto("/relief")
    elsewhere = other.locator(NIGHT_PAD_CARD).first
    pad.get_by_role("button", name="Walk", exact=True).click()
    elsewhere.get_by_role("button", name="Back in bed").click()
    server.wait_for_state(relief["relief_walk"], "off")
    expect(pad.get_by_role("button", name="Walk", exact=True)).to_be_visible()
    expect(pad.get_by_role("group", name="Walking: did it help?")).to_be_visible()


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_the_cards_with_relief_are_accessible(
    server: Server, relief: ReliefIds, browser: Browser, color_scheme: ColorScheme
) -> None:
    with open_page(browser, server, color_scheme) as page:
        page.goto("/relief")
        log(page.locator(NIGHT_PAD_CARD).first)
        start(server, relief, "relief_walk", "relief_device")
        expect(page.locator(BEDTIME_CARD).first).to_contain_text("Massage until")
        assert accessibility_violations(page) == []
        for key in ("relief_walk", "relief_device"):
            server.call_action("switch", "turn_off", {"entity_id": relief[key]})
        expect(page.get_by_role("group", name="did it help?")).to_be_visible()
        assert accessibility_violations(page) == []
        page.get_by_role("button", name="Night view").click()
        fullscreen_pad(page)
        assert accessibility_violations(page) == []


@pytest.mark.parametrize("width", [320, 420])
def test_the_cards_with_relief_fit_a_narrow_screen_and_large_text(
    server: Server, relief: ReliefIds, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/relief")
    page.evaluate("document.documentElement.style.setProperty('--ha-font-size-scale', '2')")
    log(page.locator(NIGHT_PAD_CARD).first)
    start(server, relief, "relief_walk", "relief_device")
    for each in (page.locator(BEDTIME_CARD).first, page.locator(NIGHT_PAD_CARD).first):
        expect(each.get_by_role("button", name="Back in bed")).to_be_visible()
        assert each.evaluate(OVERFLOW) == []
