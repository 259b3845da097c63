"""The cards on a real dashboard: delivered, tapped, read aloud, and looked at in the dark."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
import re
from typing import Any, Literal

from browser import browse
from client import Json
from dashboard_elements import BEDTIME, PAD, TRENDS, open_details
from demo_home import DOMAIN, add_dashboard
from device_states import NIGHT, episodes, expect_bedroom, wait_out_repeats
from playwright.sync_api import Locator, Page, Route, expect
import pytest
from screen_luminance import Light, is_dark_once_open, watching
from server import CHECKOUT, Hub

pytestmark = pytest.mark.usefixtures("by_day", "dashboard")

CARDS = (BEDTIME, PAD, TRENDS)
AXE = CHECKOUT / "tests" / "www" / "node_modules" / "axe-core" / "axe.min.js"
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def dashboard(hub: Hub) -> None:
    """Put the cards on a dashboard of their own."""
    cards = [{"type": f"custom:{card}"} for card in CARDS]
    views = [{"type": "sections", "sections": [{"cards": [card]} for card in cards]}]
    add_dashboard(hub, "cards", {"views": views}, title="Cards")


def dark_pad(page: Page) -> Locator:
    """Return the pad over the whole screen, which has opened by itself."""
    dialog = page.locator("rls-bedtime-dark dialog")
    expect(dialog).to_have_attribute("open", "")
    return dialog


def tap(pad: Locator) -> None:
    """Tap the large target."""
    pad.get_by_role("button", name="My legs are restless").click()


def newest(hub: Hub) -> Json:
    """Return the episode that was logged last."""
    return dict(hub.call(DOMAIN, "get_episodes", {"limit": 1}, return_response=True)["episodes"][0])


# --- delivery ---------------------------------------------------------------------------------------------------------


@contextmanager
def delivered_by(way: str, hub: Hub, page: Page) -> Iterator[None]:
    """Leave one way of delivery, and no other."""
    (row,) = [each for each in hub.ws("lovelace/resources") if f"/{DOMAIN}_static/" in each["url"]]
    if way == "the extra module":
        hub.ws("lovelace/resources/delete", resource_id=row["id"])
    if way == "the row":

        def strip(route: Route) -> None:
            response = route.fetch()
            route.fulfill(response=response, body=response.text().replace(row["url"], "data:text/javascript,"))

        page.route(re.compile(r"/cards(/0)?$"), strip)
    yield
    if way == "the extra module":
        hub.ws("lovelace/resources/create", res_type=row["type"], url=row["url"])


@pytest.mark.parametrize("way", ["the row", "the extra module", "both"])
def test_each_way_of_delivery_alone_brings_each_card_once(hub: Hub, page: Page, way: str) -> None:
    """Every card is drawn, with the row of the resources alone, with the extra module alone, and with both."""
    with delivered_by(way, hub, page):
        page.goto("/cards")
        for card in CARDS:
            expect(page.locator(card).locator("h2")).to_be_visible()
        registered = [each["type"] for each in page.evaluate("window.customCards")]
    assert sorted(registered) == sorted(CARDS)


def test_the_editor_and_the_picker_know_the_cards(hub: Hub, ours: dict[str, str], page: Page) -> None:
    """The form has a label for each field, and the picker suggests a card for what it is a better face of."""
    page.goto("/cards")
    expect(page.locator(PAD).locator("h2")).to_be_visible()
    labels = page.evaluate(
        """async (cards) => {
            const { localize } = document.querySelector("home-assistant").hass;
            const forms = await Promise.all(cards.map((card) => customElements.get(card).getConfigForm()));
            return forms.map(({ schema, computeLabel }) => schema.map((field) => computeLabel(field, localize)));
        }""",
        list(CARDS),
    )
    assert labels == [
        ["Bedroom", "Name"],
        ["Sleeper", "Name", "Opens in the dark by itself at bedtime"],
        ["Sleeper", "Name", "Period"],
    ]
    suggested = page.evaluate(
        """(ids) => ids.map((id) => window.customCards.flatMap(
            (card) => card.getEntitySuggestion(document.querySelector("home-assistant").hass, id) ?? []))""",
        [ours["bedtime_mode"], ours["log_episode"], ours["nights_affected"], "light.floor_lamp"],
    )
    assert [[each["config"]["type"] for each in several] for several in suggested] == [
        [f"custom:{BEDTIME}"],
        [f"custom:{PAD}"],
        [f"custom:{TRENDS}"],
        [],
    ]


# --- the bedroom's card -----------------------------------------------------------------------------------------------


def test_the_bedrooms_card_brings_it_to_bed_and_says_what_was_taken_back(hub: Hub, page: Page) -> None:
    """The switch starts the mode; what somebody takes back stands below, with its name and the reason."""
    page.goto("/cards")
    card = page.locator(BEDTIME)
    card.get_by_role("switch", name="Bedtime mode").click()
    expect_bedroom(hub, NIGHT)
    dark_pad(page).get_by_role("button", name="Back to the dashboard").click()
    expect(card).to_contain_text("Everything is given back at")
    hub.call("light", "turn_on", {"entity_id": "light.bedside_lamp", "brightness": 200})
    expect(card.get_by_role("listitem")).to_contain_text("Bedside lamp")
    expect(card.get_by_role("listitem")).to_contain_text("Taken back by somebody")


def test_the_bedrooms_card_changes_the_times(hub: Hub, ours: dict[str, str], page: Page) -> None:
    """A time that is typed is the bedroom's; half an hour more is asked for in one tap."""
    hub.call("switch", "turn_on", {"entity_id": ours["automatic_bedtime"]})
    page.goto("/cards")
    card = page.locator(BEDTIME)
    before = hub.state(ours["next_bedtime"])["state"]
    card.get_by_role("button", name="30 minutes more").click()
    hub.wait_for(ours["next_bedtime"], lambda bedtime: bool(bedtime["state"] != before))
    card.get_by_label("Wake-up").fill("06:15")
    card.get_by_label("Wake-up").press("Tab")
    hub.wait_for(ours["wake_up"], lambda wake_up: bool(wake_up["state"] == "06:15:00"))
    hub.call("time", "set_value", {"entity_id": ours["wake_up"], "time": "07:00:00"})
    hub.call("switch", "turn_off", {"entity_id": ours["automatic_bedtime"]})


