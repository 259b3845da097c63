"""Parsers of dates and times, also on the nights on which clocks change."""

from datetime import UTC, datetime

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest

from custom_components.rls_bedtime.actions.datetime_parsers import parse_datetime, parse_night
from custom_components.rls_bedtime.diary.models import resolve_clock_time


@pytest.mark.parametrize(
    ("now", "written", "meant"),
    [
        # The clock is put back from 2:00 to 1:00 on 1 November: the hour before two comes twice.
        ("2026-11-01T01:45-07:00", "01:30", "2026-11-01T01:30-07:00"),
        ("2026-11-01T01:45-08:00", "01:30", "2026-11-01T01:30-08:00"),
        ("2026-11-01T01:15-08:00", "01:30", "2026-11-01T01:30-07:00"),
        ("2026-11-01T03:00-08:00", "01:30", "2026-11-01T01:30-08:00"),
        ("2026-11-01T03:00-08:00", "00:30", "2026-11-01T00:30-07:00"),
        ("2026-11-01T03:00-08:00", "04:00", "2026-10-31T04:00-07:00"),
        # It is put forward from 2:00 to 3:00 on 8 March: the hour after two does not come.
        ("2026-03-08T04:00-07:00", "02:30", "2026-03-08T03:30-07:00"),
        ("2026-03-08T04:00-07:00", "01:30", "2026-03-08T01:30-08:00"),
        ("2026-03-08T04:00-07:00", "2026-03-08 02:30", "2026-03-08T03:30-07:00"),
        ("2026-01-01T00:10-08:00", "23:50", "2025-12-31T23:50-08:00"),
        ("2026-01-01T00:10-08:00", "00:14", "2026-01-01T00:14-08:00"),
    ],
)
async def test_a_time_of_day_is_its_last_occurrence(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, now: str, written: str, meant: str
) -> None:
    freezer.move_to(datetime.fromisoformat(now))

    found = resolve_clock_time(parse_datetime("started_at", written), dt_util.now())
    assert found.isoformat(timespec="minutes") == meant


async def test_a_date_and_time_gives_its_night(hass: HomeAssistant) -> None:
    assert parse_night("night", "2026-11-24 03:00").isoformat() == "2026-11-23"
    assert parse_night("night", datetime(2026, 11, 24, 20, 0, tzinfo=UTC)).isoformat() == "2026-11-24"
    assert parse_night("night", "2026-11-24").isoformat() == "2026-11-24"
