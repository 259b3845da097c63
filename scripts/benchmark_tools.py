"""Tools of scripts/benchmark: a Home Assistant in this process, measurements, and the table of the results."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
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

POLL_INTERVAL: Final = 0.001
"""Seconds between two checks of the event loop: shorter blocks are not noticed."""

QUIET_PERIOD: Final = 0.1
"""Seconds to wait between two measurements, so that nothing of the first one runs during the second."""

BLOCK_BUDGET: Final = 0.02
"""Seconds for which the event loop may be blocked at most."""


class BenchmarkError(Exception):
    """The work to be measured was not done, or its environment could not be set up."""


@dataclass(slots=True)
class Sample:
    """How long some work took and the longest block of the event loop meanwhile, in seconds."""

    seconds: float = 0
    block: float = 0


type Samples = dict[tuple[str, str], list[Sample]]
"""The samples by work and by who did it."""


def new_samples() -> Samples:
    """Return a collection without samples."""
    return defaultdict(list)


class BlockDetector:
    """Records in a sample the longest time by which a timer of the event loop was late."""

    def __init__(self, loop: asyncio.AbstractEventLoop, sample: Sample) -> None:
        self._loop = loop
        self._sample = sample
        self._timer: asyncio.Handle | None = None

    def __enter__(self) -> None:
        self._check(self._loop.time())

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _check(self, due: float) -> None:
        now = self._loop.time()
        self._sample.block = max(self._sample.block, now - due)
        self._timer = self._loop.call_at(now + POLL_INTERVAL, self._check, now + POLL_INTERVAL)


@asynccontextmanager
async def measure(hass: HomeAssistant, *, background: bool = False) -> AsyncIterator[Sample]:
    """Measure what is done in the context.

    Blocks of the event loop count until all that was started has been completed, background tasks only if requested.
    """
    sample = Sample()
    with BlockDetector(hass.loop, sample):
        start = hass.loop.time()
        yield sample
        sample.seconds = hass.loop.time() - start
        await async_settle(hass, background=background)


async def async_settle(hass: HomeAssistant, *, background: bool = False) -> None:
    """Wait until Home Assistant is idle."""
    await hass.async_block_till_done(wait_background_tasks=background)
    await asyncio.sleep(QUIET_PERIOD)


# --- Home Assistant --------------------------------------------------------------------------------------------------


@asynccontextmanager
async def temporary_home_assistant(*domains: str) -> AsyncIterator[HomeAssistant]:
    """Give a Home Assistant with these integrations set up, which is not started yet and is deleted afterwards."""
    with TemporaryDirectory() as config_dir:
        (Path(config_dir) / "custom_components").symlink_to(CHECKOUT / "custom_components")
        _listen_on_loopback(Path(config_dir))
        hass = await _async_create_home_assistant(config_dir, domains)
        try:
            yield hass
        finally:
            await hass.async_stop(force=True)


def _listen_on_loopback(config_dir: Path) -> None:
    """Configure the web server, which the cards depend on and the measurements do not use."""
    storage = config_dir / ".storage"
    storage.mkdir()
    data = {"server_host": ["127.0.0.1"], "server_port": free_port()}
    stored = {"version": 1, "minor_version": 1, "key": "http", "data": data}
    (storage / "http").write_text(json.dumps(stored), encoding="utf-8")


async def _async_create_home_assistant(config_dir: str, domains: Iterable[str]) -> HomeAssistant:
    hass = HomeAssistant(config_dir)
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


async def async_add_bedroom(
    hass: HomeAssistant, lights: list[str], *, bedtime: datetime | None = None, automatic: bool = False
) -> ConfigEntry[Any]:
    """Add a bedroom with a sleeper and return its entry.

    Bedtime is in six hours by default, wake-up six hours after it.
    """
    bedtime = bedtime or dt_util.now() + timedelta(hours=6)
    user_input: dict[str, dict[str, Any]] = {
        "user": {"name": "Bedroom"},
        "devices": {"lights": {"entity_id": lights}},
        "schedule": {
            "bedtime": f"{bedtime:%H:%M:%S}",
            "wake_up": f"{bedtime + timedelta(hours=6):%H:%M:%S}",
            "wind_down": 45,
            "automatic": automatic,
        },
        "sleeper": {"name": "Alex"},
    }
    return await async_add_entry(hass, DOMAIN, user_input)


async def async_add_entry(hass: HomeAssistant, domain: str, user_input: dict[str, dict[str, Any]]) -> ConfigEntry[Any]:
    """Complete a config flow with the user input of each step and return the entry."""
    flow = hass.config_entries.flow
    step = await flow.async_init(domain, context={"source": SOURCE_USER})
    while step["type"] == "form" and not step["errors"]:
        step = await flow.async_configure(step["flow_id"], user_input[str(step["step_id"])])
    if step["type"] != "create_entry":
        raise BenchmarkError(f"The config flow ended with {step}.")
    await hass.async_block_till_done()
    return step["result"]


# --- results ---------------------------------------------------------------------------------------------------------


class Unit(StrEnum):
    """What of a row is compared with its budget: the ratio to the peer, the time, or the number itself."""

    RATIO = "x"
    SECONDS = "s"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: the values of the integration and of its peer, if there is one, in seconds or as counts."""

    work: str
    ours: float
    peer: float | None
    budget: float
    unit: Unit = Unit.RATIO
    is_time: bool = True

    @property
    def ratio(self) -> float | None:
        """Return the ratio of our value to the peer's."""
        return None if self.peer is None else self.ours / self.peer

    @property
    def measured(self) -> float:
        """Return what is compared with the budget."""
        return self.ratio if self.unit is Unit.RATIO and self.ratio is not None else self.ours

    @property
    def is_kept(self) -> bool:
        """Return whether the budget is kept."""
        return self.measured <= self.budget


