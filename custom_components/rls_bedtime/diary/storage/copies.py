"""Copies of the database file: one a day, each verified, seven kept."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sqlite3
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from .database_file import (
    PRIVATE_FOLDER,
    SIDE_SUFFIXES,
    TIMESTAMP_FORMAT,
    UnusableFileError,
    append_suffix,
    connect_for_reading,
    copy_synced,
    create_private,
    is_corruption,
    passes_integrity_check,
    restrict_access,
    sync_folder,
)
from .status import Damage
from .tables import ChangeRow

MAX_COPIES: Final = 7
COPY_INTERVAL: Final = timedelta(days=1)
_INCOMPLETE: Final = "unfinished"
_PREPARED: Final = "restoring"
_SLEEPER_COLUMNS: Final = """
    SELECT tables.name, columns.name FROM sqlite_master AS tables JOIN pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND (columns.name = 'sleeper' OR tables.name = 'sleeper' AND columns.name = 'id')
"""
_LAST_CHANGE_ID_QUERY: Final = str(select(func.max(ChangeRow.id)).compile(dialect=sqlite_dialect()))


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the file, as of a time (UTC)."""

    path: Path
    copied_at: datetime


class Copies:
    """The copies in a folder. Every method blocks, and must not be called concurrently for the same folder."""

    def __init__(self, folder: Path) -> None:
        # It is created with the first copy.
        self.folder = folder

    def all(self) -> list[Copy]:
        """Return the copies, ordered from the latest date to the earliest."""
        found = (_parse_copy(path) for path in self.folder.glob("*.db"))
        return sorted((copy for copy in found if copy), key=lambda copy: copy.copied_at, reverse=True)

    def next_due(self, now: datetime) -> datetime:
        """Return when the next copy is due: a day after the newest. Ignores copies that a wrong clock dated later."""
        newest = next((copy for copy in self.all() if copy.copied_at <= now), None)
        return now if newest is None else newest.copied_at + COPY_INTERVAL

    def create(self, source: Path, now: datetime) -> None:
        """Copy a file that is in use, and delete the oldest copies.

        In WAL mode a reader sees a snapshot and does not block writers, so the file is copied in one step. Raises
        UnusableFileError for a damaged source, whose copy is not kept, and the errors of sqlite3 and the file system.
        """
        self.folder.mkdir(PRIVATE_FOLDER, exist_ok=True)
        incomplete = self.folder / _INCOMPLETE
        self.delete_leftovers()
        try:
            create_private(incomplete)
            with closing(connect_for_reading(source)) as reader:
                copy_verified(reader, incomplete)
            incomplete.replace(self.folder / f"{now.astimezone(UTC).strftime(TIMESTAMP_FORMAT)}.db")
        finally:
            self._delete(incomplete)
        sync_folder(self.folder)
        self._prune(now)

    def newest_valid(self) -> Copy | None:
        """Return the newest copy that is intact and that this version can read.

        Copies are ordered by their last change, not by date: that order does not depend on the clock.
        """
        newest_first = sorted(self.all(), key=lambda copy: (_last_change_id(copy), copy.copied_at), reverse=True)
        return next((copy for copy in newest_first if is_valid(copy.path)), None)

    def prepare(self, copy: Copy) -> Path:
        """Return the path of a second copy on disk, which can be moved to where it is needed."""
        prepared = self.folder / _PREPARED
        copy_synced(copy.path, prepared)
        return prepared

    def delete_leftovers(self) -> None:
        """Delete what the end of the process has kept from being completed: a copy, or the second copy of one."""
        for name in (_INCOMPLETE, _PREPARED):
            self._delete(self.folder / name)

    def erase_sleeper(self, sleeper: str) -> None:
        """Erase a sleeper from every copy. A damaged copy is deleted: nothing can be erased from it."""
        self.delete_leftovers()
        for copy in self.all():
            try:
                erase_sleeper(copy.path, sleeper)
            except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                if not is_corruption(error):
                    raise
                self._delete(copy.path)

    def restrict_access(self) -> None:
        """Let only the owner access the copies and their folder."""
        restrict_access(self.folder, PRIVATE_FOLDER)
        for copy in self.all():
            restrict_access(copy.path)

    def _prune(self, now: datetime) -> None:
        """Delete all but the newest copies, and all but as many of those dated in the future.

        A machine without a battery-backed clock starts in the past, where its good copies seem to be in the future.
        """
        copies = self.all()
        future = [copy for copy in copies if copy.copied_at > now]
        for copy in future[:-MAX_COPIES] + copies[len(future) :][MAX_COPIES:]:
            self._delete(copy.path)

    @staticmethod
    def _delete(path: Path) -> None:
        """Delete a copy, and the journal that an interrupted erasure has left beside it."""
        for suffix in ("", *SIDE_SUFFIXES):
            append_suffix(path, suffix).unlink(missing_ok=True)


def _last_change_id(copy: Copy) -> int:
    """Return the id of the last change in a copy, or -1 if it cannot be read."""
    try:
        with closing(connect_for_reading(copy.path)) as connection:
            (change_id,) = connection.execute(_LAST_CHANGE_ID_QUERY).fetchone()
            return int(change_id or 0)
    except sqlite3.Error, UnicodeDecodeError, ValueError:
        return -1


def _parse_copy(path: Path) -> Copy | None:
    try:
        return Copy(path, datetime.strptime(path.stem, TIMESTAMP_FORMAT).replace(tzinfo=UTC))
    except ValueError:
        return None


def copy_verified(reader: sqlite3.Connection, destination: Path) -> None:
    """Copy a database into a single file. Raises UnusableFileError if it is damaged."""
    with closing(sqlite3.connect(destination)) as copy:
        try:
            reader.backup(copy)
            # Without a WAL, the file is complete by itself, wherever it is moved.
            copy.execute("PRAGMA journal_mode = DELETE")
            is_intact = passes_integrity_check(copy)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if is_corruption(error):
                raise UnusableFileError(Damage.DAMAGED) from error
            raise
    if not is_intact:
        raise UnusableFileError(Damage.DAMAGED)


def erase_sleeper(path: Path, sleeper: str) -> None:
    """Erase a sleeper from a file that is not in use, of whatever schema."""
    with closing(sqlite3.connect(path)) as connection:
        # For rows that refer to a sleeper by way of another table.
        connection.execute("PRAGMA foreign_keys = ON")
        with connection:
            for table, column in connection.execute(_SLEEPER_COLUMNS).fetchall():
                connection.execute(f'DELETE FROM "{table}" WHERE {column} = ?', (sleeper,))  # noqa: S608 - our tables
        connection.execute("VACUUM")


def is_valid(path: Path) -> bool:
    """Return whether a file that is not in use is an intact diary that this version can read."""
    try:
        with closing(connect_for_reading(path)) as connection:
            return passes_integrity_check(connection)
    except sqlite3.Error:
        return False
