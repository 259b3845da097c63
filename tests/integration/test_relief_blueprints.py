"""The blueprints around relief at night: up at night, spoken commands, and whether it helped."""

from typing import Any

from homeassistant.setup import async_setup_component
import pytest

from ..common.blueprints import Phones, automate
from ..common.home import Home
from ..common.relief import PATH_LEVEL, RELIEF, WALK, add_relief, hallway, massager

SENSOR = "binary_sensor.hallway_motion"
OTHER = "binary_sensor.kitchen_motion"


def sees(home: Home, state: str, sensor: str = SENSOR, device_class: str = "motion") -> None:
    """Let a sensor see somebody, or nobody."""
    home.hass.states.async_set(sensor, state, {"device_class": device_class})


# --- up at night ------------------------------------------------------------------------------------------------------


async def watch(home: Home, device_class: str = "motion", **inputs: Any) -> None:
    """Set up the blueprint with two sensors that see nobody."""
    for sensor in (SENSOR, OTHER):
        sees(home, "off", sensor, device_class)
    for domain in ("motion", "occupancy"):
        assert await async_setup_component(home.hass, domain, {})
    await automate(home.hass, "up_at_night", walk=WALK, sensors=[SENSOR, OTHER], **inputs)


@pytest.mark.parametrize("device_class", ["motion", "occupancy"])
async def test_getting_up_lights_the_way_and_logs_nothing(home: Home, device_class: str) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.call("log_episode")
    await watch(home, device_class)
    await home.turn_on()
    sees(home, "on", device_class=device_class)
    await home.settle()
    assert light.brightness == PATH_LEVEL
    (episode,) = (await home.call("get_episodes"))["episodes"]
    assert episode["relief"] == []


async def test_it_becomes_dark_when_no_sensor_sees_anybody(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await watch(home)
    await home.turn_on()
    sees(home, "on")
    await home.settle()
    sees(home, "on", OTHER)
    sees(home, "off")
    await home.settle()
    await home.after(minutes=3)
    assert light.is_on is True
    sees(home, "off", OTHER)
    await home.settle()
    await home.after(minutes=1)
    assert light.is_on is True
    await home.after(minutes=1, seconds=1)
    assert light.is_on is False


async def test_by_day_nothing_is_lit_unless_that_is_wanted(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await watch(home)
    sees(home, "on")
    await home.settle()
    assert light.received == []


async def test_by_day_the_way_is_lit_if_that_is_wanted(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await watch(home, only_at_bedtime=False, is_stopped=False)
    sees(home, "on")
    await home.settle()
    sees(home, "off")
    await home.settle()
    await home.after(minutes=3)
    assert light.is_on is True, "only the time ends it"
    await home.after(minutes=7)
    assert light.is_on is False


# --- spoken commands --------------------------------------------------------------------------------------------------


async def say(home: Home, text: str) -> str:
    """Say something to a speaker that does not know who speaks. Return the answer."""
    answer: Any = await home.hass.services.async_call(
        "conversation", "process", {"text": text}, blocking=True, return_response=True
    )
    await home.settle()
    return str(answer["response"]["speech"]["plain"]["speech"])


@pytest.fixture
async def listens(home: Home) -> None:
    """Set up the voice blueprint."""
    for domain in ("homeassistant", "conversation"):
        assert await async_setup_component(home.hass, domain, {})


@pytest.mark.usefixtures("listens")
async def test_the_way_and_the_massager_are_started_and_stopped_by_voice_and_noted(home: Home) -> None:
    light, device = hallway(), massager()
    await add_relief(home, light, device)
    await automate(home.hass, "spoken_commands")
    await home.call("log_episode")
    assert (await say(home, "light the way"), light.is_on) == ("The way is lit.", True)
    assert (await say(home, "start the massage"), device.is_on) == ("Started.", True)
    assert (await say(home, "I'm back in bed"), light.is_on) == ("Sleep well.", False)
    assert (await say(home, "stop the massager"), device.is_on) == ("Stopped.", False)
    (episode,) = (await home.call("get_episodes"))["episodes"]
    assert episode["relief"] == ["walking", "massage"]


@pytest.mark.usefixtures("listens")
async def test_what_is_not_chosen_is_not_said_to_be_lit(home: Home) -> None:
    await add_relief(home, massager())
    await automate(home.hass, "spoken_commands")
    assert await say(home, "light the way") == "Sorry, that did not work."


# --- did it help? -----------------------------------------------------------------------------------------------------


@pytest.fixture
async def phones(home: Home) -> Phones:
    """Return a phone that is asked after a walk and after the massager."""
    await add_relief(home, hallway(), massager())
    phones = Phones(home.hass)
    chosen = [phones.add("Alex's Pixel")]
    await automate(home.hass, "log_notification", sleeper="event.alex_episode", phones=chosen, relief=[WALK, RELIEF])
    return phones


@pytest.mark.parametrize("effect", ["none", "some", "full"])
async def test_after_a_walk_the_phone_asks_whether_it_helped_and_the_answer_can_be_undone(
    home: Home, phones: Phones, effect: str
) -> None:
    await home.call("log_episode")
    await home.act("switch.turn_on", WALK)
    await home.after(minutes=10)
    await home.settle()
    assert phones.last["message"] == "Did it help?"
    assert [action["title"] for action in phones.last["data"]["actions"]] == ["No", "A little", "Yes"]
    await phones.tap(phones.button(f"helped_{effect}"))
    (episode,) = (await home.call("get_episodes"))["episodes"]
    assert (episode["relief"], episode["relief_effect"]) == (["walking"], effect)
    assert phones.last["message"] == "clear_notification"
    await home.call("undo")
    (episode,) = (await home.call("get_episodes"))["episodes"]
    assert (episode["relief"], episode["relief_effect"]) == (["walking"], None)


async def test_what_was_not_noted_in_an_episode_is_not_asked_about(home: Home, phones: Phones) -> None:
    await home.act("switch.turn_on", WALK)
    await home.act("switch.turn_off", WALK)
    await home.call("log_episode", minutes_ago=300, duration=20, relief="rubbing")
    await home.act("switch.turn_on", RELIEF)
    await home.act("switch.turn_off", RELIEF)
    await home.hass.async_block_till_done()
    assert "Did it help?" not in phones.messages


async def test_it_is_asked_once_an_answer_is_there_no_more(home: Home, phones: Phones) -> None:
    await home.call("log_episode")
    await home.act("switch.turn_on", RELIEF)
    await home.act("switch.turn_off", RELIEF)
    await home.hass.async_block_till_done()
    assert phones.messages.count("Did it help?") == 1
    await phones.tap(phones.button("helped_full"))
    await home.after(minutes=5)
    await home.act("switch.turn_on", WALK)
    await home.act("switch.turn_off", WALK)
    await home.hass.async_block_till_done()
    assert phones.messages.count("Did it help?") == 1
