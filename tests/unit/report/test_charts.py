"""The geometry of the drawings of a report."""

from datetime import date, timedelta

import pytest

from custom_components.rls_bedtime.diary.statistics.report import NightEntry
from custom_components.rls_bedtime.report.charts import NightMark, mark_of, onset_bars, week_rows

SUNDAY = date(2026, 11, 1)


def entry(night: date, episodes: int = 0, worst: int | None = None, *, is_recorded: bool = True) -> NightEntry:
    return NightEntry(night=night, is_recorded=is_recorded, episodes=episodes, worst=worst)


@pytest.mark.parametrize(
    ("episodes", "worst", "mark"),
    [
        (0, 0, NightMark.CLEAR),
        (1, None, NightMark.UNRATED),
        (1, 0, NightMark.UNRATED),
        (1, 1, NightMark.MILD),
        (2, 3, NightMark.MILD),
        (1, 4, NightMark.MODERATE),
        (1, 6, NightMark.MODERATE),
        (1, 7, NightMark.SEVERE),
        (1, 10, NightMark.SEVERE),
    ],
)
def test_the_mark_of_a_recorded_night_says_how_bad_it_was(episodes: int, worst: int | None, mark: NightMark) -> None:
    assert mark_of(entry(SUNDAY, episodes, worst)) is mark


def test_a_night_that_is_not_recorded_is_not_clear() -> None:
    assert mark_of(entry(SUNDAY, is_recorded=False)) is NightMark.UNRECORDED


def test_a_week_begins_on_monday_and_is_labeled_where_a_month_begins() -> None:
    ((first, second),) = week_rows([entry(SUNDAY), entry(SUNDAY + timedelta(days=1))], [SUNDAY, SUNDAY])
    assert [night.weekday for night in first.nights] == [6]
    assert [night.weekday for night in second.nights] == [0]
    assert (first.label, second.label) == (SUNDAY, None)
    assert (first.changes, second.changes) == ((1, 2), ())


def test_a_year_takes_two_rows() -> None:
    rows = week_rows([entry(SUNDAY + timedelta(days=day)) for day in range(365)], [])
    assert len(rows) == 2
    assert sum(len(week.nights) for row in rows for week in row) == 365


def test_a_change_in_a_week_that_has_just_begun_is_on_the_line() -> None:
    ((first, second),) = week_rows([entry(SUNDAY)], [SUNDAY, SUNDAY + timedelta(days=1)])
    assert (first.changes, second.changes) == ((1,), (2,))
    assert second.nights == ()


def test_a_change_before_the_first_night_has_no_week() -> None:
    ((week,),) = week_rows([entry(SUNDAY)], [SUNDAY - timedelta(days=30), SUNDAY])
    assert week.changes == (2,)


def test_no_nights_have_no_weeks() -> None:
    assert week_rows([], [SUNDAY]) == []


def test_the_highest_bar_is_the_hour_with_most_episodes() -> None:
    bars = onset_bars([0] * 10 + [2, 4] + [0] * 12, 12)
    assert [(bar.hour, bar.count, bar.height) for bar in bars if bar.count] == [(22, 2, 0.5), (23, 4, 1.0)]
    assert bars[12].hour == 0


def test_without_episodes_there_is_no_bar() -> None:
    assert {bar.height for bar in onset_bars([0] * 24, 12)} == {0}
