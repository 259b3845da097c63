"""The nights before and after a change."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from custom_components.rls_bedtime.diary.models import BodyPart
from custom_components.rls_bedtime.diary.nights import Nights
from custom_components.rls_bedtime.diary.statistics.before_after import compare_before_after
from custom_components.rls_bedtime.diary.statistics.date_rank import (
    NightCounts,
    Windows,
    follows_worst_fifth,
    rank_date,
)
from custom_components.rls_bedtime.diary.statistics.observations import (
    DiaryHistory,
    first_named,
    observe_nights,
)

from ..samples import clear, episode

CHANGE = date(2026, 6, 1)


def diary(affected: Iterable[int], clear_days: Iterable[int], *changes: int, **details: Any) -> DiaryHistory:
    """Return a diary with affected and clear nights, as days since the change; tonight is the day after the last."""
    days, clear_days = list(affected), list(clear_days)
    episodes = [episode(at(day), **{"severity": 6, **details}) for day in days]
    return DiaryHistory(
        tonight=CHANGE + timedelta(days=max([*days, *clear_days]) + 1),
        observations=observe_nights(episodes, [clear(CHANGE + timedelta(days=day)) for day in clear_days]),
        named=first_named(episodes),
        changes=frozenset({CHANGE, *(CHANGE + timedelta(days=day) for day in changes)}),
    )


def at(day: int, time: str = "23:00") -> str:
    return f"{CHANGE + timedelta(days=day)} {time}"


def keys(history: DiaryHistory, nights: int = 14) -> list[str]:
    return [sentence.key for sentence in compare_before_after(history, CHANGE, nights).sentences]


def test_each_side_is_counted_with_what_is_not_recorded() -> None:
    result = compare_before_after(diary(range(-12, 0), range(10)), CHANGE, 14)
    assert (result.before, result.after) == (
        Nights(CHANGE - timedelta(days=12), CHANGE - timedelta(days=1)),
        Nights(CHANGE, CHANGE + timedelta(days=9)),
    )
    first, second = result.comparison.first, result.comparison.second
    assert (first.recorded, first.unrecorded, first.affected, first.affected_percent) == (12, 0, 12, 100)
    assert (second.recorded, second.unrecorded, second.affected, second.affected_percent) == (10, 0, 0, 0)
    assert (first.rated, first.severity_median, first.episodes) == (12, 6, 12)
    assert (second.rated, second.severity_median, second.episodes, second.onset_mean) == (10, 0, 0, None)


def test_the_night_of_the_change_is_after_it_unless_nights_are_skipped() -> None:
    history = diary(range(-28, 0), range(28))
    assert compare_before_after(history, CHANGE, 14).after == Nights(CHANGE, CHANGE + timedelta(days=13))
    assert compare_before_after(history, CHANGE, 14, 7).after == Nights(
        CHANGE + timedelta(days=7), CHANGE + timedelta(days=20)
    )


def test_the_differences_are_the_second_side_minus_the_first() -> None:
    episodes = [
        *(episode(at(day, "23:50"), severity=7, body_parts=(BodyPart.CALF,)) for day in range(-14, 0)),
        *(episode(at(day, "23:20"), severity=3, body_parts=(BodyPart.CALF, BodyPart.ARM)) for day in range(7)),
        *(episode(at(day, "23:20"), severity=5) for day in range(7)),
    ]
    clear_nights = [clear(CHANGE + timedelta(days=day)) for day in range(7, 14)]
    history = DiaryHistory(
        tonight=CHANGE + timedelta(days=14),
        observations=observe_nights(episodes, clear_nights),
        named=first_named(episodes),
    )
    result = compare_before_after(history, CHANGE, 14)
    difference = result.comparison.difference
    assert difference is not None
    assert difference.affected_points == -50
    assert difference.affected_interval.low < -50 < difference.affected_interval.high < 0
    assert difference.severity_shift == -4.5
    assert difference.onset_minutes == pytest.approx(-30)
    assert result.new_body_parts == {BodyPart.ARM: CHANGE}


def test_the_onset_differs_by_the_shorter_way_round() -> None:
    episodes = [
        *(episode(at(day, "23:30")) for day in range(-14, 0)),
        *(episode(at(day, "00:30")) for day in range(1, 15)),
    ]
    history = DiaryHistory(
        tonight=CHANGE + timedelta(days=14), observations=observe_nights(episodes, ()), named=first_named(episodes)
    )
    difference = compare_before_after(history, CHANGE, 14).comparison.difference
    assert difference is not None
    assert difference.onset_minutes == pytest.approx(60)
    assert difference.severity_shift is None


def test_windows_end_at_the_next_change_and_begin_with_the_one_before() -> None:
    history = diary(range(-28, 0), range(28), -10, 9)
    result = compare_before_after(history, CHANGE, 14)
    assert result.before == Nights(CHANGE - timedelta(days=10), CHANGE - timedelta(days=1))
    assert result.after == Nights(CHANGE, CHANGE + timedelta(days=8))
    assert "cut_at_change" in keys(history)
    assert "cut_at_change" not in keys(diary(range(-28, 0), range(28), -14, 14))


def test_several_changes_on_one_night_are_compared_as_one() -> None:
    result = compare_before_after(diary(range(-28, 0), range(28), 0), CHANGE, 14)
    assert (len(result.before), len(result.after)) == (14, 14)


@pytest.mark.parametrize(("before", "after"), [(6, 14), (14, 6), (0, 0)])
def test_with_fewer_than_seven_recorded_nights_on_a_side_there_are_only_counts(before: int, after: int) -> None:
    history = diary(range(-before, 0), range(after), *[]) if before else diary([-200], [])
    result = compare_before_after(history, CHANGE, 14)
    assert result.comparison.difference is None
    assert result.rank is None
    assert result.sentences[0].key == "too_few_nights"


def test_a_date_before_the_diary_began_compares_nothing() -> None:
    result = compare_before_after(diary(range(28), range(28, 40)), CHANGE - timedelta(days=100), 28)
    assert (result.comparison.first.recorded, result.comparison.first.unrecorded) == (0, 0)
    assert result.comparison.second.recorded == 0
    assert result.as_json()["before"]["first_night"] is None


def test_recorded_shares_that_differ_much_are_named() -> None:
    history = diary(range(-14, 0), [*range(8), 13])
    sentences = {each.key: each.values for each in compare_before_after(history, CHANGE, 14).sentences}
    assert sentences["recorded_differs"] == {"before": 100, "after": 64}
    assert "recorded_differs" not in keys(diary(range(-14, 0), range(14)))


def test_that_some_would_have_passed_anyway_is_always_said() -> None:
    assert keys(diary(range(-14, 0), range(14)))[-1] == "passes_anyway"
    assert keys(diary(range(-2, 0), range(2)))[-1] == "passes_anyway"


# --- the leading sentence ---------------------------------------------------------------------------------------------


def test_a_short_diary_says_so() -> None:
    every_second = diary(range(-30, 30, 2), range(-29, 30, 2))
    assert keys(every_second)[0] == "diary_too_short"


def test_the_rank_counts_the_other_dates_with_a_difference_at_least_as_large() -> None:
    every_second = diary(range(-60, 60, 2), range(-59, 60, 2))
    result = compare_before_after(every_second, CHANGE, 14)
    assert result.rank is not None
    # All dates with 14 nights on either side, without this one.
    assert (result.rank.dates, result.rank.at_least, result.rank.percent) == (120 - 28, 120 - 28, 100)
    assert result.sentences[0].key == "rank"
    assert result.sentences[0].values == {"dates": 92, "at_least": 92, "percent": 100}


def test_a_difference_that_few_other_dates_have_is_rare() -> None:
    affected = {day for day in range(-150, 150) if day % 2 or day >= 0}
    result = compare_before_after(diary(affected, set(range(-150, 150)) - affected), CHANGE, 14)
    assert result.sentences[0].key == "rank_rare"
    assert result.sentences[0].values == {"dates": 300 - 28, "at_least": 1}


def test_dates_whose_windows_contain_another_change_are_left_out() -> None:
    every_second = diary(range(-60, 60, 2), range(-59, 60, 2), 30)
    result = compare_before_after(every_second, CHANGE, 14)
    assert result.rank is not None
    # 14 nights before the other change and 13 after it, where it is the first night of the window before.
    assert result.rank.dates == 92 - 27


def test_after_the_worst_weeks_there_is_no_rank() -> None:
    """What is worst gets better by itself."""
    affected = {day for day in range(-150, 150) if day % 2 or -14 <= day < 0}
    result = compare_before_after(diary(affected, set(range(-150, 150)) - affected), CHANGE, 14)
    assert result.follows_worst_fifth
    assert result.rank is None
    assert result.sentences[0].key == "after_worst_weeks"


def test_weeks_are_not_the_worst_where_all_are_alike() -> None:
    result = compare_before_after(diary(range(-60, 60), []), CHANGE, 14)
    assert not result.follows_worst_fifth
    assert result.rank is not None


def test_tonight_counts_once_something_is_recorded() -> None:
    history = diary(range(-14, 0), range(10))
    tonight = history.tonight
    assert compare_before_after(history, CHANGE, 14).after.last == tonight - timedelta(days=1)
    observations = {
        **history.observations,
        **observe_nights([episode(datetime.combine(tonight, datetime.max.time()))], ()),
    }
    history = DiaryHistory(tonight=tonight, observations=observations, named={})
    assert compare_before_after(history, CHANGE, 14).after.last == tonight


def test_a_date_with_too_few_nights_has_no_rank_and_follows_nothing() -> None:
    history = diary(range(-3, 0), range(60))
    counts, windows = NightCounts.of(history), Windows(14, 14)
    assert rank_date(CHANGE, windows, counts, ()) is None
    assert not follows_worst_fifth(CHANGE, windows, counts)
