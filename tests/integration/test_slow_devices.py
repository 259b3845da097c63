"""Devices that report late, in steps, rounded or only when polled are not mistaken for people."""

from datetime import timedelta
from typing import Any, override

from homeassistant.components.climate import ClimateEntityFeature
from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature as Feature, MediaPlayerState as State
import pytest

from ..common.bedroom import Bedroom, lamp
from ..common.devices import Light, Player, Thermostat
from ..common.home import PROBLEM, Home


class PolledLight(Light):
    """A light that is polled: right after a command, it may still report the state before it."""

    _attr_should_poll = True
    is_stale = False

    def __init__(self, name: str, *modes: ColorMode, **attributes: Any) -> None:
        super().__init__(name, *modes, **attributes)
        self.real: dict[str, Any] = {}

    @override
    def _report(self, attributes: dict[str, Any]) -> None:
        self.real |= attributes

    async def async_update(self) -> None:
        if not self.is_stale:
            for key, value in self.real.items():
                setattr(self, f"_attr_{key}", value)


@pytest.mark.parametrize("is_stale", [False, True])
async def test_a_polled_light_fades_and_is_restored(home: Home, *, is_stale: bool) -> None:
    light = PolledLight("lamp", brightness=200, color_temp_kelvin=4000)
    await home.add_bedroom(light, wake_up="22:00:00")
    await home.call("start", wind_down=5)
    for _ in range(5):
        light.is_stale = is_stale
        await home.after(minutes=1)
        light.is_stale = False
        await home.after(seconds=31)
    await home.jump("21:00")
    assert home.released == []
    assert home.value("light.lamp", "brightness") == 13
    await home.jump("11-23 22:00")
    await home.after(minutes=1)
    assert home.value("light.lamp", "brightness") == 200


async def test_a_light_that_reports_in_steps_stays_managed(home: Home, bedroom: Bedroom) -> None:
    bedroom.lamp.holds_reports = True
    await home.load_bedroom()
    await home.turn_on()
    for part in (0.25, 0.6, 0.85, 0.95, 1):
        await home.after(seconds=3)
        bedroom.lamp.report(part)
    await home.after(minutes=2)
    assert home.released == []
    assert (bedroom.lamp.brightness, len(bedroom.lamp.received)) == (13, 1)
    assert home.value(PROBLEM) == "off"
    bedroom.lamp.holds_reports = False
    await home.turn_off()
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == (200, 200)


async def test_a_light_that_reports_each_step_of_the_fade_a_minute_late_stays_managed(
    home: Home, bedroom: Bedroom
) -> None:
    bedroom.lamp.holds_reports = True
    await home.load_bedroom()
    await home.call("start", wind_down=10)
    for _ in range(10):
        await home.after(seconds=58)
        bedroom.lamp.report()
        await home.settle()
        await home.after(seconds=2)
    bedroom.lamp.report()
    await home.after(minutes=1)
    assert home.released == []
    assert bedroom.lamp.brightness == 13


