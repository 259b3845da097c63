"""A restart in any phase resumes the session: no flicker, nothing lost."""

from datetime import timedelta

from homeassistant.components.media_player import MediaPlayerState as State
import pytest

from ..common.bedroom import TELEVISION, Bedroom, devices_of_each_kind, lamp, sent_to
from ..common.devices import Player
from ..common.home import PROBLEM, Home


@pytest.mark.parametrize("when", ["21:45", "22:10", "22:30", "11-24 03:00"])
async def test_a_restart_in_any_phase_sends_nothing(home: Home, when: str) -> None:
    devices = devices_of_each_kind()
    entry = await home.add_bedroom(*devices, automatic=True)
    await home.jump("21:45")
    await home.jump(when)
    phase, sent = home.phase, sent_to(*devices)
    await home.restart(entry, down=timedelta())
    assert (home.phase, sent_to(*devices)) == (phase, sent)
    await home.jump("11-24 07:00")
    light, thermostat, tv, blind = devices
    assert (light.brightness, light.color_temp_kelvin, thermostat.preset_mode) == (200, 4000, "none")
    assert blind.is_closed is False
    assert tv.state == (State.OFF if phase == "bedtime" else State.PLAYING)


async def test_after_a_restart_the_wind_down_continues_at_the_level_of_the_moment(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.jump("22:00")
    await home.restart(entry, down=timedelta(minutes=15))
    assert home.phase == "wind_down"
    assert light.brightness == pytest.approx(200 - 187 * 30 / 45, abs=1)
    assert home.released == []
    await home.jump("22:30")
    assert light.brightness == 13
    await home.jump("11-24 07:00")
    assert light.brightness == 200


async def test_a_bedtime_missed_during_a_restart_is_applied(home: Home) -> None:
    devices = devices_of_each_kind()
    entry = await home.add_bedroom(*devices, automatic=True)
    await home.jump("22:00")
    await home.restart(entry, down=timedelta(minutes=50))
    light, thermostat, tv, blind = devices
    assert (home.phase, light.brightness, thermostat.preset_mode) == ("bedtime", 13, "sleep")
    assert (tv.state, blind.is_closed) == (State.OFF, True)


async def test_an_end_missed_during_a_restart_restores_once(home: Home) -> None:
    devices = devices_of_each_kind()
    entry = await home.add_bedroom(*devices, automatic=True)
    await home.jump("22:40")
    await home.restart(entry, down=timedelta(hours=10))
    light, thermostat, tv, blind = devices
    assert (home.phase, light.brightness, thermostat.preset_mode, tv.state, blind.is_closed) == (
        "off",
        200,
        "none",
        State.OFF,
        False,
    )
    before = sent_to(*devices)
    await home.restart(entry)
    await home.after(minutes=5)
    assert sent_to(*devices) == before


async def test_an_end_missed_during_a_restart_restores_devices_that_return_later(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.jump("22:40")
    await home.restart(entry, down=timedelta(hours=10), meanwhile=light.become_unavailable)
    assert (home.phase, light.brightness) == ("off", 13)
    await home.after(minutes=10)
    light.become_available()
    await home.settle()
    assert light.brightness == 200
    await home.after(minutes=5)
    assert len(light.received) == light.actions.index("turn_on") + len(light.received)
    await home.act("light.turn_on", "light.lamp", brightness=13)
    await home.after(minutes=5)
    assert light.brightness == 13


async def test_a_hub_down_for_a_day_restores_and_starts_the_next_session(home: Home, bedroom: Bedroom) -> None:
    entry = await home.load_bedroom(automatic=True)
    await home.jump("22:31")
    await home.restart(entry, down=timedelta(hours=24))
    assert home.phase == "bedtime"
    await home.after(seconds=20)
    assert bedroom.lamp.brightness == 13
    await home.jump("11-25 07:00")
    assert bedroom.lamp.brightness == 200


async def test_devices_that_become_available_after_the_hub_receive_nothing(home: Home) -> None:
    devices = devices_of_each_kind()
    entry = await home.add_bedroom(*devices, automatic=True)
    await home.jump("22:40")
    before = sent_to(*devices)
    light, thermostat, _tv, blind = devices

    def gone() -> None:
        for each in (light, thermostat, blind):
            each.become_unavailable()

    await home.restart(entry, meanwhile=gone)
    for each in (light, thermostat, blind):
        each.become_available()
    await home.settle()
    await home.after(minutes=2)
    assert sent_to(*devices) == before
    assert home.released == []


async def test_a_change_while_the_hub_was_down_is_released(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.jump("22:30")
    await home.jump("22:40")
    await home.restart(entry, meanwhile=lambda: light.change_locally(brightness=150))
    assert home.released == ["light.lamp"]
    await home.jump("11-24 07:00")
    assert light.brightness == 150


async def test_a_released_device_stays_released_after_a_restart(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.jump("22:40")
    await home.act("light.turn_on", "light.lamp", brightness=80)
    await home.restart(entry)
    assert home.released == ["light.lamp"]
    assert (await home.call("stop"))["entities"] == {"light.lamp": "released"}


async def test_an_early_stop_restores_everything_after_a_restart_too(home: Home) -> None:
    tv = Player("tv", TELEVISION)
    entry = await home.add_bedroom(tv)
    await home.turn_on()
    await home.after(minutes=5)
    await home.restart(entry)
    await home.turn_off()
    assert tv.state == State.PLAYING


async def test_a_light_turned_on_at_night_is_dimmed_once_across_a_restart(home: Home) -> None:
    light = lamp(is_on=False)
    entry = await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    await home.restart(entry)
    await home.act("light.turn_off", "light.lamp")
    light.change_locally(is_on=True, brightness=180)
    await home.settle()
    assert light.brightness == 180


async def test_a_pending_restore_survives_a_restart(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_off", "light.lamp")
    await home.jump("11-24 07:00")
    await home.restart(entry)
    await home.act("light.turn_on", "light.lamp")
    assert light.brightness == 200


@pytest.mark.parametrize("level", [250, 150, 1])
async def test_what_somebody_sets_while_the_hub_is_down_is_not_restored_late(home: Home, level: int) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.jump("22:30")
    await home.after(minutes=1)
    light.become_unavailable()
    await home.jump("11-24 07:00")
    await home.restart(
        entry, meanwhile=lambda: light.become_available(is_on=True, brightness=level, color_temp_kelvin=2200)
    )
    await home.after(minutes=5)
    assert light.brightness == level
    assert light.actions[-1:] == ["turn_on"]


@pytest.mark.parametrize(("level", "is_restored"), [(150, True), (200, True), (250, False)])
async def test_a_hub_that_goes_down_while_it_restores_goes_on_with_it(
    home: Home, level: int, *, is_restored: bool
) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.jump("22:30")
    await home.after(minutes=1)
    light.holds_reports = True
    await home.jump("11-24 07:00")
    light.holds_reports = False
    await home.restart(
        entry, down=timedelta(), meanwhile=lambda: light.change_locally(brightness=level, color_temp_kelvin=4000)
    )
    await home.after(minutes=5)
    assert light.brightness == (200 if is_restored else level)


async def test_a_restart_in_the_morning_starts_no_session(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.jump("22:40")
    await home.jump("11-24 07:00")
    before = len(light.received)
    await home.restart(entry)
    assert (home.phase, len(light.received)) == ("off", before)


@pytest.mark.parametrize(("minutes", "phase"), [(-10, "wind_down"), (30, "bedtime"), (31, "off")])
async def test_a_bedtime_missed_while_the_hub_was_down_is_made_up_for_within_half_an_hour(
    home: Home, bedroom: Bedroom, minutes: int, phase: str
) -> None:
    entry = await home.load_bedroom(automatic=True)
    await home.jump("21:30")
    await home.restart(entry, down=timedelta(minutes=60 + minutes))
    assert home.phase == phase


async def test_a_pending_restore_of_unavailable_devices_survives_a_restart(home: Home, bedroom: Bedroom) -> None:
    entry = await home.load_bedroom(automatic=True)
    await home.jump("22:31")
    bedroom.lamp.become_unavailable()
    bedroom.thermostat.become_unavailable()
    await home.jump("11-24 07:00")
    await home.restart(entry, down=timedelta(minutes=5))
    bedroom.lamp.become_available()
    bedroom.thermostat.become_available()
    await home.settle()
    await home.after(minutes=10)
    assert bedroom.lamp.brightness == 200
    assert bedroom.thermostat.target_temperature == 21
    sent = sent_to(bedroom.lamp, bedroom.thermostat)
    await home.restart(entry)
    await home.after(minutes=10)
    assert sent_to(bedroom.lamp, bedroom.thermostat) == sent


@pytest.mark.parametrize("seconds", [0, 30])
async def test_a_television_unavailable_while_off_can_be_turned_on_after_a_restart(
    home: Home, bedroom: Bedroom, seconds: int
) -> None:
    entry = await home.load_bedroom()
    await home.turn_on()
    bedroom.tv.become_unavailable()
    await home.after(seconds=seconds)
    await home.restart(entry, down=timedelta(minutes=2))
    assert home.value(PROBLEM, "unreachable") == []
    await home.after(minutes=5)
    bedroom.tv.become_available(state="playing")
    await home.after(minutes=5)
    assert bedroom.tv.state == "playing"
    assert home.released == ["media_player.tv"]


async def test_a_paused_player_that_is_played_before_a_restart_is_not_muted(home: Home, bedroom: Bedroom) -> None:
    bedroom.tv.change_locally(state="paused")
    entry = await home.load_bedroom(screens_action="pause")
    await home.turn_on()
    await home.act("media_player.media_play", "media_player.tv")
    await home.restart(entry, down=timedelta())
    assert bedroom.tv.state == "playing"
    assert not bedroom.tv.is_volume_muted
