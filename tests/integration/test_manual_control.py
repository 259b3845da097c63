"""People win, and one bad device hurts nobody else."""

import asyncio
from typing import Any, override

from homeassistant.components.light import ColorMode
from homeassistant.components.media_player import MediaPlayerEntityFeature as Can, MediaPlayerState as Is
from homeassistant.core import Context, ServiceCall
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.rls_bedtime.bedtime import session as session_module
from custom_components.rls_bedtime.const import DOMAIN

from ..common.devices import Cover, Light, Player, Thermostat
from ..common.home import Home
from ..common.phones import add_phone

SWITCH = "switch.bedroom_bedtime_mode"
TV = Can.TURN_ON | Can.TURN_OFF | Can.PAUSE | Can.PLAY


def lamp(name: str = "lamp", **attributes: Any) -> Light:
    return Light(name, ColorMode.COLOR_TEMP, **{"brightness": 200, "color_temp_kelvin": 4000, **attributes})


# --- people ----------------------------------------------------------------------------------------------------------


async def test_a_light_that_someone_turns_off_in_the_wind_down_is_not_turned_on(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True, restore="everything")
    await home.at("22:00")
    light.change_locally(is_on=False)
    told = len(light.received)
    await home.at("22:40")
    assert (light.is_on, len(light.received)) == (False, told)
    await home.jump("2026-11-24 07:00-08:00")
    assert (light.is_on, len(light.received)) == (False, told)


async def test_a_light_that_was_off_is_not_turned_on_in_the_morning(home: Home) -> None:
    light = lamp(is_on=False)
    await home.add_bedroom(light, restore="everything")
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp")
    await home.act("light.turn_off", "light.lamp")
    await home.jump("2026-11-24 07:00-08:00")
    assert light.is_on is False


