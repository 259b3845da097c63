"""The tables of schema 2, into which files of schema 1 are migrated first."""

from typing import Final

SCHEMA_2: Final = (
    """
    CREATE TABLE sleeper (
        id TEXT NOT NULL,
        name TEXT,
        has_routine INTEGER NOT NULL,
        PRIMARY KEY (id)
    )
    STRICT
    """,
    """
    CREATE TABLE episode (
        id TEXT NOT NULL,
        sleeper TEXT NOT NULL,
        started_at TEXT NOT NULL,
        utc_offset INTEGER NOT NULL,
        ended_at TEXT,
        ended_utc_offset INTEGER,
        logged_at TEXT NOT NULL,
        edited_at TEXT,
        said TEXT,
        severity INTEGER,
        side TEXT,
        body_parts TEXT NOT NULL,
        sensations TEXT NOT NULL,
        activity TEXT,
        relief TEXT NOT NULL,
        relief_effect TEXT,
        sleep_impact TEXT,
        tags TEXT NOT NULL,
        note TEXT,
        bedtime_mode INTEGER,
        minutes_since_bedtime INTEGER,
        temperature REAL,
        PRIMARY KEY (id),
        CONSTRAINT started_at_is_a_moment CHECK (substr(started_at, 1, 19) IS datetime(started_at)),
        CONSTRAINT ended_at_is_a_moment CHECK (substr(ended_at, 1, 19) IS datetime(ended_at)),
        CONSTRAINT logged_at_is_a_moment CHECK (substr(logged_at, 1, 19) IS datetime(logged_at)),
        CONSTRAINT edited_at_is_a_moment CHECK (substr(edited_at, 1, 19) IS datetime(edited_at)),
        CONSTRAINT severity_is_on_the_scale CHECK (severity BETWEEN 0 AND 10),
        CONSTRAINT lists_are_lists CHECK (json_valid(body_parts) AND json_valid(sensations)
            AND json_valid(relief) AND json_valid(tags)),
        FOREIGN KEY(sleeper) REFERENCES sleeper (id) ON DELETE CASCADE
    )
    STRICT
    """,
    "CREATE INDEX ix_episode_sleeper_logged_at ON episode (sleeper, logged_at)",
    "CREATE INDEX ix_episode_sleeper_started_at ON episode (sleeper, started_at, logged_at, id)",
    """
    CREATE TABLE clear_night (
        sleeper TEXT NOT NULL,
        night TEXT NOT NULL,
        logged_at TEXT NOT NULL,
        PRIMARY KEY (sleeper, night),
        CONSTRAINT logged_at_is_a_moment CHECK (substr(logged_at, 1, 19) IS datetime(logged_at)),
        FOREIGN KEY(sleeper) REFERENCES sleeper (id) ON DELETE CASCADE
    )
    STRICT
    """,
    """
    CREATE TABLE change (
        id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
        sleeper TEXT NOT NULL,
        at TEXT NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,
        "before" TEXT,
        "after" TEXT,
        closed_by INTEGER,
        CONSTRAINT at_is_a_moment CHECK (substr(at, 1, 19) IS datetime(at)),
        CONSTRAINT rows_are_rows CHECK (json_valid(before) AND json_valid(after)),
        FOREIGN KEY(sleeper) REFERENCES sleeper (id) ON DELETE CASCADE,
        FOREIGN KEY(closed_by) REFERENCES change (id)
    )
    STRICT
    """,
    "CREATE INDEX ix_change_sleeper_closed_by ON change (sleeper, closed_by, id)",
    "CREATE INDEX ix_change_closed_by ON change (closed_by)",
    """
    CREATE TABLE routine_item (
        uid TEXT NOT NULL,
        sleeper TEXT NOT NULL,
        position INTEGER NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (uid),
        FOREIGN KEY(sleeper) REFERENCES sleeper (id) ON DELETE CASCADE
    )
    STRICT
    """,
    "CREATE INDEX ix_routine_item_sleeper_position ON routine_item (sleeper, position)",
    """
    CREATE TABLE practice (
        sleeper TEXT NOT NULL,
        night TEXT NOT NULL,
        item TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (sleeper, night, item),
        FOREIGN KEY(sleeper) REFERENCES sleeper (id) ON DELETE CASCADE
    )
    STRICT
    """,
    """
    CREATE TABLE bedtime (
        sleeper TEXT NOT NULL,
        started_at TEXT NOT NULL,
        utc_offset INTEGER NOT NULL,
        PRIMARY KEY (sleeper, started_at),
        CONSTRAINT started_at_is_a_moment CHECK (substr(started_at, 1, 19) IS datetime(started_at)),
        FOREIGN KEY(sleeper) REFERENCES sleeper (id) ON DELETE CASCADE
    )
    STRICT
    """,
)
