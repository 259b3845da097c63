"""Devices that are late, coarse, slow or hung are not taken for people; people are not taken for devices."""

from datetime import timedelta

import pytest

from custom_components.rls_bedtime.bedtime.command import Outcome
from custom_components.rls_bedtime.bedtime.session_state import Phase

from ..common.bedroom import Bedroom
from .conftest import SessionHome
from .test_wind_down import AUTOMATIC, Person, phase


@pytest.mark.parametrize("seconds", [0, 2, 25, 45])
async def test_a_coarse_bulb_is_ours_after_a_restart_at_any_moment(
    nights: SessionHome, bedroom: Bedroom, seconds: int
) -> None:
    bedroom.lamp.rounding = {"brightness": 25}
    session = await nights.session()
    await session.async_start()
    await nights.after(seconds=seconds)
    session = await nights.restart_session(session)

    assert "light.lamp" not in {each for each, out in session.outcomes.items() if out is Outcome.RELEASED}
    await nights.after(hours=1)
    await session.async_stop()
    assert bedroom.lamp.brightness == 200


async def test_a_coarse_bulb_is_ours_after_a_restart_within_a_fade(nights: SessionHome, bedroom: Bedroom) -> None:
    bedroom.lamp.rounding = {"brightness": 40}
    session = await nights.session(**AUTOMATIC)
    await nights.jump("21:45")
    for _ in range(30):
        await nights.after(minutes=1)
    session = await nights.restart_session(session, **AUTOMATIC)
    assert session.managed["light.lamp"].released == frozenset()
    await nights.jump("2026-11-24 07:00")

    assert bedroom.lamp.brightness == 200


async def test_a_coarse_bulb_that_drops_out_is_ours_when_it_returns(nights: SessionHome, bedroom: Bedroom) -> None:
    bedroom.lamp.rounding = {"brightness": 25}
    session = await nights.session()
    await session.async_start()
    bedroom.lamp.change_locally(available=False)
    await nights.after(seconds=5)
    bedroom.lamp.change_locally(available=True)
    await nights.after(seconds=5)

    assert session.managed["light.lamp"].released == frozenset()
    await nights.after(hours=1)
    await session.async_stop()
    assert bedroom.lamp.brightness == 200


async def test_a_restore_under_way_does_not_land_in_a_new_night(nights: SessionHome, bedroom: Bedroom) -> None:
    session = await nights.session()
    await session.async_start()
    await nights.after(minutes=1)
    bedroom.lamp.holds_reports = True
    await session.async_stop()
    bedroom.lamp.holds_reports = False
    await session.async_start()
    bedroom.lamp._unreported = {"brightness": 200}  # noqa: SLF001 - what it was told by the restore
    bedroom.lamp.report()
    await nights.after(seconds=25)

    assert session.managed["light.lamp"].released == frozenset()
    assert bedroom.lamp.brightness == 13
    await nights.after(minutes=1)
    await session.async_stop()
    assert bedroom.lamp.brightness == 200


@pytest.mark.parametrize("returns", [True, False])
async def test_a_stale_poll_is_no_person_but_what_stays_is(
    nights: SessionHome, bedroom: Bedroom, *, returns: bool
) -> None:
    session = await nights.session()
    await session.async_start()
    await nights.after(seconds=3)
    bedroom.lamp.change_locally(brightness=200, color_temp_kelvin=4000)
    await nights.after(seconds=3)
    if returns:
        bedroom.lamp.change_locally(brightness=13, color_temp_kelvin=2200)
    await nights.after(seconds=20)
    told = len(bedroom.lamp.actions)
    await nights.after(minutes=5)

    assert (session.outcomes["light.lamp"] is Outcome.RELEASED) is not returns
    assert bedroom.lamp.brightness == (13 if returns else 200)
    assert len(bedroom.lamp.actions) == told == 1
    await session.async_stop()
    assert bedroom.lamp.brightness == 200


async def test_what_a_person_sets_at_the_wall_is_theirs_at_once(nights: SessionHome, bedroom: Bedroom) -> None:
    session = await nights.session()
    await session.async_start()
    bedroom.lamp.change_locally(brightness=230)
    await nights.after(seconds=0)

    assert session.outcomes["light.lamp"] is Outcome.RELEASED
    await session.async_stop()
    assert bedroom.lamp.brightness == 230


