"""Tests of relief at night."""
