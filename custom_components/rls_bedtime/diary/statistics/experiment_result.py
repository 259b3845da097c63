"""The result of an experiment on drawn nights: by what was assigned, with what was done beside it. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from typing import Any, Final

from ..experiment_design import DesignedNight, ExperimentDesign
from ..models import Arm, ExperimentKind
from .comparison import MIN_RECORDED, Sentence
from .intervals import Interval, newcombe_interval, wilson_interval
from .json_types import to_json
from .observations import Observations
from .randomization import SIGNIFICANT, DrawnPair, chance_of_difference

INTERVAL_METHOD: Final = "newcombe"
"""The interval of the difference takes the nights to be independent; the share of draws does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFigures:
    """The figures of the nights with the same assignment, without those that were skipped.

    `affected` and `done` are counted among the recorded nights. `affected_interval` (Wilson) is in percent.
    """

    nights: int
    recorded: int
    affected: int
    affected_percent: float | None
    affected_interval: Interval | None
    done: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentResult:
    """The result of an experiment.

    `points` is the difference in percentage points, with minus without, and `interval` its interval. `chance` is the
    share of all draws with a difference at least this large. All three are None if too few nights are recorded.
    """

    arms: Mapping[Arm, ArmFigures]
    skipped: int
    points: float | None
    interval: Interval | None
    chance: Fraction | None
    sentences: tuple[Sentence, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the result as JSON types, without the sentences."""
        return {
            **{arm.value: to_json(figures) for arm, figures in self.arms.items()},
            "skipped": self.skipped,
            "difference": None
            if self.points is None
            else {
                "affected_points": self.points,
                "affected_interval": to_json(self.interval),
                "interval_method": INTERVAL_METHOD,
            },
            "chance_percent": None if self.chance is None else float(100 * self.chance),
        }


def experiment_result(
    design: ExperimentDesign, nights: Sequence[DesignedNight], observations: Observations, done: Collection[date]
) -> ExperimentResult:
    """Return the result of nights of an experiment, given those on which it was done."""
    counted = [each for each in nights if not each.skipped]
    arms = {arm: _figures([each for each in counted if each.arm is arm], observations, done) for arm in Arm}
    points, interval, chance = _difference(design, arms, counted, observations)
    return ExperimentResult(
        arms=arms,
        skipped=len(nights) - len(counted),
        points=points,
        interval=interval,
        chance=chance,
        sentences=tuple(_sentences(design.experiment.kind, arms, chance)),
    )


def _difference(
    design: ExperimentDesign,
    arms: Mapping[Arm, ArmFigures],
    counted: Sequence[DesignedNight],
    observations: Observations,
) -> tuple[float, Interval, Fraction | None] | tuple[None, None, None]:
    with_it, without_it = arms[Arm.WITH], arms[Arm.WITHOUT]
    if min(with_it.recorded, without_it.recorded) < MIN_RECORDED:
        return None, None, None
    points = 100 * (with_it.affected / with_it.recorded - without_it.affected / without_it.recorded)
    interval = newcombe_interval((without_it.affected, without_it.recorded), (with_it.affected, with_it.recorded))
    return points, _in_percent(interval), chance_of_difference(list(_pairs(design, counted, observations)))


def _pairs(
    design: ExperimentDesign, counted: Iterable[DesignedNight], observations: Observations
) -> Iterator[DrawnPair]:
    """Yield the pairs of the draw. A night that is unrecorded or was skipped does not count, but was drawn."""
    for pair, nights in groupby(counted, key=lambda each: each.pair):
        outcomes = {
            each.number % 2: observations[each.night].is_affected for each in nights if each.night in observations
        }
        yield DrawnPair(first=outcomes.get(0), second=outcomes.get(1), begins_with=design.begins_with(pair))


def _figures(nights: Sequence[DesignedNight], observations: Observations, done: Collection[date]) -> ArmFigures:
    recorded = [each.night for each in nights if each.night in observations]
    affected = sum(observations[night].is_affected for night in recorded)
    return ArmFigures(
        nights=len(nights),
        recorded=len(recorded),
        affected=affected,
        affected_percent=100 * affected / len(recorded) if recorded else None,
        affected_interval=_in_percent(wilson_interval(affected, len(recorded))) if recorded else None,
        done=sum(night in done for night in recorded),
    )


def _sentences(kind: ExperimentKind, arms: Mapping[Arm, ArmFigures], chance: Fraction | None) -> Iterator[Sentence]:
    with_it, without_it = arms[Arm.WITH], arms[Arm.WITHOUT]
    counts = {
        "affected_with": with_it.affected,
        "nights_with": with_it.recorded,
        "affected_without": without_it.affected,
        "nights_without": without_it.recorded,
    }
    percent = 0 if chance is None else round(100 * chance)
    if chance is None:
        yield Sentence(key="counts", values=counts)
        yield Sentence(key="too_few_nights")
    elif percent:
        yield Sentence(key="result", values={**counts, "percent": percent})
    else:
        yield Sentence(key="result_rare", values=counts)
    if chance is not None and chance > SIGNIFICANT:
        yield Sentence(key="undecided")
    yield Sentence(
        key="bedtime_mode_ran" if kind is ExperimentKind.OPTION else "done",
        values={
            "done_with": with_it.done,
            "nights_with": with_it.recorded,
            "done_without": without_it.done,
            "nights_without": without_it.recorded,
        },
    )


def _in_percent(interval: Interval) -> Interval:
    return Interval(100 * interval.low, 100 * interval.high)
