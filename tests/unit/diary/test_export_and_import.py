"""Tests of the export of a diary, and of the import of what was exported."""

from datetime import UTC, date, datetime, timedelta
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import (
    ChangeKind,
    Changes,
    DatabaseError,
    ExperimentKind,
    InvalidEntryError,
    MarkedChangeKind,
    NewEpisode,
    NewExperiment,
    NewMarkedChange,
    NightConditions,
)
from custom_components.rls_bedtime.diary.storage.database import Database

from .samples import FULL_ENTRY, NOW, TONIGHT, assert_refused, later
from .test_diary_state_machine import DETAILS, SPANS, ZONES

ROUTINE = ("stretch", "massage", "tea")
EMPTY: dict[str, Any] = {
    "schema": 1,
    "episodes": [],
    "clear_nights": [],
    "routine_items": [],
    "practices": [],
    "changes": [],
    "bedtimes": [],
    "experiments": [],
    "experiment_nights": [],
    "night_conditions": [],
}
FERRITIN = NewMarkedChange(
    kind=MarkedChangeKind.LABORATORY, name="Ferritin", value=45.5, unit="ng/ml", note="=HYPERLINK(1) 🦵\n"
)
CONDITIONS = NightConditions(
    sleeper="alex",
    night=TONIGHT,
    temperature=18.25,
    humidity=45.0,
    illuminance=None,
    minutes_asleep=372,
    minutes_in_bed=480,
)

COOLER = NewExperiment(
    kind=ExperimentKind.OPTION, subject="temperature_setback", nights=42, with_value="2.5", without_value="0"
)


def exported(diary: Diary, sleeper: str = "alex") -> str:
    """Return the text of an exported diary."""
    return "".join(diary.export_json(sleeper))


def fill(diary: Diary) -> str:
    """Log something of everything, and return the exported text."""
    diary.create_routine("alex", ROUTINE, NOW)
    items = diary.routine("alex", TONIGHT)
    diary.log("alex", FULL_ENTRY, NOW)
    diary.log("alex", NewEpisode(), later(minutes=1))
    diary.update("alex", None, Changes(note="corrected"), later(minutes=2))
    diary.log_clear_night("alex", TONIGHT - timedelta(days=3), NOW)
    diary.log_practice("alex", items[1].uid, NOW)
    diary.move_item("alex", items[2].uid, items[0].uid, NOW)
    diary.log_practice("alex", items[0].uid, NOW, night=TONIGHT - timedelta(days=1))
    diary.remove_items("alex", [items[0].uid], NOW)
    diary.log_marked_change("alex", FERRITIN, NOW)
    diary.record_bedtime("alex", NOW)
    diary.record_conditions("alex", [CONDITIONS])
    diary.start_experiment("alex", COOLER, NOW - timedelta(days=3))
    diary.skip_experiment_night("alex", TONIGHT - timedelta(days=1), NOW, skipped=True)
    return exported(diary)


def test_an_empty_diary_has_every_section(diary: Diary) -> None:
    assert json.loads(exported(diary)) == EMPTY


def test_an_export_contains_every_record_in_words(diary: Diary) -> None:
    content = json.loads(fill(diary))

    assert content["schema"] == 1
    first, second = content["episodes"]
    assert first["started_at"] == "2026-11-24T02:32:00+01:00"
    assert first["note"] == "woke twice 🦵"
    assert first["tags"] == ["late coffee", "Übung, mit Komma"]
    assert "severity" not in second
    assert content["clear_nights"] == [{"night": "2026-11-20", "logged_at": "2026-11-24T02:12:00+00:00"}]
    assert [item["text"] for item in content["routine_items"]] == list(ROUTINE)
    assert [item.get("position") for item in content["routine_items"]] == ["0", "1", "1/2"]
    assert len(content["practices"]) == 2
    (change,) = content["changes"]
    assert {name: change[name] for name in ("date", "kind", "name", "value", "unit", "note")} == {
        "date": "2026-11-24",
        "kind": "laboratory",
        "name": "Ferritin",
        "value": 45.5,
        "unit": "ng/ml",
        "note": "=HYPERLINK(1) 🦵",
    }
    assert content["night_conditions"] == [
        {
            "night": "2026-11-23",
            "temperature": 18.25,
            "humidity": 45.0,
            "minutes_asleep": 372,
            "minutes_in_bed": 480,
        }
    ]
    assert content["bedtimes"] == [{"started_at": "2026-11-24T03:12:00+01:00"}]
    (experiment,) = content["experiments"]
    assert {name: experiment[name] for name in ("kind", "subject", "with_value", "without_value", "nights")} == {
        "kind": "option",
        "subject": "temperature_setback",
        "with_value": "2.5",
        "without_value": "0",
        "nights": 42,
    }
    assert content["experiment_nights"] == [
        {"night": "2026-11-22", "experiment": experiment["id"], "skipped": True, "repeats": False}
    ]


