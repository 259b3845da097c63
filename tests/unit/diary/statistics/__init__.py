"""Tests of the statistics of the diary."""
