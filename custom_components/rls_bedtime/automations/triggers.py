"""The triggers: phase changes of a bedroom, and events of a sleeper's episodes."""

from collections.abc import Mapping
from typing import Any, Final, cast, override

from homeassistant.components.event import ATTR_EVENT_TYPE, DOMAIN as EVENT_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID, CONF_OPTIONS, STATE_OFF, STATE_ON
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, State, callback
from homeassistant.exceptions import ServiceValidationError
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

from ..actions import parsers
from ..bedtime.session import EVENT_SCREENS_WARNING
from ..bedtime.session_state import Phase
from ..coordinator import EpisodeEvent
from ..diary.models import Arm
from . import async_filter_entities

CONF_ARM: Final = "arm"
CONF_LEAST_SEVERITY: Final = "least_severity"


def _severity(value: object) -> int:
    """Validate a severity."""
    try:
        return parsers.severity(CONF_LEAST_SEVERITY, value)
    except ServiceValidationError as error:
        raise vol.Invalid(str(error)) from error


_EPISODE_SCHEMA: Final = ENTITY_STATE_TRIGGER_SCHEMA.extend(
    {vol.Required(CONF_OPTIONS, default=dict): {vol.Optional(CONF_LEAST_SEVERITY): _severity}}
)


_EXPERIMENT_SCHEMA: Final = ENTITY_STATE_TRIGGER_SCHEMA.extend(
    {vol.Required(CONF_OPTIONS, default=dict): {vol.Optional(CONF_ARM): vol.In(list(Arm))}}
)


class _PhaseTrigger(EntityTriggerBase):
    """Trigger on the phase of the targeted bedrooms."""

    _domain_specs: Mapping[str, DomainSpec] = {SENSOR_DOMAIN: DomainSpec()}

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_filter_entities(self._hass, super().entity_filter(entities), "phase")


class WindDownStarted(_PhaseTrigger, EntityTargetStateTriggerBase):
    """Trigger when the wind-down starts."""

    _to_states: set[str] = {Phase.WIND_DOWN}  # noqa: RUF012 - as Home Assistant has it


class BedtimeStarted(_PhaseTrigger, EntityTargetStateTriggerBase):
    """Trigger when bedtime starts, after a wind-down or without one."""

    _to_states: set[str] = {Phase.BEDTIME}  # noqa: RUF012 - as Home Assistant has it


class BedtimeEnded(_PhaseTrigger, EntityTransitionTriggerBase):
    """Trigger when bedtime ends. A session that ends during the wind-down does not count."""

    _from_states: set[str | bool] = {Phase.BEDTIME}  # noqa: RUF012 - as Home Assistant has it
    _to_states: set[str | bool] = {Phase.OFF}  # noqa: RUF012 - as Home Assistant has it


class _ReliefTrigger(EntityTransitionTriggerBase):
    """Trigger on the start or the end of relief at night in the targeted bedrooms."""

    _domain_specs: Mapping[str, DomainSpec] = {SWITCH_DOMAIN: DomainSpec()}
    _key: str

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_filter_entities(self._hass, super().entity_filter(entities), self._key)


class _ReliefStarted(_ReliefTrigger):
    _from_states: set[str | bool] = {STATE_OFF}  # noqa: RUF012 - as Home Assistant has it
    _to_states: set[str | bool] = {STATE_ON}  # noqa: RUF012 - as Home Assistant has it


class _ReliefEnded(_ReliefTrigger):
    _from_states: set[str | bool] = {STATE_ON}  # noqa: RUF012 - as Home Assistant has it
    _to_states: set[str | bool] = {STATE_OFF}  # noqa: RUF012 - as Home Assistant has it


class WalkStarted(_ReliefStarted):
    """Trigger when the lights of the path come on for a walk."""

    _key = "relief_walk"


class WalkEnded(_ReliefEnded):
    """Trigger when a walk ends."""

    _key = "relief_walk"


