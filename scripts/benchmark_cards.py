"""Measure how long the trends card takes to draw a long diary in a real browser. Part of scripts/benchmark."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmark_diary import write_diary
from benchmark_tools import Row, Sample, Samples, Unit, new_samples, time_row
from browser import open_browser_page
from demo_home import add_bedroom, add_dashboard
from homeassistant.util import dt as dt_util
from server import Server, free_port

from custom_components.rls_bedtime.const import DIARY_FILE

CARD: Final = "rls-bedtime-trends-card"
CONTENT: Final = f"{CARD}-content"
"""The element that the card loads."""

YEARS: Final = 5
EPISODES: Final = YEARS * 365 * 2
"""Two a night."""

WORK: Final = f"draw {YEARS} years of episodes"
OURS: Final = "everything"
PEER: Final = "quarter"
"""The peer is the same card with three months."""

BUDGET: Final = 1.0
"""Seconds from the selection until all is drawn, requests to Home Assistant included."""

SELECT_PERIOD: Final = """async (card, period) => {
    const frame = () => new Promise(requestAnimationFrame);
    const { trends } = card._store;
    const select = card.renderRoot.querySelector("ha-control-select");
    const start = performance.now();
    select.dispatchEvent(new CustomEvent("value-changed", { detail: { value: period } }));
    while (card._store.trends === trends) await frame();
    await card.updateComplete;
    await frame();
    await frame();
    return (performance.now() - start) / 1000;
}"""


def run(rounds: int) -> Samples:
    """Draw a short and a long period alternately. The first round warms up and does not count."""
    samples = new_samples()
    with TemporaryDirectory() as config_dir, Server(Path(config_dir), free_port()) as server:
        server.onboard("Alex", "alex", "restless")
        entry = add_bedroom(server)
        (sleeper,) = server.call_ws("config_entries/subentries/list", entry_id=entry)
        config = {"views": [{"cards": [{"type": f"custom:{CARD}", "period": PEER}]}]}
        add_dashboard(server, "trends", config, title="Trends")
        server.stop()
        for old in server.config_dir.glob(f"{DIARY_FILE}*"):
            old.unlink()
        write_diary(server.config_dir / DIARY_FILE, sleeper["subentry_id"], EPISODES, dt_util.now(), YEARS)
        server.start()
        with open_browser_page(server) as page:
            page.goto("/trends")
            card = page.locator(CONTENT)
            card.get_by_role("button", name="More", exact=True).click()
            card.locator("ha-control-select").wait_for()
            for number in range(rounds + 1):
                for period in (OURS, PEER):
                    seconds = card.evaluate(SELECT_PERIOD, period)
                    if number:
                        samples[WORK, period].append(Sample(seconds))
    return samples


def rows(samples: Samples) -> Iterator[Row]:
    """Yield the median duration."""
    yield time_row(WORK, samples[WORK, OURS], samples[WORK, PEER], BUDGET, Unit.SECONDS)
