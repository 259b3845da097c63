"""Why the file cannot be used, in terms that a person can do something about."""

import errno
import os
from pathlib import Path
import sqlite3
from typing import Final

from ..models import DatabaseError
from .database_file import primary_result_code

_SQLITE_CAUSES: Final = {
    sqlite3.SQLITE_FULL: "diary_disk_full",
    sqlite3.SQLITE_READONLY: "diary_read_only",
    sqlite3.SQLITE_PERM: "diary_read_only",
    sqlite3.SQLITE_AUTH: "diary_read_only",
    sqlite3.SQLITE_BUSY: "diary_locked",
    sqlite3.SQLITE_LOCKED: "diary_locked",
    sqlite3.SQLITE_CORRUPT: "diary_damaged",
    sqlite3.SQLITE_NOTADB: "diary_damaged",
}
_SYSTEM_CAUSES: Final = {
    errno.ENOSPC: "diary_disk_full",
    errno.EDQUOT: "diary_disk_full",
    errno.EROFS: "diary_read_only",
    errno.EACCES: "diary_read_only",
    errno.EPERM: "diary_read_only",
}


def database_error(error: BaseException | None, path: Path) -> DatabaseError:
    """Return what sqlite3 or the system has raised about a file as an error of the diary.

    It carries what they say themselves and nothing of what was to be written: no note leaves the diary in a message.
    """
    match error:
        case sqlite3.Error():
            code = primary_result_code(error) or sqlite3.SQLITE_ERROR
            key = _SQLITE_CAUSES.get(code, "diary_unavailable")
            # In WAL mode SQLite cannot even open a file beside which it may not write.
            if code == sqlite3.SQLITE_CANTOPEN and path.parent.exists() and not os.access(path.parent, os.W_OK):
                key = "diary_read_only"
            return DatabaseError(key, error=error)
        case OSError():
            key = _SYSTEM_CAUSES.get(error.errno or 0, "diary_unavailable")
            return DatabaseError(key, error=error.strerror or type(error).__name__)
    return DatabaseError("diary_unavailable", error=error or "unknown")
