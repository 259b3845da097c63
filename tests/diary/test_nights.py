"""Nights run from noon to noon, on the sleeper's own clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.diary.nights import night_bounds, night_of

BERLIN = ZoneInfo("Europe/Berlin")


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
def test_every_moment_lies_in_its_own_night_and_in_no_other(moment: datetime, zone: str) -> None:
    local = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    start, end = night_bounds(night_of(local), ZoneInfo(zone))

    assert start.astimezone(UTC) <= local.astimezone(UTC) < end.astimezone(UTC)
