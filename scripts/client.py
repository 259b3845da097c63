"""A client of Home Assistant's REST and websocket APIs, authenticated as a user."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
import json
from typing import Any

import aiohttp
import requests

type Json = dict[str, Any]


class ServerError(Exception):
    """Home Assistant did not start, stopped unexpectedly, or did not reach the expected state."""


class RequestRejectedError(ServerError):
    """Home Assistant rejected a request; `answer` is the body of its response."""

    def __init__(self, request: str, answer: Json) -> None:
        super().__init__(f"{request}: {answer.get('message', answer)}")
        self.answer = answer


class Client:
    """A client of one Home Assistant, which refreshes its access token when that has expired."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client_id = f"{url}/"
        self._tokens: Json = {}

    @property
    def is_logged_in(self) -> bool:
        """Return whether it has tokens."""
        return bool(self._tokens)

    @property
    def browser_tokens(self) -> str:
        """Return the value of the localStorage key `hassTokens` in a browser that is logged in."""
        return json.dumps({**self._tokens, "hassUrl": self.url, "clientId": self._client_id, "expires": 0})

    def onboard(self, name: str, username: str, password: str) -> None:
        """Create the owner of a new Home Assistant and log in."""
        owner = {"name": name, "username": username, "password": password, "language": "en"}
        answer = self.call_api("POST", "/api/onboarding/users", {**owner, "client_id": self._client_id})
        self._grant(grant_type="authorization_code", code=answer["auth_code"])

    def log_in(self, username: str, password: str) -> None:
        """Log in as an existing user."""
        login_flow = {"client_id": self._client_id, "redirect_uri": self._client_id, "handler": ["homeassistant", None]}
        flow = self.call_api("POST", "/auth/login_flow", login_flow)
        login = {"username": username, "password": password, "client_id": self._client_id}
        answer = self.call_api("POST", f"/auth/login_flow/{flow['flow_id']}", login)
        if answer["type"] != "create_entry":
            raise RequestRejectedError(f"{username} could not log in", answer["errors"])
        self._grant(grant_type="authorization_code", code=answer["result"])

    def request(self, method: str, path: str, body: Json | None = None) -> requests.Response:
        """Send a request and return the response, whatever its status."""
        response = self._request(method, path, body)
        if response.status_code == HTTPStatus.UNAUTHORIZED and self._tokens:
            self._grant(grant_type="refresh_token", refresh_token=self._tokens["refresh_token"])
            response = self._request(method, path, body)
        return response

    def call_api(self, method: str, path: str, body: Json | None = None) -> Any:
        """Return the response of the REST API. Raises RequestRejectedError."""
        response = self.request(method, path, body)
        is_json = "json" in response.headers.get("Content-Type", "")
        answer = response.json() if is_json else {"message": response.text}
        if not response.ok:
            raise RequestRejectedError(f"{method} {path} ({response.status_code})", answer)
        return answer

    def call_action(self, domain: str, action: str, data: Json | None = None, *, return_response: bool = False) -> Any:
        """Call an action and return its response if requested, else the states that it changed.

        Raises RequestRejectedError.
        """
        query = "?return_response" if return_response else ""
        answer = self.call_api("POST", f"/api/services/{domain}/{action}{query}", data or {})
        return answer["service_response"] if return_response else answer

    def get_state(self, entity_id: str) -> Json:
        """Return the state of an entity, as the REST API has it."""
        return dict(self.call_api("GET", f"/api/states/{entity_id}"))

    def call_ws(self, command: str, **fields: Any) -> Any:
        """Return the result of a websocket command. Raises RequestRejectedError."""
        self.call_api("GET", "/api/")  # refreshes the access token if it has expired
        with ThreadPoolExecutor(1) as thread:  # an event loop may run in the thread of the caller, as with playwright
            answer = thread.submit(asyncio.run, self._send_ws({"id": 1, "type": command, **fields})).result()
        if not answer["success"]:
            raise RequestRejectedError(command, answer["error"])
        return answer["result"]

    async def _send_ws(self, message: Json) -> Json:
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{self.url}/api/websocket") as connection:
            await connection.receive_json()
            await connection.send_json({"type": "auth", "access_token": self._tokens["access_token"]})
            await connection.receive_json()
            await connection.send_json(message)
            return dict(await connection.receive_json(timeout=60))

    def _request(self, method: str, path: str, body: Json | None) -> requests.Response:
        headers = {"Accept": "application/json"}
        if self._tokens:
            headers["Authorization"] = f"Bearer {self._tokens['access_token']}"
        return requests.request(method, f"{self.url}{path}", json=body, headers=headers, timeout=60)

    def _grant(self, **grant: str) -> None:
        data = {"client_id": self._client_id, **grant}
        response = requests.post(f"{self.url}/auth/token", data=data, timeout=60)
        response.raise_for_status()
        self._tokens |= response.json()
