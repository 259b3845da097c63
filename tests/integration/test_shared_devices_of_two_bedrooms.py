"""Two bedrooms that share a device do not fight, and the last to end restores it."""

from typing import Any

from homeassistant.components.media_player import MediaPlayerState as State
import pytest

from ..common.bedroom import TELEVISION, Bedroom, lamp
from ..common.devices import Light, Player
from ..common.home import Home

LAMP_ALONE: dict[str, Any] = {"lights": {"entity_id": ["light.lamp"]}, "climate": {}, "screens": {}, "covers": {}}


async def two(home: Home, *devices: Any, **options: Any) -> None:
    """Add two bedrooms, Attic and Cellar, that share these devices."""
    await home.add_devices(*devices)
    lights = {"lights": {"entity_id": [each.entity_id for each in devices if isinstance(each, Light)]}}
    screens = [each.entity_id for each in devices if isinstance(each, Player)]
    targets = lights | ({"screens": {"entity_id": screens}} if screens else {})
    await home.configure(name="Attic", targets=targets, **options)
    await home.configure(name="Cellar", targets=targets, **options)


async def test_the_last_bedroom_to_end_restores(home: Home) -> None:
    light = lamp()
    await two(home, light)
    await home.call("start", bedroom="Attic")
    await home.after(minutes=30)
    await home.call("start", bedroom="Cellar")
    await home.after(minutes=30)
    sent = len(light.received)
    assert sent == 1
    await home.call("stop", bedroom="Attic")
    assert (light.brightness, len(light.received)) == (13, sent)
    await home.call("stop", bedroom="Cellar")
    assert light.brightness == 200


@pytest.mark.parametrize(("level_of_attic", "level_of_cellar"), [(5, 10), (20, 5)])
async def test_the_darker_level_applies_and_releases_nothing(
    home: Home, bedroom: Bedroom, level_of_attic: int, level_of_cellar: int
) -> None:
    await home.load_bedroom("Attic", **LAMP_ALONE, light_level=level_of_attic)
    await home.load_bedroom("Cellar", **LAMP_ALONE, light_level=level_of_cellar)
    assert (await home.call("start", bedroom="Attic"))["entities"] == {"light.lamp": "done"}
    await home.call("start", bedroom="Cellar")
    assert bedroom.lamp.brightness == 13
    for name in ("attic", "cellar"):
        assert home.value(f"binary_sensor.{name}_problem", "released") == []
    await home.call("stop", bedroom="Attic")
    assert bedroom.lamp.brightness == 13
    await home.call("stop", bedroom="Cellar")
    assert bedroom.lamp.brightness == 200


async def test_a_second_session_started_during_the_fade_of_the_first_restores_what_was_before_both(home: Home) -> None:
    light = lamp()
    await two(home, light)
    await home.call("start", bedroom="Attic", wind_down=10)
    await home.at("20:05")
    await home.call("start", bedroom="Cellar", wind_down=20)
    await home.jump("20:30")
    assert light.brightness == 13
    assert home.value("binary_sensor.attic_problem", "released") == []
    assert home.value("binary_sensor.cellar_problem", "released") == []
    await home.call("stop", bedroom="Attic")
    await home.call("stop", bedroom="Cellar")
    assert light.brightness == 200


async def test_a_shared_light_that_someone_changes_is_released_by_both(home: Home) -> None:
    light = lamp()
    await two(home, light)
    await home.call("start", bedroom="Attic")
    await home.call("start", bedroom="Cellar")
    await home.after(minutes=30)
    await home.act("light.turn_on", "light.lamp", brightness=99)
    assert (await home.call("stop", bedroom="Attic"))["entities"] == {"light.lamp": "released"}
    assert (await home.call("stop", bedroom="Cellar"))["entities"] == {"light.lamp": "released"}
    assert light.brightness == 99


async def test_a_shared_screen_turns_on_again_only_with_the_last_early_stop(home: Home) -> None:
    light = lamp()
    tv: Any = Player("tv", TELEVISION)
    await two(home, light, tv)
    await home.call("start", bedroom="Attic")
    await home.call("start", bedroom="Cellar")
    await home.after(minutes=5)
    await home.call("stop", bedroom="Attic")
    assert tv.state == State.OFF
    await home.call("stop", bedroom="Cellar")
    assert tv.state == State.PLAYING


async def test_nothing_is_restored_if_the_last_bedroom_restores_nothing(home: Home) -> None:
    light = lamp()
    await two(home, light)
    await home.call("start", bedroom="Attic")
    await home.call("start", bedroom="Cellar")
    await home.after(minutes=30)
    await home.call("stop", bedroom="Attic")
    await home.call("stop", bedroom="Cellar", restore="nothing")
    assert light.brightness == 13


