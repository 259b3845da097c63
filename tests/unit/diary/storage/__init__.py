"""Tests of the storage of the diary."""
