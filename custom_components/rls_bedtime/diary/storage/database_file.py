"""Database files on disk: validation, and moving them without losing data."""

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
"""Suffixes of the files that SQLite keeps beside one in use: the newest writes (WAL), and an index of them."""

CORRUPTION_CODES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""SQLite result codes of a damaged file."""

TIMESTAMP_FORMAT: Final = "%Y%m%dT%H%M%SZ"
"""Format of a time (UTC) in a file name, so that names sort by time."""


type _Inode = tuple[int, int] | None
type FileIdentity = tuple[_Inode, _Inode]
"""Identity of the files at a path: device and inode of the file itself and of its WAL, None where there is none.

A file in use is never empty, so an emptied file counts as none.
"""


class UnusableFileError(Exception):
    """The file cannot be used for a diary."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(damage)
        self.damage = damage


def is_corruption(error: BaseException | None) -> bool:
    """Return whether an error means that the file is damaged. SQLite may quote invalid text from such a file."""
    return primary_result_code(error) in CORRUPTION_CODES or isinstance(error, UnicodeDecodeError)


def primary_result_code(error: BaseException | None) -> int | None:
    """Return the primary result code of an error, or None if it was not raised by SQLite."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def connect_for_reading(path: Path) -> sqlite3.Connection:
    """Return a new connection that changes nothing.

    It is opened for writing nevertheless: SQLite does not check the constraints of a file that is opened read-only.
    """
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect_for_inspection(path: Path) -> sqlite3.Connection:
    """Return a connection to a file not yet in use that leaves it unchanged, even when the connection is closed."""
    has_wal = _size(append_suffix(path, "-wal")) > 0
    return sqlite3.connect(f"{path.absolute().as_uri()}?{'mode=ro' if has_wal else 'immutable=1'}", uri=True)


def validate(path: Path, *, has_copies: bool) -> None:
    """Validate the file at the path of the diary, before it is opened for writing.

    No file is valid if there has never been a diary. Raises UnusableFileError, NewerDatabaseError, or the error of
    sqlite3 if the file cannot be read.
    """
    had_diary = has_copies or _size(append_suffix(path, "-wal")) > 0
    if not path.exists():
        if had_diary:
            raise UnusableFileError(Damage.MISSING)
    elif not path.is_file():
        return  # SQLite raises the most precise error for a folder
    elif not _size(path):
        if had_diary:
            raise UnusableFileError(Damage.EMPTY)
    else:
        try:
            _check_header(path)
            with closing(_connect_for_inspection(path)) as connection:
                _check_schema(connection)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            if not _is_caused_by_file(error):
                raise
            with path.open("rb") as file:
                is_sqlite = file.read(len(_MAGIC)) == _MAGIC
            raise UnusableFileError(Damage.DAMAGED if is_sqlite else Damage.FOREIGN) from error


_MAGIC: Final = b"SQLite format 3\x00"
_SCHEMA_QUERIES: Final = tuple(
    str(select(table).where(false()).compile(dialect=sqlite_dialect())) for table in Base.metadata.sorted_tables
)
"""Select no rows, but every column that each table should have."""


def _check_header(path: Path) -> None:
    """Detect a damaged format version: SQLite would take it for a later format and report the file as read-only."""
    with path.open("rb") as file:
        header = file.read(20)
    if header.startswith(_MAGIC) and not set(header[18:]) <= {1, 2}:
        raise UnusableFileError(Damage.DAMAGED)


def _is_caused_by_file(error: Exception) -> bool:
    """Return whether the file caused an error. Our own SQL is correct, so an SQL error is caused by the file too."""
    return is_corruption(error) or primary_result_code(error) == sqlite3.SQLITE_ERROR


def _check_schema(connection: sqlite3.Connection) -> None:
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
        for query in _SCHEMA_QUERIES:
            connection.execute(query)


def passes_integrity_check(connection: sqlite3.Connection) -> bool:
    """Return whether a whole file is intact: schema, structure, indexes, constraints and foreign keys."""
    try:
        _check_schema(connection)
        (result,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        return result == "ok" and connection.execute("PRAGMA foreign_key_check").fetchone() is None
    except UnusableFileError, NewerDatabaseError:
        return False
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        if not _is_caused_by_file(error):
            raise
        return False


def set_aside(path: Path, damage: Damage, now: datetime) -> Path | None:
    """Rename a file and its WAL within the folder, and return the new path; None if there is no file."""
    present = [suffix for suffix in ("", *WAL_SUFFIXES) if append_suffix(path, suffix).exists()]
    if not present:
        return None
    aside = _unused_path(path, damage, now)
    for suffix in present:
        append_suffix(path, suffix).rename(append_suffix(aside, suffix))
    sync_folder(path.parent)
    return append_suffix(aside, present[0])


def save_aside(prepared: Path, path: Path, damage: Damage, now: datetime) -> Path:
    """Move a prepared copy to where the file itself would be set aside, and return its path."""
    aside = _unused_path(path, damage, now)
    replace_atomically(prepared, aside)
    return aside


def _unused_path(path: Path, damage: Damage, now: datetime) -> Path:
    name = f"{path.stem}.{damage}-{now.strftime(TIMESTAMP_FORMAT)}"
    aside, number = path.with_name(f"{name}{path.suffix}"), 1
    while any(append_suffix(aside, suffix).exists() for suffix in ("", *WAL_SUFFIXES)):
        number += 1
        aside = path.with_name(f"{name}-{number}{path.suffix}")
    return aside


def identity_of(path: Path) -> FileIdentity:
    """Return the identity of the file at a path. It changes when another file is put there."""
    return _inode_of(path, min_size=1), _inode_of(append_suffix(path, "-wal"))


@contextmanager
def protect_foreign_wal(path: Path, own: FileIdentity) -> Iterator[None]:
    """Protect the WAL of another file at the same path while the connection to the original file is closed.

    SQLite deletes the WAL by its name when the connection is closed. The WAL of the connection itself is deleted here:
    SQLite would apply it to the file that is put in its place.
    """
    wal, protected = append_suffix(path, "-wal"), append_suffix(path, "-theirs")
    is_foreign = _inode_of(wal) not in (None, own[1])
    if is_foreign:
        wal.rename(protected)
    try:
        yield
    finally:
        for suffix in WAL_SUFFIXES:
            append_suffix(path, suffix).unlink(missing_ok=True)
        if is_foreign:
            protected.rename(wal)


def copy_synced(source: Path, destination: Path) -> Path:
    """Copy a file to a temporary path beside the destination, flush it to disk, and return that path."""
    prepared = append_suffix(destination, "-restored")
    shutil.copyfile(source, prepared)
    with prepared.open("rb") as file:
        os.fsync(file.fileno())
    return prepared


def replace_atomically(prepared: Path, destination: Path) -> None:
    """Move a prepared file to its destination, replacing the file there."""
    prepared.replace(destination)
    sync_folder(destination.parent)


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to disk: a file whose new name is lost is lost too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def append_suffix(path: Path, suffix: str) -> Path:
    """Return a path with a suffix appended to the file name."""
    return path.with_name(f"{path.name}{suffix}")


def size_of(path: Path) -> int:
    """Return the size of a file including its WAL, in bytes."""
    return sum(_size(append_suffix(path, suffix)) for suffix in ("", *WAL_SUFFIXES))


def _inode_of(path: Path, min_size: int = 0) -> _Inode:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return (status.st_dev, status.st_ino) if status.st_size >= min_size else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
