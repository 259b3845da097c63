"""Create the schema, or migrate an earlier one."""

from typing import Final

from sqlalchemy import Connection

from .tables import Base

SCHEMA_VERSION: Final = 2
APPLICATION_ID: Final = 0x524C5344
"""Identifies the file as a diary: RLSD in ASCII."""


def needs_migration(connection: Connection) -> bool:
    """Return whether a file does not have the current schema."""
    return _schema_version(connection) != SCHEMA_VERSION


def migrate(connection: Connection) -> None:
    """Create or migrate the schema, within the transaction of this connection."""
    if _schema_version(connection) == 1:
        _migrate_from_1(connection)
    else:
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _schema_version(connection: Connection) -> int:
    version: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return version


def _migrate_from_1(connection: Connection) -> None:
    """Migrate from schema 1, which had one table: episodes with a start, a severity and a note.

    The episodes are added to the journal as logged, so that they can be undone too. This creates the current tables:
    the migration to schema 3 must replace that here with the tables of schema 2.
    """
    for index in ("ix_episode_sleeper_started_at", "ix_episode_sleeper_logged_at"):
        connection.exec_driver_sql(f"DROP INDEX {index}")
    connection.exec_driver_sql("ALTER TABLE episode RENAME TO episode_1")
    Base.metadata.create_all(connection)
    for statement in _STATEMENTS_FROM_1:
        connection.exec_driver_sql(statement)


_STATEMENTS_FROM_1: Final = (
    "INSERT INTO sleeper (id, has_routine) SELECT DISTINCT sleeper, 0 FROM episode_1",
    """
    INSERT INTO episode (id, sleeper, started_at, utc_offset, logged_at, severity, note,
                         body_parts, sensations, relief, tags)
    SELECT id, sleeper, started_at, utc_offset, logged_at, severity, note, '[]', '[]', '[]', '[]' FROM episode_1
    """,
    """
    INSERT INTO change (sleeper, at, kind, subject, after)
    SELECT sleeper, logged_at, 'logged', id, json_patch('{}', json_object(
        'id', id, 'started_at', started_at, 'utc_offset', utc_offset, 'logged_at', logged_at,
        'severity', severity, 'note', note))
    FROM episode_1 ORDER BY logged_at
    """,
    "DROP TABLE episode_1",
)
