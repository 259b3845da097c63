"""A session starts by schedule only when someone is home."""

from homeassistant.core import HomeAssistant

from ..common.bedroom import lamp
from ..common.home import Home


def person(hass: HomeAssistant, name: str, state: str) -> None:
    hass.states.async_set(f"person.{name}", state)


async def test_a_session_starts_when_someone_comes_home(home: Home) -> None:
    person(home.hass, "alex", "not_home")
    person(home.hass, "kim", "work")
    await home.add_bedroom(lamp(), automatic=True, only_when_home=["person.alex", "person.kim"])
    await home.jump("22:35")
    assert home.phase == "off"
    person(home.hass, "kim", "home")
    await home.settle()
    assert home.phase == "bedtime"


async def test_no_session_starts_when_someone_comes_home_late(home: Home) -> None:
    person(home.hass, "alex", "not_home")
    await home.add_bedroom(lamp(), automatic=True, only_when_home=["person.alex"])
    await home.jump("23:05")
    person(home.hass, "alex", "home")
    await home.settle()
    assert home.phase == "off"


async def test_a_manual_session_starts_although_nobody_is_home(home: Home) -> None:
    person(home.hass, "alex", "not_home")
    await home.add_bedroom(lamp(), automatic=True, only_when_home=["person.alex"])
    await home.turn_on()
    assert home.phase == "bedtime"


async def test_whoever_is_in_a_zone_within_the_home_is_at_home(home: Home) -> None:
    home.hass.states.async_set("person.alex", "Garden", {"in_zones": ["zone.garden", "zone.home"]})
    await home.add_bedroom(lamp(), automatic=True, only_when_home=["person.alex"])
    await home.jump("22:35")
    assert home.phase == "bedtime"
