"""The recorded nights, one record each, from which a calendar of nights is drawn. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..models import ClearNight
from ..nights import night_of
from .figures import Onset


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedNight:
    """A recorded night: its number of episodes, and the highest severity that was rated, 0 to 10.

    A clear night has no episodes. An unrecorded night has no record.
    """

    night: date
    episodes: int
    worst: int | None


def recorded_nights(
    episodes: Iterable[Onset], clear_nights: Iterable[ClearNight], start: date | None, end: date | None
) -> list[RecordedNight]:
    """Return the recorded nights from start to end, inclusive, newest first.

    An episode belongs to the night of its own wall clock. A night with one is affected, even if it was marked clear.
    """
    severities: dict[date, list[int | None]] = {each.night: [] for each in clear_nights}
    for each in episodes:
        severities.setdefault(night_of(each.started_at), []).append(each.severity)
    return [
        RecordedNight(
            night=night,
            episodes=len(ratings),
            worst=max((severity for severity in ratings if severity is not None), default=None),
        )
        for night, ratings in sorted(severities.items(), reverse=True)
        if (start is None or start <= night) and (end is None or night <= end)
    ]
