"""Comparison of the nights with something and those without it: an item of the routine, bedtime mode, warmth. Pure.

Whether something was done is only compared with what came after it. A night whose first episode began before it was
done goes to neither side: people do things because an evening is bad, and what they do then would look harmful.

So that this does not make everything look helpful, the nights without it are treated alike: each gets the time at which
it was done on the nearest night with it, and goes to neither side if its first episode began before then.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from math import ceil
from statistics import median
from typing import Any, Final

from ..nights import Nights, minute_of_night, night_of
from .comparison import MAX_RECORDED_DIFFERENCE, MIN_RECORDED, NightSetComparison, Sentence, compare_nights, in_percent
from .intervals import Interval, newcombe_interval
from .json_types import to_json
from .observations import DiaryHistory, Observations
from .shift_rank import ShiftRank, rank_shift

_SHARES: Final = frozenset({"affected_percent", "affected_interval", "affected_points"})
_ROUNDING: Final = 1e-9

ERROR_PERCENT: Final = 5
"""In so many of all diaries in which nothing differs, the sentences may say otherwise: of one item or of any."""


class SubjectKind(StrEnum):
    """What nights are compared with and without."""

    PRACTICE = "practice"
    TAG = "tag"
    BEDTIME_MODE = "bedtime_mode"
    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    ILLUMINANCE = "illuminance"


CONDITIONS: Final = (SubjectKind.TEMPERATURE, SubjectKind.HUMIDITY, SubjectKind.ILLUMINANCE)
"""What was measured of a night: the nights above the usual value are compared with those below it."""

_COUNT_SENTENCES: Final[Mapping[SubjectKind, str]] = {
    SubjectKind.PRACTICE: "counts",
    SubjectKind.TAG: "counts_tag",
    SubjectKind.BEDTIME_MODE: "counts",
    SubjectKind.TEMPERATURE: "counts_temperature",
    SubjectKind.HUMIDITY: "counts_humidity",
    SubjectKind.ILLUMINANCE: "counts_illuminance",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What nights are compared with and without. `uid`, `text` and `removed` are those of an item; a tag has a text.

    `done` are the nights with it and when it was done, in local time, None if that is not known; `others` are the
    nights without it. Something that has no time at which it is done is not `is_timed`. `usual` is the value that
    separates the nights.
    """

    kind: SubjectKind
    done: Mapping[date, datetime | None]
    others: Collection[date]
    is_timed: bool = True
    uid: str | None = None
    text: str | None = None
    removed: bool = False
    usual: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SortedNights:
    """The nights with and without something, each with the minute of the night from which on an episode counts.

    Those `done_after_start` are among the nights with it, as it was done, but on neither side: the first episode had
    begun before. So had it on those `started_before`, which are among the nights without it, before the time at which
    it is done otherwise. Whether it was done before or after an episode is not known of the nights `order_unknown`.
    """

    with_it: Mapping[date, int]
    without_it: Mapping[date, int]
    done_after_start: Mapping[date, int]
    started_before: frozenset[date]
    order_unknown: int

    @property
    def compared_with(self) -> list[date]:
        """Return the nights of the side with it."""
        return [night for night in self.with_it if night not in self.done_after_start]

    @property
    def compared_without(self) -> list[date]:
        """Return the nights of the side without it."""
        return [night for night in self.without_it if night not in self.started_before]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithWithout:
    """The nights without something and those with it, the first and the second set of the comparison.

    If the nights on which it was done after an episode had begun counted as nights without it, there would be
    `affected_otherwise` of `nights_otherwise` of those. The interval of the difference covers both ways of counting,
    and the `rank`, None if there is none, is that of the way in which the difference is less unusual.
    """

    subject: Subject
    confidence: float
    comparison: NightSetComparison
    sorted_nights: SortedNights
    affected_otherwise: int
    nights_otherwise: int
    rank: ShiftRank | None
    sentences: tuple[Sentence, ...]

    @property
    def is_rare(self) -> bool:
        """Return whether the difference is too unusual to be left to chance, by both ways of counting."""
        first, second, difference = self.comparison.first, self.comparison.second, self.comparison.difference
        if self.rank is None or difference is None or first.recorded == 0:
            return False
        otherwise = second.affected / second.recorded - self.affected_otherwise / self.nights_otherwise
        has_same_sign = otherwise * difference.affected_points > 0
        return has_same_sign and self.rank.percent <= 100 * (1 - self.confidence) + _ROUNDING

    def as_json(self) -> dict[str, Any]:
        """Return the comparison as JSON types, without its sentences. A tag has no shares."""
        subject, nights = self.subject, self.sorted_nights
        result = {
            "kind": subject.kind.value,
            "uid": subject.uid,
            "text": subject.text,
            "removed": subject.removed,
            "usual": subject.usual,
            "confidence": self.confidence,
            "with": to_json(self.comparison.second),
            "without": to_json(self.comparison.first),
            "difference": to_json(self.comparison.difference),
            "done_after_start": len(nights.done_after_start),
            "started_before": len(nights.started_before),
            "order_unknown": nights.order_unknown,
            "rank": to_json(self.rank),
        }
        if subject.kind is SubjectKind.TAG:
            for figures in filter(None, (result["with"], result["without"], result["difference"])):
                figures.update(dict.fromkeys(_SHARES & figures.keys()))
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class WithWithoutComparison:
    """Nights with and without each of several subjects, and the sentences that belong to all of them."""

    items: tuple[WithWithout, ...]
    sentences: tuple[Sentence, ...]


