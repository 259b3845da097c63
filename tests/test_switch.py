"""The switch of a bedroom, from the outside."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from .bedroom import Bedroom

SWITCH = "switch.bedroom_bedtime_mode"
PHASE = "sensor.bedroom_phase"


async def turn(hass: HomeAssistant, action: str) -> None:
    """Turn bedtime mode on or off."""
    await hass.services.async_call("switch", f"turn_{action}", {"entity_id": SWITCH}, blocking=True)
    await hass.async_block_till_done()


def shown(hass: HomeAssistant, bedroom: Bedroom) -> dict[str, Any]:
    """Return what the devices show."""
    states = {device.entity_id: hass.states.get(device.entity_id) for device in bedroom.devices}
    return {entity_id: (state.state, state.attributes) for entity_id, state in states.items() if state}


@pytest.mark.usefixtures("entry")
async def test_on_brings_the_bedroom_to_bedtime(hass: HomeAssistant, bedroom: Bedroom) -> None:
    assert hass.states.is_state(SWITCH, "off")
    assert hass.states.is_state(PHASE, "off")

    await turn(hass, "on")

    assert hass.states.is_state(SWITCH, "on")
    assert hass.states.is_state(PHASE, "bedtime")
    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (13, 2200)
    assert bedroom.thermostat.target_temperature == 19.0
    assert bedroom.tv.state == "off"
    assert bedroom.blind.is_closed


@pytest.mark.usefixtures("entry")
async def test_off_soon_after_gives_everything_back(hass: HomeAssistant, bedroom: Bedroom) -> None:
    before = shown(hass, bedroom)

    await turn(hass, "on")
    assert shown(hass, bedroom) != before
    await turn(hass, "off")

    assert shown(hass, bedroom) == before
    assert hass.states.is_state(SWITCH, "off")


@pytest.mark.usefixtures("entry")
async def test_off_in_the_morning_gives_settings_back_and_leaves_the_screen_off(
    hass: HomeAssistant, bedroom: Bedroom, freezer: FrozenDateTimeFactory
) -> None:
    await turn(hass, "on")
    freezer.tick(timedelta(hours=8))
    await turn(hass, "off")

    assert (bedroom.lamp.brightness, bedroom.lamp.color_temp_kelvin) == (200, 4000)
    assert bedroom.thermostat.target_temperature == 21.0
    assert bedroom.blind.current_cover_position == 80
    assert bedroom.tv.state == "off"


@pytest.mark.usefixtures("entry")
async def test_what_was_off_stays_off(hass: HomeAssistant, bedroom: Bedroom) -> None:
    bedroom.lamp.show(is_on=False)
    bedroom.tv.show(state="off")

    await turn(hass, "on")
    await turn(hass, "off")

    assert not bedroom.lamp.is_on
    assert bedroom.tv.state == "off"
    assert bedroom.lamp.asked == bedroom.tv.asked == []


@pytest.mark.usefixtures("entry")
async def test_on_twice_keeps_what_was_before_the_first(hass: HomeAssistant, bedroom: Bedroom) -> None:
    await turn(hass, "on")
    await turn(hass, "on")
    await turn(hass, "off")

    assert bedroom.lamp.brightness == 200
    assert bedroom.thermostat.target_temperature == 21.0


@pytest.mark.usefixtures("entry")
async def test_a_device_that_refuses_hurts_no_other(hass: HomeAssistant, bedroom: Bedroom) -> None:
    bedroom.lamp.refuses = True

    await turn(hass, "on")

    assert bedroom.lamp.brightness == 200
    assert bedroom.ceiling.brightness == 13
    assert bedroom.thermostat.target_temperature == 19.0
    assert bedroom.tv.state == "off"


async def test_a_session_goes_on_after_a_reload(hass: HomeAssistant, bedroom: Bedroom, entry: MockConfigEntry) -> None:
    await turn(hass, "on")
    asked = list(bedroom.lamp.asked)

    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.is_state(SWITCH, "on")
    assert bedroom.lamp.asked == asked

    await turn(hass, "off")
    assert bedroom.lamp.brightness == 200


async def test_removing_the_bedroom_gives_it_back_first(
    hass: HomeAssistant, bedroom: Bedroom, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await turn(hass, "on")
    assert f"rls_bedtime.session.{entry.entry_id}" in hass_storage

    assert await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    assert bedroom.lamp.brightness == 200
    assert f"rls_bedtime.session.{entry.entry_id}" not in hass_storage
