"""RLS Bedtime: a bedtime mode for bedrooms, and a diary of restless legs."""

from contextlib import AsyncExitStack
from functools import partial
from typing import Any

from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import area_registry as ar, config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .bedroom_issues import (
    async_create_relief_issue,
    async_create_session_issue,
    async_delete_bedroom_issues,
    async_watch_references,
)
from .bedtime.plan import Plan, valid_options
from .bedtime.registry import BedroomRegistry
from .bedtime.relief.controller import ReliefController
from .bedtime.relief.relief_plan import ReliefPlan
from .bedtime.session import Session
from .const import DOMAIN, SUBENTRY_SLEEPER, Option
from .coordinator import REGISTRY, BedroomData, BedtimeConfigEntry, SleeperCoordinator
from .diary.models import DatabaseError, NewerDatabaseError
from .diary_manager import DIARY_MANAGER, DiaryManager
from .frontend import CARD_RESOURCES, async_setup_cards
from .localize import async_load_fallback
from .long_term_statistics import async_clear_unwanted_statistics, async_set_up_statistics
from .night_conditions import async_keep_night_conditions
from .references import LOADED_CONFIGURATIONS, LoadedConfiguration, async_follow_renames
from .report_view import async_setup_report_view
from .services import async_setup_services
from .websocket_api import async_setup_websocket

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.TIME,
    Platform.TODO,
]


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Set up what all bedrooms share: the diary manager, the actions, the websocket commands and the cards."""
    hass.data[DIARY_MANAGER] = DiaryManager(hass)
    hass.data[REGISTRY] = BedroomRegistry()
    hass.data[LOADED_CONFIGURATIONS] = {}
    await async_load_fallback(hass)
    async_setup_services(hass)
    async_setup_websocket(hass)
    async_setup_report_view(hass)
    async_follow_renames(hass)
    async_clear_unwanted_statistics(hass)
    await async_setup_cards(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: BedtimeConfigEntry) -> bool:
    """Set up a bedroom and its sleepers."""
    # Taken before anything is read of it: what changes while the entry is being loaded is not what was loaded.
    configuration, options = LoadedConfiguration.of(entry), entry.options
    async with AsyncExitStack() as cleanup:
        # Before anything else: what ran when Home Assistant went down is turned off.
        relief = _create_relief(hass, entry)
        cleanup.push_async_callback(relief.async_unload)
        await relief.async_load()
        if relief.damage is not None:
            async_create_relief_issue(hass, entry, relief.damage)
        await hass.data[CARD_RESOURCES].async_register()
        manager = hass.data[DIARY_MANAGER]
        await _async_open_diary(manager)
        cleanup.push_async_callback(manager.async_close)
        session = _create_session(hass, entry)
        sleepers = {
            subentry.subentry_id: SleeperCoordinator(hass, entry, subentry, manager, session)
            for subentry in entry.get_subentries_of_type(SUBENTRY_SLEEPER)
        }
        for coordinator in sleepers.values():
            await coordinator.async_config_entry_first_refresh()
            coordinator.async_subscribe()
        entry.runtime_data = data = BedroomData(session, relief, sleepers)
        session.async_set_plan(data.plan(entry.options))
        cleanup.push_async_callback(session.async_unload)
        await session.async_load()
        if session.damage is not None:
            async_create_session_issue(hass, entry, session.damage)
        for coordinator in sleepers.values():
            entry.async_on_unload(coordinator.async_add_listener(partial(_follow_experiments, hass, entry)))
        # Added before the entities that edit options, so that no edit is missed.
        hass.data[LOADED_CONFIGURATIONS][entry.entry_id] = configuration
        entry.async_on_unload(entry.add_update_listener(_async_entry_updated))
        if entry.options != options or LoadedConfiguration.of(entry) != configuration:
            await _async_entry_updated(hass, entry)
        is_new = _bedroom_device(hass, entry) is None
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        if is_new:
            _assign_area(hass, entry)
        async_watch_references(hass, entry)
        async_keep_night_conditions(hass, entry)
        async_set_up_statistics(hass, entry)
        manager.async_schedule_orphan_check()
        cleanup.pop_all()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BedtimeConfigEntry) -> bool:
    """Unload a bedroom. A running session stays on, and resumes when the entry is loaded again."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.relief.async_unload()
    await entry.runtime_data.session.async_unload()
    await hass.data[DIARY_MANAGER].async_close()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: BedtimeConfigEntry) -> None:
    """Restore the bedroom if its session is still on, and remove the session. The diary stays; an issue says so."""
    relief = _create_relief(hass, entry)
    await relief.async_load()
    await relief.async_remove()
    # A session that is due must not start, only to end at once.
    session = _create_session(hass, entry, automatic=False)
    await session.async_load()
    await session.async_stop(Context())
    await session.async_remove()
    async_delete_bedroom_issues(hass, entry)
    hass.data[LOADED_CONFIGURATIONS].pop(entry.entry_id, None)
    hass.data[DIARY_MANAGER].async_schedule_orphan_check()
    if not hass.config_entries.async_entries(DOMAIN):
        await hass.data[CARD_RESOURCES].async_unregister()


async def _async_entry_updated(hass: HomeAssistant, entry: BedtimeConfigEntry) -> None:
    """Let the session adopt live options; reload the entry for any other change."""
    if LoadedConfiguration.of(entry) == hass.data[LOADED_CONFIGURATIONS].get(entry.entry_id):
        await entry.runtime_data.async_apply_options(entry.options)
    else:
        hass.config_entries.async_schedule_reload(entry.entry_id)


@callback
def _follow_experiments(hass: HomeAssistant, entry: BedtimeConfigEntry) -> None:
    """Let the session adopt what the experiments of the sleepers set tonight, if that is something else."""
    if not entry.runtime_data.follows_experiments(entry.options):
        entry.async_create_task(hass, entry.runtime_data.async_apply_options(entry.options))


def _bedroom_device(hass: HomeAssistant, entry: BedtimeConfigEntry) -> dr.DeviceEntry | None:
    return dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)


def _assign_area(hass: HomeAssistant, entry: BedtimeConfigEntry) -> None:
    """Assign a new bedroom's device to its area. Done earlier, the area would become part of the entity ids."""
    area = ar.async_get(hass).async_get_area(valid_options(entry.options).get(Option.AREA, ""))
    device = _bedroom_device(hass, entry)
    if area is not None and device is not None:
        dr.async_get(hass).async_update_device(device.id, area_id=area.id)


async def _async_open_diary(manager: DiaryManager) -> None:
    try:
        await manager.async_open()
    except DatabaseError as error:
        exception_type = ConfigEntryError if isinstance(error, NewerDatabaseError) else ConfigEntryNotReady
        raise exception_type(
            translation_domain=DOMAIN, translation_key=error.key, translation_placeholders=error.placeholders
        ) from error


def _create_relief(hass: HomeAssistant, entry: BedtimeConfigEntry) -> ReliefController:
    return ReliefController(hass, entry.entry_id, ReliefPlan.from_options(entry.options), hass.data[REGISTRY])


def _create_session(hass: HomeAssistant, entry: BedtimeConfigEntry, **overrides: Any) -> Session:
    return Session(hass, entry.entry_id, Plan.from_options(entry.options | overrides), hass.data[REGISTRY])
