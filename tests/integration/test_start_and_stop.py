"""The actions start, stop and extend."""

import asyncio
from typing import Any

from homeassistant.components.light import ColorMode
from homeassistant.core import Context
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
import pytest

from custom_components.rls_bedtime.const import DOMAIN

from ..common.devices import Cover, Light, Thermostat
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"
NEXT, END = "sensor.bedroom_next_bedtime", "sensor.bedroom_ends_at"


def lamp(name: str = "lamp", **attributes: Any) -> Light:
    return Light(name, ColorMode.BRIGHTNESS, **{"brightness": 200, **attributes})


@pytest.mark.parametrize("wind_down", ["45", 45, 45.0, " 45 "])
async def test_a_wind_down_may_be_a_number_or_a_text(home: Home, wind_down: Any) -> None:
    await home.add_bedroom(lamp())
    await home.call("start", wind_down=wind_down)
    assert (home.phase, home.value(NEXT)) == ("wind_down", "2026-11-24T04:45:00+00:00")


@pytest.mark.parametrize(
    "data", [{}, {"wind_down": ""}, {"wind_down": None}, {"wind_down": 0}, {"wind_down": "0", "bedroom": ""}]
)
async def test_without_a_wind_down_it_is_bedtime(home: Home, data: dict[str, Any]) -> None:
    await home.add_bedroom(lamp())
    await home.call("start", **data)
    assert home.phase == "bedtime"


@pytest.mark.parametrize("wind_down", ["soon", -1, "-5", 100000, [1, 2], True, float("nan"), "9" * 400])
async def test_a_wind_down_that_is_none_is_an_error_and_nothing_is_done(home: Home, wind_down: Any) -> None:
    light = lamp()
    await home.add_bedroom(light)
    with pytest.raises(ServiceValidationError) as error:
        await home.call("start", wind_down=wind_down)
    assert error.value.translation_domain == DOMAIN
    assert error.value.translation_key
    assert (home.phase, light.received) == ("off", [])


async def test_the_answer_says_of_each_entity_what_came_of_it(home: Home) -> None:
    good, off, gone, bad = lamp("good"), lamp("off", is_on=False), lamp("gone", available=False), lamp("bad")
    bad.refuses = True
    await home.add_bedroom(good, off, gone, bad)
    answer = await home.call("start")
    assert answer["entities"] == {
        "light.good": "done",
        "light.off": "unchanged",
        "light.gone": "unreachable",
        "light.bad": "failed",
    }
    assert home.value("binary_sensor.bedroom_problem") == "on"
    assert home.value("binary_sensor.bedroom_problem", "failed") == ["light.bad"]
    assert home.value("binary_sensor.bedroom_problem", "unreachable") == ["light.gone"]


async def test_start_without_a_response_is_possible(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.hass.services.async_call(DOMAIN, "start", {}, blocking=True)
    assert light.brightness == 13


async def test_a_call_without_a_response_does_not_wait_for_a_device_that_hangs(home: Home) -> None:
    light = lamp()
    light.hangs = True
    entry = await home.add_bedroom(light)
    call = home.hass.async_create_task(home.hass.services.async_call(DOMAIN, "start", {}, blocking=True))
    for _ in range(100_000):
        await asyncio.sleep(0)
        if returned := call.done():
            break
    await home.hass.config_entries.async_unload(entry.entry_id)
    await call
    assert returned


async def test_stop_while_off_says_nothing_and_does_nothing(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light)
    assert (await home.call("stop"))["entities"] == {}
    assert light.received == []


@pytest.mark.parametrize("restore", ["nothing", "Nothing", " nothing "])
async def test_stop_may_restore_nothing(home: Home, restore: str) -> None:
    light = lamp()
    await home.add_bedroom(light)
    await home.call("start")
    await home.after(minutes=20)
    await home.call("stop", restore=restore)
    assert light.brightness == 13


async def test_stop_with_a_wrong_restore_is_an_error_that_names_the_choices(home: Home) -> None:
    await home.add_bedroom(lamp())
    await home.call("start")
    with pytest.raises(ServiceValidationError) as error:
        await home.call("stop", restore="all of it")
    assert "everything" in str(error.value.translation_placeholders)
    assert home.phase == "bedtime"


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [({}, 30), ({"minutes": ""}, 30), ({"minutes": None}, 30), ({"minutes": "45"}, 45), ({"minutes": 45}, 45)],
)
async def test_extend_before_the_wind_down(home: Home, minutes: dict[str, Any], expected: int) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.call("extend", **minutes)
    assert home.value(NEXT) == {30: "2026-11-24T07:00:00+00:00", 45: "2026-11-24T07:15:00+00:00"}[expected]
    await home.at("22:14" if expected == 30 else "22:29")
    assert home.phase == "off"
    await home.at("22:15" if expected == 30 else "22:30")
    assert home.phase == "wind_down"
    await home.at("23:00" if expected == 30 else "23:15")
    assert (home.phase, home.value(END)) == ("bedtime", "2026-11-24T15:00:00+00:00")


