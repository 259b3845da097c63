"""Devices that tell late, in steps, roundly or only when they are asked are not mistaken for people."""

from typing import Any, override

from homeassistant.components.climate import ClimateEntityFeature, HVACMode
from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature as Can, MediaPlayerState as Is
import pytest

from ..common.devices import Cover, Device, Light, Player, Thermostat
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"
RELEASED = ("binary_sensor.bedroom_problem", "released")


class Polled(Light):
    """A lamp that is asked: right after it was told, it may still tell what it was like before."""

    _attr_should_poll = True
    is_stale = False

    def __init__(self, name: str, *modes: ColorMode, **attributes: Any) -> None:
        """Be like this."""
        super().__init__(name, *modes, **attributes)
        self.real: dict[str, Any] = {}

    @override
    def _report(self, attributes: dict[str, Any]) -> None:
        self.real |= attributes

    async def async_update(self) -> None:
        if not self.is_stale:
            for key, value in self.real.items():
                setattr(self, f"_attr_{key}", value)


class Slow(Light):
    """A lamp that does what it is told, and tells it when it gets round to that."""

    later: dict[str, Any]

    @override
    def _report(self, attributes: dict[str, Any]) -> None:
        self.later = attributes

    def tell(self, **attributes: Any) -> None:
        """Tell how it is now."""
        super()._report(self.later | attributes)


class Round(Light):
    """A lamp of percents and mireds."""

    @override
    def _report(self, attributes: dict[str, Any]) -> None:
        if "brightness" in attributes:
            attributes["brightness"] = round(round(attributes["brightness"] / 2.55) * 2.55)
        if "color_temp_kelvin" in attributes:
            attributes["color_temp_kelvin"] = round(1e6 / round(1e6 / attributes["color_temp_kelvin"]))
        super()._report(attributes)


def of(kind: type[Light], **attributes: Any) -> Any:
    return kind("lamp", ColorMode.COLOR_TEMP, **{"brightness": 200, "color_temp_kelvin": 4000, **attributes})


@pytest.mark.parametrize("is_stale", [False, True])
async def test_a_polled_lamp_fades_and_is_given_back(home: Home, *, is_stale: bool) -> None:
    lamp = of(Polled)
    await home.add_bedroom(lamp, wake_up="22:00:00")
    await home.call("start", wind_down=5)
    for _ in range(5):
        lamp.is_stale = is_stale
        await home.after(minutes=1)
        lamp.is_stale = False
        await home.after(seconds=31)
    await home.at("21:00")
    assert home.value(*RELEASED) == []
    assert home.value("light.lamp", "brightness") == 13
    await home.jump("2026-11-23 22:00-08:00")
    await home.after(minutes=1)
    assert home.value("light.lamp", "brightness") == 200


async def test_a_slow_lamp_that_tells_in_steps_is_nobody(home: Home) -> None:
    lamp = of(Slow)
    await home.add_bedroom(lamp, wake_up="22:00:00")
    await home.act("switch.turn_on", SWITCH)
    for level in (150, 90, 40, 20):
        await home.after(seconds=3)
        lamp.tell(brightness=level)
    await home.after(seconds=3)
    lamp.tell()
    await home.after(minutes=2)
    assert home.value(*RELEASED) == []
    assert len(lamp.received) == 1
    assert home.value("binary_sensor.bedroom_problem") == "off"


async def test_a_slow_lamp_that_tells_a_step_late_in_the_fade_is_nobody(home: Home) -> None:
    lamp = of(Slow)
    await home.add_bedroom(lamp)
    await home.call("start", wind_down=10)
    for _ in range(10):
        await home.after(seconds=58)
        if hasattr(lamp, "later"):
            lamp.tell()
            await home.settle()
        await home.after(seconds=2)
    lamp.tell()
    await home.after(minutes=1)
    assert home.value(*RELEASED) == []
    assert lamp.brightness == 13


async def test_a_lamp_of_percents_and_mireds_is_nobody(home: Home) -> None:
    lamp = of(Round, brightness=199, color_temp_kelvin=6500)
    await home.add_bedroom(lamp, wake_up="23:00:00")
    await home.call("start", wind_down=45)
    await home.at("22:00")
    assert home.value(*RELEASED) == []
    assert len(lamp.received) <= 45
    await home.jump("2026-11-23 23:00-08:00")
    assert lamp.brightness == pytest.approx(199, abs=2)
    assert lamp.color_temp_kelvin == pytest.approx(6500, abs=30)


