"""Statistics of times of day. Ten to twelve and ten past twelve lie around midnight, not around noon. Pure.

Times are minutes past some hour of the day, any hour as long as it is the same one; each is an angle of the circle of
1440 minutes. Formulas: N. I. Fisher, Statistical Analysis of Circular Data (1993), section 2.3; K. V. Mardia and
P. E. Jupp, Directional Statistics (2000), sections 2.2 and 2.3.
"""

from cmath import phase, rect
from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum, log, sqrt, tau
from typing import Final, Self

from ..nights import MINUTES_PER_DAY

_NO_DIRECTION: Final = 1e-6
"""A mean vector this short is the rounding of one that is zero: such times have no mean."""


@dataclass(frozen=True, slots=True)
class Resultant:
    """Times of day as unit vectors, `n` of them, added up, in any order: all that is needed of them."""

    n: int
    vector: complex

    @classmethod
    def from_minutes(cls, minutes: Iterable[float]) -> Self:
        """Add up times."""
        vectors = [rect(1, minute / MINUTES_PER_DAY * tau) for minute in minutes]
        return cls(len(vectors), _sum(vectors))

    @classmethod
    def combine(cls, parts: Iterable[Self]) -> Self:
        """Add up what was added up in parts."""
        known = tuple(parts)
        return cls(sum(part.n for part in known), _sum(part.vector for part in known))

    @property
    def concentration(self) -> float | None:
        """Return the mean resultant length: 1 if all times are the same, near 0 if they are all over the day.

        R = |sum of exp(i angle)| / n. None without a time.
        """
        return min(abs(self.vector) / self.n, 1.0) if self.n else None

    @property
    def mean(self) -> float | None:
        """Return the mean time in minutes, from 0 up to 1440: the direction of the sum of the unit vectors.

        None without a time, and where the times cancel one another out.
        """
        return phase(self.vector) / tau * MINUTES_PER_DAY % MINUTES_PER_DAY if self._has_direction else None

    @property
    def standard_deviation(self) -> float | None:
        """Return the circular standard deviation, sqrt(-2 ln R), in minutes. It has no upper bound.

        None without a time, and where the times cancel one another out.
        """
        length = self.concentration
        if length is None or not self._has_direction:
            return None
        return sqrt(-2 * log(length)) / tau * MINUTES_PER_DAY

    @property
    def _has_direction(self) -> bool:
        length = self.concentration
        return length is not None and length > _NO_DIRECTION


def circular_difference(minute: float, than: float) -> float:
    """Return by how many minutes one time is later than another, the shorter way round: from -720 up to 720."""
    half = MINUTES_PER_DAY / 2
    return (minute - than + half) % MINUTES_PER_DAY - half


def _sum(vectors: Iterable[complex]) -> complex:
    known = tuple(vectors)
    return complex(fsum(each.real for each in known), fsum(each.imag for each in known))
