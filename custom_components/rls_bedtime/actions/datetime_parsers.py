"""Parsers of dates and times in an action's fields, in Home Assistant's time zone."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from homeassistant.util import dt as dt_util

from ..diary.nights import night_of
from ..errors import validation_error
from ..sanitize import clean
from .parsers import parse_field


def parse_datetime(field: str, value: Any) -> datetime | time:
    """Parse a date and time, local unless it has an offset, or a time of day, whose date the diary finds."""
    try:
        parsed = _date_and_time(value) or _time(value)
    except OverflowError:
        parsed = None
    if parsed is None:
        raise validation_error("not_a_moment", field=field, value=value)
    return parsed


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


def parse_date(field: str, value: Any) -> date:
    """Parse a date, or the local date of a date and time."""
    parsed = _date(value) or _date_and_time(value)
    if parsed is None:
        raise validation_error("not_a_date", field=field, value=value)
    return parsed.date() if isinstance(parsed, datetime) else parsed


def parse_period(data: Mapping[str, Any], start: str, end: str) -> tuple[date | None, date | None]:
    """Return the first and the last night of a period; None where it is open. Raises an error if they are reversed."""
    first, last = (parse_field(data, field, parse_night) for field in (start, end))
    if first is not None and last is not None and last < first:
        raise validation_error("period_reversed", start=first, end=last)
    return first, last


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
