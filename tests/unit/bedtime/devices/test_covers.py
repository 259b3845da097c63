"""Covers close at bedtime and come back as far as they were."""

from typing import Any

from homeassistant.components.cover import CoverEntityFeature as Feature
import pytest

from custom_components.rls_bedtime.bedtime.command import RestoreMode
from custom_components.rls_bedtime.bedtime.devices.covers import CoverHandler

from ....common.plans import calls, calls_for_night, night, plan, state

HANDLER = CoverHandler()

SIMPLE = Feature.OPEN | Feature.CLOSE
EXACT = SIMPLE | Feature.SET_POSITION


def blind(value: str, features: int = EXACT, position: int | None = None) -> Any:
    """Return the state of a blind."""
    return state("cover.blind", value, supported_features=features, current_position=position)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (blind("open"), ("close_cover", {})),
        (blind("opening"), ("close_cover", {})),
        (blind("open", Feature.SET_POSITION), ("set_cover_position", {"position": 0})),
        (blind("open", Feature.STOP), None),
        (blind("closed"), None),
    ],
)
def test_a_cover_closes_at_bedtime(before: Any, expected: tuple[str, Any] | None) -> None:
    assert calls_for_night(HANDLER, before) == ([expected] if expected else [])


def test_a_cover_is_not_due_before_bedtime() -> None:
    assert not HANDLER.is_due(night(0.9))
    assert HANDLER.is_due(night())


@pytest.mark.parametrize(
    ("before", "now", "expected"),
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
def test_a_cover_comes_back(before: Any, now: Any, expected: tuple[str, Any] | None) -> None:
    assert calls(HANDLER.restore(HANDLER.capture(before), None, now, RestoreMode.SETTINGS)) == (
        [expected] if expected else []
    )


def test_the_slats_follow_once_the_cover_rests() -> None:
    features = EXACT | Feature.OPEN_TILT | Feature.CLOSE_TILT | Feature.SET_TILT_POSITION

    def slatted(value: str, position: int, tilt: int) -> Any:
        attributes = {"supported_features": features, "current_position": position, "current_tilt_position": tilt}
        return state("cover.blind", value, **attributes)

    before = slatted("open", 80, 60)
    target = HANDLER.target(HANDLER.capture(before), before, plan(), night())

    assert calls_for_night(HANDLER, before) == [("close_cover", {})]
    assert calls_for_night(HANDLER, before, slatted("closed", 0, 60)) == [("close_cover_tilt", {})]
    assert HANDLER.has_next_step(target, slatted("closed", 0, 60), ())
    assert not HANDLER.has_next_step(target, slatted("closing", 0, 60), ())
    assert not HANDLER.has_next_step(target, slatted("closed", 0, 0), ())
    restored = HANDLER.restore(HANDLER.capture(before), None, slatted("open", 80, 0), RestoreMode.SETTINGS)
    assert calls(restored) == [("set_cover_tilt_position", {"tilt_position": 60})]


def test_a_cover_that_never_reports_is_told_once_and_not_moved_back() -> None:
    before = blind("unknown", SIMPLE)
    original = HANDLER.capture(before)
    target = HANDLER.target(original, before, plan(), night())

    assert calls_for_night(HANDLER, before) == [("close_cover", {})]
    assert HANDLER.commands(target, before, target) == []
    assert HANDLER.restore(original, target, before, RestoreMode.EVERYTHING) == []
