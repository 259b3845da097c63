"""Statistics of the diary's file for the system information."""

from typing import Any, Final

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from .diary.diary import Diary
from .diary_manager import DIARY_MANAGER
from .localize import async_get_texts

_KILOBYTE: Final = 1024
_INTEGRITY: Final = {None: "not_checked", True: "intact", False: "damaged"}


@callback
def async_register(_hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register the statistics."""
    register.async_register_info(async_system_health_info)


async def async_system_health_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return the statistics."""
    try:
        statistics = await hass.data[DIARY_MANAGER].async_read(Diary.statistics)
    except HomeAssistantError as error:
        return {"diary": str(error)}
    texts = await async_get_texts(hass, "integrity")
    return {
        "file_size": f"{statistics.size / _KILOBYTE:.0f} kB",
        "episodes": statistics.episodes,
        "last_write": statistics.last_write,
        "schema": statistics.schema,
        "integrity": texts[_INTEGRITY[statistics.intact]],
        "copies": statistics.copies,
        "last_copy": statistics.copied_at,
    }
