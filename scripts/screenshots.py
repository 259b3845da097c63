"""Draw the pictures of the README and of docs from the demo home. Started by scripts/screenshots."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
import sys
from tempfile import TemporaryDirectory

from browser import ColorScheme, launch_browser, open_browser_page
from client import ServerError
from demo_home import (
    CONFIG_FLOW_PATH,
    DOMAIN,
    add_bedroom,
    add_dashboard,
    add_demo_dashboard,
    add_relief,
    evening_time_zone,
    get_entity_ids,
    set_up_areas,
)
from playwright.sync_api import Locator, Page
from server import CHECKOUT, Server, free_port
from time_travel import TimeTravelServer

IMAGES = CHECKOUT / ".github" / "images"
PICTURES = (
    "setup_user",
    "setup_devices",
    "setup_schedule",
    "setup_sleeper",
    "options",
    "day",
    "bedtime",
    "pad",
    "cards",
    "relief",
    "trends",
    "experiment",
)
"""The pictures, in the order in which they are drawn. Each is used in the README or in docs."""

BRAND = CHECKOUT / "custom_components" / "rls_bedtime" / "brand"
ICON_SIZES = {"icon.png": 256, "icon@2x.png": 512}


def draw_setup(server: Server) -> None:
    """Take pictures of the steps in which a bedroom is set up. Nothing is set up."""
    with open_browser_page(server) as page:
        page.goto(f"/config/integrations/dashboard/add?domain={DOMAIN}")
        with page.expect_response(lambda response: response.url.endswith(CONFIG_FLOW_PATH)) as response:
            page.get_by_role("button", name="OK").click()
        flow_id = response.value.json()["flow_id"]
        form = page.locator("step-flow-form")
        form.locator("ha-area-picker").get_by_text("Bedroom").wait_for()
        draw_step(page, "setup_user")
        submit(page)
        form.get_by_text("Blinds and curtains").first.wait_for()
        draw_step(page, "setup_devices")
        submit(page)
        form.get_by_text("Start automatically").first.wait_for()
        draw_step(page, "setup_schedule")
        submit(page)
        form.get_by_text("Person", exact=True).first.wait_for()
        draw_step(page, "setup_sleeper")
    # Another setup of the same area could not begin.
    server.call_api("DELETE", f"{CONFIG_FLOW_PATH}/{flow_id}")


def draw_options(server: Server) -> None:
    """Take a picture of the options, with the section of the lights open."""
    with open_browser_page(server) as page:
        page.goto(f"/config/integrations/integration/{DOMAIN}")
        page.get_by_role("button", name="Configure").first.click()
        form: Locator = page.locator("step-flow-form")
        form.locator("ha-expansion-panel").filter(has_text="Lights").get_by_role("button").first.click()
        form.locator("ha-expansion-panel[expanded]").wait_for()
        draw_step(page, "options")


def draw_step(page: Page, name: str) -> None:
    """Take a picture of a step of a flow, once it has been drawn completely."""
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    take_picture(page, name)


def submit(page: Page) -> None:
    """Go to the next step of a flow."""
    page.get_by_role("button", name="Next").click()


def take_picture(page: Page, name: str, *, animations: bool = False) -> None:
    """Take a picture of what is shown."""
    if name not in PICTURES:
        raise ServerError(f"{name} is not among the pictures.")
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path, animations="allow" if animations else "disabled")
    report(path)


def draw_demo_dashboard(server: Server, name: str, color_scheme: ColorScheme) -> None:
    """Take a picture of the demo dashboard in its current state."""
    with open_browser_page(server, color_scheme) as page:
        page.goto("/bedroom/0")
        page.get_by_text("Blind").first.wait_for()
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        take_picture(page, name)


def draw_cards(server: Server) -> None:
    """Take pictures of the full-screen night pad and of the cards."""
    cards = [{"type": f"custom:rls-bedtime-{name}"} for name in ("card", "night-pad-card")]
    views = [{"type": "sections", "title": "Night", "sections": [{"cards": cards}]}]
    add_dashboard(server, "cards", {"views": views}, title="Cards")
    defaults = dict.fromkeys(("number_format", "time_format", "date_format", "first_weekday"), "language")
    locale = {**defaults, "language": "en", "time_zone": "server"}
    # The server is in a time zone where it is evening, the browser need not be.
    server.call_ws("frontend/set_user_data", key="language", value=locale)
    with open_browser_page(server) as page:
        page.goto("/cards")
        pad = page.locator("rls-bedtime-dark dialog")
        pad.get_by_role("radio", name="6", exact=True).wait_for()
        page.wait_for_load_state("networkidle")
        take_picture(page, "pad", animations=True)
        pad.get_by_role("button", name="Close").click()
        pad.wait_for(state="hidden")
        take_picture(page, "cards")


def draw_relief(server: Server) -> None:
    """Take a picture of the bedroom while the way is lit, in the dark."""
    tiles = [
        {"type": "tile", "entity": "light.hallway_light", "name": "Hallway", "state_content": ["state", "brightness"]},
        {"type": "tile", "entity": "light.bedside_lamp", "name": "Bedside", "state_content": ["state", "brightness"]},
    ]
    pad = {"type": "custom:rls-bedtime-night-pad-card", "compact": True, "opens_by_itself": False}
    cards = [{"type": "custom:rls-bedtime-card"}, pad, *tiles]
    add_dashboard(server, "way", {"views": [{"type": "sections", "sections": [{"cards": cards}]}]}, title="Night")
    walk = get_entity_ids(server)["relief_walk"]
    server.call_action("switch", "turn_on", {"entity_id": walk})
    server.wait_for_state("light.hallway_light", "on")
    with open_browser_page(server, "dark") as page:
        page.set_viewport_size({"width": 420, "height": 560})
        page.goto("/way")
        page.get_by_text("The way is lit until").first.wait_for()
        page.wait_for_load_state("networkidle")
        take_picture(page, "relief")
    server.call_action("switch", "turn_off", {"entity_id": walk})


def log_two_months(server: Server) -> None:
    """Log nights with episodes, clear nights and unrecorded nights of the last two months."""
    random = Random(16)  # noqa: S311 - the same nights in each picture
    now = datetime.now(UTC)
    for days in range(1, 62):
        night = now - timedelta(days=days)
        count = random.choice((None, 0, 0, 1, 1, 1, 2, 3))
        if count == 0:
            server.call_action("rls_bedtime", "log_clear_night", {"night": f"{night:%Y-%m-%d}"})
        for _ in range(count or 0):
            relief = random.sample(("walking", "stretching", "massage", "cold"), 2)
            started_at = night + timedelta(minutes=random.triangular(10, 420, 180))
            episode = {
                "started_at": started_at.isoformat(),
                "duration": random.randint(5, 45),
                "severity": round(random.triangular(1, 10, 4)),
                "body_parts": ["calf"],
                "relief": relief,
                "relief_effect": random.choice(("none", "some", "some", "full")),
            }
            server.call_action("rls_bedtime", "log_episode", episode)


def draw_trends(server: Server) -> None:
    """Take a picture of the top of the trends card."""
    config = {"views": [{"cards": [{"type": "custom:rls-bedtime-trends-card"}]}]}
    add_dashboard(server, "trends", config, title="Nights")
    with open_browser_page(server) as page:
        page.set_viewport_size({"width": 420, "height": 960})
        page.goto("/trends")
        page.get_by_text("When episodes start").first.wait_for()
        page.wait_for_load_state("networkidle")
        take_picture(page, "trends")


def draw_experiment() -> None:
    """Take a picture of the result of an experiment of 84 nights, in a home whose clock is moved."""
    random = Random(16)  # noqa: S311 - the same nights in each picture
    with TemporaryDirectory() as folder, TimeTravelServer(Path(folder), free_port()) as server:
        server.onboard("Demo", "demo", "demo")
        set_up_areas(server, server.time_zone.key)
        add_bedroom(server)
        server.travel_to("2026-09-01 20:00")
        server.call_action(DOMAIN, "start_experiment", {"tag": "warm socks", "nights": 84})
        server.travel_to("2026-11-25 20:00")
        report = server.call_action(DOMAIN, "get_experiment", {}, return_response=True)
        for night in report["nights"]:
            affected = random.random() < (0.35 if night["arm"] == "with" else 0.55)
            if affected:
                server.call_action(DOMAIN, "log_episode", {"started_at": f"{night['night']} 23:30", "severity": 5})
            else:
                server.call_action(DOMAIN, "log_clear_night", {"night": night["night"]})
            done = random.random() < (0.9 if night["arm"] == "with" else 0.1)
            server.call_action(DOMAIN, "log_experiment_night", {"night": night["night"], "done": done})
        config = {"views": [{"cards": [{"type": "custom:rls-bedtime-trends-card"}]}]}
        add_dashboard(server, "experiment", config, title="Nights")
        with open_browser_page(server) as page:
            page.set_viewport_size({"width": 420, "height": 560})
            page.goto("/experiment")
            page.locator("rls-bedtime-comparisons").get_by_role("button", name="Comparisons").click()
            card = page.locator("rls-bedtime-experiment")
            card.get_by_text("if it made no difference").wait_for()
            page.wait_for_load_state("networkidle")
            card.evaluate("element => element.scrollIntoView({block: 'start'})")
            page.evaluate("window.scrollBy(0, -64)")
            take_picture(page, "experiment")


def draw_icons() -> None:
    """Render the icon in the sizes that Home Assistant shows."""
    BRAND.mkdir(exist_ok=True)
    icon = (IMAGES / "icon.svg").read_text(encoding="utf-8")
    with launch_browser() as browser:
        for name, size in ICON_SIZES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>body {{margin: 0}} svg {{display: block}}</style>{icon}")
            page.screenshot(path=BRAND / name, omit_background=True)
            report(BRAND / name)


def report(file: Path) -> None:
    """Print which file has been written."""
    print(f"screenshots: {file.relative_to(CHECKOUT)}")


def main() -> None:
    """Draw the icons, then set up the demo home and take its pictures."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    draw_icons()
    with TemporaryDirectory() as folder, Server(Path(folder), free_port()) as server:
        server.onboard("Demo", "demo", "demo")
        set_up_areas(server, evening_time_zone())
        draw_setup(server)
        add_bedroom(server)
        add_demo_dashboard(server)
        draw_options(server)
        add_relief(server)
        entity_ids = get_entity_ids(server)
        draw_demo_dashboard(server, "day", "light")
        server.call_action("switch", "turn_on", {"entity_id": entity_ids["bedtime_mode"]})
        server.wait_for_state(entity_ids["phase"], "bedtime")
        server.call_action("rls_bedtime", "log_episode", {"severity": 3, "minutes_ago": 50})
        server.call_action("rls_bedtime", "log_episode", {"severity": 6, "minutes_ago": 12})
        server.wait_for_state(entity_ids["last_severity"], "6")
        draw_demo_dashboard(server, "bedtime", "dark")
        draw_cards(server)
        draw_relief(server)
        server.call_action("switch", "turn_off", {"entity_id": entity_ids["bedtime_mode"]})
        log_two_months(server)
        draw_trends(server)
    draw_experiment()


if __name__ == "__main__":
    try:
        main()
    except ServerError as error:
        sys.exit(f"screenshots: {error}")
