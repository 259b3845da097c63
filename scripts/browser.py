"""A browser that is logged in to Home Assistant, for end-to-end tests and screenshots."""

from collections.abc import Iterator
from contextlib import contextmanager
import json
import shutil
from typing import Literal

from client import Client, ServerError
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright
from server import Server

EXECUTABLES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-features=LocalNetworkAccessChecks",  # else a page that a test modifies may not reach the loopback
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
PHONE_SIZE: ViewportSize = {"width": 420, "height": 800}

type ColorScheme = Literal["light", "dark"]


@contextmanager
def launch_browser() -> Iterator[Browser]:
    """Run the Chromium of this machine for the duration of the context."""
    executable = next(filter(None, map(shutil.which, EXECUTABLES)), None)
    if executable is None:
        raise ServerError("No Chromium on this machine: install it (on Debian: apt install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def open_page(
    browser: Browser,
    user: Client,
    color_scheme: ColorScheme = "light",
    service_workers: Literal["allow", "block"] = "allow",
) -> Iterator[Page]:
    """Give a page in the size of a phone that is logged in as a user, with a session of its own."""
    with browser.new_context(
        base_url=user.url,
        viewport=PHONE_SIZE,
        device_scale_factor=2,
        color_scheme=color_scheme,
        has_touch=True,
        service_workers=service_workers,
    ) as context:
        context.add_init_script(f"localStorage.setItem('hassTokens', {json.dumps(user.browser_tokens)})")
        yield context.new_page()


@contextmanager
def open_browser_page(server: Server, color_scheme: ColorScheme = "light") -> Iterator[Page]:
    """Give a page like `open_page`, in a browser of its own."""
    with launch_browser() as browser, open_page(browser, server, color_scheme) as page:
        yield page
