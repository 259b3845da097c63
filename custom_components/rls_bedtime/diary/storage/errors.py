"""Translate errors of SQLite and the operating system to errors that a user can act on."""

import errno
import os
from pathlib import Path
import sqlite3
from typing import Final

from ..models import DatabaseError
from .database_file import primary_result_code

_SQLITE_ERROR_KEYS: Final = {
    sqlite3.SQLITE_FULL: "diary_disk_full",
    sqlite3.SQLITE_READONLY: "diary_read_only",
    sqlite3.SQLITE_PERM: "diary_read_only",
    sqlite3.SQLITE_AUTH: "diary_read_only",
    sqlite3.SQLITE_BUSY: "diary_locked",
    sqlite3.SQLITE_LOCKED: "diary_locked",
    sqlite3.SQLITE_CORRUPT: "diary_damaged",
    sqlite3.SQLITE_NOTADB: "diary_damaged",
}
_OS_ERROR_KEYS: Final = {
    errno.ENOSPC: "diary_disk_full",
    errno.EDQUOT: "diary_disk_full",
    errno.EROFS: "diary_read_only",
    errno.EACCES: "diary_read_only",
    errno.EPERM: "diary_read_only",
}


def database_error(error: BaseException | None, path: Path) -> DatabaseError:
    """Return the DatabaseError for an error that sqlite3 or the operating system raised for a file.

    It contains their message, but not the data to be written: no note may leave the diary in an error message.
    """
    match error:
        case sqlite3.Error():
            code = primary_result_code(error) or sqlite3.SQLITE_ERROR
            key = _SQLITE_ERROR_KEYS.get(code, "diary_unavailable")
            # In WAL mode SQLite cannot open a file in a read-only folder.
            if code == sqlite3.SQLITE_CANTOPEN and path.parent.exists() and not os.access(path.parent, os.W_OK):
                key = "diary_read_only"
            return DatabaseError(key, error=error)
        case OSError():
            key = _OS_ERROR_KEYS.get(error.errno or 0, "diary_unavailable")
            return DatabaseError(key, error=error.strerror or type(error).__name__)
    return DatabaseError("diary_unavailable", error=error or "unknown")
