"""How scripts/benchmark measures: a Home Assistant in this process, how long its work takes, a table of ratios."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
import json
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

from homeassistant import loader
from homeassistant.bootstrap import async_load_base_functionality
from homeassistant.config_entries import SOURCE_USER, ConfigEntries, ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from server import CHECKOUT, free_port

DOMAIN: Final = "rls_bedtime"

BEAT: Final = 0.001
"""Seconds between two beats of the pulse: shorter blocks of the event loop are not seen."""

SETTLE: Final = 0.1
"""Seconds of quiet after which nothing of a measurement is left in the next one."""

BLOCK_BUDGET: Final = 0.02


class BenchmarkError(Exception):
    """What is to be measured was not done, or the house could not be built."""


@dataclass(slots=True)
class Sample:
    """How long something took, and how long the event loop was held at most meanwhile."""

    seconds: float = 0
    block: float = 0


type Samples = dict[tuple[str, str], list[Sample]]
"""The samples of each work, done by us or the peer."""


class Pulse:
    """Beats, and notes the longest time by which the event loop was late."""

    def __init__(self, loop: asyncio.AbstractEventLoop, sample: Sample) -> None:
        """Beat in this event loop, and note it in this sample."""
        self._loop = loop
        self._sample = sample
        self._next: asyncio.Handle | None = None

    def __enter__(self) -> None:
        self._beat(self._loop.time())

    def __exit__(self, *_: object) -> None:
        if self._next is not None:
            self._next.cancel()

    def _beat(self, due: float) -> None:
        now = self._loop.time()
        self._sample.block = max(self._sample.block, now - due)
        self._next = self._loop.call_at(now + BEAT, self._beat, now + BEAT)


@asynccontextmanager
async def measured(hass: HomeAssistant, *, background: bool = False) -> AsyncIterator[Sample]:
    """Measure what is done in here; a block of the event loop counts until all that it began has come to rest.

    What goes on in the background counts too if it is to.
    """
    sample = Sample()
    with Pulse(hass.loop, sample):
        begun = hass.loop.time()
        yield sample
        sample.seconds = hass.loop.time() - begun
        await async_settle(hass, background=background)


async def async_settle(hass: HomeAssistant, *, background: bool = False) -> None:
    """Wait until all has come to rest, and what goes on in the background if that is to be waited for."""
    await hass.async_block_till_done(wait_background_tasks=background)
    await asyncio.sleep(SETTLE)


# --- a Home Assistant ------------------------------------------------------------------------------------------------


@asynccontextmanager
async def a_home(*domains: str) -> AsyncIterator[HomeAssistant]:
    """Have a Home Assistant with these integrations set up, not started yet; it is gone afterwards."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "custom_components").symlink_to(CHECKOUT / "custom_components")
        _listen_privately(Path(folder))
        hass = await _async_home_assistant(folder, domains)
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


def _listen_privately(folder: Path) -> None:
    """Let Home Assistant's web server be heard on this machine only: the cards need one, the measurements do not."""
    storage = folder / ".storage"
    storage.mkdir()
    data = {"server_host": ["127.0.0.1"], "server_port": free_port()}
    stored = {"version": 1, "minor_version": 1, "key": "http", "data": data}
    (storage / "http").write_text(json.dumps(stored), encoding="utf-8")


async def _async_home_assistant(folder: str, domains: Iterable[str]) -> HomeAssistant:
    hass = HomeAssistant(folder)
    hass.config.skip_pip = True
    loader.async_setup(hass)
    hass.config_entries = ConfigEntries(hass, {})
    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, hass.config_entries._async_shutdown)  # noqa: SLF001
    await loader.async_get_custom_components(hass)
    if not await async_load_base_functionality(hass):
        raise BenchmarkError("Home Assistant could not load its registries.")
    await async_process_ha_core_config(hass, {})
    for domain in ("homeassistant", *domains, "http", "frontend"):
        if not await async_setup_component(hass, domain, {}):
            raise BenchmarkError(f"Home Assistant could not set up {domain}.")
    return hass


