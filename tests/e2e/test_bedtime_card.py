"""The bedtime card on a real dashboard: what it says of the night, and what can be done with it."""

from collections.abc import Callable, Iterator
import re

from axe import accessibility_violations
from browser import ColorScheme, open_page
from dashboard_elements import (
    BEDTIME_CARD,
    TILE_HEIGHT,
    box_of,
    expect_height,
    once_laid_out,
    tile,
    wait_until_still,
)
from demo_home import DOMAIN, add_dashboard
from device_states import NIGHT, expect_states
from playwright.sync_api import Browser, Locator, Page, expect
from profile_settings import set_profile
import pytest
from server import Server
from users import add_reader

pytestmark = pytest.mark.usefixtures("daytime", "dashboard")

CARD = {"type": f"custom:{BEDTIME_CARD}"}
SMALLEST_TARGET = 48
FEATURE_HEIGHT = 42
"""In pixels. That of a feature is Home Assistant's."""

APPLIED = ("2 lights dimmed", "1 thermostat lowered", "1 screen silent", "1 blind closed")
"""What the card says once all devices have followed."""

# Returns what reaches beyond the sides of the card, with its usual times open.
FIND_OVERFLOWING = """(card) => {
    const { right, left } = card.getBoundingClientRect();
    const all = [...card.renderRoot.querySelectorAll("*"),
        ...card.renderRoot.querySelector("rls-bedtime-entity-settings").renderRoot.querySelectorAll("*")];
    return all.filter((each) => !each.closest(".hidden, ha-ripple") && each.checkVisibility())
        .filter((each) => {
            const box = each.getBoundingClientRect();
            return box.right > right + 1 || box.left < left - 1;
        }).map((each) => each.outerHTML.slice(0, 120));
}"""

# Home Assistant refuses every action. The cards get their `hass` from that of the app with every change of a state.
REFUSE_ACTIONS = """() => {
    const refuse = () => Promise.reject({ code: "home_assistant_error", message: "The disk is full." });
    document.querySelector("home-assistant").hass.callService = refuse;
}"""

LARGE_TEXT = "document.documentElement.style.setProperty('--ha-font-size-scale', '2')"


@pytest.fixture(scope="module")
def dashboard(server: Server, entity_ids: dict[str, str]) -> None:
    """Add a dashboard with the card, its compact form, and a tile with its feature, in the time zone of the home."""
    set_profile(server, time_zone="server")
    feature = {"type": "custom:rls-bedtime-extend-feature"}
    with_feature = {"type": "tile", "entity": entity_ids["bedtime_mode"], "name": "Mode", "features": [feature]}
    sections = [{"cards": [CARD]}, {"cards": [{**CARD, "compact": True}]}, {"cards": [with_feature]}]
    add_dashboard(server, "night", {"views": [{"type": "sections", "sections": sections}]}, title="Night")


@pytest.fixture
def usual_times(server: Server, entity_ids: dict[str, str]) -> Iterator[None]:
    """Set the usual times to what they were, once they were changed."""
    yield
    server.call_action("switch", "turn_off", {"entity_id": entity_ids["automatic_bedtime"]})
    server.call_action("time", "set_value", {"entity_id": entity_ids["bedtime"], "time": "22:30:00"})
    server.call_action("time", "set_value", {"entity_id": entity_ids["wake_up"], "time": "07:00:00"})
    server.call_action("number", "set_value", {"entity_id": entity_ids["wind_down"], "value": 45})


@pytest.fixture
def card(page: Page) -> Locator:
    """Return the card."""
    page.goto("/night")
    card = page.locator(BEDTIME_CARD).first
    wait_until_still(card)
    return card


def turn_on(server: Server, entity_ids: dict[str, str], card: Locator | None = None) -> None:
    """Turn on bedtime mode, and wait until the devices have followed, and a card shows that they have."""
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
    expect_states(server, NIGHT)
    if card:
        for text in APPLIED:
            expect(card.get_by_role("listitem").filter(has_text=text)).to_be_visible()
        expect(card).to_contain_text("Ending restores 2 lights, the thermostat, 1 screen, 1 blind")


# --- by day -----------------------------------------------------------------------------------------------------------


def test_by_day_the_card_is_a_tile_and_one_line(card: Locator) -> None:
    expect(card.get_by_role("switch", name="Bedtime mode")).not_to_be_checked()
    expect(card.get_by_role("heading", name="Bedroom")).to_be_visible()
    expect(card).to_contain_text("Starts when you turn it on")
    expect(card.get_by_role("progressbar")).to_have_count(0)
    expect(card.get_by_role("button", name="Delay 30 min")).to_have_count(0)
    assert box_of(card)["height"] <= TILE_HEIGHT + 56


