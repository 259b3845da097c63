"""Screens: media players, and whatever else switches one off. Silenced; after a night never powered or played. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Final, override

from homeassistant.components.media_player import (
    ATTR_MEDIA_VOLUME_LEVEL,
    ATTR_MEDIA_VOLUME_MUTED,
    DOMAIN as MEDIA_PLAYER_DOMAIN,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.const import (
    SERVICE_MEDIA_PAUSE,
    SERVICE_MEDIA_PLAY,
    SERVICE_MEDIA_STOP,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    SERVICE_VOLUME_MUTE,
    SERVICE_VOLUME_SET,
    STATE_ON,
    STATE_UNKNOWN,
)
from homeassistant.core import State

from ..command import Command, NightProgress, RestoreMode
from ..plan import Kind, Plan, ScreensAction
from .handler import DeviceHandler
from .state import DeviceState, matches, number, supports, tolerance

_STANDBY: Final = "standby"
_OFF: Final = frozenset({MediaPlayerState.OFF, _STANDBY})
_PLAYING: Final = frozenset({MediaPlayerState.PLAYING, MediaPlayerState.BUFFERING})
_AUDIBLE: Final = _PLAYING | {MediaPlayerState.ON}
"""States in which something may be heard or seen."""

_VOLUME_ROUNDING: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenState(DeviceState):
    """A screen; volume from 0 to 1. One that is idle is on, but shows and plays nothing."""

    is_on: bool | None = None
    is_playing: bool | None = None
    is_muted: bool | None = None
    volume_level: float | None = tolerance(_VOLUME_ROUNDING)
    is_idle: bool | None = None

    @property
    def concerns_sound_only(self) -> bool:
        """Return whether this, as a target, concerns the sound of a screen and nothing else."""
        return self.is_on is None and self.is_playing is None and (self.is_muted, self.volume_level) != (None, None)


_SILENT: Final[Mapping[MediaPlayerEntityFeature, ScreenState]] = {
    MediaPlayerEntityFeature.TURN_OFF: ScreenState(is_on=False),
    MediaPlayerEntityFeature.PAUSE: ScreenState(is_playing=False),
    MediaPlayerEntityFeature.STOP: ScreenState(is_playing=False),
    MediaPlayerEntityFeature.VOLUME_MUTE: ScreenState(is_muted=True),
    MediaPlayerEntityFeature.VOLUME_SET: ScreenState(volume_level=0.0),
}
"""The ways to silence a player, and what it is like then."""

_POWER: Final = (MediaPlayerEntityFeature.TURN_OFF,)
_PLAYBACK: Final = (MediaPlayerEntityFeature.PAUSE, MediaPlayerEntityFeature.STOP)
_SOUND: Final = (MediaPlayerEntityFeature.VOLUME_MUTE, MediaPlayerEntityFeature.VOLUME_SET)
_WAYS: Final = {
    ScreensAction.TURN_OFF: (*_POWER, *_PLAYBACK, *_SOUND),
    ScreensAction.PAUSE: (*_PLAYBACK, *_SOUND, *_POWER),
    ScreensAction.MUTE: (*_SOUND, *_PLAYBACK, *_POWER),
}
"""The ways to silence a screen, the preferred one first."""


class ScreenHandler(DeviceHandler[ScreenState]):
    """Screens go quiet at their time, and get back their sound."""

    kind = Kind.SCREENS
    state_type = ScreenState
    may_vanish_when_off = True
    goes_in_steps = True
    # core issues 14206 and 30969: some report a minute late, and a second command on the same key turns them on again.
    settling_time: ClassVar[timedelta] = timedelta(minutes=2)

    @override
    def is_due(self, progress: NightProgress) -> bool:
        return progress.screens_off

    @override
    def is_suspended(self, state: State) -> bool:
        """Return whether a screen does not say what it does: it is left alone."""
        return state.state == STATE_UNKNOWN

    @override
    def capture(self, state: State) -> ScreenState:
        if state.domain != MEDIA_PLAYER_DOMAIN:
            return ScreenState(is_on=state.state == STATE_ON)
        muted = state.attributes.get(ATTR_MEDIA_VOLUME_MUTED)
        return ScreenState(
            is_on=state.state not in _OFF,
            is_playing=state.state in _PLAYING,
            is_muted=muted if isinstance(muted, bool) else None,
            volume_level=number(state.attributes.get(ATTR_MEDIA_VOLUME_LEVEL)),
            is_idle=state.state == MediaPlayerState.IDLE,
        )

    @override
    def target(self, original: ScreenState, state: State, plan: Plan, progress: NightProgress) -> ScreenState:
        """Return what a screen should be like: silent once it is due, as preferred or in the next best way."""
        if not progress.screens_off:
            return ScreenState()
        if not original.is_on or state.domain != MEDIA_PLAYER_DOMAIN:
            return ScreenState(is_on=False)
        targets = (_SILENT[way] for way in _WAYS[plan.screens_action] if supports(state, way))
        # One that is on, and reports nothing that plays, cannot be paused, and may be heard all the same.
        may_be_heard = state.state in _AUDIBLE and not original.is_playing
        return next((each for each in targets if not (may_be_heard and each.is_playing is False)), ScreenState())

    @override
    def commands(self, target: ScreenState, state: State, previous: ScreenState | None) -> list[Command]:
        """Return what silences a screen: nothing where it is silent already."""
        now = self.capture(state)
        if not now.is_on or (now.is_idle and previous is not None):
            return []
        if target.is_on is False:
            return [Command.to(state, SERVICE_TURN_OFF)]
        if target.is_playing is False and now.is_playing:
            can_pause = supports(state, MediaPlayerEntityFeature.PAUSE)
            return [Command.to(state, SERVICE_MEDIA_PAUSE if can_pause else SERVICE_MEDIA_STOP)]
        is_told = now.is_muted is None and previous is not None
        if state.state in _AUDIBLE and target.is_muted and not (now.is_muted or is_told):
            return [Command.to(state, SERVICE_VOLUME_MUTE, is_volume_muted=True)]
        if state.state in _AUDIBLE and target.volume_level == 0 and now.volume_level:
            return [Command.to(state, SERVICE_VOLUME_SET, volume_level=0.0)]
        return []

    @override
    def is_reached(self, target: ScreenState, now: ScreenState) -> bool:
        """Return whether a screen is silent enough: cast and plex are idle after they were turned off.

        One that does not report whether it is muted is taken at its word: a second command may unmute it.
        """
        if target.is_muted and now.is_muted is None:
            target = replace(target, is_muted=None)
        return matches(target, now) or (target.is_on is False and bool(now.is_idle))

    @override
    def overridden(self, target: ScreenState, old: ScreenState, new: ScreenState, *, external: bool) -> frozenset[str]:
        if not external and self.is_reached(target, new):
            return frozenset()
        if not external and target.concerns_sound_only and _is_lowest(target, old, new):
            return frozenset()
        return super().overridden(target, old, new, external=external)

    @override
    def has_next_step(self, target: ScreenState, state: State, sent: Sequence[Command]) -> bool:
        """Return whether a screen that has come on has still to play: some offer that only then."""
        now = self.capture(state)
        is_sent = any(command.action == SERVICE_MEDIA_PLAY for command in sent)
        return bool(now.is_on and target.is_playing and not now.is_playing and not is_sent)

    @override
    def restore(
        self, original: ScreenState, target: ScreenState | None, state: State, mode: RestoreMode
    ) -> list[Command]:
        """Return the steps back. Power and playback come back only when the night is undone; sound is a setting."""
        now = self.capture(state)
        steps = _undo(original, now, state) if mode is RestoreMode.UNDO else []
        if not now.is_on:
            return steps
        if _must_unmute(original, target, now) and supports(state, MediaPlayerEntityFeature.VOLUME_MUTE):
            steps.append(Command.to(state, SERVICE_VOLUME_MUTE, is_volume_muted=False))
        # music-assistant issue 1484: some have a lowest volume above zero, and report that.
        is_turned_down = now.volume_level == 0 or (target is not None and target.volume_level is not None)
        if (
            is_turned_down
            and original.volume_level
            and (now.volume_level or 0) < original.volume_level - _VOLUME_ROUNDING
            and supports(state, MediaPlayerEntityFeature.VOLUME_SET)
        ):
            steps.append(Command.to(state, SERVICE_VOLUME_SET, volume_level=original.volume_level))
        return steps

    @override
    def impose(self, wanted: ScreenState, state: State) -> list[Command]:
        if wanted.is_on is False:
            return [Command.to(state, SERVICE_TURN_OFF)] if self.capture(state).is_on else []
        return super().impose(wanted, state)


def _must_unmute(original: ScreenState, target: ScreenState | None, now: ScreenState) -> bool:
    """Return whether a screen is muted that was not: if it did not or does not say so, by what it was told."""
    was_told = target is not None and bool(target.is_muted)
    was_muted = not was_told if original.is_muted is None else original.is_muted
    is_muted = was_told if now.is_muted is None else now.is_muted
    return is_muted and not was_muted


def _is_lowest(target: ScreenState, old: ScreenState, new: ScreenState) -> bool:
    """Return whether a player went down to the lowest volume that it has."""
    lowered = (new.volume_level or 0) <= (old.volume_level or 0)
    return target.volume_level == 0 and lowered and new.is_muted == old.is_muted


def _undo(original: ScreenState, now: ScreenState, state: State) -> list[Command]:
    steps = []
    is_player = state.domain == MEDIA_PLAYER_DOMAIN
    if original.is_on and not now.is_on and (not is_player or supports(state, MediaPlayerEntityFeature.TURN_ON)):
        steps.append(Command.to(state, SERVICE_TURN_ON))
    if original.is_playing and not now.is_playing and supports(state, MediaPlayerEntityFeature.PLAY):
        steps.append(Command.to(state, SERVICE_MEDIA_PLAY))
    elif (
        original.is_on
        and not original.is_playing
        and now.is_playing
        and supports(state, MediaPlayerEntityFeature.PAUSE)
    ):
        steps.append(Command.to(state, SERVICE_MEDIA_PAUSE))
    return steps
