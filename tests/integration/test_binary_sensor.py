"""The binary sensors of a bedroom."""

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from ..common.bedroom import Bedroom
from ..common.home import after, value

PROBLEM = "binary_sensor.bedroom_problem"

pytestmark = pytest.mark.usefixtures("evening", "entry")


async def turn(hass: HomeAssistant, action: str) -> None:
    """Turn bedtime mode on or off."""
    switch = {"entity_id": "switch.bedroom_bedtime_mode"}
    await hass.services.async_call("switch", f"turn_{action}", switch, blocking=True)
    await hass.async_block_till_done()


def problems(hass: HomeAssistant) -> dict[str, list[str]]:
    """Return the entities that the problem sensor lists, by outcome."""
    return {name: value(hass, PROBLEM, name) for name in ("failed", "unreachable", "released")}


async def test_the_problem_sensor_is_off_in_a_night_without_problems(hass: HomeAssistant) -> None:
    await turn(hass, "on")

    assert value(hass, PROBLEM) == "off"
    assert problems(hass) == {"failed": [], "unreachable": [], "released": []}
    assert value(hass, PROBLEM, "device_class") == "problem"
    registered = er.async_get(hass).async_get(PROBLEM)
    assert registered is not None
    assert registered.entity_category == "diagnostic"


async def test_a_failed_device_is_listed_until_the_morning(hass: HomeAssistant, bedroom: Bedroom) -> None:
    bedroom.lamp.refuses = bedroom.blind.refuses = True

    await turn(hass, "on")

    assert value(hass, PROBLEM) == "on"
    assert problems(hass) == {"failed": ["cover.blind", "light.lamp"], "unreachable": [], "released": []}
    await turn(hass, "off")
    assert value(hass, PROBLEM) == "off"
    assert problems(hass) == {"failed": [], "unreachable": [], "released": []}


async def test_an_unreachable_device_is_a_problem_until_it_returns(hass: HomeAssistant, bedroom: Bedroom) -> None:
    bedroom.ceiling.show(available=False)
    await turn(hass, "on")
    assert (value(hass, PROBLEM), problems(hass)["unreachable"]) == ("on", ["light.ceiling"])

    bedroom.ceiling.show(available=True)
    await hass.async_block_till_done()

    assert (value(hass, PROBLEM), problems(hass)["unreachable"]) == ("off", [])
    assert bedroom.ceiling.brightness == 13


async def test_a_released_device_is_listed_but_is_no_problem(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory, hass_admin_user: MockUser
) -> None:
    await turn(hass, "on")
    await after(hass, evening, minutes=1)

    lamp = {"entity_id": "light.lamp", "brightness": 255}
    context = Context(user_id=hass_admin_user.id)
    await hass.services.async_call("light", "turn_on", lamp, blocking=True, context=context)
    await hass.async_block_till_done()

    assert value(hass, PROBLEM) == "off"
    assert problems(hass)["released"] == ["light.lamp"]
