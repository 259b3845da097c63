"""What the nights of a diary can be compared with and without, run within a transaction."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from sqlalchemy.orm import Session

from . import queries, routine
from .local_times import LocalTimes
from .models import EARLIEST_START, InvalidEntryError, NightConditions, clean_text, fold_text
from .nights import Nights, night_of
from .statistics.with_without import Subject, SubjectKind, split_at_usual

ALL: Final = "all"

type Wanted = Mapping[SubjectKind, tuple[str, ...]]
"""What to compare: the items, or the tag, that are named; all items if the only name is "all"."""

EVERYTHING: Final[Wanted] = {
    SubjectKind.PRACTICE: (ALL,),
    SubjectKind.BEDTIME_MODE: (),
    SubjectKind.TEMPERATURE: (),
    SubjectKind.HUMIDITY: (),
    SubjectKind.ILLUMINANCE: (),
}
"""All that does not have to be named."""

_MAX_CHOICES: Final = 20
_DAY: Final = timedelta(days=1)

_VALUES: Final[Mapping[SubjectKind, Callable[[NightConditions], float | None]]] = {
    SubjectKind.TEMPERATURE: lambda each: each.temperature,
    SubjectKind.HUMIDITY: lambda each: each.humidity,
    SubjectKind.ILLUMINANCE: lambda each: each.illuminance,
}


def find_subjects(
    session: Session, sleeper: str, wanted: Wanted, nights: Nights, starts: Collection[datetime], zone: tzinfo | None
) -> list[Subject]:
    """Return the subjects in these nights. What the diary knows nothing of is left out.

    `starts` is when the episodes of the diary began, in local time.

    Raises InvalidEntryError for an unknown item or tag.
    """
    bedtimes = queries.bedtimes(session, sleeper, EARLIEST_START.date(), nights.last)
    local_times = LocalTimes([*starts, *bedtimes], zone)
    affected = {night_of(each) for each in starts}
    subjects: list[Subject] = []
    for kind, names in wanted.items():
        if kind is SubjectKind.PRACTICE:
            subjects.extend(_practices(session, sleeper, names, nights, local_times))
        elif kind is SubjectKind.TAG:
            subjects.extend(_tag(session, sleeper, name, nights, affected) for name in names)
        elif kind is SubjectKind.BEDTIME_MODE:
            subjects.extend(_bedtime_mode(bedtimes, nights))
        else:
            subjects.extend(_condition(session, sleeper, kind, nights))
    return subjects


def _practices(
    session: Session, sleeper: str, names: tuple[str, ...], nights: Nights, local_times: LocalTimes
) -> list[Subject]:
    """Return items, with the nights on which anything of the routine was done, for only then not done means not done.

    A removed item is not known not to be done from the night of its removal on.
    """
    done: dict[str, dict[date, datetime | None]] = {}
    for practice in routine.practices(session, sleeper, nights.first, nights.last):
        done_at = None if practice.done_at is None else local_times.at(practice.done_at)
        done.setdefault(practice.item, {})[practice.night] = done_at
    used = {night for moments in done.values() for night in moments}
    histories = routine.histories(session, sleeper, None, None)
    if names != (ALL,) or routine.has_item(session, sleeper, ALL):
        uids = routine.find_uids(session, sleeper, _split(session, sleeper, names))
        histories = [each for each in histories if each.uid in uids]
    subjects = []
    for each in histories:
        moments = done.get(each.uid, {})
        last = nights.last if each.removed_at is None else night_of(local_times.at(each.removed_at)) - _DAY
        known = Nights(each.since or nights.first, last)
        others = frozenset(night for night in used if night in known and night not in moments)
        subjects.append(
            Subject(
                kind=SubjectKind.PRACTICE,
                uid=each.uid,
                text=each.text,
                removed=each.removed,
                done=moments,
                others=others,
            )
        )
    return subjects


def _split(session: Session, sleeper: str, names: tuple[str, ...]) -> list[str]:
    """Return names of items, of which one may have been several with commas between them, or one with commas in it."""
    return [
        part.strip()
        for name in names
        for part in ([name] if routine.has_item(session, sleeper, name) else name.split(","))
        if part.strip()
    ]


def _tag(session: Session, sleeper: str, name: str, nights: Nights, affected: Iterable[date]) -> Subject:
    """Return a tag. It is told with an episode, so only affected nights are with it or without it."""
    by_tag = queries.tagged_nights(session, sleeper)
    folded = fold_text(clean_text(name))
    spellings = [tag for tag in by_tag if fold_text(tag) == folded]
    if not spellings:
        used = Counter({tag: len(found) for tag, found in by_tag.items()}).most_common(_MAX_CHOICES)
        raise InvalidEntryError("unknown_tag", tag=name, choices=", ".join(tag for tag, _ in used))
    done = {night for tag in spellings for night in by_tag[tag] if night in nights}
    return Subject(
        kind=SubjectKind.TAG,
        text=spellings[0],
        done=dict.fromkeys(sorted(done)),
        others=frozenset(night for night in affected if night in nights and night not in done),
        is_timed=False,
    )


def _bedtime_mode(bedtimes: Iterable[datetime], nights: Nights) -> list[Subject]:
    """Return bedtime mode, of which nothing is known before it started for the first time."""
    started: dict[date, datetime | None] = {}
    for moment in bedtimes:
        # They are in order, and the first one of a night counts.
        started.setdefault(night_of(moment), moment)
    if not started:
        return []
    known = Nights(max(min(started), nights.first), nights.last)
    return [
        Subject(
            kind=SubjectKind.BEDTIME_MODE,
            done={night: moment for night, moment in started.items() if night in known},
            others=frozenset(night for night in known if night not in started),
        )
    ]


def _condition(session: Session, sleeper: str, kind: SubjectKind, nights: Nights) -> list[Subject]:
    values = {each.night: _VALUES[kind](each) for each in queries.conditions(session, sleeper)}
    subject = split_at_usual(kind, {night: value for night, value in values.items() if value is not None}, nights)
    return [] if subject is None else [subject]
