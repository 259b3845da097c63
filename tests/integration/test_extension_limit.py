"""However often a session is extended, it ends at the noon after its planned end at the latest."""

import pytest

from ..common.devices import Light
from ..common.home import Home

ENDS_AT, BEDTIME = "sensor.bedroom_ends_at", "sensor.bedroom_next_bedtime"
NOON = "2026-11-24T20:00:00+00:00"


@pytest.mark.parametrize(("minutes", "times"), [(720, 2800), (1, 400), (300, 1)])
async def test_a_session_ends_at_noon_however_often_it_is_extended(home: Home, minutes: int, times: int) -> None:
    """A10: 2,800 extensions of 720 minutes let the night end in 2030."""
    light = Light("lamp", brightness=200)
    await home.add_bedroom(light)
    await home.call("start")
    for _ in range(times):
        await home.hass.services.async_call("rls_bedtime", "extend", {"minutes": minutes}, blocking=True)
    await home.settle()
    assert home.value(ENDS_AT) == NOON
    await home.jump("2026-11-24 11:59-08:00")
    assert home.phase == "bedtime"
    await home.jump("2026-11-24 12:00-08:00")
    await home.after(seconds=30)
    assert (home.phase, light.brightness) == ("off", 200)


@pytest.mark.parametrize("is_automatic", [True, False])
async def test_a_wind_down_that_is_extended_for_ever_ends_at_noon(home: Home, *, is_automatic: bool) -> None:
    """A variant of A10: bedtime comes later, and later."""
    light = Light("lamp", brightness=200)
    await home.add_bedroom(light, automatic=is_automatic)
    if is_automatic:
        await home.at("22:00")
    else:
        await home.call("start", wind_down=45)
    for _ in range(300):
        await home.hass.services.async_call("rls_bedtime", "extend", {"minutes": 720}, blocking=True)
    await home.settle()
    assert home.value(ENDS_AT) == NOON
    await home.jump("2026-11-24 12:00-08:00")
    await home.after(seconds=30)
    assert (home.phase, light.brightness) == ("off", 200)


async def test_a_bedtime_that_is_extended_before_its_session_stays_within_its_night(home: Home) -> None:
    """A variant of A10 with no session on."""
    await home.add_bedroom(Light("lamp", brightness=200), automatic=True)
    for _ in range(100):
        await home.hass.services.async_call("rls_bedtime", "extend", {"minutes": 720}, blocking=True)
    await home.settle()
    assert home.value(BEDTIME) <= NOON


async def test_a_session_whose_bedtime_was_extended_before_it_began_ends_at_noon(home: Home) -> None:
    """A variant of A10 with no session on: the one that begins late is not a session of the next night."""
    light = Light("lamp", brightness=200)
    await home.add_bedroom(light, automatic=True)
    for _ in range(2):
        await home.call("extend", minutes=360)
    await home.jump("2026-11-24 10:31-08:00")
    assert (home.phase, home.value(ENDS_AT)) == ("bedtime", NOON)
    await home.jump("2026-11-24 12:00-08:00")
    await home.after(seconds=30)
    assert (home.phase, light.brightness) == ("off", 200)


async def test_an_extension_after_a_restart_keeps_to_the_limit(home: Home) -> None:
    """A variant of A10: in between, Home Assistant restarts."""
    entry = await home.add_bedroom(Light("lamp", brightness=200))
    await home.call("start")
    for _ in range(5):
        await home.call("extend", minutes=200)
        await home.restart(entry)
    assert home.value(ENDS_AT) == NOON
