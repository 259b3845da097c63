"""A phone that is in Do Not Disturb already is left as it is."""

from typing import Any

from homeassistant.helpers import entity_registry as er
import pytest

from ..common.devices import Light
from ..common.home import Home
from ..common.phones import Phone, add_phone

ENABLE = {"message": "command_dnd", "data": {"command": "priority_only"}}
DISABLE = {"message": "command_dnd", "data": {"command": "off"}}


async def add_pixel(home: Home, mode: str | None, name: str = "Pixel") -> Phone:
    """Add a phone whose Do Not Disturb sensor reports this mode; None for a phone that has no such sensor."""
    phone = await add_phone(home.hass, name, "Android")
    if mode is not None:
        er.async_get(home.hass).async_get_or_create(
            "sensor",
            "mobile_app",
            f"{phone.entry.data['webhook_id']}_dnd_sensor",
            suggested_object_id=f"{name}_do_not_disturb",
            config_entry=phone.entry,
            device_id=phone.device_id,
        )
        report(home, mode, name)
    return phone


def report(home: Home, mode: str, name: str = "Pixel") -> None:
    home.hass.states.async_set(f"sensor.{name.lower()}_do_not_disturb", mode)


async def add_bedroom(home: Home, *phones: Phone, **options: Any) -> Any:
    targets = {"phones": [phone.device_id for phone in phones]}
    if not home.hass.states.async_entity_ids("light"):
        await home.add_devices(Light("lamp", brightness=200))
    return await home.configure(targets={"lights": {"entity_id": ["light.lamp"]}} | targets, **options)


async def get_up(home: Home) -> None:
    await home.jump("2026-11-24 07:00-08:00")
    await home.after(minutes=3)


@pytest.mark.parametrize("mode", ["total_silence", "alarms_only", "priority_only"])
async def test_a_phone_that_says_it_is_silent_is_left_as_it_is(home: Home, mode: str) -> None:
    """Companion app issues 807 and 5334 (B28)."""
    phone = await add_pixel(home, mode)
    await add_bedroom(home, phone)
    await home.call("start")
    await home.after(hours=3)
    await get_up(home)
    assert phone.messages == []


@pytest.mark.parametrize("mode", ["off", "unknown", "unavailable", None])
async def test_a_phone_that_does_not_say_it_is_silent_is_silenced(home: Home, mode: str | None) -> None:
    """The other side of B28: the sensor of the app is disabled by default."""
    phone = await add_pixel(home, mode)
    await add_bedroom(home, phone)
    await home.call("start")
    assert phone.messages == [ENABLE]
    if mode is not None:
        report(home, "priority_only")
    await get_up(home)
    assert phone.messages == [ENABLE, DISABLE]


async def test_a_phone_is_looked_at_when_bedtime_comes(home: Home) -> None:
    """A variant of B28: it is silenced by its owner during the wind-down."""
    phone, other = await add_pixel(home, "off"), await add_pixel(home, "total_silence", "Other")
    await add_bedroom(home, phone, other)
    await home.call("start", wind_down=10)
    await home.after(minutes=5)
    report(home, "total_silence")
    report(home, "off", "Other")
    await home.after(minutes=5)
    await home.settle()
    assert (phone.messages, other.messages) == ([], [ENABLE])
    await get_up(home)
    assert (phone.messages, other.messages) == ([], [ENABLE, DISABLE])


@pytest.mark.parametrize("mode", ["total_silence", "alarms_only"])
async def test_a_phone_that_its_owner_makes_quieter_at_night_is_left_to_them(home: Home, mode: str) -> None:
    """A variant of B28: a person has the last word on a phone, too."""
    phone = await add_pixel(home, "off")
    await add_bedroom(home, phone)
    await home.call("start")
    report(home, "priority_only")
    await home.after(hours=1)
    report(home, mode)
    await get_up(home)
    assert phone.messages == [ENABLE]


async def test_a_phone_that_its_owner_makes_louder_at_night_stays_so(home: Home) -> None:
    """A variant of B28: what was left alone at bedtime is left alone for the night, after a restart, too."""
    phone = await add_pixel(home, "total_silence")
    entry = await add_bedroom(home, phone)
    await home.call("start")
    await home.after(hours=1)
    report(home, "off")
    await home.after(hours=1)
    await home.call("extend", minutes=30)
    await home.restart(entry)
    await home.after(hours=1)
    assert phone.messages == []


async def test_a_phone_of_two_bedrooms_is_brought_back_by_the_last(home: Home) -> None:
    """A variant of B28: the second bedroom finds it in Do Not Disturb, by our own doing."""
    phone = await add_pixel(home, "off")
    first = await add_bedroom(home, phone)
    second = await add_bedroom(home, phone, name="Guests")
    switches = [home.entity_id("switch", entry, "bedtime_mode") for entry in (first, second)]
    await home.act("switch.turn_on", switches[0])
    report(home, "priority_only")
    await home.act("switch.turn_on", switches[1])
    await home.after(minutes=20)
    await home.act("switch.turn_off", switches[0])
    assert DISABLE not in phone.messages
    await home.act("switch.turn_off", switches[1])
    assert phone.messages[-1] == DISABLE
    assert phone.messages.count(DISABLE) == 1
