"""Measure bedtime mode against Home Assistant's scenes, in one real Home Assistant. Started by scripts/benchmark."""

import argparse
import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
import gc
import json
import logging
from pathlib import Path
from statistics import median
import sys
from tempfile import TemporaryDirectory
from typing import Any, Final, override

from homeassistant import loader
from homeassistant.bootstrap import async_load_base_functionality
from homeassistant.components.light import ColorMode, LightEntity
from homeassistant.components.light.const import DATA_COMPONENT
from homeassistant.config_entries import SOURCE_USER, ConfigEntries, ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Context, HomeAssistant
from homeassistant.core_config import async_process_ha_core_config
from homeassistant.runner import create_event_loop
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from hub import CHECKOUT, free_port

DOMAIN: Final = "rls_bedtime"
SCENE: Final = "scene.before_bedtime"
LATENCY: Final = 0.02
"""Seconds that a light takes to do as it is told."""

BEAT: Final = 0.001
"""Seconds between two beats of the pulse: shorter blocks of the event loop are not seen."""

SETTLE: Final = 0.1
"""Seconds of quiet after which nothing of a measurement is left in the next one."""

BLOCK_BUDGET: Final = 0.02
MOST_LIGHTS: Final = 4000
"""More would not all be different."""

type Look = tuple[int, int]
"""The brightness and the colour temperature of a light."""

NIGHT: Final[Look] = (13, 2200)
ELSEWHERE: Final[Look] = (120, 6500)
"""A look that is neither the night's nor any light's before it."""

OURS: Final = "rls_bedtime"
PEER: Final = "scene"


class BenchmarkError(Exception):
    """The lights did not do what is to be measured, or the house could not be built."""


