"""The sensors of a bedroom."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
import pytest

from ..common.home import after, bedroom_entry, set_up, until, value

NEXT_BEDTIME = "sensor.bedroom_next_bedtime"
ENDS_AT = "sensor.bedroom_ends_at"
PHASE = "sensor.bedroom_phase"

pytestmark = pytest.mark.usefixtures("bedroom")


async def test_next_bedtime_shows_the_next_scheduled_bedtime(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry(automatic=True))

    assert value(hass, NEXT_BEDTIME) == "2026-11-24T06:30:00+00:00"
    assert value(hass, ENDS_AT) == "unknown"
    assert value(hass, NEXT_BEDTIME, "device_class") == value(hass, ENDS_AT, "device_class") == "timestamp"


async def test_ends_at_shows_the_end_of_the_session(hass: HomeAssistant, evening: FrozenDateTimeFactory) -> None:
    await set_up(hass, bedroom_entry(automatic=True))

    await until(hass, evening, "21:45")
    assert value(hass, PHASE) == "wind_down"
    assert value(hass, NEXT_BEDTIME) == "2026-11-24T06:30:00+00:00"
    assert value(hass, ENDS_AT) == "2026-11-24T15:00:00+00:00"

    await until(hass, evening, "22:30")
    assert value(hass, PHASE) == "bedtime"
    assert value(hass, NEXT_BEDTIME) == "2026-11-25T06:30:00+00:00"
    assert value(hass, ENDS_AT) == "2026-11-24T15:00:00+00:00"

    await after(hass, evening, hours=8.5)
    assert value(hass, PHASE) == "off"
    assert value(hass, NEXT_BEDTIME) == "2026-11-25T06:30:00+00:00"
    assert value(hass, ENDS_AT) == "unknown"


async def test_without_automatic_bedtime_next_bedtime_is_unknown(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry(automatic=False))

    assert value(hass, NEXT_BEDTIME) == "unknown"


async def test_the_phase_shows_when_the_screens_are_silenced(
    hass: HomeAssistant, evening: FrozenDateTimeFactory
) -> None:
    await set_up(hass, bedroom_entry(automatic=True, screen_curfew=30, screen_warning=10))
    assert value(hass, PHASE, "screens_silent_at") is None

    await until(hass, evening, "21:50")
    assert value(hass, PHASE, "screens_silent_at") == "2026-11-23T22:00:00-08:00"

    await until(hass, evening, "22:00")
    assert value(hass, PHASE, "screens_silent_at") is None
