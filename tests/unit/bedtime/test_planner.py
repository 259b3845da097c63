"""What is sent to a device, from what a session remembers and how the device is."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from homeassistant.core import State
import pytest

from custom_components.rls_bedtime.bedtime.command import Outcome, RestoreMode
from custom_components.rls_bedtime.bedtime.device_runtime import IDLE, DeviceRuntime
from custom_components.rls_bedtime.bedtime.devices.screens import ScreenState
from custom_components.rls_bedtime.bedtime.managed_entity import ManagedEntity, PendingRestore, Source
from custom_components.rls_bedtime.bedtime.plan import Kind
from custom_components.rls_bedtime.bedtime.planner import (
    RestoreStep,
    Step,
    is_last_word_missing,
    plan_capture,
    plan_missing,
    plan_pending,
    plan_restore,
    plan_target,
)
from custom_components.rls_bedtime.bedtime.registry import OtherBedrooms
from custom_components.rls_bedtime.bedtime.session_state import SessionState

from ...common.plans import calls, night, plan
from .samples import BRIGHT, DIM, NOW, OFF, dimmed, lamp

NIGHT = lamp(brightness=13, kelvin=2200)
NOBODY = OtherBedrooms(())
DIM_CALL = [("turn_on", {"brightness": 13, "color_temp_kelvin": 2200})]
RESTORE_CALL = [("turn_on", {"brightness": 200, "color_temp_kelvin": 4000})]
SETTLING = DeviceRuntime(settles_at=NOW + timedelta(seconds=20))


def step(
    entity: ManagedEntity,
    state: State | None,
    runtime: DeviceRuntime = IDLE,
    *,
    fade: float = 1,
    again: bool = False,
    is_fresh: bool = False,
    **options: Any,
) -> Step:
    """Return the step of an entity towards the night."""
    return plan_target(entity, state, runtime, plan(**options), night(fade), NOW, again=again, is_fresh=is_fresh)


def test_a_device_is_told_its_target_once() -> None:
    first = step(ManagedEntity(kind=Kind.LIGHTS, original=BRIGHT), lamp())

    assert calls(first.commands or []) == DIM_CALL
    assert first.entity.target == DIM
    assert step(first.entity, lamp()) == Step(first.entity, [])
    assert calls(step(first.entity, lamp(), again=True).commands or []) == DIM_CALL


def test_a_device_that_is_there_already_gets_no_command_and_is_untouched() -> None:
    planned = step(ManagedEntity(kind=Kind.LIGHTS, original=DIM), NIGHT, again=True, is_fresh=True)

    assert planned.commands == []
    assert planned.entity.is_untouched


@pytest.mark.parametrize("state", [None, lamp("unavailable")], ids=["missing", "unavailable"])
def test_a_device_out_of_reach_is_unreachable(state: State | None) -> None:
    assert step(dimmed(), state).outcome is Outcome.UNREACHABLE
    off = ManagedEntity(kind=Kind.SCREENS, original=ScreenState(is_on=True), target=ScreenState(is_on=False))
    assert step(off, state).outcome is None


def test_what_a_person_has_taken_over_is_left_alone() -> None:
    planned = step(dimmed(released=frozenset({"brightness"}), released_by=Source.PERSON), lamp(), again=True)

    assert (planned.commands, planned.outcome) == (None, Outcome.RELEASED)


@pytest.mark.parametrize(
    "runtime", [DeviceRuntime(is_unconfirmed=True), DeviceRuntime(yields_until=NOW + timedelta(seconds=5))]
)
def test_a_device_that_somebody_may_be_using_has_to_wait(runtime: DeviceRuntime) -> None:
    assert step(dimmed(), lamp(), runtime, again=True) == Step(dimmed())


def test_a_device_whose_state_does_not_count_is_left_alone() -> None:
    planned = step(ManagedEntity(kind=Kind.LIGHTS, original=OFF, was_off=True), lamp("unknown"), is_fresh=True)

    assert (planned.commands, planned.outcome, planned.entity.is_untouched) == ([], Outcome.UNCHANGED, True)


def test_a_step_of_the_fade_that_nobody_would_see_is_not_sent_and_not_remembered() -> None:
    entity = ManagedEntity(kind=Kind.LIGHTS, original=BRIGHT)

    invisible = step(entity, lamp(), fade=0.01)
    assert (invisible.commands, invisible.entity.target) == ([], None)
    assert step(entity, lamp(), fade=0.1).commands


def test_what_was_missed_is_sent_again_but_what_moved_is_not_pressed() -> None:
    half = lamp(brightness=60, kelvin=3000)

    assert calls(plan_missing(dimmed(), lamp(), DeviceRuntime(attempts=1))) == DIM_CALL
    assert calls(plan_missing(dimmed(), half, DeviceRuntime(attempts=1))) == DIM_CALL
    assert plan_missing(dimmed(), half, DeviceRuntime(attempts=2)) == []
    assert plan_missing(dimmed(), NIGHT, DeviceRuntime(attempts=1)) == []
    assert plan_missing(dimmed(), lamp("unknown"), DeviceRuntime(attempts=1)) == []
    assert plan_missing(dimmed(is_untouched=True), lamp(), DeviceRuntime(attempts=1)) == []


def test_a_device_that_is_at_its_night_level_is_captured_as_it_was_before_that() -> None:
    own = PendingRestore(entity=dimmed(), restore_mode=RestoreMode.SETTINGS)
    others = OtherBedrooms((SessionState(managed={"light.lamp": dimmed()}),))

    def capture(state: State, own: PendingRestore | None, others: OtherBedrooms, *, is_restoring: bool = False) -> Any:
        return plan_capture(Kind.LIGHTS, state, own, others, "light.lamp", is_restoring=is_restoring).original

    assert capture(NIGHT, own, NOBODY) == BRIGHT
    assert capture(NIGHT, None, others) == BRIGHT
    assert capture(NIGHT, None, NOBODY) == DIM
    changed = lamp(brightness=90)
    assert capture(changed, own, NOBODY).brightness == 90
    assert capture(changed, own, NOBODY, is_restoring=True) == BRIGHT
    untouched = OtherBedrooms((SessionState(managed={"light.lamp": dimmed(is_untouched=True)}),))
    assert capture(changed, None, untouched).brightness == 90


def test_what_is_pending_when_a_session_ends() -> None:
    earlier = PendingRestore(entity=dimmed(), restore_mode=RestoreMode.UNDO)
    others = OtherBedrooms((SessionState(managed={"light.shared": dimmed()}),))
    managed = {
        "light.lamp": dimmed(),
        "light.taken": dimmed(released=frozenset({"brightness"})),
        "light.turned_off": dimmed(released=frozenset({"is_on"})),
        "light.untouched": dimmed(is_untouched=True),
        "light.was_off": ManagedEntity(kind=Kind.LIGHTS, original=OFF, target=OFF, was_off=True),
        "light.shared": dimmed(),
    }

    pending, outcomes = plan_pending(managed, {"light.earlier": earlier}, others, RestoreMode.EVERYTHING)

    modes = {entity_id: each.restore_mode for entity_id, each in pending.items()}
    assert modes == {
        "light.earlier": RestoreMode.SETTINGS,
        "light.lamp": RestoreMode.EVERYTHING,
        "light.turned_off": RestoreMode.EVERYTHING,
    }
    assert outcomes == {
        "light.taken": Outcome.RELEASED,
        "light.untouched": Outcome.UNCHANGED,
        "light.was_off": Outcome.UNCHANGED,
        "light.shared": Outcome.UNCHANGED,
    }
    assert plan_pending(managed, {}, NOBODY, RestoreMode.NOTHING)[0] == {}


def restore(
    state: State | None,
    entity: ManagedEntity | None = None,
    runtime: DeviceRuntime = IDLE,
    *,
    is_late: bool = False,
    is_needed: bool = False,
    is_untried: bool = False,
) -> RestoreStep:
    """Return the step of a pending restore of settings."""
    mode = RestoreMode.SETTINGS
    pending = PendingRestore(entity=entity or dimmed(), restore_mode=mode, is_untried=is_untried)
    return plan_restore(pending, state, runtime, mode, NOW, is_late=is_late, is_needed=is_needed)


def test_a_restore_stays_pending_until_the_device_is_seen_to_be_back() -> None:
    sent = restore(NIGHT)

    assert (calls(sent.commands), sent.stays) == (RESTORE_CALL, True)
    assert restore(lamp()) == RestoreStep([], stays=False, outcome=Outcome.UNCHANGED)
    superseded = replace(SETTLING, superseded=(DIM,))
    assert restore(lamp(), runtime=superseded).stays


@pytest.mark.parametrize(
    ("state", "outcome"),
    [(None, Outcome.UNREACHABLE), (lamp("unavailable"), Outcome.UNREACHABLE), (lamp("off"), Outcome.UNCHANGED)],
    ids=["missing", "unavailable", "off"],
)
def test_a_device_that_cannot_be_restored_yet_stays_pending(state: State | None, outcome: Outcome) -> None:
    assert restore(state) == RestoreStep([], stays=True, outcome=outcome)


def test_what_another_bedroom_needs_stays_pending() -> None:
    assert restore(NIGHT, is_needed=True) == RestoreStep([], stays=True)


def test_late_what_is_not_as_we_left_it_is_somebodys() -> None:
    assert restore(lamp(brightness=1), is_late=True) == RestoreStep([], stays=False, outcome=Outcome.RELEASED)
    assert calls(restore(NIGHT, is_late=True).commands) == RESTORE_CALL


def test_late_half_way_back_is_somebodys_only_if_it_was_not_sent_there() -> None:
    half_way_back = lamp(brightness=90, kelvin=3000)

    assert calls(restore(half_way_back, is_late=True).commands) == RESTORE_CALL
    assert restore(half_way_back, is_late=True, is_untried=True).outcome is Outcome.RELEASED
    unseen = dimmed(reported=None)
    assert calls(restore(half_way_back, unseen, is_late=True, is_untried=True).commands) == RESTORE_CALL


@pytest.mark.parametrize("is_untried", [True, False])
def test_late_beyond_what_it_was_before_is_somebodys(is_untried: bool) -> None:  # noqa: FBT001
    released = RestoreStep([], stays=False, outcome=Outcome.RELEASED)

    assert restore(lamp(brightness=250), is_late=True, is_untried=is_untried) == released


def test_the_last_word_of_a_person_is_missing_while_the_device_does_something_else() -> None:
    assert is_last_word_missing(BRIGHT, DIM)
    assert not is_last_word_missing(BRIGHT, replace(BRIGHT, brightness=201))
