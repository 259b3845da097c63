"""What the trends card draws: the nights of a period, their conditions and summary, and what was marked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from ..measurements import MEASUREMENTS
from ..models import MarkedChange, NightConditions, PracticeHistory
from ..nights import Nights
from .night_history import RecordedNight
from .summary import Summary

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trends:
    """The trends of a period that ends tonight, and the summaries of the current and the previous month.

    The changes are those marked since the period began. Their names are those of all changes, to be offered again.
    """

    period: Nights
    nights: Sequence[RecordedNight]
    summary: Summary
    months: tuple[Summary, Summary]
    practices: Sequence[PracticeHistory]
    changes: Sequence[MarkedChange]
    change_names: Sequence[str]
    conditions: Sequence[NightConditions]

    def as_json(self) -> dict[str, Any]:
        """Return the trends as JSON types; a night as [date, episodes, worst severity or None], the newest first.

        The conditions of a night are [date, temperature in °C, humidity, illuminance, minutes asleep, minutes in bed].
        """
        return {
            "tonight": self.period.last.isoformat(),
            "first_night": self.period.first.isoformat(),
            "nights": [[each.night.isoformat(), each.episodes, each.worst] for each in self.nights],
            "summary": self.summary.as_json(),
            "months": [month.as_json() for month in self.months],
            "practices": [
                {
                    "uid": each.uid,
                    "text": each.text,
                    "since": each.since and each.since.isoformat(),
                    "removed": each.removed,
                    "nights": [night.isoformat() for night in each.nights],
                }
                for each in self.practices
            ],
            "changes": [each.as_json() for each in self.changes],
            "change_names": list(self.change_names),
            "conditions": [
                [each.night.isoformat(), *(getattr(each, name) for name in MEASUREMENTS)] for each in self.conditions
            ],
        }


def month_ranges(tonight: date) -> tuple[Nights, Nights]:
    """Return the nights of the current month up to tonight, and those of the previous month."""
    first = tonight.replace(day=1)
    before = first - _DAY
    return Nights(first, tonight), Nights(before.replace(day=1), before)
