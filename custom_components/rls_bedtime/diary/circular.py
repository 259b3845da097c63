"""Statistics of times of day. Ten to twelve and ten past twelve lie around midnight, not around noon. Pure.

Times are minutes past some hour of the day, any hour as long as it is the same one; each is an angle of the circle of
1440 minutes. Formulas: N. I. Fisher, Statistical Analysis of Circular Data (1993), section 2.3; K. V. Mardia and
P. E. Jupp, Directional Statistics (2000), sections 2.2 and 2.3.
"""

from cmath import phase, rect
from collections.abc import Iterable
from math import fsum, log, sqrt, tau
from typing import Final

from .nights import MINUTES_A_DAY

_NO_DIRECTION: Final = 1e-6
"""A resultant this short is the rounding of one that is zero: such times have no mean."""


def concentration(minutes: Iterable[float]) -> float | None:
    """Return the mean resultant length: 1 if all times are the same, near 0 if they are all over the day.

    R = |sum of exp(i angle)| / n. None without a time.
    """
    mean = _resultant(minutes)
    return None if mean is None else min(abs(mean), 1.0)


def circular_mean(minutes: Iterable[float]) -> float | None:
    """Return the mean time, in minutes from 0 up to 1440: the direction of the mean of the unit vectors.

    None without a time, and where the times cancel one another out.
    """
    mean = _resultant(minutes)
    if mean is None or abs(mean) < _NO_DIRECTION:
        return None
    return phase(mean) / tau * MINUTES_A_DAY % MINUTES_A_DAY


def circular_standard_deviation(minutes: Iterable[float]) -> float | None:
    """Return the circular standard deviation, sqrt(-2 ln R), in minutes. It has no upper bound.

    None without a time, and where the times cancel one another out.
    """
    length = concentration(minutes)
    if length is None or length < _NO_DIRECTION:
        return None
    return sqrt(-2 * log(length)) / tau * MINUTES_A_DAY


def later_by(minute: float, than: float) -> float:
    """Return by how many minutes one time is later than another, the shorter way round: from -720 up to 720."""
    half = MINUTES_A_DAY / 2
    return (minute - than + half) % MINUTES_A_DAY - half


def _resultant(minutes: Iterable[float]) -> complex | None:
    """Return the mean of the unit vectors of these times. Summed exactly: their order makes no difference."""
    vectors = [rect(1, minute / MINUTES_A_DAY * tau) for minute in minutes]
    if not vectors:
        return None
    return complex(fsum(each.real for each in vectors), fsum(each.imag for each in vectors)) / len(vectors)
