"""A light that comes on during a session gets the level of the moment, unless a brightness was asked for."""

from typing import Any

from homeassistant.components.light import ColorMode, LightEntityFeature
from homeassistant.core import Context
import pytest

from ..common.devices import Light
from ..common.home import Home

PROBLEM = "binary_sensor.bedroom_problem"


def lamp(name: str = "lamp", **attributes: Any) -> Light:
    return Light(name, ColorMode.BRIGHTNESS, **{"brightness": 200, **attributes})


def released(home: Home) -> Any:
    return home.value(PROBLEM, "released")


async def get_up(home: Home) -> None:
    await home.jump("2026-11-24 07:00-08:00")
    await home.after(minutes=1)


@pytest.mark.parametrize("restart", [False, True])
async def test_a_light_that_was_off_comes_on_with_its_power_at_the_night_level(home: Home, *, restart: bool) -> None:
    """adaptive-lighting issues 33 and 824 (B7)."""
    light = lamp(is_on=False)
    entry = await home.add_bedroom(light)
    await home.call("start")
    await home.after(hours=1)
    light.lose_power()
    await home.after(seconds=20)
    if restart:
        await home.restart(entry)
    light.regain_power()
    await home.after(seconds=30)
    assert (light.brightness, released(home)) == (13, [])


@pytest.mark.parametrize("seconds", [5, 600])
async def test_a_light_that_was_turned_off_at_night_comes_on_with_its_power_at_the_night_level(
    home: Home, seconds: int
) -> None:
    """adaptive-lighting issues 33 and 824 (B7): turned off by a person, and the power returns again and again."""
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(minutes=10)
    await home.act("light.turn_off", "light.lamp")
    for _ in range(3):
        await home.after(seconds=seconds)
        light.lose_power()
        await home.after(seconds=seconds)
        light.regain_power()
        await home.after(seconds=30)
        assert light.brightness == 13
    await get_up(home)
    assert light.brightness == 200


async def test_a_light_that_was_on_comes_back_with_its_power_at_the_night_level(home: Home) -> None:
    """A variant of B7."""
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(minutes=10)
    light.lose_power()
    await home.after(minutes=1)
    light.regain_power()
    await home.after(seconds=30)
    assert (light.brightness, released(home)) == (13, [])
    await get_up(home)
    assert light.brightness == 200


@pytest.mark.parametrize("order", [("hall", "lamp"), ("lamp", "hall")])
async def test_what_a_script_asks_is_remembered_per_light(home: Home, order: tuple[str, str]) -> None:
    """adaptive-lighting issues 89 and 581 (B8)."""
    lights = {"hall": lamp("hall", is_on=False, brightness=255), "lamp": lamp(is_on=False, brightness=255)}
    await home.add_bedroom(*lights.values())
    await home.call("start")
    await home.after(hours=1)
    script = Context(user_id=home.user.id)
    for name in order:
        asked = {"brightness": 102} if name == "hall" else {}
        await home.act("light.turn_on", f"light.{name}", by=script, **asked)
    await home.after(seconds=30)
    assert (lights["hall"].brightness, lights["lamp"].brightness) == (102, 13)


async def test_what_a_script_asks_of_a_group_is_asked_of_its_members(home: Home) -> None:
    """A variant of B8: by way of a group, in one context with a lamp of which nothing is asked."""
    one, two = lamp("one", is_on=False), lamp("two", is_on=False)
    await home.add_devices(one, two)
    await home.add_group("light", "all", "light.one")
    await home.configure(targets={"lights": {"entity_id": ["light.one", "light.two"]}})
    await home.call("start")
    await home.after(hours=1)
    script = Context(user_id=home.user.id)
    await home.act("light.turn_on", "light.all", by=script, brightness_pct=40)
    await home.act("light.turn_on", "light.two", by=script)
    await home.after(seconds=30)
    assert (one.brightness, two.brightness) == (102, 13)


@pytest.mark.parametrize("same_context", [True, False])
async def test_a_brightness_that_is_asked_a_moment_later_counts(home: Home, *, same_context: bool) -> None:
    """adaptive-lighting issues 54 and 237 (B9)."""
    light = lamp(is_on=False)
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(hours=1)
    first = Context(user_id=home.user.id)
    second = first if same_context else Context(user_id=home.user.id)
    for context, data in ((first, {}), (second, {"brightness": 150})):
        await home.hass.services.async_call(
            "light", "turn_on", {"entity_id": "light.lamp"} | data, blocking=True, context=context
        )
    await home.settle()
    await home.after(seconds=30)
    assert light.brightness == 150
    await get_up(home)
    assert light.brightness == 150


@pytest.mark.parametrize("report_delay", [0.3, 2])
async def test_a_brightness_that_is_asked_while_the_night_level_is_on_its_way_counts(
    home: Home, report_delay: float
) -> None:
    """A variant of B9 on a lamp that reports late."""
    light = lamp(is_on=False, report_delay=report_delay)
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    await home.after(seconds=report_delay)
    await home.act("light.turn_on", "light.lamp", brightness=150)
    await home.after(seconds=report_delay)
    await home.after(seconds=30)
    assert light.brightness == 150


