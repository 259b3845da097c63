"""Covers: closed at bedtime, and as they were when the night is over. Pure."""

from dataclasses import dataclass
from typing import Final

from homeassistant.components.cover import (
    ATTR_CURRENT_POSITION,
    ATTR_CURRENT_TILT_POSITION,
    ATTR_POSITION,
    ATTR_TILT_POSITION,
    CoverEntityFeature,
    CoverState as HassCoverState,
)
from homeassistant.const import (
    SERVICE_CLOSE_COVER,
    SERVICE_CLOSE_COVER_TILT,
    SERVICE_OPEN_COVER,
    SERVICE_OPEN_COVER_TILT,
    SERVICE_SET_COVER_POSITION,
    SERVICE_SET_COVER_TILT_POSITION,
)
from homeassistant.core import State

from ..command import Command, NightProgress, RestoreMode, supports
from ..plan import Plan
from .state import DeviceState, tolerance

_OPEN: Final = frozenset({HassCoverState.OPEN, HassCoverState.OPENING})
_CLOSED: Final = 0
_AJAR: Final = 3
"""A cover that rests this far open is closed, to what it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverState(DeviceState):
    """A cover; position in percent, 100 is open. One that is closing counts as closed; of slats, it is their tilt."""

    is_open: bool | None = None
    position: int | None = tolerance(_AJAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How a cover is moved: as a whole, or its slats alone."""

    close: CoverEntityFeature
    open: CoverEntityFeature
    set_position: CoverEntityFeature
    close_action: str
    open_action: str
    set_action: str
    current: str
    position: str


_WHOLE: Final = _Way(
    close=CoverEntityFeature.CLOSE,
    open=CoverEntityFeature.OPEN,
    set_position=CoverEntityFeature.SET_POSITION,
    close_action=SERVICE_CLOSE_COVER,
    open_action=SERVICE_OPEN_COVER,
    set_action=SERVICE_SET_COVER_POSITION,
    current=ATTR_CURRENT_POSITION,
    position=ATTR_POSITION,
)
_SLATS: Final = _Way(
    close=CoverEntityFeature.CLOSE_TILT,
    open=CoverEntityFeature.OPEN_TILT,
    set_position=CoverEntityFeature.SET_TILT_POSITION,
    close_action=SERVICE_CLOSE_COVER_TILT,
    open_action=SERVICE_OPEN_COVER_TILT,
    set_action=SERVICE_SET_COVER_TILT_POSITION,
    current=ATTR_CURRENT_TILT_POSITION,
    position=ATTR_TILT_POSITION,
)


STATE_CLASS: Final = CoverState


def capture(state: State) -> CoverState:
    """Return what a cover is like."""
    way = _way(state)
    position = state.attributes.get(way.current)
    is_ajar = position is None or position > _AJAR
    # Slats that are open do not make a blind open.
    return CoverState(is_open=is_ajar and (state.state in _OPEN or way is _SLATS), position=position)


def target_state(saved: CoverState, _state: State, _plan: Plan, moment: NightProgress) -> CoverState:
    """Return what a cover should be like now: as it was before bedtime, closed from then on."""
    if not moment.at_bedtime or not saved.is_open:
        return saved
    return CoverState(is_open=False, position=None if saved.position is None else _CLOSED)


def commands_towards(wanted: CoverState, state: State, _told: CoverState | None = None) -> list[Command]:
    """Return what closes a cover: nothing where it is closed already."""
    if wanted.is_open is not False or not capture(state).is_open:
        return []
    way = _way(state)
    if supports(state, way.close):
        return [Command.to(state, way.close_action)]
    if supports(state, way.set_position):
        return [Command.to(state, way.set_action, **{way.position: _CLOSED})]
    return []


def restore(saved: CoverState, state: State, _extent: RestoreMode) -> list[Command]:
    """Return what opens a cover as far as it was, from wherever it has come to rest."""
    now, way = capture(state), _way(state)
    if not saved.is_open:
        return []
    if saved.position is not None and now.position is not None and supports(state, way.set_position):
        is_there = abs(saved.position - now.position) <= _AJAR
        return [] if is_there else [Command.to(state, way.set_action, **{way.position: saved.position})]
    return [Command.to(state, way.open_action)] if not now.is_open and supports(state, way.open) else []


def _way(state: State) -> _Way:
    is_whole = any(supports(state, feature) for feature in (_WHOLE.close, _WHOLE.open, _WHOLE.set_position))
    has_slats = any(supports(state, feature) for feature in (_SLATS.close, _SLATS.set_position))
    return _SLATS if has_slats and not is_whole else _WHOLE
