"""What the recorder knows of sensors. With no recorder, or while it migrates its database, that is nothing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from homeassistant.components.recorder.history import state_changes_during_period
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.const import UnitOfTemperature
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.recorder import DATA_INSTANCE, async_migration_in_progress
from homeassistant.util import dt as dt_util
from sqlalchemy.exc import SQLAlchemyError

from .const import LOGGER
from .diary.measurements import HourlyMean


async def async_get_hourly_means(
    hass: HomeAssistant, entity_ids: Collection[str], start: datetime, end: datetime
) -> Mapping[str, Sequence[HourlyMean]]:
    """Return the long-term statistics of sensors in the hours that begin in a period; temperatures in °C."""

    def read() -> dict[str, list[HourlyMean]]:
        units: dict[str, str] = {"temperature": UnitOfTemperature.CELSIUS}
        found = statistics_during_period(hass, start, end, set(entity_ids), "hour", units, {"mean"})
        return {
            entity_id: [
                HourlyMean(dt_util.utc_from_timestamp(row["start"]), mean)
                for row in rows
                if (mean := row.get("mean")) is not None
            ]
            for entity_id, rows in found.items()
        }

    return await _async_read(hass, read) or {} if entity_ids else {}


async def async_convert_state_changes[T](
    hass: HomeAssistant, entity_id: str, start: datetime, end: datetime, convert: Callable[[State], T]
) -> Sequence[T]:
    """Return what a function makes of the state of an entity at the start of a period, and of its changes in it.

    In the recorder's own threads, because there may be many.
    """

    def read() -> list[T]:
        states = state_changes_during_period(hass, start, end, entity_id)
        return list(map(convert, states.get(entity_id.lower(), ())))

    return await _async_read(hass, read) or ()


async def _async_read[T](hass: HomeAssistant, read: Callable[[], T]) -> T | None:
    """Read the database in the recorder's own threads."""
    instance = hass.data.get(DATA_INSTANCE)
    if instance is None or async_migration_in_progress(hass) or not instance.async_recorder_ready.is_set():
        return None
    try:
        return await instance.async_add_executor_job(read)
    except (SQLAlchemyError, RuntimeError) as error:
        # It is read again with the next night. The recorder has reported what is wrong with its database.
        LOGGER.debug("The recorder can't be read: %s", error)
        return None
