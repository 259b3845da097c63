"""A real Home Assistant in a process of its own, for development, end-to-end tests and screenshots."""

from collections.abc import Callable
import json
import os
from pathlib import Path
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import Self, override

from client import Client, Json, ServerError
import requests

CHECKOUT = Path(__file__).resolve().parent.parent
DEMO_CONFIG = CHECKOUT / "scripts" / "demo_config"
HASS = Path(os.environ.get("HASS") or Path(sys.executable).with_name("hass"))
"""That of this environment, unless another release is named, such as `HASS=.venv/bin/hass`."""

RESTART = 100
"""The exit code with which Home Assistant requests a restart."""

FAULT_LOG = "home-assistant.log.fault"
"""Where Home Assistant writes what its threads were doing when it crashed."""

START_TIMEOUT = 180
STOP_TIMEOUT = 240
"""Home Assistant stops in stages, and logs what has kept it from ending one in time: 210 seconds in all."""


def free_port() -> int:
    """Return a free TCP port of the loopback interface."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def is_free(port: int) -> bool:
    """Return whether nothing listens on the port."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


class Server(Client):
    """One Home Assistant: its configuration directory, its process, and a client.

    `config_source` is copied into the configuration directory at each start, `custom_components` is linked there.
    """

    def __init__(self, config_dir: Path, port: int, *, log_to_terminal: bool = False) -> None:
        super().__init__(f"http://localhost:{port}")
        self.config_dir = config_dir
        self.port = port
        self.log_file = config_dir / "output.log"
        self.config_source = DEMO_CONFIG
        self.custom_components = CHECKOUT / "custom_components"
        self.command: tuple[str | Path, ...] = (HASS,)
        self._log_to_terminal = log_to_terminal
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- the process -------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start it and wait until it serves requests; if logged in, until it has started completely."""
        if not is_free(self.port):
            raise ServerError(f"Port {self.port} is in use by another process.")
        self._prepare_config_dir()
        self._process = self._spawn()
        try:
            self.wait_until(self._serves_requests, "serves requests", START_TIMEOUT)
            if self.is_logged_in:
                self.wait_until(self._is_running, "is running", START_TIMEOUT)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it in order and wait until it has exited."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired as error:
            # To Home Assistant, that is a crash.
            self._process.send_signal(signal.SIGABRT)
            self._process.wait()
            threads = (self.config_dir / FAULT_LOG).read_text(encoding="utf-8")
            message = f"Home Assistant did not stop within {STOP_TIMEOUT} s, and was killed.{self._end_of_log()}"
            raise ServerError(f"{message}\n{threads}") from error

    def kill(self) -> None:
        """Kill it, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()

    def wait_for_exit(self) -> int | None:
        """Wait until it has exited and return its exit code."""
        return self._process.wait() if self._process else None

    # --- waiting -----------------------------------------------------------------------------------------------------

    def wait_until[T](self, probe: Callable[[], T | None], condition: str, timeout: float = 20) -> T:
        """Call a probe until it returns something other than None and return that.

        Raises ServerError on timeout or if the process exits.
        """
        deadline = time.monotonic() + timeout
        while (found := probe()) is None:
            if self._process and (code := self._process.poll()) is not None:
                raise ServerError(f"Home Assistant exited with code {code}.{self._end_of_log()}")
            if time.monotonic() > deadline:
                raise ServerError(
                    f"Waited {timeout:.0f} s in vain until Home Assistant {condition}.{self._end_of_log()}"
                )
            time.sleep(0.1)
        return found

    def wait_for_state(self, entity_id: str, expected: str | Callable[[Json], bool], timeout: float = 20) -> Json:
        """Wait until an entity has the expected state, or one that fulfils a predicate, and return it."""

        def is_expected(state: Json) -> bool:
            return expected(state) if callable(expected) else bool(state["state"] == expected)

        def probe() -> Json | None:
            response = self.request("GET", f"/api/states/{entity_id}")
            return state if response.ok and is_expected(state := response.json()) else None

        return self.wait_until(probe, f"has the expected state of {entity_id}", timeout)

    @override
    def onboard(self, name: str, username: str, password: str) -> None:
        super().onboard(name, username, password)
        self.wait_until(self._is_running, "is running", START_TIMEOUT)

    @override
    def log_in(self, username: str, password: str) -> None:
        super().log_in(username, password)
        self.wait_until(self._is_running, "is running", START_TIMEOUT)

    def _spawn(self) -> subprocess.Popen[bytes]:
        """Start the process in a session of its own: Ctrl-C must not reach it, for we stop it in order."""
        command: list[str | Path] = [*self.command, "--config", self.config_dir]
        if self._log_to_terminal:
            return subprocess.Popen(command, start_new_session=True)
        with self.log_file.open("ab") as output:
            return subprocess.Popen([*command, "--log-no-color"], stdout=output, stderr=output, start_new_session=True)

    def _serves_requests(self) -> bool | None:
        """Return True once it serves its frontend."""
        try:
            return requests.get(f"{self.url}/manifest.json", timeout=5).ok or None
        except requests.ConnectionError, requests.Timeout:
            return None

    def _is_running(self) -> bool | None:
        """Return True once it has started completely. Raises ServerError in recovery mode."""
        config = self.call_api("GET", "/api/config")
        if config["recovery_mode"]:
            raise ServerError(f"Home Assistant started in recovery mode.{self._end_of_log()}")
        return config["state"] == "RUNNING" or None

    def _end_of_log(self) -> str:
        """Return the last lines of its log file, if it logs to one."""
        if self._log_to_terminal or not self.log_file.exists():
            return ""
        return "\n" + "\n".join(self.log_file.read_text(encoding="utf-8").splitlines()[-30:])

    # --- the configuration directory ---------------------------------------------------------------------------------

    def _prepare_config_dir(self) -> None:
        """Copy the configuration into it and link the integration."""
        shutil.copytree(self.config_source, self.config_dir, dirs_exist_ok=True)
        for name in ("automations", "scenes", "scripts"):
            (self.config_dir / f"{name}.yaml").touch()
        link = self.config_dir / "custom_components"
        link.unlink(missing_ok=True)
        link.symlink_to(self.custom_components)
        # http settings in YAML are on trial: Home Assistant reverts them unless they are confirmed within five minutes.
        self._write_storage("http", 1, {"server_host": ["127.0.0.1"], "server_port": self.port})
        # These onboarding steps would set up integrations that connect to the internet.
        if not (self.config_dir / ".storage" / "onboarding").exists():
            self._write_storage("onboarding", 4, {"done": ["core_config", "analytics", "integration"]})

    def _write_storage(self, key: str, version: int, data: Json) -> None:
        """Write a storage file of Home Assistant."""
        path = self.config_dir / ".storage" / key
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"version": version, "key": key, "data": data}), encoding="utf-8")
