"""The diary's file: failures, recovery, copies and backups."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
import sqlite3
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.rls_bedtime.backup import async_post_backup, async_pre_backup
from custom_components.rls_bedtime.diary.models import DatabaseError
from custom_components.rls_bedtime.diary.storage.copies import Copies
from custom_components.rls_bedtime.diary.storage.migrations import SCHEMA_VERSION
from custom_components.rls_bedtime.diary_manager import DIARY_MANAGER, DiaryManager

from ..common.disk import full_disk, locked, read_only
from ..common.home import act, after, bedroom_entry, press, set_up, sleeper, value

pytestmark = pytest.mark.usefixtures("bedroom")

type Trouble = Callable[[HomeAssistant], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _at_night(night: FrozenDateTimeFactory) -> None:
    """Set the time before anything is set up."""


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return our repair issues by translation key."""
    return {
        str(issue.translation_key): issue
        for (domain, _), issue in ir.async_get(hass).issues.items()
        if domain == "rls_bedtime" and issue.active
    }


async def rest(hass: HomeAssistant) -> None:
    """Wait for all tasks, background tasks included."""
    await hass.async_block_till_done(wait_background_tasks=True)


def files(hass: HomeAssistant, pattern: str) -> list[Path]:
    """Return files of the configuration folder."""
    return sorted(Path(hass.config.config_dir).glob(pattern))


# --- a disk that refuses ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("entry")
@pytest.mark.parametrize(
    ("trouble", "key"), [(full_disk, "diary_disk_full"), (read_only, "diary_read_only"), (locked, "diary_locked")]
)
async def test_a_failing_disk_has_an_issue_and_no_partial_write(
    hass: HomeAssistant, trouble: Trouble, key: str
) -> None:
    note = "x" * 2_000
    await act(hass, "log_episode", severity=3)
    with trouble(hass):
        refused: set[str] = set()
        logged = 1
        for severity in range(10):
            try:
                await act(hass, "log_episode", severity=severity, note=note)
                logged += 1
            except HomeAssistantError as error:
                refused.add(str(error.translation_key))
        assert refused == {key}
        assert issues(hass).keys() == {key}
        assert value(hass, "sensor.alex_episodes_tonight") == str(logged)
        assert value(hass, "switch.bedroom_bedtime_mode") == "off"
        await act(hass, "get_summary")
        assert issues(hass).keys() == {key}

    await press(hass, "undo")
    assert issues(hass) == {}
    assert value(hass, "sensor.alex_episodes_tonight") == str(logged - 1)


@pytest.mark.usefixtures("entry")
async def test_every_issue_has_a_translation(hass: HomeAssistant) -> None:
    with read_only(hass), pytest.raises(HomeAssistantError):
        await press(hass, "log_mild")

    (issue,) = issues(hass).values()
    texts = await async_get_translations(hass, "en", "issues", {"rls_bedtime"})
    key = f"component.rls_bedtime.issues.{issue.translation_key}"
    assert texts[f"{key}.title"]
    words = texts[f"{key}.description"].format(**(issue.translation_placeholders or {}))
    assert "readonly" in words


async def test_a_diary_that_cannot_be_opened_has_an_issue_until_it_can(hass: HomeAssistant) -> None:
    path = Path(hass.config.path("rls_bedtime.db"))
    path.mkdir()
    entry = bedroom_entry("Bedroom", sleeper("Alex"))
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert issues(hass).keys() == {"diary_unavailable"}

    path.rmdir()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert issues(hass) == {}


async def test_a_diary_of_a_newer_version_has_an_issue_and_is_left_alone(hass: HomeAssistant) -> None:
    connection = sqlite3.connect(hass.config.path("rls_bedtime.db"))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    before = Path(hass.config.path("rls_bedtime.db")).read_bytes()
    entry = bedroom_entry("Bedroom", sleeper("Alex"))
    entry.add_to_hass(hass)

    assert not await hass.config_entries.async_setup(entry.entry_id)

    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert issues(hass)["diary_newer"].translation_placeholders == {"version": "99", "supported": str(SCHEMA_VERSION)}
    assert Path(hass.config.path("rls_bedtime.db")).read_bytes() == before


