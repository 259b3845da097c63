"""Tests of the handlers of the kinds of devices."""
