"""Bedtime mode is started and stopped by its switch and its actions."""

from typing import Any

from homeassistant.components.climate import HVACMode
import pytest

from custom_components.rls_bedtime.bedtime import session as session_module
from custom_components.rls_bedtime.const import DOMAIN

from ..common.bedroom import Bedroom, lamp
from ..common.devices import Cover, Thermostat
from ..common.home import BEDTIME_MODE, PROBLEM, Home, is_done_soon


async def test_night_after_night_the_session_starts_and_ends(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(automatic=True)
    for day in range(23, 27):
        await home.jump(f"11-{day} 22:31")
        assert home.phase == "bedtime"
        await home.jump(f"11-{day + 1} 07:01")
        assert home.phase == "off"
        assert bedroom.lamp.brightness == 200


async def test_a_start_during_the_wind_down_is_bedtime_at_once(home: Home, bedroom: Bedroom) -> None:
    await home.load_bedroom(automatic=True)
    await home.jump("22:00")
    await home.call("start")
    assert (home.phase, bedroom.lamp.brightness, bedroom.tv.state) == ("bedtime", 13, "off")
    await home.turn_off()
    assert bedroom.tv.state == "playing"


async def test_a_start_during_bedtime_changes_nothing(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(hours=1)
    sent = len(light.received)
    await home.call("start")
    await home.call("start", wind_down=30)
    assert (home.phase, len(light.received)) == ("bedtime", sent)


async def test_a_double_tap_leaves_the_devices_as_they_were(home: Home) -> None:
    light, thermostat = lamp(), Thermostat("thermostat", target_temperature=21.0, hvac_mode=HVACMode.HEAT)
    await home.add_bedroom(light, thermostat)
    for action in ("turn_on", "turn_off", "turn_on", "turn_off"):
        await home.hass.services.async_call("switch", action, {"entity_id": BEDTIME_MODE}, blocking=False)
    await home.hass.async_block_till_done()
    await home.after(minutes=1)
    await home.after(minutes=1)
    assert home.phase == "off"
    assert (light.brightness, light.color_temp_kelvin, thermostat.target_temperature) == (200, 4000, 21.0)


async def test_the_response_and_the_problem_sensor_list_the_same_devices(home: Home, bedroom: Bedroom) -> None:
    bedroom.lamp.refuses = True
    bedroom.ceiling.change_locally(is_on=False)
    bedroom.blind.become_unavailable()
    await home.load_bedroom()
    assert (await home.call("start"))["entities"] == {
        "light.lamp": "failed",
        "light.ceiling": "unchanged",
        "climate.thermostat": "done",
        "media_player.tv": "done",
        "cover.blind": "unreachable",
    }
    assert home.value(PROBLEM) == "on"
    assert (home.value(PROBLEM, "failed"), home.value(PROBLEM, "unreachable")) == (["light.lamp"], ["cover.blind"])
    bedroom.lamp.refuses = False
    assert (await home.call("stop"))["entities"] == {
        "light.lamp": "unchanged",
        "light.ceiling": "unchanged",
        "climate.thermostat": "done",
        "media_player.tv": "done",
    }


async def test_a_call_without_a_response_does_not_wait_for_a_device_that_hangs(home: Home) -> None:
    light = lamp()
    light.hangs = True
    entry = await home.add_bedroom(light)
    call = home.hass.async_create_task(home.hass.services.async_call(DOMAIN, "start", {}, blocking=True))
    returned = await is_done_soon(call)
    await home.hass.config_entries.async_unload(entry.entry_id)
    await call
    assert returned


async def test_a_device_that_hangs_affects_no_other(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "ANSWER_WITHIN", -1)
    stuck, good, blind = lamp("stuck"), lamp("good"), Cover("blind")
    stuck.hangs = True
    entry = await home.add_bedroom(stuck, good, blind)
    data: dict[str, Any] = {"domain": DOMAIN, "service": "start", "blocking": True, "return_response": True}
    response = await home.hass.services.async_call(**data)
    await home.hass.config_entries.async_unload(entry.entry_id)
    stuck.resume()
    assert (good.brightness, blind.is_closed) == (13, True)
    assert response == {"entities": {"light.stuck": "unreachable", "light.good": "done", "cover.blind": "done"}}
