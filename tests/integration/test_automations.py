"""The triggers and conditions, in automations that are loaded from YAML."""

import sys
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.condition import async_get_all_descriptions as async_conditions
from homeassistant.helpers.trigger import async_get_all_descriptions as async_triggers
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import yaml

import custom_components.rls_bedtime
from custom_components.rls_bedtime.const import DOMAIN

from ..common.home import act, after, bedroom_entry, press, set_up, sleeper, until

FIRED = "told_by_an_automation"
PHASE = "{entity_id: sensor.bedroom_phase}"
EPISODE = "{entity_id: event.alex_episode}"

AUTOMATION = """
- alias: {name}
  triggers:
    - trigger: {trigger}
  conditions: {conditions}
  actions:
    - event: told_by_an_automation
      event_data: {{name: {name}, entity_id: "{{{{ trigger.entity_id }}}}"}}
"""


async def automate(hass: HomeAssistant, *triggers: str, conditions: str = "[]") -> list[Any]:
    """Load an automation for each trigger. Return a list that fills with the events that they fire."""
    told = async_capture_events(hass, FIRED)
    text = "".join(
        AUTOMATION.format(name=f"number {number}", trigger=trigger, conditions=conditions)
        for number, trigger in enumerate(triggers)
    )
    assert await async_setup_component(hass, "automation", {"automation": yaml.safe_load(text)})
    await hass.async_block_till_done()
    return told


def numbers(told: list[Any]) -> list[int]:
    """Return the numbers of the automations that ran, in order."""
    return [int(event.data["name"].split()[-1]) for event in told]


def phases(target: str) -> tuple[str, ...]:
    """Return the three triggers of a phase, in the order of a night, and the warning before."""
    names = ("wind_down_started", "screens_going_quiet", "bedtime_started", "bedtime_ended")
    return tuple(f"rls_bedtime.{name}\n      target: {target}" for name in names)


@pytest.fixture
async def automatic(hass: HomeAssistant, bedroom: object, evening: FrozenDateTimeFactory) -> MockConfigEntry:
    """Return a bedroom with automatic bedtime and the sleepers Alex and Kim, at 20:00."""
    return await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim"), automatic=True))


# --- the bedroom ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["entity", "device", "area", "label"])
async def test_each_phase_of_a_night_fires_its_trigger_for_any_kind_of_target(
    hass: HomeAssistant, automatic: MockConfigEntry, evening: FrozenDateTimeFactory, of: str
) -> None:
    registry = dr.async_get(hass)
    device = registry.async_get_device_by_identifier((DOMAIN, automatic.entry_id), automatic.entry_id)
    assert device is not None
    registry.async_update_device(device.id, area_id="upstairs", labels={"sleep"})
    targets = {
        "entity": PHASE,
        "device": f"{{device_id: {device.id}}}",
        "area": "{area_id: upstairs}",
        "label": "{label_id: sleep}",
    }
    told = await automate(hass, *phases(targets[of]))

    for time, expected in (("21:44:59", []), ("21:45", [0]), ("22:20", [0, 1]), ("22:30", [0, 1, 2])):
        await until(hass, evening, time)
        assert numbers(told) == expected, time
    await after(hass, evening, hours=9)

    assert numbers(told) == [0, 1, 2, 3]
    assert {event.data["entity_id"] for event in told} == {"sensor.bedroom_phase"}


