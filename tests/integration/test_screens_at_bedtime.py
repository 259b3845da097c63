"""Screens go quiet at bedtime, by one command, and get their sound back."""

from typing import Any, override

from homeassistant.components.media_player import MediaPlayerEntityFeature as Can
import pytest

from ..common.bedroom import TELEVISION
from ..common.devices import Light, Player, Remote, Switch
from ..common.home import Home

PROBLEM = "binary_sensor.bedroom_problem"


async def get_up(home: Home) -> None:
    await home.jump("2026-11-24 07:00-08:00")
    for _ in range(20):
        await home.after(seconds=10)


@pytest.mark.parametrize("lowest", [0.01, 0.05, 0.2])
@pytest.mark.parametrize("report_delay", [0, 5])
async def test_the_volume_of_a_player_that_cannot_be_silent_comes_back(
    home: Home, lowest: float, report_delay: float
) -> None:
    """music-assistant issue 1484, core issue 11894 (B12)."""
    player = Player("radio", Can.VOLUME_SET, volume_level=0.6, min_volume=lowest, report_delay=report_delay)
    await home.add_bedroom(player)
    await home.call("start")
    for _ in range(40):
        await home.after(seconds=5)
    assert (player.volume_level, home.value(PROBLEM, "released")) == (lowest, [])
    await get_up(home)
    assert player.volume_level == 0.6


async def test_the_volume_of_a_player_in_whole_steps_comes_back(home: Home) -> None:
    """A variant of B12: a player that rounds and fades."""
    player = Player(
        "radio", Can.VOLUME_SET | Can.VOLUME_MUTE, volume_level=0.6, is_volume_muted=False, ramp=((1, 0.3), (2, 0.8))
    )
    await home.add_bedroom(player, screens_action="mute")
    await home.call("start")
    for _ in range(10):
        await home.after(seconds=1)
    assert player.is_volume_muted is True
    await get_up(home)
    assert (player.is_volume_muted, player.volume_level) == (False, 0.6)


async def test_a_label_on_an_area_stands_for_its_players_only(home: Home) -> None:
    """Core issue 163290 (B17): there is a freezer on a switch in that area."""
    player, freezer = Player("tv", Can.TURN_OFF), Switch("freezer")
    await home.add_devices(player, freezer)
    label = home.create_label("Night", area=home.create_area("Pantry", player, freezer))
    await home.configure(targets={"screens": {"label_id": [label]}})
    assert (await home.call("start"))["entities"] == {"media_player.tv": "done"}
    assert (player.actions, freezer.received) == (["turn_off"], [])


@pytest.mark.parametrize("place", ["area", "floor", "device label"])
async def test_any_place_stands_for_its_players_only(home: Home, place: str) -> None:
    """A variant of B17: areas, floors, and a label on a device, with lights and remotes, too."""
    player = Player("tv", Can.TURN_OFF, device="Pantry box")
    freezer = Switch("freezer", device="Pantry box")
    others = [Remote("hub", device="Pantry box"), Light("lamp", brightness=200, device="Pantry box")]
    await home.add_devices(player, freezer, *others)
    area = home.create_area("Pantry", player, floor="Ground")
    targets: dict[str, Any] = {
        "area": {"area_id": [area]},
        "floor": {"floor_id": ["ground"]},
        "device label": {"label_id": [home.create_label("Night", device="Pantry box")]},
    }
    await home.configure(targets={"screens": targets[place]})
    assert (await home.call("start"))["entities"] == {"media_player.tv": "done"}
    assert [each.received for each in (freezer, *others)] == [[], [], []]


async def test_a_lamp_in_an_area_of_screens_and_lights_is_a_lamp(home: Home) -> None:
    """A variant of B17: a label on an area for the lights does not reach its switches."""
    lamp, fan = Light("lamp", brightness=200), Switch("fan")
    await home.add_devices(lamp, fan)
    label = home.create_label("Night", area=home.create_area("Pantry", lamp, fan))
    await home.configure(targets={"lights": {"label_id": [label]}, "screens": {"label_id": [label]}})
    assert (await home.call("start"))["entities"] == {"light.lamp": "done"}
    assert (lamp.brightness, fan.received) == (13, [])


