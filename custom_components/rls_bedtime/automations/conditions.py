"""The conditions: the phase of a bedroom, whether somebody walks, and whether a sleeper has an ongoing episode."""

from collections.abc import Mapping
from typing import Final, override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import STATE_ON
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from ..bedtime.session_state import Phase
from . import async_filter_entities


class _PhaseCondition(EntityStateConditionBase):
    """Condition on the phase of the targeted bedrooms."""

    _domain_specs: Mapping[str, DomainSpec] = {SENSOR_DOMAIN: DomainSpec()}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_filter_entities(self._hass, super().entity_filter(entities), "phase")


class IsWindingDown(_PhaseCondition):
    """Condition that the wind-down is in progress."""

    _states: set[str | bool] = {Phase.WIND_DOWN}  # noqa: RUF012 - as Home Assistant has it


class IsBedtime(_PhaseCondition):
    """Condition that it is bedtime."""

    _states: set[str | bool] = {Phase.BEDTIME}  # noqa: RUF012 - as Home Assistant has it


class HasOngoingEpisode(EntityStateConditionBase):
    """Condition that an episode is ongoing."""

    _domain_specs: Mapping[str, DomainSpec] = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _states: set[str | bool] = {STATE_ON}  # noqa: RUF012 - as Home Assistant has it

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_filter_entities(self._hass, super().entity_filter(entities), "episode_ongoing")


class IsWalking(EntityStateConditionBase):
    """Condition that the lights of the path are on for a walk."""

    _domain_specs: Mapping[str, DomainSpec] = {SWITCH_DOMAIN: DomainSpec()}
    _states: set[str | bool] = {STATE_ON}  # noqa: RUF012 - as Home Assistant has it

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_filter_entities(self._hass, super().entity_filter(entities), "relief_walk")


AUTOMATION_TYPES: Final[dict[str, type[Condition]]] = {
    "has_ongoing_episode": HasOngoingEpisode,
    "is_bedtime": IsBedtime,
    "is_walking": IsWalking,
    "is_winding_down": IsWindingDown,
}
