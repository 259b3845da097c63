"""Send the figures of diaries to Home Assistant's long-term statistics, and clear those that nobody wants any more.

The recorder is never trusted to have what was sent: its rows are compared with the diary, and what differs is sent. So
a restart, a restored backup, or a recorder that was away needs nothing else than the comparison after each start.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from functools import partial
from itertools import batched
from typing import Any, Final, cast

from homeassistant.components.recorder import DOMAIN as RECORDER_DOMAIN, Recorder, get_instance
from homeassistant.components.recorder.models import StatisticData, StatisticMeanType, StatisticMetaData
from homeassistant.components.recorder.statistics import (
    async_add_external_statistics,
    get_metadata,
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
    ConfigSubentry,
)
from homeassistant.const import EVENT_CORE_CONFIG_UPDATE
from homeassistant.core import CALLBACK_TYPE, CoreState, Event, HassJob, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.recorder import async_migration_in_progress
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey
from sqlalchemy.exc import SQLAlchemyError

from .const import DOMAIN, LOGGER, SUBENTRY_SLEEPER
from .coordinator import BedtimeConfigEntry, SleeperCoordinator
from .diary.models import WriteResult
from .diary.statistics.long_term import (
    COLUMNS,
    HourlyValues,
    Row,
    Series,
    StatisticsSource,
    earliest_hour,
    rows_to_write,
    start_of,
    statistic_key,
)
from .diary_manager import DIARY_MANAGER
from .localize import async_get_texts
from .sleeper_options import diary_id_of, has_long_term_statistics

DEBOUNCE: Final = timedelta(seconds=5)
"""How long after a change it is sent, with those that follow it. A night's taps come in groups."""

CHUNK_SIZE: Final = 500
"""Rows at once. Home Assistant 2026.10 takes a millisecond for each, and other work of the recorder waits."""

MAX_ATTEMPTS: Final = 3
"""How often the same is sent to a recorder that does not store it."""

MAX_NAME_LENGTH: Final = 200
"""How much of a sleeper's name is in those of the statistics: some databases refuse more than 255 characters."""

CLEAR_TIMEOUT: Final = 10
"""Seconds to wait for the recorder to clear statistics. During a backup it does not write."""

_SENDERS: HassKey[dict[str, StatisticsSender]] = HassKey(f"{DOMAIN}.statistics_senders")

_NOT_SENDING: Final = (
    ConfigEntryState.NOT_LOADED,
    ConfigEntryState.SETUP_ERROR,
    ConfigEntryState.SETUP_RETRY,
    ConfigEntryState.MIGRATION_ERROR,
)

_MEAN_TYPES: Final = {Series.SEVERITY: StatisticMeanType.ARITHMETIC}


# --- what there is ----------------------------------------------------------------------------------------------------


def statistic_ids(subentry: ConfigSubentry) -> dict[Series, str]:
    """Return the ids of a sleeper's statistics; none unless they are on."""
    return _statistic_ids(diary_id_of(subentry)) if has_long_term_statistics(subentry) else {}


def _statistic_ids(diary_id: str) -> dict[Series, str]:
    return {series: f"{DOMAIN}:{series}_{statistic_key(diary_id)}" for series in Series}


@callback
def _async_get_recorder(hass: HomeAssistant) -> Recorder | None:
    """Return the recorder, or None if there is none that can be used now."""
    if RECORDER_DOMAIN not in hass.config.components or async_migration_in_progress(hass):
        return None
    recorder = get_instance(hass)
    return recorder if recorder.is_running else None


@callback
def async_set_up_statistics(hass: HomeAssistant, entry: BedtimeConfigEntry) -> None:
    """Send the statistics of a bedroom's sleepers until its entry is unloaded."""
    for sleeper in entry.runtime_data.sleepers.values():
        if has_long_term_statistics(sleeper.subentry):
            StatisticsSender(hass, sleeper).async_start()


# --- clearing ---------------------------------------------------------------------------------------------------------


@callback
def async_clear_unwanted_statistics(hass: HomeAssistant) -> None:
    """Clear the statistics of sleepers who have turned them off or were removed, now and from now on.

    A bedroom that cannot be loaded is no reason to keep them. While one is loaded, they may still be sent: a change of
    its sleepers reloads it.
    """

    @callback
    def clean_up(_hass: HomeAssistant) -> None:
        hass.async_create_task(_async_clean_up(hass), f"{DOMAIN} statistics clean-up")

    @callback
    def follow(_change: ConfigEntryChange, entry: ConfigEntry[Any]) -> None:
        if entry.domain == DOMAIN and entry.state in _NOT_SENDING and hass.state is CoreState.running:
            clean_up(hass)

    async_at_started(hass, clean_up)
    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, follow)


