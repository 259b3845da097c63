"""Websocket commands of the cards."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Final

from homeassistant.auth.permissions.const import POLICY_READ
from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.components.websocket_api.messages import construct_result_message
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, Unauthorized
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .actions import parsers
from .actions.base import Field
from .actions.lookup import async_find_bedroom, async_find_sleeper, async_resolve_bedroom, async_resolve_sleeper
from .actions.permissions import (
    ConfiguredSleeper,
    NotAllowedError,
    Permission,
    async_check_bedroom_permission,
    async_has_bedroom_permission,
    async_has_permission,
)
from .actions.report import async_describe_with_without
from .bedroom_reports import BedroomReports
from .const import DOMAIN
from .diary.subjects import EVERYTHING
from .errors import validation_error
from .long_term_statistics import statistic_ids
from .revisions import async_get_revision, async_subscribe_revision

TYPE_ACCESS: Final = f"{DOMAIN}/access"
TYPE_BEDROOM: Final = f"{DOMAIN}/bedroom"
TYPE_UNDO_EXTEND: Final = f"{DOMAIN}/undo_extend"
TYPE_SUBSCRIBE: Final = f"{DOMAIN}/subscribe"
TYPE_TRENDS: Final = f"{DOMAIN}/trends"
TYPE_COMPARISONS: Final = f"{DOMAIN}/comparisons"

CONF_DAYS: Final = "days"
CONF_TIME: Final = "time"
MAX_DAYS: Final = 1_000_000

type _Handler = Callable[[HomeAssistant, ActiveConnection, dict[str, Any]], Coroutine[Any, Any, None]]


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (
        _async_access,
        _async_bedroom,
        _async_comparisons,
        _async_subscribe,
        _async_trends,
        _async_undo_extend,
    ):
        websocket_api.async_register_command(hass, command)


def _sends_errors(handler: _Handler) -> _Handler:
    """Send the errors of a handler as Home Assistant does, but do not log them: they are the caller's to read."""

    @wraps(handler)
    async def handle(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
        try:
            await handler(hass, connection, msg)
        except Unauthorized:
            connection.send_error(msg["id"], websocket_api.ERR_UNAUTHORIZED, "Unauthorized")
        except HomeAssistantError as error:
            is_refused = isinstance(error, NotAllowedError)
            connection.send_error(
                msg["id"],
                websocket_api.ERR_UNAUTHORIZED if is_refused else websocket_api.ERR_HOME_ASSISTANT_ERROR,
                str(error),
                translation_domain=error.translation_domain,
                translation_key=error.translation_key,
                translation_placeholders=error.translation_placeholders,
            )

    return handle


def _fields(*names: str) -> dict[Any, Any]:
    """Return optional fields. They are validated by our parsers, for translated errors."""
    return dict.fromkeys(map(vol.Optional, names), object)


@websocket_api.websocket_command({vol.Required("type"): TYPE_TRENDS, **_fields(Field.SLEEPER, CONF_DAYS)})
@websocket_api.async_response
@_sends_errors
async def _async_trends(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Return what the trends card draws."""
    reference = parsers.parse_field(msg, Field.SLEEPER, parsers.text)
    sleeper = await async_find_sleeper(hass, reference, connection.context(msg), Permission.READ)
    days = parsers.parse_field(msg, CONF_DAYS, parsers.integer_between(1, MAX_DAYS))
    connection.send_message(construct_result_message(msg["id"], await sleeper.async_get_trends(days)))


@websocket_api.websocket_command({vol.Required("type"): TYPE_COMPARISONS, **_fields(Field.SLEEPER)})
@websocket_api.async_response
@_sends_errors
async def _async_comparisons(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Return the nights with and without all that is known: they are one answer, so that the intervals are for all."""
    reference = parsers.parse_field(msg, Field.SLEEPER, parsers.text)
    sleeper = await async_find_sleeper(hass, reference, connection.context(msg), Permission.READ)
    comparison = await sleeper.async_compare_with_without(EVERYTHING)
    connection.send_result(msg["id"], await async_describe_with_without(hass, comparison))


@websocket_api.websocket_command({vol.Required("type"): TYPE_SUBSCRIBE, **_fields(Field.SLEEPER)})
@websocket_api.async_response
@_sends_errors
async def _async_subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Send the revision of a diary now and after each change, also while the bedroom is reloaded."""
    subentry_id = _sleeper(hass, connection, msg).subentry.subentry_id

    @callback
    def send(revision: int) -> None:
        connection.send_event(msg["id"], {"revision": revision})

    connection.subscriptions[msg["id"]] = async_subscribe_revision(hass, subentry_id, send)
    connection.send_result(msg["id"])
    send(async_get_revision(hass, subentry_id))


@websocket_api.websocket_command({vol.Required("type"): TYPE_ACCESS, **_fields(Field.SLEEPER)})
@websocket_api.async_response
@_sends_errors
async def _async_access(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Return what the user may do with a diary, and with its bedroom, and what graphs there are for its readers."""
    sleeper, context = _sleeper(hass, connection, msg), connection.context(msg)
    can_read = await async_has_permission(hass, sleeper, context, Permission.READ)
    result = {
        "can_log": await async_has_permission(hass, sleeper, context, Permission.LOG),
        "can_read": can_read,
        "can_control_bedroom": await async_has_bedroom_permission(hass, sleeper.entry, context),
        "statistics": statistic_ids(sleeper.subentry) if can_read else {},
    }
    connection.send_result(msg["id"], result)


@websocket_api.websocket_command({vol.Required("type"): TYPE_BEDROOM, **_fields(Field.BEDROOM)})
@websocket_api.async_response
@_sends_errors
async def _async_bedroom(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Send what bedtime mode does to a bedroom, now and after each change; null while the bedroom is not loaded."""
    context = connection.context(msg)
    reference = parsers.parse_field(msg, Field.BEDROOM, parsers.text)
    entry = async_resolve_bedroom(hass, reference, context)
    await async_check_bedroom_permission(hass, entry, context, POLICY_READ)

    @callback
    def send(report: dict[str, Any] | None) -> None:
        connection.send_event(msg["id"], {"report": report})

    reports = BedroomReports(hass, entry, send)
    connection.subscriptions[msg["id"]] = reports.async_stop
    connection.send_result(msg["id"])
    reports.async_start()


@websocket_api.websocket_command({vol.Required("type"): TYPE_UNDO_EXTEND, **_fields(Field.BEDROOM, CONF_TIME)})
@websocket_api.async_response
@_sends_errors
async def _async_undo_extend(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Undo the last extension of a bedroom: only the one that led to a `time`, if that is given."""
    reference = parsers.parse_field(msg, Field.BEDROOM, parsers.text)
    entry = await async_find_bedroom(hass, reference, connection.context(msg))
    time = dt_util.parse_datetime(text) if (text := parsers.parse_field(msg, CONF_TIME, parsers.text)) else None
    if not await entry.runtime_data.session.async_undo_extend(time):
        raise validation_error("extension_not_undone")
    connection.send_result(msg["id"])


def _sleeper(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> ConfiguredSleeper:
    reference = parsers.parse_field(msg, Field.SLEEPER, parsers.text)
    return async_resolve_sleeper(hass, reference, connection.context(msg))
