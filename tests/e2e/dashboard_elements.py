"""What the tests look for on a dashboard: our cards, Home Assistant's tiles, and what can be opened."""

from playwright.sync_api import Locator, Page, expect

BEDTIME = "rls-bedtime-card"
PAD = "rls-bedtime-night-pad-card"
TRENDS = "rls-bedtime-trends-card"


def tile(page: Page, name: str) -> Locator:
    """Return a tile of the dashboard."""
    return page.locator("hui-tile-card").filter(has_text=name)


def open_details(pad: Locator) -> None:
    """Open what may be said of an episode."""
    expect(pad.locator("summary").first).to_be_visible()
    for detail in pad.locator("summary").all():
        detail.click()
