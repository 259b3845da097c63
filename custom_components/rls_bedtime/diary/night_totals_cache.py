"""The tallies of the last nights, kept in memory: a glance reads anew only the nights on which something changed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from . import journal
from .nights import Nights
from .queries import onsets
from .statistics.overview import NightTotals, night_totals

_MOST_CHANGES: Final = 20
"""After more changes than this, all nights are read anew at once."""


@dataclass(frozen=True, slots=True)
class _Known:
    """The tallies of some nights as they were after a change; a night without a tally had no episode."""

    nights: Nights
    change: int
    tallies: dict[date, NightTotals]


class NightTotalsCache:
    """What is known of the last nights of each sleeper.

    The journal tells which nights are to be read anew: each change of an episode is in it, with the moment at which the
    episode started before and after. Of another file in the place of the first nothing is known. What else passes the
    journal by, such as the erasing of a sleeper, is to be forgotten.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self._file: object = None
        self._known: dict[str, _Known] = {}

    def clear(self) -> None:
        """Know nothing any more."""
        self._known.clear()

    def totals(self, session: Session, sleeper: str, nights: Nights) -> list[NightTotals]:
        """Return the tallies of those of these nights that have an episode, as of this transaction."""
        if (file := session.get_bind()) is not self._file:
            self._file = file
            self.clear()
        known = self._known.get(sleeper)
        changes = journal.changes_since(session, known.change, _MOST_CHANGES) if known else None
        if known is None or changes is None:
            tallies = night_totals(onsets(session, sleeper, nights.first, nights.last))
            change = journal.newest_change_id(session)
        else:
            changed = {night for each in changes if each.sleeper == sleeper for night in journal.affected_nights(each)}
            kept = {night for night in nights if night in known.nights} - changed
            tallies = {night: tally for night, tally in known.tallies.items() if night in kept}
            for night in set(nights) - kept:
                tallies |= _tally_of(session, sleeper, night)
            change = changes[-1].id if changes else known.change
        of_nights = {night: tally for night, tally in tallies.items() if night in nights}
        self._known[sleeper] = _Known(nights, change, of_nights)
        return list(of_nights.values())


def _tally_of(session: Session, sleeper: str, night: date) -> dict[date, NightTotals]:
    """Return the tally of one night, if it has an episode."""
    tallies = night_totals(onsets(session, sleeper, night, night))
    return {night: tallies[night]} if night in tallies else {}
