"""How two states of a device compare: on its way to a target, or moved away from it."""

from dataclasses import dataclass
import json
from typing import Any

from homeassistant.util import color as color_util
from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.bedtime.devices.light_color import LightColor
from custom_components.rls_bedtime.bedtime.devices.lights import LightState
from custom_components.rls_bedtime.bedtime.devices.state import (
    DeviceState,
    is_closer,
    lies_between,
    matches,
    overridden_fields,
    tolerance,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp(DeviceState):
    """A state with a bit of everything."""

    is_on: bool | None = None
    level: int | None = tolerance(3)
    color: LightColor | None = None
    mode: str | None = None


def blue(saturation: float) -> LightColor:
    """Return a blue of this saturation in percent."""
    return LightColor("hs", (240, saturation))


TARGET = Lamp(is_on=True, level=13, color=blue(0), mode="white")
OLD = Lamp(is_on=True, level=200, color=blue(90), mode="white")


@pytest.mark.parametrize(
    ("now", "fields"),
    [
        (OLD, set()),
        (TARGET, set()),
        (Lamp(is_on=True, level=16, color=blue(2), mode="white"), set()),
        (Lamp(is_on=True, level=100, color=blue(40), mode="white"), set()),
        (Lamp(is_on=True, level=220, color=blue(90), mode="white"), {"level"}),
        (Lamp(is_on=False, level=200, color=blue(90), mode="white"), {"is_on"}),
        (Lamp(is_on=True, level=200, color=blue(100), mode="white"), {"color"}),
        (Lamp(is_on=True, level=200, color=blue(90), mode="rainbow"), {"mode"}),
    ],
)
def test_a_change_away_from_what_we_want_is_against_our_will(now: Lamp, fields: set[str]) -> None:
    assert overridden_fields(TARGET, OLD, now, external=False) == fields


def test_what_is_known_to_be_somebodys_is_theirs_even_on_the_way() -> None:
    assert overridden_fields(TARGET, OLD, Lamp(is_on=True, level=100, mode="white"), external=True) >= {"level"}
    assert overridden_fields(TARGET, OLD, TARGET, external=True) == set()


def test_what_is_of_no_concern_is_nobodys() -> None:
    assert overridden_fields(Lamp(level=13), OLD, Lamp(is_on=False, level=200, mode="rainbow"), external=True) == set()


@given(st.integers(1, 255), st.integers(1, 255), st.lists(st.integers(1, 255)))
def test_however_a_device_gets_there_in_steps_it_is_not_taken(start: int, target: int, steps: list[int]) -> None:
    wanted, was = Lamp(level=target), Lamp(level=start)
    on_the_way = sorted(
        (step for step in steps if min(start, target) <= step <= max(start, target)), reverse=start > target
    )
    for step in (*on_the_way, target):
        now = Lamp(level=step)
        assert overridden_fields(wanted, was, now, external=False) == set()
        was = now
    assert matches(wanted, was)


@given(st.integers(1, 255), st.integers(1, 255), st.integers(1, 255))
def test_whoever_goes_further_away_than_a_device_rounds_has_taken_it(target: int, was: int, now: int) -> None:
    is_further = abs(now - target) > max(abs(was - target), 3) and abs(now - was) > 3

    assert (
        overridden_fields(Lamp(level=target), Lamp(level=was), Lamp(level=now), external=False) == {"level"}
    ) >= is_further


def test_a_device_that_went_part_of_the_way_has_moved() -> None:
    assert is_closer(Lamp(level=13), Lamp(level=200), Lamp(level=26))
    assert not is_closer(Lamp(level=13), Lamp(level=200), Lamp(level=200))
    assert not is_closer(Lamp(level=13, mode="white"), Lamp(level=200, mode="white"), Lamp(level=200, mode="white"))


def test_a_color_is_the_same_in_the_terms_of_another_mode_if_it_looks_the_same() -> None:
    warm = LightColor("color_temp", 2200)

    assert warm.is_close(LightColor("hs", color_util.color_temperature_to_hs(2200)))
    assert warm.is_close(LightColor("xy", color_util.color_hs_to_xy(*color_util.color_temperature_to_hs(2200))))
    assert not warm.is_close(LightColor("hs", (240, 100)))
    assert not warm.is_close(LightColor("color_temp", 4000))
    assert not warm.is_close(None)


def test_a_device_that_lies_between_start_and_target_may_be_on_its_way() -> None:
    assert lies_between(["level"], TARGET, OLD, Lamp(level=100))
    assert lies_between(["level"], TARGET, OLD, Lamp(level=201))
    assert not lies_between(["level"], TARGET, OLD, Lamp(level=220))
    assert not lies_between(["mode"], TARGET, OLD, Lamp(mode="rainbow"))


@pytest.mark.parametrize(
    "damaged",
    [{"level": "13"}, {"level": True}, {"level": 1e9}, {"is_on": 1}, {"mode": 5}, {"mode": ["white"]}],
    ids=str,
)
def test_a_stored_state_of_a_wrong_type_is_refused(damaged: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(damaged))):
        Lamp.from_json(damaged)


def test_only_a_light_that_is_well_defined_is_read_back() -> None:
    light = LightState(is_on=True, brightness=200, color=LightColor("rgb", (1, 2, 3)), effect="rainbow")

    assert LightState.from_json(json.loads(json.dumps(light.as_json()))) == light
    assert LightState.from_json({"is_on": True, "color_mode": "rgb", "rgb_color": [1, 2]}) == LightState(is_on=True)
    assert LightState.from_json({"is_on": True, "color_mode": ["rgb"], "rgb_color": 1}) == LightState(is_on=True)
