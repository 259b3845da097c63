"""Long-term statistics: the hourly rows of a diary, and which of them differ from those that were recorded. Pure.

Every row is a function of the diary alone, so recorded rows are compared, never continued. An hour that was recorded
and holds nothing any more keeps a row, because not every release of Home Assistant can delete one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from hashlib import sha256
from math import isclose
import re
from typing import Final, NamedTuple

from ..models import Episode, Transition
from ..nights import night_bounds, night_of

HOUR: Final = 3600

type Values = tuple[float | None, ...]
"""Of an hour: the state and the sum, or the mean, the minimum and the maximum."""

type HourlyValues = Mapping[int, Values]
"""By the start of the hour, in seconds since the epoch."""


class Series(StrEnum):
    """The statistics of a diary."""

    EPISODES = "episodes"
    SEVERITY = "severity"
    AFFECTED_NIGHTS = "affected_nights"


COLUMNS: Final[Mapping[Series, tuple[str, ...]]] = {
    Series.EPISODES: ("state", "sum"),
    Series.SEVERITY: ("mean", "min", "max"),
    Series.AFFECTED_NIGHTS: ("state", "sum"),
}
"""What the values of an hour are."""

_ULID: Final = re.compile("[0-9A-Z]{26}")

_UNKNOWN: Final[Values] = (None, None, None)


@dataclass(frozen=True, slots=True)
class StatisticsSource:
    """What the statistics of a diary are made of, from an hour on.

    The onsets are those from that hour on, in seconds since the epoch, with the severity. `earlier_episodes` is how
    many there are before it. The affected nights are all of the diary.
    """

    since: int
    earlier_episodes: int
    onsets: Sequence[tuple[int, int | None]]
    affected_nights: Sequence[date]


class Row(NamedTuple):
    """A row of a series."""

    hour: int
    series: Series
    values: Values


def statistic_key(diary_id: str) -> str:
    """Return what identifies a diary in the ids of its statistics: lower case, without special characters.

    Home Assistant makes ULIDs; any other id is hashed, so that no two become the same.
    """
    return diary_id.lower() if _ULID.fullmatch(diary_id) else sha256(diary_id.encode()).hexdigest()


def earliest_hour(transitions: Sequence[Transition], zone: tzinfo) -> int | None:
    """Return the earliest hour whose statistics a change of the diary touches; None if it touches none.

    A change without transitions may have touched any.
    """
    if not transitions:
        return 0
    hours = [
        hour
        for each in transitions
        if _counted(each.before) != _counted(each.after)
        for record in (each.before, each.after)
        if isinstance(record, Episode)
        for hour in (floor_to_hour(record.started_at), noon_hour(night_of(record.started_at), zone))
    ]
    return min(hours, default=None)


def rows_to_write(source: StatisticsSource, recorded: Mapping[Series, HourlyValues], zone: tzinfo) -> list[Row]:
    """Return the rows that differ from the recorded ones, from the hour of the source on, newest first."""
    wanted = {
        Series.EPISODES: _counts(
            [floor(second) for second, _ in source.onsets], recorded[Series.EPISODES], source.earlier_episodes
        ),
        Series.SEVERITY: _severities(source.onsets, recorded[Series.SEVERITY]),
        Series.AFFECTED_NIGHTS: _counts(
            [hour for night in source.affected_nights if (hour := noon_hour(night, zone)) >= source.since],
            recorded[Series.AFFECTED_NIGHTS],
            sum(noon_hour(night, zone) < source.since for night in source.affected_nights),
        ),
    }
    rows = (
        Row(hour, series, values)
        for series, hourly in wanted.items()
        for hour, values in hourly.items()
        if not _are_equal(values, recorded[series].get(hour))
    )
    return sorted(rows, key=lambda row: row.hour, reverse=True)


def noon_hour(night: date, zone: tzinfo) -> int:
    """Return the hour of the noon at which a night begins. In some time zones, it begins within an hour of UTC."""
    begin, _ = night_bounds(night, zone)
    return floor_to_hour(begin)


def floor_to_hour(moment: datetime) -> int:
    """Return the hour of UTC in which a moment is."""
    return floor(int(moment.timestamp()))


def floor(second: int) -> int:
    """Return the hour of UTC in which a second is."""
    return second - second % HOUR


def start_of(hour: int) -> datetime:
    """Return the start of an hour, in UTC."""
    return datetime.fromtimestamp(hour, UTC)


def _counted(record: object) -> tuple[datetime, int | None] | None:
    """Return what is counted of a record."""
    return (record.started_at, record.severity) if isinstance(record, Episode) else None


def _counts(hours: Iterable[int], recorded: Iterable[int], earlier: int) -> HourlyValues:
    """Return how many there are in each hour, and up to its end."""
    counts = Counter(hours)
    values: dict[int, Values] = {}
    total = earlier
    for hour in sorted(counts.keys() | set(recorded)):
        total += counts[hour]
        values[hour] = (counts[hour], total)
    return values


def _severities(onsets: Iterable[tuple[int, int | None]], recorded: Iterable[int]) -> HourlyValues:
    """Return the mean, minimum and maximum of the severities that were rated in each hour."""
    ratings: defaultdict[int, list[int]] = defaultdict(list)
    for second, severity in onsets:
        if severity is not None:
            ratings[floor(second)].append(severity)
    values = {hour: (sum(rated) / len(rated), min(rated), max(rated)) for hour, rated in ratings.items()}
    return dict.fromkeys(recorded, _UNKNOWN) | values


def _are_equal(values: Values, recorded: Values | None) -> bool:
    """Return whether values were recorded. Not every database returns each digit of a mean."""
    return recorded is not None and all(
        one is other or (one is not None and other is not None and isclose(one, other))
        for one, other in zip(values, recorded, strict=True)
    )
