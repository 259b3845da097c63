"""Screens are silenced at bedtime in the best way that they support."""

from typing import Any, override

from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature as Feature, MediaPlayerState as State
from homeassistant.setup import async_setup_component
import pytest

from ..common.bedroom import TELEVISION, Bedroom
from ..common.devices import Light, Player, Remote, Switch
from ..common.home import Home

SOUND = {"volume_level": 0.4, "is_volume_muted": False}


@pytest.mark.parametrize(
    ("features", "actions"),
    [
        (TELEVISION, ["turn_off"]),
        (Feature.TURN_OFF, ["turn_off"]),
        (Feature.PAUSE | Feature.PLAY | Feature.STOP | Feature.VOLUME_MUTE, ["media_pause"]),
        (Feature.PAUSE, ["media_pause"]),
        (Feature.STOP | Feature.VOLUME_MUTE, ["media_stop"]),
        (Feature.VOLUME_MUTE | Feature.VOLUME_SET, ["volume_mute"]),
        (Feature.VOLUME_SET, ["volume_set"]),
        (0, []),
    ],
)
async def test_a_player_is_silenced_in_the_first_way_that_it_supports(
    home: Home, features: int, actions: list[str]
) -> None:
    player = Player("tv", features, **SOUND)
    await home.add_bedroom(player)
    response = await home.call("start")
    assert player.actions == actions
    assert response["entities"]["media_player.tv"] == ("done" if actions else "unchanged")


@pytest.mark.parametrize(
    ("action", "features", "actions"),
    [
        ("pause", TELEVISION, ["media_pause"]),
        ("pause", Feature.TURN_OFF, ["turn_off"]),
        ("pause", Feature.STOP | Feature.VOLUME_MUTE, ["media_stop"]),
        ("mute", TELEVISION, ["volume_mute"]),
        ("mute", Feature.VOLUME_SET, ["volume_set"]),
        ("mute", Feature.PAUSE, ["media_pause"]),
        ("mute", Feature.TURN_OFF, ["turn_off"]),
    ],
)
async def test_the_chosen_action_is_used_or_the_next_best(
    home: Home, action: str, features: int, actions: list[str]
) -> None:
    player = Player("tv", features, **SOUND)
    await home.add_bedroom(player, screens_action=action)
    await home.turn_on()
    assert player.actions == actions


@pytest.mark.parametrize("state", [State.OFF, State.STANDBY])
async def test_a_player_that_is_off_receives_nothing(home: Home, state: State) -> None:
    player = Player("tv", TELEVISION, state=state, **SOUND)
    await home.add_bedroom(player)
    await home.turn_on()
    await home.jump("11-24 07:00")
    assert player.received == []


@pytest.mark.parametrize("state", [State.PAUSED, State.IDLE, State.ON, State.BUFFERING])
async def test_a_television_is_turned_off_from_every_state(home: Home, state: State) -> None:
    tv = Player("tv", TELEVISION, state=state)
    await home.add_bedroom(tv)
    await home.turn_on()
    assert tv.state == State.OFF


async def test_no_screen_is_turned_on_or_played_in_the_morning(home: Home) -> None:
    tv, radio, plug = (
        Player("tv", TELEVISION, **SOUND),
        Player("radio", Feature.PAUSE | Feature.PLAY, **SOUND),
        Switch("plug"),
    )
    await home.add_bedroom(tv, radio, plug, restore="everything")
    await home.turn_on()
    await home.jump("11-24 07:00")
    assert (tv.actions, radio.actions, plug.actions) == (["turn_off"], ["media_pause"], ["turn_off"])


async def test_a_muted_player_is_unmuted(home: Home) -> None:
    player = Player("tv", Feature.VOLUME_MUTE, **SOUND)
    await home.add_bedroom(player)
    await home.turn_on()
    assert player.is_volume_muted
    await home.jump("11-24 07:00")
    assert player.is_volume_muted is False


async def test_the_volume_is_restored(home: Home) -> None:
    player = Player("tv", Feature.VOLUME_SET, volume_level=0.4)
    await home.add_bedroom(player)
    await home.turn_on()
    assert player.volume_level == 0
    await home.jump("11-24 07:00")
    assert player.volume_level == 0.4


async def test_a_player_that_was_muted_stays_muted(home: Home) -> None:
    player = Player("tv", Feature.VOLUME_MUTE, volume_level=0.4, is_volume_muted=True)
    await home.add_bedroom(player)
    await home.turn_on()
    await home.turn_off()
    assert player.received == []


