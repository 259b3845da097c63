"""In-memory cache of the totals of recent nights, so that an overview only reads nights that have changed."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from . import journal
from .nights import Nights
from .queries import onsets
from .statistics.overview import NightTotals, night_totals

_MAX_CHANGES: Final = 20
"""After more changes than this, all nights are read again at once."""


@dataclass(frozen=True, slots=True)
class _CacheEntry:
    """The totals of some nights as of a change. A night that is not in the totals had no episode."""

    nights: Nights
    change_id: int
    totals: dict[date, NightTotals]


class NightTotalsCache:
    """The totals of the recent nights of each sleeper.

    The journal says which nights must be read again: it records each change of an episode with the start before and
    after it. When the file is replaced by another one, the cache is cleared. The caller must clear it after changes
    that are not in the journal, such as erasing a sleeper.
    """

    def __init__(self) -> None:
        self._engine: object = None
        self._entries: dict[str, _CacheEntry] = {}

    def clear(self) -> None:
        """Remove all entries."""
        self._entries.clear()

    def totals(self, session: Session, sleeper: str, nights: Nights) -> list[NightTotals]:
        """Return the totals of these nights as of this transaction, without nights that have no episode."""
        # Each file that is opened has an engine of its own.
        if (engine := session.get_bind()) is not self._engine:
            self._engine = engine
            self.clear()
        entry = self._entries.get(sleeper)
        changes = journal.changes_since(session, entry.change_id, _MAX_CHANGES) if entry else None
        if entry is None or changes is None:
            totals = night_totals(onsets(session, sleeper, nights.first, nights.last))
            change_id = journal.newest_change_id(session)
        else:
            changed = {night for each in changes if each.sleeper == sleeper for night in journal.affected_nights(each)}
            valid = {night for night in nights if night in entry.nights} - changed
            totals = {night: total for night, total in entry.totals.items() if night in valid}
            for night in set(nights) - valid:
                totals |= _totals_of(session, sleeper, night)
            change_id = changes[-1].id if changes else entry.change_id
        totals_in_range = {night: total for night, total in totals.items() if night in nights}
        self._entries[sleeper] = _CacheEntry(nights, change_id, totals_in_range)
        return list(totals_in_range.values())


def _totals_of(session: Session, sleeper: str, night: date) -> dict[date, NightTotals]:
    """Return the totals of one night; empty if it has no episode."""
    totals = night_totals(onsets(session, sleeper, night, night))
    return {night: totals[night]} if night in totals else {}
