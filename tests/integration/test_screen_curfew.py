"""Screens that are harder to please."""

from typing import Any

from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature as Can, MediaPlayerState as Is
from homeassistant.core import Event
import pytest

from ..common.devices import Light, Player, Switch
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"
TV = Can.TURN_ON | Can.TURN_OFF | Can.PAUSE | Can.PLAY
SOUND = {"volume_level": 0.4, "is_volume_muted": False}


async def test_a_wind_down_by_hand_warns_ten_minutes_before_screens_go(home: Home) -> None:
    said: list[Event[Any]] = []
    home.hass.bus.async_listen("rls_bedtime_screens_warning", said.append)
    await home.add_bedroom(Player("tv", TV))
    await home.call("start", wind_down=30)
    await home.at("20:19")
    assert said == []
    await home.at("20:20")
    assert len(said) == 1


async def test_no_warning_if_none_is_wanted(home: Home) -> None:
    said: list[Event[Any]] = []
    home.hass.bus.async_listen("rls_bedtime_screens_warning", said.append)
    await home.add_bedroom(Player("tv", TV), automatic=True, screen_warning=0)
    await home.at("22:35")
    assert said == []


async def test_the_warning_is_said_once_over_a_restart(home: Home) -> None:
    said: list[Event[Any]] = []
    home.hass.bus.async_listen("rls_bedtime_screens_warning", said.append)
    entry = await home.add_bedroom(Player("tv", TV), automatic=True)
    await home.at("22:22")
    await home.restart(entry)
    assert len(said) == 1


async def test_screens_of_the_wind_down_go_at_once_if_the_curfew_has_passed(home: Home) -> None:
    tv: Any = Player("tv", TV)
    await home.add_bedroom(tv, screen_curfew=60)
    await home.call("start", wind_down=30)
    assert tv.actions == ["turn_off"]


async def test_a_screen_in_the_wind_down_is_what_it_is_when_it_goes(home: Home) -> None:
    tv: Any = Player("tv", TV, state=Is.OFF)
    await home.add_bedroom(tv, automatic=True)
    await home.at("22:00")
    await home.act("media_player.turn_on", "media_player.tv")
    await home.act("media_player.media_play", "media_player.tv")
    await home.at("22:30")
    assert tv.state == Is.OFF
    await home.after(minutes=5)
    await home.act("switch.turn_off", SWITCH)
    assert tv.state == Is.PLAYING


async def test_what_starts_by_itself_at_night_is_left_alone(home: Home) -> None:
    radio: Any = Player("radio", Can.PAUSE | Can.PLAY, state=Is.IDLE)
    await home.add_bedroom(radio)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    radio.change_locally(state=Is.PLAYING)
    await home.after(minutes=1)
    assert radio.received == []


async def test_kept_quiet_a_paused_speaker_is_paused_once_more(home: Home) -> None:
    radio: Any = Player("radio", Can.PAUSE | Can.PLAY)
    await home.add_bedroom(radio, keep_screens_quiet=True)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("media_player.media_play", "media_player.radio")
    assert radio.state == Is.PAUSED
    await home.act("media_player.media_play", "media_player.radio")
    await home.after(minutes=1)
    assert radio.state == Is.PLAYING


async def test_kept_quiet_a_plug_goes_off_once_more(home: Home) -> None:
    plug: Any = Switch("plug")
    await home.add_bedroom(plug, keep_screens_quiet=True)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    plug.change_locally(is_on=True)
    await home.settle()
    assert plug.is_on is False
    plug.change_locally(is_on=True)
    await home.settle()
    assert plug.is_on is True


async def test_a_person_who_turns_a_muted_player_up_keeps_it(home: Home) -> None:
    radio: Any = Player("radio", Can.VOLUME_SET, volume_level=0.4)
    await home.add_bedroom(radio)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("media_player.volume_set", "media_player.radio", volume_level=0.1)
    await home.jump("2026-11-24 07:00-08:00")
    assert radio.volume_level == 0.1


async def test_a_mute_is_taken_back_when_a_player_returns(home: Home) -> None:
    radio: Any = Player("radio", Can.VOLUME_MUTE, **SOUND)
    await home.add_bedroom(radio)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    radio.become_unavailable()
    await home.jump("2026-11-24 07:00-08:00")
    await home.after(hours=1)
    radio.become_available(state=Is.IDLE)
    await home.settle()
    assert radio.is_volume_muted is False
    assert "media_play" not in radio.actions


async def test_a_television_out_of_reach_while_off_is_powered_by_no_morning(home: Home) -> None:
    tv: Any = Player("tv", TV, **SOUND)
    await home.add_bedroom(tv, restore="everything")
    await home.act("switch.turn_on", SWITCH)
    tv.become_unavailable()
    await home.jump("2026-11-24 07:00-08:00")
    tv.become_available()
    await home.after(minutes=1)
    assert tv.actions == ["turn_off"]


async def test_a_light_that_is_a_screen_is_not_dimmed_and_not_turned_on_in_the_morning(home: Home) -> None:
    glow = Light("glow", ColorMode.BRIGHTNESS, brightness=200)
    await home.add_devices(glow)
    targets = {"lights": {"entity_id": ["light.glow"]}, "screens": {"entity_id": ["light.glow"]}}
    await home.configure(targets=targets, restore="everything")
    await home.call("start", wind_down=5)
    await home.at("20:04")
    assert glow.received == []
    await home.at("20:05")
    assert glow.is_on is False
    await home.jump("2026-11-24 07:00-08:00")
    assert glow.is_on is False


@pytest.mark.parametrize("state", [Is.PAUSED, Is.IDLE, Is.ON, Is.BUFFERING])
async def test_every_state_of_a_television_that_is_on_is_turned_off(home: Home, state: Is) -> None:
    tv: Any = Player("tv", TV, state=state)
    await home.add_bedroom(tv)
    await home.act("switch.turn_on", SWITCH)
    assert tv.state == Is.OFF


async def test_a_stopped_player_plays_again_after_an_undo(home: Home) -> None:
    radio: Any = Player("radio", Can.STOP | Can.PLAY)
    await home.add_bedroom(radio)
    await home.act("switch.turn_on", SWITCH)
    assert radio.state == Is.IDLE
    await home.act("switch.turn_off", SWITCH)
    assert radio.state == Is.PLAYING
