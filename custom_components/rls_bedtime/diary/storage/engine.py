"""SQLAlchemy engine of one file: connection, transactions and errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool, Pool, StaticPool

from ..models import DatabaseError
from .column_types import UnreadableError
from .database_file import keep_wal
from .errors import database_error
from .migrations import migrate, needs_migration
from .write_token import create_token, has_token, replace_token


def open_engine(path: Path, busy_timeout: timedelta) -> Engine:
    """Open a file and migrate it to the current schema."""
    engine = _create_engine(path, busy_timeout, StaticPool)
    try:
        with engine.connect() as connection:
            is_outdated, has_no_token = needs_migration(connection), not has_token(connection)
            connection.rollback()
            if is_outdated or has_no_token:
                connection.execution_options(writes=True)
                if is_outdated:
                    migrate(connection)
                # A migration that is in the WAL alone must belong to the file, too.
                if has_no_token:
                    create_token(connection)
                else:
                    replace_token(connection)
                connection.commit()
    except SQLAlchemyError, UnicodeDecodeError:
        engine.dispose()
        raise
    return engine


def create_reading_engine(path: Path, busy_timeout: timedelta) -> Engine:
    """Return an engine that opens a connection for each transaction and closes it afterwards."""
    engine = _create_engine(path, busy_timeout, NullPool)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        keep_wal(connection)

    return engine


def _create_engine(path: Path, busy_timeout: timedelta, pool: type[Pool]) -> Engine:
    """Return an engine whose write transactions take the lock at once, not at the first write."""
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=pool,
        hide_parameters=True,
        connect_args={
            "check_same_thread": False,
            "isolation_level": None,
            "timeout": busy_timeout.total_seconds(),
        },
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # A flipped bit in a note must not make the rest unreadable.
        connection.text_factory = _decode
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()
            raise

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def run_in_transaction[T](engine: Engine, work: Callable[[Session], T], *, writes: bool) -> T:
    """Run a function in one transaction and return its result."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        connection = session.connection(execution_options={"writes": writes})
        before = _total_changes(connection)
        result = work(session)
        session.flush()
        if _total_changes(connection) != before:
            replace_token(connection)
        return result


def _total_changes(connection: Connection) -> int:
    """Return how many rows a connection has changed since it was opened."""
    driver_connection = connection.connection.driver_connection
    assert isinstance(driver_connection, sqlite3.Connection)  # noqa: S101 - SQLAlchemy types it as anything
    return driver_connection.total_changes


def _decode(text: bytes) -> str:
    return text.decode(errors="replace")


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Raise errors of the database and the file system as DatabaseError."""
    try:
        yield
    except DBAPIError as error:
        raise database_error(error.orig, path) from error
    except (sqlite3.Error, OSError) as error:
        raise database_error(error, path) from error
    except SQLAlchemyError as error:
        # The message may contain the note.
        raise DatabaseError("diary_unavailable", error=type(error).__name__) from error
    except (UnicodeDecodeError, UnreadableError) as error:
        raise DatabaseError("diary_damaged", error="unreadable") from error
