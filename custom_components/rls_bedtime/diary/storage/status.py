"""Status of the database file: damage, recovery and statistics."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class Damage(StrEnum):
    """Reason why files were set aside."""

    DAMAGED = "damaged"
    FOREIGN = "foreign"
    EMPTY = "empty"
    MISSING = "missing"
    UNMATCHED = "unmatched"
    """The WAL or the journal beside the file belongs to another state of the diary."""
    RESCUED = "rescued"
    """An earlier version was interrupted in a recovery."""


class Remedy(StrEnum):
    """How the diary recovered from unusable files."""

    RESTORED = "restored"
    """The newest valid copy was restored."""
    RECREATED = "begun_anew"
    """There was no valid copy, so an empty file was created."""
    KEPT = "kept"
    """The file itself is used as it was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Recovery from unusable files. Datetimes are in UTC.

    `set_aside` is the new path of what was set aside, if there was anything. `copied_at` is the time of the restored
    copy: it does not contain what was logged later. `episodes` is None until the recovery is complete.
    """

    id: str
    damage: Damage
    remedy: Remedy
    recovered_at: datetime
    set_aside: Path | None
    copied_at: datetime | None = None
    episodes: int | None = None
    last_started_at: datetime | None = None


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