def time_row(work: str, ours: Iterable[Sample], peer: Iterable[Sample], budget: float, unit: Unit = Unit.RATIO) -> Row:
    """Return a row with the median durations."""
    our_median, peer_median = (median(sample.seconds for sample in samples) for samples in (ours, peer))
    return Row(work, our_median, peer_median, budget, unit)


def block_row(
    work: str, ours: Iterable[Sample], peer: Iterable[Sample], budget: float = BLOCK_BUDGET, unit: Unit = Unit.SECONDS
) -> Row:
    """Return a row with the medians of the longest blocks of the event loop."""
    our_median, peer_median = (median(sample.block for sample in samples) for samples in (ours, peer))
    return Row(f"longest block: {work}", our_median, peer_median, budget, unit)


def print_table(rows: list[Row]) -> None:
    """Print the table for a person."""
    width = max(len(row.work) for row in rows)
    print(f"{'':<{width}}{'ours':>12}{'peer':>12}{'ratio':>10}{'budget':>9}")
    for row in rows:
        budget = {
            Unit.RATIO: f"{row.budget:g} x",
            Unit.SECONDS: f"{row.budget * 1000:.0f} ms",
            Unit.COUNT: f"{row.budget:g}",
        }[row.unit]
        ours, peer = (_format_value(row, value) for value in (row.ours, row.peer))
        ratio = "" if row.ratio is None else f"{row.ratio:.3f} x"
        verdict = "kept" if row.is_kept else "BROKEN"
        print(f"{row.work:<{width}}{ours:>12}{peer:>12}{ratio:>10}{budget:>9}  {verdict}")


def _format_value(row: Row, value: float | None) -> str:
    if value is None:
        return ""
    return f"{value * 1000:.1f} ms" if row.is_time else f"{value:g}"


def save_results(file: Path, rows: list[Row], samples: Samples) -> None:
    """Save the table and all samples as JSON."""
    table = [asdict(row) | {"ratio": row.ratio, "measured": row.measured, "is_kept": row.is_kept} for row in rows]
    raw = [
        {"work": work, "who": who, "samples": [asdict(sample) for sample in of_work]}
        for (work, who), of_work in samples.items()
    ]
    file.write_text(json.dumps({"rows": table, "samples": raw}, indent=2) + "\n", encoding="utf-8")
