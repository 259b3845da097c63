"""What a call of a sleeper's action says of itself: whom it is about, who calls, and which call it is."""

from homeassistant.core import ServiceCall

from ..coordinator import SleeperCoordinator
from ..diary.models import Request
from . import parsers
from .base import Field
from .lookup import async_find_sleeper
from .permissions import ConfiguredSleeper, Permission, async_has_permission


async def sleeper_to_log(call: ServiceCall) -> SleeperCoordinator:
    """Return the sleeper that a call refers to, if the user may log for them."""
    return await _async_find(call, Permission.LOG)


async def sleeper_to_read(call: ServiceCall) -> SleeperCoordinator:
    """Return the sleeper that a call refers to, if the user may read their diary."""
    return await _async_find(call, Permission.READ)


async def sleeper_to_change(call: ServiceCall) -> SleeperCoordinator:
    """Return the sleeper that a call refers to, if the user may change their diary."""
    return await _async_find(call, Permission.CHANGE)


async def _async_find(call: ServiceCall, permission: Permission) -> SleeperCoordinator:
    reference = parsers.parse_field(call.data, Field.SLEEPER, parsers.text)
    return await async_find_sleeper(call.hass, reference, call.context, permission)


async def async_may(call: ServiceCall, sleeper: SleeperCoordinator, permission: Permission) -> bool:
    """Return whether the user who calls may do something with a diary."""
    configured = ConfiguredSleeper(sleeper.config_entry, sleeper.subentry)
    return await async_has_permission(call.hass, configured, call.context, permission)


def request_of(call: ServiceCall) -> Request:
    """Return the origin of a call, by which the diary recognizes a repeat."""
    return Request(id=parsers.parse_field(call.data, Field.REQUEST_ID, parsers.text), user=call.context.user_id)