def compare_with_without(
    subjects: Sequence[Subject], history: DiaryHistory, starts: Mapping[date, datetime]
) -> WithWithoutComparison:
    """Compare the nights with and without each of these subjects, in their order.

    `starts` is when the first episode of each affected night began. The more subjects, the wider are the intervals, so
    that of all of them together one misses in no more than 5 % of all cases (Bonferroni).
    """
    items = tuple(_compare(subject, history, starts, len(subjects)) for subject in subjects)
    return WithWithoutComparison(items=items, sentences=tuple(_common_sentences(items)))


def split_at_usual(kind: SubjectKind, values: Mapping[date, float], nights: Nights) -> Subject | None:
    """Return the nights with a value above the usual one, and those below; None if no values are known.

    The usual value is the median of the nights. Nights that are exactly like it are on neither side.
    """
    known = {night: value for night, value in values.items() if night in nights}
    if not known:
        return None
    usual = median(known.values())
    return Subject(
        kind=kind,
        done={night: None for night, value in known.items() if value > usual},
        others=frozenset(night for night, value in known.items() if value < usual),
        is_timed=False,
        usual=usual,
    )


def sort_nights(subject: Subject, observations: Observations, starts: Mapping[date, datetime]) -> SortedNights:
    """Return on which side each night is."""
    with_it: dict[date, int] = {}
    done_after_start: dict[date, int] = {}
    order_unknown = 0
    for night, done_at in sorted(subject.done.items()):
        if not subject.is_timed:
            with_it[night] = 0
        elif done_at is None or night_of(done_at) != night:
            # Marked when the night was over. If only affected nights were left out, the others would look helpful.
            order_unknown += 1
        else:
            with_it[night] = minute_of_night(done_at)
            if (start := starts.get(night)) is not None and start < done_at:
                done_after_start[night] = 0
    minutes = _NearestMinutes({night: minute for night, minute in with_it.items() if night not in done_after_start})
    without_it = {night: minutes.of(night) for night in sorted(subject.others)}
    return SortedNights(
        with_it=with_it,
        without_it=without_it,
        done_after_start={night: minutes.of(night) for night in done_after_start},
        started_before=frozenset(_started_before(without_it, observations)),
        order_unknown=order_unknown,
    )


class _NearestMinutes:
    """The minutes at which something was done, by night."""

    def __init__(self, minutes: Mapping[date, int]) -> None:
        self._nights = sorted(minutes)
        self._minutes = minutes

    def of(self, night: date) -> int:
        """Return the minute of the nearest night, the earlier one of two; 0 if it was never done."""
        index = bisect_left(self._nights, night)
        around = self._nights[max(index - 1, 0) : index + 1]
        nearest = min(around, key=lambda each: (abs(each - night), each), default=None)
        return 0 if nearest is None else self._minutes[nearest]


def _started_before(minutes: Mapping[date, int], observations: Observations) -> Iterator[date]:
    for night, minute in minutes.items():
        observed = observations.get(night)
        if observed is not None and observed.is_affected and min(observed.onsets) < minute:
            yield night


def _compare(subject: Subject, history: DiaryHistory, starts: Mapping[date, datetime], subjects: int) -> WithWithout:
    error = ERROR_PERCENT / subjects
    confidence = 1 - error / 100
    nights = sort_nights(subject, history.observations, starts)
    comparison = compare_nights(nights.compared_without, nights.compared_with, history.observations, confidence)
    late = nights.done_after_start
    late_too_early = frozenset(_started_before(late, history.observations))
    affected = comparison.first.affected + len(late) - len(late_too_early)
    recorded = comparison.first.recorded + len(late) - len(late_too_early)
    difference, rank = comparison.difference, None
    if difference is not None:
        other_way = newcombe_interval(
            (affected, recorded), (comparison.second.affected, comparison.second.recorded), confidence
        )
        interval = _hull(difference.affected_interval, in_percent(other_way))
        difference = replace(difference, affected_interval=interval)
        comparison = replace(comparison, difference=difference)
        rank = None if subject.kind is SubjectKind.TAG else _rank(nights, history)
    result = WithWithout(
        subject=subject,
        confidence=confidence,
        comparison=comparison,
        sorted_nights=nights,
        affected_otherwise=affected,
        nights_otherwise=recorded,
        rank=rank,
        sentences=(),
    )
    return replace(result, sentences=tuple(_sentences(result, history.observations)))


