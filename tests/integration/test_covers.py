"""Covers close at bedtime and return to their position."""

from homeassistant.components.cover import CoverEntityFeature as Feature
import pytest

from ..common.devices import Cover
from ..common.home import Home

POSITION = Feature.OPEN | Feature.CLOSE | Feature.SET_POSITION


async def test_a_blind_closes_at_bedtime_and_returns_to_its_position(home: Home) -> None:
    blind = Cover("blind", current_cover_position=70, supported_features=POSITION)
    await home.add_bedroom(blind)
    await home.call("start", wind_down=10)
    await home.jump("20:09")
    assert blind.received == []
    await home.jump("20:10")
    assert blind.actions == ["close_cover"]
    await home.jump("11-24 07:00")
    assert blind.received[1:] == [("set_cover_position", {"position": 70})]


async def test_a_blind_without_a_position_opens_again(home: Home) -> None:
    blind = Cover("blind")
    await home.add_bedroom(blind)
    await home.turn_on()
    await home.jump("11-24 07:00")
    assert blind.actions == ["close_cover", "open_cover"]


async def test_a_closed_blind_receives_nothing(home: Home) -> None:
    blind = Cover("blind", is_closed=True)
    await home.add_bedroom(blind)
    await home.turn_on()
    await home.turn_off()
    assert blind.received == []


async def test_a_blind_that_only_takes_a_position_is_closed_and_restored_by_it(home: Home) -> None:
    blind = Cover("blind", current_cover_position=70, supported_features=Feature.SET_POSITION)
    await home.add_bedroom(blind)
    await home.turn_on()
    await home.turn_off()
    assert blind.received == [("set_cover_position", {"position": 0}), ("set_cover_position", {"position": 70})]


async def test_slats_that_only_tilt_are_closed_and_restored(home: Home) -> None:
    blind = Cover(
        "blind",
        is_closed=None,
        current_cover_tilt_position=60,
        supported_features=Feature.OPEN_TILT | Feature.CLOSE_TILT | Feature.SET_TILT_POSITION,
    )
    await home.add_bedroom(blind)
    await home.turn_on()
    assert blind.actions == ["close_cover_tilt"]
    await home.jump("11-24 07:00")
    assert blind.received[1:] == [("set_cover_tilt_position", {"tilt_position": 60})]


@pytest.mark.parametrize("position", [2, 4, 10])
async def test_a_blind_that_does_not_close_completely_is_restored(home: Home, position: int) -> None:
    blind = Cover("blind", current_cover_position=70, supported_features=POSITION, travel_time=5, stops_at=position)
    await home.add_bedroom(blind)
    await home.turn_on()
    await home.after(seconds=5)
    assert blind.current_cover_position == position
    await home.after(minutes=6)
    await home.after(seconds=5)
    assert home.released == []
    await home.jump("11-24 07:00")
    await home.after(seconds=5)
    assert blind.current_cover_position == 70


async def test_a_blind_that_is_moving_stays_managed(home: Home) -> None:
    blind = Cover("blind", current_cover_position=80, supported_features=POSITION, travel_time=20, position_reports=3)
    await home.add_bedroom(blind)
    await home.turn_on()
    for _ in range(4):
        await home.after(seconds=5)
    await home.after(minutes=1)
    assert home.released == []
    assert blind.current_cover_position == 0
    await home.jump("11-24 07:00")
    await home.after(seconds=20)
    assert blind.current_cover_position == 80


async def test_a_blind_that_someone_opens_at_night_is_released(home: Home) -> None:
    blind = Cover("blind", current_cover_position=70, supported_features=POSITION)
    await home.add_bedroom(blind)
    await home.turn_on()
    await home.after(minutes=30)
    await home.act("cover.set_cover_position", "cover.blind", position=30)
    blind.received.clear()
    await home.jump("11-24 07:00")
    assert blind.received == []
