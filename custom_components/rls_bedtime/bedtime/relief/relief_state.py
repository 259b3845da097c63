"""What is on for relief at night, in memory and on disk. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Self, TypedDict

_YEARS: Final = range(2000, 2200)
"""Years that a stored time may lie in: others are damage."""


class Aid(StrEnum):
    """What helps at night: lights on the way, or a device such as a massager."""

    WALK = "walk"
    DEVICE = "device"


class StoredRun(TypedDict):
    """A run as it is stored: times in ISO format, in UTC."""

    started_at: str
    until: str


class StoredHeldEntity(TypedDict):
    """A held entity as it is stored: times in ISO format, in UTC."""

    aid: str
    since: str
    until: str


class StoredRelief(TypedDict):
    """Relief at night as it is stored."""

    runs: dict[str, StoredRun]
    held: dict[str, StoredHeldEntity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A walk, or a relief device that runs: when it was started, and when it ends."""

    started_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEntity:
    """An entity that we turned on, or may have: since when it is on, and from when on it has to be off.

    It is held until it is known to be off, or somebody has taken it over.
    """

    aid: Aid
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliefState:
    """What runs in a bedroom, and the entities that are held for it, by entity id."""

    runs: Mapping[Aid, Run] = field(default_factory=dict)
    held: Mapping[str, HeldEntity] = field(default_factory=dict)

    def held_for(self, aid: Aid) -> tuple[str, ...]:
        """Return the entities that are held for a walk, or as relief devices."""
        return tuple(entity_id for entity_id, each in self.held.items() if each.aid is aid)

    def without_run(self, aid: Aid) -> Self:
        """Return the state with no such run, whose entities keep the time at which they have to be off."""
        return replace(self, runs={each: run for each, run in self.runs.items() if each is not aid})

    def ended(self, aid: Aid, now: datetime) -> Self:
        """Return the state with no such run, whose entities have to be off now."""
        held = {
            entity_id: replace(each, until=min(each.until, now)) if each.aid is aid else each
            for entity_id, each in self.held.items()
        }
        return replace(self.without_run(aid), held=held)

    def without(self, entity_id: str) -> Self:
        """Return the state without an entity that nobody has on any longer."""
        return replace(self, held={each: value for each, value in self.held.items() if each != entity_id})

    def renamed(self, old: str, new: str) -> Self:
        """Return the state after an entity has got another id."""
        if old not in self.held:
            return self
        return replace(self, held={new if each == old else each: value for each, value in self.held.items()})

    def as_json(self) -> StoredRelief:
        """Return what is stored."""
        return {
            "runs": {
                aid: {"started_at": run.started_at.isoformat(), "until": run.until.isoformat()}
                for aid, run in self.runs.items()
            },
            "held": {
                entity_id: {"aid": each.aid, "since": each.since.isoformat(), "until": each.until.isoformat()}
                for entity_id, each in self.held.items()
            },
        }

    @classmethod
    def from_json(cls, data: Any) -> tuple[Self, tuple[str, ...]]:
        """Return what was stored, as far as it can be read, and the names of what cannot."""
        if not isinstance(data, Mapping):
            return cls(), ("relief",)
        damaged: list[str] = []
        runs = _read_each(data, "runs", _run, damaged)
        held = _read_each(data, "held", _held_entity, damaged)
        known = {Aid(aid): run for aid, run in runs.items() if aid in list(Aid)}
        damaged += [aid for aid in runs if aid not in list(Aid)]
        return cls(runs=known, held=held), tuple(damaged)


def _read_each[T](data: Mapping[str, Any], name: str, parse: Callable[[Any], T], damaged: list[str]) -> dict[str, T]:
    """Return a part without what is damaged of it, and note that."""
    part = data.get(name)
    if not isinstance(part, Mapping):
        damaged.append(name)
        return {}
    found = {}
    for key, value in part.items():
        try:
            found[key] = parse(value)
        except KeyError, TypeError, ValueError, OverflowError:
            damaged.append(key)
    return found


def _run(data: Any) -> Run:
    return Run(started_at=_time(data["started_at"]), until=_time(data["until"]))


def _held_entity(data: Any) -> HeldEntity:
    return HeldEntity(aid=Aid(data["aid"]), since=_time(data["since"]), until=_time(data["until"]))


def _time(value: Any) -> datetime:
    """Return a stored time. Raises TypeError or ValueError for what is none, or has no time zone."""
    time = datetime.fromisoformat(value)
    if time.tzinfo is None or time.year not in _YEARS:
        raise ValueError(value)
    return time.astimezone(UTC)
