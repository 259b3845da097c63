"""The sensors of a bedroom and of a sleeper."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .bedtime.session import Session
from .bedtime.session_state import Phase
from .coordinator import BedtimeConfigEntry
from .diary.models import Arm
from .diary.statistics.overview import DiaryOverview
from .entity import BedroomEntity, SleeperEntity

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class BedroomSensorDescription(SensorEntityDescription):
    """A sensor of a bedroom; its value and attributes are read from the session."""

    value_fn: Callable[[Session], str | datetime | None]
    attributes_fn: Callable[[Session], dict[str, str | None]] | None = None


@dataclass(frozen=True, kw_only=True)
class SleeperSensorDescription(SensorEntityDescription):
    """A sensor of a sleeper; its value, and the number n that it is based on, are read from the diary's overview."""

    value_fn: Callable[[DiaryOverview], str | float | datetime | None]
    n_fn: Callable[[DiaryOverview], int] | None = None


BEDROOM_SENSORS = (
    BedroomSensorDescription(
        key="phase",
        translation_key="phase",
        device_class=SensorDeviceClass.ENUM,
        options=list(Phase),
        value_fn=lambda session: session.phase,
        attributes_fn=lambda session: {
            "screens_silent_at": session.screens_silent_at.isoformat() if session.screens_silent_at else None
        },
    ),
    BedroomSensorDescription(
        key="next_bedtime",
        translation_key="next_bedtime",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda session: session.next_bedtime,
    ),
    BedroomSensorDescription(
        key="ends_at",
        translation_key="ends_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda session: session.ends_at,
    ),
)

NO_EXPERIMENT = "none"
SKIPPED = "skipped"

EXPERIMENT_NIGHT = SensorEntityDescription(
    key="experiment_night",
    translation_key="experiment_night",
    device_class=SensorDeviceClass.ENUM,
    options=[*Arm, SKIPPED, NO_EXPERIMENT],
)

SLEEPER_SENSORS = (
    SleeperSensorDescription(
        key="episodes_tonight",
        translation_key="episodes_tonight",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda overview: overview.episodes_tonight,
    ),
    SleeperSensorDescription(
        key="last_episode",
        translation_key="last_episode",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda overview: overview.last.started_at if overview.last else None,
    ),
    SleeperSensorDescription(
        key="last_severity",
        translation_key="last_severity",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda overview: overview.last.severity if overview.last else None,
    ),
    SleeperSensorDescription(
        key="nights_affected",
        translation_key="nights_affected",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda overview: overview.nights.affected_percent,
        n_fn=lambda overview: overview.nights.recorded,
    ),
    SleeperSensorDescription(
        key="average_severity",
        translation_key="average_severity",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda overview: overview.severity.mean,
        n_fn=lambda overview: overview.severity.n,
    ),
    SleeperSensorDescription(
        key="usual_onset",
        translation_key="usual_onset",
        value_fn=lambda overview: overview.onset.mean.isoformat("minutes") if overview.onset.mean else None,
        n_fn=lambda overview: overview.onset.n,
    ),
)


async def async_setup_entry(
    _hass: HomeAssistant, entry: BedtimeConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the sensors of a bedroom and of its sleepers."""
    async_add_entities(BedroomSensor(entry, description) for description in BEDROOM_SENSORS)
    for subentry_id, coordinator in entry.runtime_data.sleepers.items():
        async_add_entities(
            (SleeperSensor(coordinator, description) for description in SLEEPER_SENSORS), config_subentry_id=subentry_id
        )
        async_add_entities([ExperimentNightSensor(coordinator, EXPERIMENT_NIGHT)], config_subentry_id=subentry_id)


class BedroomSensor(BedroomEntity, SensorEntity):
    """A sensor of a bedroom."""

    entity_description: BedroomSensorDescription

    @property
    @override
    def native_value(self) -> str | datetime | None:
        return self.entity_description.value_fn(self._session)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, str | None] | None:
        attributes_fn = self.entity_description.attributes_fn
        return attributes_fn(self._session) if attributes_fn else None


class SleeperSensor(SleeperEntity, SensorEntity):
    """A sensor of a sleeper."""

    entity_description: SleeperSensorDescription

    @property
    @override
    def native_value(self) -> str | float | datetime | None:
        return self.entity_description.value_fn(self.coordinator.data.overview)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, int] | None:
        n_fn = self.entity_description.n_fn
        return {"n": n_fn(self.coordinator.data.overview)} if n_fn else None


class ExperimentNightSensor(SleeperEntity, SensorEntity):
    """What the experiment of a sleeper assigns to tonight. What it is about is private."""

    @property
    @override
    def native_value(self) -> str:
        experiment = self.coordinator.data.experiment
        tonight = None if experiment is None else experiment.tonight
        if tonight is None:
            return NO_EXPERIMENT
        return SKIPPED if tonight.skipped else tonight.arm

    @property
    @override
    def extra_state_attributes(self) -> dict[str, str | None]:
        """Return the night, by which two nights with the same assignment are told apart."""
        experiment = self.coordinator.data.experiment
        tonight = None if experiment is None else experiment.tonight
        return {"night": None if tonight is None else tonight.night.isoformat()}
