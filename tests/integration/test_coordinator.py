"""The coordinator of a sleeper."""

import asyncio
import sqlite3

from homeassistant.core import HomeAssistant
import pytest

from custom_components.rls_bedtime.const import DIARY_FILE

from ..common.home import act, value

pytestmark = pytest.mark.usefixtures("entry", "night")


@pytest.mark.parametrize(
    ("domain", "action", "data"),
    [("rls_bedtime", "log_episode", {}), ("button", "press", {"entity_id": "button.alex_log_episode"})],
)
async def test_a_cancelled_call_still_logs_updates_and_fires(
    hass: HomeAssistant, domain: str, action: str, data: dict[str, str]
) -> None:
    other = sqlite3.connect(hass.config.path(DIARY_FILE), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    call = hass.async_create_task(hass.services.async_call(domain, action, data, blocking=True))
    # By then the other thread is at work.
    await hass.async_add_executor_job(lambda: None)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    other.rollback()
    other.close()
    await hass.async_block_till_done()

    assert len((await act(hass, "get_episodes"))["episodes"]) == 1
    assert value(hass, "sensor.alex_episodes_tonight") == "1"
    assert value(hass, "event.alex_episode", "event_type") == "logged"