# --- the night pad ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("night")
def test_the_pad_logs_says_more_and_takes_back(hub: Hub, page: Page) -> None:
    """One tap logs; severity, place and relief go to the same episode; the line stays, and undoes all of it."""
    wait_out_repeats(hub)
    before = episodes(hub)
    page.goto("/cards")
    pad = dark_pad(page)
    tap(pad)
    status = pad.get_by_role("status")
    expect(status).to_contain_text("Logged")
    assert len(episodes(hub)) == len(before) + 1
    pad.get_by_role("radio", name="6", exact=True).click()
    open_details(pad)
    for place in ("Calf, Left", "Foot, Left"):
        pad.get_by_role("button", name=place).click()
    pad.get_by_role("button", name="Walking").click()
    pad.get_by_role("button", name="Some").click()
    expect(status).to_contain_text("severity 6")
    hub.until(lambda: newest(hub)["relief_effect"] or None, "knows what helped")
    said = newest(hub)
    assert (said["severity"], said["side"], said["body_parts"]) == (6, "left", ["calf", "foot"])
    assert (said["relief"], said["relief_effect"]) == (["walking"], "some")
    pad.get_by_role("button", name="It has eased").click()
    hub.until(lambda: newest(hub)["ended_at"], "knows that it has eased")
    pad.get_by_role("button", name="Undo").click()
    expect(status).to_contain_text("Taken back")
    assert len(episodes(hub)) == len(before)
    pad.get_by_role("button", name="Bring it back").click()
    expect(status).to_contain_text("severity 6")
    assert len(episodes(hub)) == len(before) + 1


