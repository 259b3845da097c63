"""Power may go at any moment: what was acknowledged is there, once, and nothing is there by half."""

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
LONGEST_STEP = 0.006
"""Seconds: a kill falls within about as long as a step takes."""

PRODUCT = Path(__file__).parents[4]
WITHOUT_HOME_ASSISTANT = """
import sys
from types import ModuleType

sys.modules["custom_components.rls_bedtime"] = house = ModuleType("custom_components.rls_bedtime")
house.__path__ = [sys.argv[1]]

from tests.unit.diary.writer import main

main()
"""


@pytest.fixture
def writers() -> Iterator[Popen[bytes]]:
    """Return what makes a process of its own for each run, with everything imported already."""
    house = PRODUCT / "custom_components" / "rls_bedtime"
    command = [sys.executable, "-c", WITHOUT_HOME_ASSISTANT, str(house)]
    with Popen(command, cwd=PRODUCT, stdin=PIPE, stdout=PIPE) as writers:  # noqa: S603 - our own
        yield writers
        writers.terminate()


def written_until_killed(writers: Popen[bytes], path: Path, run: int, chance: Random) -> int:
    """Let a process write, kill it after some steps or in the middle of one, and return how many it acknowledged."""
    assert writers.stdin is not None
    assert writers.stdout is not None
    writers.stdin.write(f"{path} {run}\n".encode())
    writers.stdin.flush()
    process = int(writers.stdout.readline())
    steps = chance.randrange(30)
    assert writers.stdout.read(steps) == b"." * steps
    at = perf_counter() + chance.random() * LONGEST_STEP
    while perf_counter() < at:
        pass
    os.kill(process, SIGKILL)
    return steps + len(writers.stdout.readline()) - 1


def test_acknowledged_changes_survive_killing_the_process(writers: Popen[bytes], path: Path) -> None:
    chance = Random(20261124)  # noqa: S311 - no secret
    state = writer.State({}, frozenset())
    in_all = unheard = 0
    for run in range(KILLS):
        steps = written_until_killed(writers, path, run, chance)

        diary = Diary(Database(path))
        after = writer.state_of(diary)
        # The step under way may have been done and not acknowledged; there was never more than one.
        as_acknowledged, with_one_more = (writer.expected(state, run, steps + more) for more in (0, 1))
        assert after in (as_acknowledged, with_one_more)
        assert diary.recovery is None
        assert diary.check(writer.NOW)
        diary.close()
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        state = after
        in_all += steps
        unheard += after != as_acknowledged
    print(f"{KILLS} kills, {in_all} steps acknowledged and kept, {unheard} done without having been acknowledged")  # noqa: T201