def test_an_export_contains_only_this_sleeper(diary: Diary) -> None:
    text = fill(diary)
    diary.log("kim", NewEpisode(note="not yours"), NOW)
    assert exported(diary) == text
    assert "alex" not in text


def test_an_erased_diary_comes_back_to_the_byte(diary: Diary) -> None:
    text = fill(diary)
    before = (diary.episodes("alex"), diary.practices("alex"), diary.marked_changes("alex"))
    summary = diary.summary("alex", None, None, NOW)
    diary.erase_sleeper("alex")

    result = diary.import_json("alex", text.encode(), NOW)
    assert result.new
    assert result.added == {
        "episodes": 2,
        "clear_nights": 1,
        "routine_items": 3,
        "practices": 2,
        "changes": 1,
        "bedtimes": 1,
        "experiments": 1,
        "experiment_nights": 1,
        "night_conditions": 1,
    }
    assert exported(diary) == text
    assert (diary.episodes("alex"), diary.practices("alex"), diary.marked_changes("alex")) == before
    assert diary.conditions("alex") == [CONDITIONS]
    assert diary.summary("alex", None, None, NOW) == summary


def test_importing_again_changes_nothing(diary: Diary) -> None:
    text = fill(diary)
    newest = diary.log("alex", NewEpisode(severity=1), NOW)

    again = diary.import_json("alex", text, NOW)
    assert (again.change_id, set(again.added.values())) == (None, {0})
    assert diary.undo("alex", NOW).transitions == (type(newest.transitions[0])(newest.transitions[0].after, None),)


def test_what_is_missing_is_added_and_what_is_there_stays(diary: Diary) -> None:
    text = fill(diary)
    last = diary.episodes("alex")[0]
    diary.delete("alex", last.id, NOW)
    edited = diary.update("alex", None, Changes(note="edited since"), NOW).episode

    result = diary.import_json("alex", text, NOW)
    assert result.added["episodes"] == 1
    assert diary.episodes("alex") == [last, edited]


def test_an_import_is_undone_and_redone_as_one_change(diary: Diary, tmp_path: Path) -> None:
    text = fill(diary)
    other = Diary(Database(tmp_path / "other.db"))
    other.create_routine("alex", ["default"], NOW)
    other.log("alex", NewEpisode(severity=4), NOW)
    before = exported(other)
    result = other.import_json("alex", text, NOW)
    after = exported(other)

    undone = other.undo("alex", NOW)
    assert (undone.kind, undone.transitions) == (ChangeKind.IMPORTED, ())
    without_measurements = json.loads(exported(other)) | {"bedtimes": [], "night_conditions": []}
    assert without_measurements == json.loads(before)
    other.redo("alex", NOW, result.change_id)
    assert exported(other) == after
    other.close()


def test_an_import_with_a_practice_done_since_is_not_undone(diary: Diary) -> None:
    text = fill(diary)
    diary.erase_sleeper("alex")
    imported = diary.import_json("alex", text, NOW)
    diary.log_practice("alex", "tea", NOW)

    assert_refused("changed_since", lambda: diary.undo("alex", NOW, imported.change_id))
    diary.undo("alex", NOW)
    assert diary.undo("alex", NOW).kind is ChangeKind.IMPORTED
    assert diary.episodes("alex") == []


def test_the_routine_of_a_new_sleeper_makes_room_for_the_imported_one(diary: Diary) -> None:
    text = fill(diary)
    diary.erase_sleeper("alex")
    diary.create_routine("alex", ROUTINE, NOW)

    diary.import_json("alex", text, NOW)
    assert exported(diary) == text
    assert [each.text for each in diary.routine("alex", TONIGHT)] == ["tea", "massage"]
    diary.undo("alex", NOW)
    assert [each.text for each in diary.routine("alex", TONIGHT)] == list(ROUTINE)
    diary.redo("alex", NOW)
    assert exported(diary) == text


