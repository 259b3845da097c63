"""Match a database file with the WAL beside it: SQLite applies any WAL that has the right name.

Each write transaction replaces a random token in the file, and keeps the one before. So the WAL of a file contains the
token that is in the file itself: as the one before its first transaction, or as that of a transaction which has been
written to the file already. A WAL of an older, newer or other state of the diary does not.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
import re
import sqlite3
import struct
from typing import BinaryIO, Final

from sqlalchemy import Connection

_COLUMNS: Final = "id INTEGER PRIMARY KEY CHECK (id = 1), token TEXT NOT NULL, previous TEXT"
_CREATE: Final = (
    f"CREATE TABLE IF NOT EXISTS write_token ({_COLUMNS}) STRICT",
    "INSERT OR IGNORE INTO write_token (id, token) VALUES (1, lower(hex(randomblob(16))))",
)
_REPLACE: Final = "UPDATE write_token SET previous = token, token = lower(hex(randomblob(16))) WHERE id = 1"
_FIND_TABLE: Final = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'write_token'"
_TOKEN_LENGTH: Final = 32

# The row as SQLite stores it: sizes, types, and the texts one after the other.
_CREATED: Final = re.compile(rb"\x24\x01\x04\x00M\x00[0-9a-f]{32}")
_REPLACED: Final = re.compile(rb"\x44\x01\x04\x00MM[0-9a-f]{64}")

_WAL_HEADER: Final = struct.Struct(">8I")
_FRAME_HEADER: Final = struct.Struct(">6I")
_MAGIC: Final = 0x377F0682
_CHECKSUM_MASK: Final = 0xFFFFFFFF

type _Frame = tuple[bytes, bool]
"""A page, and whether it ends a transaction."""


def has_token(connection: Connection) -> bool:
    """Return whether a file has a token. Earlier versions wrote none."""
    return connection.exec_driver_sql(_FIND_TABLE).first() is not None


def create_token(connection: Connection) -> None:
    """Create the token, within the transaction of this connection."""
    for statement in _CREATE:
        connection.exec_driver_sql(statement)


def replace_token(connection: Connection) -> None:
    """Replace the token, within the transaction of this connection."""
    connection.exec_driver_sql(_REPLACE)


def is_wal_of(wal: Path, path: Path) -> bool:
    """Return whether a WAL belongs to a file. It does if nothing can be said, or if it contains no transaction."""
    if (token := _read_token(path)) is None:
        return True
    with wal.open("rb") as file:
        if (header := _read_header(file)) is None:
            return False
        frames = _valid_frames(file, header)
        return _continues(frames, token) if token else _creates_token(frames)


def _continues(frames: Iterator[_Frame], token: bytes) -> bool:
    """Return whether a transaction contains the token, or there is none."""
    has_transaction = has_token = False
    for page, is_commit in frames:
        has_token |= token in page
        has_transaction |= is_commit
        if has_token and is_commit:
            return True
    return not has_transaction


def _creates_token(frames: Iterator[_Frame]) -> bool:
    """Return whether the first token is a new one, as in a file that an earlier version wrote, or there is none."""
    return not any(_REPLACED.search(page) for page, _ in takewhile(lambda frame: not _CREATED.search(frame[0]), frames))


def _read_token(path: Path) -> bytes | None:
    """Return the token in the file itself, without its WAL.

    It is empty in a file of an earlier version. None if it cannot be read: a checkpoint may have been interrupted.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as connection:
            if connection.execute(_FIND_TABLE).fetchone() is None:
                return b""
            (token,) = connection.execute("SELECT token FROM write_token WHERE id = 1").fetchone()
    except sqlite3.Error, TypeError, UnicodeDecodeError:
        return None
    is_valid = isinstance(token, str) and len(token) == _TOKEN_LENGTH and token.isascii()
    return token.encode() if is_valid else None


@dataclass(frozen=True, slots=True)
class _Header:
    """The header of a WAL."""

    byte_order: str
    page_size: int
    salts: tuple[int, int]
    checksum: tuple[int, int]


def _read_header(file: BinaryIO) -> _Header | None:
    """Read the header of a WAL; None if it is damaged."""
    content = file.read(_WAL_HEADER.size)
    if len(content) < _WAL_HEADER.size:
        return None
    magic, _, page_size, _, *salts_and_checksum = _WAL_HEADER.unpack(content)
    byte_order = ">" if magic & 1 else "<"
    checksum = _checksum(content[:24], byte_order, (0, 0))
    if magic & ~1 != _MAGIC or checksum != tuple(salts_and_checksum[2:]):
        return None
    return _Header(byte_order, page_size, (salts_and_checksum[0], salts_and_checksum[1]), checksum)


def _valid_frames(file: BinaryIO, header: _Header) -> Iterator[_Frame]:
    """Yield the frames that SQLite would apply."""
    checksum = header.checksum
    while len(frame := file.read(_FRAME_HEADER.size + header.page_size)) == _FRAME_HEADER.size + header.page_size:
        _, size_after_commit, *salts_and_checksum = _FRAME_HEADER.unpack_from(frame)
        page = frame[_FRAME_HEADER.size :]
        checksum = _checksum(page, header.byte_order, _checksum(frame[:8], header.byte_order, checksum))
        if tuple(salts_and_checksum) != (*header.salts, *checksum):
            return
        yield page, size_after_commit > 0


def _checksum(content: bytes, byte_order: str, start: tuple[int, int]) -> tuple[int, int]:
    """Return the checksum of some content that follows other content, as the format of the WAL defines it."""
    first, second = start
    for one, two in struct.iter_unpack(f"{byte_order}2I", content):
        first = (first + one + second) & _CHECKSUM_MASK
        second = (second + two + first) & _CHECKSUM_MASK
    return first, second