@pytest.mark.usefixtures("night")
def test_the_pad_is_worked_by_keys_alone(hub: Hub, page: Page) -> None:
    """Tab, the arrows and Enter do all that a finger does, and Escape closes."""
    wait_out_repeats(hub)
    before = episodes(hub)
    page.goto("/cards")
    pad = dark_pad(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(pad.get_by_role("status")).to_contain_text("Logged")
    assert len(episodes(hub)) == len(before) + 1
    pad.get_by_role("radio", name="4", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(pad.get_by_role("status")).to_contain_text("severity 5")
    assert Light.of(page.screenshot()).is_dark  # the ring that shows where one is included
    page.keyboard.press("Escape")
    expect(page.locator("rls-bedtime-dark dialog")).not_to_have_attribute("open", "")


@pytest.mark.usefixtures("night")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pad_keeps_the_night_dark(hub: Hub, scheme: Literal["light", "dark"], tmp_path: Path) -> None:
    """From its first frame on, over any theme, whatever is opened in it, no pixel is brighter than dim amber."""
    with browse(hub, scheme) as page:
        page.goto("/cards")
        with watching(page) as opening:
            pad = dark_pad(page)
            page.wait_for_timeout(500)
        assert is_dark_once_open(opening), opening
        tap(pad)
        pad.get_by_role("radio", name="10", exact=True).click()
        open_details(pad)
        for name in ("Trunk", "Thigh, Left", "Thigh, Right", "Cold", "Walking"):
            pad.get_by_role("button", name=name).click()
        for size in (page.viewport_size, DESKTOP):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            for top in (0, 400, 2000):
                pad.evaluate("(dialog, top) => dialog.scrollTo(0, top)", top)
                assert Light.of(page.screenshot()).is_dark
        with watching(page) as closing:
            pad.get_by_role("button", name="Back to the dashboard").click()
            expect(page.locator("rls-bedtime-dark dialog")).not_to_have_attribute("open", "")
        day = Light.of(page.screenshot())
        assert all(light.mean <= 1.1 * day.mean for light in (*opening, *closing))
        assert any(0.02 < light.mean / day.mean < 0.98 for light in closing)  # it dawns, and does not flash


@pytest.mark.usefixtures("night")
def test_what_is_tapped_while_the_hub_is_down_is_written_once_when_it_is_back(hub: Hub, page: Page) -> None:
    """The tap shows at once, says that it is not saved, stays dark, and reaches the diary with the time of the tap."""
    page.goto("/cards")
    pad = dark_pad(page)
    expect(pad.get_by_role("status")).not_to_be_empty()
    before = episodes(hub)
    hub.stop()
    with watching(page) as meanwhile:
        tap(pad)
        status = pad.get_by_role("status")
        expect(status).to_contain_text("is not saved yet")
        expect(pad.get_by_role("button", name="Try again")).to_be_visible()
        pad.get_by_role("radio", name="7", exact=True).click()
        page.wait_for_timeout(3000)  # Home Assistant says that it has lost its connection
        tapped = page.evaluate("Date.now()")
        hub.start()
        expect(status).to_contain_text("Logged", timeout=60_000)
    assert all(light.is_dark for light in meanwhile)
    hub.until(lambda: (len(episodes(hub)) > len(before)) or None, "has the episode")
    assert len(episodes(hub)) == len(before) + 1
    assert newest(hub)["severity"] == 7
    logged = page.evaluate("(at) => Date.parse(at)", newest(hub)["started_at"])
    assert -10_000 < tapped - logged < 20_000


# --- for everybody ----------------------------------------------------------------------------------------------------


def complaints(page: Page) -> list[Any]:
    """Return what axe finds wrong in what is ours."""
    page.evaluate(f"{AXE.read_text(encoding='utf-8')}; 0")
    found = page.evaluate("axe.run()")["violations"]
    ours = [(rule["id"], node["target"], node["failureSummary"]) for rule in found for node in rule["nodes"]]
    # Cards stand in what the dashboard makes of the page: its landmarks are not theirs.
    return [each for each in ours if "rls-bedtime" in str(each[1]) and each[0] != "region"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_cards(hub: Hub, ours: dict[str, str], scheme: Literal["light", "dark"]) -> None:
    """Axe finds nothing to complain of: by day in both themes, and in the dark with everything open."""
    hub.call(DOMAIN, "log_episode", {"minutes_ago": 1})
    with browse(hub, scheme) as page:
        page.goto("/cards")
        open_details(page.locator(PAD))
        page.locator(TRENDS).get_by_role("button", name="worst severity").or_(
            page.locator(TRENDS).get_by_role("button", name="severity not given")
        ).last.click()
        page.locator(TRENDS).get_by_role("button", name="Change the episode").first.click()
        open_details(page.locator(TRENDS))
        assert complaints(page) == []
        hub.call("switch", "turn_on", {"entity_id": ours["bedtime_mode"]})
        pad = dark_pad(page)
        open_details(pad)
        pad.get_by_role("button", name="Stretching").click()
        assert complaints(page) == []
