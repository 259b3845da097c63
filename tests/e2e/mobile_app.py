"""Simulated phones with the Home Assistant app, and the push service through which they are notified."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
import json
from threading import Thread
from typing import Any, Self, override

from client import Json
from nacl.encoding import Base64Encoder, HexEncoder
from nacl.secret import SecretBox
import requests
from server import Server

REGISTRATION = {
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
    """A phone of the user who is logged in. Its app and widgets communicate through a webhook."""

    def __init__(self, server: Server, **registration: Any) -> None:
        response = server.call_api("POST", "/api/mobile_app/registrations", REGISTRATION | registration)
        self._webhook = f"{server.url}/api/webhook/{response['webhook_id']}"
        secret = response["secret"]
        self._box = SecretBox(secret.encode(), HexEncoder) if secret else None

    def call_action(self, domain: str, action: str, **data: Any) -> requests.Response:
        """Tap a widget that calls an action."""
        return self.send("call_service", domain=domain, service=action, service_data=data)

    def send(self, kind: str, **data: Any) -> requests.Response:
        """Send a message of the app, encrypted if the phone supports it."""
        message: Json = {"data": data}
        if self._box is not None:
            encrypted = self._box.encrypt(json.dumps(data).encode(), encoder=Base64Encoder)
            message = {"encrypted": True, "encrypted_data": encrypted.decode()}
        return requests.post(self._webhook, json={"type": kind, **message}, timeout=60)

    def decode(self, response: requests.Response) -> Any:
        """Return the decrypted body of a response, None if it is empty.

        Home Assistant answers every webhook with OK, but with an empty body if something failed.
        """
        if response.status_code != HTTPStatus.OK or not response.content:
            return None
        body = response.json()
        if self._box is not None and body.get("encrypted"):
            return json.loads(self._box.decrypt(body["encrypted_data"].encode(), encoder=Base64Encoder))
        return body


class PushService:
    """The push service of Google or Apple, as Home Assistant sees it: it receives the notifications."""

    def __init__(self) -> None:
        self.notifications: list[Json] = []
        notifications = self.notifications

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                notifications.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                body = b"{}"
                self.send_response(HTTPStatus.CREATED)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            @override
            def log_message(self, *_: object, **__: object) -> None:
                """Do not log."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.app_data = {"push_url": f"http://127.0.0.1:{self._server.server_port}/", "push_token": "token"}

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def action_key(self, name: str, subject: str) -> str | None:
        """Return the key of an action of a notification by its name and what it is about, None if there is none."""
        actions = (
            action["action"]
            for notification in self.notifications
            for action in notification.get("data", {}).get("actions", ())
        )
        return next((str(key) for key in actions if subject in key and key.endswith(f":{name}")), None)