@pytest.mark.parametrize("levels", [(3, 80, 200), (None, 200), (13, 200), (200,)])
async def test_a_light_that_ramps_up_when_it_is_turned_on_at_night_is_dimmed(
    nights: SessionHome, bedroom: Bedroom, levels: tuple[int | None, ...]
) -> None:
    bedroom.lamp.change_locally(is_on=False)
    session = await nights.session()
    await session.async_start()
    await nights.after(minutes=5)
    bedroom.lamp.change_locally(is_on=True, brightness=levels[0])
    await nights.after(seconds=1)
    for level in levels[1:]:
        bedroom.lamp.change_locally(brightness=level)
        await nights.after(seconds=1)

    assert bedroom.lamp.brightness == 13
    assert session.managed["light.lamp"].original.brightness == 200
    await nights.after(minutes=1)
    bedroom.lamp.change_locally(brightness=150)
    await nights.after(minutes=1)
    assert bedroom.lamp.brightness == 150


async def test_a_colour_that_is_asked_for_at_night_stays_and_the_level_is_dimmed(
    nights: SessionHome, bedroom: Bedroom, person: Person
) -> None:
    bedroom.lamp.change_locally(is_on=False)
    session = await nights.session()
    await session.async_start()
    await nights.after(minutes=5)
    await person("light.turn_on", "light.lamp", color_temp_kelvin=5000)

    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (13, 5000)
    await nights.after(hours=1)
    await session.async_stop()
    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (200, 5000)


async def test_a_colour_that_a_person_changes_is_theirs_and_the_level_stays_ours(
    nights: SessionHome, bedroom: Bedroom, person: Person
) -> None:
    session = await nights.session()
    await session.async_start()
    await nights.after(minutes=20)
    await person("light.turn_on", "light.lamp", color_temp_kelvin=5000)

    assert session.outcomes["light.lamp"] is Outcome.RELEASED
    await session.async_stop()
    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (200, 5000)


async def test_a_level_that_a_person_changes_makes_the_light_theirs(
    nights: SessionHome, bedroom: Bedroom, person: Person
) -> None:
    session = await nights.session()
    await session.async_start()
    await nights.after(minutes=20)
    await person("light.turn_on", "light.lamp", brightness=77)
    told = list(bedroom.lamp.actions)
    await session.async_stop()

    assert bedroom.lamp.actions == told
    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (77, 2200)


async def test_a_brighter_night_level_is_followed_in_the_middle_of_a_night(
    nights: SessionHome, bedroom: Bedroom
) -> None:
    session = await nights.session()
    await session.async_start()
    bedroom.ceiling.change_locally(brightness=5)
    await nights.after(minutes=30)
    await nights.unload_session(session)
    session = await nights.session(light_level=20)

    assert bedroom.lamp.brightness == 51
    assert bedroom.ceiling.brightness == 5
    await session.async_stop()
    assert bedroom.lamp.brightness == 200


async def test_a_smaller_setback_is_followed_in_the_middle_of_a_night(nights: SessionHome, bedroom: Bedroom) -> None:
    session = await nights.session()
    await session.async_start()
    assert bedroom.thermostat.target_temperature == 19
    await nights.after(minutes=30)
    await nights.unload_session(session)
    session = await nights.session(temperature_setback=1)

    assert bedroom.thermostat.target_temperature == 20
    await session.async_stop()
    assert bedroom.thermostat.target_temperature == 21


async def test_more_time_does_not_brighten_the_lights_again(nights: SessionHome, bedroom: Bedroom) -> None:
    session = await nights.session(**AUTOMATIC)
    await nights.jump("21:45")
    for _ in range(40):
        await nights.after(minutes=1)
    dimmed = bedroom.lamp.brightness
    await session.async_extend(timedelta(minutes=30))
    await nights.after(minutes=1)

    assert phase(session) is Phase.WIND_DOWN
    assert bedroom.lamp.brightness == dimmed
