"""Devices that report late, in steps, in other terms or once more what was before are not mistaken for people."""

from typing import Any

from homeassistant.components.climate import ClimateEntityFeature
from homeassistant.components.cover import CoverEntityFeature
from homeassistant.components.light import ColorMode, LightEntityFeature
from homeassistant.components.media_player import MediaPlayerEntityFeature
import pytest

from ..common.devices import Cover, Light, Player, Thermostat
from ..common.home import Home

PROBLEM = "binary_sensor.bedroom_problem"
POSITION = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE | CoverEntityFeature.SET_POSITION


def lamp(**attributes: Any) -> Light:
    return Light("lamp", ColorMode.BRIGHTNESS, **{"brightness": 200, **attributes})


def white_lamp(**attributes: Any) -> Light:
    return Light(
        "lamp",
        ColorMode.COLOR_TEMP,
        ColorMode.HS,
        ColorMode.XY,
        **{"brightness": 200, "color_temp_kelvin": 4000, **attributes},
    )


async def seconds_pass(home: Home, seconds: int, step: float = 1) -> None:
    for _ in range(round(seconds / step)):
        await home.after(seconds=step)


async def get_up(home: Home) -> None:
    """Let the night end, and devices settle."""
    await home.jump("2026-11-24 07:00-08:00")
    await seconds_pass(home, 30)
    await seconds_pass(home, 180, 5)


def released(home: Home) -> Any:
    return home.value(PROBLEM, "released")


RAMPS = [((1, 0.25), (2, 0.5)), ((2, 0.3), (6, 0.6), (10, 0.9)), ((0.5, 0.9), (1.5, 0.2)), ((4, 0.1), (12, 0.5))]


@pytest.mark.parametrize("ramp", RAMPS)
async def test_a_bulb_that_reports_its_target_and_then_the_way_there_is_not_released(
    home: Home, ramp: tuple[tuple[float, float], ...]
) -> None:
    """zigbee2mqtt issue 3949 (B3)."""
    light = lamp(ramp=ramp, reports_target_first=True)
    await home.add_bedroom(light)
    await home.call("start")
    await seconds_pass(home, 30, 0.5)
    assert (light.brightness, released(home), home.value(PROBLEM)) == (13, [], "off")
    await home.after(hours=3)
    await get_up(home)
    assert light.brightness == 200
    assert len(light.received) == 2


@pytest.mark.parametrize("ramp", RAMPS)
async def test_a_bulb_that_reports_the_way_of_each_step_fades_to_the_end(
    home: Home, ramp: tuple[tuple[float, float], ...]
) -> None:
    """A variant of B3: during the fade, and then stopped, which sends it back on its way."""
    light = lamp(ramp=ramp, reports_target_first=True)
    await home.add_bedroom(light)
    await home.call("start", wind_down=5)
    await seconds_pass(home, 330, 0.5)
    assert (light.brightness, released(home)) == (13, [])
    await home.call("stop")
    await seconds_pass(home, 60, 0.5)
    assert light.brightness == 200
    await home.call("start")
    await seconds_pass(home, 60, 0.5)
    assert (light.brightness, released(home)) == (13, [])


async def test_a_bulb_that_reports_the_way_is_still_a_persons_when_it_is_dimmed_by_hand(home: Home) -> None:
    """The other side of B3: what persists once a device has settled is somebody's doing."""
    light = lamp(ramp=((1, 0.25), (2, 0.5)), reports_target_first=True)
    await home.add_bedroom(light)
    await home.call("start")
    await seconds_pass(home, 30)
    light.change_locally(brightness=120)
    await home.settle()
    assert released(home) == ["light.lamp"]
    await get_up(home)
    assert light.brightness == 120