async def test_a_lamp_that_does_not_go_so_warm_is_told_what_it_can(home: Home) -> None:
    lamp = of(Light, min_color_temp_kelvin=2700)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    assert lamp.color_temp_kelvin == 2700


async def test_a_lamp_that_reports_unavailable_in_between_is_nobody(home: Home) -> None:
    lamp = of(Light)
    await home.add_bedroom(lamp, wake_up="22:00:00")
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=5)
    for _ in range(3):
        lamp.become_unavailable()
        await home.after(seconds=5)
        lamp.become_available()
        await home.after(seconds=5)
    assert home.value(*RELEASED) == []
    assert len(lamp.received) == 1
    await home.jump("2026-11-23 22:00-08:00")
    assert lamp.brightness == 200


class SlowStove(Thermostat):
    """A thermostat that tells a preset at once and its setpoint later."""

    @override
    async def async_set_preset_mode(self, preset_mode: str) -> None:
        await super().async_set_preset_mode(preset_mode)


async def test_a_setpoint_that_follows_its_preset_late_is_nobody(home: Home) -> None:
    stove = SlowStove(
        "stove",
        target_temperature=21.0,
        preset_mode="comfort",
        preset_modes=["comfort", "sleep"],
        supported_features=ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.PRESET_MODE,
    )
    await home.add_bedroom(stove)
    await home.act("switch.turn_on", SWITCH)
    await home.after(seconds=8)
    stove.change_locally(target_temperature=17.0)
    await home.after(minutes=1)
    assert home.value(*RELEASED) == []
    await home.jump("2026-11-24 07:00-08:00")
    assert stove.actions == ["set_preset_mode", "set_preset_mode"]
    assert stove.preset_mode == "comfort"


class Moving(Cover):
    """A blind that takes its time."""

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        await self._execute("close_cover", kwargs, is_closing=True)


async def test_a_blind_on_its_way_is_nobody(home: Home) -> None:
    blind = Moving("blind", current_cover_position=80, supported_features=7)
    await home.add_bedroom(blind)
    await home.act("switch.turn_on", SWITCH)
    for position in (60, 40, 20):
        blind.change_locally(current_cover_position=position, is_closing=True, is_closed=False)
        await home.after(seconds=5)
    blind.change_locally(current_cover_position=0, is_closing=False, is_closed=True)
    await home.after(minutes=1)
    assert home.value(*RELEASED) == []
    await home.jump("2026-11-24 07:00-08:00")
    assert blind.current_cover_position == 80


@pytest.mark.parametrize("meanwhile", [Is.IDLE, Is.PLAYING])
async def test_a_television_that_tells_of_its_way_off_is_nobody(home: Home, meanwhile: Is) -> None:
    tv = Player("tv", Can.TURN_OFF | Can.TURN_ON)
    await home.add_bedroom(tv)
    await home.act("switch.turn_on", SWITCH)
    tv.change_locally(state=meanwhile)
    await home.after(seconds=3)
    tv.change_locally(state=Is.OFF)
    await home.after(minutes=1)
    assert home.value(*RELEASED) == []
    assert home.value("binary_sensor.bedroom_problem") == "off"


def told(*devices: Device) -> list[int]:
    return [len(device.received) for device in devices]


async def test_a_double_tap_ends_as_it_began(home: Home) -> None:
    lamp, stove = of(Light), Thermostat("stove", target_temperature=21.0, hvac_mode=HVACMode.HEAT)
    await home.add_bedroom(lamp, stove)
    for action in ("turn_on", "turn_off", "turn_on", "turn_off"):
        await home.hass.services.async_call("switch", action, {"entity_id": SWITCH}, blocking=False)
    await home.hass.async_block_till_done()
    await home.after(minutes=1)
    await home.after(minutes=1)
    assert home.phase == "off"
    assert (lamp.brightness, lamp.color_temp_kelvin, stove.target_temperature) == (200, 4000, 21.0)


async def test_a_slow_lamp_that_is_started_stopped_and_started_keeps_its_own_level(home: Home) -> None:
    lamp = of(Slow)
    await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    await home.after(seconds=2)
    lamp.tell()
    await home.act("switch.turn_off", SWITCH)
    await home.act("switch.turn_on", SWITCH)
    await home.after(seconds=2)
    lamp.tell()
    await home.after(minutes=1)
    if hasattr(lamp, "later"):
        lamp.tell()
    await home.after(minutes=20)
    await home.act("switch.turn_off", SWITCH)
    await home.after(seconds=2)
    lamp.tell()
    await home.after(minutes=1)
    assert lamp.brightness == 200
