"""Screens: media players, and whatever else switches one off. Silenced; after a night never played or powered. Pure."""

from dataclasses import dataclass
from typing import Final

from homeassistant.components.media_player import (
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
    STATE_ON,
)
from homeassistant.core import State

from .command import Command, Extent, supports
from .plan import Plan, ScreensAction

_OFF: Final = frozenset({MediaPlayerState.OFF, "standby"})
_PLAYING: Final = frozenset({MediaPlayerState.PLAYING, MediaPlayerState.BUFFERING})
_HEARD: Final = _PLAYING | {MediaPlayerState.ON}
"""States in which something may be heard or seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A screen as it was."""

    is_on: bool
    is_playing: bool = False
    is_muted: bool | None = None


def capture(state: State) -> Saved:
    """Return what to remember of a screen."""
    if state.domain != MEDIA_PLAYER_DOMAIN:
        return Saved(is_on=state.state == STATE_ON)
    return Saved(
        is_on=state.state not in _OFF,
        is_playing=state.state in _PLAYING,
        is_muted=state.attributes.get(ATTR_MEDIA_VOLUME_MUTED),
    )


def settle(saved: Saved, state: State, plan: Plan, progress: float) -> list[Command]:
    """Return what silences a screen: nothing before bedtime, nothing where it is silent already."""
    now = capture(state)
    if progress < 1 or not saved.is_on or not now.is_on:
        return []
    if state.domain != MEDIA_PLAYER_DOMAIN:
        return [Command.to(state, SERVICE_TURN_OFF)]
    action = _ladder(state, plan.screens_action)
    return [] if action is None else [action]


def restore(saved: Saved, state: State, extent: Extent) -> list[Command]:
    """Return the steps back. Power and playback come back only when the night is undone; sound is a setting."""
    now = capture(state)
    steps = _undo(saved, now, state) if extent is Extent.UNDO else []
    if now.is_on and now.is_muted and saved.is_muted is False and supports(state, MediaPlayerEntityFeature.VOLUME_MUTE):
        steps.append(Command.to(state, SERVICE_VOLUME_MUTE, is_volume_muted=False))
    return steps


def _ladder(state: State, wanted: ScreensAction) -> Command | None:
    """Return the first of off, pause, stop and mute that is wanted, of use and supported now."""
    muted = state.attributes.get(ATTR_MEDIA_VOLUME_MUTED)
    if wanted is ScreensAction.TURN_OFF and supports(state, MediaPlayerEntityFeature.TURN_OFF):
        return Command.to(state, SERVICE_TURN_OFF)
    if state.state not in _HEARD or muted:
        return None
    if wanted is not ScreensAction.MUTE:
        for feature, action in (
            (MediaPlayerEntityFeature.PAUSE, SERVICE_MEDIA_PAUSE),
            (MediaPlayerEntityFeature.STOP, SERVICE_MEDIA_STOP),
        ):
            if state.state in _PLAYING and supports(state, feature):
                return Command.to(state, action)
    if supports(state, MediaPlayerEntityFeature.VOLUME_MUTE):
        return Command.to(state, SERVICE_VOLUME_MUTE, is_volume_muted=True)
    return None


def _undo(saved: Saved, now: Saved, state: State) -> list[Command]:
    steps = []
    is_player = state.domain == MEDIA_PLAYER_DOMAIN
    if saved.is_on and not now.is_on and (not is_player or supports(state, MediaPlayerEntityFeature.TURN_ON)):
        steps.append(Command.to(state, SERVICE_TURN_ON))
    if saved.is_playing and not now.is_playing and supports(state, MediaPlayerEntityFeature.PLAY):
        steps.append(Command.to(state, SERVICE_MEDIA_PLAY))
    elif saved.is_on and not saved.is_playing and now.is_playing and supports(state, MediaPlayerEntityFeature.PAUSE):
        steps.append(Command.to(state, SERVICE_MEDIA_PAUSE))
    return steps
