"""The conditions: the phase that a bedroom is in, and whether a sleeper has an episode."""

from collections.abc import Mapping
from typing import Final, override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import STATE_ON
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.condition import Condition, EntityStateConditionBase

from ..bedtime.session_state import Phase
from . import async_filter_entities


class _PhaseCondition(EntityStateConditionBase):
    """Asks bedrooms for their phase, and nothing else that is targeted."""

    _domain_specs: Mapping[str, DomainSpec] = {SENSOR_DOMAIN: DomainSpec()}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_filter_entities(self._hass, super().entity_filter(entities), "phase")


class IsWindingDown(_PhaseCondition):
    """The lights are fading."""

    _states: set[str | bool] = {Phase.WIND_DOWN}  # noqa: RUF012 - as Home Assistant has it


class IsBedtime(_PhaseCondition):
    """It is bedtime."""

    _states: set[str | bool] = {Phase.BEDTIME}  # noqa: RUF012 - as Home Assistant has it


class HasOngoingEpisode(EntityStateConditionBase):
    """An episode goes on."""

    _domain_specs: Mapping[str, DomainSpec] = {BINARY_SENSOR_DOMAIN: DomainSpec()}
    _states: set[str | bool] = {STATE_ON}  # noqa: RUF012 - as Home Assistant has it

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_filter_entities(self._hass, super().entity_filter(entities), "episode_ongoing")


AUTOMATION_TYPES: Final[dict[str, type[Condition]]] = {
    "has_ongoing_episode": HasOngoingEpisode,
    "is_bedtime": IsBedtime,
    "is_winding_down": IsWindingDown,
}
