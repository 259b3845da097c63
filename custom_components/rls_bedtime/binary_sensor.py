"""The binary sensors of a bedroom and of a sleeper."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bedtime.command import Outcome
from .bedtime.session_state import Phase
from .coordinator import BedroomData, BedtimeConfigEntry
from .diary.statistics.overview import DiaryOverview
from .entity import BedroomEntity, SleeperEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class BedroomBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a bedroom; its state and attributes are read from the session and the relief at night."""

    value_fn: Callable[[BedroomData], bool]
    attributes_fn: Callable[[BedroomData], dict[str, list[str]]]


@dataclass(frozen=True, kw_only=True)
class SleeperBinarySensorDescription(BinarySensorEntityDescription):
    """A binary sensor of a sleeper; its state is read from the overview of the diary."""

    value_fn: Callable[[DiaryOverview], bool]


def _entities(data: BedroomData, *outcomes: Outcome) -> list[str]:
    """Return the entities with one of these outcomes, while the session is on or something brings relief."""
    of_session = {} if data.session.phase is Phase.OFF else data.session.outcomes
    found = [*of_session.items(), *data.relief.problems.items()]
    return sorted({entity_id for entity_id, outcome in found if outcome in outcomes})


BEDROOM_BINARY_SENSORS = (
    BedroomBinarySensorDescription(
        key="problem",
        translation_key="problem",
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda data: bool(_entities(data, Outcome.FAILED, Outcome.UNREACHABLE)),
        attributes_fn=lambda data: {
            outcome.value: _entities(data, outcome)
            for outcome in (Outcome.FAILED, Outcome.UNREACHABLE, Outcome.RELEASED)
        },
    ),
)

SLEEPER_BINARY_SENSORS = (
    SleeperBinarySensorDescription(
        key="episode_ongoing",
        translation_key="episode_ongoing",
        value_fn=lambda overview: overview.ongoing is not None,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the binary sensors of a bedroom and of its sleepers."""
    async_add_entities(BedroomBinarySensor(entry, description) for description in BEDROOM_BINARY_SENSORS)
    for subentry_id, coordinator in entry.runtime_data.sleepers.items():
        async_add_entities(
            (SleeperBinarySensor(coordinator, description) for description in SLEEPER_BINARY_SENSORS),
            config_subentry_id=subentry_id,
        )


class BedroomBinarySensor(BedroomEntity, BinarySensorEntity):
    """A binary sensor of a bedroom."""

    entity_description: BedroomBinarySensorDescription

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._entry.runtime_data.relief.async_add_listener(self.async_write_ha_state))

    @property
    @override
    def is_on(self) -> bool:
        return self.entity_description.value_fn(self._entry.runtime_data)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, list[str]]:
        return self.entity_description.attributes_fn(self._entry.runtime_data)


class SleeperBinarySensor(SleeperEntity, BinarySensorEntity):
    """A binary sensor of a sleeper."""

    entity_description: SleeperBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool:
        return self.entity_description.value_fn(self.coordinator.data.overview)
