"""Tests of the database of the diary."""
