"""What a night has to live through: a restart, a power cut, and the end of the bedroom."""

from http import HTTPStatus
import re

from client import RefusedError
from demo_home import DOMAIN, our_entities
from device_states import DAY, NIGHT, episodes, expect_bedroom
from mobile_app import Phone
import pytest
from server import Hub

RECORD = re.compile(r"^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.MULTILINE)
LOGGER = re.compile(r"(?:WARNING|ERROR|CRITICAL) .*?\[([\w.]+)\]")
ROUTINE = (
    "homeassistant.loader",  # says of every custom integration that it has not tested it
    "homeassistant.components.http.ban",  # says who asked without being logged in
    "homeassistant.components.mobile_app.webhook",  # repeats what we refused to a phone
    "homeassistant.components.webhook",
)


@pytest.mark.usefixtures("by_day")
def test_a_restart_keeps_the_diary_and_the_session(hub: Hub, ours: dict[str, str]) -> None:
    """After a restart the diary is whole, and a session that was on is on and still gives everything back."""
    hub.call(DOMAIN, "log_episode", {"severity": 3, "minutes_ago": 5})
    counted = hub.state(ours["episodes_tonight"])["state"]
    hub.call("switch", "turn_on", {"entity_id": ours["bedtime_mode"]})
    expect_bedroom(hub, NIGHT)
    before = episodes(hub)
    hub.restart()
    assert episodes(hub) == before
    assert hub.state(ours["episodes_tonight"])["state"] == counted
    assert hub.state(ours["bedtime_mode"])["state"] == "on"
    assert hub.state(ours["phase"])["state"] == "bedtime"
    expect_bedroom(hub, NIGHT)
    hub.call("switch", "turn_off", {"entity_id": ours["bedtime_mode"]})
    expect_bedroom(hub, DAY)


@pytest.mark.usefixtures("by_day")
def test_a_power_cut_takes_nothing_that_was_acknowledged(hub: Hub, ours: dict[str, str], phone: Phone) -> None:
    """An episode that was acknowledged just before the power went is there, and so is the session."""
    hub.call("switch", "turn_on", {"entity_id": ours["bedtime_mode"]})
    expect_bedroom(hub, NIGHT)
    hub.restart()  # the lamps of this bedroom remember what they were like at the last orderly stop
    counted = int(hub.state(ours["episodes_tonight"])["state"])
    assert phone.tap(DOMAIN, "log_episode", severity=8).status_code == HTTPStatus.OK
    hub.kill()
    hub.start()
    assert hub.state(ours["episodes_tonight"])["state"] == str(counted + 1)
    assert hub.state(ours["last_severity"])["state"] == "8"
    assert hub.state(ours["bedtime_mode"])["state"] == "on"
    hub.call("switch", "turn_off", {"entity_id": ours["bedtime_mode"]})
    expect_bedroom(hub, DAY)


@pytest.mark.usefixtures("by_day")
def test_removing_the_bedroom_gives_it_back_and_keeps_the_diary(hub: Hub, ours: dict[str, str]) -> None:
    """Removing the bedroom in the middle of a session gives it back; its entities go, the diary's file stays."""
    hub.call("switch", "turn_on", {"entity_id": ours["bedtime_mode"]})
    expect_bedroom(hub, NIGHT)
    before = episodes(hub)
    (entry,) = hub.ws("config_entries/get", domain=DOMAIN)
    hub.api("DELETE", f"/api/config/config_entries/entry/{entry['entry_id']}")
    expect_bedroom(hub, DAY)
    assert our_entities(hub) == {}
    assert not list(hub.folder.glob(f".storage/{DOMAIN}*"))
    assert episodes(hub) == before
    with pytest.raises(RefusedError, match="Add a sleeper"):
        hub.call(DOMAIN, "log_episode")


def test_the_log_holds_no_complaint_about_us(hub: Hub) -> None:
    """In all of this, nothing went wrong in the log that has to do with us."""
    records = RECORD.split(hub.output.read_text(encoding="utf-8"))
    ours = [(found[1], record) for record in records if DOMAIN in record and (found := LOGGER.search(record))]
    assert [record for logger, record in ours if logger not in ROUTINE] == []
