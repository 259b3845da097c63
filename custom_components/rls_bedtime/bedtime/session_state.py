"""What a session remembers, in memory and on disk. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Self, TypedDict

from .command import RestoreMode
from .evolve import evolve
from .managed_entity import ManagedEntity, PendingRestore
from .plan import UNDO_WITHIN, Kind
from .schedule import SessionTimes

_YEARS: Final = range(2000, 2200)
"""Years that a stored time may lie in: others are damage."""

_LONGEST: Final = timedelta(days=8)
"""No session is longer: a schedule plans a week ahead."""


class Phase(StrEnum):
    """The phase of a bedroom."""

    OFF = "off"
    WIND_DOWN = "wind_down"
    BEDTIME = "bedtime"


class StoredPendingRestore(TypedDict):
    """A pending restore as it is stored."""

    held: dict[str, Any]
    extent: str
    untried: bool


class StoredSession(TypedDict):
    """A session as it is stored: times in ISO format, in UTC; `postponed` is a bedtime and a number of seconds."""

    night: dict[str, str | None] | None
    follows: bool
    seen_night: bool
    captured: list[str]
    held: dict[str, dict[str, Any]]
    awaited: dict[str, str]
    owed: dict[str, StoredPendingRestore]
    hushed: list[str]
    unreadable: list[str]
    last_bedtime: str | None
    coming: str | None
    warned: str | None
    postponed: list[str | float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionState:
    """A session, and what the last one has still to restore.

    `managed` and `pending_restores` are by entity id; `awaiting` are entities that were unavailable when they were to
    be captured. `follows_plan`: the times follow the plan's. `schedule_was_on`: the schedule entity has been on.
    `phones_in_dnd`: notify actions of phones in Do Not Disturb. `unreadable`: entities whose stored state was damaged:
    they are at their night level, and what they were like before is not known. `last_bedtime`: the latest bedtime that
    has had its session. `next_scheduled`: the bedtime that the schedule entity last announced. `extension`: which
    bedtime comes later, and by how much. `warned_for`: the last time screens go off that was announced.
    """

    times: SessionTimes | None = None
    follows_plan: bool = False
    schedule_was_on: bool = False
    captured: frozenset[Kind] = frozenset()
    managed: Mapping[str, ManagedEntity] = field(default_factory=dict)
    awaiting: Mapping[str, Kind] = field(default_factory=dict)
    pending_restores: Mapping[str, PendingRestore] = field(default_factory=dict)
    phones_in_dnd: tuple[str, ...] = ()
    unreadable: frozenset[str] = frozenset()
    last_bedtime: datetime | None = None
    next_scheduled: datetime | None = None
    extension: tuple[datetime, timedelta] | None = None
    warned_for: datetime | None = None

    def renamed(self, old: str, new: str) -> Self:
        """Return the session after an entity has got another id."""
        if not any(old in each for each in (self.managed, self.awaiting, self.pending_restores, self.unreadable)):
            return self

        def rename[Value](mapping: Mapping[str, Value]) -> dict[str, Value]:
            return {new if entity_id == old else entity_id: value for entity_id, value in mapping.items()}

        return replace(
            self,
            managed=rename(self.managed),
            awaiting=rename(self.awaiting),
            pending_restores=rename(self.pending_restores),
            unreadable=frozenset(new if entity_id == old else entity_id for entity_id in self.unreadable),
        )

    @property
    def known(self) -> frozenset[str]:
        """Return the entities of the session: managed, or still unavailable."""
        return frozenset(self.managed.keys() | self.awaiting.keys())

    def entity(self, entity_id: str) -> ManagedEntity | None:
        """Return an entity that is managed, or has still to be restored."""
        if (managed := self.managed.get(entity_id)) is not None:
            return managed
        pending = self.pending_restores.get(entity_id)
        return pending.entity if pending is not None else None

    def target_of(self, entity_id: str) -> Any:
        """Return what an entity should be like: in the session, or as it was before it; None if that is not known."""
        if (managed := self.managed.get(entity_id)) is not None:
            return managed.target
        return self.pending_restores[entity_id].entity.original

    def with_tried(self, entity_ids: Iterable[str]) -> Self:
        """Return the session before these entities are sent what restores them."""
        pending = self.pending_restores
        tried = {
            entity_id: evolve(each, is_untried=False)
            for entity_id in entity_ids
            if (each := pending.get(entity_id)) is not None and each.is_untried
        }
        return replace(self, pending_restores={**pending, **tried}) if tried else self

    def restore_mode_of(self, pending: PendingRestore, *, is_late: bool, now: datetime) -> RestoreMode:
        """Return how much of an entity is restored: screens are powered only soon after, never hours later."""
        is_soon = self.last_bedtime is not None and now - self.last_bedtime <= UNDO_WITHIN
        is_too_late = pending.restore_mode is RestoreMode.UNDO and is_late and not is_soon
        return RestoreMode.EVERYTHING if is_too_late else pending.restore_mode

    def as_json(self) -> StoredSession:
        """Return what is stored."""
        times = None
        if self.times is not None:
            times = {each.name: _as_iso(getattr(self.times, each.name)) for each in fields(self.times)}
        return {
            "night": times,
            "follows": self.follows_plan,
            "seen_night": self.schedule_was_on,
            "captured": sorted(self.captured),
            "held": {entity_id: entity.as_json() for entity_id, entity in self.managed.items()},
            "awaited": dict(self.awaiting),
            "owed": {
                entity_id: {
                    "held": pending.entity.as_json(),
                    "extent": pending.restore_mode,
                    "untried": pending.is_untried,
                }
                for entity_id, pending in self.pending_restores.items()
            },
            "hushed": list(self.phones_in_dnd),
            "unreadable": sorted(self.unreadable),
            "last_bedtime": _as_iso(self.last_bedtime),
            "coming": _as_iso(self.next_scheduled),
            "warned": _as_iso(self.warned_for),
            "postponed": self.extension and [self.extension[0].isoformat(), self.extension[1].total_seconds()],
        }

    @classmethod
    def from_json(cls, data: Any) -> tuple[Self, tuple[str, ...]]:
        """Return the session that was stored, as far as it can be read, and the names of what cannot.

        A damaged part costs itself alone: each field and each device is read for itself. Devices of a session whose
        times cannot be read have still to be restored.
        """
        reader = _Reader(data if isinstance(data, Mapping) else {})
        if not isinstance(data, Mapping):
            return cls(), ("session",)
        state = cls(
            times=reader.read("night", _times, None),
            follows_plan=reader.read("follows", _flag, default=False),
            schedule_was_on=reader.read("seen_night", _flag, default=False),
            captured=frozenset(reader.read("captured", lambda value: {Kind(kind) for kind in _list(value)}, set())),
            managed=reader.read_each("held", ManagedEntity.from_json),
            awaiting=reader.read_each("awaited", Kind),
            pending_restores=reader.read_each("owed", _pending_restore),
            phones_in_dnd=tuple(reader.read("hushed", _texts, [])),
            unreadable=frozenset(reader.read("unreadable", _texts, [])),
            last_bedtime=reader.read("last_bedtime", _time, None),
            next_scheduled=reader.read("coming", _time, None),
            warned_for=reader.read("warned", _time, None),
            extension=reader.read("postponed", _extension, None),
        )
        if state.times is None and state.managed:
            rescued = {
                entity_id: PendingRestore(entity=entity, restore_mode=RestoreMode.SETTINGS, is_untried=True)
                for entity_id, entity in state.managed.items()
            }
            pending = {**rescued, **state.pending_restores}
            state = replace(state, managed={}, awaiting={}, captured=frozenset(), pending_restores=pending)
        return state, tuple(reader.damaged)


class _Reader:
    """Reads a stored session part by part, and notes what cannot be read."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.damaged: list[str] = []

    def read[T, D](self, name: str, parse: Callable[[Any], T], default: D) -> T | D:
        """Return a part, or the default where there is none or it is damaged."""
        if (value := self._data.get(name)) is None:
            return default
        try:
            return parse(value)
        except KeyError, TypeError, ValueError, OverflowError:
            self.damaged.append(name)
            return default

    def read_each[T](self, name: str, parse: Callable[[Any], T]) -> dict[str, T]:
        """Return a part by entity id, without the entities that are damaged."""
        entities = self.read(name, _mapping, {})
        found = {}
        for entity_id, value in entities.items():
            try:
                found[entity_id] = parse(value)
            except AttributeError, KeyError, TypeError, ValueError, OverflowError:
                self.damaged.append(entity_id)
        return found


