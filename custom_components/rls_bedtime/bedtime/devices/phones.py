"""Do-not-disturb mode of phones, by the command that the Android companion app accepts. The iOS app has none."""

from typing import Final

from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant, callback

from ..command import Command

_MOBILE_APP: Final = "mobile_app"
_ANDROID: Final = "Android"
_DO_NOT_DISTURB: Final = "command_dnd"


@callback
def async_resolve_phones(hass: HomeAssistant, device_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the notify actions of those phones that support do-not-disturb."""
    if _MOBILE_APP not in hass.config.components:
        return ()
    return tuple(action for device_id in device_ids if (action := _notify_action(hass, device_id)) is not None)


def enable_dnd(action: str) -> Command:
    """Return the command that enables do-not-disturb; alarms and the owner's exceptions still get through."""
    return _command(action, "priority_only")


def disable_dnd(action: str) -> Command:
    """Return the command that disables do-not-disturb."""
    return _command(action, "off")


def _command(action: str, mode: str) -> Command:
    data = {"message": _DO_NOT_DISTURB, "data": {"command": mode}}
    return Command("notify", action, f"notify.{action}", data, is_targeted=False)


def _notify_action(hass: HomeAssistant, device_id: str) -> str | None:
    """Return the notify action of an Android phone. Its name may differ from the phone's, if two share a name."""
    from homeassistant.components.mobile_app.const import (  # noqa: PLC0415 - a home without phones need not load it
        ATTR_OS_NAME,
        DATA_NOTIFY,
    )
    from homeassistant.components.mobile_app.util import (  # noqa: PLC0415
        get_notify_service,
        webhook_id_from_device_id,
    )

    webhook_id = webhook_id_from_device_id(hass, device_id)
    # The notify platform of the app is set up on its own, after the app's entries.
    if webhook_id is None or DATA_NOTIFY not in hass.data[_MOBILE_APP]:
        return None
    is_android = any(
        entry.data[CONF_WEBHOOK_ID] == webhook_id and entry.data.get(ATTR_OS_NAME) == _ANDROID
        for entry in hass.config_entries.async_loaded_entries(_MOBILE_APP)
    )
    return get_notify_service(hass, webhook_id) if is_android else None
