"""Signed links to a report: whoever has one may read it for five minutes, if the user who asked for it still may."""

from datetime import timedelta
from typing import Final

from aiohttp.web import Request
from homeassistant.auth.models import User
from homeassistant.components.http import KEY_HASS, KEY_HASS_REFRESH_TOKEN_ID, KEY_HASS_USER
from homeassistant.components.http.auth import STORAGE_KEY as CONTENT_USER_TOKEN, async_sign_path
from homeassistant.components.websocket_api import current_connection
from homeassistant.core import Context, HomeAssistant, callback
from homeassistant.helpers.http import current_request
import yarl

from .options import URL, Parameter, ReportFormat, ReportOptions

EXPIRATION: Final = timedelta(minutes=5)


@callback
def async_get_links(
    hass: HomeAssistant, sleeper_id: str, options: ReportOptions, user: User | None
) -> dict[str, str] | None:
    """Return the signed path of each format, for a user, or for an automation, which is none.

    A user who has never signed in gets no links: they could not be checked again.
    """
    token_id = hass.data[CONTENT_USER_TOKEN] if user is None else _refresh_token_id(user)
    if token_id is None:
        return None
    return {
        report_format.value: async_sign_path(
            hass, _path(sleeper_id, options, report_format), EXPIRATION, refresh_token_id=token_id
        )
        for report_format in ReportFormat
    }


@callback
def async_get_context(request: Request) -> Context:
    """Return the context of a request: that of its user, or of an automation, to which the link was given.

    Home Assistant's content user signs for automations. It also signs other paths, but never with parameters.
    """
    is_automation = request.get(KEY_HASS_REFRESH_TOKEN_ID) == request.app[KEY_HASS].data[CONTENT_USER_TOKEN]
    if is_automation and Parameter.SLEEPER in request.query:
        return Context()
    return Context(user_id=request[KEY_HASS_USER].id)


def _path(sleeper_id: str, options: ReportOptions, report_format: ReportFormat) -> str:
    query = {
        Parameter.SLEEPER.value: sleeper_id,
        Parameter.FORMAT.value: report_format.value,
        Parameter.FROM.value: options.start.isoformat(),
        Parameter.TO.value: options.end.isoformat(),
        Parameter.NOTES.value: str(options.notes).lower(),
        Parameter.COMPARISONS.value: str(options.comparisons).lower(),
        Parameter.LANGUAGE.value: options.language,
    }
    # Not the name of the sleeper, which may be too long for an address, and which is known.
    if options.other_name is not None:
        query[Parameter.NAME.value] = options.other_name
    return str(yarl.URL(URL).with_query(query))


def _refresh_token_id(user: User) -> str | None:
    """Return the token by which a user is signed in, else another one of theirs; None if they have none.

    The connection, or the request, in which an action runs may be that of somebody else: it started an automation.
    """
    connection, request = current_connection.get(), current_request.get()
    current = [
        None if connection is None else connection.refresh_token_id,
        None if request is None else request.get(KEY_HASS_REFRESH_TOKEN_ID),
    ]
    return next((token for token in (*current, *user.refresh_tokens) if token in user.refresh_tokens), None)
