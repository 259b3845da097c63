"""RLS Bedtime: a bedroom that goes to bed, and a diary for legs that will not."""

from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .bedtime.plan import Plan
from .bedtime.session import Session
from .const import DOMAIN, SUBENTRY_SLEEPER
from .coordinator import DIARY_KEEPER, Bedroom, BedtimeConfigEntry, DiaryKeeper, SleeperCoordinator
from .diary.diary import Diary
from .diary.models import DatabaseError, NewerDatabaseError
from .services import async_setup_services

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)
PLATFORMS = [Platform.BUTTON, Platform.SENSOR, Platform.SWITCH]


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Set up what all bedrooms share: the actions, and the keeper of the diary."""
    hass.data[DIARY_KEEPER] = DiaryKeeper(hass)
    async_setup_services(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: BedtimeConfigEntry) -> bool:
    """Set up a bedroom and its sleepers."""
    diary = await _async_open_diary(hass)
    try:
        sleepers = {
            subentry.subentry_id: SleeperCoordinator(hass, entry, subentry, diary)
            for subentry in entry.get_subentries_of_type(SUBENTRY_SLEEPER)
        }
        for coordinator in sleepers.values():
            await coordinator.async_config_entry_first_refresh()
            coordinator.async_track_nights()
        session = _session(hass, entry)
        await session.async_load()
        entry.runtime_data = Bedroom(session, sleepers)
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    except BaseException:
        await hass.data[DIARY_KEEPER].async_close()
        raise
    entry.async_on_unload(entry.add_update_listener(_async_reload))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BedtimeConfigEntry) -> bool:
    """Unload a bedroom: a session that is on stays on, and goes on when the entry is loaded again."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.session.async_unload()
    await hass.data[DIARY_KEEPER].async_close()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: BedtimeConfigEntry) -> None:
    """Give the bedroom back if its session is still on, and forget the session. The diary stays."""
    session = _session(hass, entry)
    await session.async_load()
    await session.async_stop(Context())
    await session.async_remove()


async def _async_reload(hass: HomeAssistant, entry: BedtimeConfigEntry) -> None:
    hass.config_entries.async_schedule_reload(entry.entry_id)


async def _async_open_diary(hass: HomeAssistant) -> Diary:
    try:
        return await hass.data[DIARY_KEEPER].async_open()
    except DatabaseError as error:
        reason = ConfigEntryError if isinstance(error, NewerDatabaseError) else ConfigEntryNotReady
        raise reason(
            translation_domain=DOMAIN, translation_key=error.key, translation_placeholders=error.placeholders
        ) from error


def _session(hass: HomeAssistant, entry: BedtimeConfigEntry) -> Session:
    return Session(hass, entry.entry_id, Plan.from_options(entry.options))
