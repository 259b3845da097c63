"""Compare a long diary with an empty one and with a to-do list. Part of scripts/benchmark."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
import gc
from itertools import batched
import os
from pathlib import Path
import shutil
import sys
from typing import Any, Final

from benchmark_tools import (
    DOMAIN,
    BenchmarkError,
    Row,
    Sample,
    Samples,
    async_add_bedroom,
    async_add_entry,
    async_settle,
    block_row,
    measure,
    new_samples,
    temporary_home_assistant,
    time_row,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream
from ical.todo import Todo
from sqlalchemy.orm import Session

from custom_components.rls_bedtime.const import DIARY_FILE
from custom_components.rls_bedtime.diary import episodes
from custom_components.rls_bedtime.diary.models import (
    BodyPart,
    EpisodeContext,
    NewEpisode,
    Relief,
    ReliefEffect,
    Sensation,
    Side,
)
from custom_components.rls_bedtime.diary.storage.database import Database

YEARS: Final = 10
"""The length of a diary, up to now."""

LIST_LENGTH: Final = 10_000
"""Items in the to-do list, and episodes in the diary that is compared with it."""

SETUPS: Final = 3
LOGS: Final = 10
"""How often each diary is set up in a round, and how many episodes are logged after each setup."""

ITEMS: Final = 2
"""How many items are added to the list in each round."""

LOG: Final = "log an episode"
SET_UP: Final = "set up"
ADD: Final = "add to the list"
LIST: Final = "todo.local_list"


class DiaryBenchmark:
    """A Home Assistant with one sleeper, whose diary can be replaced by another, and a long to-do list."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], diaries: dict[str, Path]) -> None:
        self._hass = hass
        self._entry = entry
        self._diaries = diaries
        self._file = Path(hass.config.path(DIARY_FILE))
        self._counter = 0

    async def async_measure_setup(self, diary: str) -> Sample:
        """Replace the diary and measure the setup of the bedroom with it."""
        await self._hass.config_entries.async_unload(self._entry.entry_id)
        await self._hass.async_add_executor_job(self._copy_diary, self._diaries[diary])
        await self._async_settle()
        async with measure(self._hass, background=True) as sample:
            if not await self._hass.config_entries.async_setup(self._entry.entry_id):
                raise BenchmarkError(f"The bedroom could not be set up: {self._entry.reason}.")
        return sample

    async def async_measure_log(self) -> Sample:
        """Measure how long it takes to log an episode that is no repeat."""
        self._counter += 1
        data = {"severity": self._counter % 11, "body_parts": "calf, foot", "note": f"The {self._counter}th"}
        return await self._async_measure_call(DOMAIN, "log_episode", **data)

    async def async_measure_add_item(self) -> Sample:
        """Measure how long it takes to add an item to the list."""
        self._counter += 1
        return await self._async_measure_call("todo", "add_item", entity_id=LIST, item=f"The {self._counter}th")

    async def _async_measure_call(self, domain: str, action: str, **data: Any) -> Sample:
        await self._async_settle()
        async with measure(self._hass, background=True) as sample:
            await self._hass.services.async_call(domain, action, data, blocking=True)
        return sample

    async def _async_settle(self) -> None:
        await async_settle(self._hass, background=True)
        gc.collect()

    def _copy_diary(self, diary: Path) -> None:
        """Copy a diary into the configuration directory."""
        for old in self._file.parent.glob(f"{self._file.name}*"):
            old.unlink()
        shutil.copy(diary, self._file)
        # Pending writes would slow down the next measurement.
        os.sync()


# --- setup -----------------------------------------------------------------------------------------------------------


async def async_run(count: int, rounds: int) -> Samples:
    """Measure with a diary of this many episodes, one of ten thousand, and an empty one."""
    async with temporary_home_assistant("todo") as hass:
        await hass.async_start()
        entry = await async_add_bedroom(hass, [])
        sleeper = next(iter(entry.subentries))
        await hass.async_add_executor_job(_write_list, hass)
        await async_add_entry(hass, "local_todo", {"user": {"todo_list_name": LIST.removeprefix("todo.")}})
        diaries = {name: Path(hass.config.path(f"{name}.db")) for name in diary_names(count)}
        for length, file in zip((count, LIST_LENGTH, 0), diaries.values(), strict=True):
            await hass.async_add_executor_job(write_diary, file, sleeper, length, dt_util.now())
        return await async_measure(DiaryBenchmark(hass, entry, diaries), rounds, *diaries)


