"""Tests of the figures of the diary."""
