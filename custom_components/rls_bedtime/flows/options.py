"""Options flow of a bedroom."""

from collections.abc import Callable
import math
from typing import Any, Final, override

from homeassistant.components.binary_sensor import DOMAIN as BINARY_SENSOR_DOMAIN
from homeassistant.components.fan import DOMAIN as FAN_DOMAIN
from homeassistant.components.light import DOMAIN as LIGHT_DOMAIN
from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult, OptionsFlow
from homeassistant.const import PERCENTAGE, UnitOfTemperature, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import section
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.script import async_validate_actions_config
from homeassistant.helpers.selector import (
    ActionSelector,
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
)
import voluptuous as vol

from ..actions.relief_start import DEVICE_RELIEFS
from ..bedtime.devices.lights import can_only_switch
from ..bedtime.devices.targets import async_expand_groups
from ..bedtime.plan import DEFAULTS, LIMITS, SELECTABLE_RESTORE_MODES, ScreensAction
from ..bedtime.relief.relief_plan import MAX_MINUTES, ReliefPlan
from ..const import Option
from ..sanitize import clean

ACTION_ERRORS: Final = {Option.START_ACTIONS: "start_actions_invalid", Option.END_ACTIONS: "end_actions_invalid"}
"""The options that are actions, and the key of the error about each."""

SECTION_MORE: Final = "more"
SECTION_RELIEF: Final = "relief"

TRY_PATH: Final = "try_path"
"""A field that is no option: with it, the form lights the path for some seconds, and is shown again."""

_NOT_A_NUMBER: Final = "Not a number"


class FiniteNumberSelector(NumberSelector):
    """A number selector that refuses what is not a number: no limit keeps that out."""

    @override
    def __call__(self, data: Any) -> float:
        if not math.isfinite(value := super().__call__(data)):
            raise vol.Invalid(_NOT_A_NUMBER)
        return value


class BedtimeOptionsFlow(OptionsFlow):
    """Change the options of a bedroom."""

    async def async_step_init(self, user_input: dict[str, dict[str, Any]] | None = None) -> ConfigFlowResult:
        """Show all sections, and save the options."""
        sections = _sections(self.hass.config.units.temperature_unit)
        options = self.config_entry.options
        errors: dict[str, str] = {}
        problem = ""
        is_tried = False
        if user_input is not None:
            new_options = _flatten(clean(user_input))
            is_tried = bool(new_options.pop(TRY_PATH, False))
            for option, error in ACTION_ERRORS.items():
                if problem := await _async_validate_actions(self.hass, new_options.get(option, [])):
                    errors[SECTION_MORE] = error
                    break
            if not errors and (problem := _switched_only(self.hass, new_options.get(Option.PATH, []))):
                errors[SECTION_RELIEF] = "path_cannot_dim"
            if not errors and is_tried and (found := await self._async_try_path(new_options)):
                errors[SECTION_RELIEF], problem = found
            if not errors and not is_tried:
                in_form = {str(option) for fields in sections.values() for option in fields}
                others = {option: value for option, value in options.items() if option not in in_form}
                return self.async_create_entry(data=others | new_options)
        values = user_input or {name: dict(options) for name in sections}
        # Tried once: the form is saved when it is submitted next.
        values.get(SECTION_RELIEF, {}).pop(TRY_PATH, None)
        opened = {*errors, *([SECTION_RELIEF] if is_tried else [])}
        schema = vol.Schema(
            {
                vol.Required(name): section(vol.Schema(fields), {"collapsed": name not in opened})
                for name, fields in sections.items()
            }
        )
        return self.async_show_form(
            step_id="init",
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=errors,
            description_placeholders={"error": problem},
        )

    async def _async_try_path(self, options: dict[str, Any]) -> tuple[str, str] | None:
        """Light the path as the form has it. Return the error and what it is about, if that is not possible."""
        plan = ReliefPlan.from_options(options)
        if not plan.path:
            return "path_not_chosen", ""
        if self.config_entry.state is not ConfigEntryState.LOADED:
            return "bedroom_not_loaded", ""
        try:
            await self.config_entry.runtime_data.relief.async_try_path(plan)
        except HomeAssistantError as error:
            return "path_not_tried", str(error)
        return None


def number_field(
    lowest: float,
    highest: float,
    unit: str,
    *,
    step: float = 1,
    mode: NumberSelectorMode = NumberSelectorMode.BOX,
    coerce_to: Callable[[Any], float] = int,
) -> Any:
    """Return a field for a number, by default an integer."""
    selector = FiniteNumberSelector(
        NumberSelectorConfig(min=lowest, max=highest, step=step, unit_of_measurement=unit, mode=mode)
    )
    return vol.All(selector, vol.Coerce(coerce_to))


