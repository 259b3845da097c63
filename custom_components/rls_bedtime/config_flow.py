"""Config flow: a bedroom, its devices, its schedule and its first sleeper."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, override
from urllib.parse import urlencode

from homeassistant.components.onboarding import DOMAIN as ONBOARDING_DOMAIN
from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.const import ATTR_AREA_ID, ATTR_ENTITY_ID, CONF_NAME, UnitOfTime
from homeassistant.core import HomeAssistant, callback, split_entity_id
from homeassistant.helpers import area_registry as ar, config_validation as cv, device_registry as dr
from homeassistant.helpers.selector import (
    AreaSelector,
    BooleanSelector,
    DeviceSelector,
    DeviceSelectorConfig,
    EntityFilterSelectorConfig,
    EntitySelector,
    EntitySelectorConfig,
    TargetSelector,
    TargetSelectorConfig,
    TextSelector,
    TimeSelector,
)
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import async_get_integration
from homeassistant.util import slugify
import voluptuous as vol

from .bedtime.devices.targets import AREA_DOMAINS, DOMAINS, async_resolve
from .bedtime.plan import DEFAULTS, Kind, valid_options
from .const import DOMAIN, MAX_WIND_DOWN, SUBENTRY_SLEEPER, Option
from .flows.options import BedtimeOptionsFlow, number_field
from .flows.sleeper import (
    SLEEPER_FIELDS,
    SleeperFlow,
    async_orphaned_diary_field,
    name_error,
    suggested_sleeper,
    validate_sleeper,
)
from .sanitize import clean

CONF_OTHER_SCREENS: Final = "other_screens"
"""The field for the screens that an area does not include. They are stored among the other screens."""

OTHER_SCREEN_DOMAINS: Final = DOMAINS[Kind.SCREENS] - {AREA_DOMAINS[Kind.SCREENS]}

BLUEPRINT_IMPORT: Final = "https://my.home-assistant.io/redirect/blueprint_import/"
SPOKEN_COMMANDS: Final = f"custom_components/{DOMAIN}/blueprints/automation/{DOMAIN}/spoken_commands.yaml"
"""Where the blueprint is in the repository."""

USER_SCHEMA = vol.Schema({vol.Optional(Option.AREA): AreaSelector(), vol.Optional(CONF_NAME): TextSelector()})


def _target_field(kind: Kind) -> dict[Any, Any]:
    """Return the field of a kind. It counts only what an area includes."""
    entities = EntityFilterSelectorConfig(domain=AREA_DOMAINS[kind])
    return {vol.Optional(kind): TargetSelector(TargetSelectorConfig(entity=entities))}


DEVICES_SCHEMA = vol.Schema(
    {
        **_target_field(Kind.LIGHTS),
        **_target_field(Kind.CLIMATE),
        **_target_field(Kind.SCREENS),
        vol.Optional(CONF_OTHER_SCREENS): EntitySelector(
            EntitySelectorConfig(domain=sorted(OTHER_SCREEN_DOMAINS), multiple=True)
        ),
        **_target_field(Kind.COVERS),
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
        """Choose the area of the bedroom, or name it."""
        errors: dict[str, str] = {}
        bedrooms = self._async_current_entries(include_ignore=False)
        if user_input is None:
            values = await _async_suggested_area(self.hass, bedrooms)
        else:
            values = user_input = clean(user_input)
            errors = self._adopt_bedroom(user_input, bedrooms)
            if not errors:
                await self.async_set_unique_id(self._bedroom_id)
                self._abort_if_unique_id_configured()
                return await self.async_step_devices()
        return self.async_show_form(
            step_id="user",
            data_schema=self.add_suggested_values_to_schema(USER_SCHEMA, values),
            errors=errors,
            last_step=False,
        )

    async def async_step_devices(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose the devices that bedtime mode controls."""
        if user_input is not None:
            # For the diary alone, no device is needed.
            devices = {key: value for key, value in _join_screens(clean(user_input)).items() if value}
            if self.source == SOURCE_RECONFIGURE:
                return self._async_reconfigure(devices)
            self._options |= devices
            return await self.async_step_schedule()
        return self.async_show_form(
            step_id="devices",
            data_schema=self.add_suggested_values_to_schema(DEVICES_SCHEMA, _split_screens(self._suggested_devices())),
            errors={},
            last_step=self.source == SOURCE_RECONFIGURE,
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
            last_step=False,
        )

    async def async_step_sleeper(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose the person of the first sleeper, or name them."""
        errors: dict[str, str] = {}
        if user_input is None:
            values = suggested_sleeper(self.hass)
        else:
            values = user_input
            sleeper, errors = validate_sleeper(self.hass, user_input)
            if not errors:
                return self.async_create_entry(
                    title=self._name,
                    data={},
                    options=self._options,
                    subentries=[sleeper],
                    description_placeholders=await _async_links(self.hass),
                )
        schema = vol.Schema({**SLEEPER_FIELDS, **await async_orphaned_diary_field(self.hass)})
        return self.async_show_form(
            step_id="sleeper",
            data_schema=self.add_suggested_values_to_schema(schema, values),
            errors=errors,
            last_step=True,
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Change the name and the area, and then the devices."""
        errors: dict[str, str] = {}
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            others = [each for each in self._async_current_entries(include_ignore=False) if each is not entry]
            errors = self._adopt_bedroom(user_input, others)
            if not errors and self._bedroom_id in (other.unique_id for other in others):
                errors[CONF_NAME] = "name_taken"
            if not errors:
                return await self.async_step_devices()
        values = user_input or {CONF_NAME: entry.title, **valid_options(entry.options)}
        return self.async_show_form(
            step_id="reconfigure",
            data_schema=self.add_suggested_values_to_schema(USER_SCHEMA, values),
            errors=errors,
            last_step=False,
        )

    @property
    def _bedroom_id(self) -> str:
        """Return the unique id of a bedroom: its area, else its name."""
        return self._options.get(Option.AREA) or slugify(self._name)

    def _adopt_bedroom(self, user_input: Mapping[str, Any], others: Iterable[ConfigEntry]) -> dict[str, str]:
        """Adopt the name and the area of a bedroom. Return errors by field: both are unique among all bedrooms."""
        others = list(others)
        self._name = _bedroom_name(self.hass, user_input)
        area = user_input.get(Option.AREA)
        self._options = {Option.AREA: area} if area else {}
        errors: dict[str, str] = {}
        if error := name_error(self._name, (entry.title for entry in others)):
            errors[CONF_NAME] = error
        if area and area in (entry.options.get(Option.AREA) for entry in others):
            errors[Option.AREA] = "area_taken"
        return errors

    @callback
    def _async_reconfigure(self, devices: Mapping[str, Any]) -> ConfigFlowResult:
        """Change a bedroom's name, area and devices, and leave everything else as it is."""
        entry = self._get_reconfigure_entry()
        changed = {Option.AREA, *DEVICES_SCHEMA.schema}
        others = {key: value for key, value in entry.options.items() if key not in changed}
        self._async_move_device(entry)
        return self.async_update_and_abort(
            entry, unique_id=self._bedroom_id, title=self._name, options={**others, **self._options, **devices}
        )

    @callback
    def _async_move_device(self, entry: ConfigEntry) -> None:
        """Move the bedroom's device along to another area, unless the user has put it somewhere else."""
        registry = dr.async_get(self.hass)
        device = registry.async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
        before, after = entry.options.get(Option.AREA), self._options.get(Option.AREA)
        if device is not None and before != after and device.area_id in (before, None):
            registry.async_update_device(device.id, area_id=after)

    def _suggested_devices(self) -> Mapping[str, Any]:
        """Return the current choice of a bedroom that exists, else the devices of the area."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry().options
        if (area := self._options.get(Option.AREA)) is None:
            return {}
        target = {ATTR_AREA_ID: [area]}
        return {kind: target for kind in Kind if async_resolve(self.hass, {kind: target})}


async def _async_suggested_area(hass: HomeAssistant, bedrooms: Iterable[ConfigEntry]) -> dict[str, str]:
    """Return the area that Home Assistant creates for the bedroom of a new home, unless it is a bedroom of ours.

    The home may have got another language since then.
    """
    taken = {entry.options.get(Option.AREA) for entry in bedrooms}
    for language in (hass.config.language, "en"):
        texts = await async_get_translations(hass, language, "area", {ONBOARDING_DOMAIN})
        area = ar.async_get(hass).async_get_area_by_name(texts.get(f"component.{ONBOARDING_DOMAIN}.area.bedroom", ""))
        if area is not None and area.id not in taken:
            return {Option.AREA: area.id}
    return {}


async def _async_links(hass: HomeAssistant) -> dict[str, str]:
    """Return the links that the end of the setup shows."""
    documentation = str((await async_get_integration(hass, DOMAIN)).documentation)
    blueprint = urlencode({"blueprint_url": f"{documentation}/blob/main/{SPOKEN_COMMANDS}"})
    return {"documentation": documentation, "spoken_commands": f"{BLUEPRINT_IMPORT}?{blueprint}"}


def _bedroom_name(hass: HomeAssistant, user_input: Mapping[str, Any]) -> str:
    """Return the name of a bedroom: the given one, else that of its area, else an empty string."""
    if name := str(user_input.get(CONF_NAME, "")).strip():
        return name
    area = ar.async_get(hass).async_get_area(user_input.get(Option.AREA, ""))
    return area.name if area else ""


def _join_screens(devices: Mapping[str, Any]) -> dict[str, Any]:
    """Return the devices of the form as they are stored: with all screens in one target."""
    screens = dict(devices.get(Kind.SCREENS) or {})
    if others := devices.get(CONF_OTHER_SCREENS):
        screens[ATTR_ENTITY_ID] = [*cv.ensure_list(screens.get(ATTR_ENTITY_ID)), *others]
    rest = {key: value for key, value in devices.items() if key not in (Kind.SCREENS, CONF_OTHER_SCREENS)}
    return {**rest, Kind.SCREENS: screens}


def _split_screens(devices: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stored devices as the form shows them: with the screens that an area does not include in a field."""
    screens = dict(devices.get(Kind.SCREENS) or {})
    named = cv.ensure_list(screens.pop(ATTR_ENTITY_ID, None))
    others = [entity_id for entity_id in named if split_entity_id(entity_id)[0] in OTHER_SCREEN_DOMAINS]
    if players := [entity_id for entity_id in named if entity_id not in others]:
        screens[ATTR_ENTITY_ID] = players
    rest = {key: value for key, value in devices.items() if key != Kind.SCREENS}
    return rest | ({Kind.SCREENS: screens} if screens else {}) | ({CONF_OTHER_SCREENS: others} if others else {})
