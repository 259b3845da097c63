"""What happens while nobody is looking: reloads, disabled bedrooms, restarts, and devices that are away."""

from datetime import timedelta

import pytest

from custom_components.rls_bedtime.bedtime.command import Outcome
from custom_components.rls_bedtime.bedtime.session_state import Phase

from ..common.bedroom import Bedroom
from .conftest import SessionHome
from .test_wind_down import AUTOMATIC, Person, phase


async def test_what_a_person_changes_during_a_reload_is_theirs(nights: SessionHome, bedroom: Bedroom) -> None:
    session = await nights.session()
    await session.async_start()
    await nights.after(minutes=20)
    await nights.unload_session(session)
    bedroom.lamp.change_locally(brightness=90)
    bedroom.thermostat.change_locally(target_temperature=23.0)
    session = await nights.session()

    assert bedroom.lamp.brightness == 90
    assert session.outcomes["light.lamp"] is Outcome.RELEASED
    await session.async_stop()
    assert bedroom.lamp.brightness == 90
    assert bedroom.thermostat.target_temperature == 23


async def test_what_a_person_changes_just_before_a_reload_is_theirs(nights: SessionHome, bedroom: Bedroom) -> None:
    session = await nights.session()
    await session.async_start()
    await nights.after(minutes=20)
    bedroom.lamp.change_locally(brightness=90)
    await nights.unload_session(session)
    session = await nights.session()

    assert session.outcomes["light.lamp"] is Outcome.RELEASED
    assert bedroom.lamp.brightness == 90


async def test_other_options_reach_devices_that_nobody_has_touched(nights: SessionHome, bedroom: Bedroom) -> None:
    session = await nights.session()
    await session.async_start()
    await nights.after(minutes=20)
    bedroom.ceiling.change_locally(brightness=90)
    await nights.unload_session(session)
    session = await nights.session(light_level=2)

    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == (5, 90)


@pytest.mark.parametrize("seconds", [0, 30])
async def test_a_television_out_of_reach_because_it_is_off_may_be_turned_on_after_a_restart(
    nights: SessionHome, bedroom: Bedroom, seconds: int
) -> None:
    session = await nights.session()
    await session.async_start()
    bedroom.tv.change_locally(available=False)
    await nights.after(seconds=seconds)
    session = await nights.restart_session(session, timedelta(minutes=2))
    assert session.outcomes.get("media_player.tv") is not Outcome.UNREACHABLE
    await nights.after(minutes=5)
    bedroom.tv.change_locally(available=True, state="playing")
    await nights.after(minutes=5)

    assert bedroom.tv.state == "playing"
    assert session.outcomes["media_player.tv"] is Outcome.RELEASED


async def test_a_television_that_comes_back_off_is_still_ours(nights: SessionHome, bedroom: Bedroom) -> None:
    session = await nights.session()
    await session.async_start()
    bedroom.tv.change_locally(available=False)
    await nights.after(minutes=1)
    bedroom.tv.change_locally(available=True, state="off")
    await nights.after(minutes=1)

    assert session.outcomes["media_player.tv"] is Outcome.DONE


async def test_a_muted_player_that_someone_turns_off_is_not_mute_the_next_day(
    nights: SessionHome, bedroom: Bedroom, person: Person
) -> None:
    session = await nights.session(screens_action="mute")
    await session.async_start()
    assert bedroom.tv.is_volume_muted
    await nights.after(minutes=20)
    await person("media_player.turn_off", "media_player.tv")
    await nights.after(hours=6)
    await session.async_stop()
    assert bedroom.tv.state == "off"
    await nights.after(hours=6)
    await person("media_player.turn_on", "media_player.tv")

    assert bedroom.tv.state == "playing"
    assert not bedroom.tv.is_volume_muted


async def test_a_player_that_someone_unmutes_at_night_is_theirs(
    nights: SessionHome, bedroom: Bedroom, person: Person
) -> None:
    session = await nights.session(screens_action="mute")
    await session.async_start()
    await nights.after(minutes=20)
    await person("media_player.volume_mute", "media_player.tv", is_volume_muted=False)
    told = list(bedroom.tv.actions)
    await session.async_stop()

    assert bedroom.tv.actions == told


class TestTwoBedrooms:
    """One lamp, two bedrooms."""

    async def test_what_one_still_owes_is_not_given_back_into_the_night_of_the_other(
        self, nights: SessionHome, bedroom: Bedroom
    ) -> None:
        first, second = await nights.session("first"), await nights.session("second")
        await first.async_start()
        await nights.after(hours=1)
        bedroom.lamp.change_locally(available=False)
        await first.async_stop()
        await second.async_start()
        bedroom.lamp.change_locally(available=True)
        await nights.after(minutes=1)

        assert bedroom.lamp.brightness == 13
        assert "light.lamp" not in first.state.pending_restores
        await nights.after(hours=1)
        await second.async_stop()
        assert bedroom.lamp.brightness == 200

    async def test_what_one_owes_comes_back_with_the_other_that_took_it(
        self, nights: SessionHome, bedroom: Bedroom
    ) -> None:
        first, second = await nights.session("first"), await nights.session("second")
        await first.async_start()
        await nights.after(hours=1)
        bedroom.lamp.refuses = True
        await first.async_stop()
        bedroom.lamp.refuses = False
        await second.async_start()
        await nights.after(hours=1)
        assert bedroom.lamp.brightness == 13
        await second.async_stop()

        assert bedroom.lamp.brightness == 200

    async def test_one_that_is_loaded_anew_still_holds(self, nights: SessionHome, bedroom: Bedroom) -> None:
        first, second = await nights.session("first"), await nights.session("second")
        await first.async_start()
        await second.async_start()
        await nights.after(hours=1)
        await nights.unload_session(first)
        await second.async_stop()
        assert bedroom.lamp.brightness == 13
        first = await nights.session("first")
        await first.async_stop()

        assert bedroom.lamp.brightness == 200

    async def test_one_that_is_disabled_holds_no_longer_than_its_night(
        self, nights: SessionHome, bedroom: Bedroom
    ) -> None:
        first, second = await nights.session("first", **AUTOMATIC), await nights.session("second", **AUTOMATIC)
        await nights.jump("22:31")
        await nights.unload_session(first)
        await nights.jump("2026-11-24 07:00")

        assert phase(second) is Phase.OFF
        assert bedroom.lamp.brightness == 200
