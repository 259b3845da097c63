"""Tests of bedtime mode."""
