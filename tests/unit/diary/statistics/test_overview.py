"""Tests of the overview."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.diary.models import MAX_ONGOING, ClearNight, Episode
from custom_components.rls_bedtime.diary.nights import Nights, night_of
from custom_components.rls_bedtime.diary.statistics.overview import DiaryOverview, overview, recent_nights, recent_onset

from ..samples import BERLIN, clear, episode, local, summary_of

NOW = local("2026-11-24 03:12")
TONIGHT = date(2026, 11, 23)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def overview_of(*episodes: Episode, now: datetime = NOW, clear_nights: tuple[ClearNight, ...] = ()) -> DiaryOverview:
    """Return the overview of a diary with these episodes and clear nights."""
    last = max(episodes, key=lambda each: each.started_at, default=None)
    return overview(now, map(recent_onset, episodes), last, clear_nights)


def test_the_overview_of_an_empty_diary_has_no_figures() -> None:
    result = overview_of()

    assert result.night == TONIGHT
    assert result.episodes_tonight == 0
    assert (result.last, result.ongoing, result.is_clear_tonight) == (None, None, False)
    assert (result.nights.recorded, result.nights.affected_percent, result.nights.unrecorded) == (0, None, 27)
    assert (result.severity.n, result.severity.mean) == (0, None)
    assert (result.onset.n, result.onset.mean) == (0, None)
    assert result.changes_at == NOON


def test_the_overview_covers_28_nights_from_noon_to_noon() -> None:
    result = overview_of(
        episode("2026-10-27 11:59", severity=10),
        episode("2026-10-27 12:00", severity=2),
        episode("2026-11-23 11:59", severity=4),
        episode("2026-11-23 12:00", severity=6),
        episode("2026-11-24 03:00", severity=8),
    )

    assert recent_nights(NOW) == Nights(date(2026, 10, 27), TONIGHT)
    assert result.episodes_tonight == 2
    assert (result.nights.affected, result.severity.n, result.onset.n) == (3, 4, 4)
    assert result.severity.mean == 5


def test_affected_percent_is_of_the_recorded_nights() -> None:
    result = overview_of(
        episode("2026-11-20 23:00"),
        clear_nights=(clear(date(2026, 11, 20)), clear(date(2026, 11, 21)), clear(date(2026, 11, 22)), clear(TONIGHT)),
    )

    assert result.nights.affected_percent == 25
    assert (result.nights.recorded, result.nights.unrecorded) == (4, 24)
    assert result.is_clear_tonight


def test_tonight_is_not_clear_with_an_episode_even_if_logged_as_clear() -> None:
    result = overview_of(episode("2026-11-24 01:00"), clear_nights=(clear(TONIGHT),))

    assert not result.is_clear_tonight
    assert result.nights.affected_percent == 100


def test_the_usual_onset_is_a_circular_mean() -> None:
    result = overview_of(episode("2026-11-22 23:40"), episode("2026-11-24 00:20"))

    assert (result.onset.mean, result.onset.n) == (time(0, 0), 2)


@pytest.mark.parametrize(
    ("logged", "is_ongoing"),
    [
        (episode("2026-11-24 03:00"), True),
        (episode("2026-11-23 23:13"), True),
        (episode("2026-11-23 23:12"), False),
        (episode("2026-11-24 03:00", minutes=5), False),
    ],
)
def test_an_episode_is_ongoing_until_its_end_or_for_four_hours(logged: Episode, *, is_ongoing: bool) -> None:
    assert (overview_of(logged).ongoing == logged) is is_ongoing


def test_an_episode_is_ongoing_until_the_next_one_starts() -> None:
    result = overview_of(episode("2026-11-24 01:00"), episode("2026-11-24 02:00", minutes=10))

    assert result.ongoing is None


def test_the_overview_changes_after_four_hours_or_at_noon_whichever_is_first() -> None:
    assert overview_of(episode("2026-11-24 03:00")).changes_at == datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
    assert overview_of(episode("2026-11-24 03:00", minutes=5)).changes_at == NOON
    late = local("2026-11-24 09:00")
    assert overview_of(episode("2026-11-24 08:30"), now=late).changes_at == NOON


@pytest.mark.parametrize(
    ("start", "now", "is_ongoing"),
    [
        # The clocks go back at 03:00: from 01:00 to 03:30 three and a half hours pass, to 04:00 four.
        ("2026-10-25 01:00", "2026-10-25 03:30", True),
        ("2026-10-25 01:00", "2026-10-25 04:00", False),
        # They go forward at 02:00: from 01:00 to 05:30 three and a half hours pass, to 06:00 four.
        ("2026-03-29 01:00", "2026-03-29 05:30", True),
        ("2026-03-29 01:00", "2026-03-29 06:00", False),
    ],
)
def test_four_hours_are_elapsed_time_across_a_clock_change(start: str, now: str, *, is_ongoing: bool) -> None:
    # As the diary stores it: with a UTC offset, without a time zone.
    began = datetime.fromisoformat(local(start).isoformat())
    result = overview_of(episode(began), now=local(now))

    assert (result.ongoing is not None) is is_ongoing
    if is_ongoing:
        assert result.changes_at - began == MAX_ONGOING


@pytest.mark.parametrize(
    ("now", "noon"),
    [
        ("2026-10-24 12:00", "2026-10-25 11:00"),
        ("2026-10-25 02:30", "2026-10-25 11:00"),
        ("2026-03-28 23:00", "2026-03-29 10:00"),
        ("2026-12-31 23:59", "2027-01-01 11:00"),
    ],
)
def test_the_overview_changes_at_noon_of_the_wall_clock(now: str, noon: str) -> None:
    assert overview_of(now=local(now)).changes_at == datetime.fromisoformat(noon).replace(tzinfo=UTC)


def test_the_night_across_new_year_is_one_night() -> None:
    result = overview_of(
        episode("2026-12-31 23:50"), episode("2027-01-01 00:10", minutes=5), now=local("2027-01-01 09:00")
    )

    assert result.night == date(2026, 12, 31)
    assert (result.episodes_tonight, result.nights.affected) == (2, 1)


def test_the_nights_of_a_traveler_follow_their_own_wall_clock() -> None:
    in_tokyo = local("2026-11-23 23:00", ZoneInfo("Asia/Tokyo"))
    result = overview_of(episode(in_tokyo), now=local("2026-11-23 13:00", ZoneInfo("America/Los_Angeles")))

    assert result.night == TONIGHT
    assert result.episodes_tonight == 1


moments = st.datetimes(datetime(2026, 10, 1), datetime(2026, 11, 25), timezones=st.just(BERLIN))


@given(st.lists(moments, max_size=20), moments)
def test_the_overview_is_valid_until_changes_at(starts: list[datetime], now: datetime) -> None:
    episodes = [episode(datetime.fromisoformat(start.isoformat())) for start in starts if start <= now]
    result = overview_of(*episodes, now=now)
    then = result.changes_at - timedelta(seconds=1)

    assert result.changes_at > now
    if then > now:
        assert overview_of(*episodes, now=then.astimezone(BERLIN)) == result
    assert overview_of(*episodes, now=result.changes_at.astimezone(BERLIN)) != result


@given(st.lists(st.tuples(moments, st.none() | st.integers(0, 10)), max_size=20), moments)
def test_the_overview_agrees_with_the_summary(onsets: list[tuple[datetime, int | None]], now: datetime) -> None:
    episodes = [episode(start, severity=severity) for start, severity in onsets]
    result = overview_of(*episodes, now=now)
    figures = summary_of(recent_nights(now), now, episodes).figures

    assert result.nights == figures.nights
    assert (result.severity.n, result.onset.n) == (figures.severity.n, figures.onset.n)
    assert result.severity.mean == pytest.approx(figures.severity.mean)
    assert result.onset.mean == figures.onset.mean


@given(st.lists(moments, max_size=20), st.sets(st.dates(date(2026, 10, 20), TONIGHT)))
def test_the_nights_of_the_overview_add_up(starts: list[datetime], marked: set[date]) -> None:
    episodes = [episode(start) for start in starts]
    result = overview_of(*episodes, clear_nights=tuple(map(clear, marked)))

    recorded_tonight = TONIGHT in marked | {night_of(each.started_at) for each in episodes}
    assert result.nights.recorded + result.nights.unrecorded == 27 + recorded_tonight
    assert (result.nights.affected_percent is None) == (result.nights.recorded == 0)
