"""The database of the diary: each transaction is completely on disk or not at all. A damaged file is recovered."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path
import sqlite3
from threading import RLock
from time import monotonic
from typing import Final

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from ..models import DatabaseError
from .column_types import UnreadableError
from .copies import Copies, erase_sleeper, is_valid
from .database_file import (
    SIDE_SUFFIXES,
    FileIdentity,
    UnusableFileError,
    append_suffix,
    connect_for_reading,
    create_private,
    has_unmatched_side_files,
    identity_of,
    is_corruption,
    is_diary,
    keep_wal,
    passes_integrity_check,
    present_suffixes,
    primary_result_code,
    replace_atomically,
    restrict_access,
    set_aside,
    unused_path,
    validate,
)
from .engine import create_reading_engine, open_engine, run_in_transaction, translate_errors
from .marks import ErasureMark, RecoveryMarks
from .status import Damage, Recovery, Remedy
from .tables import EpisodeRow, SleeperRow

BUSY_TIMEOUT: Final = timedelta(seconds=5)
"""How long to wait for another program that has locked the file: less than a phone waits for a response."""

MAX_CHECKPOINT_PAUSE: Final = timedelta(hours=1)
"""A backup that has not ended by then never will, so writing to the file is resumed."""

_ALL_SUFFIXES: Final = ("", *SIDE_SUFFIXES)

_RESCUED_SUFFIXES: Final = ("-rescued", "-restored")
"""Suffixes of the files that earlier versions left beside the database when they were interrupted in a recovery."""

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
        self.recoveries: tuple[Recovery, ...] = ()
        self._recovery_marks = RecoveryMarks(path)
        self._erasure_mark = ErasureMark.beside(path)
        self.is_intact: bool | None = None
        self.checked_at: datetime | None = None
        self._busy_timeout = busy_timeout
        self._lock = RLock()
        # Held while another connection reads the file. To take both locks, take this one first.
        self._maintenance_lock = RLock()
        self._engine: Engine | None = None
        # Has no open connections between reads. It is kept for its cache of compiled statements.
        self._reading_engine = create_reading_engine(path, busy_timeout)
        self._identity: FileIdentity | None = None
        self._is_closed = False
        self._paused_until: float | None = None
        with self._lock, translate_errors(self.path):
            self._open_or_recover()
        # What the disk refuses now is tried again with the next copy.
        with suppress(DatabaseError), translate_errors(self.path):
            self._finish_erasures()

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
                self._ensure_in_place()
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
            self._is_closed = True
            self._close()

    # --- maintenance --------------------------------------------------------------------------------------------------

    def check(self, now: datetime) -> bool:
        """Check the file and recover a damaged one. Return whether it was intact. Other calls are not blocked."""
        with self._maintenance_lock, translate_errors(self.path):
            self._ensure_in_place()
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
            self._ensure_in_place()
            self._finish_erasures()
            last_recovery = self.recovery
            try:
                self.copies.create(self.path, now)
            except UnusableFileError:
                self._recover_once(last_recovery)

    def set_aside_files(self) -> list[Path]:
        """Return the files that were set aside. They have not been changed since, but for sleepers erased from them."""
        names = (f"{self.path.stem}.{damage}-*{self.path.suffix}*" for damage in Damage)
        files = (path for name in names for path in self.path.parent.glob(name) if not path.name.endswith("-shm"))
        return sorted(files)

    def erase_sleeper(self, sleeper: str) -> None:
        """Erase a sleeper from the file, the copies and what was set aside, as far as that can be read.

        If the process is killed, or the disk refuses what follows the change itself, it is finished later: when the
        file is opened, or with the next copy.
        """
        with self._maintenance_lock, self._lock, translate_errors(self.path):
            self._ensure_in_place()
            self._erasure_mark.add(sleeper)
            try:
                self._erase_rows(sleeper)
            except BaseException:
                self._erasure_mark.remove(sleeper)
                raise
            with suppress(DatabaseError), translate_errors(self.path):
                self._finish_erasures()

    def pause_checkpoints(self) -> None:
        """Write the WAL to the file and leave the file unchanged from now on, so that a backup can read it.

        Writes are appended to the WAL. SQLite verifies the WAL when it reads it, so any part of it that a backup reads
        is consistent with the file. Ends after an hour at the latest.
        """
        with self._maintenance_lock, self._lock, translate_errors(self.path):
            self._ensure_in_place()
            self._checkpoint()
            self._paused_until = monotonic() + MAX_CHECKPOINT_PAUSE.total_seconds()
            self._set_checkpoint_pages(0)

    def resume_checkpoints(self) -> None:
        """Let SQLite write the WAL to the file again."""
        with self._maintenance_lock, self._lock, translate_errors(self.path):
            self._resume_checkpoints()
            self._finish_erasures()

    @property
    def are_checkpoints_paused(self) -> bool:
        """Return whether the file is left unchanged for a backup."""
        return self._paused_until is not None and monotonic() < self._paused_until

    # --- internals ----------------------------------------------------------------------------------------------------

    def _run_with_recovery[T](self, work: Callable[[Session], T], *, writes: bool) -> T:
        with translate_errors(self.path):
            self._ensure_in_place()
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
        self._set_leftovers_aside()
        try:
            validate(self.path, has_copies=bool(self.copies.all()))
            self._open()
        except UnusableFileError as error:
            self._replace_file(error.damage)
        except (DBAPIError, UnicodeDecodeError) as error:
            if not self._is_caused_by_file(error):
                raise
            self._replace_file(Damage.DAMAGED)
        self._complete_recoveries()

    def _is_caused_by_file(self, error: Exception) -> bool:
        """Return whether the file caused an error. If the error does not say, check the whole file."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        if primary_result_code(cause) == sqlite3.SQLITE_ERROR:
            with closing(connect_for_reading(self.path)) as connection:
                return not passes_integrity_check(connection)
        return isinstance(cause, UnreadableError) or is_corruption(cause)

    def _open(self) -> None:
        create_private(self.path)
        self._restrict_access()
        self._engine = open_engine(self.path, self._busy_timeout)
        self._identity = identity_of(self.path)
        if self.are_checkpoints_paused:
            self._set_checkpoint_pages(0)

    def _restrict_access(self) -> None:
        """Let only the owner access the files. Earlier versions did not."""
        present = [append_suffix(self.path, suffix) for suffix in present_suffixes(self.path, _ALL_SUFFIXES)]
        for path in [*present, *self.set_aside_files()]:
            restrict_access(path)
        self.copies.restrict_access()

    def _close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _recover_once(self, last_recovery: Recovery | None) -> None:
        """Recover a damaged file, unless another thread has done so since the given recovery."""
        with self._maintenance_lock, self._lock:
            if self.recovery is last_recovery and not self._is_closed:
                self._close()
                self._replace_file(Damage.DAMAGED)
                self._complete_recoveries()

    def _replace_file(self, damage: Damage) -> None:
        """Set the file aside and restore the newest valid copy, or create an empty file if there is none."""
        copy = self.copies.newest_valid()
        replacement = None if copy is None else self.copies.prepare(copy)
        recovery = replace(
            self._interrupted_replacement() or self._new_recovery(damage, _ALL_SUFFIXES),
            remedy=Remedy.RECREATED if copy is None else Remedy.RESTORED,
            copied_at=None if copy is None else copy.copied_at,
        )
        self._recovery_marks.write(recovery)
        if recovery.set_aside is not None:
            set_aside(self.path, _without_side_suffix(recovery.set_aside), _ALL_SUFFIXES)
        if replacement is not None:
            replace_atomically(replacement, self.path)
        self._open()

    def _interrupted_replacement(self) -> Recovery | None:
        """Return the replacement of the file that the end of the process has interrupted, if it can be continued."""
        return next((each for each in self._recovery_marks.all() if self._can_be_continued(each)), None)

    def _can_be_continued(self, recovery: Recovery) -> bool:
        """Return whether a replacement is incomplete, and the rest of the files can be set aside with the first."""
        if recovery.episodes is not None or recovery.remedy is Remedy.KEPT or recovery.set_aside is None:
            return False
        aside = _without_side_suffix(recovery.set_aside)
        return not set(present_suffixes(aside, _ALL_SUFFIXES)) & set(present_suffixes(self.path, _ALL_SUFFIXES))

    def _set_leftovers_aside(self) -> None:
        """Set aside what lies beside the file, but belongs to another state of the diary: SQLite would mix them."""
        if has_unmatched_side_files(self.path):
            self._set_aside_beside(self.path, Damage.UNMATCHED, SIDE_SUFFIXES)
        for suffix in _RESCUED_SUFFIXES:
            rescued = append_suffix(self.path, suffix)
            if rescued.exists():
                self._set_aside_beside(rescued, Damage.RESCUED, _ALL_SUFFIXES)

    def _set_aside_beside(self, path: Path, damage: Damage, suffixes: tuple[str, ...]) -> None:
        recovery = self._new_recovery(damage, suffixes, path)
        assert recovery.set_aside is not None  # noqa: S101 - it has been found
        self._recovery_marks.write(recovery)
        set_aside(path, _without_side_suffix(recovery.set_aside), suffixes)

    def _new_recovery(self, damage: Damage, suffixes: tuple[str, ...], path: Path | None = None) -> Recovery:
        """Return a recovery that begins now, by setting aside the file at a path with these suffixes."""
        now = datetime.now(UTC)
        present = [suffix for suffix in present_suffixes(path or self.path, suffixes) if suffix != "-shm"]
        aside = append_suffix(unused_path(self.path, damage, now), present[0]) if present else None
        return Recovery(
            id=self._recovery_marks.unused_id(now),
            damage=damage,
            remedy=Remedy.KEPT,
            recovered_at=now,
            set_aside=aside,
        )

    def _complete_recoveries(self) -> None:
        """Complete the recoveries that the end of the process has interrupted, or that just took place."""
        for recovery in self._recovery_marks.all():
            if recovery.episodes is not None:
                continue
            if recovery.set_aside is not None and not recovery.set_aside.exists():
                # It was interrupted before it began, and then the file was found to be sound.
                self._recovery_marks.delete(recovery.id)
                continue
            episodes, last = self._run(
                lambda session: session.execute(select(func.count(), func.max(EpisodeRow.started_at))).one(),
                writes=False,
            )
            self.recovery = replace(recovery, episodes=episodes, last_started_at=last)
            self._recovery_marks.write(self.recovery)
        self.recoveries = tuple(self._recovery_marks.all())

    def _ensure_in_place(self) -> None:
        """Ensure that the open file is still at its path, and use what is there if it is not.

        What is written to a file that has been deleted or replaced is lost when it is closed.
        """
        if self._is_in_place():
            return
        with self._maintenance_lock, self._lock:
            if self._is_in_place():
                return
            with self._raw_connection() as connection:
                keep_wal(connection)
            self._close()
            if self.path.exists():
                self._open_or_recover()
            else:
                self._replace_file(Damage.MISSING)
                self._complete_recoveries()

    def _is_in_place(self) -> bool:
        return self._engine is None or identity_of(self.path) == self._identity

    def _erase_rows(self, sleeper: str) -> None:
        self.write(lambda session: session.execute(delete(SleeperRow).where(SleeperRow.id == sleeper)))

    def _finish_erasures(self) -> None:
        """Erase the sleepers whose erasure has begun, unless the file is left unchanged for a backup."""
        with self._maintenance_lock, self._lock:
            sleepers = self._erasure_mark.sleepers()
            if not sleepers or self.are_checkpoints_paused:
                return
            for sleeper in sleepers:
                self._erase_rows(sleeper)
                self.copies.erase_sleeper(sleeper)
                self._erase_from_set_aside_files(sleeper)
            with self._raw_connection() as connection:
                connection.execute("VACUUM")
            if self._checkpoint():
                self._erasure_mark.clear()

    def _erase_from_set_aside_files(self, sleeper: str) -> None:
        """Erase a sleeper from the sound diaries that were set aside. Damaged ones are never written to."""
        for path in self.set_aside_files():
            if is_diary(path) and is_valid(path):
                erase_sleeper(path, sleeper)

    @contextmanager
    def _raw_connection(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection of sqlite3, outside of any transaction."""
        with closing(self._ensure_open().raw_connection()) as pooled:
            connection = pooled.driver_connection
            assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - SQLAlchemy types it as anything
            yield connection

    def _checkpoint(self) -> bool:
        """Write the WAL to the file and empty it, unless that is paused. Return whether it is empty."""
        if self.are_checkpoints_paused:
            return False
        with self._raw_connection() as connection:
            (is_busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy

    def _set_checkpoint_pages(self, pages: int) -> None:
        with self._raw_connection() as connection:
            connection.execute(f"PRAGMA wal_autocheckpoint = {pages}")

    def _resume_checkpoints(self) -> None:
        self._paused_until = None
        self._set_checkpoint_pages(_CHECKPOINT_PAGES)
        self._checkpoint()


def _without_side_suffix(path: Path) -> Path:
    """Return the path of a database from that of a file beside it."""
    return path.with_name(reduce(str.removesuffix, SIDE_SUFFIXES, path.name))
