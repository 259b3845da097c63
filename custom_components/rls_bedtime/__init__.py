"""RLS Bedtime: a bedroom that goes to bed, and a diary for legs that will not."""

from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ConfigEntryError, ConfigEntryNotReady
from homeassistant.helpers import area_registry as ar, config_validation as cv, device_registry as dr
from homeassistant.helpers.typing import ConfigType

from .bedtime.plan import Plan
from .bedtime.registry import BedroomRegistry
from .bedtime.session import Session
from .const import DOMAIN, SUBENTRY_SLEEPER, Option
from .coordinator import REGISTRY, BedroomData, BedtimeConfigEntry, SleeperCoordinator
from .diary.models import DatabaseError, NewerDatabaseError
from .diary_manager import DIARY_MANAGER, DiaryManager
from .frontend import CARD_RESOURCES, async_setup_cards
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

LIVE_OPTIONS: Final = frozenset({Option.BEDTIME, Option.WAKE_UP, Option.WIND_DOWN, Option.AUTOMATIC})
"""Options that a session under way follows; any other change of a bedroom loads it anew."""


async def async_setup(hass: HomeAssistant, _config: ConfigType) -> bool:
    """Set up what all bedrooms share: the keeper of the diary, the actions, what cards ask, and the cards."""
    hass.data[DIARY_MANAGER] = DiaryManager(hass)
    hass.data[REGISTRY] = BedroomRegistry()
    async_setup_services(hass)
    async_setup_websocket(hass)
    await async_setup_cards(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: BedtimeConfigEntry) -> bool:
    """Set up a bedroom and its sleepers."""
    async with AsyncExitStack() as undo:
        await hass.data[CARD_RESOURCES].async_register()
        keeper = hass.data[DIARY_MANAGER]
        await _async_open_diary(keeper)
        undo.push_async_callback(keeper.async_close)
        session = _create_session(hass, entry)
        sleepers = {
            subentry.subentry_id: SleeperCoordinator(hass, entry, subentry, keeper, session)
            for subentry in entry.get_subentries_of_type(SUBENTRY_SLEEPER)
        }
        for coordinator in sleepers.values():
            await coordinator.async_config_entry_first_refresh()
            coordinator.async_subscribe()
        undo.push_async_callback(session.async_unload)
        await session.async_load()
        entry.runtime_data = BedroomData(session, sleepers)
        # Before the knobs are there: none is to be turned unheard.
        entry.async_on_unload(entry.add_update_listener(partial(_async_entry_updated, _reload_key(entry))))
        is_new = _bedroom_device(hass, entry) is None
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        if is_new:
            _assign_area(hass, entry)
        keeper.async_schedule_orphan_check()
        undo.pop_all()
    return True


async def async_unload_entry(hass: HomeAssistant, entry: BedtimeConfigEntry) -> bool:
    """Unload a bedroom: a session that is on stays on, and goes on when the entry is loaded again."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.session.async_unload()
    await hass.data[DIARY_MANAGER].async_close()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: BedtimeConfigEntry) -> None:
    """Give the bedroom back if its session is still on, and forget the session. The diary stays, and that is said."""
    # A night that is due must not begin, only to end at once.
    session = _create_session(hass, entry, automatic=False)
    await session.async_load()
    await session.async_stop(Context())
    await session.async_remove()
    hass.data[DIARY_MANAGER].async_schedule_orphan_check()
    if not hass.config_entries.async_entries(DOMAIN):
        await hass.data[CARD_RESOURCES].async_unregister()


async def _async_entry_updated(made_of: tuple[Any, ...], hass: HomeAssistant, entry: BedtimeConfigEntry) -> None:
    """Follow a knob at once; for anything else, load the bedroom anew."""
    if _reload_key(entry) == made_of:
        await entry.runtime_data.session.async_update_plan(Plan.from_options(entry.options))
    else:
        hass.config_entries.async_schedule_reload(entry.entry_id)


def _reload_key(entry: BedtimeConfigEntry) -> tuple[Any, ...]:
    """Return what a loaded bedroom is made of, and cannot change without being loaded anew."""
    options = {option: value for option, value in entry.options.items() if option not in LIVE_OPTIONS}
    # Home Assistant changes a subentry in its place.
    sleepers = {each.subentry_id: (each.title, dict(each.data)) for each in entry.subentries.values()}
    return entry.title, sleepers, options


def _bedroom_device(hass: HomeAssistant, entry: BedtimeConfigEntry) -> dr.DeviceEntry | None:
    return dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)


def _assign_area(hass: HomeAssistant, entry: BedtimeConfigEntry) -> None:
    """Put a new bedroom's device into its area. Before its entities were there, their ids would begin with the area."""
    area = ar.async_get(hass).async_get_area(entry.options.get(Option.AREA, ""))
    device = _bedroom_device(hass, entry)
    if area is not None and device is not None:
        dr.async_get(hass).async_update_device(device.id, area_id=area.id)


async def _async_open_diary(keeper: DiaryManager) -> None:
    try:
        await keeper.async_open()
    except DatabaseError as error:
        reason = ConfigEntryError if isinstance(error, NewerDatabaseError) else ConfigEntryNotReady
        raise reason(
            translation_domain=DOMAIN, translation_key=error.key, translation_placeholders=error.placeholders
        ) from error


def _create_session(hass: HomeAssistant, entry: BedtimeConfigEntry, **instead: Any) -> Session:
    return Session(hass, entry.entry_id, Plan.from_options(entry.options | instead), hass.data[REGISTRY])
