"""Phones: told not to disturb, by the command that the Android companion app takes. Apple's app has none."""

from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.util import slugify

from ..command import Command

_MOBILE_APP: Final = "mobile_app"
_ANDROID: Final = "Android"
_DO_NOT_DISTURB: Final = "command_dnd"


@callback
def async_resolve_phones(hass: HomeAssistant, device_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the notify actions of those phones that can be told not to disturb."""
    return tuple(
        action
        for device_id in device_ids
        if (action := _notify_action(hass, device_id)) and hass.services.has_service("notify", action)
    )


def enable_dnd(action: str) -> Command:
    """Return what tells a phone not to disturb: alarms, and whom its owner lets through, still do."""
    return _command(action, "priority_only")


def disable_dnd(action: str) -> Command:
    """Return what takes that back."""
    return _command(action, "off")


def _command(action: str, mode: str) -> Command:
    data = {"message": _DO_NOT_DISTURB, "data": {"command": mode}}
    return Command("notify", action, f"notify.{action}", data, is_targeted=False)


def _notify_action(hass: HomeAssistant, device_id: str) -> str | None:
    device = dr.async_get(hass).async_get(device_id)
    entries = (hass.config_entries.async_get_entry(entry_id) for entry_id in (device.config_entries if device else ()))
    for entry in entries:
        if entry and entry.domain == _MOBILE_APP and entry.data.get("os_name") == _ANDROID:
            return f"{_MOBILE_APP}_{slugify(entry.data['device_name'])}"
    return None
