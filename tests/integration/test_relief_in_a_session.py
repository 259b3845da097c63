"""A light on the way returns to what the night wants of it, or the day, whatever begins or ends meanwhile."""

from typing import Any

import pytest

from ..common.bedroom import lamp
from ..common.devices import Light
from ..common.home import Home
from ..common.relief import PATH_LEVEL, WALK, crash, hallway, massager


async def add(home: Home, *lights: Light, **options: Any) -> Any:
    """Add a bedroom that manages these lights, which are on the way, too."""
    path = [light.entity_id for light in lights]
    return await home.add_bedroom(*lights, path=path, **options)


async def test_a_light_that_the_night_has_turned_off_is_off_again_and_comes_back_by_day(home: Home) -> None:
    light = lamp()
    await add(home, light, lights_off_after=1, restore="everything")
    await home.turn_on()
    await home.after(minutes=2)
    assert light.is_on is False
    await home.act("switch.turn_on", WALK)
    assert light.brightness == PATH_LEVEL
    await home.after(minutes=10)
    assert (light.is_on, home.released) == (False, [])
    await home.after(minutes=20)
    await home.turn_off()
    assert (light.is_on, light.brightness) == (True, 200)


async def test_a_dimmed_light_is_left_alone(home: Home) -> None:
    light = lamp()
    await add(home, light)
    await home.turn_on()
    sent = len(light.received)
    await home.act("switch.turn_on", WALK)
    await home.after(minutes=10)
    assert (len(light.received), light.brightness) == (sent, 13)


async def test_a_session_that_starts_during_a_walk_does_not_take_the_light_for_the_day(home: Home) -> None:
    light = hallway(brightness=200)
    await add(home, light, restore="everything")
    await home.act("switch.turn_on", WALK)
    await home.turn_on()
    await home.after(minutes=20)
    assert light.is_on is False
    await home.turn_off()
    await home.after(minutes=20)
    assert (light.is_on, home.value(WALK)) == (False, "off")


@pytest.mark.parametrize(("restore", "is_on"), [("everything", True), ("settings", False), ("nothing", False)])
async def test_a_session_that_ends_during_a_walk_gives_back_what_the_day_wants(
    home: Home, restore: str, *, is_on: bool
) -> None:
    light = lamp()
    await add(home, light, lights_off_after=1, restore=restore)
    await home.turn_on()
    await home.after(minutes=30)
    assert light.is_on is False
    await home.act("switch.turn_on", WALK)
    await home.after(minutes=1)
    await home.turn_off()
    await home.after(minutes=1)
    await home.after(minutes=20)
    assert light.is_on is is_on
    if is_on:
        assert light.brightness == 200


async def test_settings_come_back_when_the_light_next_comes_on(home: Home) -> None:
    light = lamp()
    await add(home, light)
    await home.turn_on()
    await home.after(minutes=30)
    await home.act("light.turn_off", "light.lamp")
    await home.act("switch.turn_on", WALK)
    await home.after(minutes=1)
    await home.turn_off()
    await home.after(minutes=20)
    await home.after(minutes=1)
    assert light.is_on is False
    light.change_locally(is_on=True, brightness=13, color_temp_kelvin=2200)
    await home.settle()
    assert light.brightness == 200


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_a_light_that_keeps_the_level_of_the_path_gets_its_own_when_it_next_comes_on(
    home: Home, *, is_restarted: bool
) -> None:
    light = lamp()
    entry = await add(home, light, lights_off_after=1)
    await home.turn_on()
    await home.after(minutes=30)
    await home.act("switch.turn_on", WALK)
    if is_restarted:
        await crash(home, entry)
    await home.after(minutes=20)
    await home.turn_off()
    await home.after(minutes=20)
    assert (light.is_on, light.brightness) == (False, PATH_LEVEL)
    await home.act("light.turn_on", "light.lamp")
    assert light.brightness == 200


async def test_a_light_that_comes_on_by_day_during_a_walk_at_its_own_level_stays_so(home: Home) -> None:
    light = lamp()
    await add(home, light, lights_off_after=1)
    await home.turn_on()
    await home.after(minutes=30)
    await home.turn_off()
    await home.act("switch.turn_on", WALK)
    await home.act("light.turn_on", "light.lamp", brightness=150)
    await home.after(minutes=20)
    assert (light.is_on, light.brightness) == (True, 150)


async def test_a_light_that_somebody_uses_on_the_way_is_released_to_the_session(home: Home) -> None:
    light = hallway()
    await add(home, light)
    await home.turn_on()
    await home.after(minutes=1)
    await home.act("switch.turn_on", WALK)
    assert light.brightness == PATH_LEVEL
    await home.act("light.turn_on", "light.hallway", brightness=150)
    await home.after(minutes=20)
    assert (light.is_on, light.brightness) == (True, 150)


async def test_a_crash_during_a_walk_costs_the_session_nothing(home: Home) -> None:
    light = lamp()
    entry = await add(home, light, lights_off_after=1, restore="everything")
    await home.turn_on()
    await home.after(minutes=30)
    await home.act("switch.turn_on", WALK)
    await crash(home, entry)
    assert (light.is_on, home.released, home.phase) == (False, [], "bedtime")
    await home.turn_off()
    assert light.brightness == 200


async def test_two_bedrooms_share_a_light_and_the_last_to_end_turns_it_off(home: Home) -> None:
    light = hallway()
    await add(home, light)
    await home.configure(name="Other", targets={}, path=["light.hallway"])
    await home.call("start_walk", bedroom="Bedroom")
    await home.after(minutes=5)
    await home.call("start_walk", bedroom="Other")
    await home.after(minutes=5)
    assert (light.is_on, home.value(WALK)) == (True, "off")
    await home.after(minutes=5)
    assert light.is_on is False
    assert light.actions.count("turn_off") == 1


async def test_two_bedrooms_light_the_way_at_two_levels_and_neither_ends_the_walk_of_the_other(home: Home) -> None:
    light = hallway()
    await add(home, light)
    await home.configure(name="Other", targets={}, path=["light.hallway"], path_level=10)
    await home.turn_on()
    await home.after(minutes=20)
    await home.call("start_walk", bedroom="Bedroom", minutes=30)
    await home.after(minutes=1)
    await home.call("start_walk", bedroom="Other", minutes=5)
    await home.after(minutes=10)
    assert (light.is_on, home.value(WALK), home.released) == (True, "on", [])
    await home.after(minutes=20)
    assert (light.is_on, home.value(WALK), home.released) == (False, "off", [])


async def test_a_massager_that_a_session_finds_running_is_not_turned_on_when_that_is_undone(home: Home) -> None:
    plug = massager()
    await home.add_bedroom(plug, relief_devices=["switch.massager"])
    await home.call("start_relief", minutes=5)
    await home.turn_on()
    assert plug.is_on, "its time is not over"
    await home.after(minutes=8)
    assert plug.is_on is False
    await home.turn_off()
    await home.after(minutes=2)
    assert plug.actions == ["turn_on", "turn_off"]
