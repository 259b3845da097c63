"""The design of an experiment: which nights belong to it, and what is assigned to each. Pure.

The nights are numbered from the first one on. They are drawn in pairs, one night with and one without, so that never
more than two alike follow each other. The draw of a pair is a bit of the seed that the experiment keeps: nothing has to
be written when a night begins, and nothing that is written later can change what was assigned.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from .models import Arm, Experiment, ExperimentNight

_ONE_DAY: Final = timedelta(days=1)


class ExperimentStatus(StrEnum):
    """Whether an experiment goes on, has had all its nights, or was stopped before."""

    RUNNING = "running"
    OVER = "over"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignedNight:
    """A night of an experiment: its number, counted from 0, what is assigned to it, and what was said of it."""

    night: date
    number: int
    arm: Arm
    skipped: bool = False
    done: bool | None = None

    @property
    def pair(self) -> int:
        """Return the number of the pair that the night was drawn in."""
        return self.number // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentDesign:
    """An experiment, and what was said of its nights."""

    experiment: Experiment
    notes: Mapping[date, ExperimentNight]

    def arm_of(self, number: int) -> Arm:
        """Return what is assigned to the night with this number."""
        begins_without = self.experiment.seed >> (number // 2) & 1
        return Arm.WITHOUT if (number + begins_without) % 2 else Arm.WITH

    def begins_with(self, pair: int) -> bool:
        """Return whether a pair begins with the night with."""
        return self.arm_of(2 * pair) is Arm.WITH

    def status(self, tonight: date) -> ExperimentStatus:
        """Return whether the experiment goes on."""
        if self.experiment.stopped_on is not None:
            return ExperimentStatus.STOPPED
        is_over = self._number_of(tonight) >= self.experiment.nights
        return ExperimentStatus.OVER if is_over else ExperimentStatus.RUNNING

    def night(self, night: date) -> DesignedNight | None:
        """Return a night of the experiment; None for a night that is not part of it."""
        experiment = self.experiment
        if night < experiment.first_night or (experiment.stopped_on is not None and night >= experiment.stopped_on):
            return None
        number = self._number_of(night)
        if number >= experiment.nights:
            return None
        note = self.notes.get(night)
        return DesignedNight(
            night=night,
            number=number,
            arm=self.arm_of(number),
            skipped=note is not None and note.skipped,
            done=None if note is None else note.done,
        )

    def nights_until(self, last: date) -> Iterator[DesignedNight]:
        """Yield the nights of the experiment up to this one, inclusive."""
        night = self.experiment.first_night
        while night <= last and (designed := self.night(night)) is not None:
            yield designed
            night += _ONE_DAY

    def _number_of(self, night: date) -> int:
        """Return the number of a night: a skipped one whose assignment is repeated takes none."""
        first = self.experiment.first_night
        repeated = sum(note.repeats and first <= note.night < night for note in self.notes.values())
        return (night - first).days - repeated
