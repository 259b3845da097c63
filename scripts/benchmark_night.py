"""Count the commands and the storage writes of a simulated night. Part of scripts/benchmark."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import time
from typing import Any, Final, override
from unittest.mock import patch

from benchmark_tools import (
    DOMAIN,
    BenchmarkError,
    Row,
    Unit,
    async_add_bedroom,
    temporary_home_assistant,
)
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.async_ import get_scheduled_timer_handles
from simulated_lights import async_add_lights

LIGHTS: Final = 10
WIND_DOWN: Final = 45
"""Minutes."""

COMMANDS_BUDGET: Final = 1.0
"""The ratio to one command a minute during wind-down."""

WRITES_BUDGET: Final = 60

BEDTIME_IN: Final = timedelta(hours=1)
NIGHT_LENGTH: Final = timedelta(hours=8)
"""From now on, until an hour after the session has ended."""

TIMER_RUN_TIME: Final = 0.02
"""Seconds in which the timers that are due have started their jobs."""

_real_time = time.time


class SimulatedClock:
    """A clock that is set forward instead of waiting."""

    def __init__(self) -> None:
        self.offset = 0.0

    def time(self) -> float:
        """Return the simulated Unix time."""
        return _real_time() + self.offset

    def utcnow(self) -> datetime:
        """Return the simulated time in UTC."""
        return datetime.fromtimestamp(self.time(), UTC)

    def now(self, time_zone: Any = None) -> datetime:
        """Return the simulated time, in the time zone of Home Assistant by default."""
        return self.utcnow().astimezone(time_zone or dt_util.get_default_time_zone())

    @contextmanager
    def used_by_home_assistant(self) -> Iterator[None]:
        """Let Home Assistant use this clock, everywhere it looks up the time."""
        with (
            patch("time.time", self.time),
            patch.multiple("homeassistant.util.dt", utcnow=self.utcnow, now=self.now),
            patch.multiple(
                "homeassistant.helpers.event", time_tracker_utcnow=self.utcnow, time_tracker_timestamp=self.time
            ),
        ):
            yield


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose timers are due by a simulated clock."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._simulated_clock = clock
        super().__init__()

    @override
    def time(self) -> float:
        return super().time() + self._simulated_clock.offset


@dataclass(slots=True)
class NightCounts:
    """What happened during the night: commands to single lights, storage writes, and the phases of bedtime mode."""

    commands: int = 0
    writes: int = 0
    phases: list[str] = field(default_factory=list)


def run() -> NightCounts:
    """Simulate a night with a wind-down, from the day before to the day after."""
    clock = SimulatedClock()
    with asyncio.Runner(loop_factory=lambda: SimulatedLoop(clock)) as runner, clock.used_by_home_assistant():
        return runner.run(_async_run(clock))


async def _async_run(clock: SimulatedClock) -> NightCounts:
    counts = NightCounts()
    async with temporary_home_assistant("light", "scene", "switch") as hass:
        lights = await async_add_lights(hass, LIGHTS)
        await hass.async_start()
        for number, light in enumerate(lights):
            light.change_locally((155 + 10 * number, 3000 + 100 * number))
        entity_ids = [light.entity_id for light in lights]
        before = [light.settings for light in lights]
        await async_add_bedroom(hass, entity_ids, bedtime=dt_util.now() + BEDTIME_IN, automatic=True)
        with _counting(hass, set(entity_ids), counts):
            await _async_advance(hass, clock, NIGHT_LENGTH)
        if not counts.writes:
            raise BenchmarkError("No write to the storage was counted.")
        if counts.phases != ["wind_down", "bedtime", "off"]:
            raise BenchmarkError(f"The night went through the phases {counts.phases}.")
        if [light.settings for light in lights] != before:
            raise BenchmarkError("The lights were not restored after the night.")
    return counts


@contextmanager
def _counting(hass: HomeAssistant, entity_ids: set[str], counts: NightCounts) -> Iterator[None]:
    """Count in the context."""
    write_data = Store._async_write_data  # noqa: SLF001 - all ways to save end here

    async def count_write(store: Store[Any], data: dict[str, Any]) -> None:
        counts.writes += store.key.startswith(DOMAIN)
        await write_data(store, data)

    def count_commands(event: Event[Any]) -> None:
        if event.data["domain"] == "light":
            commanded = event.data["service_data"].get("entity_id", [])
            counts.commands += len(entity_ids.intersection([commanded] if isinstance(commanded, str) else commanded))

    def record_phase(event: Event[EventStateChangedData]) -> None:
        state = event.data["new_state"]
        if state is not None and state.state not in counts.phases[-1:]:
            counts.phases.append(state.state)

    registry = er.async_get(hass).entities.values()
    phase_sensor = next(entry.entity_id for entry in registry if entry.translation_key == "phase")
    stop_counting = hass.bus.async_listen(EVENT_CALL_SERVICE, count_commands)
    stop_recording = async_track_state_change_event(hass, phase_sensor, record_phase)
    with patch.object(Store, "_async_write_data", count_write):
        yield
    stop_counting()
    stop_recording()


async def _async_advance(hass: HomeAssistant, clock: SimulatedClock, duration: timedelta) -> None:
    """Set the clock forward from timer to timer until the duration has passed."""
    end = hass.loop.time() + duration.total_seconds()
    while hass.loop.time() < end:
        await asyncio.sleep(TIMER_RUN_TIME)
        await hass.async_block_till_done(wait_background_tasks=True)
        timers = (timer.when() for timer in get_scheduled_timer_handles(hass.loop) if not timer.cancelled())
        clock.offset += max(0, min(end, *timers) - hass.loop.time())


def rows(counts: NightCounts) -> Iterator[Row]:
    """Yield the commands for each light, compared with one a minute, and the storage writes."""
    night = f"a night with {LIGHTS} lights, {WIND_DOWN} minutes of wind-down"
    yield Row(f"commands per light, {night}", counts.commands / LIGHTS, WIND_DOWN, COMMANDS_BUDGET, is_time=False)
    yield Row(f"storage writes, {night}", counts.writes, None, WRITES_BUDGET, Unit.COUNT, is_time=False)
