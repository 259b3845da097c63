"""Several entities of one physical device get one command."""

from datetime import timedelta
from typing import Any

from homeassistant.components.media_player import MediaPlayerEntityFeature as Can
import pytest

from ..common.devices import Device, Light, Player, Power, Remote, Switch
from ..common.home import Home

PROBLEM = "binary_sensor.bedroom_problem"
DEVICE = "Television"


def television(*kinds: str, is_toggle: bool = True, report_delay: float = 0) -> tuple[Power, list[Device]]:
    """Return the power key of a television, and these entities of it."""
    power = Power(is_toggle=is_toggle)
    switches: dict[str, Any] = {"power": power, "device": DEVICE, "report_delay": report_delay}
    features = Can.TURN_OFF | Can.TURN_ON
    every: dict[str, Device] = {
        "media_player": Player("tv", features, **switches),
        "remote": Remote("tv", **switches),
        "switch": Switch("tv", **switches),
    }
    for name, device in every.items():
        if name not in kinds:
            power.entities.remove(device)
    return power, [every[name] for name in kinds]


async def minutes_pass(home: Home, minutes: int) -> None:
    for _ in range(6 * minutes):
        await home.after(seconds=10)


@pytest.mark.parametrize("report_delay", [0, 5, 60])
@pytest.mark.parametrize("kinds", [("media_player", "remote"), ("media_player", "remote", "switch")])
async def test_a_television_that_is_chosen_as_a_device_gets_one_command(
    home: Home, kinds: tuple[str, ...], report_delay: float
) -> None:
    """Core issues 163001 and 179866 (B18)."""
    power, entities = television(*kinds, report_delay=report_delay)
    await home.add_devices(*entities)
    await home.configure(targets={"screens": {"device_id": [home.device_id(DEVICE)]}})
    await home.call("start")
    await minutes_pass(home, 5)
    assert (power.is_on, power.presses, home.value(PROBLEM)) == (False, 1, "off")
    assert [each.actions for each in entities] == [["turn_off"]] + [[]] * (len(kinds) - 1)


@pytest.mark.parametrize("report_delay", [0, 5, 60])
@pytest.mark.parametrize("kinds", [("media_player", "remote", "switch"), ("remote", "switch")])
async def test_a_television_whose_entities_are_all_named_gets_one_command(
    home: Home, kinds: tuple[str, ...], report_delay: float
) -> None:
    """B18: the others follow, if they have to, once the first has had its time."""
    power, entities = television(*kinds, report_delay=report_delay)
    await home.add_bedroom(*entities)
    await home.call("start")
    await minutes_pass(home, 10)
    assert (power.is_on, power.presses, home.value(PROBLEM)) == (False, 1, "off")


async def test_a_socket_of_the_same_device_is_turned_off_once_the_player_is(home: Home) -> None:
    """A variant of B18: the switch is another power than the player's."""
    player, socket = Player("tv", Can.TURN_OFF, device=DEVICE), Switch("socket", device=DEVICE)
    await home.add_bedroom(player, socket)
    await home.call("start")
    await minutes_pass(home, 10)
    assert (player.actions, socket.actions, home.value(PROBLEM)) == (["turn_off"], ["turn_off"], "off")


@pytest.mark.parametrize("report_delay", [30, 60, 100])
@pytest.mark.parametrize("kind", ["media_player", "remote", "switch"])
async def test_a_power_key_is_not_pressed_again_before_the_device_had_its_time(
    home: Home, kind: str, report_delay: float
) -> None:
    """Core issues 14206 and 30969 (B19)."""
    power, entities = television(kind, report_delay=report_delay)
    await home.add_bedroom(*entities)
    await home.call("start")
    await minutes_pass(home, 5)
    assert (power.is_on, power.presses, home.value(PROBLEM)) == (False, 1, "off")


@pytest.mark.parametrize("restart_after", [10, 45])
async def test_a_power_key_is_not_pressed_again_after_a_restart(home: Home, restart_after: int) -> None:
    """A variant of B19: the state is reported only after a reload of the bedroom."""
    power, entities = television("media_player", report_delay=60)
    entry = await home.add_bedroom(*entities)
    await home.call("start")
    await home.after(seconds=restart_after)
    assert await home.hass.config_entries.async_reload(entry.entry_id)
    await minutes_pass(home, 5)
    assert (power.is_on, power.presses) == (False, 1)


async def test_a_power_key_is_not_pressed_again_when_the_schedule_changes(home: Home) -> None:
    """A variant of B19: something else happens in the bedroom before the state is reported."""
    lamp = Light("lamp", brightness=200)
    power, entities = television("media_player", report_delay=60)
    await home.add_bedroom(*entities, lamp)
    await home.call("start")
    await home.after(seconds=10)
    await home.call("extend", minutes=10)
    await home.act("time.set_value", "time.bedroom_wake_up", time="08:00:00")
    lamp.become_unavailable()
    await home.after(seconds=5)
    lamp.become_available()
    await minutes_pass(home, 5)
    assert (power.is_on, power.presses) == (False, 1)


