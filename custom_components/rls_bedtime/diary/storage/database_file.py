"""Files as SQLite has them on disk: what is in one, and how to move it without losing it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
import os
from pathlib import Path
import shutil
import sqlite3
from typing import Final

from sqlalchemy import false, select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from ..models import NewerDatabaseError
from .migrations import APPLICATION_ID, SCHEMA_VERSION
from .status import Damage
from .tables import Base

WAL_SUFFIXES: Final = ("-wal", "-shm")
"""What SQLite keeps beside a file that is in use: the newest writes, and an index of them."""

CORRUPTION_CODES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""What SQLite says of a damaged file."""

TIMESTAMP_FORMAT: Final = "%Y%m%dT%H%M%SZ"
"""A moment in a file's name, in UTC: names sort as moments do."""


type _Identity = tuple[int, int] | None
type FileIdentity = tuple[_Identity, _Identity]
"""Which files lie at a place: of the file itself and of what is written beside it, the device and the inode.

A file that is in use is never empty: one that was emptied is as good as none.
"""


class UnusableFileError(Exception):
    """The file is not one that a diary can be kept in."""

    def __init__(self, damage: Damage) -> None:
        """Say why."""
        super().__init__(damage)
        self.damage = damage


def is_corruption(error: BaseException | None) -> bool:
    """Return whether an error says that the file is damaged. What SQLite quotes from such a file may be no text."""
    return primary_result_code(error) in CORRUPTION_CODES or isinstance(error, UnicodeDecodeError)


def primary_result_code(error: BaseException | None) -> int | None:
    """Return the primary result code of an error, if SQLite itself has raised it."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def connect_for_reading(path: Path) -> sqlite3.Connection:
    """Return a connection of its own that changes nothing.

    It may write all the same, as SQLite sees it: of a file that it may only read, SQLite checks no constraints.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect_to_look(path: Path) -> sqlite3.Connection:
    """Return a connection that leaves a file alone which nobody uses yet: closing it does not even tidy up."""
    has_companions = _size(append_suffix(path, "-wal")) > 0
    return sqlite3.connect(f"{path.absolute().as_uri()}?{'mode=ro' if has_companions else 'immutable=1'}", uri=True)


def validate(path: Path, *, has_copies: bool) -> None:
    """Look at what is in the place of the diary's file, before anything of it is changed.

    Nothing at all is fine if there never was a diary. Raises UnusableFileError, NewerDatabaseError, or what sqlite3
    raises when it cannot look.
    """
    was_used = has_copies or _size(append_suffix(path, "-wal")) > 0
    if not path.exists():
        if was_used:
            raise UnusableFileError(Damage.MISSING)
    elif not path.is_file():
        return  # SQLite says best what it thinks of a folder
    elif not _size(path):
        if was_used:
            raise UnusableFileError(Damage.EMPTY)
    else:
        try:
            _check_header(path)
            with closing(_connect_to_look(path)) as connection:
                _examine(connection)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if not _is_of_the_file(error):
                raise
            with path.open("rb") as file:
                is_sqlite = file.read(len(_MAGIC)) == _MAGIC
            raise UnusableFileError(Damage.DAMAGED if is_sqlite else Damage.FOREIGN) from error


_MAGIC: Final = b"SQLite format 3\x00"
_QUESTIONS: Final = tuple(
    str(select(table).where(false()).compile(dialect=sqlite_dialect())) for table in Base.metadata.sorted_tables
)
"""Ask each table for nothing of every column that it should have."""


def _check_header(path: Path) -> None:
    """Find what SQLite takes for a later format, of which it then says only that it cannot be written."""
    with path.open("rb") as file:
        header = file.read(20)
    if header.startswith(_MAGIC) and not set(header[18:]) <= {1, 2}:
        raise UnusableFileError(Damage.DAMAGED)


def _is_of_the_file(error: Exception) -> bool:
    """Return whether the file is to blame. What we ask when we look is right: if SQL is wrong there, the file is."""
    return is_corruption(error) or primary_result_code(error) == sqlite3.SQLITE_ERROR


