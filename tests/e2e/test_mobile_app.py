"""Every way from a phone to the diary and to bedtime, through automations of our blueprints; again; and too early."""

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
from device_states import episodes
from mobile_app import Gateway, Phone
import pytest
import requests
from server import CHECKOUT, Hub

BLUEPRINTS = CHECKOUT / "custom_components" / DOMAIN / "blueprints"
TAG = "8f6e-by-the-bed"


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    """Return what takes the notifications."""
    with Gateway() as gateway:
        yield gateway


@pytest.fixture(scope="module")
def secretive(hub: Hub, gateway: Gateway) -> Phone:
    """Return a phone that encrypts what it says, and can be notified."""
    about = {"device_id": "in the pocket", "device_name": "Alex's other phone", "os_name": "iOS"}
    return Phone(hub, **about, supports_encryption=True, app_data=gateway.app_data)


def now_in(hub: Hub) -> datetime:
    """Return what time it is where the hub is."""
    return datetime.now(ZoneInfo(hub.api("GET", "/api/config")["time_zone"]))


def write(hub: Hub, kind: str, content: object) -> None:
    """Write down what the hub's automations or scripts are, and have them loaded."""
    Path(hub.folder, f"{kind}s.yaml").write_text(json.dumps(content), encoding="utf-8")
    hub.call(kind, "reload")


@pytest.fixture(scope="module", autouse=True)
def automations(hub: Hub, ours: dict[str, str], secretive: Phone) -> Iterator[None]:
    """Have an automation or a script of each blueprint."""
    for file in BLUEPRINTS.rglob("*.yaml"):
        to = hub.folder / "blueprints" / file.relative_to(BLUEPRINTS)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, to)
    (phone,) = [device["id"] for device in hub.ws("config/device_registry/list") if "other phone" in device["name"]]
    secretive.send("scan_tag", tag_id=TAG)
    tags = {tag["id"]: tag for tag in hub.ws("tag/list")}
    tag = next(each["entity_id"] for each in hub.ws("config/entity_registry/list") if each["unique_id"] == TAG)
    assert TAG in tags
    remote = {"trigger": "event", "event_type": "remote", "event_data": {"command": "single"}}
    inputs: Json = {
        "bedside_button": {"button": "event.bedside", "severity": "4", "bedtime_mode": ours["bedtime_mode"]},
        "any_tap": {"tap": [remote], "severity": "5"},
        "nfc_tag": {"tag": tag, "severity": "1"},
        "morning_check_in": {"phones": [phone], "ask_at": f"{now_in(hub) + timedelta(seconds=6):%H:%M:%S}"},
        "log_notification": {"phones": [phone], "sleeper": ours["episode"]},
        "screens_warning": {"phones": [phone], "bedtime_mode": ours["bedtime_mode"]},
        "spoken_commands": {},
    }
    assert set(inputs) == {file.stem for file in BLUEPRINTS.glob("automation/*/*.yaml")}
    write(
        hub,
        "automation",
        [
            {"id": name, "alias": name, "use_blueprint": {"path": f"{DOMAIN}/{name}.yaml", "input": each}}
            for name, each in inputs.items()
        ],
    )
    legs = {"alias": "Legs", "use_blueprint": {"path": f"{DOMAIN}/log_episode.yaml", "input": {"usual_severity": "3"}}}
    write(hub, "script", {"legs": legs})
    yield
    write(hub, "automation", [])
    write(hub, "script", {})


@pytest.fixture(scope="module")
def check_in(hub: Hub, automations: None, gateway: Gateway) -> str:
    """Return the key of the button for a number, once the phone was asked how the night was."""
    return hub.until(lambda: gateway.button("number", "morning_check_in"), "asks how the night was", 30)


class Diary:
    """What is in the diary beyond what was there before."""

    def __init__(self, hub: Hub) -> None:
        """Remember what there is."""
        self._hub = hub
        self._before = {episode["id"] for episode in episodes(hub)}

    @property
    def new(self) -> list[Json]:
        """Return the episodes that are new."""
        return [episode for episode in episodes(self._hub) if episode["id"] not in self._before]

    def expect(self, *severities: int | None) -> None:
        """Fail unless these episodes and no others become new ones."""
        wanted = list(severities)
        self._hub.until(lambda: [each["severity"] for each in self.new] == wanted or None, f"has {wanted}")


@pytest.fixture
def diary(hub: Hub) -> Diary:
    """Return what is new in the diary."""
    return Diary(hub)


def wait_for(hub: Hub, entity_id: str, wanted: str) -> None:
    """Wait until an entity is as wished."""
    hub.wait_for(entity_id, lambda state: bool(state["state"] == wanted))


