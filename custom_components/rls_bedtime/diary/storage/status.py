"""What the diary has to say about its file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path


class Damage(StrEnum):
    """Why a file was set aside."""

    DAMAGED = "damaged"
    FOREIGN = "foreign"
    EMPTY = "empty"
    MISSING = "missing"
    REPLACED = "replaced"
    """Somebody put another one into its place while it was in use."""


class Remedy(StrEnum):
    """What was done about a file that could not be used."""

    RESTORED = "restored"
    """The newest good copy is in its place."""
    RECREATED = "begun_anew"
    """There was no good copy."""
    PUT_BACK = "put_back"
    """It had been in use: all that was in it is in its place again."""
    ADOPTED = "replaced"
    """What somebody put into its place is used from now on, and what was there before is set aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What was done about a file that could not be used. Moments are in UTC.

    `set_aside` is where the file is kept now, if there was one. `copied_at` says as of when the restored copy is: what
    was logged later is not in it.
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
    """What the file holds of a sleeper: the name last known, how many episodes, and when the last began."""

    sleeper: str
    name: str | None
    episodes: int
    last_started_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatistics:
    """The file in figures, for system health. `size` is in bytes; moments are in UTC.

    `intact` is what the last integrity check found; None before the first.
    """

    size: int
    episodes: int
    last_write: datetime | None
    schema: int
    intact: bool | None
    checked_at: datetime | None
    copies: int
    copied_at: datetime | None
