"""The triggers: what a bedroom's phase, and what becomes of a sleeper's episodes."""

from collections.abc import Mapping
from typing import Any, Final, cast, override

from homeassistant.components.event import ATTR_EVENT_TYPE, DOMAIN as EVENT_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, CONF_OPTIONS
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA,
    EntityTargetStateTriggerBase,
    EntityTransitionTriggerBase,
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
    TriggerActionRunner,
    TriggerConfig,
    TriggerNotTriggeredReporter,
)
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from ..bedtime.session import EVENT_SCREENS_WARNING
from ..bedtime.session_state import Phase
from ..coordinator import EpisodeEvent
from ..diary.models import SEVERITIES
from . import async_filter_entities

CONF_LEAST_SEVERITY: Final = "least_severity"

_EPISODE_SCHEMA: Final = ENTITY_STATE_TRIGGER_SCHEMA.extend(
    {
        vol.Required(CONF_OPTIONS, default=dict): {
            vol.Optional(CONF_LEAST_SEVERITY): vol.All(
                vol.Coerce(int), vol.Range(min=SEVERITIES.start, max=SEVERITIES.stop - 1)
            )
        }
    }
)


class _PhaseTrigger(EntityTriggerBase):
    """Follows the phase of bedrooms, and of nothing else that is targeted."""

    _domain_specs: Mapping[str, DomainSpec] = {SENSOR_DOMAIN: DomainSpec()}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_filter_entities(self._hass, super().entity_filter(entities), "phase")


class WindDownStarted(_PhaseTrigger, EntityTargetStateTriggerBase):
    """The lights begin to fade."""

    _to_states: set[str] = {Phase.WIND_DOWN}  # noqa: RUF012 - as Home Assistant has it


class BedtimeStarted(_PhaseTrigger, EntityTargetStateTriggerBase):
    """Bedtime is there, after a wind-down or without one."""

    _to_states: set[str] = {Phase.BEDTIME}  # noqa: RUF012 - as Home Assistant has it


class BedtimeEnded(_PhaseTrigger, EntityTransitionTriggerBase):
    """Bedtime is over. What ends in the wind-down has not come to bedtime."""

    _from_states: set[str | bool] = {Phase.BEDTIME}  # noqa: RUF012 - as Home Assistant has it
    _to_states: set[str | bool] = {Phase.OFF}  # noqa: RUF012 - as Home Assistant has it


class ScreensGoingQuiet(Trigger):
    """The screens are about to be silenced. Bedrooms say so once, whatever is restarted meanwhile."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast(ConfigType, ENTITY_STATE_TRIGGER_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Remember which bedrooms are meant; which these are is seen when it happens."""
        super().__init__(hass, config)
        self._target = TargetSelection(config.target or {})

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        @callback
        def warned(event: Event[dict[str, Any]]) -> None:
            entries = er.async_get(self._hass).entities
            for phase in self._phases():
                if entries[phase].config_entry_id == event.data["entry_id"]:
                    told = {ATTR_ENTITY_ID: phase, "silent_at": event.data["silent_at"]}
                    run_action(told, f"warning of {phase}", event.context)

        return self._hass.bus.async_listen(EVENT_SCREENS_WARNING, warned)

    def _phases(self) -> set[str]:
        found = async_extract_referenced_entity_ids(self._hass, self._target)
        return async_filter_entities(self._hass, found.referenced | found.indirectly_referenced, "phase")


class _EpisodeTrigger(StatelessEntityTriggerBase):
    """Follows what becomes of the episodes of sleepers."""

    _domain_specs: Mapping[str, DomainSpec] = {EVENT_DOMAIN: DomainSpec()}
    _event: EpisodeEvent

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_filter_entities(self._hass, super().entity_filter(entities), "episode")

    @override
    def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
        return state.attributes.get(ATTR_EVENT_TYPE) == self._event

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Tell two events apart. Their state is a time in milliseconds: both may have the same."""
        return _event_identity(from_state) != _event_identity(to_state)


class EpisodeLogged(_EpisodeTrigger):
    """An episode was logged; one without a severity is not known to be as bad as any."""

    _event = EpisodeEvent.LOGGED
    _schema = _EPISODE_SCHEMA

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Remember how bad it has to be, if that is said."""
        super().__init__(hass, config)
        self._min_severity: int | None = self._options.get(CONF_LEAST_SEVERITY)

    @override
    def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
        if not super().is_valid_state(state, report_not_triggered):
            return False
        severity = state.attributes.get("severity")
        if self._min_severity is None or (severity is not None and severity >= self._min_severity):
            return True
        report_not_triggered("severity_below_least", entity_id=state.entity_id, severity=severity)
        return False


class EpisodeEnded(_EpisodeTrigger):
    """An end was given to an episode."""

    _event = EpisodeEvent.ENDED


AUTOMATION_TYPES: Final[dict[str, type[Trigger]]] = {
    "bedtime_ended": BedtimeEnded,
    "bedtime_started": BedtimeStarted,
    "episode_ended": EpisodeEnded,
    "episode_logged": EpisodeLogged,
    "screens_going_quiet": ScreensGoingQuiet,
    "wind_down_started": WindDownStarted,
}


def _event_identity(state: State) -> tuple[object, ...]:
    """Return what sets one event apart from another."""
    return state.state, *(state.attributes.get(name) for name in (ATTR_EVENT_TYPE, "episode_id", "severity"))
