"""A person has the last word; what an automation changed and put back is managed again."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from homeassistant.components.cover import CoverEntityFeature
from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature
import pytest
import voluptuous as vol

from ..common.devices import Cover, Device, Light, Player, Thermostat
from ..common.home import Home

PROBLEM = "binary_sensor.bedroom_problem"
POSITION = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE | CoverEntityFeature.SET_POSITION


def lamp(**attributes: Any) -> Light:
    return Light("lamp", ColorMode.BRIGHTNESS, **{"brightness": 200, **attributes})


def stove(**attributes: Any) -> Thermostat:
    return Thermostat("stove", **{"target_temperature": 21.0, **attributes})


def speaker(**attributes: Any) -> Player:
    return Player("speaker", MediaPlayerEntityFeature.VOLUME_SET, **{"volume_level": 0.5, **attributes})


def blind(**attributes: Any) -> Cover:
    return Cover("blind", **{"supported_features": POSITION, "current_cover_position": 80, **attributes})


def released(home: Home) -> Any:
    return home.value(PROBLEM, "released")


async def get_up(home: Home) -> None:
    await home.jump("2026-11-24 07:00-08:00")
    for _ in range(30):
        await home.after(seconds=10)


@pytest.mark.parametrize("seconds", [1, 30])
@pytest.mark.parametrize("times", [1, 3])
async def test_a_lamp_that_a_doorbell_flashes_is_ours_again(home: Home, seconds: int, times: int) -> None:
    """Core issue 43662 (B23)."""
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(hours=1)
    doorbell = home.automation()
    for _ in range(times):
        await home.act("light.turn_on", "light.lamp", by=doorbell, brightness=255)
        await home.after(seconds=seconds)
        await home.act("light.turn_on", "light.lamp", by=doorbell, brightness=13)
        await home.after(seconds=seconds)
    assert (released(home), home.value(PROBLEM)) == ([], "off")
    await get_up(home)
    assert light.brightness == 200


@pytest.mark.parametrize("seconds", [1, 30])
async def test_a_lamp_that_a_doorbell_turns_off_and_on_is_ours_again(home: Home, seconds: int) -> None:
    """A variant of B23: it blinks."""
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(hours=1)
    doorbell = home.automation()
    for _ in range(3):
        await home.act("light.turn_off", "light.lamp", by=doorbell)
        await home.after(seconds=seconds)
        await home.act("light.turn_on", "light.lamp", by=doorbell)
        await home.after(seconds=seconds)
    assert released(home) == []
    await get_up(home)
    assert light.brightness == 200


@pytest.mark.parametrize(
    ("device", "there", "back"),
    [
        (stove, ("climate.set_temperature", {"temperature": 23}), ("climate.set_temperature", {"temperature": 19})),
        (speaker, ("media_player.volume_set", {"volume_level": 0.7}), ("media_player.volume_set", {"volume_level": 0})),
        (blind, ("cover.open_cover", {}), ("cover.close_cover", {})),
    ],
)
async def test_what_an_automation_changes_and_puts_back_is_ours_again(
    home: Home,
    device: Callable[[], Device],
    there: tuple[str, dict[str, Any]],
    back: tuple[str, dict[str, Any]],
) -> None:
    """A variant of B23 on thermostats, players and covers."""
    one = device()
    before = [one.actual(name) for name in ("target_temperature", "volume_level", "current_cover_position")]
    await home.add_bedroom(one, screens_action="mute")
    await home.call("start")
    await home.after(hours=1)
    automation = home.automation()
    for action, data in (there, back):
        await home.act(action, one.entity_id, by=automation, **data)
        await home.after(minutes=5)
    assert (released(home), home.value(PROBLEM)) == ([], "off")
    await get_up(home)
    assert [one.actual(name) for name in ("target_temperature", "volume_level", "current_cover_position")] == before


async def test_what_a_person_changes_and_puts_back_is_theirs(home: Home) -> None:
    """The other side of B23."""
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(hours=1)
    for brightness in (255, 13):
        await home.act("light.turn_on", "light.lamp", brightness=brightness)
    assert released(home) == ["light.lamp"]
    await get_up(home)
    assert light.brightness == 13


def act_while_called(device: Device, *changes: dict[str, Any]) -> None:
    """Change a device by hand while the next command to it is on its way: it is carried out after that."""
    receive = device._receive  # noqa: SLF001 - where a command arrives

    async def interrupted(action: str, data: dict[str, Any]) -> bool:
        device._receive = receive  # type: ignore[method-assign] # noqa: SLF001
        is_executed = await receive(action, data)
        for _ in range(5):
            await asyncio.sleep(0)
        for change in changes:
            device.change_locally(**change)
        return is_executed

    device._receive = interrupted  # type: ignore[method-assign] # noqa: SLF001


async def minutes_pass(home: Home, minutes: int) -> None:
    for _ in range(6 * minutes):
        await home.after(seconds=10)


async def test_a_wall_switch_has_the_last_word_while_a_step_is_on_its_way(home: Home) -> None:
    """adaptive-lighting issues 10 and 246 (B30)."""
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start", wind_down=10)
    await home.after(minutes=2)
    act_while_called(light, {"is_on": False})
    await minutes_pass(home, 10)
    assert light.is_on is False
    await get_up(home)
    assert light.is_on is False


@pytest.mark.parametrize("wind_down", [0, 2])
async def test_a_level_set_at_the_lamp_has_the_last_word_while_the_night_level_is_on_its_way(
    home: Home, wind_down: int
) -> None:
    """A variant of B30: dimmed at the wall, at bedtime or during the fade."""
    light = lamp()
    await home.add_bedroom(light)
    act_while_called(light, {"brightness": 230})
    await home.call("start", wind_down=wind_down)
    await minutes_pass(home, 5)
    assert (light.brightness, released(home)) == (230, ["light.lamp"])
    await get_up(home)
    assert light.brightness == 230


@pytest.mark.parametrize(
    ("device", "attribute", "value"),
    [(stove, "target_temperature", 23.0), (speaker, "volume_level", 0.8), (blind, "current_cover_position", 100)],
)
async def test_what_a_person_sets_at_a_device_has_the_last_word_while_our_command_is_on_its_way(
    home: Home, device: Callable[..., Device], attribute: str, value: float
) -> None:
    """A variant of B30 on thermostats, players and covers."""
    one = device()
    await home.add_bedroom(one, screens_action="mute")
    act_while_called(one, {attribute: value})
    await home.call("start")
    await minutes_pass(home, 15)
    assert (one.actual(attribute), released(home)) == (value, [one.entity_id])
    await home.after(hours=1)
    assert one.actual(attribute) == value
    await get_up(home)
    assert one.actual(attribute) == value


async def test_who_turns_a_lamp_off_and_on_again_while_a_step_is_on_its_way_gets_a_lamp_that_is_on(home: Home) -> None:
    """A variant of B30: two words, of which the last counts."""
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start", wind_down=10)
    await home.after(minutes=2)
    act_while_called(light, {"is_on": False}, {"is_on": True})
    await minutes_pass(home, 10)
    assert light.is_on is True


async def test_a_volume_that_a_person_sets_while_a_speaker_reports_late_stays(home: Home) -> None:
    """A variant of B10 and B30: the speaker reports late that it is muted, and what the person wanted."""
    player = speaker(report_delay=4)
    await home.add_bedroom(player, screens_action="mute")
    await home.call("start")
    await home.after(seconds=2)
    await home.act("media_player.volume_set", "media_player.speaker", volume_level=0.3)
    for _ in range(60):
        await home.after(seconds=4)
    assert player.volume_level == 0.3
    await get_up(home)
    assert player.volume_level == 0.3


@pytest.mark.parametrize("seconds", [0, 1, 3])
async def test_what_a_person_sets_between_two_sessions_comes_back(home: Home, seconds: int) -> None:
    """B33."""
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(minutes=2)
    await home.call("stop")
    await home.after(seconds=seconds)
    await home.act("light.turn_on", "light.lamp", brightness=90)
    await home.after(seconds=3 - seconds)
    await home.call("start")
    await home.after(seconds=30)
    assert (light.brightness, released(home)) == (13, [])
    await get_up(home)
    assert light.brightness == 90


@pytest.mark.parametrize("seconds", [1, 3])
@pytest.mark.parametrize(
    ("device", "attribute", "value"),
    [(lamp, "brightness", 240), (stove, "target_temperature", 23.0), (speaker, "volume_level", 0.8)],
)
async def test_what_a_person_sets_at_the_device_between_two_sessions_comes_back(
    home: Home, device: Callable[..., Device], attribute: str, value: float, seconds: int
) -> None:
    """A variant of B33: at the device itself. What lies on the way back could be a late report, so this does not."""
    one = device()
    await home.add_bedroom(one, screens_action="mute")
    await home.call("start")
    await home.after(minutes=20)
    await home.call("stop")
    await home.after(seconds=seconds)
    one.change_locally(**{attribute: value})
    await home.after(seconds=1)
    await home.call("start")
    await home.after(seconds=30)
    assert released(home) == []
    await get_up(home)
    assert one.actual(attribute) == value


@pytest.mark.parametrize("seconds", [0, 2, 15, 25])
@pytest.mark.parametrize("is_other_away", [True, False])
async def test_a_level_set_at_the_wall_just_after_the_night_level_is_theirs(
    home: Home, seconds: int, *, is_other_away: bool
) -> None:
    """A variant of B3 and B30: it lies on the way, but the lamp stays there once it has had its time."""
    light, other = lamp(), Light("other", ColorMode.BRIGHTNESS, brightness=200)
    await home.add_bedroom(light, other)
    if is_other_away:
        other.become_unavailable()
    await home.call("start")
    await home.after(seconds=seconds)
    light.change_locally(brightness=60)
    for _ in range(5):
        await home.after(seconds=10)
    assert (light.brightness, released(home)) == (60, ["light.lamp"])
    await get_up(home)
    assert light.brightness == 60


@pytest.mark.parametrize("target", [[["light.lamp"]], {"light": "lamp"}, [5, None], "no id"])
async def test_a_call_that_cannot_be_understood_is_refused_by_its_action_alone(
    home: Home, target: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Everybody sees a call before Home Assistant has validated it."""
    await home.add_bedroom(lamp())
    await home.call("start")
    await home.after(hours=1)

    with suppress(vol.Invalid):
        await home.hass.services.async_call("light", "turn_on", {"entity_id": target}, blocking=True)
    await home.after(seconds=30)
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
    assert (released(home), home.value(PROBLEM)) == ([], "off")