def tapped(phone: Phone, action: str, **more: str) -> requests.Response:
    """Tap a button of a notification."""
    data = {"action": action, "tag": "rls_bedtime", **more}
    return phone.send("fire_event", event_type="mobile_app_notification_action", event_data=data)


def speech(phone: Phone, text: str) -> str:
    """Say something to a phone, and return what it answers, which is nothing if the hub does not."""
    answer = phone.read(phone.send("conversation_process", text=text, language="en"))
    return str(answer["response"]["speech"]["plain"]["speech"]) if answer else ""


def test_a_widget_can_list_every_action_and_every_field(hub: Hub) -> None:
    """It is given examples that it can show as text, and no more than it understands; the words are translations."""
    (actions,) = [each["services"] for each in hub.api("GET", "/api/services") if each["domain"] == DOMAIN]
    asked = {"language": "en", "category": "services", "integration": [DOMAIN]}
    words = hub.ws("frontend/get_translations", **asked)["resources"]
    assert len(actions) >= 11
    for name, action in actions.items():
        assert "target" not in action, name
        for path in (name, *(f"{name}.fields.{key}" for key in action["fields"])):
            assert words[f"component.{DOMAIN}.services.{path}.name"]
            assert words[f"component.{DOMAIN}.services.{path}.description"]
        for key, field in action["fields"].items():
            assert isinstance(field["example"], str | int | float), (name, key)
            assert {"required", "fields"}.isdisjoint(field), (name, key)


def test_each_way_from_a_phone_logs_once_though_phones_try_twice(
    hub: Hub, ours: dict[str, str], diary: Diary, phone: Phone, secretive: Phone
) -> None:
    """A widget, a script, a tag, an event, a spoken word: the second try, or a second phone, finds it done."""
    both = (phone, secretive)
    for each in both:
        assert each.read(each.tap(DOMAIN, "log_episode", severity="2", tags=["widget", "first"])) == {}
        assert each.read(each.tap("script", "turn_on", entity_id="script.legs")) == {}
        assert each.read(each.send("scan_tag", tag_id=TAG)) == {}
        assert each.read(each.send("fire_event", event_type="remote", event_data={"command": "single"})) == {}
        assert speech(each, "My legs are bad, seven.") == "Noted."
    hub.until(lambda: len(diary.new) >= 5 or None, "has logged each")
    assert sorted(episode["severity"] for episode in diary.new) == [1, 2, 3, 5, 7]
    assert hub.state(ours["episode_ongoing"])["state"] == "on"
    assert speech(phone, "it eased") == speech(secretive, "it eased") == "Good. Noted."
    assert hub.state(ours["episode_ongoing"])["state"] == "off"


def test_whoever_lives_here_can_log_and_start_and_nobody_else(hub: Hub, ours: dict[str, str], diary: Diary) -> None:
    """A user who is no admin logs and starts; who is not logged in does neither."""
    user = hub.ws("config/auth/create", name="Kim", group_ids=["system-users"])["user"]
    login = {"username": "kim", "password": "restless"}
    hub.ws("config/auth_provider/homeassistant/create", user_id=user["id"], **login)
    kim, stranger = Client(hub.url), Client(hub.url)
    kim.log_in(**login)
    kim.call(DOMAIN, "log_episode", {"severity": 10})
    kim.call(DOMAIN, "start")
    wait_for(hub, ours["bedtime_mode"], "on")
    kim.call(DOMAIN, "stop")
    wait_for(hub, ours["bedtime_mode"], "off")
    for action in ("log_episode", "start"):
        answer = stranger.request("POST", f"/api/services/{DOMAIN}/{action}", {})
        assert answer.status_code == HTTPStatus.UNAUTHORIZED
    requests.post(f"{hub.url}/api/webhook/guessed", json={"type": "call_service"}, timeout=60)
    assert hub.state(ours["bedtime_mode"])["state"] == "off"
    assert [episode["severity"] for episode in diary.new] == [10]


def test_a_refusal_is_no_acknowledgement(diary: Diary, phone: Phone, secretive: Phone) -> None:
    """What is refused gets another answer than what was done, and nothing is written."""
    for each in (phone, secretive):
        assert each.read(each.tap(DOMAIN, "log_episode", severity=11)) is None
        assert each.read(each.tap(DOMAIN, "log_episode", severitty=1)) is None
    assert diary.new == []


