"""The times of a bedroom."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import override

from homeassistant.components.time import TimeEntity, TimeEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bedtime.plan import Plan
from .const import Option
from .coordinator import BedtimeConfigEntry
from .entity import OptionEntity
from .errors import validation_error

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class BedroomTimeDescription(TimeEntityDescription):
    """A time of a bedroom. Its key is the option that it edits; its value is read from the plan."""

    value_fn: Callable[[Plan], time]


BEDROOM_TIMES = (
    BedroomTimeDescription(
        key=Option.BEDTIME,
        translation_key=Option.BEDTIME,
        value_fn=lambda plan: plan.bedtime,
    ),
    BedroomTimeDescription(
        key=Option.WAKE_UP,
        translation_key=Option.WAKE_UP,
        value_fn=lambda plan: plan.wake_up,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the times of a bedroom."""
    async_add_entities(BedroomTime(entry, description) for description in BEDROOM_TIMES)


class BedroomTime(OptionEntity, TimeEntity):
    """A time of a bedroom."""

    entity_description: BedroomTimeDescription

    @property
    @override
    def native_value(self) -> time:
        return self.entity_description.value_fn(self._plan)

    @override
    async def async_set_value(self, value: time) -> None:
        plan = Plan.from_options({**self._entry.options, self.entity_description.key: value.isoformat()})
        if plan.bedtime == plan.wake_up:
            raise validation_error("no_night")
        await self._async_set(self.entity_description.key, value.isoformat())
