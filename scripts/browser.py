"""A browser that is logged in to a hub: for end-to-end tests and screenshots."""

from collections.abc import Iterator
from contextlib import contextmanager
import json
import shutil
from typing import Literal

from client import HubError
from playwright.sync_api import Page, ViewportSize, sync_playwright
from server import Hub

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=LocalNetworkAccessChecks",  # a page that a test has changed is not a stranger's
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
PHONE: ViewportSize = {"width": 420, "height": 800}


def chromium() -> str:
    """Return where this machine's Chromium is."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise HubError("No Chromium on this machine: install it (on Debian: apt install chromium).")
    return found


@contextmanager
def browse(hub: Hub, scheme: Literal["light", "dark"] = "light") -> Iterator[Page]:
    """Give the page of a browser of a phone's size, logged in to the hub."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = browser.new_context(
            base_url=hub.url, viewport=PHONE, device_scale_factor=2, color_scheme=scheme, has_touch=True
        )
        context.add_init_script(f"localStorage.setItem('hassTokens', {json.dumps(hub.browser_tokens)})")
        yield context.new_page()
        browser.close()
