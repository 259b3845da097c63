"""Tests of what the actions share."""
