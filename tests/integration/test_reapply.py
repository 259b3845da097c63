"""Devices that were taken over by hand, or that failed, are taken back into the night when somebody asks for it."""

from typing import Any

from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from ..common.bedroom import TELEVISION, Bedroom, lamp
from ..common.devices import Player
from ..common.home import PROBLEM, Home, act


async def test_a_light_that_was_brightened_by_hand_is_dimmed_again_and_restored_as_before_the_night(
    home: Home, bedroom: Bedroom
) -> None:
    await home.load_bedroom()
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp", brightness=230)
    assert home.released == ["light.lamp"]

    response = await home.call("reapply", entity_id="light.lamp")

    assert response == {"entities": {"light.lamp": "done"}}
    assert (home.released, bedroom.lamp.brightness) == ([], 13)
    await home.jump("11-24 07:00")
    assert bedroom.lamp.brightness == 200


async def test_a_light_that_was_taken_back_follows_the_wind_down(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(automatic=True)
    await home.at("22:00")
    await home.act("light.turn_on", "light.lamp", brightness=230)
    await home.call("reapply")
    assert bedroom.lamp.brightness == bedroom.ceiling.brightness
    await home.at("22:30")
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == (13, 13)


async def test_all_that_was_released_or_failed_is_taken_back_if_nothing_is_named(home: Home, bedroom: Bedroom) -> None:
    bedroom.blind.refuses = True
    await home.load_bedroom()
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp", brightness=230)
    await home.act("climate.set_temperature", "climate.thermostat", temperature=23)
    assert home.released == ["climate.thermostat", "light.lamp"]
    assert home.value(PROBLEM, "failed") == ["cover.blind"]
    bedroom.blind.refuses = False

    response = await home.call("reapply")

    assert response["entities"] == dict.fromkeys(("climate.thermostat", "cover.blind", "light.lamp"), "done")
    assert (home.released, home.value(PROBLEM)) == ([], "off")
    assert (bedroom.thermostat.target_temperature, bedroom.blind.current_cover_position) == (19, 0)


async def test_a_screen_that_was_off_before_and_was_turned_on_at_night_goes_off_again_and_stays_off(
    home: Home,
) -> None:
    tv = Player("tv", TELEVISION)
    await home.add_bedroom(tv)
    await home.act("media_player.turn_off", "media_player.tv")
    await home.turn_on()
    await home.after(hours=1)
    await home.act("media_player.turn_on", "media_player.tv")
    assert home.released == ["media_player.tv"]

    await home.call("reapply")

    assert (home.value("media_player.tv"), home.released) == ("off", [])
    await home.turn_off()
    assert home.value("media_player.tv") == "off"


async def test_a_light_that_was_off_before_and_was_turned_on_bright_is_dimmed(home: Home) -> None:
    light = lamp(is_on=False)
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp", brightness=200)
    assert home.released == ["light.lamp"]

    await home.call("reapply")

    assert (light.brightness, home.released) == (13, [])


async def test_a_light_that_was_turned_off_at_night_is_not_turned_on(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom()
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_off", "light.lamp")

    await home.call("reapply")

    assert (bedroom.lamp.is_on, home.released) == (False, [])


async def test_an_unavailable_device_stays_one_that_is_set_when_it_returns(home: Home, bedroom: Bedroom) -> None:
    bedroom.ceiling.show(available=False)
    await home.load_bedroom()
    await home.turn_on()

    response = await home.call("reapply", entity_id="light.ceiling")

    assert response == {"entities": {"light.ceiling": "unreachable"}}
    bedroom.ceiling.show(available=True)
    await home.settle()
    assert bedroom.ceiling.brightness == 13


async def test_what_was_taken_back_is_released_again_by_the_next_hand(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom()
    await home.turn_on()
    await home.after(hours=1)
    for brightness in (230, 180):
        await home.act("light.turn_on", "light.lamp", brightness=brightness)
        assert home.released == ["light.lamp"]
        await home.call("reapply")
        await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp", brightness=120)
    await home.jump("11-24 07:00")
    assert (home.released, bedroom.lamp.brightness) == ([], 120)


async def test_what_was_taken_back_is_so_after_a_restart(home: Home, bedroom: Bedroom) -> None:
    entry = await home.load_bedroom()
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp", brightness=230)
    await home.call("reapply")
    await home.restart(entry)
    assert home.released == []
    await home.jump("11-24 07:00")
    assert bedroom.lamp.brightness == 200


@pytest.mark.parametrize(
    ("is_on", "entity_id", "key"),
    [
        (False, None, "nothing_to_reapply"),
        (True, "light.kitchen", "unknown_device"),
        (True, "light.lamp, light.kitchen", "unknown_device"),
    ],
)
async def test_what_cannot_be_taken_back_is_refused_with_a_reason(
    home: Home, bedroom: Bedroom, *, is_on: bool, entity_id: str | None, key: str
) -> None:
    await home.load_bedroom()
    if is_on:
        await home.turn_on()
    fields: dict[str, Any] = {} if entity_id is None else {"entity_id": entity_id}
    with pytest.raises(ServiceValidationError) as raised:
        await home.call("reapply", **fields)
    assert raised.value.translation_key == key


async def test_a_user_who_may_not_control_the_bedroom_takes_nothing_back(
    home: Home, bedroom: Bedroom, hass_read_only_user: MockUser
) -> None:
    await home.load_bedroom()
    await home.turn_on()
    with pytest.raises(Unauthorized):
        await act(home.hass, "reapply", Context(user_id=hass_read_only_user.id))
