"""Screens, sentence by sentence."""

from typing import Any, override

from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature as Can, MediaPlayerState as Is
from homeassistant.core import Event
from homeassistant.setup import async_setup_component
import pytest

from ..common.devices import Light, Player, Remote, Switch
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"
ALL = Can.TURN_ON | Can.TURN_OFF | Can.PAUSE | Can.PLAY | Can.STOP | Can.VOLUME_MUTE | Can.VOLUME_SET
SOUND = {"volume_level": 0.4, "is_volume_muted": False}


@pytest.mark.parametrize(
    ("features", "told"),
    [
        (ALL, ["turn_off"]),
        (Can.TURN_OFF, ["turn_off"]),
        (Can.PAUSE | Can.PLAY | Can.STOP | Can.VOLUME_MUTE, ["media_pause"]),
        (Can.PAUSE, ["media_pause"]),
        (Can.STOP | Can.VOLUME_MUTE, ["media_stop"]),
        (Can.VOLUME_MUTE | Can.VOLUME_SET, ["volume_mute"]),
        (Can.VOLUME_SET, ["volume_set"]),
        (0, []),
    ],
)
async def test_a_player_is_silenced_in_the_first_way_that_it_can(home: Home, features: int, told: list[str]) -> None:
    player = Player("tv", features, **SOUND)
    await home.add_bedroom(player)
    answer = await home.call("start")
    assert player.actions == told
    assert answer["entities"]["media_player.tv"] == ("done" if told else "unchanged")


@pytest.mark.parametrize(
    ("action", "features", "told"),
    [
        ("pause", ALL, ["media_pause"]),
        ("pause", Can.TURN_OFF, ["turn_off"]),
        ("pause", Can.STOP | Can.VOLUME_MUTE, ["media_stop"]),
        ("mute", ALL, ["volume_mute"]),
        ("mute", Can.VOLUME_SET, ["volume_set"]),
        ("mute", Can.PAUSE, ["media_pause"]),
        ("mute", Can.TURN_OFF, ["turn_off"]),
    ],
)
async def test_the_chosen_way_is_taken_or_the_next_best(
    home: Home, action: str, features: int, told: list[str]
) -> None:
    player = Player("tv", features, **SOUND)
    await home.add_bedroom(player, screens_action=action)
    await home.act("switch.turn_on", SWITCH)
    assert player.actions == told


@pytest.mark.parametrize("state", [Is.OFF, Is.STANDBY])
async def test_a_player_that_is_off_is_told_nothing(home: Home, state: Is) -> None:
    player = Player("tv", ALL, state=state, **SOUND)
    await home.add_bedroom(player)
    await home.act("switch.turn_on", SWITCH)
    await home.jump("2026-11-24 07:00-08:00")
    assert player.received == []


async def test_after_a_night_no_screen_is_powered_or_played(home: Home) -> None:
    tv, radio, plug = Player("tv", ALL, **SOUND), Player("radio", Can.PAUSE | Can.PLAY, **SOUND), Switch("plug")
    await home.add_bedroom(tv, radio, plug, restore="everything")
    await home.act("switch.turn_on", SWITCH)
    await home.jump("2026-11-24 07:00-08:00")
    assert (tv.actions, radio.actions, plug.actions) == (["turn_off"], ["media_pause"], ["turn_off"])


async def test_a_mute_is_taken_back(home: Home) -> None:
    player = Player("tv", Can.VOLUME_MUTE, **SOUND)
    await home.add_bedroom(player)
    await home.act("switch.turn_on", SWITCH)
    assert player.is_volume_muted
    await home.jump("2026-11-24 07:00-08:00")
    assert player.is_volume_muted is False


async def test_a_volume_is_given_back(home: Home) -> None:
    player = Player("tv", Can.VOLUME_SET, volume_level=0.4)
    await home.add_bedroom(player)
    await home.act("switch.turn_on", SWITCH)
    assert player.volume_level == 0
    await home.jump("2026-11-24 07:00-08:00")
    assert player.volume_level == 0.4


async def test_what_was_mute_before_stays_mute(home: Home) -> None:
    player = Player("tv", Can.VOLUME_MUTE, volume_level=0.4, is_volume_muted=True)
    await home.add_bedroom(player)
    await home.act("switch.turn_on", SWITCH)
    await home.act("switch.turn_off", SWITCH)
    assert player.received == []


async def test_within_a_quarter_of_an_hour_screens_are_on_and_playing_again(home: Home) -> None:
    tv, radio, plug = Player("tv", ALL, **SOUND), Player("radio", Can.PAUSE | Can.PLAY, **SOUND), Switch("plug")
    await home.add_bedroom(tv, radio, plug)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=15)
    await home.act("switch.turn_off", SWITCH)
    assert (tv.state, radio.state, plug.is_on) == (Is.PLAYING, Is.PLAYING, True)


async def test_after_a_quarter_of_an_hour_screens_stay_off(home: Home) -> None:
    tv: Any = Player("tv", ALL, **SOUND)
    await home.add_bedroom(tv)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=15, seconds=1)
    await home.act("switch.turn_off", SWITCH)
    assert tv.state == Is.OFF


async def test_what_was_paused_before_is_not_played(home: Home) -> None:
    tv: Any = Player("tv", ALL, state=Is.PAUSED, **SOUND)
    await home.add_bedroom(tv)
    await home.act("switch.turn_on", SWITCH)
    await home.act("switch.turn_off", SWITCH)
    assert "media_play" not in tv.actions


@pytest.mark.parametrize("restore", ["settings", "everything"])
async def test_an_early_stop_restores_screens_whatever_restore_says(home: Home, restore: str) -> None:
    tv: Any = Player("tv", ALL, **SOUND)
    await home.add_bedroom(tv, restore=restore)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=5)
    await home.act("switch.turn_off", SWITCH)
    assert tv.state == Is.PLAYING


