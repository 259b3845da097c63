"""How a file comes to the schema of this release, from nothing or from that of an earlier one."""

from typing import Final

from sqlalchemy import Connection

from .tables import Base

SCHEMA_VERSION: Final = 2
APPLICATION_ID: Final = 0x524C5344
"""Marks the file as ours, for whoever finds it: RLSD."""


def needs_migration(connection: Connection) -> bool:
    """Return whether a file is not of the schema of this release."""
    return _version(connection) != SCHEMA_VERSION


def migrate(connection: Connection) -> None:
    """Bring a file to the schema of this release, within the transaction of this connection."""
    if _version(connection) == 1:
        _from_1(connection)
    else:
        Base.metadata.create_all(connection)
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _version(connection: Connection) -> int:
    version: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return version


def _from_1(connection: Connection) -> None:
    """Keep what schema 1 had: one table, of episodes with a start, a severity and a note.

    The episodes come into the journal as logged, so that undo reaches them too. The tables are made as they are now:
    the step that makes a schema 3 has to write down here what they were in schema 2.
    """
    for index in ("ix_episode_sleeper_started_at", "ix_episode_sleeper_logged_at"):
        connection.exec_driver_sql(f"DROP INDEX {index}")
    connection.exec_driver_sql("ALTER TABLE episode RENAME TO episode_1")
    Base.metadata.create_all(connection)
    for statement in _STEPS_FROM_1:
        connection.exec_driver_sql(statement)


_STEPS_FROM_1: Final = (
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
