"""Tests of the summary."""

from datetime import UTC, date, datetime, time, timedelta
import json
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.diary.models import (
    Activity,
    BodyPart,
    Episode,
    Practice,
    Relief,
    ReliefEffect,
    Sensation,
    Side,
    SleepImpact,
)
from custom_components.rls_bedtime.diary.nights import Nights
from custom_components.rls_bedtime.diary.statistics.figures import ReliefFigures, ValueCounts
from custom_components.rls_bedtime.diary.statistics.summary import required_nights

from ..samples import BERLIN, clear, episode, local, summary_of

NOW = local("2026-11-24 03:12")
TONIGHT = date(2026, 11, 23)
MONTH = Nights(date(2026, 10, 27), TONIGHT)
NOVEMBER = Nights(date(2026, 11, 1), TONIGHT)


def two_months() -> dict[str, Any]:
    """Return the records of two months, whose figures are calculated by hand below."""
    return {
        "episodes": (
            episode(
                "2026-11-20 22:00",
                minutes=30,
                severity=4,
                side=Side.LEFT,
                body_parts=(BodyPart.CALF, BodyPart.FOOT),
                sensations=(Sensation.CRAWLING,),
                activity=Activity.LYING,
                relief=(Relief.WALKING,),
                relief_effect=ReliefEffect.FULL,
                sleep_impact=SleepImpact.DELAYED,
                tags=("coffee",),
            ),
            episode("2026-11-21 01:00", minutes=60, severity=8, side=Side.BOTH, body_parts=(BodyPart.CALF,)),
            episode("2026-11-24 01:00", relief=(Relief.WALKING, Relief.BATH)),
            episode("2026-10-01 20:00", severity=2),
            episode("2026-10-02 21:00", minutes=20, severity=3),
        ),
        "clear_nights": (clear(date(2026, 11, 19)), clear(date(2026, 11, 20)), clear(date(2026, 10, 3))),
        "practices": (
            Practice(item="Leg massage", text="Leg massage", night=date(2026, 11, 20)),
            Practice(item="Leg massage", text="Leg massage", night=date(2026, 11, 21)),
            Practice(item="No screens", text="No screens", night=date(2026, 11, 21)),
            Practice(item="No screens", text="No screens", night=date(2026, 10, 1)),
        ),
        "bedtimes": tuple(local(f"2026-11-{day} 22:30") for day in range(10, 15)),
    }


def test_the_summary_of_a_month_matches_a_manual_calculation() -> None:
    summary = summary_of(MONTH, NOW, **two_months())

    figures = summary.figures
    assert (figures.first_night, figures.last_night) == (date(2026, 10, 27), TONIGHT)
    # Affected: the 20th and the 23rd. Clear: the 19th. 28 nights less those three.
    assert (figures.nights.recorded, figures.nights.affected, figures.nights.clear) == (3, 2, 1)
    assert figures.nights.unrecorded == 25
    assert (figures.episodes.n, figures.episodes.per_recorded_night) == (3, 1)
    assert (figures.severity.n, figures.severity.mean, figures.severity.max) == (2, 6, 8)
    # Two at 15 degrees past midnight, one at 30 before: atan((2 sin 15 - sin 30) / (2 cos 15 + cos 30)) = 0.36 degrees.
    assert (figures.onset.n, figures.onset.mean, figures.onset.earliest) == (3, time(0, 1), time(22, 0))
    assert (figures.duration.n, figures.duration.median) == (2, 45)
    assert summary.sides == ValueCounts(n=2, counts={"both": 1, "left": 1})
    assert summary.body_parts == ValueCounts(n=2, counts={"calf": 2, "foot": 1})
    assert summary.sensations == ValueCounts(n=1, counts={"crawling": 1})
    assert summary.activities == ValueCounts(n=1, counts={"lying": 1})
    assert summary.sleep_impacts == ValueCounts(n=1, counts={"delayed": 1})
    assert summary.tags == ValueCounts(n=1, counts={"coffee": 1})
    assert summary.relief == {
        Relief.WALKING: ReliefFigures(used=2, rated=1, helped=1),
        Relief.BATH: ReliefFigures(used=1, rated=0, helped=None),
    }
    assert summary.practices == ValueCounts(n=2, counts={"Leg massage": 2, "No screens": 1})
    assert summary.bedtimes.n == 5
    assert summary.bedtimes.standard_deviation == pytest.approx(0, abs=1e-3)


