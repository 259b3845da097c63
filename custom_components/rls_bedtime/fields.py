"""What people, phones and automations write into an action's fields, read as what they mean. Pure.

A phone's widget sends plain text, and turns "7" into a number and "a, b" into a list; an empty box says nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
import math
from typing import Any, Final

from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util

from .bedtime.command import Extent
from .const import DOMAIN
from .diary.models import CLOCK_SKEW

RESTORABLE: Final = (Extent.SETTINGS, Extent.EVERYTHING, Extent.NOTHING)
"""How much people may choose to have back; to undo a session is not theirs to choose, it follows from its length."""

_SHOWN_LENGTH: Final = 60
"""How much of a wrong value an error repeats, in characters."""


def invalid(key: str, **placeholders: object) -> ServiceValidationError:
    """Return a translated error about an action's fields."""
    shown = {name: _shortened(str(value)) for name, value in placeholders.items()}
    return ServiceValidationError(translation_domain=DOMAIN, translation_key=key, translation_placeholders=shown)


def read[T](data: Mapping[str, Any], name: str, as_what: Callable[[Any], T]) -> T | None:
    """Return a field as what it means, or None where it says nothing. Raises ServiceValidationError."""
    value = data.get(name)
    if isinstance(value, str):
        value = value.strip()
    return None if value is None or value in ("", [], {}) else as_what(value)


def check_names(data: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raise ServiceValidationError for a field that the action does not have."""
    if unknown := sorted(str(name) for name in data if name not in names):
        raise invalid("unknown_field", field=", ".join(unknown), fields=", ".join(names))


def text(value: Any) -> str:
    """Return text; a list is text with commas, which a widget took apart."""
    if isinstance(value, list | tuple):
        value = ", ".join(str(part) for part in value)
    # Half a surrogate pair is not a character, and no file takes it.
    return str(value).encode(errors="replace").decode()


def severity(value: Any) -> int:
    """Return a severity, whole; its bounds are the diary's to check."""
    number = _number(value)
    if number is None or number != int(number):
        raise invalid("severity_out_of_range", severity=value)
    return int(number)


def minutes(value: Any) -> timedelta:
    """Return a number of minutes, zero or more."""
    number = _number(value)
    if number is None or number < 0:
        raise invalid("minutes_not_a_number", value=value)
    try:
        return timedelta(minutes=number)
    except OverflowError as error:
        raise invalid("minutes_not_a_number", value=value) from error


def minutes_between(lowest: int, highest: int) -> Callable[[Any], timedelta]:
    """Return what reads a number of minutes within limits."""

    def read_minutes(value: Any) -> timedelta:
        number = _number(value)
        if number is None or not lowest <= number <= highest:
            raise invalid("minutes_out_of_range", lowest=lowest, highest=highest, value=value)
        return timedelta(minutes=number)

    return read_minutes


def one_of[Choice: StrEnum](choices: Sequence[Choice]) -> Callable[[Any], Choice]:
    """Return what reads one of some choices."""

    def read_choice(value: Any) -> Choice:
        for choice in choices:
            if choice == text(value).casefold():
                return choice
        raise invalid("unknown_choice", value=value, choices=", ".join(choices))

    return read_choice


def moment(value: Any) -> datetime:
    """Return a moment: a date and time, local unless it says its offset, or a time of day, then its last coming."""
    parsed = value if isinstance(value, datetime) else _date_and_time(str(value)) or _last(str(value))
    if parsed is None:
        raise invalid("not_a_moment", value=value)
    try:
        return parsed.replace(tzinfo=parsed.tzinfo or dt_util.get_default_time_zone())
    except OverflowError as error:
        raise invalid("not_a_moment", value=value) from error


def _date_and_time(value: str) -> datetime | None:
    is_date_alone = _parsed(dt_util.parse_date, value) is not None
    return None if is_date_alone else _parsed(dt_util.parse_datetime, value)


def _last(value: str) -> datetime | None:
    if (of_day := _parsed(dt_util.parse_time, value)) is None:
        return None
    now = dt_util.now()
    today = now.replace(hour=of_day.hour, minute=of_day.minute, second=of_day.second, microsecond=0)
    return today if today <= now + CLOCK_SKEW else today - timedelta(days=1)


def _parsed[T](parse: Callable[[str], T | None], value: object) -> T | None:
    try:
        return parse(str(value))
    except ValueError:
        return None


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except TypeError, ValueError, OverflowError:
        return None
    return number if math.isfinite(number) else None


def _shortened(value: str) -> str:
    return value if len(value) <= _SHOWN_LENGTH else f"{value[:_SHOWN_LENGTH]}…"
