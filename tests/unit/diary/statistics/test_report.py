"""The figures of a report."""

from datetime import date, time, timedelta
from typing import Any

import pytest

from custom_components.rls_bedtime.diary.models import BodyPart, Episode, EpisodeContext, MarkedChange, MarkedChangeKind
from custom_components.rls_bedtime.diary.nights import Nights
from custom_components.rls_bedtime.diary.statistics import medicines
from custom_components.rls_bedtime.diary.statistics.medicines import since_medicines
from custom_components.rls_bedtime.diary.statistics.observations import DiaryHistory, make_history
from custom_components.rls_bedtime.diary.statistics.report import (
    PartOfDay,
    Report,
    count_parts_of_day,
    make_report,
    part_of_day,
)

from ..samples import NOW, TONIGHT, clear, episode, summary_of

BEDTIME = time(22, 30)


def marked(day: date, kind: MarkedChangeKind, **details: Any) -> MarkedChange:
    return MarkedChange(id=f"{day} {kind}", sleeper="alex", day=day, kind=kind, logged_at=NOW, **details)


def report_of(nights: Nights, *episodes: Episode, changes: tuple[MarkedChange, ...] = (), **details: Any) -> Report:
    clear_nights = details.pop("clear_nights", ())
    history = make_history(episodes, clear_nights, changes, TONIGHT)
    summary = summary_of(nights, NOW, episodes, clear_nights=clear_nights)
    return make_report(nights, history, summary, episodes=episodes, changes=changes, bedtime=BEDTIME)


@pytest.mark.parametrize(
    ("start", "part"),
    [
        ("10:00", PartOfDay.DAY),
        ("17:59", PartOfDay.DAY),
        ("18:00", PartOfDay.EVENING),
        ("20:29", PartOfDay.EVENING),
        ("20:30", PartOfDay.BEFORE_BED),
        ("22:29", PartOfDay.BEFORE_BED),
        ("22:30", PartOfDay.AFTER_BED),
        ("09:59", PartOfDay.AFTER_BED),
    ],
)
def test_the_part_of_the_day_in_which_an_episode_starts(start: str, part: PartOfDay) -> None:
    counts = count_parts_of_day([episode(f"2026-11-20 {start}")], BEDTIME)
    assert [each for each, count in counts.items() if count] == [part]


def test_an_early_bedtime_leaves_no_evening() -> None:
    """The last two hours before bed begin before 18:00."""
    assert part_of_day(7 * 60 + 45, 9 * 60 + 30) is PartOfDay.BEFORE_BED
    assert part_of_day(7 * 60, 9 * 60 + 30) is PartOfDay.DAY


def test_the_bedtime_of_a_night_is_that_which_one_of_its_episodes_knows() -> None:
    late = EpisodeContext(bedtime_mode=True, minutes_since_bedtime=30)
    episodes = [episode("2026-11-20 23:00"), episode("2026-11-21 01:00", context=late), episode("2026-11-21 23:00")]
    counts = count_parts_of_day(episodes, BEDTIME)
    assert (counts[PartOfDay.BEFORE_BED], counts[PartOfDay.AFTER_BED]) == (1, 2)


def test_each_night_has_what_was_recorded_of_it() -> None:
    nights = Nights(date(2026, 11, 19), TONIGHT)
    report = report_of(
        nights,
        episode("2026-11-20 23:40", 10, severity=4, body_parts=(BodyPart.CALF,)),
        episode("2026-11-20 22:10", 20, body_parts=(BodyPart.FOOT, BodyPart.CALF)),
        episode("2026-11-22 02:00", severity=8),
        clear_nights=[clear(date(2026, 11, 22))],
    )
    found = {each.night.day: each for each in report.entries}
    assert list(found) == [19, 20, 21, 22]
    first = found[20]
    assert (first.episodes, first.worst, first.first_onset, first.minutes) == (2, 4, time(22, 10), 30)
    assert first.body_parts == (BodyPart.FOOT, BodyPart.CALF)
    assert (found[21].worst, found[21].minutes) == (8, None)
    assert (found[22].is_recorded, found[22].episodes) == (True, 0)
    assert not found[19].is_recorded