def _pending_restore(data: Any) -> PendingRestore:
    return PendingRestore(
        entity=ManagedEntity.from_json(data["held"]),
        restore_mode=RestoreMode(data["extent"]),
        is_untried=_flag(data.get("untried", False)),
    )


def _times(data: Any) -> SessionTimes:
    begins_at, fades_at, bedtime_at = (_time(data[name]) for name in ("begins_at", "fades_at", "bedtime_at"))
    ends_at = None if data["ends_at"] is None else _time(data["ends_at"])
    if max(bedtime_at, ends_at or bedtime_at) - begins_at > _LONGEST:
        # A session that cannot have been planned so would not end.
        raise ValueError(data)
    return SessionTimes(begins_at=begins_at, fades_at=fades_at, bedtime_at=bedtime_at, ends_at=ends_at)


def _extension(data: Any) -> tuple[datetime, timedelta]:
    bedtime, seconds = _list(data)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise TypeError(seconds)
    return _time(bedtime), timedelta(seconds=seconds)


def _time(value: Any) -> datetime:
    """Return a stored time. Raises TypeError or ValueError for what is none, or has no time zone."""
    time = datetime.fromisoformat(value)
    if time.tzinfo is None or time.year not in _YEARS:
        raise ValueError(value)
    return time


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _texts(value: Any) -> list[str]:
    return [_text(each) for each in _list(value)]


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise TypeError(value)
    return list(value)


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise TypeError(value)
    return dict(value)


def _as_iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()
