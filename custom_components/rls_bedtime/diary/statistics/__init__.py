"""The figures of the diary."""
