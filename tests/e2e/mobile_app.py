"""Phones with the Home Assistant app on them, and the gateway through which they are notified."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
import json
from threading import Thread
from typing import Any, Self, override

from client import Json
from nacl.encoding import Base64Encoder, HexEncoder
from nacl.secret import SecretBox
import requests
from server import Hub

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

    def __init__(self, hub: Hub, **about: Any) -> None:
        """Register with the hub; one that supports encryption speaks in secret."""
        registration = hub.api("POST", "/api/mobile_app/registrations", ABOUT | about)
        self._webhook = f"{hub.url}/api/webhook/{registration['webhook_id']}"
        secret = registration["secret"]
        self._box = SecretBox(secret.encode(), HexEncoder) if secret else None

    def tap(self, domain: str, action: str, **data: Any) -> requests.Response:
        """Tap a widget that calls an action."""
        return self.send("call_service", domain=domain, service=action, service_data=data)

    def send(self, kind: str, **data: Any) -> requests.Response:
        """Tell the hub something, as the app does."""
        said: Json = {"data": data}
        if self._box is not None:
            secret = self._box.encrypt(json.dumps(data).encode(), encoder=Base64Encoder)
            said = {"encrypted": True, "encrypted_data": secret.decode()}
        return requests.post(self._webhook, json={"type": kind, **said}, timeout=60)

    def read(self, response: requests.Response) -> Any:
        """Return what the hub answered, or None: it says OK to everything, but nothing more if something failed."""
        if response.status_code != HTTPStatus.OK or not response.content:
            return None
        answer = response.json()
        if self._box is not None and answer.get("encrypted"):
            return json.loads(self._box.decrypt(answer["encrypted_data"].encode(), encoder=Base64Encoder))
        return answer


class Gateway:
    """What Google's and Apple's servers are to Home Assistant: it takes notifications."""

    def __init__(self) -> None:
        """Listen on a port of its own."""
        self.sent: list[Json] = []
        sent = self.sent

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                body = b"{}"
                self.send_response(HTTPStatus.CREATED)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            @override
            def log_message(self, *_: object, **__: object) -> None:
                """Keep silent."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.app_data = {"push_url": f"http://127.0.0.1:{self._server.server_port}/", "push_token": "token"}

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def button(self, answer: str, about: str) -> str | None:
        """Return the key of the button with which a notification about something is answered, if there was one."""
        buttons = (button["action"] for each in self.sent for button in each.get("data", {}).get("actions", ()))
        return next((str(key) for key in buttons if about in key and key.endswith(f":{answer}")), None)
