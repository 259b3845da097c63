"""The simulated devices of a platform."""

from .platform_setup import setup_entry_of

async_setup_entry = setup_entry_of("switch")
