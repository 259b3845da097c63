"""Extending postpones bedtime before it, and the end during it."""

from typing import Any

import pytest

from ..common.bedroom import lamp
from ..common.home import ENDS_AT, NEXT_BEDTIME, Home


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [({}, 30), ({"minutes": ""}, 30), ({"minutes": None}, 30), ({"minutes": "45"}, 45), ({"minutes": 45}, 45)],
)
async def test_extending_before_the_wind_down_postpones_all_of_it(
    home: Home, minutes: dict[str, Any], expected: int
) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.call("extend", **minutes)
    assert home.value(NEXT_BEDTIME) == {30: "2026-11-24T07:00:00+00:00", 45: "2026-11-24T07:15:00+00:00"}[expected]
    await home.jump("22:14" if expected == 30 else "22:29")
    assert home.phase == "off"
    await home.jump("22:15" if expected == 30 else "22:30")
    assert home.phase == "wind_down"
    await home.jump("23:00" if expected == 30 else "23:15")
    assert (home.phase, home.value(ENDS_AT)) == ("bedtime", "2026-11-24T15:00:00+00:00")


async def test_extensions_add_up(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.call("extend", minutes=20)
    await home.call("extend", minutes=25)
    assert home.value(NEXT_BEDTIME) == "2026-11-24T07:15:00+00:00"


async def test_extending_during_the_wind_down_postpones_bedtime(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    await home.jump("22:15")
    await home.call("extend")
    assert (home.phase, home.value(NEXT_BEDTIME)) == ("wind_down", "2026-11-24T07:00:00+00:00")
    await home.jump("22:59")
    assert home.phase == "wind_down"
    await home.jump("23:00")
    assert (home.phase, light.brightness) == ("bedtime", 13)


async def test_extending_during_bedtime_postpones_the_end(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.jump("22:31")
    await home.call("extend", minutes="20")
    await home.call("extend", minutes="25")
    assert home.value(ENDS_AT) == "2026-11-24T15:45:00+00:00"
    await home.jump("11-24 07:44")
    assert home.phase == "bedtime"
    await home.jump("11-24 07:45")
    assert home.phase == "off"


async def test_an_extension_is_for_one_night_only(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.call("extend", minutes=60)
    await home.jump("23:30")
    assert home.phase == "bedtime"
    await home.jump("11-24 07:00")
    assert (home.phase, home.value(NEXT_BEDTIME)) == ("off", "2026-11-25T06:30:00+00:00")


async def test_an_extension_survives_a_restart(home: Home) -> None:
    entry = await home.add_bedroom(lamp(), automatic=True)
    await home.call("extend", minutes=60)
    await home.restart(entry)
    assert home.value(NEXT_BEDTIME) == "2026-11-24T07:30:00+00:00"
