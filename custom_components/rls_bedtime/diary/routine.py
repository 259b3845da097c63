"""The evening routine: a sleeper's own list, and what of it was done on a night."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutineItem:
    """An item of a sleeper's evening routine, and whether it is done on the night that was asked for."""

    uid: str
    text: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """An item of the evening routine that was done on a night, in the words that it had then."""

    night: date
    text: str