async def test_a_light_pending_in_one_bedroom_is_not_restored_into_the_session_of_the_other(
    home: Home, bedroom: Bedroom
) -> None:
    await home.load_bedroom("Attic")
    await home.load_bedroom("Cellar")
    await home.call("start", bedroom="Attic")
    await home.after(hours=1)
    bedroom.lamp.become_unavailable()
    await home.call("stop", bedroom="Attic")
    await home.call("start", bedroom="Cellar")
    bedroom.lamp.become_available()
    await home.after(minutes=1)
    assert bedroom.lamp.brightness == 13
    await home.after(hours=1)
    await home.call("stop", bedroom="Cellar")
    assert bedroom.lamp.brightness == 200


async def test_a_light_that_refused_its_restore_is_restored_by_the_bedroom_that_manages_it_next(
    home: Home, bedroom: Bedroom
) -> None:
    await home.load_bedroom("Attic")
    await home.load_bedroom("Cellar")
    await home.call("start", bedroom="Attic")
    await home.after(hours=1)
    bedroom.lamp.refuses = True
    await home.call("stop", bedroom="Attic")
    bedroom.lamp.refuses = False
    await home.call("start", bedroom="Cellar")
    await home.after(hours=1)
    assert bedroom.lamp.brightness == 13
    await home.call("stop", bedroom="Cellar")
    assert bedroom.lamp.brightness == 200


async def test_an_unloaded_bedroom_still_manages_its_devices(home: Home, bedroom: Bedroom) -> None:
    attic = await home.load_bedroom("Attic")
    await home.load_bedroom("Cellar")
    await home.call("start", bedroom="Attic")
    await home.call("start", bedroom="Cellar")
    await home.after(hours=1)
    await home.unload(attic)
    await home.call("stop", bedroom="Cellar")
    assert bedroom.lamp.brightness == 13
    await home.load(attic)
    await home.call("stop", bedroom="Attic")
    assert bedroom.lamp.brightness == 200


async def test_an_unloaded_bedroom_manages_its_devices_no_longer_than_its_session(home: Home, bedroom: Bedroom) -> None:
    attic = await home.load_bedroom("Attic", automatic=True)
    await home.load_bedroom("Cellar", automatic=True)
    await home.jump("22:31")
    await home.unload(attic)
    await home.jump("11-24 07:00")
    assert home.value("sensor.cellar_phase") == "off"
    assert bedroom.lamp.brightness == 200


async def test_a_light_of_one_bedroom_can_be_a_screen_of_the_other(home: Home, bedroom: Bedroom) -> None:
    as_screen = LAMP_ALONE | {"lights": {}, "screens": {"entity_id": ["light.lamp"]}}
    await home.load_bedroom("Attic", **LAMP_ALONE)
    await home.load_bedroom("Cellar", **as_screen)
    await home.call("start", bedroom="Attic")
    await home.call("start", bedroom="Cellar")
    assert not bedroom.lamp.is_on
    await home.call("stop", bedroom="Cellar")
    await home.call("stop", bedroom="Attic")
    assert (home.value("sensor.attic_phase"), home.value("sensor.cellar_phase")) == ("off", "off")


async def two_of_which_one_turns_the_lamp_off(home: Home, **attributes: Any) -> tuple[Light, Any, Any]:
    """Return a lamp that the attic has turned off and the cellar only dimmed, and both bedrooms."""
    light = lamp(**attributes)
    await home.add_devices(light)
    lights = {"lights": {"entity_id": ["light.lamp"]}}
    attic = await home.configure(name="Attic", targets=lights, lights_off_after=20)
    cellar = await home.configure(name="Cellar", targets=lights)
    await home.call("start", bedroom="Attic")
    await home.call("start", bedroom="Cellar")
    for _ in range(30):
        await home.after(minutes=1)
    assert home.value("light.lamp") == "off"
    return light, attic, cellar


@pytest.mark.parametrize("report_delay", [0, 10])
async def test_what_one_bedroom_turns_off_is_not_taken_for_a_person_in_the_other(
    home: Home, report_delay: float
) -> None:
    light, _attic, _cellar = await two_of_which_one_turns_the_lamp_off(home, report_delay=report_delay)

    assert home.value("binary_sensor.cellar_problem", "released") == []
    await home.call("stop", bedroom="Attic")
    await home.call("stop", bedroom="Cellar")
    await home.act("light.turn_on", "light.lamp")
    for _ in range(10):
        await home.after(seconds=5)
    assert light.brightness == 200


