"""The times in an action's fields, read as what they mean: moments and nights, in Home Assistant's zone."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from homeassistant.util import dt as dt_util

from ..diary.models import CLOCK_SKEW
from ..diary.nights import night_of
from ..errors import validation_error
from .parsers import Parser, parse_field


def parse_datetime(field: str, value: Any) -> datetime:
    """Return a moment: a date and time, local unless it says its offset, or a time of day, then its last coming."""
    return _parse(field, value, _last_occurrence)


def parse_datetime_after(start: datetime | None) -> Parser[datetime]:
    """Return what reads a moment, a time of day being its first coming after the start, if there is one."""
    if start is None:
        return parse_datetime
    return lambda field, value: _parse(field, value, lambda of_day: _first_occurrence(start, of_day))


def parse_night(field: str, value: Any) -> date:
    """Return a night, by its date; a moment stands for the night that it belongs to."""
    if (day := _date(value)) is not None:
        return day
    try:
        found = _date_and_time(value)
        if found is not None:
            return night_of(found)
    except OverflowError:
        pass
    raise validation_error("not_a_night", field=field, value=value)


def parse_period(data: Mapping[str, Any], start: str, end: str) -> tuple[date | None, date | None]:
    """Return the first and the last night of a period, None where it is open. Never the wrong way round."""
    first, last = (parse_field(data, field, parse_night) for field in (start, end))
    if first is not None and last is not None and last < first:
        raise validation_error("period_reversed", start=first, end=last)
    return first, last


def _parse(field: str, value: Any, coming: Callable[[time], datetime]) -> datetime:
    try:
        found = _date_and_time(value)
        if found is None and (of_day := _time(value)) is not None:
            found = coming(of_day)
    except OverflowError:
        found = None
    if found is None:
        raise validation_error("not_a_moment", field=field, value=value)
    return found


def _last_occurrence(of_day: time) -> datetime:
    """Return the last coming of a time of day; the clock that it was read from may run a little ahead."""
    now = dt_util.utcnow()
    return _local(max(each for each in _occurrences(of_day, now) if each <= now + CLOCK_SKEW))


def _first_occurrence(start: datetime, of_day: time) -> datetime:
    """Return the first coming of a time of day at or after a start."""
    return _local(min(each for each in _occurrences(of_day, start) if each >= start))


def _occurrences(of_day: time, around: datetime) -> Iterator[datetime]:
    """Yield when a local time comes on the days around a moment, in UTC: twice where a clock is put back."""
    day = _local(around).date()
    for days in (-1, 0, 1):
        for fold in (0, 1):
            local = datetime.combine(day + timedelta(days=days), of_day.replace(fold=fold))
            yield local.replace(tzinfo=dt_util.get_default_time_zone()).astimezone(UTC)


def _date(value: Any) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return dt_util.parse_date(value.strip()) if isinstance(value, str) else None


def _time(value: Any) -> time | None:
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    return dt_util.parse_time(value.strip()) if isinstance(value, str) else None


def _date_and_time(value: Any) -> datetime | None:
    """Return an aware moment, local where the calendar reaches, or None for what is none, like a date alone."""
    if isinstance(value, list | tuple) and len(value) == 1:
        (value,) = value
    if isinstance(value, str) and _date(value) is None:
        try:
            value = dt_util.parse_datetime(value.strip())
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    found = value if value.tzinfo else value.replace(tzinfo=dt_util.get_default_time_zone())
    try:
        return _local(found)
    except OverflowError:
        return found


def _local(moment: datetime) -> datetime:
    return moment.astimezone(UTC).astimezone(dt_util.get_default_time_zone())
