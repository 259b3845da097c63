"""Tests that the queries use an index, so that their cost does not grow with the diary."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.engine.interfaces import DBAPICursor

from custom_components.rls_bedtime.diary import queries
from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import (
    Changes,
    ExperimentKind,
    MarkedChangeUpdate,
    NewEpisode,
    NewExperiment,
    NewMarkedChange,
    NightConditions,
    Request,
    RoutineItem,
)
from custom_components.rls_bedtime.diary.storage.database import Database
from custom_components.rls_bedtime.diary.subjects import EVERYTHING

NOW = datetime(2026, 11, 24, 3, 12, tzinfo=UTC)
NIGHT = date(2026, 11, 10)
CONDITIONS = NightConditions(
    sleeper="alex",
    night=NIGHT,
    temperature=18.0,
    humidity=None,
    illuminance=None,
    minutes_asleep=None,
    minutes_in_bed=None,
)
DAY = timedelta(days=1)
SOCKS = NewExperiment(kind=ExperimentKind.TAG, subject="socks", nights=28)


def recorded_statements(diary: Diary, call: Callable[[], object]) -> list[tuple[str, object]]:
    """Return the statements that a call executes, with their parameters."""
    statements: list[tuple[str, object]] = []

    def record(_c: Connection, _cursor: DBAPICursor, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            statements.append((statement, parameters[0] if isinstance(parameters, list) else parameters))

    engine = diary._database._ensure_open()  # noqa: SLF001 - to record its statements
    event.listen(engine, "before_cursor_execute", record)
    call()
    event.remove(engine, "before_cursor_execute", record)
    return statements


def query_plan(diary: Diary, statement: str, parameters: object) -> list[str]:
    """Return the query plan of SQLite."""
    rows = diary._database.read(  # noqa: SLF001 - only tests need a query plan
        lambda session: session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()  # type: ignore[arg-type]
    )
    return [str(step[3]) for step in rows]


@dataclass(frozen=True)
class AnalyzedFile:
    """The content of a file with statistics for SQLite's query planner, and the id of the last episode in it."""

    content: bytes
    episode_id: str


@pytest.fixture(scope="module")
def analyzed_file(tmp_path_factory: pytest.TempPathFactory) -> AnalyzedFile:
    """Return a file with some episodes of two sleepers."""
    path = tmp_path_factory.mktemp("analyzed") / "diary.db"
    diary = Diary(Database(path))
    for number in range(80):
        diary.log("alex" if number % 3 else "kim", NewEpisode(severity=number % 11), NOW - timedelta(hours=number))
    diary.log_clear_night("alex", date(2026, 10, 1), NOW)
    for sleeper in ("alex", "kim", "sam"):
        diary.create_routine(sleeper, ["stretch", "massage", *map(str, range(20))], NOW)
    for number in range(40):
        marked = NewMarkedChange(name=f"name {number % 3}", day=NIGHT - timedelta(days=number))
        diary.log_marked_change("alex" if number % 3 else "kim", marked, NOW)
    for number in range(40):
        night = NIGHT - timedelta(days=number)
        diary.record_bedtime("alex", NOW - timedelta(days=number))
        diary.record_conditions("alex", [replace(CONDITIONS, night=night)])
    diary.add_item("alex", "tea", NOW)
    for number in range(40):
        diary.start_experiment("alex" if number % 3 else "kim", SOCKS, NOW)
        diary.stop_experiment("alex" if number % 3 else "kim", NOW)
    diary.start_experiment("alex", SOCKS, NOW)
    diary.log("alex", NewEpisode(), NOW, request=Request(id="logged"))
    diary.log("alex", NewEpisode(), NOW, request=Request())
    diary.delete("alex", None, NOW, request=Request(id="deleted"))
    diary.undo("alex", NOW)
    diary.undo("alex", NOW)
    diary._database.write(lambda session: session.execute(text("ANALYZE")))  # noqa: SLF001
    episode_id = diary.log("alex", NewEpisode(), NOW).episode.id
    diary.close()
    return AnalyzedFile(path.read_bytes(), episode_id)


@pytest.fixture
def episode_id(analyzed_file: AnalyzedFile) -> str:
    """Return the id of the last episode."""
    return analyzed_file.episode_id


@pytest.fixture
def diary(path: Path, analyzed_file: AnalyzedFile) -> Iterator[Diary]:
    """Return an open diary with the episodes of the file."""
    path.write_bytes(analyzed_file.content)
    diary = Diary(Database(path))
    yield diary
    diary.close()


def item(diary: Diary) -> RoutineItem:
    """Return the last item of the routine."""
    return diary.routine("alex", NIGHT)[-1]


def undoable(diary: Diary, condition: str) -> str:
    """Return the id of the newest change of a sleeper with a condition."""
    query = text(f"SELECT uid FROM change WHERE sleeper = 'alex' AND {condition} ORDER BY id DESC LIMIT 1")  # noqa: S608
    return str(diary._database.read_concurrently(lambda session: session.execute(query).scalar_one()))  # noqa: SLF001


