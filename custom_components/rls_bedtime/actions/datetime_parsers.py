"""Parsers of dates and times in an action's fields, in Home Assistant's time zone."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from homeassistant.util import dt as dt_util

from ..diary.models import CLOCK_SKEW
from ..diary.nights import night_of
from ..errors import validation_error
from ..sanitize import clean
from .parsers import Parser, parse_field


def parse_datetime(field: str, value: Any) -> datetime:
    """Parse a date and time, local unless it has an offset, or a time of day, which means its last occurrence."""
    return _parse(field, value, _last_occurrence)


def parse_datetime_after(start: datetime | None) -> Parser[datetime]:
    """Return a parser for which a time of day means its first occurrence after a start, if there is a start."""
    if start is None:
        return parse_datetime
    return lambda field, value: _parse(field, value, lambda time_of_day: _first_occurrence(start, time_of_day))


def parse_night(field: str, value: Any) -> date:
    """Parse a night, given as its date, or as a date and time within it."""
    if (day := _date(value)) is not None:
        return day
    try:
        parsed = _date_and_time(value)
        if parsed is not None:
            return night_of(parsed)
    except OverflowError:
        pass
    raise validation_error("not_a_night", field=field, value=value)


def parse_period(data: Mapping[str, Any], start: str, end: str) -> tuple[date | None, date | None]:
    """Return the first and the last night of a period; None where it is open. Raises an error if they are reversed."""
    first, last = (parse_field(data, field, parse_night) for field in (start, end))
    if first is not None and last is not None and last < first:
        raise validation_error("period_reversed", start=first, end=last)
    return first, last


def _parse(field: str, value: Any, occurrence: Callable[[time], datetime]) -> datetime:
    try:
        parsed = _date_and_time(value)
        if parsed is None and (time_of_day := _time(value)) is not None:
            parsed = occurrence(time_of_day)
    except OverflowError:
        parsed = None
    if parsed is None:
        raise validation_error("not_a_moment", field=field, value=value)
    return parsed


def _last_occurrence(time_of_day: time) -> datetime:
    """Return the last occurrence of a time of day. The user's clock may be a little ahead of ours."""
    now = dt_util.utcnow()
    return _local(max(each for each in _occurrences(time_of_day, now) if each <= now + CLOCK_SKEW))


def _first_occurrence(start: datetime, time_of_day: time) -> datetime:
    """Return the first occurrence of a time of day at or after a start."""
    return _local(min(each for each in _occurrences(time_of_day, start) if each >= start))


def _occurrences(time_of_day: time, around: datetime) -> Iterator[datetime]:
    """Yield the occurrences of a local time on three days, in UTC: two on the day on which clocks are put back."""
    day = _local(around).date()
    for days in (-1, 0, 1):
        for fold in (0, 1):
            local = datetime.combine(day + timedelta(days=days), time_of_day.replace(fold=fold))
            yield local.replace(tzinfo=dt_util.get_default_time_zone()).astimezone(UTC)


def _date(value: Any) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return dt_util.parse_date(clean(value).strip()) if isinstance(value, str) else None


def _time(value: Any) -> time | None:
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    return dt_util.parse_time(clean(value).strip()) if isinstance(value, str) else None


def _date_and_time(value: Any) -> datetime | None:
    """Return an aware datetime, local if it can be represented, or None if the value is none, such as a date."""
    if isinstance(value, list | tuple) and len(value) == 1:
        (value,) = value
    if isinstance(value, str) and _date(value) is None:
        try:
            value = dt_util.parse_datetime(clean(value).strip())
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    aware = value if value.tzinfo else value.replace(tzinfo=dt_util.get_default_time_zone())
    try:
        return _local(aware)
    except OverflowError:
        return aware


def _local(value: datetime) -> datetime:
    return value.astimezone(UTC).astimezone(dt_util.get_default_time_zone())
