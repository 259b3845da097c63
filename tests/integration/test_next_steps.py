"""What takes several steps gets each of them once."""

from homeassistant.components.cover import CoverEntityFeature as Feature
import pytest

from ..common.devices import Cover
from ..common.home import Home

ALL = (
    Feature.OPEN
    | Feature.CLOSE
    | Feature.SET_POSITION
    | Feature.OPEN_TILT
    | Feature.CLOSE_TILT
    | Feature.SET_TILT_POSITION
)


@pytest.mark.parametrize("report_delay", [0, 5])
async def test_the_slats_of_a_slow_blind_are_told_once(home: Home, report_delay: int) -> None:
    blind = Cover(
        "blind",
        current_cover_position=80,
        current_cover_tilt_position=50,
        supported_features=ALL,
        report_delay=report_delay,
    )
    await home.add_bedroom(blind)
    await home.call("start")
    for _ in range(60):
        await home.after(seconds=0.5)
    await home.after(minutes=5)

    assert blind.actions == ["close_cover", "close_cover_tilt"]
    await home.call("stop")
    for _ in range(60):
        await home.after(seconds=0.5)
    await home.after(minutes=5)
    assert blind.actions[2:] == ["set_cover_position", "set_cover_tilt_position"]
    assert (home.value(blind.entity_id, "current_position"), home.value(blind.entity_id, "current_tilt_position")) == (
        80,
        50,
    )