async def test_a_dimmer_at_the_wall_wins(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    await home.at("22:10")
    light.change_locally(brightness=230)
    await home.at("22:40")
    assert light.brightness == 230
    await home.jump("2026-11-24 07:00-08:00")
    assert light.brightness == 230


async def test_a_light_that_someone_turns_up_and_down_again_to_the_night_level_is_theirs(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    await home.act("light.turn_on", "light.lamp", brightness=200)
    await home.act("light.turn_on", "light.lamp", brightness=13)
    await home.jump("2026-11-24 07:00-08:00")
    assert light.brightness == 13


async def test_a_released_light_is_ours_again_the_next_night(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    await home.at("22:40")
    await home.act("light.turn_on", "light.lamp", brightness=150)
    await home.jump("2026-11-24 07:00-08:00")
    await home.jump("2026-11-24 22:30-08:00")
    await home.after(minutes=1)
    assert light.brightness == 13
    await home.jump("2026-11-25 07:00-08:00")
    assert light.brightness == 150


async def test_an_automation_that_answers_to_the_phase_wins(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    context = Context(user_id=home.user.id)
    await home.act("switch.turn_on", SWITCH, by=context)
    await home.after(minutes=1)
    await home.act("light.turn_on", "light.lamp", brightness=60, by=Context(parent_id=context.id))
    await home.jump("2026-11-24 07:00-08:00")
    assert light.brightness == 60


async def test_an_automation_that_answers_to_our_own_dimming_wins(home: Home) -> None:
    light, other = lamp(), lamp("other")
    await home.add_bedroom(light, other)
    await home.act("switch.turn_on", SWITCH)
    await home.after(minutes=1)
    state = home.hass.states.get("light.lamp")
    assert state is not None
    await home.act("light.turn_on", "light.other", brightness=5, by=Context(parent_id=state.context.id))
    answer = await home.call("stop")
    assert answer["entities"]["light.other"] == "released"


async def test_a_late_report_of_the_device_is_nobody(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    await home.at("22:10")
    light.change_locally(brightness=home.value("light.lamp", "brightness") + 2)
    await home.at("22:30")
    light.change_locally(brightness=14)
    await home.after(minutes=5)
    assert home.value("binary_sensor.bedroom_problem", "released") == []


# --- trouble ---------------------------------------------------------------------------------------------------------


class Odd(Light):
    """A lamp whose integration breaks in a way of its own."""

    error: Exception = ValueError("odd")

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.received.append(("turn_on", kwargs))
        raise self.error


@pytest.mark.parametrize("error", [ValueError("odd"), KeyError("odd"), TimeoutError(), OSError(5, "odd")])
async def test_a_lamp_that_breaks_hurts_nobody_else(home: Home, error: Exception) -> None:
    odd = Odd("odd", ColorMode.COLOR_TEMP, brightness=200, color_temp_kelvin=4000)
    odd.error = error
    good = [lamp(f"good {number}") for number in range(3)]
    await home.add_bedroom(*good[:1], odd, *good[1:])
    answer = await home.call("start")
    assert answer["entities"]["light.odd"] == "failed"
    assert [each.brightness for each in good] == [13, 13, 13]
    assert {answer["entities"][each.entity_id] for each in good} == {"done"}


async def test_a_stray_is_told_once_more_and_then_reported(home: Home) -> None:
    bad = lamp("bad")
    bad.refuses = True
    await home.add_bedroom(bad)
    await home.act("switch.turn_on", SWITCH)
    for _ in range(10):
        await home.after(seconds=30)
    assert len(bad.received) == 2
    assert home.value("binary_sensor.bedroom_problem", "failed") == ["light.bad"]
    await home.act("switch.turn_off", SWITCH)
    assert home.value("binary_sensor.bedroom_problem") == "off"


async def test_a_lamp_that_hangs_hurts_nobody_else(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "ANSWER_WITHIN", -1)
    stuck, good, blind = lamp("stuck"), lamp("good"), Cover("blind")
    stuck.hangs = True
    entry = await home.add_bedroom(stuck, good, blind)
    data: dict[str, Any] = {"domain": DOMAIN, "service": "start", "blocking": True, "return_response": True}
    answer = await home.hass.services.async_call(**data)
    await home.hass.config_entries.async_unload(entry.entry_id)
    stuck.resume()
    assert (good.brightness, blind.is_closed) == (13, True)
    assert answer == {"entities": {"light.stuck": "unreachable", "light.good": "done", "cover.blind": "done"}}


async def test_a_lamp_that_drops_out_and_returns_bright_is_caught_up(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    light.become_unavailable()
    await home.settle()
    assert home.value("binary_sensor.bedroom_problem", "unreachable") == ["light.lamp"]
    await home.after(minutes=5)
    light.become_available(brightness=255, color_temp_kelvin=4000)
    await home.settle()
    assert light.brightness == 13
    assert home.value("binary_sensor.bedroom_problem") == "off"
    await home.jump("2026-11-24 07:00-08:00")
    assert light.brightness == 200


async def test_a_lamp_out_of_reach_at_bedtime_is_caught_up_when_it_returns(home: Home) -> None:
    light = lamp(available=False)
    await home.add_bedroom(light)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=2)
    light.become_available()
    await home.settle()
    assert light.brightness == 13
    await home.jump("2026-11-24 07:00-08:00")
    assert light.brightness == 200


async def test_a_lamp_that_returns_after_the_night_is_left_alone(home: Home) -> None:
    light = lamp(available=False)
    await home.add_bedroom(light)
    await home.act("switch.turn_on", SWITCH)
    await home.jump("2026-11-24 07:00-08:00")
    light.become_available()
    await home.settle()
    assert light.received == []


async def test_a_lamp_out_of_reach_at_the_end_is_restored_once_when_it_returns(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    light.become_unavailable()
    await home.jump("2026-11-24 07:00-08:00")
    await home.after(hours=1)
    light.become_available()
    await home.settle()
    assert light.brightness == 200
    await home.act("light.turn_on", "light.lamp", brightness=13)
    await home.after(hours=1)
    assert light.brightness == 13


async def test_a_lamp_that_is_removed_in_the_night_hurts_nobody(home: Home) -> None:
    gone, good = lamp("gone"), lamp("good")
    await home.add_bedroom(gone, good)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    er.async_get(home.hass).async_remove("light.gone")
    await home.settle()
    answer = await home.call("stop")
    assert (good.brightness, answer["entities"]["light.good"]) == (200, "done")
    assert answer["entities"]["light.gone"] == "unreachable"


async def test_a_lamp_that_is_renamed_in_the_night_is_given_back(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    er.async_get(home.hass).async_update_entity("light.lamp", new_entity_id="light.reading_lamp")
    await home.settle()
    await home.jump("2026-11-24 07:00-08:00")
    assert light.brightness == 200


async def test_a_named_device_that_does_not_exist_is_said_to_be_unreachable(home: Home) -> None:
    good = lamp("good")
    await home.add_devices(good)
    await home.configure(targets={"lights": {"entity_id": ["light.good", "light.never"]}})
    answer = await home.call("start")
    assert answer["entities"] == {"light.good": "done", "light.never": "unreachable"}


async def test_a_brightness_that_is_refused_does_not_keep_the_rest_back(home: Home) -> None:
    light, stove = lamp(), Thermostat("stove", target_temperature=21.0)
    light.refuses = True
    await home.add_bedroom(light, stove)
    await home.act("switch.turn_on", SWITCH)
    assert stove.target_temperature == 19.0


# --- two bedrooms ----------------------------------------------------------------------------------------------------


async def two(home: Home, *devices: Any, **options: Any) -> None:
    await home.add_devices(*devices)
    lights = {"lights": {"entity_id": [each.entity_id for each in devices if isinstance(each, Light)]}}
    screens = [each.entity_id for each in devices if isinstance(each, Player)]
    targets = lights | ({"screens": {"entity_id": screens}} if screens else {})
    await home.configure(name="Attic", targets=targets, **options)
    await home.configure(name="Cellar", targets=targets, **options)


async def test_the_last_of_two_bedrooms_restores(home: Home) -> None:
    light = lamp()
    await two(home, light)
    await home.call("start", bedroom="Attic")
    await home.after(minutes=30)
    await home.call("start", bedroom="Cellar")
    await home.after(minutes=30)
    told = len(light.received)
    assert told == 1
    await home.call("stop", bedroom="Attic")
    assert (light.brightness, len(light.received)) == (13, told)
    await home.call("stop", bedroom="Cellar")
    assert light.brightness == 200


async def test_a_second_bedroom_that_begins_in_the_fade_of_the_first_restores_what_was_before_both(home: Home) -> None:
    light = lamp()
    await two(home, light)
    await home.call("start", bedroom="Attic", wind_down=10)
    await home.at("20:05")
    await home.call("start", bedroom="Cellar", wind_down=20)
    await home.at("20:30")
    assert light.brightness == 13
    assert home.value("binary_sensor.attic_problem", "released") == []
    assert home.value("binary_sensor.cellar_problem", "released") == []
    await home.call("stop", bedroom="Attic")
    await home.call("stop", bedroom="Cellar")
    assert light.brightness == 200


async def test_a_person_who_takes_a_shared_light_takes_it_from_both(home: Home) -> None:
    light = lamp()
    await two(home, light)
    await home.call("start", bedroom="Attic")
    await home.call("start", bedroom="Cellar")
    await home.after(minutes=30)
    await home.act("light.turn_on", "light.lamp", brightness=99)
    assert (await home.call("stop", bedroom="Attic"))["entities"] == {"light.lamp": "released"}
    assert (await home.call("stop", bedroom="Cellar"))["entities"] == {"light.lamp": "released"}
    assert light.brightness == 99


async def test_a_shared_screen_comes_on_again_only_with_the_last_undo(home: Home) -> None:
    light = lamp()
    tv: Any = Player("tv", TV)
    await two(home, light, tv)
    await home.call("start", bedroom="Attic")
    await home.call("start", bedroom="Cellar")
    await home.after(minutes=5)
    await home.call("stop", bedroom="Attic")
    assert tv.state == Is.OFF
    await home.call("stop", bedroom="Cellar")
    assert tv.state == Is.PLAYING


async def test_the_bedroom_that_ends_first_does_not_leave_its_debt_when_the_second_restores_nothing(home: Home) -> None:
    light = lamp()
    await two(home, light)
    await home.call("start", bedroom="Attic")
    await home.call("start", bedroom="Cellar")
    await home.after(minutes=30)
    await home.call("stop", bedroom="Attic")
    await home.call("stop", bedroom="Cellar", restore="nothing")
    assert light.brightness == 13


# --- targets ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["area", "floor", "label", "device"])
async def test_a_target_may_be_an_area_a_floor_a_label_or_a_device(home: Home, by: str) -> None:
    light, other = lamp(), lamp("other")
    await home.add_devices(light, other)
    floor = fr.async_get(home.hass).async_create("Upstairs")
    area = ar.async_get(home.hass).async_create("Bedroom", floor_id=floor.floor_id)
    label = lr.async_get(home.hass).async_create("Night")
    owner = MockConfigEntry(domain="lamps")
    owner.add_to_hass(home.hass)
    device = dr.async_get(home.hass).async_get_or_create(config_entry_id=owner.entry_id, identifiers={("lamps", "1")})
    changes: dict[str, dict[str, Any]] = {
        "area": {"area_id": area.id},
        "floor": {"area_id": area.id},
        "label": {"labels": {label.label_id}},
        "device": {"device_id": device.id},
    }
    er.async_get(home.hass).async_update_entity("light.lamp", **changes[by])
    target = {
        "area": {"area_id": [area.id]},
        "floor": {"floor_id": [floor.floor_id]},
        "label": {"label_id": [label.label_id]},
        "device": {"device_id": [device.id]},
    }[by]
    await home.configure(targets={"lights": target})
    assert (await home.call("start"))["entities"] == {"light.lamp": "done"}


async def test_a_lamp_that_is_new_in_the_area_goes_to_bed_too(home: Home) -> None:
    area = ar.async_get(home.hass).async_create("Bedroom")
    light, new = lamp(), lamp("new")
    await home.add_devices(light, new)
    er.async_get(home.hass).async_update_entity("light.lamp", area_id=area.id)
    await home.configure(area=area.id, targets={"lights": {"area_id": [area.id]}})
    er.async_get(home.hass).async_update_entity("light.new", area_id=area.id)
    await home.settle()
    assert (await home.call("start"))["entities"] == {"light.lamp": "done", "light.new": "done"}


async def test_a_target_may_be_a_plain_text(home: Home) -> None:
    light = lamp()
    await home.add_devices(light)
    await home.configure(targets={"lights": {"entity_id": "light.lamp"}})
    assert (await home.call("start"))["entities"] == {"light.lamp": "done"}


# --- the user's own actions ------------------------------------------------------------------------------------------


async def noted(home: Home) -> list[ServiceCall]:
    calls: list[ServiceCall] = []

    async def note(call: ServiceCall) -> None:
        calls.append(call)

    home.hass.services.async_register("test", "note", note)
    return calls


async def test_the_users_own_actions_run_when_it_starts_and_when_it_ends(home: Home) -> None:
    calls = await noted(home)
    await home.add_bedroom(
        lamp(),
        start_actions=[{"variables": {"what": "start"}}, {"action": "test.note", "data": {"what": "{{ what }}"}}],
        end_actions=[{"delay": {"minutes": 1}}, {"action": "test.note", "data": {"what": "end"}}],
    )
    await home.call("start", wind_down=10)
    assert [call.data["what"] for call in calls] == ["start"]
    await home.at("20:15")
    await home.call("stop")
    assert len(calls) == 1
    await home.after(minutes=1, seconds=1)
    for _ in range(20):
        await asyncio.sleep(0)
    assert [call.data["what"] for call in calls] == ["start", "end"]


async def test_the_end_actions_run_also_when_the_end_passed_while_the_hub_was_down(home: Home) -> None:
    from datetime import timedelta  # noqa: PLC0415

    calls = await noted(home)
    entry = await home.add_bedroom(lamp(), end_actions=[{"action": "test.note", "data": {"what": "end"}}])
    await home.call("start")
    await home.restart(entry, down=timedelta(hours=14))
    assert len(calls) == 1
    await home.restart(entry)
    assert len(calls) == 1


async def test_start_actions_that_fail_hurt_nobody(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, start_actions=[{"action": "nowhere.to_be_found"}])
    await home.call("start")
    assert (home.phase, light.brightness) == ("bedtime", 13)


async def test_what_the_start_actions_do_to_a_light_stays(home: Home) -> None:
    light = lamp()
    action = {"action": "light.turn_on", "target": {"entity_id": "light.lamp"}, "data": {"brightness": 100}}
    await home.add_bedroom(light, start_actions=[action])
    await home.call("start", wind_down=10)
    await home.at("20:15")
    assert light.brightness in (13, 100)


# --- phones ----------------------------------------------------------------------------------------------------------


async def test_an_android_phone_is_hushed_at_bedtime_and_given_back_after_a_restart(home: Home) -> None:
    pixel, iphone = await add_phone(home.hass, "Pixel", "Android"), await add_phone(home.hass, "iPhone", "iOS")
    entry = await home.bedroom(lamp(), targets={"phones": [pixel.device_id, iphone.device_id]})
    told = pixel.messages
    await home.ask("start", wind_down=5)
    assert told == []
    await home.at("20:05")
    assert [(each["message"], each["data"]["command"]) for each in told] == [("command_dnd", "priority_only")]
    await home.restart(entry)
    assert len(told) == 1
    await home.jump("2026-11-24 07:00-08:00")
    assert [each["data"]["command"] for each in told] == ["priority_only", "off"]
    assert iphone.messages == []
    assert home.shows("binary_sensor.bedroom_problem") == "off"
