"""Measure how long the trends card takes to draw a long diary, in a real browser. Part of scripts/benchmark."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmark_diary import write_diary
from benchmark_tools import Row, Sample, Samples, time_row
from browser import browse
from demo_home import add_dashboard, configure
from homeassistant.util import dt as dt_util
from server import Hub, free_port

from custom_components.rls_bedtime.const import DIARY_FILE

CARD: Final = "rls-bedtime-trends-card"
YEARS: Final = 5
EPISODES: Final = YEARS * 365 * 2
"""Two a night."""

DRAW: Final = f"draw {YEARS} years of episodes"
OURS: Final = "everything"
PEER: Final = "quarter"
"""The same card is the peer, with three months."""

BUDGET: Final = 1.0
"""Seconds from the tap until all is drawn, the questions to the hub included."""

CHOOSE: Final = """async (card, period) => {
    const frame = () => new Promise(requestAnimationFrame);
    const { summary } = card._trends;
    const select = card.renderRoot.querySelector("select");
    const begun = performance.now();
    select.value = period;
    select.dispatchEvent(new Event("change"));
    while (card._trends.summary === summary) await frame();
    await card.updateComplete;
    await frame();
    await frame();
    return (performance.now() - begun) / 1000;
}"""


def run(rounds: int) -> Samples:
    """Let the card draw a short period and a long one, by turns. The first round warms up and does not count."""
    samples: Samples = defaultdict(list)
    with TemporaryDirectory() as folder, Hub(Path(folder), free_port()) as hub:
        hub.onboard("Alex", "alex", "restless")
        entry = configure(hub)
        (sleeper,) = hub.ws("config_entries/subentries/list", entry_id=entry)
        config = {"views": [{"cards": [{"type": f"custom:{CARD}", "period": PEER}]}]}
        add_dashboard(hub, "trends", config, title="Trends")
        hub.stop()
        for old in hub.folder.glob(f"{DIARY_FILE}*"):
            old.unlink()
        write_diary(hub.folder / DIARY_FILE, sleeper["subentry_id"], EPISODES, dt_util.now(), YEARS)
        hub.start()
        with browse(hub) as page:
            page.goto("/trends")
            card = page.locator(CARD)
            card.locator("table").first.wait_for()
            for number in range(rounds + 1):
                for period in (OURS, PEER):
                    seconds = card.evaluate(CHOOSE, period)
                    if number:
                        samples[DRAW, period].append(Sample(seconds))
    return samples


def rows(samples: Samples) -> Iterator[Row]:
    """Yield how long it took."""
    yield time_row(DRAW, samples[DRAW, OURS], samples[DRAW, PEER], BUDGET, is_of_time=True)