def diary_names(count: int) -> tuple[str, str, str]:
    """Return the names of the long diary, of the one that is as long as the list, and of the empty one."""
    return f"{count:,} in the diary", f"{LIST_LENGTH:,} in it, as in the list", "empty"


def write_diary(file: Path, sleeper: str, count: int, now: datetime, years: int = YEARS) -> None:
    """Log this many episodes with details, the oldest first, a thousand in one transaction."""
    print(f"benchmark: writing a diary of {count:,}", file=sys.stderr)
    database = Database(file)
    for chunk in batched(range(count, 0, -1), 1000, strict=False):
        step = timedelta(days=365 * years) / count
        database.write(partial(_log_episodes, sleeper=sleeper, numbers=chunk, step=step, now=now))
    database.close()


def _log_episodes(session: Session, sleeper: str, numbers: Iterable[int], step: timedelta, now: datetime) -> None:
    for number in numbers:
        started_at = now.astimezone(UTC) - step * number
        logged_at = (started_at + timedelta(minutes=5)).astimezone(now.tzinfo)
        episodes.log(session, sleeper, _new_episode(number, started_at), logged_at, EpisodeContext())


def _new_episode(number: int, started_at: datetime) -> NewEpisode:
    return NewEpisode(
        started_at=started_at,
        duration=timedelta(minutes=3) if number % 2 else None,
        severity=number % 11,
        side=(Side.LEFT, Side.RIGHT, Side.BOTH)[number % 3],
        body_parts=(BodyPart.CALF, BodyPart.FOOT),
        sensations=(Sensation.URGE_TO_MOVE,),
        relief=(Relief.WALKING,),
        relief_effect=ReliefEffect.SOME,
        note=f"The {number}th from the end",
    )


def _write_list(hass: HomeAssistant) -> None:
    """Write the file of the to-do list."""
    items = [Todo(summary=f"Item {number}", description="Left calf and foot") for number in range(LIST_LENGTH)]
    file = Path(hass.config.path(".storage", f"local_todo.{LIST.removeprefix('todo.')}.ics"))
    calendar = Calendar()
    calendar.todos.extend(items)
    file.write_text(IcsCalendarStream.calendar_to_ics(calendar), encoding="utf-8")


# --- measuring -------------------------------------------------------------------------------------------------------


async def async_measure(benchmark: DiaryBenchmark, rounds: int, long: str, listed: str, empty: str) -> Samples:
    """Measure each diary and the list alternately. The first round warms up and does not count."""
    samples = new_samples()
    for number in range(rounds + 1):
        if not number:
            print("benchmark: warming up", file=sys.stderr)
        diaries = (long, listed, empty) if number % 2 else (empty, listed, long)
        for diary in diaries * SETUPS:
            set_up = await benchmark.async_measure_setup(diary)
            logs = [await benchmark.async_measure_log() for _ in range(LOGS)]
            if number:
                samples[SET_UP, diary].append(set_up)
                samples[LOG, diary] += logs
        items = [await benchmark.async_measure_add_item() for _ in range(ITEMS)]
        if number:
            samples[ADD, LIST] += items
            print(f"benchmark: round {number} of {rounds}", file=sys.stderr)
    return samples


def rows(samples: Samples, count: int) -> Iterator[Row]:
    """Yield the durations and the longest blocks of the event loop."""
    long, listed, empty = diary_names(count)
    work = [
        (f"{LOG}, {long}", samples[LOG, long], samples[LOG, empty], 1.2),
        (f"{LOG}, {listed}", samples[LOG, listed], samples[ADD, LIST], 0.02),
        (f"{SET_UP}, {long}", samples[SET_UP, long], samples[SET_UP, empty], 1.3),
    ]
    for name, ours, peer, budget in work:
        yield time_row(name, ours, peer, budget)
    for name, ours, peer, _ in work:
        yield block_row(name, ours, peer)
