"""The context of an episode: bedtime mode and temperature of the bedroom."""

from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Final

from homeassistant.components.climate import ATTR_CURRENT_TEMPERATURE
from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, UnitOfTemperature
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar
from homeassistant.util.unit_conversion import TemperatureConverter

from .bedtime.devices.targets import async_resolve
from .bedtime.plan import Kind
from .bedtime.session import Session
from .diary.models import EpisodeContext

MAX_AGE: Final = timedelta(minutes=30)
"""Up to this age of an episode, the present state of the bedroom is taken as that at its start."""


@callback
def async_get_episode_context(
    hass: HomeAssistant, session: Session, area_id: str | None, started_at: datetime, now: datetime
) -> EpisodeContext:
    """Return the context of an episode at its start; what is unknown is None."""
    started_at = started_at.astimezone(UTC)
    is_recent = now - started_at <= MAX_AGE
    times = session.state.times
    bedtime_mode = minutes = None
    if times is not None:
        bedtime_mode = started_at >= times.begins_at
        if bedtime_mode:
            minutes = (started_at - times.bedtime_at) // timedelta(minutes=1)
    elif is_recent:
        bedtime_mode = False
    return EpisodeContext(
        bedtime_mode=bedtime_mode,
        minutes_since_bedtime=minutes,
        temperature=_temperature(hass, session, area_id) if is_recent else None,
    )


def _temperature(hass: HomeAssistant, session: Session, area_id: str | None) -> float | None:
    """Return the temperature of a bedroom in degrees Celsius, from the sensor of its area, else from a thermostat."""
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    if area is not None and area.temperature_entity_id and (state := hass.states.get(area.temperature_entity_id)):
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT, hass.config.units.temperature_unit)
        if (celsius := _celsius(state.state, unit)) is not None:
            return celsius
    for entity_id in async_resolve(hass, {Kind.CLIMATE: session.plan.targets[Kind.CLIMATE]}):
        if state := hass.states.get(entity_id):
            current = state.attributes.get(ATTR_CURRENT_TEMPERATURE)
            if (celsius := _celsius(current, hass.config.units.temperature_unit)) is not None:
                return celsius
    return None


def _celsius(value: object, unit: str) -> float | None:
    try:
        celsius = TemperatureConverter.convert(float(str(value)), unit, UnitOfTemperature.CELSIUS)
    except ValueError, HomeAssistantError:
        return None
    return round(celsius, 1) if isfinite(celsius) else None
