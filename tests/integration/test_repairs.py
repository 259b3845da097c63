"""Repair issues and their flows."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.rls_bedtime.diary.diary import Diary
from custom_components.rls_bedtime.diary.models import DatabaseError
from custom_components.rls_bedtime.diary_manager import DIARY_MANAGER, DiaryManager

from ..common.bedroom import Bedroom
from ..common.disk import read_only
from ..common.home import act, bedroom_entry, set_up, sleeper
from .test_diary_manager import damaged, issues, rest
from .test_sleeper_flow import bytes_of_all_diaries

pytestmark = pytest.mark.usefixtures("bedroom")


@pytest.fixture(autouse=True)
async def _repairs(hass: HomeAssistant, night: FrozenDateTimeFactory) -> None:
    """Set up repairs, at night."""
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
async def left_behind(hass: HomeAssistant, bedroom: Bedroom) -> MockConfigEntry:
    """Return a bedroom of which one of two sleepers was deleted in Home Assistant's own menu."""
    entry = await set_up(hass, bedroom_entry("Bedroom", sleeper("Alex"), sleeper("Kim")))
    await act(hass, "log_episode", sleeper="Alex", note="a secret of Alex")
    await act(hass, "log_episode", sleeper="Kim", note="a secret of Kim")
    await rest(hass)
    assert issues(hass) == {}
    alex = next(each.subentry_id for each in entry.subentries.values() if each.title == "Alex")
    hass.config_entries.async_remove_subentry(entry, alex)
    await rest(hass)
    return entry


@pytest.fixture
async def fix(hass: HomeAssistant, hass_client: ClientSessionGenerator) -> Any:
    """Return a function that runs the fix flow of the only issue."""
    client = await hass_client()

    async def fix(*answers: dict[str, Any]) -> dict[str, Any]:
        (issue,) = issues(hass).values()
        asked = await client.post(
            "/api/repairs/issues/fix", json={"handler": "rls_bedtime", "issue_id": issue.issue_id}
        )
        assert asked.status == HTTPStatus.OK
        step = await asked.json()
        for answer in answers:
            step = await (await client.post(f"/api/repairs/issues/fix/{step['flow_id']}", json=answer)).json()
        await rest(hass)
        return dict(step)

    return fix


@pytest.mark.usefixtures("left_behind")
async def test_an_orphaned_diary_has_an_issue(hass: HomeAssistant, fix: Any) -> None:
    issue = issues(hass)["diary_left_behind"]
    assert issue.is_fixable
    assert issue.translation_placeholders == {"name": "Alex", "episodes": "1", "last": "2026-11-24 03:12"}

    menu = await fix()
    assert (menu["type"], menu["menu_options"]) == ("menu", ["erase", "keep"])
    assert menu["description_placeholders"]["name"] == "Alex"


@pytest.mark.usefixtures("left_behind")
async def test_an_orphaned_diary_can_be_erased(hass: HomeAssistant, fix: Any) -> None:
    form = await fix({"next_step_id": "erase"})
    assert (form["type"], form["step_id"]) == ("form", "erase")
    assert form["description_placeholders"]["set_aside"] == "there is no such file"
    assert b"a secret of Alex" in bytes_of_all_diaries(hass)
    done = await fix({"next_step_id": "erase"}, {})

    assert done["type"] == "create_entry"
    assert issues(hass) == {}
    assert b"a secret of Alex" not in bytes_of_all_diaries(hass)
    assert b"a secret of Kim" in bytes_of_all_diaries(hass)


@pytest.mark.usefixtures("left_behind")
async def test_a_failing_disk_erases_nothing(hass: HomeAssistant, fix: Any) -> None:
    with read_only(hass):
        form = await fix({"next_step_id": "erase"}, {})

    assert form["errors"] == {"base": "diary_refused"}
    assert b"a secret of Alex" in bytes_of_all_diaries(hass)


async def test_an_orphaned_diary_can_be_kept_and_its_issue_stays_ignored(
    hass: HomeAssistant, left_behind: MockConfigEntry, fix: Any
) -> None:
    assert (await fix({"next_step_id": "keep"}))["reason"] == "kept"
    assert await hass.config_entries.async_reload(left_behind.entry_id)
    await rest(hass)

    assert issues(hass)["diary_left_behind"].dismissed_version
    assert b"a secret of Alex" in bytes_of_all_diaries(hass)


async def test_an_ignored_issue_survives_an_unreadable_diary(
    hass: HomeAssistant, left_behind: MockConfigEntry, fix: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DatabaseError("diary_locked", error="database is locked")

    await fix({"next_step_id": "keep"})
    with monkeypatch.context() as patch:
        patch.setattr(Diary, "orphaned_sleepers", refuse)
        assert await hass.config_entries.async_reload(left_behind.entry_id)
        await rest(hass)
    assert await hass.config_entries.async_reload(left_behind.entry_id)
    await rest(hass)

    assert issues(hass)["diary_left_behind"].dismissed_version


async def test_removing_a_bedroom_creates_issues_about_its_diaries(
    hass: HomeAssistant, left_behind: MockConfigEntry
) -> None:
    assert await hass.config_entries.async_remove(left_behind.entry_id)
    await rest(hass)

    ours = [issue for (domain, _), issue in ir.async_get(hass).issues.items() if domain == "rls_bedtime"]
    assert sorted((issue.translation_placeholders or {})["name"] for issue in ours) == ["Alex", "Kim"]
    assert not Path(hass.config.path("rls_bedtime.db-wal")).exists()


async def test_erasing_the_last_diary_needs_no_bedroom(
    hass: HomeAssistant, left_behind: MockConfigEntry, fix: Any
) -> None:
    await fix({"next_step_id": "erase"}, {})
    assert await hass.config_entries.async_remove(left_behind.entry_id)
    await rest(hass)
    done = await fix({"next_step_id": "erase"}, {})

    assert done["type"] == "create_entry"
    assert b"a secret" not in bytes_of_all_diaries(hass)


async def test_a_removed_sleeper_without_episodes_has_no_issue(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    hass.config_entries.async_remove_subentry(entry, next(iter(entry.subentries)))
    await rest(hass)

    assert issues(hass) == {}


async def test_the_issue_about_a_recovery_stays_until_it_is_confirmed(
    hass: HomeAssistant, entry: MockConfigEntry, fix: Any
) -> None:
    await damaged(hass, entry, lambda path: path.write_bytes(b"not a diary" * 500))
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert len(issues(hass)) == 1

    form = await fix()
    assert (form["step_id"], form["description_placeholders"]["file"][:12]) == ("confirm", "rls_bedtime.")
    assert (await fix({}))["type"] == "create_entry"
    assert issues(hass) == {}
    assert await hass.config_entries.async_unload(entry.entry_id)
    hass.data[DIARY_MANAGER] = DiaryManager(hass)  # as in a new process
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert issues(hass) == {}


async def test_every_step_has_a_translation(hass: HomeAssistant) -> None:
    texts = await async_get_translations(hass, "en", "issues", {"rls_bedtime"})
    ours = "component.rls_bedtime.issues"

    for step in ("init.description", "init.menu_options.erase", "init.menu_options.keep", "erase.description"):
        assert texts[f"{ours}.diary_left_behind.fix_flow.step.{step}"]
    assert texts[f"{ours}.diary_left_behind.fix_flow.abort.kept"]
    assert texts[f"{ours}.diary_left_behind.fix_flow.error.diary_refused"]
    for key in ("diary_restored", "diary_begun_anew", "diary_kept"):
        assert texts[f"{ours}.{key}.fix_flow.step.confirm.description"]