CALLS: dict[str, Callable[[Diary, str], object]] = {
    "log": lambda diary, _: diary.log("alex", NewEpisode(severity=3), NOW),
    "end": lambda diary, _: diary.end("alex", NOW),
    "update": lambda diary, episode_id: diary.update("alex", episode_id, Changes(severity=9), NOW),
    "delete": lambda diary, episode_id: diary.delete("alex", episode_id, NOW),
    "undo": lambda diary, _: diary.undo("alex", NOW),
    "clear night": lambda diary, _: diary.log_clear_night("alex", date(2026, 10, 2), NOW),
    "overview": lambda diary, _: diary.overview("alex", NOW),
    "episodes": lambda diary, _: diary.episodes("alex", NIGHT, NIGHT, limit=5),
    "recorded nights": lambda diary, _: diary.recorded_nights("alex", NIGHT, NIGHT),
    "summary": lambda diary, _: diary.summary("alex", NIGHT, NIGHT, NOW),
    "clear nights": lambda diary, _: diary.clear_nights("alex", NIGHT, NIGHT),
    "log a change": lambda diary, _: diary.log_marked_change("alex", NewMarkedChange(), NOW),
    "update a change": lambda diary, _: diary.update_marked_change("alex", None, MarkedChangeUpdate(name="x"), NOW),
    "delete a change": lambda diary, _: diary.delete_marked_change("alex", None, NOW),
    "marked changes": lambda diary, _: diary.marked_changes("alex", NIGHT, NIGHT),
    "trends": lambda diary, _: diary.trends("alex", 5, NOW),
    "bedtimes": lambda diary, _: diary.bedtimes("alex", NIGHT, NIGHT),
    "conditions": lambda diary, _: diary.conditions("alex", NIGHT, NIGHT),
    "record conditions": lambda diary, _: diary.record_conditions("alex", [CONDITIONS]),
    "with and without": lambda diary, _: diary.compare_with_without("alex", EVERYTHING, NOW),
    "routine": lambda diary, _: diary.routine("alex", NIGHT),
    "practices": lambda diary, _: diary.practices("alex", NIGHT, NIGHT),
    "log with an id": lambda diary, _: diary.log("alex", NewEpisode(), NOW, request=Request(id="new")),
    "log without an id": lambda diary, _: diary.log("alex", NewEpisode(), NOW, request=Request()),
    "repeat with an id": lambda diary, _: diary.delete("alex", None, NOW, request=Request(id="deleted")),
    "end by a request id": lambda diary, _: diary.end("alex", NOW, episode_id="logged", ended_at=NOW),
    "undo by id": lambda diary, _: diary.undo("alex", NOW, undoable(diary, "kind = 'logged' AND closed_by IS NULL")),
    "redo": lambda diary, _: (diary.undo("alex", NOW), diary.redo("alex", NOW)),
    "redo by id": lambda diary, _: diary.redo("alex", NOW, undoable(diary, "kind = 'logged' AND closed_by > 0")),
    "remove items": lambda diary, _: diary.remove_items("alex", [item(diary).uid], NOW),
    "move an item": lambda diary, _: diary.move_item("alex", item(diary).uid, None, NOW),
    "log a practice": lambda diary, _: diary.log_practice("alex", "tea", NOW),
    "log a practice by uid": lambda diary, _: diary.log_practice("alex", item(diary).uid, NOW),
    "start an experiment": lambda diary, _: diary.start_experiment("kim", SOCKS, NOW),
    "running experiment": lambda diary, _: diary.running_experiment("alex", NOW),
    "experiment report": lambda diary, _: diary.experiment_report("alex", NOW),
    "skip if undecided": lambda diary, _: diary.skip_if_undecided("alex", NOW + 2 * DAY),
    "skip a night": lambda diary, _: diary.skip_experiment_night("alex", None, NOW + DAY, skipped=True),
    "stop an experiment": lambda diary, _: diary.stop_experiment("alex", NOW),
    "undo an experiment": lambda diary, _: diary.undo("alex", NOW, undoable(diary, "kind = 'experiment_started'")),
    "undo an item": lambda diary, _: diary.undo("alex", NOW, undoable(diary, "kind = 'item_added'")),
}


@pytest.mark.parametrize("name", CALLS)
def test_every_query_uses_an_index(diary: Diary, episode_id: str, name: str) -> None:
    statements = recorded_statements(diary, lambda: CALLS[name](diary, episode_id))

    steps = [step for statement in statements for step in query_plan(diary, *statement)]
    for step in steps:
        assert step.startswith("SEARCH") or step == "SCAN CONSTANT ROW", step
        assert "TEMP B-TREE" not in step


def test_the_statistics_of_a_tap_read_the_episodes_from_its_night_on_and_the_nights_by_an_index(diary: Diary) -> None:
    hour = int((NOW - timedelta(hours=6)).timestamp())
    database = diary._database  # noqa: SLF001 - to record the statements of its engine
    statements = recorded_statements(
        diary, lambda: database.read(lambda session: queries.statistics_source(session, "alex", hour))
    )

    plans = [query_plan(diary, *statement) for statement in statements]
    after, nights, before = (
        [step.partition(" INDEX ")[2] for step in plan if step.startswith("SEARCH")] for plan in plans
    )
    assert after == ["ix_episode_sleeper_started_at (sleeper=? AND started_at>?)"]
    assert before == ["ix_episode_sleeper_started_at (sleeper=? AND started_at<?)"]
    assert len(nights) == 1
    assert not [step for plan in plans for step in plan if step.startswith("SCAN")]


def test_undo_finds_its_change_with_a_single_index_search(diary: Diary) -> None:
    statements = recorded_statements(diary, lambda: diary.undo("alex", NOW))
    (newest,) = [each for each in statements if "closed_by IS NULL" in each[0] and "changed_record" not in each[0]]

    assert query_plan(diary, *newest) == [
        "SEARCH change USING INDEX ix_change_sleeper_closed_by (sleeper=? AND closed_by=?)"
    ]