async def _async_clean_up(hass: HomeAssistant) -> None:
    if (recorder := _async_get_recorder(hass)) is None:
        return
    try:
        found = await recorder.async_add_executor_job(partial(get_metadata, hass, statistic_source=DOMAIN))
    except (RuntimeError, SQLAlchemyError) as error:
        LOGGER.debug("The statistics cannot be cleaned up now: %s", error)
        return
    # What is wanted is looked up only now: it may have changed meanwhile.
    if unwanted := found.keys() - _async_wanted_ids(hass):
        recorder.async_clear_statistics(sorted(unwanted))


@callback
def _async_wanted_ids(hass: HomeAssistant) -> set[str]:
    """Return the ids of the statistics of the sleepers of all bedrooms, loaded or not."""
    return {
        statistic_id
        for entry in hass.config_entries.async_entries(DOMAIN)
        for subentry in entry.get_subentries_of_type(SUBENTRY_SLEEPER)
        for statistic_id in statistic_ids(subentry).values()
    }


async def async_clear_statistics(hass: HomeAssistant, diary_id: str) -> None:
    """Clear the statistics of an erased diary, and wait for that, but not for long.

    What the recorder cannot clear now is cleared after the next start, because nobody wants it.
    """
    if (sender := hass.data.get(_SENDERS, {}).get(diary_id)) is not None:
        sender.async_stop()
    if (recorder := _async_get_recorder(hass)) is None:
        return
    recorder.async_clear_statistics(list(_statistic_ids(diary_id).values()))
    with suppress(TimeoutError):
        async with asyncio.timeout(CLEAR_TIMEOUT):
            await _async_wait(recorder)


# --- sending ----------------------------------------------------------------------------------------------------------


