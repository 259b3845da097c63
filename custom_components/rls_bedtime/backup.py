"""Lets Home Assistant's backups hold a diary that is whole."""

from homeassistant.core import HomeAssistant

from .diary_manager import DIARY_MANAGER


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Bring the diary's file up to date, and leave it alone. What is logged meanwhile is safe beside it."""
    await hass.data[DIARY_MANAGER].async_pre_backup()


async def async_post_backup(hass: HomeAssistant) -> None:
    """Let the diary's file be written again."""
    await hass.data[DIARY_MANAGER].async_post_backup()
