"""The diary's file: each transaction is whole and on disk, or it never was."""

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
from .engine import create_file_engine, open_engine, run_in_transaction, translate_errors
from .status import Damage, Recovery, Remedy
from .tables import EpisodeRow

BUSY_TIMEOUT: Final = timedelta(seconds=5)
"""How long to wait for a program that holds the file: shorter than a phone waits for an answer."""

MAX_CHECKPOINT_PAUSE: Final = timedelta(hours=1)
"""A backup that has not said by then that it is over has been forgotten."""

_CHECKPOINT_AT: Final = 1000
"""SQLite's own measure, in pages: when so much has been written beside the file, it is brought into it."""


class Database:
    """The one connection to the diary's file. A file that is damaged is set aside, and its newest good copy put there.

    Every method blocks: call it off the event loop. Threads wait for one another. Whatever goes wrong with the file
    or the disk is raised as DatabaseError, and then nothing has been written.
    """

    def __init__(self, path: Path, busy_timeout: timedelta = BUSY_TIMEOUT) -> None:
        """Open the file, and make its tables if it is new. Raises DatabaseError."""
        self.path = path
        self.copies = Copies(path.with_name(f"{path.stem}_copies"))
        self.recovery: Recovery | None = None
        self.is_intact: bool | None = None
        self.checked_at: datetime | None = None
        self._busy_timeout = busy_timeout
        self._lock = RLock()
        # Held by whoever reads beside the one connection; taken before the other lock, by whoever needs both.
        self._maintenance_lock = RLock()
        self._engine: Engine | None = None
        self._place: FileIdentity = (None, None)
        self._is_closed = False
        self._held_until: float | None = None
        with self._lock, translate_errors(self.path):
            self._open_or_recover()

    def read[T](self, ask: Callable[[Session], T]) -> T:
        """Return what is asked of the file, as of one moment."""
        return self._do(ask, writes=False)

    def write[T](self, change: Callable[[Session], T]) -> T:
        """Change the file: what the change returns is true and on disk."""
        return self._do(change, writes=True)

    def read_concurrently[T](self, ask: Callable[[Session], T]) -> T:
        """Return what is asked of the file, as of one moment, beside whatever goes on: for what takes long."""
        with self._maintenance_lock, translate_errors(self.path):
            with self._lock:
                self._ensure_same_file()
                self._ensure_open()
            known = self.recovery
            engine = create_file_engine(self.path, self._busy_timeout)
            try:
                return run_in_transaction(engine, ask, writes=False)
            except (DBAPIError, UnicodeDecodeError, UnreadableError) as error:
                if not self._is_of_the_file(error):
                    raise
            finally:
                engine.dispose()
            self._recover_once(known)
        return self.read(ask)

    def close(self) -> None:
        """Close the file, once what is under way has ended."""
        with self._maintenance_lock, self._lock:
            # A disk that refuses cannot be helped any more.
            with suppress(DatabaseError), translate_errors(self.path):
                self._ensure_same_file()
            self._is_closed = True
            self._close()

    # --- care --------------------------------------------------------------------------------------------------------

    def check(self, now: datetime) -> bool:
        """Read the whole file, beside whatever goes on, and recover a damaged one. Return whether it was sound."""
        with self._maintenance_lock, translate_errors(self.path):
            self._ensure_same_file()
            known = self.recovery
            with closing(connect_for_reading(self.path)) as connection:
                is_intact = passes_integrity_check(connection)
            if not is_intact:
                self._recover_once(known)
            self.is_intact, self.checked_at = is_intact, now.astimezone(UTC)
        return is_intact

    def copy(self, now: datetime) -> None:
        """Make a copy, beside whatever goes on. A file that turns out to be damaged is recovered instead."""
        with self._maintenance_lock, translate_errors(self.path):
            self._ensure_same_file()
            known = self.recovery
            try:
                self.copies.create(self.path, now)
            except UnusableFileError:
                self._recover_once(known)

    def set_aside_files(self) -> list[Path]:
        """Return the files that were set aside: nothing that was in them has been touched since."""
        names = (f"{self.path.stem}.{damage}-*{self.path.suffix}" for damage in Damage)
        return sorted(found for name in names for found in self.path.parent.glob(name))

    def erase_sleeper(self, sleeper: str, change: Callable[[Session], None]) -> None:
        """Make a change that erases a sleeper, and leave nothing of what it erased on disk, in no copy either."""
        with self._maintenance_lock, self._lock, translate_errors(self.path):
            self._ensure_same_file()
            self.copies.erase_sleeper(sleeper)
            self.write(change)
            with self._raw_connection() as connection:
                connection.execute("VACUUM")
            self._checkpoint()

    def pause_checkpoints(self) -> None:
        """Bring the file up to date and leave it untouched from now on, so that it can be read as a file.

        Writes go on beside it, at the end of a file that SQLite checks as it reads: whatever part of that is read
        together with the file is consistent. At most for an hour.
        """
        with self._maintenance_lock, self._lock, translate_errors(self.path):
            self._ensure_same_file()
            self._checkpoint()
            self._held_until = monotonic() + MAX_CHECKPOINT_PAUSE.total_seconds()
            self._set_checkpoint_at(0)

    def resume_checkpoints(self) -> None:
        """Let writes reach the file again."""
        with self._lock, translate_errors(self.path):
            self._release()

    @property
    def are_checkpoints_paused(self) -> bool:
        """Return whether the file is held for a backup."""
        return self._held_until is not None and monotonic() < self._held_until

    # --- how ---------------------------------------------------------------------------------------------------------

    def _do[T](self, work: Callable[[Session], T], *, writes: bool) -> T:
        with translate_errors(self.path):
            self._ensure_same_file()
            known = self.recovery
            try:
                with self._lock:
                    return self._try(work, writes=writes)
            except (DBAPIError, UnicodeDecodeError, UnreadableError) as error:
                with self._maintenance_lock:
                    if not self._is_of_the_file(error):
                        raise
            # The file is another now: what was asked for has not been lost with the old one.
            self._recover_once(known)
            with self._lock:
                return self._try(work, writes=writes)

    def _try[T](self, work: Callable[[Session], T], *, writes: bool) -> T:
        if self._held_until is not None and not self.are_checkpoints_paused:
            self._release()
        return run_in_transaction(self._ensure_open(), work, writes=writes)

    def _ensure_open(self) -> Engine:
        if self._is_closed:
            raise DatabaseError("diary_unavailable", error="closed")
        if self._engine is None:
            # A recovery has failed half-way: what kept it may be over.
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
            if not self._is_of_the_file(error):
                raise
            self._recover(Damage.DAMAGED)

    def _is_of_the_file(self, error: Exception) -> bool:
        """Return whether the file is to blame, looking through the whole of it where that is not plain."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        if primary_result_code(cause) == sqlite3.SQLITE_ERROR:
            with closing(connect_for_reading(self.path)) as connection:
                return not passes_integrity_check(connection)
        return isinstance(cause, UnreadableError) or is_corruption(cause)

    def _open(self) -> None:
        self._engine = open_engine(self.path, self._busy_timeout)
        self._place = identity_of(self.path)
        if self.are_checkpoints_paused:
            self._set_checkpoint_at(0)

    def _close(self) -> None:
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _recover_once(self, known: Recovery | None) -> None:
        """Recover a file that was found damaged, unless that has been done since the last known recovery.

        Nobody may be reading it: who closes the last connection to a file deletes what is beside its name, and by
        then that would be what is beside the new one.
        """
        with self._maintenance_lock, self._lock:
            if self.recovery is known and not self._is_closed:
                self._recover(Damage.DAMAGED)

    def _recover(self, damage: Damage) -> None:
        """Set the file aside and put the newest good copy in its place, or begin anew if there is none."""
        self._close()
        now = datetime.now(UTC)
        copy = self.copies.newest_valid()
        replacement = None if copy is None else copy_synced(copy.path, self.path)
        aside = set_aside(self.path, damage, now)
        if replacement is not None:
            replace_atomically(replacement, self.path)
        self._open()
        remedy = Remedy.RECREATED if copy is None else Remedy.RESTORED
        self._report(damage, remedy, now, aside, None if copy is None else copy.copied_at)

    def _ensure_same_file(self) -> None:
        """See that the file is still where it was opened: what is written to one that was deleted is lost with it.

        If somebody put another diary into its place, that is used from now on, and what was in this one is kept beside
        it; else all that was in it is put back.
        """
        if self._is_in_place():
            return
        with self._maintenance_lock, self._lock:
            if self._is_in_place():
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

    def _is_in_place(self) -> bool:
        return self._engine is None or identity_of(self.path) == self._place

    def _swap_file(self, rescued: Path) -> None:
        """Close the file, of which all is rescued, and open what is to be in its place."""
        now = datetime.now(UTC)
        if identity_of(self.path)[0] in (None, self._place[0]):
            replace_atomically(rescued, self.path)
            self._close_apart()
            self._open()
            self._report(Damage.MISSING, Remedy.PUT_BACK, now, None)
            return
        kept = save_aside(rescued, self.path, Damage.REPLACED, now)
        self._close_apart()
        try:
            validate(self.path, has_copies=True)
        except UnusableFileError as error:
            aside = set_aside(self.path, error.damage, now)
            replace_atomically(kept, self.path)
            self._open()
            self._report(error.damage, Remedy.PUT_BACK, now, aside)
        else:
            self._open()
            self._report(Damage.REPLACED, Remedy.ADOPTED, now, kept)

    def _close_apart(self) -> None:
        with protect_foreign_wal(self.path, self._place):
            self._close()

    def _report(
        self, damage: Damage, remedy: Remedy, now: datetime, aside: Path | None, copied_at: datetime | None = None
    ) -> None:
        episodes, last = self._try(
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
        """Yield the bare connection, outside of any transaction."""
        with closing(self._ensure_open().raw_connection()) as pooled:
            connection = pooled.driver_connection
            assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - SQLAlchemy types it as anything
            yield connection

    def _checkpoint(self) -> None:
        """Bring what was written beside the file into it, unless it is held."""
        if not self.are_checkpoints_paused:
            with self._raw_connection() as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _set_checkpoint_at(self, pages: int) -> None:
        with self._raw_connection() as connection:
            connection.execute(f"PRAGMA wal_autocheckpoint = {pages}")

    def _release(self) -> None:
        self._held_until = None
        self._set_checkpoint_at(_CHECKPOINT_AT)
        self._checkpoint()
