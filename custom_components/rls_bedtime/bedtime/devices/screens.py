"""Screens: media players, and whatever else switches one off. Silenced; after a night never powered or played. Pure."""

from dataclasses import dataclass
from typing import Final

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
)
from homeassistant.core import State

from ..command import Command, NightProgress, RestoreMode, supports
from ..plan import Plan, ScreensAction
from .state import DeviceState, tolerance

_OFF: Final = frozenset({MediaPlayerState.OFF, "standby"})
_PLAYING: Final = frozenset({MediaPlayerState.PLAYING, MediaPlayerState.BUFFERING})
_HEARD: Final = _PLAYING | {MediaPlayerState.ON}
"""States in which something may be heard or seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenState(DeviceState):
    """A screen; volume from 0 to 1."""

    is_on: bool | None = None
    is_playing: bool | None = None
    is_muted: bool | None = None
    volume_level: float | None = tolerance(0.02)

    @property
    def is_of_sound_alone(self) -> bool:
        """Return whether this, wanted of a screen, concerns its sound and nothing else."""
        return self.is_on is None and self.is_playing is None and (self.is_muted, self.volume_level) != (None, None)


_SILENT: Final = {
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
_LADDERS: Final = {
    ScreensAction.TURN_OFF: (*_POWER, *_PLAYBACK, *_SOUND),
    ScreensAction.PAUSE: (*_PLAYBACK, *_SOUND, *_POWER),
    ScreensAction.MUTE: (*_SOUND, *_PLAYBACK, *_POWER),
}
"""The ways from the wanted one to the last resort."""


STATE_CLASS: Final = ScreenState


def capture(state: State) -> ScreenState:
    """Return what a screen is like."""
    if state.domain != MEDIA_PLAYER_DOMAIN:
        return ScreenState(is_on=state.state == STATE_ON)
    return ScreenState(
        is_on=state.state not in _OFF,
        is_playing=state.state in _PLAYING,
        is_muted=state.attributes.get(ATTR_MEDIA_VOLUME_MUTED),
        volume_level=state.attributes.get(ATTR_MEDIA_VOLUME_LEVEL),
    )


def target_state(saved: ScreenState, state: State, plan: Plan, moment: NightProgress) -> ScreenState:
    """Return what a screen should be like now: silent once it is due, as wanted or in the next best way."""
    if not moment.screens_off:
        return ScreenState()
    if not saved.is_on or state.domain != MEDIA_PLAYER_DOMAIN:
        return ScreenState(is_on=False)
    looks = (_SILENT[way] for way in _LADDERS[plan.screens_action] if supports(state, way))
    # One that is on, and tells of nothing that plays, cannot be paused: it may be heard all the same.
    may_be_heard = state.state in _HEARD and not saved.is_playing
    return next((look for look in looks if not (may_be_heard and look.is_playing is False)), ScreenState())


def commands_towards(wanted: ScreenState, state: State, _told: ScreenState | None = None) -> list[Command]:
    """Return what silences a screen: nothing where it is silent already."""
    now = capture(state)
    if not now.is_on:
        return []
    if wanted.is_on is False:
        return [Command.to(state, SERVICE_TURN_OFF)]
    if wanted.is_playing is False and now.is_playing:
        can_pause = supports(state, MediaPlayerEntityFeature.PAUSE)
        return [Command.to(state, SERVICE_MEDIA_PAUSE if can_pause else SERVICE_MEDIA_STOP)]
    if state.state in _HEARD and wanted.is_muted and not now.is_muted:
        return [Command.to(state, SERVICE_VOLUME_MUTE, is_volume_muted=True)]
    if state.state in _HEARD and wanted.volume_level == 0 and now.volume_level:
        return [Command.to(state, SERVICE_VOLUME_SET, volume_level=0.0)]
    return []


def restore(saved: ScreenState, state: State, extent: RestoreMode) -> list[Command]:
    """Return the steps back. Power and playback come back only when the night is undone; sound is a setting."""
    now = capture(state)
    steps = _undo(saved, now, state) if extent is RestoreMode.UNDO else []
    if not now.is_on:
        return steps
    if now.is_muted and saved.is_muted is False and supports(state, MediaPlayerEntityFeature.VOLUME_MUTE):
        steps.append(Command.to(state, SERVICE_VOLUME_MUTE, is_volume_muted=False))
    if now.volume_level == 0 and saved.volume_level and supports(state, MediaPlayerEntityFeature.VOLUME_SET):
        steps.append(Command.to(state, SERVICE_VOLUME_SET, volume_level=saved.volume_level))
    return steps


def _undo(saved: ScreenState, now: ScreenState, state: State) -> list[Command]:
    steps = []
    is_player = state.domain == MEDIA_PLAYER_DOMAIN
    if saved.is_on and not now.is_on and (not is_player or supports(state, MediaPlayerEntityFeature.TURN_ON)):
        steps.append(Command.to(state, SERVICE_TURN_ON))
    if saved.is_playing and not now.is_playing and supports(state, MediaPlayerEntityFeature.PLAY):
        steps.append(Command.to(state, SERVICE_MEDIA_PLAY))
    elif saved.is_on and not saved.is_playing and now.is_playing and supports(state, MediaPlayerEntityFeature.PAUSE):
        steps.append(Command.to(state, SERVICE_MEDIA_PAUSE))
    return steps
