"""Nights: noon to noon, local time, named by the date on which they begin."""

from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

NOON: Final = time(12)
_HALF_A_DAY: Final = timedelta(hours=12)


def night_of(moment: datetime) -> date:
    """Return the night that an aware moment belongs to, by its own wall clock.

    Wall clock arithmetic on purpose: a night lasts from noon to noon, be it 23, 24 or 25 hours.
    """
    return (moment.replace(tzinfo=None) - _HALF_A_DAY).date()


def night_bounds(night: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return the noons between which a night lies in a zone, the later one not included."""
    return datetime.combine(night, NOON, zone), datetime.combine(night + timedelta(days=1), NOON, zone)
