"""Limits how long service calls may take, with one timer for all of them: a timer each would slow down a large home."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class CallTimeouts:
    """Cancels the service calls that take too long."""

    def __init__(self) -> None:
        self._deadlines: dict[asyncio.Task[None], float] = {}
        self._expired: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Limit how long the current task may stay in the context. Raises TimeoutError after that."""
        if (task := asyncio.current_task()) is None:
            message = "There is no current task"
            raise RuntimeError(message)
        deadline = asyncio.get_running_loop().time() + seconds
        self._deadlines[task] = deadline
        if self._timer is None or deadline < self._timer.when():
            self._schedule(deadline)
        try:
            yield
        except asyncio.CancelledError as error:
            if task in self._expired and task.uncancel() == 0:
                raise TimeoutError from error
            raise
        finally:
            del self._deadlines[task]
            self._expired.discard(task)
            if not self._deadlines and self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _schedule(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(due, self._timer_fired, due)

    def _timer_fired(self, due: float) -> None:
        self._timer = None
        late = [task for task, deadline in self._deadlines.items() if deadline <= due and task not in self._expired]
        self._expired.update(late)
        for task in late:
            task.cancel()
        if (following := min((each for each in self._deadlines.values() if each > due), default=None)) is not None:
            self._schedule(following)
