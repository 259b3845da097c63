"""The local time of moments that are kept without one: the home may have been in another time zone then. Pure."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo


class LocalTimes:
    """The local time at a moment of a diary, by the nearest record that was kept with its UTC offset.

    If that was made in the present time zone, so was the moment, wherever clocks have changed in between.
    """

    def __init__(self, records: Iterable[datetime], zone: tzinfo | None) -> None:
        self._zone = zone
        self._records = sorted(records)
        self._moments = [each.astimezone(UTC) for each in self._records]

    def at(self, moment: datetime) -> datetime:
        """Return a moment in the local time of its place."""
        index = bisect_left(self._moments, moment)
        around = self._records[max(index - 1, 0) : index + 1]
        nearest = min(around, key=lambda each: abs(each - moment), default=None)
        if nearest is None or nearest.utcoffset() == nearest.astimezone(self._zone).utcoffset():
            return moment.astimezone(self._zone)
        return moment.astimezone(nearest.tzinfo)
