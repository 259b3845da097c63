"""Everything a phone can do with the diary and bedtime mode, through our blueprints, repeated, and during a start."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
import json
from pathlib import Path
import shutil
import time
from zoneinfo import ZoneInfo

from client import Client, Json
from demo_home import DOMAIN
from diary_database import read_episodes
from mobile_app import Phone, PushService
import pytest
import requests
from server import CHECKOUT, Server

BLUEPRINT_DIR = CHECKOUT / "custom_components" / DOMAIN / "blueprints"
TAG_ID = "8f6e-by-the-bed"
REPEAT_WINDOW = timedelta(minutes=1)
CHECK_IN_DELAY = 30
"""Seconds until the morning check-in is due. The automations must be loaded by then, and other tests run meanwhile."""


@pytest.fixture(scope="module")
def push_service() -> Iterator[PushService]:
    """Return the push service that receives the notifications."""
    with PushService() as push_service:
        yield push_service


@pytest.fixture(scope="module")
def encrypted_phone(server: Server, push_service: PushService) -> Phone:
    """Return a phone that encrypts its messages and receives notifications."""
    registration = {"device_id": "in the pocket", "device_name": "Alex's other phone", "os_name": "iOS"}
    return Phone(server, **registration, supports_encryption=True, app_data=push_service.app_data)


def local_now(server: Server) -> datetime:
    """Return the local time of Home Assistant."""
    return datetime.now(ZoneInfo(server.call_api("GET", "/api/config")["time_zone"]))


def load_config(server: Server, kind: str, content: object) -> None:
    """Write the YAML file of the automations or scripts and reload it."""
    Path(server.config_dir, f"{kind}s.yaml").write_text(json.dumps(content), encoding="utf-8")
    server.call_action(kind, "reload")


@pytest.fixture(scope="module", autouse=True)
def automations(server: Server, entity_ids: dict[str, str], encrypted_phone: Phone) -> Iterator[None]:
    """Create an automation or a script from each blueprint."""
    for file in BLUEPRINT_DIR.rglob("*.yaml"):
        target = server.config_dir / "blueprints" / file.relative_to(BLUEPRINT_DIR)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    (phone,) = [
        device["id"] for device in server.call_ws("config/device_registry/list") if "other phone" in device["name"]
    ]
    encrypted_phone.send("scan_tag", tag_id=TAG_ID)
    tags = {tag["id"]: tag for tag in server.call_ws("tag/list")}
    registry = server.call_ws("config/entity_registry/list")
    tag = next(entry["entity_id"] for entry in registry if entry["unique_id"] == TAG_ID)
    assert TAG_ID in tags
    remote = {"trigger": "event", "event_type": "remote", "event_data": {"command": "single"}}
    check_in_at = local_now(server) + timedelta(seconds=CHECK_IN_DELAY)
    blueprint_inputs: Json = {
        "bedside_button": {"button": "event.bedside", "severity": "4", "bedtime_mode": entity_ids["bedtime_mode"]},
        "any_tap": {"tap": [remote], "severity": "5"},
        "nfc_tag": {"tag": tag, "severity": "1"},
        "morning_check_in": {
            "phones": [phone],
            "ask_at": f"{check_in_at:%H:%M:%S}",
        },
        "log_notification": {"phones": [phone], "sleeper": entity_ids["episode"]},
        "screens_warning": {"phones": [phone], "bedtime_mode": entity_ids["bedtime_mode"]},
        "spoken_commands": {},
        "ask_aloud": {"satellite": "assist_satellite.bedside", "in_the_morning": False},
        "up_at_night": {"walk": "switch.bedroom_relief_walk", "sensors": ["binary_sensor.hallway_motion"]},
        "wind_down": {"phones": [phone], "next_bedtime": entity_ids["next_bedtime"]},
    }
    assert set(blueprint_inputs) == {file.stem for file in BLUEPRINT_DIR.glob("automation/*/*.yaml")}
    load_config(
        server,
        "automation",
        [
            {"id": name, "alias": name, "use_blueprint": {"path": f"{DOMAIN}/{name}.yaml", "input": inputs}}
            for name, inputs in blueprint_inputs.items()
        ],
    )
    script = {
        "alias": "Legs",
        "use_blueprint": {"path": f"{DOMAIN}/log_episode.yaml", "input": {"usual_severity": "3"}},
    }
    load_config(server, "script", {"legs": script})
    yield
    load_config(server, "automation", [])
    load_config(server, "script", {})


@pytest.fixture(scope="module")
def check_in_action(server: Server, automations: None, push_service: PushService) -> str:
    """Return the key of the action for the number of episodes, once the phone has received the check-in."""
    timeout = CHECK_IN_DELAY + 30
    return server.wait_until(
        lambda: push_service.action_key("number", "morning_check_in"), "has sent the check-in", timeout
    )


class NewEpisodes:
    """The episodes that were logged since it was created."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._before = {episode["id"] for episode in read_episodes(server)}

    @property
    def rows(self) -> list[Json]:
        """Return the rows of the new episodes."""
        return [episode for episode in read_episodes(self._server) if episode["id"] not in self._before]

    def expect(self, *severities: int | None) -> None:
        """Fail unless the new episodes become exactly these, by severity."""
        expected = list(severities)
        self._server.wait_until(
            lambda: [episode["severity"] for episode in self.rows] == expected or None,
            f"has new episodes with severities {expected}",
        )


