"""The snapshot is on disk before a device is touched, and what is on disk is enough to restore."""

from copy import deepcopy
from datetime import timedelta
from typing import Any, override

from homeassistant.components.light import ColorMode
from homeassistant.config_entries import ConfigEntry
import pytest

from ..common.devices import Light, Thermostat
from ..common.home import Home


class LightThatReadsTheDisk(Light):
    """A light that reads the stored session whenever it is turned on."""

    disk: list[dict[str, Any] | None]
    storage: dict[str, Any]
    key = ""

    def _read_disk(self) -> None:
        self.disk.append(deepcopy(self.storage.get(self.key)))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._read_disk()
        await super().async_turn_on(**kwargs)


@pytest.fixture
def storage(hass_storage: dict[str, Any]) -> dict[str, Any]:
    """Return what is on disk, by file."""
    return hass_storage


def light_that_reads(storage: dict[str, Any], name: str = "lamp") -> LightThatReadsTheDisk:
    light = LightThatReadsTheDisk(name, ColorMode.COLOR_TEMP, brightness=200, color_temp_kelvin=4000)
    light.disk, light.storage = [], storage
    return light


def key_of(entry: ConfigEntry) -> str:
    return f"rls_bedtime.session.{entry.entry_id}"


async def test_the_snapshot_is_on_disk_before_the_first_device_is_touched(home: Home, storage: dict[str, Any]) -> None:
    light = light_that_reads(storage)
    entry = await home.add_bedroom(light)
    light.key = key_of(entry)
    await home.turn_on()
    assert light.disk[0] is not None
    assert light.disk[0]["data"]["held"]["light.lamp"]["before"]["brightness"] == 200


async def _crash(
    home: Home, entry: ConfigEntry, storage: dict[str, Any], disk: dict[str, Any], down: timedelta
) -> None:
    """Lose power, and with it all that was written after this state of the disk."""
    await home.unload(entry)
    storage[key_of(entry)] = disk
    await home.start_again(entry, down=down)


@pytest.mark.parametrize("step", [0, 1, 2, 7, 8, 9])
async def test_after_a_crash_at_any_step_of_the_fade_the_light_is_managed_and_restored(
    home: Home, storage: dict[str, Any], step: int
) -> None:
    light = light_that_reads(storage)
    entry = await home.add_bedroom(light, wake_up="23:00:00")
    light.key = key_of(entry)
    await home.call("start", wind_down=10)
    for _ in range(step + 1):
        await home.after(minutes=1)
    disk = light.disk[-1]
    assert disk is not None
    await _crash(home, entry, storage, disk, timedelta(seconds=30))
    assert home.released == []
    await home.jump("20:30")
    assert (home.phase, light.brightness) == ("bedtime", 13)
    await home.jump("11-23 23:00")
    assert (light.brightness, light.color_temp_kelvin) == (200, 4000)


@pytest.mark.parametrize("arrives", [True, False])
async def test_after_a_crash_during_the_restore_the_rest_is_restored(
    home: Home, storage: dict[str, Any], *, arrives: bool
) -> None:
    light = light_that_reads(storage)
    entry = await home.add_bedroom(light)
    light.key = key_of(entry)
    await home.turn_on()
    await home.after(hours=1)
    if not arrives:
        light.refuses = True
    await home.turn_off()
    light.refuses = False
    disk = light.disk[-1]
    assert disk is not None
    await _crash(home, entry, storage, disk, timedelta(seconds=30))
    assert (home.phase, light.brightness, light.color_temp_kelvin) == ("off", 200, 4000)


async def test_a_thermostat_set_before_a_crash_is_not_released(home: Home, storage: dict[str, Any]) -> None:
    light, thermostat = light_that_reads(storage), Thermostat("thermostat", target_temperature=21.0)
    entry = await home.add_bedroom(light, thermostat)
    light.key = key_of(entry)
    await home.turn_on()
    disk = light.disk[0]
    assert disk is not None
    await _crash(home, entry, storage, disk, timedelta(minutes=1))
    assert home.released == []
    await home.jump("11-24 07:00")
    assert thermostat.target_temperature == 21.0


async def test_a_damaged_file_lets_the_bedroom_load(home: Home, storage: dict[str, Any]) -> None:
    light = light_that_reads(storage)
    entry = await home.add_bedroom(light)
    await home.turn_on()
    await home.unload(entry)
    storage[key_of(entry)]["data"]["night"] = 7
    await home.load(entry)
    assert home.phase == "off"
    await home.turn_on()
    assert home.phase == "bedtime"
