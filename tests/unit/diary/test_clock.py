"""Tests of times of day, also on the nights on which clocks change."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from custom_components.rls_bedtime.diary.clock import first_occurrence

CALIFORNIA = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("start", "written", "meant"),
    [
        ("2026-11-01T00:50-07:00", "01:10", "2026-11-01T01:10-07:00"),
        ("2026-11-01T01:50-07:00", "01:10", "2026-11-01T01:10-08:00"),
        ("2026-10-20T23:50-07:00", "00:10", "2026-10-21T00:10-07:00"),
        ("2026-10-20T23:50-07:00", "23:50", "2026-10-20T23:50-07:00"),
        ("2026-10-20T23:50:40-07:00", "23:50", "2026-10-20T23:50:40-07:00"),
        ("2026-10-20T23:50:40-07:00", "23:50:20", "2026-10-21T23:50:20-07:00"),
    ],
)
def test_an_end_is_the_first_occurrence_after_the_start(start: str, written: str, meant: str) -> None:
    found = first_occurrence(time.fromisoformat(written), datetime.fromisoformat(start), CALIFORNIA)

    assert found.isoformat() == datetime.fromisoformat(meant).isoformat()
