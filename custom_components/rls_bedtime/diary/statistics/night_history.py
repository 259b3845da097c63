"""The nights of which something is recorded, each in one line: what a calendar of nights is drawn from. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ..models import ClearNight
from ..nights import night_of
from .figures import Onset


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedNight:
    """A recorded night: how many episodes it had, and how bad the worst was of which that was said, 0 to 10.

    A clear night is one without an episode; a night that is not recorded is none of these.
    """

    night: date
    episodes: int
    worst: int | None


def recorded_nights(
    episodes: Iterable[Onset], clear_nights: Iterable[ClearNight], start: date | None, end: date | None
) -> list[RecordedNight]:
    """Return the recorded nights from start to end, both included, the newest first.

    An episode belongs to the night of its own wall clock; with one, a night is affected, whatever it was marked.
    """
    severities: dict[date, list[int | None]] = {each.night: [] for each in clear_nights}
    for each in episodes:
        severities.setdefault(night_of(each.started_at), []).append(each.severity)
    return [
        RecordedNight(
            night=night,
            episodes=len(of_night),
            worst=max((severity for severity in of_night if severity is not None), default=None),
        )
        for night, of_night in sorted(severities.items(), reverse=True)
        if (start is None or start <= night) and (end is None or night <= end)
    ]
