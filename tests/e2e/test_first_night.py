"""The first night of a new user: the release is installed in a Home Assistant without it, and set up in German."""

from collections.abc import Iterator
import json
from pathlib import Path
from zipfile import ZipFile

from browser import open_page
from build_release import build_zip
from dashboard_elements import NIGHT_PAD_CARD, log_target, wait_until_dialog_has_gone_back, wait_until_still
from demo_home import DOMAIN, evening_time_zone, set_up_areas
from diary_database import read_episodes
from playwright.sync_api import Browser, Locator, Page, expect
from profile_settings import set_profile
import pytest
from server import CHECKOUT, Server, free_port

LANGUAGE = "de"
TRANSLATIONS = json.loads(
    (CHECKOUT / "custom_components" / DOMAIN / "translations" / f"{LANGUAGE}.json").read_text(encoding="utf-8")
)
STEPS = {name: step["description"] for name, step in TRANSLATIONS["config"]["step"].items()}


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Server]:
    """Return a Home Assistant in which the release was unpacked, as the Marketplace does it, and nothing set up."""
    release = tmp_path / "rls_bedtime.zip"
    build_zip(release)
    folder = tmp_path / "custom_components" / DOMAIN
    with ZipFile(release) as archive:
        archive.extractall(folder)
    server = Server(tmp_path / "config", free_port())
    server.config_dir.mkdir()
    server.custom_components = folder.parent
    with server:
        server.onboard("Alex", "alex", "restless")
        set_up_areas(server, evening_time_zone())
        server.call_ws("config/core/update", language=LANGUAGE)
        set_profile(server, language=LANGUAGE)
        yield server


class NewUser:
    """Somebody who only taps, and how often."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.taps = 0

    def tap(self, name: str) -> None:
        """Tap a button by its name."""
        self.tap_on(self._page.get_by_role("button", name=name).first)

    def tap_on(self, element: Locator) -> None:
        """Tap something else."""
        element.click()
        self.taps += 1


def test_a_new_user_gets_from_the_release_to_the_first_episode_in_german(installed: Server, browser: Browser) -> None:
    with open_page(browser, installed) as page:
        user = NewUser(page)
        page.goto(f"/config/integrations/dashboard/add?domain={DOMAIN}")
        user.tap("OK")
        for step, button in (("user", "Weiter"), ("devices", "Weiter"), ("schedule", "Weiter"), ("sleeper", "OK")):
            expect(page.get_by_text(STEPS[step])).to_be_visible()
            wait_until_still(page.locator("step-flow-form"))
            user.tap(button)
        expect(page.get_by_text("Das Schlafzimmer ist bereit.")).to_be_visible()
        # The dialog goes back in the history when it closes, which would abort what is opened meanwhile.
        with page.expect_event("framenavigated"):
            user.tap("Fertigstellen")
        assert user.taps == 6, "the setup takes more taps than it did"

        page.goto("/config/lovelace/dashboards")
        user.tap("Dashboard hinzufügen")
        user.tap_on(page.get_by_text("RLS Bedtime").first)
        user.tap("Erstellen")
        expect(page.get_by_role("table").get_by_text("Schlafenszeit").first).to_be_visible()
        wait_until_dialog_has_gone_back(page)
        page.goto("/dashboard-schlafenszeit")
        pad = page.locator(NIGHT_PAD_CARD).first
        wait_until_still(pad)
        user.tap_on(log_target(pad))
        expect(pad.get_by_role("group", name="Wie schlimm")).to_be_visible()
        expect(page.get_by_text("Abendroutine").first).to_be_visible()
        assert user.taps == 10, "the first night takes more taps than it did"

    # The pad answers before the episode is on disk.
    episodes = installed.wait_until(lambda: read_episodes(installed) or None, "has the episode")
    assert [episode["severity"] for episode in episodes] == [None]
