"""Test that acknowledged changes survive killing the process at any time, once and completely."""

from contextlib import closing
import os
from pathlib import Path
from random import Random
from signal import SIGKILL
import sqlite3
from subprocess import Popen
from time import perf_counter

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.storage.database import Database

from .. import writer

KILLS = int(os.environ.get("KILLS", "30"))
MAX_KILL_DELAY = 0.006
"""Maximum delay of the kill, in seconds: about as long as a step takes."""


def write_until_killed(writers: Popen[bytes], path: Path, run: int, random: Random) -> int:
    """Start a writer, kill it after or during a step, and return the number of acknowledged steps."""
    assert writers.stdin is not None
    assert writers.stdout is not None
    writers.stdin.write(f"write {path} {run}\n".encode())
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


def test_three_clients_lose_and_double_nothing_while_the_process_is_killed(writers: Popen[bytes], path: Path) -> None:
    random = Random(20261126)  # noqa: S311 - not for cryptography
    steps = [0] * writer.CLIENTS
    for run in range(KILLS):
        delay = random.random() * MAX_KILL_DELAY
        steps = writer.serve_until_killed(writers, path, steps, random.randrange(30), delay)

        diary = Diary(Database(path))
        for client, taken in enumerate(steps):
            # At most one call of each client may have been completed without having been acknowledged.
            expected = [writer.expected_of(client, taken + more) for more in (0, 1)]
            assert writer.shown_to(diary, client) in expected, (run, client, taken)
        assert diary.recovery is None
        if not run % 10:
            assert diary.check(writer.NOW)
        diary.close()
    print(f"{KILLS} kills of three clients, {sum(steps)} acknowledged calls")  # noqa: T201
