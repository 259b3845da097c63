"""Tests of what sends commands to devices and listens to them."""