def test_the_last_28_nights_are_compared_with_the_28_before() -> None:
    summary = summary_of(NOVEMBER, NOW, **two_months())

    assert (summary.recent.first_night, summary.recent.last_night) == (date(2026, 10, 27), TONIGHT)
    assert (summary.before.first_night, summary.before.last_night) == (date(2026, 9, 29), date(2026, 10, 26))
    assert summary.recent.nights.recorded == summary.before.nights.recorded == 3
    assert summary.change.affected_percent == 0
    assert summary.change.episodes_per_recorded_night == pytest.approx(1 - 2 / 3)
    assert summary.change.severity_mean == 6 - 2.5
    assert summary.change.severity_median == 6 - 2.5
    assert summary.change.duration_median == 45 - 20
    # From 20:30 to about midnight.
    assert summary.change.onset_mean == pytest.approx(210, abs=2)


def test_the_difference_to_an_unknown_figure_is_unknown() -> None:
    summary = summary_of(MONTH, NOW, [episode("2026-11-20 22:00", minutes=5, severity=4)])

    assert summary.before.nights.recorded == 0
    assert set(summary.as_json()["change"].values()) == {None}


def test_a_summary_requires_the_nights_it_compares_with() -> None:
    assert required_nights(NOVEMBER) == Nights(date(2026, 9, 29), TONIGHT)
    assert required_nights(Nights(date(2026, 1, 1), TONIGHT)) == Nights(date(2026, 1, 1), TONIGHT)


def test_a_summary_of_the_past_is_compared_with_the_nights_before_it() -> None:
    summary = summary_of(Nights(date(2026, 10, 1), date(2026, 10, 2)), NOW, **two_months())

    assert summary.figures.episodes.n == 2
    assert (summary.recent.last_night, summary.recent.episodes.n) == (date(2026, 10, 2), 2)
    assert summary.before.last_night == date(2026, 9, 4)


def test_the_figures_of_an_empty_diary_are_unknown() -> None:
    summary = summary_of(MONTH, NOW).as_json()

    assert summary["nights"] == {"recorded": 0, "affected": 0, "affected_percent": None, "clear": 0, "unrecorded": 27}
    assert summary["episodes"] == {"n": 0, "per_recorded_night": None}
    assert summary["severity"] == {"n": 0, "mean": None, "median": None, "max": None}
    assert summary["duration"] == {"n": 0, "median": None, "mean": None}
    assert summary["bedtimes"] == {"n": 0, "standard_deviation": None}
    assert summary["relief"] == {}
    assert summary["tags"] == {"n": 0, "counts": {}}


def test_a_summary_is_converted_to_json_types() -> None:
    summary = summary_of(MONTH, NOW, **two_months()).as_json()

    assert json.loads(json.dumps(summary)) == summary
    assert summary["first_night"] == "2026-10-27"
    assert summary["onset"]["earliest"] == "22:00"
    assert summary["relief"]["bath"] == {"used": 1, "rated": 0, "helped": None}
    assert all(type(word) is str for word in summary["relief"])
    assert set(summary) == {
        *("first_night", "last_night", "nights", "episodes", "severity", "onset", "duration"),
        *("sides", "body_parts", "sensations", "activities", "sleep_impacts", "tags", "relief"),
        *("practices", "bedtimes", "recent", "before", "change"),
    }


