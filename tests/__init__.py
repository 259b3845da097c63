"""Tests: they mirror the integration's tree."""
