"""Status of the database file: damage, recovery and statistics."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class Damage(StrEnum):
    """Reason why a file was set aside."""

    DAMAGED = "damaged"
    FOREIGN = "foreign"
    EMPTY = "empty"
    MISSING = "missing"
    REPLACED = "replaced"
    """Another file was put in its place while it was in use."""


class Remedy(StrEnum):
    """How the diary recovered from an unusable file."""

    RESTORED = "restored"
    """The newest valid copy was restored."""
    RECREATED = "begun_anew"
    """There was no valid copy, so an empty file was created."""
    PUT_BACK = "put_back"
    """The file was in use, so all of its data could be put back."""
    ADOPTED = "replaced"
    """The diary that was put in its place is used from now on, and the previous one was set aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Recovery from an unusable file. Datetimes are in UTC.

    `set_aside` is the new path of the file, if there was one. `copied_at` is the time of the restored copy: it does not
    contain what was logged later.
    """

    damage: Damage
    remedy: Remedy
    recovered_at: datetime
    set_aside: Path | None
    copied_at: datetime | None
    episodes: int
    last_started_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SleeperRecord:
    """The records of a sleeper: last known name, number of episodes and start of the last one (UTC)."""

    sleeper: str
    name: str | None
    episodes: int
    last_started_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatistics:
    """Statistics of the file, for system health. `size` is in bytes; datetimes are in UTC.

    `intact` is the result of the last integrity check, None before the first one.
    """

    size: int
    episodes: int
    last_write: datetime | None
    schema: int
    intact: bool | None
    checked_at: datetime | None
    copies: int
    copied_at: datetime | None