def test_a_routine_that_was_used_stays_and_imported_items_follow_it(diary: Diary) -> None:
    text = fill(diary)
    diary.erase_sleeper("alex")
    diary.create_routine("alex", ["own"], NOW)
    diary.log_practice("alex", "own", NOW)

    diary.import_json("alex", text, NOW)
    assert [each.text for each in diary.routine("alex", TONIGHT)] == ["own", "tea", "massage"]
    items = diary.routine("alex", TONIGHT)
    diary.move_item("alex", items[2].uid, items[0].uid, NOW)
    assert [each.text for each in diary.routine("alex", TONIGHT)] == ["own", "massage", "tea"]


def test_the_records_of_another_sleeper_are_not_taken(diary: Diary) -> None:
    text = fill(diary)
    assert_refused("import_of_another", lambda: diary.import_json("kim", text, NOW))
    assert json.loads(exported(diary, "kim")) == EMPTY


def test_clear_nights_of_two_sleepers_may_be_the_same(diary: Diary) -> None:
    diary.log_clear_night("kim", TONIGHT, NOW)
    record = {"night": TONIGHT.isoformat(), "logged_at": NOW.isoformat()}
    content = json.dumps({"schema": 1, "clear_nights": [record]})
    assert diary.import_json("alex", content, NOW).added["clear_nights"] == 1


@pytest.mark.parametrize(
    ("content", "key", "placeholders"),
    [
        (b"not JSON", "import_not_json", {}),
        (b"\xff\xfe\x00", "import_not_json", {}),
        ("[" * 100_000, "import_not_json", {}),
        ("[]", "import_not_a_diary", {}),
        ('{"episodes": []}', "import_not_a_diary", {}),
        ('{"schema": 2}', "import_other_schema", {"schema": "2", "supported": "1"}),
        ('{"schema": true}', "import_other_schema", {"schema": "True", "supported": "1"}),
        ('{"schema": 1, "dreams": []}', "import_damaged", {"place": "dreams"}),
        ('{"schema": 1, "episodes": {}}', "import_damaged", {"place": "episodes"}),
    ],
)
def test_what_is_no_diary_is_refused(
    diary: Diary, content: str | bytes, key: str, placeholders: dict[str, str]
) -> None:
    error = assert_refused(key, lambda: diary.import_json("alex", content, NOW))
    assert error.placeholders == placeholders


@pytest.mark.parametrize(
    ("section", "field", "value"),
    [
        ("episodes", "started_at", "yesterday"),
        ("episodes", "started_at", "2026-11-24T02:32:00"),
        ("episodes", "started_at", "0001-01-01T00:00:00+14:00"),
        ("episodes", "ended_at", "2026-11-01T02:32:00+01:00"),
        ("episodes", "ended_at", None),
        ("episodes", "severity", 11),
        ("episodes", "severity", 3.5),
        ("episodes", "severity", True),
        ("episodes", "side", "up"),
        ("episodes", "side", []),
        ("episodes", "relief", "walking"),
        ("episodes", "relief", ["flying"]),
        ("episodes", "tags", [1]),
        ("episodes", "tags", ["x" * 51]),
        ("episodes", "note", {}),
        ("episodes", "note", "x" * 2001),
        ("episodes", "temperature", float("nan")),
        ("episodes", "minutes_since_bedtime", 2**60),
        ("episodes", "bedtime_mode", 1),
        ("episodes", "id", ""),
        ("episodes", "mood", "bad"),
        ("clear_nights", "night", "2026-02-30"),
        ("clear_nights", "night", "9999-12-31"),
        ("routine_items", "position", "1e999999999"),
        ("routine_items", "position", "1/0"),
        ("routine_items", "text", " "),
        ("practices", "item", "unknown"),
        ("changes", "kind", "laboratory"),
        ("changes", "name", "x" * 101),
        ("changes", "value", "45"),
        ("bedtimes", "started_at", 5),
    ],
)
def test_a_damaged_value_is_refused_with_its_place(diary: Diary, section: str, field: str, value: object) -> None:
    fill(diary)
    diary.log_marked_change("alex", NewMarkedChange(name="Iron", day=date(2026, 1, 1)), NOW)
    content = json.loads(exported(diary))
    number = len(content[section])
    content[section][-1][field] = value
    if (section, field) == ("changes", "kind"):
        field = "value"
    diary.erase_sleeper("alex")

    error = assert_refused("import_damaged", lambda: diary.import_json("alex", json.dumps(content), NOW))
    assert error.placeholders == {"place": f"{section} {number}, {field}"}
    assert json.loads(exported(diary)) == EMPTY


