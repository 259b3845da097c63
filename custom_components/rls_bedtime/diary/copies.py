"""The diary's copies: one a day, each verified, seven kept."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sqlite3
from threading import RLock
from typing import Final

from .files import STAMP, UnusableFileError, connect_to_read, is_sound, is_unsound, sync_folder
from .reports import Damage

KEPT: Final = 7
INTERVAL: Final = timedelta(days=1)
_UNFINISHED: Final = "unfinished"


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the diary's file, as of a moment (UTC)."""

    path: Path
    copied_at: datetime


class Copies:
    """The copies in a folder. Every method blocks, and one waits for another."""

    def __init__(self, folder: Path) -> None:
        """Keep the copies here. The folder is made with the first of them."""
        self.folder = folder
        self.lock = RLock()

    def all(self) -> list[Copy]:
        """Return the copies, newest first."""
        found = (_copy(path) for path in self.folder.glob("*.db"))
        return sorted((copy for copy in found if copy), key=lambda copy: copy.copied_at, reverse=True)

    def make(self, source: Path, now: datetime) -> None:
        """Copy a file that is in use, and drop the copies beyond those that are kept.

        In WAL mode a reader sees one moment and keeps no writer waiting, so the copy is made in one step. Raises
        UnusableFileError for a damaged source, whose copy is not kept, and what sqlite3 and the disk raise.
        """
        with self.lock:
            self.folder.mkdir(exist_ok=True)
            unfinished = self.folder / _UNFINISHED
            # A hub that lost power may have left one.
            unfinished.unlink(missing_ok=True)
            try:
                _copy_soundly(source, unfinished)
                unfinished.replace(self.folder / f"{now.astimezone(UTC).strftime(STAMP)}.db")
            finally:
                unfinished.unlink(missing_ok=True)
            sync_folder(self.folder)
            self._prune(now)

    def newest_good(self) -> Copy | None:
        """Return the newest copy that is sound and that this release can read."""
        with self.lock:
            return next((copy for copy in self.all() if _is_good(copy)), None)

    def erase(self, sleeper: str) -> None:
        """Erase a sleeper from every copy. A damaged one goes altogether: nothing can be erased from it."""
        with self.lock:
            for copy in self.all():
                try:
                    _erase(copy.path, sleeper)
                except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
                    if not is_unsound(error):
                        raise
                    copy.path.unlink()

    def _prune(self, now: datetime) -> None:
        """Drop what is too old, and what a wrong clock has dated later than now: it would never be."""
        current = [copy for copy in self.all() if copy.copied_at <= now]
        for copy in set(self.all()) - set(current[:KEPT]):
            copy.path.unlink()


def _copy(path: Path) -> Copy | None:
    try:
        return Copy(path, datetime.strptime(path.stem, STAMP).replace(tzinfo=UTC))
    except ValueError:
        return None


def _copy_soundly(source: Path, destination: Path) -> None:
    with closing(connect_to_read(source)) as reader, closing(sqlite3.connect(destination)) as copy:
        try:
            reader.backup(copy)
            # One file, without companions: it is complete by itself wherever it is carried.
            copy.execute("PRAGMA journal_mode = DELETE")
            sound = is_sound(copy)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if is_unsound(error):
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
        with closing(connect_to_read(copy.path)) as connection:
            return is_sound(connection)
    except sqlite3.Error:
        return False
