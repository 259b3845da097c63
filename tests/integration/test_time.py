"""The times of a bedroom."""

import asyncio

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.rls_bedtime.bedtime.plan import Plan
from custom_components.rls_bedtime.bedtime.session import Session

from ..common.bedroom import Bedroom
from ..common.home import bedroom_entry, set_up, until, value

BEDTIME = "time.bedroom_bedtime"
WAKE_UP = "time.bedroom_wake_up"
SWITCH = "switch.bedroom_bedtime_mode"


async def turn(hass: HomeAssistant, entity_id: str, time: str) -> None:
    """Set a time."""
    await hass.services.async_call("time", "set_value", {"entity_id": entity_id, "time": time}, blocking=True)
    await hass.async_block_till_done()


async def test_the_times_show_the_options(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert (value(hass, BEDTIME), value(hass, WAKE_UP)) == ("22:30:00", "07:00:00")
    for entity_id in (BEDTIME, WAKE_UP):
        registered = er.async_get(hass).async_get(entity_id)
        assert registered is not None
        assert registered.entity_category == "config"


async def test_a_time_is_saved_without_a_reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    loaded, before = entry.runtime_data, dict(entry.options)

    await turn(hass, BEDTIME, "23:15")
    await turn(hass, WAKE_UP, "06:45:30")

    assert (value(hass, BEDTIME), value(hass, WAKE_UP)) == ("23:15:00", "06:45:30")
    assert entry.options == before | {"bedtime": "23:15:00", "wake_up": "06:45:30"}
    assert entry.runtime_data is loaded


async def test_a_changed_option_is_applied_once_and_before_the_call_returns(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[Plan] = []
    update_plan = Session.async_update_plan

    async def slowly_update_plan(session: Session, plan: Plan) -> None:
        for _ in range(5):
            await asyncio.sleep(0)
        await update_plan(session, plan)
        plans.append(plan)

    monkeypatch.setattr(Session, "async_update_plan", slowly_update_plan)
    await turn(hass, BEDTIME, "23:15")
    assert [plan.bedtime.isoformat() for plan in plans] == ["23:15:00"]
    assert value(hass, BEDTIME) == "23:15:00"
    await turn(hass, BEDTIME, "23:15")
    await hass.async_block_till_done()

    assert len(plans) == 1


@pytest.mark.parametrize(("entity_id", "time"), [(BEDTIME, "07:00"), (WAKE_UP, "22:30:00")])
async def test_bedtime_and_wake_up_must_differ(
    hass: HomeAssistant, entry: MockConfigEntry, entity_id: str, time: str
) -> None:
    before = dict(entry.options)

    with pytest.raises(ServiceValidationError, match="would be the same"):
        await turn(hass, entity_id, time)

    assert entry.options == before
    assert (value(hass, BEDTIME), value(hass, WAKE_UP)) == ("22:30:00", "07:00:00")


@pytest.mark.usefixtures("bedroom")
async def test_a_changed_bedtime_applies_tonight(hass: HomeAssistant, evening: FrozenDateTimeFactory) -> None:
    await set_up(hass, bedroom_entry(automatic=True))
    assert value(hass, "sensor.bedroom_next_bedtime") == "2026-11-24T06:30:00+00:00"

    await turn(hass, BEDTIME, "21:30")
    assert value(hass, "sensor.bedroom_next_bedtime") == "2026-11-24T05:30:00+00:00"

    await until(hass, evening, "20:45:01")
    assert value(hass, "sensor.bedroom_phase") == "wind_down"


async def test_a_changed_wake_up_time_applies_to_the_session_and_touches_no_device(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, bedroom_entry(automatic=True))
    loaded = entry.runtime_data
    await until(hass, evening, "21:45")
    await until(hass, evening, "22:31")
    assert value(hass, "sensor.bedroom_phase") == "bedtime"
    asked = [list(device.asked) for device in bedroom.devices]

    await turn(hass, WAKE_UP, "06:00")

    assert value(hass, "sensor.bedroom_ends_at") == "2026-11-24T14:00:00+00:00"
    assert value(hass, SWITCH) == "on"
    assert [device.asked for device in bedroom.devices] == asked
    assert entry.runtime_data is loaded