@pytest.fixture
def new_episodes(server: Server) -> NewEpisodes:
    """Return the episodes that the test logs."""
    return NewEpisodes(server)


def tap_notification(phone: Phone, action: str, **fields: str) -> requests.Response:
    """Tap an action of a notification."""
    data = {"action": action, "tag": "rls_bedtime", **fields}
    return phone.send("fire_event", event_type="mobile_app_notification_action", event_data=data)


def speak(phone: Phone, text: str) -> str:
    """Speak to the assistant of a phone and return its answer, empty if there is none."""
    answer = phone.decode(phone.send("conversation_process", text=text, language="en"))
    return str(answer["response"]["speech"]["plain"]["speech"]) if answer else ""


def test_widget_can_list_every_action_and_every_field(server: Server) -> None:
    """Each field has an example that can be shown as text, and a translated name and description."""
    (actions,) = [
        listed["services"] for listed in server.call_api("GET", "/api/services") if listed["domain"] == DOMAIN
    ]
    query = {"language": "en", "category": "services", "integration": [DOMAIN]}
    texts = server.call_ws("frontend/get_translations", **query)["resources"]
    assert len(actions) >= 11
    for name, action in actions.items():
        assert "target" not in action, name
        for path in (name, *(f"{name}.fields.{key}" for key in action["fields"])):
            assert texts[f"component.{DOMAIN}.services.{path}.name"]
            assert texts[f"component.{DOMAIN}.services.{path}.description"]
        for key, field in action["fields"].items():
            assert isinstance(field["example"], str | int | float), (name, key)
            assert {"required", "fields"}.isdisjoint(field), (name, key)


def test_each_way_to_log_from_a_phone_logs_once_when_repeated(
    server: Server, entity_ids: dict[str, str], new_episodes: NewEpisodes, phone: Phone, encrypted_phone: Phone
) -> None:
    """A widget, a script, a tag, an event and a voice command, each repeated by another phone."""
    for device in (phone, encrypted_phone):
        assert device.decode(device.call_action(DOMAIN, "log_episode", severity="2", tags=["widget", "first"])) == {}
        assert device.decode(device.call_action("script", "turn_on", entity_id="script.legs")) == {}
        assert device.decode(device.send("scan_tag", tag_id=TAG_ID)) == {}
        assert device.decode(device.send("fire_event", event_type="remote", event_data={"command": "single"})) == {}
        assert speak(device, "My legs are bad, seven.") == "Noted."
    server.wait_until(lambda: len(new_episodes.rows) >= 5 or None, "has logged all of them")
    assert sorted(episode["severity"] for episode in new_episodes.rows) == [1, 2, 3, 5, 7]
    assert server.get_state(entity_ids["episode_ongoing"])["state"] == "on"
    assert speak(phone, "it eased") == speak(encrypted_phone, "it eased") == "Good. Noted."
    assert server.get_state(entity_ids["episode_ongoing"])["state"] == "off"


