"""The switches of a bedroom."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN, SwitchEntity, SwitchEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util, slugify

from .actions.relief_start import async_start_relief, relief_of
from .bedtime.relief.relief_state import Aid
from .bedtime.session_state import Phase
from .const import DOMAIN, Option
from .coordinator import BedtimeConfigEntry
from .entity import BedroomEntity, OptionEntity
from .unique_ids import bedroom_unique_id

PARALLEL_UPDATES = 0

BEDTIME_MODE = SwitchEntityDescription(key="bedtime_mode", translation_key="bedtime_mode")
AUTOMATIC_BEDTIME = SwitchEntityDescription(key="automatic_bedtime", translation_key="automatic_bedtime")


@dataclass(frozen=True, kw_only=True)
class ReliefSwitchDescription(SwitchEntityDescription):
    """A switch for relief at night."""

    aid: Aid


RELIEF_SWITCHES = (
    ReliefSwitchDescription(key="relief_walk", translation_key="relief_walk", aid=Aid.WALK),
    ReliefSwitchDescription(key="relief_device", translation_key="relief_device", aid=Aid.DEVICE),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the switches of a bedroom."""
    async_add_entities([BedtimeModeSwitch(entry, BEDTIME_MODE), AutomaticBedtimeSwitch(entry, AUTOMATIC_BEDTIME)])
    for description in RELIEF_SWITCHES:
        if entry.runtime_data.relief.plan.entities(description.aid):
            async_add_entities([ReliefSwitch(entry, description)])
        else:
            _remove(hass, bedroom_unique_id(entry.entry_id, description.key))


def _remove(hass: HomeAssistant, unique_id: str) -> None:
    """Remove a switch of what is not configured any longer."""
    registry = er.async_get(hass)
    if (entity_id := registry.async_get_entity_id(SWITCH_DOMAIN, DOMAIN, unique_id)) is not None:
        registry.async_remove(entity_id)


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
        return self._plan.automatic

    @override
    async def async_turn_on(self, **_kwargs: Any) -> None:
        await self._async_set(Option.AUTOMATIC, value=True)

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        await self._async_set(Option.AUTOMATIC, value=False)


class ReliefSwitch(BedroomEntity, SwitchEntity):
    """Turns the lights of the path, or the relief devices, on for a while."""

    entity_description: ReliefSwitchDescription

    def __init__(self, entry: BedtimeConfigEntry, description: ReliefSwitchDescription) -> None:
        super().__init__(entry, description)
        # It may be added when the bedroom has its area already, which would become part of the id.
        self.entity_id = f"{SWITCH_DOMAIN}.{slugify(f'{entry.title} {description.key}')}"
        self._relief = entry.runtime_data.relief
        self._aid = description.aid

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self._relief.async_add_listener(self.async_write_ha_state))

    @property
    @override
    def is_on(self) -> bool:
        return self._relief.run(self._aid) is not None

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        run = self._relief.run(self._aid)
        return {
            "until": None if run is None else dt_util.as_local(run.until).isoformat(),
            "unreachable": self._relief.unreachable(self._aid),
            "relief": relief_of(self._aid, self._relief.plan).value,
        }

    @override
    async def async_turn_on(self, **_kwargs: Any) -> None:
        await async_start_relief(self.hass, self._entry, self._aid, self._context, waits=False)

    @override
    async def async_turn_off(self, **_kwargs: Any) -> None:
        await self._relief.async_stop(self._aid)