class Bulb(LightEntity):
    """A light that takes its time."""

    _attr_should_poll = False
    _attr_is_on = True
    _attr_color_mode = ColorMode.COLOR_TEMP
    _attr_supported_color_modes = {ColorMode.COLOR_TEMP}  # noqa: RUF012 - as Home Assistant has it
    _attr_min_color_temp_kelvin = 2000
    _attr_max_color_temp_kelvin = 6500

    def __init__(self, number: int) -> None:
        """Be called by a number."""
        self._attr_name = self._attr_unique_id = f"bulb {number}"

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await asyncio.sleep(LATENCY)
        self._attr_is_on = True
        self._attr_brightness = kwargs.get("brightness", self._attr_brightness)
        self._attr_color_temp_kelvin = kwargs.get("color_temp_kelvin", self._attr_color_temp_kelvin)
        self.async_write_ha_state()

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await asyncio.sleep(LATENCY)
        self._attr_is_on = False
        self.async_write_ha_state()

    @property
    def look(self) -> Look:
        """Return what the house sees of it."""
        state = self.hass.states.get(self.entity_id)
        attributes = state.attributes if state else {}
        return attributes.get("brightness") or 0, attributes.get("color_temp_kelvin") or 0

    def show(self, look: Look) -> None:
        """Change as if somebody had used the light itself."""
        self._attr_is_on = True
        self._attr_brightness, self._attr_color_temp_kelvin = look
        self.async_set_context(Context())
        self.async_write_ha_state()


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lights are before bedtime."""

    name: str
    looks: tuple[Look, ...]
    restore_budget: float


def layouts(count: int) -> tuple[Layout, ...]:
    """Return the layouts that are measured."""
    equal = tuple((200, 4000) for _ in range(count))
    different = tuple((56 + number % 200, 2400 + number) for number in range(count))
    return Layout("equal", equal, 0.6), Layout("all different", different, 1.0)


@dataclass(slots=True)
class Sample:
    """How long something took, and how long the event loop was held at most meanwhile."""

    seconds: float = 0
    block: float = 0


class House:
    """A Home Assistant full of bulbs, with one bedroom that holds them all."""

    def __init__(self, hass: HomeAssistant, bulbs: list[Bulb], entry: ConfigEntry[Any]) -> None:
        """Know what is in it."""
        self._hass = hass
        self._bulbs = bulbs
        self._entry = entry
        self._lights = [bulb.entity_id for bulb in bulbs]

    async def async_arrange(self, looks: tuple[Look, ...]) -> None:
        """Bring the lights into a known state, by way of one that makes the session let go of all of them."""
        for now in (tuple(ELSEWHERE for _ in looks), looks):
            for bulb, look in zip(self._bulbs, now, strict=True):
                bulb.show(look)
            await self._async_settle()
        record = self._entry.runtime_data.session.record
        if record.held or record.owed:
            raise BenchmarkError("The session holds lights that it should have let go of.")
        gc.collect()

    def check(self, looks: tuple[Look, ...], after: str) -> None:
        """Raise BenchmarkError unless the lights are as they should be."""
        wrong = sum(bulb.look != look for bulb, look in zip(self._bulbs, looks, strict=True))
        if wrong:
            raise BenchmarkError(f"After {after}, {wrong} of {len(looks)} lights are not as they should be.")

    async def async_start(self, who: str) -> None:
        """Remember the lights, and bring them to the night level."""
        if who == OURS:
            await self._async_call(DOMAIN, "start", return_response=True)
        else:
            name = SCENE.removeprefix("scene.")
            await self._async_call("scene", "create", scene_id=name, snapshot_entities=self._lights)
            brightness, kelvin = NIGHT
            data: dict[str, Any] = {"entity_id": self._lights, "brightness": brightness, "color_temp_kelvin": kelvin}
            await self._async_call("light", "turn_on", **data)

    async def async_restore(self, who: str) -> None:
        """Give the lights back."""
        if who == OURS:
            await self._async_call(DOMAIN, "stop", return_response=True)
        else:
            await self._async_call("scene", "turn_on", entity_id=SCENE)

    @asynccontextmanager
    async def measured(self) -> AsyncIterator[Sample]:
        """Measure what is done in here; a block of the event loop counts until all that it began has come to rest."""
        sample = Sample()
        with Pulse(self._hass.loop, sample):
            begun = self._hass.loop.time()
            yield sample
            sample.seconds = self._hass.loop.time() - begun
            await self._async_settle()

    async def _async_settle(self) -> None:
        await self._hass.async_block_till_done()
        await asyncio.sleep(SETTLE)

    async def _async_call(self, domain: str, action: str, *, return_response: bool = False, **data: Any) -> None:
        """Call an action; of ours, a response is given when the lights have answered."""
        await self._hass.services.async_call(domain, action, data, blocking=True, return_response=return_response)


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


# --- building the house ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def a_house(folder: str, count: int) -> AsyncIterator[House]:
    """Build a house in a folder, and leave it."""
    (Path(folder) / "custom_components").symlink_to(CHECKOUT / "custom_components")
    _listen_privately(Path(folder))
    hass = await _async_home_assistant(folder)
    try:
        bulbs = [Bulb(number) for number in range(count)]
        await hass.data[DATA_COMPONENT].async_add_entities(bulbs)
        await hass.async_start()
        entry = await _async_bedroom(hass, [bulb.entity_id for bulb in bulbs])
        await hass.async_block_till_done()
        yield House(hass, bulbs, entry)
    finally:
        await hass.async_stop(force=True)


def _listen_privately(folder: Path) -> None:
    """Let Home Assistant's web server be heard on this machine only: the cards need one, the measurements do not."""
    storage = folder / ".storage"
    storage.mkdir()
    data = {"server_host": ["127.0.0.1"], "server_port": free_port()}
    stored = {"version": 1, "minor_version": 1, "key": "http", "data": data}
    (storage / "http").write_text(json.dumps(stored), encoding="utf-8")


async def _async_home_assistant(folder: str) -> HomeAssistant:
    """Return a Home Assistant with what we and the peer need, not started yet."""
    hass = HomeAssistant(folder)
    hass.config.skip_pip = True
    loader.async_setup(hass)
    hass.config_entries = ConfigEntries(hass, {})
    hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, hass.config_entries._async_shutdown)  # noqa: SLF001
    await loader.async_get_custom_components(hass)
    if not await async_load_base_functionality(hass):
        raise BenchmarkError("Home Assistant could not load its registries.")
    await async_process_ha_core_config(hass, {})
    for domain in ("homeassistant", "light", "scene", "switch", "http", "frontend"):
        if not await async_setup_component(hass, domain, {}):
            raise BenchmarkError(f"Home Assistant could not set up {domain}.")
    return hass


async def _async_bedroom(hass: HomeAssistant, lights: list[str]) -> ConfigEntry[Any]:
    """Go through the config flow, and return the entry. Its end is far from now."""
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
    flow = hass.config_entries.flow
    step = await flow.async_init(DOMAIN, context={"source": SOURCE_USER})
    while step["type"] == "form" and not step["errors"]:
        step = await flow.async_configure(step["flow_id"], answers[str(step["step_id"])])
    if step["type"] != "create_entry":
        raise BenchmarkError(f"The config flow ended with {step}.")
    return step["result"]


# --- measuring -------------------------------------------------------------------------------------------------------

type Samples = dict[tuple[str, str], list[Sample]]
"""The samples of each work, done by us or the peer."""


