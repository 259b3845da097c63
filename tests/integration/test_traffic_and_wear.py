"""How much a night sends to devices and writes to the disk."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from homeassistant.helpers.storage import Store
import pytest

from ..common.devices import Cover, Light, Player, Thermostat
from ..common.home import Home

TURN_OFF = 256


@pytest.fixture
def saves(hass_storage: dict[str, Any]) -> Iterator[Counter[str]]:
    """Count the saves of each store by its key."""
    counted: Counter[str] = Counter()
    write = Store._async_write_data  # noqa: SLF001 - where all saves end

    async def count(store: Store[Any], data: Any) -> None:
        counted[store.key.rpartition(".")[0]] += 1
        await write(store, data)

    # Undone before the storage that it counts is put back.
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(Store, "_async_write_data", count)
        yield counted


@pytest.mark.parametrize("report_delay", [0, 2])
async def test_a_night_costs_at_most_a_save_and_a_command_per_step(
    home: Home, saves: Counter[str], report_delay: float
) -> None:
    """A13: a wind-down of 45 minutes with 10 lights took 95 saves and 460 commands."""
    lights = [
        Light(f"lamp {number}", brightness=100 + 15 * number, color_temp_kelvin=3000 + 300 * number)
        for number in range(10)
    ]
    for light in lights:
        light.report_delay = report_delay
    others = (Thermostat("stove", target_temperature=21.0), Player("tv", TURN_OFF), Cover("blind"))
    await home.add_bedroom(*lights, *others, automatic=True)
    await home.at("21:44")
    saves.clear()
    for _ in range(46 * 6):
        await home.after(seconds=10)
    assert home.phase == "bedtime"
    assert max(len(light.received) for light in lights) <= 46
    for light in lights:
        minutes = [command.received_at.replace(second=0) for command in light.command_log]
        assert max(Counter(minutes).values()) == 1
    await home.jump("2026-11-24 07:00-08:00")
    for _ in range(60):
        await home.after(seconds=10)
    assert [light.brightness for light in lights] == [100 + 15 * number for number in range(10)]
    assert saves["rls_bedtime.session"] <= 60
    assert max(len(light.received) for light in lights) <= 47
    assert [each.actions for each in others[1:]] == [["turn_off"], ["close_cover", "open_cover"]]


async def test_lights_that_report_on_their_own_cost_no_saves(home: Home, saves: Counter[str]) -> None:
    """A variant of A13: lamps that report something every few seconds, all night."""
    lights = [Light(f"lamp {number}", brightness=200) for number in range(10)]
    await home.add_bedroom(*lights)
    await home.call("start")
    await home.after(minutes=1)
    saves.clear()
    for turn in range(120):
        for light in lights:
            light.change_locally(brightness=13 + turn % 2)
        await home.after(seconds=30)
    assert saves["rls_bedtime.session"] <= 2
    assert [len(light.received) for light in lights] == [1] * 10


async def test_a_light_that_flaps_all_night_costs_few_saves(home: Home, saves: Counter[str]) -> None:
    """A variant of A13: what comes and goes is not written down each time."""
    lights = [Light(f"lamp {number}", brightness=200) for number in range(10)]
    await home.add_bedroom(*lights)
    await home.call("start")
    await home.after(minutes=1)
    saves.clear()
    for _ in range(60):
        for light in lights:
            light.become_unavailable()
        await home.after(seconds=30)
        for light in lights:
            light.become_available()
        await home.after(seconds=30)
    assert saves["rls_bedtime.session"] <= 2
    assert [len(light.received) for light in lights] == [1] * 10


@pytest.mark.parametrize("report_delay", [0, 3])
async def test_a_light_that_refuses_costs_the_others_no_second_command_per_step(
    home: Home, report_delay: float
) -> None:
    """A variant of A13: equal lights share a call, which fails for one of them."""
    lights = [Light(f"lamp {number}", brightness=200, report_delay=report_delay) for number in range(5)]
    lights[2].refuses = True
    await home.add_bedroom(*lights)
    await home.call("start", wind_down=20)
    for _ in range(21 * 12):
        await home.after(seconds=5)
    assert home.phase == "bedtime"
    for light in (*lights[:2], *lights[3:]):
        assert light.brightness == 13
        minutes = Counter(command.received_at.replace(second=0) for command in light.command_log)
        assert max(minutes.values()) == 1
    assert home.value("binary_sensor.bedroom_problem", "failed") == [lights[2].entity_id]
