"""Whose doing a change is: a table of changes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from homeassistant.core import State
import pytest

from custom_components.rls_bedtime.bedtime.change_classifier import (
    RETURNED,
    ChangeOrigin,
    Classification,
    ClassifierContext,
    StateChange,
    classify_change,
    classify_pending_change,
    with_classification,
)
from custom_components.rls_bedtime.bedtime.command import RestoreMode
from custom_components.rls_bedtime.bedtime.device_runtime import IDLE, DeviceRuntime
from custom_components.rls_bedtime.bedtime.devices.climate import ClimateState
from custom_components.rls_bedtime.bedtime.devices.covers import CoverState
from custom_components.rls_bedtime.bedtime.devices.screens import ScreenState
from custom_components.rls_bedtime.bedtime.managed_entity import ManagedEntity, PendingRestore, Source
from custom_components.rls_bedtime.bedtime.plan import Kind

from ...common.plans import plan
from .samples import BRIGHT, DIM, NOW, OFF, dimmed, lamp

PERSON, AUTOMATION, DEVICE = Source.PERSON, Source.AUTOMATION, Source.DEVICE
NIGHT = lamp(brightness=13, kelvin=2200)
DARK = ManagedEntity(kind=Kind.LIGHTS, original=OFF, target=OFF, was_off=True, is_untouched=True)
SETTLING = DeviceRuntime(previous=lamp(), settles_at=NOW + timedelta(seconds=20))
EARLIER = DeviceRuntime(superseded=(BRIGHT,), settles_at=NOW + timedelta(seconds=20))
FLAPPING = DeviceRuntime(turned_off_at=NOW - timedelta(seconds=1))


def classify(
    entity: ManagedEntity,
    old: State,
    new: State,
    source: Source = DEVICE,
    runtime: DeviceRuntime = IDLE,
    *requested: str,
    at_bedtime: bool = True,
    **options: Any,
) -> Classification:
    """Return whose doing a change is."""
    change = StateChange(old=old, new=new, source=source, requested=frozenset(requested))
    context = ClassifierContext(plan=plan(**options), at_bedtime=at_bedtime, runtime=runtime, now=NOW)
    return classify_change(entity, change, context)


@pytest.mark.parametrize(
    ("entity", "old", "new", "source", "runtime", "requested", "origin"),
    [
        (dimmed(), NIGHT, lamp(brightness=120, kelvin=2200), DEVICE, IDLE, (), "manual"),
        (dimmed(), NIGHT, lamp(brightness=120, kelvin=2200), PERSON, IDLE, (), "manual"),
        (dimmed(), NIGHT, lamp(brightness=12, kelvin=2200), PERSON, IDLE, (), "expected"),
        (dimmed(), NIGHT, lamp(brightness=15, kelvin=2230), DEVICE, IDLE, (), "expected"),
        (dimmed(), lamp(), lamp(brightness=100, kelvin=3000), DEVICE, SETTLING, (), "expected"),
        (dimmed(), NIGHT, lamp(), DEVICE, SETTLING, (), "unconfirmed"),
        (dimmed(), NIGHT, lamp(), PERSON, SETTLING, (), "manual"),
        (dimmed(), NIGHT, lamp(brightness=250), DEVICE, SETTLING, (), "manual"),
        (dimmed(), NIGHT, lamp(), DEVICE, EARLIER, (), "returned"),
        (dimmed(), NIGHT, lamp("off"), DEVICE, IDLE, (), "manual"),
        (dimmed(target=OFF), NIGHT, lamp("off"), DEVICE, IDLE, (), "expected"),
        (dimmed(target=OFF), lamp("off"), lamp(), DEVICE, SETTLING, (), "unconfirmed"),
        (dimmed(target=OFF), lamp("off"), lamp(), PERSON, SETTLING, (), "turned_on"),
        (dimmed(target=OFF), lamp("off"), lamp(), DEVICE, IDLE, (), "turned_on"),
        (dimmed(), lamp("off"), NIGHT, DEVICE, FLAPPING, (), "reclaimed"),
        (dimmed(), lamp("off"), lamp(brightness=255), DEVICE, FLAPPING, (), "turned_on"),
        (DARK, lamp("off"), lamp(), PERSON, IDLE, (), "turned_on"),
        (DARK, lamp("off"), lamp(), AUTOMATION, IDLE, (), "turned_on"),
        (DARK, lamp("off"), lamp(), PERSON, IDLE, ("brightness",), "manual"),
        (DARK, lamp("off"), lamp(), AUTOMATION, IDLE, ("brightness",), "manual"),
        (DARK, lamp("off"), lamp(), PERSON, IDLE, ("color",), "turned_on"),
        (replace(DARK, turned_on_by_person=True), lamp("off"), lamp(), PERSON, IDLE, (), "manual"),
        (replace(DARK, turned_on_by_person=True), lamp("off"), lamp(), AUTOMATION, IDLE, (), "turned_on"),
        (dimmed(), lamp("unknown"), lamp(), DEVICE, IDLE, (), "returned"),
        (dimmed(is_untouched=True), lamp(), lamp(brightness=250), DEVICE, IDLE, (), "manual"),
    ],
    ids=[
        "by hand at the lamp", "in the app", "to just what we want", "rounding", "on its way",
        "back to before: a late poll?", "back to before, by a person", "brighter than ever", "an earlier command",
        "turned off", "turned off by us", "on once more: a late poll?", "on by a person", "on long after",
        "a bad connection", "on again, but bright", "comes on by a person",
        "comes on by an automation", "with a brightness", "with a brightness, by an automation", "with a color",
        "by a person, a second time", "by an automation, a second time", "was unknown",
        "changed at bedtime before any command",
    ],
)  # fmt: skip
def test_a_change_of_a_light(  # noqa: PLR0913, PLR0917 - the columns of the table
    entity: ManagedEntity,
    old: State,
    new: State,
    source: Source,
    runtime: DeviceRuntime,
    requested: tuple[str, ...],
    origin: str,
) -> None:
    assert classify(entity, old, new, source, runtime, *requested).origin == origin


def test_before_bedtime_a_light_that_got_no_command_is_captured_anew() -> None:
    assert classify(dimmed(is_untouched=True), lamp(), lamp(brightness=90), at_bedtime=False) == RETURNED


def test_a_color_that_was_changed_alone_is_released_alone() -> None:
    found = classify(dimmed(), NIGHT, lamp(brightness=13, kelvin=5000), PERSON)

    assert found.origin is ChangeOrigin.MANUAL
    assert found.fields == {"color"}


def test_lights_that_come_on_are_left_alone_if_the_user_wants_it() -> None:
    assert classify(DARK, lamp("off"), lamp(), PERSON, dim_night_lights=False).origin is ChangeOrigin.MANUAL


def test_what_an_automation_changed_and_put_back_is_managed_again() -> None:
    flashed = dimmed(released=frozenset({"brightness"}), released_by=AUTOMATION)

    assert classify(flashed, lamp(brightness=255), NIGHT, AUTOMATION).origin is ChangeOrigin.RECLAIMED
    by_person = replace(flashed, released_by=PERSON)
    assert classify(by_person, lamp(brightness=255), NIGHT, AUTOMATION).origin is not ChangeOrigin.RECLAIMED


def test_a_light_that_was_turned_on_may_be_on_its_way_to_its_own_level() -> None:
    came_on = dimmed(was_off=True, turned_on_at_night=True)
    ramping = DeviceRuntime(ramps_until=NOW + timedelta(seconds=5))

    assert classify(came_on, NIGHT, lamp(brightness=255), DEVICE, ramping).origin is ChangeOrigin.TURNED_ON
    assert classify(came_on, NIGHT, lamp(brightness=255), DEVICE, IDLE).origin is ChangeOrigin.MANUAL


def thermostat(value: str = "heat", **attributes: Any) -> State:
    """Return the state of a thermostat."""
    return State("climate.thermostat", value, attributes)


WARM = ClimateState(hvac_mode="heat", temperature=21, preset_mode="none")
LOWERED = ManagedEntity(
    kind=Kind.CLIMATE, original=WARM, target=ClimateState(hvac_mode="heat", temperature=19, preset_mode="none")
)
ASLEEP = ManagedEntity(kind=Kind.CLIMATE, original=WARM, target=ClimateState(preset_mode="sleep"))
HEATING = thermostat(temperature=19, preset_mode="none")
SLEEPING = thermostat(temperature=21, preset_mode="sleep")
WAITING = DeviceRuntime(previous=thermostat(temperature=21, preset_mode="none"), settles_at=NOW + timedelta(minutes=10))


@pytest.mark.parametrize(
    ("entity", "old", "new", "source", "runtime", "origin"),
    [
        (LOWERED, HEATING, thermostat(temperature=24, preset_mode="none"), DEVICE, IDLE, "manual"),
        (LOWERED, HEATING, thermostat(temperature=24, preset_mode="none"), PERSON, IDLE, "manual"),
        (LOWERED, HEATING, thermostat("cool", temperature=19, preset_mode="none"), DEVICE, WAITING, "expected"),
        (LOWERED, HEATING, thermostat(temperature=19, preset_mode="hold"), DEVICE, WAITING, "expected"),
        (LOWERED, HEATING, thermostat(temperature=19, preset_mode="hold"), PERSON, WAITING, "manual"),
        (LOWERED, HEATING, thermostat("off", temperature=19, preset_mode="none"), DEVICE, IDLE, "expected"),
        (LOWERED, thermostat("off", temperature=19), HEATING, DEVICE, IDLE, "returned"),
        (LOWERED, HEATING, thermostat("off", temperature=19, preset_mode="none"), PERSON, IDLE, "manual"),
        (ASLEEP, SLEEPING, thermostat(temperature=17, preset_mode="sleep"), DEVICE, WAITING, "expected"),
        (ASLEEP, SLEEPING, thermostat(temperature=24, preset_mode="none"), DEVICE, IDLE, "manual"),
    ],
    ids=[
        "at the dial", "in the app", "the mode that our setpoint brings", "the preset that our setpoint brings",
        "a preset by a person", "an open window", "the window is closed", "turned off by a person",
        "the late setpoint of our preset", "another preset",
    ],
)  # fmt: skip
def test_a_change_of_a_thermostat(
    entity: ManagedEntity, old: State, new: State, source: Source, runtime: DeviceRuntime, origin: str
) -> None:
    assert classify(entity, old, new, source, runtime).origin == origin


def tv(value: str, **attributes: Any) -> State:
    """Return the state of a television."""
    return State("media_player.tv", value, attributes)


PLAYING = ScreenState(is_on=True, is_playing=True, is_idle=False)
SILENCED = ManagedEntity(kind=Kind.SCREENS, original=PLAYING, target=ScreenState(is_on=False))


def test_a_screen_that_is_turned_on_again_is_released_or_silenced_once_more() -> None:
    assert classify(SILENCED, tv("off"), tv("playing"), PERSON).origin is ChangeOrigin.MANUAL
    assert classify(SILENCED, tv("off"), tv("playing"), PERSON, keep_screens_quiet=True).origin is ChangeOrigin.REAPPLY
    again = replace(SILENCED, reapplied=True)
    assert classify(again, tv("off"), tv("playing"), PERSON, keep_screens_quiet=True).origin is ChangeOrigin.MANUAL


def test_a_player_that_is_idle_after_it_was_turned_off_is_silent_enough() -> None:
    assert classify(SILENCED, tv("playing"), tv("idle")).origin is ChangeOrigin.EXPECTED


def blind(value: str, position: int) -> State:
    """Return the state of a blind."""
    return State("cover.blind", value, {"current_position": position, "supported_features": 15})


CLOSED = ManagedEntity(
    kind=Kind.COVERS,
    original=CoverState(is_open=True, position=80),
    target=CoverState(is_open=False, position=0),
)


def test_a_cover_counts_once_it_rests() -> None:
    there = DeviceRuntime(has_reached=True)

    assert classify(CLOSED, blind("open", 80), blind("closing", 60)).origin is ChangeOrigin.EXPECTED
    assert classify(CLOSED, blind("closing", 10), blind("closed", 0)).origin is ChangeOrigin.RETURNED
    assert classify(CLOSED, blind("closing", 40), blind("open", 40)).origin is ChangeOrigin.RETURNED
    assert classify(CLOSED, blind("opening", 40), blind("open", 50), DEVICE, there).origin is ChangeOrigin.MANUAL
    assert classify(CLOSED, blind("closed", 0), blind("open", 50), DEVICE, there).origin is ChangeOrigin.MANUAL


def classify_pending(
    entity: ManagedEntity, old: State, new: State, source: Source = DEVICE, runtime: DeviceRuntime = IDLE, *asked: str
) -> ChangeOrigin:
    """Return whose doing a change of a device is that has still to be restored."""
    pending = PendingRestore(entity=entity, restore_mode=RestoreMode.SETTINGS)
    change = StateChange(old=old, new=new, source=source, requested=frozenset(asked))
    context = ClassifierContext(plan=plan(), at_bedtime=False, runtime=runtime, now=NOW)
    return classify_pending_change(pending, change, context).origin


@pytest.mark.parametrize(
    ("old", "new", "source", "runtime", "requested", "origin"),
    [
        (lamp("off"), NIGHT, DEVICE, IDLE, (), "turned_on"),
        (lamp("off"), NIGHT, PERSON, IDLE, (), "turned_on"),
        (lamp("off"), NIGHT, PERSON, IDLE, ("brightness",), "manual"),
        (lamp("off"), lamp(brightness=90), DEVICE, IDLE, (), "manual"),
        (NIGHT, lamp(brightness=90), PERSON, SETTLING, (), "manual"),
        (NIGHT, lamp(), PERSON, SETTLING, (), "expected"),
        (NIGHT, lamp(brightness=90, kelvin=3000), DEVICE, SETTLING, (), "expected"),
        (NIGHT, lamp("off"), DEVICE, SETTLING, (), "expected"),
        (NIGHT, lamp(brightness=90), DEVICE, IDLE, (), "manual"),
        (lamp("unknown"), NIGHT, DEVICE, IDLE, (), "turned_on"),
    ],
    ids=[
        "comes on as we left it", "by a person", "with a brightness", "at another level", "another level, by a person",
        "to what it was before", "on its way back", "goes off", "before its restore was sent", "was unknown",
    ],
)  # fmt: skip
def test_a_change_of_a_light_that_has_still_to_be_restored(
    old: State, new: State, source: Source, runtime: DeviceRuntime, requested: tuple[str, ...], origin: str
) -> None:
    assert classify_pending(dimmed(), old, new, source, runtime, *requested) == origin


def test_what_was_taken_over_stays_so_when_a_report_follows() -> None:
    taken = Classification(ChangeOrigin.MANUAL, frozenset({"brightness"}), PERSON)
    off = Classification(ChangeOrigin.MANUAL, frozenset({"is_on"}), PERSON)
    on = Classification(ChangeOrigin.TURNED_ON, frozenset({"is_on"}), PERSON, new=DIM)

    assert taken.followed_by(on).fields == {"brightness", "is_on"}
    assert off.followed_by(on) is on
    assert off.followed_by(RETURNED) is off
    assert taken.followed_by(Classification(ChangeOrigin.RECLAIMED)).origin is ChangeOrigin.RECLAIMED
    assert RETURNED.followed_by(taken) is taken


def test_a_light_that_came_on_learns_the_level_that_it_gets_back() -> None:
    on = Classification(ChangeOrigin.TURNED_ON, frozenset({"is_on"}), PERSON, new=replace(BRIGHT, brightness=80))
    higher = replace(on, new=BRIGHT, fields=frozenset())

    came_on = with_classification(DARK, on, None)
    assert (came_on.original.brightness, came_on.turned_on_at_night, came_on.turned_on_by_person) == (80, True, True)
    assert with_classification(came_on, higher, None).original.brightness == 200
    pending = PendingRestore(entity=dimmed(), restore_mode=RestoreMode.SETTINGS)
    still_dim = replace(on, new=DIM)
    assert with_classification(DARK, still_dim, pending).original == BRIGHT
    assert with_classification(DARK, still_dim, None).original == DIM


def test_who_took_a_device_over_is_the_person_once_it_was_one() -> None:
    by_automation = Classification(ChangeOrigin.MANUAL, frozenset({"brightness"}), AUTOMATION)
    by_person = Classification(ChangeOrigin.MANUAL, frozenset({"color"}), PERSON)

    both = with_classification(with_classification(dimmed(), by_automation, None), by_person, None)
    assert both.released == {"brightness", "color"}
    assert both.released_by is PERSON
    assert with_classification(both, by_automation, None).released_by is PERSON
    reclaimed = with_classification(both, Classification(ChangeOrigin.RECLAIMED), None)
    assert (reclaimed.released, reclaimed.released_by) == (frozenset(), None)