async def async_measure(house: House, count: int, rounds: int) -> Samples:
    """Let us and the peer do the same work, by turns. The first round warms up, and is thrown away."""
    samples: Samples = defaultdict(list)
    for number in range(rounds + 1):
        if not number:
            print("benchmark: warming up", file=sys.stderr)
        order = (OURS, PEER) if number % 2 else (PEER, OURS)
        for layout in layouts(count):
            for who in order:
                for work, sample in (await _async_night(house, layout, who)).items():
                    if number:
                        samples[work, who].append(sample)
        if number:
            print(f"benchmark: round {number} of {rounds}", file=sys.stderr)
    return samples


async def _async_night(house: House, layout: Layout, who: str) -> dict[str, Sample]:
    """Start the mode once and end it again, and return how long each took."""
    await house.async_arrange(layout.looks)
    async with house.measured() as start:
        await house.async_start(who)
        house.check(tuple(NIGHT for _ in layout.looks), f"{who}'s start")
    gc.collect()
    async with house.measured() as restore:
        await house.async_restore(who)
        house.check(layout.looks, f"{who}'s restore")
    return {f"start, {layout.name}": start, f"restore, {layout.name}": restore}


# --- telling ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: medians, in seconds, and what is to be at most the budget."""

    work: str
    ours: float
    peer: float
    ratio: float
    measured: float
    budget: float

    @property
    def is_kept(self) -> bool:
        """Return whether the budget is kept."""
        return self.measured <= self.budget


def time_rows(samples: Samples, count: int) -> Iterator[Row]:
    """Yield how long each work took, as a ratio."""
    for layout in layouts(count):
        for work, budget in ((f"start, {layout.name}", 1.5), (f"restore, {layout.name}", layout.restore_budget)):
            ours, peer = (median(sample.seconds for sample in samples[work, who]) for who in (OURS, PEER))
            yield Row(work, ours, peer, ours / peer, ours / peer, budget)


def block_rows(samples: Samples, count: int) -> Iterator[Row]:
    """Yield how long the event loop was held at most in each work: the median of the rounds."""
    for layout in layouts(count):
        for work in (f"start, {layout.name}", f"restore, {layout.name}"):
            ours, peer = (median(sample.block for sample in samples[work, who]) for who in (OURS, PEER))
            yield Row(f"longest block: {work}", ours, peer, ours / peer, ours, BLOCK_BUDGET)


def print_table(rows: list[Row]) -> None:
    """Print the table for a person."""
    print(f"{'':<36}{'ours':>10}{'peer':>10}{'ratio':>8}{'budget':>9}")
    for row in rows:
        budget = f"{row.budget * 1000:.0f} ms" if row.work.startswith("longest") else f"{row.budget:.1f} x"
        times = f"{row.ours * 1000:>7.0f} ms{row.peer * 1000:>7.0f} ms{row.ratio:>6.2f} x"
        print(f"{row.work:<36}{times}{budget:>9}  {'kept' if row.is_kept else 'BROKEN'}")


def save(file: Path, rows: list[Row], samples: Samples) -> None:
    """Save the table and every sample."""
    told = [asdict(row) | {"is_kept": row.is_kept} for row in rows]
    raw = [
        {"work": work, "who": who, "samples": [asdict(sample) for sample in each]}
        for (work, who), each in samples.items()
    ]
    file.write_text(json.dumps({"rows": told, "samples": raw}, indent=2) + "\n", encoding="utf-8")


async def async_run(count: int, rounds: int) -> Samples:
    """Measure in a house that is gone afterwards."""
    with TemporaryDirectory() as folder:
        async with a_house(folder, count) as house:
            return await async_measure(house, count, rounds)


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark", description="Measure bedtime mode against scenes.")
    parser.add_argument("--lights", type=int, default=1000, help="how many there are (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of which the medians are told (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the table and every sample")
    asked = parser.parse_args()
    if not 1 <= asked.lights <= MOST_LIGHTS or asked.rounds < 1:
        parser.error(f"there can be 1 to {MOST_LIGHTS} lights, and must be a round")
    return asked


def main() -> None:
    """Measure, tell, and fail if a budget is broken."""
    asked = arguments()
    logging.basicConfig(level=logging.WARNING)
    with asyncio.Runner(loop_factory=create_event_loop) as runner:
        samples = runner.run(async_run(asked.lights, asked.rounds))
    rows = [*time_rows(samples, asked.lights), *block_rows(samples, asked.lights)]
    print_table(rows)
    if asked.json:
        save(asked.json, rows, samples)
    sys.exit(not all(row.is_kept for row in rows))


if __name__ == "__main__":
    try:
        main()
    except BenchmarkError as error:
        sys.exit(f"benchmark: {error}")
