"""Covers: closed at bedtime, and as they were when the night is over. Pure."""

from dataclasses import dataclass
from typing import Final

from homeassistant.components.cover import ATTR_CURRENT_POSITION, ATTR_POSITION, CoverEntityFeature, CoverState
from homeassistant.const import SERVICE_CLOSE_COVER, SERVICE_OPEN_COVER, SERVICE_SET_COVER_POSITION
from homeassistant.core import State

from .command import Command, Extent, Moment, supports
from .ownership import Look, rounded
from .plan import Plan

_OPEN: Final = frozenset({CoverState.OPEN, CoverState.OPENING})
_CLOSED: Final = 0
_AJAR: Final = 3
"""A cover that rests this far open is closed, to what it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved(Look):
    """A cover; position in percent, 100 is open. One that is closing counts as closed."""

    is_open: bool | None = None
    position: int | None = rounded(_AJAR)


def capture(state: State) -> Saved:
    """Return what a cover is like."""
    position = state.attributes.get(ATTR_CURRENT_POSITION)
    return Saved(is_open=state.state in _OPEN and (position is None or position > _AJAR), position=position)


def aim(saved: Saved, _state: State, _plan: Plan, moment: Moment) -> Saved:
    """Return what a cover should be like now: as it was before bedtime, closed from then on."""
    if not moment.at_bedtime or not saved.is_open:
        return saved
    return Saved(is_open=False, position=None if saved.position is None else _CLOSED)


def settle(wanted: Saved, state: State, _told: Saved | None = None) -> list[Command]:
    """Return what closes a cover: nothing where it is closed already."""
    if wanted.is_open is not False or not capture(state).is_open:
        return []
    if supports(state, CoverEntityFeature.CLOSE):
        return [Command.to(state, SERVICE_CLOSE_COVER)]
    if supports(state, CoverEntityFeature.SET_POSITION):
        return [Command.to(state, SERVICE_SET_COVER_POSITION, **{ATTR_POSITION: _CLOSED})]
    return []


def restore(saved: Saved, state: State, _extent: Extent) -> list[Command]:
    """Return what opens a cover as far as it was."""
    if not saved.is_open or capture(state).is_open:
        return []
    if saved.position is not None and supports(state, CoverEntityFeature.SET_POSITION):
        return [Command.to(state, SERVICE_SET_COVER_POSITION, **{ATTR_POSITION: saved.position})]
    return [Command.to(state, SERVICE_OPEN_COVER)] if supports(state, CoverEntityFeature.OPEN) else []
