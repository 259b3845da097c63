"""What the diary speaks of: episodes, and what a sleeper may say of one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

SEVERITIES: Final = range(11)
"""Numeric rating scale, 0 (no discomfort) to 10 (the worst imaginable)."""

NOTE_LENGTH: Final = 2_000
"""The longest note, in characters."""

EARLIEST_START: Final = datetime(2000, 1, 1, tzinfo=UTC)
CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far ahead of ours a phone's clock may run: a start that close is taken as now."""

REPEAT_WINDOW: Final = timedelta(seconds=10)
"""Phones try again when an answer is slow: the same again within this time is the same episode."""


class DiaryError(Exception):
    """The diary refused: `key` names why, `placeholders` holds what the words need."""

    def __init__(self, key: str, **placeholders: object) -> None:
        """Keep the reason and its details."""
        super().__init__(key, placeholders)
        self.key = key
        self.placeholders = {name: str(value) for name, value in placeholders.items()}


class InvalidEntryError(DiaryError):
    """What was to be written is not possible: nothing has been written."""


class DatabaseError(DiaryError):
    """The file cannot be read or written: nothing has been written."""


class NewerDatabaseError(DatabaseError):
    """The file was written by a later release: this one leaves it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a sleeper says of an episode, before it is written.

    `started_at` is aware; left out, the episode starts `ago` before it is logged. Raises InvalidEntryError for a value
    out of bounds.
    """

    started_at: datetime | None = None
    ago: timedelta | None = None
    severity: int | None = None
    note: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.started_at is not None and self.ago is not None:
            raise InvalidEntryError("start_given_twice")
        if self.ago is not None and self.ago < timedelta():
            raise InvalidEntryError("minutes_ago_negative")
        if self.severity is not None and self.severity not in SEVERITIES:
            raise InvalidEntryError("severity_out_of_range", severity=self.severity)
        if self.note is not None and len(self.note) > NOTE_LENGTH:
            raise InvalidEntryError("note_too_long", length=len(self.note), limit=NOTE_LENGTH)

    def start(self, now: datetime) -> datetime:
        """Return when the episode started, in the zone of `now`, the moment it is logged.

        Raises InvalidEntryError for a start in the future or before the diary's first day.
        """
        if self.started_at is None:
            started_at = _before(now, self.ago or timedelta())
        elif self.started_at > now + CLOCK_SKEW:
            raise InvalidEntryError(
                "start_in_future", started_at=self.started_at.astimezone(now.tzinfo).isoformat(" ", "minutes")
            )
        else:
            started_at = min(self.started_at, now).astimezone(now.tzinfo)
        if started_at < EARLIEST_START:
            raise InvalidEntryError("start_too_early", earliest=EARLIEST_START.date())
        return started_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One bout of leg discomfort, as it is kept.

    `started_at` is aware and carries the local offset of that moment: its wall clock is the sleeper's. `logged_at` is
    in UTC.
    """

    id: str
    sleeper: str
    started_at: datetime
    logged_at: datetime
    severity: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """The answer to a log: the episode, and whether it is new or the repeat of one just logged."""

    episode: Episode
    new: bool


def _before(now: datetime, ago: timedelta) -> datetime:
    """Return the moment `ago` before `now`, on the wall clock of that moment."""
    try:
        return (now.astimezone(UTC) - ago).astimezone(now.tzinfo)
    except OverflowError as error:
        raise InvalidEntryError("start_too_early", earliest=EARLIEST_START.date()) from error
