"""A hub that loses its power at any moment finds its way back from what is on the disk."""

from copy import deepcopy
from datetime import timedelta
from typing import Any, override

from homeassistant.components.light import ColorMode
from homeassistant.config_entries import ConfigEntry
import pytest

from ..common.devices import Light, Thermostat
from ..common.home import Home

SWITCH = "switch.bedroom_bedtime_mode"


class Witness(Light):
    """A lamp that looks at the disk whenever it is told something."""

    disk: list[dict[str, Any] | None]
    storage: dict[str, Any]
    key = ""

    def _look(self) -> None:
        self.disk.append(deepcopy(self.storage.get(self.key)))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._look()
        await super().async_turn_on(**kwargs)


@pytest.fixture
def storage(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Return what is on the disk, file by file."""
    return hass_storage


def witness(storage: dict[str, Any], name: str = "lamp") -> Witness:
    lamp = Witness(name, ColorMode.COLOR_TEMP, brightness=200, color_temp_kelvin=4000)
    lamp.disk, lamp.storage = [], storage
    return lamp


def key_of(entry: ConfigEntry) -> str:
    return f"rls_bedtime.session.{entry.entry_id}"


async def test_the_snapshot_is_on_disk_before_the_first_device_is_touched(home: Home, storage: dict[str, Any]) -> None:
    lamp = witness(storage)
    entry = await home.add_bedroom(lamp)
    lamp.key = key_of(entry)
    await home.act("switch.turn_on", SWITCH)
    assert lamp.disk[0] is not None
    assert lamp.disk[0]["data"]["held"]["light.lamp"]["before"]["brightness"] == 200


async def _crash(
    home: Home, entry: ConfigEntry, storage: dict[str, Any], disk: dict[str, Any], down: timedelta
) -> None:
    """Lose the power, and with it whatever was not on that disk."""
    assert await home.hass.config_entries.async_unload(entry.entry_id)
    await home.hass.async_block_till_done()
    storage[key_of(entry)] = disk
    await home.start_again(entry, down=down)


@pytest.mark.parametrize("step", [0, 1, 2, 7, 8, 9])
async def test_a_crash_at_any_step_of_the_fade_is_nobody_and_is_given_back(
    home: Home, storage: dict[str, Any], step: int
) -> None:
    lamp = witness(storage)
    entry = await home.add_bedroom(lamp, wake_up="23:00:00")
    lamp.key = key_of(entry)
    await home.call("start", wind_down=10)
    for _ in range(step + 1):
        await home.after(minutes=1)
    disk = lamp.disk[-1]
    assert disk is not None
    await _crash(home, entry, storage, disk, timedelta(seconds=30))
    assert home.value("binary_sensor.bedroom_problem", "released") == []
    await home.at("20:30")
    assert (home.phase, lamp.brightness) == ("bedtime", 13)
    await home.jump("2026-11-23 23:00-08:00")
    assert (lamp.brightness, lamp.color_temp_kelvin) == (200, 4000)


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_crash_while_it_gives_back_gives_back_the_rest(
    home: Home, storage: dict[str, Any], *, arrives: bool
) -> None:
    lamp = witness(storage)
    entry = await home.add_bedroom(lamp)
    lamp.key = key_of(entry)
    await home.act("switch.turn_on", SWITCH)
    await home.after(hours=1)
    if not arrives:
        lamp.refuses = True
    await home.act("switch.turn_off", SWITCH)
    lamp.refuses = False
    disk = lamp.disk[-1]
    assert disk is not None
    await _crash(home, entry, storage, disk, timedelta(seconds=30))
    assert (home.phase, lamp.brightness, lamp.color_temp_kelvin) == ("off", 200, 4000)


async def test_a_broken_file_lets_the_bedroom_load(home: Home, storage: dict[str, Any]) -> None:
    lamp = witness(storage)
    entry = await home.add_bedroom(lamp)
    await home.act("switch.turn_on", SWITCH)
    assert await home.hass.config_entries.async_unload(entry.entry_id)
    storage[key_of(entry)]["data"]["night"] = 7
    assert await home.hass.config_entries.async_setup(entry.entry_id)
    await home.hass.async_block_till_done()
    assert home.phase == "off"
    await home.act("switch.turn_on", SWITCH)
    assert home.phase == "bedtime"


async def test_a_thermostat_that_was_set_before_the_crash_is_ours(home: Home, storage: dict[str, Any]) -> None:
    lamp, stove = witness(storage), Thermostat("stove", target_temperature=21.0)
    entry = await home.add_bedroom(lamp, stove)
    lamp.key = key_of(entry)
    await home.act("switch.turn_on", SWITCH)
    disk = lamp.disk[0]
    assert disk is not None
    await _crash(home, entry, storage, disk, timedelta(minutes=1))
    assert home.value("binary_sensor.bedroom_problem", "released") == []
    await home.jump("2026-11-24 07:00-08:00")
    assert stove.target_temperature == 21.0
