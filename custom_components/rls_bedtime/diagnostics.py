"""Diagnostics: options, session, relief and phones of a bedroom, and its sleepers without names and free text."""

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
from .diary.experiments import RunningExperiment
from .diary.models import ExperimentKind
from .diary_manager import DIARY_MANAGER
from .sleeper_options import has_long_term_statistics, may_read_of, person_of, sleep_sensors_of

EPISODE_COUNT: Final = 10
"""How many of the newest episodes the diagnostics contain."""

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
    """Return the diagnostics of one bedroom without its sleepers, or of one sleeper."""
    for subentry_id, sleeper in entry.runtime_data.sleepers.items():
        if (DOMAIN, subentry_id) in device.identifiers:
            return {"diary": await _diary(hass), "sleeper": await _sleeper(sleeper)}
    return _bedroom(hass, entry)


def _bedroom(hass: HomeAssistant, entry: BedtimeConfigEntry) -> dict[str, Any]:
    session, relief = entry.runtime_data.session, entry.runtime_data.relief
    return {
        "options": async_redact_data(dict(entry.options), TO_REDACT),
        "phase": session.phase,
        "next_bedtime": session.next_bedtime,
        "session": session.state.as_json(),
        "outcomes": dict(session.outcomes),
        "relief": relief.state.as_json(),
        "relief_problems": relief.problems,
        "phones": {
            "chosen": len(session.plan.phones),
            "can_be_told_not_to_disturb": list(async_resolve_phones(hass, session.plan.phones)),
        },
    }


async def _sleeper(sleeper: SleeperCoordinator) -> dict[str, Any]:
    """Return the state of a sleeper's diary and its newest episodes, without free text."""
    overview = sleeper.data.overview
    try:
        newest = await sleeper.async_get_episodes(None, None, EPISODE_COUNT)
        marked_changes = await sleeper.async_get_marked_changes(None, None)
    except HomeAssistantError as error:
        return {CONF_NAME: REDACTED, "error": str(error)}
    return {
        CONF_NAME: REDACTED,
        "has_person": person_of(sleeper.subentry) is not None,
        "may_read": len(may_read_of(sleeper.subentry)),
        "sleep_sensors": len(sleep_sensors_of(sleeper.subentry)),
        "long_term_statistics": has_long_term_statistics(sleeper.subentry),
        "night": overview.night,
        "episodes_tonight": overview.episodes_tonight,
        "nights": asdict(overview.nights),
        "changes_at": overview.changes_at,
        "routine": [item.done for item in sleeper.data.routine],
        "marked_changes": len(marked_changes),
        "experiment": _experiment(sleeper.data.experiment),
        "newest_episodes": [async_redact_data(asdict(episode), TO_REDACT) for episode in newest],
    }


def _experiment(running: RunningExperiment | None) -> dict[str, Any] | None:
    """Return an experiment without what it is about, unless that is an option, and without what is still to come."""
    if running is None:
        return None
    experiment = asdict(running.experiment)
    is_option = running.experiment.kind is ExperimentKind.OPTION
    return {
        "experiment": async_redact_data(experiment, {"seed"} if is_option else {"seed", "subject"}),
        "tonight": None if running.tonight is None else asdict(running.tonight),
    }


async def _diary(hass: HomeAssistant) -> dict[str, Any]:
    """Return statistics of the diary's file."""
    try:
        return asdict(await hass.data[DIARY_MANAGER].async_read(Diary.statistics))
    except HomeAssistantError as error:
        return {"error": str(error)}