async def test_extend_twice_adds_up(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.call("extend", minutes=20)
    await home.call("extend", minutes=25)
    assert home.value(NEXT) == "2026-11-24T07:15:00+00:00"


async def test_extend_in_the_wind_down(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    await home.at("22:15")
    await home.call("extend")
    assert (home.phase, home.value(NEXT)) == ("wind_down", "2026-11-24T07:00:00+00:00")
    await home.at("22:59")
    assert home.phase == "wind_down"
    await home.at("23:00")
    assert (home.phase, light.brightness) == ("bedtime", 13)


async def test_extend_at_bedtime(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.at("22:31")
    await home.call("extend", minutes="45")
    assert home.value(END) == "2026-11-24T15:45:00+00:00"
    await home.jump("2026-11-24 07:44-08:00")
    assert home.phase == "bedtime"
    await home.jump("2026-11-24 07:45-08:00")
    assert home.phase == "off"


async def test_extend_is_for_one_night_only(home: Home) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    await home.call("extend", minutes=60)
    await home.at("23:30")
    assert home.phase == "bedtime"
    await home.jump("2026-11-24 07:00-08:00")
    assert (home.phase, home.value(NEXT)) == ("off", "2026-11-25T06:30:00+00:00")


async def test_extend_survives_a_restart(home: Home) -> None:
    entry = await home.add_bedroom(lamp(), automatic=True)
    await home.call("extend", minutes=60)
    await home.restart(entry)
    assert home.value(NEXT) == "2026-11-24T07:30:00+00:00"


async def test_start_in_the_wind_down_is_bedtime_now(home: Home) -> None:
    light = lamp()
    await home.add_bedroom(light, automatic=True)
    await home.at("22:00")
    await home.call("start")
    assert (home.phase, light.brightness) == ("bedtime", 13)


@pytest.mark.parametrize("action", ["start", "stop", "extend"])
async def test_an_unknown_field_or_bedroom_is_an_error_that_names_the_choices(home: Home, action: str) -> None:
    await home.add_bedroom(lamp(), automatic=True)
    with pytest.raises(ServiceValidationError) as error:
        await home.call(action, bedroom="x" * 100_000)
    assert "Bedroom" in str(error.value.translation_placeholders)
    with pytest.raises(ServiceValidationError):
        await home.call(action, nonsense=1)


async def test_a_bedroom_goes_by_its_name_its_device_its_entry_and_its_sleeper(home: Home) -> None:
    one, two = lamp("one"), lamp("two")
    await home.add_devices(one, two)
    first = await home.configure(name="Attic", targets={"lights": {"entity_id": ["light.one"]}})
    await home.configure(name="Cellar", targets={"lights": {"entity_id": ["light.two"]}})
    device = dr.async_get(home.hass).async_get_device_by_identifier((DOMAIN, first.entry_id), first.entry_id)
    assert device is not None
    for reference in ("Attic", "  attic ", first.entry_id, device.id, next(iter(first.subentries))):
        assert (await home.call("start", bedroom=reference))["entities"] == {"light.one": "done"}
        await home.call("stop", bedroom=reference)
    with pytest.raises(ServiceValidationError) as error:
        await home.call("start")
    assert "Attic" in str(error.value.translation_placeholders)
    assert "Cellar" in str(error.value.translation_placeholders)


async def test_without_a_name_it_is_the_bedroom_of_the_user(home: Home) -> None:
    await home.add_devices(lamp("one"), lamp("two"))
    home.hass.states.async_set("person.alex", "home", {"user_id": home.user.id})
    await home.configure(name="Attic", targets={"lights": {"entity_id": ["light.one"]}})
    await home.configure(
        name="Cellar",
        targets={"lights": {"entity_id": ["light.two"]}},
        sleeper={"name": "Alex", "person": "person.alex"},
    )
    assert (await home.call("start"))["entities"] == {"light.two": "done"}


async def test_what_the_mode_does_is_done_in_the_name_of_the_caller(home: Home) -> None:
    await home.add_bedroom(lamp())
    context = Context(user_id=home.user.id)
    await home.act("switch.turn_on", SWITCH, by=context)
    state = home.hass.states.get("light.lamp")
    assert state is not None
    assert state.context.parent_id == context.id


async def test_extend_without_a_bedtime_to_come_is_an_error(home: Home) -> None:
    await home.add_bedroom(lamp())
    with pytest.raises(ServiceValidationError):
        await home.call("extend")


async def test_the_answer_of_stop_tells_of_all_kinds(home: Home) -> None:
    await home.add_bedroom(lamp(), Thermostat("stove", target_temperature=20.0), Cover("blind"))
    await home.call("start")
    assert (await home.call("stop"))["entities"] == {
        "light.lamp": "done",
        "climate.stove": "done",
        "cover.blind": "done",
    }


async def test_an_action_without_any_bedroom_says_so(home: Home) -> None:
    entry = await home.add_bedroom(lamp())
    await home.hass.config_entries.async_unload(entry.entry_id)
    with pytest.raises(ServiceValidationError) as error:
        await home.call("start")
    assert error.value.translation_key == "no_bedroom"
