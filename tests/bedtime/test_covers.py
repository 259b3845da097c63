"""Covers close at bedtime and come back as far as they were."""

from typing import Any

from homeassistant.components.cover import CoverEntityFeature as Feature
import pytest

from custom_components.rls_bedtime.bedtime.command import RestoreMode
from custom_components.rls_bedtime.bedtime.devices.covers import capture, commands_towards, restore, target_state

from .plans import moment, plan, said, state

SIMPLE = Feature.OPEN | Feature.CLOSE
EXACT = SIMPLE | Feature.SET_POSITION


def blind(value: str, features: int = EXACT, position: int | None = None) -> Any:
    """Return the state of a blind."""
    return state("cover.blind", value, supported_features=features, current_position=position)


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        (blind("open"), ("close_cover", {})),
        (blind("opening"), ("close_cover", {})),
        (blind("open", Feature.SET_POSITION), ("set_cover_position", {"position": 0})),
        (blind("open", Feature.STOP), None),
        (blind("closed"), None),
    ],
)
def test_a_cover_closes_at_bedtime(before: Any, asked: tuple[str, Any] | None) -> None:
    assert said(commands_towards(target_state(capture(before), before, plan(), moment()), before)) == (
        [asked] if asked else []
    )
    assert commands_towards(target_state(capture(before), before, plan(), moment(0.9)), before) == []


@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [
        (blind("open", position=80), blind("closed", position=0), ("set_cover_position", {"position": 80})),
        (blind("open", SIMPLE), blind("closed", SIMPLE), ("open_cover", {})),
        (blind("open", position=80), blind("open", position=30), ("set_cover_position", {"position": 80})),
        (blind("open", position=80), blind("open", position=78), None),
        (blind("open", SIMPLE), blind("open", SIMPLE), None),
        (blind("closed", position=0), blind("closed", position=0), None),
        (blind("open", Feature.CLOSE), blind("closed", Feature.CLOSE), None),
    ],
    ids=["to its position", "open", "from wherever it rests", "there", "open already", "closed before", "cannot open"],
)
def test_a_cover_comes_back(before: Any, now: Any, asked: tuple[str, Any] | None) -> None:
    assert said(restore(capture(before), now, RestoreMode.SETTINGS)) == ([asked] if asked else [])