def test_the_button_by_the_bed_does_all_three(hub: Hub, ours: dict[str, str], diary: Diary) -> None:
    """One press logs, two end, holding starts bedtime and ends it; coming back does nothing."""

    def show(event_type: str, state: str = "") -> None:
        now = state or datetime.now(UTC).isoformat()
        hub.api("POST", "/api/states/event.bedside", {"state": now, "attributes": {"event_type": event_type}})

    show("press_end")
    for state in ("unavailable", "", "unknown", ""):
        show("press_end", state)
    assert diary.new == []
    show("press_end")
    diary.expect(4)
    show("double_press")
    wait_for(hub, ours["episode_ongoing"], "off")
    for wanted in ("on", "off"):
        show("long_press_start")
        show("long_press_end")
        wait_for(hub, ours["bedtime_mode"], wanted)
    assert [episode["severity"] for episode in diary.new] == [4]


def test_each_episode_is_noted_with_buttons_that_work_twice(
    hub: Hub, diary: Diary, gateway: Gateway, phone: Phone, secretive: Phone
) -> None:
    """The phone is told of an episode without a word of it; Undo takes back that one, once."""
    phone.tap(DOMAIN, "log_episode", severity=5, note="to be undone")
    diary.expect(5)
    (episode,) = diary.new
    undo = hub.until(lambda: gateway.button("undo", episode["id"]), "tells the phone of the episode")
    assert "undone" not in str(gateway.sent)
    for each in (secretive, phone):
        assert each.read(tapped(each, undo)) == {}
    diary.expect()
    assert [each for each in gateway.sent if each["message"] == "clear_notification"]


def test_in_the_morning_the_answer_counts_once(
    hub: Hub, diary: Diary, gateway: Gateway, phone: Phone, secretive: Phone, check_in: str
) -> None:
    """The phone asks; answers by two phones, one of them in words, are one episode of the night before."""
    for each in (phone, secretive):
        assert each.read(tapped(each, check_in, reply_text="about six")) == {}
    diary.expect(6)
    (episode,) = diary.new
    assert json.loads(episode["tags"]) == ["morning check-in"]


def test_bedtime_is_put_off_and_started_from_the_phone(
    hub: Hub, ours: dict[str, str], gateway: Gateway, phone: Phone, secretive: Phone
) -> None:
    """The warning reaches the phone; bedtime starts and ends by a word, whoever says it again."""
    (entry,) = hub.ws("config_entries/get", domain=DOMAIN)
    silent_at = (now_in(hub) + timedelta(minutes=10)).isoformat()
    hub.api("POST", f"/api/events/{DOMAIN}_screens_warning", {"entry_id": entry["entry_id"], "silent_at": silent_at})
    later = hub.until(lambda: gateway.button("later", "screens_warning"), "warns before the screens go quiet")
    tapped(phone, later)  # of a warning that was none: nothing is put off
    for each in (phone, secretive):
        assert speech(each, "start bedtime") == "Good night."
        assert hub.state(ours["bedtime_mode"])["state"] == "on"
    for each in (phone, secretive):
        assert speech(each, "end bedtime") == "Bedtime is over."
        assert hub.state(ours["bedtime_mode"])["state"] == "off"


def test_while_the_hub_starts_nothing_that_was_acknowledged_is_lost_and_nothing_is_double(
    hub: Hub, diary: Diary, phone: Phone, secretive: Phone, check_in: str
) -> None:
    """Phones that try all the time, each thing twice, are answered, or not; what was answered is in the diary once."""
    acknowledged: list[str] = []
    tried, noted = 0, 0
    hub.stop()
    with ThreadPoolExecutor(1) as thread:
        starting = thread.submit(hub.start)
        has_started = False
        while not has_started:
            has_started = starting.done()  # and once more after that
            for each in (phone, secretive):
                with suppress(requests.ConnectionError):
                    answer = each.read(each.tap(DOMAIN, "log_episode", severity=9, note=f"try {tried}"))
                    acknowledged += [f"try {tried}"] * (answer == {})
                    each.send("scan_tag", tag_id=TAG)
                    tapped(each, check_in, reply_text="about six")
                    noted += speech(each, "my legs are bad, eight") == "Noted."
            tried += 1
            time.sleep(0.05)
        starting.result()
    assert acknowledged
    assert len(acknowledged) < 2 * tried
    notes = [episode["note"] for episode in diary.new if episode["severity"] == 9]
    assert len(notes) == len(set(notes))
    assert set(acknowledged) <= set(notes)
    by_voice = [episode for episode in diary.new if episode["severity"] == 8]
    assert bool(by_voice) is bool(noted)
    assert len(by_voice) <= 2  # the same words more than ten seconds later are another episode
    assert "morning check-in" not in str([episode["tags"] for episode in diary.new])
    assert speech(phone, "log a leg episode") == "Noted."
