"""The diary's copies: one a day, each verified, seven kept."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sqlite3
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from .database_file import (
    TIMESTAMP_FORMAT,
    UnusableFileError,
    connect_for_reading,
    is_corruption,
    passes_integrity_check,
    sync_folder,
)
from .status import Damage
from .tables import ChangeRow

MAX_COPIES: Final = 7
COPY_INTERVAL: Final = timedelta(days=1)
_UNFINISHED: Final = "unfinished"
_NEWEST_CHANGE: Final = str(select(func.max(ChangeRow.id)).compile(dialect=sqlite_dialect()))


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the diary's file, as of a moment (UTC)."""

    path: Path
    copied_at: datetime


class Copies:
    """The copies in a folder. Every method blocks; two at a time are not for one folder."""

    def __init__(self, folder: Path) -> None:
        """Keep the copies here. The folder is made with the first of them."""
        self.folder = folder

    def all(self) -> list[Copy]:
        """Return the copies, those first that are dated last."""
        found = (_copy(path) for path in self.folder.glob("*.db"))
        return sorted((copy for copy in found if copy), key=lambda copy: copy.copied_at, reverse=True)

    def next_due(self, now: datetime) -> datetime:
        """Return when the next one is due: a day after the newest. One dated later than now is of a wrong clock."""
        newest = next((copy for copy in self.all() if copy.copied_at <= now), None)
        return now if newest is None else newest.copied_at + COPY_INTERVAL

    def create(self, source: Path, now: datetime) -> None:
        """Copy a file that is in use, and drop the copies beyond those that are kept.

        In WAL mode a reader sees one moment and keeps no writer waiting, so the copy is made in one step. Raises
        UnusableFileError for a damaged source, whose copy is not kept, and what sqlite3 and the disk raise.
        """
        self.folder.mkdir(exist_ok=True)
        unfinished = self.folder / _UNFINISHED
        # A hub that lost power may have left one.
        unfinished.unlink(missing_ok=True)
        try:
            with closing(connect_for_reading(source)) as reader:
                copy_verified(reader, unfinished)
            unfinished.replace(self.folder / f"{now.astimezone(UTC).strftime(TIMESTAMP_FORMAT)}.db")
        finally:
            unfinished.unlink(missing_ok=True)
        sync_folder(self.folder)
        self._prune(now)

    def newest_valid(self) -> Copy | None:
        """Return the newest copy that is sound and that this release can read.

        The newest is the one whose journal is the longest: no clock can spoil that order.
        """
        by_journal = sorted(self.all(), key=lambda copy: (_length_of_journal(copy), copy.copied_at), reverse=True)
        return next((copy for copy in by_journal if _is_good(copy)), None)

    def erase_sleeper(self, sleeper: str) -> None:
        """Erase a sleeper from every copy. A damaged one goes altogether: nothing can be erased from it."""
        for copy in self.all():
            try:
                _erase(copy.path, sleeper)
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if not is_corruption(error):
                    raise
                copy.path.unlink()

    def _prune(self, now: datetime) -> None:
        """Keep the newest, and as many of those that are dated later than now.

        A hub without a clock of its own wakes up in the past: what it then takes for the future are its good copies.
        """
        copies = self.all()
        later = [copy for copy in copies if copy.copied_at > now]
        for copy in later[:-MAX_COPIES] + copies[len(later) :][MAX_COPIES:]:
            copy.path.unlink()


def _length_of_journal(copy: Copy) -> int:
    """Return the number of the last change in a copy; -1 where that cannot be read."""
    try:
        with closing(connect_for_reading(copy.path)) as connection:
            (newest,) = connection.execute(_NEWEST_CHANGE).fetchone()
            return int(newest or 0)
    except sqlite3.Error, UnicodeDecodeError, ValueError:
        return -1


def _copy(path: Path) -> Copy | None:
    try:
        return Copy(path, datetime.strptime(path.stem, TIMESTAMP_FORMAT).replace(tzinfo=UTC))
    except ValueError:
        return None


def copy_verified(reader: sqlite3.Connection, destination: Path) -> None:
    """Copy what a connection reads into a file by itself. Raises UnusableFileError if that is damaged."""
    with closing(sqlite3.connect(destination)) as copy:
        try:
            reader.backup(copy)
            # One file, without companions: it is complete by itself wherever it is carried.
            copy.execute("PRAGMA journal_mode = DELETE")
            sound = passes_integrity_check(copy)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if is_corruption(error):
                raise UnusableFileError(Damage.DAMAGED) from error
            raise
    if not sound:
        raise UnusableFileError(Damage.DAMAGED)


def _erase(path: Path, sleeper: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        with connection:
            connection.execute("DELETE FROM sleeper WHERE id = ?", (sleeper,))
        connection.execute("VACUUM")


def _is_good(copy: Copy) -> bool:
    try:
        with closing(connect_for_reading(copy.path)) as connection:
            return passes_integrity_check(connection)
    except sqlite3.Error:
        return False