@pytest.mark.parametrize(
    ("start", "night"),
    [
        ("2026-10-25 02:30", date(2026, 10, 24)),
        ("2026-03-29 03:30", date(2026, 3, 28)),
        ("2027-01-01 00:10", date(2026, 12, 31)),
        ("2026-12-31 12:00", date(2026, 12, 31)),
        ("2026-12-31 11:59", date(2026, 12, 30)),
    ],
)
def test_an_episode_belongs_to_the_night_of_its_own_wall_clock(start: str, night: date) -> None:
    summary = summary_of(Nights(night, night), local("2027-06-01 12:00"), [episode(start)])

    assert summary.figures.nights.affected == 1


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Niue"])
def test_an_episode_abroad_belongs_to_the_night_of_its_own_wall_clock(zone: str) -> None:
    night = Nights(date(2026, 11, 20), date(2026, 11, 20))
    abroad = [episode(local(at, ZoneInfo(zone))) for at in ("2026-11-20 12:00", "2026-11-21 11:59", "2026-11-21 12:00")]

    assert summary_of(night, NOW, abroad).figures.episodes.n == 2


episodes = st.builds(
    episode,
    st.datetimes(datetime(2026, 8, 1), datetime(2026, 12, 31), timezones=st.sampled_from([BERLIN, UTC])),
    minutes=st.none() | st.floats(0, 600),
    severity=st.none() | st.integers(0, 10),
    side=st.none() | st.sampled_from(Side),
    body_parts=st.lists(st.sampled_from(BodyPart)).map(tuple),
    relief=st.lists(st.sampled_from(Relief)).map(tuple),
    relief_effect=st.none() | st.sampled_from(ReliefEffect),
    tags=st.lists(st.sampled_from(["coffee", "sport", "late"])).map(tuple),
)
clear_nights = st.sets(st.dates(date(2026, 8, 1), TONIGHT)).map(lambda nights: tuple(map(clear, sorted(nights))))
periods = st.builds(Nights.ending, st.dates(date(2026, 10, 1), TONIGHT), st.integers(1, 60))


@given(st.lists(episodes, max_size=30), clear_nights, periods, st.randoms(use_true_random=False))
def test_the_order_has_no_influence(
    logged: list[Episode], marked: tuple[Any, ...], nights: Nights, random: Any
) -> None:
    shuffled = logged.copy()
    random.shuffle(shuffled)

    assert summary_of(nights, NOW, shuffled, clear_nights=marked[::-1]) == summary_of(
        nights, NOW, logged, clear_nights=marked
    )


@given(st.lists(episodes, max_size=30), clear_nights, periods)
def test_counts_add_up_and_nothing_unknown_is_zero(
    logged: list[Episode], marked: tuple[Any, ...], nights: Nights
) -> None:
    summary = summary_of(nights, NOW, logged, clear_nights=marked)

    for figures in (summary.figures, summary.recent, summary.before):
        counts = figures.nights
        assert counts.recorded == counts.affected + counts.clear
        assert counts.recorded + counts.unrecorded <= (figures.last_night - figures.first_night).days + 1
        assert figures.episodes.n >= counts.affected
        assert figures.episodes.n == figures.onset.n == sum(figures.onset.histogram)
        for some, value in (
            (figures.severity.n, figures.severity.mean),
            (figures.duration.n, figures.duration.median),
            (counts.recorded, figures.episodes.per_recorded_night),
            (counts.recorded, counts.affected_percent),
        ):
            assert (value is None) == (some == 0)
    for relief in summary.relief.values():
        assert (relief.helped is None) == (relief.rated == 0)
        assert 0 <= (relief.helped or 0) <= relief.rated <= relief.used
    assert summary.sides.n == sum(summary.sides.counts.values())


@given(st.lists(episodes, max_size=20), periods, st.integers(1, 1000))
def test_episodes_of_other_nights_have_no_influence(logged: list[Episode], nights: Nights, days: int) -> None:
    known = required_nights(nights)
    far = datetime.combine(known.first, time(12), BERLIN) - timedelta(minutes=days)

    assert summary_of(nights, NOW, [*logged, episode(far)]) == summary_of(nights, NOW, logged)
