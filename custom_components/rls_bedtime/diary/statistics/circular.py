"""Circular statistics of times of day: the mean of 23:50 and 00:10 is midnight, not noon. Pure.

Times are minutes past a reference hour, which is arbitrary but must be the same for all; each is an angle on a circle
of 1440 minutes. Formulas: N. I. Fisher, Statistical Analysis of Circular Data (1993), section 2.3; K. V. Mardia and
P. E. Jupp, Directional Statistics (2000), sections 2.2 and 2.3.
"""

from cmath import phase, rect
from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum, log, sqrt, tau
from typing import Final, Self

from ..nights import MINUTES_PER_DAY

_NO_DIRECTION: Final = 1e-6
"""A mean vector that is shorter is zero but for rounding: such times have no mean."""


@dataclass(frozen=True, slots=True)
class Resultant:
    """Vector sum of `n` times of day as unit vectors. It does not depend on their order."""

    n: int
    vector: complex

    @classmethod
    def from_minutes(cls, minutes: Iterable[float]) -> Self:
        """Return the resultant of times, in minutes."""
        vectors = [rect(1, minute / MINUTES_PER_DAY * tau) for minute in minutes]
        return cls(len(vectors), _sum(vectors))

    @property
    def concentration(self) -> float | None:
        """Return the mean resultant length: 1 if all times are equal, near 0 if they are spread over the day.

        R = |sum of exp(i angle)| / n. None without times.
        """
        return min(abs(self.vector) / self.n, 1.0) if self.n else None

    @property
    def mean(self) -> float | None:
        """Return the mean time in minutes, from 0 up to 1440: the direction of the sum of the unit vectors.

        None without times, or if they cancel each other out.
        """
        return phase(self.vector) / tau * MINUTES_PER_DAY % MINUTES_PER_DAY if self._has_direction else None

    @property
    def standard_deviation(self) -> float | None:
        """Return the circular standard deviation, sqrt(-2 ln R), in minutes. It has no upper bound.

        None without times, or if they cancel each other out.
        """
        length = self.concentration
        if length is None or not self._has_direction:
            return None
        return sqrt(-2 * log(length)) / tau * MINUTES_PER_DAY

    @property
    def _has_direction(self) -> bool:
        length = self.concentration
        return length is not None and length > _NO_DIRECTION


def circular_difference(minute: float, reference: float) -> float:
    """Return how many minutes a time is after the reference, by the shorter way: at least -720, less than 720."""
    half = MINUTES_PER_DAY / 2
    return (minute - reference + half) % MINUTES_PER_DAY - half


def _sum(vectors: Iterable[complex]) -> complex:
    # fsum rounds only once, so the sum does not depend on the order.
    addends = tuple(vectors)
    return complex(fsum(each.real for each in addends), fsum(each.imag for each in addends))
