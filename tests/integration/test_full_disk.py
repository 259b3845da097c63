"""A disk that takes no data starts no session, and keeps none from ending."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
import pytest

from ..common.bedroom import Bedroom
from ..common.home import Home


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[None]]:
    """Return what lets the disk be full within a context."""

    async def fail(*_: Any) -> None:
        """Fail as the store does: without an error."""

    @contextmanager
    def be_full() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(Store, "async_save", fail)
            yield

    return be_full


type FullDisk = Callable[[], AbstractContextManager[None]]


async def test_a_snapshot_that_cannot_be_saved_leaves_the_devices_untouched(
    home: Home, bedroom: Bedroom, full_disk: FullDisk
) -> None:
    await home.load_bedroom()
    with full_disk(), pytest.raises(HomeAssistantError):
        await home.call("start")
    assert home.phase == "off"
    assert all(device.actions == [] for device in bedroom.devices)
    await home.call("start")
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == (13, 13)


async def test_a_full_disk_postpones_a_session_until_there_is_room(
    home: Home, bedroom: Bedroom, full_disk: FullDisk
) -> None:
    await home.load_bedroom(automatic=True)
    with full_disk():
        await home.jump("21:45")
        assert home.phase == "off"
        assert bedroom.lamp.actions == []
    await home.jump("11-24 22:31")
    assert home.phase == "bedtime"


async def test_a_disk_that_fills_up_during_a_session_does_not_keep_it_from_ending(
    home: Home, bedroom: Bedroom, full_disk: FullDisk
) -> None:
    await home.load_bedroom(automatic=True)
    await home.jump("22:00")
    with full_disk():
        await home.jump("22:30")
        assert bedroom.lamp.brightness == 13
        assert bedroom.tv.state == "playing"
    await home.jump("11-24 07:00")
    assert home.phase == "off"
    assert bedroom.lamp.brightness == 200
    assert bedroom.thermostat.target_temperature == 21


async def test_a_session_can_be_stopped_while_the_disk_is_full(
    home: Home, bedroom: Bedroom, full_disk: FullDisk
) -> None:
    await home.load_bedroom()
    await home.turn_on()
    with full_disk():
        await home.turn_off()
    assert home.phase == "off"
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == (200, 200)
