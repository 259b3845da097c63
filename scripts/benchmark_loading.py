"""Measure what the cards cost a page in a real browser, on a slow connection. Part of scripts/benchmark."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

from benchmark_tools import Row, Unit
from browser import launch_browser, open_page
from client import Json
from demo_home import add_dashboard, set_up_demo_home
from page_traffic import Traffic, open_session, slow_down
from playwright.sync_api import Browser
from server import Server, free_port

OTHER_CARD: Final = {"type": "tile", "entity": "light.bedside_lamp"}
PAD: Final = {"type": "custom:rls-bedtime-night-pad-card"}
DASHBOARDS: Final[dict[str, Json]] = {
    "without": {"views": [{"type": "sections", "sections": [{"cards": [OTHER_CARD]}]}]},
    "pad": {"views": [{"type": "sections", "sections": [{"cards": [OTHER_CARD, PAD]}]}]},
    "generated": {"strategy": {"type": "custom:rls-bedtime"}},
}

REQUESTS_BUDGET: Final = 3
BYTES_BUDGET: Final = 10_000
PAD_BUDGET: Final = 2.5
"""Seconds from the dashboard's own first card until the pad can be tapped."""

TIMEOUT: Final = 60_000
"""Milliseconds for which a page is waited for on the slow connection."""

SETTLE: Final = 3_000
"""Milliseconds after which a page without our cards has requested what it will."""

# Notes when the first card of the dashboard and the pad are there to be seen and tapped.
OBSERVE: Final = """(() => {
    const find = (root, selector) => {
        const found = root.querySelector(selector);
        if (found) return found;
        for (const { shadowRoot } of root.querySelectorAll("*")) {
            const inside = shadowRoot && find(shadowRoot, selector);
            if (inside) return inside;
        }
        return null;
    };
    const isShown = (element) => Boolean(element?.getBoundingClientRect().height);
    const seen = (window.seen = {});
    const look = () => {
        const [card, pad] = ["hui-tile-card", "rls-bedtime-pad"].map((name) => find(document, name)?.shadowRoot);
        if (isShown(card?.querySelector("ha-card"))) seen.card ??= performance.now();
        if (isShown(pad?.querySelector("button:enabled"))) seen.pad ??= performance.now();
    };
    setInterval(look, 10);
})()"""


@dataclass(frozen=True, slots=True)
class PageLoad:
    """What a page requested of ours, when its first card was there, and the pad, in seconds."""

    requests: int
    bytes: int
    card: float
    pad: float | None

    @property
    def wait(self) -> float:
        """Return how long the pad took after the first card."""
        return max(0, (self.pad or 0) - self.card)


type PageLoads = dict[str, list[PageLoad]]


def run(rounds: int) -> PageLoads:
    """Open each dashboard as often as there are rounds, each time in a new session with an empty cache."""
    with TemporaryDirectory() as config_dir, Server(Path(config_dir), free_port()) as server:
        server.onboard("Alex", "alex", "restless")
        set_up_demo_home(server)
        for path, config in DASHBOARDS.items():
            add_dashboard(server, path, config, title=path)
        with launch_browser() as browser:
            _open(browser, server, "without")  # the first page lets Home Assistant read its files
            return {path: [_open(browser, server, path) for _ in range(rounds)] for path in DASHBOARDS}


def _open(browser: Browser, server: Server, path: str) -> PageLoad:
    """Open a dashboard on a slow connection, and return what was measured."""
    with open_page(browser, server, service_workers="block") as page:
        session = open_session(page)
        slow_down(session)
        traffic = Traffic.of(session)
        page.add_init_script(OBSERVE)
        page.goto(f"/{path}", wait_until="commit")
        expected = "card" if path == "without" else "pad"
        page.wait_for_function(f"window.seen.card && window.seen.{expected}", timeout=TIMEOUT)
        page.wait_for_timeout(SETTLE)
        seen = page.evaluate("window.seen")
        pad = seen.get("pad")
        return PageLoad(len(traffic.paths), traffic.bytes, seen["card"] / 1000, None if pad is None else pad / 1000)


def rows(loads: PageLoads) -> Iterator[Row]:
    """Yield the medians."""
    for path, name in (("pad", "a dashboard of cards"), ("generated", "the generated dashboard")):
        wait = median(load.wait for load in loads[path])
        yield Row(f"pad after the first card, cold, slow: {name}", wait, None, PAD_BUDGET, Unit.SECONDS)
    without = loads["without"]
    for work, value, budget in (
        ("requests", median(load.requests for load in without), REQUESTS_BUDGET),
        ("bytes", median(load.bytes for load in without), BYTES_BUDGET),
    ):
        yield Row(f"{work} of ours, dashboard without our cards", value, None, budget, Unit.COUNT, is_time=False)