def _examine(connection: sqlite3.Connection) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application not in (0, APPLICATION_ID):
        raise UnusableFileError(Damage.FOREIGN)
    if version > SCHEMA_VERSION:
        raise NewerDatabaseError("diary_newer", version=version, supported=SCHEMA_VERSION)
    if application == 0 and (version or tables):
        raise UnusableFileError(Damage.FOREIGN)
    if version == SCHEMA_VERSION:
        for question in _QUESTIONS:
            connection.execute(question)


def passes_integrity_check(connection: sqlite3.Connection) -> bool:
    """Return whether a whole file is as SQLite and its tables want it: structure, indexes, constraints, references."""
    try:
        _examine(connection)
        (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        return found == "ok" and connection.execute("PRAGMA foreign_key_check").fetchone() is None
    except UnusableFileError, NewerDatabaseError:
        return False
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if not _is_of_the_file(error):
            raise
        return False


def set_aside(path: Path, damage: Damage, now: datetime) -> Path | None:
    """Give a file and its companions other names beside it, and return the new one. Nothing there: None."""
    present = [suffix for suffix in ("", *WAL_SUFFIXES) if append_suffix(path, suffix).exists()]
    if not present:
        return None
    aside = _free_name(path, damage, now)
    for suffix in present:
        append_suffix(path, suffix).rename(append_suffix(aside, suffix))
    sync_folder(path.parent)
    return append_suffix(aside, present[0])


def save_aside(prepared: Path, path: Path, damage: Damage, now: datetime) -> Path:
    """Keep what was prepared of a file beside it, as what was set aside is kept, and return where."""
    aside = _free_name(path, damage, now)
    replace_atomically(prepared, aside)
    return aside


def _free_name(path: Path, damage: Damage, now: datetime) -> Path:
    name = f"{path.stem}.{damage}-{now.strftime(TIMESTAMP_FORMAT)}"
    aside, number = path.with_name(f"{name}{path.suffix}"), 1
    while any(append_suffix(aside, suffix).exists() for suffix in ("", *WAL_SUFFIXES)):
        number += 1
        aside = path.with_name(f"{name}-{number}{path.suffix}")
    return aside


def identity_of(path: Path) -> FileIdentity:
    """Return which files lie at a path: whoever puts another one there, by whatever name, changes that."""
    return _identity(path, least_size=1), _identity(append_suffix(path, "-wal"))


@contextmanager
def protect_foreign_wal(path: Path, own: FileIdentity) -> Iterator[None]:
    """Keep a connection that is closed from what somebody has put beside the name that its file had.

    SQLite deletes what lies there by its name. What is beside it of the connection itself goes: it would be read into
    whatever is put into the place.
    """
    wal, hidden = append_suffix(path, "-wal"), append_suffix(path, "-theirs")
    is_theirs = _identity(wal) not in (None, own[1])
    if is_theirs:
        wal.rename(hidden)
    try:
        yield
    finally:
        for suffix in WAL_SUFFIXES:
            append_suffix(path, suffix).unlink(missing_ok=True)
        if is_theirs:
            hidden.rename(wal)


def copy_synced(source: Path, destination: Path) -> Path:
    """Write a copy of a file to disk beside the place where it is to be, and return where it is."""
    prepared = append_suffix(destination, "-restored")
    shutil.copyfile(source, prepared)
    with prepared.open("rb") as file:
        os.fsync(file.fileno())
    return prepared


def replace_atomically(prepared: Path, destination: Path) -> None:
    """Put what was prepared in its place."""
    prepared.replace(destination)
    sync_folder(destination.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's names to disk: a new name that is lost is a lost file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def append_suffix(path: Path, suffix: str) -> Path:
    """Return the path of a companion."""
    return path.with_name(f"{path.name}{suffix}")


def size_of(path: Path) -> int:
    """Return how much disk a file takes with its companions, in bytes."""
    return sum(_size(append_suffix(path, suffix)) for suffix in ("", *WAL_SUFFIXES))


def _identity(path: Path, least_size: int = 0) -> _Identity:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino) if found.st_size >= least_size else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
