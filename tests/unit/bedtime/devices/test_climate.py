"""Thermostats: the sleep preset, else a lower setpoint or range, within limits and step."""

from typing import Any

from homeassistant.components.climate import ClimateEntityFeature as Feature
import pytest

from custom_components.rls_bedtime.bedtime.command import RestoreMode
from custom_components.rls_bedtime.bedtime.devices.climate import ClimateHandler, ClimateState

from ....common.plans import calls, calls_for_night, night, plan, state

HANDLER = ClimateHandler()

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
    ("before", "expected"),
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
def test_a_thermostat_goes_to_the_night(before: Any, expected: tuple[str, dict[str, Any]] | None) -> None:
    assert calls_for_night(HANDLER, before) == ([expected] if expected else [])


def test_a_thermostat_is_not_due_before_bedtime() -> None:
    assert not HANDLER.is_due(night(0.9))
    assert HANDLER.is_due(night())


@pytest.mark.parametrize(("step", "setpoint"), [(None, 19.3), (0.1, 19.3), (0.5, 19.5), (1, 19.0)])
def test_a_setpoint_lies_on_the_step_of_the_device(step: float | None, setpoint: float) -> None:
    before = thermostat(temperature=21.3, **SETPOINT | {"target_temp_step": step})

    assert calls_for_night(HANDLER, before) == [("set_temperature", {"temperature": setpoint})]


def test_a_preset_is_not_used_against_the_users_will() -> None:
    before = thermostat(temperature=21, preset_mode="none", **PRESETS)

    options: dict[str, Any] = {"use_sleep_preset": False, "temperature_setback": 1.5}
    assert calls_for_night(HANDLER, before, **options) == [("set_temperature", {"temperature": 19.5})]


def test_a_room_that_is_cooler_already_is_not_warmed() -> None:
    before, now = thermostat(temperature=21, **SETPOINT), thermostat(temperature=18, **SETPOINT)

    assert calls_for_night(HANDLER, before, now) == []


@pytest.mark.parametrize(
    ("before", "now", "expected"),
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
def test_a_thermostat_comes_back(before: Any, now: Any, expected: list[Any]) -> None:
    assert calls(HANDLER.restore(HANDLER.capture(before), None, now, RestoreMode.SETTINGS)) == expected


@pytest.mark.parametrize("preset", ["sleep", "asleep", "Night", "SLEEP", "Sleep_"])
def test_a_sleep_preset_is_found_in_any_spelling(preset: str) -> None:
    before = thermostat(temperature=21, preset_mode="none", **PRESETS | {"preset_modes": ["none", preset]})

    assert calls_for_night(HANDLER, before) == [("set_preset_mode", {"preset_mode": preset})]


@pytest.mark.parametrize("preset", ["eco", "away", "Frost Protection"])
def test_a_preset_that_saves_more_is_not_left_for_the_sleep_preset(preset: str) -> None:
    before = thermostat(temperature=16, preset_mode=preset, **PRESETS | {"preset_modes": ["none", "sleep", preset]})

    assert calls_for_night(HANDLER, before) == []


def test_a_sleep_preset_that_turns_out_to_be_warmer_gives_way_to_a_setpoint() -> None:
    before = thermostat(temperature=19, preset_mode="none", **PRESETS)
    now = thermostat(temperature=20.5, preset_mode="sleep", **PRESETS)
    original, target = HANDLER.capture(before), ClimateState(preset_mode="sleep")

    corrected = HANDLER.corrected_target(original, target, HANDLER.capture(now), now, plan())

    assert corrected is not None
    assert calls(HANDLER.commands(corrected, now, None)) == [
        ("set_preset_mode", {"preset_mode": "none"}),
        ("set_temperature", {"temperature": 17}),
    ]
    cooler = HANDLER.capture(thermostat(temperature=17, preset_mode="sleep", **PRESETS))
    assert HANDLER.corrected_target(original, target, cooler, now, plan()) is None


def test_a_transient_preset_is_not_restored() -> None:
    presets = PRESETS | {"preset_modes": ["none", "sleep", "boost"]}
    before = thermostat(temperature=21, preset_mode="boost", **presets)
    now = thermostat(temperature=17, preset_mode="sleep", **presets)

    assert calls(HANDLER.restore(HANDLER.capture(before), None, now, RestoreMode.SETTINGS)) == [
        ("set_preset_mode", {"preset_mode": "none"}),
        ("set_temperature", {"temperature": 21}),
    ]


def test_a_mode_that_left_by_our_setpoint_is_restored_last() -> None:
    before = thermostat("auto", temperature=21, **SETPOINT)
    now = thermostat("heat", temperature=19, **SETPOINT)
    original, target = HANDLER.capture(before), ClimateState(hvac_mode="auto", temperature=19)

    assert calls(HANDLER.restore(original, target, now, RestoreMode.SETTINGS)) == [
        ("set_temperature", {"temperature": 21}),
        ("set_hvac_mode", {"hvac_mode": "auto"}),
    ]
