"""What the device handlers plan and the dispatcher carries out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

from homeassistant.core import State


@dataclass(frozen=True, slots=True)
class Command:
    """One service call on one entity. Some services name their target themselves, and take none."""

    domain: str
    action: str
    entity_id: str
    data: Mapping[str, Any] = field(default_factory=dict)
    is_targeted: bool = True

    @classmethod
    def to(cls, state: State, action: str, **data: Any) -> Self:
        """Return a command in the domain of an entity."""
        return cls(state.domain, action, state.entity_id, data)


class Outcome(StrEnum):
    """The outcome for an entity."""

    DONE = "done"
    UNCHANGED = "unchanged"
    RELEASED = "released"
    UNREACHABLE = "unreachable"
    FAILED = "failed"


PROBLEMS: Final = frozenset({Outcome.RELEASED, Outcome.UNREACHABLE, Outcome.FAILED})
"""The outcomes of entities that are not as bedtime wants them."""


class RestoreMode(StrEnum):
    """How much of the snapshot is restored: the `restore` option, and `undo` for a session that was hardly one."""

    NOTHING = "nothing"
    SETTINGS = "settings"
    EVERYTHING = "everything"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class NightProgress:
    """How far a night is: the fade from 0 to 1; whether it is bedtime, the screens are off, the lights are off."""

    progress: float
    at_bedtime: bool
    screens_off: bool
    lights_off: bool
