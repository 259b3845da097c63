"""Processes that write a diary and acknowledge each step, to be killed at any time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
import os
from pathlib import Path
from signal import SIGKILL
from subprocess import Popen
import sys
from threading import Thread
from time import perf_counter
from typing import IO, Final

from sqlalchemy import Engine, event, text

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import (
    ChangeKind,
    Changes,
    EpisodeResult,
    NewEpisode,
    NewMarkedChange,
    PracticeResult,
    Request,
)
from custom_components.rls_bedtime.diary.storage.database import Database

NOW: Final = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
SLEEPER: Final = "alex"
CLIENTS: Final = 3
ROUND: Final = 7
"""Number of steps of a client after which they begin again, on another episode and night."""


@dataclass(frozen=True)
class State:
    """The content of a diary: severities by note, clear nights, and the names of marked changes."""

    episodes: dict[str, int | None]
    clear: frozenset[date]
    changes: frozenset[str] = frozenset()


def state_of(diary: Diary) -> State:
    """Return the content of a diary. Fails if an episode is there twice."""
    episodes = diary.episodes(SLEEPER)
    by_note = {str(each.note): each.severity for each in episodes}
    assert len(by_note) == len(episodes)
    names = [str(each.name) for each in diary.marked_changes(SLEEPER)]
    assert len(set(names)) == len(names)
    return State(by_note, frozenset(each.night for each in diary.clear_nights(SLEEPER)), frozenset(names))


def main() -> None:
    """Fork a process for each request, and write a newline when it has died."""
    for line in sys.stdin:
        task, path, number = line.split(maxsplit=2)
        process = os.fork()
        if not process:
            _TASKS[task](Path(path), number)
            os._exit(0)
        os.waitpid(process, 0)
        os.write(1, b"\n")


def write(path: Path, run: str) -> None:
    """Write the process id, then run steps endlessly and acknowledge each one."""
    os.write(1, f"{os.getpid()}\n".encode())
    diary = Diary(Database(path))
    for step in count():
        _STEPS[step % len(_STEPS)](diary, int(run), step)
        acknowledge()


def migrate(writers: Popen[bytes], path: Path, kill_at: int = 0) -> int:
    """Let a process migrate a file and kill itself before a statement, and return how many it has executed."""
    return len(_request(writers, f"migrate {path} {kill_at}").readline()) - 1


def _migrate(path: Path, kill_at: str) -> None:
    """Migrate a file, and acknowledge each statement."""
    statements = count(1)

    @event.listens_for(Engine, "before_cursor_execute")
    def before_cursor_execute(*_: object) -> None:
        if next(statements) == int(kill_at):
            os.kill(os.getpid(), SIGKILL)
        acknowledge()

    Database(path)


def _request(writers: Popen[bytes], line: str) -> IO[bytes]:
    """Request a process, and return the stream of what it writes."""
    assert writers.stdin is not None
    assert writers.stdout is not None
    writers.stdin.write(f"{line}\n".encode())
    writers.stdin.flush()
    return writers.stdout


# --- three clients ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """What a client sees of its own records: its episodes, each with whether it has ended, and its ticks."""

    episodes: dict[str, bool]
    ticks: frozenset[date]


def serve_until_killed(
    writers: Popen[bytes], path: Path, steps: Sequence[int], acknowledgments: int, delay: float
) -> list[int]:
    """Let clients go on after the given steps, kill them after some acknowledgments, and return the steps they took."""
    output = _request(writers, f"serve {path} {','.join(map(str, steps))}")
    process = int(output.readline())
    lines = [output.readline() for _ in range(acknowledgments)]
    at = perf_counter() + delay
    while perf_counter() < at:
        pass
    os.kill(process, SIGKILL)
    while (line := output.readline()) != b"\n":
        lines.append(line)
    taken = list(steps)
    for client, step in (map(int, line.split()) for line in lines):
        assert step == taken[client]
        taken[client] += 1
    return taken


def expected_of(client: int, steps: int) -> Shown:
    """Return what a client sees after a number of steps."""
    episodes: dict[str, bool] = {}
    ticks: set[date] = set()
    for step in range(steps):
        round_, kind = divmod(step, ROUND)
        name, night = f"{client}-{round_}", _night_of_round(round_)
        match kind:
            case 0:
                episodes[name] = False
            case 1 | 3:
                episodes[name] = True
            case 2:
                episodes[name] = False
            case 4 | 6:
                ticks.add(night)
            case 5:
                ticks.discard(night)
    return Shown(episodes, frozenset(ticks))


def shown_to(diary: Diary, client: int) -> Shown:
    """Return what a client sees. Fails if an episode is there twice."""
    episodes = [each for each in diary.episodes(SLEEPER) if str(each.note).startswith(f"{client}-")]
    ended = {str(each.note): each.ended_at is not None for each in episodes}
    assert len(ended) == len(episodes)
    nights = (each.nights for each in diary.practices(SLEEPER) if each.text == f"item {client}")
    return Shown(ended, frozenset(next(nights, ())))


def _serve(path: Path, steps: str) -> None:
    """Run three clients endlessly, each from its own step on: one whose call was not acknowledged repeats it."""
    os.write(1, f"{os.getpid()}\n".encode())
    diary = Diary(Database(path))
    diary.create_routine(SLEEPER, [f"item {client}" for client in range(CLIENTS)], NOW)
    threads = [
        Thread(target=_run_client, args=(diary, client, int(step))) for client, step in enumerate(steps.split(","))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _run_client(diary: Diary, client: int, first: int) -> None:
    for step in count(first):
        round_, kind = divmod(step, ROUND)
        Round(diary, client, round_).carry_out(kind)
        os.write(1, f"{client} {step}\n".encode())


@dataclass(frozen=True)
class Round:
    """One round of a client: it logs, ends, undoes, redoes and ticks.

    In every other round each call has an id, else it is recognized by its user. What a call had returned is found by
    repeating it, as a client does that has forgotten the response.
    """

    diary: Diary
    client: int
    number: int

    @property
    def name(self) -> str:
        """Return the note of the episode of this round."""
        return f"{self.client}-{self.number}"

    @property
    def started_at(self) -> datetime:
        """Return the start of the episode of this round."""
        return NOW + timedelta(minutes=10 * self.number)

    @property
    def now(self) -> datetime:
        """Return the time on the clock that all clients share, long after all episodes."""
        return datetime.now(UTC) + timedelta(days=10_000)

    def carry_out(self, kind: int) -> None:
        """Carry out a step."""
        steps = (self.log, self.end, self.undo_end, self.redo_end, self.tick, self.undo_tick, self.tick_again)
        steps[kind]()

    def log(self) -> EpisodeResult:
        """Log an episode."""
        entry = NewEpisode(note=self.name, started_at=self.started_at)
        return self.diary.log(SLEEPER, entry, self.now, request=self._request(0))

    def end(self) -> EpisodeResult:
        """End the episode."""
        episode_id = self.log().episode.id
        return self.diary.end(
            SLEEPER,
            self.now,
            episode_id=episode_id,
            ended_at=self.started_at + timedelta(minutes=5),
            request=self._request(1),
        )

    def undo_end(self) -> None:
        """Take the end back."""
        self.diary.undo(SLEEPER, self.now, self._change_of_end(), self._request(2))

    def redo_end(self) -> None:
        """Bring the end back."""
        self.diary.redo(SLEEPER, self.now, self._change_of_end(), self._request(3))

    def tick(self) -> PracticeResult:
        """Tick an item."""
        return self._tick(4)

    def undo_tick(self) -> None:
        """Take the tick back."""
        self.diary.undo(SLEEPER, self.now, self._change_of_tick(), self._request(5))

    def tick_again(self) -> None:
        """Tick the item again."""
        self._tick(6)

    def _change_of_end(self) -> str:
        return _oldest_change(self.diary, ChangeKind.ENDED, self.log().episode.id)

    def _change_of_tick(self) -> str:
        (item,) = (each for each in self.diary.routine(SLEEPER, NOW.date()) if each.text == f"item {self.client}")
        subject = f"{item.uid} {_night_of_round(self.number)}"
        return _oldest_change(self.diary, ChangeKind.PRACTICE_LOGGED, subject)

    def _tick(self, kind: int) -> PracticeResult:
        night = _night_of_round(self.number)
        item = f"item {self.client}"
        return self.diary.log_practice(SLEEPER, item, self.now, night=night, request=self._request(kind))

    def _request(self, kind: int) -> Request:
        return Request(id=f"{self.name}-{kind}") if self.number % 2 else Request(user=str(self.client))


def _oldest_change(diary: Diary, kind: ChangeKind, subject: str) -> str:
    """Return the id of the first change of a kind of a record."""
    query = text(
        "SELECT uid FROM change JOIN changed_record ON change = id"
        " WHERE subject = :subject AND kind = :kind ORDER BY id"
    )
    values = {"subject": subject, "kind": kind.value}
    return str(diary._database.read(lambda session: session.scalars(query, values).first()))  # noqa: SLF001


def _night_of_round(round_: int) -> date:
    return date.fromordinal(date(2001, 1, 1).toordinal() + round_)


def acknowledge() -> None:
    """Acknowledge a step. Data in a pipe outlives the process that wrote it."""
    os.write(1, b".")


def expected(before: State, run: int, steps: int) -> State:
    """Return the content of a diary after a number of steps of a run."""
    state, undone = before, before
    for step in range(steps):
        round_, kind = divmod(step, len(_STEPS))
        first, second = f"{run}-{round_}-first", f"{run}-{round_}-second"
        match kind:
            case 0:
                state = replace(state, episodes=state.episodes | {first: 3})
            case 1:
                state = replace(state, episodes=state.episodes | {second: 5})
            case 2:
                state = replace(state, episodes=state.episodes | {first: 9})
            case 3:
                undone = state
                state = replace(state, episodes={name: each for name, each in state.episodes.items() if name != second})
            case 4:
                state = undone
            case 5:
                state = replace(state, clear=state.clear | {_night(run, round_)})
            case 6:
                state = replace(state, changes=state.changes | {f"{run}-{round_}"})
    return state


def _log(name: str, severity: int) -> Callable[[Diary, int, int], None]:
    def step(diary: Diary, run: int, step: int) -> None:
        diary.log(SLEEPER, NewEpisode(note=f"{run}-{step // len(_STEPS)}-{name}", severity=severity), NOW)

    return step


def _update_first(diary: Diary, run: int, step: int) -> None:
    note = f"{run}-{step // len(_STEPS)}-first"
    episode = next(each for each in diary.episodes(SLEEPER, limit=2) if each.note == note)
    diary.update(SLEEPER, episode.id, Changes(severity=9), NOW)


def _delete_second(diary: Diary, _run: int, _step: int) -> None:
    diary.delete(SLEEPER, diary.episodes(SLEEPER, limit=1)[0].id, NOW)


def _undo(diary: Diary, _run: int, _step: int) -> None:
    diary.undo(SLEEPER, NOW)


def _log_clear_night(diary: Diary, run: int, step: int) -> None:
    diary.log_clear_night(SLEEPER, _night(run, step // len(_STEPS)), NOW)


def _mark_change(diary: Diary, run: int, step: int) -> None:
    diary.log_marked_change(SLEEPER, NewMarkedChange(name=f"{run}-{step // len(_STEPS)}"), NOW)


def _copy(diary: Diary, _run: int, _step: int) -> None:
    diary.copy(NOW)


def _night(run: int, round_: int) -> date:
    return date.fromordinal(date(2001, 1, 1).toordinal() + (run * 50 + round_) % 9000)


_STEPS: Final = (
    _log("first", 3),
    _log("second", 5),
    _update_first,
    _delete_second,
    _undo,
    _log_clear_night,
    _mark_change,
    _copy,
)
_TASKS: Final[dict[str, Callable[[Path, str], None]]] = {"write": write, "migrate": _migrate, "serve": _serve}
