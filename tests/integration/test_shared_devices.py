"""Two bedrooms that share a device do not fight: the last to end restores it, whatever the storage takes."""

import asyncio
from random import Random
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import Context
import pytest

from ..common.devices import Cover, Device, Light, Player, Thermostat
from ..common.home import Home
from ..common.storage import SlowStorage

pytestmark = pytest.mark.usefixtures("slow_storage")

MUTE = 8


def devices() -> list[Device]:
    return [
        Light("lamp", brightness=200, color_temp_kelvin=4000),
        Thermostat("stove", target_temperature=21.0),
        Player("speaker", MUTE, is_volume_muted=False),
        Cover("blind"),
    ]


def condition(every: list[Device]) -> list[Any]:
    names = ("brightness", "target_temperature", "is_volume_muted", "is_closed")
    return [device.actual(name) for device, name in zip(every, names, strict=True)]


BY_DAY = [200, 21, False, False]
AT_NIGHT = [13, 19, True, True]


async def add_two_bedrooms(home: Home, every: list[Device], **options: Any) -> list[ConfigEntry]:
    await home.add_devices(*every)
    targets = {
        kind: {"entity_id": [device.entity_id]}
        for kind, device in zip(("lights", "climate", "screens", "covers"), every, strict=True)
    }
    return [
        await home.configure(name=name, targets=targets, screens_action="mute", **options) for name in ("One", "Two")
    ]


def switches(home: Home, entries: list[ConfigEntry]) -> list[str]:
    return [home.entity_id("switch", entry, "bedtime_mode") for entry in entries]


async def minutes_pass(home: Home, minutes: int) -> None:
    for _ in range(minutes):
        await home.after(minutes=1)


async def turn(home: Home, action: str, *entity_ids: str) -> None:
    """Turn switches on or off, all in one call."""
    context = Context(user_id=home.user.id)
    await home.hass.services.async_call(
        "switch", f"turn_{action}", {"entity_id": list(entity_ids)}, blocking=True, context=context
    )
    await home.settle()


async def test_two_bedrooms_that_wake_at_the_same_time_restore_what_they_share(home: Home) -> None:
    """A1: both default to seven."""
    every = devices()
    await add_two_bedrooms(home, every, automatic=True)
    await home.at("22:31")
    await minutes_pass(home, 3)
    assert condition(every) == AT_NIGHT
    await home.jump("2026-11-24 07:00-08:00")
    await minutes_pass(home, 15)
    assert condition(every) == BY_DAY


@pytest.mark.parametrize("pause_every", [0, 1, 2, 3])
async def test_two_bedrooms_that_are_ended_in_one_call_restore_what_they_share(
    home: Home, slow_storage: SlowStorage, pause_every: int
) -> None:
    """A1: one `switch.turn_off` for both."""
    every = devices()
    both = switches(home, await add_two_bedrooms(home, every))
    slow_storage.pause_every = pause_every
    for _ in range(2):
        await turn(home, "on", *both)
        await minutes_pass(home, 20)
        assert condition(every) == AT_NIGHT
        await turn(home, "off", *both)
        await minutes_pass(home, 15)
        assert condition(every) == BY_DAY


@pytest.mark.parametrize("turns", [0, 1, 2, 3, 5, 8, 13])
@pytest.mark.parametrize("first", ["start", "end"])
async def test_one_bedroom_starts_while_the_other_ends(
    home: Home, slow_storage: SlowStorage, first: str, turns: int
) -> None:
    """A1, the same kind: what the new session finds is the night level, what it restores is what was before both."""
    every = devices()
    one, two = switches(home, await add_two_bedrooms(home, every))
    slow_storage.turns = turns
    await turn(home, "on", one)
    await minutes_pass(home, 20)
    calls = [("off", one), ("on", two)] if first == "end" else [("on", two), ("off", one)]
    await asyncio.gather(
        *(
            home.hass.services.async_call("switch", f"turn_{action}", {"entity_id": entity_id}, blocking=True)
            for action, entity_id in calls
        )
    )
    await home.settle()
    await minutes_pass(home, 15)
    assert condition(every) == AT_NIGHT
    await turn(home, "off", two)
    await minutes_pass(home, 15)
    assert condition(every) == BY_DAY


@pytest.mark.parametrize("seed", range(12))
async def test_a_storm_of_both_ends_as_it_began(home: Home, slow_storage: SlowStorage, seed: int) -> None:
    """A1: any order of starts and ends of both, at once and with pauses, on storage of any speed."""
    random = Random(seed)  # noqa: S311 - a sequence that can be repeated
    every = devices()
    both = switches(home, await add_two_bedrooms(home, every))
    for _ in range(6):
        slow_storage.turns, slow_storage.pause_every = random.randint(0, 8), random.randint(0, 3)
        calls = [
            home.hass.services.async_call(
                "switch", random.choice(["turn_on", "turn_off"]), {"entity_id": entity_id}, blocking=True
            )
            for entity_id in random.sample(both, random.randint(1, 2))
        ]
        await asyncio.gather(*calls)
        await home.settle()
        if random.random() < 0.5:
            await home.after(seconds=random.randint(1, 120))
    await turn(home, "off", *both)
    await minutes_pass(home, 30)
    assert condition(every) == BY_DAY
