"""Column types of the tables, with validation of the stored values."""

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from fractions import Fraction
from functools import cache
import json
from typing import Any, override

from sqlalchemy import Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class UnreadableError(Exception):
    """A value in the file is invalid: it has been damaged."""


class StrictType[Value](TypeDecorator[Value]):
    """A value whose type is checked when it is read: a flipped bit may have changed it."""

    impl = Text
    cache_ok = True

    def __init__(self, value_type: type[Value], storage_type: type[TypeEngine[Any]]) -> None:
        super().__init__()
        self.value_type = value_type
        self.storage_type = storage_type

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(self.storage_type())

    @override
    def process_result_value(self, value: object, dialect: Dialect) -> Value | None:
        if value is None or isinstance(value, self.value_type):
            return value
        raise UnreadableError


class Flag(TypeDecorator[bool]):
    """A Boolean, stored as an integer."""

    impl = Integer
    cache_ok = True

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A datetime, stored as text in UTC, which sorts by time: SQLite does not support time zones."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        try:
            return None if value is None else datetime.fromisoformat(f"{value}+00:00")
        except ValueError as error:
            raise UnreadableError from error


class IsoDate(TypeDecorator[date]):
    """A date, stored as ISO text."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:
        return None if value is None else value.isoformat()

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:
        try:
            return None if value is None else date.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise UnreadableError from error


class EnumType[Member: StrEnum](TypeDecorator[Member]):
    """A member of an enum, stored as text."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[Member]) -> None:
        super().__init__()
        self.enum = enum

    @override
    def process_bind_param(self, value: Member | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Member | None:
        try:
            return None if value is None else self.enum(value)
        except ValueError as error:
            raise UnreadableError from error


class FractionText(TypeDecorator[Fraction]):
    """An exact fraction, stored as text such as 3/2."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:
        try:
            return None if value is None else Fraction(value)
        except (ValueError, ZeroDivisionError) as error:
            raise UnreadableError from error


class JsonList[Item: str](TypeDecorator[tuple[Item, ...]]):
    """A tuple of texts, stored as a JSON list."""

    impl = Text
    cache_ok = True

    def __init__(self, item_type: type[Item]) -> None:
        super().__init__()
        self.item_type = item_type

    @override
    def process_bind_param(self, value: tuple[Item, ...] | None, dialect: Dialect) -> str:
        return json.dumps([str(item) for item in value or ()], ensure_ascii=False)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Item, ...]:
        try:
            return () if value == "[]" else tuple(self.item_type(item) for item in json.loads(value or ""))
        except (TypeError, ValueError) as error:
            raise UnreadableError from error


def to_local(moment: datetime, utc_offset: int) -> datetime:
    """Return a datetime with a UTC offset in seconds."""
    return moment.astimezone(_zone(utc_offset))


@cache
def _zone(utc_offset: int) -> timezone:
    """Return the time zone of a UTC offset. Cached: there are few offsets and many datetimes."""
    try:
        return timezone(timedelta(seconds=utc_offset))
    except (OverflowError, ValueError) as error:
        raise UnreadableError from error


def utc_offset_of(moment: datetime) -> int:
    """Return the UTC offset of a datetime, in seconds."""
    offset = moment.utcoffset() or timedelta()
    return int(offset.total_seconds())
