"""The switch of a bedroom."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bedtime.record import Phase
from .coordinator import BedtimeConfigEntry
from .entity import BedroomEntity

PARALLEL_UPDATES = 0

BEDTIME_MODE = SwitchEntityDescription(key="bedtime_mode", translation_key="bedtime_mode")


async def async_setup_entry(
    _hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switch of a bedroom."""
    async_add_entities([BedtimeModeSwitch(entry, BEDTIME_MODE)])


class BedtimeModeSwitch(BedroomEntity, SwitchEntity):
    """Bedtime mode: on dims, lowers and silences; off gives everything back."""

    @property
    @override
    def is_on(self) -> bool:
        return self._session.phase is not Phase.OFF

    @override
    async def async_turn_on(self, **_kwargs: Any) -> None:
        await self._session.async_start(self._own_context())

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        await self._session.async_stop(self._own_context())

    def _own_context(self) -> Context:
        """Return a context for what follows from this switch: traced to the person, but not taken for theirs."""
        return Context(parent_id=self._context.id if self._context else None)
