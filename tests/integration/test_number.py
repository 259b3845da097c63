"""The numbers of a bedroom."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.event import async_track_state_report_event
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from ..common.bedroom import Bedroom
from ..common.home import bedroom_entry, set_up, until, value

WIND_DOWN = "number.bedroom_wind_down"
SWITCH = "switch.bedroom_bedtime_mode"


async def turn(hass: HomeAssistant, minutes: float) -> None:
    """Set the wind-down."""
    await hass.services.async_call("number", "set_value", {"entity_id": WIND_DOWN, "value": minutes}, blocking=True)
    await hass.async_block_till_done()


async def test_the_wind_down_shows_the_option(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    state = hass.states.get(WIND_DOWN)
    registered = er.async_get(hass).async_get(WIND_DOWN)
    assert state is not None
    assert registered is not None
    assert state.state == "45"
    assert registered.entity_category == "config"
    limits = {"min": 0, "max": 180, "step": 1, "mode": "box", "unit_of_measurement": "min", "device_class": "duration"}
    assert limits.items() <= state.attributes.items()


async def test_a_number_is_saved_as_an_integer_without_a_reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    loaded, before = entry.runtime_data, dict(entry.options)

    await turn(hass, 60.0)

    assert value(hass, WIND_DOWN) == "60"
    assert entry.options == before | {"wind_down": 60}
    assert isinstance(entry.options["wind_down"], int)
    assert entry.runtime_data is loaded


async def test_a_number_is_not_written_again_with_each_change_of_a_device(
    hass: HomeAssistant, entry: MockConfigEntry, bedroom: Bedroom
) -> None:
    await hass.services.async_call("rls_bedtime", "start", blocking=True)
    await hass.async_block_till_done()
    written: list[str] = []
    note = callback(lambda event: written.append(event.data["entity_id"]))
    async_track_state_report_event(hass, [SWITCH, WIND_DOWN], note)

    bedroom.lamp.change_locally(brightness=99)
    await hass.async_block_till_done()

    assert set(written) == {SWITCH}


@pytest.mark.parametrize("minutes", [-1, 181])
async def test_the_maximum_is_three_hours(hass: HomeAssistant, entry: MockConfigEntry, minutes: float) -> None:
    with pytest.raises(ServiceValidationError):
        await turn(hass, minutes)

    assert entry.options["wind_down"] == 45


async def test_a_changed_wind_down_applies_tonight(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry(automatic=True))
    await turn(hass, 90)

    await until(hass, evening, "20:59")
    assert value(hass, "sensor.bedroom_phase") == "off"
    await until(hass, evening, "21:00:01")
    assert value(hass, "sensor.bedroom_phase") == "wind_down"


async def test_a_changed_wind_down_touches_no_device_during_bedtime(
    hass: HomeAssistant, bedroom: Bedroom, entry: MockConfigEntry
) -> None:
    switch = {"entity_id": "switch.bedroom_bedtime_mode"}
    await hass.services.async_call("switch", "turn_on", switch, blocking=True)
    await hass.async_block_till_done()
    asked = [list(device.asked) for device in bedroom.devices]

    await turn(hass, 30)

    assert value(hass, "sensor.bedroom_phase") == "bedtime"
    assert [device.asked for device in bedroom.devices] == asked
