"""The database of the diary: each transaction is completely on disk or not at all. A damaged file is recovered."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
import sqlite3
from threading import RLock
from time import monotonic
from typing import Final

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ..models import DatabaseError
from .column_types import UnreadableError
from .copies import Copies, copy_verified
from .database_file import (
    FileIdentity,
    UnusableFileError,
    append_suffix,
    connect_for_reading,
    copy_synced,
    identity_of,
    is_corruption,
    passes_integrity_check,
    primary_result_code,
    protect_foreign_wal,
    replace_atomically,
    save_aside,
    set_aside,
    validate,
)
from .engine import create_reading_engine, open_engine, run_in_transaction, translate_errors
from .status import Damage, Recovery, Remedy
from .tables import EpisodeRow

BUSY_TIMEOUT: Final = timedelta(seconds=5)
"""How long to wait for another program that has locked the file: less than a phone waits for a response."""

MAX_CHECKPOINT_PAUSE: Final = timedelta(hours=1)
"""A backup that has not ended by then never will, so writing to the file is resumed."""

_CHECKPOINT_PAGES: Final = 1000
"""SQLite's default, in pages: a WAL of this size is written to the file."""


class Database:
    """The connection to the file. A damaged file is set aside, and the newest valid copy is restored.

    Every method blocks: call it outside of the event loop. It is thread-safe. Errors of the database and the file
    system are raised as DatabaseError; then nothing has been written.
    """

    def __init__(self, path: Path, busy_timeout: timedelta = BUSY_TIMEOUT) -> None:
        """Open the file, creating or migrating it if necessary. Raises DatabaseError."""
        self.path = path
        self.copies = Copies(path.with_name(f"{path.stem}_copies"))
        self.recovery: Recovery | None = None
        self.is_intact: bool | None = None
        self.checked_at: datetime | None = None
        self._busy_timeout = busy_timeout
        self._lock = RLock()
        # Held while another connection reads the file. To take both locks, take this one first.
        self._maintenance_lock = RLock()
        self._engine: Engine | None = None
        # Has no open connections between reads. It is kept for its cache of compiled statements.
        self._reading_engine = create_reading_engine(path, busy_timeout)
        self._identity: FileIdentity = (None, None)
        self._is_closed = False
        self._paused_until: float | None = None
        with self._lock, translate_errors(self.path):
            self._open_or_recover()

    def read[T](self, query: Callable[[Session], T]) -> T:
        """Return the result of a query, run in one transaction."""
        return self._run_with_recovery(query, writes=False)

    def write[T](self, change: Callable[[Session], T]) -> T:
        """Run a change in one transaction and return its result once it is on disk."""
        return self._run_with_recovery(change, writes=True)

    def read_concurrently[T](self, query: Callable[[Session], T]) -> T:
        """Return the result of a long query, run on a connection of its own, without blocking other calls."""
        with self._maintenance_lock, translate_errors(self.path):
            with self._lock:
                self._ensure_same_file()
                self._ensure_open()
            last_recovery = self.recovery
            try:
                return run_in_transaction(self._reading_engine, query, writes=False)
            except (DBAPIError, UnicodeDecodeError, UnreadableError) as error:
                if not self._is_caused_by_file(error):
                    raise
            self._recover_once(last_recovery)
        return self.read(query)

    def close(self) -> None:
        """Close the file, once all operations have ended."""
        with self._maintenance_lock, self._lock:
            # The file is closed even if the disk fails.
            with suppress(DatabaseError), translate_errors(self.path):
                self._ensure_same_file()
            self._is_closed = True
            self._close()

    # --- maintenance --------------------------------------------------------------------------------------------------

    def check(self, now: datetime) -> bool:
        """Check the file and recover a damaged one. Return whether it was intact. Other calls are not blocked."""
        with self._maintenance_lock, translate_errors(self.path):
            self._ensure_same_file()
            last_recovery = self.recovery
            with closing(connect_for_reading(self.path)) as connection:
                is_intact = passes_integrity_check(connection)
            if not is_intact:
                self._recover_once(last_recovery)
            self.is_intact, self.checked_at = is_intact, now.astimezone(UTC)
        return is_intact

    def copy(self, now: datetime) -> None:
        """Make a copy. A file that turns out to be damaged is recovered instead. Other calls are not blocked."""
        with self._maintenance_lock, translate_errors(self.path):
            self._ensure_same_file()
            last_recovery = self.recovery
            try:
                self.copies.create(self.path, now)
            except UnusableFileError:
                self._recover_once(last_recovery)

    def set_aside_files(self) -> list[Path]:
        """Return the files that were set aside. They have not been changed since."""
        names = (f"{self.path.stem}.{damage}-*{self.path.suffix}" for damage in Damage)
        return sorted(path for name in names for path in self.path.parent.glob(name))

    def erase_sleeper(self, sleeper: str, change: Callable[[Session], None]) -> None:
        """Run a change that erases a sleeper, and remove the erased data from the disk and from all copies."""
        with self._maintenance_lock, self._lock, translate_errors(self.path):
            self._ensure_same_file()
            self.copies.erase_sleeper(sleeper)
            self.write(change)
            with self._raw_connection() as connection:
                connection.execute("VACUUM")
            self._checkpoint()

    def pause_checkpoints(self) -> None:
        """Write the WAL to the file and leave the file unchanged from now on, so that a backup can read it.

        Writes are appended to the WAL. SQLite verifies the WAL when it reads it, so any part of it that a backup reads
        is consistent with the file. Ends after an hour at the latest.
        """
        with self._maintenance_lock, self._lock, translate_errors(self.path):
            self._ensure_same_file()
            self._checkpoint()
            self._paused_until = monotonic() + MAX_CHECKPOINT_PAUSE.total_seconds()
            self._set_checkpoint_pages(0)

    def resume_checkpoints(self) -> None:
        """Let SQLite write the WAL to the file again."""
        with self._lock, translate_errors(self.path):
            self._resume_checkpoints()

    @property
    def are_checkpoints_paused(self) -> bool:
        """Return whether the file is left unchanged for a backup."""
        return self._paused_until is not None and monotonic() < self._paused_until

    # --- internals ----------------------------------------------------------------------------------------------------

    def _run_with_recovery[T](self, work: Callable[[Session], T], *, writes: bool) -> T:
        with translate_errors(self.path):
            self._ensure_same_file()
            last_recovery = self.recovery
            try:
                with self._lock:
                    return self._run(work, writes=writes)
            except (DBAPIError, UnicodeDecodeError, UnreadableError) as error:
                with self._maintenance_lock:
                    if not self._is_caused_by_file(error):
                        raise
            # Run it again on the recovered file, so that nothing is lost.
            self._recover_once(last_recovery)
            with self._lock:
                return self._run(work, writes=writes)

    def _run[T](self, work: Callable[[Session], T], *, writes: bool) -> T:
        if self._paused_until is not None and not self.are_checkpoints_paused:
            self._resume_checkpoints()
        return run_in_transaction(self._ensure_open(), work, writes=writes)

    def _ensure_open(self) -> Engine:
        if self._is_closed:
            raise DatabaseError("diary_unavailable", error="closed")
        if self._engine is None:
            # A recovery has failed before, perhaps for a temporary reason.
            self._open_or_recover()
        assert self._engine is not None  # noqa: S101 - opened, or something was raised
        return self._engine

    def _open_or_recover(self) -> None:
        try:
            validate(self.path, has_copies=bool(self.copies.all()))
            self._open()
        except UnusableFileError as error:
            self._recover(error.damage)
        except (DBAPIError, UnicodeDecodeError) as error:
            if not self._is_caused_by_file(error):
                raise
            self._recover(Damage.DAMAGED)

    def _is_caused_by_file(self, error: Exception) -> bool:
        """Return whether the file caused an error. If the error does not say, check the whole file."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        if primary_result_code(cause) == sqlite3.SQLITE_ERROR:
            with closing(connect_for_reading(self.path)) as connection:
                return not passes_integrity_check(connection)
        return isinstance(cause, UnreadableError) or is_corruption(cause)

    def _open(self) -> None:
        self._engine = open_engine(self.path, self._busy_timeout)
        self._identity = identity_of(self.path)
        if self.are_checkpoints_paused:
            self._set_checkpoint_pages(0)

    def _close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _recover_once(self, last_recovery: Recovery | None) -> None:
        """Recover a damaged file, unless another thread has done so since the given recovery.

        No other connection may be reading the file: closing the last connection deletes the WAL by its name, and by
        then that would be the WAL of the new file.
        """
        with self._maintenance_lock, self._lock:
            if self.recovery is last_recovery and not self._is_closed:
                self._recover(Damage.DAMAGED)

    def _recover(self, damage: Damage) -> None:
        """Set the file aside and restore the newest valid copy, or create an empty file if there is none."""
        self._close()
        now = datetime.now(UTC)
        copy = self.copies.newest_valid()
        replacement = None if copy is None else copy_synced(copy.path, self.path)
        aside = set_aside(self.path, damage, now)
        if replacement is not None:
            replace_atomically(replacement, self.path)
        self._open()
        remedy = Remedy.RECREATED if copy is None else Remedy.RESTORED
        self._record_recovery(damage, remedy, now, aside, None if copy is None else copy.copied_at)

    def _ensure_same_file(self) -> None:
        """Ensure that the open file is still at its path: writes to a deleted file would be lost.

        If another diary has been put in its place, use that one and set the data of the open file aside. Otherwise put
        the data of the open file back.
        """
        if self._is_same_file():
            return
        with self._maintenance_lock, self._lock:
            if self._is_same_file():
                return
            rescued = append_suffix(self.path, "-rescued")
            rescued.unlink(missing_ok=True)
            try:
                with self._raw_connection() as connection:
                    copy_verified(connection, rescued)
                self._swap_file(rescued)
            except UnusableFileError:
                self._recover(Damage.REPLACED)
            finally:
                rescued.unlink(missing_ok=True)

    def _is_same_file(self) -> bool:
        return self._engine is None or identity_of(self.path) == self._identity

    def _swap_file(self, rescued: Path) -> None:
        """Close the open file, whose data has been rescued, and open the one that belongs at its path."""
        now = datetime.now(UTC)
        if identity_of(self.path)[0] in (None, self._identity[0]):
            replace_atomically(rescued, self.path)
            self._close_replaced_file()
            self._open()
            self._record_recovery(Damage.MISSING, Remedy.PUT_BACK, now, None)
            return
        saved = save_aside(rescued, self.path, Damage.REPLACED, now)
        self._close_replaced_file()
        try:
            validate(self.path, has_copies=True)
        except UnusableFileError as error:
            aside = set_aside(self.path, error.damage, now)
            replace_atomically(saved, self.path)
            self._open()
            self._record_recovery(error.damage, Remedy.PUT_BACK, now, aside)
        else:
            self._open()
            self._record_recovery(Damage.REPLACED, Remedy.ADOPTED, now, saved)

    def _close_replaced_file(self) -> None:
        with protect_foreign_wal(self.path, self._identity):
            self._close()

    def _record_recovery(
        self, damage: Damage, remedy: Remedy, now: datetime, aside: Path | None, copied_at: datetime | None = None
    ) -> None:
        episodes, last = self._run(
            lambda session: session.execute(select(func.count(), func.max(EpisodeRow.started_at))).one(), writes=False
        )
        self.recovery = Recovery(
            damage=damage,
            remedy=remedy,
            recovered_at=now,
            set_aside=aside,
            copied_at=copied_at,
            episodes=episodes,
            last_started_at=last,
        )

    @contextmanager
    def _raw_connection(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection of sqlite3, outside of any transaction."""
        with closing(self._ensure_open().raw_connection()) as pooled:
            connection = pooled.driver_connection
            assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - SQLAlchemy types it as anything
            yield connection

    def _checkpoint(self) -> None:
        """Write the WAL to the file, unless that is paused."""
        if not self.are_checkpoints_paused:
            with self._raw_connection() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _set_checkpoint_pages(self, pages: int) -> None:
        with self._raw_connection() as connection:
            connection.execute(f"PRAGMA wal_autocheckpoint = {pages}")

    def _resume_checkpoints(self) -> None:
        self._paused_until = None
        self._set_checkpoint_pages(_CHECKPOINT_PAGES)
        self._checkpoint()
