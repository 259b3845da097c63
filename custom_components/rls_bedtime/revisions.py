"""Revisions of the diaries: by these, cards notice that there is something new to read."""

from collections.abc import Callable
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect, async_dispatcher_send
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

_REVISIONS: HassKey[dict[str, int]] = HassKey(f"{DOMAIN}.revisions")
_SIGNAL: Final = f"{DOMAIN}_revision_{{}}"


@callback
def async_update_revision(hass: HomeAssistant, subentry_id: str) -> None:
    """Give the diary of a sleeper its next revision."""
    revisions = hass.data.setdefault(_REVISIONS, {})
    revisions[subentry_id] = max(async_get_revision(hass, subentry_id) + 1, _now())
    async_dispatcher_send(hass, _SIGNAL.format(subentry_id), revisions[subentry_id])


@callback
def async_get_revision(hass: HomeAssistant, subentry_id: str) -> int:
    """Return the revision of a diary. It is higher than any before a restart."""
    return hass.data.setdefault(_REVISIONS, {}).setdefault(subentry_id, _now())


@callback
def async_subscribe_revision(hass: HomeAssistant, subentry_id: str, listener: Callable[[int], None]) -> CALLBACK_TYPE:
    """Call a listener with each new revision, across reloads. Return a function that removes it."""
    return async_dispatcher_connect(hass, _SIGNAL.format(subentry_id), listener)


def _now() -> int:
    return int(dt_util.utcnow().timestamp() * 1000)
