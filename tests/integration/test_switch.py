"""The switches of a bedroom."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_capture_events

from ..common.bedroom import Bedroom
from ..common.home import until, value

SWITCH = "switch.bedroom_bedtime_mode"
AUTOMATIC = "switch.bedroom_automatic_bedtime"
PHASE = "sensor.bedroom_phase"


async def turn(hass: HomeAssistant, action: str, entity_id: str = SWITCH, context: Context | None = None) -> None:
    """Turn bedtime mode, or another switch, on or off."""
    switch = {"entity_id": entity_id}
    await hass.services.async_call("switch", f"turn_{action}", switch, blocking=True, context=context)
    await hass.async_block_till_done()


def shown(hass: HomeAssistant, bedroom: Bedroom) -> dict[str, Any]:
    """Return the states of the devices."""
    states = {device.entity_id: hass.states.get(device.entity_id) for device in bedroom.devices}
    return {entity_id: (state.state, state.attributes) for entity_id, state in states.items() if state}


@pytest.mark.usefixtures("entry")
async def test_turning_on_starts_bedtime_mode(hass: HomeAssistant, bedroom: Bedroom) -> None:
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
async def test_turning_off_soon_after_restores_everything(hass: HomeAssistant, bedroom: Bedroom) -> None:
    before = shown(hass, bedroom)

    await turn(hass, "on")
    assert shown(hass, bedroom) != before
    await turn(hass, "off")

    assert shown(hass, bedroom) == before
    assert hass.states.is_state(SWITCH, "off")


@pytest.mark.usefixtures("entry")
async def test_turning_off_in_the_morning_restores_settings_and_leaves_the_screen_off(
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
async def test_devices_that_were_off_stay_off(hass: HomeAssistant, bedroom: Bedroom) -> None:
    bedroom.lamp.show(is_on=False)
    bedroom.tv.show(state="off")

    await turn(hass, "on")
    await turn(hass, "off")

    assert not bedroom.lamp.is_on
    assert bedroom.tv.state == "off"
    assert bedroom.lamp.asked == bedroom.tv.asked == []


@pytest.mark.usefixtures("entry")
async def test_turning_on_twice_keeps_the_first_snapshot(hass: HomeAssistant, bedroom: Bedroom) -> None:
    await turn(hass, "on")
    await turn(hass, "on")
    await turn(hass, "off")

    assert bedroom.lamp.brightness == 200
    assert bedroom.thermostat.target_temperature == 21.0


@pytest.mark.usefixtures("entry")
async def test_a_failing_device_does_not_affect_others(hass: HomeAssistant, bedroom: Bedroom) -> None:
    bedroom.lamp.refuses = True

    await turn(hass, "on")

    assert bedroom.lamp.brightness == 200
    assert bedroom.ceiling.brightness == 13
    assert bedroom.thermostat.target_temperature == 19.0
    assert bedroom.tv.state == "off"


async def test_a_session_resumes_after_a_reload(hass: HomeAssistant, bedroom: Bedroom, entry: MockConfigEntry) -> None:
    await turn(hass, "on")
    asked = list(bedroom.lamp.asked)

    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert hass.states.is_state(SWITCH, "on")
    assert bedroom.lamp.asked == asked

    await turn(hass, "off")
    assert bedroom.lamp.brightness == 200


async def test_removing_the_bedroom_restores_it_first(
    hass: HomeAssistant, bedroom: Bedroom, entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    await turn(hass, "on")
    assert f"rls_bedtime.session.{entry.entry_id}" in hass_storage

    assert await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    assert bedroom.lamp.brightness == 200
    assert f"rls_bedtime.session.{entry.entry_id}" not in hass_storage


@pytest.mark.usefixtures("entry")
async def test_the_commands_have_the_context_of_whoever_turned_the_switch(
    hass: HomeAssistant, hass_admin_user: MockUser
) -> None:
    context = Context(user_id=hass_admin_user.id)
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)

    await turn(hass, "on", context=context)

    ours = [call.context for call in calls if call.data["domain"] != "switch"]
    assert ours
    assert all((each.parent_id, each.user_id) == (context.id, None) for each in ours)


async def test_automatic_bedtime_is_an_option_that_applies_at_once(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    loaded, before = entry.runtime_data, dict(entry.options)
    registered = er.async_get(hass).async_get(AUTOMATIC)
    assert registered is not None
    assert registered.entity_category == "config"
    assert value(hass, AUTOMATIC) == "off"

    await turn(hass, "on", AUTOMATIC)
    assert value(hass, AUTOMATIC) == "on"
    assert entry.options == before | {"automatic": True}
    await until(hass, evening, "21:46")
    assert value(hass, PHASE) == "wind_down"
    assert entry.runtime_data is loaded


async def test_without_automatic_bedtime_no_session_starts_by_schedule(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    await turn(hass, "on", AUTOMATIC)
    await turn(hass, "off", AUTOMATIC)

    await until(hass, evening, "22:31")

    assert value(hass, AUTOMATIC) == "off"
    assert value(hass, PHASE) == "off"
    assert not entry.options["automatic"]


async def test_turning_automatic_bedtime_off_leaves_a_session_on(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory, entry: MockConfigEntry
) -> None:
    await turn(hass, "on", AUTOMATIC)
    await until(hass, evening, "21:45")
    await until(hass, evening, "22:31")
    asked = [list(device.asked) for device in bedroom.devices]

    await turn(hass, "off", AUTOMATIC)

    assert value(hass, PHASE) == "bedtime"
    assert [device.asked for device in bedroom.devices] == asked
