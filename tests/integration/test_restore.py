"""What a session has changed is restored as its restore mode says."""

from homeassistant.helpers import entity_registry as er
import pytest

from ..common.bedroom import Bedroom, lamp
from ..common.devices import Cover, Thermostat
from ..common.home import PROBLEM, Home


async def test_nothing_is_restored_with_restore_nothing(home: Home) -> None:
    light, thermostat, blind = lamp(), Thermostat("thermostat", target_temperature=21.0), Cover("blind")
    await home.add_bedroom(light, thermostat, blind, restore="nothing")
    await home.turn_on()
    await home.jump("11-24 07:00")
    assert (light.brightness, thermostat.target_temperature, blind.is_closed) == (13, 19.0, True)
    await home.act("light.turn_off", "light.lamp")
    await home.act("light.turn_on", "light.lamp")
    assert light.brightness == 13


async def test_an_early_stop_turns_lights_on_again(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, lights_off_after=5)
    await home.turn_on()
    await home.jump("11-23 20:05")
    assert light.is_on is False
    await home.after(minutes=5)
    await home.turn_off()
    assert (light.is_on, light.brightness) == (True, 200)


@pytest.mark.parametrize("restore", ["settings", "nothing"])
async def test_stopping_during_the_wind_down_restores_everything(home: Home, bedroom: Bedroom, restore: str) -> None:
    await home.load_bedroom(automatic=True, screen_curfew=30, restore=restore)
    await home.jump("22:10")
    assert bedroom.tv.state == "off"
    await home.turn_off()
    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (200, 4000)
    assert (bedroom.ceiling.brightness, bedroom.tv.state) == (200, "playing")


async def test_a_device_disabled_at_night_affects_no_other(home: Home) -> None:
    gone, good = lamp("gone"), lamp("good")
    await home.add_bedroom(gone, good)
    await home.turn_on()
    await home.after(hours=1)
    er.async_get(home.hass).async_update_entity("light.gone", disabled_by=er.RegistryEntryDisabler.USER)
    await home.settle()
    await home.jump("11-24 07:00")
    assert (home.phase, good.brightness) == ("off", 200)
    assert home.value(PROBLEM) == "off"


async def test_a_device_removed_at_night_affects_no_other(home: Home) -> None:
    gone, good = lamp("gone"), lamp("good")
    await home.add_bedroom(gone, good)
    await home.turn_on()
    await home.after(hours=1)
    er.async_get(home.hass).async_remove("light.gone")
    await home.settle()
    response = await home.call("stop")
    assert (good.brightness, response["entities"]["light.good"]) == (200, "done")
    assert response["entities"]["light.gone"] == "unreachable"


async def test_a_device_renamed_at_night_is_restored(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(hours=1)
    er.async_get(home.hass).async_update_entity("light.lamp", new_entity_id="light.reading_lamp")
    await home.settle()
    await home.jump("11-24 07:00")
    assert light.brightness == 200


async def test_removing_the_bedroom_at_night_restores_it(home: Home, bedroom: Bedroom) -> None:
    entry = await home.load_bedroom()
    await home.turn_on()
    await home.after(hours=1)
    await home.hass.config_entries.async_remove(entry.entry_id)
    await home.hass.async_block_till_done()
    assert (bedroom.lamp.brightness, bedroom.thermostat.target_temperature) == (200, 21)
    assert not bedroom.blind.is_closed
