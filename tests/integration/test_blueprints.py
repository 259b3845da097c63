"""The blueprints, as automations and scripts."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.components.tag import async_scan_tag
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from ..common.bedroom import Bedroom
from ..common.blueprints import FILES, Phones, Satellite, automate, make_script
from ..common.disk import read_only
from ..common.home import act, after, bedroom_entry, press, set_up, sleeper, value

BUTTON = "event.button"

pytestmark = pytest.mark.usefixtures("night")


@pytest.fixture(autouse=True)
async def _rest(hass: HomeAssistant) -> AsyncIterator[None]:
    """Stop all automations after a test, so that none is still waiting."""
    yield
    if automations := hass.states.async_entity_ids("automation"):
        await hass.services.async_call("automation", "turn_off", {"entity_id": automations}, blocking=True)


async def severities(hass: HomeAssistant, **whose: Any) -> list[int | None]:
    """Return the severities of the episodes, the first episode first."""
    return [episode["severity"] for episode in reversed((await act(hass, "get_episodes", **whose))["episodes"])]


def sleeper_device(hass: HomeAssistant, name: str) -> str:
    """Return a sleeper's device."""
    entity = er.async_get(hass).async_get(f"event.{name.lower()}_episode")
    assert entity is not None
    assert entity.device_id is not None
    return entity.device_id


@pytest.fixture
async def kim(hass: HomeAssistant, bedroom: Bedroom, plain_user: MockUser) -> Context:
    """Set up two sleepers. Return the context of one, who is no admin."""
    people = [{"id": "kim", "name": "Kim", "user_id": plain_user.id}]
    assert await async_setup_component(hass, "person", {"person": people})
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim", "person.kim")))
    return Context(user_id=plain_user.id)


# --- all of them ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_blueprint_is_valid_and_described(file: Path) -> None:
    blueprint = Blueprint(load_yaml_dict(file), expected_domain=file.parts[-3], schema=BLUEPRINT_SCHEMA)

    assert blueprint.validate() is None
    assert blueprint.name.startswith("RLS Bedtime: ")
    assert blueprint.metadata["homeassistant"] == {"min_version": "2026.10.0"}
    assert len(blueprint.metadata["description"]) > 50
    assert blueprint.data["mode"]
    for name, about in blueprint.inputs.items():
        assert about["name"], name
        assert about["selector"], name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_documentation_has_an_import_button(file: Path) -> None:
    page = (Path(__file__).parent.parent.parent / "docs" / "automations.md").read_text(encoding="utf-8")
    path = "/".join(file.parts[-6:])
    assert path.startswith("custom_components/")
    url = f"https://github.com/rls-bedtime/rls-bedtime/blob/main/{path}"
    quoted = url.replace(":", "%3A").replace("/", "%2F")

    assert re.search(rf"\]\(https://my\.home-assistant\.io/redirect/blueprint_import/\?blueprint_url={quoted}\)", page)


# --- a button by the bed ----------------------------------------------------------------------------------------------


class Button:
    """A bedside button, as an event entity."""

    def __init__(self, hass: HomeAssistant, freezer: FrozenDateTimeFactory, *types: str) -> None:
        """Be known, and have been pressed before."""
        self._hass, self._freezer, self._types = hass, freezer, list(types)
        self._show("2026-11-23T08:00:00.000+00:00", types[0] if types else "idle")

    def _show(self, state: str, event_type: str | None = None, **attributes: Any) -> None:
        about = {"event_types": self._types, "event_type": event_type, **attributes}
        self._hass.states.async_set(BUTTON, state, about if event_type else {})

    async def press(self, *event_types: str, **attributes: Any) -> None:
        """Say these things one after the other, within a second."""
        for event_type in event_types:
            self._freezer.tick(0.3)
            self._show(self._freezer().isoformat(), event_type, **attributes)
            await self._hass.async_block_till_done()

    async def go(self, *states: str) -> None:
        """Go away."""
        for state in states:
            self._hass.states.async_set(BUTTON, state)
            await self._hass.async_block_till_done()

    async def come_back(self, event_type: str) -> None:
        """Show, once again, what was pressed last."""
        self._show("2026-11-23T09:00:00.000+00:00", event_type)
        await self._hass.async_block_till_done()


SINGLE = [
    ((), ("press_start", "press_end")),
    (("initial_press", "repeat", "short_release", "long_press", "long_release"), ("initial_press", "short_release")),
    ((), ("single",)),
    ((), ("1_single",)),
    ((), ("button_2_single",)),
    ((), ("single_push",)),
    ((), ("btn_down", "btn_up", "single_push")),
    (("press", "release"), ("press", "release")),
    (("press", "release", "click"), ("press", "release", "click")),
    (("press", "double_press", "long_press"), ("press",)),
    ((), ("KeyPressed",)),
    ((), ("Single Press",)),
    ((), ("multi_press_1",)),
    (("initial_press", "short_release"), ("initial_press", "short_release")),
    ((), ("remote_button_short_press",)),
    ((), ("on",)),
]
DOUBLE = ["double", "1_double", "double_press", "double_push", "double_short_release", "multi_press_2", "KeyPressed2x"]
LONG = [
    ((), ("long_press_end",)),
    ((), ("press_start", "long_press_start", "long_press_end")),
    ((), ("initial_press", "long_press", "repeat", "repeat", "long_release")),
    ((), ("hold", "release")),
    ((), ("1_hold", "1_hold_release")),
    ((), ("long",)),
    ((), ("long_push",)),
    ((), ("KeyHeldDown", "KeyReleased")),
]


@pytest.mark.parametrize(("types", "said"), SINGLE, ids="-".join)
async def test_a_single_press_logs_an_episode(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, types: tuple[str, ...], said: tuple[str]
) -> None:
    button = Button(hass, night, *types)
    await automate(hass, "bedside_button", button=BUTTON, severity="5", bedtime_mode="switch.bedroom_bedtime_mode")
    await button.press(*said)

    assert await severities(hass) == [5]
    assert value(hass, "switch.bedroom_bedtime_mode") == "off"


