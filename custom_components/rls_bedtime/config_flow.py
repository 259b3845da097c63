"""Config flow: a bedroom, its devices, its schedule and its first sleeper."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import ATTR_AREA_ID, CONF_NAME, UnitOfTime
from homeassistant.core import callback
from homeassistant.helpers.selector import (
    AreaSelector,
    BooleanSelector,
    DeviceSelector,
    DeviceSelectorConfig,
    EntityFilterSelectorConfig,
    TargetSelector,
    TargetSelectorConfig,
    TextSelector,
    TimeSelector,
)
from homeassistant.util import slugify
import voluptuous as vol

from .bedtime.devices.targets import DOMAINS, async_resolve
from .bedtime.plan import DEFAULTS, Kind
from .const import DOMAIN, MAX_WIND_DOWN, SUBENTRY_SLEEPER, Option
from .flows.options import BedtimeOptionsFlow, number_field
from .flows.sleeper import SLEEPER_FIELDS, SleeperFlow, async_orphaned_diary_field, name_error, validate_sleeper
from .sanitize import clean

USER_SCHEMA = vol.Schema({vol.Required(CONF_NAME): TextSelector(), vol.Optional(Option.AREA): AreaSelector()})

DEVICES_SCHEMA = vol.Schema(
    {
        **{
            vol.Optional(kind): TargetSelector(
                TargetSelectorConfig(entity=EntityFilterSelectorConfig(domain=sorted(DOMAINS[kind])))
            )
            for kind in (Kind.LIGHTS, Kind.CLIMATE, Kind.SCREENS, Kind.COVERS)
        },
        vol.Optional(Option.PHONES): DeviceSelector(DeviceSelectorConfig(integration="mobile_app", multiple=True)),
    }
)

SCHEDULE_SCHEMA = vol.Schema(
    {
        vol.Required(Option.BEDTIME, default=DEFAULTS[Option.BEDTIME]): TimeSelector(),
        vol.Required(Option.WAKE_UP, default=DEFAULTS[Option.WAKE_UP]): TimeSelector(),
        vol.Required(Option.WIND_DOWN, default=DEFAULTS[Option.WIND_DOWN]): number_field(
            0, MAX_WIND_DOWN, UnitOfTime.MINUTES
        ),
        vol.Required(Option.AUTOMATIC, default=DEFAULTS[Option.AUTOMATIC]): BooleanSelector(),
    }
)


class BedtimeConfigFlow(ConfigFlow, domain=DOMAIN):
    """Set up a bedroom."""

    VERSION = 1

    def __init__(self) -> None:
        self._name = ""
        self._options: dict[str, Any] = {}

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(cls, config_entry: ConfigEntry) -> dict[str, type[ConfigSubentryFlow]]:
        return {SUBENTRY_SLEEPER: SleeperFlow}

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> BedtimeOptionsFlow:
        return BedtimeOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Name the bedroom."""
        errors: dict[str, str] = {}
        if user_input is not None:
            user_input = clean(user_input)
            self._name = user_input[CONF_NAME].strip()
            area = user_input.get(Option.AREA)
            bedrooms = self._async_current_entries(include_ignore=False)
            if error := name_error(self._name, (entry.title for entry in bedrooms)):
                errors[CONF_NAME] = error
            if area and area in (entry.options.get(Option.AREA) for entry in bedrooms):
                errors[Option.AREA] = "area_taken"
            if not errors:
                await self.async_set_unique_id(area or slugify(self._name))
                self._abort_if_unique_id_configured()
                self._options = {Option.AREA: area} if area else {}
                return await self.async_step_devices()
        return self.async_show_form(
            step_id="user", data_schema=self.add_suggested_values_to_schema(USER_SCHEMA, user_input), errors=errors
        )

    async def async_step_devices(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose the devices that bedtime mode controls."""
        if user_input is not None:
            # For the diary alone, no device is needed.
            devices = {key: value for key, value in clean(user_input).items() if value}
            if self.source == SOURCE_RECONFIGURE:
                entry = self._get_reconfigure_entry()
                others = {key: value for key, value in entry.options.items() if key not in DEVICES_SCHEMA.schema}
                return self.async_update_and_abort(entry, options=others | devices)
            self._options |= devices
            return await self.async_step_schedule()
        return self.async_show_form(
            step_id="devices",
            data_schema=self.add_suggested_values_to_schema(DEVICES_SCHEMA, self._suggested_devices()),
            errors={},
        )

    async def async_step_schedule(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Set the schedule."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[Option.BEDTIME] != user_input[Option.WAKE_UP]:
                self._options |= user_input
                return await self.async_step_sleeper()
            errors[Option.WAKE_UP] = "no_night"
        return self.async_show_form(
            step_id="schedule",
            data_schema=self.add_suggested_values_to_schema(SCHEDULE_SCHEMA, user_input),
            errors=errors,
        )

    async def async_step_sleeper(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Name the first sleeper."""
        errors: dict[str, str] = {}
        if user_input is not None:
            sleeper, errors = validate_sleeper(self.hass, user_input)
            if not errors:
                return self.async_create_entry(title=self._name, data={}, options=self._options, subentries=[sleeper])
        schema = vol.Schema({**SLEEPER_FIELDS, **await async_orphaned_diary_field(self.hass)})
        return self.async_show_form(
            step_id="sleeper", data_schema=self.add_suggested_values_to_schema(schema, user_input), errors=errors
        )

    async def async_step_reconfigure(self, _user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change the devices."""
        return await self.async_step_devices()

    def _suggested_devices(self) -> Mapping[str, Any]:
        """Return the current choice of a bedroom that exists, else the devices of the area."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry().options
        if (area := self._options.get(Option.AREA)) is None:
            return {}
        target = {ATTR_AREA_ID: [area]}
        return {kind: target for kind in Kind if async_resolve(self.hass, {kind: target})}
