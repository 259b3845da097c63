"""What a session remembers, in memory and on disk."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol, Self

from homeassistant.core import State

from . import climate, covers, lights, screens
from .command import Command, Extent
from .plan import Kind, Plan


class Device(Protocol):
    """What each module of a kind of devices offers: pure functions from states to commands."""

    Saved: type[Any]

    def capture(self, state: State, /) -> Any:
        """Return what to remember of an entity."""

    def settle(self, saved: Any, state: State, plan: Plan, progress: float, /) -> list[Command]:
        """Return the steps towards bedtime: progress 0 is where the entity was, 1 is bedtime. None if it is there."""

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


@dataclass(frozen=True, slots=True)
class Remembered:
    """One entity as it was."""

    kind: Kind
    saved: Any

    def settle(self, state: State, plan: Plan, progress: float) -> list[Command]:
        """Return the steps of this entity towards bedtime."""
        return DEVICES[self.kind].settle(self.saved, state, plan, progress)

    def restore(self, state: State, extent: Extent) -> list[Command]:
        """Return the steps of this entity back to what was."""
        return DEVICES[self.kind].restore(self.saved, state, extent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A session: its phase, when bedtime was, and the snapshot, by entity id."""

    phase: Phase = Phase.OFF
    bedtime_at: datetime | None = None
    snapshot: Mapping[str, Remembered] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "phase": self.phase,
            "bedtime_at": self.bedtime_at and self.bedtime_at.isoformat(),
            "snapshot": {
                entity_id: {"kind": was.kind, "saved": asdict(was.saved)} for entity_id, was in self.snapshot.items()
            },
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the session that was stored."""
        return cls(
            phase=Phase(data["phase"]),
            bedtime_at=data["bedtime_at"] and datetime.fromisoformat(data["bedtime_at"]),
            snapshot={
                entity_id: Remembered(kind := Kind(was["kind"]), DEVICES[kind].Saved(**was["saved"]))
                for entity_id, was in data["snapshot"].items()
            },
        )


def remember(kind: Kind, state: State) -> Remembered:
    """Return an entity as it is now."""
    return Remembered(kind, DEVICES[kind].capture(state))