@pytest.mark.parametrize("transition", [20, 90])
async def test_a_light_that_is_turned_off_with_a_transition_during_the_fade_is_left_alone(
    home: Home, transition: int
) -> None:
    """adaptive-lighting issue 201 (B10)."""
    light = lamp(supported_features=LightEntityFeature.TRANSITION, reports_after_transition=True)
    await home.add_bedroom(light)
    await home.call("start", wind_down=10)
    await home.after(minutes=2)
    await home.after(seconds=55)
    sent = len(light.received)
    await home.act("light.turn_off", "light.lamp", transition=transition)
    for _ in range(30):
        await home.after(seconds=10)
    assert light.is_on is False
    assert light.actions[sent:] == ["turn_off"]


async def test_a_light_that_is_dimmed_with_a_transition_during_the_fade_is_left_alone(home: Home) -> None:
    """A variant of B10: dimmed up, by an automation."""
    light = lamp(supported_features=LightEntityFeature.TRANSITION, reports_after_transition=True)
    await home.add_bedroom(light)
    await home.call("start", wind_down=10)
    await home.after(minutes=2)
    await home.after(seconds=55)
    sent = len(light.received)
    await home.act("light.turn_on", "light.lamp", by=home.automation(), brightness=250, transition=90)
    for _ in range(20):
        await home.after(seconds=30)
    assert (light.brightness, len(light.received) - sent) == (250, 1)


@pytest.mark.parametrize("times", [3, 6])
async def test_a_motion_automation_gets_the_night_level_each_time(home: Home, times: int) -> None:
    """adaptive-lighting issue 818 (B24)."""
    light = lamp(is_on=False, brightness=255)
    await home.add_bedroom(light)
    await home.call("start")
    for _ in range(times):
        await home.after(minutes=40)
        await home.act("light.turn_on", "light.lamp", by=home.automation())
        light.change_locally(brightness=255)
        await home.after(seconds=10)
        assert light.brightness == 13
        await home.act("light.turn_off", "light.lamp", by=home.automation())
        light._attr_brightness = 255  # noqa: SLF001 - it comes on at full brightness


async def test_a_persons_second_time_is_theirs(home: Home) -> None:
    """adaptive-lighting issue 818 (B24): who turns it off and on again wants it brighter."""
    light = lamp(is_on=False, brightness=255)
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    await home.after(seconds=30)
    assert light.brightness == 13
    await home.act("light.turn_off", "light.lamp")
    await home.after(seconds=5)
    light._attr_brightness = 255  # noqa: SLF001 - it comes on at full brightness
    await home.act("light.turn_on", "light.lamp")
    await home.after(seconds=30)
    assert light.brightness == 255


@pytest.mark.parametrize("by_automation", [True, False])
async def test_a_light_that_comes_on_during_the_wind_down_joins_the_fade(home: Home, *, by_automation: bool) -> None:
    """B26."""
    light = lamp(is_on=False)
    await home.add_bedroom(light)
    await home.call("start", wind_down=10)
    for _ in range(4):
        await home.after(minutes=1)
    await home.act("light.turn_on", "light.lamp", by=home.automation() if by_automation else None)
    await home.after(seconds=10)
    assert 13 < home.value("light.lamp", "brightness") < 200
    for _ in range(7):
        await home.after(minutes=1)
    assert (light.brightness, home.value(PROBLEM)) == (13, "off")
    await get_up(home)
    assert light.brightness == 200


async def test_a_light_that_is_turned_on_at_the_wall_during_the_wind_down_joins_the_fade(home: Home) -> None:
    """A variant of B26: at the device."""
    light = lamp(is_on=False)
    await home.add_bedroom(light)
    await home.call("start", wind_down=10)
    for _ in range(4):
        await home.after(minutes=1)
    light.change_locally(is_on=True)
    for _ in range(8):
        await home.after(minutes=1)
    assert (light.brightness, home.value(PROBLEM)) == (13, "off")
    await get_up(home)
    assert light.brightness == 200


@pytest.mark.parametrize("wind_down", [0, 45])
async def test_a_light_that_comes_on_with_its_power_stays_bright_without_dim_night_lights(
    home: Home, wind_down: int
) -> None:
    """A variant of B7: lights that come on at night are not wanted dimmed."""
    light = lamp(is_on=False)
    await home.add_bedroom(light, dim_night_lights=False)
    await home.call("start", wind_down=wind_down)
    await home.after(minutes=20)
    light.lose_power()
    await home.after(minutes=1)
    light.regain_power()
    await home.after(minutes=1)
    assert light.brightness == 255
    await get_up(home)
    assert (light.brightness, light.received) == (255, [])


@pytest.mark.parametrize("wind_down", [0, 30])
async def test_a_light_that_is_unknown_for_a_while_was_turned_off_by_nobody(home: Home, wind_down: int) -> None:
    """Its integration was restarted, and does not know yet whether the light is on."""
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start", wind_down=wind_down)
    await home.after(minutes=10)
    light.change_locally(is_on=None)
    await home.after(minutes=40)
    light.change_locally(is_on=True)
    await home.after(minutes=1)
    assert (light.brightness, released(home)) == (13, [])
    await get_up(home)
    assert light.brightness == 200
