"""What is asked while somebody waits is answered by an index: it costs the same after ten years."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.engine.interfaces import DBAPICursor

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import Changes, NewEpisode

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
NIGHT = date(2026, 11, 10)


def asked_by(diary: Diary, call: Callable[[], object]) -> list[tuple[str, object]]:
    """Return the statements that a call makes, with their parameters."""
    statements: list[tuple[str, object]] = []

    def note(_c: Connection, _cursor: DBAPICursor, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            statements.append((statement, parameters[0] if isinstance(parameters, list) else parameters))

    engine = diary._database._ensure_open()  # noqa: SLF001 - to listen to what it says
    event.listen(engine, "before_cursor_execute", note)
    call()
    event.remove(engine, "before_cursor_execute", note)
    return statements


def plan_of(diary: Diary, statement: str, parameters: object) -> list[str]:
    """Return how SQLite would answer."""
    explained = diary._database.read(  # noqa: SLF001 - nobody else needs a plan
        lambda session: session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()  # type: ignore[arg-type]
    )
    return [str(step[3]) for step in explained]


@pytest.fixture
def episode_id(diary: Diary) -> str:
    """Return an episode of a diary that holds some more, of which SQLite knows how much that is."""
    for number in range(80):
        diary.log("alex" if number % 3 else "kim", NewEpisode(severity=number % 11), NOW - timedelta(hours=number))
    diary.log_clear_night("alex", date(2026, 10, 1), NOW)
    diary._database.write(lambda session: session.execute(text("ANALYZE")))  # noqa: SLF001
    return diary.log("alex", NewEpisode(), NOW).episode.id


CALLS: dict[str, Callable[[Diary, str], object]] = {
    "log": lambda diary, _: diary.log("alex", NewEpisode(severity=3), NOW),
    "end": lambda diary, _: diary.end("alex", NOW),
    "update": lambda diary, episode_id: diary.update("alex", episode_id, Changes(severity=9), NOW),
    "delete": lambda diary, episode_id: diary.delete("alex", episode_id, NOW),
    "undo": lambda diary, _: diary.undo("alex", NOW),
    "clear night": lambda diary, _: diary.log_clear_night("alex", date(2026, 10, 2), NOW),
    "glance": lambda diary, _: diary.overview("alex", NOW),
    "episodes": lambda diary, _: diary.episodes("alex", NIGHT, NIGHT, limit=5),
    "recorded nights": lambda diary, _: diary.recorded_nights("alex", NIGHT, NIGHT),
    "summary": lambda diary, _: diary.summary("alex", NIGHT, NIGHT, NOW),
    "clear nights": lambda diary, _: diary.clear_nights("alex", NIGHT, NIGHT),
    "routine": lambda diary, _: diary.routine("alex", NIGHT),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_query_uses_an_index(diary: Diary, episode_id: str, name: str) -> None:
    statements = asked_by(diary, lambda: CALLS[name](diary, episode_id))

    steps = [step for statement in statements for step in plan_of(diary, *statement)]
    for step in steps:
        assert step.startswith("SEARCH") or step == "SCAN CONSTANT ROW", step
        assert "TEMP B-TREE" not in step


def test_undo_finds_its_change_with_a_single_index_search(diary: Diary, episode_id: str) -> None:
    (newest,) = [each for each in asked_by(diary, lambda: diary.undo("alex", NOW)) if "closed_by IS NULL" in each[0]]

    assert plan_of(diary, *newest) == [
        "SEARCH change USING INDEX ix_change_sleeper_closed_by (sleeper=? AND closed_by=?)"
    ]
