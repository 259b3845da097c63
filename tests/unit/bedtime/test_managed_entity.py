"""One device of a session: what is stored of it, and what it means that people have taken some of it over."""

from dataclasses import replace
import json
from typing import Any

from homeassistant.core import State
from hypothesis import given
import pytest

from custom_components.rls_bedtime.bedtime.command import RestoreMode
from custom_components.rls_bedtime.bedtime.devices.light_color import LightColor
from custom_components.rls_bedtime.bedtime.devices.lights import LightState
from custom_components.rls_bedtime.bedtime.devices.screens import ScreenState
from custom_components.rls_bedtime.bedtime.managed_entity import ManagedEntity, Source
from custom_components.rls_bedtime.bedtime.plan import Kind

from ...common.plans import calls, night, plan
from .samples import BRIGHT, DIM, OFF, dimmed, entities, lamp

STORED = dimmed(released=frozenset({"color"}), released_by=Source.PERSON).as_json()


@given(entities())
def test_an_entity_is_read_back_as_it_was_stored(entity: ManagedEntity) -> None:
    assert ManagedEntity.from_json(json.loads(json.dumps(entity.as_json()))) == entity


def test_the_stored_keys_are_those_that_earlier_versions_wrote() -> None:
    assert STORED == {
        "kind": "lights",
        "before": {"is_on": True, "brightness": 200, "color_mode": "color_temp", "color_temp_kelvin": 4000},
        "told": {"is_on": True, "brightness": 13, "color_mode": "color_temp", "color_temp_kelvin": 2200},
        "seen": {"is_on": True, "brightness": 13, "color_mode": "color_temp", "color_temp_kelvin": 2200},
        "was_off": False,
        "untouched": False,
        "released": ["color"],
        "released_by": "person",
        "lit": False,
        "lit_by_person": False,
        "insisted": False,
        "hushed": False,
        "sent_at": None,
    }


@pytest.mark.parametrize(
    "damage",
    [
        {"kind": "toasters"},
        {"kind": None},
        {"kind": []},
        {"before": None},
        {"before": 5},
        {"before": {"brightness": "200"}},
        {"told": {"is_on": "yes"}},
        {"seen": {"brightness": 1e12}},
        {"was_off": "no"},
        {"sent_at": 5},
        {"sent_at": "2026-11-24T06:30:00"},
        {"lit": 1},
        {"hushed": []},
        {"released": "color"},
        {"released": [1]},
        {"released_by": "a cat"},
    ],
    ids=str,
)
def test_a_damaged_entity_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError, AttributeError)):
        ManagedEntity.from_json(STORED | damage)


def test_what_an_earlier_version_did_not_store_is_its_default() -> None:
    stored = {"kind": "lights", "before": BRIGHT.as_json()}

    assert ManagedEntity.from_json(stored) == ManagedEntity(kind=Kind.LIGHTS, original=BRIGHT)


def test_an_entity_is_captured_anew_until_its_first_command() -> None:
    entity = replace(ManagedEntity.from_state(Kind.LIGHTS, lamp()), is_untouched=True)

    later = entity.recaptured(lamp(brightness=90))
    assert later.original.brightness == 90
    assert entity.recaptured(lamp("off")).was_off
    assert replace(later, is_untouched=False).recaptured(lamp(brightness=50)).original.brightness == 90


def test_a_light_that_was_off_gets_no_command_unless_it_came_on_at_night() -> None:
    entity = ManagedEntity(kind=Kind.LIGHTS, original=OFF, target=OFF, was_off=True)

    assert entity.commands_towards(DIM, lamp(), at_bedtime=True) == []
    came_on = replace(entity, original=BRIGHT, turned_on_at_night=True)
    assert calls(came_on.commands_towards(DIM, lamp(), at_bedtime=True)) == [
        ("turn_on", {"brightness": 13, "color_temp_kelvin": 2200})
    ]


def test_a_light_whose_color_alone_was_changed_still_follows_in_brightness() -> None:
    entity = dimmed(released=frozenset({"color"}), released_by=Source.PERSON, target=None, reported=None)
    target = entity.target_state(lamp(), plan(), night())

    assert not entity.is_released_now
    assert calls(entity.commands_towards(target, lamp(), at_bedtime=True)) == [("turn_on", {"brightness": 13})]
    restored = entity.restore_commands(lamp(brightness=13, kelvin=5000), RestoreMode.SETTINGS)
    assert calls(restored) == [("turn_on", {"brightness": 200})]


@pytest.mark.parametrize("mode", RestoreMode)
def test_what_is_released_is_neither_commanded_nor_restored(mode: RestoreMode) -> None:
    entity = dimmed(released=frozenset({"brightness"}), released_by=Source.PERSON)

    assert entity.is_released
    assert entity.commands_towards(DIM, lamp(), at_bedtime=True) == []
    assert entity.restore_commands(lamp(), mode) == []


def test_a_light_that_was_only_turned_off_gets_its_level_back_when_it_comes_on() -> None:
    entity = dimmed(released=frozenset({"is_on"}), released_by=Source.PERSON)

    assert entity.is_released_now
    assert not entity.is_released
    assert entity.must_turn_on_first(lamp("off"))
    assert entity.restore_commands(lamp("off"), RestoreMode.EVERYTHING) == []
    restored = entity.restore_commands(lamp(brightness=13, kelvin=2200), RestoreMode.EVERYTHING)
    assert calls(restored) == [("turn_on", {"brightness": 200, "color_temp_kelvin": 4000})]


@pytest.mark.parametrize("mode", RestoreMode)
def test_a_light_that_was_off_is_not_turned_on_however_much_is_restored(mode: RestoreMode) -> None:
    assert dimmed(was_off=True, original=OFF).restore_commands(lamp("off"), mode) == []
    assert dimmed(was_off=True, turned_on_at_night=True).restore_commands(lamp("off"), mode) == []


def test_a_light_remembers_its_last_state_while_it_was_on() -> None:
    entity = dimmed()

    assert entity.with_reported(BRIGHT).reported == BRIGHT
    turned_off = entity.with_reported(OFF)
    assert turned_off.is_as_left(OFF)
    assert turned_off.is_on_as_left(DIM)
    assert not turned_off.is_on_as_left(BRIGHT)
    by_somebody = dimmed(released=frozenset({"is_on"}))
    assert by_somebody.with_reported(OFF) is by_somebody


def test_what_changed_while_nobody_was_looking_is_what_is_neither_wanted_nor_reported() -> None:
    half_way = LightState(is_on=True, brightness=40, color=LightColor("color_temp", 2200))
    entity = dimmed(reported=half_way)

    assert entity.changed_while_offline(DIM) == frozenset()
    assert entity.changed_while_offline(half_way) == frozenset()
    assert entity.changed_while_offline(replace(DIM, brightness=250)) == {"brightness"}
    assert replace(entity, is_untouched=True).changed_while_offline(replace(DIM, brightness=250)) == frozenset()


def test_a_player_of_which_only_the_sound_was_changed_waits_for_its_power() -> None:
    playing = ScreenState(is_on=True, is_playing=True, is_muted=False, is_idle=False)
    entity = ManagedEntity(kind=Kind.SCREENS, original=playing)

    muted = entity.with_target(ScreenState(is_muted=True), [object()])  # type: ignore[list-item]
    assert muted.muted_only
    assert muted.must_turn_on_first(State("media_player.tv", "off"))
    assert not muted.is_screen_turned_off
    off = entity.with_target(ScreenState(is_on=False), [object()])  # type: ignore[list-item]
    assert off.is_screen_turned_off
    assert not off.must_wait_for_power