async def test_screens_play_again_after_a_stop_within_15_minutes(home: Home) -> None:
    tv, radio, plug = (
        Player("tv", TELEVISION, **SOUND),
        Player("radio", Feature.PAUSE | Feature.PLAY, **SOUND),
        Switch("plug"),
    )
    await home.add_bedroom(tv, radio, plug)
    await home.turn_on()
    await home.after(minutes=15)
    await home.turn_off()
    assert (tv.state, radio.state, plug.is_on) == (State.PLAYING, State.PLAYING, True)


async def test_screens_stay_off_after_a_later_stop(home: Home) -> None:
    tv = Player("tv", TELEVISION, **SOUND)
    await home.add_bedroom(tv)
    await home.turn_on()
    await home.after(minutes=15, seconds=1)
    await home.turn_off()
    assert tv.state == State.OFF


async def test_a_player_that_was_paused_is_not_played(home: Home) -> None:
    tv = Player("tv", TELEVISION, state=State.PAUSED, **SOUND)
    await home.add_bedroom(tv)
    await home.turn_on()
    await home.turn_off()
    assert "media_play" not in tv.actions


@pytest.mark.parametrize("restore", ["settings", "everything", "nothing"])
async def test_an_early_stop_restores_screens_in_every_restore_mode(home: Home, restore: str) -> None:
    tv = Player("tv", TELEVISION, **SOUND)
    await home.add_bedroom(tv, restore=restore)
    await home.turn_on()
    await home.after(minutes=5)
    await home.turn_off()
    assert tv.state == State.PLAYING


async def test_an_early_stop_with_restore_everything_restores_screens(home: Home) -> None:
    tv = Player("tv", TELEVISION, **SOUND)
    await home.add_bedroom(tv)
    await home.turn_on()
    await home.after(minutes=5)
    await home.call("stop", restore="everything")
    assert tv.state == State.PLAYING


async def test_a_player_that_was_stopped_plays_again_after_an_early_stop(home: Home) -> None:
    radio: Any = Player("radio", Feature.STOP | Feature.PLAY)
    await home.add_bedroom(radio)
    await home.turn_on()
    assert radio.state == State.IDLE
    await home.turn_off()
    assert radio.state == State.PLAYING


class PlayerWithVaryingFeatures(Player):
    """A television that can be played only while it is on, and turned on only while it is off."""

    @property
    @override
    def supported_features(self) -> Feature:
        return Feature.TURN_ON if self._attr_state == State.OFF else Feature.TURN_OFF | Feature.PLAY | Feature.PAUSE


async def test_a_television_whose_features_vary_with_its_state_plays_again(home: Home) -> None:
    tv = PlayerWithVaryingFeatures("tv")
    await home.add_bedroom(tv)
    await home.turn_on()
    assert tv.state == State.OFF
    await home.after(minutes=5)
    await home.turn_off()
    await home.after(minutes=1)
    assert tv.actions == ["turn_off", "turn_on", "media_play"]


async def test_switches_remotes_lights_and_input_booleans_can_be_screens(home: Home) -> None:
    plug, remote, lamp = Switch("plug"), Remote("remote"), Light("glow", ColorMode.ONOFF)
    assert await async_setup_component(home.hass, "input_boolean", {"input_boolean": {"cinema": {"initial": True}}})
    await home.add_devices(plug, remote, lamp)
    screens = ["switch.plug", "remote.remote", "light.glow", "input_boolean.cinema"]
    await home.configure(targets={"screens": {"entity_id": screens}})
    await home.turn_on()
    assert [home.value(each) for each in screens] == ["off"] * 4
    await home.after(minutes=5)
    await home.turn_off()
    assert [home.value(each) for each in screens] == ["on"] * 4


async def test_a_light_chosen_as_a_screen_is_turned_off_and_stays_off(home: Home) -> None:
    glow = Light("glow", ColorMode.BRIGHTNESS, brightness=200)
    await home.add_devices(glow)
    targets = {"lights": {"entity_id": ["light.glow"]}, "screens": {"entity_id": ["light.glow"]}}
    await home.configure(targets=targets, restore="everything")
    await home.call("start", wind_down=5)
    await home.jump("20:04")
    assert glow.received == []
    await home.jump("20:05")
    assert glow.is_on is False
    await home.jump("11-24 07:00")
    assert glow.is_on is False


