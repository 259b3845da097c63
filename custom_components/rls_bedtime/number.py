"""The numbers of a bedroom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
import math
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import UnitOfTime
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .actions import parsers
from .bedtime.plan import Plan
from .const import MAX_WIND_DOWN, Option
from .coordinator import BedtimeConfigEntry
from .entity import OptionEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class BedroomNumberDescription(NumberEntityDescription):
    """A number of a bedroom. Its key is the option that it edits; its value is read from the plan."""

    value_fn: Callable[[Plan], int]


BEDROOM_NUMBERS = (
    BedroomNumberDescription(
        key=Option.WIND_DOWN,
        translation_key=Option.WIND_DOWN,
        device_class=NumberDeviceClass.DURATION,
        native_min_value=0,
        native_max_value=MAX_WIND_DOWN,
        native_step=1,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        mode=NumberMode.BOX,
        value_fn=lambda plan: plan.wind_down // timedelta(minutes=1),
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the numbers of a bedroom."""
    async_add_entities(BedroomNumber(entry, description) for description in BEDROOM_NUMBERS)


class BedroomNumber(OptionEntity, NumberEntity):
    """A number of a bedroom."""

    entity_description: BedroomNumberDescription

    @property
    @override
    def native_value(self) -> int:
        return self.entity_description.value_fn(self._plan)

    @override
    async def async_set_native_value(self, value: float) -> None:
        # Home Assistant lets NaN through: it is neither too small nor too large.
        limits = int(self.native_min_value), int(self.native_max_value)
        parse = parsers.integer_between(*limits)
        key = self.entity_description.key
        await self._async_set(key, parse(key, math.trunc(value) if math.isfinite(value) else value))
