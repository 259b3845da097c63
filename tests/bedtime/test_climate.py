"""Thermostats: the sleep preset, else a lower setpoint or range, within limits and step."""

from typing import Any

from homeassistant.components.climate import ClimateEntityFeature as Feature
import pytest

from custom_components.rls_bedtime.bedtime.command import RestoreMode
from custom_components.rls_bedtime.bedtime.devices.climate import capture, commands_towards, restore, target_state

from .plans import moment, plan, said, state

SETPOINT: dict[str, Any] = {
    "supported_features": Feature.TARGET_TEMPERATURE,
    "min_temp": 7,
    "max_temp": 30,
    "target_temp_step": 0.5,
}
RANGE = SETPOINT | {"supported_features": Feature.TARGET_TEMPERATURE_RANGE}
PRESETS = SETPOINT | {
    "supported_features": Feature.TARGET_TEMPERATURE | Feature.PRESET_MODE,
    "preset_modes": ["none", "sleep", "eco"],
}


def thermostat(value: str = "heat", **attributes: Any) -> Any:
    """Return the state of a thermostat."""
    return state("climate.thermostat", value, **attributes)


@pytest.mark.parametrize(
    ("before", "asked"),
    [
        (thermostat(temperature=21, **SETPOINT), ("set_temperature", {"temperature": 19})),
        (thermostat("cool", temperature=24, **SETPOINT), ("set_temperature", {"temperature": 22})),
        (thermostat(temperature=8, **SETPOINT), ("set_temperature", {"temperature": 7})),
        (thermostat(temperature=7, **SETPOINT), None),
        (
            thermostat("heat_cool", target_temp_low=20, target_temp_high=24, **RANGE),
            ("set_temperature", {"target_temp_low": 18, "target_temp_high": 22}),
        ),
        (
            thermostat("heat_cool", target_temp_low=8, target_temp_high=12, **RANGE),
            ("set_temperature", {"target_temp_low": 7, "target_temp_high": 11}),
        ),
        (thermostat(temperature=21, preset_mode="none", **PRESETS), ("set_preset_mode", {"preset_mode": "sleep"})),
        (thermostat(temperature=17, preset_mode="sleep", **PRESETS), None),
        (thermostat("off", temperature=21, **SETPOINT), None),
        (thermostat("fan_only", temperature=21, **SETPOINT), None),
        (thermostat("dry", temperature=21, **SETPOINT), None),
        (thermostat(temperature=None, **SETPOINT), None),
    ],
)
def test_a_thermostat_goes_to_the_night(before: Any, asked: tuple[str, dict[str, Any]] | None) -> None:
    assert said(commands_towards(target_state(capture(before), before, plan(), moment()), before)) == (
        [asked] if asked else []
    )
    assert commands_towards(target_state(capture(before), before, plan(), moment(0.9)), before) == []


@pytest.mark.parametrize(("step", "setpoint"), [(None, 19.3), (0.1, 19.3), (0.5, 19.5), (1, 19.0)])
def test_a_setpoint_lies_on_the_step_of_the_device(step: float | None, setpoint: float) -> None:
    before = thermostat(temperature=21.3, **SETPOINT | {"target_temp_step": step})

    assert said(commands_towards(target_state(capture(before), before, plan(), moment()), before)) == [
        ("set_temperature", {"temperature": setpoint})
    ]


def test_a_preset_is_not_used_against_the_users_will() -> None:
    before = thermostat(temperature=21, preset_mode="none", **PRESETS)

    asked = said(
        commands_towards(
            target_state(capture(before), before, plan(use_sleep_preset=False, temperature_setback=1.5), moment()),
            before,
        )
    )
    assert asked == [("set_temperature", {"temperature": 19.5})]


def test_a_room_that_is_cooler_already_is_not_warmed() -> None:
    before, now = thermostat(temperature=21, **SETPOINT), thermostat(temperature=18, **SETPOINT)

    assert commands_towards(target_state(capture(before), before, plan(), moment()), now) == []


@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [
        (
            thermostat(temperature=21, **SETPOINT),
            thermostat(temperature=19, **SETPOINT),
            [("set_temperature", {"temperature": 21})],
        ),
        (
            thermostat("heat_cool", target_temp_low=20, target_temp_high=24, **RANGE),
            thermostat("heat_cool", target_temp_low=18, target_temp_high=22, **RANGE),
            [("set_temperature", {"target_temp_low": 20, "target_temp_high": 24})],
        ),
        (
            thermostat(temperature=21, preset_mode="none", **PRESETS),
            thermostat(temperature=17, preset_mode="sleep", **PRESETS),
            [("set_preset_mode", {"preset_mode": "none"}), ("set_temperature", {"temperature": 21})],
        ),
        (
            thermostat(temperature=18, preset_mode="eco", **PRESETS),
            thermostat(temperature=17, preset_mode="sleep", **PRESETS),
            [("set_preset_mode", {"preset_mode": "eco"})],
        ),
        (thermostat(temperature=21, **SETPOINT), thermostat(temperature=21, **SETPOINT), []),
        (thermostat(temperature=21, **SETPOINT), thermostat("off", temperature=19, **SETPOINT), []),
        (thermostat("off", temperature=21, **SETPOINT), thermostat("off", temperature=21, **SETPOINT), []),
    ],
    ids=["setpoint", "range", "no preset", "preset alone", "as it was", "turned off by a person", "off"],
)
def test_a_thermostat_comes_back(before: Any, now: Any, asked: list[Any]) -> None:
    assert said(restore(capture(before), now, RestoreMode.SETTINGS)) == asked
