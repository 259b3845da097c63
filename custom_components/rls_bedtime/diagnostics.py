"""What helps to find a fault: the bedroom's options, its session and its phones. Nothing of any diary."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant

from .bedtime.phones import async_resolve_phones
from .coordinator import BedtimeConfigEntry


async def async_get_config_entry_diagnostics(hass: HomeAssistant, entry: BedtimeConfigEntry) -> Mapping[str, Any]:
    """Return the diagnostics of a bedroom."""
    session = entry.runtime_data.session
    return {
        "options": dict(entry.options),
        "phase": session.phase,
        "next_bedtime": session.next_bedtime,
        "session": session.record.as_json(),
        "outcomes": dict(session.outcomes),
        "phones": {
            "chosen": len(session.plan.phones),
            "can_be_told_not_to_disturb": list(async_resolve_phones(hass, session.plan.phones)),
        },
        "sleepers": len(entry.runtime_data.sleepers),
    }
