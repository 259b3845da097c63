"""Elements of the dashboards: the names of our cards, locators, and what overflows."""

from collections.abc import Iterator
import re

from playwright.sync_api import FloatRect, Locator, Page, expect

BEDTIME_CARD = "rls-bedtime-card"
NIGHT_PAD_CARD = "rls-bedtime-night-pad-card"
TRENDS_CARD = "rls-bedtime-trends-card"
FULLSCREEN_PAD = "rls-bedtime-dark dialog"
PANELS = ("Where", "Relief", "Feeling")

# Returns the texts beyond the sides of an element. `lookAt`, if given, looks at each element on the way, for more that
# is found, and tells whether to look into it.
_FIND_TEXTS_OUTSIDE = """(outer, found, lookAt = () => true) => {
    const { left, right } = outer.getBoundingClientRect();
    const isOutside = (box) => box.width > 0 && (box.left < left - 1 || box.right > right + 1);
    const look = (node) => {
        if (node.nodeType === Node.TEXT_NODE) {
            const range = document.createRange();
            range.selectNodeContents(node);
            if ([...range.getClientRects()].some(isOutside)) found.push(node.data.trim());
        }
        if (node.nodeType !== Node.ELEMENT_NODE || node.localName === "style" || !lookAt(node, isOutside)) return;
        [...(node.shadowRoot?.childNodes ?? []), ...node.childNodes].forEach(look);
    };
    look(outer);
    return found;
}"""

# The same of a form of Home Assistant, whose selectors may clip the name of an area.
TEXTS_OUTSIDE_NOW = f"(outer) => ({_FIND_TEXTS_OUTSIDE})(outer, [])"

# Returns what overflows an element: boxes and texts beyond its sides, and clipped content. A scroll container counts
# as one box.
OVERFLOW_NOW = f"""(outer) => {{
    const found = [];
    const lookAt = (node, isOutside) => {{
        const {{ overflowX, clipPath }} = getComputedStyle(node);
        if (clipPath !== "none") return false;  // visually hidden, for screen readers
        const isClipped = node.scrollWidth > node.clientWidth + 1 && (node === outer || /hidden|clip/.test(overflowX));
        if (isOutside(node.getBoundingClientRect()) || (node.clientWidth > 0 && isClipped)) found.push(node.localName);
        return node === outer || !/auto|scroll/.test(overflowX);
    }};
    ({_FIND_TEXTS_OUTSIDE})(outer, found, lookAt);
    const page = document.scrollingElement;
    return page.scrollWidth > page.clientWidth ? [...found, "the page"] : found;
}}"""


def once_laid_out(look: str) -> str:
    """Return a function that gives what another one finds in an element three seconds to fit.

    Home Assistant lays a dashboard out again some frames after a resize.
    """
    return f"""async (outer) => {{
        const look = {look};
        const deadline = performance.now() + 3000;
        let found = look(outer);
        while (found.length && performance.now() < deadline) {{
            await new Promise(requestAnimationFrame);
            found = look(outer);
        }}
        return found;
    }}"""


OVERFLOW = once_laid_out(OVERFLOW_NOW)
TEXTS_OUTSIDE = once_laid_out(TEXTS_OUTSIDE_NOW)

TILE_HEIGHT = 56
"""In pixels, in the dashboard. That of Home Assistant's own tile card."""

# Waits until an element and everything in it, also in shadow roots, has been in the same place, in the same size, and
# without a transition or an animation that ends, for ten frames.
_STAND_STILL = """async (outer) => {
    const elementsIn = (root) => [...root.querySelectorAll("*")].flatMap((each) =>
        [each, ...(each.shadowRoot ? elementsIn(each.shadowRoot) : [])]);
    const isMoving = (root) => root.getAnimations().some(({ playState, effect }) =>
        playState === "running" && Number.isFinite(effect.getComputedTiming().endTime));
    const look = () => {
        const elements = [outer, ...(outer.shadowRoot ? elementsIn(outer.shadowRoot) : []), ...elementsIn(outer)];
        const roots = [outer.getRootNode(), ...elements.flatMap(({ shadowRoot }) => shadowRoot ?? [])];
        if (roots.some(isMoving)) return null;
        return elements.map((each) => {
            const { x, y, width, height } = each.getBoundingClientRect();
            return [x, y, width, height].map(Math.round).join();
        }).join(";");
    };
    const deadline = performance.now() + 15000;
    let before = null;
    for (let frames = 0; frames < 10; ) {
        if (performance.now() > deadline) throw new Error("Something has not come to rest.");
        await new Promise(requestAnimationFrame);
        const now = look();
        frames = now !== null && now === before ? frames + 1 : 0;
        before = now;
    }
}"""


def tile(page: Page, name: str) -> Locator:
    """Return a tile card by its name."""
    return page.locator("hui-tile-card").filter(has_text=name)


def fullscreen_pad(page: Page) -> Locator:
    """Return the night pad over the whole screen, once it has opened."""
    dialog = page.locator(FULLSCREEN_PAD)
    expect(dialog).to_have_attribute("open", "")
    return dialog


def log_target(pad: Locator) -> Locator:
    """Return the large button of a night pad."""
    return pad.locator(".target")


def log_episode(pad: Locator) -> None:
    """Tap the large button of a night pad."""
    log_target(pad).click()


def box_of(element: Locator) -> FloatRect:
    """Return where an element is on the screen."""
    box = element.bounding_box()
    assert box
    return box


def wait_until_still(element: Locator) -> None:
    """Wait until an element that is on the screen, and everything in it, has come to rest.

    Home Assistant lays a dashboard out again some frames after it was loaded or resized, and what has been opened moves
    or fades in. What is measured meanwhile is elsewhere later, and a click that begins on a button may end beside it.
    """
    expect(element).to_be_visible()
    element.evaluate(_STAND_STILL)


def expect_height(element: Locator, pixels: int) -> None:
    """Wait until Home Assistant has given an element its height."""
    expect(element).to_have_js_property("offsetHeight", pixels)


def wait_until_dialog_has_gone_back(page: Page) -> None:
    """Wait until a dialog that closes has gone back in the history, which would abort what is opened meanwhile."""
    page.wait_for_function("!history.state?.open")


def open_panels(pad: Locator) -> Iterator[str]:
    """Open the details of an episode on a night pad, one after the other. The last one stays open."""
    for panel in PANELS:
        pad.get_by_role("button", name=panel).click()
        yield panel


def expand_details(container: Locator) -> None:
    """Open all the collapsed fields of an episode."""
    expect(container.locator("summary").first).to_be_visible()
    for summary in container.locator("summary").all():
        summary.click()


def expand_panel(panel: Locator) -> None:
    """Open a panel of Home Assistant, and wait until it has grown: a click may miss what still moves."""
    wait_until_still(panel)
    panel.get_by_role("button").first.click()
    expect(panel).to_have_attribute("expanded", "")
    # It has a height of its own only while it grows.
    expect(panel.locator(".container").first).not_to_have_attribute("style", re.compile("height"))


def show_details(page: Page) -> None:
    """Unfold everything behind the headline and the calendar of the trends card."""
    summary = page.get_by_role("button", name="More", exact=True)
    expand_panel(page.locator(TRENDS_CARD).locator("ha-expansion-panel").filter(has=summary))
