"""The contents of the diary's database, read directly from its file."""

from contextlib import closing
import sqlite3

from client import Json
from server import Server


def read_episodes(server: Server) -> list[Json]:
    """Return the rows of all episodes, the one that was logged first at the start."""
    with closing(sqlite3.connect(f"file:{server.config_dir}/rls_bedtime.db?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM episode ORDER BY logged_at")]
