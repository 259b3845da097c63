"""Plans are read from options, and options may be damaged, or written by another version."""

from datetime import time, timedelta
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.rls_bedtime.bedtime.command import RestoreMode
from custom_components.rls_bedtime.bedtime.plan import DEFAULTS, Kind, Plan, ScreensAction, invalid_options
from custom_components.rls_bedtime.const import Option

from .samples import JSON

DEFAULT = Plan.from_options({})
DAMAGED: dict[str, list[Any]] = {
    "lights": [5, "light.lamp", [], {"entity_id": 5}, {"entity_id": [5]}],
    "climate": [True],
    "screens": [{"area_id": {"bedroom": 1}}],
    "covers": [["cover.blind"]],
    "phones": ["phone", [1], {}],
    "bedtime": [2230, "half past ten", "25:00", "", "22:30:00+01:00"],
    "wake_up": [None, 7.0],
    "wind_down": ["45", -1, 100_000, True, float("nan")],
    "automatic": [1, "on"],
    "schedule_entity": [5, ["schedule.night"]],
    "only_when_home": ["person.alex", [None]],
    "light_level": ["5", 101, -1, []],
    "light_color_temp": [0, "warm", 1e9],
    "lights_off_after": [{}, -5],
    "dim_night_lights": ["yes"],
    "temperature_setback": ["2", -2, float("inf")],
    "use_sleep_preset": [0],
    "screens_action": ["explode", 5, []],
    "screen_curfew": ["0"],
    "screen_warning": [float("inf")],
    "keep_screens_quiet": [[]],
    "path": ["light.hallway", [5], {}],
    "path_level": [0, "3", 101],
    "path_color_temp": [0, "warm"],
    "path_minutes": [0, 500, "10"],
    "presence_sensors": ["binary_sensor.motion"],
    "linger": [0, -2, 61],
    "bed_sensor": [5, []],
    "path_by_itself": ["on"],
    "relief_devices": [{}, [None]],
    "relief_minutes": [61, 0, True],
    "relief_kind": [5, []],
    "restore": ["undo", "some", 1, {}],
    "start_actions": [{"action": "light.turn_on"}, ["light.turn_on"]],
    "end_actions": ["light.turn_off", [5]],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in DAMAGED.items() for value in values])
def test_an_option_of_a_wrong_type_is_its_default_and_costs_no_other(name: str, value: Any) -> None:
    options = {"light_level": 7, "wind_down": 20} | {name: value}

    plan = Plan.from_options(options)

    assert plan == Plan.from_options({key: each for key, each in options.items() if key != name})
    assert invalid_options(options) == (() if value is None else (name,))


def test_all_options_that_can_be_damaged_are_checked() -> None:
    assert set(DAMAGED) >= set(DEFAULTS) | set(Kind)


def test_options_that_a_user_can_choose_are_valid() -> None:
    options: dict[str, Any] = {
        "lights": {"entity_id": ["light.lamp"], "area_id": "bedroom", "exclude": {"entity_id": ["light.fish_tank"]}},
        "phones": ["phone"],
        "bedtime": "23:15",
        "wake_up": "06:45:30",
        "wind_down": 12.5,
        "schedule_entity": "schedule.night",
        "only_when_home": ["person.alex"],
        "light_level": 1,
        "screens_action": "mute",
        "restore": "nothing",
        "end_actions": [{"action": "light.turn_off"}],
        "an_option_of_a_later_version": object(),
    }

    plan = Plan.from_options(options)

    assert invalid_options(options) == ()
    assert plan.targets[Kind.LIGHTS] == options["lights"]
    assert (plan.bedtime, plan.wake_up, plan.wind_down) == (time(23, 15), time(6, 45, 30), timedelta(minutes=12.5))
    assert (plan.phones, plan.only_when_home, plan.schedule_entity) == (
        ("phone",),
        ("person.alex",),
        "schedule.night",
    )
    assert (plan.screens_action, plan.restore) == (ScreensAction.MUTE, RestoreMode.NOTHING)
    assert plan.end_actions == ({"action": "light.turn_off"},)


def test_the_defaults_are_those_that_are_documented() -> None:
    assert (DEFAULT.bedtime, DEFAULT.wake_up, DEFAULT.wind_down) == (time(22, 30), time(7), timedelta(minutes=45))
    assert (DEFAULT.light_level, DEFAULT.light_color_temp, DEFAULT.temperature_setback) == (5, 2200, 2)
    assert (DEFAULT.automatic, DEFAULT.dim_night_lights, DEFAULT.use_sleep_preset) == (True, True, True)
    assert DEFAULT.restore is RestoreMode.SETTINGS


@given(st.dictionaries(st.sampled_from([*Option, *Kind]), JSON, max_size=6))
def test_whatever_options_say_there_is_a_plan(options: dict[str, Any]) -> None:
    plan = Plan.from_options(options)

    assert timedelta() <= plan.wind_down <= timedelta(days=1)
    assert 0 <= plan.light_level <= 100
    assert set(invalid_options(options)) <= set(options)


@pytest.mark.parametrize(
    ("minutes", "wanted", "mode"),
    [
        (-45, None, RestoreMode.UNDO),
        (0, RestoreMode.SETTINGS, RestoreMode.UNDO),
        (15, None, RestoreMode.UNDO),
        (15, RestoreMode.NOTHING, RestoreMode.NOTHING),
        (16, None, RestoreMode.EVERYTHING),
        (16, RestoreMode.SETTINGS, RestoreMode.SETTINGS),
        (500, RestoreMode.NOTHING, RestoreMode.NOTHING),
    ],
)
def test_a_session_that_was_hardly_one_is_undone(minutes: int, wanted: RestoreMode | None, mode: RestoreMode) -> None:
    plan = Plan.from_options({"restore": "everything"})

    assert plan.restore_mode(timedelta(minutes=minutes), wanted) is mode
