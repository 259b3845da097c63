"""Tests of pure modules, in the tree of the code."""
