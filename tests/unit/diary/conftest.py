"""A diary on a real file."""

from collections.abc import Iterator
import logging
from pathlib import Path

from hypothesis import settings
import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.storage.database import Database

# A busy machine is no fault of what is tested.
settings.register_profile("unhurried", parent=settings(), deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the diary's file is."""
    return tmp_path / "diary.db"


@pytest.fixture
def diary(path: Path) -> Iterator[Diary]:
    """Return an open diary."""
    diary = Diary(Database(path))
    yield diary
    diary.close()


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """Let SQLAlchemy keep its statements to itself: thousands are made here."""
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)