@pytest.mark.parametrize("seconds", [5, 20, 45])
async def test_a_thermostat_that_reports_its_target_and_then_the_way_there_is_not_released(
    home: Home, seconds: int
) -> None:
    """A variant of B3 on a thermostat that counts down in steps."""
    thermostat = Thermostat(
        "stove", target_temperature=22.0, ramp=((seconds, 0.25), (2 * seconds, 0.5)), reports_target_first=True
    )
    await home.add_bedroom(thermostat)
    await home.call("start")
    await seconds_pass(home, 3 * seconds)
    await home.after(hours=1)
    assert (thermostat.target_temperature, released(home), home.value(PROBLEM)) == (20, [], "off")
    await get_up(home)
    await seconds_pass(home, 3 * seconds)
    assert thermostat.target_temperature == 22


async def test_a_speaker_that_reports_its_target_and_then_the_way_there_is_not_released(home: Home) -> None:
    """A variant of B3 on a speaker that fades out."""
    player = Player(
        "speaker",
        MediaPlayerEntityFeature.VOLUME_SET,
        volume_level=0.5,
        ramp=((1, 0.25), (3, 0.6)),
        reports_target_first=True,
    )
    await home.add_bedroom(player, screens_action="mute")
    await home.call("start")
    await seconds_pass(home, 30)
    assert (player.volume_level, released(home)) == (0, [])
    await get_up(home)
    assert player.volume_level == 0.5


async def test_a_cover_that_reports_its_target_and_then_the_way_there_is_not_released(home: Home) -> None:
    """A variant of B3 on a blind that reports positions, and no movement."""
    cover = Cover(
        "blind",
        supported_features=POSITION,
        current_cover_position=80,
        ramp=((5, 0.25), (15, 0.7)),
        reports_target_first=True,
    )
    await home.add_bedroom(cover)
    await home.call("start")
    await seconds_pass(home, 30)
    assert (cover.current_cover_position, released(home), home.value(PROBLEM)) == (0, [], "off")
    await home.after(hours=1)
    await get_up(home)
    assert cover.current_cover_position == 80
    assert cover.actions == ["close_cover", "set_cover_position"]


PRESETS: dict[str, Any] = {
    "supported_features": ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.PRESET_MODE,
    "preset_modes": ["home", "sleep", "away"],
    "preset_mode": "home",
    "target_temperature": 21.0,
    "preset_setpoints": {"sleep": 17.0, "home": 21.0, "away": 15.0},
}


@pytest.mark.parametrize("delay", [0, 3, 30, 60, 300])
async def test_the_setpoint_of_a_preset_may_be_reported_minutes_later(home: Home, delay: int) -> None:
    """Infinitude issue 51, core issue 67151, zoned-heating issue 18 (B5)."""
    thermostat = Thermostat("stove", **PRESETS, preset_setpoint_delay=delay)
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(seconds=max(delay, 1))
    await home.after(hours=1)
    assert (thermostat.preset_mode, released(home), home.value(PROBLEM)) == ("sleep", [], "off")
    await get_up(home)
    await home.after(seconds=max(delay, 1))
    await home.after(minutes=20)
    assert (thermostat.preset_mode, thermostat.target_temperature) == ("home", 21)
    assert thermostat.actions == ["set_preset_mode", "set_preset_mode"]


@pytest.mark.parametrize("delay", [30, 60, 300])
async def test_an_undo_restores_a_preset_whose_setpoint_is_not_reported_yet(home: Home, delay: int) -> None:
    """A variant of B5: stopped before, and again just after the report."""
    thermostat = Thermostat("stove", **PRESETS, preset_setpoint_delay=delay)
    await home.add_bedroom(thermostat)
    await home.call("start")
    await home.after(seconds=10)
    await home.call("stop")
    await home.after(seconds=delay - 10)
    await home.after(seconds=10)
    await home.after(minutes=20)
    assert (thermostat.preset_mode, thermostat.target_temperature) == ("home", 21)
    await home.call("start")
    await home.after(seconds=delay)
    await home.after(seconds=5)
    await home.call("stop")
    await home.after(minutes=20)
    assert (thermostat.preset_mode, thermostat.target_temperature, released(home)) == ("home", 21, [])


