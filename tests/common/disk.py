"""Trouble with the disk under an open diary: real refusals of SQLite itself."""

from collections.abc import Iterator
from contextlib import contextmanager
import sqlite3
from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.rls_bedtime.const import DIARY_FILE
from custom_components.rls_bedtime.diary.storage.database import Database
from custom_components.rls_bedtime.diary_manager import DIARY_MANAGER


def database(hass: HomeAssistant) -> Database:
    """Return the open file of the house's diary."""
    diary = hass.data[DIARY_MANAGER]._diary  # noqa: SLF001 - the disk is under it
    assert diary is not None
    return diary._database  # noqa: SLF001


@contextmanager
def _pragma(hass: HomeAssistant, trouble: str, relief: str) -> Iterator[None]:
    def say(pragma: str) -> Any:
        with database(hass)._raw_connection() as connection:  # noqa: SLF001
            return connection.execute(f"PRAGMA {pragma}").fetchall()

    say(trouble)
    try:
        yield
    finally:
        say(relief)


@contextmanager
def full_disk(hass: HomeAssistant) -> Iterator[None]:
    """Let no page be added to the file: once the last is full, SQLite says that the disk is."""
    with _pragma(hass, "max_page_count = 1", "max_page_count = 1000000"):
        yield


@contextmanager
def read_only(hass: HomeAssistant) -> Iterator[None]:
    """Let nothing be written."""
    with _pragma(hass, "query_only = 1", "query_only = 0"):
        yield


@contextmanager
def locked(hass: HomeAssistant) -> Iterator[None]:
    """Let another program hold the file, with no patience left to wait for it."""
    with _pragma(hass, "busy_timeout = 1", "busy_timeout = 5000"):
        other = sqlite3.connect(hass.config.path(DIARY_FILE), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.rollback()
            other.close()
