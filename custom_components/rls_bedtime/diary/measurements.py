"""How the conditions of a night follow from what was measured: when it was, and what counts. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from statistics import median
from typing import Final, NamedTuple

from .clock import first_occurrence
from .models import NightConditions
from .nights import NOON, Nights, night_bounds, night_of

NIGHTS_READ_AGAIN: Final = 10
"""Of how many nights up to tonight what is missing is read again. Home Assistant keeps states for as many days."""

BEDROOM_MEASUREMENTS: Final = ("temperature", "humidity", "illuminance")
SLEEP_MEASUREMENTS: Final = ("minutes_asleep", "minutes_in_bed")
MEASUREMENTS: Final = (*BEDROOM_MEASUREMENTS, *SLEEP_MEASUREMENTS)
"""The fields of the conditions of a night that are measured."""

_PLAUSIBLE: Final = {"temperature": (-30, 50), "humidity": (0, 100), "illuminance": (0, 200_000)}
_HOUR: Final = timedelta(hours=1)
_COMPILED_AFTER: Final = timedelta(minutes=15)
"""How long after a full hour its statistics are read. The recorder compiles them within some seconds, if it is idle."""
_MIN_COVERAGE: Final = 0.5
_MAX_MINUTES: Final = 24 * 60


class HourlyMean(NamedTuple):
    """The mean of a sensor in the hour that begins at `start`."""

    start: datetime
    mean: float


class SleepReport(NamedTuple):
    """The minutes that a sleep tracker reported at a time."""

    at: datetime
    minutes: float


@dataclass(frozen=True, slots=True)
class NightHours:
    """The hours in which somebody is in bed, in UTC, and the noon until which a sleep tracker may report them."""

    start: datetime
    end: datetime
    noon: datetime

    @property
    def measured_at(self) -> datetime:
        """Return when the statistics of the last hour are there."""
        return _next_full_hour(self.end) + _COMPILED_AFTER

    @property
    def reported_at(self) -> datetime:
        """Return when no more reports of a sleep tracker belong to this night."""
        return self.noon + _COMPILED_AFTER


def night_hours(night: date, started: Iterable[datetime], bedtime: time, wake_up: time, zone: tzinfo) -> NightHours:
    """Return the hours of a night: from the start of bedtime mode, else from bedtime, to the wake-up time.

    Of several starts, the one closest to bedtime counts: the mode may have been tried by day, or started again.
    """
    _, noon = (each.astimezone(UTC) for each in night_bounds(night, zone))
    day = night if bedtime >= NOON else night + timedelta(days=1)
    scheduled = datetime.combine(day, bedtime, zone).astimezone(UTC)
    starts = [each.astimezone(UTC) for each in started if night_of(each) == night]
    start = min(starts, key=lambda each: abs(each - scheduled), default=scheduled)
    woken = first_occurrence(wake_up, start + timedelta(minutes=1), zone).astimezone(UTC)
    return NightHours(start, min(woken, noon), noon)


def hours_of_nights(
    nights: Nights, started: Sequence[datetime], bedtime: time, wake_up: time, zone: tzinfo
) -> dict[date, NightHours]:
    """Return the hours of each night, in order."""
    return {night: night_hours(night, started, bedtime, wake_up, zone) for night in nights}


def next_reading(now: datetime, bedtime: time, wake_up: time, zone: tzinfo) -> datetime:
    """Return when the next night is to be read: in the morning, and for what was reported late again at noon."""
    tonight = night_of(now.astimezone(zone))
    days = (timedelta(days=each) for each in (-1, 0, 1))
    nights = (night_hours(tonight + each, (), bedtime, wake_up, zone) for each in days)
    return min(each for hours in nights for each in (hours.measured_at, hours.reported_at) if each > now)


def nights_to_read(tonight: date) -> Nights:
    """Return the nights of which what is missing can still be read."""
    return Nights.ending(tonight, NIGHTS_READ_AGAIN)


def unread_nights(
    hours: Mapping[date, NightHours],
    known: Iterable[NightConditions],
    measurements: Collection[str],
    now: datetime,
) -> dict[date, NightHours]:
    """Return the hours of the nights that are over and of which a measurement is missing, and always of the last one.

    The last one may have been read before a sleep tracker had reported all of it.
    """
    over = {night: each for night, each in hours.items() if each.measured_at <= now}
    complete = {each.night for each in known if all(getattr(each, name) is not None for name in measurements)}
    last = max(over, default=None)
    return {night: each for night, each in over.items() if night == last or night not in complete}


def mean_of_night(measurement: str, sensors: Iterable[Sequence[HourlyMean]], hours: NightHours) -> float | None:
    """Return the median of the means of several sensors over a night, or None.

    A sensor counts if it is known for at least half of the night, and if its mean can be that of a bedroom.
    """
    lowest, highest = _PLAUSIBLE[measurement]
    means = (_weighted_mean(each, hours) for each in sensors)
    plausible = [each for each in means if each is not None and lowest <= each <= highest]
    return round(median(plausible), 2) if plausible else None


def reported_minutes(reports: Iterable[SleepReport], hours: NightHours) -> int | None:
    """Return the last minutes that a sleep tracker reported of a night, or None.

    What it reported before the night is that of another one. It may only repeat it, as after a restart. Trackers show 0
    before they know anything.
    """
    before = result = None
    for at, minutes in sorted(reports):
        if at >= hours.noon:
            break
        if not 0 < minutes <= _MAX_MINUTES:
            continue
        if at < hours.start:
            before = minutes
        elif result is not None or minutes != before:
            result = round(minutes)
    return result


def adds_to(known: NightConditions | None, read: NightConditions) -> bool:
    """Return whether something was read of a night that is not known like this."""
    values = ((getattr(read, name), getattr(known, name, None)) for name in MEASUREMENTS)
    return any(value is not None and value != before for value, before in values)


def merged(known: NightConditions | None, read: NightConditions) -> NightConditions:
    """Return the conditions of a night with what was read of it. What is not read any longer stays known."""
    values = {name: getattr(read, name) for name in MEASUREMENTS}
    found = {name: value for name, value in values.items() if value is not None}
    return read if known is None else replace(known, **found)


def _weighted_mean(rows: Iterable[HourlyMean], hours: NightHours) -> float | None:
    """Return the mean over a night, to which an hour contributes what of it is within."""
    parts = [(mean, _overlap(start, hours)) for start, mean in rows]
    covered = sum(weight for _, weight in parts)
    if covered < _MIN_COVERAGE * (hours.end - hours.start).total_seconds() or not covered:
        return None
    return sum(mean * weight for mean, weight in parts) / covered


def _overlap(start: datetime, hours: NightHours) -> float:
    return max(0.0, (min(start + _HOUR, hours.end) - max(start, hours.start)).total_seconds())


def _next_full_hour(moment: datetime) -> datetime:
    """Return the full hour in UTC at or after a moment. Statistics begin with those, in zones with half hours too."""
    floor = moment.replace(minute=0, second=0, microsecond=0)
    return floor if floor == moment else floor + _HOUR
