"""Elements of the dashboards: the names of our cards, and locators."""

from playwright.sync_api import Locator, Page, expect

BEDTIME_CARD = "rls-bedtime-card"
NIGHT_PAD_CARD = "rls-bedtime-night-pad-card"
TRENDS_CARD = "rls-bedtime-trends-card"
FULLSCREEN_PAD = "rls-bedtime-dark dialog"


def tile(page: Page, name: str) -> Locator:
    """Return a tile card by its name."""
    return page.locator("hui-tile-card").filter(has_text=name)


def fullscreen_pad(page: Page) -> Locator:
    """Return the night pad over the whole screen, once it has opened."""
    dialog = page.locator(FULLSCREEN_PAD)
    expect(dialog).to_have_attribute("open", "")
    return dialog


def log_episode(pad: Locator) -> None:
    """Tap the large button of a night pad."""
    pad.get_by_role("button", name="My legs are restless").click()


def expand_details(container: Locator) -> None:
    """Open all the collapsed fields of an episode."""
    expect(container.locator("summary").first).to_be_visible()
    for summary in container.locator("summary").all():
        summary.click()
