"""When a night begins and ends."""

from datetime import timedelta
from typing import Any

from homeassistant.components.light import ColorMode
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
import pytest

from ..common.devices import Light, Thermostat
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"
NEXT, END = "sensor.bedroom_next_bedtime", "sensor.bedroom_ends_at"


def lamp(name: str = "lamp", **attributes: Any) -> Light:
    return Light(name, ColorMode.BRIGHTNESS, **{"brightness": 200, **attributes})


async def test_a_night_begins_by_itself_and_ends_by_itself(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    assert home.value(NEXT) == "2026-11-24T06:30:00+00:00"
    await home.at("21:44")
    assert home.phase == "off"
    await home.at("21:45")
    assert (home.phase, home.value(END)) == ("wind_down", "2026-11-24T15:00:00+00:00")
    await home.at("22:29")
    assert home.phase == "wind_down"
    await home.at("22:30")
    assert (home.phase, light.brightness) == ("bedtime", 13)
    assert home.value(NEXT) == "2026-11-25T06:30:00+00:00"
    await home.jump("2026-11-24 06:59-08:00")
    assert home.phase == "bedtime"
    await home.jump("2026-11-24 07:00-08:00")
    assert (home.phase, home.value(END), light.brightness) == ("off", "unknown", 200)


async def test_a_night_by_hand_ends_at_the_wake_up_time(home: Home) -> None:
    await home.add_bedroom(lamp())
    await home.act("switch.turn_on", SWITCH)
    assert home.value(END) == "2026-11-24T15:00:00+00:00"
    assert home.value(NEXT) == "unknown"


async def test_the_wake_up_time_can_be_moved_in_a_night_by_hand(home: Home) -> None:
    await home.add_bedroom(lamp())
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=4)
    await home.act("time.set_value", "time.bedroom_wake_up", time="08:30:00")
    assert home.value(END) == "2026-11-24T16:30:00+00:00"


