"""Thermostats of the kinds that tests need."""

from typing import Any

from homeassistant.components.climate import ClimateEntityFeature, HVACMode

from .devices import Thermostat

SINGLE = ClimateEntityFeature.TARGET_TEMPERATURE
RANGE = ClimateEntityFeature.TARGET_TEMPERATURE_RANGE
PRESET = ClimateEntityFeature.PRESET_MODE


def thermostat_of(**attributes: Any) -> Thermostat:
    """Return a thermostat at 21 degrees."""
    return Thermostat("thermostat", **{"target_temperature": 21.0, **attributes})


def with_presets(*presets: str, now: str | None = "none", **attributes: Any) -> Thermostat:
    """Return a thermostat with presets."""
    features = SINGLE | PRESET
    return thermostat_of(supported_features=features, preset_modes=list(presets), preset_mode=now, **attributes)


def ranged(low: float = 20.0, high: float = 25.0, **attributes: Any) -> Thermostat:
    """Return a thermostat with a range of temperatures."""
    features = {"supported_features": RANGE, "hvac_mode": HVACMode.HEAT_COOL}
    return Thermostat("thermostat", target_temperature_low=low, target_temperature_high=high, **(features | attributes))
