"""Do-not-disturb mode of phones, by the command that the Android companion app accepts. The iOS app has none."""

from collections.abc import Collection
from typing import Final

from homeassistant.const import CONF_WEBHOOK_ID, STATE_UNAVAILABLE, STATE_UNKNOWN, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..command import Command

_MOBILE_APP: Final = "mobile_app"
_ANDROID: Final = "Android"
_DO_NOT_DISTURB: Final = "command_dnd"
_PRIORITY_ONLY: Final = "priority_only"
_OFF: Final = "off"

_SENSOR: Final = "dnd_sensor"
"""What the app calls its Do Not Disturb sensor; the owner has to enable it. Apart from `off` and `priority_only`, it
says `alarms_only` and `total_silence`, which are quieter than what we enable."""


@callback
def async_resolve_phones(hass: HomeAssistant, device_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the notify actions of those phones that support do-not-disturb."""
    if _MOBILE_APP not in hass.config.components:
        return ()
    return tuple(action for device_id in device_ids if (action := _notify_action(hass, device_id)) is not None)


@callback
def async_resolve_audible_phones(
    hass: HomeAssistant, device_ids: tuple[str, ...], silenced_by_us: Collection[str]
) -> tuple[str, ...]:
    """Return the notify actions of the phones that are to be silenced: those that do not say that they are already.

    Companion app issues 807 and 5334: a phone in total silence would become louder, and be turned on in the morning.
    """
    actions = async_resolve_phones(hass, device_ids)
    return tuple(each for each in actions if each in silenced_by_us or _async_dnd_mode(hass, each) in (None, _OFF))


@callback
def async_is_dnd_theirs(hass: HomeAssistant, action: str) -> bool:
    """Return whether a phone that we silenced says that its owner has chosen another mode since."""
    return _async_dnd_mode(hass, action) not in (None, _OFF, _PRIORITY_ONLY)


def enable_dnd(action: str) -> Command:
    """Return the command that enables do-not-disturb; alarms and the owner's exceptions still get through."""
    return _command(action, _PRIORITY_ONLY)


def disable_dnd(action: str) -> Command:
    """Return the command that disables do-not-disturb."""
    return _command(action, _OFF)


def _command(action: str, mode: str) -> Command:
    data = {"message": _DO_NOT_DISTURB, "data": {"command": mode}}
    return Command("notify", action, f"notify.{action}", data, is_targeted=False)


@callback
def _async_dnd_mode(hass: HomeAssistant, action: str) -> str | None:
    """Return the mode that the Do Not Disturb sensor of a phone reports; None if there is none, or it says nothing."""
    registry = er.async_get(hass)
    for entry in hass.config_entries.async_loaded_entries(_MOBILE_APP):
        webhook_id = entry.data[CONF_WEBHOOK_ID]
        if _notify_action_of(hass, webhook_id) != action:
            continue
        entity_id = registry.async_get_entity_id(Platform.SENSOR, _MOBILE_APP, f"{webhook_id}_{_SENSOR}")
        state = hass.states.get(entity_id) if entity_id else None
        if state is not None and state.state not in (STATE_UNAVAILABLE, STATE_UNKNOWN):
            return state.state
    return None


def _notify_action(hass: HomeAssistant, device_id: str) -> str | None:
    """Return the notify action of an Android phone."""
    from homeassistant.components.mobile_app.const import (  # noqa: PLC0415 - a home without phones need not load it
        ATTR_OS_NAME,
    )
    from homeassistant.components.mobile_app.util import webhook_id_from_device_id  # noqa: PLC0415

    webhook_id = webhook_id_from_device_id(hass, device_id)
    is_android = any(
        entry.data[CONF_WEBHOOK_ID] == webhook_id and entry.data.get(ATTR_OS_NAME) == _ANDROID
        for entry in hass.config_entries.async_loaded_entries(_MOBILE_APP)
    )
    return _notify_action_of(hass, webhook_id) if is_android and webhook_id is not None else None


def _notify_action_of(hass: HomeAssistant, webhook_id: str) -> str | None:
    """Return the notify action of a phone. Its name may differ from the phone's, if two share a name."""
    from homeassistant.components.mobile_app.const import DATA_NOTIFY  # noqa: PLC0415
    from homeassistant.components.mobile_app.util import get_notify_service  # noqa: PLC0415

    # The notify platform of the app is set up on its own, after the app's entries.
    return get_notify_service(hass, webhook_id) if DATA_NOTIFY in hass.data[_MOBILE_APP] else None
