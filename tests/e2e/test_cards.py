"""The cards on a real dashboard: how they are loaded and used, whether they are accessible, and dark at night."""

from collections.abc import Iterator
from contextlib import contextmanager
import re
from typing import Literal

from axe import accessibility_violations
from browser import ColorScheme, open_page
from dashboard_elements import (
    BEDTIME_CARD,
    FULLSCREEN_PAD,
    NIGHT_PAD_CARD,
    OVERFLOW,
    TILE_HEIGHT,
    TRENDS_CARD,
    box_of,
    expand_details,
    expect_height,
    fullscreen_pad,
    log_episode,
    log_target,
    open_panels,
    wait_until_still,
)
from demo_home import DOMAIN, add_dashboard
from diary_database import read_episodes
from diary_episodes import get_episodes
from playwright.sync_api import Browser, FloatRect, Locator, Page, Route, ViewportSize, expect
import pytest
from screen_luminance import Luminance, record_frames, stays_dark_once_open
from server import Server
from users import add_reader

pytestmark = pytest.mark.usefixtures("daytime", "dashboard")

CARDS = (BEDTIME_CARD, NIGHT_PAD_CARD, TRENDS_CARD)
FEATURES = ("rls-bedtime-log-feature", "rls-bedtime-severity-feature")
FEATURE_HEIGHT = 42
"""In pixels, as Home Assistant's own."""
RESOURCE, EXTRA_MODULE = "the dashboard resource", "the extra module"
DESKTOP_SIZE: ViewportSize = {"width": 1280, "height": 800}
LANDSCAPE_SIZE: ViewportSize = {"width": 915, "height": 412}
PHONE_SIZES: list[ViewportSize] = [{"width": 412, "height": 915}, {"width": 360, "height": 640}]
LARGE_TYPE_SIZE: ViewportSize = {"width": 206, "height": 457}
"""A phone of 412 pixels whose user has set the page to 200 %."""

SMALL_SIZE: ViewportSize = {"width": 320, "height": 640}

UPRIGHT_SIZES = [*PHONE_SIZES, DESKTOP_SIZE, LARGE_TYPE_SIZE]
MIN_TARGET = 48
COMPACT = {"compact": True}
OBSERVED = 500
"""Milliseconds for which the pad is observed after it has opened."""

SLOWER = 5
"""How many times longer the pad takes to fade where its frames are recorded: a late browser may skip a short fade."""


