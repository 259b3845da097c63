"""Lights that come on during a session, or only after it."""

from homeassistant.setup import async_setup_component
import pytest

from ..common.bedroom import Bedroom, lamp
from ..common.devices import Light
from ..common.home import Home


async def test_a_light_turned_on_at_night_gets_the_night_level_once(home: Home) -> None:
    light = lamp(is_on=False)
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    assert light.brightness == 13
    await home.act("light.turn_on", "light.lamp", brightness=120)
    assert light.brightness == 120
    await home.act("light.turn_off", "light.lamp")
    await home.act("light.turn_on", "light.lamp")
    assert light.brightness == 120


async def test_a_light_turned_on_at_night_with_a_brightness_keeps_it(home: Home) -> None:
    light = lamp(is_on=False)
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp", brightness_pct=60)
    await home.after(minutes=5)
    assert light.brightness == 153


async def test_a_light_turned_on_at_the_wall_at_night_is_dimmed(home: Home) -> None:
    light = lamp(is_on=False)
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    light.change_locally(is_on=True)
    await home.settle()
    assert light.brightness == 13


async def test_night_lights_stay_bright_without_dim_night_lights(home: Home) -> None:
    light = lamp(is_on=False)
    await home.add_bedroom(light, dim_night_lights=False)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    await home.after(minutes=5)
    assert light.brightness == 200


@pytest.mark.parametrize("action", ["light.toggle", "homeassistant.turn_on", "homeassistant.toggle"])
async def test_every_action_that_turns_a_light_on_at_night_dims_it(home: Home, action: str) -> None:
    assert await async_setup_component(home.hass, "homeassistant", {})
    light = lamp(is_on=False)
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    await home.act(action, "light.lamp")
    assert (light.is_on, light.brightness) == (True, 13)


async def test_a_group_turned_on_at_night_is_dimmed(home: Home) -> None:
    one, two = lamp("one", is_on=False), lamp("two", is_on=False)
    await home.add_devices(one, two)
    await home.add_group("light", "all", "light.one", "light.two")
    await home.configure(targets={"lights": {"entity_id": ["light.all"]}})
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.all")
    assert (one.brightness, two.brightness) == (13, 13)


async def test_a_light_turned_off_and_on_at_night_is_dimmed_once_and_then_released(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_off", "light.lamp")
    light.change_locally(is_on=True, brightness=255)
    await home.settle()
    assert light.brightness == 13
    await home.after(minutes=1)
    light.change_locally(is_on=False)
    await home.settle()
    light.change_locally(is_on=True, brightness=255)
    await home.settle()
    assert light.brightness == 255


@pytest.mark.parametrize("restore", ["settings", "everything"])
async def test_a_light_turned_on_at_night_is_restored_to_its_own_level(home: Home, restore: str) -> None:
    light = lamp(is_on=False)
    await home.add_bedroom(light, restore=restore)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    await home.jump("11-24 07:00")
    assert (light.is_on, light.brightness, light.color_temp_kelvin) == (True, 200, 4000)


async def test_a_light_that_is_off_in_the_morning_is_restored_once_when_it_comes_on(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_off", "light.lamp")
    await home.jump("11-24 07:00")
    assert light.is_on is False
    await home.act("light.turn_on", "light.lamp")
    assert (light.brightness, light.color_temp_kelvin) == (200, 4000)
    await home.act("light.turn_off", "light.lamp")
    sent = len(light.received)
    light.change_locally(is_on=True, brightness=13)
    await home.settle()
    assert len(light.received) == sent


async def test_restoring_settings_turns_no_light_on(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, lights_off_after=5)
    await home.turn_on()
    await home.jump("11-23 20:05")
    await home.jump("11-24 07:00")
    assert light.is_on is False
    await home.act("light.turn_on", "light.lamp")
    assert (light.brightness, light.color_temp_kelvin) == (200, 4000)


@pytest.mark.parametrize("brightness", [77, 13])
async def test_a_light_turned_on_by_day_with_a_brightness_keeps_it(home: Home, brightness: int) -> None:
    light = lamp()
    await home.add_bedroom(light, lights_off_after=5)
    await home.turn_on()
    await home.jump("11-23 20:05")
    await home.jump("11-24 07:00")
    await home.act("light.turn_on", "light.lamp", brightness=brightness)
    await home.after(minutes=5)
    assert light.brightness == brightness
    await home.act("light.turn_off", "light.lamp")
    await home.act("light.turn_on", "light.lamp")
    assert light.brightness == brightness


async def test_a_light_that_comes_on_by_day_at_another_level_keeps_it(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, lights_off_after=5)
    await home.turn_on()
    await home.jump("11-23 20:05")
    await home.jump("11-24 07:00")
    light.change_locally(is_on=True, brightness=77)
    await home.after(minutes=5)
    assert light.brightness == 77


async def test_a_pending_restore_of_a_light_survives_another_session(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(automatic=True)
    await home.jump("22:31")
    await home.act("light.turn_off", "light.lamp")
    await home.jump("11-24 07:00")
    await home.jump("11-24 22:31")
    await home.act("light.turn_on", "light.lamp")
    assert bedroom.lamp.brightness == 13
    await home.jump("11-25 07:00")
    assert bedroom.lamp.brightness == 200


async def test_a_light_that_cannot_be_as_dark_as_the_night_level_is_restored_when_it_comes_on(
    home: Home, bedroom: Bedroom
) -> None:
    bedroom.lamp.rounding = {"brightness": 25}
    await home.load_bedroom(automatic=True)
    await home.jump("22:31")
    await home.act("light.turn_off", "light.lamp")
    await home.jump("11-24 07:00")
    await home.act("light.turn_on", "light.lamp")
    assert bedroom.lamp.brightness == 200


@pytest.mark.parametrize("levels", [(3, 80, 200), (None, 200), (13, 200), (200,)])
async def test_a_light_that_ramps_up_at_night_is_dimmed_and_restored_to_its_full_level(
    home: Home, bedroom: Bedroom, levels: tuple[int | None, ...]
) -> None:
    await ramp_up_at_night(home, bedroom.lamp, levels)
    assert bedroom.lamp.brightness == 13
    await home.after(minutes=20)
    await home.call("stop", restore="settings")
    assert bedroom.lamp.brightness == 200


async def test_a_light_that_ramped_up_at_night_can_be_brightened_afterwards(home: Home, bedroom: Bedroom) -> None:
    await ramp_up_at_night(home, bedroom.lamp, (3, 80, 200))
    assert bedroom.lamp.brightness == 13
    await home.after(minutes=1)
    bedroom.lamp.change_locally(brightness=150)
    await home.after(minutes=1)
    assert bedroom.lamp.brightness == 150


async def ramp_up_at_night(home: Home, light: Light, levels: tuple[int | None, ...]) -> None:
    """Turn a light on at night that reports these levels on its way, one each second."""
    light.change_locally(is_on=False)
    await home.load_bedroom()
    await home.turn_on()
    await home.after(minutes=5)
    light.change_locally(is_on=True, brightness=levels[0])
    await home.after(seconds=1)
    for level in levels[1:]:
        light.change_locally(brightness=level)
        await home.after(seconds=1)


async def test_a_color_requested_at_night_is_kept_while_the_level_is_dimmed(home: Home, bedroom: Bedroom) -> None:
    bedroom.lamp.change_locally(is_on=False)
    await home.load_bedroom()
    await home.turn_on()
    await home.after(minutes=5)
    await home.act("light.turn_on", "light.lamp", color_temp_kelvin=5000)
    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (13, 5000)
    await home.after(hours=1)
    await home.turn_off()
    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (200, 5000)
