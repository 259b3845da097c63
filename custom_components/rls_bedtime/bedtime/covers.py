"""Covers: closed at bedtime, and as they were when the night is over. Pure."""

from dataclasses import dataclass
from typing import Final

from homeassistant.components.cover import (
    ATTR_CURRENT_POSITION,
    ATTR_POSITION,
    CoverEntityFeature,
    CoverState,
)
from homeassistant.const import SERVICE_CLOSE_COVER, SERVICE_OPEN_COVER, SERVICE_SET_COVER_POSITION
from homeassistant.core import State

from .command import Command, Extent, supports
from .plan import Plan

_OPEN: Final = frozenset({CoverState.OPEN, CoverState.OPENING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A cover as it was; position in percent, 100 is open."""

    is_open: bool
    position: int | None = None


def capture(state: State) -> Saved:
    """Return what to remember of a cover."""
    return Saved(is_open=state.state in _OPEN, position=state.attributes.get(ATTR_CURRENT_POSITION))


def settle(saved: Saved, state: State, _plan: Plan, progress: float) -> list[Command]:
    """Return what closes a cover: nothing before bedtime, nothing where it is closed already."""
    if progress < 1 or not saved.is_open or state.state not in _OPEN:
        return []
    if supports(state, CoverEntityFeature.CLOSE):
        return [Command.to(state, SERVICE_CLOSE_COVER)]
    if supports(state, CoverEntityFeature.SET_POSITION):
        return [Command.to(state, SERVICE_SET_COVER_POSITION, **{ATTR_POSITION: 0})]
    return []


def restore(saved: Saved, state: State, _extent: Extent) -> list[Command]:
    """Return what opens a cover as far as it was. One that is open again is a person's doing."""
    if not saved.is_open or state.state in _OPEN:
        return []
    if saved.position is not None and supports(state, CoverEntityFeature.SET_POSITION):
        return [Command.to(state, SERVICE_SET_COVER_POSITION, **{ATTR_POSITION: saved.position})]
    return [Command.to(state, SERVICE_OPEN_COVER)] if supports(state, CoverEntityFeature.OPEN) else []
