"""What a session remembers, in memory and on disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from .command import RestoreMode
from .managed_entity import ManagedEntity, PendingRestore
from .plan import UNDO_WITHIN, Kind
from .schedule import SessionTimes


class Phase(StrEnum):
    """Where a night is."""

    OFF = "off"
    WIND_DOWN = "wind_down"
    BEDTIME = "bedtime"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """A session, and what the last one still owes.

    `held` and `owed` go by entity id; `awaited` are entities that were out of reach when they were to be captured.
    `follows`: the times follow the plan's. `seen_night`: the schedule entity has been on. `hushed`: notify actions of
    phones that were told not to disturb. `last_bedtime`: the latest bedtime that has had its session.
    `coming`: the bedtime that the schedule entity last foretold. `postponed`: which bedtime comes later, and how much.
    `warned`: of which silence of the screens was last warned.
    """

    times: SessionTimes | None = None
    follows_plan: bool = False
    schedule_was_on: bool = False
    captured: frozenset[Kind] = frozenset()
    managed: Mapping[str, ManagedEntity] = field(default_factory=dict)
    awaiting: Mapping[str, Kind] = field(default_factory=dict)
    pending_restores: Mapping[str, PendingRestore] = field(default_factory=dict)
    phones_in_dnd: tuple[str, ...] = ()
    last_bedtime: datetime | None = None
    next_scheduled: datetime | None = None
    extension: tuple[datetime, timedelta] | None = None
    warned_for: datetime | None = None

    def renamed(self, old: str, new: str) -> Self:
        """Return the session after an entity has got another id."""
        if not any(old in each for each in (self.managed, self.awaiting, self.pending_restores)):
            return self

        def rename[Value](mapping: Mapping[str, Value]) -> dict[str, Value]:
            return {new if entity_id == old else entity_id: value for entity_id, value in mapping.items()}

        return replace(
            self,
            managed=rename(self.managed),
            awaiting=rename(self.awaiting),
            pending_restores=rename(self.pending_restores),
        )

    def restore_mode_of(self, owed: PendingRestore, *, is_late: bool, now: datetime) -> RestoreMode:
        """Return how much of an entity is given back: screens are powered only soon after, never hours later."""
        is_soon = self.last_bedtime is not None and now - self.last_bedtime <= UNDO_WITHIN
        return (
            RestoreMode.EVERYTHING
            if owed.restore_mode is RestoreMode.UNDO and is_late and not is_soon
            else owed.restore_mode
        )

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "night": self.times and {each.name: _iso(getattr(self.times, each.name)) for each in fields(self.times)},
            "follows": self.follows_plan,
            "seen_night": self.schedule_was_on,
            "captured": sorted(self.captured),
            "held": {entity_id: held.as_json() for entity_id, held in self.managed.items()},
            "awaited": dict(self.awaiting),
            "owed": {
                entity_id: {"held": owed.entity.as_json(), "extent": owed.restore_mode}
                for entity_id, owed in self.pending_restores.items()
            },
            "hushed": list(self.phones_in_dnd),
            "last_bedtime": _iso(self.last_bedtime),
            "coming": _iso(self.next_scheduled),
            "warned": _iso(self.warned_for),
            "postponed": self.extension and [_iso(self.extension[0]), self.extension[1].total_seconds()],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the session that was stored. Raises KeyError, TypeError or ValueError for what is none."""
        return cls(
            times=data["night"] and _night_from_json(data["night"]),
            follows_plan=data["follows"],
            schedule_was_on=data["seen_night"],
            captured=frozenset(Kind(kind) for kind in data["captured"]),
            managed={entity_id: ManagedEntity.from_json(held) for entity_id, held in data["held"].items()},
            awaiting={entity_id: Kind(kind) for entity_id, kind in data["awaited"].items()},
            pending_restores={
                entity_id: PendingRestore(
                    entity=ManagedEntity.from_json(owed["held"]), restore_mode=RestoreMode(owed["extent"])
                )
                for entity_id, owed in data["owed"].items()
            },
            phones_in_dnd=tuple(data["hushed"]),
            last_bedtime=_moment(data["last_bedtime"]),
            next_scheduled=_moment(data["coming"]),
            warned_for=_moment(data.get("warned")),
            extension=data["postponed"]
            and (datetime.fromisoformat(data["postponed"][0]), timedelta(seconds=data["postponed"][1])),
        )


def _night_from_json(data: Mapping[str, Any]) -> SessionTimes:
    return SessionTimes(
        begins_at=datetime.fromisoformat(data["begins_at"]),
        fades_at=datetime.fromisoformat(data["fades_at"]),
        bedtime_at=datetime.fromisoformat(data["bedtime_at"]),
        ends_at=_moment(data["ends_at"]),
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
