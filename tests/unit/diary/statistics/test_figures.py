"""Tests of the figures."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.diary.models import Relief, ReliefEffect
from custom_components.rls_bedtime.diary.nights import Nights, clock_time
from custom_components.rls_bedtime.diary.statistics.figures import (
    DurationFigures,
    NightFigures,
    ReliefFigures,
    SeverityFigures,
    count_episodes,
    count_nights,
    count_values,
    duration_figures,
    onset_figures,
    regularity_figures,
    relief_figures,
    severity_figures,
)

from ..samples import BERLIN, episode, local

WEEK = Nights(date(2026, 11, 16), date(2026, 11, 22))
LAST_OF_WEEK = date(2026, 11, 22)
LONG_AFTER = date(2026, 12, 24)


def day(number: int) -> date:
    """Return a day of November."""
    return date(2026, 11, number)


# --- nights ----------------------------------------------------------------------------------------------------------


def test_a_night_is_affected_or_clear_or_unrecorded() -> None:
    counts = count_nights(WEEK, LONG_AFTER, {day(16), day(18)}, {day(20)})

    assert counts == NightFigures(recorded=3, affected=2, affected_percent=200 / 3, clear=1, unrecorded=4)


def test_a_clear_night_with_an_episode_is_affected() -> None:
    counts = count_nights(WEEK, LONG_AFTER, {day(16)}, {day(16), day(17)})

    assert (counts.affected, counts.clear, counts.recorded) == (1, 1, 2)


def test_other_nights_do_not_count() -> None:
    counts = count_nights(WEEK, LONG_AFTER, {day(15), day(23)}, {day(14), day(24)})

    assert counts == NightFigures(recorded=0, affected=0, affected_percent=None, clear=0, unrecorded=7)


def test_tonight_is_not_unrecorded_yet() -> None:
    assert count_nights(WEEK, LAST_OF_WEEK, set(), set()).unrecorded == 6
    assert count_nights(WEEK, day(23), set(), set()).unrecorded == 7


@pytest.mark.parametrize(("affected", "marked"), [({LAST_OF_WEEK}, set()), (set(), {LAST_OF_WEEK})])
def test_tonight_counts_as_soon_as_it_is_recorded(affected: set[date], marked: set[date]) -> None:
    counts = count_nights(WEEK, LAST_OF_WEEK, affected, marked)

    assert (counts.recorded, counts.unrecorded) == (1, 6)


def test_future_nights_do_not_count() -> None:
    assert count_nights(WEEK, day(17), set(), set()).unrecorded == 1
    assert count_nights(WEEK, day(10), set(), set()).unrecorded == 0


days = st.sets(st.dates(day(10), day(28)))


@given(st.dates(day(10), day(28)), st.integers(0, 10), st.dates(day(10), day(28)), days, days)
def test_the_counts_of_nights_add_up(
    first: date, length: int, tonight: date, affected: set[date], marked: set[date]
) -> None:
    nights = Nights(first, first + timedelta(days=length - 1))
    counts = count_nights(nights, tonight, affected, marked)

    assert counts.affected + counts.clear == counts.recorded
    seen = [night for night in nights if night in affected | marked or night < tonight]
    assert counts.recorded + counts.unrecorded == len(seen)
    assert (counts.affected_percent is None) == (counts.recorded == 0)


def test_episodes_per_night_are_unknown_without_recorded_nights() -> None:
    no_nights = count_nights(WEEK, LONG_AFTER, set(), set())
    one_clear_night = count_nights(WEEK, LONG_AFTER, set(), {day(16)})

    assert count_episodes([], no_nights).per_recorded_night is None
    assert count_episodes([], one_clear_night).per_recorded_night == 0


# --- severity --------------------------------------------------------------------------------------------------------


def test_severity_figures_are_based_on_rated_episodes() -> None:
    episodes = [episode("2026-11-16 22:00", severity=severity) for severity in (2, None, 7, 0, 8)]

    assert severity_figures(episodes) == SeverityFigures(n=4, mean=4.25, median=4.5, max=8)


def test_a_severity_of_zero_is_known() -> None:
    assert severity_figures([episode("2026-11-16 22:00", severity=0)]) == SeverityFigures(n=1, mean=0, median=0, max=0)


def test_an_unrated_severity_is_not_zero() -> None:
    assert severity_figures([episode("2026-11-16 22:00")]) == SeverityFigures(n=0, mean=None, median=None, max=None)


# --- onset -----------------------------------------------------------------------------------------------------------


def test_onset_figures_around_midnight_are_circular() -> None:
    starts = ("2026-11-16 22:00", "2026-11-17 23:00", "2026-11-19 00:00", "2026-11-20 01:00", "2026-11-21 02:00")
    onset = onset_figures(episode(start) for start in starts)

    assert onset.n == 5
    assert onset.mean == time(0, 0)
    assert onset.earliest == time(22, 0)
    assert (onset.lower_quartile, onset.upper_quartile) == (time(23, 0), time(1, 0))
    assert onset.interquartile_range == 120
    # The sines cancel out, the cosines of 0, 15 and 30 degrees remain: (1 + 2 cos 15 + 2 cos 30) / 5.
    assert onset.concentration == pytest.approx(0.93278, abs=1e-5)


def test_quartiles_of_four_onsets_are_interpolated() -> None:
    starts = ("2026-11-16 22:00", "2026-11-17 22:40", "2026-11-18 23:20", "2026-11-20 00:00")
    onset = onset_figures(episode(start) for start in starts)

    assert (onset.lower_quartile, onset.upper_quartile) == (time(22, 30), time(23, 30))
    assert onset.interquartile_range == 60


def test_three_onsets_have_a_mean_but_no_quartiles() -> None:
    onset = onset_figures(episode(f"2026-11-{number} 23:00") for number in (16, 17, 18))

    assert onset.mean == time(23, 0)
    assert (onset.lower_quartile, onset.upper_quartile, onset.interquartile_range) == (None, None, None)


def test_onset_figures_without_episodes_are_unknown() -> None:
    onset = onset_figures([])

    assert (onset.n, onset.mean, onset.concentration, onset.earliest) == (0, None, None, None)
    assert onset.histogram == (0,) * 24


def test_onsets_that_cancel_each_other_out_have_no_mean() -> None:
    onset = onset_figures([episode("2026-11-16 18:00"), episode("2026-11-17 06:00")])

    assert onset.mean is None
    assert onset.concentration == pytest.approx(0, abs=1e-9)
    assert onset.earliest == time(18, 0)


def test_the_histogram_starts_at_noon() -> None:
    starts = ("2026-11-16 12:00", "2026-11-16 12:59", "2026-11-16 23:59", "2026-11-17 00:00", "2026-11-17 11:59")
    histogram = onset_figures(episode(start) for start in starts).histogram

    assert histogram[0] == 2
    assert histogram[11] == histogram[12] == histogram[23] == 1
    assert sum(histogram) == 5


@pytest.mark.parametrize("fold", [0, 1])
def test_an_onset_in_a_repeated_hour_has_the_time_of_the_clock(fold: int) -> None:
    onset = onset_figures([episode(datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold))])

    assert onset.earliest == time(2, 30)
    assert onset.histogram[14] == 1


def test_onsets_of_a_traveler_follow_their_own_wall_clock() -> None:
    zones = ("Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles", "Asia/Kathmandu")
    onset = onset_figures(episode(local("2026-11-16 23:30", ZoneInfo(zone))) for zone in zones)

    assert onset.earliest == onset.mean == onset.upper_quartile == time(23, 30)
    assert onset.histogram[11] == 4


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(BERLIN))


@given(st.lists(moments, max_size=30), st.randoms(use_true_random=False))
def test_onset_figures_do_not_depend_on_the_order(starts: list[datetime], random: Any) -> None:
    onset = onset_figures(episode(start) for start in starts)
    random.shuffle(starts)

    assert onset_figures(episode(start) for start in starts) == onset
    assert sum(onset.histogram) == onset.n == len(starts)
    if onset.interquartile_range is not None:
        assert 0 <= onset.interquartile_range < 1440


@given(st.lists(st.integers(0, 1379), min_size=4, max_size=20), st.integers(0, 60))
def test_later_onsets_shift_the_quartiles_but_not_the_range(minutes: list[int], later: int) -> None:
    noon = local("2026-11-16 12:00")
    before = onset_figures(episode(noon + timedelta(minutes=minute)) for minute in minutes)
    after = onset_figures(episode(noon + timedelta(minutes=minute + later)) for minute in minutes)

    assert after.interquartile_range == pytest.approx(before.interquartile_range)
    assert before.earliest == clock_time(min(minutes))
    assert after.earliest == clock_time(min(minutes) + later)


# --- duration --------------------------------------------------------------------------------------------------------


def test_an_episode_without_an_end_has_no_duration() -> None:
    episodes = [episode("2026-11-16 22:00", minutes=10), episode("2026-11-17 22:00"), episode("2026-11-18 22:00", 50)]

    assert duration_figures(episodes) == DurationFigures(n=2, median=30, mean=30)
    assert duration_figures([episode("2026-11-17 22:00")]) == DurationFigures(n=0, median=None, mean=None)


@pytest.mark.parametrize("start", ["2026-10-25 02:30", "2026-03-29 01:30"])
def test_a_duration_is_elapsed_time_across_a_clock_change(start: str) -> None:
    assert duration_figures([episode(start, minutes=45)]).median == 45


# --- counts ----------------------------------------------------------------------------------------------------------


def test_values_are_counted_once_per_episode_most_used_first() -> None:
    counted = count_values([("calf", "foot", "foot"), ("knee", "calf"), (), ("arm",)])

    assert counted.n == 3
    assert list(counted.counts.items()) == [("calf", 2), ("arm", 1), ("foot", 1), ("knee", 1)]


def test_episodes_without_values_are_not_counted() -> None:
    counted = count_values([(), ()])

    assert counted.n == 0
    assert not counted.counts


def test_relief_figures_are_calculated_for_each_measure() -> None:
    episodes = [
        episode("2026-11-16 22:00", relief=(Relief.WALKING, Relief.COLD), relief_effect=ReliefEffect.SOME),
        episode("2026-11-17 22:00", relief=(Relief.WALKING,), relief_effect=ReliefEffect.NONE),
        episode("2026-11-18 22:00", relief=(Relief.WALKING,), relief_effect=ReliefEffect.FULL),
        episode("2026-11-19 22:00", relief=(Relief.WALKING, Relief.BATH)),
        episode("2026-11-20 22:00", relief_effect=ReliefEffect.FULL),
    ]

    figures = relief_figures(episodes)

    assert list(figures) == [Relief.WALKING, Relief.BATH, Relief.COLD]
    assert figures[Relief.WALKING] == ReliefFigures(used=4, rated=3, helped=2)
    assert figures[Relief.COLD] == ReliefFigures(used=1, rated=1, helped=1)


def test_whether_an_unrated_measure_helped_is_unknown() -> None:
    figures = relief_figures([episode("2026-11-16 22:00", relief=(Relief.BATH,))])

    assert figures[Relief.BATH] == ReliefFigures(used=1, rated=0, helped=None)


# --- regularity ------------------------------------------------------------------------------------------------------


def bedtimes(*clocks: str) -> list[datetime]:
    """Return bedtimes of the nights of the week, one after the other."""
    noons = (datetime.combine(night, time(12)) for night in WEEK)
    return [
        (noon + (datetime.fromisoformat(f"2000-01-01 {at}") - datetime(2000, 1, 1, 12)) % timedelta(days=1)).replace(
            tzinfo=BERLIN
        )
        for noon, at in zip(noons, clocks, strict=False)
    ]


def test_bedtimes_around_midnight_are_regular() -> None:
    regularity = regularity_figures(bedtimes("23:50", "00:00", "00:10", "23:50", "00:10"), WEEK)

    assert regularity.n == 5
    # Four of five are off by 10 minutes: the square root of 80, and slightly more on a circle.
    assert regularity.standard_deviation == pytest.approx(80**0.5, abs=0.01)


def test_the_regularity_of_one_night_is_unknown() -> None:
    regularity = regularity_figures(bedtimes("22:30"), WEEK)

    assert (regularity.n, regularity.standard_deviation) == (1, None)


def test_two_equal_bedtimes_have_no_deviation() -> None:
    regularity = regularity_figures(bedtimes("22:30", "22:30"), WEEK)

    assert (regularity.n, regularity.standard_deviation) == (2, 0)


def test_only_the_first_bedtime_of_a_night_counts() -> None:
    once = bedtimes("22:00", "22:10", "22:20", "22:30", "22:40")
    again = [each + timedelta(hours=4) for each in once]

    assert regularity_figures(again + once, WEEK) == regularity_figures(once, WEEK)


def test_bedtimes_of_other_nights_do_not_count() -> None:
    assert regularity_figures([local("2026-11-16 11:59"), local("2026-11-23 12:00")], WEEK).n == 0
