"""Tests of long queries, which run concurrently with other calls."""

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

from ..samples import local

NOW = local("2026-11-24 03:12")
TIMEOUT = 20
"""Seconds after which a thread is considered to hang."""


class LongQuery:
    """A query of the episodes in a thread, which runs until it is ended."""

    def __init__(self, database: Database) -> None:
        """Start the query and wait until it is running."""
        self._database = database
        self._is_running = Event()
        self._may_end = Event()
        self.result: list[Episode] = []
        self._thread = Thread(target=self._run)
        self._thread.start()
        assert self._is_running.wait(TIMEOUT)

    def end(self) -> None:
        """End the query."""
        self._may_end.set()
        self._thread.join(TIMEOUT)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        self.result = self._database.read_concurrently(self._query)

    def _query(self, session: Session) -> list[Episode]:
        first = list(queries.episodes(session, "alex", None, None))
        self._is_running.set()
        assert self._may_end.wait(TIMEOUT)
        assert list(queries.episodes(session, "alex", None, None)) == first
        return first


def start_thread(work: Callable[[], object]) -> Thread:
    """Run a function in a thread."""
    thread = Thread(target=work)
    thread.start()
    return thread


def test_logging_and_the_overview_do_not_wait_for_a_long_query(path: Path) -> None:
    database = Database(path)
    diary = Diary(database)
    first = diary.log("alex", NewEpisode(severity=3), NOW).episode
    query = LongQuery(database)
    episode_counts: list[int] = []

    def log() -> None:
        diary.log("alex", NewEpisode(severity=6), NOW + timedelta(minutes=1))
        episode_counts.append(diary.overview("alex", NOW + timedelta(minutes=1)).episodes_tonight)

    thread = start_thread(log)
    thread.join(TIMEOUT)
    query.end()

    assert episode_counts == [2]
    assert query.result == [first]
    diary.close()


@pytest.mark.parametrize("work", [Diary.close, lambda diary: diary.erase_sleeper("alex")])
def test_closing_and_erasing_wait_for_a_long_query(path: Path, work: Callable[[Diary], object]) -> None:
    database = Database(path)
    diary = Diary(database)
    first = diary.log("alex", NewEpisode(note="secret"), NOW).episode
    query = LongQuery(database)

    thread = start_thread(lambda: work(diary))
    thread.join(0.1)
    assert thread.is_alive()
    query.end()
    thread.join(TIMEOUT)

    assert query.result == [first]
    assert not thread.is_alive()
    diary.close()


def test_erased_data_is_removed_from_disk_after_long_queries(path: Path) -> None:
    diary = Diary(Database(path))
    diary.log("alex", NewEpisode(note="secret"), NOW)
    assert diary.summary("alex", None, None, NOW).figures.episodes.n == 1
    diary.erase_sleeper("alex")

    assert all(b"secret" not in file.read_bytes() for file in path.parent.rglob("*") if file.is_file())
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