async def test_the_wake_up_time_can_be_moved_in_a_night_by_itself(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.at("22:30")
    await home.act("time.set_value", "time.bedroom_wake_up", time="08:30:00")
    assert home.value(END) == "2026-11-24T16:30:00+00:00"
    assert home.value("time.bedroom_wake_up") == "08:30:00"


async def test_the_wind_down_can_be_changed_before_it_begins(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.act("number.set_value", "number.bedroom_wind_down", value=90)
    await home.at("21:00")
    assert home.phase == "wind_down"


async def test_a_bedtime_can_be_changed_before_it_comes(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.act("time.set_value", "time.bedroom_bedtime", time="23:15:00")
    assert home.value(NEXT) == "2026-11-24T07:15:00+00:00"
    await home.at("22:29")
    assert home.phase == "off"
    await home.at("22:30")
    assert home.phase == "wind_down"


async def test_a_bedtime_can_be_changed_within_the_wind_down(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    await home.at("22:00")
    before = home.value("light.lamp", "brightness")
    await home.act("time.set_value", "time.bedroom_bedtime", time="23:00:00")
    assert home.value(NEXT) == "2026-11-24T07:00:00+00:00"
    assert home.value("light.lamp", "brightness") <= before
    await home.at("22:45")
    assert home.phase == "wind_down"
    await home.at("23:00")
    assert (home.phase, light.brightness) == ("bedtime", 13)


async def test_automatic_bedtime_can_be_turned_off_and_on(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.act("switch.turn_off", "switch.bedroom_automatic_bedtime")
    assert home.value(NEXT) == "unknown"
    await home.at("22:40")
    assert home.phase == "off"
    await home.act("switch.turn_on", "switch.bedroom_automatic_bedtime")
    assert home.phase == "bedtime"


async def test_a_missed_bedtime_is_not_made_up_for_after_half_an_hour(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=False)
    await home.at("23:01")
    await home.act("switch.turn_on", "switch.bedroom_automatic_bedtime")
    assert (home.phase, home.value(NEXT)) == ("off", "2026-11-25T06:30:00+00:00")


@pytest.mark.parametrize(("minutes", "phase"), [(30, "bedtime"), (31, "off")])
async def test_a_bedtime_missed_while_the_hub_was_down(home: Home, minutes: int, phase: str) -> None:
    entry = await home.add_bedroom(lamp(), automatic=True)
    await home.at("21:30")
    await home.restart(entry, down=timedelta(minutes=60 + minutes))
    assert home.phase == phase


async def test_a_bedtime_after_midnight(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True, bedtime="00:20:00")
    assert home.value(NEXT) == "2026-11-24T08:20:00+00:00"
    await home.at("23:35")
    assert home.phase == "wind_down"
    await home.at("11-24 00:20")
    assert (home.phase, home.value(END)) == ("bedtime", "2026-11-24T15:00:00+00:00")


async def test_a_wake_up_before_bedtime_on_the_clock_and_the_other_way_round(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True, bedtime="21:00:00", wake_up="22:00:00", wind_down=0)
    await home.at("21:00")
    assert (home.phase, home.value(END)) == ("bedtime", "2026-11-24T06:00:00+00:00")
    await home.at("22:00")
    assert home.phase == "off"
    assert home.value(NEXT) == "2026-11-25T05:00:00+00:00"


async def test_stopped_by_hand_it_does_not_begin_again_by_itself(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.at("22:00")
    await home.act("switch.turn_off", SWITCH)
    assert (home.phase, home.value(NEXT)) == ("off", "2026-11-25T06:30:00+00:00")
    await home.at("22:50")
    assert home.phase == "off"


async def test_a_night_begun_by_hand_in_the_evening_is_that_evenings_night(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.act("switch.turn_on", SWITCH)
    await home.at("22:35")
    assert home.phase == "bedtime"
    await home.act("switch.turn_off", SWITCH)
    await home.after(minutes=3)
    assert home.phase == "off"


async def test_the_clocks_go_forward_in_the_night(home: Home) -> None:
    await home.jump("2026-03-07 20:00-08:00")
    await home.add_bedroom(lamp(), automatic=True, bedtime="02:30:00", wind_down=30, wake_up="07:00:00")
    assert home.value(NEXT) == "2026-03-08T10:30:00+00:00"
    await home.jump("2026-03-08 09:59:00Z")
    assert home.phase == "off"
    await home.jump("2026-03-08 10:00:00Z")
    assert home.phase == "wind_down"
    await home.jump("2026-03-08 10:30:00Z")
    assert (home.phase, home.value(END)) == ("bedtime", "2026-03-08T14:00:00+00:00")


async def test_the_clocks_go_back_in_the_night(home: Home) -> None:
    await home.jump("2026-10-31 20:00-07:00")
    light = lamp()
    await home.add_bedroom(light, automatic=True, bedtime="01:30:00", wind_down=45, wake_up="01:45:00")
    await home.jump("2026-11-01 08:30:00Z")
    assert (home.phase, home.value(END)) == ("bedtime", "2026-11-01T08:45:00+00:00")
    await home.jump("2026-11-01 08:45:00Z")
    assert home.phase == "off"
    await home.jump("2026-11-01 09:30:00Z")
    assert home.phase == "off"


async def test_a_wind_down_by_hand_over_the_change_of_the_clocks_is_as_long_as_said(home: Home) -> None:
    await home.jump("2026-11-01 08:40:00Z")
    await home.add_bedroom(lamp())
    await home.call("start", wind_down=90)
    await home.call("start", wind_down=40)
    assert home.value(NEXT) == "2026-11-01T09:20:00+00:00"


async def test_a_stray_is_told_again_in_twenty_seconds_also_when_the_clocks_go_back(home: Home) -> None:
    await home.jump("2026-11-01 08:59:50Z")
    light = lamp()
    light.refuses = True
    await home.add_bedroom(light)
    await home.act("switch.turn_on", SWITCH)
    await home.after(seconds=60)
    await home.after(seconds=60)
    assert len(light.received) == 2


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Let a schedule helper wait for its next event."""
    return True


# --- a schedule helper -----------------------------------------------------------------------------------------------


async def schedule(home: Home, *blocks: tuple[str, str, str]) -> None:
    config: dict[str, Any] = {"name": "Nights"}
    for day, start, end in blocks:
        config.setdefault(day, []).append({"from": start, "to": end})
    assert await async_setup_component(home.hass, "schedule", {"schedule": {"nights": config}})
    await home.hass.async_block_till_done()


async def test_a_schedule_replaces_the_two_times(home: Home) -> None:
    await schedule(home, ("monday", "21:00:00", "23:00:00"), ("tuesday", "21:30:00", "23:30:00"))
    light = lamp()
    await home.add_bedroom(light, automatic=True, schedule_entity="schedule.nights", wind_down=30)
    assert home.value(NEXT) == "2026-11-24T05:00:00+00:00"
    await home.at("20:30")
    assert home.phase == "wind_down"
    await home.at("21:00")
    assert (home.phase, home.value(END)) == ("bedtime", "2026-11-24T07:00:00+00:00")
    await home.at("22:59")
    assert home.phase == "bedtime"
    await home.at("23:00")
    assert (home.phase, light.brightness) == ("off", 200)
    assert home.value(NEXT) == "2026-11-25T05:30:00+00:00"


async def test_a_schedule_over_midnight_is_one_night(home: Home) -> None:
    await schedule(home, ("monday", "22:00:00", "24:00:00"), ("tuesday", "00:00:00", "06:15:00"))
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights", wind_down=0)
    await home.at("22:00")
    assert home.phase == "bedtime"
    await home.at("11-24 00:01")
    assert (home.phase, home.value(END)) == ("bedtime", "2026-11-24T14:15:00+00:00")
    await home.jump("2026-11-24 06:15-08:00")
    assert home.phase == "off"


async def test_a_schedule_that_becomes_unavailable_does_not_keep_a_night_from_ending(home: Home) -> None:
    home.hass.states.async_set("schedule.nights", "off", {"next_event": "2026-11-23T21:00:00-08:00"})
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights", wind_down=0)
    home.hass.states.async_set("schedule.nights", "on", {"next_event": "2026-11-23T23:00:00-08:00"})
    await home.at("21:30")
    assert (home.phase, home.value(END)) == ("bedtime", "2026-11-24T07:00:00+00:00")
    home.hass.states.async_set("schedule.nights", "unavailable")
    await home.settle()
    await home.at("23:05")
    assert home.phase == "off"


async def test_a_schedule_that_is_removed_does_not_keep_a_night_from_ending(home: Home) -> None:
    await schedule(home, ("monday", "21:00:00", "23:00:00"))
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights", wind_down=0)
    await home.at("21:30")
    home.hass.states.async_remove("schedule.nights")
    await home.settle()
    await home.at("23:05")
    assert home.phase == "off"


async def test_a_schedule_over_midnight_that_is_removed_does_not_keep_a_night_from_ending(home: Home) -> None:
    await schedule(home, ("monday", "22:00:00", "24:00:00"), ("tuesday", "00:00:00", "06:15:00"))
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights", wind_down=0)
    await home.at("22:30")
    assert home.phase == "bedtime"
    home.hass.states.async_remove("schedule.nights")
    await home.settle()
    await home.jump("2026-11-24 00:30-08:00")
    await home.jump("2026-11-24 07:01-08:00")
    assert home.phase == "off"


async def test_a_schedule_that_is_on_when_the_bedroom_is_set_up_begins_a_night_if_that_is_not_long_ago(
    home: Home,
) -> None:
    await schedule(home, ("monday", "19:45:00", "23:00:00"))
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights")
    assert home.phase == "bedtime"


async def test_a_night_by_hand_with_a_schedule_ends_with_the_schedule(home: Home) -> None:
    await schedule(home, ("monday", "22:00:00", "23:00:00"))
    await home.add_bedroom(lamp(), schedule_entity="schedule.nights")
    await home.act("switch.turn_on", SWITCH)
    await home.at("22:30")
    assert home.phase == "bedtime"
    await home.at("23:00")
    assert home.phase == "off"


async def test_a_schedule_that_is_edited_at_night_is_followed(home: Home) -> None:
    await schedule(home, ("monday", "21:00:00", "23:00:00"))
    await home.add_bedroom(lamp(), automatic=True, schedule_entity="schedule.nights", wind_down=30)
    await home.at("20:45")
    assert home.phase == "wind_down"
    home.hass.states.async_set("schedule.nights", "off", {"next_event": "2026-11-23T21:30:00-08:00"})
    await home.settle()
    assert home.value(NEXT) == "2026-11-24T05:30:00+00:00"


# --- persons ---------------------------------------------------------------------------------------------------------


def person(hass: HomeAssistant, name: str, where: str) -> None:
    hass.states.async_set(f"person.{name}", where)


async def test_it_begins_only_when_someone_is_home(home: Home) -> None:
    person(home.hass, "alex", "not_home")
    person(home.hass, "kim", "work")
    await home.add_bedroom(lamp(), automatic=True, only_when_home=["person.alex", "person.kim"])
    await home.at("22:35")
    assert home.phase == "off"
    person(home.hass, "kim", "home")
    await home.settle()
    assert home.phase == "bedtime"


async def test_whoever_comes_home_late_finds_it_off(home: Home) -> None:
    person(home.hass, "alex", "not_home")
    await home.add_bedroom(lamp(), automatic=True, only_when_home=["person.alex"])
    await home.at("23:05")
    person(home.hass, "alex", "home")
    await home.settle()
    assert home.phase == "off"


async def test_by_hand_it_begins_although_nobody_is_home(home: Home) -> None:
    person(home.hass, "alex", "not_home")
    await home.add_bedroom(lamp(), automatic=True, only_when_home=["person.alex"])
    await home.act("switch.turn_on", SWITCH)
    assert home.phase == "bedtime"


async def test_a_knob_does_not_reload_the_bedroom(home: Home) -> None:
    entry = await home.add_bedroom(lamp(), Thermostat("stove", target_temperature=20.0))
    session = entry.runtime_data.session
    await home.act("time.set_value", "time.bedroom_bedtime", time="23:15:00")
    await home.act("number.set_value", "number.bedroom_wind_down", value=20)
    await home.act("switch.turn_on", "switch.bedroom_automatic_bedtime")
    assert entry.runtime_data.session is session
    assert (entry.options["wind_down"], entry.options["automatic"]) == (20, True)
    assert entry.options["bedtime"].startswith("23:15")


async def test_entities_have_the_names_of_the_contract(home: Home) -> None:
    entry = await home.add_bedroom(lamp())
    entries = er.async_entries_for_config_entry(er.async_get(home.hass), entry.entry_id)
    found = {
        (each.domain, each.translation_key, each.entity_category and each.entity_category.value) for each in entries
    }
    assert found >= {
        ("switch", "bedtime_mode", None),
        ("switch", "automatic_bedtime", "config"),
        ("sensor", "phase", None),
        ("sensor", "next_bedtime", None),
        ("sensor", "ends_at", None),
        ("time", "bedtime", "config"),
        ("time", "wake_up", "config"),
        ("number", "wind_down", "config"),
        ("binary_sensor", "problem", "diagnostic"),
    }
    assert home.value("sensor.bedroom_phase", "options") == ["off", "wind_down", "bedtime"]
    assert home.value("number.bedroom_wind_down", "unit_of_measurement") == "min"
