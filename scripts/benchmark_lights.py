"""Compare bedtime mode with a scene for the same lights. Part of scripts/benchmark."""

from collections.abc import Iterator
from dataclasses import dataclass
import gc
import sys
from typing import Any, Final

from benchmark_tools import (
    DOMAIN,
    BenchmarkError,
    Row,
    Sample,
    Samples,
    Unit,
    async_add_bedroom,
    async_settle,
    block_row,
    measure,
    new_samples,
    temporary_home_assistant,
    time_row,
)
from homeassistant.core import HomeAssistant
from simulated_lights import LightSettings, SimulatedLight, async_add_lights

SIZES: Final = (10, 50, 100, 1000)
"""How many lights are measured."""

MAX_LIGHTS: Final = 4000
"""With more, their settings could not all be different."""

LARGE: Final = 1000
"""From how many lights on the budgets for large homes apply."""

SCENE: Final = "scene.before_bedtime"

NIGHT: Final[LightSettings] = (13, 2200)
UNUSED: Final[LightSettings] = (120, 6500)
"""Settings that are neither those of the night nor those of any light before it."""

OURS: Final = "rls_bedtime"
PEER: Final = "scene"

START_BUDGET: Final = 1.3
BLOCK_RATIO_BUDGET: Final = 0.5


@dataclass(frozen=True, slots=True)
class Layout:
    """The settings of the lights before bedtime, and the budget to restore them."""

    name: str
    settings: tuple[LightSettings, ...]
    restore_budget: float

    @property
    def start(self) -> str:
        """Return the name of the start in the results."""
        return f"start, {len(self.settings):,} lights, {self.name}"

    @property
    def restore(self) -> str:
        """Return the name of the restore in the results."""
        return f"restore, {len(self.settings):,} lights, {self.name}"


def layouts(count: int) -> tuple[Layout, ...]:
    """Return the layouts that are measured."""
    equal = tuple((200, 4000) for _ in range(count))
    different = tuple((56 + number % 200, 2400 + number) for number in range(count))
    budgets = (1.0, 1.3) if count >= LARGE else (1.2, 1.2)
    return Layout("equal", equal, budgets[0]), Layout("all different", different, budgets[1])


class LightsBenchmark:
    """A Home Assistant with simulated lights, all of them in one bedroom."""

    def __init__(self, hass: HomeAssistant, lights: list[SimulatedLight]) -> None:
        self.hass = hass
        self._lights = lights
        self._entity_ids = [light.entity_id for light in lights]

    async def async_prepare(self, settings: tuple[LightSettings, ...]) -> None:
        """Set the lights, by way of settings that make the last session drop its pending restores."""
        for each in (tuple(UNUSED for _ in settings), settings):
            for light, of_light in zip(self._lights, each, strict=True):
                light.change_locally(of_light)
            await async_settle(self.hass)
        self.check(settings, "being set by hand")
        gc.collect()

    def check(self, settings: tuple[LightSettings, ...], after: str) -> None:
        """Raise BenchmarkError unless the lights have these settings."""
        wrong = sum(light.settings != expected for light, expected in zip(self._lights, settings, strict=True))
        if wrong:
            raise BenchmarkError(f"{wrong} of {len(settings)} lights have wrong settings after {after}.")

    async def async_start(self, who: str) -> None:
        """Take a snapshot of the lights and set them for the night."""
        if who == OURS:
            await self._async_call(DOMAIN, "start", return_response=True)
        else:
            scene_id = SCENE.removeprefix("scene.")
            await self._async_call("scene", "create", scene_id=scene_id, snapshot_entities=self._entity_ids)
            brightness, kelvin = NIGHT
            data: dict[str, Any] = {"brightness": brightness, "color_temp_kelvin": kelvin}
            await self._async_call("light", "turn_on", entity_id=self._entity_ids, **data)

    async def async_restore(self, who: str) -> None:
        """Restore the lights."""
        if who == OURS:
            await self._async_call(DOMAIN, "stop", return_response=True)
        else:
            await self._async_call("scene", "turn_on", entity_id=SCENE)

    async def _async_call(self, domain: str, action: str, *, return_response: bool = False, **data: Any) -> None:
        """Call an action. The response of ours is given when the lights have executed their commands."""
        await self.hass.services.async_call(domain, action, data, blocking=True, return_response=return_response)


async def async_run(sizes: tuple[int, ...], rounds: int) -> Samples:
    """Measure with each number of lights, in a Home Assistant of its own."""
    samples = new_samples()
    for count in sizes:
        async with temporary_home_assistant("light", "scene", "switch") as hass:
            lights = await async_add_lights(hass, count)
            await hass.async_start()
            await async_add_bedroom(hass, [light.entity_id for light in lights])
            samples |= await _async_measure(LightsBenchmark(hass, lights), count, rounds)
    return samples


async def _async_measure(benchmark: LightsBenchmark, count: int, rounds: int) -> Samples:
    """Measure alternately who goes first. The first round warms up and does not count."""
    samples = new_samples()
    for number in range(rounds + 1):
        order = (OURS, PEER) if number % 2 else (PEER, OURS)
        for layout in layouts(count):
            for who in order:
                for work, sample in (await _async_measure_night(benchmark, layout, who)).items():
                    if number:
                        samples[work, who].append(sample)
        progress = f"round {number} of {rounds}" if number else "warmed up"
        print(f"benchmark: {count:,} lights, {progress}", file=sys.stderr)
    return samples


async def _async_measure_night(benchmark: LightsBenchmark, layout: Layout, who: str) -> dict[str, Sample]:
    """Start and restore once and return the sample of each."""
    await benchmark.async_prepare(layout.settings)
    async with measure(benchmark.hass) as start:
        await benchmark.async_start(who)
        benchmark.check(tuple(NIGHT for _ in layout.settings), f"the start by {who}")
    gc.collect()
    async with measure(benchmark.hass) as restore:
        await benchmark.async_restore(who)
        benchmark.check(layout.settings, f"the restore by {who}")
    return {layout.start: start, layout.restore: restore}


def rows(samples: Samples, sizes: tuple[int, ...]) -> Iterator[Row]:
    """Yield the durations of all sizes, and the longest blocks of the event loop of large ones."""
    for layout in (layout for count in sizes for layout in layouts(count)):
        for work, budget in ((layout.start, START_BUDGET), (layout.restore, layout.restore_budget)):
            yield time_row(work, samples[work, OURS], samples[work, PEER], budget)
    for layout in (layout for count in sizes if count >= LARGE for layout in layouts(count)):
        for work in (layout.start, layout.restore):
            ours, peer = samples[work, OURS], samples[work, PEER]
            yield block_row(work, ours, peer, BLOCK_RATIO_BUDGET, Unit.RATIO)
            yield block_row(work, ours, peer)
