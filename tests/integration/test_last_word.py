"""A person has the last word, also while a command of ours is on its way."""

from datetime import timedelta
from itertools import pairwise

import pytest

from ..common.bedroom import TELEVISION
from ..common.devices import Light, Player
from ..common.home import Home


async def half_a_minute_passes(home: Home) -> None:
    """Let time pass as slowly as devices report."""
    for _ in range(60):
        await home.after(seconds=0.5)


async def test_a_screen_that_is_turned_on_and_off_again_at_bedtime_stays_off(home: Home) -> None:
    tv = Player("tv", TELEVISION, state_after_turn_on="playing", volume_level=0.4, is_volume_muted=False)
    await home.add_bedroom(tv)
    await home.call("start")
    await home.act("media_player.turn_on", "media_player.tv")
    await home.act("media_player.turn_off", "media_player.tv")
    await home.after(minutes=5)

    assert home.value("media_player.tv") == "off"
    assert tv.actions == ["turn_off", "turn_on", "turn_off"]


async def test_a_lamp_whose_bad_connection_flaps_is_not_turned_off_for_it(home: Home) -> None:
    lamp = Light("lamp", brightness=200, color_temp_kelvin=4000, flaps_after=1)
    await home.add_bedroom(lamp)
    await home.call("start")
    await half_a_minute_passes(home)
    await home.after(minutes=5)

    assert lamp.actions == ["turn_on"]
    assert home.value("light.lamp", "brightness") == 13


@pytest.mark.parametrize("dims", [True, False])
async def test_a_late_poll_of_a_lamp_that_we_turned_off_does_not_turn_it_on(home: Home, dims: bool) -> None:  # noqa: FBT001
    lamp = Light("lamp", brightness=200, color_temp_kelvin=4000, stale_report_after=2)
    await home.add_bedroom(lamp, lights_off_after=10, dim_night_lights=dims)
    await home.call("start")
    await half_a_minute_passes(home)
    await home.after(minutes=9, seconds=40)
    await half_a_minute_passes(home)
    await home.after(minutes=5)

    assert lamp.actions == ["turn_on", "turn_off"]
    assert home.value("light.lamp") == "off"


async def test_a_lamp_that_flaps_at_each_step_of_the_fade_gets_one_a_minute(home: Home) -> None:
    lamp = Light("lamp", brightness=200, color_temp_kelvin=4000, flaps_after=20)
    await home.add_bedroom(lamp)
    await home.call("start", wind_down=20)
    for _ in range(38):
        await half_a_minute_passes(home)

    sent_at = [each.received_at for each in lamp.command_log]
    assert len(sent_at) > 10
    assert all(later - earlier >= timedelta(seconds=59) for earlier, later in pairwise(sent_at))
