"""The switches of a bedroom."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bedtime.session_state import Phase
from .const import Option
from .coordinator import BedtimeConfigEntry
from .entity import BedroomEntity, OptionEntity

PARALLEL_UPDATES = 0

BEDTIME_MODE = SwitchEntityDescription(key="bedtime_mode", translation_key="bedtime_mode")
AUTOMATIC_BEDTIME = SwitchEntityDescription(key="automatic_bedtime", translation_key="automatic_bedtime")


async def async_setup_entry(
    _hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches of a bedroom."""
    async_add_entities([BedtimeModeSwitch(entry, BEDTIME_MODE), AutomaticBedtimeSwitch(entry, AUTOMATIC_BEDTIME)])


class BedtimeModeSwitch(BedroomEntity, SwitchEntity):
    """Turns bedtime mode on and off."""

    @property
    @override
    def is_on(self) -> bool:
        return self._session.phase is not Phase.OFF

    @override
    async def async_turn_on(self, **_kwargs: Any) -> None:
        await self._session.async_start(self._context, waits=False)

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        await self._session.async_stop(self._context, waits=False)


class AutomaticBedtimeSwitch(OptionEntity, SwitchEntity):
    """Sets whether bedtime mode starts by schedule."""

    @property
    @override
    def is_on(self) -> bool:
        return self._session.plan.automatic

    @override
    async def async_turn_on(self, **_kwargs: Any) -> None:
        await self._async_set(Option.AUTOMATIC, value=True)

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        await self._async_set(Option.AUTOMATIC, value=False)
