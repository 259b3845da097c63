"""What helps to find a fault: the bedroom's options, session and phones, and its sleepers without their words."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from homeassistant.components.diagnostics import REDACTED, async_redact_data
from homeassistant.const import CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.device_registry import DeviceEntry

from .bedtime.devices.phones import async_resolve_phones
from .const import CONF_PERSON, DOMAIN, Option
from .coordinator import BedtimeConfigEntry, SleeperCoordinator
from .diary.diary import Diary
from .diary_manager import DIARY_MANAGER

EPISODE_COUNT: Final = 10
"""How many episodes are among the diagnostics."""

TO_REDACT: Final = {CONF_NAME, CONF_PERSON, Option.ONLY_WHEN_HOME, "note", "tags", "text"}


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: BedtimeConfigEntry) -> Mapping[str, Any]:
    """Return the diagnostics of a bedroom and its sleepers."""
    return {
        **_bedroom(hass, entry),
        "diary": await _diary(hass),
        "sleepers": [await _sleeper(sleeper) for sleeper in entry.runtime_data.sleepers.values()],
    }


async def async_get_device_diagnostics(
    hass: HomeAssistant, entry: BedtimeConfigEntry, device: DeviceEntry
) -> Mapping[str, Any]:
    """Return the diagnostics of a bedroom alone, or of a sleeper alone."""
    for subentry_id, sleeper in entry.runtime_data.sleepers.items():
        if (DOMAIN, subentry_id) in device.identifiers:
            return {"diary": await _diary(hass), "sleeper": await _sleeper(sleeper)}
    return _bedroom(hass, entry)


def _bedroom(hass: HomeAssistant, entry: BedtimeConfigEntry) -> dict[str, Any]:
    session = entry.runtime_data.session
    return {
        "options": async_redact_data(dict(entry.options), TO_REDACT),
        "phase": session.phase,
        "next_bedtime": session.next_bedtime,
        "session": session.state.as_json(),
        "outcomes": dict(session.outcomes),
        "phones": {
            "chosen": len(session.plan.phones),
            "can_be_told_not_to_disturb": list(async_resolve_phones(hass, session.plan.phones)),
        },
    }


async def _sleeper(sleeper: SleeperCoordinator) -> dict[str, Any]:
    """Return what is known of a sleeper, without a word of theirs."""
    glance = sleeper.data.overview
    try:
        newest = await sleeper.async_get_episodes(None, None, EPISODE_COUNT)
    except HomeAssistantError as error:
        return {CONF_NAME: REDACTED, "error": str(error)}
    return {
        CONF_NAME: REDACTED,
        "has_person": CONF_PERSON in sleeper.subentry.data,
        "night": glance.night,
        "episodes_tonight": glance.episodes_tonight,
        "nights": asdict(glance.nights),
        "changes_at": glance.changes_at,
        "routine": [each.done for each in sleeper.data.routine],
        "newest_episodes": [async_redact_data(asdict(each), TO_REDACT) for each in newest],
    }


async def _diary(hass: HomeAssistant) -> dict[str, Any]:
    """Return the diary's file in figures."""
    try:
        return asdict(await hass.data[DIARY_MANAGER].async_read(Diary.statistics))
    except HomeAssistantError as error:
        return {"error": str(error)}
