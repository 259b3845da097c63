"""What was recorded of each night of a diary, as comparisons need it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from ..models import BodyPart, ClearNight, MarkedChange, MarkedChangeKind
from ..nights import Nights, minute_of_night, night_of
from .figures import Onset


class ObservedEpisode(Onset, Protocol):
    """The part of an episode that comparisons are based on."""

    @property
    def body_parts(self) -> tuple[BodyPart, ...]:
        """Return the affected parts."""


@dataclass(frozen=True, slots=True)
class NightObservation:
    """What was recorded of a night: the minute of the night at which each episode started, and the worst severity.

    A clear night has no episodes and the severity 0; a night whose episodes were not rated has none.
    """

    onsets: tuple[int, ...]
    worst: int | None

    @property
    def is_affected(self) -> bool:
        """Return whether the night has an episode."""
        return bool(self.onsets)


type Observations = Mapping[date, NightObservation]
"""The recorded nights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryHistory:
    """All recorded nights of a diary up to tonight.

    `named` is the night on which each body part was named for the first time, and `changes` are the nights of marked
    changes.
    """

    tonight: date
    observations: Observations
    named: Mapping[BodyPart, date]
    changes: frozenset[date] = frozenset()

    @property
    def nights(self) -> Nights:
        """Return the nights from the first recorded one to the last that counts; none if nothing is recorded."""
        last = self.tonight if self.tonight in self.observations else self.tonight - timedelta(days=1)
        return Nights(min(self.observations, default=self.tonight), last)

    def named_in(self, nights: Nights) -> dict[BodyPart, date]:
        """Return the body parts that were named for the first time in a range of nights."""
        return {part: night for part, night in self.named.items() if night in nights}


def observe_nights(episodes: Iterable[Onset], clear_nights: Iterable[ClearNight]) -> dict[date, NightObservation]:
    """Return the recorded nights. A night with an episode is affected, even if it was marked clear."""
    observations = {each.night: NightObservation((), 0) for each in clear_nights}
    by_night: dict[date, list[Onset]] = {}
    for each in episodes:
        by_night.setdefault(night_of(each.started_at), []).append(each)
    for night, found in by_night.items():
        severities = [each.severity for each in found if each.severity is not None]
        onsets = tuple(minute_of_night(each.started_at) for each in found)
        observations[night] = NightObservation(onsets, max(severities, default=None))
    return observations


def first_starts(episodes: Iterable[Onset]) -> dict[date, datetime]:
    """Return when the first episode of each affected night began, in UTC: clocks may change within a night."""
    starts: dict[date, datetime] = {}
    for each in episodes:
        night, start = night_of(each.started_at), each.started_at.astimezone(UTC)
        starts[night] = min(starts.get(night, start), start)
    return starts


def first_named(episodes: Iterable[ObservedEpisode]) -> dict[BodyPart, date]:
    """Return the night on which each body part was named for the first time, the earliest first."""
    found: dict[BodyPart, date] = {}
    for each in episodes:
        night = night_of(each.started_at)
        for part in each.body_parts:
            found[part] = min(found.get(part, night), night)
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def make_history(
    episodes: Sequence[ObservedEpisode],
    clear_nights: Iterable[ClearNight],
    changes: Iterable[MarkedChange],
    tonight: date,
) -> DiaryHistory:
    """Return the history of a diary. A laboratory value changes nothing, so it is not among the changes."""
    return DiaryHistory(
        tonight=tonight,
        observations=observe_nights(episodes, clear_nights),
        named=first_named(episodes),
        changes=frozenset(each.day for each in changes if each.kind is not MarkedChangeKind.LABORATORY),
    )
