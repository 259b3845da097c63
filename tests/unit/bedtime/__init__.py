"""Tests of the bedtime mode's pure modules, in the tree of the code."""