def _sections(temperature_unit: UnitOfTemperature) -> dict[str, dict[Any, Any]]:
    """Return the fields of each section, in the order of an evening: when it begins, what it does, how it ends."""

    def percent() -> Any:
        return number_field(*LIMITS[Option.LIGHT_LEVEL], PERCENTAGE, mode=NumberSelectorMode.SLIDER)

    def kelvin() -> Any:
        return number_field(*LIMITS[Option.LIGHT_COLOR_TEMP], "K", step=50, mode=NumberSelectorMode.SLIDER)

    def limited_minutes(option: Option) -> Any:
        shortest, longest = LIMITS[option]
        return minutes(longest, shortest=shortest)

    def minutes(longest: int, *, shortest: int = 0) -> Any:
        return number_field(shortest, longest, UnitOfTime.MINUTES)

    return {
        "schedule": {
            vol.Optional(Option.SCHEDULE_ENTITY): EntitySelector(EntitySelectorConfig(domain="schedule")),
            vol.Optional(Option.ONLY_WHEN_HOME): EntitySelector(
                EntitySelectorConfig(domain=PERSON_DOMAIN, multiple=True)
            ),
        },
        "lights": {
            _required(Option.LIGHT_LEVEL): percent(),
            _required(Option.LIGHT_COLOR_TEMP): kelvin(),
            _required(Option.LIGHTS_OFF_AFTER): limited_minutes(Option.LIGHTS_OFF_AFTER),
            _required(Option.DIM_NIGHT_LIGHTS): BooleanSelector(),
        },
        "climate": {
            _required(Option.TEMPERATURE_SETBACK): number_field(
                *LIMITS[Option.TEMPERATURE_SETBACK],
                temperature_unit,
                step=0.5,
                mode=NumberSelectorMode.SLIDER,
                coerce_to=float,
            ),
            _required(Option.USE_SLEEP_PRESET): BooleanSelector(),
        },
        "screens": {
            _required(Option.SCREENS_ACTION): _choice(Option.SCREENS_ACTION, list(ScreensAction)),
            _required(Option.SCREEN_CURFEW): limited_minutes(Option.SCREEN_CURFEW),
            _required(Option.SCREEN_WARNING): minutes(60),
            _required(Option.KEEP_SCREENS_QUIET): BooleanSelector(),
        },
        SECTION_RELIEF: {
            vol.Optional(Option.PATH): EntitySelector(EntitySelectorConfig(domain=LIGHT_DOMAIN, multiple=True)),
            _required(Option.PATH_LEVEL): percent(),
            _required(Option.PATH_COLOR_TEMP): kelvin(),
            vol.Optional(TRY_PATH, default=False): BooleanSelector(),
            _required(Option.PATH_MINUTES): minutes(MAX_MINUTES, shortest=1),
            vol.Optional(Option.PRESENCE_SENSORS): EntitySelector(
                EntitySelectorConfig(domain=BINARY_SENSOR_DOMAIN, multiple=True)
            ),
            _required(Option.LINGER): minutes(60, shortest=1),
            vol.Optional(Option.BED_SENSOR): EntitySelector(EntitySelectorConfig(domain=BINARY_SENSOR_DOMAIN)),
            _required(Option.PATH_BY_ITSELF): BooleanSelector(),
            vol.Optional(Option.RELIEF_DEVICES): EntitySelector(
                EntitySelectorConfig(domain=[SWITCH_DOMAIN, FAN_DOMAIN], multiple=True)
            ),
            _required(Option.RELIEF_MINUTES): minutes(MAX_MINUTES, shortest=1),
            _required(Option.RELIEF_KIND): SelectSelector(
                SelectSelectorConfig(options=list(DEVICE_RELIEFS), translation_key="relief")
            ),
        },
        "end": {_required(Option.RESTORE): _choice(Option.RESTORE, list(SELECTABLE_RESTORE_MODES))},
        SECTION_MORE: {vol.Optional(option): ActionSelector() for option in ACTION_ERRORS},
    }


def _required(option: Option) -> Any:
    return vol.Required(option, default=DEFAULTS[option])


def _choice(option: Option, choices: list[str]) -> SelectSelector:
    return SelectSelector(SelectSelectorConfig(options=choices, translation_key=option))


def _flatten(user_input: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the options of all sections in one dict, without empty ones."""
    return {
        str(option): cv.ensure_list(value) if option in ACTION_ERRORS else value
        for fields in user_input.values()
        for option, value in fields.items()
        if value or option in DEFAULTS
    }


@callback
def _switched_only(hass: HomeAssistant, lights: list[str]) -> str:
    """Return the names of the lights that can only be switched, which would be far too bright in the night."""
    states = [hass.states.get(each) for each in sorted(async_expand_groups(hass, lights))]
    return ", ".join(state.name for state in states if state is not None and can_only_switch(state))


async def _async_validate_actions(hass: HomeAssistant, actions: list[Any]) -> str:
    """Return the problem of the user's actions, or an empty string if they are valid."""
    try:
        await async_validate_actions_config(hass, cv.SCRIPT_SCHEMA(actions))
    except (vol.Invalid, HomeAssistantError) as error:
        return str(error) or type(error).__name__
    return ""
