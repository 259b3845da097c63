"""Tests of the local time of moments that are kept without one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from custom_components.rls_bedtime.diary.local_times import LocalTimes

from .samples import BERLIN

TOKYO = ZoneInfo("Asia/Tokyo")
TICKED = datetime(2026, 7, 1, 19, 0, tzinfo=UTC)


def test_without_records_it_is_that_of_the_present_time_zone() -> None:
    assert LocalTimes([], BERLIN).at(TICKED).hour == 21


def test_it_is_that_of_the_nearest_record_if_the_home_was_elsewhere() -> None:
    moved = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
    times = LocalTimes([moved.astimezone(TOKYO), TICKED.astimezone(BERLIN)], TOKYO)
    assert times.at(TICKED).hour == 21
    assert times.at(moved).hour == 21


def test_a_record_of_the_present_time_zone_is_none_of_another_after_a_clock_change() -> None:
    winter = datetime(2026, 1, 1, 21, 0, tzinfo=BERLIN)
    assert LocalTimes([winter], BERLIN).at(TICKED).hour == 21