@pytest.fixture(scope="module")
def dashboard(server: Server, entity_ids: dict[str, str]) -> None:
    """Add a dashboard with all cards, and some with what else there is."""
    cards = [{"type": f"custom:{card}"} for card in CARDS]
    views = [{"type": "sections", "sections": [{"cards": [card]} for card in cards]}]
    add_dashboard(server, "cards", {"views": views}, title="Cards")
    pads = [{"type": f"custom:{NIGHT_PAD_CARD}", "opens_by_itself": False, **layout} for layout in ({}, COMPACT)]
    tile = {"type": "tile", "entity": "light.bedside_lamp"}
    sections = [{"cards": [pads[0]]}, {"cards": [tile, pads[1]]}]
    add_dashboard(server, "pad", {"views": [{"type": "sections", "sections": sections}]}, title="Pad")
    features = [{"type": f"custom:{feature}"} for feature in FEATURES]
    tonight = {"type": "tile", "entity": entity_ids["episodes_tonight"], "features": features}
    add_dashboard(server, "tile", {"views": [{"type": "sections", "sections": [{"cards": [tonight]}]}]}, title="Tile")
    lost = [{**card, **COMPACT, "sleeper": "gone", "bedroom": "gone"} for card in cards]
    add_dashboard(server, "lost", {"views": [{"type": "sections", "sections": [{"cards": lost}]}]}, title="Lost")


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
    try:
        yield
    finally:
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
        ["Bedroom", "Name", "Compact"],
        ["Sleeper", "Name", "Compact", "Open the night view automatically at bedtime"],
        ["Sleeper", "Name", "Compact", "Period"],
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
    pad.get_by_role("button", name="Where").click()
    for body_part in ("Left calf", "Left foot"):
        pad.get_by_role("button", name=body_part, exact=True).click()
    pad.get_by_role("button", name="Feeling").click()
    pad.get_by_role("button", name="Crawling").click()
    pad.get_by_role("button", name="Relief").click()
    pad.get_by_role("button", name="Walking", exact=True).click()
    pad.get_by_role("button", name="Some", exact=True).click()
    pad.get_by_role("button", name="Relief").click()
    expect(status).to_contain_text("severity 6")
    server.wait_until(lambda: get_episodes(server)[0]["relief_effect"] or None, "has saved the effect of the relief")
    episode = get_episodes(server)[0]
    assert (episode["severity"], episode["side"], episode["body_parts"]) == (6, "left", ["calf", "foot"])
    assert (episode["relief"], episode["relief_effect"], episode["sensations"]) == (["walking"], "some", ["crawling"])
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
        with record_frames(page) as tapping:
            log_episode(pad)
            expect(log_target(pad)).to_contain_text("Logged")
        assert all(frame.is_dark for frame in tapping)
        pad.get_by_role("radio", name="10 worst").click()
        selected = {"Where": ("Both thighs", "Hips", "Trunk"), "Relief": ("Cold", "Walking"), "Feeling": ("Pulling",)}
        for panel in open_panels(pad):
            for name in selected[panel]:
                pad.get_by_role("button", name=name).last.click()
            for size in (DESKTOP_SIZE, LANDSCAPE_SIZE, page.viewport_size):
                page.set_viewport_size(size)  # type: ignore[arg-type]
                for top in (0, 400, 2000):
                    pad.locator(".details").evaluate("(details, top) => details.scrollTo(0, top)", top)
                    assert Luminance.of(page.screenshot()).is_dark, (panel, size, top)
        with record_frames(page, slower=SLOWER) as closing:
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
        tapped_at = page.evaluate("Date.now()")
        log_episode(pad)
        status = pad.get_by_role("status")
        expect(status).to_contain_text("not saved yet")
        expect(pad.get_by_role("button", name="Try again")).to_be_visible()
        pad.get_by_role("radio", name="7", exact=True).click()
        page.wait_for_function("!document.querySelector('home-assistant').hass.connected")
        server.start()
        expect(status).to_contain_text("Logged", timeout=60_000)
    assert all(frame.is_dark for frame in meanwhile)
    server.wait_until(lambda: (len(read_episodes(server)) > len(before)) or None, "has the episode")
    assert len(read_episodes(server)) == len(before) + 1
    assert get_episodes(server)[0]["severity"] == 7
    started_at = page.evaluate("(at) => Date.parse(at)", get_episodes(server)[0]["started_at"])
    assert abs(started_at - tapped_at) < 10_000


# --- the layout of the night pad --------------------------------------------------------------------------------------


def boxes_in_each_state(pad: Locator, server: Server) -> Iterator[FloatRect]:
    """Return where the target is: before a tap, after it, with details, and after the undo."""
    target = log_target(pad)

    def box_at_rest() -> FloatRect:
        wait_until_still(pad)
        return box_of(target)

    expect(pad.get_by_role("status")).not_to_be_empty()
    yield box_at_rest()
    target.click()
    expect(target).to_contain_text("Logged")
    yield box_at_rest()
    pad.get_by_role("radio", name="7", exact=True).click()
    expect(pad.get_by_role("status")).to_contain_text("severity 7")
    yield box_at_rest()
    for _ in open_panels(pad):
        yield box_at_rest()
    pad.get_by_role("button", name="Crawling").click()
    server.wait_until(lambda: get_episodes(server)[0]["sensations"] or None, "has the details")
    yield box_at_rest()
    pad.get_by_role("button", name="Feeling").click()
    pad.get_by_role("button", name="Undo").click()
    expect(pad.get_by_role("status")).to_contain_text("Removed")
    yield box_at_rest()
    pad.get_by_role("button", name="Earlier").click()
    yield box_at_rest()


@pytest.mark.usefixtures("empty_diary", "bedtime_mode_on")
@pytest.mark.parametrize("size", [*UPRIGHT_SIZES, LANDSCAPE_SIZE], ids=lambda size: f"{size['width']}x{size['height']}")
def test_log_target_is_at_the_bottom_of_the_screen_and_never_moves(
    server: Server, page: Page, size: ViewportSize
) -> None:
    """The thumb finds it in the same place before and after a tap, with details open, and after the undo."""
    server.call_action(DOMAIN, "log_episode", {"minutes_ago": 30})
    page.set_viewport_size(size)
    page.goto("/cards")
    first, *others = boxes_in_each_state(fullscreen_pad(page), server)
    assert others == [first] * len(others)
    assert size["height"] - 12 <= first["y"] + first["height"] <= size["height"]
    if size in UPRIGHT_SIZES:
        assert first["height"] == pytest.approx(0.3 * size["height"], abs=1)
        assert first["width"] >= 0.8 * size["width"]
    else:
        assert first["height"] >= 0.9 * size["height"]
        assert first["width"] >= 0.4 * size["width"]