async def test_a_screen_turned_on_at_night_is_released(home: Home) -> None:
    tv = Player("tv", TELEVISION, **SOUND)
    await home.add_bedroom(tv)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("media_player.turn_on", "media_player.tv")
    await home.after(minutes=5)
    assert tv.state == State.ON
    assert home.released == ["media_player.tv"]


async def test_a_screen_turned_on_again_receives_nothing_at_the_stop(home: Home) -> None:
    tv = Player("tv", TELEVISION)
    await home.add_bedroom(tv)
    await home.turn_on()
    await home.after(minutes=3)
    await home.act("media_player.turn_on", "media_player.tv")
    tv.received.clear()
    await home.turn_off()
    assert tv.received == []


async def test_a_player_that_starts_by_itself_at_night_is_left_alone(home: Home) -> None:
    radio = Player("radio", Feature.PAUSE | Feature.PLAY, state=State.IDLE)
    await home.add_bedroom(radio)
    await home.turn_on()
    await home.after(hours=1)
    radio.change_locally(state=State.PLAYING)
    await home.after(minutes=1)
    assert radio.received == []


@pytest.mark.parametrize("was", [State.PLAYING, State.OFF])
async def test_with_keep_screens_quiet_a_screen_is_turned_off_once_more_and_then_released(
    home: Home, was: State
) -> None:
    tv: Any = Player("tv", TELEVISION, state=was, **SOUND)
    await home.add_bedroom(tv, keep_screens_quiet=True)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("media_player.turn_on", "media_player.tv")
    assert tv.state == State.OFF
    await home.after(minutes=5)
    await home.act("media_player.turn_on", "media_player.tv")
    await home.after(minutes=5)
    assert tv.state == State.ON


async def test_with_keep_screens_quiet_a_screen_that_is_turned_on_at_once_does_not_play_on(home: Home) -> None:
    tv = Player("tv", TELEVISION, state_after_turn_on="playing")
    await home.add_bedroom(tv, keep_screens_quiet=True)
    await home.call("start")
    await home.after(seconds=30)
    await home.act("media_player.turn_on", "media_player.tv")
    assert (tv.state, tv.actions) == ("off", ["turn_off", "turn_on", "turn_off"])


async def test_with_keep_screens_quiet_a_speaker_is_paused_once_more(home: Home) -> None:
    radio: Any = Player("radio", Feature.PAUSE | Feature.PLAY)
    await home.add_bedroom(radio, keep_screens_quiet=True)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("media_player.media_play", "media_player.radio")
    assert radio.state == State.PAUSED
    await home.act("media_player.media_play", "media_player.radio")
    await home.after(minutes=1)
    assert radio.state == State.PLAYING


async def test_with_keep_screens_quiet_a_plug_is_turned_off_once_more(home: Home) -> None:
    plug = Switch("plug")
    await home.add_bedroom(plug, keep_screens_quiet=True)
    await home.turn_on()
    await home.after(hours=1)
    plug.change_locally(is_on=True)
    await home.settle()
    assert plug.is_on is False
    plug.change_locally(is_on=True)
    await home.settle()
    assert plug.is_on is True


async def test_a_muted_player_that_someone_turns_up_is_released(home: Home) -> None:
    radio = Player("radio", Feature.VOLUME_SET, volume_level=0.4)
    await home.add_bedroom(radio)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("media_player.volume_set", "media_player.radio", volume_level=0.1)
    await home.jump("11-24 07:00")
    assert radio.volume_level == 0.1


async def test_a_muted_player_that_someone_unmutes_is_released(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(screens_action="mute")
    await home.turn_on()
    await home.after(minutes=20)
    await home.act("media_player.volume_mute", "media_player.tv", is_volume_muted=False)
    sent = list(bedroom.tv.actions)
    await home.turn_off()
    assert bedroom.tv.actions == sent


async def test_a_muted_player_that_someone_turns_off_is_unmuted_when_it_comes_on(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(screens_action="mute")
    await home.turn_on()
    assert bedroom.tv.is_volume_muted
    await home.after(minutes=20)
    await home.act("media_player.turn_off", "media_player.tv")
    await home.after(hours=6)
    await home.turn_off()
    assert bedroom.tv.state == "off"
    await home.after(hours=6)
    await home.act("media_player.turn_on", "media_player.tv")
    assert bedroom.tv.state == "playing"
    assert not bedroom.tv.is_volume_muted
