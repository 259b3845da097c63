"""Tests of the integration in a running Home Assistant."""
