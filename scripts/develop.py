"""Run the demo bedroom in a real Home Assistant, in the foreground. Started by scripts/develop."""

import argparse
import shutil
import signal
import sys

from client import HubError
from demo_home import furnish
from requests import RequestException
from server import CHECKOUT, RESTART, Hub, is_free

PORT = 8123
FOLDER = CHECKOUT / ".develop"
READY = FOLDER / ".ready"
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
USERNAME = PASSWORD = "demo"  # noqa: S105 - it listens on this machine only


def arguments() -> argparse.Namespace:
    """Return what was asked for."""
    parser = argparse.ArgumentParser(prog="scripts/develop", description="Run a demo bedroom in a real Home Assistant.")
    parser.add_argument("--fresh", action="store_true", help="forget everything and start over")
    parser.add_argument("--port", type=int, default=PORT, help="where to listen (%(default)s)")
    return parser.parse_args()


def main() -> None:
    """Start it, make it ready, and stay until it is stopped."""
    asked = arguments()
    if not is_free(asked.port):
        sys.exit(f"develop: port {asked.port} is in use. Stop what listens there, or choose another with --port.")
    if asked.fresh or not READY.exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir()
    for number in STOPPING:
        signal.signal(number, signal.default_int_handler)
    hub = Hub(FOLDER, asked.port, loud=True)
    problem = None
    try:
        run(hub)
    except KeyboardInterrupt:
        print("\ndevelop: stopping", flush=True)
    except (HubError, RequestException) as error:
        problem = f"develop: {error}"
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)
    hub.stop()
    sys.exit(problem)


def run(hub: Hub) -> None:
    """Start the hub as often as it is restarted from its own interface."""
    print("develop: starting Home Assistant", flush=True)
    hub.start()
    if READY.exists():
        hub.log_in(USERNAME, PASSWORD)
    else:
        hub.onboard("Demo", USERNAME, PASSWORD)
        furnish(hub)
        READY.touch()
    print(f"develop: ready at {hub.url} (log in as {USERNAME}, password {PASSWORD}). Stop with Ctrl-C.", flush=True)
    while (code := hub.wait()) == RESTART:
        print("develop: restarting Home Assistant", flush=True)
        hub.start()
        print("develop: ready again", flush=True)
    raise HubError(f"Home Assistant ended by itself, with exit code {code}.")


if __name__ == "__main__":
    main()
