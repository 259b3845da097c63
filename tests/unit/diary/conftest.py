"""Fixtures for the tests of the diary: a diary in a real file."""

from collections.abc import Iterator
import logging
from pathlib import Path
from subprocess import PIPE, Popen
import sys

from hypothesis import settings
import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.storage.database import Database

REPOSITORY = Path(__file__).parents[3]
WITHOUT_HOME_ASSISTANT = """
import sys
from types import ModuleType

sys.modules["custom_components.rls_bedtime"] = package = ModuleType("custom_components.rls_bedtime")
package.__path__ = [sys.argv[1]]

from tests.unit.diary.writer import main

main()
"""

# A slow machine is not a failure.
settings.register_profile("no_deadline", parent=settings(), deadline=None)
settings.load_profile("no_deadline")


@pytest.fixture(autouse=True)
def _find_our_integration() -> None:
    """Override the fixture that starts Home Assistant: the diary does not need it."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the diary file."""
    return tmp_path / "diary.db"


@pytest.fixture
def diary(path: Path) -> Iterator[Diary]:
    """Return an open diary."""
    diary = Diary(Database(path))
    yield diary
    diary.close()


@pytest.fixture(scope="session", autouse=True)
def _no_statement_log() -> None:
    """Do not let SQLAlchemy log its statements: these tests execute thousands."""
    logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


@pytest.fixture
def writers() -> Iterator[Popen[bytes]]:
    """Return a process that forks a writer for each run, so that modules are imported only once."""
    package = REPOSITORY / "custom_components" / "rls_bedtime"
    command = [sys.executable, "-c", WITHOUT_HOME_ASSISTANT, str(package)]
    with Popen(command, cwd=REPOSITORY, stdin=PIPE, stdout=PIPE) as writers:  # noqa: S603 - a fixed command
        yield writers
        writers.terminate()
