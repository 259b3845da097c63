"""What a session remembers, in memory and on disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol, Self

from homeassistant.core import State

from . import climate, covers, lights, screens
from .command import Command, Extent, Moment
from .ownership import Look
from .plan import Kind, Plan
from .schedule import Night

POWER: Final = "is_on"


class Device(Protocol):
    """What each module of a kind of devices offers: pure functions between states, looks and commands."""

    Saved: type[Any]

    def capture(self, state: State, /) -> Any:
        """Return what an entity is like."""

    def aim(self, saved: Any, state: State, plan: Plan, moment: Moment, /) -> Any:
        """Return what an entity should be like now."""

    def settle(self, wanted: Any, state: State, /) -> list[Command]:
        """Return the steps to what is wanted at night. None where it is there already."""

    def restore(self, saved: Any, state: State, extent: Extent, /) -> list[Command]:
        """Return the steps back to what was. None where it is there already."""


DEVICES: Final[Mapping[Kind, Device]] = {
    Kind.LIGHTS: lights,
    Kind.CLIMATE: climate,
    Kind.SCREENS: screens,
    Kind.COVERS: covers,
}


class Phase(StrEnum):
    """Where a night is."""

    OFF = "off"
    WIND_DOWN = "wind_down"
    BEDTIME = "bedtime"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An entity of a session: as it was before, and what people have taken back of it since.

    `was_off`: it was off before, whatever `before` has learned of it later. `lit`: a light that someone turned on at
    night. `insisted`: a screen that was silenced once more. `rests`: what it came to, where that is more or other than
    was wanted of it.
    """

    kind: Kind
    before: Any
    was_off: bool = False
    released: frozenset[str] = frozenset()
    lit: bool = False
    insisted: bool = False
    rests: Any = None

    @classmethod
    def of(cls, kind: Kind, state: State) -> Self:
        """Return an entity as it is now."""
        before = DEVICES[kind].capture(state)
        return cls(kind=kind, before=before, was_off=getattr(before, POWER, None) is False)

    def look(self, state: State) -> Look:
        """Return what the entity is like in a state."""
        look: Look = DEVICES[self.kind].capture(state)
        return look

    def aim(self, state: State, plan: Plan, moment: Moment) -> Look:
        """Return what the entity should be like now."""
        at = replace(moment, dark=False) if self.lit else moment
        look: Look = DEVICES[self.kind].aim(self.before, state, plan, at)
        return look

    def settle(self, aim: Look, state: State) -> list[Command]:
        """Return the steps towards bedtime: none for what people have taken back, or what was off."""
        if self.is_hands_off or (self.was_off and not (self.lit or self.insisted)):
            return []
        return DEVICES[self.kind].settle(aim, state)

    def restore(self, state: State, extent: Extent) -> list[Command]:
        """Return the steps back to what was: none for what people have taken back."""
        if extent is Extent.NOTHING or self.is_theirs:
            return []
        only_settings = self.was_off or self.lit or POWER in self.released
        return DEVICES[self.kind].restore(self.before, state, Extent.SETTINGS if only_settings else extent)

    @property
    def is_hands_off(self) -> bool:
        """Return whether people have taken the entity back tonight; a light that they turned on may be dimmed once."""
        return bool(self.released - ({POWER} if self.lit else set()))

    @property
    def is_theirs(self) -> bool:
        """Return whether people have taken the entity back for good: a light that was turned off may come back."""
        return bool(self.released - {POWER} if self.kind is Kind.LIGHTS else self.released)

    @property
    def waits_for_light(self) -> bool:
        """Return whether there is a level to give back to a light once it comes on."""
        return self.kind is Kind.LIGHTS and not self.is_theirs and self.before.brightness is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An entity that has still to be given back: it was out of reach, or is a light that was off.

    `left` is what it looked like when we left it.
    """

    held: Held
    extent: Extent
    left: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A session, and what the last one still owes.

    `held` and `owed` go by entity id; `awaited` are entities that were out of reach when they were to be captured.
    `follows`: the times follow the plan's. `seen_night`: the schedule entity has been on. `hushed`: notify actions of
    phones that were told not to disturb. `last_bedtime`: the latest bedtime that has had its session.
    `coming`: the bedtime that the schedule entity last foretold. `postponed`: which bedtime comes later, and how much.
    """

    night: Night | None = None
    follows: bool = False
    seen_night: bool = False
    captured: frozenset[Kind] = frozenset()
    held: Mapping[str, Held] = field(default_factory=dict)
    awaited: Mapping[str, Kind] = field(default_factory=dict)
    owed: Mapping[str, Owed] = field(default_factory=dict)
    hushed: tuple[str, ...] = ()
    last_bedtime: datetime | None = None
    coming: datetime | None = None
    postponed: tuple[datetime, timedelta] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "night": self.night and {each.name: _iso(getattr(self.night, each.name)) for each in fields(self.night)},
            "follows": self.follows,
            "seen_night": self.seen_night,
            "captured": sorted(self.captured),
            "held": {entity_id: _held_as_json(held) for entity_id, held in self.held.items()},
            "awaited": dict(self.awaited),
            "owed": {
                entity_id: {"held": _held_as_json(owed.held), "extent": owed.extent, "left": _look_as_json(owed.left)}
                for entity_id, owed in self.owed.items()
            },
            "hushed": list(self.hushed),
            "last_bedtime": _iso(self.last_bedtime),
            "coming": _iso(self.coming),
            "postponed": self.postponed and [_iso(self.postponed[0]), self.postponed[1].total_seconds()],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the session that was stored."""
        return cls(
            night=data["night"] and _night_from_json(data["night"]),
            follows=data["follows"],
            seen_night=data["seen_night"],
            captured=frozenset(Kind(kind) for kind in data["captured"]),
            held={entity_id: _held_from_json(held) for entity_id, held in data["held"].items()},
            awaited={entity_id: Kind(kind) for entity_id, kind in data["awaited"].items()},
            owed={
                entity_id: Owed(
                    held=(held := _held_from_json(owed["held"])),
                    extent=Extent(owed["extent"]),
                    left=owed["left"] and DEVICES[held.kind].Saved(**owed["left"]),
                )
                for entity_id, owed in data["owed"].items()
            },
            hushed=tuple(data["hushed"]),
            last_bedtime=_moment(data["last_bedtime"]),
            coming=_moment(data["coming"]),
            postponed=data["postponed"]
            and (datetime.fromisoformat(data["postponed"][0]), timedelta(seconds=data["postponed"][1])),
        )


def _night_from_json(data: Mapping[str, Any]) -> Night:
    return Night(
        begins_at=datetime.fromisoformat(data["begins_at"]),
        fades_at=datetime.fromisoformat(data["fades_at"]),
        bedtime_at=datetime.fromisoformat(data["bedtime_at"]),
        ends_at=_moment(data["ends_at"]),
    )


def _held_as_json(held: Held) -> dict[str, Any]:
    return {
        "kind": held.kind,
        "before": _look_as_json(held.before),
        "was_off": held.was_off,
        "released": sorted(held.released),
        "lit": held.lit,
        "insisted": held.insisted,
        "rests": _look_as_json(held.rests),
    }


def _held_from_json(data: Mapping[str, Any]) -> Held:
    kind = Kind(data["kind"])
    return Held(
        kind=kind,
        before=DEVICES[kind].Saved(**data["before"]),
        was_off=data["was_off"],
        released=frozenset(data["released"]),
        lit=data["lit"],
        insisted=data["insisted"],
        rests=data["rests"] and DEVICES[kind].Saved(**data["rests"]),
    )


def _look_as_json(look: Look | None) -> dict[str, Any] | None:
    if look is None:
        return None
    return {each.name: value for each in fields(look) if (value := getattr(look, each.name)) is not None}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)
