"""What the device modules ask for and the dispatcher carries out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import State


@dataclass(frozen=True, slots=True)
class Command:
    """One action on one entity. Some actions name their target themselves, and take none."""

    domain: str
    action: str
    entity_id: str
    data: Mapping[str, Any] = field(default_factory=dict)
    is_targeted: bool = True

    @classmethod
    def to(cls, state: State, action: str, **data: Any) -> Self:
        """Return a command of the entity's own domain."""
        return cls(state.domain, action, state.entity_id, data)


class Outcome(StrEnum):
    """What came of an entity."""

    DONE = "done"
    UNCHANGED = "unchanged"
    RELEASED = "released"
    UNREACHABLE = "unreachable"
    FAILED = "failed"


class RestoreMode(StrEnum):
    """How much of the snapshot is given back: the `restore` option, and `undo` for a session that was hardly one."""

    NOTHING = "nothing"
    SETTINGS = "settings"
    EVERYTHING = "everything"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class NightProgress:
    """How far a night is: the fade from 0 to 1; whether it is bedtime, the screens are due, the lights go off."""

    progress: float
    at_bedtime: bool
    screens_off: bool
    lights_off: bool


def supports(state: State, *features: int) -> bool:
    """Return whether an entity supports all these features now: they come and go with its state."""
    supported: int = state.attributes.get(ATTR_SUPPORTED_FEATURES) or 0
    return all(supported & feature for feature in features)


def without_none(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the items that have a value."""
    return {name: value for name, value in data.items() if value is not None}