@pytest.mark.parametrize("delay", [20, 45, 120])
async def test_a_cloud_thermostat_may_report_the_old_setpoint_once_more(home: Home, delay: int) -> None:
    """Core issue 88417 (B6)."""
    thermostat = Thermostat("stove", target_temperature=21.0, stale_report_after=delay)
    await home.add_bedroom(thermostat)
    await home.call("start")
    await seconds_pass(home, delay + 5)
    await home.after(hours=1)
    assert (thermostat.target_temperature, released(home), home.value(PROBLEM)) == (19, [], "off")
    await get_up(home)
    await seconds_pass(home, delay + 5)
    await home.after(hours=1)
    assert thermostat.target_temperature == 21
    assert [data["temperature"] for _, data in thermostat.received] == [19, 21]


@pytest.mark.parametrize("delay", [2, 10])
async def test_a_lamp_may_report_its_old_level_once_more(home: Home, delay: int) -> None:
    """A variant of B6 on a lamp that is polled through a cloud."""
    light = lamp(stale_report_after=delay)
    await home.add_bedroom(light)
    await home.call("start")
    await seconds_pass(home, delay + 30)
    assert (light.brightness, released(home)) == (13, [])
    await get_up(home)
    assert light.brightness == 200


@pytest.mark.parametrize("delay", [5, 45])
async def test_a_player_may_report_that_it_plays_once_more(home: Home, delay: int) -> None:
    """A variant of B6 on a television: no second command, and nobody turned it on."""
    player = Player("tv", MediaPlayerEntityFeature.TURN_OFF, stale_report_after=delay)
    await home.add_bedroom(player)
    await home.call("start")
    await seconds_pass(home, delay + 5)
    await home.after(hours=1)
    assert (home.value("media_player.tv"), released(home), home.value(PROBLEM)) == ("off", [], "off")
    assert player.actions == ["turn_off"]


@pytest.mark.parametrize("delay", [5, 45])
async def test_a_cover_may_report_its_old_position_once_more(home: Home, delay: int) -> None:
    """A variant of B6 on a cover."""
    cover = Cover("blind", supported_features=POSITION, current_cover_position=100, stale_report_after=delay)
    await home.add_bedroom(cover)
    await home.call("start")
    await seconds_pass(home, delay + 5)
    await home.after(hours=1)
    assert (cover.current_cover_position, released(home), home.value(PROBLEM)) == (0, [], "off")
    await get_up(home)
    await seconds_pass(home, delay + 5)
    await home.after(hours=1)
    assert cover.current_cover_position == 100
    assert cover.actions == ["close_cover", "set_cover_position"]


@pytest.mark.parametrize("mode", [ColorMode.HS, ColorMode.XY])
@pytest.mark.parametrize("delay", [1, 3, 25])
async def test_a_color_temperature_may_be_reported_as_a_color_that_looks_the_same(
    home: Home, mode: ColorMode, delay: int
) -> None:
    """adaptive-lighting issue 449, deCONZ issue 1861 (B11)."""
    light = white_lamp(reports_color_temp_as=mode, color_report_delay=delay)
    await home.add_bedroom(light)
    await home.call("start")
    await seconds_pass(home, 40)
    assert (light.brightness, released(home)) == (13, [])
    await home.after(hours=1)
    await get_up(home)
    assert (light.brightness, light.received[-1][1]) == (200, {"brightness": 200, "color_temp_kelvin": 4000})


@pytest.mark.parametrize("mode", [ColorMode.HS, ColorMode.XY])
async def test_a_lamp_that_reports_colors_fades_its_color_to_the_end(home: Home, mode: ColorMode) -> None:
    """A variant of B11 during the wind-down."""
    light = white_lamp(reports_color_temp_as=mode)
    await home.add_bedroom(light)
    await home.call("start", wind_down=10)
    await seconds_pass(home, 660, 5)
    assert released(home) == []
    assert [data for _, data in light.received][-1]["color_temp_kelvin"] == 2200
    await get_up(home)
    assert light.received[-1][1] == {"brightness": 200, "color_temp_kelvin": 4000}


