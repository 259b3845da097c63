"""Run the demo home in a real Home Assistant, in the foreground. Started by scripts/develop."""

import argparse
import shutil
import signal
import sys

from client import ServerError
from demo_home import add_bedtime_dashboard, add_relief, set_up_demo_home
from requests import RequestException
from server import CHECKOUT, RESTART, Server, is_free

DEFAULT_PORT = 8123
CONFIG_DIR = CHECKOUT / ".develop"
READY_MARKER = CONFIG_DIR / ".ready"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
USERNAME = PASSWORD = "demo"  # noqa: S105 - it listens on the loopback interface only


def parse_arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(prog="scripts/develop", description="Run the demo home in a real Home Assistant.")
    parser.add_argument("--fresh", action="store_true", help="delete everything and start over")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="port to listen on (%(default)s)")
    return parser.parse_args()


def main() -> None:
    """Run the demo home until it is stopped."""
    arguments = parse_arguments()
    if not is_free(arguments.port):
        sys.exit(f"develop: port {arguments.port} is in use. Stop what listens on it or choose another with --port.")
    if arguments.fresh or not READY_MARKER.exists():
        shutil.rmtree(CONFIG_DIR, ignore_errors=True)
        CONFIG_DIR.mkdir()
    for signal_number in STOP_SIGNALS:
        signal.signal(signal_number, signal.default_int_handler)
    server = Server(CONFIG_DIR, arguments.port, log_to_terminal=True)
    error_message = None
    try:
        run(server)
    except KeyboardInterrupt:
        print("\ndevelop: stopping", flush=True)
    except (ServerError, RequestException) as error:
        error_message = f"develop: {error}"
    for signal_number in STOP_SIGNALS:
        signal.signal(signal_number, signal.SIG_IGN)
    server.stop()
    sys.exit(error_message)


def run(server: Server) -> None:
    """Start Home Assistant, and again whenever it is restarted from its interface, until it exits."""
    print("develop: starting Home Assistant", flush=True)
    server.start()
    if READY_MARKER.exists():
        server.log_in(USERNAME, PASSWORD)
    else:
        server.onboard("Demo", USERNAME, PASSWORD)
        set_up_demo_home(server)
        add_relief(server)
        add_bedtime_dashboard(server)
        READY_MARKER.touch()
    print(f"develop: ready at {server.url} (log in as {USERNAME}, password {PASSWORD}). Stop with Ctrl-C.", flush=True)
    while (code := server.wait_for_exit()) == RESTART:
        print("develop: restarting Home Assistant", flush=True)
        server.start()
        print("develop: ready again", flush=True)
    raise ServerError(f"Home Assistant exited by itself with code {code}.")


if __name__ == "__main__":
    main()