async def test_bedtime_mode_works_on_a_disk_that_fails_from_the_start(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any) -> None:
        raise DatabaseError("diary_read_only", error="attempt to write a readonly database")

    monkeypatch.setattr("custom_components.rls_bedtime.diary.diary.Diary.rename_sleeper", refuse)
    await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex")))

    assert issues(hass).keys() == {"diary_read_only"}
    await hass.services.async_call("switch", "turn_on", {"entity_id": "switch.bedroom_bedtime_mode"}, blocking=True)
    assert value(hass, "switch.bedroom_bedtime_mode") == "on"


# --- damage -----------------------------------------------------------------------------------------------------------


async def damaged(hass: HomeAssistant, entry: MockConfigEntry, damage: Callable[[Path], object]) -> None:
    """Damage the file while the entry is unloaded, and load it again."""
    assert await hass.config_entries.async_unload(entry.entry_id)
    await rest(hass)
    damage(Path(hass.config.path("rls_bedtime.db")))
    assert await hass.config_entries.async_setup(entry.entry_id)
    await rest(hass)


async def test_a_damaged_file_is_set_aside_and_the_newest_copy_restored(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await press(hass, "log_mild")
    await after(hass, night, days=1, minutes=1)
    await rest(hass)
    await press(hass, "log_severe")
    await damaged(hass, entry, lambda path: path.write_bytes(b"not a diary at all" * 500))

    issue = issues(hass)["diary_restored"]
    placeholders = issue.translation_placeholders
    assert placeholders is not None
    assert (placeholders["episodes"], placeholders["last"]) == ("1", "2026-11-24 03:12")
    assert files(hass, placeholders["file"])
    assert issue.is_persistent
    assert issue.is_fixable
    assert value(hass, "sensor.alex_last_severity") == "2"


async def test_without_a_copy_a_new_diary_is_created_with_an_issue(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    await press(hass, "log_mild")
    await rest(hass)
    for copy in files(hass, "rls_bedtime_copies/*"):
        copy.unlink()
    await damaged(hass, entry, lambda path: path.write_bytes(b"not a diary at all" * 500))

    assert issues(hass).keys() == {"diary_begun_anew"}
    await press(hass, "log_severe")
    assert value(hass, "sensor.alex_episodes_tonight") == "1"


async def test_a_file_that_is_damaged_while_in_use_is_replaced(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await press(hass, "log_mild")
    await after(hass, night, days=1, minutes=1)
    await rest(hass)
    path = Path(hass.config.path("rls_bedtime.db"))
    await hass.data[DIARY_MANAGER].async_pre_backup()
    await hass.data[DIARY_MANAGER].async_post_backup()
    good = path.read_bytes()
    path.write_bytes(good[:4096] + b"\xff" * (len(good) - 4096))
    assert await hass.config_entries.async_reload(entry.entry_id)
    await rest(hass)

    assert issues(hass).keys() == {"diary_restored"}
    assert value(hass, "sensor.alex_last_severity") == "2"


async def test_a_file_that_is_deleted_while_in_use_is_restored_from_the_copy(
    hass: HomeAssistant, entry: MockConfigEntry, night: FrozenDateTimeFactory
) -> None:
    await press(hass, "log_mild")
    await after(hass, night, days=1, minutes=1)
    await rest(hass)
    for file in files(hass, "rls_bedtime.db*"):
        file.unlink()
    await press(hass, "log_severe")
    await rest(hass)

    assert issues(hass).keys() == {"diary_restored"}
    placeholders = issues(hass)["diary_restored"].translation_placeholders
    assert placeholders is not None
    assert (placeholders["file"], placeholders["episodes"]) == ("-", "1")
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert len((await act(hass, "get_episodes"))["episodes"]) == 2


@pytest.mark.usefixtures("entry")
async def test_a_diary_that_is_recreated_while_in_use_has_an_evening_routine(hass: HomeAssistant) -> None:
    await press(hass, "log_mild")
    for file in files(hass, "rls_bedtime.db*") + files(hass, "rls_bedtime_copies/*"):
        file.unlink()
    await press(hass, "log_severe")
    await rest(hass)

    assert issues(hass).keys() == {"diary_begun_anew"}
    assert value(hass, "sensor.alex_episodes_tonight") == "1"
    assert value(hass, "todo.alex_evening_routine") == "8"


async def test_an_older_file_put_back_beside_a_newer_wal_is_used_and_the_wal_set_aside_with_an_issue(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    path, wal = (Path(hass.config.path(name)) for name in ("rls_bedtime.db", "rls_bedtime.db-wal"))
    await press(hass, "log_mild")
    await hass.data[DIARY_MANAGER].async_pre_backup()
    older = path.read_bytes()
    await hass.data[DIARY_MANAGER].async_post_backup()
    await press(hass, "log_severe")
    await hass.data[DIARY_MANAGER].async_pre_backup()
    await press(hass, "log_moderate")
    newer = wal.read_bytes()
    await hass.data[DIARY_MANAGER].async_post_backup()

    def put_back(path: Path) -> None:
        path.write_bytes(older)
        wal.write_bytes(newer)

    await damaged(hass, entry, put_back)

    assert issues(hass).keys() == {"diary_kept"}
    placeholders = issues(hass)["diary_kept"].translation_placeholders
    assert placeholders is not None
    assert (placeholders["episodes"], placeholders["last"]) == ("1", "2026-11-24 03:12")
    (aside,) = files(hass, placeholders["file"])
    assert aside.read_bytes() == newer
    assert value(hass, "sensor.alex_last_severity") == "2"


async def test_a_recovery_is_reported_after_a_restart_that_forgot_the_issue(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    await damaged(hass, entry, lambda path: path.write_bytes(b"not a diary at all" * 500))
    (issue,) = issues(hass).values()
    # Home Assistant writes its issues late: a process that is killed loses them.
    ir.async_delete_issue(hass, "rls_bedtime", issue.issue_id)
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.data[DIARY_MANAGER] = DiaryManager(hass)

    assert await hass.config_entries.async_setup(entry.entry_id)
    await rest(hass)

    assert issues(hass).keys() == {"diary_restored"}


# --- copies and backups -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("entry")
async def test_a_copy_is_made_each_day_and_seven_are_kept(hass: HomeAssistant, night: FrozenDateTimeFactory) -> None:
    await rest(hass)
    for day in range(1, 10):
        await press(hass, "log_mild")
        await after(hass, night, days=1, minutes=1)
        await rest(hass)
        assert len(files(hass, "rls_bedtime_copies/*.db")) == min(day + 1, 7)


@pytest.mark.usefixtures("entry")
async def test_a_failed_copy_has_an_issue_and_is_retried(
    hass: HomeAssistant, night: FrozenDateTimeFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rest(hass)
    with monkeypatch.context() as patch:

        def refuse(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        patch.setattr(Copies, "create", refuse)
        await after(hass, night, days=1, minutes=1)
        await rest(hass)
        assert issues(hass).keys() == {"diary_copy_failed"}
        await press(hass, "log_mild")
        assert issues(hass).keys() == {"diary_copy_failed"}

    await after(hass, night, hours=1, minutes=1)
    await rest(hass)
    assert issues(hass) == {}


@pytest.mark.usefixtures("entry")
async def test_a_backup_contains_a_consistent_diary_and_loses_no_episode(hass: HomeAssistant, tmp_path: Path) -> None:
    await press(hass, "log_mild")
    await async_pre_backup(hass)
    path = Path(hass.config.path("rls_bedtime.db"))
    saved = path.read_bytes()
    await press(hass, "log_severe")
    assert path.read_bytes() == saved
    await async_post_backup(hass)

    backup = tmp_path / "backup.db"
    backup.write_bytes(saved)
    connection = sqlite3.connect(backup)
    assert connection.execute("SELECT severity FROM episode").fetchall() == [(2,)]
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    assert value(hass, "sensor.alex_episodes_tonight") == "2"


async def test_a_backup_works_without_a_bedroom(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    assert await hass.config_entries.async_unload(entry.entry_id)

    await async_pre_backup(hass)
    await async_post_backup(hass)