@pytest.mark.parametrize("said", DOUBLE)
async def test_a_double_press_ends_the_episode(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, said: str
) -> None:
    button = Button(hass, night)
    await automate(hass, "bedside_button", button=BUTTON)
    await press(hass, "log_episode")
    await after(hass, night, minutes=10)
    await button.press(said)

    assert value(hass, "binary_sensor.alex_episode_ongoing") == "off"
    assert await severities(hass) == [None]


@pytest.mark.parametrize(("count", "ongoing"), [(2, "off"), (3, "on")])
async def test_only_exactly_two_presses_end_the_episode(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, count: int, ongoing: str
) -> None:
    button = Button(hass, night, "press_end", "multi_press_ongoing", "multi_press_end")
    await automate(hass, "bedside_button", button=BUTTON)
    await press(hass, "log_episode")
    await button.press("multi_press_ongoing", "multi_press_end", multi_press_count=count)

    assert value(hass, "binary_sensor.alex_episode_ongoing") == ongoing
    assert await severities(hass) == [None]


@pytest.mark.parametrize(("types", "said"), LONG, ids="-".join)
async def test_a_long_press_starts_and_stops_bedtime(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, types: tuple[str, ...], said: tuple[str]
) -> None:
    button = Button(hass, night, *types)
    await automate(hass, "bedside_button", button=BUTTON, bedtime_mode="switch.bedroom_bedtime_mode")
    await button.press(*said)
    assert value(hass, "switch.bedroom_bedtime_mode") == "on"
    await button.press(*said)
    assert value(hass, "switch.bedroom_bedtime_mode") == "off"

    assert await severities(hass) == []


async def test_a_long_press_without_a_bedroom_does_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    button = Button(hass, night)
    await automate(hass, "bedside_button", button=BUTTON)
    await button.press("long_press_end")

    assert value(hass, "switch.bedroom_bedtime_mode") == "off"


