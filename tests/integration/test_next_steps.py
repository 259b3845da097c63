"""What takes several steps gets each of them once."""

from homeassistant.components.cover import CoverEntityFeature as Feature
import pytest

from ..common.devices import Cover, Light
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


async def test_a_lamp_that_polls_too_early_is_not_restored_again_and_again(home: Home) -> None:
    lamp = Light("lamp", brightness=200, color_temp_kelvin=4000, stale_report_after=2)
    await home.add_bedroom(lamp)
    await home.call("start")
    await home.after(seconds=10)
    await home.call("stop")
    for _ in range(120):
        await home.after(seconds=0.5)
    await home.after(minutes=5)

    assert lamp.actions.count("turn_on") <= 3
    assert home.value("light.lamp", "brightness") == 200