def test_every_user_can_log_and_start_and_nobody_unauthenticated(
    server: Server, entity_ids: dict[str, str], new_episodes: NewEpisodes
) -> None:
    user = server.call_ws("config/auth/create", name="Kim", group_ids=["system-users"])["user"]
    login = {"username": "kim", "password": "restless"}
    server.call_ws("config/auth_provider/homeassistant/create", user_id=user["id"], **login)
    user_client, anonymous_client = Client(server.url), Client(server.url)
    user_client.log_in(**login)
    user_client.call_action(DOMAIN, "log_episode", {"severity": 10})
    user_client.call_action(DOMAIN, "start")
    server.wait_for_state(entity_ids["bedtime_mode"], "on")
    user_client.call_action(DOMAIN, "stop")
    server.wait_for_state(entity_ids["bedtime_mode"], "off")
    for action in ("log_episode", "start"):
        response = anonymous_client.request("POST", f"/api/services/{DOMAIN}/{action}", {})
        assert response.status_code == HTTPStatus.UNAUTHORIZED
    requests.post(f"{server.url}/api/webhook/guessed", json={"type": "call_service"}, timeout=60)
    assert server.get_state(entity_ids["bedtime_mode"])["state"] == "off"
    assert [episode["severity"] for episode in new_episodes.rows] == [10]


def test_error_is_distinguishable_from_an_acknowledgement(
    new_episodes: NewEpisodes, phone: Phone, encrypted_phone: Phone
) -> None:
    for device in (phone, encrypted_phone):
        assert device.decode(device.call_action(DOMAIN, "log_episode", severity=11)) is None
        assert device.decode(device.call_action(DOMAIN, "log_episode", severitty=1)) is None
    assert new_episodes.rows == []


def test_bedside_button_logs_ends_and_switches_bedtime_mode(
    server: Server, entity_ids: dict[str, str], new_episodes: NewEpisodes
) -> None:
    """One press logs, two end, holding switches bedtime mode; becoming available again does nothing."""

    def fire(event_type: str, state: str = "") -> None:
        timestamp = state or datetime.now(UTC).isoformat()
        server.call_api(
            "POST", "/api/states/event.bedside", {"state": timestamp, "attributes": {"event_type": event_type}}
        )

    fire("press_end")
    for state in ("unavailable", "", "unknown", ""):
        fire("press_end", state)
    assert new_episodes.rows == []
    # An automation that ends an episode within a minute of another one repeats that.
    ended_at = datetime.fromisoformat(server.get_state(entity_ids["episode_ongoing"])["last_changed"])
    server.wait_until(lambda: datetime.now(UTC) - ended_at > REPEAT_WINDOW or None, "takes an end for a new one", 70)
    fire("press_end")
    new_episodes.expect(4)
    fire("double_press")
    server.wait_for_state(entity_ids["episode_ongoing"], "off")
    for expected in ("on", "off"):
        fire("long_press_start")
        fire("long_press_end")
        server.wait_for_state(entity_ids["bedtime_mode"], expected)
    assert [episode["severity"] for episode in new_episodes.rows] == [4]


