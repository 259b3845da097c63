"""A crash at each step of start and stop leaves a house that the next boot can give back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from homeassistant.helpers.storage import Store
import pytest

from custom_components.rls_bedtime.bedtime.session_state import Phase

from ..common.bedroom import Bedroom
from ..common.devices import Device
from .conftest import SessionHome
from .test_wind_down import phase

STEPS = range(14)
"""More than there are: writes to the disk, and orders to devices."""

DAY = {"lamp": 200, "ceiling": 200, "thermostat": 21, "blind": 80}


def looks(bedroom: Bedroom) -> dict[str, Any]:
    """Return what of the bedroom is to be given back."""
    return {
        "lamp": bedroom.lamp.brightness,
        "ceiling": bedroom.ceiling.brightness,
        "thermostat": bedroom.thermostat.target_temperature,
        "blind": bedroom.blind.current_cover_position,
    }


@contextmanager
def crash_after(steps: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let nothing reach the disk or a device after so many steps; yield those that did."""
    done: list[str] = []
    save, receive = Store.async_save, Device._receive  # noqa: SLF001 - where every command arrives

    async def save_if_alive(store: Store[Any], data: Any) -> None:
        if len(done) < steps and store.key.startswith("rls_bedtime.session"):
            done.append("disk")
            await save(store, data)

    async def receive_if_alive(device: Device, action: str, data: dict[str, Any]) -> bool:
        if len(done) >= steps:
            return False
        done.append(str(device.name))
        return await receive(device, action, data)

    with monkeypatch.context() as patch:
        patch.setattr(Store, "async_save", save_if_alive)
        patch.setattr(Device, "_receive", receive_if_alive)
        # The disk is read back after a write: what a dead hub thinks of it is of no concern.
        patch.setattr("custom_components.rls_bedtime.bedtime.session_store.SessionStore.async_save", _trusting)
        yield done


async def _trusting(shelf: Any, record: Any, *, required: bool) -> None:
    del required
    await shelf._store.async_save(record.as_json())  # noqa: SLF001 - as the shelf does, without reading back


@pytest.mark.parametrize("steps", STEPS)
async def test_a_crash_at_any_step_of_the_start(
    nights: SessionHome, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    session = await nights.session()
    with crash_after(steps, monkeypatch) as done:
        await session.async_start()
        await nights.unload_session(session)
    assert done[:1] in ([], ["disk"])
    session = await nights.boot_session(timedelta(minutes=1))
    assert phase(session) is (Phase.BEDTIME if steps else Phase.OFF)
    await nights.after(hours=2)
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == ((13, 13) if steps else (200, 200))

    await session.async_stop()
    await nights.after(minutes=1)

    assert looks(bedroom) == DAY


@pytest.mark.parametrize("steps", STEPS)
async def test_a_crash_at_any_step_of_the_stop(
    nights: SessionHome, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    session = await nights.session()
    await session.async_start()
    await nights.after(hours=2)
    with crash_after(steps, monkeypatch):
        await session.async_stop()
        await nights.unload_session(session)
    session = await nights.boot_session(timedelta(minutes=1))
    await session.async_stop()
    await nights.after(minutes=1)

    assert phase(session) is Phase.OFF
    assert looks(bedroom) == DAY
