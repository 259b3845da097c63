"""The one-shot timer."""

from datetime import datetime, timedelta

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.util import dt as dt_util
import pytest

from custom_components.rls_bedtime.timers import OneShotTimer

from ..common.home import after


@pytest.fixture
def fired(hass: HomeAssistant, evening: FrozenDateTimeFactory) -> list[datetime]:
    """Return a list that fills with the times at which the timer fires."""
    return []


@pytest.fixture
def timer(hass: HomeAssistant, fired: list[datetime]) -> OneShotTimer:
    """Return a timer that is scheduled in one minute."""

    @callback
    def fire(now: datetime) -> None:
        fired.append(now)

    timer = OneShotTimer(hass, fire, "test")
    timer.async_schedule(dt_util.utcnow() + timedelta(minutes=1))
    return timer


@pytest.mark.usefixtures("timer")
async def test_a_timer_fires_once(hass: HomeAssistant, evening: FrozenDateTimeFactory, fired: list[datetime]) -> None:
    await after(hass, evening, seconds=59)
    assert fired == []
    await after(hass, evening, seconds=1)
    await after(hass, evening, minutes=5)

    assert len(fired) == 1


async def test_a_rescheduled_timer_fires_only_at_the_new_time(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, timer: OneShotTimer, fired: list[datetime]
) -> None:
    timer.async_schedule(dt_util.utcnow() + timedelta(minutes=3))
    await after(hass, evening, minutes=2)
    assert fired == []
    await after(hass, evening, minutes=1)

    assert len(fired) == 1


async def test_a_cancelled_timer_does_not_fire(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, timer: OneShotTimer, fired: list[datetime]
) -> None:
    timer.async_cancel()
    timer.async_cancel()
    await after(hass, evening, minutes=5)

    assert fired == []


async def test_a_timer_can_be_rescheduled_after_it_fired(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, timer: OneShotTimer, fired: list[datetime]
) -> None:
    await after(hass, evening, minutes=1)
    timer.async_schedule(dt_util.utcnow() + timedelta(minutes=1))
    await after(hass, evening, minutes=1)

    assert len(fired) == 2


@pytest.mark.parametrize("state", [CoreState.stopping, CoreState.final_write])
async def test_a_timer_is_not_scheduled_while_home_assistant_stops(
    hass: HomeAssistant, evening: FrozenDateTimeFactory, timer: OneShotTimer, fired: list[datetime], state: CoreState
) -> None:
    """A device that becomes unavailable then was looked at when nothing could be written any more."""
    hass.set_state(state)
    timer.async_schedule(dt_util.utcnow() + timedelta(minutes=1))
    hass.set_state(CoreState.running)
    await after(hass, evening, minutes=5)

    assert fired == []
