"""Run a function in a process that is killed at a chosen step."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
import os
from pathlib import Path
from signal import SIGKILL
import sys
from types import FrameType
from typing import Any, Final

from custom_components.rls_bedtime.diary.storage import database

_STORAGE: Final = str(Path(database.__file__).parent)


EVERY: Final = int(os.environ.get("EVERY_STEP", "20"))
"""Only every so many steps a process is killed: all of them take minutes."""


def killed_at_each_step(prepare: Callable[[], object], work: Callable[[], object]) -> Iterator[int]:
    """Yield after each of several runs, the first killed at the first line of the storage, and so on to the last line.

    Before each run, `prepare` is called in this process. The last run is not killed.
    """
    for step in count(step=EVERY):
        prepare()
        if not _is_killed_at(step, work):
            return
        yield step


def _is_killed_at(step: int, work: Callable[[], object]) -> bool:
    """Run a function in a process that is killed at a step, and return whether it was."""
    process = os.fork()
    if not process:
        sys.settrace(partial(_trace, count(), step))
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(process, 0)
    return os.WIFSIGNALED(status)


def _trace(steps: count[int], last: int, frame: FrameType, event: str, _argument: object) -> Any:
    """Kill the process at a line of the storage."""
    if not frame.f_code.co_filename.startswith(_STORAGE):
        return None
    if event == "line" and next(steps) >= last:
        os.kill(os.getpid(), SIGKILL)
    return partial(_trace, steps, last)
