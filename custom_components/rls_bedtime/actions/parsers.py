"""Parsers of an action's fields. Pure.

A phone's widget has text boxes only. It sends "7" as a number and "a, b" as a list; an empty box is no value.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
import math
import re
from typing import Any, Final
import unicodedata

from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from ..diary.models import SEVERITIES
from ..errors import validation_error
from ..sanitize import clean, printable

type Parser[T] = Callable[[str, Any], T]
"""Parses the value of a field, given the field's name for errors. Raises ServiceValidationError."""

_WORD_SEPARATOR: Final = re.compile(r"[\s_-]+")
_ITEM_SEPARATOR: Final = re.compile(r"[,;\n]")
_SPLIT_DECIMALS: Final = re.compile(r"(?<=\d), (?=\d)")
"""Where a dose of "0,25 mg" was split."""

_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2},\d{3}")
"""What is 1,234 to some and 1.234 to others."""

_EMPTY: Final[tuple[Any, ...]] = ("", [], (), {}, set(), frozenset())


def parse_field[T](data: Mapping[str, Any], field: str, parser: Parser[T]) -> T | None:
    """Return the parsed value of a field, or None if it is missing or empty. Raises ServiceValidationError."""
    value = clean(data.get(field))
    if isinstance(value, list | tuple) and len(value) == 1:
        # A widget or a template has made a list of what it took for several values.
        (value,) = value
    if isinstance(value, str):
        value = value.strip()
    return None if value is None or value in _EMPTY else parser(field, value)


def check_field_names(data: Mapping[str, Any], names: Sequence[str]) -> None:
    """Raise ServiceValidationError for a field that the action does not have."""
    if unknown := sorted(printable(name) for name in data if name not in names):
        raise validation_error("unknown_field", field=", ".join(unknown), fields=", ".join(names))


# --- texts ------------------------------------------------------------------------------------------------------------


def text(field: str, value: Any) -> str:
    """Parse a text. A list is a text with commas that a widget split."""
    if isinstance(value, Mapping | bytes):
        raise validation_error("not_text", field=field, value=value)
    if isinstance(value, list | tuple | set | frozenset):
        value = _SPLIT_DECIMALS.sub(",", ", ".join(printable(part) for part in value))
    return printable(value).strip()


def texts(field: str, value: Any) -> tuple[str, ...]:
    """Parse distinct texts: a list, or a text with commas."""
    parts = value if isinstance(value, list | tuple | set | frozenset) else [value]
    pieces = (piece.strip() for part in parts for piece in _ITEM_SEPARATOR.split(text(field, part)))
    return tuple(dict.fromkeys(piece for piece in pieces if piece))


def enum[Choice: StrEnum](choices: Iterable[Choice]) -> Parser[Choice]:
    """Return a parser of one of these choices, in any case and with any separators."""
    by_name = {_normalized(choice): choice for choice in choices}

    def parse_choice(field: str, value: Any) -> Choice:
        if (choice := by_name.get(_normalized(text(field, value)))) is None:
            raise validation_error("unknown_choice", field=field, value=value, choices=", ".join(by_name.values()))
        return choice

    return parse_choice


def enum_list[Choice: StrEnum](choices: Iterable[Choice]) -> Parser[tuple[Choice, ...]]:
    """Return a parser of distinct choices: a list, or a text with commas."""
    parse_choice = enum(choices)

    def parse_choices(field: str, value: Any) -> tuple[Choice, ...]:
        return tuple(dict.fromkeys(parse_choice(field, each) for each in texts(field, value)))

    return parse_choices


def translate_choices(value: Any, keys: Mapping[str, str]) -> Any:
    """Return a value in which the names of choices are replaced by their keys; names are compared as keys are.

    `keys` are the keys by name. What is neither a name nor a list or a text with names in it is left as it is.
    """
    if isinstance(value, list | tuple | set | frozenset):
        return [translate_choices(each, keys) for each in value]
    if not isinstance(value, str):
        return value
    if (key := keys.get(_normalized(value))) is not None:
        return key
    pieces = _ITEM_SEPARATOR.split(value)
    return ", ".join(keys.get(_normalized(piece), piece) for piece in pieces) if len(pieces) > 1 else value


