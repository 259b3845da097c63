"""What a column of the diary's tables may hold, and how it is kept."""

from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from functools import cache
import json
from typing import Any, override

from sqlalchemy import Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class UnreadableError(Exception):
    """A value in the file is not what it was written as."""


class StrictType[Value](TypeDecorator[Value]):
    """A value of just this type: a flipped bit may have made another of it."""

    impl = Text
    cache_ok = True

    def __init__(self, of_type: type[Value], storage: type[TypeEngine[Any]]) -> None:
        """Keep values of a Python type as those of a type of the tables."""
        super().__init__()
        self.of_type = of_type
        self.storage = storage

    @override
    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(self.storage())

    @override
    def process_result_value(self, value: object, dialect: Dialect) -> Value | None:
        if value is None or isinstance(value, self.of_type):
            return value
        raise UnreadableError


class Flag(TypeDecorator[bool]):
    """Yes or no."""

    impl = Integer
    cache_ok = True

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> bool | None:
        return None if value is None else bool(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept in UTC: SQLite itself knows no time zones. As text, moments sort as they come."""

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
    """A date."""

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


class EnumType[Choice: StrEnum](TypeDecorator[Choice]):
    """A word of a vocabulary."""

    impl = Text
    cache_ok = True

    def __init__(self, vocabulary: type[Choice]) -> None:
        """Know these words."""
        super().__init__()
        self.vocabulary = vocabulary

    @override
    def process_bind_param(self, value: Choice | None, dialect: Dialect) -> str | None:
        return None if value is None else value.value

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> Choice | None:
        try:
            return None if value is None else self.vocabulary(value)
        except ValueError as error:
            raise UnreadableError from error


class JsonList[Item: str](TypeDecorator[tuple[Item, ...]]):
    """Several texts, as a list in JSON."""

    impl = Text
    cache_ok = True

    def __init__(self, of_type: type[Item]) -> None:
        """Keep texts of this type."""
        super().__init__()
        self.of_type = of_type

    @override
    def process_bind_param(self, value: tuple[Item, ...] | None, dialect: Dialect) -> str:
        return json.dumps([str(item) for item in value or ()], ensure_ascii=False)

    @override
    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Item, ...]:
        try:
            return () if value == "[]" else tuple(self.of_type(item) for item in json.loads(value or ""))
        except (TypeError, ValueError) as error:
            raise UnreadableError from error


def to_local(moment: datetime, utc_offset: int) -> datetime:
    """Return a moment on the wall clock that is so many seconds from UTC."""
    return moment.astimezone(_zone(utc_offset))


@cache
def _zone(utc_offset: int) -> timezone:
    """Return a clock; there are few of them, and many moments."""
    try:
        return timezone(timedelta(seconds=utc_offset))
    except (OverflowError, ValueError) as error:
        raise UnreadableError from error


def utc_offset_of(moment: datetime) -> int:
    """Return how far the wall clock of a moment is from UTC, in seconds."""
    offset = moment.utcoffset() or timedelta()
    return int(offset.total_seconds())
