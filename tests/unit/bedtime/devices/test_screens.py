"""Screens go quiet in the way that each can, and come back only when the night is undone."""

from typing import Any

from homeassistant.components.media_player import MediaPlayerEntityFeature as Feature
import pytest

from custom_components.rls_bedtime.bedtime.command import RestoreMode
from custom_components.rls_bedtime.bedtime.devices.screens import ScreenHandler

from ....common.plans import calls, calls_for_night, state

HANDLER = ScreenHandler()

ALL = Feature.TURN_ON | Feature.TURN_OFF | Feature.PAUSE | Feature.STOP | Feature.PLAY | Feature.VOLUME_MUTE

type Call = tuple[str, dict[str, Any]]

OFF: Call = ("turn_off", {})
PAUSE: Call = ("media_pause", {})
STOP: Call = ("media_stop", {})
MUTE: Call = ("volume_mute", {"is_volume_muted": True})
UNMUTE: Call = ("volume_mute", {"is_volume_muted": False})


def tv(value: str = "playing", features: int = ALL, *, muted: bool = False) -> Any:
    """Return the state of a television."""
    return state("media_player.tv", value, supported_features=features, is_volume_muted=muted)


def switch(value: str) -> Any:
    """Return the state of a switch."""
    return state("switch.projector", value)


@pytest.mark.parametrize(
    ("before", "action", "expected"),
    [
        (tv(), "turn_off", OFF),
        (tv("paused"), "turn_off", OFF),
        (tv("off"), "turn_off", None),
        (tv("standby"), "turn_off", None),
        (tv(features=ALL & ~Feature.TURN_OFF), "turn_off", PAUSE),
        (tv(features=Feature.STOP | Feature.VOLUME_MUTE), "turn_off", STOP),
        (tv(features=Feature.VOLUME_MUTE), "turn_off", MUTE),
        (tv(features=Feature(0)), "turn_off", None),
        (tv(), "pause", PAUSE),
        (tv("paused"), "pause", None),
        (tv("idle"), "pause", None),
        (tv("on"), "pause", MUTE),
        (tv(), "mute", MUTE),
        (tv(muted=True), "mute", None),
        (tv("idle"), "mute", None),
        (switch("on"), "turn_off", OFF),
        (switch("on"), "pause", OFF),
        (switch("off"), "turn_off", None),
    ],
)
def test_a_screen_is_silenced_as_it_can(before: Any, action: str, expected: Call | None) -> None:
    assert calls_for_night(HANDLER, before, screens_action=action) == ([expected] if expected else [])
    assert calls_for_night(HANDLER, before, fade=0.9, screens_action=action) == []


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (tv(), tv("off"), [("turn_on", {}), ("media_play", {})]),
        (tv("paused"), tv("off"), [("turn_on", {})]),
        (tv("paused"), tv("playing"), [PAUSE]),
        (tv(), tv("off", Feature.TURN_OFF), []),
        (tv(), tv("paused"), [("media_play", {})]),
        (tv("paused"), tv("idle"), []),
        (tv(), tv(muted=True), [UNMUTE]),
        (tv(muted=True), tv(muted=True), []),
        (tv("off"), tv("off"), []),
        (switch("on"), switch("off"), [("turn_on", {})]),
    ],
)
def test_an_undone_night_brings_a_screen_back(before: Any, now: Any, expected: list[Any]) -> None:
    assert calls(HANDLER.restore(HANDLER.capture(before), None, now, RestoreMode.UNDO)) == expected


@pytest.mark.parametrize("mode", [RestoreMode.SETTINGS, RestoreMode.EVERYTHING])
@pytest.mark.parametrize("now", [tv("off"), tv("paused"), tv("idle")])
def test_after_a_night_no_screen_is_powered_or_played(mode: RestoreMode, now: Any) -> None:
    assert HANDLER.restore(HANDLER.capture(tv()), None, now, mode) == []


def test_after_a_night_the_sound_comes_back() -> None:
    assert calls(HANDLER.restore(HANDLER.capture(tv()), None, tv(muted=True), RestoreMode.SETTINGS)) == [UNMUTE]
