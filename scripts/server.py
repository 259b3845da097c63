"""A real Home Assistant in a process of its own: for development, end-to-end tests and screenshots."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
import socket
import subprocess
import sys
import time
from typing import Self, override

from client import Client, HubError, Json
import requests

CHECKOUT = Path(__file__).resolve().parent.parent
BEDROOM = CHECKOUT / "scripts" / "demo_config"
HASS = Path(sys.executable).with_name("hass")
RESTART = 100
"""The exit code of a Home Assistant that wants to be started again."""

START_WITHIN = 180
STOP_WITHIN = 60


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def is_free(port: int) -> bool:
    """Tell whether a hub could listen on the port."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


class Hub(Client):
    """One Home Assistant: its config folder, its process, and a client of it."""

    def __init__(self, folder: Path, port: int, *, loud: bool = False) -> None:
        """Remember where it lives; a loud one logs to the terminal instead of a file."""
        super().__init__(f"http://localhost:{port}")
        self.folder = folder
        self.port = port
        self.output = folder / "output.log"
        self.configuration = BEDROOM
        self.integrations = CHECKOUT / "custom_components"
        self._loud = loud
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- the process -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start it, and return when it answers; if someone is logged in, when all of it runs."""
        if not is_free(self.port):
            raise HubError(f"Port {self.port} is in use: something else is listening there.")
        self._prepare()
        self._process = self._spawn()
        try:
            self.until(self._answers, "answers", START_WITHIN)
            if self.is_logged_in:
                self.until(self._runs, "runs", START_WITHIN)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ask it to stop, and wait until it has."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired as error:
            self.kill()
            raise HubError(f"Home Assistant did not stop within {STOP_WITHIN} s, and was killed.") from error

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()

    def wait(self) -> int | None:
        """Return its exit code, once it has ended."""
        return self._process.wait() if self._process else None

    # --- patience ----------------------------------------------------------------------------------------------------

    def until[T](self, probe: Callable[[], T | None], what: str, timeout: float = 20) -> T:
        """Return what the probe finds, once it finds something. Raises HubError if that takes too long or it ends."""
        deadline = time.monotonic() + timeout
        while (found := probe()) is None:
            if self._process and (code := self._process.poll()) is not None:
                raise HubError(f"Home Assistant ended with exit code {code}.{self._last_words()}")
            if time.monotonic() > deadline:
                raise HubError(f"Waited {timeout:.0f} s in vain for a hub that {what}.{self._last_words()}")
            time.sleep(0.1)
        return found

    def wait_for(self, entity_id: str, predicate: Callable[[Json], bool], timeout: float = 20) -> Json:
        """Return an entity's state, once it is as wished."""

        def probe() -> Json | None:
            response = self.request("GET", f"/api/states/{entity_id}")
            return state if response.ok and predicate(state := response.json()) else None

        return self.until(probe, f"has {entity_id} as wished", timeout)

    @override
    def onboard(self, name: str, username: str, password: str) -> None:
        super().onboard(name, username, password)
        self.until(self._runs, "runs", START_WITHIN)

    @override
    def log_in(self, username: str, password: str) -> None:
        super().log_in(username, password)
        self.until(self._runs, "runs", START_WITHIN)

    def _spawn(self) -> subprocess.Popen[bytes]:
        """Start the process, in a session of its own: Ctrl-C is for us, and we stop it in order."""
        command: list[str | Path] = [HASS, "--config", self.folder]
        if self._loud:
            return subprocess.Popen(command, start_new_session=True)
        with self.output.open("ab") as output:
            return subprocess.Popen([*command, "--log-no-color"], stdout=output, stderr=output, start_new_session=True)

    def _answers(self) -> bool | None:
        """Return True once it serves its frontend."""
        try:
            return requests.get(f"{self.url}/manifest.json", timeout=5).ok or None
        except requests.ConnectionError, requests.Timeout:
            return None

    def _runs(self) -> bool | None:
        """Return True once everything in it is set up."""
        config = self.api("GET", "/api/config")
        if config["recovery_mode"]:
            raise HubError(f"Home Assistant came up in recovery mode.{self._last_words()}")
        return config["state"] == "RUNNING" or None

    def _last_words(self) -> str:
        """Return the end of its log, where that is a file."""
        if self._loud or not self.output.exists():
            return ""
        return "\n" + "\n".join(self.output.read_text(encoding="utf-8").splitlines()[-30:])

    # --- the config folder -------------------------------------------------------------------------------------------

    def _prepare(self) -> None:
        """Put into it the bedroom as it is now, and a link to the integration."""
        shutil.copytree(self.configuration, self.folder, dirs_exist_ok=True)
        for name in ("automations", "scenes", "scripts"):
            (self.folder / f"{name}.yaml").touch()
        link = self.folder / "custom_components"
        link.unlink(missing_ok=True)
        link.symlink_to(self.integrations)
        # An address in the YAML would be on trial: Home Assistant takes it back unless someone confirms it in time.
        self._store("http", 1, {"server_host": ["127.0.0.1"], "server_port": self.port})
        # These steps of the onboarding would set up integrations that call out to the world.
        if not (self.folder / ".storage" / "onboarding").exists():
            self._store("onboarding", 4, {"done": ["core_config", "analytics", "integration"]})

    def _store(self, key: str, version: int, data: Json) -> None:
        """Write one of Home Assistant's own storage files."""
        path = self.folder / ".storage" / key
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"version": version, "key": key, "data": data}), encoding="utf-8")