def test_a_part_is_named_first_where_it_was_named_first_ever() -> None:
    report = report_of(
        Nights(date(2026, 11, 1), TONIGHT),
        episode("2026-03-01 23:00", body_parts=(BodyPart.CALF, BodyPart.HIP)),
        episode("2026-11-02 23:00", body_parts=(BodyPart.ARM, BodyPart.CALF)),
    )
    assert report.first_named == {BodyPart.CALF: date(2026, 3, 1), BodyPart.ARM: date(2026, 11, 2)}


def test_notes_are_those_of_episodes_and_changes_in_order() -> None:
    report = report_of(
        Nights(date(2026, 11, 1), TONIGHT),
        episode("2026-11-02 23:00", note="second"),
        episode("2026-10-02 23:00", note="too early"),
        changes=(marked(date(2026, 11, 1), MarkedChangeKind.ILLNESS, note="a cold"),),
    )
    assert [note.text for note in report.notes] == ["a cold", "second"]
    assert "a cold" not in str(report.as_json())


def test_a_medicine_is_found_by_its_name_in_any_case() -> None:
    history = DiaryHistory(tonight=TONIGHT, observations={}, named={})
    nights = Nights(TONIGHT - timedelta(days=90), TONIGHT)
    started = marked(date(2026, 10, 1), MarkedChangeKind.MEDICINE_STARTED, name="Example")
    dose = marked(date(2026, 10, 5), MarkedChangeKind.DOSE_CHANGED, name="EXAMPLE", amount="2 mg")
    stopped = marked(date(2026, 10, 9), MarkedChangeKind.MEDICINE_STOPPED, name="example")
    again = marked(date(2026, 11, 1), MarkedChangeKind.MEDICINE_STARTED, name="Example")

    first, second = since_medicines(history, [again, stopped, dose, started], nights)

    assert (first.started, first.stopped, first.doses) == (started, stopped, (dose,))
    assert (second.started, second.stopped, second.doses) == (again, None, ())
    assert since_medicines(history, [started, stopped], Nights(date(2026, 10, 9), TONIGHT)) == []
    assert since_medicines(history, [again], Nights(date(2026, 10, 1), date(2026, 10, 31))) == []


def test_the_facts_of_a_medicine_look_at_the_changes_of_its_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    count = 200
    history = DiaryHistory(tonight=TONIGHT, observations={}, named={})
    changes = [marked(TONIGHT, MarkedChangeKind.MEDICINE_STARTED, name=f"Example {each}") for each in range(count)]
    looked_at: list[MarkedChange] = []

    def folded(change: MarkedChange) -> str:
        looked_at.append(change)
        return str(change.name)

    monkeypatch.setattr(medicines, "_folded", folded)
    assert len(since_medicines(history, changes, Nights(TONIGHT, TONIGHT))) == count
    assert len(looked_at) < 5 * count


def test_what_was_marked_before_the_first_night_is_told_with_the_first_night() -> None:
    changes = (
        marked(date(2026, 9, 1), MarkedChangeKind.LABORATORY, name="Ferritin", value=45.5),
        marked(date(2026, 11, 3), MarkedChangeKind.IRON),
    )
    first = episode("2026-11-02 23:00")
    whole = report_of(Nights(date(2026, 11, 2), TONIGHT), first, changes=changes)
    assert whole.changes == changes
    later = report_of(Nights(date(2026, 11, 3), TONIGHT), first, changes=changes)
    assert later.changes == changes[1:]


def test_a_laboratory_value_ends_no_window() -> None:
    changes = [marked(date(2026, 10, 1), MarkedChangeKind.LABORATORY), marked(TONIGHT, MarkedChangeKind.IRON)]
    assert make_history([], [], changes, TONIGHT).changes == {TONIGHT}
