"""Measure bedtime mode, the diary and the cards against Home Assistant's own. Started by scripts/benchmark."""

import argparse
import asyncio
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
import gc
import logging
from pathlib import Path
import sys
from typing import Any, Final, override

import benchmark_cards
import benchmark_diary
from benchmark_tools import (
    DOMAIN,
    BenchmarkError,
    Row,
    Sample,
    Samples,
    a_home,
    async_bedroom,
    async_settle,
    block_row,
    measured,
    print_table,
    save,
    time_row,
)
from homeassistant.components.light import ColorMode, LightEntity
from homeassistant.components.light.const import DATA_COMPONENT
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context, HomeAssistant
from homeassistant.runner import create_event_loop

SCENE: Final = "scene.before_bedtime"
LATENCY: Final = 0.02
"""Seconds that a light takes to do as it is told."""

MOST_LIGHTS: Final = 4000
"""More would not all be different."""

type Look = tuple[int, int]
"""The brightness and the colour temperature of a light."""

NIGHT: Final[Look] = (13, 2200)
ELSEWHERE: Final[Look] = (120, 6500)
"""A look that is neither the night's nor any light's before it."""

OURS: Final = "rls_bedtime"
PEER: Final = "scene"


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


class House:
    """A Home Assistant full of bulbs, with one bedroom that holds them all."""

    def __init__(self, hass: HomeAssistant, bulbs: list[Bulb], entry: ConfigEntry[Any]) -> None:
        """Know what is in it."""
        self.hass = hass
        self._bulbs = bulbs
        self._entry = entry
        self._lights = [bulb.entity_id for bulb in bulbs]

    async def async_arrange(self, looks: tuple[Look, ...]) -> None:
        """Bring the lights into a known state, by way of one that makes the session let go of all of them."""
        for now in (tuple(ELSEWHERE for _ in looks), looks):
            for bulb, look in zip(self._bulbs, now, strict=True):
                bulb.show(look)
            await async_settle(self.hass)
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

    async def _async_call(self, domain: str, action: str, *, return_response: bool = False, **data: Any) -> None:
        """Call an action; of ours, a response is given when the lights have answered."""
        await self.hass.services.async_call(domain, action, data, blocking=True, return_response=return_response)


# --- measuring -------------------------------------------------------------------------------------------------------


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
    async with measured(house.hass) as start:
        await house.async_start(who)
        house.check(tuple(NIGHT for _ in layout.looks), f"{who}'s start")
    gc.collect()
    async with measured(house.hass) as restore:
        await house.async_restore(who)
        house.check(layout.looks, f"{who}'s restore")
    return {f"start, {layout.name}": start, f"restore, {layout.name}": restore}


# --- telling ---------------------------------------------------------------------------------------------------------


def lights_rows(samples: Samples, count: int) -> Iterator[Row]:
    """Yield how long each work took, and how long the event loop was held at most meanwhile."""
    budgets = {f"restore, {layout.name}": layout.restore_budget for layout in layouts(count)}
    works = [f"{work}, {layout.name}" for layout in layouts(count) for work in ("start", "restore")]
    for work in works:
        yield time_row(work, samples[work, OURS], samples[work, PEER], budgets.get(work, 1.5))
    for work in works:
        yield block_row(work, samples[work, OURS], samples[work, PEER])


async def async_run(count: int, rounds: int) -> Samples:
    """Measure in a house full of bulbs."""
    async with a_home("light", "scene", "switch") as hass:
        bulbs = [Bulb(number) for number in range(count)]
        await hass.data[DATA_COMPONENT].async_add_entities(bulbs)
        await hass.async_start()
        entry = await async_bedroom(hass, [bulb.entity_id for bulb in bulbs])
        return await async_measure(House(hass, bulbs, entry), count, rounds)


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(
        prog="scripts/benchmark", description="Measure bedtime mode, the diary and the cards."
    )
    parser.add_argument("--only", choices=("lights", "diary", "cards"), help="measure one of them")
    parser.add_argument("--lights", type=int, default=1000, help="how many there are (%(default)s)")
    parser.add_argument("--episodes", type=int, default=100_000, help="in a long diary (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="of which the medians are told (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="save the table and every sample")
    asked = parser.parse_args()
    if not 1 <= asked.lights <= MOST_LIGHTS or asked.rounds < 1:
        parser.error(f"there can be 1 to {MOST_LIGHTS} lights, and must be a round")
    if asked.episodes < 1:
        parser.error("there must be an episode")
    return asked


def main() -> None:
    """Measure, tell, and fail if a budget is broken."""
    asked = arguments()
    logging.basicConfig(level=logging.WARNING)
    samples: Samples = {}
    rows: list[Row] = []
    if asked.only in (None, "lights"):
        with asyncio.Runner(loop_factory=create_event_loop) as runner:
            samples |= runner.run(async_run(asked.lights, asked.rounds))
        rows += lights_rows(samples, asked.lights)
    if asked.only in (None, "diary"):
        with asyncio.Runner(loop_factory=create_event_loop) as runner:
            samples |= runner.run(benchmark_diary.async_run(asked.episodes, asked.rounds))
        rows += benchmark_diary.rows(samples, asked.episodes)
    if asked.only in (None, "cards"):
        samples |= benchmark_cards.run(asked.rounds)
        rows += benchmark_cards.rows(samples)
    print_table(rows)
    if asked.json:
        save(asked.json, rows, samples)
    sys.exit(not all(row.is_kept for row in rows))


if __name__ == "__main__":
    try:
        main()
    except BenchmarkError as error:
        sys.exit(f"benchmark: {error}")
