"""A phone with the Home Assistant app on it."""

from typing import Any

from client import Json
from hub import Hub
import requests

ABOUT = {
    "app_id": "io.home-assistant.companion",
    "app_name": "Home Assistant",
    "app_version": "2026.11",
    "device_id": "bedside",
    "device_name": "Alex's phone",
    "manufacturer": "Demo",
    "model": "Phone",
    "os_name": "Android",
    "os_version": "17",
    "supports_encryption": False,
}


class Phone:
    """The phone of whoever is logged in to the hub. Its widgets speak through a webhook."""

    def __init__(self, hub: Hub) -> None:
        """Register with the hub."""
        registration = hub.api("POST", "/api/mobile_app/registrations", ABOUT)
        self._webhook = f"{hub.url}/api/webhook/{registration['webhook_id']}"

    def tap(self, domain: str, action: str, **data: Any) -> requests.Response:
        """Tap a widget that calls an action."""
        call: Json = {"domain": domain, "service": action, "service_data": data}
        return requests.post(self._webhook, json={"type": "call_service", "data": call}, timeout=60)