async def test_an_early_stop_that_asks_for_everything_restores_screens_too(home: Home) -> None:
    tv: Any = Player("tv", ALL, **SOUND)
    await home.add_bedroom(tv)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=5)
    await home.call("stop", restore="everything")
    assert tv.state == Is.PLAYING


class ShowsItsFeatures(Player):
    """A television that can be played only while it is on, and turned on only while it is off."""

    @property
    @override
    def supported_features(self) -> Can:
        return Can.TURN_ON if self._attr_state == Is.OFF else Can.TURN_OFF | Can.PLAY | Can.PAUSE


async def test_a_television_whose_features_vary_while_it_is_off_plays_again(home: Home) -> None:
    tv = ShowsItsFeatures("tv")
    await home.add_bedroom(tv)
    await home.act("switch.turn_on", SWITCH)
    assert tv.state == Is.OFF
    await home.after(minutes=5)
    await home.act("switch.turn_off", SWITCH)
    await home.after(minutes=1)
    assert tv.actions == ["turn_off", "turn_on", "media_play"]


async def test_switches_remotes_lights_and_input_booleans_can_be_screens(home: Home) -> None:
    plug, remote, lamp = Switch("plug"), Remote("remote"), Light("glow", ColorMode.ONOFF)
    assert await async_setup_component(home.hass, "input_boolean", {"input_boolean": {"cinema": {"initial": True}}})
    await home.add_devices(plug, remote, lamp)
    screens = ["switch.plug", "remote.remote", "light.glow", "input_boolean.cinema"]
    await home.configure(targets={"screens": {"entity_id": screens}})
    await home.act("switch.turn_on", SWITCH)
    assert [home.value(each) for each in screens] == ["off"] * 4
    await home.after(minutes=5)
    await home.act("switch.turn_off", SWITCH)
    assert [home.value(each) for each in screens] == ["on"] * 4


async def test_the_curfew_silences_screens_before_bedtime(home: Home) -> None:
    tv: Any = Player("tv", ALL, **SOUND)
    await home.add_bedroom(tv, bedtime="22:30:00", screen_curfew=60, wind_down=15, automatic=True)
    await home.at("21:29")
    assert tv.received == []
    await home.at("21:30")
    assert tv.actions == ["turn_off"]
    assert home.phase == "wind_down"


async def test_screens_go_at_bedtime_without_a_curfew(home: Home) -> None:
    tv: Any = Player("tv", ALL, **SOUND)
    await home.add_bedroom(tv, automatic=True)
    await home.at("22:29")
    assert tv.received == []
    await home.at("22:30")
    assert tv.actions == ["turn_off"]


async def test_a_warning_comes_before_screens_go(home: Home) -> None:
    said: list[Event[Any]] = []
    home.hass.bus.async_listen("rls_bedtime_screens_warning", said.append)
    await home.add_bedroom(Player("tv", ALL, **SOUND), automatic=True)
    await home.at("22:19")
    assert said == []
    assert home.value("sensor.bedroom_phase", "screens_silent_at") is None
    await home.at("22:20")
    assert len(said) == 1
    assert home.value("sensor.bedroom_phase", "screens_silent_at") == "2026-11-23T22:30:00-08:00"
    await home.at("22:31")
    assert len(said) == 1
    assert home.value("sensor.bedroom_phase", "screens_silent_at") is None


async def test_no_warning_if_nothing_is_to_start_for_nobody_is_home(home: Home) -> None:
    said: list[Event[Any]] = []
    home.hass.bus.async_listen("rls_bedtime_screens_warning", said.append)
    home.hass.states.async_set("person.alex", "not_home")
    await home.add_bedroom(Player("tv", ALL, **SOUND), automatic=True, wind_down=5, only_when_home=["person.alex"])
    await home.at("22:40")
    assert home.phase == "off"
    assert said == []


async def test_a_screen_that_someone_turns_on_at_night_is_theirs(home: Home) -> None:
    tv: Any = Player("tv", ALL, **SOUND)
    await home.add_bedroom(tv)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("media_player.turn_on", "media_player.tv")
    await home.after(minutes=5)
    assert tv.state == Is.ON
    assert home.value("binary_sensor.bedroom_problem", "released") == ["media_player.tv"]


@pytest.mark.parametrize("was", [Is.PLAYING, Is.OFF])
async def test_kept_quiet_a_screen_goes_once_more_and_then_is_theirs(home: Home, was: Is) -> None:
    tv: Any = Player("tv", ALL, state=was, **SOUND)
    await home.add_bedroom(tv, keep_screens_quiet=True)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("media_player.turn_on", "media_player.tv")
    assert tv.state == Is.OFF
    await home.after(minutes=5)
    await home.act("media_player.turn_on", "media_player.tv")
    await home.after(minutes=5)
    assert tv.state == Is.ON


async def test_a_television_out_of_reach_while_off_is_no_problem(home: Home) -> None:
    tv: Any = Player("tv", ALL, **SOUND)
    await home.add_bedroom(tv)
    await home.act("switch.turn_on", SWITCH)
    tv.become_unavailable()
    await home.after(minutes=1)
    assert home.value("binary_sensor.bedroom_problem") == "off"


async def test_a_television_out_of_reach_at_bedtime_is_silenced_when_it_is_back(home: Home) -> None:
    tv: Any = Player("tv", ALL, available=False, **SOUND)
    await home.add_bedroom(tv)
    await home.act("switch.turn_on", SWITCH)
    assert tv.received == []
    await home.after(minutes=10)
    tv.become_available()
    await home.settle()
    assert tv.actions == ["turn_off"]