@pytest.mark.usefixtures("empty_diary", "bedtime_mode_on")
@pytest.mark.parametrize("size", [LARGE_TYPE_SIZE, SMALL_SIZE], ids=lambda size: f"{size['width']}x{size['height']}")
def test_night_pad_is_as_dark_where_letters_cover_more_of_the_screen(page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.goto("/cards")
    pad = fullscreen_pad(page)
    log_episode(pad)
    expect(log_target(pad)).to_contain_text("Logged")
    assert Luminance.of(page.screenshot()).is_dark
    pad.get_by_role("radio", name="10 worst").click()
    for _ in open_panels(pad):
        assert Luminance.of(page.screenshot()).is_dark


@pytest.mark.usefixtures("empty_diary")
@pytest.mark.parametrize("size", [*PHONE_SIZES, LARGE_TYPE_SIZE], ids=lambda size: f"{size['width']}x{size['height']}")
def test_log_target_of_the_card_never_moves(server: Server, page: Page, size: ViewportSize) -> None:
    server.call_action(DOMAIN, "log_episode", {"minutes_ago": 30})
    page.set_viewport_size(size)
    page.goto("/pad")
    pad = page.locator(NIGHT_PAD_CARD).first
    first, *others = [
        (round(box["y"] - box_of(pad)["y"]), box["x"], box["width"], box["height"])
        for box in boxes_in_each_state(pad, server)
    ]
    assert others == [first] * len(others)


@pytest.mark.usefixtures("empty_diary", "bedtime_mode_on")
@pytest.mark.parametrize(
    "size", [*PHONE_SIZES, DESKTOP_SIZE, LANDSCAPE_SIZE], ids=lambda size: f"{size['width']}x{size['height']}"
)
def test_what_is_needed_at_night_is_on_the_screen_without_scrolling(
    server: Server, page: Page, size: ViewportSize
) -> None:
    """Log, undo, severity, and that it is over; and the legs, once they are opened."""
    earlier = {"minutes_ago": 30, "side": "left", "body_parts": ["calf"], "relief": ["cold"], "sensations": ["pulling"]}
    server.call_action(DOMAIN, "log_episode", earlier)
    page.set_viewport_size(size)
    page.goto("/cards")
    pad = fullscreen_pad(page)
    log_episode(pad)
    expect(log_target(pad)).to_contain_text("Logged")
    pad.get_by_role("button", name="As last time").click()
    expect(pad.locator(".selected")).to_have_text("Left calf, Cold, Pulling")
    details = pad.locator(".details")
    is_scrolled = "(details) => details.scrollHeight > details.clientHeight"
    assert not details.evaluate(is_scrolled)
    buttons = [pad.get_by_role("button", name=name) for name in ("Undo", "It's over", "Close", "As last time")]
    for each in (*buttons, *pad.locator(".scale label").all(), log_target(pad)):
        box = box_of(each)
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size["height"]
    pad.get_by_role("button", name="Where").click()
    assert not details.evaluate(is_scrolled)
    zones = [box_of(pad.get_by_role("button", name=f"{side} {part}", exact=True)) for side, part in LEG_ZONES]
    assert min(box["height"] for box in zones) >= 64


LEG_ZONES = [(side, part) for side in ("Left", "Right") for part in ("thigh", "calf", "foot")]


@pytest.mark.usefixtures("empty_diary", "bedtime_mode_on")
@pytest.mark.parametrize(
    "size", [LARGE_TYPE_SIZE, PHONE_SIZES[1]], ids=lambda size: f"{size['width']}x{size['height']}"
)
def test_nothing_on_the_pad_is_cut_or_too_small_with_large_type(server: Server, page: Page, size: ViewportSize) -> None:
    earlier = {"minutes_ago": 30, "side": "both", "body_parts": ["knee"], "relief": ["knee_bends"], "severity": 10}
    server.call_action(DOMAIN, "log_episode", earlier)
    page.set_viewport_size(size)
    page.goto("/pad")
    page.get_by_role("button", name="Night view").click()
    pad = fullscreen_pad(page)
    for scale in ("1", "2" if size != LARGE_TYPE_SIZE else "1"):
        page.evaluate("(scale) => document.documentElement.style.setProperty('--ha-font-size-scale', scale)", scale)
        assert pad.evaluate(OVERFLOW) == []
        for panel in open_panels(pad):
            assert pad.evaluate(OVERFLOW) == [], panel
            for each in pad.locator("button:visible, .scale label:visible").all():
                box = box_of(each)
                assert min(round(box["width"]), round(box["height"])) >= MIN_TARGET, each.text_content()
        pad.get_by_role("button", name="Feeling").click()
    cells = [box_of(each) for each in pad.locator(".scale label").all()[:9]]
    assert max(box["width"] for box in cells) - min(box["width"] for box in cells) < 1


# --- what the night pad means -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("empty_diary", "bedtime_mode_on")
def test_after_an_undo_no_other_episode_can_be_rated_by_mistake(server: Server, page: Page) -> None:
    """The scale is there only if it is asked for, and names the episode that it rates."""
    server.call_action(DOMAIN, "log_episode", {"minutes_ago": 30})
    page.goto("/cards")
    pad = fullscreen_pad(page)
    question = pad.locator("legend")
    expect(question).to_have_text(re.compile(r"^How bad was .+\?$"))
    earlier = question.text_content()
    log_episode(pad)
    expect(question).not_to_have_text(earlier or "")
    pad.get_by_role("button", name="Undo").click()
    expect(pad.get_by_role("status")).to_contain_text("Removed")
    expect(pad.get_by_role("button", name="Earlier")).to_be_visible()
    expect(pad.get_by_role("radio")).to_have_count(0)
    expect(pad.get_by_role("button", name="It's over")).to_have_count(0)
    pad.get_by_role("button", name="Earlier").click()
    expect(question).to_have_text(earlier or "")
    pad.get_by_role("radio", name="7", exact=True).click()
    server.wait_until(lambda: get_episodes(server)[0]["severity"], "has the severity")
    assert len(get_episodes(server)) == 1


@pytest.mark.usefixtures("empty_diary", "bedtime_mode_on")
def test_target_says_what_a_tap_has_done_and_what_the_next_one_does(server: Server, page: Page) -> None:
    """Until another tap means another episode, it says that this one is logged, and which one of tonight it is."""
    page.goto("/cards")
    pad = fullscreen_pad(page)
    target = log_target(pad)
    expect(target).to_have_text(re.compile(r"My legs are restless\s*Tap to log"))
    target.click()
    expect(target).to_have_text(re.compile(r"Logged \d+:\d\d.*\s*1st tonight"))
    target.click()
    pad.get_by_role("radio", name="3", exact=True).click()
    expect(target).to_have_text(re.compile(r"Log another\s*1 tonight"))
    target.click()
    expect(target).to_contain_text("2nd tonight")
    assert len(get_episodes(server)) == 2
    pad.get_by_role("button", name="Close").click()
    expect(log_target(page.locator(NIGHT_PAD_CARD))).to_contain_text("2nd tonight")


@pytest.mark.usefixtures("empty_diary", "bedtime_mode_on")
def test_as_last_time_takes_over_the_details_in_one_tap_and_gives_them_back(server: Server, page: Page) -> None:
    details = {"side": "left", "body_parts": ["calf"], "relief": ["cold"], "sensations": ["pulling"]}
    server.call_action(DOMAIN, "log_episode", {**details, "severity": 8, "relief_effect": "full", "minutes_ago": 30})
    page.goto("/cards")
    pad = fullscreen_pad(page)
    log_episode(pad)
    repeat = pad.get_by_role("button", name="As last time")
    repeat.click()
    expect(repeat).to_have_attribute("aria-pressed", "true")
    server.wait_until(lambda: get_episodes(server)[0]["relief"] or None, "has the details")
    episode = get_episodes(server)[0]
    assert {key: episode[key] for key in details} == details
    assert (episode["severity"], episode["relief_effect"]) == (None, None)
    repeat.click()
    server.wait_until(lambda: not get_episodes(server)[0]["relief"] or None, "has no details")
    assert get_episodes(server)[0]["side"] is None


@pytest.mark.usefixtures("empty_diary")
@pytest.mark.parametrize(("reduced_motion", "animations"), [("no-preference", 1), ("reduce", 0)])
def test_tap_is_felt_and_seen_but_nothing_moves_with_reduced_motion(
    page: Page, reduced_motion: Literal["no-preference", "reduce"], animations: int
) -> None:
    page.emulate_media(reduced_motion=reduced_motion)
    page.goto("/cards")
    target = log_target(page.locator(NIGHT_PAD_CARD))
    expect(target).to_be_visible()
    feedback = target.evaluate(
        """(target) => {
            const felt = [];
            window.addEventListener("haptic", ({ detail }) => felt.push(detail));
            target.click();
            return [felt, target.getAnimations({ subtree: true }).length];
        }"""
    )
    assert feedback == [["light"], animations]
    expect(target).to_contain_text("Logged")  # and is not written while the next test deletes all episodes


@pytest.mark.usefixtures("bedtime_mode_on")
def test_pad_that_was_closed_stays_closed_when_the_page_is_loaded_again(page: Page) -> None:
    page.goto("/cards")
    fullscreen_pad(page).get_by_role("button", name="Close").click()
    expect(page.locator(FULLSCREEN_PAD)).not_to_have_attribute("open", "")
    page.reload()
    expect(page.locator(NIGHT_PAD_CARD).get_by_role("status")).not_to_be_empty()
    expect(page.locator(FULLSCREEN_PAD)).to_have_count(0)
    page.evaluate("sessionStorage.clear()")
    page.reload()
    fullscreen_pad(page)


@pytest.mark.usefixtures("empty_diary")
def test_compact_card_is_as_high_as_a_tile_and_logs_and_undoes(server: Server, page: Page) -> None:
    page.goto("/pad")
    compact = page.locator(NIGHT_PAD_CARD).last
    expect(compact).to_contain_text("None tonight")
    for each in (compact, page.locator("hui-tile-card")):
        expect_height(each, TILE_HEIGHT)
    target = log_target(compact)
    wait_until_still(compact)
    before = box_of(target)
    target.click()
    expect(target).to_contain_text("Logged")
    expect(compact).to_contain_text("1 tonight")
    wait_until_still(compact)
    after = box_of(target)
    assert after["x"] + after["width"] == before["x"] + before["width"]
    assert compact.evaluate(OVERFLOW) == []
    compact.get_by_role("button", name="Undo").click()
    expect(compact).to_contain_text("None tonight")
    assert get_episodes(server) == []
    compact.get_by_role("button", name="night pad").click()
    fullscreen_pad(page)


@pytest.mark.usefixtures("bedtime_mode_on")
def test_pad_of_somebody_who_may_not_log_does_not_cover_the_screen(server: Server, browser: Browser) -> None:
    """It closes once that is known, and says so where somebody opens it, beside the button that closes it."""
    with open_page(browser, add_reader(server)) as page:
        page.goto("/cards")
        expect(page.locator(NIGHT_PAD_CARD)).to_contain_text("You may not log here.")
        expect(page.locator(f"{FULLSCREEN_PAD}[open]")).to_have_count(0)
        page.locator(NIGHT_PAD_CARD).get_by_role("button", name="Night view").click()
        pad = fullscreen_pad(page)
        expect(pad.get_by_role("status")).to_be_visible()
        text, close = box_of(pad.get_by_role("status")), box_of(pad.get_by_role("button", name="Close"))
        assert text["x"] + text["width"] <= close["x"]


@pytest.mark.usefixtures("empty_diary")
def test_tile_of_home_assistant_logs_rates_and_undoes(server: Server, page: Page) -> None:
    page.goto("/tile")
    log, severity = page.locator("rls-bedtime-log-feature"), page.locator("rls-bedtime-severity-feature")
    levels = severity.get_by_role("button")
    expect(levels).to_have_text(["Mild", "Moderate", "Severe"])
    for level in levels.all():
        expect(level).to_be_disabled()
    log.get_by_role("button", name="Log").click()
    expect(severity.get_by_role("group", name=re.compile(r"How bad was \d+:\d\d"))).to_be_visible()
    severity.get_by_role("button", name="Moderate").click()
    expect(severity.get_by_role("button", name="Moderate")).to_have_attribute("aria-pressed", "true")
    expect_severities(server, 5)
    for width in (320, 420):
        page.set_viewport_size({"width": width, "height": 800})
        for each in (*log.get_by_role("button").all(), *levels.all()):
            expect_height(each, FEATURE_HEIGHT)
        assert [page.locator(each).evaluate(OVERFLOW) for each in FEATURES] == [[], []]
    assert accessibility_violations(page) == []
    severity.get_by_role("button", name="Moderate").click()
    expect(severity.get_by_role("button", name="Moderate")).to_have_attribute("aria-pressed", "false")
    log.get_by_role("button", name="Undo").click()
    expect(levels.first).to_be_disabled()
    expect_severities(server)


def expect_severities(server: Server, *severities: int) -> None:
    """Wait until the diary has these episodes: a card shows what was tapped before that is written."""
    expected = list(severities)
    server.wait_until(
        lambda: [each["severity"] for each in get_episodes(server)] == expected or None,
        f"has episodes with severities {expected}",
    )


def test_episode_that_remains_after_an_undo_is_not_rated_by_a_tile(server: Server, page: Page) -> None:
    server.call_action(DOMAIN, "log_episode", {"minutes_ago": 30})
    page.goto("/tile")
    levels = page.locator("rls-bedtime-severity-feature").get_by_role("button")
    expect(levels.first).to_be_enabled()
    page.locator("rls-bedtime-log-feature").get_by_role("button", name="Log").click()
    page.locator("rls-bedtime-log-feature").get_by_role("button", name="Undo").click()
    expect(levels.first).to_be_disabled()


def test_features_are_offered_for_the_tiles_of_a_leg_diary(entity_ids: dict[str, str], page: Page) -> None:
    page.goto("/tile")
    expect(page.locator("rls-bedtime-log-feature").get_by_role("button", name="Log")).to_be_visible()
    supported = page.evaluate(
        """(ids) => ids.map((entity_id) => window.customCardFeatures.filter(({ isSupported }) =>
            isSupported(document.querySelector("home-assistant").hass, { entity_id })).map(({ type }) => type))""",
        [entity_ids["episodes_tonight"], entity_ids["bedtime_mode"], "light.floor_lamp"],
    )
    assert supported == [list(FEATURES), ["rls-bedtime-extend-feature"], []]


def test_new_card_names_its_device_so_that_it_stays_what_it_is_when_another_one_is_added(page: Page) -> None:
    page.goto("/cards")
    expect(page.locator(NIGHT_PAD_CARD).locator("h2")).to_be_visible()
    stubs = page.evaluate(
        """(cards) => Promise.all(cards.map(
            (card) => customElements.get(card).getStubConfig(document.querySelector("home-assistant").hass)))""",
        list(CARDS),
    )
    assert [list(each) for each in stubs] == [["bedroom"], ["sleeper"], ["sleeper"]]


def test_message_of_a_compact_card_stays_inside_its_row(page: Page) -> None:
    page.set_viewport_size(SMALL_SIZE)
    page.goto("/lost")
    for name in CARDS:
        message = page.locator(name).get_by_text("Settings > Devices & services").or_(page.locator(name).locator("p"))
        expect(message.first).to_be_visible()
        expect_height(page.locator(name), TILE_HEIGHT)
        assert box_of(message.first)["height"] <= TILE_HEIGHT


# --- accessibility ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_cards_are_accessible(
    server: Server, entity_ids: dict[str, str], browser: Browser, color_scheme: ColorScheme
) -> None:
    """Axe finds no violation by day in both themes, and in the dark with everything expanded."""
    server.call_action(DOMAIN, "log_episode", {"minutes_ago": 1})
    with open_page(browser, server, color_scheme) as page:
        page.goto("/cards")
        for _ in open_panels(page.locator(NIGHT_PAD_CARD)):
            assert accessibility_violations(page) == []
        page.locator(TRENDS_CARD).get_by_role("button", name="worst severity").or_(
            page.locator(TRENDS_CARD).get_by_role("button", name="no severity")
        ).last.click()
        page.locator(TRENDS_CARD).get_by_role("button", name="Edit the episode").first.click()
        expand_details(page.locator(TRENDS_CARD))
        assert accessibility_violations(page) == []
        server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
        pad = fullscreen_pad(page)
        assert accessibility_violations(page) == []
        for panel in open_panels(pad):
            if panel == "Relief":
                pad.get_by_role("button", name="Stretching", exact=True).click()
            assert accessibility_violations(page) == []
