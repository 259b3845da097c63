"""A crash at each step of start and stop leaves a bedroom that the next start of the hub can restore."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from homeassistant.helpers.storage import Store
import pytest

from ..common.bedroom import TELEVISION, Bedroom
from ..common.devices import Device, Light, Player, Power
from ..common.home import Home

STEPS = range(10)
"""More than there are: writes to the disk, and commands to devices."""

DAY = {"lamp": 200, "ceiling": 200, "thermostat": 21, "blind": 80}


def settings(bedroom: Bedroom) -> dict[str, Any]:
    """Return the settings of the devices that are to be restored."""
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
        # The file is read back after a write: what a hub without power makes of it is of no concern.
        patch.setattr("custom_components.rls_bedtime.bedtime.session_store.SessionStore.async_save", _save_unverified)
        yield done


async def _save_unverified(session_store: Any, state: Any, *, required: bool) -> None:
    del required
    await session_store._store.async_save(state.as_json())  # noqa: SLF001 - as the store does, without reading back


@pytest.mark.parametrize("steps", STEPS)
async def test_a_crash_at_any_step_of_the_start(
    home: Home, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    entry = await home.load_bedroom()
    with crash_after(steps, monkeypatch) as done:
        await home.turn_on()
        await home.unload(entry)
    assert done[:1] in ([], ["disk"])
    assert len(done) < STEPS[-1]
    await home.start_again(entry, down=timedelta(minutes=1))
    assert home.phase == ("bedtime" if steps else "off")
    await home.after(hours=2)
    assert (bedroom.lamp.brightness, bedroom.ceiling.brightness) == ((13, 13) if steps else (200, 200))

    await home.turn_off()
    await home.after(minutes=1)

    assert settings(bedroom) == DAY


@pytest.mark.parametrize("steps", STEPS)
async def test_a_crash_at_any_step_of_the_stop(
    home: Home, bedroom: Bedroom, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    entry = await home.load_bedroom()
    await home.turn_on()
    await home.after(hours=2)
    with crash_after(steps, monkeypatch) as done:
        await home.turn_off()
        await home.unload(entry)
    assert len(done) < STEPS[-1]
    await home.start_again(entry, down=timedelta(minutes=1))
    await home.turn_off()
    await home.after(minutes=1)

    assert home.phase == "off"
    assert settings(bedroom) == DAY


@pytest.mark.parametrize("report_delay", [0, 60])
async def test_a_power_key_that_was_pressed_just_before_a_crash_is_not_pressed_again(
    home: Home, monkeypatch: pytest.MonkeyPatch, report_delay: float
) -> None:
    power = Power(is_toggle=True)
    tv = Player("tv", TELEVISION, power=power, report_delay=report_delay)
    entry = await home.add_bedroom(tv)
    with crash_after(2, monkeypatch) as done:
        await home.call("start")
        await home.unload(entry)
    assert done == ["disk", "tv"]
    await home.start_again(entry, down=timedelta(seconds=10))
    for _ in range(20):
        await home.after(seconds=30)

    assert (power.is_on, power.presses, home.released) == (False, 1, [])


async def test_a_power_key_that_was_pressed_just_before_a_crash_in_an_undo_is_not_pressed_again(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    power = Power(is_toggle=True)
    tv = Player("tv", TELEVISION, power=power, state_after_turn_on="playing", report_delay=60)
    entry = await home.add_bedroom(tv)
    await home.call("start")
    await home.after(minutes=1)
    await home.after(minutes=4)
    with crash_after(2, monkeypatch) as done:
        await home.call("stop")
        await home.unload(entry)
    assert done == ["disk", "tv"]
    await home.start_again(entry, down=timedelta(seconds=10))
    for _ in range(20):
        await home.after(seconds=30)

    assert (power.is_on, power.presses) == (True, 2)


@pytest.mark.parametrize("report_delay", [0, 30])
async def test_what_a_lamp_was_told_just_before_a_crash_is_nobodys_doing(
    home: Home, monkeypatch: pytest.MonkeyPatch, report_delay: float
) -> None:
    lamp = Light("lamp", brightness=200, color_temp_kelvin=4000, report_delay=report_delay)
    entry = await home.add_bedroom(lamp)
    with crash_after(2, monkeypatch):
        await home.call("start", wind_down=20)
        await home.after(minutes=1)
        await home.unload(entry)
    await home.start_again(entry, down=timedelta(seconds=10))
    for _ in range(50):
        await home.after(seconds=30)

    assert (lamp.brightness, home.released) == (13, [])
    await home.turn_off()
    await home.after(minutes=1)
    assert lamp.brightness == 200
