"""Covers close at bedtime and return as they were."""

from typing import Any, override

from homeassistant.components.cover import CoverEntityFeature as Can
import pytest

from ..common.devices import Cover
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"
POSITION = Can.OPEN | Can.CLOSE | Can.SET_POSITION


async def test_a_blind_closes_at_bedtime_and_returns_to_its_position(home: Home) -> None:
    blind = Cover("blind", current_cover_position=70, supported_features=POSITION)
    await home.add_bedroom(blind)
    await home.call("start", wind_down=10)
    await home.at("20:09")
    assert blind.received == []
    await home.at("20:10")
    assert blind.actions == ["close_cover"]
    await home.jump("2026-11-24 07:00-08:00")
    assert blind.received[1:] == [("set_cover_position", {"position": 70})]


async def test_a_blind_without_a_position_opens_again(home: Home) -> None:
    blind = Cover("blind")
    await home.add_bedroom(blind)
    await home.act("switch.turn_on", SWITCH)
    await home.jump("2026-11-24 07:00-08:00")
    assert blind.actions == ["close_cover", "open_cover"]


async def test_a_closed_blind_is_told_nothing(home: Home) -> None:
    blind = Cover("blind", is_closed=True)
    await home.add_bedroom(blind)
    await home.act("switch.turn_on", SWITCH)
    await home.act("switch.turn_off", SWITCH)
    assert blind.received == []


async def test_a_blind_with_nothing_but_a_position_goes_to_zero(home: Home) -> None:
    blind = Cover("blind", current_cover_position=70, supported_features=Can.SET_POSITION)
    await home.add_bedroom(blind)
    await home.act("switch.turn_on", SWITCH)
    await home.act("switch.turn_off", SWITCH)
    assert blind.received == [("set_cover_position", {"position": 0}), ("set_cover_position", {"position": 70})]


async def test_slats_that_only_tilt_close_and_return(home: Home) -> None:
    blind = Cover(
        "blind",
        is_closed=None,
        current_cover_tilt_position=60,
        supported_features=Can.OPEN_TILT | Can.CLOSE_TILT | Can.SET_TILT_POSITION,
    )
    await home.add_bedroom(blind)
    await home.act("switch.turn_on", SWITCH)
    assert blind.actions == ["close_cover_tilt"]


class Stiff(Cover):
    """A blind that does not close all the way."""

    rest = 0

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        await self._execute("close_cover", kwargs, current_cover_position=self.rest)


@pytest.mark.parametrize("rest", [2, 4, 10])
async def test_a_blind_that_could_not_close_all_the_way_returns(home: Home, rest: int) -> None:
    blind = Stiff("blind", current_cover_position=70, supported_features=POSITION)
    blind.rest = rest
    await home.add_bedroom(blind)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=1)
    await home.after(minutes=5)
    assert home.value("binary_sensor.bedroom_problem", "released") == []
    await home.jump("2026-11-24 07:00-08:00")
    assert blind.current_cover_position == 70


async def test_a_blind_that_someone_opens_at_night_is_theirs(home: Home) -> None:
    blind = Cover("blind", current_cover_position=70, supported_features=POSITION)
    await home.add_bedroom(blind)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=30)
    await home.act("cover.set_cover_position", "cover.blind", position=30)
    blind.received.clear()
    await home.jump("2026-11-24 07:00-08:00")
    assert blind.received == []


async def test_a_door_of_an_area_is_not_meant(home: Home) -> None:
    from homeassistant.helpers import area_registry as ar, entity_registry as er  # noqa: PLC0415

    area = ar.async_get(home.hass).async_create("Bedroom")
    door, blind = Cover("door", device_class="garage"), Cover("blind")
    await home.add_devices(door, blind)
    for each in (door, blind):
        er.async_get(home.hass).async_update_entity(each.entity_id, area_id=area.id)
    await home.configure(targets={"covers": {"area_id": [area.id]}})
    assert (await home.call("start"))["entities"] == {"cover.blind": "done"}
