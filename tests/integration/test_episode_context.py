"""The context that is recorded with an episode."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from ..common.bedroom import Bedroom
from ..common.home import act, after, bedroom_entry, set_up, sleeper

FACTS = ("bedtime_mode", "minutes_since_bedtime", "temperature")

pytestmark = pytest.mark.usefixtures("bedroom")


@pytest.fixture(autouse=True)
def _in_the_evening(evening: FrozenDateTimeFactory) -> None:
    """Set the time before anything is set up."""


async def log(hass: HomeAssistant, **data: Any) -> tuple[Any, ...]:
    """Log an episode. Return its context."""
    episode = (await act(hass, "log_episode", **data))["episode"]
    return tuple(episode[fact] for fact in FACTS)


@pytest.mark.usefixtures("entry")
async def test_during_the_day_bedtime_mode_is_off(hass: HomeAssistant) -> None:
    assert await log(hass) == (False, None, None)


@pytest.mark.usefixtures("entry")
async def test_at_night_the_minutes_since_bedtime_are_recorded(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await act(hass, "start", wind_down=30)
    await after(hass, evening, minutes=10)
    assert (await log(hass))[:2] == (True, -20)
    await after(hass, evening, minutes=95)
    assert (await log(hass))[:2] == (True, 75)
    assert (await log(hass, minutes_ago=45))[:2] == (True, 30)
    assert (await log(hass, minutes_ago=110))[:2] == (False, None)


@pytest.mark.usefixtures("entry")
async def test_the_context_of_a_past_night_is_unknown(hass: HomeAssistant, bedroom: Bedroom) -> None:
    bedroom.thermostat.show(current_temperature=19.5)

    assert await log(hass, started_at="2026-11-20 03:00") == (None, None, None)


@pytest.mark.usefixtures("entry")
async def test_the_temperature_comes_from_a_thermostat(hass: HomeAssistant, bedroom: Bedroom) -> None:
    bedroom.thermostat.show(current_temperature=19.46)

    assert (await log(hass))[2] == 19.5


async def test_the_temperature_sensor_of_the_area_takes_precedence(hass: HomeAssistant, bedroom: Bedroom) -> None:
    bedroom.thermostat.show(current_temperature=19.5)
    thermometer = {"unit_of_measurement": "°F", "device_class": "temperature"}
    hass.states.async_set("sensor.thermometer", "64.4", thermometer)
    area = ar.async_get(hass).async_create("Bedroom", temperature_entity_id="sensor.thermometer")
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), area=area.id))
    assert (await log(hass))[2] == 18

    for state in ("unavailable", "nan"):
        hass.states.async_set("sensor.thermometer", state, thermometer)
        assert (await log(hass, tags=state))[2] == 19.5


async def test_temperatures_are_stored_in_celsius(hass: HomeAssistant, bedroom: Bedroom) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    bedroom.thermostat.show(current_temperature=20)
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))

    assert (await log(hass))[2] == 20


async def test_the_regularity_of_bedtimes_follows_from_the_starts_of_sessions(
    hass: HomeAssistant, entry: MockConfigEntry, evening: FrozenDateTimeFactory
) -> None:
    for day in range(6):
        evening.move_to(f"2026-11-{23 + day} 22:{30 + 10 * (day % 2)}:00-08:00")
        await hass.services.async_call("switch", "turn_on", {"entity_id": "switch.bedroom_bedtime_mode"}, blocking=True)
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
        await after(hass, evening, hours=1)
        await hass.services.async_call(
            "switch", "turn_off", {"entity_id": "switch.bedroom_bedtime_mode"}, blocking=True
        )
        await hass.async_block_till_done()

    bedtimes = (await act(hass, "get_summary"))["bedtimes"]
    assert bedtimes["n"] == 6
    assert bedtimes["standard_deviation"] == pytest.approx(5, abs=1)
