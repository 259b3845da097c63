"""The nights with and without something."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest

from custom_components.rls_bedtime.diary.nights import Nights
from custom_components.rls_bedtime.diary.statistics.intervals import newcombe_interval
from custom_components.rls_bedtime.diary.statistics.observations import DiaryHistory, NightObservation
from custom_components.rls_bedtime.diary.statistics.shift_rank import rank_shift
from custom_components.rls_bedtime.diary.statistics.with_without import (
    Subject,
    SubjectKind,
    WithWithout,
    compare_with_without,
    split_at_usual,
)

FIRST = date(2026, 6, 1)
TICKED = time(21)
ONSET = time(23)


def night(day: int) -> date:
    return FIRST + timedelta(days=day)


def at(day: int, clock: time) -> datetime:
    """Return a time in a night."""
    return datetime.combine(night(day) + timedelta(days=clock.hour < 12), clock, UTC)


class Recorded:
    """A diary, by the time at which the first episode of each night began, None on a clear night."""

    def __init__(self, onsets: Mapping[int, time | None], severity: int = 5) -> None:
        self.starts = {night(day): at(day, onset) for day, onset in onsets.items() if onset is not None}
        observations = {
            night(day): NightObservation((), 0)
            if onset is None
            else NightObservation((int((at(day, onset) - at(day, time(12))).total_seconds() // 60),), severity)
            for day, onset in onsets.items()
        }
        self.history = DiaryHistory(tonight=night(max(onsets) + 1), observations=observations, named={})

    def compare(self, *subjects: Subject) -> list[WithWithout]:
        return list(compare_with_without(subjects, self.history, self.starts).items)


def item(done: Mapping[int, time | datetime | None], others: Iterable[int], uid: str = "1") -> Subject:
    """Return an item that was done at these times, and not on the others."""
    moments = {night(day): at(day, when) if isinstance(when, time) else when for day, when in done.items()}
    return Subject(kind=SubjectKind.PRACTICE, uid=uid, text=uid, done=moments, others={night(day) for day in others})


def keys(result: WithWithout) -> list[str]:
    return [sentence.key for sentence in result.sentences]


def values(result: WithWithout, key: str) -> Mapping[str, object]:
    return next(sentence.values for sentence in result.sentences if sentence.key == key)


def test_the_affected_nights_of_both_sides_are_counted_and_their_difference_is_newcombes() -> None:
    onsets = {day: ONSET if day % 4 == 0 or (day >= 40 and day % 2 == 0) else None for day in range(75)}
    (result,) = Recorded(onsets).compare(item(dict.fromkeys(range(40), TICKED), range(40, 75)))

    assert result.sentences[0].values == {
        "with_affected": 10,
        "with_nights": 40,
        "without_affected": 18,
        "without_nights": 35,
    }
    difference = result.comparison.difference
    assert difference is not None
    assert difference.affected_points == pytest.approx(100 * (10 / 40 - 18 / 35))
    expected = newcombe_interval((18, 35), (10, 40))
    assert (difference.affected_interval.low, difference.affected_interval.high) == pytest.approx(
        (100 * expected.low, 100 * expected.high)
    )
    assert result.confidence == 0.95
    assert difference.severity_shift == 0


@pytest.mark.parametrize(("done", "others"), [(6, 20), (20, 6), (0, 20), (20, 0)])
def test_with_fewer_than_seven_nights_on_a_side_there_are_only_counts(done: int, others: int) -> None:
    diary = Recorded(dict.fromkeys(range(done + others), ONSET))
    (result,) = diary.compare(item(dict.fromkeys(range(done), TICKED), range(done, done + others)))
    assert (result.comparison.second.recorded, result.comparison.first.recorded) == (done, others)
    assert (result.comparison.difference, result.rank) == (None, None)
    assert keys(result) == ["counts", "few_nights"]


def test_a_night_whose_episode_began_before_it_was_done_is_on_neither_side() -> None:
    onsets: dict[int, time | None] = dict.fromkeys(range(30), None) | {0: time(20, 59), 1: time(21), 2: time(3)}
    (result,) = Recorded(onsets).compare(item(dict.fromkeys(range(15), TICKED), range(15, 30)))
    assert (result.comparison.second.affected, result.comparison.second.recorded) == (2, 14)
    assert result.as_json()["done_after_start"] == 1


def test_the_order_is_that_of_the_moments_also_when_the_clock_is_set_back() -> None:
    """In Berlin, 2:30 is there twice in the night of 24 October: only the second one is after the tick."""
    autumn = date(2026, 10, 24)
    done_at = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    for start, affected in (
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), 0),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), 1),
    ):
        history = DiaryHistory(
            tonight=autumn + timedelta(days=1), observations={autumn: NightObservation((870,), 5)}, named={}
        )
        subject = Subject(kind=SubjectKind.PRACTICE, done={autumn: done_at}, others=())
        (result,) = compare_with_without([subject], history, {autumn: start}).items
        assert result.comparison.second.affected == affected


def test_a_night_without_it_is_treated_alike_by_the_time_of_the_nearest_night_with_it() -> None:
    """Else only the nights with it would lose their early episodes, and anything done late would look helpful."""
    onsets = {day: time(20) if day >= 20 else None for day in range(40)} | {39: time(22, 30)}
    onsets[38] = None
    done = dict.fromkeys(range(20), time(21)) | {38: time(23)}
    (result,) = Recorded(onsets).compare(item(done, [*range(20, 38), 39]))
    assert (result.comparison.first.affected, result.comparison.first.recorded) == (0, 0)
    assert values(result, "started_before") == {"nights": 19}
    (other,) = Recorded(onsets).compare(item(dict.fromkeys(range(20), time(19)), range(20, 40)))
    assert (other.comparison.first.affected, other.comparison.first.recorded) == (19, 20)


@pytest.mark.parametrize("done_at", [None, at(1, time(13)), at(3, TICKED)])
def test_a_tick_made_when_the_night_was_over_says_nothing_about_the_order(done_at: datetime | None) -> None:
    """Such a night is on neither side, affected or clear: else the clear ones alone would be left."""
    done: dict[int, time | datetime | None] = {0: done_at, 1: TICKED} | {2: done_at}
    (result,) = Recorded({0: ONSET, 1: ONSET, 2: None}).compare(item(done, ()))
    recorded = result.comparison.second.recorded
    assert recorded == 1
    assert values(result, "order_unknown") == {"nights": 2}


def test_an_item_that_is_ticked_in_the_morning_does_not_look_helpful() -> None:
    onsets = {day: ONSET if day % 2 else None for day in range(60)}
    done = {day: time(8) for day in range(60) if day % 3}
    (result,) = Recorded(onsets).compare(item(done, range(0, 60, 3)))
    first, second = result.comparison.first, result.comparison.second
    assert (first.affected, second.affected) == (0, 0)
    assert not result.is_rare


def test_both_ways_of_counting_late_nights_are_within_the_interval() -> None:
    """On half of the affected nights it is done late. As nights without it, there would be no difference."""
    onsets = {day: ONSET if day % 2 else None for day in range(120)}
    done = {day: TICKED if day % 4 < 2 else time(23, 30) for day in range(120) if day % 4 < 2 or day % 8 == 3}
    (result,) = Recorded(onsets).compare(item(done, [day for day in range(120) if day not in done]))
    difference = result.comparison.difference
    assert difference is not None
    assert difference.affected_points > 10
    assert difference.affected_interval.low < 0 < difference.affected_interval.high
    late = values(result, "done_after_start")
    assert late == {"nights": 15, "affected": 30, "otherwise": 60}
    assert not result.is_rare


def test_items_keep_their_order_and_each_interval_is_for_all_of_them() -> None:
    onsets = {day: ONSET if day % 3 else None for day in range(60)}
    subjects = [item(dict.fromkeys(range(day, day + 30), TICKED), range(30), uid=str(day)) for day in (30, 20, 10, 0)]
    results = Recorded(onsets).compare(*subjects)
    assert [each.subject.uid for each in results] == ["30", "20", "10", "0"]
    assert {each.confidence for each in results} == {1 - 0.05 / 4}
    (alone,) = Recorded(onsets).compare(subjects[0])
    wide, narrow = results[0].comparison.second.affected_interval, alone.comparison.second.affected_interval
    assert wide is not None
    assert narrow is not None
    assert wide.low < narrow.low < narrow.high < wide.high


def test_that_the_shares_of_recorded_nights_differ_is_said() -> None:
    onsets: dict[int, time | None] = dict.fromkeys([*range(10), *range(20, 40)], ONSET)
    (result,) = Recorded(onsets).compare(item(dict.fromkeys(range(20), TICKED), range(20, 40)))
    assert values(result, "recorded_with") == {"with_percent": 50, "without_percent": 100}


# --- how unusual a difference is --------------------------------------------------------------------------------------


def test_a_large_difference_on_mixed_evenings_is_unusual() -> None:
    bad = set(Random(1).sample(range(70), 30))  # noqa: S311 - a sequence that can be repeated
    onsets = {day: ONSET if day in bad else None for day in range(70)}
    done = {day: TICKED for day in range(70) if onsets[day] is None}
    (result,) = Recorded(onsets).compare(item(done, [day for day in range(70) if day not in done]))
    assert result.is_rare
    assert keys(result)[1] == "shifts_rare"


def test_the_same_difference_is_not_unusual_where_everything_comes_in_a_row() -> None:
    """Two long stretches: moved by some nights, the same evenings give nearly the same difference."""
    onsets = {day: ONSET if day < 35 else None for day in range(70)}
    (result,) = Recorded(onsets).compare(item(dict.fromkeys(range(35, 70), TICKED), range(35)))
    assert result.comparison.difference is not None
    assert result.comparison.difference.affected_interval.high < 0
    assert result.rank is not None
    assert result.rank.percent > 1


def test_a_short_diary_cannot_say_how_unusual_a_difference_is() -> None:
    onsets = {day: ONSET if day % 2 else None for day in range(18)}
    done = dict.fromkeys(range(0, 18, 2), TICKED)
    (result,) = Recorded(onsets).compare(item(done, range(1, 18, 2)))
    assert keys(result)[1] == "too_few_shifts"
    assert values(result, "too_few_shifts") == {"nights": 20}
    assert not result.is_rare


def test_shifts_are_counted_as_if_the_evenings_were_moved_one_by_one() -> None:
    onsets = {day: time(20 + day % 4) if day * 7 % 5 < 3 else None for day in range(40) if day % 9}
    history = Recorded(onsets).history
    with_it = {night(day): 60 * (8 + day % 3) for day in range(40) if day * 3 % 7 < 3}
    without_it = {night(day): 540 for day in range(40) if day * 3 % 7 >= 4}

    def share(minutes: Mapping[date, int], shift: int) -> float:
        counted = []
        for day in range(40):
            observed = history.observations.get(night((day - shift) % 40))
            minute = minutes.get(night(day))
            if observed is None or minute is None or (observed.is_affected and min(observed.onsets) < minute):
                continue
            counted.append(observed.is_affected)
        assert len(counted) >= 7
        return sum(counted) / len(counted)

    differences = [abs(share(with_it, shift) - share(without_it, shift)) for shift in range(40)]
    rank = rank_shift(with_it, without_it, Nights(night(0), night(39)), history.observations)
    assert rank is not None
    assert rank.shifts == 39
    assert rank.at_least == sum(each >= differences[0] - 1e-9 for each in differences[1:])
    assert rank.percent == pytest.approx(100 * (rank.at_least + 1) / 40)


# --- what was measured, and tags --------------------------------------------------------------------------------------


def test_nights_are_split_at_the_median_and_those_at_it_are_on_neither_side() -> None:
    temperatures = {night(day): float(value) for day, value in enumerate([18, 19, 20, 20, 21, 22, 23])}
    subject = split_at_usual(SubjectKind.TEMPERATURE, temperatures, Nights(night(0), night(6)))
    assert subject is not None
    assert subject.usual == 20
    assert list(subject.done) == [night(4), night(5), night(6)]
    assert subject.others == {night(0), night(1)}
    assert split_at_usual(SubjectKind.HUMIDITY, {}, Nights(night(0), night(6))) is None


def test_an_early_episode_counts_on_a_warm_night() -> None:
    temperatures = {night(day): float(day) for day in range(20)}
    subject = split_at_usual(SubjectKind.TEMPERATURE, temperatures, Nights(night(0), night(19)))
    assert subject is not None
    (result,) = Recorded(dict.fromkeys(range(20), time(13))).compare(subject)
    assert (result.comparison.first.affected, result.comparison.second.affected) == (10, 10)
    assert keys(result)[0] == "counts_temperature"


def test_a_tag_has_no_share_but_a_severity_and_an_onset() -> None:
    onsets = {day: time(22) if day < 10 else time(23) for day in range(20)}
    subject = Subject(
        kind=SubjectKind.TAG,
        text="late coffee",
        done=dict.fromkeys(map(night, range(10))),
        others={night(day) for day in range(10, 20)},
        is_timed=False,
    )
    diary = Recorded(onsets)
    (result,) = diary.compare(subject)
    response = result.as_json()
    assert response["with"]["affected_percent"] is response["with"]["affected_interval"] is None
    assert response["difference"] == {
        "affected_points": None,
        "affected_interval": None,
        "severity_shift": 0,
        "onset_minutes": pytest.approx(-60),
    }
    assert (result.rank, keys(result)) == (None, ["counts_tag"])
    common = compare_with_without([subject], diary.history, diary.starts).sentences
    assert [sentence.key for sentence in common] == ["tag_only_affected", "other_reasons"]


def test_without_subjects_that_is_said() -> None:
    diary = Recorded({0: ONSET})
    comparison = compare_with_without([], diary.history, diary.starts)
    assert [sentence.key for sentence in comparison.sentences] == ["nothing_to_compare"]
