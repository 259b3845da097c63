"""Subentry flow of a sleeper."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.components.http import KEY_HASS_USER, current_request
from homeassistant.components.person import DOMAIN as PERSON_DOMAIN
from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN, SensorDeviceClass
from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentry,
    ConfigSubentryData,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    FileSelector,
    FileSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
from homeassistant.util.unit_conversion import DurationConverter
import voluptuous as vol

from ..actions.permissions import async_is_of_user
from ..const import (
    CONF_DIARY,
    CONF_IN_BED_SENSOR,
    CONF_LONG_TERM_STATISTICS,
    CONF_MAY_READ,
    CONF_PERSON,
    CONF_SLEEP_SENSOR,
    DOMAIN,
    SUBENTRY_SLEEPER,
)
from ..coordinator import BedtimeConfigEntry
from ..diary.diary import Diary
from ..diary.models import DatabaseError, fold_text
from ..diary_manager import DIARY_MANAGER, DiaryManager
from ..issues import diary_placeholders
from ..localize import async_get_texts
from ..long_term_statistics import async_clear_statistics
from ..sanitize import clean, escape_markdown
from ..sleeper_options import (
    SLEEP_SENSORS,
    diary_id_of,
    has_long_term_statistics,
    may_read_of,
    person_of,
    sensor_of,
)

CONF_CONFIRM: Final = "confirm"
CONF_FILE: Final = "file"
CONF_REMOVE: Final = "remove"

DURATION_SELECTOR: Final = EntitySelector(
    EntitySelectorConfig(
        filter=[
            {"domain": SENSOR_DOMAIN, "device_class": SensorDeviceClass.DURATION},
            {"domain": SENSOR_DOMAIN, "unit_of_measurement": sorted(map(str, DurationConverter.VALID_UNITS))},
        ]
    )
)
"""Sensors of a duration. Those of a template or of a phone's app may have a unit only."""

SLEEPER_FIELDS: Final[Mapping[Any, Any]] = {
    vol.Optional(CONF_PERSON): EntitySelector(EntitySelectorConfig(domain=PERSON_DOMAIN)),
    vol.Optional(CONF_NAME): TextSelector(),
    vol.Optional(CONF_MAY_READ): EntitySelector(EntitySelectorConfig(domain=PERSON_DOMAIN, multiple=True)),
    vol.Optional(CONF_LONG_TERM_STATISTICS): BooleanSelector(),
}
SLEEP_SENSOR_FIELDS: Final[Mapping[Any, Any]] = {
    vol.Optional(CONF_SLEEP_SENSOR): DURATION_SELECTOR,
    vol.Optional(CONF_IN_BED_SENSOR): DURATION_SELECTOR,
}
CHANGE_SCHEMA: Final = vol.Schema(
    {**SLEEPER_FIELDS, **SLEEP_SENSOR_FIELDS, vol.Optional(CONF_REMOVE): BooleanSelector()}
)
IMPORT_SCHEMA: Final = vol.Schema(
    {vol.Required(CONF_FILE): FileSelector(FileSelectorConfig(accept=".json,application/json"))}
)
REMOVE_SCHEMA: Final = vol.Schema({vol.Required(CONF_CONFIRM, default=False): BooleanSelector()})


