"""Loading, unloading, reloading and removing a bedroom."""

from collections.abc import Callable
import gc
from pathlib import Path
import sqlite3
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_CLOSE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.rls_bedtime.bedtime.plan import Plan
from custom_components.rls_bedtime.bedtime.session import Session
from custom_components.rls_bedtime.coordinator import SleeperCoordinator
from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary_manager import DiaryManager

from ..common.bedroom import Bedroom
from ..common.home import bedroom_entry, set_up, sleeper, until


def alive() -> list[str]:
    """Return our objects in memory."""
    gc.collect()
    ours = (Session, SleeperCoordinator, Diary)
    return sorted(type(each).__name__ for each in gc.get_objects() if isinstance(each, ours))


def left_behind() -> list[str]:
    """Return our objects that stay in memory: a worker thread may hold its last job for an instant."""
    for _ in range(50):
        if not (left := alive()):
            break
    return left


async def test_unloading_leaves_nothing_in_memory(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert alive() == ["Diary", "Session", "SleeperCoordinator"]

    assert await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()

    assert entry.state is ConfigEntryState.NOT_LOADED
    del entry
    assert left_behind() == []
    assert hass.states.is_state("switch.bedroom_bedtime_mode", "unavailable")


async def test_reloading_ten_times_equals_loading_once(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.services.async_call("rls_bedtime", "log_episode", {"severity": 6}, blocking=True)
    for _ in range(10):
        assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert alive() == ["Diary", "Session", "SleeperCoordinator"]
    assert hass.states.is_state("sensor.alex_last_severity", "6")


async def test_two_bedrooms_share_one_diary_until_the_last_is_unloaded(hass: HomeAssistant) -> None:
    entries = [
        await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"))),
        await set_up(hass, bedroom_entry("Guest room", sleeper("Kim"))),
    ]
    assert alive().count("Diary") == 1

    assert await hass.config_entries.async_unload(entries[0].entry_id)
    await hass.services.async_call("rls_bedtime", "log_episode", {"sleeper": "Kim"}, blocking=True)
    assert hass.states.is_state("sensor.kim_episodes_tonight", "1")

    assert await hass.config_entries.async_unload(entries[1].entry_id)
    assert left_behind() == []


async def test_removing_keeps_the_diary_on_disk(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await hass.services.async_call("rls_bedtime", "log_episode", {"severity": 6}, blocking=True)
    path = Path(hass.config.path("rls_bedtime.db"))

    assert await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()

    del entry
    assert left_behind() == []
    assert not hass.states.async_entity_ids(["switch", "sensor", "button"])
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT severity FROM episode").fetchall() == [(6,)]
    connection.close()


@pytest.mark.usefixtures("entry")
async def test_after_a_clean_stop_the_diary_is_complete_in_one_file(hass: HomeAssistant) -> None:
    await hass.services.async_call("rls_bedtime", "log_episode", {"severity": 6}, blocking=True)

    hass.bus.async_fire(EVENT_HOMEASSISTANT_CLOSE)
    await hass.async_block_till_done()

    assert [path.name for path in Path(hass.config.config_dir).glob("rls_bedtime.db*")] == ["rls_bedtime.db"]


async def test_set_up_is_retried_if_the_diary_cannot_be_opened(hass: HomeAssistant) -> None:
    path = Path(hass.config.path("rls_bedtime.db"))
    path.mkdir()
    entry = bedroom_entry("Bedroom", sleeper("Alex"))
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.reason
    assert "Is a directory" in entry.reason

    path.rmdir()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert hass.states.is_state("sensor.alex_episodes_tonight", "0")


async def test_a_diary_of_a_newer_version_is_left_alone(hass: HomeAssistant) -> None:
    connection = sqlite3.connect(hass.config.path("rls_bedtime.db"))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    entry = bedroom_entry("Bedroom", sleeper("Alex"))
    entry.add_to_hass(hass)

    assert not await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.reason
    assert "Update RLS Bedtime" in entry.reason


async def test_a_failed_set_up_releases_the_diary(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(Session, "async_load", refuse)
    entry = bedroom_entry("Bedroom", sleeper("Alex"))
    entry.add_to_hass(hass)

    assert not await hass.config_entries.async_setup(entry.entry_id)

    assert Path(hass.config.path("rls_bedtime.db")).exists()
    assert not Path(hass.config.path("rls_bedtime.db-wal")).exists()


async def test_a_set_up_that_fails_late_leaves_no_session(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(hass.config_entries, "async_forward_entry_setups", refuse)
    entry = bedroom_entry("Bedroom", sleeper("Alex"), automatic=True)
    entry.add_to_hass(hass)

    assert not await hass.config_entries.async_setup(entry.entry_id)

    await until(hass, evening, "22:29")
    assert all(device.asked == [] for device in bedroom.devices)
    assert not entry.update_listeners


async def test_options_that_are_not_live_reload_the_entry(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    entries = hass.config_entries
    changes: list[Callable[[], bool]] = [
        lambda: entries.async_update_entry(entry, title="Attic"),
        lambda: entries.async_update_entry(entry, options={**entry.options, "light_level": 8}),
        lambda: entries.async_add_subentry(entry, sleeper("Kim")),
        lambda: entries.async_remove_subentry(entry, next(iter(entry.subentries))),
    ]
    for change in changes:
        loaded = entry.runtime_data
        assert change()
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        assert entry.runtime_data is not loaded


async def test_a_live_option_together_with_another_reloads_the_entry(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    loaded = entry.runtime_data

    hass.config_entries.async_update_entry(entry, options={**entry.options, "wind_down": 20, "light_level": 8})
    await hass.async_block_till_done()

    assert entry.runtime_data is not loaded
    plan = entry.runtime_data.session.plan
    assert (plan.wind_down.total_seconds(), plan.light_level) == (20 * 60, 8)


@pytest.mark.parametrize(
    ("owner", "method"),
    [
        (Session, "async_unload"),
        (DiaryManager, "async_close"),
        (DiaryManager, "async_open"),
        (SleeperCoordinator, "async_config_entry_first_refresh"),
        (Session, "async_load"),
    ],
)
@pytest.mark.parametrize("change", ["a sleeper", "an option", "a live option"])
async def test_what_changes_while_the_entry_is_reloading_is_loaded_too(
    hass: HomeAssistant, entry: MockConfigEntry, monkeypatch: pytest.MonkeyPatch, owner: type, method: str, change: str
) -> None:
    entries, original, changed = hass.config_entries, getattr(owner, method), list[str]()

    async def interrupted(*args: Any, **kwargs: Any) -> Any:
        if not changed:
            changed.append(method)
            if change == "a sleeper":
                entries.async_add_subentry(entry, sleeper("Kim"))
            else:
                option = {"light_level": 8} if change == "an option" else {"wind_down": 20}
                entries.async_update_entry(entry, options={**entry.options, **option})
        return await original(*args, **kwargs)

    monkeypatch.setattr(owner, method, interrupted)
    assert await entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()

    assert changed
    assert entry.state is ConfigEntryState.LOADED
    plan = entry.runtime_data.session.plan
    assert plan == Plan.from_options(entry.options)
    assert hass.states.is_state("sensor.alex_episodes_tonight", "0")
    assert (hass.states.get("sensor.kim_episodes_tonight") is not None) is (change == "a sleeper")


async def test_the_device_is_in_its_area_until_a_user_moves_it(hass: HomeAssistant) -> None:
    area, attic = (ar.async_get(hass).async_create(name) for name in ("Bedroom", "Attic"))
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), area=area.id))

    def bedroom_device() -> dr.DeviceEntry:
        device = dr.async_get(hass).async_get_device_by_identifier(("rls_bedtime", entry.entry_id), entry.entry_id)
        assert device is not None
        return device

    device = bedroom_device()
    assert (device.name, device.area_id, device.entry_type) == ("Bedroom", area.id, dr.DeviceEntryType.SERVICE)
    assert hass.states.is_state("switch.bedroom_bedtime_mode", "off")

    for moved_to in (attic.id, None):
        dr.async_get(hass).async_update_device(device.id, area_id=moved_to)
        assert await hass.config_entries.async_reload(entry.entry_id)
        assert bedroom_device().area_id == moved_to


@pytest.mark.parametrize("options", [{}, {"area": "torn_down"}])
async def test_the_device_of_a_bedroom_without_an_area_has_none(hass: HomeAssistant, options: dict[str, str]) -> None:
    entry = await set_up(hass, bedroom_entry("Bedroom", **options))

    device = dr.async_get(hass).async_get_device_by_identifier(("rls_bedtime", entry.entry_id), entry.entry_id)
    assert device is not None
    assert device.area_id is None
    assert not ar.async_get(hass).areas


async def test_an_unloaded_session_touches_nothing(
    hass: HomeAssistant, bedroom: Bedroom, evening: FrozenDateTimeFactory
) -> None:
    entry = await set_up(hass, bedroom_entry(automatic=True))
    session = entry.runtime_data.session
    await hass.config_entries.async_unload(entry.entry_id)
    await session.async_update_plan(Plan.from_options(entry.options))
    assert await session.async_start() == {}
    await until(hass, evening, "21:45")
    await until(hass, evening, "22:31")

    assert all(device.asked == [] for device in bedroom.devices)