async def async_bedroom(hass: HomeAssistant, lights: list[str]) -> ConfigEntry[Any]:
    """Make a bedroom with a sleeper, and return the entry. Its end is far from now."""
    answers: dict[str, dict[str, Any]] = {
        "user": {"name": "Bedroom"},
        "devices": {"lights": {"entity_id": lights}},
        "schedule": {
            "bedtime": (dt_util.now() + timedelta(hours=6)).strftime("%H:%M:%S"),
            "wake_up": (dt_util.now() + timedelta(hours=12)).strftime("%H:%M:%S"),
            "wind_down": 45,
            "automatic": False,
        },
        "sleeper": {"name": "Alex"},
    }
    return await async_entry(hass, DOMAIN, answers)


async def async_entry(hass: HomeAssistant, domain: str, answers: dict[str, dict[str, Any]]) -> ConfigEntry[Any]:
    """Go through a config flow with these answers, by step, and return the entry."""
    flow = hass.config_entries.flow
    step = await flow.async_init(domain, context={"source": SOURCE_USER})
    while step["type"] == "form" and not step["errors"]:
        step = await flow.async_configure(step["flow_id"], answers[str(step["step_id"])])
    if step["type"] != "create_entry":
        raise BenchmarkError(f"The config flow ended with {step}.")
    await hass.async_block_till_done()
    return step["result"]


# --- telling ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: medians, in seconds, and what is to be at most the budget: the ratio, or the seconds."""

    work: str
    ours: float
    peer: float
    budget: float
    is_of_time: bool = False

    @property
    def ratio(self) -> float:
        """Return how many times as long we take as the peer."""
        return self.ours / self.peer

    @property
    def measured(self) -> float:
        """Return what is held against the budget."""
        return self.ours if self.is_of_time else self.ratio

    @property
    def is_kept(self) -> bool:
        """Return whether the budget is kept."""
        return self.measured <= self.budget


def time_row(
    work: str, ours: Iterable[Sample], peer: Iterable[Sample], budget: float, *, is_of_time: bool = False
) -> Row:
    """Return how long a work took: the ratio is what counts, or the time itself."""
    mine, theirs = (median(sample.seconds for sample in samples) for samples in (ours, peer))
    return Row(work, mine, theirs, budget, is_of_time)


def block_row(work: str, ours: Iterable[Sample], peer: Iterable[Sample]) -> Row:
    """Return how long the event loop was held at most in a work: the median of the rounds."""
    mine, theirs = (median(sample.block for sample in samples) for samples in (ours, peer))
    return Row(f"longest block: {work}", mine, theirs, BLOCK_BUDGET, is_of_time=True)


def print_table(rows: list[Row]) -> None:
    """Print the table for a person."""
    print(f"{'':<62}{'ours':>10}{'peer':>11}{'ratio':>9}{'budget':>9}")
    for row in rows:
        budget = f"{row.budget * 1000:.0f} ms" if row.is_of_time else f"{row.budget:g} x"
        times = f"{row.ours * 1000:>7.1f} ms{row.peer * 1000:>8.1f} ms{row.ratio:>7.3f} x"
        print(f"{row.work:<62}{times}{budget:>9}  {'kept' if row.is_kept else 'BROKEN'}")


def save(file: Path, rows: list[Row], samples: Samples) -> None:
    """Save the table and every sample."""
    told = [asdict(row) | {"ratio": row.ratio, "measured": row.measured, "is_kept": row.is_kept} for row in rows]
    raw = [
        {"work": work, "who": who, "samples": [asdict(sample) for sample in each]}
        for (work, who), each in samples.items()
    ]
    file.write_text(json.dumps({"rows": told, "samples": raw}, indent=2) + "\n", encoding="utf-8")
