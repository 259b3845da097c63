"""Test that acknowledged changes survive killing the process at any time, once and completely."""

from collections.abc import Iterator
from contextlib import closing
import os
from pathlib import Path
from random import Random
from signal import SIGKILL
import sqlite3
from subprocess import PIPE, Popen
import sys
from time import perf_counter

import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.storage.database import Database

from .. import writer

KILLS = int(os.environ.get("KILLS", "30"))
MAX_KILL_DELAY = 0.006
"""Maximum delay of the kill, in seconds: about as long as a step takes."""

REPOSITORY = Path(__file__).parents[4]
WITHOUT_HOME_ASSISTANT = """
import sys
from types import ModuleType

sys.modules["custom_components.rls_bedtime"] = package = ModuleType("custom_components.rls_bedtime")
package.__path__ = [sys.argv[1]]

from tests.unit.diary.writer import main

main()
"""


@pytest.fixture
def writers() -> Iterator[Popen[bytes]]:
    """Return a process that forks a writer for each run, so that modules are imported only once."""
    package = REPOSITORY / "custom_components" / "rls_bedtime"
    command = [sys.executable, "-c", WITHOUT_HOME_ASSISTANT, str(package)]
    with Popen(command, cwd=REPOSITORY, stdin=PIPE, stdout=PIPE) as writers:  # noqa: S603 - a fixed command
        yield writers
        writers.terminate()


def write_until_killed(writers: Popen[bytes], path: Path, run: int, random: Random) -> int:
    """Start a writer, kill it after or during a step, and return the number of acknowledged steps."""
    assert writers.stdin is not None
    assert writers.stdout is not None
    writers.stdin.write(f"{path} {run}\n".encode())
    writers.stdin.flush()
    process = int(writers.stdout.readline())
    steps = random.randrange(30)
    assert writers.stdout.read(steps) == b"." * steps
    at = perf_counter() + random.random() * MAX_KILL_DELAY
    while perf_counter() < at:
        pass
    os.kill(process, SIGKILL)
    return steps + len(writers.stdout.readline()) - 1


def test_acknowledged_changes_survive_killing_the_process(writers: Popen[bytes], path: Path) -> None:
    random = Random(20261124)  # noqa: S311 - not for cryptography
    state = writer.State({}, frozenset())
    acknowledged = unacknowledged = 0
    for run in range(KILLS):
        steps = write_until_killed(writers, path, run, random)

        diary = Diary(Database(path))
        after = writer.state_of(diary)
        # At most one step may have been completed without having been acknowledged.
        as_acknowledged, with_one_more = (writer.expected(state, run, steps + more) for more in (0, 1))
        assert after in (as_acknowledged, with_one_more)
        assert diary.recovery is None
        assert diary.check(writer.NOW)
        diary.close()
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        state = after
        acknowledged += steps
        unacknowledged += after != as_acknowledged
    print(f"{KILLS} kills, {acknowledged} acknowledged steps, {unacknowledged} completed without acknowledgment")  # noqa: T201
