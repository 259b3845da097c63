"""What a page loads of the integration, and a slow connection to load it over."""

from dataclasses import dataclass, field
from typing import Any, Final, Self
from urllib.parse import urlsplit

from demo_home import DOMAIN
from playwright.sync_api import CDPSession, Page

STATIC_PATH: Final = f"/{DOMAIN}_static/"

LATENCY: Final = 150
"""Milliseconds that each request takes at least on the slow connection."""

DOWNLOAD: Final = 1.6e6 / 8
UPLOAD: Final = 0.75e6 / 8
"""Bytes per second."""


@dataclass
class Traffic:
    """The requests of a page for files of the integration: their paths, and the bytes that were transferred."""

    paths: list[str] = field(default_factory=list)
    bytes: int = 0
    _pending: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, session: CDPSession) -> Self:
        """Record the traffic of a page from now on."""
        traffic = cls()
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", traffic._sent)
        session.on("Network.loadingFinished", traffic._finished)
        return traffic

    @property
    def files(self) -> list[str]:
        """Return the names of the requested files, in order, without their folder."""
        return [path.removeprefix(STATIC_PATH).partition("/")[2] for path in self.paths]

    def _sent(self, event: dict[str, Any]) -> None:
        path = urlsplit(event["request"]["url"]).path
        if path.startswith(STATIC_PATH):
            self.paths.append(path)
            self._pending.add(event["requestId"])

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] in self._pending:
            self.bytes += int(event["encodedDataLength"])


def slow_down(session: CDPSession) -> None:
    """Give a page a slow connection."""
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY, "downloadThroughput": DOWNLOAD, "uploadThroughput": UPLOAD},
    )


def open_session(page: Page) -> CDPSession:
    """Return a session that controls a page of Chromium beyond what Playwright offers."""
    return page.context.new_cdp_session(page)