async def test_custom_event_types_of_a_button_are_supported(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    button = Button(hass, night)
    await automate(hass, "bedside_button", button=BUTTON, single_words=["knock"], double_words=["knock_knock"])
    await button.press("knock")
    assert value(hass, "binary_sensor.alex_episode_ongoing") == "on"
    await button.press("knock_knock", "who is there")
    assert value(hass, "binary_sensor.alex_episode_ongoing") == "off"

    assert await severities(hass) == [None]


@pytest.mark.parametrize("states", [("unavailable",), ("unknown",), ("unavailable", "unknown")], ids="-".join)
async def test_a_button_that_becomes_available_was_not_pressed(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, states: tuple[str, ...]
) -> None:
    button = Button(hass, night)
    await automate(hass, "bedside_button", button=BUTTON)
    await button.go(*states)
    await button.come_back("single")
    assert await severities(hass) == []

    hass.states.async_remove(BUTTON)
    await button.come_back("single")
    assert await severities(hass) == []

    await button.press("single")
    assert await severities(hass) == [None]


async def test_a_press_during_the_previous_run_is_not_dropped(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    Button(hass, night)
    await automate(hass, "bedside_button", button=BUTTON)
    for said in ("single", "double"):
        night.tick(0.3)
        hass.states.async_set(BUTTON, night().isoformat(), {"event_type": said})
    await hass.async_block_till_done()

    assert await severities(hass) == [None]
    assert value(hass, "binary_sensor.alex_episode_ongoing") == "off"


async def test_a_button_logs_for_the_chosen_sleeper(
    hass: HomeAssistant, kim: Context, night: FrozenDateTimeFactory
) -> None:
    button = Button(hass, night)
    await automate(hass, "bedside_button", button=BUTTON, sleeper=sleeper_device(hass, "Kim"))
    await button.press("single")

    assert await severities(hass, sleeper="Kim") == [None]
    assert await severities(hass, sleeper="Alex") == []


# --- a tap of any kind ------------------------------------------------------------------------------------------------

ZIGBEE = {"trigger": "event", "event_type": "zha_event", "event_data": {"command": "single"}}


async def knock(hass: HomeAssistant, freezer: FrozenDateTimeFactory, seconds: float = 0) -> None:
    """Fire an event of a remote control, and advance the clock."""
    hass.bus.async_fire("zha_event", {"command": "single"})
    await hass.async_block_till_done()
    if seconds:
        await after(hass, freezer, seconds=seconds)


async def test_any_trigger_logs(hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory) -> None:
    await automate(hass, "any_tap", tap=[ZIGBEE], severity="8")
    await knock(hass, night, 61)
    await knock(hass, night)

    assert await severities(hass) == [8, 8]


async def test_a_repeated_event_does_not_end_the_episode(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await automate(hass, "any_tap", tap=[ZIGBEE], what="log_or_eased")
    await knock(hass, night)
    await knock(hass, night, 3)
    assert value(hass, "binary_sensor.alex_episode_ongoing") == "on"
    await knock(hass, night)

    assert value(hass, "binary_sensor.alex_episode_ongoing") == "off"
    assert await severities(hass) == [None]


@pytest.mark.parametrize(
    ("what", "entity_id", "state"),
    [
        ("eased", "binary_sensor.alex_episode_ongoing", "off"),
        ("undo", "sensor.alex_episodes_tonight", "0"),
        ("bedtime", "switch.bedroom_bedtime_mode", "on"),
    ],
)
async def test_any_trigger_runs_the_chosen_action(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, what: str, entity_id: str, state: str
) -> None:
    await automate(hass, "any_tap", tap=[ZIGBEE], what=what, bedtime_mode="switch.bedroom_bedtime_mode")
    await press(hass, "log_episode")
    await knock(hass, night)
    await knock(hass, night)

    assert value(hass, entity_id) == state


async def test_any_trigger_can_mark_a_clear_night(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await automate(hass, "any_tap", tap=[ZIGBEE], what="clear_night")
    await knock(hass, night, 3)
    await knock(hass, night)

    assert (await act(hass, "get_episodes"))["clear_nights"] == ["2026-11-23"]


async def test_a_trigger_entity_that_becomes_available_does_nothing(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    hass.states.async_set("binary_sensor.pad", "off")
    await automate(hass, "any_tap", tap=[{"trigger": "state", "entity_id": "binary_sensor.pad", "to": "on"}])
    for state in ("unavailable", "on"):
        hass.states.async_set("binary_sensor.pad", state)
        await hass.async_block_till_done()
    assert await severities(hass) == []
    for state in ("off", "on"):
        hass.states.async_set("binary_sensor.pad", state)
        await hass.async_block_till_done()

    assert await severities(hass) == [None]


# --- an NFC tag -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def tag(hass: HomeAssistant) -> str:
    """Return the id of a registered tag."""
    assert await async_setup_component(hass, "tag", {})
    await async_scan_tag(hass, "bed", None)
    await hass.async_block_till_done()
    (tag,) = hass.states.async_entity_ids("tag")
    return tag


async def scan(hass: HomeAssistant, tag_id: str = "bed", context: Context | None = None) -> None:
    """Scan a tag with a phone."""
    await async_scan_tag(hass, tag_id, "a phone", context)
    await hass.async_block_till_done()


async def test_a_scan_logs_once_even_if_the_tag_is_read_twice(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, tag: str
) -> None:
    await automate(hass, "nfc_tag", tag=tag, what="log_or_eased", severity="4")
    await scan(hass, "another")
    assert await severities(hass) == []
    for _ in range(3):
        await scan(hass)
        await after(hass, night, seconds=1)
    assert value(hass, "binary_sensor.alex_episode_ongoing") == "on"
    await after(hass, night, minutes=10)
    await scan(hass)

    assert await severities(hass) == [4]
    assert value(hass, "binary_sensor.alex_episode_ongoing") == "off"


async def test_a_scan_logs_for_the_user_of_the_phone(
    hass: HomeAssistant, kim: Context, night: FrozenDateTimeFactory, tag: str
) -> None:
    await automate(hass, "nfc_tag", tag=tag)
    await scan(hass, context=kim)

    assert await severities(hass, sleeper="Kim") == [None]
    assert await severities(hass, sleeper="Alex") == []


async def test_a_scan_starts_bedtime(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, tag: str
) -> None:
    await automate(hass, "nfc_tag", tag=tag, what="bedtime", bedtime_mode="switch.bedroom_bedtime_mode")
    await scan(hass)
    await scan(hass)

    assert value(hass, "switch.bedroom_bedtime_mode") == "on"


# --- a script for the phone -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("usual", "given", "logged"),
    [
        ({}, {}, None),
        ({"usual_severity": "7"}, {}, 7),
        ({"usual_severity": "7"}, {"severity": 3}, 3),
        ({"usual_severity": "7"}, {"severity": "3"}, 3),
        ({"usual_severity": "7"}, {"severity": 0}, 0),
        ({"usual_severity": "7"}, {"severity": ""}, 7),
        ({}, {"minutes_ago": 20}, None),
    ],
)
async def test_a_script_logs_and_returns_a_response(
    hass: HomeAssistant, entry: MockConfigEntry, usual: dict[str, Any], given: dict[str, Any], logged: int | None
) -> None:
    await make_script(hass, "log_episode", **usual)
    for _ in range(2):
        response: Any = await hass.services.async_call("script", "legs", given, blocking=True, return_response=True)
        assert response["episode"]["severity"] == logged

    assert await severities(hass) == [logged]


async def test_the_script_logs_for_the_user_who_runs_it(hass: HomeAssistant, kim: Context) -> None:
    await make_script(hass, "log_episode", usual_severity="6")
    for _ in range(2):
        await hass.services.async_call("script", "turn_on", {"entity_id": "script.legs"}, blocking=True, context=kim)
    await hass.async_block_till_done()

    assert await severities(hass, sleeper="Kim") == [6]
    assert await severities(hass, sleeper="Alex") == []


# --- how was the night? -----------------------------------------------------------------------------------------------


@pytest.fixture
def phones(hass: HomeAssistant) -> Phones:
    """Return the simulated phones."""
    return Phones(hass)


@pytest.fixture
async def asked(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, phones: Phones
) -> FrozenDateTimeFactory:
    """Send the morning question to two phones. Return the clock."""
    chosen = [phones.add("Alex's Pixel"), "gone", phones.add("Alex's iPhone")]
    await automate(hass, "morning_check_in", phones=chosen)
    await morning(hass, night)
    assert len(phones.sent) == 2
    return night


async def morning(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Advance the clock to 08:30."""
    freezer.move_to("2026-11-24 08:30-08:00")
    await after(hass, freezer, seconds=0)


async def the_night(hass: HomeAssistant) -> tuple[list[int | None], list[str]]:
    """Return the severities of the night in question, and all clear nights."""
    night: dict[str, Any] = {"from": "2026-11-23", "to": "2026-11-23"}
    diary = await act(hass, "get_episodes", **night)
    assert diary["episodes"] == (await act(hass, "get_episodes"))["episodes"]
    return [episode["severity"] for episode in diary["episodes"]], diary["clear_nights"]


async def test_every_phone_asks_in_the_morning(
    hass: HomeAssistant, asked: FrozenDateTimeFactory, phones: Phones
) -> None:
    (pixel, android), (iphone, ios) = phones.sent

    assert (pixel, iphone) == ("Alex's Pixel", "Alex's iPhone")
    assert (android["title"], android["message"]) == ("Good morning", "How was the night?")
    assert [action["title"] for action in android["data"]["actions"]] == ["None", "A little", "Bad", "A number"]
    assert ios["data"]["actions"] == android["data"]["actions"]
    assert ios["data"]["actions"][3]["behavior"] == "textInput"
    assert ios["data"]["push"] == {"interruption-level": "active"}
    assert "leg" not in str(android).lower()


@pytest.mark.parametrize(
    ("answer", "text", "written"),
    [
        ("none", None, ([], ["2026-11-23"])),
        ("little", None, ([2], [])),
        ("bad", None, ([8], [])),
        ("number", "6", ([6], [])),
        ("number", " About SEVEN, I think", ([7], [])),
        ("number", "7/10", ([7], [])),
        ("number", "0", ([], ["2026-11-23"])),
    ],
)
async def test_a_repeated_answer_is_logged_once(
    hass: HomeAssistant,
    asked: FrozenDateTimeFactory,
    phones: Phones,
    answer: str,
    text: str | None,
    written: tuple[list[int], list[str]],
) -> None:
    key = phones.button(answer)
    for _ in range(3):
        await phones.tap(key, **({"reply_text": text} if text else {}))
        assert await the_night(hass) == written
        await after(hass, asked, minutes=1)


@pytest.mark.parametrize("hours", [3.5, 30])
@pytest.mark.parametrize(("answer", "written"), [("none", ([], ["2026-11-23"])), ("bad", ([8], []))])
async def test_a_late_answer_counts_for_the_night_in_question(
    hass: HomeAssistant,
    asked: FrozenDateTimeFactory,
    phones: Phones,
    hours: float,
    answer: str,
    written: tuple[list[int], list[str]],
) -> None:
    key = phones.button(answer)
    await after(hass, asked, hours=hours)
    await phones.tap(key)

    assert await the_night(hass) == written


async def test_an_answer_clears_the_notification_on_the_other_phone(
    hass: HomeAssistant, asked: FrozenDateTimeFactory, phones: Phones
) -> None:
    await phones.tap(phones.button("bad"))

    asked_with = phones.sent[0][1]["data"]["tag"]
    assert phones.messages[2:] == ["clear_notification"] * 2
    assert {about["data"]["tag"] for _, about in phones.sent[2:]} == {asked_with}
    (episode,) = (await act(hass, "get_episodes"))["episodes"]
    assert episode["started_at"] == "2026-11-23T23:00:00-08:00"
    assert episode["tags"] == ["morning check-in"]
    assert not episode["ongoing"]


async def test_the_last_of_different_answers_counts(
    hass: HomeAssistant, asked: FrozenDateTimeFactory, phones: Phones
) -> None:
    for answer, severity, affected in (("bad", [8], "100.0"), ("little", [2], "100.0"), ("none", [], "0.0")) * 2:
        await phones.tap(phones.button(answer))
        assert (await the_night(hass))[0] == severity
        assert value(hass, "sensor.alex_nights_affected") == affected
        assert value(hass, "sensor.alex_nights_affected", "n") == 1


async def test_simultaneous_answers_of_two_phones_log_one_episode(
    hass: HomeAssistant, asked: FrozenDateTimeFactory, phones: Phones
) -> None:
    for _ in range(2):
        hass.bus.async_fire("mobile_app_notification_action", {"action": phones.button("bad")})
    await hass.async_block_till_done()

    assert await the_night(hass) == ([8], [])


@pytest.mark.parametrize("text", ["", "quite", "11", "-"])
async def test_an_answer_that_is_no_number_is_asked_for_again(
    hass: HomeAssistant, asked: FrozenDateTimeFactory, phones: Phones, text: str
) -> None:
    await phones.tap(phones.button("number"), reply_text=text)
    assert phones.last["message"] == "Please answer with a number from 0 to 10."
    assert await the_night(hass) == ([], [])
    await phones.tap(phones.button("number"), reply_text="4")

    assert await the_night(hass) == ([4], [])


async def test_an_answer_does_not_change_a_night_that_was_recorded_meanwhile(
    hass: HomeAssistant, asked: FrozenDateTimeFactory, phones: Phones
) -> None:
    key = phones.button("none")
    await act(hass, "log_episode", started_at="2026-11-24 02:00", severity=6)
    await phones.tap(key)
    await phones.tap(key.replace(":none", ":bad"))

    assert await the_night(hass) == ([6], [])


@pytest.mark.parametrize("action", ["log_episode", "log_clear_night"])
async def test_a_night_that_is_recorded_is_not_asked_about(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, phones: Phones, action: str
) -> None:
    await automate(hass, "morning_check_in", phones=[phones.add("Alex's Pixel")])
    await act(hass, action)
    await morning(hass, night)

    assert phones.sent == []


async def test_a_failed_answer_can_be_repeated(
    hass: HomeAssistant, asked: FrozenDateTimeFactory, phones: Phones
) -> None:
    with read_only(hass):
        await phones.tap(phones.button("bad"))
    assert "clear_notification" not in phones.messages
    await phones.tap(phones.button("bad"))

    assert await the_night(hass) == ([8], [])


async def test_notification_actions_of_other_automations_are_ignored(
    hass: HomeAssistant, asked: FrozenDateTimeFactory, phones: Phones
) -> None:
    for action in ("bad", "REPLY", "rls_bedtime:automation.other:2026-11-23:bad", None):
        await phones.tap(action)

    assert await the_night(hass) == ([], [])
    assert len(phones.sent) == 2


async def test_an_answer_after_a_restart_counts(
    hass: HomeAssistant, asked: FrozenDateTimeFactory, phones: Phones
) -> None:
    key = phones.button("little")
    await hass.services.async_call("automation", "turn_off", {"entity_id": "automation.tested"}, blocking=True)
    await hass.services.async_call("automation", "turn_on", {"entity_id": "automation.tested"}, blocking=True)
    await phones.tap(key)

    assert await the_night(hass) == ([2], [])


# --- a note after each episode ----------------------------------------------------------------------------------------


@pytest.fixture
async def noted(hass: HomeAssistant, entry: MockConfigEntry, phones: Phones) -> None:
    """Set up a phone that is notified of each episode."""
    chosen = [phones.add("Alex's Pixel"), phones.add("Alex's iPhone", "Apple")]
    await automate(hass, "log_notification", sleeper="event.alex_episode", phones=chosen)


async def log(hass: HomeAssistant) -> str:
    """Log an episode. Return its id."""
    episode = (await act(hass, "log_episode", severity=5))["episode"]
    await hass.async_block_till_done()
    return str(episode["id"])


@pytest.mark.usefixtures("noted")
async def test_each_episode_is_notified_once_without_details(hass: HomeAssistant, phones: Phones) -> None:
    await log(hass)
    await log(hass)
    await press(hass, "eased")
    await hass.async_block_till_done()

    assert [name for name, _ in phones.shown] == ["Alex's Pixel", "Alex's iPhone", "Alex's iPhone"]
    for _, about in phones.shown:
        assert about["message"] == "Noted."
        assert [action["title"] for action in about["data"]["actions"]] == ["Undo", "It's over", "How bad?"]
        assert (about["data"]["importance"], about["data"]["push"]) == ("low", {"interruption-level": "passive"})


@pytest.mark.usefixtures("noted")
async def test_an_ongoing_episode_is_a_live_update_beside_the_buttons_of_an_iphone(
    hass: HomeAssistant, phones: Phones
) -> None:
    await act(hass, "log_episode", minutes_ago=5)
    await hass.async_block_till_done()

    started_at = datetime.fromisoformat((await act(hass, "get_episodes"))["episodes"][0]["started_at"]).timestamp()
    live = {"live_update": True, "chronometer": True, "when": started_at}
    assert [(name, is_live(about)) for name, about in phones.shown] == [
        ("Alex's Pixel", True),
        ("Alex's iPhone", False),
        ("Alex's iPhone", True),
    ]
    for _, about in phones.shown:
        assert re.fullmatch(r"[\w-]{1,64}", about["data"]["tag"])
        if is_live(about):
            assert about["title"]
            assert live.items() <= about["data"].items()


@pytest.mark.usefixtures("noted")
async def test_an_episode_that_is_over_is_no_live_update(hass: HomeAssistant, phones: Phones) -> None:
    await act(hass, "log_episode", minutes_ago=50, duration=20)
    await hass.async_block_till_done()

    assert [(name, is_live(about)) for name, about in phones.sent] == [
        ("Alex's Pixel", False),
        ("Alex's iPhone", False),
    ]


@pytest.mark.usefixtures("noted")
@pytest.mark.parametrize("ended_by", ["somebody", "nobody"])
async def test_the_live_update_goes_away_when_the_episode_is_over(
    hass: HomeAssistant, night: FrozenDateTimeFactory, phones: Phones, ended_by: str
) -> None:
    await log(hass)
    await after(hass, night, minutes=30)
    if ended_by == "somebody":
        await act(hass, "end_episode")
    else:
        await after(hass, night, hours=4)
    await hass.async_block_till_done()

    cleared = [(name, about["data"]) for name, about in phones.sent if about not in [each for _, each in phones.shown]]
    tag = phones.shown[0][1]["data"]["tag"]
    assert cleared == [(name, {"tag": tag}) for name in ("Alex's Pixel", "Alex's iPhone", "Alex's iPhone")]


@pytest.mark.usefixtures("noted")
async def test_the_live_update_stays_after_a_number(
    hass: HomeAssistant, night: FrozenDateTimeFactory, phones: Phones
) -> None:
    await log(hass)
    before = phones.shown
    await after(hass, night, minutes=5)
    await phones.tap(phones.button("number"), reply_text="9")

    assert phones.sent == before * 2


def is_live(about: dict[str, Any]) -> bool:
    """Return whether a notification is a live update."""
    return bool(about["data"].get("live_update"))


@pytest.mark.usefixtures("noted")
async def test_undo_deletes_only_the_notified_episode(
    hass: HomeAssistant, night: FrozenDateTimeFactory, phones: Phones
) -> None:
    await log(hass)
    key = phones.button("undo")
    await after(hass, night, minutes=5)
    kept = await log(hass)
    for _ in range(3):
        await phones.tap(key)

    assert [episode["id"] for episode in (await act(hass, "get_episodes"))["episodes"]] == [kept]
    assert phones.last["message"] == "clear_notification"


@pytest.mark.usefixtures("noted")
async def test_eased_ends_the_notified_episode_once(
    hass: HomeAssistant, night: FrozenDateTimeFactory, phones: Phones
) -> None:
    await log(hass)
    await after(hass, night, minutes=20)
    for _ in range(2):
        await phones.tap(phones.button("eased"))
        await after(hass, night, minutes=5)

    (episode,) = (await act(hass, "get_episodes"))["episodes"]
    assert episode["duration"] == 20


@pytest.mark.usefixtures("noted")
async def test_a_number_sets_the_severity(hass: HomeAssistant, phones: Phones) -> None:
    await log(hass)
    for text, severity in (("nine", 9), ("twelve", 9), ("3", 3), ("", 3)):
        await phones.tap(phones.button("number"), reply_text=text)
        assert await severities(hass) == [severity]


@pytest.mark.usefixtures("noted")
async def test_a_restored_event_is_not_notified_again(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, phones: Phones
) -> None:
    await log(hass)
    told = hass.states.get("event.alex_episode")
    assert told is not None
    await after(hass, night, minutes=5)
    for between in ("unavailable", "unknown"):
        hass.states.async_set("event.alex_episode", between)
        await hass.async_block_till_done()
        hass.states.async_set("event.alex_episode", told.state, told.attributes)
        await hass.async_block_till_done()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert len(phones.sent) == 3


# --- before the screens go quiet --------------------------------------------------------------------------------------


@pytest.fixture
async def warned(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory, phones: Phones
) -> FrozenDateTimeFactory:
    """Send the warning ten minutes before bedtime. Return the clock."""
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), automatic=True))
    await automate(
        hass,
        "screens_warning",
        bedtime_mode="switch.bedroom_bedtime_mode",
        phones=[phones.add("Alex's Pixel")],
        more=[{"action": "light.turn_off", "target": {"entity_id": "light.lamp"}}],
    )
    for time in ("21:45", "22:20"):
        evening.move_to(f"2026-11-23 {time}:01-08:00")
        await after(hass, evening, seconds=0)
    return evening


async def test_the_notification_contains_when_the_screens_are_silenced(
    hass: HomeAssistant, bedroom: Bedroom, warned: FrozenDateTimeFactory, phones: Phones
) -> None:
    assert phones.messages == ["The screens go quiet at 22:30"]
    assert bedroom.lamp.is_on is False


async def test_a_tap_postpones_bedtime_once(hass: HomeAssistant, warned: FrozenDateTimeFactory, phones: Phones) -> None:
    key = phones.button("later")
    for _ in range(3):
        await phones.tap(key)
    warned.move_to("2026-11-23 22:59:30-08:00")
    await after(hass, warned, seconds=0)
    assert value(hass, "sensor.bedroom_phase") == "wind_down"
    await phones.tap(key)
    warned.move_to("2026-11-23 23:00:01-08:00")
    await after(hass, warned, seconds=0)

    assert value(hass, "sensor.bedroom_phase") == "bedtime"


async def test_the_warning_of_another_bedroom_is_ignored(
    hass: HomeAssistant, warned: FrozenDateTimeFactory, phones: Phones
) -> None:
    hass.bus.async_fire("rls_bedtime_screens_warning", {"entry_id": "other", "silent_at": "2026-11-23T23:00:00-08:00"})
    await hass.async_block_till_done()

    assert len(phones.sent) == 1


# --- asked aloud ------------------------------------------------------------------------------------------------------


@pytest.fixture
def satellite(hass: HomeAssistant) -> Satellite:
    """Return a voice satellite. Nobody answers it."""
    return Satellite(hass)


@pytest.mark.parametrize(
    ("heard", "expected", "said"),
    [
        ("Seven.", ([7], []), ["Noted."]),
        ("It was a 4", ([4], []), ["Noted."]),
        ("ten", ([10], []), ["Noted."]),
        ("a little", ([2], []), ["Noted."]),
        ("Not bad", ([2], []), ["Noted."]),
        ("Really bad", ([8], []), ["Noted."]),
        ("none", ([], ["2026-11-23"]), ["Noted."]),
        ("zero", ([], ["2026-11-23"]), ["Noted."]),
        ("good, no, bad", ([], []), ["I did not understand that. Nothing is written down."]),
        ("twelve hundred", ([], []), ["I did not understand that. Nothing is written down."]),
        ("11", ([], []), ["I did not understand that. Nothing is written down."]),
        ("", ([], []), []),
        (None, ([], []), []),
    ],
)
@pytest.mark.usefixtures("entry")
async def test_a_satellite_asks_in_the_morning_and_silence_is_an_answer(
    night: FrozenDateTimeFactory, satellite: Satellite, heard: str | None, expected: Any, said: list[str]
) -> None:
    hass = satellite.hass
    satellite.heard = heard
    await automate(hass, "ask_aloud", satellite=satellite.entity_id)
    await morning(hass, night)

    assert [question["entity_id"] for question in satellite.asked] == [satellite.entity_id]
    assert await the_night(hass) == expected
    assert satellite.said == said


@pytest.mark.parametrize("why", ["recorded", "turned off"])
async def test_a_satellite_does_not_ask_in_the_morning_without_need(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, satellite: Satellite, why: str
) -> None:
    await automate(hass, "ask_aloud", satellite=satellite.entity_id, in_the_morning=why == "recorded")
    if why == "recorded":
        await act(hass, "log_clear_night")
    await morning(hass, night)

    assert satellite.asked == []


@pytest.mark.parametrize(
    ("heard", "expected", "said"),
    [("bad, a seven", [7], ["Noted."]), ("a bit", [2], ["Noted."]), ("none", [], []), (None, [], [])],
)
@pytest.mark.usefixtures("entry")
async def test_a_satellite_asks_at_night_softly_and_not_again_soon(
    night: FrozenDateTimeFactory, satellite: Satellite, heard: str | None, expected: list[int], said: list[str]
) -> None:
    hass = satellite.hass
    satellite.heard = heard
    await automate(hass, "ask_aloud", satellite=satellite.entity_id, at_night=[ZIGBEE])
    await knock(hass, night, seconds=61)
    await knock(hass, night)

    assert [question["preannounce"] for question in satellite.asked] == [False]
    assert await severities(hass) == expected
    assert (await act(hass, "get_episodes"))["clear_nights"] == []
    assert satellite.said == said

    await after(hass, night, minutes=30)
    await knock(hass, night)
    assert len(satellite.asked) == 2


async def test_nothing_is_called_noted_that_was_not_written(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory, satellite: Satellite
) -> None:
    satellite.heard = "seven"
    await automate(hass, "ask_aloud", satellite=satellite.entity_id, at_night=[ZIGBEE])
    with read_only(hass):
        await knock(hass, night)

    assert satellite.said == []


# --- the wind-down on the lock screen ---------------------------------------------------------------------------------


@pytest.fixture
async def counted(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory, phones: Phones
) -> FrozenDateTimeFactory:
    """Count down to bedtime on two phones, since the wind-down has begun. Return the clock."""
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), automatic=True))
    chosen = [phones.add("Alex's Pixel"), phones.add("Alex's iPhone", "Apple")]
    await automate(hass, "wind_down", next_bedtime="sensor.bedroom_next_bedtime", phones=chosen)
    assert phones.sent == []
    await pass_until(hass, evening, "21:45:01")
    return evening


async def pass_until(hass: HomeAssistant, freezer: FrozenDateTimeFactory, time: str) -> None:
    """Advance the clock to a time of the evening."""
    freezer.move_to(f"2026-11-23 {time}-08:00")
    await after(hass, freezer, seconds=0)


def countdowns(phones: Phones) -> list[tuple[str, str, bool]]:
    """Return the phone, the message and whether it is a live update, of all that was sent."""
    return [(name, about["message"], is_live(about)) for name, about in phones.sent]


def on_both(message: str) -> list[tuple[str, str, bool]]:
    """Return what both phones are sent: an iPhone shows the buttons apart from the live update."""
    return [("Alex's Pixel", message, True), ("Alex's iPhone", message, False), ("Alex's iPhone", message, True)]


CLEARED = [(name, "clear_notification", False) for name in ("Alex's Pixel", "Alex's iPhone", "Alex's iPhone")]


@pytest.mark.usefixtures("counted")
def test_the_wind_down_counts_down_to_bedtime(phones: Phones) -> None:
    assert countdowns(phones) == on_both("Bedtime is at 22:30")
    data = phones.last["data"]
    assert data["when"] == datetime.fromisoformat("2026-11-23T22:30:00-08:00").timestamp()
    assert data["chronometer"] is True
    assert re.fullmatch(r"[\w-]{1,64}", data["tag"])
    assert [action["title"] for action in data["actions"]] == ["30 minutes more"]


async def test_the_countdown_follows_a_bedtime_that_a_tap_postpones_once(
    hass: HomeAssistant, counted: FrozenDateTimeFactory, phones: Phones
) -> None:
    key = phones.button("later")
    for _ in range(2):
        await phones.tap(key)

    assert countdowns(phones) == on_both("Bedtime is at 22:30") + on_both("Bedtime is at 23:00")


async def test_the_countdown_follows_a_bedtime_that_is_postponed_elsewhere(
    hass: HomeAssistant, counted: FrozenDateTimeFactory, phones: Phones
) -> None:
    await act(hass, "extend", None, minutes=15)
    await hass.async_block_till_done()

    assert countdowns(phones)[3:] == on_both("Bedtime is at 22:45")


@pytest.mark.parametrize("ends", ["at bedtime", "by hand"])
async def test_the_countdown_goes_away_when_the_wind_down_ends(
    hass: HomeAssistant, counted: FrozenDateTimeFactory, phones: Phones, ends: str
) -> None:
    if ends == "at bedtime":
        await pass_until(hass, counted, "22:30:01")
    else:
        await act(hass, "stop", None)
    await hass.async_block_till_done()

    assert countdowns(phones)[3:] == CLEARED


async def test_a_tap_after_bedtime_postpones_nothing(
    hass: HomeAssistant, counted: FrozenDateTimeFactory, phones: Phones
) -> None:
    key = phones.button("later")
    await pass_until(hass, counted, "22:30:01")
    await phones.tap(key)

    assert value(hass, "sensor.bedroom_phase") == "bedtime"
    assert value(hass, "sensor.bedroom_ends_at") == "2026-11-24T15:00:00+00:00"


# --- spoken commands --------------------------------------------------------------------------------------------------


@pytest.fixture
async def listens(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Set up the voice blueprint."""
    await listen(hass)


async def listen(hass: HomeAssistant, **inputs: Any) -> None:
    """Set up the voice blueprint with these inputs."""
    for domain in ("homeassistant", "conversation"):
        assert await async_setup_component(hass, domain, {})
    await automate(hass, "spoken_commands", **inputs)


async def say(hass: HomeAssistant, text: str, context: Context | None = None, *, language: str = "en") -> str:
    """Process a sentence. Return the response."""
    said = {"text": text, "language": language}
    answer: Any = await hass.services.async_call(
        "conversation", "process", said, blocking=True, return_response=True, context=context
    )
    await hass.async_block_till_done()
    return str(answer["response"]["speech"]["plain"]["speech"])


@pytest.mark.usefixtures("listens")
@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("log a leg episode", None),
        ("Log an episode.", None),
        ("my legs are restless", None),
        ("My legs are bad", None),
        ("my legs are really bad", None),
        ("my legs are bad, seven", 7),
        ("My legs are bad, 7.", 7),
        ("my legs are bad seven out of ten", 7),
        ("my legs are terrible tonight, ten", 10),
        ("log a leg episode 4", 4),
        ("log an episode with severity four", 4),
        ("my legs are a six", 6),
        ("log my legs at 3", 3),
        ("my legs are bad zero", 0),
    ],
)
async def test_a_spoken_sentence_logs_one_episode(hass: HomeAssistant, said: str, severity: int | None) -> None:
    for _ in range(2):
        assert await say(hass, said) == "Noted."

    assert await severities(hass) == [severity]


@pytest.mark.usefixtures("listens")
@pytest.mark.parametrize(
    "said", ["my legs are bad again", "my legs are bad beyond words", "my legs are bad eleven", "my legs are bad 12"]
)
async def test_an_invalid_spoken_severity_is_reported_and_the_episode_is_kept(hass: HomeAssistant, said: str) -> None:
    assert await say(hass, said) == "Noted, without a number."

    assert await severities(hass) == [None]


@pytest.mark.usefixtures("listens")
@pytest.mark.parametrize("said", ["it eased", "It has eased off.", "my legs are better now", "end the episode"])
async def test_a_sentence_ends_the_episode(hass: HomeAssistant, night: FrozenDateTimeFactory, said: str) -> None:
    assert await say(hass, said) == "Nothing was changed."
    await press(hass, "log_episode")
    await after(hass, night, minutes=10)
    for _ in range(2):
        assert await say(hass, said) == "Good. Noted."

    assert value(hass, "binary_sensor.alex_episode_ongoing") == "off"


@pytest.mark.usefixtures("listens")
async def test_a_sentence_starts_and_stops_bedtime(hass: HomeAssistant) -> None:
    for _ in range(2):
        assert await say(hass, "start bedtime") == "Good night."
        assert value(hass, "switch.bedroom_bedtime_mode") == "on"
    for _ in range(2):
        assert await say(hass, "end bedtime mode") == "Bedtime is over."
        assert value(hass, "switch.bedroom_bedtime_mode") == "off"


@pytest.mark.usefixtures("listens")
async def test_sentences_mark_a_clear_night_and_undo(hass: HomeAssistant) -> None:
    assert await say(hass, "undo the last episode") == "Nothing was changed."
    assert await say(hass, "mark a clear night") == "A clear night. Noted."
    assert (await act(hass, "get_episodes"))["clear_nights"] == ["2026-11-23"]
    assert await say(hass, "undo") != "Taken back."
    assert await say(hass, "undo the last episode") == "Taken back."
    assert (await act(hass, "get_episodes"))["clear_nights"] == []


@pytest.mark.usefixtures("listens")
async def test_a_failed_write_is_not_confirmed(hass: HomeAssistant) -> None:
    with read_only(hass):
        assert await say(hass, "my legs are bad, seven") == "Sorry, that did not work. Nothing was written down."
    assert await severities(hass) == []


@pytest.mark.usefixtures("listens")
@pytest.mark.parametrize("said", ["turn on the lamp", "what time is it", "my arms are bad", "log the oven"])
async def test_other_sentences_are_not_handled(hass: HomeAssistant, said: str) -> None:
    await say(hass, said)

    assert await severities(hass) == []


SPOKEN = {
    "de": ("Meine Beine sind schlimm, sieben.", "Notiert.", "Schlafmodus starten", "Gute Nacht."),
    "es": ("Mis piernas están fatal, siete.", "Apuntado.", "Inicia el modo descanso", "Buenas noches."),
    "fr": ("Mes jambes sont pénibles, sept.", "C'est noté.", "Démarre le mode nuit", "Bonne nuit."),
    "it": ("Le mie gambe sono terribili, sette.", "Annotato.", "Avvia la modalità riposo", "Buonanotte."),
    "nl": ("Mijn benen zijn onrustig, zeven.", "Genoteerd.", "Start de bedtijdmodus", "Welterusten."),
    "sv": ("Mina ben är oroliga, sju.", "Antecknat.", "Starta sovläget", "God natt."),
}
OTHERS_SPOKEN = {
    "de": ("Es hat nachgelassen", "Trage eine ruhige Nacht ein", "Letzte Episode rückgängig machen", "Ich bin wach"),
    "es": ("Ya se me pasó", "Marca una noche tranquila", "Deshaz el último episodio", "Estoy despierta"),
    "fr": ("Ça s'est calmé", "Note une nuit calme", "Annule l'épisode", "Je suis réveillé"),
    "it": ("Mi è passato", "Segna una notte tranquilla", "Annulla l'ultimo episodio", "Sono sveglia"),
    "nl": ("Het is gezakt", "Noteer een rustige nacht", "Laatste episode ongedaan maken", "Ik ben wakker"),
    "sv": ("Det har lagt sig", "Markera en lugn natt", "Ångra den senaste episoden", "Jag är vaken"),
}


@pytest.mark.usefixtures("listens")
@pytest.mark.parametrize("language", SPOKEN)
async def test_sentences_are_understood_and_answered_in_each_language(hass: HomeAssistant, language: str) -> None:
    bad, noted, start, good_night = SPOKEN[language]

    assert await say(hass, bad, language=language) == noted
    assert await severities(hass) == [7]
    assert await say(hass, start, language=language) == good_night
    assert value(hass, "switch.bedroom_bedtime_mode") == "on"


@pytest.mark.usefixtures("listens")
@pytest.mark.parametrize("language", OTHERS_SPOKEN)
async def test_each_command_is_understood_in_each_language(
    hass: HomeAssistant, night: FrozenDateTimeFactory, language: str
) -> None:
    eased, clear, undo, stop = OTHERS_SPOKEN[language]
    await say(hass, clear, language=language)
    assert (await act(hass, "get_episodes"))["clear_nights"] == ["2026-11-23"]
    await say(hass, undo, language=language)
    assert (await act(hass, "get_episodes"))["clear_nights"] == []

    await press(hass, "log_episode")
    await after(hass, night, minutes=10)
    await say(hass, eased, language=language)
    assert value(hass, "binary_sensor.alex_episode_ongoing") == "off"

    await act(hass, "start", None)
    await say(hass, stop, language=language)
    assert value(hass, "switch.bedroom_bedtime_mode") == "off"


@pytest.mark.usefixtures("listens")
@pytest.mark.parametrize("language", ["en", *SPOKEN])
async def test_each_number_is_understood_in_each_language(hass: HomeAssistant, language: str) -> None:
    (file,) = (each for each in FILES if each.stem == "spoken_commands")
    numbers = load_yaml_dict(str(file))["variables"]["languages"][language]["numbers"]

    # The assistant may be set to another language than the one that is spoken.
    for word in numbers:
        await say(hass, f"log an episode {word}")

    found = await severities(hass)
    assert (len(found), set(found)) == (11, set(range(11)))


async def test_sentences_can_be_in_a_further_language(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    numbers = ["nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti"]
    await listen(
        hass, severity_sentences=["mine ben er slemme {severity}"], number_words=numbers, logged_answer="Noteret."
    )

    assert await say(hass, "Mine ben er slemme, syv", language="da") == "Noteret."
    assert await severities(hass) == [7]


async def test_a_language_that_the_blueprint_does_not_speak_is_answered_in_english(
    hass: HomeAssistant, listens: None
) -> None:
    assert await say(hass, "log an episode", language="da") == "Noted."


async def test_a_sentence_logs_for_the_user_who_speaks(hass: HomeAssistant, kim: Context) -> None:
    await listen(hass)
    assert await say(hass, "my legs are bad, six", kim) == "Noted."

    assert await severities(hass, sleeper="Kim") == [6]
    assert await severities(hass, sleeper="Alex") == []