@pytest.mark.parametrize("first", ["attic", "cellar"])
@pytest.mark.parametrize("is_attic_on", [True, False])
async def test_what_one_bedroom_has_turned_off_is_not_taken_for_a_person_in_the_other_after_a_restart(
    home: Home, first: str, *, is_attic_on: bool
) -> None:
    light, *bedrooms = await two_of_which_one_turns_the_lamp_off(home)
    if not is_attic_on:
        await home.call("stop", bedroom="Attic")
    for entry in bedrooms:
        await home.unload(entry)
    await home.after(minutes=5)
    for entry in bedrooms if first == "attic" else reversed(bedrooms):
        await home.load(entry)

    assert home.value("binary_sensor.cellar_problem", "released") == []
    await home.call("stop", bedroom="Cellar")
    await home.call("stop", bedroom="Attic") if is_attic_on else None
    await home.act("light.turn_on", "light.lamp")
    await home.after(minutes=1)
    assert light.brightness == 200


async def test_the_darker_level_of_another_bedroom_is_not_taken_for_a_person_after_a_restart(home: Home) -> None:
    light = lamp()
    await home.add_devices(light)
    lights = {"lights": {"entity_id": ["light.lamp"]}}
    await home.configure(name="Attic", targets=lights, light_level=2)
    cellar = await home.configure(name="Cellar", targets=lights)
    await home.call("start", bedroom="Cellar")
    await home.call("start", bedroom="Attic")
    await home.after(minutes=20)
    await home.call("stop", bedroom="Attic")
    await home.restart(cellar)

    assert (light.brightness, home.value("binary_sensor.cellar_problem", "released")) == (5, [])
    await home.call("stop", bedroom="Cellar")
    assert light.brightness == 200


async def test_a_light_that_an_automation_flashes_is_managed_again_by_both_bedrooms(home: Home) -> None:
    """A variant of B23."""
    light = lamp()
    await two(home, light)
    await home.call("start", bedroom="Attic")
    await home.call("start", bedroom="Cellar")
    await home.after(minutes=20)
    doorbell = home.automation()
    await home.act("light.turn_on", "light.lamp", by=doorbell, brightness=255)
    await home.after(seconds=2)
    await home.act("light.turn_on", "light.lamp", by=doorbell, brightness=13, color_temp_kelvin=2200)
    for name in ("attic", "cellar"):
        assert home.value(f"binary_sensor.{name}_problem", "released") == []


@pytest.mark.parametrize("minutes", [0, 5])
@pytest.mark.parametrize("first", ["Attic", "Cellar"])
async def test_a_light_that_another_bedroom_dims_before_the_first_step_of_the_fade_is_restored_by_the_last(
    home: Home, first: str, minutes: int
) -> None:
    light = lamp()
    await two(home, light)
    await home.call("start", bedroom="Attic", wind_down=20)
    await home.call("start", bedroom="Cellar")
    for _ in range(minutes):
        await home.after(minutes=1)
    if minutes:
        await home.after(minutes=40)
    await home.call("stop", bedroom=first)
    assert light.brightness == 13
    await home.call("stop", bedroom="Cellar" if first == "Attic" else "Attic")
    await home.after(minutes=1)
    assert light.brightness == 200


@pytest.mark.parametrize("is_restarted", [False, True])
@pytest.mark.parametrize("comes_on", ["during the second", "after both"])
async def test_a_lamp_that_still_waits_for_its_level_when_another_bedroom_begins_gets_it(
    home: Home, comes_on: str, *, is_restarted: bool
) -> None:
    light = lamp()
    await two(home, light)
    await home.call("start", bedroom="Attic")
    await home.after(minutes=30)
    await home.act("light.turn_off", "light.lamp")
    await home.after(minutes=1)
    await home.call("stop", bedroom="Attic")
    await home.after(minutes=1)
    await home.call("start", bedroom="Cellar")
    await home.after(minutes=30)
    if is_restarted:
        for entry in home.hass.config_entries.async_entries("rls_bedtime"):
            await home.unload(entry)
        for entry in home.hass.config_entries.async_entries("rls_bedtime"):
            await home.load(entry)
    if comes_on == "during the second":
        await home.act("light.turn_on", "light.lamp")
        await home.after(minutes=1)
        assert light.brightness == 13
    await home.call("stop", bedroom="Cellar")
    await home.after(minutes=1)
    if comes_on == "after both":
        await home.act("light.turn_on", "light.lamp")
        await home.after(minutes=1)
    assert light.brightness == 200