def test_notification_of_an_episode_offers_an_undo_that_works_once(
    server: Server, new_episodes: NewEpisodes, push_service: PushService, phone: Phone, encrypted_phone: Phone
) -> None:
    """The notification holds nothing of the note; a repeated undo does not undo anything else."""
    phone.call_action(DOMAIN, "log_episode", severity=5, note="to be undone")
    new_episodes.expect(5)
    (episode,) = new_episodes.rows
    undo = server.wait_until(
        lambda: push_service.action_key("undo", episode["id"]), "has notified the phone of the episode"
    )
    assert "undone" not in str(push_service.notifications)
    for device in (encrypted_phone, phone):
        assert device.decode(tap_notification(device, undo)) == {}
    new_episodes.expect()
    server.wait_until(
        lambda: "clear_notification" in [each["message"] for each in push_service.notifications] or None,
        "has cleared the notification",
    )


def test_morning_check_in_counts_its_reply_once(
    server: Server,
    new_episodes: NewEpisodes,
    push_service: PushService,
    phone: Phone,
    encrypted_phone: Phone,
    check_in_action: str,
) -> None:
    """The same reply from two phones, in words, is one episode of the night before."""
    for device in (phone, encrypted_phone):
        assert device.decode(tap_notification(device, check_in_action, reply_text="about six")) == {}
    new_episodes.expect(6)
    (episode,) = new_episodes.rows
    assert json.loads(episode["tags"]) == ["morning check-in"]


def test_phone_receives_the_screens_warning_and_switches_bedtime_mode_by_voice(
    server: Server, entity_ids: dict[str, str], push_service: PushService, phone: Phone, encrypted_phone: Phone
) -> None:
    """A repeated voice command changes nothing."""
    (entry,) = server.call_ws("config_entries/get", domain=DOMAIN)
    silent_at = (local_now(server) + timedelta(minutes=10)).isoformat()
    server.call_api(
        "POST", f"/api/events/{DOMAIN}_screens_warning", {"entry_id": entry["entry_id"], "silent_at": silent_at}
    )
    later = server.wait_until(lambda: push_service.action_key("later", "screens_warning"), "has sent the warning")
    tap_notification(phone, later)  # no screens are due to be silenced: nothing is postponed
    for device in (phone, encrypted_phone):
        assert speak(device, "start bedtime") == "Good night."
        assert server.get_state(entity_ids["bedtime_mode"])["state"] == "on"
    for device in (phone, encrypted_phone):
        assert speak(device, "end bedtime") == "Bedtime is over."
        assert server.get_state(entity_ids["bedtime_mode"])["state"] == "off"


def test_calls_during_a_start_are_logged_exactly_once_if_acknowledged(
    server: Server, new_episodes: NewEpisodes, phone: Phone, encrypted_phone: Phone, check_in_action: str
) -> None:
    """Two phones repeat everything until Home Assistant has started, whether they get an answer or not."""
    acknowledged: list[str] = []
    attempts, voice_acknowledgements = 0, 0
    server.stop()
    with ThreadPoolExecutor(1) as thread:
        starting = thread.submit(server.start)
        has_started = False
        while not has_started:
            has_started = starting.done()  # and once more afterwards
            for device in (phone, encrypted_phone):
                with suppress(requests.ConnectionError):
                    answer = device.decode(
                        device.call_action(DOMAIN, "log_episode", severity=9, note=f"try {attempts}")
                    )
                    acknowledged += [f"try {attempts}"] * (answer == {})
                    device.send("scan_tag", tag_id=TAG_ID)
                    tap_notification(device, check_in_action, reply_text="about six")
                    voice_acknowledgements += speak(device, "my legs are bad, eight") == "Noted."
            attempts += 1
            time.sleep(0.05)
        starting.result()
    assert acknowledged
    assert len(acknowledged) < 2 * attempts
    notes = [episode["note"] for episode in new_episodes.rows if episode["severity"] == 9]
    assert len(notes) == len(set(notes))
    assert set(acknowledged) <= set(notes)
    by_voice = [episode for episode in new_episodes.rows if episode["severity"] == 8]
    assert bool(by_voice) is bool(voice_acknowledgements)
    assert len(by_voice) <= 2  # the same words are another episode once the window for repeats has passed
    assert "morning check-in" not in str([episode["tags"] for episode in new_episodes.rows])
    assert speak(phone, "log a leg episode") == "Noted."
