"""Tests of how the conditions of a night follow from what was measured."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.diary.measurements import (
    HourlyMean,
    NightHours,
    SleepReport,
    hours_of_nights,
    mean_of_night,
    merged,
    next_reading,
    night_hours,
    nights_to_read,
    reported_minutes,
    unread_nights,
)
from custom_components.rls_bedtime.diary.models import NightConditions

from .samples import BERLIN, TONIGHT, local

BEDTIME, WAKE_UP = time(22, 30), time(7)
KOLKATA = ZoneInfo("Asia/Kolkata")
ADELAIDE = ZoneInfo("Australia/Adelaide")
DAY = timedelta(days=1)


def hours_of(night: date, *started: datetime, zone: ZoneInfo = BERLIN, **times: time) -> NightHours:
    """Return the hours of a night."""
    return night_hours(night, started, times.get("bedtime", BEDTIME), times.get("wake_up", WAKE_UP), zone)


def conditions(night: date = TONIGHT, **values: Any) -> NightConditions:
    """Return the conditions of a night in which only these values are known."""
    names = ("temperature", "humidity", "illuminance", "minutes_asleep", "minutes_in_bed")
    return NightConditions(sleeper="alex", night=night, **dict.fromkeys(names) | values)


def hourly(start: datetime, *means: float) -> list[HourlyMean]:
    """Return the means of the hours from this one on."""
    return [HourlyMean(start.astimezone(UTC) + timedelta(hours=number), mean) for number, mean in enumerate(means)]


# --- when a night is --------------------------------------------------------------------------------------------------


def test_a_night_is_from_bedtime_to_the_wake_up_time() -> None:
    hours = hours_of(TONIGHT)
    assert (hours.start, hours.end) == (local("2026-11-23 22:30"), local("2026-11-24 07:00"))
    assert hours.noon == local("2026-11-24 12:00")


def test_a_night_begins_with_the_start_of_bedtime_mode_that_is_closest_to_bedtime() -> None:
    tried, evening, again = (local(f"2026-11-{at}") for at in ("23 14:00", "23 23:40", "24 04:00"))
    other_night = local("2026-11-22 22:30")
    assert hours_of(TONIGHT, other_night, tried, evening, again).start == evening
    assert hours_of(TONIGHT, other_night).start == local("2026-11-23 22:30")


def test_a_night_ends_at_noon_at_the_latest() -> None:
    assert hours_of(TONIGHT, wake_up=time(14)).end == local("2026-11-24 12:00")


def test_somebody_who_goes_to_bed_after_midnight_or_in_the_morning_has_a_night_too() -> None:
    hours = hours_of(TONIGHT, bedtime=time(0, 30), wake_up=time(8))
    assert (hours.start, hours.end) == (local("2026-11-24 00:30"), local("2026-11-24 08:00"))
    hours = hours_of(TONIGHT, bedtime=time(8), wake_up=time(16))
    assert (hours.start, hours.end) == (local("2026-11-24 08:00"), local("2026-11-24 12:00"))


@pytest.mark.parametrize(
    ("night", "length"), [(date(2026, 3, 28), 7.5), (date(2026, 10, 24), 9.5), (date(2026, 11, 23), 8.5)]
)
def test_a_night_in_which_the_clocks_change_has_as_many_hours_as_it_has(night: date, length: float) -> None:
    hours = hours_of(night)
    assert (hours.end - hours.start) / timedelta(hours=1) == length


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.times(),
    st.times(),
    st.sampled_from([BERLIN, KOLKATA, ADELAIDE, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe")]),
)
def test_whatever_the_times_are_a_night_is_within_its_noons(
    night: date, bedtime: time, wake_up: time, zone: ZoneInfo
) -> None:
    hours = night_hours(night, (), bedtime, wake_up, zone)
    assert datetime.combine(night, time(12), zone) <= hours.start <= hours.end <= hours.noon
    assert hours.end <= hours.measured_at <= hours.reported_at + timedelta(hours=1)
    assert hours.measured_at.minute == 15


# --- when a night is read ---------------------------------------------------------------------------------------------


def test_a_night_is_read_in_the_morning_and_again_at_noon() -> None:
    readings = [local("2026-11-23 20:00")]
    for _ in range(4):
        readings.append(next_reading(readings[-1], BEDTIME, time(7, 20), BERLIN).astimezone(BERLIN))
    assert readings[1:] == [
        local(each) for each in ("2026-11-24 08:15", "2026-11-24 12:15", "2026-11-25 08:15", "2026-11-25 12:15")
    ]


def test_a_night_is_read_when_its_last_full_hour_in_utc_is_over() -> None:
    # In India, 7:00 is half past an hour in UTC.
    assert hours_of(TONIGHT, zone=KOLKATA).measured_at == local("2026-11-24 07:45", KOLKATA)


def test_a_night_that_lasts_until_noon_is_read_once() -> None:
    now = local("2026-11-24 11:59")
    reading = next_reading(now, BEDTIME, time(12), BERLIN)
    assert reading == local("2026-11-24 12:15")
    assert next_reading(reading, BEDTIME, time(12), BERLIN) == local("2026-11-25 12:15")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)), st.times(), st.times())
def test_the_next_reading_is_within_a_day_and_an_hour(moment: datetime, bedtime: time, wake_up: time) -> None:
    now = moment.replace(tzinfo=UTC)
    for zone in (BERLIN, KOLKATA):
        assert now < next_reading(now, bedtime, wake_up, zone) <= now + timedelta(hours=25)


def test_the_nights_that_are_over_and_not_known_are_read() -> None:
    nights = nights_to_read(TONIGHT)
    assert (len(nights), nights.last) == (10, TONIGHT)
    hours = hours_of_nights(nights, (), BEDTIME, WAKE_UP, BERLIN)
    known = [conditions(night, temperature=18.0) for night in nights if night != TONIGHT - 4 * DAY]

    def unread(now: str, *measurements: str) -> list[date]:
        return list(unread_nights(hours, known, measurements, local(now)))

    assert unread("2026-11-24 07:14", "temperature") == [TONIGHT - 4 * DAY, TONIGHT - DAY]
    assert unread("2026-11-24 07:15", "temperature") == [TONIGHT - 4 * DAY, TONIGHT]
    assert unread("2026-11-24 07:15", "temperature", "minutes_asleep") == list(nights)
    assert unread("2026-11-10 07:15", "temperature") == []


# --- the climate of the bedroom ---------------------------------------------------------------------------------------


def mean(*sensors: list[HourlyMean], measurement: str = "temperature", hours: NightHours | None = None) -> float | None:
    """Return the mean of a night."""
    return mean_of_night(measurement, sensors, hours or hours_of(TONIGHT))


def test_an_hour_contributes_what_of_it_is_in_the_night() -> None:
    night = hours_of(TONIGHT, bedtime=time(22, 30), wake_up=time(0))
    assert mean(hourly(local("2026-11-23 21:00"), 99, 16, 19, 99), hours=night) == 18


def test_the_half_hours_of_a_zone_are_weighted_too() -> None:
    night = hours_of(TONIGHT, zone=KOLKATA, bedtime=time(22), wake_up=time(0))
    start = datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert mean(hourly(start, 16, 18, 20), hours=night) == 18


def test_several_sensors_count_by_the_one_in_the_middle() -> None:
    start = local("2026-11-23 22:00")
    assert mean(*(hourly(start, *[value] * 9) for value in (18.2, 31.0, 18.4))) == 18.4
    assert mean(*(hourly(start, *[value] * 9) for value in (18.2, 18.4))) == 18.3


def test_a_night_of_which_less_than_half_was_measured_is_unknown() -> None:
    start = local("2026-11-23 22:30")
    assert mean(hourly(start, *[18.0] * 4)) is None
    assert mean(hourly(start, *[18.0] * 5)) == 18
    assert mean([]) is None
    assert mean() is None


@pytest.mark.parametrize(
    ("measurement", "value", "expected"),
    [
        ("temperature", 61, None),
        ("temperature", -40, None),
        ("temperature", float("nan"), None),
        ("temperature", -5, -5),
        ("humidity", 101, None),
        ("humidity", 45, 45),
        ("illuminance", -1, None),
        ("illuminance", 0, 0),
    ],
)
def test_what_no_bedroom_can_have_is_not_taken(measurement: str, value: float, expected: float | None) -> None:
    assert mean(hourly(local("2026-11-23 22:00"), *[value] * 9), measurement=measurement) == expected


@pytest.mark.parametrize("night", [date(2026, 3, 28), date(2026, 10, 24)])
def test_a_night_in_which_the_clocks_change_is_the_mean_of_all_its_hours(night: date) -> None:
    hours = hours_of(night)
    readings = hourly(hours.start.replace(minute=0), *range(10))
    length = (hours.end - hours.start) / timedelta(hours=1)
    inside = [(each, min(1.0, length + 0.5 - each) - (0.5 if each == 0 else 0)) for each in range(int(length + 0.5))]
    assert mean(readings, hours=hours) == round(sum(value * weight for value, weight in inside) / length, 2)


# --- sleep trackers ---------------------------------------------------------------------------------------------------


def reported(*reports: tuple[str, float]) -> int | None:
    """Return the minutes of tonight that a tracker reported at times of 23 and 24 November."""
    return reported_minutes(
        [SleepReport(local(f"2026-11-{at}"), minutes) for at, minutes in reports], hours_of(TONIGHT)
    )


def test_the_last_report_before_noon_counts() -> None:
    assert reported(("23 09:00", 300), ("24 07:10", 390), ("24 11:00", 412), ("24 12:00", 25)) == 412


def test_what_a_tracker_showed_before_the_night_does_not_count() -> None:
    assert reported(("23 09:00", 300)) is None
    assert reported(("23 22:29", 300)) is None
    assert reported(("23 22:30", 300)) == 300


def test_what_a_tracker_shows_again_after_a_restart_does_not_count() -> None:
    assert reported(("23 09:00", 300), ("24 03:00", 300)) is None
    assert reported(("23 09:00", 300), ("24 03:00", 300), ("24 08:00", 412)) == 412


def test_a_report_may_be_corrected_to_what_it_was_the_night_before() -> None:
    assert reported(("23 09:00", 300), ("24 07:00", 310), ("24 08:00", 300)) == 300


@pytest.mark.parametrize("minutes", [0, -5, 24 * 60 + 1])
def test_what_nobody_can_sleep_is_no_report(minutes: float) -> None:
    assert reported(("24 07:00", 400), ("24 08:00", minutes)) == 400
    assert reported(("24 08:00", minutes)) is None


# --- merging ----------------------------------------------------------------------------------------------------------


def test_what_is_known_stays_unless_it_is_measured_again() -> None:
    known = conditions(temperature=18.0, minutes_asleep=390)
    assert merged(known, conditions(minutes_asleep=412, humidity=45.0)) == conditions(
        temperature=18.0, humidity=45.0, minutes_asleep=412
    )
    assert merged(None, known) == known
    assert merged(known, conditions()) == known