async def test_reports_slightly_off_the_target_release_nothing(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    await home.jump("22:10")
    light.change_locally(brightness=home.value("light.lamp", "brightness") + 2)
    await home.jump("22:30")
    light.change_locally(brightness=14)
    await home.after(minutes=5)
    assert home.released == []


@pytest.mark.parametrize("returns", [True, False])
async def test_an_outdated_report_releases_nothing_unless_it_persists(
    home: Home, bedroom: Bedroom, *, returns: bool
) -> None:
    await home.load_bedroom()
    await home.turn_on()
    await home.after(seconds=3)
    bedroom.lamp.change_locally(brightness=200, color_temp_kelvin=4000)
    await home.after(seconds=3)
    if returns:
        bedroom.lamp.change_locally(brightness=13, color_temp_kelvin=2200)
    await home.after(seconds=20)
    sent = len(bedroom.lamp.actions)
    await home.after(minutes=5)
    assert home.released == ([] if returns else ["light.lamp"])
    assert bedroom.lamp.brightness == (13 if returns else 200)
    assert len(bedroom.lamp.actions) == sent == 1
    await home.turn_off()
    assert bedroom.lamp.brightness == 200


async def test_a_restore_reported_after_the_next_start_does_not_undo_it(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom()
    await home.turn_on()
    await home.after(minutes=1)
    bedroom.lamp.holds_reports = True
    await home.turn_off()
    bedroom.lamp.holds_reports = False
    await home.turn_on()
    bedroom.lamp.report()
    await home.after(seconds=25)
    assert home.released == []
    assert bedroom.lamp.brightness == 13
    await home.after(minutes=1)
    await home.turn_off()
    assert bedroom.lamp.brightness == 200


async def test_a_slow_light_that_is_started_stopped_and_started_keeps_its_own_level(
    home: Home, bedroom: Bedroom
) -> None:
    bedroom.lamp.holds_reports = True
    await home.load_bedroom()
    await home.turn_on()
    await home.after(seconds=2)
    bedroom.lamp.report()
    await home.turn_off()
    await home.turn_on()
    await home.after(seconds=2)
    bedroom.lamp.report()
    await home.after(minutes=1)
    bedroom.lamp.report()
    await home.after(minutes=20)
    await home.turn_off()
    await home.after(seconds=2)
    bedroom.lamp.report()
    await home.after(minutes=1)
    assert bedroom.lamp.brightness == 200


async def test_commands_reported_after_the_end_do_not_prevent_the_restore(home: Home, bedroom: Bedroom) -> None:
    bedroom.lamp.holds_reports = bedroom.blind.holds_reports = True
    await home.load_bedroom()
    await home.turn_on()
    await home.after(seconds=2)
    await home.turn_off()
    for seconds in (1, 20, 20, 20):
        await home.after(seconds=seconds)
        bedroom.lamp.report()
        bedroom.blind.report()
        await home.settle()
    assert bedroom.lamp.brightness == 200
    assert bedroom.blind.current_cover_position == 80


@pytest.mark.parametrize(
    "rounding", [{"brightness": 5, "color_temp_kelvin": 30}, {"brightness": 2.55, "color_temp_kelvin": 1}]
)
async def test_a_light_that_rounds_is_neither_released_nor_corrected(
    home: Home, bedroom: Bedroom, rounding: dict[str, float]
) -> None:
    bedroom.lamp.rounding = rounding
    await home.load_bedroom(automatic=True)
    await home.jump("21:45")
    await home.at("22:31")
    assert home.released == []
    assert bedroom.lamp.brightness == pytest.approx(13, abs=2)
    sent = len(bedroom.lamp.actions)
    assert sent <= 45
    await home.after(minutes=5)
    await home.jump("11-24 06:59")
    assert len(bedroom.lamp.actions) == sent
    await home.jump("11-24 07:00")
    assert bedroom.lamp.brightness == pytest.approx(200, abs=2)


async def test_a_light_that_comes_only_close_to_its_target_is_done(home: Home, bedroom: Bedroom) -> None:
    bedroom.lamp.rounding = {"brightness": 25}
    await home.load_bedroom()
    await home.turn_on()
    await home.after(seconds=20)
    await home.after(seconds=20)
    assert bedroom.lamp.brightness == 25
    assert home.value(PROBLEM) == "off"
    assert home.released == []
    await home.turn_off()
    assert bedroom.lamp.brightness == 200


@pytest.mark.parametrize("seconds", [0, 2, 25, 45])
async def test_a_light_that_rounds_is_not_released_by_a_restart(home: Home, bedroom: Bedroom, seconds: int) -> None:
    bedroom.lamp.rounding = {"brightness": 25}
    entry = await home.load_bedroom()
    await home.turn_on()
    await home.after(seconds=seconds)
    await home.restart(entry, down=timedelta())
    assert home.released == []
    await home.after(hours=1)
    await home.turn_off()
    assert bedroom.lamp.brightness == 200


async def test_a_light_that_rounds_is_not_released_by_a_restart_within_the_fade(home: Home, bedroom: Bedroom) -> None:
    bedroom.lamp.rounding = {"brightness": 40}
    entry = await home.load_bedroom(automatic=True)
    await home.jump("21:45")
    await home.at("22:15")
    await home.restart(entry, down=timedelta())
    assert home.released == []
    await home.jump("11-24 07:00")
    assert bedroom.lamp.brightness == 200


async def test_a_light_that_rounds_is_not_released_by_a_drop_out(home: Home, bedroom: Bedroom) -> None:
    bedroom.lamp.rounding = {"brightness": 25}
    await home.load_bedroom()
    await home.turn_on()
    bedroom.lamp.become_unavailable()
    await home.after(seconds=5)
    bedroom.lamp.become_available()
    await home.after(seconds=5)
    assert home.released == []
    await home.after(hours=1)
    await home.turn_off()
    assert bedroom.lamp.brightness == 200


async def test_a_setpoint_reported_after_its_preset_releases_nothing(home: Home) -> None:
    thermostat = Thermostat(
        "thermostat",
        target_temperature=21.0,
        preset_mode="comfort",
        preset_modes=["comfort", "sleep"],
        supported_features=ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.PRESET_MODE,
    )
    await home.add_bedroom(thermostat)
    await home.turn_on()
    await home.after(seconds=8)
    thermostat.change_locally(target_temperature=17.0)
    await home.after(minutes=1)
    assert home.released == []
    await home.jump("11-24 07:00")
    assert thermostat.actions == ["set_preset_mode", "set_preset_mode"]
    assert thermostat.preset_mode == "comfort"


@pytest.mark.parametrize("meanwhile", [State.IDLE, State.PLAYING])
async def test_a_television_that_reports_other_states_on_its_way_off_stays_managed(
    home: Home, meanwhile: State
) -> None:
    tv = Player("tv", Feature.TURN_OFF | Feature.TURN_ON)
    await home.add_bedroom(tv)
    await home.turn_on()
    tv.change_locally(state=meanwhile)
    await home.after(seconds=3)
    tv.change_locally(state=State.OFF)
    await home.after(minutes=1)
    assert home.released == []
    assert home.value(PROBLEM) == "off"
