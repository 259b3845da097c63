"""What people, phones and automations write into an action's fields, read as what they mean. Pure.

A phone's widget sends plain text, and turns "7" into a number and "a, b" into a list; an empty box says nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
import math
import re
from typing import Any, Final

from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..bedtime.command import RestoreMode
from ..diary.models import SEVERITIES
from ..errors import printable, validation_error

RESTORABLE: Final = (RestoreMode.SETTINGS, RestoreMode.EVERYTHING, RestoreMode.NOTHING)
"""How much people may choose to have back; to undo a session is not theirs to choose, it follows from its length."""

type Parser[T] = Callable[[str, Any], T]
"""Reads a field, by its name and its value, or raises ServiceValidationError."""

_WORD_SEPARATOR: Final = re.compile(r"[\s_-]+")
_ITEM_SEPARATOR: Final = re.compile(r"[,;\n]")
_EMPTY: Final[tuple[Any, ...]] = ("", [], (), {}, set(), frozenset())


def parse_field[T](data: Mapping[str, Any], field: str, reader: Parser[T]) -> T | None:
    """Return a field as what it means, or None where it says nothing. Raises ServiceValidationError."""
    value = data.get(field)
    if isinstance(value, str):
        value = value.strip()
    return None if value is None or value in _EMPTY else reader(field, value)


def check_field_names(data: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raise ServiceValidationError for a field that the action does not have."""
    if unknown := sorted(printable(name) for name in data if name not in names):
        raise validation_error("unknown_field", field=", ".join(unknown), fields=", ".join(names))


# --- words ------------------------------------------------------------------------------------------------------------


def text(field: str, value: Any) -> str:
    """Return text; a list is text with commas, which a widget took apart."""
    if isinstance(value, Mapping | bytes):
        raise validation_error("not_text", field=field, value=value)
    if isinstance(value, list | tuple | set | frozenset):
        value = ", ".join(printable(part) for part in value)
    return printable(value).strip()


def texts(field: str, value: Any) -> tuple[str, ...]:
    """Return texts, none twice: of a list, or of a text with commas."""
    parts = value if isinstance(value, list | tuple | set | frozenset) else [value]
    pieces = (piece.strip() for part in parts for piece in _ITEM_SEPARATOR.split(text(field, part)))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def enum[Choice: StrEnum](choices: Iterable[Choice]) -> Parser[Choice]:
    """Return what reads one of some choices, however it is spelled."""
    by_word = {_normalized(choice): choice for choice in choices}

    def read_choice(field: str, value: Any) -> Choice:
        if (choice := by_word.get(_normalized(text(field, value)))) is None:
            raise validation_error("unknown_choice", field=field, value=value, choices=", ".join(by_word.values()))
        return choice

    return read_choice


def enum_list[Choice: StrEnum](choices: Iterable[Choice]) -> Parser[tuple[Choice, ...]]:
    """Return what reads any of some choices, none twice: of a list, or of a text with commas."""
    read_choice = enum(choices)

    def read_choices(field: str, value: Any) -> tuple[Choice, ...]:
        return tuple(dict.fromkeys(read_choice(field, each) for each in texts(field, value)))

    return read_choices


# --- numbers ----------------------------------------------------------------------------------------------------------


def severity(field: str, value: Any) -> int:
    """Return a severity: a whole number from 0 to 10."""
    number = _number(value)
    if number is None or number not in SEVERITIES:
        raise validation_error("severity_out_of_range", field=field, severity=value)
    return int(number)


def integer_between(lowest: int, highest: int) -> Parser[int]:
    """Return what reads a whole number within limits."""

    def read_number(field: str, value: Any) -> int:
        number = _number(value)
        if number is None or number != int(number) or not lowest <= number <= highest:
            raise validation_error("number_out_of_range", field=field, lowest=lowest, highest=highest, value=value)
        return int(number)

    return read_number


def minutes(field: str, value: Any) -> timedelta:
    """Return a length of time: a number of minutes, zero or more, or what Home Assistant takes for a duration."""
    length = _length(value)
    if length is None or length < timedelta():
        raise validation_error("minutes_not_a_number", field=field, value=value)
    return length


def minutes_between(lowest: int, highest: int) -> Parser[timedelta]:
    """Return what reads a length of time within limits, in minutes."""

    def read_minutes(field: str, value: Any) -> timedelta:
        length = _length(value)
        if length is None or not timedelta(minutes=lowest) <= length <= timedelta(minutes=highest):
            raise validation_error("minutes_out_of_range", field=field, lowest=lowest, highest=highest, value=value)
        return length

    return read_minutes


def _length(value: Any) -> timedelta | None:
    number = _number(value)
    try:
        if number is not None:
            return timedelta(minutes=number)
        if isinstance(value, timedelta | Mapping) or (isinstance(value, str) and ":" in value):
            length: timedelta = cv.time_period(value)
            return length
    except vol.Invalid, OverflowError, ValueError, TypeError:
        return None
    return None


def _number(value: Any) -> float | None:
    """Return a number, or None for what is none: Python itself would take true for 1 and 1_0 for 10."""
    if isinstance(value, list | tuple) and len(value) == 1:
        (value,) = value
    if isinstance(value, bool) or (isinstance(value, str) and "_" in value):
        return None
    try:
        number = float(value)
    except TypeError, ValueError, OverflowError:
        return None
    return number if math.isfinite(number) else None


# --- what is shown of them --------------------------------------------------------------------------------------------


def _normalized(value: str) -> str:
    return _WORD_SEPARATOR.sub("_", value.strip().casefold())
