"""Comparison of the nights before and after a change, and how unusual it is for the diary. Pure."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from ..models import BodyPart
from ..nights import Nights
from .comparison import NightSetComparison, Sentence, compare_nights
from .date_rank import DateRank, NightCounts, Windows, contains_change, follows_worst_fifth, rank_date
from .json_types import to_json
from .observations import DiaryHistory

MIN_NIGHTS: Final = 14
MAX_NIGHTS: Final = 182
DEFAULT_NIGHTS: Final = 28
MAX_SKIP: Final = 28

RARE_PERCENT: Final = 5

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """The nights before and after a date, the first and the second set of the comparison.

    There are fewer nights than requested where the diary begins or ends, or has another change. `rank` is None if there
    is none, or if the nights before belong to the diary's worst fifth: then it would mislead. `new_body_parts` were
    named for the first time in the nights after. The first of the `sentences` leads.
    """

    night: date
    before: Nights
    after: Nights
    comparison: NightSetComparison
    rank: DateRank | None
    follows_worst_fifth: bool
    new_body_parts: Mapping[BodyPart, date]
    sentences: tuple[Sentence, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as JSON types. A side has its nights and its figures."""
        return {
            "night": self.night.isoformat(),
            "before": _side(self.before) | to_json(self.comparison.first),
            "after": _side(self.after) | to_json(self.comparison.second),
            "difference": to_json(self.comparison.difference),
            "rank": to_json(self.rank),
            "follows_worst_fifth": self.follows_worst_fifth,
            "new_body_parts": to_json(self.new_body_parts),
        }


def compare_before_after(history: DiaryHistory, night: date, nights: int, skip: int = 0) -> BeforeAfter:
    """Compare so many nights before and after a date. Of those after, the first ones can be skipped.

    The windows end where the diary has another change. Several changes on one night are one.
    """
    others = history.changes - {night}
    wanted = Windows(nights, nights, skip)
    before, after = _limited(night, wanted, history.nights, others)
    comparison = compare_nights(list(before), list(after), history.observations)
    windows = Windows(len(before), len(after), skip)
    counts = NightCounts.of(history)
    follows_worst = comparison.difference is not None and follows_worst_fifth(night, windows, counts)
    has_rank = comparison.difference is not None and not follows_worst
    rank = rank_date(night, windows, counts, others) if has_rank else None
    leading = _leading_sentence(comparison, rank, follows_worst=follows_worst)
    is_cut = contains_change(night, wanted, others)
    return BeforeAfter(
        night=night,
        before=before,
        after=after,
        comparison=comparison,
        rank=rank,
        follows_worst_fifth=follows_worst,
        new_body_parts=history.named_in(after),
        sentences=(leading, *_cautions(comparison, is_cut=is_cut)),
    )


def _limited(night: date, windows: Windows, diary: Nights, others: Collection[date]) -> tuple[Nights, Nights]:
    """Return the nights before and after a date up to the next changes, and within the diary."""
    previous = max((change for change in others if change < night), default=date.min)
    following = min((change for change in others if change > night), default=date.max)
    before, after = windows.before_night(night), windows.after_night(night)
    return (
        Nights(max(before.first, previous, diary.first), min(before.last, diary.last)),
        Nights(max(after.first, diary.first), min(after.last, following - _DAY, diary.last)),
    )


def _cautions(comparison: NightSetComparison, *, is_cut: bool) -> Iterator[Sentence]:
    if is_cut:
        yield Sentence(key="cut_at_change")
    if (percents := comparison.recorded_percents()) is not None:
        yield Sentence(key="recorded_differs", values={"before": round(percents[0]), "after": round(percents[1])})
    yield Sentence(key="passes_anyway")


def _leading_sentence(comparison: NightSetComparison, rank: DateRank | None, *, follows_worst: bool) -> Sentence:
    if comparison.difference is None:
        return Sentence(key="too_few_nights")
    if follows_worst:
        return Sentence(key="after_worst_weeks")
    if rank is None:
        return Sentence(key="diary_too_short")
    values = {"dates": rank.dates, "at_least": rank.at_least}
    if rank.percent <= RARE_PERCENT:
        return Sentence(key="rank_rare", values=values)
    return Sentence(key="rank", values={**values, "percent": round(rank.percent)})


def _side(nights: Nights) -> dict[str, Any]:
    """Return the range of a side; null if the diary has nothing there."""
    is_empty = len(nights) == 0
    return {
        "first_night": None if is_empty else nights.first.isoformat(),
        "last_night": None if is_empty else nights.last.isoformat(),
    }