def test_a_name_without_end_is_not_repeated_in_the_error(diary: Diary) -> None:
    bedtime = {"started_at": NOW.isoformat(), "x" * 5000: 1}
    contents: list[dict[str, Any]] = [{"x" * 5000: []}, {"bedtimes": [bedtime]}]
    for content in contents:
        with pytest.raises(InvalidEntryError) as refused:
            diary.import_json("alex", json.dumps({"schema": 1, **content}), NOW)
        assert len(refused.value.placeholders["place"]) == 100


def test_a_record_that_is_none_or_lacks_a_field_is_refused_with_its_place(diary: Diary) -> None:
    def place(records: list[Any]) -> str:
        content = json.dumps({"schema": 1, "episodes": records})
        return assert_refused("import_damaged", lambda: diary.import_json("alex", content, NOW)).placeholders["place"]

    assert place(["nothing"]) == "episodes 1"
    assert place([{"id": "x", "started_at": NOW.isoformat()}]) == "episodes 1, logged_at"


def test_a_file_that_cannot_be_written_keeps_nothing_of_an_import(
    diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = fill(diary)
    diary.erase_sleeper("alex")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("custom_components.rls_bedtime.diary.json_import.journal.record", refuse)
        with pytest.raises(DatabaseError):
            diary.import_json("alex", text, NOW)
    assert json.loads(exported(diary)) == EMPTY


# --- any diary --------------------------------------------------------------------------------------------------------

MARKED_CHANGES = st.one_of(
    st.builds(
        NewMarkedChange,
        kind=st.sampled_from([each for each in MarkedChangeKind if each is not MarkedChangeKind.LABORATORY]),
        name=st.none() | st.text(max_size=20),
        amount=st.none() | st.text(max_size=20),
        note=st.none() | st.text(max_size=50),
    ),
    st.builds(
        NewMarkedChange,
        kind=st.just(MarkedChangeKind.LABORATORY),
        name=st.just("Ferritin"),
        value=st.floats(allow_nan=False, allow_infinity=False),
        unit=st.none() | st.text(max_size=20),
    ),
)
MOMENTS = st.datetimes(datetime(2001, 1, 1), datetime(2040, 1, 1)).map(lambda each: each.replace(tzinfo=UTC))


@settings(max_examples=40)
@given(data=st.data())
def test_any_diary_comes_back_to_the_byte(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        diary = Diary(Database(Path(folder) / "diary.db"))
        moments = data.draw(st.lists(MOMENTS, min_size=1, max_size=4))
        diary.create_routine("alex", ROUTINE, moments[0])
        for moment in moments:
            now = moment.astimezone(data.draw(st.sampled_from(ZONES)))
            details = data.draw(st.fixed_dictionaries({}, optional=DETAILS))
            diary.log("alex", NewEpisode(duration=data.draw(st.none() | SPANS), **details), now)
            diary.log_marked_change("alex", data.draw(MARKED_CHANGES), now)
            diary.add_item("alex", data.draw(st.text(min_size=1, max_size=10).filter(str.strip)), now)
            items = [each.uid for each in diary.routine("alex", now.date())]
            diary.log_practice("alex", data.draw(st.sampled_from(items)), now)
            diary.move_item("alex", data.draw(st.sampled_from(items)), None, now)
            diary.remove_items("alex", [data.draw(st.sampled_from(items))], now)
            diary.log_clear_night("alex", (now - timedelta(days=3)).date(), now) if data.draw(st.booleans()) else None
            diary.record_bedtime("alex", now)
        text = exported(diary)
        diary.erase_sleeper("alex")
        diary.import_json("alex", text, moments[0])
        assert exported(diary) == text
        assert diary.import_json("alex", text, moments[0]).change_id is None
        diary.close()


@settings(max_examples=60)
@given(
    section=st.sampled_from(sorted(EMPTY)),
    record=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda each: (
            st.lists(each, max_size=2)
            | st.dictionaries(
                st.sampled_from(["id", "uid", "night", "started_at", "logged_at", "note", "date", "x"]),
                each,
                max_size=5,
            )
        ),
        max_leaves=6,
    ),
)
def test_anything_else_is_refused_in_a_sentence(section: str, record: object) -> None:
    with TemporaryDirectory() as folder:
        diary = Diary(Database(Path(folder) / "diary.db"))
        content = json.dumps({"schema": 1} | {section: [record]})
        with pytest.raises(InvalidEntryError):
            diary.import_json("alex", content, NOW)
        diary.close()
