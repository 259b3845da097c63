"""One diary in two tabs, on two phones and for two people, with Home Assistant going down in between."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
import re
from zoneinfo import ZoneInfo

from browser import open_page
from client import Client, Json
from dashboard_elements import NIGHT_PAD_CARD, TRENDS_CARD, log_episode
from demo_home import DOMAIN, add_dashboard
from playwright.sync_api import Browser, Locator, Page, expect
import pytest
from server import Server

pytestmark = pytest.mark.usefixtures("daytime", "dashboard", "empty_diary")

RECONNECT_TIMEOUT = 60_000

# Home Assistant logs every episode, but no response arrives.
LOSE_RESPONSES = """() => {
    const element = document.querySelector("home-assistant");
    const { callService } = element.hass;
    element.hass.callService = async (...args) => {
        const response = await callService(...args);
        if (args[1] === "log_episode") throw {};
        return response;
    };
}"""


@pytest.fixture(scope="module")
def dashboard(server: Server) -> None:
    """Add a dashboard with the pad, and one with the trends."""
    for path, card in (("pad", NIGHT_PAD_CARD), ("trends", TRENDS_CARD)):
        config = {"views": [{"type": "sections", "sections": [{"cards": [{"type": f"custom:{card}"}]}]}]}
        add_dashboard(server, path, config, title=path.title())


@pytest.fixture
def empty_diary(server: Server) -> None:
    """Delete all episodes and the marks of nights."""
    for episode in get_episodes(server):
        server.call_action(DOMAIN, "delete_episode", {"episode_id": episode["id"]})
    for night in get_clear_nights(server):
        server.call_action(DOMAIN, "delete_clear_night", {"night": night})


def get_time_zone(server: Server) -> str:
    """Return the time zone of Home Assistant."""
    return str(server.call_api("GET", "/api/config")["time_zone"])


@pytest.fixture(scope="module")
def partner(server: Server) -> Client:
    """Return a client of somebody who lives here, but is neither the sleeper nor an administrator."""
    user = server.call_ws("config/auth/create", name="Kim", group_ids=["system-users"])["user"]
    login = {"username": "kim", "password": "also restless"}
    server.call_ws("config/auth_provider/homeassistant/create", user_id=user["id"], **login)
    partner = Client(server.url)
    partner.log_in(**login)
    return partner


def get_response(server: Server, action: str) -> Json:
    """Return the response of an action that reads."""
    return dict(server.call_action(DOMAIN, action, {}, return_response=True))


def get_episodes(server: Server) -> list[Json]:
    """Return the episodes of the diary, the newest first."""
    return list(get_response(server, "get_episodes")["episodes"])


def get_clear_nights(server: Server) -> list[str]:
    """Return the nights that are marked as clear."""
    return list(get_response(server, "get_episodes")["clear_nights"])


def open_pad(page: Page) -> Locator:
    """Open the pad in a page, once it shows what is in the diary."""
    page.goto("/pad")
    pad = page.locator(NIGHT_PAD_CARD)
    expect(pad.get_by_role("status")).not_to_be_empty()
    return pad


def expect_kept(pad: Locator) -> None:
    """Expect that what was tapped is not saved yet, and that the pad says so."""
    expect(pad.get_by_role("status")).to_contain_text("not saved yet", timeout=RECONNECT_TIMEOUT)


def expect_logged(pad: Locator) -> None:
    """Expect that everything that was tapped is in the diary."""
    expect(pad.get_by_role("status")).to_contain_text("Logged", timeout=RECONNECT_TIMEOUT)
    expect(pad.get_by_role("button", name="Try again")).to_have_count(0)


@pytest.fixture
def tabs(page: Page) -> tuple[Page, Page]:
    """Return two tabs of one browser."""
    return page, page.context.new_page()


@contextmanager
def last_night(server: Server) -> Iterator[str]:
    """Give the current night of a home where it is morning: only then is a clear night offered."""
    before = get_time_zone(server)
    server.call_ws("config/core/update", time_zone=morning_time_zone())
    try:
        yield str(datetime.now(ZoneInfo(morning_time_zone())).date() - timedelta(days=1))
    finally:
        server.call_ws("config/core/update", time_zone=before)


def morning_time_zone() -> str:
    """Return the name of a time zone where it is past eight in the morning."""
    offset = (datetime.now(ZoneInfo("UTC")).hour - 8 + 12) % 24 - 12
    return f"Etc/GMT{offset:+d}"


# --- two tabs ---------------------------------------------------------------------------------------------------------


def test_d1_tap_in_a_tab_that_was_closed_is_written_by_the_other(server: Server, tabs: tuple[Page, Page]) -> None:
    first, second = tabs
    pads = [open_pad(page) for page in tabs]
    server.stop()
    log_episode(pads[0])
    expect_kept(pads[0])
    first.close()
    server.start()
    expect_logged(pads[1])
    assert len(get_episodes(server)) == 1
    second.close()


def test_d1_tap_is_written_by_the_next_page_if_all_tabs_were_closed(server: Server, page: Page) -> None:
    context = page.context
    pad = open_pad(page)
    server.stop()
    log_episode(pad)
    expect_kept(pad)
    page.close()
    server.start()
    assert get_episodes(server) == []
    expect_logged(open_pad(context.new_page()))
    assert len(get_episodes(server)) == 1


def test_d1_both_tabs_keep_their_taps(server: Server, tabs: tuple[Page, Page]) -> None:
    pads = [open_pad(page) for page in tabs]
    server.stop()
    for pad in pads:
        log_episode(pad)
        expect_kept(pad)
    pads[1].get_by_role("radio", name="4", exact=True).click()
    server.start()
    for pad in pads:
        expect_logged(pad)
    # One tab may write what was tapped in the other.
    server.wait_until(lambda: any(each["severity"] for each in get_episodes(server)) or None, "has the severity")
    assert sorted(episode["severity"] or 0 for episode in get_episodes(server)) == [0, 4]


def test_d2_tap_without_a_response_is_one_episode_when_another_tab_opens(
    server: Server, tabs: tuple[Page, Page]
) -> None:
    first, second = tabs
    pad = open_pad(first)
    first.evaluate(LOSE_RESPONSES)
    log_episode(pad)
    expect_kept(pad)
    assert len(get_episodes(server)) == 1
    expect_logged(open_pad(second))
    expect_logged(pad)
    assert len(get_episodes(server)) == 1


def test_what_an_earlier_version_kept_in_the_browser_is_written(server: Server, page: Page) -> None:
    open_pad(page)
    page.evaluate(
        """(hour) => {
            const { entities } = document.querySelector("home-assistant").hass;
            const isButton = ({ translation_key }) => translation_key === "log_episode";
            const { device_id: sleeper } = Object.values(entities).find(isButton);
            const empty = { severity: null, side: null, body_parts: [], relief: [], relief_effect: null };
            const kept = { at: Date.now() - hour, facts: { ...empty, severity: 5 }, endedAt: null, id: null,
                written: empty, writtenEnd: null, state: "kept", unwanted: false, tries: 0, known: null, problem: "" };
            localStorage.setItem(`rls_bedtime.pad.${sleeper}`, JSON.stringify([kept]));
        }""",
        60 * 60 * 1000,
    )
    page.reload()
    expect(page.locator(NIGHT_PAD_CARD).get_by_role("status")).to_contain_text("Logged", timeout=RECONNECT_TIMEOUT)
    server.wait_until(lambda: [each for each in get_episodes(server) if each["severity"] == 5] or None, "has it")
    page.reload()
    expect_logged(page.locator(NIGHT_PAD_CARD))
    assert [episode["severity"] for episode in get_episodes(server)] == [5]


# --- two phones -------------------------------------------------------------------------------------------------------


def test_taps_on_two_phones_while_home_assistant_is_down_are_both_written(server: Server, browser: Browser) -> None:
    with ExitStack() as stack:
        pads = [open_pad(stack.enter_context(open_page(browser, server))) for _ in range(2)]
        server.stop()
        for severity, pad in zip(("3", "8"), pads, strict=True):
            log_episode(pad)
            pad.get_by_role("radio", name=severity, exact=True).click()
            expect_kept(pad)
        server.start()
        for pad in pads:
            expect_logged(pad)
        server.wait_until(lambda: len(get_episodes(server)) > 1 or None, "has both episodes")
    assert sorted(episode["severity"] for episode in get_episodes(server)) == [3, 8]


def test_d3_undo_of_a_clear_night_leaves_the_episode_of_a_phone(server: Server, page: Page) -> None:
    with last_night(server) as night:
        pad = open_pad(page)
        pad.get_by_role("button", name="It was a clear night").click()
        expect(pad.get_by_role("status")).to_contain_text("Noted: a clear night")
        assert get_clear_nights(server) == [night]
        # An episode of an earlier night: one of tonight would have taken the mark away.
        server.call_action(DOMAIN, "log_episode", {"minutes_ago": 40 * 24 * 60})
        pad.get_by_role("button", name="Undo").click()
        server.wait_until(lambda: not get_clear_nights(server) or None, "has taken back the mark")
        assert len(get_episodes(server)) == 1


def test_d3_bring_it_back_brings_back_what_was_deleted_here(server: Server, page: Page) -> None:
    pad = open_pad(page)
    log_episode(pad)
    expect_logged(pad)
    pad.get_by_role("radio", name="6", exact=True).click()
    expect(pad.get_by_role("status")).to_contain_text("severity 6")
    pad.get_by_role("button", name="Undo").click()
    expect(pad.get_by_role("status")).to_contain_text("Removed")
    server.call_action(DOMAIN, "log_episode", {"severity": 9, "minutes_ago": 90})
    pad.get_by_role("button", name="Restore").click()
    server.wait_until(lambda: len(get_episodes(server)) > 1 or None, "has the episode again")
    assert sorted(episode["severity"] for episode in get_episodes(server)) == [6, 9]


def test_d15_clear_night_while_home_assistant_is_down_is_marked_later(server: Server, page: Page) -> None:
    with last_night(server) as night:
        pad = open_pad(page)
        server.stop()
        pad.get_by_role("button", name="It was a clear night").click()
        expect_kept(pad)
        server.start()
        expect(pad.get_by_role("status")).to_contain_text("Noted: a clear night", timeout=RECONNECT_TIMEOUT)
        assert get_clear_nights(server) == [night]


def test_d15_end_while_home_assistant_is_down_is_written_later(server: Server, page: Page) -> None:
    pad = open_pad(page)
    log_episode(pad)
    expect_logged(pad)
    server.stop()
    tapped_at = page.evaluate("Date.now()") / 1000
    pad.get_by_role("button", name="It's over").click()
    expect_kept(pad)
    server.start()
    expect_logged(pad)
    (episode,) = get_episodes(server)
    assert abs(datetime.fromisoformat(episode["ended_at"]).timestamp() - tapped_at) < 15


def test_what_is_refused_is_shown_until_it_is_discarded(server: Server, page: Page) -> None:
    """A clear night was tapped while Home Assistant was down, and a phone has logged an episode of that night since."""
    with last_night(server):
        context = page.context
        pad = open_pad(page)
        server.stop()
        pad.get_by_role("button", name="It was a clear night").click()
        expect_kept(pad)
        page.close()
        server.start()
        server.call_action(DOMAIN, "log_episode", {"severity": 5})
        pad = open_pad(context.new_page())
        refused = pad.get_by_role("alert")
        expect(refused).to_contain_text("Not saved: the clear night")
        log_episode(pad)
        expect(pad.get_by_role("status")).to_contain_text("Logged")
        refused.get_by_role("button", name="Discard").click()
        expect(refused).to_have_count(0)
        pad.page.reload()
        expect_logged(pad)
        expect(refused).to_have_count(0)
    assert get_clear_nights(server) == []


# --- two people -------------------------------------------------------------------------------------------------------


def test_d16_pad_of_somebody_who_may_not_read_logs_and_ends(server: Server, browser: Browser, partner: Client) -> None:
    server.call_action(DOMAIN, "log_episode", {"severity": 7, "minutes_ago": 30})
    with open_page(browser, partner) as page:
        pad = open_pad(page)
        status = pad.get_by_role("status")
        expect(status).to_contain_text("private")
        log_episode(pad)
        expect(status).to_contain_text("Logged")
        expect(pad.get_by_role("button", name="Undo")).to_have_count(0)
        expect(pad.get_by_role("radio")).to_have_count(0)
        pad.get_by_role("button", name="It's over").click()
        expect(pad.get_by_role("button", name=re.compile("^Ended"))).to_be_visible()
        # The pad answers before it is written, and must not be closed until then.
        server.wait_until(lambda: get_episodes(server)[0]["ended_at"], "has the end")
    assert len(get_episodes(server)) == 2


def test_d16_somebody_who_may_not_read_can_end_what_was_logged_elsewhere(
    server: Server, browser: Browser, partner: Client
) -> None:
    server.call_action(DOMAIN, "log_episode", {"severity": 7})
    with open_page(browser, partner) as page:
        eased = open_pad(page).get_by_role("button", name="It's over")
        eased.click()
        expect(eased).to_have_count(0)
        server.wait_until(lambda: get_episodes(server)[0]["ended_at"], "has the end")


def test_d16_trends_card_of_somebody_who_may_not_read_says_so(browser: Browser, partner: Client) -> None:
    with open_page(browser, partner) as page:
        page.goto("/trends")
        card = page.locator(TRENDS_CARD)
        expect(card.get_by_role("status")).to_contain_text("The nights of Alex are private")
        expect(card.get_by_text(str(datetime.now(UTC).year))).to_have_count(0)
        expect(card.get_by_role("alert")).to_have_count(0)
