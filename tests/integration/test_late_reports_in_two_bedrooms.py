"""Late reports of a device that two bedrooms share are nobody's doing to either of them."""

from typing import Any

import pytest

from ..common.bedroom import lamp
from ..common.devices import Device
from ..common.home import Home
from ..common.thermostats import thermostat_of


async def two_begin(home: Home, device: Device, kind: str, attic: dict[str, Any], cellar: dict[str, Any]) -> None:
    """Let the sessions of two bedrooms begin within seconds."""
    await home.add_devices(device)
    targets = {kind: {"entity_id": [device.entity_id]}}
    for name, options in (("Attic", attic), ("Cellar", cellar)):
        await home.configure(name=name, targets=targets, **options)
    for name in ("Attic", "Cellar"):
        await home.call("start", bedroom=name)
        await home.after(seconds=3)


async def seconds_pass(home: Home, seconds: int, step: int) -> None:
    for _ in range(seconds // step):
        await home.after(seconds=step)


def released(home: Home) -> list[str]:
    return [each for name in ("attic", "cellar") for each in home.value(f"binary_sensor.{name}_problem", "released")]


QUIRKS: dict[str, dict[str, Any]] = {
    "ramp": {"ramp": ((2, 0.3), (6, 0.6), (10, 0.9)), "reports_target_first": True},
    "late": {"report_delay": 15},
    "stale": {"stale_report_after": 10},
}


@pytest.mark.parametrize("quirk", QUIRKS.values(), ids=QUIRKS.keys())
@pytest.mark.parametrize(("attic", "cellar"), [(5, 10), (10, 5), (5, 5)])
async def test_a_lamp_that_reports_in_its_own_time_is_managed_by_both(
    home: Home, quirk: dict[str, Any], attic: int, cellar: int
) -> None:
    """Variants of B3 and B6."""
    light = lamp(**quirk)
    await two_begin(home, light, "lights", {"light_level": attic}, {"light_level": cellar})
    await seconds_pass(home, 60, 1)
    assert (light.actual("brightness"), released(home)) == (13, [])
    await home.after(hours=1)
    for name in ("Attic", "Cellar"):
        await home.call("stop", bedroom=name)
        await seconds_pass(home, 60, 1)
    assert light.actual("brightness") == 200


@pytest.mark.parametrize("delay", [30, 180])
async def test_a_thermostat_that_reports_late_and_once_more_is_managed_by_both(home: Home, delay: int) -> None:
    """A variant of B6."""
    thermostat = thermostat_of(report_delay=delay, stale_report_after=40)
    await two_begin(home, thermostat, "climate", {}, {"temperature_setback": 3})
    await seconds_pass(home, 1400, 10)
    assert (thermostat.actual("target_temperature"), released(home)) == (18, [])
    for name in ("Cellar", "Attic"):
        await home.call("stop", bedroom=name)
        await seconds_pass(home, 700, 10)
    assert thermostat.actual("target_temperature") == 21


@pytest.mark.parametrize("level", [100, 230])
async def test_a_level_that_a_person_sets_while_the_other_bedroom_settles_is_theirs(home: Home, level: int) -> None:
    light = lamp()
    await two_begin(home, light, "lights", {"light_level": 10}, {})
    light.change_locally(brightness=level)
    await seconds_pass(home, 60, 1)
    assert released(home) == ["light.lamp", "light.lamp"]
    for name in ("Attic", "Cellar"):
        await home.call("stop", bedroom=name)
        await seconds_pass(home, 60, 1)
    assert light.brightness == level
