"""Figures as JSON types. Pure."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from typing import Any


def to_json(value: object) -> Any:
    """Convert figures to JSON types, recursively: dates and times of day to ISO strings."""
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value
