"""Stopping and extending a session leaves the bedroom as it should be for the rest of the night."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from ..common.bedroom import Bedroom
from ..common.home import after, bedroom_entry, set_up, until, value

PHASE = "sensor.bedroom_phase"

pytestmark = pytest.mark.usefixtures("bedroom")


async def call(hass: HomeAssistant, action: str, **data: Any) -> dict[str, Any]:
    """Call one of our actions, and wait until everything is done."""
    response: Any = await hass.services.async_call("rls_bedtime", action, data, blocking=True, return_response=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    return dict(response)


@pytest.mark.parametrize("by", ["action", "device"])
async def test_a_light_that_is_turned_off_between_two_sessions_stays_off(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory, by: str
) -> None:
    await set_up(hass, bedroom_entry())
    await call(hass, "start")
    await after(hass, evening, seconds=30)
    await call(hass, "stop")
    await after(hass, evening, seconds=1)
    if by == "action":
        await hass.services.async_call("light", "turn_off", {"entity_id": "light.ceiling"}, blocking=True)
    else:
        bedroom.ceiling.show(is_on=False)
    await hass.async_block_till_done()
    await call(hass, "start")
    await after(hass, evening, seconds=1)
    await call(hass, "stop")

    assert not bedroom.ceiling.is_on


async def test_a_session_whose_bedtime_was_advanced_stays_off_when_stopped(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry(automatic=True))
    await until(hass, evening, "21:45")
    await until(hass, evening, "21:50")
    await call(hass, "start")
    await until(hass, evening, "21:55")
    await call(hass, "stop")

    assert value(hass, PHASE) == "off"


async def test_a_manual_session_stays_off_when_stopped_after_the_scheduled_start(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry(automatic=True))
    await until(hass, evening, "21:00")
    await call(hass, "start")
    await until(hass, evening, "21:50")
    await call(hass, "stop")

    assert value(hass, PHASE) == "off"


async def test_a_session_whose_bedtime_option_was_postponed_stays_off_when_stopped(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry(automatic=True))
    await until(hass, evening, "21:45")
    await until(hass, evening, "22:35")
    bedtime = {"entity_id": "time.bedroom_bedtime", "time": "23:00:00"}
    await hass.services.async_call("time", "set_value", bedtime, blocking=True)
    await until(hass, evening, "22:40")
    await call(hass, "stop")

    assert value(hass, PHASE) == "off"


async def test_extending_by_the_maximum_keeps_the_end_after_bedtime(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry(automatic=True))
    await until(hass, evening, "21:45")
    response = await call(hass, "extend", minutes=720)

    assert response["ends_at"] > response["next_bedtime"]
