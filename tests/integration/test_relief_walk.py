"""One tap lights the way, dim and in one command per light, and it becomes dark again, whatever happens."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.components.light import ColorMode
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CoreState
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest

from custom_components.rls_bedtime.bedtime.relief import controller as controller_module

from ..common.bedroom import lamp
from ..common.devices import Light, LightGroup
from ..common.home import PROBLEM, SECTIONS, Home, is_done_soon
from ..common.relief import PATH_LEVEL, RELIEF, WALK, add_relief, crash, hallway, massager

GLOW = ("turn_on", {"brightness": PATH_LEVEL, "color_temp_kelvin": 2200})


async def test_one_tap_lights_the_way_in_one_command_per_light(home: Home) -> None:
    one, two = hallway(), hallway("kitchen")
    await add_relief(home, one, two)
    await home.act("switch.turn_on", WALK)
    assert [one.received, two.received] == [[GLOW], [GLOW]]
    assert home.value(WALK) == "on"
    assert home.value(WALK, "until").endswith("20:10:00-08:00")
    await home.after(minutes=10)
    assert home.value(WALK) == "off"
    assert [one.actions, two.actions] == [["turn_on", "turn_off"]] * 2
    assert not one.is_on
    assert home.value(WALK, "until") is None


async def test_switches_say_what_is_noted_in_the_diary(home: Home) -> None:
    await add_relief(home, hallway(), massager(), relief_kind="warmth")
    assert home.value(WALK, "relief") == "walking"
    assert home.value(RELIEF, "relief") == "warmth"


async def test_the_area_of_the_bedroom_is_no_part_of_the_ids_of_what_is_chosen_later(home: Home) -> None:
    area = ar.async_get(home.hass).async_create("Bedroom")
    entry = await home.configure(name="Bedroom", targets={}, area=area.id)
    assert home.hass.states.get(WALK) is None
    await home.add_devices(hallway())
    await home.set_options(entry, path=["light.hallway"])
    assert home.value(WALK) == "off"


async def test_a_second_tap_prolongs_and_sends_nothing(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await home.after(minutes=8)
    await home.act("switch.turn_on", WALK)
    await home.after(minutes=9)
    assert light.received == [GLOW]
    await home.after(minutes=1)
    assert not light.is_on


async def test_a_shorter_second_walk_does_not_shorten_the_first(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.call("start_walk", minutes=30)
    assert (await home.call("start_walk", minutes=1))["until"].endswith("20:30:00-08:00")
    await home.after(minutes=29)
    assert light.is_on


async def test_a_hand_ends_it(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await home.call("stop_walk")
    assert (home.value(WALK), light.is_on) == ("off", False)
    await home.after(minutes=20)
    assert light.actions == ["turn_on", "turn_off"]


async def test_a_light_that_is_on_is_left_alone(home: Home) -> None:
    light, other = lamp("hallway"), hallway("kitchen")
    await add_relief(home, light, other)
    response = await home.call("start_walk")
    assert response["entities"] == {"light.hallway": "unchanged", "light.kitchen": "done"}
    await home.after(minutes=10)
    assert light.received == []


async def test_nothing_is_turned_off_that_is_off(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await home.after(minutes=1)
    light.change_locally(is_on=False)
    await home.after(minutes=15)
    assert light.actions == ["turn_on"]


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        ([ColorMode.BRIGHTNESS], {"brightness": PATH_LEVEL}),
        ([ColorMode.HS], {"brightness": PATH_LEVEL, "hs_color": (28.236, 93.333)}),
    ],
)
async def test_each_light_gets_what_it_can(home: Home, modes: list[ColorMode], expected: dict[str, Any]) -> None:
    light = Light("hallway", *modes, is_on=False)
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    ((action, data),) = light.received
    assert (action, data["brightness"], data.keys()) == ("turn_on", PATH_LEVEL, expected.keys())


async def test_a_group_stands_for_its_members(home: Home) -> None:
    one, two = hallway("one"), hallway("two")
    group = LightGroup("stairs", members=[one, two])
    await home.add_devices(one, two, group)
    await home.configure(targets={}, path=["light.stairs"])
    await home.act("switch.turn_on", WALK)
    assert [one.received, two.received, group.received] == [[GLOW], [GLOW], []]


@pytest.mark.parametrize("switches", [{}, {"report_delay": 8}])
async def test_a_bulb_that_comes_on_at_full_brightness_is_dimmed_once_more(
    home: Home, switches: dict[str, Any]
) -> None:
    light = hallway(comes_on_at=255, **switches)
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    for _ in range(15):
        await home.after(seconds=1)
    assert (light.actual("brightness"), light.received) == (PATH_LEVEL, [GLOW, GLOW])
    await home.after(minutes=10)
    await home.after(seconds=9)
    assert light.is_on is False


async def test_a_bulb_that_cannot_be_so_dim_is_told_once_more_and_then_left(home: Home) -> None:
    light = hallway(rounding={"brightness": 50})
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    for _ in range(30):
        await home.after(seconds=10)
    assert light.received == [GLOW, GLOW]


async def test_a_light_that_is_brightened_at_the_wall_within_seconds_is_not_dimmed(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await home.after(seconds=3)
    light.change_locally(brightness=120)
    for _ in range(10):
        await home.after(seconds=5)
    assert (light.brightness, light.received) == (120, [GLOW])


# --- sensors ----------------------------------------------------------------------------------------------------------


def see(home: Home, sensor: str, state: str) -> None:
    home.hass.states.async_set(f"binary_sensor.{sensor}", state)


async def test_it_becomes_dark_when_the_sensors_see_nobody(home: Home) -> None:
    light = hallway()
    see(home, "motion", "off")
    await add_relief(home, light, presence_sensors=["binary_sensor.motion"])
    await home.act("switch.turn_on", WALK)
    await home.after(seconds=90)
    see(home, "motion", "on")
    await home.after(minutes=5)
    assert light.is_on
    see(home, "motion", "off")
    await home.after(seconds=119)
    assert light.is_on
    await home.after(seconds=1)
    assert (light.is_on, home.value(WALK)) == (False, "off")


async def test_sensors_that_cannot_tell_end_nothing(home: Home) -> None:
    light = hallway()
    see(home, "motion", "unavailable")
    await add_relief(home, light, presence_sensors=["binary_sensor.motion", "binary_sensor.gone"])
    await home.act("switch.turn_on", WALK)
    await home.after(minutes=9)
    assert light.is_on


async def test_it_becomes_dark_when_the_bed_is_taken_again(home: Home) -> None:
    light = hallway()
    see(home, "bed", "on")
    await add_relief(home, light, bed_sensor="binary_sensor.bed")
    await home.act("switch.turn_on", WALK)
    assert light.is_on
    see(home, "bed", "off")
    await home.settle()
    assert light.is_on
    see(home, "bed", "on")
    await home.settle()
    assert (light.is_on, home.value(WALK)) == (False, "off")


async def test_a_bed_sensor_that_drops_out_on_the_way_ends_the_walk_when_it_is_back(home: Home) -> None:
    light = hallway()
    see(home, "bed", "on")
    await add_relief(home, light, bed_sensor="binary_sensor.bed")
    await home.act("switch.turn_on", WALK)
    for state in ("unavailable", "on", "off", "unavailable"):
        see(home, "bed", state)
        await home.settle()
        assert light.is_on, "nobody has come back to bed"
    see(home, "bed", "on")
    await home.settle()
    assert (light.is_on, home.value(WALK)) == (False, "off")


@pytest.mark.parametrize(
    ("options", "sensor", "states"),
    [
        ({"bed_sensor": "binary_sensor.bed"}, "bed", ("on", "off")),
        ({"presence_sensors": ["binary_sensor.motion"]}, "motion", ("off", "on")),
    ],
)
async def test_feet_on_the_floor_light_the_way_if_that_is_wanted(
    home: Home, options: dict[str, Any], sensor: str, states: tuple[str, str]
) -> None:
    light = hallway()
    see(home, sensor, states[0])
    entry = await add_relief(home, light, path_by_itself=True, **options)
    see(home, sensor, states[1])
    await home.settle()
    assert not light.is_on, "it is not bedtime"
    see(home, sensor, states[0])
    await home.turn_on()
    see(home, sensor, states[1])
    await home.settle()
    assert light.is_on
    await home.call("stop_walk")
    await home.set_options(entry, path_by_itself=False)
    see(home, sensor, states[0])
    see(home, sensor, states[1])
    await home.settle()
    assert not light.is_on, "it is not wanted"


async def test_a_path_that_cannot_be_lit_by_a_sensor_costs_nothing_else(home: Home) -> None:
    light = hallway()
    see(home, "bed", "on")
    await add_relief(home, light, path_by_itself=True, bed_sensor="binary_sensor.bed")
    await home.turn_on()
    light.become_unavailable()
    see(home, "bed", "off")
    await home.settle()
    assert home.value(WALK) == "off"


# --- people -----------------------------------------------------------------------------------------------------------


async def test_a_light_that_somebody_uses_is_theirs(home: Home) -> None:
    light, other = hallway(), hallway("kitchen")
    await add_relief(home, light, other)
    await home.act("switch.turn_on", WALK)
    await home.act("light.turn_on", "light.hallway", brightness=120)
    await home.after(minutes=10)
    assert (light.is_on, light.brightness, other.is_on) == (True, 120, False)


async def test_a_dimmer_at_the_wall_counts_once_the_light_has_settled(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await home.after(minutes=1)
    light.change_locally(brightness=120)
    await home.after(minutes=10)
    assert light.brightness == 120
    assert light.is_on


async def test_a_light_that_is_turned_off_and_on_at_the_wall_is_theirs(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await home.after(minutes=1)
    light.change_locally(is_on=False)
    await home.after(seconds=2)
    light.change_locally(is_on=True, brightness=200)
    await home.after(minutes=20)
    assert (light.is_on, light.brightness, home.value(WALK)) == (True, 200, "off")


async def test_a_walk_whose_lights_somebody_has_turned_off_is_over(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await home.act("light.turn_off", "light.hallway")
    assert home.value(WALK) == "off"
    await home.act("light.turn_on", "light.hallway")
    await home.after(minutes=20)
    assert light.is_on


@pytest.mark.parametrize(
    "switches",
    [
        {"report_delay": 8},
        {"report_delay": 60},
        {"ramp": ((1, 0.5), (3, 0.8))},
        {"stale_report_after": 4},
        {"rounding": {"brightness": 20}},
        {"flaps_after": 1},
    ],
)
async def test_what_a_light_reports_late_or_wrong_is_nobodys_doing(home: Home, switches: dict[str, Any]) -> None:
    light = hallway(**switches)
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    for seconds in (1, 1, 1, 3, 4, 20, 60, 510, 1, 1, 3, 4, 20, 60, 60):
        await home.after(seconds=seconds)
    assert light.actual("is_on") is False
    assert (home.value("light.hallway"), home.value(WALK)) == ("off", "off")


# --- drop-outs --------------------------------------------------------------------------------------------------------


async def test_an_unavailable_light_is_skipped_and_shown(home: Home) -> None:
    light, other = hallway(available=False), hallway("kitchen")
    await add_relief(home, light, other)
    response = await home.call("start_walk")
    assert response["entities"] == {"light.hallway": "unreachable", "light.kitchen": "done"}
    assert home.value(WALK, "unreachable") == ["light.hallway"]


async def test_a_light_that_comes_back_is_not_shown_as_unreachable_any_longer(home: Home) -> None:
    light, other = hallway(available=False), hallway("kitchen")
    await add_relief(home, light, other)
    await home.act("switch.turn_on", WALK)
    assert problems(home) == ("on", [], ["light.hallway"])
    light.become_available()
    await home.settle()
    assert (problems(home), home.value(WALK, "unreachable")) == (("off", [], []), [])


async def test_a_light_that_comes_on_bright_with_its_power_is_as_dim_as_the_way(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await home.after(minutes=1)
    light.lose_power()
    await home.after(minutes=1)
    light.regain_power()
    await home.settle()
    assert (light.brightness, light.received) == (PATH_LEVEL, [GLOW, GLOW])
    await home.after(minutes=8)
    assert (light.is_on, home.value(WALK)) == (False, "off")


@pytest.mark.parametrize("removed", ["light.hallway", "light.far"])
async def test_a_light_that_is_removed_on_the_way_is_no_problem_for_ever(home: Home, removed: str) -> None:
    light, far, other = hallway(), hallway("far", available=False), hallway("kitchen")
    await add_relief(home, light, far, other)
    await home.act("switch.turn_on", WALK)
    for entity_id in ("light.hallway", "light.far"):
        if entity_id != removed:
            er.async_get(home.hass).async_remove(entity_id)
    er.async_get(home.hass).async_remove(removed)
    await home.settle()
    assert (problems(home), home.value(WALK, "unreachable")) == (("off", [], []), [])
    await home.after(minutes=10)
    assert (other.is_on, problems(home)) == (False, ("off", [], []))


async def test_a_path_light_that_cannot_be_turned_on_or_off_is_a_problem(home: Home) -> None:
    light, far, stubborn = hallway(), hallway("far", available=False), hallway("stubborn", refuses=True)
    await add_relief(home, light, far, stubborn)
    await home.act("switch.turn_on", WALK)
    assert problems(home) == ("on", ["light.stubborn"], ["light.far"])
    assert home.value(WALK, "unreachable") == ["light.far", "light.stubborn"]
    light.become_unavailable()
    await home.settle()
    assert problems(home) == ("on", ["light.stubborn"], ["light.far", "light.hallway"])
    await home.act("switch.turn_off", WALK)
    await home.after(minutes=1)
    assert problems(home) == ("on", [], ["light.hallway"]), "it has still to go off"
    light.become_available()
    await home.settle()
    await home.after(minutes=1)
    assert (light.is_on, problems(home)) == (False, ("off", [], []))


async def test_a_light_that_does_not_go_off_is_a_problem_until_it_does(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    light.ignores = 3
    await home.after(minutes=10)
    assert problems(home) == ("off", [], [])
    await home.after(seconds=30)
    assert problems(home) == ("on", ["light.hallway"], [])
    for _ in range(3):
        await home.after(minutes=2)
    assert (light.is_on, problems(home)) == (False, ("off", [], []))


def problems(home: Home) -> tuple[str, list[str], list[str]]:
    """Return what the binary sensor says, and lists as failed and as unreachable."""
    return (
        home.value(PROBLEM),
        home.value(PROBLEM, "failed"),
        home.value(PROBLEM, "unreachable"),
    )


async def test_a_light_that_drops_out_goes_off_when_it_is_back(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    light.become_unavailable()
    await home.after(minutes=30)
    light.become_available()
    await home.settle()
    assert light.is_on is False


@pytest.mark.parametrize("times", [1, 3])
async def test_a_light_that_misses_its_end_is_told_again(home: Home, times: int) -> None:
    light = hallway()
    await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    light.ignores = times
    await home.after(minutes=10)
    for _ in range(20):
        await home.after(minutes=1)
    assert light.is_on is False
    assert light.actions == ["turn_on"] + ["turn_off"] * (times + 1)


async def test_a_light_that_comes_on_only_after_the_end_goes_off(home: Home) -> None:
    light = hallway()
    await add_relief(home, light)
    light.hangs = True
    for action in ("turn_on", "turn_off"):
        await home.hass.services.async_call("switch", action, {"entity_id": WALK}, blocking=True)
    assert light.is_on is False
    light.resume()
    await home.settle()
    await home.after(seconds=30)
    assert light.is_on is False


# --- restarts ---------------------------------------------------------------------------------------------------------


async def test_a_light_that_hangs_does_not_keep_the_hub_from_stopping(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controller_module, "ANSWER_WITHIN", -1)
    stuck, good = hallway(), hallway("kitchen")
    await add_relief(home, stuck, good)
    await home.act("switch.turn_on", WALK)
    monkeypatch.setattr(stuck, "_hang", asyncio.Event().wait)
    stuck.hangs = True
    home.hass.set_state(CoreState.stopping)
    home.hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    at_rest = asyncio.create_task(home.hass.async_block_till_done())
    assert await is_done_soon(at_rest)
    assert (stuck.actions[-1], good.is_on) == ("turn_off", False)


@pytest.mark.parametrize("down", [timedelta(seconds=20), timedelta(minutes=5), timedelta(hours=8)])
async def test_a_crash_in_the_middle_ends_it_at_once(home: Home, down: timedelta) -> None:
    light = hallway()
    entry = await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await crash(home, entry, down=down)
    assert (light.is_on, home.value(WALK)) == (False, "off")


async def test_a_light_that_returns_after_the_hub_goes_off_too(home: Home) -> None:
    light = hallway()
    entry = await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await crash(home, entry, meanwhile=light.become_unavailable)
    await home.after(minutes=3)
    light.become_available()
    await home.settle()
    assert light.is_on is False


async def test_a_light_that_somebody_turned_on_while_the_hub_was_down_for_hours_is_theirs(home: Home) -> None:
    light = hallway()
    entry = await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await crash(home, entry, down=timedelta(hours=9), meanwhile=lambda: light.change_locally(brightness=200))
    await home.after(minutes=3)
    assert light.is_on


async def test_a_reload_or_a_stop_of_the_hub_ends_it(home: Home) -> None:
    light = hallway()
    entry = await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await home.unload(entry)
    assert light.is_on is False
    await home.load(entry)
    await home.act("switch.turn_on", WALK)
    home.hass.bus.async_fire("homeassistant_stop")
    await home.settle()
    assert light.is_on is False


async def test_a_removed_bedroom_leaves_no_light_on_and_no_file(home: Home, hass_storage: dict[str, Any]) -> None:
    light = hallway()
    entry = await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    assert any("relief" in name for name in hass_storage)
    await home.hass.config_entries.async_remove(entry.entry_id)
    await home.settle()
    assert light.is_on is False
    assert not any("relief" in name for name in hass_storage)


# --- try it -----------------------------------------------------------------------------------------------------------


async def submit(home: Home, entry: ConfigEntry, **fields: Any) -> Any:
    """Open the options, change the section of relief, and submit."""
    flow = home.hass.config_entries.options
    result = await flow.async_init(entry.entry_id)
    chosen = {
        name: {key: entry.options[key] for key in keys if key in entry.options} for name, keys in SECTIONS.items()
    }
    chosen["relief"] |= fields
    return await flow.async_configure(result["flow_id"], chosen)


async def test_trying_the_path_lights_it_as_the_form_has_it_for_five_seconds_and_saves_nothing(home: Home) -> None:
    light, other = hallway(), hallway("other")
    await home.add_devices(other)
    entry = await add_relief(home, light)
    options = dict(entry.options)
    result = await submit(home, entry, path=["light.other"], path_level=50, try_path=True)
    await home.settle()
    assert (result["type"], result["errors"], light.received) == ("form", {}, [])
    assert (other.brightness, home.value(WALK), dict(entry.options)) == (128, "off", options)
    await home.after(seconds=4)
    assert other.is_on is True
    await home.after(seconds=2)
    assert other.is_on is False


async def test_what_was_tried_is_saved_when_the_form_is_submitted_again(home: Home) -> None:
    light = hallway()
    entry = await add_relief(home, light)
    result = await submit(home, entry, path_level=7, try_path=True)
    section = next(each for each in result["data_schema"].schema if each == "relief")
    fields = result["data_schema"].schema[section].schema.schema
    suggested = {str(each): (each.description or {}).get("suggested_value") for each in fields}
    assert (suggested["path_level"], suggested["try_path"]) == (7, None)
    await home.after(seconds=6)
    assert light.is_on is False
    result = await submit(home, entry, path_level=7, try_path=False)
    await home.settle()
    assert (result["type"], entry.options["path_level"], "try_path" in entry.options) == ("create_entry", 7, False)


@pytest.mark.parametrize("down", [timedelta(seconds=1), timedelta(hours=8)])
async def test_a_tried_path_is_dark_again_after_a_crash(home: Home, down: timedelta) -> None:
    light = hallway()
    entry = await add_relief(home, light)
    await submit(home, entry, try_path=True)
    await crash(home, entry, down=down)
    await home.after(minutes=1)
    assert light.is_on is False


async def test_trying_during_a_walk_shortens_it_not(home: Home) -> None:
    light = hallway()
    entry = await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await submit(home, entry, try_path=True)
    await home.after(minutes=5)
    assert (light.is_on, light.actions) == (True, ["turn_on"])
    await home.after(minutes=5)
    assert light.is_on is False


async def test_another_light_that_is_tried_during_a_walk_is_on_for_five_seconds(home: Home) -> None:
    light, other = hallway(), hallway("other")
    await home.add_devices(other)
    entry = await add_relief(home, light)
    await home.act("switch.turn_on", WALK)
    await submit(home, entry, path=["light.hallway", "light.other"], try_path=True)
    await home.settle()
    assert other.is_on
    await home.after(seconds=6)
    assert (light.is_on, other.is_on) == (True, False)


async def test_what_cannot_be_tried_is_an_error_in_the_form(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    light = hallway(available=False)
    entry = await add_relief(home, light)
    assert (await submit(home, entry, path=[], try_path=True))["errors"] == {"relief": "path_not_chosen"}
    result = await submit(home, entry, try_path=True)
    assert result["errors"] == {"relief": "path_not_tried"}
    assert "light.hallway" in result["description_placeholders"]["error"]
    await home.unload(entry)
    assert (await submit(home, entry, try_path=True))["errors"] == {"relief": "bedroom_not_loaded"}
