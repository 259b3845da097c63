"""Episodes for tests of the figures."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.rls_bedtime.diary.models import ClearNight, Episode
from custom_components.rls_bedtime.diary.nights import Nights
from custom_components.rls_bedtime.diary.statistics.summary import Summary, summarize

BERLIN = ZoneInfo("Europe/Berlin")


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """Return a moment of a wall clock."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def episode(start: str | datetime, minutes: float | None = None, **facts: Any) -> Episode:
    """Return an episode that started then, as the diary keeps it, and that lasted so many minutes if they are given."""
    started_at = local(start) if isinstance(start, str) else start
    ended_at = None if minutes is None else started_at.astimezone(UTC) + timedelta(minutes=minutes)
    return Episode(
        id=started_at.isoformat(),
        sleeper="alex",
        started_at=started_at,
        ended_at=ended_at,
        logged_at=started_at.astimezone(UTC),
        **facts,
    )


def clear(night: date) -> ClearNight:
    """Return a night marked clear."""
    return ClearNight(sleeper="alex", night=night, logged_at=datetime.combine(night, datetime.min.time(), UTC))


def summary_of(nights: Nights, now: datetime, episodes: Iterable[Episode] = (), **facts: Any) -> Summary:
    """Return a summary of what is given, and of nothing else."""
    nothing: dict[str, Any] = {"clear_nights": (), "practices": (), "bedtimes": ()}
    return summarize(nights, now, episodes=tuple(episodes), **nothing | facts)