async def test_a_power_key_is_not_pressed_again_when_the_curfew_is_put_off_and_comes_at_once(home: Home) -> None:
    """A variant of B19: for a moment the screen is not due, and its state is not reported yet."""
    power, entities = television("media_player", "remote", report_delay=30)
    await home.add_bedroom(*entities, screen_curfew=30)
    await home.call("start", wind_down=20)
    await home.call("extend", minutes=11)
    await home.call("start")
    await minutes_pass(home, 5)
    assert (power.is_on, power.presses, home.released) == (False, 1, [])


@pytest.mark.parametrize("report_delay", [0, 60])
async def test_an_undo_presses_the_power_key_once(home: Home, report_delay: float) -> None:
    """A variant of B18 and B19 on the way back."""
    power, entities = television("media_player", "remote", "switch", report_delay=report_delay)
    await home.add_bedroom(*entities)
    await home.call("start")
    await minutes_pass(home, 5)
    await home.call("stop")
    await minutes_pass(home, 10)
    assert (power.is_on, power.presses) == (True, 2)


async def test_a_screen_that_somebody_takes_over_during_an_undo_is_theirs_with_all_its_entities(home: Home) -> None:
    """A variant of B18 on the way back: its other entities do not stay pending for good."""
    player, socket = Player("tv", Can.TURN_OFF | Can.TURN_ON, device=DEVICE), Switch("socket", device=DEVICE)
    entry = await home.add_bedroom(player, socket)
    await home.call("start")
    await minutes_pass(home, 5)
    assert (player.actions, socket.actions) == (["turn_off"], ["turn_off"])
    await home.call("stop")
    await home.act("media_player.turn_off", "media_player.tv")
    await minutes_pass(home, 10)
    assert (player.actions, socket.actions) == (["turn_off", "turn_on", "turn_off"], ["turn_off"])
    assert entry.runtime_data.session.state.pending_restores == {}


@pytest.mark.parametrize("hub_is_down", [True, False])
async def test_a_socket_of_a_screen_that_somebody_has_turned_on_again_is_left_alone(
    home: Home, *, hub_is_down: bool
) -> None:
    """A variant of B18: the switch is the power of the player, and would have been turned off after it."""
    player, socket = Player("tv", Can.TURN_OFF | Can.TURN_ON, device=DEVICE), Switch("socket", device=DEVICE)
    entry = await home.add_bedroom(player, socket)
    await home.call("start")
    if hub_is_down:
        await home.restart(entry, down=timedelta(seconds=30), meanwhile=lambda: player.change_locally(state="playing"))
    else:
        await home.act("media_player.turn_on", "media_player.tv")
    await minutes_pass(home, 10)
    assert (player.actions[:1], socket.actions) == (["turn_off"], [])
    assert home.released == ["media_player.tv", "switch.socket"]


@pytest.mark.parametrize("report_delay", [3, 15, 60])
async def test_a_power_key_is_not_pressed_again_by_a_stop_and_a_start(home: Home, report_delay: float) -> None:
    power, entities = television("media_player", report_delay=report_delay)
    await home.add_bedroom(*entities)
    await home.call("start")
    await home.after(seconds=1)
    await home.call("stop")
    await home.after(seconds=1)
    await home.call("start")
    await minutes_pass(home, 5)
    assert (power.is_on, power.presses, home.value(PROBLEM)) == (False, 1, "off")


@pytest.mark.parametrize("report_delay", [5, 30])
async def test_a_power_key_is_not_pressed_again_by_a_start_and_a_stop_during_the_undo(
    home: Home, report_delay: float
) -> None:
    power, entities = television("media_player", report_delay=report_delay)
    await home.add_bedroom(*entities)
    await home.call("start")
    await minutes_pass(home, 3)
    for action in ("stop", "start", "stop"):
        await home.call(action)
        await home.after(seconds=1)
    await minutes_pass(home, 5)
    assert (power.is_on, power.presses, home.value(PROBLEM)) == (True, 2, "off")


async def test_a_screen_that_missed_its_command_before_a_stop_and_a_start_is_told_once_more(home: Home) -> None:
    _, (player,) = television("media_player", is_toggle=False)
    player.ignores = 1
    await home.add_bedroom(player)
    for action in ("start", "stop", "start"):
        await home.call(action)
        await home.after(seconds=1)
    await minutes_pass(home, 5)
    assert (player.actions, home.value("media_player.tv")) == (["turn_off", "turn_off"], "off")
