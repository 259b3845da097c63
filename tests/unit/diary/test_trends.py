"""Tests of the trends."""

from datetime import UTC, date, datetime, timedelta

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import NewEpisode

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
TONIGHT = date(2026, 11, 23)
DAY = timedelta(days=1)


def test_a_removed_practice_is_left_out_of_a_period_in_which_it_was_not_done(diary: Diary) -> None:
    diary.create_routine("alex", ["stretch"], NOW - 3 * DAY)
    (item,) = diary.routine("alex", TONIGHT)
    diary.update_item("alex", item.uid, NOW - 3 * DAY, done=True)
    diary.update_item("alex", item.uid, NOW - 2 * DAY, done=True)

    (kept,) = diary.trends("alex", 1, NOW).practices
    assert (kept.since, kept.removed, kept.nights) == (TONIGHT - 3 * DAY, False, ())
    diary.remove_items("alex", [item.uid], NOW)
    assert diary.trends("alex", 1, NOW).practices == []
    (removed,) = diary.trends("alex", 3, NOW).practices
    assert (removed.text, removed.since, removed.removed) == ("stretch", TONIGHT - 3 * DAY, True)
    assert removed.nights == (TONIGHT - 2 * DAY,)


def test_the_trends_begin_with_the_first_recorded_night_of_this_sleeper(diary: Diary) -> None:
    diary.log("alex", NewEpisode(started_at=NOW - 5 * DAY), NOW)
    diary.log("kim", NewEpisode(started_at=NOW - 9 * DAY), NOW)
    diary.log_clear_night("alex", TONIGHT - 7 * DAY, NOW)

    assert diary.trends("alex", None, NOW).period.first == TONIGHT - 7 * DAY
    diary.delete_clear_night("alex", TONIGHT - 7 * DAY, NOW)
    assert diary.trends("alex", None, NOW).period.first == TONIGHT - 5 * DAY
    assert diary.trends("robin", None, NOW).period.first == TONIGHT


def test_the_months_are_the_current_one_up_to_tonight_and_the_one_before(diary: Diary) -> None:
    current, previous = diary.trends("alex", 1, NOW).months
    assert (current.figures.first_night, current.figures.last_night) == (date(2026, 11, 1), TONIGHT)
    assert (previous.figures.first_night, previous.figures.last_night) == (date(2026, 10, 1), date(2026, 10, 31))