async def test_a_lamp_that_a_person_turns_red_keeps_that(home: Home) -> None:
    """The other side of B11: a color that looks otherwise is theirs, the brightness stays ours."""
    light = white_lamp(reports_color_temp_as=ColorMode.HS)
    await home.add_bedroom(light)
    await home.call("start")
    await seconds_pass(home, 40)
    await home.act("light.turn_on", "light.lamp", hs_color=(0, 100))
    assert released(home) == ["light.lamp"]
    await get_up(home)
    assert (light.brightness, light.hs_color) == (200, (0, 100))


@pytest.mark.parametrize("gap", [0.5, 1, 1.5])
async def test_a_lamp_that_reports_off_and_on_within_a_moment_is_not_released(home: Home, gap: float) -> None:
    """Core issue 37929 (B25)."""
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start", wind_down=10)
    await home.after(minutes=2)
    await home.after(minutes=1)
    light.report_briefly(gap, is_on=False)
    await home.after(seconds=gap)
    assert released(home) == []
    for _ in range(10):
        await home.after(minutes=1)
    assert (light.brightness, home.value(PROBLEM)) == (13, "off")
    await get_up(home)
    assert light.brightness == 200


async def test_a_lamp_that_flaps_after_every_step_fades_to_the_end(home: Home) -> None:
    """A variant of B25: its bad connection shows after each command."""
    light = lamp(flaps_after=1)
    await home.add_bedroom(light)
    await home.call("start", wind_down=5)
    await seconds_pass(home, 330, 0.5)
    assert (light.brightness, released(home)) == (13, [])
    await get_up(home)
    assert light.brightness == 200


async def test_a_lamp_that_flaps_to_unavailable_fades_to_the_end(home: Home) -> None:
    """A variant of B25: the connection is lost for a second."""
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start", wind_down=5)
    for _ in range(5):
        await home.after(seconds=59)
        light.become_unavailable()
        await home.after(seconds=1)
        light.become_available()
        await home.settle()
    await home.after(seconds=30)
    assert (light.brightness, released(home), home.value(PROBLEM)) == (13, [], "off")
    await get_up(home)
    assert light.brightness == 200


async def test_a_television_that_flaps_is_told_once(home: Home) -> None:
    """A variant of B25 on a player: off, for a second on, and off."""
    player = Player("tv", MediaPlayerEntityFeature.TURN_OFF)
    await home.add_bedroom(player)
    await home.call("start")
    await home.after(seconds=5)
    player.report_briefly(1, state="on")
    await home.after(seconds=1)
    await home.after(minutes=5)
    assert (home.value("media_player.tv"), player.actions, home.value(PROBLEM)) == ("off", ["turn_off"], "off")


async def test_a_lamp_with_a_long_transition_reports_after_it(home: Home) -> None:
    """A variant of B6: a lamp reports once its own transition of some seconds is over."""
    light = lamp(report_delay=15, supported_features=LightEntityFeature.TRANSITION)
    await home.add_bedroom(light)
    await home.call("start")
    await seconds_pass(home, 40)
    assert (light.brightness, released(home), home.value(PROBLEM)) == (13, [], "off")
    assert len(light.received) == 1


async def test_a_late_off_of_a_session_that_restores_nothing_is_nobodys_doing_in_the_next(home: Home) -> None:
    light = white_lamp(report_delay=8)
    await home.add_bedroom(light, lights_off_after=20, restore="nothing")
    await home.call("start")
    await home.after(minutes=1)
    await home.after(minutes=19)
    assert light.actions[-1] == "turn_off"
    await home.call("stop")
    await home.call("start")
    for _ in range(60):
        await home.after(seconds=1)

    assert home.released == []
    assert home.value("light.lamp") == "off"
    await home.act("light.turn_on", "light.lamp")
    for _ in range(60):
        await home.after(seconds=1)
    assert light.brightness == 13
