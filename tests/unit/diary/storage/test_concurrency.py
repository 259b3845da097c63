"""What takes long goes on beside the log, and keeps nobody waiting."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy.orm import Session

from custom_components.rls_bedtime.diary import queries
from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import Episode, NewEpisode
from custom_components.rls_bedtime.diary.storage.database import Database

from ..episodes import local

NOW = local("2026-11-24 03:12")
SOON = 20
"""Seconds after which a thread that has not come to its end never will."""


class LongQuestion:
    """Somebody who asks for the episodes, and takes their time."""

    def __init__(self, database: Database) -> None:
        """Ask in a thread, and be in the middle of it."""
        self._database = database
        self._is_asking = Event()
        self._may_go_on = Event()
        self.answer: list[Episode] = []
        self._thread = Thread(target=self._run)
        self._thread.start()
        assert self._is_asking.wait(SOON)

    def end(self) -> None:
        """Come to the end."""
        self._may_go_on.set()
        self._thread.join(SOON)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        self.answer = self._database.read_concurrently(self._ask)

    def _ask(self, session: Session) -> list[Episode]:
        first = list(queries.episodes(session, "alex", None, None))
        self._is_asking.set()
        assert self._may_go_on.wait(SOON)
        assert list(queries.episodes(session, "alex", None, None)) == first
        return first


def in_a_thread(work: Callable[[], object]) -> Thread:
    """Do something in a thread."""
    thread = Thread(target=work)
    thread.start()
    return thread


def test_logging_and_the_overview_do_not_wait_for_a_long_query(path: Path) -> None:
    database = Database(path)
    diary = Diary(database)
    first = diary.log("alex", NewEpisode(severity=3), NOW).episode
    question = LongQuestion(database)
    seen: list[int] = []

    def log() -> None:
        diary.log("alex", NewEpisode(severity=6), NOW + timedelta(minutes=1))
        seen.append(diary.overview("alex", NOW + timedelta(minutes=1)).episodes_tonight)

    thread = in_a_thread(log)
    thread.join(SOON)
    question.end()

    assert seen == [2]
    assert question.answer == [first]
    diary.close()


@pytest.mark.parametrize("work", [Diary.close, lambda diary: diary.erase_sleeper("alex")])
def test_closing_and_erasing_wait_for_a_long_query(path: Path, work: Callable[[Diary], object]) -> None:
    database = Database(path)
    diary = Diary(database)
    first = diary.log("alex", NewEpisode(note="between ourselves"), NOW).episode
    question = LongQuestion(database)

    thread = in_a_thread(lambda: work(diary))
    thread.join(0.1)
    assert thread.is_alive()
    question.end()
    thread.join(SOON)

    assert question.answer == [first]
    assert not thread.is_alive()
    diary.close()


def test_erased_data_is_removed_from_disk_after_long_queries(path: Path) -> None:
    diary = Diary(Database(path))
    diary.log("alex", NewEpisode(note="between ourselves"), NOW)
    assert diary.summary("alex", None, None, NOW).figures.episodes.n == 1
    diary.erase_sleeper("alex")

    assert all(b"between ourselves" not in file.read_bytes() for file in path.parent.rglob("*") if file.is_file())
    diary.close()


def test_a_long_query_of_a_damaged_file_is_answered_from_the_copy(diary: Diary, path: Path) -> None:
    episode = diary.log("alex", NewEpisode(severity=4), NOW).episode
    diary.copy(NOW)
    diary.pause_checkpoints()
    diary.resume_checkpoints()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"damage" * 20_000)

    assert diary.episodes("alex") == [episode]
    assert diary.recovery is not None