class ReliefStarted(_ReliefStarted):
    """Trigger when the relief devices start to run."""

    _key = "relief_device"


class ReliefEnded(_ReliefEnded):
    """Trigger when the relief devices end."""

    _key = "relief_device"


class ScreensGoingQuiet(Trigger):
    """Trigger when the screens are about to be silenced: once a session, even if Home Assistant restarts meanwhile."""

    @classmethod
    @override
    async def async_validate_config(cls, hass: HomeAssistant, config: ConfigType) -> ConfigType:
        return cast(ConfigType, ENTITY_STATE_TRIGGER_SCHEMA(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._target = TargetSelection(config.target or {})

    @override
    async def async_attach_runner(
        self, run_action: TriggerActionRunner, did_not_trigger: TriggerNotTriggeredReporter | None = None
    ) -> CALLBACK_TYPE:
        @callback
        def handle_warning(event: Event[dict[str, Any]]) -> None:
            entries = er.async_get(self._hass).entities
            for entity_id in self._phase_entities():
                if entries[entity_id].config_entry_id == event.data["entry_id"]:
                    variables = {ATTR_ENTITY_ID: entity_id, "silent_at": event.data["silent_at"]}
                    run_action(variables, f"warning of {entity_id}", event.context)

        return self._hass.bus.async_listen(EVENT_SCREENS_WARNING, handle_warning)

    def _phase_entities(self) -> set[str]:
        """Return the targeted phase sensors. Resolved for each event: areas and labels may change meanwhile."""
        referenced = async_extract_referenced_entity_ids(self._hass, self._target)
        return async_filter_entities(self._hass, referenced.referenced | referenced.indirectly_referenced, "phase")


class _EpisodeTrigger(StatelessEntityTriggerBase):
    """Trigger on an event of the targeted sleepers' episodes."""

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
        """Tell two events apart. Their states are times in milliseconds, which may be equal."""
        return _event_identity(from_state) != _event_identity(to_state)


class EpisodeLogged(_EpisodeTrigger):
    """Trigger when an episode is logged. One without a severity reaches no minimum severity."""

    _event = EpisodeEvent.LOGGED
    _schema = _EPISODE_SCHEMA

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
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
    """Trigger when an episode is ended."""

    _event = EpisodeEvent.ENDED


class ExperimentNight(EntityTriggerBase):
    """Trigger when a night of an experiment begins, also if it is assigned the same as the night before.

    After a restart, the night has begun before.
    """

    _domain_specs: Mapping[str, DomainSpec] = {SENSOR_DOMAIN: DomainSpec()}
    _schema = _EXPERIMENT_SCHEMA

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        super().__init__(hass, config)
        self._arms: set[str] = {self._options[CONF_ARM]} if CONF_ARM in self._options else set(Arm)

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        return async_filter_entities(self._hass, super().entity_filter(entities), "experiment_night")

    @override
    def is_valid_state(self, state: State, report_not_triggered: NotTriggeredReasonReporter) -> bool:
        return state.state in self._arms

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        return from_state.attributes.get("night") != to_state.attributes.get("night")


AUTOMATION_TYPES: Final[dict[str, type[Trigger]]] = {
    "bedtime_ended": BedtimeEnded,
    "bedtime_started": BedtimeStarted,
    "episode_ended": EpisodeEnded,
    "episode_logged": EpisodeLogged,
    "experiment_night": ExperimentNight,
    "relief_ended": ReliefEnded,
    "relief_started": ReliefStarted,
    "screens_going_quiet": ScreensGoingQuiet,
    "walk_ended": WalkEnded,
    "walk_started": WalkStarted,
    "wind_down_started": WindDownStarted,
}


def _event_identity(state: State) -> tuple[object, ...]:
    """Return what distinguishes one event from another."""
    return state.state, *(state.attributes.get(name) for name in (ATTR_EVENT_TYPE, "episode_id", "severity"))
