"""What the tests of relief at night share: lights on the way, a massager, a hub that is killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigEntry

from custom_components.rls_bedtime.bedtime.relief.controller import ReliefController
from custom_components.rls_bedtime.bedtime.relief.relief_store import ReliefStore

from .bedroom import lamp
from .devices import Device, Light, Switch
from .home import Home

WALK = "switch.bedroom_relief_walk"
RELIEF = "switch.bedroom_relief_device"

PATH_LEVEL = 8
"""3 % of 255."""


def hallway(name: str = "hallway", **attributes: Any) -> Light:
    """Return a light on the way, which is off."""
    return lamp(name, **{"is_on": False} | attributes)


def massager(name: str = "massager", **attributes: Any) -> Switch:
    """Return the plug of a massager, which is off."""
    return Switch(name, **{"is_on": False} | attributes)


async def add_relief(home: Home, *devices: Device, name: str = "Bedroom", **options: Any) -> ConfigEntry:
    """Add devices, and a bedroom whose path is the lights, and whose relief devices are the switches."""
    await home.add_devices(*devices)
    chosen: dict[str, list[str]] = {}
    for device in devices:
        option = "path" if isinstance(device, Light) else "relief_devices"
        chosen.setdefault(option, []).append(device.entity_id)
    return await home.configure(name=name, targets={}, **chosen | options)


async def crash(home: Home, entry: ConfigEntry, *, down: timedelta = timedelta(minutes=1), **more: Any) -> None:
    """Kill Home Assistant, and start it again."""
    with killed():
        await home.unload(entry)
    await home.start_again(entry, down=down, **more)


@contextmanager
def killed() -> Iterator[None]:
    """Let relief at night be unloaded as if it were killed: nothing is turned off, and nothing more is saved."""

    async def nothing(*_: Any, **_more: Any) -> None:
        """Do nothing: there was no time."""

    with patch.object(ReliefController, "_async_end_all", nothing), patch.object(ReliefStore, "async_save", nothing):
        yield
