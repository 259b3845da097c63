"""Statistics of the diary."""
