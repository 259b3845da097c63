"""Keep what a night was like: the climate of the bedroom, and what a sleep tracker reports, once the night is over."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Final

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfTime
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import DurationConverter

from .bedroom_sensors import async_get_bedroom_sensors
from .bedtime.plan import Plan, valid_options
from .const import CONF_IN_BED_SENSOR, CONF_SLEEP_SENSOR, DOMAIN, Option
from .coordinator import BedtimeConfigEntry, SleeperCoordinator
from .diary.measurements import (
    NightHours,
    SleepReport,
    adds_to,
    hours_of_nights,
    mean_of_night,
    next_reading,
    nights_to_read,
    reported_minutes,
    unread_nights,
)
from .diary.models import NightConditions
from .diary.nights import night_of
from .recorder_data import async_convert_state_changes, async_get_hourly_means
from .sleeper_options import sensor_of
from .timers import OneShotTimer

_BEFORE: Final = timedelta(days=1)
"""How long before a night a sleep tracker may have shown what it still shows at night."""

_HOUR: Final = timedelta(hours=1)

_SLEEP_SENSORS: Final = {"minutes_asleep": CONF_SLEEP_SENSOR, "minutes_in_bed": CONF_IN_BED_SENSOR}

type _Values = Mapping[date, float | None]
"""What was measured in each night."""


@callback
def async_keep_night_conditions(hass: HomeAssistant, entry: BedtimeConfigEntry) -> None:
    """Keep the conditions of the nights of a bedroom's sleepers, until the entry is unloaded."""
    for coordinator in entry.runtime_data.sleepers.values():
        conditions = _NightConditions(hass, entry, coordinator)
        entry.async_on_unload(conditions.async_stop)
        entry.async_on_unload(async_at_started(hass, conditions.async_start))


class _NightConditions:
    """The conditions of one sleeper's nights.

    They are read when Home Assistant has started, then each morning and each noon: a sleep tracker may report late.
    Each time, what is missing of the nights before is read again, so nothing is lost if that fails once.
    """

    def __init__(self, hass: HomeAssistant, entry: BedtimeConfigEntry, coordinator: SleeperCoordinator) -> None:
        self._hass = hass
        self._entry = entry
        self._coordinator = coordinator
        self._timer = OneShotTimer(hass, self._timer_fired, f"{DOMAIN} conditions of {coordinator.name}")

    @callback
    def async_start(self, _hass: HomeAssistant) -> None:
        """Read what is missing, and schedule the next night."""
        self._timer_fired(dt_util.utcnow())

    @callback
    def async_stop(self) -> None:
        """Read no more."""
        self._timer.async_cancel()

    @callback
    def _timer_fired(self, now: datetime) -> None:
        plan, zone = self._plan, dt_util.get_default_time_zone()
        self._timer.async_schedule(next_reading(now, plan.bedtime, plan.wake_up, zone))
        self._entry.async_create_background_task(self._hass, self._async_update(), f"{DOMAIN} conditions of nights")

    @property
    def _plan(self) -> Plan:
        return Plan.from_options(self._entry.options)

    async def _async_update(self) -> None:
        """Read and record what is missing of the last nights. What fails is tried again with the next night."""
        area_id = valid_options(self._entry.options).get(Option.AREA)
        sensors = async_get_bedroom_sensors(self._hass, area_id)
        configured = {each: sensor_of(self._coordinator.subentry, option) for each, option in _SLEEP_SENSORS.items()}
        trackers = {measurement: entity_id for measurement, entity_id in configured.items() if entity_id}
        if sensors or trackers:
            with suppress(HomeAssistantError):
                await self._async_read_and_record(sensors, trackers)

    async def _async_read_and_record(self, sensors: Mapping[str, list[str]], trackers: Mapping[str, str]) -> None:
        now, plan, zone = dt_util.now(), self._plan, dt_util.get_default_time_zone()
        nights = nights_to_read(night_of(now))
        conditions, started = await self._coordinator.async_get_conditions(nights.first, nights.last)
        hours = hours_of_nights(nights, started, plan.bedtime, plan.wake_up, zone)
        unread = unread_nights(hours, conditions, (*sensors, *trackers), now)
        values = await self._async_read_bedroom(sensors, unread)
        values |= {name: await self._async_read_tracker(entity_id, unread) for name, entity_id in trackers.items()}
        known = {each.night: each for each in conditions}
        read = (
            _conditions(self._coordinator.diary_id, night, {name: values[name].get(night) for name in values})
            for night in unread
        )
        if new := [each for each in read if adds_to(known.get(each.night), each)]:
            await self._coordinator.async_record_conditions(new)

    async def _async_read_bedroom(
        self, sensors: Mapping[str, list[str]], unread: Mapping[date, NightHours]
    ) -> dict[str, _Values]:
        """Return the climate of the bedroom in each night, by what is measured."""
        entity_ids = {entity_id for entity_ids in sensors.values() for entity_id in entity_ids}
        start = min(hours.start for hours in unread.values()) - _HOUR
        end = max(hours.end for hours in unread.values())
        means = await async_get_hourly_means(self._hass, entity_ids, start, end)
        return {
            measurement: {
                night: mean_of_night(measurement, [means.get(each, ()) for each in entity_ids], hours)
                for night, hours in unread.items()
            }
            for measurement, entity_ids in sensors.items()
        }

    async def _async_read_tracker(self, entity_id: str, unread: Mapping[date, NightHours]) -> _Values:
        """Return the minutes that a sleep tracker reported of each night.

        Its state may be newer than what the recorder has written, or not recorded at all.
        """
        start = min(hours.start for hours in unread.values()) - _BEFORE
        recorded = await async_convert_state_changes(self._hass, entity_id, start, dt_util.utcnow(), _report)
        current = self._hass.states.get(entity_id)
        reports = list(filter(None, [*recorded, None if current is None else _report(current)]))
        return {night: reported_minutes(reports, hours) for night, hours in unread.items()}


def _report(state: State) -> SleepReport | None:
    """Return the minutes that a sleep tracker shows, or None if it shows no duration."""
    unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
    if unit not in DurationConverter.VALID_UNITS:
        return None
    try:
        minutes = DurationConverter.convert(float(state.state), unit, UnitOfTime.MINUTES)
    except ValueError:
        return None
    return SleepReport(state.last_changed, round(minutes)) if isfinite(minutes) else None


def _conditions(sleeper: str, night: date, values: Mapping[str, float | None]) -> NightConditions:
    def minutes(name: str) -> int | None:
        value = values.get(name)
        return None if value is None else round(value)

    return NightConditions(
        sleeper=sleeper,
        night=night,
        temperature=values.get("temperature"),
        humidity=values.get("humidity"),
        illuminance=values.get("illuminance"),
        minutes_asleep=minutes("minutes_asleep"),
        minutes_in_bed=minutes("minutes_in_bed"),
    )
