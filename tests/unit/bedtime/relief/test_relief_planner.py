"""What relief at night turns on and off, without a home."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.components.light import ColorMode
from homeassistant.core import State
import pytest

from custom_components.rls_bedtime.bedtime.change_classifier import StateChange
from custom_components.rls_bedtime.bedtime.command import Command, Outcome
from custom_components.rls_bedtime.bedtime.device_runtime import IDLE, DeviceRuntime
from custom_components.rls_bedtime.bedtime.managed_entity import Source
from custom_components.rls_bedtime.bedtime.relief.relief_plan import ReliefPlan
from custom_components.rls_bedtime.bedtime.relief.relief_planner import (
    EndStep,
    Reaction,
    StartContext,
    classify,
    is_as_path,
    is_taken_over_offline,
    nobody_since,
    pause_after,
    plan_end,
    plan_start,
    planned_run,
    target_of_path,
)
from custom_components.rls_bedtime.bedtime.relief.relief_state import Aid, HeldEntity, ReliefState, Run

NOW = datetime(2026, 11, 24, 11, 12, tzinfo=UTC)
PLAN = ReliefPlan.from_options({"path": ["light.hallway"], "relief_devices": ["switch.plug"]})
MODES = {"supported_color_modes": [ColorMode.COLOR_TEMP], "color_mode": ColorMode.COLOR_TEMP}
OFF = Command("light", "turn_off", "light.hallway")
ON = Command("light", "turn_on", "light.hallway")


def light(state: str, **attributes: Any) -> State:
    return State("light.hallway", state, MODES | {"min_color_temp_kelvin": 2700} | attributes)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def context(**more: Any) -> StartContext:
    return StartContext(**{"held": None, "elsewhere_since": None, "runtime": IDLE, "now": NOW} | more)


def held(aid: Aid = Aid.WALK, until: datetime = NOW) -> HeldEntity:
    return HeldEntity(aid=aid, since=NOW - minutes(10), until=until)


def sent(command: Command, **more: Any) -> DeviceRuntime:
    return DeviceRuntime(sent=(command,), **{"outcome": Outcome.DONE} | more)


def test_a_light_gets_its_level_and_color_in_one_command() -> None:
    step = plan_start(Aid.WALK, light("off"), PLAN, context())
    assert step.command is not None
    assert step.command.data == {"brightness": 8, "color_temp_kelvin": 2700}
    assert step.since == NOW


@pytest.mark.parametrize(
    ("state", "more", "outcome"),
    [
        (None, {}, Outcome.UNREACHABLE),
        (light("unavailable"), {}, Outcome.UNREACHABLE),
        (light("off", supported_color_modes=["onoff"]), {}, Outcome.FAILED),
        (light("on"), {}, Outcome.UNCHANGED),
        (light("on"), {"held": held()}, Outcome.UNCHANGED),
    ],
)
def test_a_light_is_not_turned_on(state: State | None, more: dict[str, Any], outcome: Outcome) -> None:
    step = plan_start(Aid.WALK, state, PLAN, context(**more))
    assert (step.command, step.outcome) == (None, outcome)
    assert (step.since is not None) is ("held" in more)


@pytest.mark.parametrize("more", [{"elsewhere_since": NOW}, {"held": held(), "runtime": sent(OFF)}])
def test_a_light_that_another_bedroom_has_on_or_that_is_going_off_is_turned_on(more: dict[str, Any]) -> None:
    assert plan_start(Aid.WALK, light("on"), PLAN, context(**more)).command is not None


def test_a_device_runs_for_an_hour_at_most() -> None:
    since = NOW - minutes(50)
    first = Run(started_at=since, until=NOW)
    assert planned_run(Aid.DEVICE, first, minutes(30), [since], NOW).until == NOW + minutes(10)
    assert planned_run(Aid.WALK, first, minutes(30), [since], NOW).until == NOW + minutes(30)


@pytest.mark.parametrize(
    ("aid", "state", "runtime", "expected"),
    [
        (Aid.WALK, None, IDLE, EndStep.WAIT),
        (Aid.WALK, light("unavailable"), IDLE, EndStep.WAIT),
        (Aid.WALK, light("on"), IDLE, EndStep.TURN_OFF),
        (Aid.WALK, light("on"), sent(ON, settles_at=NOW + minutes(1)), EndStep.TURN_OFF),
        (Aid.WALK, light("on"), sent(OFF, settles_at=NOW + minutes(1)), EndStep.WAIT),
        (Aid.WALK, light("on"), sent(OFF), EndStep.TURN_OFF),
        (Aid.WALK, light("on"), sent(OFF, has_reached=True), EndStep.RELEASE),
        (Aid.DEVICE, light("on"), sent(OFF, has_reached=True), EndStep.TURN_OFF),
        (Aid.WALK, light("off"), IDLE, EndStep.LET_GO),
        (Aid.WALK, light("off"), sent(ON), EndStep.TURN_OFF),
        (Aid.WALK, light("off"), sent(ON, in_flight=True), EndStep.WAIT),
        (Aid.WALK, light("off"), sent(ON, has_reached=True, settles_at=NOW + minutes(1)), EndStep.WAIT),
        (Aid.WALK, light("off"), sent(ON, has_reached=True), EndStep.LET_GO),
        (Aid.WALK, light("unknown"), sent(OFF), EndStep.LET_GO),
        (Aid.WALK, light("unknown"), sent(OFF, outcome=Outcome.FAILED), EndStep.TURN_OFF),
    ],
)
def test_what_has_to_be_off_is_turned_off_and_watched(
    aid: Aid, state: State | None, runtime: DeviceRuntime, expected: EndStep
) -> None:
    assert plan_end(aid, state, runtime, NOW) is expected


def test_the_pauses_grow_up_to_five_minutes() -> None:
    assert [pause_after(each) for each in (0, 1, 100)] == [minutes(1 / 3), minutes(2 / 3), minutes(5)]


@pytest.mark.parametrize(
    ("aid", "old", "new", "source", "expected"),
    [
        (Aid.WALK, light("on"), light("off"), Source.PERSON, Reaction.RELEASE),
        (Aid.WALK, light("on"), light("off"), Source.DEVICE, Reaction.NOTHING),
        (Aid.WALK, light("on", brightness=8), light("on", brightness=90), Source.PERSON, Reaction.RELEASE),
        (Aid.WALK, light("on", brightness=8), light("on", brightness=90), Source.DEVICE, Reaction.RELEASE),
        (Aid.WALK, light("on", brightness=8), light("on", brightness=9), Source.DEVICE, Reaction.NOTHING),
        (Aid.DEVICE, light("on"), light("on", speed=3), Source.PERSON, Reaction.NOTHING),
        (Aid.DEVICE, light("off"), light("on"), Source.PERSON, Reaction.RELEASE),
        (Aid.DEVICE, light("on"), light("off"), Source.DEVICE, Reaction.WENT_OFF),
        (Aid.DEVICE, light("off"), light("on"), Source.DEVICE, Reaction.NOTHING),
    ],
)
def test_a_person_wins(aid: Aid, old: State, new: State, source: Source, expected: Reaction) -> None:
    change = StateChange(old=old, new=new, source=source)
    assert classify(held(aid), change, target_of_path(new, PLAN), IDLE, NOW) is expected


def test_what_a_light_reports_on_its_way_is_nobodys() -> None:
    change = StateChange(old=light("on", brightness=8), new=light("on", brightness=90), source=Source.DEVICE)
    runtime = sent(ON, settles_at=NOW + minutes(1))
    assert classify(held(), change, target_of_path(change.new, PLAN), runtime, NOW) is Reaction.NOTHING


@pytest.mark.parametrize(("brightness", "hours", "expected"), [(8, 9, False), (200, 9, True), (200, 0.1, False)])
def test_a_light_that_looks_different_after_hours_is_somebodys(
    brightness: int, hours: float, *, expected: bool
) -> None:
    state = light("on", brightness=brightness, color_temp_kelvin=2700)
    assert is_taken_over_offline(held(), state, PLAN, NOW + timedelta(hours=hours)) is expected
    assert not is_taken_over_offline(held(Aid.DEVICE), state, PLAN, NOW + timedelta(hours=hours))
    assert is_as_path(state, PLAN) is (brightness == 8)


def test_sensors_say_since_when_nobody_is_seen() -> None:
    def sensor(state: str, ago: float) -> State:
        return State("binary_sensor.motion", state, last_changed=NOW - minutes(ago))

    assert nobody_since([sensor("off", 3), sensor("unknown", 1), None], NOW - minutes(5)) == NOW - minutes(3)
    assert nobody_since([sensor("off", 30)], NOW - minutes(5)) == NOW - minutes(5)
    assert nobody_since([sensor("off", 3), sensor("on", 9)], NOW) is None
    assert nobody_since([sensor("unavailable", 3)], NOW) is None


STATE = ReliefState(
    runs={Aid.WALK: Run(started_at=NOW, until=NOW + minutes(10))},
    held={"light.hallway": held(until=NOW + minutes(10)), "switch.plug": held(Aid.DEVICE)},
)


def test_what_is_stored_is_read_again() -> None:
    assert ReliefState.from_json(STATE.as_json()) == (STATE, ())


@pytest.mark.parametrize(
    ("damage", "parts"),
    [
        ({"runs": []}, ("runs",)),
        ({"runs": {"walk": {"started_at": 5}}}, ("walk",)),
        ({"runs": {"nap": STATE.as_json()["runs"]["walk"]}}, ("nap",)),
        ({"held": {"switch.plug": None}}, ("switch.plug",)),
        ({"held": {"switch.plug": {"aid": "device", "since": "0001-01-01T00:00:00+00:00"}}}, ("switch.plug",)),
    ],
)
def test_a_damaged_part_costs_itself_alone(damage: dict[str, Any], parts: tuple[str, ...]) -> None:
    data: Any = STATE.as_json()
    state, damaged = ReliefState.from_json(data | damage)
    assert damaged == parts
    assert state.held == STATE.held if "runs" in damage else state.runs == STATE.runs


def test_what_is_no_record_at_all_is_damage() -> None:
    assert ReliefState.from_json([]) == (ReliefState(), ("relief",))


def test_a_renamed_entity_is_followed() -> None:
    assert STATE.renamed("light.hallway", "light.stairs").held_for(Aid.WALK) == ("light.stairs",)
    assert STATE.renamed("light.other", "light.stairs") is STATE
