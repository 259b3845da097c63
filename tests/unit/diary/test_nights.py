"""Tests of nights: from noon to noon in local time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.diary.models import InvalidEntryError
from custom_components.rls_bedtime.diary.nights import (
    Nights,
    clock_time,
    minute_of_night,
    night_bounds,
    night_of,
    requested_nights,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 3, 12, tzinfo=BERLIN)
TONIGHT = date(2026, 11, 23)

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        (datetime(2026, 11, 23, 12, 0), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 23, 59), date(2026, 11, 23)),
        (datetime(2026, 11, 24, 3, 12), date(2026, 11, 23)),
        (datetime(2026, 11, 24, 11, 59, 59), date(2026, 11, 23)),
        (datetime(2027, 1, 1, 2, 0), date(2026, 12, 31)),
    ],
)
def test_a_night_is_named_by_the_date_on_which_it_begins(moment: datetime, night: date) -> None:
    assert night_of(moment.replace(tzinfo=BERLIN)) == night


@pytest.mark.parametrize(
    ("night", "hours"), [(date(2026, 10, 24), 25), (date(2026, 3, 28), 23), (date(2026, 7, 1), 24)]
)
def test_a_night_lasts_from_noon_to_noon_over_clock_changes(night: date, hours: int) -> None:
    start, end = night_bounds(night, BERLIN)

    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=hours)
    assert night_of(start) == night
    assert night_of(end) == night + timedelta(days=1)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Kiritimati"]),
)
def test_every_time_is_within_the_bounds_of_its_night(moment: datetime, zone: str) -> None:
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    start, end = night_bounds(night_of(local), ZoneInfo(zone))

    assert start.astimezone(UTC) <= local.astimezone(UTC) < end.astimezone(UTC)


def test_a_range_of_nights_includes_both_ends() -> None:
    nights = Nights(date(2026, 12, 30), date(2027, 1, 2))

    assert list(nights) == [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)]
    assert len(nights) == 4
    assert date(2027, 1, 2) in nights
    assert date(2027, 1, 3) not in nights


def test_a_range_that_ends_before_it_starts_is_empty() -> None:
    nights = Nights(date(2026, 12, 30), date(2026, 12, 28))

    assert not list(nights)
    assert not nights
    assert date(2026, 12, 29) not in nights


@given(days, st.integers(1, 400))
def test_the_preceding_range_is_adjacent_and_has_the_same_length(last: date, count: int) -> None:
    nights = Nights.ending(last, count)
    before = nights.preceding()

    assert len(nights) == len(before) == count
    assert nights.last == last
    assert before.last + timedelta(days=1) == nights.first


@pytest.mark.parametrize(
    ("start", "end", "nights"),
    [
        (None, None, Nights(date(2026, 10, 27), TONIGHT)),
        (date(2026, 11, 1), None, Nights(date(2026, 11, 1), TONIGHT)),
        (None, date(2026, 11, 1), Nights(date(2026, 10, 5), date(2026, 11, 1))),
        (date(2026, 1, 1), date(2026, 1, 31), Nights(date(2026, 1, 1), date(2026, 1, 31))),
        (TONIGHT, TONIGHT, Nights(TONIGHT, TONIGHT)),
        (None, date.max, Nights(date(2026, 10, 27), TONIGHT)),
        (date.min, TONIGHT, Nights(date(1999, 12, 31), TONIGHT)),
    ],
)
def test_the_requested_nights_default_to_28_nights_up_to_tonight(
    start: date | None, end: date | None, nights: Nights
) -> None:
    assert requested_nights(start, end, NOW) == nights


@given(st.none() | st.dates(), st.none() | st.dates())
def test_the_requested_nights_are_limited_to_the_range_of_the_diary(start: date | None, end: date | None) -> None:
    if start is not None and end is not None and end < start:
        start, end = end, start

    nights = requested_nights(start, end, NOW)

    assert all(date(1999, 12, 31) <= night <= TONIGHT for night in nights)
    assert nights.preceding().last < nights.first


@pytest.mark.parametrize(
    ("start", "end"), [(date.min, date(1990, 1, 1)), (date(2030, 1, 1), date(2030, 2, 1)), (date(2030, 1, 1), None)]
)
def test_requested_nights_outside_the_diary_are_empty(start: date, end: date | None) -> None:
    assert not requested_nights(start, end, NOW)


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(InvalidEntryError) as error:
        requested_nights(date(2026, 11, 2), date(2026, 11, 1), NOW)

    assert error.value.key == "period_reversed"
    assert error.value.placeholders == {"start": "2026-11-02", "end": "2026-11-01"}


@pytest.mark.parametrize(
    ("moment", "minute"),
    [("12:00:00", 0), ("12:00:59", 0), ("23:30:00", 690), ("00:00:00", 720), ("03:12:30", 912), ("11:59:59", 1439)],
)
def test_an_evening_is_before_the_early_morning_that_follows(moment: str, minute: int) -> None:
    at = datetime.fromisoformat(f"2026-11-24 {moment}").replace(tzinfo=BERLIN)

    assert minute_of_night(at) == minute
    assert clock_time(minute) == at.time().replace(second=0)


@pytest.mark.parametrize(
    ("minute", "shown"),
    [(1439.4, time(11, 59)), (1439.6, time(12)), (1440, time(12)), (719.6, time(0)), (0.4, time(12))],
)
def test_the_clock_time_is_rounded_to_the_minute_and_wraps_around(minute: float, shown: time) -> None:
    assert clock_time(minute) == shown
