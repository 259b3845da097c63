"""One bad device affects no other."""

from typing import Any, override

from homeassistant.components.light import ColorMode
import pytest

from ..common.bedroom import Bedroom, lamp
from ..common.devices import Light, Thermostat
from ..common.home import PROBLEM, Home


class LightWithABug(Light):
    """A light whose integration raises an error that is none of Home Assistant's."""

    error: Exception = ValueError("odd")

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.received.append(("turn_on", kwargs))
        raise self.error


@pytest.mark.parametrize("error", [ValueError("odd"), KeyError("odd"), TimeoutError(), OSError(5, "odd")])
async def test_an_unexpected_error_of_a_device_affects_no_other(home: Home, error: Exception) -> None:
    odd = LightWithABug("odd", ColorMode.COLOR_TEMP, brightness=200, color_temp_kelvin=4000)
    odd.error = error
    good = [lamp(f"good {number}") for number in range(3)]
    await home.add_bedroom(*good[:1], odd, *good[1:])
    response = await home.call("start")
    assert response["entities"]["light.odd"] == "failed"
    assert [each.brightness for each in good] == [13, 13, 13]
    assert {response["entities"][each.entity_id] for each in good} == {"done"}


async def test_a_device_that_refuses_affects_no_device_of_another_kind(home: Home) -> None:
    light, thermostat = lamp(), Thermostat("thermostat", target_temperature=21.0)
    light.refuses = True
    await home.add_bedroom(light, thermostat)
    await home.turn_on()
    assert thermostat.target_temperature == 19.0


async def test_a_device_that_refuses_gets_one_more_command_and_is_then_a_problem(home: Home) -> None:
    bad = lamp("bad")
    bad.refuses = True
    await home.add_bedroom(bad)
    await home.turn_on()
    for _ in range(10):
        await home.after(seconds=30)
    assert len(bad.received) == 2
    assert home.value(PROBLEM, "failed") == ["light.bad"]
    await home.turn_off()
    assert home.value(PROBLEM) == "off"


@pytest.mark.parametrize(("ignores", "failed"), [(1, []), (2, ["light.lamp"])])
async def test_a_device_that_ignores_commands_gets_one_more(
    home: Home, bedroom: Bedroom, ignores: int, failed: list[str]
) -> None:
    bedroom.lamp.ignores = ignores
    await home.load_bedroom()
    await home.turn_on()
    await home.after(seconds=20)
    await home.after(seconds=20)
    await home.after(minutes=10)
    assert bedroom.lamp.actions == ["turn_on"] * 2
    assert home.value(PROBLEM, "failed") == failed
    assert bedroom.lamp.brightness == (200 if failed else 13)


async def test_a_device_that_reports_after_it_counted_as_failed_is_no_problem(home: Home, bedroom: Bedroom) -> None:
    bedroom.thermostat.holds_reports = True
    await home.load_bedroom()
    await home.turn_on()
    for _ in range(3):
        await home.after(minutes=10)
    assert home.value(PROBLEM, "failed") == ["climate.thermostat"]
    bedroom.thermostat.report()
    await home.after(seconds=1)
    assert home.value(PROBLEM) == "off"


async def test_the_second_command_comes_in_time_while_the_clocks_go_back(home: Home) -> None:
    await home.jump("2026-11-01 08:59:50Z")
    light = lamp()
    light.refuses = True
    await home.add_bedroom(light)
    await home.turn_on()
    await home.after(seconds=60)
    await home.after(seconds=60)
    assert len(light.received) == 2


@pytest.mark.parametrize(
    "quirk", [{"rounding": {"brightness": 25}}, {"report_delay": 8}, {"ramp": ((2, 0.3), (4, 0.6))}], ids=str
)
async def test_a_light_told_together_with_one_that_refuses_is_no_problem_once_it_responds(
    home: Home, quirk: dict[str, Any]
) -> None:
    bad, good = lamp("bad"), lamp("good", **quirk)
    bad.refuses = True
    await home.add_bedroom(bad, good)
    await home.turn_on()
    for _ in range(10):
        await home.after(seconds=1)
    assert home.value(PROBLEM, "failed") == ["light.bad"]
    assert good.actions == ["turn_on"]
