"""What the diary has to say at a glance. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .models import Episode
from .nights import night_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A sleeper's diary at a glance, on one night."""

    night: date
    episodes_tonight: int
    last: Episode | None


def summarize(night: date, recent: Sequence[Episode], last: Episode | None) -> Summary:
    """Return the summary of a night, from the episodes around it and the last one of all.

    An episode belongs to the night of its own wall clock, wherever the sleeper was then.
    """
    return Summary(night=night, episodes_tonight=sum(night_of(each.started_at) == night for each in recent), last=last)