async def test_a_manual_start_fires_and_a_stopped_wind_down_does_not_end_bedtime(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    told = await automate(hass, *phases(PHASE))
    await act(hass, "start", wind_down=30)
    await act(hass, "stop")
    await hass.async_block_till_done()
    assert numbers(told) == [0]

    await act(hass, "start")
    await act(hass, "stop")
    await hass.async_block_till_done()
    assert numbers(told) == [0, 2, 3]


async def test_a_trigger_with_a_duration_fires_after_it(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    told = await automate(hass, f"rls_bedtime.bedtime_started\n      target: {PHASE}\n      options: {{for: '00:10'}}")
    await act(hass, "start")
    await after(hass, night, minutes=9)
    assert told == []
    await after(hass, night, minutes=2)
    assert numbers(told) == [0]


@pytest.mark.parametrize("behavior", ["each", "first", "all"])
async def test_the_behavior_option_applies_to_several_bedrooms(
    hass: HomeAssistant, bedroom: object, night: FrozenDateTimeFactory, behavior: str
) -> None:
    for name in ("Bedroom", "Attic"):
        await set_up(hass, bedroom_entry(name))
    target = "{entity_id: [sensor.bedroom_phase, sensor.attic_phase]}"
    told = await automate(
        hass, f"rls_bedtime.bedtime_started\n      target: {target}\n      options: {{behavior: {behavior}}}"
    )
    for name in ("Bedroom", "Attic"):
        await act(hass, "start", bedroom=name)
        await hass.async_block_till_done()

    ids = [event.data["entity_id"] for event in told]
    bedroom_id, attic_id = "sensor.bedroom_phase", "sensor.attic_phase"
    assert ids == {"each": [bedroom_id, attic_id], "first": [bedroom_id], "all": [attic_id]}[behavior]


async def test_reloading_a_bedroom_fires_no_trigger(
    hass: HomeAssistant, automatic: MockConfigEntry, evening: FrozenDateTimeFactory
) -> None:
    told = await automate(hass, *phases(PHASE))
    expected: list[int] = []
    for time in ("22:10", "22:22", "22:40"):
        await until(hass, evening, time)
        expected = numbers(told)
        for _ in range(2):
            assert await hass.config_entries.async_reload(automatic.entry_id)
            await hass.async_block_till_done()
        assert numbers(told) == expected, time
    assert expected == [0, 1, 2]


async def test_an_automation_runs_with_the_context_of_whoever_logged(
    hass: HomeAssistant, entry: MockConfigEntry, hass_admin_user: Any
) -> None:
    told = await automate(hass, f"rls_bedtime.episode_logged\n      target: {EPISODE}")
    context = Context(user_id=hass_admin_user.id)
    await act(hass, "log_episode", context=context)
    await hass.async_block_till_done()
    assert [event.context.parent_id for event in told] == [context.id]


async def test_entities_of_other_integrations_fire_no_trigger(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    registry = er.async_get(hass)
    for domain, key in (("sensor", "phase"), ("event", "episode"), ("binary_sensor", "episode_ongoing")):
        registry.async_get_or_create(domain, "other", key, translation_key=key, suggested_object_id=f"other_{key}")
    mine = "{entity_id: [sensor.other_phase, sensor.bedroom_next_bedtime, sensor.not_there]}"
    theirs = "{entity_id: [event.other_episode, sensor.bedroom_phase]}"
    names = ("rls_bedtime.episode_logged", "rls_bedtime.episode_ended")
    told = await automate(hass, *phases(mine), *(f"{name}\n      target: {theirs}" for name in names))

    for entity_id, states in (
        ("sensor.other_phase", ("off", "wind_down", "bedtime", "off")),
        ("sensor.not_there", ("off", "wind_down", "bedtime", "off")),
        ("sensor.bedroom_next_bedtime", ("off", "wind_down", "bedtime", "off")),
    ):
        for state in states:
            hass.states.async_set(entity_id, state, {"screens_silent_at": None if state == "off" else "soon"})
    for second, event in enumerate(("logged", "ended")):
        hass.states.async_set("event.other_episode", f"2026-11-24T11:12:0{second}.000+00:00", {"event_type": event})
    await hass.async_block_till_done()

    assert told == []


# --- the sleeper ------------------------------------------------------------------------------------------------------


async def test_episodes_fire_triggers_whatever_they_are_logged_with(
    hass: HomeAssistant, automatic: MockConfigEntry, evening: FrozenDateTimeFactory
) -> None:
    names = ("rls_bedtime.episode_logged", "rls_bedtime.episode_ended")
    told = await automate(hass, *(f"{name}\n      target: {EPISODE}" for name in names))

    await press(hass, "log_episode")
    await after(hass, evening, minutes=1)
    await press(hass, "eased")
    await after(hass, evening, minutes=1)
    await act(hass, "log_episode", sleeper="Alex", severity=4)
    await act(hass, "log_episode", sleeper="Kim", severity=9)
    await act(hass, "update_episode", sleeper="Alex", severity=9)
    await act(hass, "undo", sleeper="Alex")
    await hass.async_block_till_done()

    assert numbers(told) == [0, 1, 0]


async def test_a_minimum_severity_filters_episodes(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    told = await automate(
        hass,
        *(
            f"rls_bedtime.episode_logged\n      target: {EPISODE}\n      options: {{least_severity: {least}}}"
            for least in (0, 7)
        ),
    )
    for severity in (None, 0, 6, 7, 10):
        await act(hass, "log_episode", severity=severity)
    await hass.async_block_till_done()

    assert numbers(told) == [0, 0, 0, 1, 0, 1]


async def test_reloading_a_sleeper_fires_no_trigger(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await press(hass, "log_severe")
    names = ("rls_bedtime.episode_logged", "rls_bedtime.episode_ended")
    told = await automate(hass, *(f"{name}\n      target: {EPISODE}" for name in names))
    for _ in range(2):
        assert await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()
    assert told == []


# --- the conditions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "target", "expected"),
    [
        ("is_winding_down", PHASE, [False, True, False, False]),
        ("is_bedtime", PHASE, [False, False, True, False]),
        ("is_bedtime", "{entity_id: [sensor.other, sensor.bedroom_phase]}", [False, False, True, False]),
        ("is_bedtime", "{entity_id: sensor.other}", [False, False, False, False]),
    ],
)
async def test_conditions_test_the_phase_of_a_bedroom(
    hass: HomeAssistant, entry: MockConfigEntry, condition: str, target: str, expected: list[bool]
) -> None:
    hass.states.async_set("sensor.other", "bedtime")
    conditions = f"[{{condition: rls_bedtime.{condition}, target: {target}, options: {{behavior: any}}}}]"
    told = await automate(hass, "event\n      event_type: ask", conditions=conditions)
    seen = []
    steps: list[tuple[str, Any]] = [("stop", {}), ("start", {"wind_down": 30}), ("start", {}), ("stop", {})]
    for action, data in steps:
        await act(hass, action, **data)
        told.clear()
        hass.bus.async_fire("ask")
        await hass.async_block_till_done()
        seen.append(bool(told))
    assert seen == expected


async def test_a_condition_tests_for_an_ongoing_episode(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    target = "{entity_id: binary_sensor.alex_episode_ongoing}"
    conditions = f"[{{condition: rls_bedtime.has_ongoing_episode, target: {target}}}]"
    told = await automate(hass, "event\n      event_type: ask", conditions=conditions)
    seen = []
    for button in (None, "log_mild", "eased"):
        if button:
            await press(hass, button)
        told.clear()
        hass.bus.async_fire("ask")
        await hass.async_block_till_done()
        seen.append(bool(told))
    assert seen == [False, True, False]


# --- what the editor shows, and what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rls_bedtime.episode_logged, target: {entity_id: event.alex_episode}, options: {least_severity: 11}", "10"),
        (
            "rls_bedtime.episode_logged, target: {entity_id: event.alex_episode}, options: {least_severity: x}",
            "whole number",
        ),
        ("rls_bedtime.episode_logged, target: {entity_id: event.alex_episode}, options: {severity: 4}", "severity"),
        ("rls_bedtime.episode_ended, target: {entity_id: event.alex_episode}, options: {for: '00:10'}", "for"),
        ("rls_bedtime.bedtime_started, target: {entity_id: sensor.bedroom_phase}, options: {behavior: never}", "each"),
        ("rls_bedtime.bedtime_started, options: {behavior: each}", "target"),
        ("rls_bedtime.screens_going_quiet", "target"),
        (
            "rls_bedtime.screens_going_quiet, target: {entity_id: sensor.bedroom_phase}, options: {minutes: 5}",
            "minutes",
        ),
        ("rls_bedtime.no_such_trigger, target: {entity_id: sensor.bedroom_phase}", "no_such_trigger"),
    ],
)
async def test_an_invalid_trigger_is_rejected_with_a_message(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator, text: str, says: str
) -> None:
    await automate(hass)
    client = await hass_ws_client(hass)
    config = yaml.safe_load(f"{{trigger: {text}}}")
    await client.send_json_auto_id({"type": "validate_config", "triggers": [config]})
    result = (await client.receive_json())["result"]["triggers"]
    assert not result["valid"]
    assert says in result["error"]


async def test_an_invalid_condition_is_rejected_with_a_message(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(hass)
    for text, says in (
        ("rls_bedtime.is_bedtime, target: {entity_id: sensor.bedroom_phase}, options: {behavior: each}", "any"),
        ("rls_bedtime.is_bedtime, target: {entity_id: sensor.bedroom_phase}, options: {phase: off}", "phase"),
        ("rls_bedtime.is_bedtime", "target"),
        ("rls_bedtime.is_noon, target: {entity_id: sensor.bedroom_phase}", "is_noon"),
    ):
        config = yaml.safe_load(f"{{condition: {text}}}")
        await client.send_json_auto_id({"type": "validate_config", "conditions": [config]})
        result = (await client.receive_json())["result"]["conditions"]
        assert not result["valid"], text
        assert says in result["error"]


async def test_the_editor_lists_each_with_its_fields_and_targets(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> None:
    await automate(hass)
    triggers, conditions = await async_triggers(hass), await async_conditions(hass)
    ours = {name: about for name, about in (triggers | conditions).items() if name.startswith(f"{DOMAIN}.")}
    assert {name.removeprefix(f"{DOMAIN}.") for name in ours} == {
        "bedtime_ended",
        "bedtime_started",
        "episode_ended",
        "episode_logged",
        "experiment_night",
        "has_ongoing_episode",
        "is_bedtime",
        "is_walking",
        "is_winding_down",
        "relief_ended",
        "relief_started",
        "screens_going_quiet",
        "walk_ended",
        "walk_started",
        "wind_down_started",
    }
    for name, about in ours.items():
        assert about is not None, name
        (filter_,) = about["target"]["entity"]
        assert filter_["integration"] == DOMAIN

    client = await hass_ws_client(hass)
    # The editor can tell entities apart by their device class, and these are of the same.
    phases = {"wind_down_started", "bedtime_started", "bedtime_ended", "screens_going_quiet"}
    of_enums = {*phases, "experiment_night"}
    for entity_id, expected in (
        ("sensor.bedroom_phase", of_enums),
        ("event.alex_episode", {"episode_logged", "episode_ended"}),
        ("sensor.alex_experiment_night", of_enums),
        ("button.alex_undo", set()),
    ):
        target = {"entity_id": [entity_id]}
        await client.send_json_auto_id({"type": "get_triggers_for_target", "target": target})
        found = {name for name in (await client.receive_json())["result"] if name.startswith(f"{DOMAIN}.")}
        assert {name.removeprefix(f"{DOMAIN}.") for name in found} == expected


@pytest.mark.parametrize("kind", ["trigger", "condition"])
async def test_everything_else_works_without_the_base_classes_of_triggers_and_conditions(
    hass: HomeAssistant, bedroom: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    """The base classes may change: then there are no triggers and conditions, but everything else."""
    monkeypatch.delattr("homeassistant.helpers.trigger.EntityTargetStateTriggerBase")
    monkeypatch.delattr("homeassistant.helpers.condition.EntityStateConditionBase")
    loaded = f"{custom_components.rls_bedtime.__name__}.automations.{kind}s"
    monkeypatch.delitem(sys.modules, loaded, raising=False)
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))
    assert await async_setup_component(hass, "automation", {"automation": []})
    await hass.async_block_till_done()

    descriptions = await (async_triggers if kind == "trigger" else async_conditions)(hass)
    assert not [name for name in descriptions if name.startswith(DOMAIN)]
    assert f"The {kind}s of RLS Bedtime are not available" in caplog.text
    await act(hass, "start")
    await press(hass, "log_mild")