class SleeperFlow(ConfigSubentryFlow):
    """Add, change or remove a sleeper."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add a sleeper, who may continue an orphaned diary."""
        errors: dict[str, str] = {}
        if user_input is None:
            values = suggested_sleeper(self.hass)
        else:
            values = user_input
            sleeper, errors = validate_sleeper(self.hass, user_input)
            if not errors:
                return self.async_create_entry(title=sleeper["title"], data=sleeper["data"])
        fields = {**SLEEPER_FIELDS, **SLEEP_SENSOR_FIELDS, **await async_orphaned_diary_field(self.hass)}
        schema = self.add_suggested_values_to_schema(vol.Schema(fields), values)
        return self.async_show_form(step_id="user", data_schema=schema, errors=errors)

    async def async_step_reconfigure(self, _user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Choose what to do with a sleeper."""
        return self.async_show_menu(step_id="reconfigure", menu_options=["edit", "import_diary"])

    async def async_step_edit(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change a sleeper: name, person, who may read, sensors of their sleep, long-term statistics."""
        errors: dict[str, str] = {}
        subentry = self._get_reconfigure_subentry()
        if user_input is not None:
            if user_input.get(CONF_REMOVE):
                return await self.async_step_remove()
            sleeper, errors = validate_sleeper(self.hass, user_input, current=subentry)
            if not errors:
                return self.async_update_and_abort(
                    self._get_entry(), subentry, title=sleeper["title"], data=sleeper["data"]
                )
        values = user_input or {
            CONF_NAME: subentry.title,
            CONF_PERSON: person_of(subentry),
            CONF_MAY_READ: list(may_read_of(subentry)),
            **{option: sensor for option in SLEEP_SENSORS if (sensor := sensor_of(subentry, option))},
            CONF_LONG_TERM_STATISTICS: has_long_term_statistics(subentry),
        }
        return self.async_show_form(
            step_id="edit",
            data_schema=self.add_suggested_values_to_schema(CHANGE_SCHEMA, values),
            errors=errors,
        )

    async def async_step_import_diary(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Add an exported diary to that of a sleeper."""
        errors: dict[str, str] = {}
        subentry = self._get_reconfigure_subentry()
        entry: BedtimeConfigEntry = self._get_entry()
        placeholders = {CONF_NAME: escape_markdown(subentry.title)}
        if user_input is not None and entry.state is not ConfigEntryState.LOADED:
            errors["base"] = "not_running"
        elif user_input is not None:
            try:
                content = await self.hass.async_add_executor_job(read_upload, self.hass, user_input[CONF_FILE])
                result = await entry.runtime_data.sleepers[subentry.subentry_id].async_import(content)
            except ServiceValidationError as error:
                errors[CONF_FILE] = str(error.translation_key)
                placeholders |= error.translation_placeholders or {}
            except HomeAssistantError:
                errors["base"] = "import_refused"
            except OSError, ValueError:
                # An upload is kept for one attempt only.
                errors[CONF_FILE] = "file_gone"
            else:
                added = {name: str(number) for name, number in result.added.items()}
                reason = "diary_imported" if result.new else "nothing_to_import"
                return self.async_abort(reason=reason, description_placeholders=added)
        return self.async_show_form(
            step_id="import_diary", data_schema=IMPORT_SCHEMA, errors=errors, description_placeholders=placeholders
        )

    async def async_step_remove(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Remove a sleeper and erase their diary after confirmation."""
        errors: dict[str, str] = {}
        subentry = self._get_reconfigure_subentry()
        if user_input is not None and not user_input[CONF_CONFIRM]:
            errors[CONF_CONFIRM] = "not_confirmed"
        elif user_input is not None:
            manager = self.hass.data[DIARY_MANAGER]
            try:
                async with manager.async_opened():
                    await manager.async_write(Diary.erase_sleeper, diary_id_of(subentry))
            except HomeAssistantError, DatabaseError:
                errors["base"] = "diary_refused"
            else:
                await async_clear_statistics(self.hass, diary_id_of(subentry))
                self.hass.config_entries.async_remove_subentry(self._get_entry(), subentry.subentry_id)
                return self.async_abort(reason="sleeper_removed")
        return self.async_show_form(
            step_id="remove",
            data_schema=REMOVE_SCHEMA,
            errors=errors,
            description_placeholders={
                CONF_NAME: escape_markdown(subentry.title),
                "set_aside": await async_list_set_aside_files(self.hass),
            },
        )


def read_upload(hass: HomeAssistant, file_id: str) -> bytes:
    """Return the content of an uploaded file. Blocks. Raises OSError or ValueError if it is gone."""
    with process_uploaded_file(hass, file_id) as path:
        return path.read_bytes()


def validate_sleeper(
    hass: HomeAssistant, user_input: Mapping[str, Any], current: ConfigSubentry | None = None
) -> tuple[ConfigSubentryData, dict[str, str]]:
    """Return the sleeper that the user input describes, and errors by field.

    Names, persons and diaries are unique among the sleepers of all bedrooms. `current` is the sleeper to change.
    """
    user_input = clean(user_input)
    others = [each for each in _sleepers(hass) if current is None or each.subentry_id != current.subentry_id]
    person = user_input.get(CONF_PERSON)
    name = str(user_input.get(CONF_NAME, "")).strip() or _person_name(hass, person)
    diary = user_input.get(CONF_DIARY) if current is None else current.data.get(CONF_DIARY)
    errors: dict[str, str] = {}
    if error := name_error(name, (other.title for other in others)):
        errors[CONF_NAME] = error
    if person and person in (person_of(other) for other in others):
        errors[CONF_PERSON] = "person_taken"
    if diary and diary in (diary_id_of(other) for other in others):
        errors[CONF_DIARY] = "diary_taken"
    given = {
        CONF_PERSON: person,
        CONF_MAY_READ: user_input.get(CONF_MAY_READ),
        CONF_LONG_TERM_STATISTICS: user_input.get(CONF_LONG_TERM_STATISTICS),
        CONF_DIARY: diary,
    } | {option: user_input.get(option) for option in SLEEP_SENSORS}
    data = {key: value for key, value in given.items() if value}
    return ConfigSubentryData(data=data, subentry_type=SUBENTRY_SLEEPER, title=name, unique_id=None), errors


def suggested_sleeper(hass: HomeAssistant) -> dict[str, Any]:
    """Return the suggested values of a new sleeper: the person of the user who adds them, unless they are one."""
    request = current_request.get()
    user: User | None = request.get(KEY_HASS_USER) if request else None
    if user is None:
        return {}
    taken = {person_of(sleeper) for sleeper in _sleepers(hass)}
    for person in hass.states.async_entity_ids(PERSON_DOMAIN):
        if person not in taken and async_is_of_user(hass, person, user.id):
            return {CONF_PERSON: person}
    return {}


def _sleepers(hass: HomeAssistant) -> list[ConfigSubentry]:
    """Return the sleepers of all bedrooms."""
    entries = hass.config_entries.async_entries(DOMAIN)
    return [sleeper for entry in entries for sleeper in entry.get_subentries_of_type(SUBENTRY_SLEEPER)]


def _person_name(hass: HomeAssistant, person: str | None) -> str:
    """Return the name of a person, or an empty string if there is no such person."""
    state = hass.states.get(person) if person else None
    return state.name if state else ""


def name_error(name: str, taken: Iterable[str]) -> str | None:
    """Return the key of the error about the name of a bedroom or a sleeper, or None if it is valid."""
    if not name:
        return "name_missing"
    return "name_taken" if fold_text(name) in map(fold_text, taken) else None


async def async_list_set_aside_files(hass: HomeAssistant) -> str:
    """Return a text, in Markdown, with the names of the damaged files that are not erased with a diary."""
    texts = await async_get_texts(hass, "left_behind")
    files = await hass.data[DIARY_MANAGER].async_get_set_aside_files()
    return ", ".join(map(escape_markdown, files)) or texts["no_file"]


async def async_orphaned_diary_field(hass: HomeAssistant) -> dict[Any, Any]:
    """Return a field to select an orphaned diary; no field if there are none."""
    manager = hass.data.get(DIARY_MANAGER) or DiaryManager(hass)
    if not (orphans := await manager.async_get_orphans()):
        return {}
    texts = await async_get_texts(hass, "left_behind")
    options = [
        SelectOptionDict(value=orphan.sleeper, label=texts["diary"].format(**diary_placeholders(orphan)))
        for orphan in orphans
    ]
    config = SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN)
    return {vol.Optional(CONF_DIARY): SelectSelector(config)}
