"""Storage of the diary: an SQLite database, its recovery and its copies."""
