"""Tests of the actions' parsers."""
