"""Processes that write a diary and acknowledge each step, to be killed at any time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
import os
from pathlib import Path
import sys
from typing import Final

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import Changes, NewEpisode
from custom_components.rls_bedtime.diary.storage.database import Database

NOW: Final = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
SLEEPER: Final = "alex"


@dataclass(frozen=True)
class State:
    """The content of a diary: severities by note, and clear nights."""

    episodes: dict[str, int | None]
    clear: frozenset[date]


def state_of(diary: Diary) -> State:
    """Return the content of a diary. Fails if an episode is there twice."""
    episodes = diary.episodes(SLEEPER)
    by_note = {str(each.note): each.severity for each in episodes}
    assert len(by_note) == len(episodes)
    return State(by_note, frozenset(each.night for each in diary.clear_nights(SLEEPER)))


def main() -> None:
    """Fork a writer for each requested run, and write a newline when it has died."""
    for line in sys.stdin:
        path, run = line.rsplit(maxsplit=1)
        process = os.fork()
        if not process:
            write(Path(path), int(run))
        os.waitpid(process, 0)
        os.write(1, b"\n")


def write(path: Path, run: int) -> None:
    """Write the process id, then run steps endlessly and acknowledge each one."""
    os.write(1, f"{os.getpid()}\n".encode())
    diary = Diary(Database(path))
    for step in count():
        _STEPS[step % len(_STEPS)](diary, run, step)
        acknowledge()


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


def _copy(diary: Diary, _run: int, _step: int) -> None:
    diary.copy(NOW)


def _night(run: int, round_: int) -> date:
    return date.fromordinal(date(2001, 1, 1).toordinal() + (run * 50 + round_) % 9000)


_STEPS: Final = (_log("first", 3), _log("second", 5), _update_first, _delete_second, _undo, _log_clear_night, _copy)
