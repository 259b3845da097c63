"""Make backups contain a consistent diary."""

from homeassistant.core import HomeAssistant

from .diary_manager import DIARY_MANAGER


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Bring the diary's file up to date, and do not write to it. What is logged meanwhile goes to the WAL."""
    await hass.data[DIARY_MANAGER].async_pre_backup()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Allow writes to the diary's file again."""
    await hass.data[DIARY_MANAGER].async_post_backup()