def keys_by_name(*texts: Mapping[str, str]) -> dict[str, str]:
    """Return the keys of choices by their names, given the names by key in each language, the first one foremost.

    A key is always its own name, also if it means something else in another language.
    """
    keys = {_normalized(key): key for names in texts for key in names}
    for names in texts:
        for key, name in names.items():
            keys.setdefault(_normalized(name), key)
    return keys


# --- numbers ----------------------------------------------------------------------------------------------------------


def severity(field: str, value: Any) -> int:
    """Parse a severity: an integer from 0 to 10."""
    number = _number(value)
    if number is None or number not in SEVERITIES:
        raise validation_error("severity_out_of_range", field=field, severity=value)
    return int(number)


def integer_between(lowest: int, highest: int) -> Parser[int]:
    """Return a parser of an integer within limits."""

    def parse_number(field: str, value: Any) -> int:
        number = _number(value)
        if number is None or number != int(number) or not lowest <= number <= highest:
            raise validation_error("number_out_of_range", field=field, lowest=lowest, highest=highest, value=value)
        return int(number)

    return parse_number


def number_between(lowest: float, highest: float) -> Parser[float]:
    """Return a parser of a number within limits."""

    def parse_number(field: str, value: Any) -> float:
        parsed = number(field, value)
        if not lowest <= parsed <= highest:
            raise validation_error("number_not_between", field=field, lowest=lowest, highest=highest, value=value)
        return parsed

    return parse_number


def minutes(field: str, value: Any) -> timedelta:
    """Parse a duration: a number of minutes, zero or more, or a duration as Home Assistant accepts it."""
    duration = _duration(value)
    if duration is None or duration < timedelta():
        raise validation_error("minutes_not_a_number", field=field, value=value)
    return duration


def minutes_between(lowest: int, highest: int) -> Parser[timedelta]:
    """Return a parser of a duration within limits in minutes."""

    def parse_minutes(field: str, value: Any) -> timedelta:
        duration = _duration(value)
        if duration is None or not timedelta(minutes=lowest) <= duration <= timedelta(minutes=highest):
            raise validation_error("minutes_out_of_range", field=field, lowest=lowest, highest=highest, value=value)
        return duration

    return parse_minutes


def number(field: str, value: Any) -> float:
    """Parse a number. In a text, the decimal separator may be a comma, at which a widget has split it into a list.

    A comma that may as well separate thousands is refused: a laboratory value must not be wrong by a factor of 1,000.
    """
    match value:
        case [str() as whole, str() as decimals]:
            # Of numbers, the zero of "4,05" would be lost.
            value = f"{whole},{decimals}"
    if isinstance(value, str) and value.count(",") == 1 and "." not in value:
        decimal = value.replace(",", ".")
        if _THOUSANDS.fullmatch(value.strip()):
            whole = value.replace(",", "")
            raise validation_error("ambiguous_number", field=field, value=value, whole=whole, decimal=decimal)
        value = decimal
    parsed = _number(value)
    if parsed is None:
        raise validation_error("not_a_number", field=field, value=value)
    return parsed


def boolean(field: str, value: Any) -> bool:
    """Parse a Boolean, as Home Assistant accepts it: true, "on", "yes", 1 and the like."""
    try:
        flag: bool = cv.boolean(value)
    except vol.Invalid:
        raise validation_error("not_yes_or_no", field=field, value=value) from None
    return flag


def _duration(value: Any) -> timedelta | None:
    number = _number(value)
    try:
        if number is not None:
            return timedelta(minutes=number)
        if isinstance(value, timedelta | Mapping) or (isinstance(value, str) and ":" in value):
            duration: timedelta = cv.time_period(value)
            return duration
    except vol.Invalid, OverflowError, ValueError, TypeError:
        return None
    return None


def _number(value: Any) -> float | None:
    """Return a finite number, or None if the value is none: Python itself accepts true as 1 and "1_0" as 10."""
    if isinstance(value, bool) or (isinstance(value, str) and "_" in value):
        return None
    try:
        number = float(value)
    except TypeError, ValueError, OverflowError:
        return None
    return number if math.isfinite(number) else None


def _normalized(value: str) -> str:
    return _WORD_SEPARATOR.sub("_", unicodedata.normalize("NFKC", value).strip().casefold())
