"""Groups are resolved to their members, so that each is dimmed and restored by itself."""

from collections.abc import Callable, Iterable
from typing import Any

from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature
import pytest

from ..common.devices import Cover, Light, LightGroup, Player
from ..common.home import Home

PROBLEM = "binary_sensor.bedroom_problem"


def lamp(name: str, **attributes: Any) -> Light:
    return Light(name, ColorMode.BRIGHTNESS, **{"brightness": 200, **attributes})


async def pass_the_night(home: Home) -> None:
    await home.call("start")
    await home.after(hours=1)


async def get_up(home: Home) -> None:
    await home.jump("2026-11-24 07:00-08:00")
    await home.after(minutes=3)


@pytest.mark.parametrize("names_members_as", [set, frozenset, tuple, list])
async def test_the_members_of_a_room_are_managed_one_by_one(
    home: Home, names_members_as: Callable[[Iterable[str]], Any]
) -> None:
    """adaptive-lighting issue 1034 (B1): a Hue room names its members in a set."""
    one, two, three = lamp("one"), lamp("two", is_on=False), lamp("three", brightness=90)
    room = LightGroup("room", ColorMode.BRIGHTNESS, members=[one, two, three], names_members_as=names_members_as)
    await home.add_devices(one, two, three)
    await home.add_bedroom(room)
    await pass_the_night(home)
    assert (one.brightness, two.is_on, three.brightness) == (13, False, 13)
    assert home.value(PROBLEM) == "off"
    await get_up(home)
    assert (one.brightness, two.is_on, three.brightness) == (200, False, 90)
    assert (room.received, two.received) == ([], [])


async def test_a_room_in_a_room_is_resolved_to_the_lights_of_both(home: Home) -> None:
    """A variant of B1: the members of a floor are rooms."""
    one, two = lamp("one"), lamp("two", is_on=False)
    room = LightGroup("room", ColorMode.BRIGHTNESS, members=[one], names_members_as=set)
    floor = LightGroup("floor", ColorMode.BRIGHTNESS, members=[room, two], names_members_as=set)
    await home.add_devices(one, two, room)
    await home.add_bedroom(floor)
    await pass_the_night(home)
    assert (one.brightness, two.is_on) == (13, False)
    await get_up(home)
    assert (one.brightness, two.is_on) == (200, False)
    assert (room.received, floor.received) == ([], [])


async def test_a_speaker_group_named_in_a_set_is_silenced_member_by_member(home: Home) -> None:
    """A variant of B1 on players: one of them is paused."""
    can = MediaPlayerEntityFeature.VOLUME_SET
    one = Player("one", can, volume_level=0.5)
    two = Player("two", can, volume_level=0.3, state="paused")
    group = Player("everywhere", can, members=[one, two], names_members_as=set, volume_level=0.4)
    await home.add_devices(one, two)
    await home.add_bedroom(group, screens_action="mute")
    await pass_the_night(home)
    assert (one.volume_level, two.volume_level) == (0, 0.3)
    await get_up(home)
    assert (one.volume_level, two.volume_level) == (0.5, 0.3)
    assert group.received == []


@pytest.mark.parametrize("minutes_away", [1, 30, 180])
async def test_the_members_of_a_helper_that_return_late_are_managed_one_by_one(home: Home, minutes_away: int) -> None:
    """Core issues 124055 and 77511 (B2): a group of unavailable members does not say who they are."""
    one, two = lamp("one"), lamp("two", is_on=False)
    await home.add_devices(one, two)
    await home.add_group("light", "all", "light.one", "light.two")
    await home.configure(targets={"lights": {"entity_id": ["light.all"]}})
    for light in (one, two):
        light.become_unavailable()
    await home.call("start")
    assert home.value(PROBLEM) == "on"
    await home.after(minutes=minutes_away)
    one.become_available()
    await home.settle()
    two.become_available()
    await home.settle()
    assert (one.brightness, two.is_on) == (13, False)
    assert home.value(PROBLEM) == "off"
    await get_up(home)
    assert (one.brightness, two.is_on, two.received) == (200, False, [])


async def test_a_room_of_a_bridge_that_returns_late_is_resolved_then(home: Home) -> None:
    """A variant of B2: a bridge names the members of a room only while it is there."""
    one, two = lamp("one"), lamp("two", is_on=False)
    room = LightGroup("room", ColorMode.BRIGHTNESS, members=[one, two], names_members_as=set)
    room.names_unavailable_members = False
    await home.add_devices(one, two)
    await home.add_bedroom(room)
    for device in (one, two, room):
        device.become_unavailable()
    await home.call("start")
    await home.after(minutes=20)
    for device in (two, room, one):
        device.become_available()
        await home.settle()
    assert (one.brightness, two.is_on) == (13, False)
    assert home.value(PROBLEM) == "off"
    await get_up(home)
    assert (one.brightness, two.is_on, room.received) == (200, False, [])


@pytest.mark.parametrize("minutes_away", [1, 30, 180])
async def test_the_covers_of_a_helper_that_return_late_are_closed_one_by_one(home: Home, minutes_away: int) -> None:
    """A variant of B2 on covers: one of them was closed already."""
    one, two = Cover("one"), Cover("two", is_closed=True)
    await home.add_devices(one, two)
    await home.add_group("cover", "all", "cover.one", "cover.two")
    await home.configure(targets={"covers": {"entity_id": ["cover.all"]}})
    for cover in (one, two):
        cover.become_unavailable()
    await home.call("start")
    await home.after(minutes=minutes_away)
    for cover in (two, one):
        cover.become_available()
        await home.settle()
    await home.after(minutes=3)
    assert (one.actions, two.actions) == (["close_cover"], [])
    assert home.value(PROBLEM) == "off"
    await get_up(home)
    assert (one.actions, two.actions) == (["close_cover", "open_cover"], [])
