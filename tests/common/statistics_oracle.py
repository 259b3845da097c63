"""What the long-term statistics of a diary have to be, counted from its episodes. It needs nothing of Home Assistant.

It counts hour by hour and in another way than the integration does, for the tests to compare.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

type Hours = dict[datetime, tuple[float, ...]]
type Answer = Mapping[str, Iterable[Mapping[str, Any]]]
"""The rows of each id, as Home Assistant returns them."""


def expected_statistics(episodes: Iterable[tuple[datetime, int | None]], zone: tzinfo) -> dict[str, Hours]:
    """Return the rows of each series, by the hour, from the aware local starts and the severities of all episodes."""
    logged = sorted(episodes, key=lambda each: each[0])
    nights = sorted({(start - timedelta(hours=12)).date() for start, _ in logged})
    noons = [hour_of(noon(night, zone)) for night in nights]
    return {
        "episodes": count([hour_of(start) for start, _ in logged]),
        "severity": rate([(hour_of(start), severity) for start, severity in logged if severity is not None]),
        "affected_nights": count(noons),
    }


def recorded_statistics(answer: Answer) -> dict[str, Hours]:
    """Return the rows of each series, without those of hours in which there is nothing.

    Asserts that such an hour does not change the sum.
    """
    found: dict[str, Hours] = {"episodes": {}, "severity": {}, "affected_nights": {}}
    for statistic_id, rows in answer.items():
        series = statistic_id.removeprefix("rls_bedtime:").rpartition("_")[0]
        previous = 0
        for row in rows:
            start = row["start"]
            # By websocket, in milliseconds.
            hour = datetime.fromtimestamp(start / 1000 if start > 1e11 else start, UTC)
            if series == "severity":
                if row["mean"] is not None:
                    found[series][hour] = (row["mean"], row["min"], row["max"])
                continue
            assert row["sum"] - previous == row["state"], (statistic_id, hour)
            previous = row["sum"]
            if row["state"]:
                found[series][hour] = (row["state"], row["sum"])
    return found


def count(hours: list[datetime]) -> Hours:
    """Return how many there are in each hour, and up to its end."""
    return {hour: (hours.count(hour), sum(other <= hour for other in hours)) for hour in set(hours)}


def rate(ratings: list[tuple[datetime, int]]) -> Hours:
    """Return the mean, the lowest and the highest of each hour."""
    by_hour = {hour: [rating for other, rating in ratings if other == hour] for hour, _ in ratings}
    return {hour: (sum(rated) / len(rated), min(rated), max(rated)) for hour, rated in by_hour.items()}


def noon(night: date, zone: tzinfo) -> datetime:
    """Return the noon at which a night begins."""
    return datetime.combine(night, time(12), zone)


def hour_of(moment: datetime) -> datetime:
    """Return the hour of UTC in which a moment is."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
