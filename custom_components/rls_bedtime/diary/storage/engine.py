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
from .errors import database_error
from .migrations import migrate, needs_migration


def open_engine(path: Path, busy_timeout: timedelta) -> Engine:
    """Open a file and migrate it to the current schema."""
    engine = _create_engine(path, busy_timeout, StaticPool)
    try:
        with engine.connect() as connection:
            if needs_migration(connection):
                connection.rollback()
                connection.execution_options(writes=True)
                migrate(connection)
                connection.commit()
    except SQLAlchemyError, UnicodeDecodeError:
        engine.dispose()
        raise
    return engine


def create_reading_engine(path: Path, busy_timeout: timedelta) -> Engine:
    """Return an engine that opens a connection for each transaction and closes it afterwards."""
    return _create_engine(path, busy_timeout, NullPool)


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
        session.connection(execution_options={"writes": writes})
        return work(session)


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
