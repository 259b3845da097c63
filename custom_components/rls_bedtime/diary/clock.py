"""Times of day on the clock of a time zone. Pure."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta, tzinfo


def last_occurrence(time_of_day: time, latest: datetime, zone: tzinfo | None) -> datetime:
    """Return the last occurrence of a time of day at or before a datetime."""
    return max(each for each in _occurrences(time_of_day, latest, zone) if each <= latest).astimezone(zone)


def first_occurrence(time_of_day: time, start: datetime, zone: tzinfo | None) -> datetime:
    """Return the first occurrence of a time of day at or after a start.

    The minute of the start counts as well: a clock that shows no seconds says the same for both.
    """
    earliest = start if time_of_day.second or time_of_day.microsecond else start.replace(second=0, microsecond=0)
    first = min(each for each in _occurrences(time_of_day, start, zone) if each >= earliest)
    return max(first, start.astimezone(UTC)).astimezone(zone)


def _occurrences(time_of_day: time, around: datetime, zone: tzinfo | None) -> Iterator[datetime]:
    """Yield the occurrences of a local time on three days, in UTC: two on the day on which clocks are put back."""
    day = around.astimezone(UTC).astimezone(zone).date()
    for days in (-1, 0, 1):
        for fold in (0, 1):
            local = datetime.combine(day + timedelta(days=days), time_of_day.replace(fold=fold, tzinfo=None))
            yield local.replace(tzinfo=zone).astimezone(UTC)
