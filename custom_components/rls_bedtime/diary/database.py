"""The diary's file: SQLite through SQLAlchemy, its tables, its schema version."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from sqlite3 import Connection
from threading import Lock
from typing import Any, Final, override

from sqlalchemy import DateTime, Dialect, Engine, Index, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool
from sqlalchemy.types import TypeDecorator

from .models import DatabaseError, Episode, NewerDatabaseError

SCHEMA_VERSION: Final = 1
APPLICATION_ID: Final = 0x524C5344
"""Marks the file as ours, for whoever finds it: RLSD."""


class Utc(TypeDecorator[datetime]):
    """A moment, kept in UTC: SQLite itself knows no time zones."""

    impl = DateTime
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The tables of the diary."""


class EpisodeRow(Base):
    """An episode. `utc_offset` is the local offset at its start, in seconds."""

    __tablename__ = "episode"
    __table_args__ = (
        Index("ix_episode_sleeper_started_at", "sleeper", "started_at"),
        Index("ix_episode_sleeper_logged_at", "sleeper", "logged_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    sleeper: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(Utc)
    utc_offset: Mapped[int]
    start_given: Mapped[bool]
    logged_at: Mapped[datetime] = mapped_column(Utc)
    severity: Mapped[int | None]
    note: Mapped[str | None]

    def to_model(self) -> Episode:
        """Return the episode that this row keeps."""
        return Episode(
            id=self.id,
            sleeper=self.sleeper,
            started_at=self.started_at.astimezone(timezone(timedelta(seconds=self.utc_offset))),
            logged_at=self.logged_at,
            severity=self.severity,
            note=self.note,
        )


class Database:
    """The one connection to the diary's file. Each transaction is whole and on disk, or it never was.

    Every method blocks: call it off the event loop. Threads wait for one another.
    """

    def __init__(self, path: Path) -> None:
        """Open the file, and make its tables if it is new. Raises DatabaseError."""
        self._lock = Lock()
        self._engine = _engine(path)
        try:
            with self._connected() as session:
                _make_tables(session)
        except DatabaseError:
            self._engine.dispose()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a session: its changes are on disk when the block ends, or nowhere. Raises DatabaseError."""
        with self._connected() as session:
            yield session

    def close(self) -> None:
        """Close the file, once what is under way has ended."""
        with self._lock:
            self._engine.dispose()

    @contextmanager
    def _connected(self) -> Iterator[Session]:
        try:
            with self._lock, Session(self._engine, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            # Only what SQLite itself says: the whole message would carry the note along.
            reason = error.orig if isinstance(error, DBAPIError) else type(error).__name__
            raise DatabaseError("diary_unavailable", error=reason) from error


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=StaticPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "autocommit": False},
    )

    @event.listens_for(engine, "connect")
    def connected(connection: Connection, _record: Any) -> None:
        try:
            _check_version(connection)
            _set_pragmas(connection)
        except Exception:
            connection.close()
            raise

    return engine


def _check_version(connection: Connection) -> None:
    """Raise NewerDatabaseError for a file that a later release has written, before anything of it is changed."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise NewerDatabaseError("diary_newer", version=version, supported=SCHEMA_VERSION)


def _set_pragmas(connection: Connection) -> None:
    # They have no effect inside the transaction that autocommit=False always holds open.
    connection.autocommit = True
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.autocommit = False


def _make_tables(session: Session) -> None:
    """Make the tables of a new file, and mark it as a diary."""
    connection = session.connection()
    if connection.exec_driver_sql("PRAGMA user_version").scalar_one() == 0:
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
