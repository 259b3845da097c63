"""Reloads, changed options and changed devices in the middle of a session."""

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.rls_bedtime.const import DOMAIN

from ..common.bedroom import Bedroom, devices_of_each_kind, lamp, sent_to
from ..common.home import Home


async def test_a_change_while_the_bedroom_is_unloaded_is_released(home: Home, bedroom: Bedroom) -> None:
    entry = await home.load_bedroom()
    await home.turn_on()
    await home.after(minutes=20)
    await home.unload(entry)
    bedroom.lamp.change_locally(brightness=90)
    bedroom.thermostat.change_locally(target_temperature=23.0)
    await home.load(entry)
    assert bedroom.lamp.brightness == 90
    assert home.released == ["climate.thermostat", "light.lamp"]
    await home.turn_off()
    assert bedroom.lamp.brightness == 90
    assert bedroom.thermostat.target_temperature == 23


async def test_a_change_just_before_a_reload_is_released(home: Home, bedroom: Bedroom) -> None:
    entry = await home.load_bedroom()
    await home.turn_on()
    await home.after(minutes=20)
    bedroom.lamp.change_locally(brightness=90)
    await home.unload(entry)
    await home.load(entry)
    assert home.released == ["light.lamp"]
    assert bedroom.lamp.brightness == 90


@pytest.mark.parametrize(("light_level", "brightness"), [(2, 5), (20, 51)])
async def test_a_changed_night_level_is_applied_to_lights_that_are_not_released(
    home: Home, bedroom: Bedroom, light_level: int, brightness: int
) -> None:
    entry = await home.load_bedroom()
    await home.turn_on()
    await home.after(minutes=20)
    bedroom.ceiling.change_locally(brightness=90)
    await home.settle()
    await home.set_options(entry, light_level=light_level)
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == (brightness, 90)
    await home.turn_off()
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == (200, 90)


async def test_a_smaller_setback_is_applied_during_a_session(home: Home, bedroom: Bedroom) -> None:
    entry = await home.load_bedroom()
    await home.turn_on()
    assert bedroom.thermostat.target_temperature == 19
    await home.after(minutes=30)
    await home.set_options(entry, temperature_setback=1)
    assert bedroom.thermostat.target_temperature == 20
    await home.turn_off()
    assert bedroom.thermostat.target_temperature == 21


async def test_a_changed_option_affects_no_device_that_it_does_not_concern(home: Home) -> None:
    devices = devices_of_each_kind()
    entry = await home.add_bedroom(*devices)
    await home.turn_on()
    await home.after(minutes=20)
    light, thermostat, tv, blind = devices
    others = sent_to(thermostat, tv, blind)
    lamp_told = len(light.received)
    await home.set_options(entry, light_level=20)
    assert (home.phase, light.brightness, len(light.received)) == ("bedtime", 51, lamp_told + 1)
    assert sent_to(thermostat, tv, blind) == others
    await home.turn_off()
    assert light.brightness == 200


async def test_a_changed_option_during_the_wind_down_keeps_the_times(home: Home) -> None:
    light = lamp()
    entry = await home.add_bedroom(light, automatic=True)
    await home.jump("22:00")
    await home.set_options(entry, screen_curfew=5)
    assert (home.phase, home.value("sensor.bedroom_next_bedtime")) == ("wind_down", "2026-11-24T06:30:00+00:00")
    await home.jump("22:30")
    assert light.brightness == 13


async def test_a_device_removed_from_the_bedroom_at_night_is_restored_at_the_end(home: Home) -> None:
    one, two = lamp("one"), lamp("two")
    entry = await home.add_bedroom(one, two)
    await home.call("start")
    await home.after(minutes=30)
    flow = home.hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id})
    result = await flow.async_configure(result["flow_id"], {"name": "Bedroom"})
    assert result["step_id"] == "devices"
    result = await flow.async_configure(result["flow_id"], {"lights": {"entity_id": ["light.one"]}})
    assert result["type"] is FlowResultType.ABORT
    await home.settle()
    assert home.phase == "bedtime"
    await home.jump("11-24 07:00")
    assert (one.brightness, two.brightness) == (200, 200)


async def test_a_device_added_to_the_bedroom_at_night_is_brought_to_bedtime(home: Home) -> None:
    one, two = lamp("one"), lamp("two")
    await home.add_devices(one, two)
    entry = await home.configure(targets={"lights": {"entity_id": ["light.one"]}})
    await home.call("start")
    await home.after(minutes=30)
    flow = home.hass.config_entries.flow
    result = await flow.async_init(DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id})
    result = await flow.async_configure(result["flow_id"], {"name": "Bedroom"})
    await flow.async_configure(result["flow_id"], {"lights": {"entity_id": ["light.one", "light.two"]}})
    await home.settle()
    assert two.brightness == 13


async def test_a_light_half_way_restored_when_the_bedroom_is_unloaded_is_restored_completely(
    home: Home, bedroom: Bedroom
) -> None:
    entry = await home.load_bedroom()
    await home.turn_on()
    bedroom.lamp.holds_reports = True
    await home.turn_off()
    bedroom.lamp.report(0.5)
    bedroom.lamp.holds_reports = False
    await home.unload(entry)
    await home.load(entry)
    await home.after(seconds=21)
    assert bedroom.lamp.brightness == 200
