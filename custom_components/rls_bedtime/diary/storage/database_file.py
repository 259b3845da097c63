"""Database files on disk: validation, and moving them without losing data."""

from contextlib import closing, suppress
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
from .write_token import is_wal_of

SIDE_SUFFIXES: Final = ("-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite keeps beside one in use: the newest writes (WAL), an index of them, and what a
transaction has overwritten where there is no WAL.
"""

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700

CORRUPTION_CODES: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
"""SQLite result codes of a damaged file."""

TIMESTAMP_FORMAT: Final = "%Y%m%dT%H%M%SZ"
"""Format of a time (UTC) in a file name, so that names sort by time."""


type FileIdentity = tuple[int, int]
"""Device and inode of a file."""


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
    keep_wal(connection)
    connection.execute("PRAGMA query_only = ON")
    return connection


def keep_wal(connection: sqlite3.Connection) -> None:
    """Leave the WAL as it is when a connection is closed.

    The last connection to be closed would delete it by its name, even that of a file which has been put there since.
    """
    connection.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE)


def _connect_for_inspection(path: Path) -> sqlite3.Connection:
    """Return a connection to a file not yet in use that leaves it unchanged, even when the connection is closed."""
    has_wal = _size(append_suffix(path, "-wal")) > 0
    return sqlite3.connect(f"{path.absolute().as_uri()}?{'mode=ro' if has_wal else 'immutable=1'}", uri=True)


def validate(path: Path, *, has_copies: bool) -> None:
    """Validate the file at the path of the diary, before it is opened for writing.

    No file is valid if there has never been a diary. Raises UnusableFileError, NewerDatabaseError, or the error of
    sqlite3 if the file cannot be read.
    """
    had_diary = has_copies or _size(append_suffix(path, "-wal")) > 0 or _is_hot_journal(append_suffix(path, "-journal"))
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


def has_unmatched_side_files(path: Path) -> bool:
    """Return whether the WAL or the journal beside a file belongs to another state of the diary.

    SQLite would apply it all the same. A diary is in WAL mode from its first write on, so it never has a journal.
    """
    if not path.is_file() or not _size(path):
        return False
    wal = append_suffix(path, "-wal")
    if _size(wal) and not is_wal_of(wal, path):
        return True
    with path.open("rb") as file:
        header = file.read(20)
    return header[18:] == _WAL_MODE and _is_hot_journal(append_suffix(path, "-journal"))


def _is_hot_journal(journal: Path) -> bool:
    """Return whether a journal holds pages of a file, which SQLite would put back into it."""
    if not journal.is_file():
        return False
    with journal.open("rb") as file:
        header = file.read(20)
    # The journal of a new file holds no pages.
    return header.startswith(_JOURNAL_MAGIC) and int.from_bytes(header[16:20]) > 0


_JOURNAL_MAGIC: Final = bytes.fromhex("d9d505f920a163d7")
_WAL_MODE: Final = b"\x02\x02"
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


def set_aside(path: Path, aside: Path, suffixes: tuple[str, ...]) -> None:
    """Rename a file and what is beside it, as far as it is there, within the folder."""
    for suffix in present_suffixes(path, suffixes):
        append_suffix(path, suffix).rename(append_suffix(aside, suffix))
        restrict_access(append_suffix(aside, suffix))
    sync_folder(path.parent)


def present_suffixes(path: Path, suffixes: tuple[str, ...]) -> list[str]:
    """Return the suffixes of the files that are there."""
    return [suffix for suffix in suffixes if append_suffix(path, suffix).exists()]


def unused_path(path: Path, damage: Damage, now: datetime) -> Path:
    """Return a path to set a file aside."""
    name = f"{path.stem}.{damage}-{now.strftime(TIMESTAMP_FORMAT)}"
    aside, number = path.with_name(f"{name}{path.suffix}"), 1
    while present_suffixes(aside, ("", *SIDE_SUFFIXES)):
        number += 1
        aside = path.with_name(f"{name}-{number}{path.suffix}")
    return aside


def identity_of(path: Path) -> FileIdentity | None:
    """Return the identity of the file at a path. It changes when another file is put there."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def copy_synced(source: Path, destination: Path) -> None:
    """Copy a database that is not in use, and flush the copy to disk.

    It is put into WAL mode, so that opening it needs no journal.
    """
    create_private(destination)
    shutil.copyfile(source, destination)
    with closing(sqlite3.connect(destination)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    with destination.open("rb") as file:
        os.fsync(file.fileno())


def write_private(path: Path, text: str) -> None:
    """Write a small text file, readable by the owner alone. It is on disk, completely, when this returns."""
    prepared = append_suffix(path, ".new")
    create_private(prepared)
    with prepared.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    replace_atomically(prepared, path)


def create_private(path: Path) -> None:
    """Create an empty file that only the owner can access, unless it exists. SQLite does the same with its WAL."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, PRIVATE_FILE))


def restrict_access(path: Path, mode: int = PRIVATE_FILE) -> None:
    """Let only the owner access a file. Not every file system can do that."""
    with suppress(OSError):
        if path.stat().st_mode & 0o777 != mode:
            path.chmod(mode)


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
    return sum(_size(append_suffix(path, suffix)) for suffix in ("", *SIDE_SUFFIXES))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def is_diary(path: Path) -> bool:
    """Return whether a file says that it is a diary, without opening it as a database."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        header = file.read(72)
    return header.startswith(_MAGIC) and int.from_bytes(header[68:72]) == APPLICATION_ID