class StatisticsSender:
    """Sends the statistics of one sleeper, in the background."""

    def __init__(self, hass: HomeAssistant, coordinator: SleeperCoordinator) -> None:
        self._hass = hass
        self._coordinator = coordinator
        self._diary_id = diary_id_of(coordinator.subentry)
        self._ids = _statistic_ids(self._diary_id)
        self._since: int | None = None
        """The hour from which on the diary has to be compared with the recorder; None if nothing is to be done."""
        self._task: asyncio.Task[None] | None = None
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._name = f"{DOMAIN} statistics of {coordinator.name}"
        self._timer_job = HassJob(self._handle_timer, self._name, cancel_on_shutdown=True)

    @callback
    def async_start(self) -> None:
        """Start with Home Assistant, and stop when the entry is unloaded."""
        self._hass.data.setdefault(_SENDERS, {})[self._diary_id] = self
        self._unsubscribe = [
            self._coordinator.async_add_change_listener(self._handle_change),
            self._hass.data[DIARY_MANAGER].async_add_listener(self._handle_file_replaced),
            self._hass.bus.async_listen(EVENT_CORE_CONFIG_UPDATE, self._handle_core_config_update),
            async_at_started(self._hass, self._handle_started),
        ]
        self._coordinator.config_entry.async_on_unload(self.async_stop)

    @callback
    def async_stop(self) -> None:
        """Send nothing any more. What is not sent yet is sent after the next start."""
        while self._unsubscribe:
            self._unsubscribe.pop()()
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if self._task is not None:
            self._task.cancel()
        senders = self._hass.data[_SENDERS]
        if senders.get(self._diary_id) is self:
            del senders[self._diary_id]

    @callback
    def _handle_started(self, _hass: HomeAssistant) -> None:
        self._request(0)
        self._send()

    @callback
    def _handle_change(self, result: WriteResult) -> None:
        hour = earliest_hour(result.transitions, dt_util.get_default_time_zone())
        if hour is not None:
            self._schedule(hour)

    @callback
    def _handle_file_replaced(self) -> None:
        self._schedule(0)

    @callback
    def _handle_core_config_update(self, _event: Event) -> None:
        """Compare everything: the time zone moves the nights, and the language changes the names."""
        self._schedule(0)

    @callback
    def _schedule(self, since: int) -> None:
        self._request(since)
        if self._cancel_timer is None:
            self._cancel_timer = async_call_later(self._hass, DEBOUNCE, self._timer_job)

    @callback
    def _request(self, since: int) -> None:
        self._since = since if self._since is None else min(since, self._since)

    @callback
    def _take_request(self) -> int | None:
        since, self._since = self._since, None
        return since

    @callback
    def _handle_timer(self, _now: datetime) -> None:
        self._cancel_timer = None
        self._send()

    @callback
    def _send(self) -> None:
        if self._task is None or self._task.done():
            self._task = self._coordinator.config_entry.async_create_background_task(
                self._hass, self._async_send(), self._name
            )

    async def _async_send(self) -> None:
        """Send what differs, until nothing does. What cannot be sent now is sent with the next change."""
        attempts = 0
        while (since := self._take_request()) is not None:
            if (recorder := _async_get_recorder(self._hass)) is None:
                self._request(since)
                return
            try:
                is_complete = await self._async_send_since(since, recorder)
            except (HomeAssistantError, RuntimeError, SQLAlchemyError) as error:
                # A recorder that stops reads nothing any more: a RuntimeError.
                LOGGER.debug("The statistics of a diary cannot be sent now: %s", error)
                self._request(since)
                return
            attempts = attempts + 1 if self._since is None else 0
            if is_complete:
                continue
            self._request(since)
            if attempts == MAX_ATTEMPTS:
                LOGGER.warning("The recorder does not store the statistics of a diary")
                return

    async def _async_send_since(self, since: int, recorder: Recorder) -> bool:
        """Send what differs from an hour on. Return whether nothing did."""
        texts = await async_get_texts(self._hass, "statistics")
        title = self._coordinator.subentry.title[:MAX_NAME_LENGTH]
        names = {series: texts[series].format(name=title) for series in Series}
        # What was sent before has to be there, or it would change what is compared.
        await _async_wait(recorder)
        source = await self._coordinator.async_get_statistics_source(since)
        renamed, rows = await recorder.async_add_executor_job(
            _find_differences, self._hass, self._ids, names, source, dt_util.get_default_time_zone()
        )
        for series in renamed:
            self._add(series, names[series], [])
        for chunk in batched(rows, CHUNK_SIZE, strict=False):
            for series, of_series in _by_series(chunk).items():
                self._add(series, names[series], of_series)
            await _async_wait(recorder)
        return not renamed and not rows

    @callback
    def _add(self, series: Series, name: str, rows: Sequence[Row]) -> None:
        """Add rows of a series to the recorder's queue. Its name is updated even if there are none."""
        metadata = StatisticMetaData(
            mean_type=_MEAN_TYPES.get(series, StatisticMeanType.NONE),
            has_sum="sum" in COLUMNS[series],
            name=name,
            source=DOMAIN,
            statistic_id=self._ids[series],
            unit_class=None,
            unit_of_measurement=None,
        )
        async_add_external_statistics(self._hass, metadata, [_statistic_data(row) for row in rows])


async def _async_wait(recorder: Recorder) -> None:
    """Wait until the recorder has done what is in its queue.

    Its own method to wait does not, while the last task in the queue is being done.
    """
    future = recorder.hass.loop.create_future()
    recorder.queue_task(SynchronizeTask(future))
    await future


def _find_differences(
    hass: HomeAssistant, ids: Mapping[Series, str], names: Mapping[Series, str], source: StatisticsSource, zone: tzinfo
) -> tuple[list[Series], list[Row]]:
    """Return the series whose recorded name differs, and the rows that differ."""
    found = get_metadata(hass, statistic_ids=set(ids.values()))
    renamed = [series for series in Series if ids[series] in found and found[ids[series]][1]["name"] != names[series]]
    return renamed, rows_to_write(source, _read_recorded(hass, ids, source.since), zone)


def _read_recorded(hass: HomeAssistant, ids: Mapping[Series, str], since: int) -> dict[Series, HourlyValues]:
    """Return the recorded values from an hour on."""
    recorded = statistics_during_period(
        hass, start_of(since), None, set(ids.values()), "hour", None, {"state", "sum", "mean", "min", "max"}
    )
    return {
        series: {
            int(row["start"]): tuple(row.get(column) for column in COLUMNS[series])  # type: ignore[misc]
            for row in recorded.get(ids[series], ())
        }
        for series in Series
    }


def _by_series(rows: Collection[Row]) -> Mapping[Series, list[Row]]:
    found: defaultdict[Series, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.series].append(row)
    return found


def _statistic_data(row: Row) -> StatisticData:
    values = zip(COLUMNS[row.series], row.values, strict=True)
    known = {column: value for column, value in values if value is not None}
    return cast(StatisticData, {"start": start_of(row.hour), **known})
