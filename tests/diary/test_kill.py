"""Power may go at any moment: what was acknowledged is there, once, and nothing is there by half."""

from contextlib import closing
import os
from pathlib import Path
from random import Random
from signal import SIGKILL
import sqlite3
import subprocess
import sys
from time import perf_counter

from custom_components.rls_bedtime.diary.database import Database
from custom_components.rls_bedtime.diary.diary import Diary

from . import writer

KILLS = int(os.environ.get("KILLS", "30"))
LONGEST_STEP = 0.006
"""Seconds: a kill falls within about as long as a step takes."""

PRODUCT = Path(__file__).parents[2]
WITHOUT_HOME_ASSISTANT = """
import sys
from types import ModuleType

sys.modules["custom_components.rls_bedtime"] = house = ModuleType("custom_components.rls_bedtime")
house.__path__ = [sys.argv[1]]

from tests.diary.writer import main

main()
"""


class Writer:
    """A process that writes a diary once it is told to, and dies when it is killed."""

    def __init__(self, path: Path, run: int) -> None:
        """Start the process; it waits."""
        house = PRODUCT / "custom_components" / "rls_bedtime"
        self._process = subprocess.Popen(  # noqa: S603 - our own
            [sys.executable, "-c", WITHOUT_HOME_ASSISTANT, str(house), str(path), str(run)],
            cwd=PRODUCT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def go(self) -> None:
        """Let it write."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")

    def wait_for(self, steps: int) -> None:
        """Wait until it has acknowledged so many steps."""
        assert self._process.stdout is not None
        for _ in range(steps):
            assert self._process.stdout.read(1) == b"."

    def kill(self) -> int:
        """Kill it, and return how many more steps it had acknowledged."""
        self._process.kill()
        more, _ = self._process.communicate()
        assert self._process.returncode == -SIGKILL
        return len(more)


def test_a_diary_survives_being_killed(path: Path) -> None:
    chance = Random(20261124)  # noqa: S311 - no secret
    state = writer.State({}, frozenset())
    in_all = unheard = 0
    waiting = Writer(path, 0)
    for run in range(KILLS):
        process, waiting = waiting, Writer(path, run + 1)
        process.go()
        steps = chance.randrange(30)
        process.wait_for(1 + steps)
        at = perf_counter() + chance.random() * LONGEST_STEP
        while perf_counter() < at:
            pass
        steps += process.kill()

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
    waiting.kill()
    print(f"{KILLS} kills, {in_all} steps acknowledged and kept, {unheard} done without having been acknowledged")  # noqa: T201