@pytest.mark.parametrize("state", ["idle", "standby"])
@pytest.mark.parametrize("report_delay", [0, 10, 60])
async def test_a_player_that_is_idle_after_it_was_turned_off_is_silent_enough(
    home: Home, state: str, report_delay: float
) -> None:
    """cast, plex (B29)."""
    player = Player("tv", Can.TURN_OFF, state_after_turn_off=state, report_delay=report_delay)
    await home.add_bedroom(player)
    await home.call("start")
    for _ in range(40):
        await home.after(seconds=10)
    assert (player.actions, home.value(PROBLEM), home.value(PROBLEM, "released")) == (["turn_off"], "off", [])
    await home.after(hours=3)
    await home.call("extend", minutes=10)
    assert (player.actions, home.value(PROBLEM)) == (["turn_off"], "off")


@pytest.mark.parametrize("state", ["idle", "standby", "paused", "off"])
async def test_a_player_that_is_silent_already_is_no_problem(home: Home, state: str) -> None:
    """A variant of B29: it was so before."""
    player = Player("tv", Can.TURN_OFF | Can.PAUSE, state=state)
    entry = await home.add_bedroom(player)
    await home.call("start")
    await home.after(minutes=5)
    await home.restart(entry)
    await home.after(minutes=5)
    assert len(player.actions) <= 1
    assert home.value(PROBLEM) == "off"
    await get_up(home)
    assert len(player.actions) <= 1


@pytest.mark.parametrize("state", ["idle", "unavailable"])
async def test_a_player_that_goes_from_one_kind_of_off_to_another_is_told_once(home: Home, state: str) -> None:
    """A variant of B29: off, then idle or gone, and off again."""
    player = Player("tv", Can.TURN_OFF)
    await home.add_bedroom(player)
    await home.call("start")
    await home.after(minutes=3)
    for _ in range(2):
        if state == "unavailable":
            player.become_unavailable()
        else:
            player.change_locally(state=state)
        await home.after(minutes=3)
        player.change_locally(state="off", available=True)
        await home.after(minutes=3)
    assert (player.actions, home.value(PROBLEM), home.value(PROBLEM, "released")) == (["turn_off"], "off", [])


@pytest.mark.parametrize("report_delay", [0, 10, 40])
async def test_playback_that_is_undone_is_played_once(home: Home, report_delay: float) -> None:
    """A variant of B19: what follows the first step is sent once, however late it is reported."""
    player = Player("tv", Can.TURN_OFF | Can.TURN_ON | Can.PLAY | Can.PAUSE, report_delay=report_delay)
    await home.add_bedroom(player)
    await home.call("start")
    await home.after(seconds=50)
    player.received.clear()
    await home.call("stop")
    for _ in range(20):
        await home.after(seconds=10)
    assert home.value("media_player.tv") == "playing"
    assert player.actions == ["turn_on", "media_play"]


class PlayerThatDoesNotSayWhetherItIsMuted(Player):
    """A player with a mute key, of which it knows nothing."""

    @override
    async def async_mute_volume(self, mute: bool) -> None:
        await self._receive("volume_mute", {"mute": mute})


@pytest.mark.parametrize("kind", [Player, PlayerThatDoesNotSayWhetherItIsMuted])
async def test_a_player_that_did_not_say_whether_it_is_muted_is_muted_once_and_unmuted_once(
    home: Home, kind: type[Player]
) -> None:
    """A second press of a mute key would do the opposite."""
    player = kind("tv", Can.VOLUME_MUTE, is_volume_muted=None)
    entry = await home.add_bedroom(player, screens_action="mute")
    await home.call("start")
    await home.after(minutes=5)
    await home.restart(entry)
    await home.after(minutes=5)
    assert (home.value(PROBLEM), player.received) == ("off", [("volume_mute", {"mute": True})])
    await home.after(hours=2)
    await get_up(home)
    assert (home.value(PROBLEM), player.received[1:]) == ("off", [("volume_mute", {"mute": False})])


@pytest.mark.parametrize("report_delay", [3, 15, 60])
@pytest.mark.parametrize(
    ("action", "features"), [("mute", TELEVISION), ("mute", Can.VOLUME_SET), ("pause", TELEVISION)]
)
async def test_a_player_that_goes_quiet_only_after_the_stop_is_heard_again(
    home: Home, action: str, features: int, report_delay: float
) -> None:
    player = Player("tv", features, volume_level=0.4, is_volume_muted=False, report_delay=report_delay)
    await home.add_bedroom(player, screens_action=action)
    await home.call("start")
    await home.after(seconds=1)
    await home.call("stop")
    for _ in range(60):
        await home.after(seconds=5)
    assert (player.state, player.volume_level, player.is_volume_muted) == ("playing", 0.4, False)
