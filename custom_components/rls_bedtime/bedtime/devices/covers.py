"""Covers: closed at bedtime, slats included, and as they were when the night is over. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final, override

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
    STATE_UNKNOWN,
)
from homeassistant.core import State

from ..command import Command, NightProgress, RestoreMode
from ..plan import Kind, Plan
from .handler import DeviceHandler
from .state import DeviceState, changed_fields, matches, number, supports, tolerance

_MOVING: Final = frozenset({HassCoverState.OPENING, HassCoverState.CLOSING})
_OPEN: Final = frozenset({HassCoverState.OPEN, HassCoverState.OPENING})
_CLOSED: Final = 0
_AJAR: Final = 3
"""A cover that rests this far open is closed, as far as it can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverState(DeviceState):
    """A cover; position and tilt in percent, 100 is open. None of all where it never reports."""

    is_open: bool | None = None
    position: int | None = tolerance(_AJAR)
    tilt: int | None = tolerance(_AJAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """How one axis of a cover is moved: the cover as a whole, or its slats."""

    close: CoverEntityFeature
    open: CoverEntityFeature
    set_position: CoverEntityFeature
    close_action: str
    open_action: str
    set_action: str
    position: str

    @property
    def actions(self) -> frozenset[str]:
        """Return the names of the actions that move this axis."""
        return frozenset({self.close_action, self.open_action, self.set_action})

    def is_supported(self, state: State) -> bool:
        """Return whether a cover has this axis."""
        return any(supports(state, feature) for feature in (self.close, self.open, self.set_position))

    def close_commands(self, state: State) -> list[Command]:
        """Return what closes this axis."""
        if supports(state, self.close):
            return [Command.to(state, self.close_action)]
        if supports(state, self.set_position):
            return [Command.to(state, self.set_action, **{self.position: _CLOSED})]
        return []

    def move_commands(self, state: State, position: int | None, now: int | None) -> list[Command]:
        """Return what moves this axis to a position, or opens it where positions are not known or cannot be set."""
        if position is not None and now is not None:
            if abs(position - now) <= _AJAR:
                return []
            if supports(state, self.set_position):
                return [Command.to(state, self.set_action, **{self.position: position})]
            if position < now:
                return self.close_commands(state) if position <= _AJAR else []
        return [Command.to(state, self.open_action)] if supports(state, self.open) else []


_COVER: Final = _Axis(
    close=CoverEntityFeature.CLOSE,
    open=CoverEntityFeature.OPEN,
    set_position=CoverEntityFeature.SET_POSITION,
    close_action=SERVICE_CLOSE_COVER,
    open_action=SERVICE_OPEN_COVER,
    set_action=SERVICE_SET_COVER_POSITION,
    position=ATTR_POSITION,
)
_SLATS: Final = _Axis(
    close=CoverEntityFeature.CLOSE_TILT,
    open=CoverEntityFeature.OPEN_TILT,
    set_position=CoverEntityFeature.SET_TILT_POSITION,
    close_action=SERVICE_CLOSE_COVER_TILT,
    open_action=SERVICE_OPEN_COVER_TILT,
    set_action=SERVICE_SET_COVER_TILT_POSITION,
    position=ATTR_TILT_POSITION,
)


class CoverHandler(DeviceHandler[CoverState]):
    """Covers are closed at bedtime and opened again as far as they were."""

    kind = Kind.COVERS
    state_type = CoverState
    goes_in_steps = True
    settling_time: ClassVar[timedelta] = timedelta(minutes=2)

    @override
    def is_moving(self, state: State) -> bool:
        """Return whether a cover moves: it is judged once it has stopped (core issue 121423)."""
        return state.state in _MOVING

    @override
    def capture(self, state: State) -> CoverState:
        position, tilt = _position(state), _tilt(state)
        if state.state == STATE_UNKNOWN and position is None and tilt is None:
            return CoverState()
        # Slats that are open do not make a blind open, but a blind that is nothing but slats.
        whole = state.state in _OPEN and (position is None or position > _AJAR)
        if not _COVER.is_supported(state):
            return CoverState(is_open=tilt is None or tilt > _AJAR, tilt=tilt)
        return CoverState(is_open=whole, position=position, tilt=tilt)

    @override
    def target(self, original: CoverState, state: State, plan: Plan, progress: NightProgress) -> CoverState:
        """Return what a cover should be like: closed, its slats included."""
        return CoverState(
            is_open=False,
            position=None if original.position is None else _CLOSED,
            tilt=None if original.tilt is None or not _SLATS.is_supported(state) else _CLOSED,
        )

    @override
    def commands(self, target: CoverState, state: State, previous: CoverState | None) -> list[Command]:
        """Return the next step to closed: the cover first, its slats once it rests."""
        now = self.capture(state)
        if now == CoverState():
            # core issues 103753 and 71400: some never report. They are told once, and left alone afterwards.
            return [] if previous is not None else _COVER.close_commands(state)
        if not _COVER.is_supported(state):
            return _SLATS.close_commands(state) if now.is_open else []
        if now.is_open and (steps := _COVER.close_commands(state)):
            return steps
        return _SLATS.close_commands(state) if now.tilt is not None and now.tilt > _AJAR else []

    @override
    def overridden(self, target: CoverState, old: CoverState, new: CoverState, *, external: bool) -> frozenset[str]:
        """Return what was changed against our will: slats turn by themselves when the cover moves."""
        fields = super().overridden(target, old, new, external=external)
        return fields if external or not changed_fields(old, new) - {"tilt"} else fields - {"tilt"}

    @override
    def is_reached(self, target: CoverState, now: CoverState) -> bool:
        return now == CoverState() or super().is_reached(target, now)

    @override
    def has_next_step(self, target: CoverState, state: State, sent: Sequence[Command]) -> bool:
        """Return whether the slats of a cover have still to follow."""
        now = self.capture(state)
        if self.is_moving(state) or any(command.action in _SLATS.actions for command in sent):
            return False
        is_there = matches(CoverState(is_open=target.is_open, position=target.position), now)
        return is_there and not self.is_reached(target, now)

    @override
    def restore(
        self, original: CoverState, target: CoverState | None, state: State, mode: RestoreMode
    ) -> list[Command]:
        """Return the next step back, from wherever a cover rests: its position first, then its slats."""
        now = self.capture(state)
        if CoverState() in (now, original):
            return []
        if not _COVER.is_supported(state):
            is_there = original.tilt is None and now.tilt is not None and now.is_open
            may_move = original.is_open and not is_there
            return _SLATS.move_commands(state, original.tilt, now.tilt) if may_move else []
        if original.is_open and not (now.is_open and original.position is None):
            steps = _COVER.move_commands(state, original.position, now.position)
            if steps and not (original.position is None and now.is_open):
                return steps
        if original.tilt is None or (original.tilt <= _AJAR and now.tilt is None):
            return []
        return _SLATS.move_commands(state, original.tilt, now.tilt)


def _position(state: State) -> int | None:
    return number(state.attributes.get(ATTR_CURRENT_POSITION))  # type: ignore[no-any-return]


def _tilt(state: State) -> int | None:
    return number(state.attributes.get(ATTR_CURRENT_TILT_POSITION))  # type: ignore[no-any-return]