def _rank(nights: SortedNights, history: DiaryHistory) -> ShiftRank | None:
    """Return the rank of the difference: that of the way of counting by which it is less unusual."""
    known = [*nights.with_it, *nights.without_it]
    period = Nights(min(known), max(known))
    late = nights.done_after_start
    ranks = [rank_shift(nights.with_it, nights.without_it, period, history.observations)]
    if late:
        with_it = {night: minute for night, minute in nights.with_it.items() if night not in late}
        ranks.append(rank_shift(with_it, {**nights.without_it, **late}, period, history.observations))
    known_ranks = [rank for rank in ranks if rank is not None]
    return max(known_ranks, key=lambda rank: rank.percent) if len(known_ranks) == len(ranks) else None


def _hull(first: Interval, second: Interval) -> Interval:
    return Interval(min(first.low, second.low), max(first.high, second.high))


def _common_sentences(items: Sequence[WithWithout]) -> Iterator[Sentence]:
    if not items:
        yield Sentence(key="nothing_to_compare")
        return
    kinds = {each.subject.kind for each in items}
    if SubjectKind.TAG in kinds:
        yield Sentence(key="tag_only_affected")
    if not kinds.issubset(CONDITIONS):
        yield Sentence(key="other_reasons")
    if not kinds.isdisjoint(CONDITIONS):
        yield Sentence(key="other_reasons_conditions")
    if any(each.comparison.difference is not None for each in items if each.subject.kind is not SubjectKind.TAG):
        yield Sentence(key="intervals_independent")
    if len(items) > 1:
        yield Sentence(key="several_compared", values={"items": len(items)})


def _sentences(result: WithWithout, observations: Observations) -> Iterator[Sentence]:
    first, second = result.comparison.first, result.comparison.second
    yield Sentence(
        key=_COUNT_SENTENCES[result.subject.kind],
        values={
            "with_affected": second.affected,
            "with_nights": second.recorded,
            "without_affected": first.affected,
            "without_nights": first.recorded,
        },
    )
    if result.comparison.difference is None:
        yield Sentence(key="few_nights", values={"nights": MIN_RECORDED})
    elif result.subject.kind is not SubjectKind.TAG:
        yield _rank_sentence(result)
    yield from _left_out(result)
    if (percents := _recorded_percents(result.sorted_nights, observations)) is not None:
        yield Sentence(key="recorded_with", values=percents)


def _rank_sentence(result: WithWithout) -> Sentence:
    """Return how unusual the difference is, if the diary is long enough for one that would count as unusual."""
    needed = ceil(1 / (1 - result.confidence) - _ROUNDING)
    rank = result.rank
    if rank is None or rank.shifts + 1 < needed:
        return Sentence(key="too_few_shifts", values={"nights": needed})
    return Sentence(
        key="shifts_rare" if result.is_rare else "shifts",
        values={"at_least": rank.at_least, "shifts": rank.shifts},
    )


def _left_out(result: WithWithout) -> Iterator[Sentence]:
    nights = result.sorted_nights
    if late := len(nights.done_after_start):
        values = {"nights": late, "affected": result.affected_otherwise, "otherwise": result.nights_otherwise}
        yield Sentence(key="done_after_start", values=values)
    if early := len(nights.started_before):
        yield Sentence(key="started_before", values={"nights": early})
    if nights.order_unknown:
        yield Sentence(key="order_unknown", values={"nights": nights.order_unknown})


def _recorded_percents(nights: SortedNights, observations: Observations) -> dict[str, int] | None:
    """Return the percentages of nights that are recorded, if they differ too much, else None."""
    shares = [
        100 * sum(night in observations for night in side) / len(side)
        for side in (nights.with_it, nights.without_it)
        if side
    ]
    if len(shares) < 2 or abs(shares[0] - shares[1]) <= MAX_RECORDED_DIFFERENCE:  # noqa: PLR2004 - two sides
        return None
    return {"with_percent": round(shares[0]), "without_percent": round(shares[1])}
