"""Tests of the rows of long-term statistics, against a count in another way."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import ClearNight, NewEpisode, RoutineItem, Transition
from custom_components.rls_bedtime.diary.nights import night_of
from custom_components.rls_bedtime.diary.statistics.long_term import (
    HOUR,
    HourlyValues,
    Row,
    Series,
    StatisticsSource,
    Values,
    earliest_hour,
    floor_to_hour,
    noon_hour,
    rows_to_write,
    start_of,
    statistic_key,
)
from custom_components.rls_bedtime.diary.storage.database import Database

from ....common.statistics_oracle import expected_statistics
from ..samples import BERLIN, NOW, episode, local

ZONES = [
    ZoneInfo(name)
    for name in ("Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "America/New_York")
]
NOTHING: dict[Series, HourlyValues] = {key: {} for key in Series}

type Onset = tuple[datetime, int | None]


def source_of(onsets: list[Onset], since: int = 0) -> StatisticsSource:
    """Return what the statistics of these episodes are made of, from an hour on."""
    return StatisticsSource(
        since=since,
        earlier_episodes=sum(start.timestamp() < since for start, _ in onsets),
        onsets=[(int(start.timestamp()), severity) for start, severity in onsets if start.timestamp() >= since],
        affected_nights=list({night_of(start) for start, _ in onsets}),
    )


def recorded_after(recorded: dict[Series, HourlyValues], rows: list[Row]) -> dict[Series, HourlyValues]:
    """Return what is recorded after rows were written."""
    result = {series: dict(hourly) for series, hourly in recorded.items()}
    for row in rows:
        result[row.series][row.hour] = row.values
    return {series: dict(sorted(hourly.items())) for series, hourly in result.items()}


def assert_equals(recorded: dict[Series, HourlyValues], onsets: list[Onset], zone: tzinfo) -> None:
    """Assert that what is recorded is what these episodes are, and that hours without any change nothing."""
    expected = expected_statistics(onsets, zone)
    for series, hourly in recorded.items():
        known = {start_of(hour): values for hour, values in hourly.items() if values[0] or series is Series.SEVERITY}
        if series is Series.SEVERITY:
            known = {hour: values for hour, values in known.items() if values != (None, None, None)}
        assert known == expected[series]
        previous: float = 0
        for values in hourly.values() if series is not Series.SEVERITY else ():
            state, total = values
            assert state is not None
            assert total == previous + state
            previous = total


starts = st.builds(
    lambda hours, minutes, zone: (
        datetime(2025, 10, 25, tzinfo=UTC) + timedelta(hours=hours, minutes=minutes)
    ).astimezone(zone),
    st.integers(0, 60) | st.integers(0, 20_000),
    st.sampled_from([0, 29, 30, 59]),
    st.sampled_from(ZONES),
)
diaries = st.lists(st.tuples(starts, st.none() | st.integers(0, 10)), max_size=25)


@given(steps=st.lists(diaries, min_size=1, max_size=4), zone=st.sampled_from(ZONES))
def test_whatever_was_recorded_the_rows_make_it_equal_to_the_diary(steps: list[list[Onset]], zone: ZoneInfo) -> None:
    recorded = NOTHING
    for onsets in steps:
        rows = rows_to_write(source_of(onsets), recorded, zone)
        recorded = recorded_after(recorded, rows)
        assert_equals(recorded, onsets, zone)
        assert rows_to_write(source_of(onsets), recorded, zone) == []


@given(
    before=diaries,
    change=st.tuples(starts, st.none() | st.integers(0, 10)),
    zone=st.sampled_from(ZONES),
    data=st.data(),
)
def test_the_rows_from_the_earliest_touched_hour_on_are_enough(
    before: list[Onset], change: Onset, zone: ZoneInfo, data: st.DataObject
) -> None:
    recorded = recorded_after(NOTHING, rows_to_write(source_of(before), NOTHING, zone))
    removed = data.draw(st.none() | st.integers(0, len(before) - 1)) if before else None
    after = [each for number, each in enumerate(before) if number != removed] + [change]
    transitions = [Transition(None, episode(change[0], severity=change[1]))]
    if removed is not None:
        transitions.append(Transition(episode(before[removed][0], severity=before[removed][1]), None))

    since = earliest_hour(transitions, zone)
    assert since is not None
    part = {
        series: {hour: values for hour, values in hourly.items() if hour >= since}
        for series, hourly in recorded.items()
    }
    rows = rows_to_write(source_of(after, since), part, zone)

    assert all(row.hour >= since for row in rows)
    assert [row.hour for row in rows] == sorted((row.hour for row in rows), reverse=True)
    assert_equals(recorded_after(recorded, rows), after, zone)


def test_what_is_not_counted_touches_nothing() -> None:
    before, after = episode("2026-11-24 01:30"), episode("2026-11-24 01:30", 20, note="a note", tags=("coffee",))
    clear = ClearNight(sleeper="alex", night=date(2026, 11, 1), logged_at=NOW)
    item = RoutineItem(uid="1", text="stretch")
    transitions = [Transition(before, after), Transition(None, clear), Transition(item, None)]
    assert earliest_hour(transitions, BERLIN) is None


def test_a_change_without_transitions_may_have_touched_everything() -> None:
    assert earliest_hour([], BERLIN) == 0


def test_a_changed_severity_touches_its_hour_and_its_night() -> None:
    transitions = [Transition(episode("2026-11-24 01:30", severity=3), episode("2026-11-24 01:30", severity=4))]
    assert earliest_hour(transitions, BERLIN) == floor_to_hour(local("2026-11-23 12:00"))


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("Europe/Berlin", "2026-11-23 11:00"),
        ("Asia/Kolkata", "2026-11-23 06:00"),
        ("Asia/Kathmandu", "2026-11-23 06:00"),
        ("Pacific/Kiritimati", "2026-11-22 22:00"),
        ("America/St_Johns", "2026-11-23 15:00"),
    ],
)
def test_the_row_of_a_night_is_at_the_full_hour_of_utc_before_its_noon(zone: str, hour: str) -> None:
    assert noon_hour(date(2026, 11, 23), ZoneInfo(zone)) == datetime.fromisoformat(f"{hour}+00:00").timestamp()


def test_two_nights_in_one_hour_are_both_counted() -> None:
    # In Samoa, 30 December 2011 did not take place.
    zone = ZoneInfo("Pacific/Apia")
    source = StatisticsSource(0, 0, [], [date(2011, 12, 30), date(2011, 12, 31)])
    assert [row.values for row in rows_to_write(source, NOTHING, zone)] == [(2, 2)]


def test_a_mean_that_lost_its_last_digits_is_not_written_again() -> None:
    source = StatisticsSource(0, 0, [(HOUR, 1), (HOUR + 1, 1), (HOUR + 2, 2)], [])
    values: Values = (1.33333333333333, 1.0, 2.0)
    recorded = {**NOTHING, Series.EPISODES: {HOUR: (3.0, 3.0)}, Series.SEVERITY: {HOUR: values}}
    assert rows_to_write(source, recorded, BERLIN) == []


@pytest.mark.parametrize("diary_id", ["01JCB6X7E8", "01jcb6x7e8jq2v3m4n5p6q7r8s", "An old__Id!", "", "_", "ä"])
def test_an_unusual_diary_id_becomes_a_valid_part_of_an_id(diary_id: str) -> None:
    key = statistic_key(diary_id)
    assert key.isascii()
    assert key.isalnum()
    assert key == key.lower()


def test_two_diaries_never_have_the_same_key() -> None:
    ids = [
        "01JCB6X7E8JQ2V3M4N5P6Q7R8S",
        "01jcb6x7e8jq2v3m4n5p6q7r8s",
        "01JCB6X7E8JQ2V3M4N5P6Q7R8s",
        "A",
        "a",
        "a_",
        "a ",
    ]
    assert len({statistic_key(each) for each in ids}) == len(ids)
    assert statistic_key(ids[0]) == ids[1]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(onsets=diaries, since=st.integers(0, 20_000))
def test_the_diary_returns_what_the_statistics_are_made_of(tmp_path: Path, onsets: list[Onset], since: int) -> None:
    path = tmp_path / "diary.db"
    path.unlink(missing_ok=True)
    diary = Diary(Database(path))
    for start, severity in onsets:
        diary.log("alex", NewEpisode(started_at=start, severity=severity), datetime(2029, 1, 1, tzinfo=start.tzinfo))
    diary.log("kim", NewEpisode(severity=3), NOW)
    hour = floor_to_hour(datetime(2025, 10, 25, tzinfo=UTC)) + since * HOUR

    found = diary.statistics_source("alex", hour)

    diary.close()
    expected = source_of(onsets, hour)
    assert (found.since, found.earlier_episodes) == (hour, expected.earlier_episodes)
    assert sorted(found.onsets, key=str) == sorted(expected.onsets, key=str)
    assert sorted(found.affected_nights) == sorted(expected.affected_nights)
