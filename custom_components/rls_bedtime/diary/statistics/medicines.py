"""Four facts since a medicine was started, each with its n. Why it is so is for a doctor to say. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from ..models import BodyPart, MarkedChange, MarkedChangeKind, fold_text
from ..nights import RECENT_NIGHTS, Nights
from .comparison import NightSetComparison, compare_nights
from .json_types import to_json
from .observations import DiaryHistory

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceMedicine:
    """What was recorded since a medicine was started, until it was stopped, or up to the end of a report.

    The comparison is of the 28 nights before the start with the last 28 nights of the medicine. `new_body_parts` were
    named for the first time since the start, and `doses` are the changes of dose.
    """

    started: MarkedChange
    stopped: MarkedChange | None
    before: Nights
    recent: Nights
    comparison: NightSetComparison
    new_body_parts: Mapping[BodyPart, date]
    doses: tuple[MarkedChange, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the facts as JSON types."""
        difference = self.comparison.difference
        return {
            "name": self.started.name,
            "amount": self.started.amount,
            "since": self.started.day.isoformat(),
            "until": None if self.stopped is None else self.stopped.day.isoformat(),
            "onset_minutes": None if difference is None else difference.onset_minutes,
            "severity_shift": None if difference is None else difference.severity_shift,
            "new_body_parts": to_json(self.new_body_parts),
            "doses": [{"date": each.day.isoformat(), "amount": each.amount} for each in self.doses],
            "before": to_json(self.comparison.first),
            "recent": to_json(self.comparison.second),
        }


def since_medicines(history: DiaryHistory, changes: Collection[MarkedChange], nights: Nights) -> list[SinceMedicine]:
    """Return the facts of each medicine that was taken in a range of nights, in the order of their start."""
    started = [
        change for change in changes if change.kind is MarkedChangeKind.MEDICINE_STARTED and change.day <= nights.last
    ]
    by_name: dict[str, list[MarkedChange]] = {}
    for each in changes:
        by_name.setdefault(_folded(each), []).append(each)
    courses = [
        since_medicine(history, by_name[_folded(change)], change, nights.last) for change in sorted(started, key=_order)
    ]
    return [each for each in courses if each.stopped is None or each.stopped.day > nights.first]


def since_medicine(
    history: DiaryHistory, changes: Collection[MarkedChange], started: MarkedChange, last: date
) -> SinceMedicine:
    """Return the facts since a medicine was started up to a last night, given at least all changes of its name."""
    name = _folded(started)
    same = [change for change in changes if _folded(change) == name and _order(change) > _order(started)]
    following = sorted(same, key=_order)
    stopped = next((each for each in following if each.kind is MarkedChangeKind.MEDICINE_STOPPED), None)
    last = min(last, history.nights.last, date.max if stopped is None else stopped.day - _DAY)
    taken = Nights(started.day, last)
    recent = Nights(max(started.day, last - timedelta(days=RECENT_NIGHTS - 1)), last)
    before = Nights.ending(started.day - _DAY)
    before = Nights(max(before.first, history.nights.first), before.last)
    return SinceMedicine(
        started=started,
        stopped=stopped,
        before=before,
        recent=recent,
        comparison=compare_nights(list(before), list(recent), history.observations),
        new_body_parts=history.named_in(taken),
        doses=tuple(each for each in following if each.kind is MarkedChangeKind.DOSE_CHANGED and each.day <= last),
    )


def _order(change: MarkedChange) -> tuple[date, datetime, str]:
    return change.day, change.logged_at, change.id


def _folded(change: MarkedChange) -> str:
    return fold_text(change.name or "")
