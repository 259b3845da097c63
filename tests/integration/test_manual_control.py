"""What a person or an automation changes during a session is released."""

from typing import Any

from homeassistant.core import Context
from homeassistant.helpers.storage import Store
from homeassistant.setup import async_setup_component
import pytest

from ..common.bedroom import Bedroom, lamp
from ..common.home import BEDTIME_MODE, Home


async def test_a_light_turned_off_during_the_wind_down_stays_off(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True, restore="everything")
    await home.jump("22:00")
    light.change_locally(is_on=False)
    sent = len(light.received)
    await home.jump("22:40")
    assert (light.is_on, len(light.received)) == (False, sent)
    await home.jump("11-24 07:00")
    assert (light.is_on, len(light.received)) == (False, sent)


async def test_a_light_that_was_off_before_the_session_stays_off_after_it(home: Home) -> None:
    light = lamp(is_on=False)
    await home.add_bedroom(light, restore="everything")
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    await home.act("light.turn_off", "light.lamp")
    await home.jump("11-24 07:00")
    assert light.is_on is False


@pytest.mark.parametrize("is_at_the_wall", [True, False])
async def test_a_light_brightened_during_the_wind_down_keeps_its_level(
    home: Home, bedroom: Bedroom, *, is_at_the_wall: bool
) -> None:
    await home.load_bedroom(automatic=True)
    await home.jump("21:45")
    await home.at("21:50")
    if is_at_the_wall:
        bedroom.lamp.change_locally(brightness=230)
    else:
        await home.act("light.turn_on", "light.lamp", brightness=230)
    await home.at("22:40")
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == (230, 13)
    assert home.released == ["light.lamp"]
    await home.jump("11-24 07:00")
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == (230, 200)


async def test_a_light_turned_off_and_on_with_a_level_during_the_wind_down_keeps_it(
    home: Home, bedroom: Bedroom
) -> None:
    await home.load_bedroom(automatic=True)
    await home.jump("21:50")
    await home.act("light.turn_off", "light.lamp")
    await home.act("light.turn_on", "light.lamp", brightness=60)
    await home.jump("11-24 07:00")
    assert bedroom.lamp.brightness == 60


async def test_a_level_set_at_the_wall_within_the_settling_time_is_kept(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom()
    await home.turn_on()
    bedroom.lamp.change_locally(brightness=90)
    await home.after(seconds=30)
    await home.turn_off()
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == (90, 200)


async def test_a_level_away_from_the_target_releases_a_light_at_once(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom()
    await home.turn_on()
    bedroom.lamp.change_locally(brightness=230)
    await home.settle()
    assert home.released == ["light.lamp"]
    await home.turn_off()
    assert bedroom.lamp.brightness == 230


async def test_only_the_color_of_a_light_is_released_if_that_alone_was_changed(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom()
    await home.turn_on()
    await home.after(minutes=20)
    await home.act("light.turn_on", "light.lamp", color_temp_kelvin=5000)
    assert home.released == ["light.lamp"]
    await home.turn_off()
    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (200, 5000)


async def test_a_changed_level_releases_the_light(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom()
    await home.turn_on()
    await home.after(minutes=20)
    await home.act("light.turn_on", "light.lamp", brightness=77)
    sent = list(bedroom.lamp.actions)
    await home.turn_off()
    assert bedroom.lamp.actions == sent
    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (77, 2200)


async def test_a_level_set_just_before_the_light_was_turned_off_is_kept(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom()
    await home.turn_on()
    await home.after(seconds=30)
    bedroom.lamp.change_locally(brightness=150)
    bedroom.lamp.change_locally(is_on=False)
    await home.settle()
    await home.call("stop", restore="settings")
    bedroom.lamp.change_locally(is_on=True, brightness=150)
    await home.after(seconds=1)
    assert bedroom.lamp.brightness == 150


async def test_a_change_while_the_session_ends_is_kept(
    home: Home, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.load_bedroom()
    await home.turn_on()
    await home.after(seconds=30)
    save = Store.async_save
    has_acted: list[bool] = []

    async def act_meanwhile(store: Store[Any], data: Any) -> None:
        await save(store, data)
        if not has_acted:
            has_acted.append(True)
            bedroom.lamp.change_locally(brightness=90)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "async_save", act_meanwhile)
        await home.turn_off()
    await home.after(seconds=30)
    assert has_acted
    assert bedroom.lamp.brightness == 90


async def test_a_thermostat_and_a_cover_set_within_their_settling_time_are_released(
    home: Home, bedroom: Bedroom
) -> None:
    await home.load_bedroom()
    await home.turn_on()
    await home.act("climate.set_temperature", "climate.thermostat", temperature=23)
    await home.act("cover.set_cover_position", "cover.blind", position=50)
    outcomes = (await home.call("stop"))["entities"]
    assert bedroom.thermostat.target_temperature == 23
    assert bedroom.blind.current_cover_position == 50
    assert outcomes["climate.thermostat"] == outcomes["cover.blind"] == "released"


async def test_a_thermostat_released_in_one_session_is_managed_in_the_next(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom()
    await home.turn_on()
    await home.act("climate.set_temperature", "climate.thermostat", temperature=21)
    await home.turn_off()
    await home.turn_on()
    assert bedroom.thermostat.target_temperature == 19
    assert home.released == []


async def test_a_light_turned_up_and_down_to_the_night_level_is_not_restored(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp", brightness=200)
    await home.act("light.turn_on", "light.lamp", brightness=13)
    await home.jump("11-24 07:00")
    assert light.brightness == 13


async def test_a_released_light_is_managed_again_the_next_night(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    await home.jump("22:40")
    await home.act("light.turn_on", "light.lamp", brightness=150)
    await home.jump("11-24 07:00")
    await home.jump("11-24 22:30")
    await home.after(minutes=1)
    assert light.brightness == 13
    await home.jump("11-25 07:00")
    assert light.brightness == 150


async def test_a_light_changed_by_an_automation_is_released(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(minutes=20)
    await home.act("light.turn_on", "light.lamp", brightness=90, by=home.automation())
    await home.after(minutes=5)
    assert home.released == ["light.lamp"]
    response = await home.call("stop")
    assert response["entities"] == {"light.lamp": "released"}
    assert light.brightness == 90


async def test_a_light_changed_by_a_scene_keeps_its_level(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    assert await async_setup_component(
        home.hass,
        "scene",
        {"scene": [{"name": "read", "entities": {"light.lamp": {"state": "on", "brightness": 150}}}]},
    )
    await home.call("start", wind_down=30)
    await home.after(minutes=10)
    await home.act("scene.turn_on", "scene.read")
    assert light.brightness == 150
    sent = len(light.received)
    await home.jump("11-24 07:10")
    assert len(light.received) == sent
    assert light.brightness == 150


async def test_an_automation_triggered_by_the_phase_wins(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    context = Context(user_id=home.user.id)
    await home.act("switch.turn_on", BEDTIME_MODE, by=context)
    await home.after(minutes=1)
    await home.act("light.turn_on", "light.lamp", brightness=60, by=home.automation(context))
    await home.jump("11-24 07:00")
    assert light.brightness == 60


async def test_an_automation_triggered_by_our_own_dimming_wins(home: Home) -> None:
    light, other = lamp(), lamp("other")
    await home.add_bedroom(light, other)
    await home.turn_on()
    await home.after(minutes=1)
    state = home.hass.states.get("light.lamp")
    assert state is not None
    await home.act("light.turn_on", "light.other", brightness=5, by=home.automation(state.context))
    response = await home.call("stop")
    assert response["entities"]["light.other"] == "released"