@pytest.mark.usefixtures("usual_times")
def test_usual_times_are_behind_the_line_in_the_format_of_the_profile(
    server: Server, entity_ids: dict[str, str], card: Locator
) -> None:
    expect(card.get_by_text("Wake-up")).to_have_count(0)
    card.get_by_role("button", name="Starts when you turn it on").click()
    times = card.locator("ha-time-input")
    expect(times).to_have_count(2)
    assert card.locator("input[type=time]").count() == 0
    expect(times.first).to_contain_text("PM")
    minutes = times.last.get_by_role("spinbutton").or_(times.last.get_by_role("textbox")).last
    minutes.fill("15")
    minutes.press("Tab")
    server.wait_for_state(entity_ids["wake_up"], "07:15:00")
    card.get_by_role("spinbutton", name="Wind-down").press("ArrowUp")
    server.wait_for_state(entity_ids["wind_down"], lambda state: float(state["state"]) == 50)
    card.get_by_role("switch", name="Automatic bedtime").click()
    server.wait_for_state(entity_ids["automatic_bedtime"], "on")


@pytest.mark.usefixtures("usual_times")
def test_before_the_wind_down_the_card_counts_down_and_delays(
    server: Server, entity_ids: dict[str, str], page: Page, card: Locator
) -> None:
    """An hour before the lights fade. After the delay, the card says what is usual, and the message undoes it."""
    bedtime = local_time(server, minutes_ahead=90)
    server.call_action("time", "set_value", {"entity_id": entity_ids["bedtime"], "time": bedtime})
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["automatic_bedtime"]})
    expect(card).to_contain_text(re.compile(r"Lights fade in 4\d min"))
    before = server.get_state(entity_ids["next_bedtime"])["state"]
    card.get_by_role("button", name="Delay 30 min").click()
    server.wait_for_state(entity_ids["next_bedtime"], lambda state: bool(state["state"] != before))
    expect(card).to_contain_text(re.compile(r"Tonight .+, usually .+|Bedtime .+, usually .+"))
    expect(page.get_by_text("Bedtime is now").first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    server.wait_for_state(entity_ids["next_bedtime"], before)
    expect(card).not_to_contain_text("usually")


def local_time(server: Server, minutes_ahead: int) -> str:
    """Return the local time of the server so far ahead."""
    template = f"{{{{ (now() + timedelta(minutes={minutes_ahead})).strftime('%H:%M:00') }}}}"
    return server.request("POST", "/api/template", {"template": template}).text


# --- a night ----------------------------------------------------------------------------------------------------------


def test_after_a_start_with_a_wind_down_the_card_shows_the_times_of_tonight(server: Server, card: Locator) -> None:
    # It is between 9 and 10 PM, so that bedtime is not the usual one.
    server.call_action(DOMAIN, "start", {"wind_down": 95})
    expect(card).to_contain_text(re.compile(r"Lights are fading, bedtime in 1 hr 3[45] min"))
    expect(card).to_contain_text(re.compile(r"(Tonight|Bedtime) \d+:\d\d [AP]M, usually 10:30 PM"))
    timeline = card.get_by_role("progressbar", name="The night")
    expect(timeline).to_have_attribute("aria-valuetext", re.compile("Lights are fading"))
    labels = card.locator(".timeline li")
    expect(labels).to_have_count(3)
    expect(labels.last).to_contain_text("7:00 AM")


def test_the_card_says_what_is_at_its_night_level_and_what_ending_restores(
    server: Server, entity_ids: dict[str, str], card: Locator
) -> None:
    turn_on(server, entity_ids, card)
    expect(card).to_contain_text("Bedtime until 7:00 AM")
    card.get_by_role("button", name="End now").click()
    server.wait_for_state(entity_ids["phase"], "off")
    expect(card.get_by_role("progressbar")).to_have_count(0)


def test_a_night_is_extended_and_that_is_undone(
    server: Server, entity_ids: dict[str, str], page: Page, card: Locator
) -> None:
    turn_on(server, entity_ids, card)
    before = server.get_state(entity_ids["ends_at"])["state"]
    card.get_by_role("button", name="Extend 30 min").click()
    expect(card).to_contain_text("Bedtime until 7:30 AM")
    expect(card).to_contain_text("7:30 AM, usually 7:00 AM")
    page.get_by_role("button", name="Undo").click()
    server.wait_for_state(entity_ids["ends_at"], before)
    expect(card).to_contain_text("Bedtime until 7:00 AM")


def test_a_night_that_is_extended_twice_has_one_undo_which_takes_back_the_last(
    server: Server, entity_ids: dict[str, str], page: Page, card: Locator
) -> None:
    turn_on(server, entity_ids, card)
    for time in ("7:30 AM", "8:00 AM"):
        card.get_by_role("button", name="Extend 30 min").click()
        expect(card).to_contain_text(f"Bedtime until {time}")
    expect(page.get_by_text("Ends 7:30 AM")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(card).to_contain_text("Bedtime until 7:30 AM")
    expect(page.get_by_text("Undone").first).to_be_visible()


def test_a_light_that_was_changed_by_hand_is_one_quiet_line_and_is_taken_back(
    server: Server, entity_ids: dict[str, str], card: Locator
) -> None:
    turn_on(server, entity_ids, card)
    server.call_action("light", "turn_on", {"entity_id": "light.bedside_lamp", "brightness": 200})
    line = card.get_by_role("button", name="1 changed by hand")
    expect(line).to_have_attribute("aria-expanded", "false")
    expect(card.get_by_text("Needs attention")).to_have_count(0)
    line.click()
    expect(card.get_by_role("list", name="Changed by hand")).to_contain_text("Changed in Home Assistant")
    card.get_by_role("button", name="Take back: Bedside lamp").click()
    expect(line).to_have_count(0)
    expect_states(server, NIGHT)


def test_a_device_that_fails_stands_apart_and_can_be_tried_again(
    server: Server, entity_ids: dict[str, str], page: Page, card: Locator
) -> None:
    turn_on(server, entity_ids, card)
    server.request(
        "POST", "/api/states/cover.blind", {"state": "unavailable", "attributes": {"friendly_name": "Blind"}}
    )
    faults = card.get_by_role("list", name="Needs attention")
    expect(faults).to_contain_text("Blind: unavailable")
    faults.get_by_role("button", name="Try again: Blind").click()
    expect(page.get_by_text("Blind is still unavailable").first).to_be_visible()
    server.call_action("input_number", "set_value", {"entity_id": "input_number.blind_position", "value": 1})
    expect(faults).to_have_count(0)


def test_a_switch_that_could_not_be_turned_says_why_and_shows_what_is_so(page: Page, card: Locator) -> None:
    switch = card.get_by_role("switch", name="Bedtime mode")
    expect(switch).not_to_be_checked()
    page.evaluate(REFUSE_ACTIONS)
    switch.click()
    expect(card.get_by_role("alert")).to_have_text("The disk is full.")
    expect(switch).not_to_be_checked()


# --- the compact form, and the feature --------------------------------------------------------------------------------


def test_the_compact_card_is_as_large_as_a_tile_and_its_icon_is_the_switch(
    server: Server, entity_ids: dict[str, str], page: Page, card: Locator
) -> None:
    compact = page.locator(BEDTIME_CARD).last
    expect_height(compact, TILE_HEIGHT)
    server.call_action(DOMAIN, "start", {"wind_down": 38})
    expect(compact).to_contain_text(re.compile(r"Bedtime in 3[78] min"))
    expect(card).to_contain_text("Lights are fading")
    compact.get_by_role("switch", name="Bedtime mode").click()
    server.wait_for_state(entity_ids["phase"], "off")
    expect(compact).to_contain_text("Off")
    server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
    expect(compact).to_contain_text("Until 7:00 AM")
    state = compact.locator(".tile-info p")
    assert state.evaluate("(text) => text.scrollWidth <= text.clientWidth")
    compact.get_by_role("button", name="Show details of Bedroom").click()
    expect(page.locator("ha-more-info-dialog")).to_contain_text("Bedtime mode")


def test_a_tile_of_home_assistant_extends_the_night(server: Server, entity_ids: dict[str, str], page: Page) -> None:
    page.goto("/night")
    expect(tile(page, "Mode").get_by_role("button", name="Delay 30 min")).to_be_disabled()
    turn_on(server, entity_ids)
    tile(page, "Mode").get_by_role("button", name="Extend 30 min").click()
    expect(page.get_by_text("Ends 7:30 AM").first).to_be_visible()
    for width in (320, 420):
        page.set_viewport_size({"width": width, "height": 800})
        expect_height(tile(page, "Mode").get_by_role("button", name="Extend 30 min"), FEATURE_HEIGHT)
    features = page.evaluate("window.customCardFeatures.map(({ type }) => type)")
    assert features.count("rls-bedtime-extend-feature") == 1


# --- everybody --------------------------------------------------------------------------------------------------------


def release_and_expand(server: Server, entity_ids: dict[str, str], card: Locator) -> None:
    """Let the card show all that it can."""
    turn_on(server, entity_ids, card)
    server.call_action("light", "turn_on", {"entity_id": "light.bedside_lamp", "brightness": 200})
    card.get_by_role("button", name="1 changed by hand").click()
    card.get_by_role("button", name="Usual times").click()
    expect(card.locator("ha-time-input")).to_have_count(2)
    wait_until_still(card)


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_the_card_is_accessible_with_everything_open(
    server: Server, entity_ids: dict[str, str], browser: Browser, color_scheme: ColorScheme
) -> None:
    with open_page(browser, server, color_scheme) as page:
        page.goto("/night")
        release_and_expand(server, entity_ids, page.locator(BEDTIME_CARD).first)
        # The hints within the inputs for times are Home Assistant's.
        assert [each for each in accessibility_violations(page) if "ha-time-input" not in str(each[1])] == []


def test_a_night_can_be_started_extended_and_ended_by_keyboard(
    server: Server, entity_ids: dict[str, str], page: Page, card: Locator
) -> None:
    # Until Home Assistant has loaded the switch, there is a button of the browser instead, whose focus would be lost.
    expect(card.locator("ha-control-switch")).to_be_visible()
    card.get_by_role("button", name="Show details of Bedroom").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    server.wait_for_state(entity_ids["phase"], "bedtime")
    expect(card.get_by_role("button", name="Extend 30 min")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Bedtime until 7:30 AM")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    server.wait_for_state(entity_ids["phase"], "off")


@pytest.mark.parametrize(("width", "is_large"), [(206, False), (320, False), (420, True), (320, True)])
def test_nothing_overflows_on_a_narrow_screen_or_with_large_text(
    server: Server, entity_ids: dict[str, str], page: Page, card: Locator, *, width: int, is_large: bool
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    if is_large:
        page.evaluate(LARGE_TEXT)
    release_and_expand(server, entity_ids, card)
    assert card.locator(f"{BEDTIME_CARD}-content").evaluate(once_laid_out(FIND_OVERFLOWING)) == []


def test_what_is_drawn_in_colors_is_seen_where_colors_are_replaced(
    server: Server, entity_ids: dict[str, str], page: Page, card: Locator
) -> None:
    page.emulate_media(forced_colors="active")
    turn_on(server, entity_ids, card)
    expect(card.get_by_role("progressbar")).to_be_visible()
    wait_until_still(card)
    assert card.locator(".track").evaluate("(track) => getComputedStyle(track).forcedColorAdjust") == "none"
    button = card.locator("ha-control-button").last
    assert button.evaluate("(button) => getComputedStyle(button).borderTopStyle") == "solid"
    knob = card.locator("ha-control-switch .button")
    canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert knob.evaluate("(knob) => getComputedStyle(knob).backgroundColor") != canvas


def test_touch_targets_are_large_enough(server: Server, entity_ids: dict[str, str], card: Locator) -> None:
    release_and_expand(server, entity_ids, card)
    targets = card.locator(":is(button, ha-control-button):not(ha-time-input *, ha-control-number-buttons *)")
    boxes = [box_of(target) for target in targets.all() if target.is_visible()]
    assert boxes
    assert [box for box in boxes if min(box["width"], box["height"]) < SMALLEST_TARGET] == []


def test_the_card_is_mirrored_from_right_to_left(server: Server, hebrew: None, card: Locator) -> None:
    server.call_action(DOMAIN, "start", {"wind_down": 60})
    # The page begins in the language of the browser.
    expect(card).to_have_css("direction", "rtl")
    expect(card.locator(".track")).to_be_visible()
    wait_until_still(card)
    track, icon = box_of(card.locator(".track")), box_of(card.locator(".tile-icon"))
    assert box_of(card.locator(".now"))["x"] > track["x"] + track["width"] / 2
    assert icon["x"] > box_of(card.locator("ha-control-switch"))["x"]


@pytest.fixture
def hebrew(profile: Callable[..., None]) -> None:
    """Let the user's language be Hebrew."""
    profile(language="he")


def test_a_user_who_may_only_look_sees_the_night(server: Server, entity_ids: dict[str, str], browser: Browser) -> None:
    user = add_reader(server)
    turn_on(server, entity_ids)
    with open_page(browser, user) as page:
        page.goto("/night")
        card = page.locator(BEDTIME_CARD).first
        expect(card).to_contain_text("Bedtime until")
        expect(card.get_by_role("progressbar")).to_be_visible()
        expect(card.get_by_role("listitem").filter(has_text="2 lights dimmed")).to_be_visible()
        card.get_by_role("button", name="End now").click()
        expect(card.get_by_role("alert")).to_have_text("You may not do this. Ask an administrator of Home Assistant.")
