"""The language, the formats and the time zone that a user has chosen in the profile."""

from client import Json
from server import Server

DEFAULTS = {
    "language": "en",
    **dict.fromkeys(("number_format", "time_format", "date_format", "first_weekday"), "language"),
    "time_zone": "local",
}


def get_profile(server: Server) -> Json:
    """Return the settings of the user, or those that Home Assistant starts with."""
    return DEFAULTS | (server.call_ws("frontend/get_user_data", key="language")["value"] or {})


def set_profile(server: Server, **changes: str) -> None:
    """Change settings of the user."""
    server.call_ws("frontend/set_user_data", key="language", value=get_profile(server) | changes)
