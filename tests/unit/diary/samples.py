"""Sample data for the tests of the diary."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.rls_bedtime.diary.models import (
    Activity,
    BodyPart,
    ClearNight,
    Episode,
    InvalidEntryError,
    NewEpisode,
    Relief,
    ReliefEffect,
    Sensation,
    Side,
    SleepImpact,
)
from custom_components.rls_bedtime.diary.nights import Nights
from custom_components.rls_bedtime.diary.statistics.summary import Summary, summarize

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 24, 3, 12, tzinfo=BERLIN)
TONIGHT = date(2026, 11, 23)

FULL_ENTRY = NewEpisode(
    ago=timedelta(minutes=40),
    duration=timedelta(minutes=30),
    severity=7,
    side=Side.LEFT,
    body_parts=(BodyPart.CALF, BodyPart.FOOT, BodyPart.CALF),
    sensations=(Sensation.CRAWLING, Sensation.URGE_TO_MOVE),
    activity=Activity.LYING,
    relief=(Relief.WALKING,),
    relief_effect=ReliefEffect.SOME,
    sleep_impact=SleepImpact.DELAYED,
    tags=("late coffee", " late coffee ", "", "Übung, mit Komma"),
    note="woke twice 🦵",
)


def local(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    """Return a local time."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def episode(start: str | datetime, minutes: float | None = None, **details: Any) -> Episode:
    """Return an episode as stored, with a start and optionally a duration in minutes."""
    started_at = local(start) if isinstance(start, str) else start
    ended_at = None if minutes is None else started_at.astimezone(UTC) + timedelta(minutes=minutes)
    return Episode(
        id=started_at.isoformat(),
        sleeper="alex",
        started_at=started_at,
        ended_at=ended_at,
        logged_at=started_at.astimezone(UTC),
        **details,
    )


def clear(night: date) -> ClearNight:
    """Return a clear night."""
    return ClearNight(sleeper="alex", night=night, logged_at=datetime.combine(night, datetime.min.time(), UTC))


def summary_of(nights: Nights, now: datetime, episodes: Iterable[Episode] = (), **details: Any) -> Summary:
    """Return a summary of only the given records."""
    no_records: dict[str, Any] = {"clear_nights": (), "practices": (), "bedtimes": ()}
    return summarize(nights, now, episodes=tuple(episodes), **no_records | details)


def later(**delta: float) -> datetime:
    """Return the local time this much later."""
    return (NOW.astimezone(UTC) + timedelta(**delta)).astimezone(BERLIN)


def assert_refused(key: str, call: Callable[[], object]) -> InvalidEntryError:
    """Assert that a call is refused with this key, and return the error."""
    with pytest.raises(InvalidEntryError) as error:
        call()
    assert error.value.key == key
    return error.value
