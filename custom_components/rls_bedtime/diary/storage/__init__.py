"""The database of the diary."""
