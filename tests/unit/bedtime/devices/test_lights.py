"""Lights dim and warm, and never the other way round."""

from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.bedtime.command import RestoreMode
from custom_components.rls_bedtime.bedtime.devices.lights import LightHandler, LightState

from ....common.plans import calls, calls_for_night, night, plan, state

HANDLER = LightHandler()

WHITE: dict[str, Any] = {
    "supported_color_modes": ["color_temp"],
    "color_mode": "color_temp",
    "min_color_temp_kelvin": 2000,
}
COLORED: dict[str, Any] = {
    "supported_color_modes": ["color_temp", "hs"],
    "color_mode": "hs",
    "min_color_temp_kelvin": 2000,
}


def light(value: str = "on", **attributes: Any) -> Any:
    """Return the state of a lamp."""
    return state("light.lamp", value, **attributes)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (light(brightness=200, color_temp_kelvin=4000, **WHITE), {"brightness": 13, "color_temp_kelvin": 2200}),
        (light(brightness=200, color_temp_kelvin=2100, **WHITE), {"brightness": 13}),
        (light(brightness=5, color_temp_kelvin=4000, **WHITE), {"color_temp_kelvin": 2200}),
        (light(brightness=200, supported_color_modes=["brightness"], color_mode="brightness"), {"brightness": 13}),
        (
            light(brightness=200, rgb_color=(0, 0, 255), hs_color=(240, 100), **COLORED),
            {"brightness": 13, "color_temp_kelvin": 2200},
        ),
        (light(brightness=200, rgb_color=(255, 0, 0), hs_color=(0, 100), **COLORED), {"brightness": 13}),
        (light(brightness=13, color_temp_kelvin=2200, **WHITE), None),
        (light(supported_color_modes=["onoff"], color_mode="onoff"), None),
        (light("off", **WHITE), None),
    ],
    ids=["white", "warm already", "dark already", "brightness only", "blue", "red", "there already", "on/off", "off"],
)
def test_a_light_goes_to_the_night_level(before: Any, expected: dict[str, Any] | None) -> None:
    assert calls_for_night(HANDLER, before) == ([("turn_on", expected)] if expected else [])


def test_a_light_warms_only_as_far_as_it_can() -> None:
    before = light(brightness=200, color_temp_kelvin=4000, **WHITE | {"min_color_temp_kelvin": 2700})

    assert calls_for_night(HANDLER, before) == [("turn_on", {"brightness": 13, "color_temp_kelvin": 2700})]


def test_a_fade_goes_from_where_the_light_was() -> None:
    before = light(brightness=213, color_temp_kelvin=4200, **WHITE)

    assert calls_for_night(HANDLER, before, fade=0) == []
    assert calls_for_night(HANDLER, before, fade=0.5) == [("turn_on", {"brightness": 113, "color_temp_kelvin": 3200})]


def test_a_light_goes_off_when_the_user_wants_it_dark() -> None:
    before = light(brightness=200, color_temp_kelvin=4000, **WHITE)

    assert calls_for_night(HANDLER, before, lights_off=True) == [("turn_off", {})]


@pytest.mark.parametrize(
    ("modes", "color"),
    [
        (["hs"], ("hs_color", [30, 85])),
        (["xy"], ("xy_color", [0.57, 0.38])),
        (["rgb"], ("rgb_color", [255, 146, 39])),
        (["rgbw"], ("rgbw_color", [255, 126, 0, 46])),
        (["rgbww"], ("rgbww_color", [0, 0, 0, 0, 255])),
    ],
)
def test_a_light_of_colors_only_warms_in_its_own_terms(modes: list[str], color: tuple[str, list[float]]) -> None:
    blue: dict[str, Any] = {
        "hs_color": (240, 100),
        "xy_color": (0.14, 0.04),
        "rgb_color": (0, 0, 255),
        "rgbw_color": (0, 0, 255, 0),
        "rgbww_color": (0, 0, 255, 0, 0),
    }
    before = light(brightness=200, supported_color_modes=modes, color_mode=modes[0], **blue)

    ((action, data),) = calls_for_night(HANDLER, before)

    assert (action, data["brightness"]) == ("turn_on", 13)
    assert data[color[0]] == pytest.approx(color[1], abs=1)
    assert calls_for_night(HANDLER, before, fade=0.99)[0][1].keys() == {"brightness"}


@given(
    before=st.integers(1, 255),
    now=st.integers(1, 255),
    level=st.integers(1, 100),
    fade=st.floats(0, 1),
)
def test_a_light_is_never_brightened(before: int, now: int, level: int, fade: float) -> None:
    about: dict[str, Any] = {"supported_color_modes": ["brightness"], "color_mode": "brightness"}
    original = LightState(is_on=True, brightness=before)

    at = light(brightness=now, **about)
    target = HANDLER.target(original, at, plan(light_level=level), night(fade))
    for _, data in calls(HANDLER.commands(target, at, None)):
        assert 1 <= data["brightness"] < now


COLORS = [
    ({"color_mode": "color_temp", "color_temp_kelvin": 4000}, {"brightness": 200, "color_temp_kelvin": 4000}),
    ({"color_mode": "hs", "hs_color": (30, 70)}, {"brightness": 200, "hs_color": [30, 70]}),
    ({"color_mode": "xy", "xy_color": (0.4, 0.3)}, {"brightness": 200, "xy_color": [0.4, 0.3]}),
    ({"color_mode": "rgb", "rgb_color": (9, 8, 7)}, {"brightness": 200, "rgb_color": [9, 8, 7]}),
    ({"color_mode": "rgbw", "rgbw_color": (9, 8, 7, 6)}, {"brightness": 200, "rgbw_color": [9, 8, 7, 6]}),
    ({"color_mode": "rgbww", "rgbww_color": (9, 8, 7, 6, 5)}, {"brightness": 200, "rgbww_color": [9, 8, 7, 6, 5]}),
    ({"color_mode": "white"}, {"white": 200}),
    ({"color_mode": "brightness"}, {"brightness": 200}),
    (
        {"color_mode": "hs", "hs_color": (30, 70), "effect": "rainbow"},
        {"brightness": 200, "hs_color": [30, 70], "effect": "rainbow"},
    ),
    ({"color_mode": "hs", "hs_color": (30, 70), "effect": "off"}, {"brightness": 200, "hs_color": [30, 70]}),
]


@pytest.mark.parametrize(("attributes", "expected"), COLORS)
def test_a_light_comes_back_in_the_terms_of_its_own_color(attributes: dict[str, Any], expected: dict[str, Any]) -> None:
    before = light(brightness=200, **attributes)
    dimmed = light(brightness=13, color_mode="color_temp", color_temp_kelvin=2200)

    assert calls(HANDLER.restore(HANDLER.capture(before), None, dimmed, RestoreMode.SETTINGS)) == [
        ("turn_on", expected)
    ]
    assert HANDLER.restore(HANDLER.capture(before), None, before, RestoreMode.SETTINGS) == []


def test_a_light_that_is_off_comes_on_only_with_everything() -> None:
    before = HANDLER.capture(light(brightness=200, color_mode="brightness"))

    assert {mode for mode in RestoreMode if HANDLER.restore(before, None, light("off"), mode)} == {
        RestoreMode.EVERYTHING,
        RestoreMode.UNDO,
    }


@pytest.mark.parametrize("mode", RestoreMode)
def test_a_light_that_was_off_is_never_turned_on(mode: RestoreMode) -> None:
    assert HANDLER.restore(HANDLER.capture(light("off")), None, light("off"), mode) == []
    assert HANDLER.restore(HANDLER.capture(light("off")), None, light(brightness=200), mode) == []
