"""Create the schema, or migrate an earlier one."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from .schema_2 import SCHEMA_2
from .tables import Base

SCHEMA_VERSION: Final = 5
APPLICATION_ID: Final = 0x524C5344
"""Identifies the file as a diary: RLSD in ASCII."""


def needs_migration(connection: Connection) -> bool:
    """Return whether a file does not have the current schema."""
    return _schema_version(connection) != SCHEMA_VERSION


def migrate(connection: Connection) -> None:
    """Create or migrate the schema, within the transaction of this connection.

    The tables tell which schema a file has: a flipped bit may have changed its version.
    """
    version = _version_of_tables(connection)
    if version == 0:
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    if version == 1:
        _execute(connection, _STATEMENTS_FROM_1)
    if version in {1, 2}:
        _migrate_from_2(connection)
    # Everything in a new file, and the tables that schemas 4 and 5 added to an earlier one.
    Base.metadata.create_all(connection)
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _schema_version(connection: Connection) -> int:
    version: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return version


def _version_of_tables(connection: Connection) -> int:
    """Return the schema version by the tables of a file; 0 if it has none of ours."""
    tables = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
    added_by_version = {5: "experiment", 4: "marked_change", 3: "request", 2: "change", 1: "episode"}
    return next((version for version, table in added_by_version.items() if table in tables), 0)


def _execute(connection: Connection, statements: tuple[str, ...]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def _migrate_from_2(connection: Connection) -> None:
    """Migrate from schema 2, which had no requests, and a journal without the evening routine.

    This creates the current tables, as schemas 4 and 5 only added some: a migration that alters a table must replace
    that here with the tables of schema 5.
    """
    _execute(connection, _STATEMENTS_BEFORE_3)
    Base.metadata.create_all(connection)
    _execute(connection, _STATEMENTS_FROM_2)
    for (uid,) in connection.exec_driver_sql("SELECT uid FROM routine_item").all():
        if (night := _night_of_uuid7(uid)) is not None:
            connection.exec_driver_sql("UPDATE routine_item SET since = ? WHERE uid = ?", (night, uid))


def _night_of_uuid7(uid: str) -> str | None:
    """Return the night on which a UUID of version 7 was made, in UTC; None for another uid."""
    try:
        made_at = datetime.fromtimestamp(int(uid[:12], 16) / 1000, UTC)
    except OSError, OverflowError, ValueError:
        return None
    return (made_at - timedelta(hours=12)).date().isoformat() if uid[12:13] == "7" else None


# Schema 1 had one table: episodes with a start, a severity and a note. They are added to the journal as logged, so that
# they can be undone too.
_STATEMENTS_FROM_1: Final = (
    "DROP INDEX ix_episode_sleeper_started_at",
    "DROP INDEX ix_episode_sleeper_logged_at",
    "ALTER TABLE episode RENAME TO episode_1",
    *SCHEMA_2,
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

_STATEMENTS_BEFORE_3: Final = (
    # The other index on changes stays until they are dropped: each refers to another one, which SQLite looks up then.
    "DROP INDEX ix_change_sleeper_closed_by",
    "ALTER TABLE change RENAME TO change_2",
    "ALTER TABLE routine_item RENAME TO routine_item_2",
    "ALTER TABLE practice RENAME TO practice_2",
    "ALTER TABLE episode DROP COLUMN said",
)

_STATEMENTS_FROM_2: Final = (
    """
    INSERT INTO change (id, uid, sleeper, at, kind, origin, closed_by)
    SELECT each.id, lower(hex(randomblob(16))), each.sleeper, each.at, each.kind, origin.id, each.closed_by
    FROM change_2 AS each
    LEFT JOIN change_2 AS origin ON origin.closed_by = each.id AND origin.id <> each.id
    ORDER BY each.id
    """,
    # Ids are never reused, not even those of erased sleepers.
    "DELETE FROM sqlite_sequence WHERE name = 'change'",
    "UPDATE sqlite_sequence SET name = 'change' WHERE name = 'change_2'",
    """
    INSERT INTO changed_record (change, type, subject, before, after)
    SELECT id, 'episode', subject, before, after FROM change_2
    WHERE json_extract(coalesce(before, after), '$.night') IS NULL
    """,
    # A clear night that was moved is two records now: one that was deleted, and one that was added.
    """
    INSERT INTO changed_record (change, type, subject, before, after)
    SELECT id, 'clear_night', json_extract(before, '$.night'), before, NULL FROM change_2
    WHERE json_extract(before, '$.night') IS NOT NULL
    """,
    """
    INSERT INTO changed_record (change, type, subject, before, after)
    SELECT id, 'clear_night', json_extract(after, '$.night'), NULL, after FROM change_2
    WHERE json_extract(after, '$.night') IS NOT NULL
    """,
    """
    INSERT INTO routine_item (uid, sleeper, position, text)
    SELECT uid, sleeper, CAST(position AS TEXT), text FROM routine_item_2
    """,
    # Items that were removed come back as removed, with their last text.
    """
    INSERT INTO routine_item (uid, sleeper, position, text, removed_at)
    SELECT item, sleeper, '0', text, max(night) || ' 12:00:00.000000' FROM practice_2
    WHERE item NOT IN (SELECT uid FROM routine_item_2) GROUP BY item
    """,
    "INSERT INTO practice (sleeper, night, item) SELECT sleeper, night, item FROM practice_2",
    "DROP TABLE change_2",
    "DROP TABLE routine_item_2",
    "DROP TABLE practice_2",
)
