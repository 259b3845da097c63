"""A client of a Home Assistant: its REST and websocket interfaces, as someone who is logged in."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
import json
from typing import Any

import aiohttp
import requests

type Json = dict[str, Any]


class HubError(Exception):
    """The hub did not come up, or did not do as it was asked."""


class RefusedError(HubError):
    """The hub refused a call; `answer` is what it said."""

    def __init__(self, what: str, answer: Json) -> None:
        """Keep the answer, for whoever wants to look into it."""
        super().__init__(f"{what}: {answer.get('message', answer)}")
        self.answer = answer


class Client:
    """Someone who talks to a hub. Tokens that have run out are renewed."""

    def __init__(self, url: str) -> None:
        """Talk to the hub at this address."""
        self.url = url
        self._client_id = f"{url}/"
        self._tokens: Json = {}

    @property
    def is_logged_in(self) -> bool:
        """Tell whether it has tokens."""
        return bool(self._tokens)

    @property
    def browser_tokens(self) -> str:
        """Return what a browser that is logged in keeps in localStorage, as hassTokens."""
        return json.dumps({**self._tokens, "hassUrl": self.url, "clientId": self._client_id, "expires": 0})

    def onboard(self, name: str, username: str, password: str) -> None:
        """Create the owner of a new hub, and log in."""
        owner = {"name": name, "username": username, "password": password, "language": "en"}
        answer = self.api("POST", "/api/onboarding/users", {**owner, "client_id": self._client_id})
        self._grant(grant_type="authorization_code", code=answer["auth_code"])

    def log_in(self, username: str, password: str) -> None:
        """Log in as a user whom the hub knows."""
        about = {"client_id": self._client_id, "redirect_uri": self._client_id, "handler": ["homeassistant", None]}
        flow = self.api("POST", "/auth/login_flow", about)
        login = {"username": username, "password": password, "client_id": self._client_id}
        answer = self.api("POST", f"/auth/login_flow/{flow['flow_id']}", login)
        if answer["type"] != "create_entry":
            raise RefusedError(f"{username} could not log in", answer["errors"])
        self._grant(grant_type="authorization_code", code=answer["result"])

    def request(self, method: str, path: str, body: Json | None = None) -> requests.Response:
        """Return the response, whatever it says."""
        response = self._request(method, path, body)
        if response.status_code == HTTPStatus.UNAUTHORIZED and self._tokens:
            self._grant(grant_type="refresh_token", refresh_token=self._tokens["refresh_token"])
            response = self._request(method, path, body)
        return response

    def api(self, method: str, path: str, body: Json | None = None) -> Any:
        """Return what the REST interface answers. Raises RefusedError."""
        response = self.request(method, path, body)
        is_json = "json" in response.headers.get("Content-Type", "")
        answer = response.json() if is_json else {"message": response.text}
        if not response.ok:
            raise RefusedError(f"{method} {path} ({response.status_code})", answer)
        return answer

    def call(self, domain: str, action: str, data: Json | None = None, *, return_response: bool = False) -> Any:
        """Call an action; return its response if asked to, or else the states that it changed. Raises RefusedError."""
        query = "?return_response" if return_response else ""
        answer = self.api("POST", f"/api/services/{domain}/{action}{query}", data or {})
        return answer["service_response"] if return_response else answer

    def state(self, entity_id: str) -> Json:
        """Return an entity's state and attributes."""
        return dict(self.api("GET", f"/api/states/{entity_id}"))

    def ws(self, command: str, **fields: Any) -> Any:
        """Return the result of a websocket command. Raises RefusedError."""
        self.api("GET", "/api/")  # renews the tokens if need be
        with ThreadPoolExecutor(1) as thread:  # the caller's own may run an event loop already
            answer = thread.submit(asyncio.run, self._ws({"id": 1, "type": command, **fields})).result()
        if not answer["success"]:
            raise RefusedError(command, answer["error"])
        return answer["result"]

    async def _ws(self, message: Json) -> Json:
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
