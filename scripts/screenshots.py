"""Draw the README's pictures of the demo bedroom, by day and after bedtime. Started by scripts/screenshots."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
import sys
from tempfile import TemporaryDirectory
from typing import Literal

from browser import FLAGS, browse, chromium
from client import HubError
from demo_home import add_dashboard, evening, furnish, our_entities
from playwright.sync_api import sync_playwright
from server import CHECKOUT, Hub, free_port

IMAGES = CHECKOUT / ".github" / "images"
BRAND = CHECKOUT / "custom_components" / "rls_bedtime" / "brand"
ICONS = {"icon.png": 256, "icon@2x.png": 512}


def picture(hub: Hub, name: str, scheme: Literal["light", "dark"]) -> None:
    """Draw the dashboard as it is now."""
    with browse(hub, scheme) as page:
        page.goto("/bedroom/0")
        page.get_by_text("Blind").first.wait_for()
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        page.screenshot(path=IMAGES / f"{name}.png", animations="disabled")
    print(f"screenshots: {(IMAGES / name).relative_to(CHECKOUT)}.png")


def draw_cards(hub: Hub) -> None:
    """Draw the cards: by day, and the night pad in the dark with what may be said of an episode."""
    cards = [{"type": f"custom:rls-bedtime-{name}"} for name in ("card", "night-pad-card")]
    views = [{"type": "sections", "title": "Night", "sections": [{"cards": cards}]}]
    add_dashboard(hub, "cards", {"views": views}, title="Cards")
    as_usual = dict.fromkeys(("number_format", "time_format", "date_format", "first_weekday"), "language")
    zone = {**as_usual, "language": "en", "time_zone": "server"}
    hub.ws("frontend/set_user_data", key="language", value=zone)  # it is evening there, and not in this browser
    with browse(hub) as page:
        page.goto("/cards")
        pad = page.locator("rls-bedtime-dark dialog")
        pad.get_by_role("radio", name="6", exact=True).wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / "pad.png")
        pad.get_by_role("button", name="Back to the dashboard").click()
        pad.wait_for(state="hidden")
        page.screenshot(path=IMAGES / "cards.png", animations="disabled")
    print(f"screenshots: {IMAGES.relative_to(CHECKOUT)}/pad.png and cards.png")


def keep_diary(hub: Hub) -> None:
    """Write down some weeks: nights with episodes, clear nights, and nights of which nothing is known."""
    chance = Random(16)  # noqa: S311 - the same weeks each time
    now = datetime.now(UTC)
    for days in range(1, 62):
        night = now - timedelta(days=days)
        number = chance.choice((None, 0, 0, 1, 1, 1, 2, 3))
        if number == 0:
            hub.call("rls_bedtime", "log_clear_night", {"night": f"{night:%Y-%m-%d}"})
        for _ in range(number or 0):
            relief = chance.sample(("walking", "stretching", "massage", "cold"), 2)
            started_at = night + timedelta(minutes=chance.triangular(10, 420, 180))
            episode = {
                "started_at": started_at.isoformat(),
                "duration": chance.randint(5, 45),
                "severity": round(chance.triangular(1, 10, 4)),
                "body_parts": ["calf"],
                "relief": relief,
                "relief_effect": chance.choice(("none", "some", "some", "full")),
            }
            hub.call("rls_bedtime", "log_episode", episode)


def draw_trends(hub: Hub) -> None:
    """Draw the trends card, from its top."""
    config = {"views": [{"cards": [{"type": "custom:rls-bedtime-trends-card"}]}]}
    add_dashboard(hub, "trends", config, title="Nights")
    with browse(hub) as page:
        page.set_viewport_size({"width": 420, "height": 1180})
        page.goto("/trends")
        page.get_by_text("What was tried").wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=IMAGES / "trends.png", animations="disabled")
    print(f"screenshots: {IMAGES.relative_to(CHECKOUT)}/trends.png")


def draw_icons() -> None:
    """Draw the icon in the sizes that Home Assistant shows."""
    BRAND.mkdir(exist_ok=True)
    icon = (IMAGES / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, size in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>body {{margin: 0}} svg {{display: block}}</style>{icon}")
            page.screenshot(path=BRAND / name, omit_background=True)
            print(f"screenshots: {(BRAND / name).relative_to(CHECKOUT)}")
        browser.close()


def main() -> None:
    """Draw the icons, furnish a bedroom, and draw it twice."""
    draw_icons()
    IMAGES.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder, Hub(Path(folder), free_port()) as hub:
        hub.onboard("Demo", "demo", "demo")
        furnish(hub, evening())
        ours = our_entities(hub)
        picture(hub, "day", "light")
        hub.call("switch", "turn_on", {"entity_id": ours["bedtime_mode"]})
        hub.wait_for(ours["phase"], lambda phase: phase["state"] == "bedtime")
        hub.call("rls_bedtime", "log_episode", {"severity": 3, "minutes_ago": 50})
        hub.call("rls_bedtime", "log_episode", {"severity": 6, "minutes_ago": 12})
        hub.wait_for(ours["last_severity"], lambda severity: severity["state"] == "6")
        picture(hub, "bedtime", "dark")
        draw_cards(hub)
        hub.call("switch", "turn_off", {"entity_id": ours["bedtime_mode"]})
        keep_diary(hub)
        draw_trends(hub)


if __name__ == "__main__":
    try:
        main()
    except HubError as error:
        sys.exit(f"screenshots: {error}")
